'use strict';
/* The side: the selected event, the cluster as it stands after it, the replicas of a partition and their logs. */

const LOG_COLUMNS = 12;

class Panel {
  constructor(model, history, onSelect) {
    this.model = model;
    this.history = history;
    this.onSelect = onSelect;
  }

  show(i, layout) {
    const event = this.model.events[i];
    const state = this.history.after(i);
    const partition = this.partitionOf(event, layout.filter);
    document.getElementById('moment').textContent = 'at ' + milliseconds(event.at) + ' ms';
    document.getElementById('of-partition').textContent = 'of partition ' + partition;
    this.showEvent(event);
    this.showCluster(event, state, partition, layout);
    this.showReplicas(state, partition);
    this.showLogs(state, partition);
  }

  partitionOf(event, filter) {
    if (filter.partition !== NO_PARTITION) {
      return filter.partition;
    }
    return event.partition >= 0 ? event.partition : this.lastPartition || 0;
  }

  showEvent(event) {
    if (event.partition >= 0) {
      this.lastPartition = event.partition;
    }
    const fields = html('dl', {});
    for (const name of event.names) {
      const value = event[name];
      if (value !== '' && name !== 'message' || event.kind !== 'fail') {
        fields.append(html('dt', {}, name === 'message' ? 'kind' : name),
          html('dd', {}, value === '' ? '–' : String(value)));
      }
    }
    const buttons = this.otherEnds(event).map((other) => {
      const button = html('button', {}, other.kind + ' at ' + milliseconds(other.at) + ' ms');
      button.addEventListener('click', () => this.onSelect(other.i));
      return button;
    });
    const who = event.node ? 'node ' + event.node : event.client ? 'client ' + event.client
      : event.from ? 'node ' + event.from + ' → node ' + event.to : 'the run';
    document.getElementById('event').replaceChildren(
      html('p', { class: 'kind' }, html('b', {}, event.kind), ' ' + who),
      html('h2', { class: 'what' }, describe(event)), fields, html('p', { class: 'others' }, ...buttons));
  }

  otherEnds(event) {
    const all = event.pair ? [event.pair.send, ...event.pair.ends]
      : event.action ? [event.action.invoke, event.action.complete] : [];
    return all.filter((other) => other && other !== event);
  }

  showCluster(event, state, partition, layout) {
    const nodes = this.model.nodes;
    const place = (node) => {
      const angle = -Math.PI / 2 + 2 * Math.PI * (node - 1) / nodes.length;
      return nodes.length === 1 ? { x: 170, y: 95 } : { x: 170 + 112 * Math.cos(angle), y: 95 + 66 * Math.sin(angle) };
    };
    const picture = document.getElementById('cluster');
    const links = [];
    for (const from of nodes) {
      for (const to of nodes) {
        if (from !== to) {
          links.push(this.linkLine(place(from), place(to), state.links.get(from + '>' + to), from + '>' + to));
        }
      }
    }
    picture.replaceChildren(...links,
      ...this.underWay(event, layout, place), ...nodes.map((node) => this.nodeCircle(node, place(node), state, partition)));
  }

  /** Each direction beside the other, to the right of who goes that way. */
  linkLine(a, b, how, name) {
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    const ux = (b.x - a.x) / length;
    const uy = (b.y - a.y) / length;
    return svg('g', { class: 'link ' + (how || 'whole'), 'data-link': name },
      ...arrow(a.x + ux * 22 - uy * 4, a.y + uy * 22 + ux * 4, b.x - ux * 22 - uy * 4, b.y - uy * 22 + ux * 4));
  }

  underWay(event, layout, place) {
    const y = layout.y[event.i];
    return layout.spans(y, y)
      .filter((span) => span.message && span.message.send && span.end
        && span.message.send.at <= event.at && span.message.send.i <= event.i && span.end.i > event.i)
      .map((span) => {
        const a = place(span.message.from);
        const b = place(span.message.to);
        const part = 0.18 + 0.64 * (event.at - span.message.send.at) / Math.max(1, span.end.at - span.message.send.at);
        return svg('circle', {
          class: 'dot ' + termClass(span.message.term) + (span.end.kind === 'drop' ? ' lost' : ''),
          cx: a.x + (b.x - a.x) * part, cy: a.y + (b.y - a.y) * part, r: 4.5,
        }, svg('title', {}, describe(span.message.send)));
      });
  }

