'use strict';
/* Where everybody stands after an event: the events are replayed, from a copy of the state kept every so often. */

const EVENTS_PER_COPY = 1024;

class Replica {
  constructor() {
    this.term = 0;
    this.vote = 0;
    this.role = 'follower';
    this.leader = 0;
    this.commit = 0;
    this.applied = 0;
    this.durable = 0;
    this.snapshot = 0;
    this.last = 0;
    this.runs = []; // [from, to, term], ascending, without gaps
  }

  copy() {
    const copy = Object.assign(new Replica(), this);
    copy.runs = this.runs.map((run) => run.slice());
    return copy;
  }

  keepUpTo(index) {
    while (this.runs.length > 0 && this.runs[this.runs.length - 1][0] > index) {
      this.runs.pop();
    }
    if (this.runs.length > 0) {
      const last = this.runs[this.runs.length - 1];
      last[1] = Math.min(last[1], index);
    }
    this.last = Math.min(this.last, index);
    this.durable = Math.min(this.durable, index);
  }

  append(from, to, term) {
    this.keepUpTo(from - 1);
    const last = this.runs[this.runs.length - 1];
    if (last && last[2] === term && last[1] === from - 1) {
      last[1] = to;
    } else {
      this.runs.push([from, to, term]);
    }
    this.last = to;
  }

  termAt(index) {
    for (let i = this.runs.length - 1; i >= 0; i--) {
      if (this.runs[i][0] <= index) {
        return index <= this.runs[i][1] ? this.runs[i][2] : 0;
      }
    }
    return 0;
  }

  install(index, term) {
    if (this.termAt(index) !== term) {
      this.keepUpTo(0);
      this.last = index;
      this.durable = index;
    }
    this.snapshot = index;
    this.commit = Math.max(this.commit, index);
    this.applied = Math.max(this.applied, index);
  }

  recover(event) {
    this.term = event.term;
    this.vote = event.vote;
    this.role = 'follower';
    this.leader = 0;
    this.keepUpTo(event.lastIndex);
    this.last = event.lastIndex;
    this.durable = event.lastIndex;
    this.snapshot = event.snapshotIndex;
    this.commit = event.snapshotIndex;
    this.applied = event.snapshotIndex;
  }
}

class ClusterState {
  constructor() {
    this.phases = new Map(); // node to the last change of its life
    this.skews = new Map();
    this.replicas = new Map(); // "node/partition"
    this.links = new Map(); // "from>to" to cut or clogged
  }

  copy() {
    const copy = new ClusterState();
    copy.phases = new Map(this.phases);
    copy.skews = new Map(this.skews);
    copy.links = new Map(this.links);
    this.replicas.forEach((replica, key) => copy.replicas.set(key, replica.copy()));
    return copy;
  }

  phase(node) {
    return this.phases.get(node) || 'stop';
  }

  isUp(node) {
    return ['start', 'resume', 'pause'].includes(this.phase(node));
  }

  /** Undefined if the node has no replica of the partition. */
  replica(node, partition) {
    return this.replicas.get(node + '/' + partition);
  }

  ownReplica(event) {
    const key = event.node + '/' + event.partition;
    let replica = this.replicas.get(key);
    if (!replica) {
      replica = new Replica();
      this.replicas.set(key, replica);
    }
    return replica;
  }

  apply(event) {
    switch (event.kind) {
      case 'life':
        this.phases.set(event.node, event.phase);
        break;
      case 'clock':
        this.skews.set(event.node, event.skewMillis);
        break;
      case 'link':
        if (event.state === 'mended') {
          this.links.delete(event.from + '>' + event.to);
        } else {
          this.links.set(event.from + '>' + event.to, event.state);
        }
        break;
      case 'sync':
        if (event.partition !== NO_PARTITION && event.index > 0) {
          this.ownReplica(event).durable = event.index;
        }
        break;
      default:
        this.applyToReplica(event);
    }
  }

  applyToReplica(event) {
    switch (event.kind) {
      case 'recover': this.ownReplica(event).recover(event); break;
      case 'role':
        Object.assign(this.ownReplica(event), { role: event.role, term: event.term, leader: event.leader });
        break;
      case 'term': Object.assign(this.ownReplica(event), { term: event.term, vote: event.vote }); break;
      case 'append': this.ownReplica(event).append(event.fromIndex, event.toIndex, event.term); break;
      case 'truncate': this.ownReplica(event).keepUpTo(event.fromIndex - 1); break;
      case 'commit': this.ownReplica(event).commit = event.index; break;
      case 'apply': this.ownReplica(event).applied = event.index; break;
      case 'snapshot': this.ownReplica(event).snapshot = event.index; break;
      case 'install': this.ownReplica(event).install(event.index, event.term); break;
      default:
    }
  }
}

/** The states of a run, and for each replica its stretches: from which event to which it had which role in which term. */
class History {
  constructor(model) {
    this.model = model;
    this.copies = [];
    this.stretches = new Map(); // "node/partition" to stretches in order
    this.cuts = []; // [from, to] events between which any link was cut
    const state = new ClusterState();
    const open = new Map();
    let cutSince = -1;
    for (const event of model.events) {
      if (event.i % EVENTS_PER_COPY === 0) {
        this.copies.push(state.copy());
      }
      state.apply(event);
      if (['life', 'recover', 'role', 'term'].includes(event.kind)) {
        this.follow(state, event, open);
      }
      if (event.kind === 'link' && (cutSince >= 0) !== (state.links.size > 0)) {
        if (cutSince >= 0) {
          this.cuts.push([cutSince, event.i]);
        }
        cutSince = cutSince >= 0 ? -1 : event.i;
      }
    }
    const end = model.events.length;
    if (cutSince >= 0) {
      this.cuts.push([cutSince, end]);
    }
    open.forEach((stretch) => { stretch.to = end; });
    this.last = { after: -1, state: new ClusterState() };
  }

  follow(state, event, open) {
    const partitions = event.kind === 'life'
      ? Array.from({ length: this.model.partitions }, (_, p) => p).filter((p) => state.replica(event.node, p))
      : [event.partition];
    for (const partition of partitions) {
      const key = event.node + '/' + partition;
      const replica = state.replica(event.node, partition);
      const stretch = {
        from: event.i, to: -1, role: replica.role, term: replica.term, up: state.isUp(event.node),
        paused: state.phase(event.node) === 'pause',
      };
      if (open.has(key)) {
        open.get(key).to = event.i;
      }
      open.set(key, stretch);
      if (!this.stretches.has(key)) {
        this.stretches.set(key, []);
      }
      this.stretches.get(key).push(stretch);
    }
  }

  /** The state after the event. Not to be changed, and good until the next call. */
  after(i) {
    if (i < this.last.after || i - this.last.after > EVENTS_PER_COPY) {
      const copy = Math.floor(i / EVENTS_PER_COPY);
      this.last = { after: copy * EVENTS_PER_COPY - 1, state: this.copies[copy].copy() };
    }
    while (this.last.after < i) {
      this.last.after++;
      this.last.state.apply(this.model.events[this.last.after]);
    }
    return this.last.state;
  }

  /** The stretches of a replica that have something of the events from first to last. */
  stretchesOf(node, partition, first, last) {
    const all = this.stretches.get(node + '/' + partition) || [];
    let low = 0;
    let high = all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (all[middle].to < first) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    const found = [];
    while (low < all.length && all[low].from <= last) {
      found.push(all[low++]);
    }
    return found;
  }
}
