// ---- the page: where one is in the training, and what is seen of it

const MOST_EPOCHS = 20000, MOST_PLACES = 50;
// `history`: the state at the start of every epoch so far, with the options that lead on from it.
const lesson = { history: [], epoch: 0, count: 0, places: [], running: null };
const options = () => lesson.history[lesson.epoch].options;
const moments = () => listMoments(options());

const makeState = (weights, speeds, chosen) => ({ weights, speeds, options: chosen, error: meanError(weights) });

// ---- going on and back

// Trains as far as an epoch, and says whether it could.
function reach(epoch) {
  while (epoch >= lesson.history.length) {
    const last = lesson.history.at(-1);
    if (lesson.history.length > MOST_EPOCHS) return say(`This page keeps ${MOST_EPOCHS} epochs: begin anew.`);
    const next = trainEpoch(last, last.options);
    if (!hasNumbers(next)) return say(`Epoch ${lesson.history.length - 1} ends in numbers that are not finite: choose a smaller rate.`);
    lesson.history.push(makeState(next.weights, next.speeds, last.options));
  }
  return true;
}

function goTo(epoch, count) {
  if (reach(epoch)) [lesson.epoch, lesson.count] = [epoch, count];
  show();
}

const hasNumbers = (state) => WEIGHTS.every((name) => Number.isFinite(state.weights[name]));

function step(by) {
  let { epoch, count } = lesson;
  count += by;
  if (count > moments().length) [epoch, count] = [epoch + 1, 1];
  if (count < 0) [epoch, count] = epoch ? [epoch - 1, listMoments(lesson.history[epoch - 1].options).length - 1] : [0, 0];
  goTo(epoch, count);
}

// To where the next pattern has not begun yet.
function stepPattern(by) {
  const starts = moments().flatMap(({ what }, k) => (what === "h1" || (what === "update o" && options().mode === "batch") ? [k] : []));
  const there = by > 0 ? starts.find((k) => k > lesson.count) : starts.findLast((k) => k < lesson.count);
  if (there !== undefined) goTo(lesson.epoch, there);
  else if (by > 0) goTo(lesson.epoch + 1, 0);
  else if (lesson.epoch) {
    lesson.epoch -= 1;
    lesson.count = moments().length;
    stepPattern(-1);
  }
}

// What one leaves by a jump can be come back to, with all that was trained from there.
function remember() {
  lesson.places.push({ history: [...lesson.history], epoch: lesson.epoch, count: lesson.count });
  if (lesson.places.length > MOST_PLACES) lesson.places.shift();
}

function comeBack() {
  const place = lesson.places.pop();
  if (!place) return;
  halt();
  Object.assign(lesson, { history: place.history, epoch: place.epoch, count: place.count });
  say("");
  writeControls();
  show();
}

// From the epoch that one is in, other options or weights: what was trained further is left.
function changeHere(change, count = lesson.count) {
  halt();
  remember();
  const now = lesson.history[lesson.epoch];
  lesson.history = [...lesson.history.slice(0, lesson.epoch), change(now)];
  lesson.count = Math.min(count, moments().length);
  say("");
  show();
}

const setOption = (name, value) => changeHere((now) => makeState(now.weights, now.speeds, { ...now.options, [name]: value }), ["mode", "first"].includes(name) ? 0 : lesson.count);
const setWeights = (weights) => changeHere((now) => makeState({ ...now.weights, ...weights }, nothing(), now.options), 0);

function beginAnew() {
  halt();
  remember();
  lesson.history = [makeState({ ...given.weights }, nothing(), options())];
  say("");
  goTo(0, 0);
}

// ---- training on

function halt() {
  player.stop();
  if (lesson.running !== null) cancelAnimationFrame(lesson.running);
  lesson.running = null;
  byId("train").textContent = "Train";
}

