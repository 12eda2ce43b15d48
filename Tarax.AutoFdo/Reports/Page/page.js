// The page: views by the part of the address behind #, light or dark, keys.

const views = { overview: ["Overview", overview], functions: ["Functions", functionTable], flame: ["Flame graph", flameView] };

function route() {
  const [name, argument] = location.hash.slice(1).split("/");
  if (name === "content") return;
  const f = name === "f" ? functions[Number(argument)] : undefined;
  const chosen = f ? "functions" : Object.hasOwn(views, name) ? name : "overview";
  for (const link of document.querySelectorAll("#views a")) {
    if (link.hash === `#${chosen}`) link.setAttribute("aria-current", f ? "true" : "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${f ? f.name : views[chosen][0]} – ${printable(report.title)}`;
  if (f) functionView(f);
  else views[chosen][1]();
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  document.getElementById("theme").textContent = theme === "dark" ? "Light" : "Dark";
}

async function open() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  setTheme(dark.matches ? "dark" : "light");
  dark.addEventListener("change", () => setTheme(dark.matches ? "dark" : "light"));
  document.getElementById("theme").addEventListener("click", () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
  prepare(await readData());
  if (report.comparison) views.compare = ["Compared", comparisonView];
  if (report.compiler) views.compiler = ["Compiler", compilerView];
  document.getElementById("title").textContent = printable(report.title);
  document.getElementById("views").append(...Object.entries(views).map(([name, [text]]) => element("a", { href: `#${name}` }, text)));
  let toFilter = false;
  window.addEventListener("hashchange", () => {
    route();
    document.getElementById(toFilter ? "filter" : "content").focus({ preventScroll: true });
    toFilter = false;
  });
  for (const [event, all] of [["beforeprint", true], ["afterprint", false]]) {
    window.addEventListener(event, () => document.querySelectorAll(".list").forEach((box) => box.rowList.print(all)));
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !(event.target instanceof HTMLInputElement) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const filter = document.getElementById("filter");
      if (filter) { event.preventDefault(); filter.select(); filter.focus(); } else if (location.hash !== "#functions") { event.preventDefault(); toFilter = true; location.hash = "#functions"; }
    }
  });
  route();
  document.documentElement.dataset.ready = "true";
  performance.mark("shown");
}

open().catch((error) => {
  document.getElementById("content").textContent = `This report cannot be opened: ${error.message}`;
  throw error;
});
