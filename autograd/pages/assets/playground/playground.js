// The playground: what is set, the network, its training and its points, and every action on them. Other parts of the page
// use this object alone:
//   playground.settings                 what is set, by name (see settings.js); read it, and change it by `set`
//   playground.points                   {train, test}: lists of {x, y, label}
//   playground.network, .training       of network.js and training.js; new objects after a change of their shape
//   playground.set({rate: 0.1}, "…")    change settings; the words are those of the undo button
//   playground.stage({lesson: "rate"}, "…")     all of it anew, as a lesson sets it
//   playground.act("…", change)         any other change that can be undone: `change()` does it
//   playground.play(), .pause(), .step(), .reset(), .undo(), .redo()
//   playground.onChange(listener)       called with "settings", "network", "points", "weights" or "playing"; gives a function that ends it
//   playground.notice("…")              tell the person something; an empty text takes it away
//   panels.add({id, title, open(element), close()})     a tab under the network (panels.js)
"use strict";

const playground = (() => {
  const listeners = new Set();
  // Settings after which the points are made anew, and those that change the picture of the network.
  const MAKES_POINTS = ["dataset", "noise", "ratio", "seed"];
  const TRAININGS = ["a step", "training"];
  // Steps that are done again to come back to one of them.
  const MOST_AGAIN = 20000;
  const SHOWN_IN_NETWORK = ["features", "layers", "start", "seed", "output", "hide"];
  const self = { settings: settings.defaults(), points: { train: [], test: [] }, network: null, training: null, playing: false };
  // Points of a file, and what stands for them in the data set "own".
  let own = null;
  // The first weights that came with the page or a file, where they are not from the seed.
  let given = null, begun = "";

  const tell = (what) => listeners.forEach((listener) => listener(what));

  self.onChange = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };

  self.notice = (text) => {
    byId("notice").hidden = text === "";
    byId("notice").firstElementChild.textContent = text;
  };

  // ---- what can be undone

  const undoing = new UndoStack(
    () => ({ settings: { ...self.settings }, points: self.points, own, given, training: self.training.save() }),
    (saved) => {
      self.settings = { ...saved.settings };
      self.points = saved.points;
      ({ own, given } = saved);
      startNetwork();
      self.training.restore(saved.training);
      tell("network");
    },
    () => tell("undo"),
  );

  self.act = (words, change, kind = null) => {
    undoing.record(words, kind);
    change();
  };

  self.undo = () => {
    self.pause();
    undoing.undo();
  };

  self.redo = () => {
    self.pause();
    undoing.redo();
  };

  self.undoing = undoing;

  // ---- settings

  // Changes of one kind, as of a slider, are undone at once; null is a kind of its own.
  self.set = (changes, words = "a setting", kind = undefined) => {
    const now = { ...self.settings, ...changes };
    if (changes.dataset && changes.dataset !== "own") now.problem = datasets.problemOf(changes.dataset);
    else if (changes.problem && now.dataset !== "own" && datasets.problemOf(now.dataset) !== now.problem) {
      now.dataset = datasets.firstOf(now.problem);
    }
    if (now.problem !== self.settings.problem && changes.output === undefined) now.output = settings.outputOf(now.problem);
    const changed = Object.keys(now).filter((name) => String(settings.text(name, now[name])) !== String(settings.text(name, self.settings[name])));
    if (changed.length === 0) return;
    self.act(words, () => apply(now, changed), kind === undefined ? changed.join() : kind);
  };

  function apply(now, changed) {
    const any = (names) => names.some((name) => changed.includes(name));
    self.settings = now;
    if (any(MAKES_POINTS)) makePoints();
    // Where the layers differ in their activations alone, the weights stay.
    if (beginning(now) !== begun) startNetwork();
    else {
      self.network.layers.forEach((layer, i) => { layer.activation = now.layers[i]?.activation ?? now.output; });
      if (any([...MAKES_POINTS, "batch", "features"])) self.training.use(self.points, now);
      if (any(["optimizer"])) self.training.optimize(now);
      self.training.settings = now;
      self.training.optimizer.options.lr = now.rate;
    }
    if (any(MAKES_POINTS)) tell("points");
    tell(any(SHOWN_IN_NETWORK) ? "network" : "settings");
  }

  function makePoints() {
    const { dataset, ratio } = self.settings;
    self.points = dataset === "own" ? datasets.split(own ?? [], ratio) : datasets.make(self.settings);
  }

  // What decides about the first weights.
  const beginning = ({ features: chosen, layers, start, seed }) => [chosen, layers.map(({ units }) => units), start, seed].join(";");

  function startNetwork() {
    self.network = Network.start(self.settings);
    begun = beginning(self.settings);
    if (given?.begun === begun) self.network.setWeights(given.weights);
    self.training = new Training(self.network, self.settings, self.points);
  }

  // ---- points

  self.usePoints = (points, problem, words) => {
    self.act(words, () => {
      own = points;
      const output = problem === self.settings.problem ? self.settings.output : settings.outputOf(problem);
      self.settings = { ...self.settings, dataset: "own", problem, output };
      makePoints();
      startNetwork();
      tell("points");
      tell("network");
    });
  };

  self.changePoints = (points, words) => {
    self.act(words, () => {
      self.points = points;
      self.training.use(points, self.settings);
      tell("points");
      tell("weights");
    });
  };

  self.addPoint = (point) => self.changePoints({ ...self.points, train: [...self.points.train, point] }, "a point");

  // Remove the point that is nearest to (x, y), within `reach`; tells whether there was one.
  self.removePoint = (x, y, reach) => {
    const away = (p) => Math.hypot(p.x - x, p.y - y);
    const nearest = [...self.points.train, ...(self.settings.test ? self.points.test : [])].reduce((best, p) => (best === null || away(p) < away(best) ? p : best), null);
    if (nearest === null || away(nearest) > reach) return false;
    const without = (list) => list.filter((p) => p !== nearest);
    self.changePoints({ train: without(self.points.train), test: without(self.points.test) }, "a point taken away");
    return true;
  };

  // ---- training

  // So many steps; false where the loss was no number, which is told.
  self.run = (steps) => {
    for (let i = 0; i < steps; i++) {
      const loss = self.training.step();
      if (!Number.isFinite(loss)) {
        stopAt(loss);
        return false;
      }
    }
    return true;
  };

  function stopAt(loss) {
    self.pause();
    if (self.points.train.length === 0) self.notice("There are no training points: click on the plane, or choose a data set.");
    else self.notice(`Stopped at step ${self.training.steps.toLocaleString("en")}: the loss is ${told(loss)}. Weights have grown without bound, which a smaller rate prevents. Undo goes back.`);
  }

  self.step = () => {
    self.pause();
    self.act("a step", () => {
      self.run(1);
      tell("weights");
    });
  };

  // Back by one step. A training is done again from its start up to there: the same batches give the same weights.
  self.back = () => {
    self.pause();
    const last = undoing.done.at(-1), { steps, curve } = self.training;
    const again = last && TRAININGS.includes(last.words) ? steps - last.saved.training.steps - 1 : -1;
    if (again === 0) self.undo();
    else if (again > MOST_AGAIN) self.notice(`More than ${MOST_AGAIN.toLocaleString("en")} steps would be done again: Undo takes the training back.`);
    else if (again > 0) {
      self.training.restore(last.saved.training);
      self.run(again);
      self.training.curve = curve.filter((at) => at.step < steps);
      tell("weights");
    } else self.notice(last ? `The last action was no step but ${last.words}: Undo takes it back.` : "There is no step to go back by.");
  };

  self.play = () => {
    if (self.playing) return;
    undoing.record("training");
    self.notice("");
    self.playing = true;
    tell("playing");
  };

  self.pause = () => {
    if (!self.playing) return;
    self.playing = false;
    tell("playing");
  };

  self.reset = () => {
    self.pause();
    self.act("reset", () => {
      startNetwork();
      self.notice("");
      tell("network");
    });
  };

  self.setWeight = (parameter, at, value) => {
    self.act("a weight", () => {
      parameter.data[at] = value;
      tell("weights");
    }, `weight ${parameter.name} ${at}`);
  };

  // ---- the start

  // From settings, points and weights that came with the page; nothing of it can be undone.
  // `model` has weights, and the settings of the network that they are of.
  self.start = (values, { points = null, model = null } = {}) => {
    own = points;
    given = model === null ? null : { weights: model.weights, begun: beginning(model.settings) };
    begin(values);
    undoing.clear();
  };

  // The same as one action, from the weights of the seed: as a lesson begins.
  self.stage = (values, words) => {
    self.pause();
    self.act(words, () => {
      given = null;
      begin(values);
    });
  };

  function begin(values) {
    self.settings = settings.complete(values);
    self.notice("");
    makePoints();
    startNetwork();
    tell("points");
    tell("network");
  }

  // The points themselves, where they are divided already.
  self.load = (values, points, training) => {
    self.act("a file", () => {
      self.settings = values;
      own = [...points.train, ...points.test];
      self.points = points;
      given = { weights: training.weights, begun: beginning(values) };
      startNetwork();
      self.training.restore(training);
      tell("points");
      tell("network");
    });
  };

  return self;
})();
