'use strict';
/* The strip under the slider: who led when, by term, and where something broke. A pixel is some rows, so it follows the slider. */

class Overview {
  constructor(model, history) {
    this.model = model;
    this.history = history;
    this.canvas = document.getElementById('overview');
    this.slider = document.getElementById('slider');
    new ResizeObserver(() => this.draw()).observe(this.canvas.parentElement);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  use(layout) {
    this.layout = layout;
    this.slider.max = Math.max(0, layout.rows.length - 1);
    this.draw();
  }

  colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  draw() {
    if (!this.layout) {
      return;
    }
    const scale = devicePixelRatio || 1;
    const width = this.canvas.parentElement.clientWidth;
    const height = 26;
    this.canvas.width = width * scale;
    this.canvas.height = height * scale;
    const pen = this.canvas.getContext('2d');
    pen.scale(scale, scale);
    const rows = Math.max(1, this.layout.rows.length - 1);
    const x = (i) => Math.max(0, this.layout.rowOf[Math.min(i, this.model.events.length - 1)]) / rows * width;
    const partition = Math.max(0, this.layout.filter.partition);
    pen.fillStyle = this.colour('--line');
    pen.fillRect(0, 8, width, 10);
    for (const node of this.model.nodes) {
      for (const stretch of this.history.stretchesOf(node, partition, 0, this.model.events.length)) {
        if (stretch.up && stretch.role === 'leader') {
          pen.fillStyle = this.colour('--' + termClass(stretch.term));
          pen.fillRect(x(stretch.from), 8, Math.max(1, x(stretch.to) - x(stretch.from) - 0.5), 10);
        }
      }
    }
    pen.fillStyle = this.colour('--fault');
    for (const [first, last] of this.history.cuts) {
      pen.fillRect(x(first), 21, Math.max(2, x(last) - x(first)), 3);
    }
    for (const i of this.model.landmarks) {
      const event = this.model.events[i];
      if (event.kind === 'fail') {
        pen.fillRect(Math.min(width - 3, x(i) - 1.5), 0, 3, height);
      } else if (event.kind === 'life') {
        pen.fillRect(x(i) - 1, 0, 2, 7);
      }
    }
  }
}
