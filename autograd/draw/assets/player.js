// ---- the player: goes through a story, moment by moment

// A diagram's own story is its backward pass, with a moment for every box that is seen.
const story = scene.story;
let moments = [], step = 0, playing = null;
// The last moment of each pass in every box that is seen.
let turns = { forward: new Map(), backward: new Map() };

// What boxes show: by what and box, the texts with the number of the moment from which on they hold.
const changes = { value: new Map(), gradient: new Map() };
if (story) [story.start, ...story.moments.map((m) => m.changes)].forEach((list, at) => {
  for (const [key, what, text] of list) {
    if (!changes[what].has(key)) changes[what].set(key, []);
    changes[what].get(key).push([at, text]);
  }
});

function latest(texts = []) {
  let low = 0, high = texts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (texts[middle][0] <= step) low = middle + 1; else high = middle;
  }
  return low ? texts[low - 1][1] : "";
}

const seen = (box, what) => story ? latest(changes[what].get(box.key)) : box[what];

const widths = new Map();
function widest(box, what) {
  const key = `${what} ${box.key}`;
  if (!widths.has(key)) {
    const texts = [box[what], ...(changes[what].get(box.key) ?? []).map(([, text]) => text)];
    widths.set(key, texts.reduce((a, b) => (textWidth(b) > textWidth(a) ? b : a)));
  }
  return widths.get(key);
}

// Whether a part of the details will change no more.
function settled(key, part) {
  if (!story) return true;
  const over = (what, box) => (changes[what].get(box)?.at(-1)[0] ?? 0) <= step;
  if (!part.includes("gradient")) return part !== "value" || over("value", key);
  return [key, ...scene.boxes.filter((box) => within(box, key)).map((box) => box.key)].every((box) => over("gradient", box));
}

function within(box, cluster) {
  for (let c = box.cluster; c !== null; c = clusters.get(c).box.cluster) if (c === cluster) return true;
  return false;
}

// Whether all that an arrow says of the backward pass has happened.
function carries(arrow) {
  if (!story) return true;
  const last = turns.backward.get(arrow.target);
  return last !== undefined && last <= step;
}

const standing = (key) => shown.standsFor.get(key) ?? key;

function begin() {
  moments = story ? story.moments : shown.order.map((key) => ({ phase: "backward", boxes: [key] }));
  turns = { forward: new Map(), backward: new Map() };
  moments.forEach((moment, i) => { for (const key of moment.boxes) turns[moment.phase].set(standing(key), i + 1); });
  byId("slider").max = moments.length;
  goTo(step);
  if (story) showStops();
}

function goTo(number) {
  step = Math.min(Math.max(number, 0), moments.length);
  const moment = moments[step - 1];
  const phase = moment ? moment.phase : story ? "forward" : "backward";
  const now = new Set(moment?.boxes.map(standing)), operands = moment?.operands && new Set(moment.operands.map(standing));
  const done = (key) => turns[phase].has(key) ? turns[phase].get(key) < step : phase === "forward";
  const reached = new Set();
  picture.classList.toggle("stepping", step > 0 || story !== null);
  for (const arrow of shown.arrows) {
    const flows = phase === "forward" || arrow.state !== "plain";
    const lit = flows && now.has(arrow.target) && (!operands || operands.has(arrow.source));
    arrow.element.classList.toggle("now", lit);
    arrow.element.classList.toggle("done", step > 0 && flows && turns[phase].has(arrow.target) && done(arrow.target));
    arrow.element.classList.toggle("told", carries(arrow));
    arrow.tip.textContent = carries(arrow) ? describe(arrow) : "";
    if (lit) reached.add(arrow.source);
  }
  for (const box of shown.boxes) {
    box.element.classList.toggle("now", now.has(box.key));
    box.element.classList.toggle("done", (step > 0 || story !== null) && done(box.key));
    box.element.classList.toggle("reached", reached.has(box.key));
    for (const text of box.texts) if (text.classList.contains("value") || text.classList.contains("gradient")) text.textContent = marked(text.classList[0], seen(box, text.classList[0]));
    for (const [part, bars] of box.bars) bars.classList.toggle("away", !settled(box.key, part));
    box.element.setAttribute("aria-label", [clusters.has(box.key) ? "module" : "", ...box.texts.map((text) => text.textContent)].filter(Boolean).join(" "));
  }
  byId("slider").value = step;
  byId("back").disabled = byId("first").disabled = step === 0;
  byId("next").disabled = step === moments.length;
  byId("equation").title = byId("equation").textContent = story ? headline(moment) : moment ? equation(shown.boxes.find((box) => now.has(box.key))) : `the backward pass: ${moments.length} steps`;
  // Before the first step of a story it is where that will be.
  const first = story && !moment ? moments[0] : undefined;
  const there = first ? new Set(first.boxes.map(standing)) : now, others = first ? new Set(first.operands.map(standing)) : reached;
  follow(shown.boxes.filter((box) => there.has(box.key)), shown.boxes.filter((box) => others.has(box.key)));
  if (story) tellMoment(moment);
}

// The picture moves when a step leaves it, with the boxes that it sends to where there is room for them.
function follow(boxes, operands) {
  const { width, height } = picture.getBoundingClientRect();
  // Clear of the shade at a side at which the picture goes on.
  const room = { x: width, y: height }, least = 20;
  const extent = (axis, all) => {
    const half = axis === "x" ? "width" : "height";
    return [Math.min(...all.map(({ at }) => at[axis] - at[half] / 2)), Math.max(...all.map(({ at }) => at[axis] + at[half] / 2))].map((end) => place[axis] + end * place.scale);
  };
  if (!boxes.length) return;
  for (const axis of ["x", "y"]) {
    let [low, high] = extent(axis, [...boxes, ...operands]);
    if (high - low > room[axis] - 2 * least) [low, high] = extent(axis, boxes);
    if (high - low > room[axis] - 2 * least) place[axis] += (room[axis] - high - low) / 2;
    else if (low < least) place[axis] += least - low;
    else if (high > room[axis] - least) place[axis] += room[axis] - least - high;
  }
  move();
}

