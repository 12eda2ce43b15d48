// All functions: a table that sorts, and filters as one types.

const functionOrder = { key: "total", descends: true };
let functionFilter = "";

function functionTable() {
  let rows = [];
  const found = element("span", { class: "soft", role: "status" });
  const box = element("input", { type: "search", "aria-label": "Filter functions", placeholder: "Filter by name or file  ( / )", value: functionFilter, id: "filter", autocomplete: "off", spellcheck: "false" });
  const most = largest(functions.map((f) => f.share), 1e-9);
  let list;
  const sort = (key) => {
    functionOrder.descends = functionOrder.key === key ? !functionOrder.descends : !["name", "place"].includes(key);
    functionOrder.key = key;
    list.head.replaceChildren(...columns());
    update();
    list.head.querySelector(`[data-key="${key}"]`).focus();
  };
  const columns = () => [
    sortHead("total", "total", functionOrder, sort, true), head("share", true), sortHead("self", "self", functionOrder, sort, true), sortHead("entered", "head", functionOrder, sort, true),
    sortHead("samples", "samples", functionOrder, sort, true), sortHead("function", "name", functionOrder, sort), sortHead("defined in", "place", functionOrder, sort),
  ];
  list = new RowList({
    name: "Functions", kind: "functions", role: "grid", height: 26, columns: columns(),
    activate: (index) => { location.hash = `#f/${rows[index].index}`; },
    row: (index) => {
      const f = rows[index];
      return element("div", {},
        cell({ class: "number share", "--share": f.share / most }, whole(f.data.total)), cell({ class: "number" }, percent(f.share)), cell({ class: "number" }, percent(ratio(f.data.self, report.profile.totalCount))),
        cell({ class: "number" }, whole(f.data.head)), cell({ class: "number" }, f.samples < 0 ? "" : whole(f.data.samples)), cell({ title: linkageName(f.data.name) }, functionLink(f.data.name)), cell({ class: "place", title: f.place }, f.place.split(" or ").map(fileName).join(" or ")));
    },
  });
  function update() {
    const words = functionFilter.toLowerCase().split(/\s+/).filter(Boolean);
    rows = functions.filter((f) => words.every((word) => f.search.includes(word)));
    const { key, descends } = functionOrder;
    rows.sort((a, b) => (typeof a[key] === "string" ? (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0) : a[key] - b[key]) * (descends ? -1 : 1) || a.index - b.index);
    const share = rows.reduce((sum, f) => sum + f.share, 0);
    found.textContent = words.length === 0 ? `${whole(rows.length)} functions` : `${whole(rows.length)} of ${whole(functions.length)} functions, ${percent(share)} of the counts`;
    list.box.scrollTop = 0;
    list.set(rows.length);
  }
  box.addEventListener("input", () => { functionFilter = box.value; update(); });
  box.addEventListener("keydown", (event) => { if (event.key === "ArrowDown" || event.key === "Enter") { event.preventDefault(); list.focus(0); } });
  show(element("div", { class: "bar" }, box, found), list.box);
  update();
  return box;
}
