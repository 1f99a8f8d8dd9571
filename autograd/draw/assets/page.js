"use strict";
// The page of a diagram: lays the scene out (dagre), draws it as SVG, and answers mouse, touch and keys.
// Text from the scene is only ever put into text nodes.

const scene = JSON.parse(document.getElementById("scene").textContent);
// Scales at which letters can be read, and just about so where a picture as wide as the screen is scrolled down.
const READABLE = 0.5, NEARLY = 0.42;
const STATES = ["plain", "zero", "vanishing", "flowing", "exploding", "broken"];
const byId = (id) => document.getElementById(id);
const picture = byId("picture"), view = byId("view"), details = byId("details");
const clusters = new Map(scene.clusters.map((c) => [c.key, c]));
const folded = new Set(scene.clusters.filter((c) => c.folded).map((c) => c.key));
let shown = { boxes: [], arrows: [], frames: [], order: [], standsFor: new Map() };
let place = { x: 0, y: 0, scale: 1 }, size = { width: 1, height: 1 };
let kept = null, told = null, vertical = false;

function svg(name, attributes = {}, text = "") {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  return element;
}

function html(name, text = "", className = "") {
  const element = document.createElement(name);
  if (text) element.textContent = text;
  if (className) element.className = className;
  return element;
}

// ---- what is seen: folded clusters are boxes

function outermost(key) {
  let found = null;
  for (let c = key; c !== null; c = clusters.get(c).box.cluster) if (folded.has(c)) found = c;
  return found;
}

function collapse() {
  const boxes = new Map(), standsFor = new Map();
  for (const box of scene.boxes) {
    const around = outermost(box.cluster);
    const seen = around === null ? box : clusters.get(around).box;
    boxes.set(seen.key, seen);
    standsFor.set(box.key, seen.key);
  }
  const bundles = new Map();
  for (const arrow of scene.arrows) {
    const moved = { ...arrow, source: standsFor.get(arrow.source), target: standsFor.get(arrow.target) };
    if (moved.source === moved.target && arrow.source !== arrow.target) continue;
    const module = clusters.has(moved.source) || clusters.has(moved.target);
    const key = module ? `${moved.source}>${moved.target}` : moved.key;
    if (!bundles.has(key)) bundles.set(key, []);
    bundles.get(key).push(moved);
  }
  const gravity = (a) => STATES.indexOf(a.state) * 100 + a.width;
  const arrows = [...bundles.values()].map((bundle) => bundle.length === 1 ? bundle[0] : {
    ...bundle.reduce((a, b) => (gravity(b) > gravity(a) ? b : a)),
    label: "", derivative: "", remark: "",
    count: bundle.reduce((n, a) => n + a.count, 0),
    lit: bundle.some((a) => a.lit),
    several: true,
  });
  const frames = scene.clusters.filter((c) => outermost(c.key) === null);
  const order = [...new Set(scene.order.map((key) => standsFor.get(key)))];
  return { boxes: [...boxes.values()], arrows, frames, order, standsFor };
}

// ---- layout

const ruler = document.createElement("canvas").getContext("2d");
function textWidth(text, bold) {
  ruler.font = `${bold ? "650 " : ""}13px system-ui, sans-serif`;
  return ruler.measureText(text).width;
}

function linesOf(box) {
  const count = box.count > 1 && box.kind !== "module" ? `×${box.count.toLocaleString("en")}` : "";
  const lines = [];
  const head = [shortened(box.title, 260), box.operation, count].filter(Boolean).join("  ");
  if (head) lines.push([head, "name"]);
  if (box.remark) lines.push([box.remark, "remark"]);
  // There is room for all that the story puts here.
  if (box.value) lines.push([widest(box, "value"), box.title ? "value" : ""]);
  if (box.gradient) lines.push([marked("gradient", widest(box, "gradient")), "gradient"]);
  if (box.strip && !story) lines.push([box.strip, "strip"]);
  return lines;
}

// A sign before gradients, so that they are told from values without their colour.
const marked = (what, text) => what === "gradient" && text ? `∇ ${text}` : text;

