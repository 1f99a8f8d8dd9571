// The whole state as JSON: what is set, the points, the weights and what the optimizer remembers; written, and read with care.
"use strict";

const saving = (() => {
  const FORMAT = "stepgrad playground", VERSION = 1;
  const rows = (points) => points.map(({ x, y, label }) => [x, y, label]);

  function write() {
    const { settings: now, points, training } = playground, { weights, optimizer, steps, at } = training.save();
    const lists = ({ steps: counted, state }) => ({
      steps: counted, state: state.map((arrays) => Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, [...array]]))),
    });
    return JSON.stringify({
      format: FORMAT, version: VERSION, settings: settings.write(now), points: { train: rows(points.train), test: rows(points.test) },
      weights: weights.map((array) => [...array]), optimizer: lists(optimizer), steps, at, graph: graphTexts.toJson(now.graph),
    });
  }

  // Take over what a text says; throws `Refused`, and changes nothing, where it is not what this page has written.
  function read(text) {
    const state = parse(text);
    need(state !== null && typeof state === "object" && state.format === FORMAT, `it is no state of this page, which says "format": "${FORMAT}"`);
    need(state.version === VERSION, `it has version ${String(state.version).slice(0, 10)} of the format, and this page reads version ${VERSION}`);
    need(typeof state.settings === "string", "its settings are no text");
    const { values, refused } = settings.read(state.settings);
    need(refused.length === 0, refused[0]);
    need(["string", "undefined"].includes(typeof state.graph), "its graph is no text");
    const now = settings.complete(state.graph === undefined ? values : { ...values, graph: graphTexts.fromJson(state.graph) });
    const points = { train: readPoints(state.points?.train), test: readPoints(state.points?.test) };
    const network = Network.start(now), sizes = network.parameters.map(({ size, data }) => size ?? data.length);
    const weights = readArrays(state.weights, sizes, "weights");
    const optimizer = optimizers.make(now.optimizer, network.parameters, now.rate);
    const names = optimizer.state.map((arrays) => Object.keys(arrays));
    need(Array.isArray(state.optimizer?.state) && state.optimizer.state.length === sizes.length, "it lacks the state of the optimizer");
    const remembered = state.optimizer.state.map((arrays, i) => Object.fromEntries(names[i].map(
      (name) => [name, readArrays([arrays?.[name]], [sizes[i]], name)[0]])));
    const counted = readWhole(state.optimizer.steps, sizes.length, "steps of the optimizer");
    const [steps] = readWhole([state.steps], 1, "number of steps"), [at] = readWhole([state.at], 1, "number of the batch");
    need(at < Math.max(1, Math.ceil(points.train.length / now.batch)), "it names a batch that there is not");
    playground.pause();
    playground.load(now, points, { weights, optimizer: { steps: counted, state: remembered }, steps, at, curve: [], path: [], every: 1 });
  }

  function parse(text) {
    try {
      return JSON.parse(text);
    } catch {
      throw new Refused("it is not JSON");
    }
  }

  function need(true_, why) {
    if (!true_) throw new Refused(why);
  }

  function readPoints(given) {
    need(Array.isArray(given) && given.length <= 4000, "its points are no list of 4000 at most");
    return given.map((row) => {
      need(Array.isArray(row) && row.length === 3 && row.every((v) => Number.isFinite(v) && Math.abs(v) <= 100), "a point is not [x, y, label]");
      return { x: row[0], y: row[1], label: row[2] };
    });
  }

  function readArrays(given, sizes, what) {
    const fits = Array.isArray(given) && given.length === sizes.length
      && given.every((array, i) => Array.isArray(array) && array.length === sizes[i] && array.every(Number.isFinite));
    need(fits, `its ${what} are not the numbers that the layers need`);
    return given.map((array) => Float64Array.from(array));
  }

  function readWhole(given, count, what) {
    need(Array.isArray(given) && given.length === count && given.every((v) => Number.isSafeInteger(v) && v >= 0), `its ${what} is no count`);
    return given;
  }

  return { write, read };
})();
