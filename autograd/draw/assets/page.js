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
const { svg, textWidth, shortened, labelWidth, marked, histogram, lookOf } = shapes;

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

function linesOf(box) {
  const count = box.count > 1 && box.kind !== "module" ? `×${box.counts || box.count.toLocaleString("en")}` : "";
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

// A formula and its number, below each other where both are long; those of several graphs below each other.
function labelLines({ label, remark }) {
  const at = label.lastIndexOf(" = ");
  const lines = !label ? [] : label.includes(" | ") ? label.split(" | ") : label.length > 16 && at > 0 ? [label.slice(0, at), label.slice(at + 1)] : [label];
  return remark ? [...lines, remark] : lines;
}

// Around a layout: a page that opens scrolled to its first row shows that it is the first.
const MARGIN = { x: 24, y: 44 };

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
    marginx: MARGIN.x, marginy: MARGIN.y, ranker: many ? "tight-tree" : "network-simplex" });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const box of shown.boxes) {
    const lines = linesOf(box);
    const bars = box.parts.filter((p) => (p.name === "value" || p.name === "gradient") && p.bins.length);
    graph.setNode(box.key, { ...shapes.boxSize(lines, bars), box, lines, bars });
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

function drawArrow(arrow, points, x, y) {
  const lines = labelLines(arrow), labelled = lines.length > 0 && x !== undefined && !crowded();
  const group = shapes.arrow(arrow, points, { label: labelled ? { x, y, lines } : null, before: story !== null });
  arrow.tip = svg("title");
  group.append(arrow.tip);
  arrow.element = group;
  return group;
}

function describe(arrow) {
  const state = arrow.state === "plain" || arrow.state === "flowing" ? "" : `; ${arrow.state}`;
  return `${arrow.sent ? `${WHAT} ${carried(arrow)}` : "no gradient"}${arrow.label ? `; ${arrow.derivative || arrow.label}` : ""}${state}${arrow.count > 1 ? `; ${arrow.count} edges` : ""}`;
}

const WHOSE = scene.names.length > 0 ? " in the first graph that has it" : "";
const WHAT = `${scene.changes ? "change of the contribution" : "contribution"}${WHOSE}`;
const carried = (arrow) => arrow.several ? `at most ${arrow.sent} each` : arrow.sent;

const crowded = () => shown.boxes.length > 300;

function drawBox(node) {
  const { box, lines, bars, x, y, width, height } = node;
  const { group, texts, bars: drawn } = shapes.box(`box ${box.kind} ${box.mark}`, box.key, node, lines, bars, box.count > 1 && box.kind !== "module");
  box.texts = texts;
  box.bars = drawn;
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
    enter(`arrows: ${scene.changes ? "change of the contribution" : "contribution of the gradient"}${WHOSE}, wider is larger`);
    for (const [state, balance, look, text] of LOOKS) if (looks.has(look)) enter(text, shapes.sampleArrow(state, balance, story !== null));
  }
  if (!story && shown.boxes.some((box) => box.strip)) enter("▁▄█ norm of the gradient at each step in time, the first at the left; a bar is a factor of 10", null, "gradient");
  for (const [mark, text] of Object.entries(MARKS)) if (shown.boxes.some((box) => box.mark === mark)) enter(text, shapes.sampleBox(mark, false));
  if (shown.boxes.some((box) => box.count > 1 && box.kind !== "module")) enter("×n: n nodes that are computed alike, in one box", shapes.sampleBox("operation", true));
  if (shown.boxes.some((box) => box.kind === "module")) enter("a module: a click or Enter opens it", shapes.sampleBox("module", false));
}

const MARKS = { added: scene.names.length > 2 ? `not in ${scene.names[0]}` : `only in ${scene.names[1]}`, removed: scene.names.length > 2 ? `not in all, but in ${scene.names[0]}` : `only in ${scene.names[0]}`, changed: `differs: ${scene.names.join(" | ")}`, failed: "the call that failed" };
const LOOKS = shapes.looks(scene.vanishing, scene.exploding);
