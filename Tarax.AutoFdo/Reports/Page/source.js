// One function: lines with their counts, calls that were inlined unfolded in place, call targets, and instructions under a line.

function functionView(f) {
  const unfolded = f.unfolded ??= new Set();
  const bodies = bodiesOf(f);
  const most = largest(f.data.bodies.map((body) => largest(body.counts.map(number), 0)), 1);
  const code = instructionsOf(f);
  let rows = [];
  const list = new RowList({
    name: `Lines of ${f.name}`, kind: "source", role: "treegrid", height: 21,
    columns: [head("count", true), head("line", true), head("source")],
    activate: (index) => (rows[index].key ? toggle(rows[index], index) : rows[index].name !== undefined && bodiesByName.has(rows[index].name) && (location.hash = `#f/${bodiesByName.get(rows[index].name).index}`)),
    unfold: (index) => rows[index].key && !unfolded.has(rows[index].key) && toggle(rows[index], index),
    fold: (index) => (rows[index].key && unfolded.has(rows[index].key) ? toggle(rows[index], index) : rows[index].up >= 0 && list.focus(rows[index].up)),
    row: (index) => sourceRow(rows[index], index),
  });

  function toggle(row, index) {
    if (!unfolded.delete(row.key)) unfolded.add(row.key);
    update(index);
  }

  function update(index) {
    rows = [];
    addBody(0, 0, -1);
    list.set(rows.length, index);
  }

  function push(row) {
    rows.push(row);
    return rows.length - 1;
  }

  // The lines of a body: with their text where it is known, else those that have counts.
  function addBody(at, depth, up) {
    const { lines, elsewhere } = linesOf(bodies[at].body, bodies[at].calls.map((i) => [i, f.data.bodies[i]]), code.get(at));
    const name = placeOf(bodies[at].body);
    const known = [...lines.keys()].sort((a, b) => a - b);
    const hasText = name.line !== undefined && lineText(name.file, name.line) !== undefined;
    let shown = known;
    if (hasText) {
      const within = known.filter((line) => line >= 0 && line < 5000);
      const last = (within.at(-1) ?? 0) + 2;
      shown = known.filter((line) => line < 0 || line >= 5000);
      for (let line = Math.min(0, within[0] ?? 0); line <= last; line++) {
        if (lines.has(line) || lineText(name.file, name.line + line) !== undefined) shown.push(line);
      }
    }
    shown.sort((a, b) => a - b);
    for (const line of shown) addLine(at, line, lines.get(line), depth, up, name);
    for (const [file, ofFile] of elsewhere) {
      push({ kind: "file", depth, up, file });
      const others = [...ofFile.keys()].sort((a, b) => a - b);
      for (const line of others) addLine(at, line, ofFile.get(line), depth, up, file < 0 ? {} : { file, line: 0 }, file);
    }
  }

  // What the compiler's report says of a count: of the function that the line is of, or that it is in.
  function useOf(at, line, data, place) {
    if (data?.count === undefined || number(data.count) === 0) return undefined;
    const uses = [bodies[at].body.name, f.data.name].map(compilerUse).filter((use) => use?.lines);
    if (uses.length === 0) return undefined;
    const isHere = (use, used) => (used.line === undefined || place === undefined ? use.name === bodies[at].body.name && used.offset === (line & 0xffff) : used.line === place.line && used.file === place.file);
    const found = uses.flatMap((use) => use.lines.filter((used) => isHere(use, used)));
    return found.length === 0 ? { count: 0 } : found.reduce((most, used) => (number(used.count) > number(most.count) ? used : most));
  }

  function addLine(at, line, data, depth, up, name, file) {
    const key = file === undefined ? `l${at}:${line}` : `l${at}:${file}:${line}`;
    const text = name.line === undefined ? undefined : lineText(name.file, name.line + line);
    const number = name.line === undefined ? undefined : name.line + line;
    const inFile = name.line === undefined || name.file === undefined ? undefined : { file: fileName(report.files[name.file]), line: name.line + line };
    const row = push({ kind: "line", use: useOf(at, line, data, inFile), depth, up, line, number, text, data, key: data?.instructions.length > 0 ? key : undefined });
    for (const target of data?.targets ?? []) push({ kind: "target", depth: depth + 1, up: row, name: target.name, count: target.count, share: target.share });
    for (const i of data?.calls ?? []) {
      const ofCall = `b${i}`;
      const call = push({ kind: "call", depth: depth + 1, up: row, name: bodies[i].body.name, count: bodies[i].total, key: ofCall });
      if (unfolded.has(ofCall)) addBody(i, depth + 2, call);
    }
    if (data && unfolded.has(key)) {
      for (const instruction of data.instructions) {
        const ofBranches = instruction.branches.length > 0 ? `i${instruction.address}` : undefined;
        const own = push({ kind: "instruction", depth: depth + 1, up: row, instruction, count: instruction.count, key: ofBranches });
        if (ofBranches && unfolded.has(ofBranches)) for (const branch of instruction.branches) push({ kind: "branch", depth: depth + 2, up: own, branch, count: branch.count });
      }
    }
  }

  function sourceRow(row, index) {
    const opened = row.key === undefined ? undefined : unfolded.has(row.key);
    const open = row.key === undefined ? element("span", { class: "blank" }) : element("button", { type: "button", class: "open", "aria-label": `${opened ? "Fold" : "Unfold"} ${row.kind === "call" ? shortName(row.name) : row.kind === "line" ? `the instructions of line ${row.number ?? row.line}` : "branches"}`, onclick: () => { list.choose(index); toggle(row, index); } }, opened ? "▾" : "▸");
    const parts = { line: lineParts, call: callParts, target: targetParts, instruction: instructionParts, branch: branchParts, file: fileParts }[row.kind](row);
    return element("div", { class: `${row.kind} ${row.depth > 0 ? "within" : ""} ${parts.never ? "never" : ""}`, "--depth": row.depth, "aria-level": row.depth + 1, "aria-expanded": opened },
      cell({ class: "count", "--heat": heat(parts.heat ?? row.count), title: parts.title }, parts.count ?? whole(row.count)),
      cell({ class: "lineno" }, parts.number ?? ""), cell({ class: "text" }, open, parts.content));
  }

  const heat = (count) => (count === undefined || number(count) === 0 ? 0 : Math.max(0.06, Math.min(1, Math.sqrt(number(count) / most))).toFixed(3));

  list.toggleAll = (isOpen) => {
    unfolded.clear();
    if (isOpen) f.data.bodies.forEach((_, i) => i > 0 && unfolded.add(`b${i}`));
    update(0);
  };
  show(functionTitle(f), functionBar(f, list, code.size > 0), list.box);
  update(0);
  return list;
}