// Epochs until one is reached, or the error is small; in pieces, so that the page stays alive.
function train(last, bound) {
  halt();
  remember();
  say("");
  byId("train").textContent = "Stop";
  const piece = () => {
    const until = performance.now() + 12;
    do {
      if (lesson.history[lesson.epoch].error < bound || lesson.epoch >= last) return finish();
      if (!reach(lesson.epoch + 1)) return stop();
      lesson.epoch += 1;
    } while (performance.now() < until);
    show();
    lesson.running = requestAnimationFrame(piece);
  };
  const stop = () => { halt(); show(); };
  const finish = () => {
    if (bound > 0) say(lesson.history[lesson.epoch].error < bound ? `Epoch ${lesson.epoch} is the first below ${format(bound)}.` : `At epoch ${last} the mean is still ${format(lesson.history[lesson.epoch].error)}.`);
    stop();
  };
  lesson.count = 0;
  lesson.running = requestAnimationFrame(piece);
}

const say = (text) => { byId("said").textContent = text; };

// ---- what is seen

const LONG = { h1: "forward", h2: "forward", o: "forward", loss: "loss", δ3: "backward", δ1: "backward", δ2: "backward", sum: "sum" };

function tellWhat(look) {
  const { moment } = look;
  if (!moment) return ["The beginning", "→ takes the first step: the first pattern goes into the first hidden neuron."];
  const unit = UNITS[moment.what] ?? Object.values(UNITS).find((found) => found.delta === moment.what) ?? UNITS[moment.what.slice(7)];
  if (moment.what in UNITS) return [`Forward: the ${unit.name}`, "It sums its inputs with their weights and its bias, and the sigmoid makes a number between 0 and 1 of that."];
  if (moment.what === "loss") return ["The loss", "How far the output is from the target."];
  if (moment.what === "δ3") return ["Backward: δ of the output", "The derivative of the loss by what the neuron has summed up: (o − t) by the loss, o·(1 − o) by the sigmoid."];
  if (moment.what[0] === "δ") return [`Backward: δ of the ${unit.name}`, "What comes back over its weight to the output, times the slope of its own sigmoid."];
  if (moment.what === "sum") return ["The gradients are added up", "Each is δ of the neuron that the weight leads into, times what comes in over it."];
  return [`Update: the weights into the ${unit.name}`, options().momentum ? "v keeps a share α of its last step, and gets η times the gradient." : "Each goes against its gradient, by the rate η."];
}

function tellMomentOf(look) {
  const [title, text] = tellWhat(look);
  byId("what").textContent = title;
  byId("lines").replaceChildren(make("p", { class: "remark" }, text), ...look.lines.map((line) => make("div", { class: "line" },
    make("p", { class: "formula" }, make("b", {}, line.name), ` = ${line.text}`),
    make("p", { class: `numbers ${line.kind}` }, make("span", {}, line.numbers === format(line.value) ? "" : `${line.numbers} = `, make("b", {}, format(line.value, 6)))))));
}

function tellPatterns(look) {
  const outputs = PATTERNS.map((pattern) => answer(look.weights, pattern));
  const focused = [...byId("rows").rows].findIndex((row) => row.contains(document.activeElement));
  byId("rows").replaceChildren(...PATTERNS.map((pattern, k) => make("tr", { class: k === look.pattern ? "now" : "", "aria-current": k === look.pattern ? "true" : null },
    ...pattern.map((x) => make("td", {}, String(x))), make("td", { class: "value" }, outputs[k].toFixed(4)), make("td", {}, format((outputs[k] - pattern[2]) ** 2, 4)),
    make("td", {}, make("button", { title: "Begin the epoch with this pattern", "aria-label": `Begin the epoch with pattern [${pattern.slice(0, 2).join(", ")}]`, "aria-pressed": String(k === (options().first ?? 0)), onclick: () => setOption("first", k) }, "▶")))));
  if (focused >= 0) byId("rows").rows[focused].querySelector("button").focus();
  byId("mean").textContent = format(meanError(look.weights), 6);
}

function tellWeights(look) {
  const known = look.moment !== null && look.known !== null;
  for (const name of WEIGHTS) {
    const cells = byId(`row-${name}`).cells, field = cells[1].firstChild;
    if (document.activeElement !== field) field.value = Number(look.weights[name].toPrecision(8));
    const sum = options().mode === "batch" ? look.sums[name] : look.has("δ1") && known ? look.known[gradientOf(name)] : null;
    const shown = options().mode === "batch" ? known : gradientKnown(name, look);
    cells[2].textContent = shown && sum !== null ? format(sum, 4) : "";
    cells[3].textContent = look.updated.includes(name) ? format(look.next.weights[name] - look.before.weights[name], 4) : "";
    byId(`row-${name}`).className = look.updated.includes(name) ? "now" : "";
  }
}

