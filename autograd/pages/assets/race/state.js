// ---- the race: what is chosen, and what is computed from it

const COLOURS = 8;
const race = { surface: null, look: null, home: null, view: null, start: [], steps: 0, racers: [], runs: [], step: 0, chosen: null, made: 0 };

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
  return places.find((place) => Number.isFinite(race.surface.height(place))) ?? places[0];
}

function addRacer({ name, options, on = true }) {
  const kind = given.menu[name];
  race.racers.push({ id: ++race.made, name, title: kind.title, kind: kind.kind, options: { ...kind.options, ...options }, on,
    colour: firstFree((racer) => racer.colour, COLOURS), marker: firstFree((racer) => racer.marker, MARKERS.length) });
}

const firstFree = (of, count) => [...Array(count).keys()].find((k) => !race.racers.some((racer) => of(racer) === k)) ?? race.racers.length % count;

function setRacers(entries) {
  race.racers = [];
  entries.forEach(addRacer);
  race.chosen = race.racers[0].id;
}

// A surface by its name or its formula; what is null is as the surface has it. Gives what is wrong with a formula, and then
// opens the page's first surface.
function openRace({ surface, start = null, steps = null, racers = null }) {
  const look = Object.hasOwn(given.surfaces, surface) ? given.surfaces[surface] : null;
  try {
    readAll(look?.text ?? surface, look);
  } catch (error) {
    openRace({ surface: given.first, start, steps, racers });
    return tellTrouble(error);
  }
  const usual = look ?? given.surfaces[given.first];
  race.steps = steps ?? usual.steps;
  if (start?.length === race.start.length) race.start = start;
  setRacers(racers ?? usual.racers);
  setUp();
  return "";
}

// Another formula in the place of the surface: the optimizers stay.
function chooseFormula(text) {
  try {
    readAll(text, null);
  } catch (error) {
    complain(tellTrouble(error));
    return;
  }
  setUp();
}

const tellTrouble = (error) => (error instanceof expression.ParseError ? error.message : `this cannot be read: ${error.message}`);

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
  byId("formula").value = race.surface.text;
  byId("surface").value = Object.keys(given.surfaces).find((name) => given.surfaces[name] === race.look) ?? "";
  writeStart();
  listRacers();
  race.step = 0;
  compute();
  drawGround();
}

// ---- computing

function compute() {
  race.runs = race.racers.filter((racer) => racer.on).map((racer) => runRacer(race.surface, racer, race.start, race.steps));
  race.lowest = race.minima.length ? Math.min(...race.minima.map((point) => race.surface.height(point))) : null;
  race.last = Math.max(0, ...race.runs.map((run) => run.steps.length));
  byId("slider").max = race.last;
  goTo(Math.min(race.step, race.last));
  address.later();
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
