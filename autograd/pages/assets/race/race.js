// ---- the race: what is chosen, what is computed from it, and what is seen of that

const MARKERS = ["circle", "square", "diamond", "up", "star", "down", "cross", "hexagon"];
const COLOURS = 8, MOST_DOTS = 120;
const race = { surface: null, look: null, home: null, view: null, start: [], steps: 0, racers: [], runs: [], step: 0, chosen: null, made: 0 };

// ---- choosing

function readAll(text, look) {
  race.surface = readSurface(text);
  race.look = look;
  const box = look ?? (race.surface.variables.length === 2 ? { x: [-5, 5], y: [-4, 4] } : fitCurve());
  race.home = { x: [...box.x], y: [...box.y] };
  race.view = structuredClone(race.home);
  race.minima = look?.minima ?? [];
  race.start = [...(look?.start ?? findStart())];
}

function fitCurve() {
  const xs = Float64Array.from({ length: 400 }, (_, k) => -6 + (12 * k) / 399), heights = race.surface.heights(xs).filter(Number.isFinite).sort();
  const low = heights[0] ?? -1, high = heights[Math.floor(0.98 * (heights.length - 1))] ?? 1, margin = 0.08 * (high - low) || 1;
  return { x: [-6, 6], y: [low - margin, high + margin] };
}

// The first of a few places where the surface has a height.
function findStart() {
  const places = given.starts.map((place) => place.slice(0, race.surface.variables.length));
  return places.find((place) => Number.isFinite(race.surface.heights(...place.map((x) => [x]))[0])) ?? places[0];
}

function addRacer(entry) {
  const kind = given.menu[entry.name];
  race.racers.push({ id: ++race.made, name: entry.name, title: kind.title, kind: kind.kind, options: { ...kind.options, ...entry.options }, on: true,
    colour: firstFree((racer) => racer.colour, COLOURS), marker: firstFree((racer) => racer.marker, MARKERS.length) });
}

const firstFree = (of, count) => [...Array(count).keys()].find((k) => !race.racers.some((racer) => of(racer) === k)) ?? race.racers.length % count;

function chooseSurface(name) {
  const look = given.surfaces[name];
  readAll(look.text, look);
  race.steps = look.steps;
  race.racers = [];
  look.racers.forEach(addRacer);
  race.chosen = race.racers[0].id;
  byId("formula").value = look.text;
  byId("surface").value = name;
  setUp();
}

function chooseFormula(text) {
  complain("");
  try {
    readAll(text, null);
  } catch (error) {
    complain(error instanceof expression.ParseError ? error.message : `this cannot be read: ${error.message}`);
    return;
  }
  byId("surface").value = "";
  setUp();
}

function complain(message) {
  byId("trouble").textContent = message;
  byId("trouble").hidden = message === "";
}

// After another surface: the fields, the list, all runs.
function setUp() {
  complain("");
  player.stop();
  byId("second").hidden = race.surface.variables.length === 1;
  byId("steps").value = race.steps;
  writeStart();
  listRacers();
  race.step = 0;
  compute();
  drawGround();
}

// ---- computing

function compute() {
  race.runs = race.racers.filter((racer) => racer.on).map((racer) => runRacer(race.surface, racer, race.start, race.steps));
  const lowest = race.minima.length ? Math.min(...race.minima.map((point) => race.surface.heights(...point.map((x) => [x]))[0])) : null;
  race.lowest = lowest;
  const longest = Math.max(0, ...race.runs.map((run) => run.steps.length));
  byId("slider").max = longest;
  race.last = longest;
  goTo(Math.min(race.step, longest));
}

let due = null;
const computeSoon = () => { due ??= requestAnimationFrame(() => { due = null; compute(); }); };

function moveStart(point) {
  race.start = point.map((x) => Number(x.toPrecision(4)));
  writeStart();
  computeSoon();
}

function writeStart() {
  byId("start-x").value = race.start[0];
  byId("start-y").value = race.start[1] ?? "";
}

// ---- the plane

