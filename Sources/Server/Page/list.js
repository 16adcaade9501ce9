// A list of any length in the page's own scrolling: only the rows in sight exist.

const SPARE_ROWS = 8;

export class LongList {
  /**
   * @param {(item: object, index: number) => HTMLElement} draw a row; each is of --row height
   * @param {{label: string, more?: () => void}} options `more`: called when the end is near
   */
  constructor(draw, { label, kind = '', more = () => {} }) {
    Object.assign(this, { draw, more, items: [], rows: new Map() });
    this.element = document.createElement('ul');
    this.element.className = `long ${kind}`;
    this.element.setAttribute('aria-label', label);
    const later = () => (this.due ??= requestAnimationFrame(() => this.render()));
    this.later = later;
    addEventListener('scroll', later, { passive: true });
    addEventListener('resize', later, { passive: true });
    this.element.addEventListener('keydown', (event) => this.walk(event));
  }

  close() {
    removeEventListener('scroll', this.later);
    removeEventListener('resize', this.later);
    cancelAnimationFrame(this.due);
  }

  /** Shows these items; rows whose item is the same object stay as they are. */
  show(items) {
    this.items = items;
    this.later();
  }

  /** Draws all rows in sight again: their words depend on the time. */
  redraw() {
    this.rows.forEach(({ row }) => row.contains(document.activeElement) || row.remove());
    this.rows.clear();
    this.later();
  }

  render() {
    this.due = undefined;
    if (!this.element.isConnected) return;
    const height = parseFloat(getComputedStyle(this.element).getPropertyValue('--row')) || 44;
    this.element.style.setProperty('height', `${this.items.length * height}px`);
    const top = -this.element.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(top / height) - SPARE_ROWS);
    const seen = Math.max(0, Math.ceil((top + innerHeight) / height));
    const last = Math.min(this.items.length, seen + SPARE_ROWS); // a few even unseen, for Tab
    for (const [index, { row, item }] of this.rows) {
      if (index >= first && index < last && this.items[index] === item) continue;
      if (row.contains(document.activeElement) && this.items[index] === item) continue;
      row.remove();
      this.rows.delete(index);
    }
    for (let index = first; index < last; index += 1) this.place(index, height);
    if (last >= this.items.length - 2 * SPARE_ROWS) this.more();
  }

  place(index, height) {
    const item = this.items[index];
    let kept = this.rows.get(index);
    if (!kept) {
      const row = document.createElement('li');
      row.append(this.draw(item, index));
      row.dataset.index = index;
      row.setAttribute('aria-posinset', index + 1);
      this.rows.set(index, (kept = { row, item }));
      // In the order of the list, so that Tab walks it from top to bottom.
      const next = [...this.element.children].find((other) => Number(other.dataset.index) > index);
      this.element.insertBefore(row, next ?? null);
    }
    kept.row.setAttribute('aria-setsize', this.items.length);
    kept.row.style.setProperty('top', `${index * height}px`);
  }

  /** Arrow keys walk the rows. */
  walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const row = event.target.closest('li');
    if (!step || !row) return;
    event.preventDefault();
    const next = this.rows.get(Number(row.dataset.index) + step)?.row;
    next?.firstElementChild.focus();
    next?.scrollIntoView({ block: 'nearest' });
  }
}