// A formula and its number, below each other where both are long; those of several graphs below each other.
function labelLines({ label, remark }) {
  const at = label.lastIndexOf(" = ");
  const lines = !label ? [] : label.includes(" | ") ? label.split(" | ") : label.length > 16 && at > 0 ? [label.slice(0, at), label.slice(at + 1)] : [label];
  return remark ? [...lines, remark] : lines;
}

const labelWidth = (lines) => Math.max(...lines.map((line) => textWidth(line) * 0.85));

// The direction, and the number of rows, in which the whole graph is seen at the largest scale; where none can be read,
// the one that has to be scrolled least of those that are as wide as the screen.
function layout() {
  const across = laidOut(false), whole = unwrapped(across);
  vertical = false;
  if (crowded()) return whole;
  const down = unwrapped(laidOut(true)), rows = [];
  for (let count = 2; count <= MAX_ROWS; count++) rows.push(wrapped(across, count));
  const found = [whole, down, ...rows.filter(Boolean)];
  const fits = ({ width, height }) => Math.min(picture.clientWidth / width, picture.clientHeight / height, 1);
  const scrolled = ({ width, height }) => picture.clientWidth / width < NEARLY ? 0 : 1 / height;
  const worth = found.some((one) => fits(one) >= READABLE) || !found.some(scrolled) ? fits : scrolled;
  const best = found.reduce((best, one) => (worth(one) > 1.15 * worth(best) ? one : best));
  vertical = best === down;
  return best;
}

const unwrapped = (graph) => ({
  nodes: new Map(graph.nodes().map((key) => [key, graph.node(key)])),
  edges: graph.edges().map((edge) => graph.edge(edge)),
  width: graph.graph().width,
  height: graph.graph().height,
});

function laidOut(downwards) {
  const graph = new dagre.graphlib.Graph({ compound: true, multigraph: true });
  const many = crowded();
  graph.setGraph({ rankdir: downwards ? "TB" : "LR", nodesep: many ? 14 : shown.frames.length ? 40 : 26, ranksep: many ? 46 : 44, edgesep: 12,
    marginx: 24, marginy: 44, ranker: many ? "tight-tree" : "network-simplex" });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const box of shown.boxes) {
    const lines = linesOf(box);
    const bars = box.parts.filter((p) => (p.name === "value" || p.name === "gradient") && p.bins.length);
    const wide = Math.max(30, ...lines.map(([text, kind]) => textWidth(text, kind === "name")));
    graph.setNode(box.key, { width: wide + 22, height: 12 + 18 * lines.length + (bars.length ? 22 : 0), box, lines, bars });
  }
  for (const frame of shown.frames) graph.setNode(frame.key, { frame });
  for (const box of shown.boxes) {
    const around = clusters.has(box.key) ? clusters.get(box.key).box.cluster : box.cluster;
    if (around !== null) graph.setParent(box.key, around);
  }
  for (const frame of shown.frames) if (frame.box.cluster !== null) graph.setParent(frame.key, frame.box.cluster);
  for (const arrow of shown.arrows) {
    const lines = many ? [] : labelLines(arrow);
    const wide = lines.length ? labelWidth(lines) + 20 : 0;
    graph.setEdge(arrow.source, arrow.target, { arrow, width: wide, height: 16 * lines.length, labelpos: "c" }, arrow.key);
  }
  dagre.layout(graph);
  return graph;
}

// ---- drawing

function curve(points) {
  // Through the middles of the stretches, so that bends are round.
  let path = `M${points[0].x},${points[0].y}`;
  for (let i = 1; i < points.length - 1; i++) {
    const end = i < points.length - 2 ? { x: (points[i].x + points[i + 1].x) / 2, y: (points[i].y + points[i + 1].y) / 2 } : points[i + 1];
    path += ` Q${points[i].x},${points[i].y} ${end.x},${end.y}`;
  }
  if (points.length === 2) path += ` L${points[1].x},${points[1].y}`;
  return path;
}

// A curve goes through the middle of two points: of such a pair in the place of the label's, so that it lies on its arrow.
function throughLabel(points, x, y) {
  const at = points.findIndex((p) => Math.abs(p.x - x) < 1 && Math.abs(p.y - y) < 1);
  if (at < 1 || at === points.length - 1) return points;
  const [before, after] = [points[at - 1], points[at + 1]], far = Math.hypot(after.x - before.x, after.y - before.y) || 1;
  const aside = (length) => ({ x: x + ((after.x - before.x) * length) / far, y: y + ((after.y - before.y) * length) / far });
  return [...points.slice(0, at), aside(-14), aside(14), ...points.slice(at + 1)];
}