function functionTitle(f) {
  const facts = [["total", whole(f.data.total)], ["share", percent(f.share)], ["self", whole(f.data.self)], ["entered", whole(f.data.head)]];
  if (f.samples >= 0) facts.push(["samples", whole(f.data.samples)]);
  const use = report.compiler?.functions.find((u) => u.name === f.data.name);
  if (use) facts.push(["used by the compiler", use.isSeen ? `${percent(ratio(use.usedCount, use.count))}${use.isTakenForCold ? ", taken for cold" : ""}` : "not in its report"]);
  const change = report.comparison?.functions.find((d) => d.name === f.data.name);
  if (change) facts.push(["before", change.oldRank === 0 ? "not there" : percent(change.oldShare)]);
  return element("div", { class: "title" }, element("h2", {}, f.name),
    f.name !== linkageName(f.data.name) && element("div", { class: "mono soft" }, linkageName(f.data.name)), element("div", { class: "mono soft" }, f.place),
    element("p", { class: "facts" }, facts.map(([name, value]) => element("span", {}, `${name} `, element("b", {}, value)))));
}

function functionBar(f, list, hasCode) {
  const defined = placeOf(f.data.bodies[0]);
  const sentence = defined.places ? "Several functions have this name, and the profile has one for them: lines are counted from the first line of any." : defined.line === undefined ? "Lines are counted from the function's first: the binary would tell which they are." :
    lineText(defined.file, defined.line) === undefined ? "The source is not in this report, so lines are told by their numbers." : isChanged(defined.file) ? "The source file is not as it was compiled: other text may stand beside the counts." : hasCode ? "" : "Without instructions: no counts of code were given.";
  return element("div", { class: "bar" },
    element("button", { type: "button", onclick: () => list.toggleAll(true) }, "Unfold inlined calls"), element("button", { type: "button", onclick: () => list.toggleAll(false) }, "Fold all"),
    element("span", { class: "soft" }, sentence), element("span", { class: "space" }), element("a", { href: "#functions" }, "All functions"));
}

