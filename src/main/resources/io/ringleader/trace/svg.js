'use strict';
/* Shapes. All text goes in as text and never as markup: keys and values are whatever clients sent. */

const SVG = 'http://www.w3.org/2000/svg';
const TERM_COLOURS = 6;

function svg(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) {
      element.setAttribute(key, value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function html(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function termClass(term) {
  return term > 0 ? 'term' + (term - 1) % TERM_COLOURS : 'term-none';
}

/** The text, or as much of it as fits into the pixels. */
function fit(text, pixels, pixelsPerCharacter) {
  const most = Math.floor(pixels / pixelsPerCharacter);
  if (text.length <= most) {
    return text;
  }
  return most < 3 ? '' : text.slice(0, most - 1) + '…';
}

/** A sign for what happens at one node, about 12 pixels wide. */
function sign(event, x, y) {
  const at = { transform: 'translate(' + x + ' ' + y + ')' };
  switch (event.kind) {
    case 'sync':
      return svg('g', { ...at, class: 'sign sync' }, svg('path', { d: 'M-5 -4H5M-3.5 0H3.5M-2 4H2' }));
    case 'append':
      return svg('g', { ...at, class: 'sign append ' + termClass(event.term) },
        svg('rect', { x: -5, y: -5, width: 10, height: 10, rx: 2 }));
    case 'truncate':
      return svg('g', { ...at, class: 'sign truncate' }, svg('path', { d: 'M-5 -5H5V5H-5ZM-7 7L7 -7' }));
    case 'commit':
      return svg('g', { ...at, class: 'sign commit' }, svg('path', { d: 'M-5 0L-1.5 4L5 -4' }));
    case 'apply':
      return svg('g', { ...at, class: 'sign apply' }, svg('path', { d: 'M-4 -4L4 0L-4 4Z' }));
    case 'snapshot': case 'install':
      return svg('g', { ...at, class: 'sign snapshot' },
        svg('path', { d: 'M0 -6L6 0L0 6L-6 0Z' + (event.kind === 'install' ? 'M-3 0H3M0 -3V3' : '') }));
    case 'role':
      return svg('g', { ...at, class: 'sign role-' + event.role + ' ' + termClass(event.term) },
        svg('circle', { r: event.role === 'leader' ? 7 : 5 }),
        event.role === 'leader' ? svg('path', { class: 'crown', d: 'M-4 2.5V-2.5L-1.7 0L0 -3.5L1.7 0L4 -2.5V2.5Z' }) : null);
    case 'term':
      return svg('g', { ...at, class: 'sign vote ' + termClass(event.term) }, svg('circle', { r: 3.5 }));
    case 'life':
      return lifeSign(event.phase, at);
    case 'disk': case 'clock': case 'fail':
      return svg('g', { ...at, class: 'sign fault' }, svg('path', { d: 'M0 -6L6 5H-6ZM0 -2V1.5M0 3.2V3.6' }));
    default:
      return svg('g', { ...at, class: 'sign note' }, svg('circle', { r: 3 }));
  }
}

function lifeSign(phase, at) {
  switch (phase) {
    case 'start': case 'resume':
      return svg('g', { ...at, class: 'sign life up' }, svg('circle', { r: 6 }), svg('path', { d: 'M-2 -3L3 0L-2 3Z' }));
    case 'pause':
      return svg('g', { ...at, class: 'sign life pause' },
        svg('circle', { r: 6 }), svg('path', { d: 'M-2 -3V3M2 -3V3' }));
    default:
      return svg('g', { ...at, class: 'sign life down' },
        svg('circle', { r: 7 }), svg('path', { d: 'M-3 -3L3 3M3 -3L-3 3' }));
  }
}

/** The strip beside a lifeline that tells the role: filled for a leader, framed for a candidate, a line for a follower. */
function strip(stretch, x, top, bottom, width) {
  const height = Math.max(0, bottom - top);
  if (!stretch.up) {
    return svg('rect', { class: 'strip down', x: x - width / 2, y: top, width, height });
  }
  const widths = { leader: width, candidate: width * 0.7, 'pre-candidate': width * 0.5, follower: 3 };
  const own = Math.min(width, widths[stretch.role]);
  return svg('rect', {
    class: 'strip ' + stretch.role + ' ' + termClass(stretch.term) + (stretch.paused ? ' paused' : ''),
    x: x - own / 2, y: top, width: own, height, rx: stretch.role === 'leader' ? 3 : 0,
  });
}

/** A line with its head at the end. */
function arrow(x1, y1, x2, y2) {
  const angle = Math.atan2(y2 - y1, x2 - x1) * 180 / Math.PI;
  return [svg('line', { class: 'way', x1, y1, x2, y2 }),
    svg('path', { class: 'point-of', d: 'M0 0L-8 -3.4L-8 3.4Z', transform: 'translate(' + x2 + ' ' + y2 + ') rotate(' + angle + ')' })];
}
