// Counts as a flame graph: by what was inlined into what, or by calls that were recorded. What a call costs in one place is estimated: a function's counts are shared among its callers as its calls are.

const flame = { by: "inlined", up: false, isTree: false, search: "", zoom: undefined };

function inlineTree() {
  const root = { name: "all", value: 0, children: [] };
  for (const f of functions) {
    const bodies = bodiesOf(f);
    const nodes = bodies.map(({ body, total }) => ({ index: body.name, name: shortName(body.name), value: total, children: [], isInlined: body.parent >= 0 }));
    for (let i = 1; i < nodes.length; i++) if (nodes[i].value > 0) nodes[bodies[i].body.parent].children.push(nodes[i]);
    if (nodes[0].value > 0) root.children.push(nodes[0]);
    root.value += nodes[0].value;
  }
  return finished(root);
}

function callTree() {
  const edges = new Map();
  const into = new Map();
  const bySelf = new Map();
  for (const f of functions) {
    const own = new Map();
    for (const { body } of bodiesOf(f)) {
      for (let i = 0; i < (body.targets?.length ?? 0); i += 3) {
        const [callee, count] = [body.targets[i + 1], number(body.targets[i + 2])];
        if (callee === f.data.name) bySelf.set(callee, (bySelf.get(callee) ?? 0) + count);
        if (!bodiesByName.has(callee) || callee === f.data.name) continue;
        own.set(callee, (own.get(callee) ?? 0) + count);
        into.set(callee, (into.get(callee) ?? 0) + count);
      }
    }
    edges.set(f.data.name, [...own].sort((a, b) => b[1] - a[1]));
  }
  const all = functions.reduce((sum, f) => sum + f.total, 0);
  const root = { name: "all", value: all, children: [] };
  const least = 1 / 5000;
  // What enters a function from others; that it calls itself makes no caller of it.
  const entered = (f) => Math.max(into.get(f.data.name) ?? 0, number(f.data.head) - (bySelf.get(f.data.name) ?? 0), 1);
  const partOf = (callee, count) => count / entered(bodiesByName.get(callee));
  const inclusive = inclusiveTotals(edges, partOf, all);
  const left = new Map(functions.map((f) => [f.data.name, 1]));
  // The part of a function that one chain of callers asks for; below a share that nobody sees, and where it calls itself, the rest stays with its function at the root.
  const node = (index, part, above) => {
    const f = bodiesByName.get(index);
    left.set(index, left.get(index) - part);
    const made = { index, name: f.name, value: part * f.total, children: [] };
    above.add(index);
    for (const [callee, count] of edges.get(index)) {
      const share = part * partOf(callee, count);
      if (!above.has(callee) && above.size < 60 && share * inclusive.get(callee) >= least * all && share <= left.get(callee) + 1e-9) {
        const child = node(callee, share, above);
        made.children.push(child);
        made.value += child.value;
      }
    }
    above.delete(index);
    return made;
  };
  const entries = functions.map((f) => [f, 1 - Math.min(1, (into.get(f.data.name) ?? 0) / entered(f))]);
  for (const [f, part] of entries) if (part * inclusive.get(f.data.name) >= least * all) root.children.push(node(f.data.name, part, new Set()));
  for (const f of functions) if (left.get(f.data.name) * f.total > 0.5) root.children.push({ index: f.data.name, name: f.name, value: left.get(f.data.name) * f.total, children: [] });
  const byName = new Map();
  for (const child of root.children) {
    const known = byName.get(child.index);
    if (known) { known.value += child.value; known.children.push(...child.children); } else byName.set(child.index, child);
  }
  root.children = [...byName.values()];
  return finished(root);
}

// What each function costs with all that it calls; calls in circles come to an end.
function inclusiveTotals(edges, partOf, all) {
  let totals = new Map(functions.map((f) => [f.data.name, f.total]));
  for (let round = 0; round < 40; round++) {
    const next = new Map();
    for (const f of functions) next.set(f.data.name, Math.min(all, edges.get(f.data.name).reduce((sum, [callee, count]) => sum + partOf(callee, count) * totals.get(callee), f.total)));
    totals = next;
  }
  return totals;
}

function finished(root) {
  const finish = (node, depth) => {
    node.depth = depth;
    node.search = node.name.toLowerCase();
    node.children.sort((a, b) => b.value - a.value);
    for (const child of node.children) { child.parent = node; finish(child, depth + 1); }
  };
  finish(root, 0);
  return root;
}

