// The first view: what was recorded, what became of it, how hot code is spread, what is wrong.

const tones = ["var(--good)", "var(--hot)", "var(--cold)", "var(--warn-edge)", "var(--bad)", "var(--soft)"];

function overview() {
  const panels = [recorded(), account(), hottest(), workingSet(), binaries(), quality()];
  show(element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Overview" }, element("div", { class: "overview" }, tiles(), warnings(), element("div", { class: "columns" }, panels.filter(Boolean)), about())));
}

const panel = (title, ...content) => element("section", { class: "panel" }, element("h2", {}, title), ...content);

function tiles() {
  const { profile, recording, conversion } = report;
  const list = [["counts in all", whole(profile.totalCount)], ["functions", whole(profile.functions)], ["positions", whole(profile.positions)]];
  if (conversion && conversion.samples > 0) list.push(["samples", whole(conversion.samples)], ["of them in this binary", percent(ratio(conversion.samplesInBinary, conversion.samples))]);
  else if (recording) list.push(["samples", whole(recording.countedSamples)]);
  if (conversion && conversion.executedBytes !== "0") list.push(["of what ran is in the profile", percent(ratio(conversion.bytesInPositions, conversion.executedBytes))]);
  if (report.halves) list.push(["agreement of its two halves", percent(report.halves.functionOverlap)]);
  if (report.comparison) list.push(["overlap with the older profile", report.comparison.overlap.toFixed(4)]);
  if (report.compiler) list.push(["of the counts used by the compiler", percent(ratio(report.compiler.usedCount, report.compiler.count))]);
  return element("div", { class: "tiles" }, list.map(([text, value]) => element("div", { class: "tile" }, element("b", {}, value), element("span", {}, text))));
}

function warnings() {
  const notes = report.diagnostics.map((d) => element("p", { class: `note ${d.severity === "Warning" ? "warning" : ""}` }, element("b", {}, `${d.severity === "Warning" ? "Warning" : "Note"}: `), printable(d.message), element("span", { class: "soft" }, ` [${d.id}]`)));
  notes.push(...report.missing.map((text) => element("p", { class: "note" }, printable(text), ".")));
  return notes.length > 0 && element("section", { class: "panel wide" }, element("h2", {}, "What to know"), notes);
}

function facts(list) {
  return element("dl", {}, list.filter(([, value]) => value).map(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
}

function recorded() {
  const { recording, conversion, profile } = report;
  const list = [];
  if (recording) {
    list.push(["recording", printable(`${recording.path} (${recording.container})`)],
      ["command", printable(recording.commandLine.join(" "))],
      ["machine", printable([recording.cpu, recording.architecture, recording.kernelRelease, recording.perfVersion && `perf ${recording.perfVersion}`].filter(Boolean).join(", "))],
      ["event", printable(recording.countedEvent)]);
    for (const event of recording.events) {
      if (event.name !== recording.countedEvent) continue;
      const rate = event.periodOrFrequency === 0 ? "" : event.isFrequency ? `${whole(event.periodOrFrequency)} a second` : `one in ${whole(event.periodOrFrequency)}`;
      const where = event.samplesUser && event.samplesKernel ? "user and kernel" : event.samplesUser ? "user" : event.samplesKernel ? "kernel" : "";
      list.push(["how", printable([rate, where, event.branchFilter && `branch stacks (${event.branchFilter})`].filter(Boolean).join(", "))]);
    }
    list.push(["samples", `${whole(recording.countedSamples)}${recording.countedSamples > 0 ? `, ${percent(ratio(recording.samplesWithBranchStack, recording.countedSamples))} with branch stacks` : ""}`]);
    if (recording.samplesWithBranchStack > 0) list.push(["branches", `${whole(recording.branchEntries)}, ${(recording.branchEntries / recording.samplesWithBranchStack).toFixed(1)} in a stack, at most ${recording.deepestBranchStack}`]);
    if (number(recording.lostSamples) > 0) list.push(["lost", `${whole(recording.lostSamples)} samples`]);
    if (number(recording.firstTime) > 0) list.push(["time", `${((number(recording.lastTime) - number(recording.firstTime)) / 1e9).toFixed(3)} s`]);
  }
  if (conversion) {
    list.push(["binary", printable(conversion.binary)], ["build-id", conversion.buildId], ["made by", conversion.madeBy && element("span", { title: printable(conversion.madeBy) }, printable(conversion.madeBy.split(" -")[0]))], ["profile for", conversion.compiler],
      ["passes", conversion.passes.map((p) => (p.functionsChanged ? `${p.id} (${whole(p.functionsChanged)} functions)` : p.id)).join(", ")]);
  }
  list.push(["format", profile.format], ["largest count", whole(profile.maximumCount)]);
  if (profile.hotCutoff > 0) list.push(["taken for hot", `${profile.hotCutoff / 10000} % of the counts`]);
  return panel(recording ? "What was recorded" : "The profile", facts(list));
}

function binaries() {
  const { recording } = report;
  if (!recording || recording.binaries.length === 0) return undefined;
  const states = { Found: "here, with debug information", Missing: "here, without debug information", BinaryMissing: "not here" };
  const all = recording.binaries.reduce((sum, b) => sum + number(b.samples), number(recording.samplesElsewhere));
  const rows = recording.binaries.slice(0, 15).map((b) => element("tr", {}, element("td", { class: "number" }, percent(b.share)), element("td", {}, meter(b.share)), element("td", { class: "mono" }, printable(b.name)), element("td", { class: "soft" }, states[b.debugInformation])));
  if (number(recording.samplesElsewhere) > 0) rows.push(element("tr", {}, element("td", { class: "number" }, percent(ratio(recording.samplesElsewhere, all))), element("td", {}, meter(ratio(recording.samplesElsewhere, all))), element("td", {}, "in no file"), element("td", { class: "soft" }, "code made while the program ran, or mappings that were not recorded")));
  const more = recording.binaries.length - 15;
  return panel("Binaries by share of samples",
    element("table", {}, element("thead", {}, element("tr", {}, element("th", { scope: "col", class: "number" }, "share"), element("td", {}), element("th", { scope: "col" }, "binary"), element("th", { scope: "col" }, "state"))), element("tbody", {}, rows)),
    more > 0 && element("p", { class: "soft" }, `and ${whole(more)} more`));
}

function account() {
  const { conversion } = report;
  if (!conversion || conversion.executedBytes === "0") return undefined;
  const parts = [["in the profile", conversion.bytesInPositions], ...conversion.leftOut.map((l) => [l.reason, l.amount])].map(([text, amount], i) => ({ text, share: ratio(amount, conversion.executedBytes), tone: tones[Math.min(i, tones.length - 1)] }));
  return panel("Where what ran went",
    element("div", { class: "stack", role: "img", "aria-label": parts.map((p) => `${percent(p.share)} ${p.text}`).join(", ") }, parts.map((p) => element("i", { "--share": p.share, "--tone": p.tone, title: `${percent(p.share)} ${p.text}` }))),
    element("ul", { class: "legend" }, parts.map((p) => element("li", {}, element("i", { "--tone": p.tone }), element("span", {}, p.text), element("b", {}, percent(p.share))))),
    element("p", { class: "soft" }, "of the bytes of code that ran, each as often as it ran"));
}

function workingSet() {
  const rows = report.profile.cutoffs.filter((c) => number(c.positions) > 0);
  if (rows.length < 2) return undefined;
  const [width, height, left, bottom] = [460, 220, 46, 34];
  const most = Math.max(number(report.profile.positions), 2);
  const x = (positions) => left + (Math.log(Math.max(positions, 1)) / Math.log(most)) * (width - left - 14);
  const y = (cutoff) => 10 + (1 - cutoff / 1e6) * (height - bottom - 10);
  const parts = [];
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    parts.push(element("svg:line", { class: "axis", x1: left, x2: width - 14, y1: y(share * 1e6), y2: y(share * 1e6) }), element("svg:text", { x: left - 6, y: y(share * 1e6) + 4, "text-anchor": "end" }, `${share * 100} %`));
  }
  for (let positions = 1; positions <= most; positions *= 10) parts.push(element("svg:text", { x: x(positions), y: height - 16, "text-anchor": "middle" }, whole(positions)));
  parts.push(element("svg:text", { x: (left + width) / 2, y: height - 2, "text-anchor": "middle" }, "hottest positions"));
  parts.push(element("svg:polyline", { class: "curve", points: [`${x(1)},${y(0)}`, ...rows.map((r) => `${x(number(r.positions))},${y(r.cutoff)}`)].join(" ") }));
  parts.push(...rows.map((r) => element("svg:circle", { class: "dot", cx: x(number(r.positions)), cy: y(r.cutoff), r: 2.5 })));
  const words = [500000, 900000, 990000, 999000].map((c) => rows.find((r) => r.cutoff === c)).filter(Boolean);
  return panel("How hot code is spread",
    element("svg:svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Working set: ${words.map((r) => `${r.cutoff / 10000} % of the counts lie in ${whole(r.positions)} positions`).join("; ")}` }, parts),
    element("table", {}, element("thead", {}, element("tr", {}, ["of the counts", "positions", "each ran at least"].map((t) => element("th", { scope: "col", class: "number" }, t)))),
      element("tbody", {}, words.map((r) => element("tr", {}, element("td", { class: "number" }, `${r.cutoff / 10000} %`), element("td", { class: "number" }, whole(r.positions)), element("td", { class: "number" }, whole(r.minimumCount)))))));
}

function hottest() {
  const rows = functions.slice(0, 10).map((f) => element("tr", {}, element("td", { class: "number" }, percent(f.share)), element("td", {}, meter(functions[0].share > 0 ? f.share / functions[0].share : 0)), element("td", {}, functionLink(f.data.name))));
  return panel("Hottest functions",
    element("table", {}, element("thead", {}, element("tr", {}, element("th", { scope: "col", class: "number" }, "share"), element("td", {}), element("th", { scope: "col" }, "function"))), element("tbody", {}, rows)),
    functions.length > 10 && element("p", {}, element("a", { href: "#functions" }, `All ${whole(functions.length)} functions`)));
}

// Samples of the functions that hold nine tenths of the counts: few of them, and the order of the functions is chance.
function quality() {
  if (!functions.some((f) => f.samples >= 0)) return undefined;
  const { halves } = report;
  const total = functions.reduce((sum, f) => sum + f.total, 0);
  const hot = [];
  for (let i = 0, sum = 0; i < functions.length && sum < 0.9 * total; i++) {
    sum += functions[i].total;
    hot.push(Math.max(functions[i].samples, 0));
  }
  hot.sort((a, b) => a - b);
  const few = hot.filter((samples) => samples < 10).length;
  return panel("How much is behind it", facts([
    ["hot functions", `${whole(hot.length)} hold 90 % of the counts`],
    ["samples in each", `${whole(hot[hot.length >> 1])} in the middle one, ${whole(hot[0])} at least`],
    ["thin ones", few === 0 ? "none has fewer than 10 samples" : `${whole(few)} have fewer than 10 samples: record longer, or more often`],
    ["first and second half", halves && `${percent(halves.functionOverlap)} in common by functions, ${percent(halves.rangeOverlap)} by pieces of code (${whole(halves.firstSamples)} and ${whole(halves.secondSamples)} samples)`],
  ]), halves && element("p", { class: "soft" }, halves.functionOverlap >= 0.95
    ? "The halves of the recording say the same: a longer one would change little."
    : "The halves of the recording differ: the program did other things later, or there are too few samples. A longer recording, or several that are added up, would be more stable."));
}

function about() {
  return element("p", { class: "soft" }, `Made by ${report.madeBy}. Counts are of the profile, as tarax show tells them. Nothing leaves this file: it asks no network.`);
}
