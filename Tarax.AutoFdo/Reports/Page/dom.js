// Elements are made of text only: nothing from the data is ever taken for markup.

function element(tag, properties, ...children) {
  const made = tag.startsWith("svg:") ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4)) : document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("--")) made.style.setProperty(name, value);
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  return made;
}

const meter = (share) => element("span", { class: "meter", "aria-hidden": "true" }, element("i", { "--share": Math.min(share, 1) }));

function functionLink(index, text) {
  const f = bodiesByName.get(index);
  return f ? element("a", { href: `#f/${f.index}`, title: linkageName(index) }, text ?? briefName(index)) : element("span", { title: linkageName(index) }, text ?? briefName(index));
}

function show(...parts) {
  const content = document.getElementById("content");
  content.replaceChildren(...parts);
}
