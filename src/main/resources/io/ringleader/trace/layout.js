'use strict';
/* Which events pass the filter and how far down each is. Time goes down, but not evenly: every event has a row of its own, and
   quiet times are pressed together, so that what matters can be read. */

const BUCKET_PIXELS = 512;
const TOP_PIXELS = 18;

class Layout {
  /** @param filter partition (NO_PARTITION for all), heartbeats, messages, log, disk, clients */
  constructor(model, filter, rowPixels) {
    this.model = model;
    this.filter = filter;
    this.rowPixels = rowPixels;
    this.rows = []; // numbers of the events that are shown
    this.rowOf = new Int32Array(model.events.length); // the row of an event, or of the last one shown before it
    this.y = new Float64Array(model.events.length + 1);
    let y = TOP_PIXELS;
    let before = null;
    for (const event of model.events) {
      if (this.shows(event)) {
        y += before ? this.gap(event.at - before.at) : 0;
        this.rows.push(event.i);
        before = event;
      }
      this.rowOf[event.i] = this.rows.length - 1;
      this.y[event.i] = y;
    }
    this.height = y + 2 * rowPixels;
    this.y[model.events.length] = this.height;
    this.buckets = [];
    this.spread();
  }

  gap(nanos) {
    const quiet = Math.min(2.5, Math.log2(1 + nanos / 2e6) * 0.35);
    return this.rowPixels * ((nanos === 0 ? 0.9 : 1) + quiet);
  }

  shows(event) {
    const filter = this.filter;
    if (filter.partition !== NO_PARTITION && event.partition !== undefined && event.partition !== NO_PARTITION
        && event.partition !== filter.partition) {
      return false;
    }
    switch (event.kind) {
      case 'send': case 'deliver': case 'drop':
        return filter.messages && (filter.heartbeats || !isHeartbeat(event));
      case 'append': case 'truncate': case 'commit': case 'apply': case 'snapshot': case 'install':
        return filter.log;
      case 'sync':
        return filter.disk;
      case 'invoke': case 'complete':
        return filter.clients;
      default:
        return true;
    }
  }

  /** Puts what reaches over several rows into buckets, so that a window finds it without looking at everything. */
  spread() {
    for (const message of this.model.messages) {
      const some = message.send || message.ends[0];
      if (this.shows(some)) {
        const ends = message.ends.length > 0 ? message.ends : [null];
        for (const end of ends) {
          this.put({ message, end }, (message.send || end).i, (end || message.send).i);
        }
      }
    }
    for (const action of this.model.operations) {
      if (this.shows(action.invoke)) {
        const last = action.complete ? action.complete.i : this.model.events.length - 1;
        this.put({ action }, action.invoke.i, last);
      }
    }
  }

  put(span, first, last) {
    span.top = this.y[first];
    span.bottom = this.y[last];
    const lastBucket = Math.floor(span.bottom / BUCKET_PIXELS);
    for (let bucket = Math.floor(span.top / BUCKET_PIXELS); bucket <= lastBucket; bucket++) {
      (this.buckets[bucket] ||= []).push(span);
    }
  }

  /** What reaches into the pixels from top to bottom. */
  spans(top, bottom) {
    const found = new Set();
    for (let bucket = Math.floor(top / BUCKET_PIXELS); bucket <= Math.floor(bottom / BUCKET_PIXELS); bucket++) {
      for (const span of this.buckets[bucket] || []) {
        if (span.bottom >= top && span.top <= bottom) {
          found.add(span);
        }
      }
    }
    return [...found];
  }

  /** The first row at or below the pixel. */
  rowAt(pixel) {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.y[this.rows[middle]] < pixel) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  isShown(i) {
    return this.rows[this.rowOf[i]] === i;
  }

  /** How far down a moment is, between the events around it. */
  yOfTime(nanos) {
    const i = this.model.indexAt(nanos);
    if (i === 0 || i >= this.model.events.length) {
      return this.y[Math.min(i, this.model.events.length - 1)];
    }
    const before = this.model.events[i - 1];
    const after = this.model.events[i];
    if (after.at === nanos) {
      return this.y[i];
    }
    const part = (nanos - before.at) / Math.max(1, after.at - before.at);
    return this.y[i - 1] + part * (this.y[i] - this.y[i - 1]);
  }
}