const frame = { left: 46, top: 10, width: 0, height: 0 };
const toX = (x) => frame.left + ((x - race.view.x[0]) / (race.view.x[1] - race.view.x[0])) * frame.width;
const toY = (y) => frame.top + ((race.view.y[1] - y) / (race.view.y[1] - race.view.y[0])) * frame.height;
const fromX = (x) => race.view.x[0] + ((x - frame.left) / frame.width) * (race.view.x[1] - race.view.x[0]);
const fromY = (y) => race.view.y[1] - ((y - frame.top) / frame.height) * (race.view.y[1] - race.view.y[0]);
const isCurve = () => race.surface.variables.length === 1;
// Of a point, or of a curve's point and its height.
const place = (point, height) => [toX(point[0]), toY(isCurve() ? height : point[1])];
// Far away lines are drawn to somewhere near, since pictures know no numbers of any size.
const near = (x) => (Number.isNaN(x) ? -1e5 : Math.max(-1e5, Math.min(1e5, x))).toFixed(1);
const pathOf = (points) => points.map(([x, y]) => `${near(x)},${near(y)}`).join(" ");

function drawGround() {
  const figure = byId("plane"), canvas = byId("ground"), scale = devicePixelRatio || 1;
  const width = figure.clientWidth, height = figure.clientHeight;
  Object.assign(frame, { width: width - frame.left - 12, height: height - frame.top - 28 });
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  byId("tracks").setAttribute("viewBox", `0 0 ${width} ${height}`);
  if (!isCurve()) paintGround(canvas, measure(race.surface, race.view, race.look?.levels ?? 16, frame.width, frame.height), frame, scale);
  drawTracks();
}

function drawAxes() {
  const parts = [];
  for (const x of ticks(...race.view.x, Math.max(3, frame.width / 90))) {
    parts.push(make("line", { class: "tick", x1: toX(x), x2: toX(x), y1: frame.top + frame.height, y2: frame.top + frame.height + 4 }),
      make("text", { x: toX(x), y: frame.top + frame.height + 17, "text-anchor": "middle" }, format(x, 4)));
  }
  for (const y of ticks(...race.view.y, Math.max(3, frame.height / 60))) {
    parts.push(make("line", { class: "tick", x1: frame.left - 4, x2: frame.left, y1: toY(y), y2: toY(y) }),
      make("text", { x: frame.left - 7, y: toY(y) + 4, "text-anchor": "end" }, format(y, 4)));
  }
  return make("g", { class: "axes" }, make("rect", { class: "frame", x: frame.left, y: frame.top, width: frame.width, height: frame.height }), ...parts);
}

function drawCurve() {
  const xs = Float64Array.from({ length: Math.max(2, Math.round(frame.width / 2)) }, (_, k) => fromX(frame.left + 2 * k)), heights = race.surface.heights(xs);
  let pen = "M", path = "";
  xs.forEach((x, k) => {
    if (!Number.isFinite(heights[k])) { pen = "M"; return; }
    path += `${pen}${near(toX(x))},${near(toY(heights[k]))}`;
    pen = "L";
  });
  return make("path", { class: "curve", d: path });
}

