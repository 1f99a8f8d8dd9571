// The tab "Optimizers": several of them, from the same weights, side by side.
"use strict";

panels.add((() => {
  const LINES = [[], [6, 3], [2, 3], [8, 3, 2, 3]], POINTS = 200;
  let running = null;

  // The weights of now are everybody's start.
  function begin(names, rates, steps) {
    const { settings: now, points, network } = playground;
    return names.map((name, i) => {
      const own = { ...now, optimizer: name, rate: rates[i] };
      const other = Network.start(now);
      other.setWeights(network.copyWeights());
      return { name, training: new Training(other, own, points), curve: [], left: steps, every: Math.max(1, Math.floor(steps / POINTS)), stopped: false };
    });
  }

  function advance(run, budget) {
    const end = performance.now() + budget;
    while (run.left > 0 && !run.stopped && performance.now() < end) {
      if (run.training.steps % run.every === 0) run.curve.push([run.training.steps, run.training.measure().train]);
      run.stopped = !Number.isFinite(run.training.step());
      run.left -= 1;
    }
    if (run.left === 0 || run.stopped) run.final = run.training.measure();
  }

  function open(element) {
    const usual = ["sgd", "momentum", "rmsprop", "adam"];
    const rate = (name) => ({ sgd: 0.03, momentum: 0.03, nesterov: 0.03, adagrad: 0.03, adadelta: 1, rmsprop: 0.01, adam: 0.01, adamw: 0.01, nadam: 0.01, lion: 0.003 })[name];
    const rows = Object.entries(optimizers.all).map(([name, { label }]) => {
      const tick = make("input", { type: "checkbox", checked: usual.includes(name), "aria-label": label, value: name });
      const input = make("input", { type: "number", min: 0, step: "any", value: rate(name), "aria-label": `Rate of ${label}`, className: "short" });
      return { name, label, tick, input, row: make("div", { className: "pick" }, make("label", { className: "tick" }, tick, ` ${label}`), input) };
    });
    const steps = make("input", { type: "number", min: 10, max: 20000, step: 10, value: 1000, "aria-label": "Steps", className: "short" });
    const chart = make("canvas", { className: "chart", role: "img", "aria-label": "Training loss of each optimizer" }), results = make("div", { className: "sides results" });
    const button = make("button", { className: "main", textContent: "Start", onclick: start });
    element.append(
      make("p", { textContent: "Each trains a copy of the network as it is now, on the same batches. The network above stays as it is." }),
      make("div", { className: "sides" }, make("div", {}, ...rows.map(({ row }) => row), make("div", { className: "row" }, make("label", {}, "Steps ", steps), button)), make("div", { className: "wide" }, chart, results)),
    );

    function start() {
      playground.pause();
      const chosen = rows.filter(({ tick }) => tick.checked), wrong = chosen.find(({ input }) => !(Number(input.value) > 0 && Number(input.value) <= 1000));
      if (chosen.length === 0 || wrong || playground.points.train.length === 0) {
        playground.notice(wrong ? `The rate of ${wrong.label} must be above 0, and 1000 at most.` : chosen.length === 0 ? "Choose an optimizer first." : "There are no training points.");
        return;
      }
      const count = Math.max(10, Math.min(20000, Math.round(Number(steps.value)) || 1000));
      const runs = begin(chosen.map(({ name }) => name), chosen.map(({ input }) => Number(input.value)), count);
      results.replaceChildren(...runs.map((run, i) => {
        run.canvas = make("canvas", { className: "small", "aria-hidden": "true" });
        run.words = make("figcaption");
        run.swatch = makeSvg("svg", { viewBox: "0 0 30 8", class: "swatch", "aria-hidden": "true" });
        const line = makeSvg("path", { d: "M0 4H30", "stroke-width": 2.5, fill: "none" });
        line.style.stroke = look(i).colour;
        line.style.strokeDasharray = look(i).dash.join(" ");
        run.swatch.append(line);
        return make("figure", {}, run.canvas, run.swatch, run.words);
      }));
      running = runs;
      requestAnimationFrame(frame);
    }

    const look = (i) => ({ colour: colours.named[["positive", "negative", "ink", "value", "gradient"][i % 5]], dash: LINES[i % 4] });

    function frame() {
      if (running === null) return;
      for (const run of running) advance(run, 10 / running.length);
      curves.draw(chart, running.map((run, i) => ({ points: run.curve, ...look(i), wide: 2 })), { log: true });
      for (const run of running) {
        const layers = maps.outputs(run.training.network, run.training.settings.features);
        maps.paint(run.canvas, layers.at(-1), 0);
        const { label } = optimizers.all[run.name], loss = run.final?.train ?? run.curve.at(-1)?.[1] ?? NaN;
        run.words.textContent = `${label}: ${run.stopped ? "no number" : `loss ${told(loss)}`} after ${run.training.steps} steps`;
      }
      if (running.some((run) => run.left > 0 && !run.stopped)) requestAnimationFrame(frame);
      else running = null;
    }
  }

  return { id: "optimizers", title: "Optimizers side by side", open, close() { running = null; } };
})());