// What is known of each line of a body: of those of its function's file by their distance from the first, of those of each other file by their numbers there.
function linesOf(body, calls, instructions) {
  const [lines, elsewhere] = [new Map(), new Map()];
  const among = (map, line) => {
    if (!map.has(line)) map.set(line, { positions: [], targets: [], calls: [], instructions: [] });
    return map.get(line);
  };
  const ofFile = (file, line) => {
    if (!elsewhere.has(file)) elsewhere.set(file, new Map());
    return among(elsewhere.get(file), line);
  };
  const others = new Map();
  for (const other of body.elsewhere ?? []) others.set(distance(other.line), [...(others.get(distance(other.line)) ?? []), other]);
  const first = placeOf(body).line;
  const at = (line, file) => {
    line = distance(line);
    if (file !== undefined) return ofFile(file, first + line);
    const there = others.get(line);
    if (!there) return among(lines, line);
    const [data, rest] = there[0].isAlsoHere ? [among(lines, line), there] : [ofFile(there[0].file ?? -1, there[0].at ?? line), there.slice(1)];
    data.together = rest;
    return data;
  };
  body.lines.forEach((line, i) => at(line).positions.push({ discriminator: body.discriminators?.[i] ?? 0, count: body.counts[i] }));
  const targets = body.targets ?? [];
  for (let i = 0; i < targets.length; i += 3) at(body.lines[targets[i]]).targets.push({ name: targets[i + 1], count: targets[i + 2] });
  for (const [index, call] of calls) at(call.line).calls.push(index);
  for (const instruction of instructions ?? []) {
    (instruction.file === undefined ? among(lines, distance(instruction.line)) : at(instruction.line, instruction.file)).instructions.push(instruction);
  }
  for (const line of [lines, ...elsewhere.values()].flatMap((map) => [...map.values()])) {
    const sum = line.targets.reduce((all, target) => all + number(target.count), 0);
    line.targets.forEach((target) => { target.share = sum === 0 ? 0 : number(target.count) / sum; });
    line.targets.sort((a, b) => number(b.count) - number(a.count));
    line.count = line.positions.reduce((most, position) => (most === undefined || number(position.count) > number(most) ? position.count : most), undefined);
    line.ran = largest(line.instructions.map((i) => number(i.count)), 0);
  }
  return { lines, elsewhere };
}

// The instructions of each body of a function.
function instructionsOf(f) {
  const byBody = new Map();
  for (const piece of f.data.code ?? []) {
    let address = BigInt(`0x${piece.start}`);
    const made = piece.texts.map((text, i) => {
      const instruction = { address: address.toString(16), text, count: piece.counts[i], line: piece.lines[i], branches: [] };
      address += BigInt(piece.lengths[i]);
      if (piece.bodies[i] >= 0) {
        if (!byBody.has(piece.bodies[i])) byBody.set(piece.bodies[i], []);
        byBody.get(piece.bodies[i]).push(instruction);
      }
      return instruction;
    });
    for (let i = 0; i < (piece.files?.length ?? 0); i += 2) made[piece.files[i]].file = piece.files[i + 1];
    for (const { at, pass } of piece.withheld ?? []) made[at].pass = pass;
    for (const branch of piece.branches) made[branch.at].branches.push(branch);
  }
  return byBody;
}