  nodeCircle(node, at, state, partition) {
    const replica = state.replica(node, partition);
    const up = state.isUp(node);
    const kind = !up ? 'down' : (replica ? replica.role + ' ' + termClass(replica.term) : 'none')
      + (state.phase(node) === 'pause' ? ' paused' : '');
    const skew = state.skews.get(node);
    return svg('g', { class: 'node ' + kind, transform: 'translate(' + at.x + ' ' + at.y + ')', 'data-node': node },
      svg('circle', { r: 17 }),
      up && replica && replica.role === 'leader'
        ? svg('path', { class: 'crown', transform: 'translate(0 -22) scale(1.7)', d: 'M-4 2.5V-2.5L-1.7 0L0 -3.5L1.7 0L4 -2.5V2.5Z' }) : null,
      svg('text', { y: 4.5 }, String(node)),
      svg('text', { class: 'skew', y: 30 }, [!up && state.phases.has(node) ? 'down' : '', state.phase(node) === 'pause' ? 'paused' : '',
        skew ? 'clock ' + (skew > 0 ? '+' : '') + skew + ' ms' : ''].filter((word) => word).join(' ')));
  }

  showReplicas(state, partition) {
    const rows = this.model.nodes.map((node) => {
      const replica = state.replica(node, partition);
      if (!replica) {
        return html('tr', { 'data-node': node, class: 'none' }, html('td', {}, String(node)), html('td', { colspan: 7 }, 'no replica'));
      }
      const up = state.isUp(node);
      const role = up ? replica.role : 'down';
      const cell = (value) => html('td', {}, value ? String(value) : '–');
      return html('tr', { 'data-node': node, class: role }, html('td', {}, String(node)),
        html('td', {}, html('span', { class: 'badge ' + role + ' ' + termClass(replica.term) }, role)),
        cell(replica.term), cell(replica.vote), cell(replica.last), cell(replica.durable),
        cell(up ? replica.commit : 0), cell(up ? replica.applied : 0));
    });
    document.querySelector('#replicas tbody').replaceChildren(...rows);
  }

  /** As in Figure 7 of the paper: the same index is the same column. */
  showLogs(state, partition) {
    const picture = document.getElementById('logs');
    const shown = this.model.nodes.map((node) => [node, state.replica(node, partition)]).filter(([, replica]) => replica);
    const last = Math.max(1, ...shown.map(([, replica]) => replica.last));
    const first = Math.max(1, last - LOG_COLUMNS + 1);
    const width = 340;
    const step = (width - 26) / LOG_COLUMNS;
    const row = 26;
    picture.setAttribute('viewBox', '0 0 ' + width + ' ' + (20 + row * shown.length));
    const group = svg('g', {});
    for (let index = first; index <= last; index++) {
      group.append(svg('text', { class: 'index', x: 26 + (index - first + 0.5) * step, y: 11 }, String(index)));
    }
    shown.forEach(([node, replica], k) => {
      const y = 18 + k * row;
      const up = state.isUp(node);
      group.append(svg('text', { class: 'of-node', x: 8, y: y + 15 }, String(node)));
      for (let index = Math.max(first, replica.runs.length ? replica.runs[0][0] : first); index <= replica.last; index++) {
        group.append(this.logCell(replica, index, 26 + (index - first) * step, y, step, up));
      }
      if (replica.snapshot >= first) {
        const x = 26 + (replica.snapshot - first + 1) * step;
        group.append(svg('path', { class: 'snapshot-mark', d: 'M' + x + ' ' + (y - 2) + 'v' + row }));
      }
    });
    picture.replaceChildren(group);
  }

  logCell(replica, index, x, y, step, up) {
    const term = replica.termAt(index);
    const classes = 'entry ' + termClass(term) + (index <= replica.commit ? ' committed' : '')
      + (index <= replica.durable ? ' durable' : '') + (up ? '' : ' down');
    return svg('g', { class: classes, 'data-index': index },
      svg('rect', { x: x + 1, y, width: step - 2, height: 20, rx: 3 }),
      svg('text', { x: x + step / 2, y: y + 14 }, term ? String(term) : '·'),
      index <= replica.durable ? svg('path', { class: 'floor', d: 'M' + (x + 3) + ' ' + (y + 22.5) + 'h' + (step - 6) }) : null);
  }
}