const flameTrees = {};
const flameTree = () => flameTrees[flame.by] ??= flame.by === "inlined" ? inlineTree() : callTree();

function flameView() {
  const status = element("div", { class: "status", role: "status" });
  const box = element("input", { type: "search", "aria-label": "Search in the graph", placeholder: "Search  ( / )", value: flame.search, id: "filter", autocomplete: "off", spellcheck: "false" });
  const toggle = (text, isOn, set) => element("button", { type: "button", "aria-pressed": String(isOn), onclick: () => { set(); flameView(); [...document.querySelectorAll(".bar button")].find((button) => button.textContent === text).focus(); } }, text);
  const bar = element("div", { class: "bar" },
    toggle("Inlined calls", flame.by === "inlined", () => { flame.by = "inlined"; flame.zoom = undefined; }), toggle("Recorded calls", flame.by === "calls", () => { flame.by = "calls"; flame.zoom = undefined; }),
    toggle("Flame", !flame.isTree && flame.up, () => { flame.up = true; flame.isTree = false; }), toggle("Icicle", !flame.isTree && !flame.up, () => { flame.up = false; flame.isTree = false; }), toggle("Tree", flame.isTree, () => { flame.isTree = true; }),
    box, element("span", { class: "space" }), element("button", { type: "button", id: "whole", onclick: () => drawing.zoom(root) }, "Show all"));
  const root = flameTree();
  flame.zoom ??= root;
  const drawing = flame.isTree ? treeDrawing(root, status) : flameDrawing(root, status);
  box.addEventListener("input", () => { flame.search = box.value.toLowerCase(); drawing.search(); });
  show(bar, drawing.box, status);
  drawing.search();
  return box;
}

const nodeText = (node, root) => `${node.name}: ${whole(Math.round(node.value))}, ${percent(ratio(node.value, root.value))}${node.isInlined ? ", inlined" : ""}`;

function flameDrawing(root, status) {
  const rowHeight = 20;
  const paper = element("div", { class: "drawing" });
  const box = element("div", { class: "flame", tabindex: 0, role: "application", "aria-roledescription": "flame graph", "aria-label": "Flame graph. Arrows go to callers, callees and neighbours, Enter shows a part, Escape shows all. The tree view has the same as text." }, paper);
  let chosen = flame.zoom;
  let drawn = new Map();

  function draw() {
    const width = Math.max(paper.clientWidth, 200);
    const zoom = flame.zoom;
    const parts = [];
    drawn = new Map();
    let deepest = zoom.depth;
    const add = (node, left, size) => {
      if (size < 1.5) return;
      deepest = Math.max(deepest, node.depth);
      const made = element("i", { "--tone": `${55 + (hash(node.name) % 35)}%`, title: nodeText(node, root), class: node.isInlined ? "inlined" : undefined }, size > 24 ? brief(node.name) : "");
      Object.assign(made.style, { left: `${left}px`, width: `${Math.max(size - 1, 1)}px` });
      made.node = node;
      drawn.set(node, made);
      parts.push(made);
      for (const child of node.children) {
        const part = node.value === 0 ? 0 : (child.value / node.value) * size;
        add(child, left, part);
        left += part;
      }
    };
    add(zoom, 0, width);
    for (let above = zoom.parent; above; above = above.parent) {
      const made = element("i", { class: "around", "--tone": "60%", title: nodeText(above, root) }, brief(above.name));
      Object.assign(made.style, { left: "0px", width: `${width - 1}px` });
      made.node = above;
      drawn.set(above, made);
      parts.push(made);
    }
    for (const [node, made] of drawn) made.style.top = `${(flame.up ? deepest - node.depth : node.depth) * rowHeight}px`;
    paper.style.height = `${(deepest + 1) * rowHeight}px`;
    paper.replaceChildren(...parts);
    mark();
    if (flame.up) box.scrollTop = box.scrollHeight;
  }

  function mark() {
    let found = 0;
    for (const [node, made] of drawn) {
      const isMatch = flame.search !== "" && node.search.includes(flame.search);
      made.classList.toggle("match", isMatch);
      made.classList.toggle("other", flame.search !== "" && !isMatch);
      made.classList.toggle("chosen", node === chosen);
    }
    if (flame.search !== "") found = matching(root, flame.search);
    status.textContent = `${chosen.name === "all" && !chosen.parent ? `All: ${whole(Math.round(root.value))}` : nodeText(chosen, root)}${flame.search === "" ? "" : ` · ${percent(ratio(found, root.value))} of the counts match “${flame.search}”`}`;
  }

  function zoom(node) {
    flame.zoom = chosen = node;
    draw();
  }

  function choose(node) {
    if (!node) return;
    chosen = node;
    if (!drawn.has(node)) { flame.zoom = node.parent ?? node; draw(); } else mark();
    drawn.get(node)?.scrollIntoView({ block: "nearest" });
  }

  box.addEventListener("click", (event) => { if (event.target.node) zoom(event.target.node); });
  box.addEventListener("keydown", (event) => {
    const siblings = chosen.parent?.children ?? [chosen];
    const at = siblings.indexOf(chosen);
    const moves = { ArrowRight: () => choose(siblings[at + 1]), ArrowLeft: () => choose(siblings[at - 1]), [flame.up ? "ArrowUp" : "ArrowDown"]: () => choose(chosen.children[0]), [flame.up ? "ArrowDown" : "ArrowUp"]: () => choose(chosen.parent), Enter: () => zoom(chosen), Escape: () => zoom(root), Home: () => choose(root) };
    if (event.key in moves) { event.preventDefault(); moves[event.key](); }
    else if (event.key === "o" && bodiesByName.has(chosen.index)) location.hash = `#f/${bodiesByName.get(chosen.index).index}`;
  });
  new ResizeObserver(() => box.isConnected && draw()).observe(box);
  return { box, zoom: (node) => { zoom(node); box.focus(); }, search: () => (drawn.size === 0 ? draw() : mark()) };
}

