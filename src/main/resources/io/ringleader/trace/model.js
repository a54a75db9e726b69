'use strict';
/* The events of a trace, parsed, and what belongs together: messages, client operations, landmarks. Never changes. */

const NO_PARTITION = -1;

/** One line: a time, a word, then name=value. A quoted value has the escapes of JSON. */
function parseLine(line, i) {
  const head = /^ *(-?\d+) (\S+)/.exec(line);
  const event = { i, at: Number(head[1]), kind: head[2], line: line.trim() };
  const field = / (\w+)=("(?:[^"\\]|\\.)*"|\S+)/g;
  field.lastIndex = head[0].length;
  const names = [];
  for (let found = field.exec(line); found; found = field.exec(line)) {
    const name = found[1] === 'kind' ? 'message' : found[1];
    names.push(name);
    event[name] = parseValue(found[2]);
  }
  event.names = names;
  return event;
}

function parseValue(text) {
  if (text.startsWith('"')) {
    return JSON.parse(text);
  }
  if (/^-?\d+$/.test(text)) {
    const number = Number(text);
    return Number.isSafeInteger(number) ? number : text;
  }
  return text === 'true' ? true : text === 'false' ? false : text;
}

class Model {
  constructor(text) {
    const lines = text.trim().split('\n');
    this.events = lines.slice(1).map(parseLine);
    this.run = this.events.find((event) => event.kind === 'run')
      || { seed: '?', nodes: 0, partitions: 0, replicas: 0, title: '' };
    let nodes = this.run.nodes;
    let partitions = this.run.partitions;
    const clients = new Set();
    for (const event of this.events) {
      nodes = Math.max(nodes, event.node || 0, event.kind === 'send' ? Math.max(event.from, event.to) : 0);
      partitions = Math.max(partitions, (event.partition ?? NO_PARTITION) + 1);
      if (event.client) {
        clients.add(event.client);
      }
    }
    this.nodes = Array.from({ length: nodes }, (_, k) => k + 1);
    this.partitions = partitions;
    this.clients = [...clients].sort((a, b) => a - b);
    this.messages = this.pairMessages();
    this.operations = this.pairOperations();
    this.failure = this.events.find((event) => event.kind === 'fail') || null;
    this.landmarks = this.events.filter(isLandmark).map((event) => event.i);
  }

  /** A message may arrive more than once, or never; its sending may have been forgotten. */
  pairMessages() {
    const byId = new Map();
    for (const event of this.events) {
      if (event.kind === 'send' || event.kind === 'deliver' || event.kind === 'drop') {
        let message = byId.get(event.id);
        if (!message || (event.kind === 'send' && message.send)) {
          message = { send: null, ends: [], partition: event.partition, from: event.from, to: event.to,
            kind: event.message, term: event.term };
          byId.set(event.id, message);
        }
        if (event.kind === 'send') {
          message.send = event;
        } else {
          message.ends.push(event);
        }
        event.pair = message;
      }
    }
    return [...new Set(this.events.filter((event) => event.pair).map((event) => event.pair))];
  }

  pairOperations() {
    const open = new Map();
    const all = [];
    for (const event of this.events) {
      const name = event.client + ' ' + event.operation;
      if (event.kind === 'invoke') {
        // a client may have several under way: each is drawn beside the others
        const taken = [...open.values()].filter((other) => other.client === event.client).map((other) => other.depth);
        let depth = 0;
        while (taken.includes(depth)) {
          depth++;
        }
        event.action = { invoke: event, complete: null, client: event.client, partition: event.partition, depth };
        open.set(name, event.action);
        all.push(event.action);
      } else if (event.kind === 'complete' && open.has(name)) {
        event.action = open.get(name);
        event.action.complete = event;
        event.partition = event.action.partition;
        open.delete(name);
      }
    }
    return all;
  }

  /** The number of the first event at or after the time. */
  indexAt(nanos) {
    let low = 0;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.events[middle].at < nanos) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

function isHeartbeat(event) {
  return event.message !== undefined && event.message.startsWith('Heartbeat');
}

/** Where n and p stop. */
function isLandmark(event) {
  return (event.kind === 'role' && event.role === 'leader')
    || (event.kind === 'life' && (event.phase === 'crash' || event.phase === 'kill'))
    || event.kind === 'fail';
}

function milliseconds(nanos) {
  return (nanos / 1e6).toFixed(3);
}

/** The words of a person for an event; the fields have the rest. */
function describe(event) {
  const range = (from, to) => (from === to ? from : from + '–' + to);
  switch (event.kind) {
    case 'run': return 'the run begins';
    case 'life': return event.phase + (event.detail ? ': ' + event.detail : '');
    case 'recover': return 'recovered: term ' + event.term + ', log to ' + event.lastIndex;
    case 'role': return event.role + (event.reason ? ': ' + event.reason : '');
    case 'term': return 'term ' + event.term + (event.vote ? ', votes for node ' + event.vote : '');
    case 'send': return event.message + (event.summary ? ' ' + event.summary : '');
    case 'deliver': return event.message + ' arrives';
    case 'drop': return event.message + ' is lost: ' + event.reason;
    case 'sync': return 'durable' + (event.index ? ' to ' + event.index : '') + (event.what ? ': ' + event.what : '');
    case 'append': return 'appends ' + range(event.fromIndex, event.toIndex) + ' @' + event.term;
    case 'truncate': return 'truncates from ' + event.fromIndex;
    case 'commit': return 'commits ' + event.index;
    case 'apply': return 'applies ' + event.index;
    case 'snapshot': return 'snapshot at ' + event.index;
    case 'install': return 'installs the snapshot at ' + event.index;
    case 'link': return 'link ' + event.from + ' → ' + event.to + ' ' + event.state;
    case 'clock': return 'clock off by ' + event.skewMillis + ' ms';
    case 'disk': return event.fault;
    case 'invoke': return event.text + ' ' + event.key;
    case 'complete': return event.unknown ? 'unknown: ' + event.result : event.result;
    case 'note': return event.text;
    case 'fail': return event.message;
    default: return event.kind;
  }
}