function head(state, from, to, long) {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const at = (along, across) => `${to.x + along * Math.cos(angle) - across * Math.sin(angle)},${to.y + along * Math.sin(angle) + across * Math.cos(angle)}`;
  if (state === "zero") return `M${at(-1, -7)} L${at(-1, 7)} L${at(-4, 7)} L${at(-4, -7)}Z`;
  if (state === "broken") return `M${at(0, -5)} L${at(0, 5)} L${at(-10, 5)} L${at(-10, -5)}Z`;
  return `M${at(0, 0)} L${at(-long, long / 2.2)} L${at(-long, -long / 2.2)}Z`;
}

function drawArrow(arrow, points, x, y) {
  const group = svg("g", { class: `arrow ${arrow.state}${arrow.lit ? " lit" : ""}` });
  group.style.setProperty("--width", `${arrow.width}px`);
  group.style.setProperty("--share", `${Math.round(Math.abs(arrow.balance) * 100)}%`);
  group.style.setProperty("--toward", arrow.balance < 0 ? "var(--negative)" : "var(--positive)");
  const path = curve(throughLabel(points, x, y));
  // A gradient goes from the result to the operand; a value alone to the result.
  const [from, to] = arrow.state === "plain" ? [points[points.length - 2], points[points.length - 1]] : [points[1], points[0]];
  group.append(svg("path", { class: "halo", d: path }), svg("path", { class: "line", d: path }));
  if (arrow.state === "exploding") group.append(svg("path", { class: "core", d: path }));
  group.append(svg("path", { class: "head", d: head(arrow.state, from, to, 8 + arrow.width) }));
  if (story) group.append(svg("path", { class: "head before", d: head("plain", points[points.length - 2], points[points.length - 1], 9) }));
  if ((arrow.label || arrow.remark) && x !== undefined && !crowded()) {
    const lines = labelLines(arrow), wide = labelWidth(lines) + 6, top = y - 7 * lines.length;
    group.append(svg("rect", { x: x - wide / 2, y: top - 1, width: wide, height: 14 * lines.length + 2 }));
    group.append(...lines.map((line, i) => svg("text", { x, y: top + 11 + 14 * i }, line)));
  }
  arrow.tip = svg("title");
  group.append(arrow.tip);
  arrow.element = group;
  return group;
}

function describe(arrow) {
  const state = arrow.state === "plain" || arrow.state === "flowing" ? "" : `; ${arrow.state}`;
  return `${arrow.sent ? `${WHAT} ${carried(arrow)}` : "no gradient"}${arrow.label ? `; ${arrow.derivative || arrow.label}` : ""}${state}${arrow.count > 1 ? `; ${arrow.count} edges` : ""}`;
}

const WHAT = scene.changes ? "change of the contribution" : "contribution";
const carried = (arrow) => arrow.several ? `at most ${arrow.sent} each` : arrow.sent;

const crowded = () => shown.boxes.length > 300;

// Bars of gradients hang: not by their colour alone are they told from those of values.
function histogram(bins, width, height, className, hanging = false) {
  const most = Math.max(...bins), group = svg("g", { class: className });
  bins.forEach((count, i) => {
    const tall = count ? Math.max(1, (count / most) * height) : 0;
    group.append(svg("rect", { x: (i * width) / bins.length, y: hanging ? 0 : height - tall, width: width / bins.length - 0.5, height: tall }));
  });
  return group;
}

