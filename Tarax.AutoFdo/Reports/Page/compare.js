// What moved since an older profile, and what a compiler made of this one.

function comparisonView() {
  const { comparison } = report;
  const rows = comparison.functions;
  const most = largest(rows.map((d) => Math.abs(d.newShare - d.oldShare)), 1e-9);
  const filtered = filterable(rows, "Functions that changed");
  const list = new RowList({
    name: "Functions that changed", kind: "compare", role: "grid", height: 26,
    columns: [head("before", true), head("now", true), head("change of share"), head("overlap", true), head("rank", true), head(""), head("function")],
    activate: (index) => openFunction(filtered.rows[index].name),
    row: (index) => {
      const d = filtered.rows[index];
      const change = d.newShare - d.oldShare;
      return element("div", {}, cell({ class: "number" }, d.oldRank === 0 ? "–" : percent(d.oldShare)), cell({ class: "number" }, d.newRank === 0 ? "–" : percent(d.newShare)),
        cell({ class: `change ${change < 0 ? "less" : ""}`, "--share": Math.abs(change) / most }, `${change < 0 ? "−" : "+"}${percent(Math.abs(change))}`), cell({ class: "number" }, d.overlap.toFixed(3)),
        cell({ class: "number" }, `${d.oldRank || "–"} → ${d.newRank || "–"}`), cell({ class: "soft" }, d.oldRank === 0 ? "appeared" : d.newRank === 0 ? "vanished" : ""), cell({}, functionLink(d.name)));
    },
  });
  show(element("div", { class: "title" }, element("h2", {}, printable(`Since ${comparison.title}`)),
    element("p", { class: "facts" }, [["overlap", comparison.overlap.toFixed(4)], ["functions in both", whole(comparison.inBoth)], ["appeared", whole(comparison.appear)], ["vanished", whole(comparison.vanish)]].map(([name, value]) => element("span", {}, `${name} `, element("b", {}, value))))),
    filtered.bar, list.box);
  filtered.attach(list);
  return filtered.input;
}

function compilerView() {
  const use = report.compiler;
  const lost = use.functions.filter((u) => number(u.count) > 0);
  const other = Math.max(0, number(use.count) - number(use.usedCount) - number(use.coldCount) - number(use.unseenCount));
  const parts = [["found code", number(use.usedCount), "var(--good)"], ["of functions taken for ones that never run", number(use.coldCount), "var(--cold)"], ["of functions that its report does not mention", number(use.unseenCount), "var(--soft)"], ["found no code", other, "var(--hot)"]].filter(([, value]) => value > 0);
  const filtered = filterable(lost, "Functions as the compiler saw them");
  const list = new RowList({
    name: "Functions as the compiler saw them", kind: "compiler", role: "grid", height: 26, columns: [head("counts", true), head("not used", true), head("of its own", true), head(""), head("function")],
    activate: (index) => openFunction(filtered.rows[index].name),
    row: (index) => {
      const u = filtered.rows[index];
      const missing = number(u.count) - number(u.usedCount);
      return element("div", {}, cell({ class: "number" }, whole(u.count)), cell({ class: "number" }, whole(missing)), cell({ class: "number share", "--share": ratio(missing, u.count) }, percent(ratio(missing, u.count))),
        cell({ class: "soft" }, !u.isSeen ? "not in its report" : u.isTakenForCold ? "taken for cold" : ""), cell({}, functionLink(u.name)));
    },
  });
  show(element("div", { class: "title" }, element("h2", {}, "What the compiler made of it"),
    element("div", { class: "stack", role: "img", "aria-label": parts.map(([text, value]) => `${percent(ratio(value, use.count))} ${text}`).join(", ") }, parts.map(([text, value, tone]) => element("i", { "--share": ratio(value, use.count), "--tone": tone, title: text }))),
    element("ul", { class: "legend" }, parts.map(([text, value, tone]) => element("li", {}, element("i", { "--tone": tone }), element("span", {}, text), element("b", {}, percent(ratio(value, use.count))))))),
    filtered.bar, list.box);
  filtered.attach(list);
  return filtered.input;
}

const openFunction = (name) => { if (bodiesByName.has(name)) location.hash = `#f/${bodiesByName.get(name).index}`; };

// A box above a list that leaves rows whose function does not match out.
function filterable(all, name) {
  const input = element("input", { type: "search", "aria-label": `Filter: ${name}`, placeholder: "Filter by name  ( / )", id: "filter", autocomplete: "off", spellcheck: "false" });
  const found = element("span", { class: "soft", role: "status" });
  const made = { input, bar: element("div", { class: "bar" }, input, found), rows: all };
  made.attach = (list) => {
    const update = () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      made.rows = all.filter((row) => words.every((word) => `${shortName(row.name)}\n${linkageName(row.name)}`.toLowerCase().includes(word)));
      found.textContent = `${whole(made.rows.length)} functions`;
      list.set(made.rows.length);
    };
    input.addEventListener("input", update);
    input.addEventListener("keydown", (event) => { if (event.key === "ArrowDown" || event.key === "Enter") { event.preventDefault(); list.focus(0); } });
    update();
  };
  return made;
}
