// The tab "Loss surface": the loss on a plane through the space of all weights, with the path of the training.
"use strict";

panels.add((() => {
  const SIZE = 41, LEVELS = 12, MARGIN = 0.35;
  let working = 0, end = null;

  const flatten = (weights) => Float64Array.from(weights.flatMap((array) => [...array]));
  const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);
  const along = (a, b, t) => a.map((v, i) => v + t * b[i]);
  const unit = (a) => {
    const size = Math.sqrt(dot(a, a));
    return size > 1e-12 ? a.map((v) => v / size) : null;
  };

  // Two directions at right angles: of the path from its start to its end and away from that line, or drawn by lot.
  function directions(path, kind, seed) {
    const draw = random.generator(seed), lot = () => Float64Array.from({ length: path[0].length }, draw.normal);
    const origin = path.at(-1), away = path.map((at) => along(at, origin, -1));
    let first = kind === "path" ? unit(along(path[0], origin, -1)) : null;
    first ??= unit(lot());
    const rest = (v) => along(v, first, -dot(v, first));
    const farthest = away.map(rest).reduce((best, v) => (dot(v, v) > dot(best, best) ? v : best));
    const second = (kind === "path" ? unit(farthest) : null) ?? unit(rest(lot()));
    return [first, second];
  }

  // The plane: {origin, axes, low, high} so that all of the path is in it.
  function span(path, axes, least) {
    const origin = path.at(-1), spots = path.map((at) => axes.map((axis) => dot(along(at, origin, -1), axis)));
    const bounds = [0, 1].map((k) => {
      const values = spots.map((spot) => spot[k]), low = Math.min(...values), high = Math.max(...values);
      const room = Math.max((high - low) * MARGIN, least);
      return [low - room, high + room];
    });
    return { origin, axes, bounds, spots };
  }

  function open(element) {
    const canvas = make("canvas", { className: "square large", role: "img", "aria-label": "The loss around the path of the training" });
    const kind = make("select", { "aria-label": "Directions" }, new Option("along the path", "path"), new Option("drawn by lot", "lot"), new Option("two weights", "weights"));
    const [one, other] = ["First weight", "Second weight"].map((words) => make("select", { "aria-label": words, hidden: true }));
    const words = make("p", { className: "remark", role: "status" });
    const button = make("button", { className: "main", textContent: "Draw", onclick: draw });
    element.append(make("div", { className: "sides" }, canvas, make("div", { className: "wide" },
      make("p", { textContent: "The loss of the training points on a flat cut through all weights, orange where it is high, with lines of equal loss. The line is the path of the training from ○ to ●; where it leaves the cut, its shadow is drawn." }),
      make("div", { className: "row" }, make("label", {}, "Cut ", kind), one, other, button), words)));
    kind.onchange = () => {
      one.hidden = other.hidden = kind.value !== "weights";
      const all = playground.network.parameters.flatMap(({ name, data }) => Array.from(data, (_, i) => `${name}[${i + 1}]`));
      for (const [list, usual] of [[one, 0], [other, 1]]) {
        list.replaceChildren(...all.map((label, i) => new Option(label, i)));
        list.value = String(usual);
      }
    };
    draw();
    // With the new path, when the training stops.
    end = playground.onChange((what) => { if (what === "playing" && !playground.playing) draw(); });

    function draw() {
      const { training, network, settings: now, points } = playground, mine = ++working;
      if (points.train.length === 0) {
        words.textContent = "There are no training points.";
        return;
      }
      const whole = [...training.path.map(({ weights }) => weights), network.copyWeights()].map(flatten);
      // Weights that have grown without bound are nowhere.
      const path = whole.filter((weights) => weights.every(Number.isFinite));
      if (path.length === 0) {
        words.textContent = "No weights of this training are finite: there is nowhere to look from.";
        return;
      }
      let axes;
      if (kind.value === "weights") {
        const [a, b] = [Number(one.value), Number(other.value)];
        if (a === b || !(Math.max(a, b) < path[0].length)) {
          words.textContent = "Choose two different weights.";
          return;
        }
        axes = [a, b].map((at) => Float64Array.from({ length: path[0].length }, (_, i) => (i === at ? 1 : 0)));
      } else axes = directions(path, kind.value, now.seed);
      const cut = span(path, axes, 1), copy = Network.start(now), probe = new Training(copy, now, points);
      const values = new Float64Array(SIZE * SIZE);
      let at = 0;
      const work = () => {
        if (mine !== working || !canvas.isConnected) return;
        const end = performance.now() + 10;
        while (at < values.length && performance.now() < end) {
          const t = [at % SIZE, SIZE - 1 - Math.floor(at / SIZE)].map((k, axis) => cut.bounds[axis][0] + (k / (SIZE - 1)) * (cut.bounds[axis][1] - cut.bounds[axis][0]));
          const weights = along(along(cut.origin, axes[0], t[0]), axes[1], t[1]);
          let from = 0;
          for (const { data } of copy.parameters) {
            data.set(weights.subarray(from, from + data.length));
            from += data.length;
          }
          values[at++] = engine.noGrad(() => probe.loss(probe.train)).data[0];
        }
        words.textContent = at < values.length ? `${Math.round((100 * at) / values.length)} %` : tellRange(values) + (path.length < whole.length ? " The path ends where weights grew without bound." : "");
        if (at < values.length) requestAnimationFrame(work);
        else paint(canvas, values, cut);
      };
      work();
    }
  }

  function tellRange(values) {
    const finite = values.filter(Number.isFinite);
    if (finite.length === 0) return "The loss is no finite number anywhere in this cut.";
    return `Loss from ${told(finite.reduce((a, b) => Math.min(a, b)))} to ${told(finite.reduce((a, b) => Math.max(a, b)))} in this cut.`;
  }

  function paint(canvas, values, { bounds, spots }) {
    const { context, width, height } = canvases.open(canvas);
    // On a log scale, since losses grow by powers.
    const heights = values.map((v) => Math.log10(Math.max(v, 1e-12))), finite = heights.filter(Number.isFinite);
    if (finite.length === 0) return;
    const low = finite.reduce((a, b) => Math.min(a, b)), high = Math.max(finite.reduce((a, b) => Math.max(a, b)), low + 1e-9);
    const sheet = document.createElement("canvas");
    maps.paint(sheet, { data: heights.map((v) => -((v - low) / (high - low)) * 0.85), units: 1, size: SIZE, most: 1 }, 0);
    context.drawImage(sheet, 0, 0, width, height);
    const cell = width / SIZE;
    context.strokeStyle = colours.named.ink;
    context.globalAlpha = 0.4;
    context.lineWidth = 0.8;
    context.beginPath();
    for (let k = 1; k < LEVELS; k++) {
      contours.trace(heights, SIZE, SIZE, low + (k / LEVELS) * (high - low), (x1, y1, x2, y2) => {
        context.moveTo((x1 + 0.5) * cell, (y1 + 0.5) * cell);
        context.lineTo((x2 + 0.5) * cell, (y2 + 0.5) * cell);
      });
    }
    context.stroke();
    context.globalAlpha = 1;
    const x = (v) => ((v - bounds[0][0]) / (bounds[0][1] - bounds[0][0])) * (width - cell) + cell / 2;
    const y = (v) => height - (((v - bounds[1][0]) / (bounds[1][1] - bounds[1][0])) * (height - cell) + cell / 2);
    context.strokeStyle = colours.named.positive;
    context.lineWidth = 2.4;
    context.beginPath();
    spots.forEach(([a, b], i) => context[i === 0 ? "moveTo" : "lineTo"](x(a), y(b)));
    context.stroke();
    for (const [[a, b], filled] of [[spots[0], false], [spots.at(-1), true]]) {
      context.beginPath();
      context.arc(x(a), y(b), 5, 0, 2 * Math.PI);
      context.fillStyle = filled ? colours.named.positive : colours.named.paper;
      context.fill();
      context.stroke();
    }
  }

  return { id: "surface", title: "Loss surface", open, close() {
    working += 1;
    end();
  } };
})());
