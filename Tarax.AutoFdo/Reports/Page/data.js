// The report's data, and what is computed of them once. Counts beyond 2⁵³ are strings of digits: they are shown exactly, and computed with as doubles.

let report, functions, bodiesByName;

async function readData() {
  const text = atob(document.getElementById("data").textContent);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

const number = (count) => (typeof count === "string" ? Number(count) : count);
const wholeNumber = new Intl.NumberFormat("en");
const whole = (count) => wholeNumber.format(typeof count === "string" ? BigInt(count) : count);
const largest = (numbers, least) => numbers.reduce((most, each) => Math.max(most, each), least);
const percent = (share, digits = share < 0.0995 ? 2 : 1) => `${(100 * share).toFixed(digits)} %`;
const ratio = (part, all) => (number(all) === 0 ? 0 : number(part) / number(all));

// What would turn the direction of writing, or does not print, is shown by its number.
const unprintable = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const printable = (text) => text.replace(unprintable, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

const shortName = (index) => printable(report.names[index].short ?? report.names[index].name);
const briefName = (index) => brief(shortName(index));
const linkageName = (index) => printable(report.names[index].name);
const fileName = (path) => path.slice(path.lastIndexOf("/") + 1);

// A long name without what stands in angle brackets.
function brief(name) {
  if (name.length <= 48 || !name.includes("<")) return name;
  let [made, depth] = ["", 0];
  for (let i = 0; i < name.length; i++) {
    const operator = depth === 0 && /operator(<=>|->\*|->|<<=|>>=|<<|>>|<=|>=|<|>)/y;
    if (operator) {
      operator.lastIndex = i;
      const found = operator.exec(name);
      if (found) {
        made += found[0];
        i += found[0].length - 1;
        continue;
      }
    }
    if (name[i] === "<" && depth++ === 0) made += "<…>";
    else if (name[i] === ">" && depth > 0 && name[i - 1] !== "-") depth--;
    else if (depth === 0) made += name[i];
  }
  return depth === 0 ? made : name;
}

function place(body) {
  const name = placeOf(body);
  if (name.places) return name.places.map((one) => printable(`${report.files[one.file]}:${one.line}`)).join(" or ");
  if (name.file === undefined) return "";
  return printable(name.line === undefined ? report.files[name.file] : `${report.files[name.file]}:${name.line}`);
}

// Formats keep 16 bits of a line's distance; lines before the function's first come round.
const distance = (line) => (line > 32767 ? line - 65536 : line);

function prepare(data) {
  report = data;
  const total = number(report.profile.totalCount);
  functions = report.functions.map((data, index) => ({
    data, index,
    total: number(data.total), self: number(data.self), head: number(data.head), samples: data.samples === undefined ? -1 : number(data.samples),
    share: total === 0 ? 0 : number(data.total) / total,
    name: shortName(data.name),
    place: place(data.bodies[0]),
    search: `${shortName(data.name)}\n${linkageName(data.name)}\n${place(data.bodies[0])}`.toLowerCase(),
  }));
  bodiesByName = new Map(functions.map((f) => [f.data.name, f]));
}

// Sums of a function's bodies with all that is inlined into them, and which are in which.
function bodiesOf(f) {
  if (f.bodies) return f.bodies;
  f.bodies = f.data.bodies.map((body) => ({ body, total: body.counts.reduce((sum, count) => sum + number(count), 0), calls: [] }));
  for (let i = f.bodies.length - 1; i > 0; i--) {
    const around = f.bodies[f.bodies[i].body.parent];
    around.total += f.bodies[i].total;
    around.calls.unshift(i);
  }
  return f.bodies;
}

let sourceLines;
// Where the function of a body is defined: static functions of one name are at several places.
function placeOf(body) {
  const name = report.names[body.name];
  return body.firstLine === undefined ? name : { ...name, file: body.file, line: body.firstLine, places: undefined };
}

// Whether a source file is not as it was compiled.
function isChanged(file) {
  return report.sources.some((source) => source.file === file && source.isChanged);
}

function lineText(file, line) {
  if (!sourceLines) {
    sourceLines = new Map();
    for (const source of report.sources) sourceLines.set(source.file, source.pieces);
  }
  for (const piece of sourceLines.get(file) ?? []) {
    if (line >= piece.first && line < piece.first + piece.lines.length) return piece.lines[line - piece.first];
  }
  return undefined;
}
