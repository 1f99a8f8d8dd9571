// What is seen: painted once a frame, when something has changed; training goes on between two frames.
"use strict";

const view = (() => {
  // Milliseconds of a frame that work may take where training goes as fast as it can, in a frame that paints and in one between, and
  // those between two slow steps.
  const FRAME = 12, BETWEEN = 11, SLOW = 250;
  let stale = true, looked = null, frame = 0, lastSlow = 0, measured = null, stalePoints = true, cost = 0;
  const rate = { steps: 0, since: 0, told: "" };

  // `budget` is for training that goes as fast as it can, in milliseconds.
  function trainOne(now, budget) {
    const { speed } = playground.settings;
    if (speed === "slow") {
      if (now - lastSlow < SLOW) return false;
      lastSlow = now;
      return playground.run(1) || true;
    }
    if (speed !== "most") return playground.run(Number(speed)) || true;
    const end = performance.now() + budget;
    while (performance.now() < end && playground.run(10));
    return true;
  }

  function tick(now) {
    requestAnimationFrame(tick);
    const { training } = playground;
    // What takes long is painted less often while it moves; training has the frames between to itself.
    const paints = !playground.playing || cost <= 6 || (frame + 1) % Math.ceil(cost / 6) === 0;
    if (playground.playing) {
      const before = training.steps;
      if (trainOne(now, paints ? Math.max(1, FRAME - cost) : BETWEEN)) stale = true;
      rate.steps += training.steps - before;
    }
    if (now - rate.since > 500) {
      rate.told = playground.playing && rate.since > 0 ? ` · ${Math.round((rate.steps * 1000) / (now - rate.since)).toLocaleString("en")} steps/s` : "";
      Object.assign(rate, { steps: 0, since: now });
    }
    if (!stale) return;
    frame += 1;
    if (!paints) return;
    const begun = performance.now();
    paint();
    cost = 0.8 * cost + 0.2 * (performance.now() - begun);
  }

  function paint() {
    stale = false;
    const { network, training, settings: now, points } = playground;
    const tables = training.measure();
    training.note(tables);
    paintFigures(tables);
    measured = now.show === "gradients" ? measures.gradients(training) : null;
    const outputs = maps.outputs(network, now.features);
    const layers = measured ? maps.derivatives(network, now.features) : outputs;
    layers[layers.length - 1] = outputs.at(-1);
    diagram.update(network, layers, measured, now.discretise);
    const depth = now.layers.length, { layer, unit } = looked ?? { layer: depth, unit: 0 };
    if (layer <= depth && unit < layers[layer].units) {
      const moved = measured && layer < depth ? "how the output moves with " : "";
      const words = looked ? `${moved}${diagram.names(layer, unit, depth)}` : "output";
      plane.paint(layers[layer], unit, words, { discretise: now.discretise && !moved, boundary: !moved && (layer === depth ? now.problem === "classification" : true) });
    }
    if (stalePoints) {
      plane.paintPoints(points, now.test);
      stalePoints = false;
    }
    if (!playground.playing || frame % 15 === 0) {
      const of = measured ?? measures.gradients(training);
      if (of) diagram.mark(measures.states(network, of.stages));
    }
    listeners.forEach((listener) => listener());
  }

  function paintFigures({ train, test, right }) {
    const { training, settings: now } = playground;
    byId("counted").textContent = `Epoch ${training.epoch.toLocaleString("en")} · step ${training.steps.toLocaleString("en")}${rate.told}`;
    byId("train-loss").textContent = told(train);
    byId("test-loss").textContent = told(test);
    const share = (v) => (Number.isNaN(v) ? "–" : `${Math.round(100 * v)} %`);
    byId("right").textContent = now.problem === "classification" ? `Right: ${share(right.train)}, test ${share(right.test)}` : "";
    const line = (name) => training.curve.map((at) => [at.step, at[name]]);
    curves.draw(byId("curves"), [
      { points: line("train"), colour: colours.named.ink },
      { points: line("test"), colour: colours.named.soft, dashed: true },
    ]);
  }

  const legends = {
    weights: [["positive", "positive weight"], ["negative", "negative weight"], [null, "Thicker: larger. Click a line or a neuron to edit it."]],
    gradients: [["positive", "positive derivative of the loss"], ["negative", "negative"], ["vanishing", "vanishing: below a 10,000th of the largest"],
      [null, "Thickness and rings on a log scale; maps show how the output moves with a neuron."]],
  };

  function legend() {
    byId("legend").replaceChildren(...legends[playground.settings.show].map(([kind, words]) => {
      if (kind === null) return make("span", { textContent: words });
      const svg = makeSvg("svg", { viewBox: "0 0 30 10", "aria-hidden": "true" });
      svg.append(makeSvg("path", { d: "M1 5H29", class: `link ${kind === "vanishing" ? "positive vanishing" : kind}`, "stroke-width": 3 }));
      return make("span", {}, svg, words);
    }), make("span", { textContent: "✕ dead  ≋ saturated" }));
  }

  const listeners = new Set();

  function all() {
    stale = stalePoints = true;
  }

  function rebuild() {
    looked = null;
    diagram.build(playground.network, playground.settings);
    controls.show();
    all();
    // At once, so that nothing empty is seen.
    paint();
  }

  function start() {
    diagram.asked.look = (what) => {
      looked = what;
      stale = true;
    };
    playground.onChange((what) => {
      if (what === "network") rebuild();
      if (what === "points" || what === "settings") stalePoints = true;
      if (what === "settings" || what === "network") legend();
      stale = true;
    });
    let waiting = null, width = innerWidth;
    addEventListener("resize", () => {
      if (innerWidth === width) return;
      width = innerWidth;
      clearTimeout(waiting);
      waiting = setTimeout(rebuild, 100);
    });
    requestAnimationFrame(tick);
  }

  // Called after each painting, as by panels that follow the training; gives a function that ends it.
  function onPaint(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  return { start, all, onPaint };
})();
