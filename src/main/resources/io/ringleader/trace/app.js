'use strict';
/* What the reader does: keys, slider, filters, search. There is one selected event, and everything shows it. */

const ROW_PIXELS = [6, 9, 13, 18, 22, 28];

class App {
  constructor(text) {
    this.model = new Model(text);
    this.history = new History(this.model);
    const asked = /^#event=(\d+)$/.exec(location.hash);
    this.selected = asked && Number(asked[1]) < this.model.events.length ? Number(asked[1])
      : this.model.failure ? this.model.failure.i : 0;
    this.zoom = 4;
    this.filter = {
      partition: this.firstPartition(), heartbeats: false, messages: true, log: true, disk: true, clients: true,
    };
    const select = (i) => this.select(i);
    this.diagram = new Diagram(this.model, this.history, select);
    this.panel = new Panel(this.model, this.history, select);
    this.overview = new Overview(this.model, this.history);
    this.matches = [];
    this.describeRun();
    this.listen();
    drawLegend();
    this.filterChanged();
    element('scroll').focus({ preventScroll: true });
  }

  /** That of the failure, if it names one. */
  firstPartition() {
    const named = this.model.failure && /partition (\d+)/i.exec(this.model.failure.message);
    if (named && Number(named[1]) < this.model.partitions) {
      return Number(named[1]);
    }
    return 0;
  }

  describeRun() {
    const run = this.model.run;
    const count = (number, what) => number + ' ' + what + (number === 1 ? '' : 's');
    element('run').textContent = [run.title, 'seed ' + run.seed, count(this.model.nodes.length, 'node'),
      count(this.model.partitions, 'partition'), this.model.events.length.toLocaleString('en') + ' events']
      .filter((part) => part).join(' · ');
    element('partition').append(html('option', { value: NO_PARTITION }, 'all'),
      ...Array.from({ length: this.model.partitions }, (_, p) => html('option', { value: p }, String(p))));
    if (this.model.failure) {
      element('failure').hidden = false;
      element('failure-text').textContent = this.model.failure.message;
      element('failure-go').addEventListener('click', () => this.select(this.model.failure.i));
    }
  }

  listen() {
    for (const name of ['heartbeats', 'messages', 'log', 'disk', 'clients']) {
      element('show-' + name).checked = this.filter[name];
      element('show-' + name).addEventListener('change', (change) => {
        this.filter[name] = change.target.checked;
        this.filterChanged();
      });
    }
    element('partition').addEventListener('change', (change) => this.showPartition(Number(change.target.value)));
    element('slider').addEventListener('input', (input) => this.select(this.layout.rows[Number(input.target.value)]));
    element('search').addEventListener('input', () => this.search());
    element('help-open').addEventListener('click', () => element('help').showModal());
    const buttons = {
      previous: () => this.step(-1), next: () => this.step(1),
      'previous-landmark': () => this.landmark(-1), 'next-landmark': () => this.landmark(1),
      'zoom-out': () => this.zoomBy(-1), 'zoom-in': () => this.zoomBy(1),
    };
    Object.entries(buttons).forEach(([id, work]) => element(id).addEventListener('click', work));
    window.addEventListener('keydown', (key) => this.onKey(key));
  }

  onKey(key) {
    if (element('help').open || key.ctrlKey || key.metaKey || key.altKey) {
      return;
    }
    const typing = key.target.matches('input[type=search], select');
    if (typing && key.target.id === 'search' && (key.key === 'Enter' || key.key === 'Escape')) {
      key.preventDefault();
      if (key.key === 'Enter') {
        this.nextMatch(key.shiftKey ? -1 : 1);
      } else {
        element('scroll').focus({ preventScroll: true });
      }
      return;
    }
    // a focused button or checkbox keeps the keys that are its own
    const work = typing ? undefined : this.keys()[key.key];
    if (work) {
      key.preventDefault();
      work();
    }
  }

  keys() {
    return {
      j: () => this.step(1), ArrowDown: () => this.step(1), ArrowRight: () => this.step(1),
      k: () => this.step(-1), ArrowUp: () => this.step(-1), ArrowLeft: () => this.step(-1),
      PageDown: () => this.step(20), PageUp: () => this.step(-20),
      Home: () => this.step(-Infinity), End: () => this.step(Infinity),
      n: () => this.landmark(1), p: () => this.landmark(-1), m: () => this.otherEnd(),
      '[': () => this.nextPartition(-1), ']': () => this.nextPartition(1),
      h: () => element('show-heartbeats').click(),
      '+': () => this.zoomBy(1), '=': () => this.zoomBy(1), '-': () => this.zoomBy(-1),
      '/': () => element('search').focus(), '?': () => element('help').showModal(),
    };
  }

  // ---- what is selected

  select(i) {
    if (i === undefined) {
      return;
    }
    this.selected = i;
    this.diagram.selected = i;
    const row = this.layout.rowOf[i];
    element('slider').value = Math.max(0, row);
    element('slider').setAttribute('aria-valuetext', describe(this.model.events[i]));
    element('position').textContent = (row + 1).toLocaleString('en') + ' / ' + this.layout.rows.length.toLocaleString('en');
    document.body.dataset.selected = i;
    history.replaceState(null, '', '#event=' + i);
    this.diagram.reveal(i);
    this.panel.show(i, this.layout);
  }

