// ---- steps, pointers, keys and buttons

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
byId("surface").onchange = (event) => event.target.value && openRace({ surface: event.target.value });
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
byId("absent").textContent = `What optim has beside these does not race: ${Object.entries(given.absent).map(([name, why]) => `${name} ${why}`).join("; ")}.`;
tellPace();
address.start();
