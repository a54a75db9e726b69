'use strict';
/* The picture: nodes as columns, time downward. Only what is in the window is there as elements. */

const GUTTER_PIXELS = 104;
const MARGIN_PIXELS = 240;
const LABEL_MIN_ROW = 13;
const CHARACTER_PIXELS = 6.1;
const MOST_STRIPS = 8;

class Diagram {
  constructor(model, history, onSelect) {
    this.model = model;
    this.history = history;
    this.scroll = document.getElementById('scroll');
    this.space = document.getElementById('space');
    this.canvas = document.getElementById('diagram');
    this.heads = document.getElementById('heads');
    this.selected = 0;
    this.found = new Set();
    this.planned = false;
    this.scroll.addEventListener('scroll', () => this.plan());
    new ResizeObserver(() => this.plan()).observe(this.scroll);
    this.canvas.addEventListener('click', (click) => {
      const target = click.target.closest('[data-i]');
      if (target) {
        onSelect(Number(target.dataset.i));
      }
    });
  }

  use(layout) {
    this.layout = layout;
    this.space.style.height = layout.height + 'px';
    document.getElementById('nothing').hidden = layout.rows.length > 0;
    this.plan();
  }

  /** Draws before the next frame, once, however often it is asked to. */
  plan() {
    if (!this.planned) {
      this.planned = true;
      requestAnimationFrame(() => {
        this.planned = false;
        this.draw();
      });
    }
  }

  /** Scrolls so that the event is in the window, with some of what is before and after. */
  reveal(i) {
    const y = this.layout.y[i];
    const height = this.scroll.clientHeight;
    const edge = Math.min(120, height / 4);
    if (y < this.scroll.scrollTop + edge || y > this.scroll.scrollTop + height - edge) {
      const far = Math.abs(y - this.scroll.scrollTop - height / 2) > height;
      this.scroll.scrollTop = far ? y - height / 2
        : y < this.scroll.scrollTop + edge ? y - edge : y - height + edge;
    }
    this.plan();
  }

  measure() {
    this.width = this.scroll.clientWidth;
    const clients = this.layout.filter.clients ? this.model.clients.length : 0;
    this.lane = clients === 0 ? 0 : clients <= 4 ? 68 : clients <= 9 ? 30 : 14;
    this.lanesWidth = clients === 0 ? 0 : Math.min(clients, 16) * this.lane + 16;
    this.columnWidth = (this.width - GUTTER_PIXELS - this.lanesWidth) / Math.max(1, this.model.nodes.length);
  }

  /** Left of the middle of its column: what a node does is written to the right of its line. */
  x(node) {
    return GUTTER_PIXELS + this.columnWidth * (node - 0.65);
  }

  laneX(client) {
    const lane = this.model.clients.indexOf(client) % 16;
    return this.width - this.lanesWidth + 8 + this.lane * lane + Math.min(7, this.lane / 2);
  }

  draw() {
    if (!this.layout) {
      return;
    }
    this.measure();
    const height = this.scroll.clientHeight;
    const top = this.scroll.scrollTop;
    this.canvas.setAttribute('width', this.width);
    this.canvas.setAttribute('height', height);
    this.canvas.setAttribute('viewBox', '0 ' + top + ' ' + this.width + ' ' + height);
    const from = Math.max(0, top - MARGIN_PIXELS);
    const to = top + height + MARGIN_PIXELS;
    const rows = this.layout.rows.slice(this.layout.rowAt(from), this.layout.rowAt(to));
    const events = rows.map((i) => this.model.events[i]);
    const spans = this.layout.spans(from, to);
    this.canvas.replaceChildren(
      this.drawCuts(from, to),
      this.drawSelection(),
      this.drawLifelines(from, to),
      this.drawTimes(events),
      svg('g', { class: 'messages' }, ...spans.filter((span) => span.message).map((span) => this.message(span))),
      svg('g', { class: 'local' }, ...events.map((event) => this.local(event))),
      svg('g', { class: 'operations' }, ...spans.filter((span) => span.action).map((span) => this.operation(span))));
    this.drawHeads();
  }

  drawSelection() {
    const y = this.layout.y[this.selected];
    const half = Math.max(6, this.layout.rowPixels / 2);
    return svg('g', { class: 'selection' },
      svg('rect', { x: 0, y: y - half, width: this.width, height: 2 * half }),
      svg('rect', { class: 'edge', x: 0, y: y - half, width: 3, height: 2 * half }));
  }

  /** While any link is cut, the gutter is hatched. */
  drawCuts(from, to) {
    const group = svg('g', { class: 'cuts' });
    for (const [first, last] of this.history.cuts) {
      const top = this.layout.y[first];
      const bottom = this.layout.y[last];
      if (bottom >= from && top <= to) {
        const y = Math.max(from, top);
        group.append(svg('rect', { x: GUTTER_PIXELS - 14, y, width: 6, height: Math.min(to, bottom) - y }));
      }
    }
    return group;
  }