function drawBox(node) {
  const { box, lines, bars, x, y, width, height } = node;
  const group = svg("g", { class: `box ${box.kind} ${box.mark}`, transform: `translate(${x - width / 2},${y - height / 2})`, tabindex: 0, role: "button", "data-key": box.key });
  if (box.count > 1 && box.kind !== "module") group.append(svg("rect", { class: "pile", x: 4, y: -4, width, height }));
  group.append(svg("rect", { class: "body", width, height }));
  box.texts = lines.map(([text, kind], i) => svg("text", { class: kind, x: width / 2, y: 19 + 18 * i }, text));
  group.append(...box.texts, svg("circle", { class: "stop", r: 6 }));
  box.bars = [];
  bars.forEach((part, i) => {
    const wide = (width - 16 - 6 * (bars.length - 1)) / bars.length;
    const drawn = histogram(part.bins, wide, 18, part.name, part.name === "gradient");
    drawn.setAttribute("transform", `translate(${8 + i * (wide + 6)},${height - 24})`);
    group.append(drawn);
    box.bars.push([part.name, drawn]);
  });
  group.addEventListener("click", () => activate(box.key));
  group.addEventListener("pointerenter", () => kept === null && tell(box));
  group.addEventListener("focus", () => { if (kept === null) tell(box); });
  box.element = group;
  box.at = { x, y, width, height };
  return group;
}

// How many frames are inside of each other in this one: every one needs room for its title.
function depth(key) {
  return Math.max(0, ...shown.frames.filter((f) => f.box.cluster === key).map((f) => 1 + depth(f.key)));
}

function shortened(text, width) {
  if (textWidth(text, true) <= width) return text;
  let end = text.length;
  while (end > 1 && textWidth(`${text.slice(0, end)}…`, true) > width) end--;
  return `${text.slice(0, end)}…`;
}

function drawFrame(frame, node) {
  const deep = depth(frame.key), above = 8 + 18 * deep, beside = 6 * deep;
  const width = node.width + 2 * beside, height = node.height + above + beside;
  const group = svg("g", { class: "frame", transform: `translate(${node.x - width / 2},${node.y - node.height / 2 - above})`, tabindex: 0, role: "button", "data-key": frame.key });
  group.setAttribute("aria-label", `fold ${frame.box.title}`);
  group.append(svg("rect", { width, height }), svg("text", { x: 10, y: 15 }, shortened(`− ${frame.box.title}`, width - 16)), svg("title", {}, frame.box.title));
  group.addEventListener("click", () => toggle(frame.key));
  return group;
}

function redraw() {
  shown = collapse();
  // It takes room from the picture.
  legend();
  const found = layout();
  const drawn = [];
  // Frames below, from the outside in; then arrows; then boxes.
  for (const frame of shown.frames) drawn.push(drawFrame(frame, found.nodes.get(frame.key)));
  for (const { arrow, points, x, y } of found.edges) drawn.push(drawArrow(arrow, points, x, y));
  for (const box of shown.boxes) drawn.push(drawBox(found.nodes.get(box.key)));
  view.replaceChildren(...drawn);
  size = found;
  // Where the whole would be too small to read, the root's end of it is shown.
  fit(Math.min(READABLE, Math.max(picture.clientWidth / size.width, NEARLY)));
  begin();
  search();
}

// ---- pan and zoom

function move() {
  view.setAttribute("transform", `translate(${place.x},${place.y}) scale(${place.scale})`);
  // However small the picture is, no line is so thin that it pales.
  view.style.setProperty("--hair", `${1.5 / place.scale}px`);
  // A shade at every side at which the picture goes on.
  const { width, height } = picture.getBoundingClientRect();
  const beyond = { "14px 0": place.x < -1, "-14px 0": place.x + size.width * place.scale > width + 1, "0 14px": place.y < -1, "0 -14px": place.y + size.height * place.scale > height + 1 };
  picture.style.boxShadow = Object.keys(beyond).filter((side) => beyond[side]).map((side) => `inset ${side} 14px -12px var(--shade)`).join(", ");
}

function fit(least = 0) {
  const { width, height } = picture.getBoundingClientRect();
  const scale = Math.max(Math.min(width / size.width, height / size.height, 1.4), least);
  // Where the whole does not fit, the root is seen, and what is before it.
  const { at } = shown.boxes.find((box) => !shown.arrows.some((a) => a.source === box.key && a.target !== box.key)) ?? shown.boxes.at(-1);
  const along = (room, whole, middle) => whole <= room ? (room - whole) / 2 : Math.min(Math.max(room / 2 - middle, room - whole), 0);
  place = { scale, x: along(width, size.width * scale, at.x * scale), y: along(height, size.height * scale, at.y * scale) };
  move();
}