  /** Goes on by so many shown events. */
  step(rows) {
    const at = this.layout.rowOf[this.selected];
    // from an event that is hidden, the first step back leads to the last one shown before it
    const from = rows < 0 && !this.layout.isShown(this.selected) ? at + 1 : at;
    const last = this.layout.rows.length - 1;
    this.select(this.layout.rows[Math.max(0, Math.min(last, from + rows))]);
  }

  landmark(way) {
    const shown = this.model.landmarks.filter((i) => this.layout.isShown(i));
    this.select(way > 0 ? shown.find((i) => i > this.selected) : shown.reverse().find((i) => i < this.selected));
  }

  otherEnd() {
    const others = this.panel.otherEnds(this.model.events[this.selected]);
    if (others.length > 0) {
      this.select(others[0].i);
    }
  }

  // ---- what is shown

  showPartition(partition) {
    this.filter.partition = partition;
    this.filterChanged();
  }

  nextPartition(way) {
    const choices = this.model.partitions + 1;
    this.showPartition((this.filter.partition + 1 + way + choices) % choices - 1);
  }

  zoomBy(steps) {
    this.zoom = Math.max(0, Math.min(ROW_PIXELS.length - 1, this.zoom + steps));
    this.filterChanged();
  }

  filterChanged() {
    // the selected event stays where it is in the window
    const offset = this.layout ? this.layout.y[this.selected] - element('scroll').scrollTop : 0;
    this.layout = new Layout(this.model, this.filter, ROW_PIXELS[this.zoom]);
    element('partition').value = this.filter.partition;
    this.diagram.use(this.layout);
    this.overview.use(this.layout);
    element('scroll').scrollTop = this.layout.y[this.selected] - offset;
    this.search();
    this.select(this.selected);
  }

  // ---- search

  search() {
    const sought = element('search').value.trim().toLowerCase();
    this.matches = sought === '' ? []
      : this.layout.rows.filter((i) => this.model.events[i].line.toLowerCase().includes(sought));
    this.diagram.found = new Set(this.matches);
    this.showMatches();
    this.diagram.plan();
  }

  nextMatch(way) {
    if (this.matches.length > 0) {
      const after = way > 0 ? this.matches.find((i) => i > this.selected) : this.matches.findLast((i) => i < this.selected);
      this.select(after ?? (way > 0 ? this.matches[0] : this.matches[this.matches.length - 1]));
      this.showMatches();
    }
  }

  showMatches() {
    const at = this.matches.indexOf(this.selected);
    element('matches').textContent = element('search').value.trim() === '' ? ''
      : (at >= 0 ? at + 1 + ' / ' : '') + this.matches.length.toLocaleString('en');
  }
}

function element(id) {
  return document.getElementById(id);
}

function drawLegend() {
  const rows = [
    [(y) => strip({ up: true, role: 'leader', term: 1 }, 20, y - 9, y + 9, 16), 'leader, in the colour of its term'],
    [(y) => strip({ up: true, role: 'candidate', term: 2 }, 20, y - 9, y + 9, 16), 'candidate'],
    [(y) => strip({ up: true, role: 'follower', term: 1 }, 20, y - 9, y + 9, 16), 'follower'],
    [(y) => strip({ up: false }, 20, y - 9, y + 9, 16), 'down'],
    [(y) => sign({ kind: 'life', phase: 'crash' }, 20, y), 'crash, kill or stop'],
    [(y) => sign({ kind: 'append', term: 1 }, 20, y), 'entries appended'],
    [(y) => sign({ kind: 'sync' }, 20, y), 'fsync has returned'],
    [(y) => sign({ kind: 'commit' }, 20, y), 'commit index'],
    [(y) => sign({ kind: 'apply' }, 20, y), 'applied to the store'],
    [(y) => sign({ kind: 'snapshot' }, 20, y), 'snapshot'],
    [(y) => svg('g', { class: 'message lost term0' }, svg('line', { class: 'way', x1: 6, y1: y - 3, x2: 26, y2: y + 3 }),
      svg('path', { class: 'lost-sign', d: 'M22 ' + (y - 1) + 'l8 8m0 -8l-8 8' })), 'message that is lost'],
    [(y) => svg('g', { class: 'operation' }, svg('rect', { class: 'bar-of', x: 16, y: y - 9, width: 9, height: 18, rx: 3 }),
      svg('circle', { class: 'point', cx: 20.5, cy: y + 2, r: 4 })), 'operation of a client, and when it took effect'],
    [(y) => svg('g', { class: 'operation unknown' }, svg('rect', { class: 'bar-of', x: 16, y: y - 9, width: 9, height: 18, rx: 3 })),
      'operation whose outcome the client does not know'],
    [(y) => svg('g', { class: 'cuts' }, svg('rect', { x: 17, y: y - 9, width: 6, height: 18 })), 'some link is cut'],
  ];
  const picture = element('legend');
  picture.setAttribute('viewBox', '0 0 330 ' + (rows.length * 25 + 6));
  picture.replaceChildren(...rows.flatMap(([draw, text], k) => [
    draw(14 + k * 25), svg('text', { x: 44, y: 18 + k * 25 }, text)]));
}

new App(element('trace-data').textContent);