  shownPartitions() {
    const filter = this.layout.filter;
    if (filter.partition !== NO_PARTITION) {
      return [filter.partition];
    }
    return Array.from({ length: Math.min(MOST_STRIPS, this.model.partitions) }, (_, p) => p);
  }

  drawLifelines(from, to) {
    const group = svg('g', { class: 'lifelines' });
    const rows = this.layout.rows;
    const first = rows[Math.max(0, this.layout.rowAt(from) - 1)] || 0;
    const last = rows[Math.min(rows.length - 1, this.layout.rowAt(to))] ?? this.model.events.length;
    const partitions = this.shownPartitions();
    const width = partitions.length === 1 ? 16 : 6;
    for (const node of this.model.nodes) {
      group.append(svg('line', { class: 'lifeline', x1: this.x(node), x2: this.x(node), y1: from, y2: Math.min(to, this.layout.height) }));
      partitions.forEach((partition, k) => {
        const x = this.x(node) + (k - (partitions.length - 1) / 2) * (width + 1);
        for (const stretch of this.history.stretchesOf(node, partition, first, last)) {
          const top = Math.max(from, this.layout.y[stretch.from]);
          const bottom = Math.min(to, this.layout.y[stretch.to]);
          group.append(strip(stretch, x, top, bottom, width));
        }
      });
    }
    return group;
  }

  drawTimes(events) {
    const group = svg('g', { class: 'times' });
    let before = null;
    let lastLabel = -Infinity;
    for (const event of events) {
      const y = this.layout.y[event.i];
      if (before && event.at - before.at > 40e6) {
        const middle = (this.layout.y[before.i] + y) / 2;
        group.append(svg('line', { class: 'quiet', x1: GUTTER_PIXELS, x2: this.width - this.lanesWidth, y1: middle, y2: middle }),
          svg('text', { class: 'quiet', x: GUTTER_PIXELS - 22, y: middle + 3 }, '+' + Math.round((event.at - before.at) / 1e6) + ' ms'));
        lastLabel = Math.max(lastLabel, middle);
      }
      if ((!before || before.at !== event.at) && y - lastLabel > 12) {
        group.append(svg('text', { x: GUTTER_PIXELS - 22, y: y + 3.5 }, milliseconds(event.at)));
        lastLabel = y;
      }
      if (this.found.has(event.i)) {
        group.append(svg('circle', { class: 'found', cx: 9, cy: y, r: 3.5 }));
      }
      before = event;
    }
    return group;
  }

  message(span) {
    const { message, end } = span;
    const lost = end && end.kind === 'drop';
    const i = (message.send || end).i;
    let x1 = this.x(message.from);
    let x2 = this.x(message.to);
    let y1 = message.send ? span.top : span.bottom - this.layout.rowPixels;
    let y2 = end ? span.bottom : span.top + this.layout.rowPixels;
    const way = Math.sign(x2 - x1) || 1;
    const inset = this.shownPartitions().length === 1 ? 8 : 14;
    x1 += way * inset;
    x2 -= way * inset;
    if (lost || !end) {
      // lost on the way: it gets two thirds of it
      x2 = x1 + (x2 - x1) * 0.66;
    }
    const selected = this.model.events[this.selected].pair === message;
    const group = svg('g', {
      class: 'message ' + termClass(message.term) + (lost ? ' lost' : end ? '' : ' under-way') + (selected ? ' selected' : '')
        + (message.kind.startsWith('Heartbeat') ? ' heartbeat' : ''),
      'data-i': lost || !message.send ? end.i : i, 'data-id': (message.send || end).id,
    });
    group.append(svg('line', { class: 'reach', x1, y1, x2, y2 }));
    if (!lost) {
      group.append(...arrow(x1, y1, x2, y2));
    } else {
      group.append(svg('line', { class: 'way', x1, y1, x2, y2 }),
        svg('path', { class: 'lost-sign', d: 'M' + (x2 - 4) + ' ' + (y2 - 4) + 'l8 8m0 -8l-8 8' }));
    }
    if (this.layout.rowPixels >= LABEL_MIN_ROW && message.send) {
      const all = this.layout.filter.partition === NO_PARTITION && this.model.partitions > 1;
      const text = (all ? 'p' + message.partition + ' ' : '') + describe(message.send);
      const slope = (y2 - y1) / (x2 - x1 || 1);
      const x = x1 + way * 8;
      group.append(svg('text', { x, y: y1 + slope * (x - x1) - 4 + (way * slope > 0.2 ? 2 : 0), 'text-anchor': way > 0 ? 'start' : 'end' },
        fit(text, Math.abs(this.x(message.to) - this.x(message.from)) - 40, CHARACTER_PIXELS)));
    }
    return group;
  }