function hash(text) {
  let sum = 7;
  for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) >>> 0;
  return sum;
}

// The counts of what matches, each once though what is around it matches too.
function matching(node, text) {
  return node.search.includes(text) && node.parent ? node.value : node.children.reduce((sum, child) => sum + matching(child, text), 0);
}

function treeDrawing(root, status) {
  const unfolded = new Set([root]);
  let rows = [];
  const list = new RowList({
    name: "Counts as a tree", kind: "tree", role: "treegrid", height: 26, columns: [head("counts", true), head("share", true), head("function")],
    activate: (index) => toggle(index), unfold: (index) => !unfolded.has(rows[index]) && toggle(index),
    fold: (index) => (unfolded.has(rows[index]) ? toggle(index) : rows[index].parent && list.focus(rows.indexOf(rows[index].parent))),
    row: (index) => {
      const node = rows[index];
      const opened = node.children.length === 0 ? undefined : unfolded.has(node);
      const open = opened === undefined ? element("span", { class: "blank" }) : element("button", { type: "button", class: "open", "aria-label": `${opened ? "Fold" : "Unfold"} ${node.name}`, onclick: () => { list.choose(index); toggle(index); } }, opened ? "▾" : "▸");
      return element("div", { "--depth": node.depth, "aria-level": node.depth + 1, "aria-expanded": opened },
        cell({ class: "number share", "--share": ratio(node.value, root.value) }, whole(Math.round(node.value))), cell({ class: "number" }, percent(ratio(node.value, root.value))), cell({ class: "text" }, open, node.index === undefined ? node.name : functionLink(node.index), node.isInlined && element("span", { class: "soft" }, " inlined")));
    },
  });
  const toggle = (index) => {
    if (!unfolded.delete(rows[index])) unfolded.add(rows[index]);
    update(index);
  };
  const update = (index) => {
    rows = [];
    const add = (node) => {
      rows.push(node);
      if (unfolded.has(node)) node.children.forEach(add);
    };
    add(root);
    list.set(rows.length, index);
  };
  return {
    box: list.box,
    zoom: () => { unfolded.clear(); unfolded.add(root); update(0); },
    search: () => {
      if (flame.search !== "") for (const node of paths(root, flame.search)) unfolded.add(node);
      update(0);
      status.textContent = flame.search === "" ? `All: ${whole(Math.round(root.value))}` : `${percent(ratio(matching(root, flame.search), root.value))} of the counts match “${flame.search}”`;
    },
  };
}

// What is around anything that matches.
function paths(root, text) {
  const found = new Set();
  const look = (node) => {
    const inside = node.children.map(look).some(Boolean);
    if (inside) found.add(node);
    return inside || node.search.includes(text);
  };
  look(root);
  return found;
}