let uses;
const compilerUse = (name) => (uses ??= new Map((report.compiler?.functions ?? []).map((use) => [use.name, use]))).get(name);

function lineParts({ line, number: lineNumber, text, data, use }) {
  const content = [text === undefined ? element("span", { class: "soft" }, lineNumber === undefined ? `line ${line < 0 ? line : `+${line}`}` : lineNumber === 0 ? "code without a line" : "") : printable(text)];
  if (!data) return { content, number: lineNumber, count: "" };
  if (data.positions.length > 1 || data.positions[0]?.discriminator > 0) content.push(element("span", { class: "tail" }, data.positions.map((p) => `${p.discriminator === 0 ? "·" : `.${p.discriminator}`} ${whole(p.count)}`).join("   ")));
  if (use) {
    content.push(number(use.count) > 0 ? element("span", { class: "tail used", title: "The compiler found code for the count of this line" }, `✓ the compiler used ${whole(use.count)}`)
      : element("span", { class: "tail dropped", title: "Its report does not have this count: no code of the line was there, or it was taken for another function's" }, "✗ the compiler found no code for it"));
  }
  if (data.together?.length > 0) content.push(element("span", { class: "tail", title: "Profiles have distances from the function's first line, and not the file: one count stands for both" }, `counted together with ${data.together.map((other) => printable(`${fileName(report.files[other.file])}:${other.at}`)).join(", ")}`));
  if (data.positions.length > 0 && data.ran > number(data.count)) content.push(element("span", { class: "tail", title: "Code of this line was moved to where more runs, or stands for another count" }, `code ran up to ${whole(data.ran)} times`));
  if (data.positions.length === 0 && data.ran > 0) {
    const pass = data.instructions.find((i) => i.pass)?.pass;
    content.push(element("span", { class: "tail" }, `ran ${whole(data.ran)} times; ${pass ? `withheld for the compiler's sake (${pass})` : "its count is not in the profile"}`));
    return { content, number: lineNumber, count: "–", title: pass ? `Withheld by the pass ${pass}` : "Withheld, or counted at another line" };
  }
  if (data.positions.length === 0) return { content, number: lineNumber, count: "" };
  return { content, number: lineNumber, count: whole(data.count), heat: data.count, never: number(data.count) === 0, title: number(data.count) === 0 ? "Was not seen to run" : undefined };
}

// Lines of another file: included within the function, or put there by #line.
const fileParts = ({ file }) => ({
  content: file < 0 ? "in another file, or of another build: the binary has no such lines of this function" : ["in ", element("b", { title: printable(report.files[file]) }, printable(fileName(report.files[file])))],
  count: "", heat: 0, title: file < 0 ? undefined : printable(report.files[file]),
});

const callParts = (row) => ({ content: ["inlined ", functionLink(row.name)], heat: 0, title: "Sum of the counts in it" });
const targetParts = (row) => ({ content: ["calls ", functionLink(row.name), ` ${percent(row.share)}`], heat: 0 });
const branchParts = ({ branch }) => ({ content: `${branch.isInto ? "from" : "to"} ${branch.other === undefined ? "outside" : printable(branch.other)}`, heat: 0 });

function instructionParts({ instruction }) {
  const sum = (isInto) => instruction.branches.filter((b) => b.isInto === isInto).reduce((all, b) => all + number(b.count), 0);
  const notes = [sum(true) > 0 && `← ${whole(sum(true))}`, sum(false) > 0 && `→ ${whole(sum(false))}`].filter(Boolean).join("  ");
  return { content: [`${instruction.address}  ${printable(instruction.text)}`, notes && element("span", { class: "tail" }, notes)] };
}