function zoom(factor, x = picture.clientWidth / 2, y = picture.clientHeight / 2) {
  const scale = Math.min(Math.max(place.scale * factor, 0.02), 8);
  place = { scale, x: x - ((x - place.x) * scale) / place.scale, y: y - ((y - place.y) * scale) / place.scale };
  move();
}

function show(box) {
  const { width, height } = picture.getBoundingClientRect();
  place.scale = Math.max(place.scale, 0.7);
  place.x = width / 2 - box.at.x * place.scale;
  place.y = height / 2 - box.at.y * place.scale;
  move();
}

const pointers = new Map();
let dragged = 0;
picture.addEventListener("wheel", (event) => {
  event.preventDefault();
  const corner = picture.getBoundingClientRect();
  zoom(Math.exp(-event.deltaY * 0.0015), event.clientX - corner.left, event.clientY - corner.top);
}, { passive: false });
picture.addEventListener("pointerdown", (event) => {
  pointers.set(event.pointerId, event);
  dragged = 0;
});
addEventListener("pointermove", (event) => {
  const before = pointers.get(event.pointerId);
  if (!before) return;
  const dx = event.clientX - before.clientX, dy = event.clientY - before.clientY;
  dragged += Math.abs(dx) + Math.abs(dy);
  picture.classList.toggle("moving", dragged > 4);
  if (pointers.size === 2) {
    const [other] = [...pointers.values()].filter((p) => p.pointerId !== event.pointerId);
    const apart = (p) => Math.hypot(p.clientX - other.clientX, p.clientY - other.clientY);
    const corner = picture.getBoundingClientRect();
    zoom(apart(event) / Math.max(apart(before), 1), (event.clientX + other.clientX) / 2 - corner.left, (event.clientY + other.clientY) / 2 - corner.top);
  } else {
    place.x += dx;
    place.y += dy;
    move();
  }
  pointers.set(event.pointerId, event);
});
for (const name of ["pointerup", "pointercancel"]) addEventListener(name, (event) => {
  pointers.delete(event.pointerId);
  picture.classList.remove("moving");
});

// ---- folding, details, search

function toggle(key) {
  if (dragged > 4) return;
  if (folded.has(key)) folded.delete(key); else folded.add(key);
  redraw();
}

function activate(key) {
  if (dragged > 4) return;
  if (clusters.has(key)) return toggle(key);
  if (story) toggleStop(key);
  else kept = kept === key ? null : key;
  for (const box of shown.boxes) box.element.classList.toggle("kept", box.key === kept);
  tell(shown.boxes.find((box) => box.key === key));
}

function setAll(fold) {
  folded.clear();
  if (fold) for (const c of scene.clusters) if (!scene.clusters.some((other) => other.box.cluster === c.key)) folded.add(c.key);
  redraw();
}

function tableOf(pairs) {
  const table = html("table");
  for (const texts of pairs) {
    const row = html("tr");
    row.append(...texts.map((text) => html("td", text)));
    table.append(row);
  }
  return table;
}

function tell(box) {
  told = box.key;
  const parts = [html("h2", [box.title, box.operation].filter(Boolean).join("  ") || box.value)];
  if (box.notes.length) parts.push(tableOf(box.notes));
  for (const part of box.parts) {
    const kind = part.name.includes("gradient") ? "gradient" : "value";
    if (!settled(box.key, part.name)) {
      if (part.name === kind && seen(box, kind)) parts.push(html("h3", `${part.name} so far`, kind), html("div", seen(box, kind)));
      continue;
    }
    parts.push(html("h3", part.name, kind), html("div", part.text));
    if (part.bins.length) {
      const bars = svg("svg", { viewBox: "0 0 240 40", preserveAspectRatio: "none", role: "img", "aria-label": `histogram of the ${part.name}` });
      bars.append(histogram(part.bins, 240, 40, kind));
      parts.push(bars, tableOf(part.rows));
    }
  }
  const sends = shown.arrows.filter((a) => a.target === box.key && a.sent && carries(a));
  if (sends.length) {
    parts.push(html("h3", scene.changes ? "change of what it sends back" : "sends back"));
    parts.push(tableOf(sends.map((a) => [`to ${nameOf(a.source)}`, `${carried(a)}${a.label ? `  (${a.derivative || a.label})` : ""}`])));
  }
  details.replaceChildren(...parts);
}