// A gradient is known once the δ of its neuron is.
function gradientKnown(name, look) {
  const unit = Object.values(UNITS).find((found) => namesOf(found).includes(name));
  return look.moment !== null && look.has(unit.delta);
}

// ---- the network

function placeAll(width) {
  return width >= 560
    ? { width: 720, height: 400, x1: [70, 110], x2: [70, 300], h1: [330, 100], h2: [330, 310], o: [590, 205], r: 50, input: 28, along: [0.52, 0.3], before: 0.5, font: 1 }
    : { width: 380, height: 400, x1: [30, 105], x2: [30, 290], h1: [178, 90], h2: [178, 305], o: [322, 198], r: 38, input: 20, along: [0.46, 0.27], before: 0.53, font: 0.85 };
}

function drawNetwork(look) {
  const svg = byId("picture"), at = placeAll(svg.clientWidth), lines = [], boxes = [];
  svg.setAttribute("viewBox", `0 0 ${at.width} ${at.height}`);
  svg.classList.toggle("narrow", at.width < 560);
  const now = look.moment?.what ?? "", unitOf = (what) => (what in UNITS ? what : Object.keys(UNITS).find((key) => UNITS[key].delta === what || what === `update ${key}`));
  const lit = unitOf(now) ?? (now === "loss" ? "o" : null);
  for (const [key, unit] of Object.entries(UNITS)) {
    unit.from.forEach((from, k) => {
      const name = unit.weights[k], weight = look.weights[name], [x1, y1] = at[from], [x2, y2] = at[key];
      const crosses = (from === "x1" && key === "h2") || (from === "x2" && key === "h1"), share = key === "o" ? at.before : at.along[crosses ? 1 : 0];
      const x = x1 + (x2 - x1) * share, y = y1 + (y2 - y1) * share;
      const wide = Math.max(1.2, Math.min(8, 1.2 + 2.2 * Math.abs(weight)));
      const gradient = gradientKnown(name, look) ? `∇ ${format(look.known[gradientOf(name)], 3)}` : "";
      lines.push(make("g", { class: `arrow ${weight < 0 ? "negative" : "positive"}${lit === key ? " lit" : ""}`, "data-name": name },
        make("line", { x1, y1, x2, y2, "stroke-width": wide }), make("title", {}, `${expression.letter(name)} = ${weight}`)));
      boxes.push(drawLabel(x, y, `${expression.letter(name)} ${format(weight, 4)}`, gradient, look.updated.includes(name), at.font));
    });
  }
  const circle = (key, r, texts, extra = "") => {
    const [x, y] = at[key], high = 15 * at.font, first = y - ((texts.length - 1) * high) / 2 + 4.5;
    return make("g", { class: `unit${lit === key ? " lit" : ""}${extra}`, "data-name": key }, make("circle", { cx: x, cy: y, r }),
      ...texts.map(([text, kind], k) => make("text", { x, y: first + k * high, class: kind, "text-anchor": "middle" }, text)));
  };
  const known = look.known ?? {};
  for (const key of ["x1", "x2"]) boxes.push(circle(key, at.input, [[expression.letter(key), "name"], ...(look.known ? [[String(known[key]), "value"]] : [])], " input"));
  for (const [key, unit] of Object.entries(UNITS)) {
    const texts = [[expression.letter(key), "name"]];
    if (look.known && look.has(key)) texts.push([format(known[unit.out], 4), "value"]);
    if (look.known && look.has(unit.delta)) texts.push([`δ ${format(known[unit.delta], at.font < 1 ? 2 : 3)}`, "gradient"]);
    boxes.push(circle(key, at.r, texts));
    const [x, y] = at[key], gradient = gradientKnown(unit.bias, look) ? `∇ ${format(known[gradientOf(unit.bias)], 3)}` : "";
    boxes.push(drawLabel(x, y + at.r + (gradient ? 22 : 15), `${expression.letter(unit.bias)} ${format(look.weights[unit.bias], 4)}`, gradient, look.updated.includes(unit.bias), at.font));
  }
  if (look.known) {
    const [x, y] = at.o, loss = look.has("loss");
    boxes.push(make("text", { x, y: y - at.r - (loss ? 26 : 10), class: "aim", "text-anchor": "middle" }, `target ${known.t}`));
    if (loss) boxes.push(make("text", { x, y: y - at.r - 10, class: "aim value", "text-anchor": "middle" }, `L ${format(known.L, 4)}`));
  }
  svg.replaceChildren(...lines, ...boxes);
}