function drawMarker(marker, x, y, r, attributes) {
  const star = (points, inner) => Array.from({ length: 2 * points }, (_, k) => {
    const radius = k % 2 ? inner * r : 1.25 * r, angle = (Math.PI * k) / points - Math.PI / 2;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
  const corners = (count, turn, size) => Array.from({ length: count }, (_, k) => {
    const angle = turn + (2 * Math.PI * k) / count;
    return [x + size * r * Math.cos(angle), y + size * r * Math.sin(angle)];
  });
  const shapes = { square: () => corners(4, Math.PI / 4, 1.25), diamond: () => corners(4, 0, 1.3), up: () => corners(3, -Math.PI / 2, 1.3), down: () => corners(3, Math.PI / 2, 1.3),
    star: () => star(5, 0.55), cross: () => star(4, 0.5), hexagon: () => corners(6, 0, 1.15) };
  return marker === "circle" ? make("circle", { cx: near(x), cy: near(y), r, ...attributes }) : make("polygon", { points: pathOf(shapes[marker]()), ...attributes });
}

function drawRun(run) {
  const { racer } = run, reached = Math.min(race.step, run.steps.length);
  const points = run.points.slice(0, reached + 1).map((point, k) => place(point, run.heights[k])), [x, y] = points.at(-1);
  const chosen = racer.id === race.chosen;
  const dots = reached <= MOST_DOTS ? points.slice(0, -1).map(([x, y]) => make("circle", { class: "dot", cx: near(x), cy: near(y), r: 2 })) : [];
  // Where a curve goes on from the point, as its gradient says.
  const tangent = isCurve() && chosen && run.steps[reached] ? drawTangent(run.points[reached][0], run.heights[reached], run.steps[reached].gradient[0]) : null;
  return make("g", { class: `run c${racer.colour}${chosen ? " chosen" : ""}`, "data-racer": racer.id },
    make("title", {}, `${racer.title}: ${run.points[reached].map((x) => format(x)).join(", ")}; height ${format(run.heights[reached])}`),
    tangent, make("polyline", { class: "halo", points: pathOf(points) }), make("polyline", { class: "trail", points: pathOf(points) }), ...dots,
    drawMarker(MARKERS[racer.marker], x, y, chosen ? 7.5 : 6, { class: "head" }));
}

function drawTangent(x, height, slope) {
  const half = (race.view.x[1] - race.view.x[0]) / 10;
  return make("line", { class: "tangent", x1: near(toX(x - half)), x2: near(toX(x + half)), y1: near(toY(height - half * slope)), y2: near(toY(height + half * slope)) });
}

function drawTracks() {
  const tracks = byId("tracks"), focused = document.activeElement?.id === "ring";
  const inner = make("svg", { x: frame.left, y: frame.top, width: frame.width, height: frame.height, viewBox: `${frame.left} ${frame.top} ${frame.width} ${frame.height}`, overflow: "hidden" });
  if (isCurve()) inner.append(drawCurve());
  for (const point of race.minima) {
    const [x, y] = place(point, isCurve() ? race.surface.heights([point[0]])[0] : 0);
    inner.append(make("path", { class: "minimum", d: `M${near(x - 7)},${near(y)}h14M${near(x)},${near(y - 7)}v14` }, make("title", {}, "minimum")));
  }
  const [x, y] = place(race.start, race.surface.heights(...race.start.map((x) => [x]))[0]);
  const ring = make("circle", { id: "ring", class: "ring", cx: near(x), cy: near(y), r: 11, tabindex: 0, role: "button", "aria-label": `Start: ${race.start.join(", ")}; Shift and arrows move it` }, make("title", {}, "start: drag it"));
  inner.append(ring, ...race.runs.filter((run) => !run.refused).sort((a, b) => (a.racer.id === race.chosen) - (b.racer.id === race.chosen)).map(drawRun));
  tracks.replaceChildren(drawAxes(), inner);
  if (focused) ring.focus();
}

// ---- the chart

const chart = { left: 56, top: 8, right: 18, bottom: 24 };

function valuesOf(run, what) {
  if (what === "height") return run.heights;
  if (what === "slope") return run.steps.map((step) => Math.hypot(...step.gradient));
  return run.steps.map((step, k) => Math.hypot(...run.points[k + 1].map((x, i) => x - step.before[i])));
}

function drawChart() {
  const svg = byId("chart"), width = svg.clientWidth, height = svg.clientHeight, what = byId("what").value;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const above = what === "height" && race.lowest !== null ? race.lowest : 0;
  const runs = race.runs.filter((run) => !run.refused).map((run) => ({ run, values: valuesOf(run, what) }));
  // Of what is not above zero there is no logarithm.
  const possible = what !== "height" || race.lowest !== null || runs.every(({ values }) => values.every((z) => z > 0));
  byId("log").disabled = !possible;
  const log = possible && byId("log").checked;
  const scaled = (z) => (log ? Math.log10(Math.max(z - above, 1e-16)) : z);
  const margin = 0.05, all = runs.flatMap(({ values }) => values).map(scaled).filter(Number.isFinite);
  let low = Math.min(...all), high = Math.max(...all);
  if (!all.length) [low, high] = [0, 1];
  if (log) low = Math.max(low, high - 16);
  if (high - low < 1e-12) [low, high] = [low - 1, high + 1];
  [low, high] = [low - margin * (high - low), high + margin * (high - low)];
  const inside = { width: width - chart.left - chart.right, height: height - chart.top - chart.bottom };
  const x = (k) => chart.left + (race.last ? k / race.last : 0) * inside.width;
  const y = (z) => chart.top + ((high - Math.max(low, Math.min(high, scaled(z)))) / (high - low)) * inside.height;
  const offset = what === "height" ? 0 : 1;
  const parts = [];
  const lines = log ? ticks(low, high, 4).filter(Number.isInteger) : ticks(low, high, 4);
  for (const z of lines) {
    const at = chart.top + ((high - z) / (high - low)) * inside.height;
    parts.push(make("line", { class: "grid", x1: chart.left, x2: width - chart.right, y1: at, y2: at }), make("text", { x: chart.left - 6, y: at + 4, "text-anchor": "end" }, log ? (Math.abs(z) < 4 ? format(10 ** z) : `1e${z}`.replace("-", "−")) : format(z, 4)));
  }
  for (const k of ticks(0, Math.max(race.last, 1), Math.max(2, inside.width / 80)).filter(Number.isInteger)) parts.push(make("text", { x: x(k), y: height - 7, "text-anchor": "middle" }, String(k)));
  parts.push(make("line", { class: "now", x1: x(race.step), x2: x(race.step), y1: chart.top, y2: chart.top + inside.height }));
  for (const { run, values } of runs) {
    const points = values.map((z, k) => [x(k + offset), y(z)]).filter(([, y]) => Number.isFinite(y)), reached = Math.min(race.step, run.steps.length) + 1 - offset;
    if (!points.length) continue;
    const now = points.slice(0, Math.max(reached, 0)), end = now.at(-1);
    parts.push(make("g", { class: `run c${run.racer.colour}${run.racer.id === race.chosen ? " chosen" : ""}` }, make("polyline", { class: "coming", points: pathOf(points) }), make("polyline", { class: "trail", points: pathOf(now) }),
      end ? drawMarker(MARKERS[run.racer.marker], ...end, 4.5, { class: "head" }) : null));
  }
  svg.replaceChildren(...parts);
  byId("chart").setAttribute("aria-label", `${byId("what").selectedOptions[0].text} of each optimizer, step by step${log && above ? ", above the minimum" : ""}`);
}

// ---- the optimizers

function listRacers() {
  byId("racers").replaceChildren(...race.racers.map((racer) => {
    const changed = () => { computeSoon(); };
    const pick = make("button", { class: "pick", title: "Show its update", onclick: () => choose(racer.id) },
      make("svg", { viewBox: "-10 -10 20 20", "aria-hidden": "true" }, drawMarker(MARKERS[racer.marker], 0, 0, 7, { class: "head" })), racer.title);
    const own = makeKnobs(racer, (knob) => knob.name !== "lr", changed);
    return make("li", { class: `racer c${racer.colour}`, "data-racer": racer.id },
      make("div", { class: "row" },
        make("input", { type: "checkbox", checked: racer.on, "aria-label": `${racer.title} takes part`, onchange: (event) => { racer.on = event.target.checked; compute(); } }),
        pick, ...makeKnobs(racer, (knob) => knob.name === "lr", changed),
        make("button", { class: "drop", title: `Remove ${racer.title}`, "aria-label": `Remove ${racer.title}`, onclick: () => dropRacer(racer.id) }, "×")),
      make("details", { open: racer.open, ontoggle: (event) => { racer.open = event.target.open; } }, make("summary", {}, make("span", {}, "Options"), make("output", { class: "height" })), ...own),
      make("p", { class: "said", role: "status" }));
  }));
  byId("adding").hidden = race.racers.length >= given.mostRacers;
}

function dropRacer(id) {
  race.racers = race.racers.filter((racer) => racer.id !== id);
  if (race.chosen === id) race.chosen = race.racers[0]?.id ?? null;
  listRacers();
  compute();
}

function choose(id) {
  race.chosen = id;
  show();
}

function tellRacers() {
  for (const item of byId("racers").children) {
    const id = Number(item.dataset.racer), run = race.runs.find((found) => found.racer.id === id);
    item.classList.toggle("off", !run);
    item.querySelector(".pick").setAttribute("aria-pressed", String(id === race.chosen));
    const reached = run ? Math.min(race.step, run.steps.length) : 0;
    item.querySelector(".height").textContent = run && !run.refused ? `f = ${format(run.heights[reached], 4)}` : "";
    let said = run?.refused ?? "";
    if (run && !run.refused) {
      const [x, y] = place(run.points[reached], run.heights[reached]);
      if (run.broken && reached === run.steps.length) said = `diverged: step ${reached + 1} is not a finite number`;
      else if (!(x >= frame.left && x <= frame.left + frame.width && y >= frame.top && y <= frame.top + frame.height)) said = `out of the picture, at ${run.points[reached].map((x) => format(x, 4)).join(", ")}`;
    }
    const status = item.querySelector(".said");
    if (status.textContent !== said) status.textContent = said;
  }
}

// ---- the update, with its numbers

function tellUpdate() {
  const racer = race.racers.find((found) => found.id === race.chosen), run = race.runs.find((found) => found.racer.id === race.chosen);
  byId("whose").textContent = racer ? `of ${racer.title}` : "";
  byId("whose").className = racer ? `c${racer.colour}` : "";
  const step = run?.steps[race.step - 1];
  if (!step) {
    byId("lines").replaceChildren(make("p", { class: "remark" }, !run ? "Choose an optimizer that takes part." : run.refused ? run.refused : race.step === 0 ? "→ takes the first step, and shows here how it is computed." : `It has ended after step ${run.steps.length}.`));
    return;
  }
  const names = race.surface.variables, found = names.map((_, k) => linesOf(racer, step, k));
  const point = (values) => (values.length === 1 ? format(values[0]) : `(${values.map((x) => format(x)).join(", ")})`);
  const look = racer.options.nesterov === "lookahead" ? ", ahead of θ by the momentum" : "";
  const numbers = (k, text, value) => make("p", { class: "numbers" }, make("span", { class: "which" }, names.length > 1 ? names[k] : ""), make("span", {}, text === null ? "" : `${text} = `, make("b", {}, format(value))));
  const blocks = [make("p", { class: "said" }, `Step ${step.t}, from θ = ${point(step.before)}`),
    make("div", { class: "line" }, make("p", { class: "formula" }, make("b", {}, "g"), ` = ∇f at ${point(step.looked)}${look}`), make("p", { class: "numbers gradient" }, make("span", { class: "which" }), make("b", {}, point(step.gradient))))];
  found[0].forEach((line, i) => {
    // A branch may be taken by one variable alone.
    const rows = names.map((_, k) => found[k].find((other) => other.name === line.name && other.text === line.text) ?? found[k][i]);
    blocks.push(make("div", { class: "line" }, make("p", { class: "formula" }, make("b", {}, line.name), ` = ${line.text}`), ...rows.map((row, k) => numbers(k, row.numbers === format(row.value) ? null : row.numbers, row.value))));
  });
  byId("lines").replaceChildren(...blocks);
}

// ---- steps

function goTo(step) {
  race.step = Math.max(0, Math.min(step, race.last));
  show();
}

function show() {
  byId("slider").value = race.step;
  byId("place").textContent = `step ${race.step} of ${race.last}`;
  byId("back").disabled = byId("first").disabled = race.step === 0;
  byId("next").disabled = byId("last").disabled = race.step === race.last;
  drawTracks();
  drawChart();
  tellRacers();
  tellUpdate();
}

const pace = () => 2 ** Number(byId("speed").value);
const player = makePlayer(pace, (count) => { goTo(race.step + count); return race.step === race.last; });
function play() {
  if (!player.running && race.step === race.last) goTo(0);
  player.toggle();
}
const step = (by) => { player.stop(); goTo(race.step + by); };

function zoom(factor) {
  for (const axis of ["x", "y"]) {
    const [low, high] = race.view[axis], middle = (low + high) / 2, half = ((high - low) / 2) * factor;
    if (half > 1e-9 && half < 1e9) race.view[axis] = [middle - half, middle + half];
  }
  drawGround();
  tellRacers();
}

// ---- pointers, keys and buttons

const tracks = byId("tracks");
const pointed = (event) => {
  const box = tracks.getBoundingClientRect();
  const x = Math.max(frame.left, Math.min(frame.left + frame.width, event.clientX - box.left)), y = Math.max(frame.top, Math.min(frame.top + frame.height, event.clientY - box.top));
  return isCurve() ? [fromX(x)] : [fromX(x), fromY(y)];
};
tracks.onpointerdown = (event) => {
  if (event.button !== 0) return;
  tracks.setPointerCapture(event.pointerId);
  moveStart(pointed(event));
};
tracks.onpointermove = (event) => { if (tracks.hasPointerCapture(event.pointerId)) moveStart(pointed(event)); };
tracks.onkeydown = (event) => {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
  if (!way || !event.shiftKey || event.target.id !== "ring") return;
  event.preventDefault();
  moveStart(race.start.map((x, k) => x + (way[k] * (race.view["xy"[k]][1] - race.view["xy"[k]][0])) / 100));
};

byId("chart").onpointerdown = (event) => {
  const box = byId("chart").getBoundingClientRect();
  step(Math.round(((event.clientX - box.left - chart.left) / (box.width - chart.left - chart.right)) * race.last) - race.step);
};

const actions = {
  ArrowRight: () => step(1), n: () => step(1), ArrowLeft: () => step(-1), b: () => step(-1), " ": play, Home: () => step(-race.step), End: () => step(race.last - race.step),
  "+": () => zoom(0.8), "=": () => zoom(0.8), "-": () => zoom(1.25), "0": () => { race.view = structuredClone(race.home); drawGround(); tellRacers(); },
  t: () => byId("theme").click(), "?": () => byId("help").click(),
  ...Object.fromEntries([..."123456789"].map((digit) => [digit, () => { const racer = race.racers[digit - 1]; if (racer) choose(racer.id); }])),
};
listenToKeys(actions);
begin();
byId("theme").addEventListener("click", drawGround);
byId("nearer").onclick = actions["+"];
byId("further").onclick = actions["-"];
byId("whole").onclick = actions["0"];
byId("first").onclick = actions.Home;
byId("back").onclick = actions.b;
byId("next").onclick = actions.n;
byId("last").onclick = actions.End;
byId("play").onclick = play;
byId("slider").oninput = (event) => step(Number(event.target.value) - race.step);
const tellPace = () => { byId("pace").textContent = `${format(pace(), 2)}/s`; };
byId("speed").oninput = tellPace;
byId("what").onchange = byId("log").onchange = drawChart;
byId("surface").onchange = (event) => event.target.value && chooseSurface(event.target.value);
byId("own").onsubmit = (event) => { event.preventDefault(); chooseFormula(byId("formula").value); };
byId("start-x").onchange = byId("start-y").onchange = () => {
  const found = [byId("start-x"), byId("start-y")].slice(0, race.start.length).map((field) => field.valueAsNumber);
  if (found.every(Number.isFinite)) { race.start = found; compute(); } else writeStart();
};
byId("steps").onchange = (event) => {
  const count = Math.round(event.target.valueAsNumber);
  race.steps = Number.isFinite(count) ? Math.max(1, Math.min(given.mostSteps, count)) : race.steps;
  event.target.value = race.steps;
  compute();
};
byId("adding").onsubmit = (event) => {
  event.preventDefault();
  addRacer({ name: byId("kind").value, options: {} });
  race.chosen = race.racers.at(-1).id;
  listRacers();
  compute();
};
let waiting = null;
addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(() => { drawGround(); drawChart(); tellRacers(); }, 100); });

byId("surface").append(make("option", { value: "", hidden: true }, "own formula"), ...Object.entries(given.surfaces).map(([name, look]) => make("option", { value: name }, look.title)));
byId("kind").append(...Object.entries(given.menu).map(([name, kind]) => make("option", { value: name }, kind.title)));
tellPace();
chooseSurface(given.first);
