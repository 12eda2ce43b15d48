// A list of rows of one height, of which only those in sight are in the document. One row is reached by Tab; arrows go from row to row, and Tab goes on to what is in the row.

// More rows than anybody reads on paper; a browser lays them out in seconds.
const mostPrinted = 5000;

class RowList {
  constructor({ name, kind, role, height, columns, row, activate, unfold, fold }) {
    Object.assign(this, { height, row, activate, unfold, fold });
    this.count = 0;
    this.current = 0;
    this.shown = new Map();
    this.head = element("div", { role: "row", class: "row", "aria-rowindex": 1 }, columns);
    this.rows = element("div", { class: "rows", role: "rowgroup" });
    this.box = element("div", { class: `list ${kind}`, role, "aria-label": name, "aria-colcount": columns.length }, element("div", { class: "head", role: "rowgroup" }, this.head), this.rows);
    this.box.addEventListener("scroll", () => this.draw());
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.rows.addEventListener("focusin", (event) => {
      const row = event.target.closest(".row");
      if (row) this.choose(Number(row.dataset.index));
    });
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.box);
    this.box.rowList = this;
  }

  // Shows other rows.
  set(count, current = 0) {
    const focused = this.rows.contains(document.activeElement);
    this.count = count;
    this.current = Math.max(0, Math.min(current, count - 1));
    this.box.setAttribute("aria-rowcount", count + 1);
    for (const row of this.shown.values()) row.remove();
    this.shown.clear();
    this.draw();
    if (focused) this.focus(this.current);
  }

  // On paper there is nothing to scroll: rows stand one below the other, and break where a page ends.
  print(all) {
    const focused = this.rows.contains(document.activeElement);
    this.all = all;
    this.box.classList.toggle("printed", all);
    this.note?.remove();
    if (all && this.count > mostPrinted) {
      this.note = element("p", { class: "printNote" }, `The first ${whole(mostPrinted)} of ${whole(this.count)} rows are printed. A filter, or folding what is not needed, leaves less.`);
      this.box.before(this.note);
    }
    for (const row of this.shown.values()) row.remove();
    this.shown.clear();
    this.draw();
    if (focused && !all) this.focus(this.current);
  }

  draw() {
    this.rows.style.height = `${this.count * this.height}px`;
    const top = this.box.scrollTop;
    const first = this.all ? 0 : Math.max(0, Math.floor(top / this.height) - 8);
    const last = this.all ? Math.min(this.count, mostPrinted) : Math.min(this.count, Math.ceil((top + this.box.clientHeight) / this.height) + 8);
    for (const [index, row] of this.shown) {
      if ((index < first || index >= last) && !(index === this.current && row.contains(document.activeElement))) {
        row.remove();
        this.shown.delete(index);
      }
    }
    const added = [];
    for (let index = first; index < last; index++) {
      if (!this.shown.has(index)) added.push(this.make(index));
    }
    this.rows.append(...added);
    if (this.all) return;
    // Rows are laid out by themselves, so the list is made as wide as the widest that was seen.
    const widest = added.reduce((most, row) => Math.max(most, row.scrollWidth), 0);
    if (widest > this.rows.clientWidth) this.rows.style.minWidth = `${widest}px`;
  }

  make(index) {
    const row = this.row(index);
    row.classList.add("row");
    row.setAttribute("role", "row");
    row.setAttribute("aria-rowindex", index + 2);
    row.dataset.index = index;
    row.style.top = `${index * this.height}px`;
    this.shown.set(index, row);
    this.mark(row, index === this.current);
    return row;
  }

  mark(row, isCurrent) {
    row.tabIndex = isCurrent ? 0 : -1;
    row.classList.toggle("active", isCurrent);
    for (const inner of row.querySelectorAll("a, button")) inner.tabIndex = isCurrent ? 0 : -1;
  }

  choose(index) {
    if (index === this.current) return;
    const before = this.shown.get(this.current);
    if (before) this.mark(before, false);
    this.current = index;
    const now = this.shown.get(index);
    if (now) this.mark(now, true);
  }

  focus(index) {
    if (this.count === 0) return;
    index = Math.max(0, Math.min(index, this.count - 1));
    const headHeight = this.head.parentNode.offsetHeight;
    const top = index * this.height;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (top + this.height + headHeight > this.box.scrollTop + this.box.clientHeight) this.box.scrollTop = top + this.height + headHeight - this.box.clientHeight;
    this.draw();
    this.choose(index);
    this.shown.get(index)?.focus({ preventScroll: true });
  }

  key(event) {
    if (!this.rows.contains(event.target) || event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(this.box.clientHeight / this.height) - 2);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -this.count, End: this.count };
    if (event.key in moves) this.focus(this.current + moves[event.key]);
    else if (event.key === "Enter" && event.target.classList.contains("row")) this.activate?.(this.current);
    else if (event.key === "ArrowRight" && this.unfold) this.unfold(this.current);
    else if (event.key === "ArrowLeft" && this.fold) this.fold(this.current);
    else return;
    event.preventDefault();
  }
}

// A column's head that sorts.
function sortHead(text, key, order, sort, isNumber) {
  return element("div", { role: "columnheader", class: isNumber ? "number" : undefined, "aria-sort": order.key === key ? (order.descends ? "descending" : "ascending") : "none" },
    element("button", { type: "button", "data-key": key, onclick: () => sort(key) }, text));
}

const head = (text, isNumber) => element("div", { role: "columnheader", class: isNumber ? "number" : undefined }, text);
const cell = (properties, ...children) => element("div", { role: "gridcell", ...properties }, ...children);