function equation(box) {
  const sent = shown.arrows.filter((a) => a.target === box.key && a.sent).map((a) => `${carried(a)} to ${nameOf(a.source)}${a.label ? ` (${a.label})` : ""}`);
  return `${step} of ${moments.length}: ${box.title || box.value} ${scene.changes ? `gradient ${box.gradient}` : `has ${box.gradient || "its gradient"}`}${sent.length ? `, ${scene.changes ? "change of what it sends:" : "sends"} ${sent.join(", ")}` : ""}`;
}

function play() {
  if (playing !== null || !moments.length) {
    clearInterval(playing);
    playing = null;
  } else {
    if (step === moments.length) goTo(0);
    playing = setInterval(() => { if (step === moments.length) play(); else goTo(step + 1); }, Math.max(60, Math.min(900, 24000 / moments.length)));
  }
  byId("play").textContent = playing === null ? "Play" : "Pause";
}

// ---- a story that is given: the event in full, breakpoints and watches

const count = (n) => n.toLocaleString("en");
const headline = (moment) => moment ? `${count(moment.number)} of ${count(story.length)}, ${moment.phase}: ${moment.text}`
  : `${count(story.length)} events: ${count(story.forward)} forward, ${count(story.length - story.forward)} backward`;

function tellMoment(moment) {
  const parts = [html("h2", moment ? `Event ${count(moment.number)} of ${count(story.length)}` : "The start"), html("p", moment ? `the ${moment.phase} pass` : "nothing has happened yet: → takes the first step", "soft")];
  if (moment) parts.push(html("p", moment.text, `said ${moment.phase === "forward" ? "value" : "gradient"}`));
  if (moment?.rows.length) {
    const table = tableOf(moment.rows), titles = html("tr");
    titles.append(...["to", story.calculation, "sum so far"].map((text) => html("th", text)));
    table.prepend(titles);
    parts.push(table);
  }
  for (const note of moment?.notes ?? []) parts.push(html("p", note, "soft"));
  for (const remark of story.remarks) parts.push(html("p", remark, "remark"));
  byId("event").replaceChildren(...parts);
  showWatches();
  for (const point of points) point.entry?.classList.toggle("now", moment !== undefined && point.stops(moment));
  const box = shown.boxes.find((b) => b.key === told);
  if (box) tell(box);
}

// Each with its text, and whether it stops at a moment.
const points = story ? story.breakpoints.map(([number, text]) => ({ text, stops: (m) => m.stops.includes(number) })) : [];

function run(direction) {
  let at = step + direction;
  while (at > 0 && at <= moments.length && !points.some((point) => point.stops(moments[at - 1]))) at += direction;
  goTo(at);
}

function toggleStop(key) {
  const at = points.findIndex((point) => point.box === key);
  if (at >= 0) points.splice(at, 1);
  else points.push({ box: key, text: nameOf(key), stops: (m) => m.boxes.includes(key) });
  showStops();
}

// By name, operation or module; in a name * stands for any characters.
function addStop(words, phase) {
  const pattern = new RegExp(`^${words.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`, "s");
  const stops = (m) => (!phase || m.phase === phase) && m.words.some((word) => pattern.test(word) || word.startsWith(`${words}.`));
  const found = moments.filter(stops).length;
  byId("stopped").textContent = found ? "" : `Nothing here is called ${words}${phase ? ` in the ${phase} pass` : ""}.`;
  if (found) points.push({ text: `${words}${phase ? `, ${phase}` : ""}`, stops });
  showStops();
  return found > 0;
}

function listed(text, title, remove) {
  const entry = html("li"), button = html("button", "×");
  button.title = title;
  button.setAttribute("aria-label", title);
  button.onclick = remove;
  entry.append(html("span", text), button);
  return entry;
}

function showStops() {
  byId("stops").replaceChildren(...points.map((point) => {
    const found = moments.filter(point.stops);
    point.seen = new Set(found.flatMap((m) => m.boxes.map(standing)));
    point.entry = listed(`${point.text}: ${count(found.length)} event${found.length === 1 ? "" : "s"}`, `Remove the breakpoint at ${point.text}`, () => {
      points.splice(points.indexOf(point), 1);
      showStops();
    });
    point.entry.classList.toggle("now", step > 0 && point.stops(moments[step - 1]));
    return point.entry;
  }));
  for (const box of shown.boxes) {
    box.element.classList.toggle("stops", points.some((point) => point.seen.has(box.key)));
    box.element.classList.toggle("own", points.some((point) => point.box === box.key));
  }
  byId("run").disabled = byId("reverse").disabled = !points.length;
}

const tracks = new Map(story ? story.tracks.map((track) => [track.name, track]) : []);
const watched = story ? [...story.watches] : [];

function watch(name) {
  const known = tracks.has(name);
  byId("unwatched").textContent = known ? "" : `No node here is called ${name}.`;
  if (known && !watched.includes(name)) watched.push(name);
  showWatches();
  return known;
}

function showWatches() {
  byId("watched").replaceChildren(...watched.map((name) => {
    const { value, gradient } = tracks.get(name);
    const entry = listed(name, `Watch ${name} no longer`, () => { watched.splice(watched.indexOf(name), 1); showWatches(); });
    entry.lastChild.before(html("span", latest(value) || "not computed", "value"), html("span", latest(gradient) || "no gradient", "gradient"));
    return entry;
  }));
}