  /** What concerns one node, or nobody in particular. */
  local(event) {
    if (event.pair || event.action) {
      return null;
    }
    const y = this.layout.y[event.i];
    const attributes = { class: 'event ' + event.kind, 'data-i': event.i };
    if (event.kind === 'link') {
      return this.link(event, y, attributes);
    }
    if (!event.node) {
      return this.banner(event, y, attributes);
    }
    const x = this.x(event.node);
    const group = svg('g', attributes,
      svg('rect', { class: 'reach', x: x - 12, y: y - this.layout.rowPixels / 2, width: this.columnWidth * 0.65, height: this.layout.rowPixels }),
      sign(event, x, y));
    if (this.layout.rowPixels >= LABEL_MIN_ROW) {
      const all = this.layout.filter.partition === NO_PARTITION && this.model.partitions > 1;
      const partition = all && event.partition >= 0 ? 'p' + event.partition + ' ' : '';
      const inset = this.shownPartitions().length === 1 ? 13 : 13 + 3 * this.shownPartitions().length;
      group.append(svg('text', { x: x + inset, y: y + 3.5 },
        fit(partition + describe(event), this.columnWidth * (event.node === this.model.nodes.length ? 0.65 : 1) - inset - 16,
          CHARACTER_PIXELS)));
    }
    return group;
  }

  link(event, y, attributes) {
    const x1 = this.x(event.from);
    const x2 = this.x(event.to);
    const middle = (x1 + x2) / 2;
    const group = svg('g', { ...attributes, class: 'event link ' + event.state },
      svg('line', { class: 'reach', x1, y1: y, x2, y2: y }), ...arrow(x1, y, x2, y));
    if (event.state === 'cut') {
      group.append(svg('path', { class: 'cross', d: 'M' + (middle - 5) + ' ' + (y - 5) + 'l10 10m0 -10l-10 10' }));
    }
    if (this.layout.rowPixels >= LABEL_MIN_ROW) {
      group.append(svg('text', { x: middle + 10, y: y - 4 }, event.state));
    }
    return group;
  }

  banner(event, y, attributes) {
    const right = this.width - this.lanesWidth - 8;
    return svg('g', attributes,
      svg('rect', { class: 'banner', x: GUTTER_PIXELS, y: y - 9, width: right - GUTTER_PIXELS, height: 18, rx: 4 }),
      svg('text', { x: GUTTER_PIXELS + 8, y: y + 3.5 }, fit(describe(event), right - GUTTER_PIXELS - 16, CHARACTER_PIXELS)));
  }

  operation(span) {
    const { action } = span;
    const complete = action.complete;
    const unknown = !complete || complete.unknown;
    const width = Math.min(9, this.lane - 4);
    const x = this.laneX(action.client) + Math.min(action.depth * 3, this.lane - width);
    const chosen = this.model.events[this.selected].action === action;
    const group = svg('g', {
      class: 'operation' + (unknown ? ' unknown' : '') + (chosen ? ' selected' : ''), 'data-i': action.invoke.i,
    }, svg('rect', { class: 'reach', x: x - 6, y: span.top, width: this.lane, height: span.bottom - span.top }),
    svg('rect', { class: 'bar-of', x: x - width / 2, y: span.top, width, height: Math.max(4, span.bottom - span.top), rx: 3 }));
    if (complete && complete.linearizedNanos >= 0) {
      group.append(svg('circle', { class: 'point', cx: x, cy: this.layout.yOfTime(complete.linearizedNanos), r: Math.min(4, width / 2) }));
    }
    if (this.lane > 40 && this.layout.rowPixels >= LABEL_MIN_ROW) {
      group.append(svg('text', { x: x + 8, y: span.top + 9 }, fit(action.invoke.key, this.lane - 16, 5.6)),
        complete && span.bottom - span.top > 22
          ? svg('text', { class: 'result', x: x + 8, y: span.bottom }, fit(unknown ? 'unknown' : complete.result, this.lane - 16, 5.6)) : null);
    }
    return group;
  }

  /** The names above the columns, with how things are at the selected event. */
  drawHeads() {
    const state = this.history.after(this.selected);
    const filter = this.layout.filter;
    this.heads.setAttribute('viewBox', '0 0 ' + this.width + ' 40');
    this.heads.setAttribute('width', this.width);
    const columns = this.model.nodes.map((node) => {
      const replica = filter.partition === NO_PARTITION ? null : state.replica(node, filter.partition);
      const up = state.isUp(node);
      const what = !state.phases.has(node) ? '' : !up ? 'down' : state.phase(node) === 'pause' ? 'paused' : replica ? replica.role + ' · term ' + replica.term : 'up';
      return svg('g', { class: 'head ' + (up ? replica ? replica.role + ' ' + termClass(replica.term) : '' : what), 'data-node': node },
        svg('text', { class: 'name', x: this.x(node), y: 17 }, 'node ' + node),
        svg('text', { class: 'what', x: this.x(node), y: 32 }, fit(what, this.columnWidth - 8, CHARACTER_PIXELS)));
    });
    const clients = (filter.clients ? this.model.clients : []).slice(0, 16).map((client) => svg('text',
      { class: 'client', x: this.laneX(client), y: 32 }, (this.lane > 40 ? 'client ' : '') + client));
    this.heads.replaceChildren(svg('text', { class: 'unit', x: GUTTER_PIXELS - 22, y: 32 }, 'ms'), ...columns, ...clients);
  }
}