function drawLabel(x, y, text, gradient, changed, font) {
  const wide = 7.2 * font * Math.max(text.length, gradient.length) + 8, high = gradient ? 32 * font : 18;
  return make("g", { class: `label${changed ? " now" : ""}` }, make("rect", { x: x - wide / 2, y: y - high / 2, width: wide, height: high }),
    make("text", { x, y: y + (gradient ? -2 : 4), "text-anchor": "middle" }, text),
    gradient ? make("text", { x, y: y + 13 * font, "text-anchor": "middle", class: "gradient" }, gradient) : null);
}

// ---- the error, epoch after epoch

const chart = { left: 52, right: 16, top: 8, bottom: 22 };

function drawChart() {
  const svg = byId("chart"), width = svg.clientWidth, height = svg.clientHeight, log = byId("log").checked;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const scaled = (z) => (log ? Math.log10(Math.max(z, 1e-12)) : z), errors = lesson.history.map((state) => scaled(state.error));
  let low = log ? Infinity : 0, high = -Infinity;
  for (const z of errors) { low = Math.min(low, z); high = Math.max(high, z); }
  if (log) [low, high] = [Math.min(low - 0.1, high - 0.5), high + 0.1]; else high = Math.max(high * 1.08, 0.05);
  const last = Math.max(lesson.history.length - 1, 10), inside = { width: width - chart.left - chart.right, height: height - chart.top - chart.bottom };
  const x = (k) => chart.left + (k / last) * inside.width, y = (z) => chart.top + ((high - z) / (high - low)) * inside.height;
  const parts = [];
  for (const z of log ? ticks(low, high, 3).filter(Number.isInteger) : ticks(low, high, 3)) {
    parts.push(make("line", { class: "grid", x1: chart.left, x2: width - chart.right, y1: y(z), y2: y(z) }), make("text", { x: chart.left - 6, y: y(z) + 4, "text-anchor": "end" }, log ? format(10 ** z) : format(z, 3)));
  }
  for (const k of ticks(0, last, Math.max(2, inside.width / 80)).filter(Number.isInteger)) parts.push(make("text", { x: x(k), y: height - 6, "text-anchor": "middle" }, String(k)));
  // As many points as there are dots across.
  const every = Math.max(1, Math.floor(errors.length / Math.max(inside.width, 1)));
  const points = errors.flatMap((z, k) => (k % every === 0 || k === errors.length - 1 ? [`${x(k).toFixed(1)},${y(z).toFixed(1)}`] : []));
  const [cx, cy] = [x(lesson.epoch), y(errors[lesson.epoch])];
  parts.push(make("line", { class: "now", x1: cx, x2: cx, y1: chart.top, y2: chart.top + inside.height }), make("polyline", { class: "trail", points: points.join(" ") }), make("circle", { class: "head", cx, cy, r: 4.5 }));
  svg.replaceChildren(...parts);
}

function show() {
  const look = lookAt(lesson.history[lesson.epoch], options(), lesson.count), pattern = look.pattern === null ? "" : `, pattern [${PATTERNS[look.pattern].slice(0, 2).join(", ")}] → ${PATTERNS[look.pattern][2]}`;
  byId("where").textContent = `epoch ${lesson.epoch}${pattern}, step ${lesson.count} of ${moments().length}`;
  byId("back").disabled = lesson.epoch === 0 && lesson.count === 0;
  byId("first").disabled = lesson.count === 0;
  const place = lesson.places.at(-1);
  byId("return").hidden = !place;
  if (place) byId("return").textContent = `Come back to epoch ${place.epoch}`;
  drawNetwork(look);
  tellMomentOf(look);
  tellPatterns(look);
  tellWeights(look);
  drawChart();
}