function nameOf(key) {
  const box = shown.boxes.find((other) => other.key === key);
  return box.title || box.value;
}

function matches() {
  const words = byId("search").value.trim().toLowerCase();
  if (!words) return [];
  return shown.boxes.filter((box) => [box.title, box.operation, ...box.notes.map((n) => n[1])].some((t) => t.toLowerCase().includes(words)));
}

function search() {
  const found = matches();
  for (const box of shown.boxes) box.element.classList.toggle("match", found.includes(box));
  byId("found").textContent = byId("search").value ? `${found.length} found` : "";
}

let turn = -1;
byId("search").addEventListener("input", () => { turn = -1; search(); });
byId("search").addEventListener("keydown", (event) => {
  if (event.key === "Escape") { event.target.value = ""; search(); picture.focus(); }
  if (event.key !== "Enter") return;
  const found = matches();
  if (!found.length) return;
  turn = (turn + 1) % found.length;
  show(found[turn]);
  tell(found[turn]);
});

// ---- legend

// What occurs in the picture, each with a sample.
function legend() {
  byId("legend").replaceChildren();
  const enter = (text, sample, className = "") => {
    const entry = html("span", "", className);
    entry.append(...[sample, text].filter(Boolean));
    byId("legend").append(entry);
  };
  const passed = scene.order.length > 0;
  if (scene.passes !== "backward" || !passed) enter("value", null, "value");
  if (passed) enter("∇ gradient", null, "gradient");
  const looks = new Set(shown.arrows.map(lookOf));
  if (passed) {
    enter(`arrows: ${scene.changes ? "change of the contribution" : "contribution of the gradient"}, wider is larger`);
    for (const [state, balance, look, text] of LOOKS) if (looks.has(look)) {
      const sample = svg("svg", { viewBox: "0 0 34 12" });
      sample.append(drawArrow({ state, balance, width: 3, label: "", count: 1 }, [{ x: 2, y: 6 }, { x: 32, y: 6 }]));
      enter(text, sample);
    }
  }
  if (!story && shown.boxes.some((box) => box.strip)) enter("▁▄█ norm of the gradient at each step in time, the first at the left; a bar is a factor of 10", null, "gradient");
  for (const [mark, text] of Object.entries(MARKS)) if (shown.boxes.some((box) => box.mark === mark)) enter(text, sampleBox(mark, false));
  if (shown.boxes.some((box) => box.count > 1 && box.kind !== "module")) enter("×n: n nodes that are computed alike, in one box", sampleBox("operation", true));
  if (shown.boxes.some((box) => box.kind === "module")) enter("a module: a click or Enter opens it", sampleBox("module", false));
}

function sampleBox(kind, pile) {
  const sample = svg("svg", { viewBox: "0 0 34 12" }), box = svg("g", { class: `box ${kind}` });
  if (pile) box.append(svg("rect", { class: "pile", x: 9, y: 0, width: 22, height: 9 }));
  box.append(svg("rect", { class: "body", x: 6, y: 3, width: 22, height: 9 }));
  sample.append(box);
  return sample;
}

const MARKS = { added: scene.names.length > 2 ? `not in ${scene.names[0]}` : `only in ${scene.names[1]}`, removed: scene.names.length > 2 ? `not in all, but in ${scene.names[0]}` : `only in ${scene.names[0]}`, changed: `differs: ${scene.names.join(" | ")}`, failed: "the call that failed" };
const LOOKS = [["flowing", 1, "positive", "positive"], ["flowing", -1, "negative", "negative"], ["flowing", 0, "mixed", "mixed signs"], ["vanishing", 1, "vanishing", `vanishing (below ${scene.vanishing})`],
  ["zero", 0, "zero", "zero: blocked"], ["exploding", 1, "exploding", `exploding (above ${scene.exploding})`], ["broken", 0, "broken", "not finite"], ["plain", 0, "plain", "values alone"]];
const lookOf = ({ state, balance }) => state !== "flowing" ? state : balance >= 0.8 ? "positive" : balance <= -0.8 ? "negative" : "mixed";