// ---- buttons, keys, and the start

const pace = () => 2 ** Number(byId("speed").value);
const player = makePlayer(pace, (count) => { const { epoch, count: before } = lesson; for (let k = 0; k < count; k++) step(1); return lesson.epoch === epoch && lesson.count === before; });
const byHand = (act) => () => { halt(); act(); };
const actions = {
  ArrowRight: byHand(() => step(1)), ArrowLeft: byHand(() => step(-1)), p: byHand(() => stepPattern(1)), P: byHand(() => stepPattern(-1)),
  e: byHand(() => goTo(lesson.epoch + 1, 0)), E: byHand(() => goTo(Math.max(lesson.count ? lesson.epoch : lesson.epoch - 1, 0), 0)),
  " ": () => player.toggle(), Home: byHand(() => goTo(lesson.epoch, 0)), End: byHand(() => goTo(lesson.epoch, moments().length)), u: comeBack,
  t: () => byId("theme").click(), "?": () => byId("help").click(),
};
actions.n = actions.ArrowRight;
actions.b = actions.ArrowLeft;

function writeControls() {
  byId("mode").value = options().mode;
  byId("knobs").replaceChildren(
    makeKnob({ name: "rate", letter: "η", scale: "log", least: -2, most: 1.3, zero: false, from: 0, below: null }, options().rate, "rate η", (x) => setOption("rate", x)),
    makeKnob({ name: "momentum", letter: "α", scale: "linear", least: 0, most: 0.99, step: 0.01, zero: false, from: 0, below: 1 }, options().momentum, "momentum α", (x) => setOption("momentum", x)));
}

for (const name of WEIGHTS) {
  const field = make("input", { type: "number", step: "any", "aria-label": expression.letter(name) });
  field.onchange = () => { if (Number.isFinite(field.valueAsNumber)) setWeights({ [name]: field.valueAsNumber }); else show(); };
  byId("cells").append(make("tr", { id: `row-${name}` }, make("th", { scope: "row" }, expression.letter(name)), make("td", {}, field), make("td", { class: "gradient" }), make("td", {})));
}
listenToKeys(actions);
begin();
byId("first").onclick = actions.Home;
byId("back").onclick = actions.b;
byId("next").onclick = actions.n;
byId("play").onclick = () => player.toggle();
byId("pattern").onclick = actions.p;
byId("epoch").onclick = actions.e;
byId("return").onclick = comeBack;
byId("log").onchange = drawChart;
byId("mode").onchange = (event) => setOption("mode", event.target.value);
byId("reset").onclick = beginAnew;
byId("random").onclick = () => setWeights(Object.fromEntries(WEIGHTS.map((name) => [name, Number((2 * Math.random() - 1).toFixed(6))])));
byId("chart").onpointerdown = (event) => {
  const box = byId("chart").getBoundingClientRect(), last = Math.max(lesson.history.length - 1, 10);
  const epoch = Math.round(((event.clientX - box.left - chart.left) / (box.width - chart.left - chart.right)) * last);
  halt();
  remember();
  goTo(Math.max(0, Math.min(lesson.history.length - 1, epoch)), 0);
};
byId("training").onsubmit = (event) => {
  event.preventDefault();
  if (lesson.running !== null) { halt(); show(); return; }
  const count = Math.round(byId("count").valueAsNumber);
  if (count >= 1 && count <= MOST_EPOCHS) train(lesson.epoch + count, 0); else say(`1 to ${MOST_EPOCHS} epochs are trained at once.`);
};
byId("until").onsubmit = (event) => {
  event.preventDefault();
  const bound = byId("bound").valueAsNumber;
  if (bound > 0) train(Math.min(lesson.epoch + 10000, MOST_EPOCHS), bound); else say("The mean is never below zero: give a number above 0.");
};
const tellPace = () => { byId("pace").textContent = `${format(pace(), 2)}/s`; };
byId("speed").oninput = tellPace;
let waiting = null;
addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(show, 100); });

tellPace();
lesson.history = [makeState({ ...given.weights }, nothing(), { rate: given.rate, momentum: given.momentum, mode: given.mode })];
writeControls();
show();
