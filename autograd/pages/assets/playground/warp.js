// The tab "Warped plane": where two neurons of a layer send the plane, with its grid and its points.
"use strict";

panels.add((() => {
  const LINES = 13, FINE = 61;
  let end = null;

  // The lines of a grid, each as a list of points.
  const grid = [];
  for (let i = 0; i < LINES; i++) {
    const fixed = -maps.REACH + (i * 2 * maps.REACH) / (LINES - 1);
    const along = Array.from({ length: FINE }, (_, k) => -maps.REACH + (k * 2 * maps.REACH) / (FINE - 1));
    grid.push(along.map((t) => ({ x: t, y: fixed })), along.map((t) => ({ x: fixed, y: t })));
  }
  const flat = grid.flat();

  function open(element) {
    const canvas = make("canvas", { className: "square large", role: "img", "aria-label": "The plane as two neurons see it" });
    const layerList = make("select", { "aria-label": "Layer" }), one = make("select", { "aria-label": "Neuron across" }), other = make("select", { "aria-label": "Neuron upwards" });
    const words = make("p", { className: "remark" });
    element.append(make("div", { className: "sides" }, canvas, make("div", { className: "wide" },
      make("p", { textContent: "A layer bends the plane. Here every point stands where two neurons of the layer send it: their outputs are its new coordinates. A network has learned two classes when a straight line of the last hidden layer divides them." }),
      make("div", { className: "row" }, make("label", {}, "Layer ", layerList), make("label", {}, "Across ", one), make("label", {}, "Up ", other)), words)));

    let known = "";
    const fill = () => {
      const { layers } = playground.settings, shape = layers.map(({ units }) => units).join();
      if (shape === known) return;
      known = shape;
      layerList.replaceChildren(...layers.map((_, i) => new Option(`${i + 1}`, i)));
      layerList.value = String(layers.length - 1);
      fillNeurons();
    };
    const fillNeurons = () => {
      const units = playground.settings.layers[layerList.value]?.units ?? 0;
      for (const [list, usual] of [[one, 0], [other, 1]]) {
        list.replaceChildren(...Array.from({ length: units }, (_, i) => new Option(`neuron ${i + 1}`, i)));
        list.value = String(Math.min(usual, units - 1));
      }
    };
    const draw = () => {
      fill();
      const { context, width, height } = canvases.open(canvas), { network, settings: now, points, training } = playground;
      if (now.layers.length === 0) {
        words.textContent = "There is no hidden layer: the plane stays as it is.";
        return;
      }
      const layer = Number(layerList.value), units = now.layers[layer].units, [i, j] = [Number(one.value), Number(other.value)];
      words.textContent = units === 1 ? "This layer has one neuron: the plane becomes a line." : "";
      const sent = (table) => engine.noGrad(() => network.stages(table))[layer].after.data;
      const places = sent(features.table(flat, now.features)), marks = sent(training.train.inputs);
      const reach = (unit) => {
        let low = Infinity, high = -Infinity;
        for (let k = unit; k < places.length; k += units) [low, high] = [Math.min(low, places[k]), Math.max(high, places[k])];
        const room = (high - low) * 0.05 || 1;
        return [low - room, high + room];
      };
      const [xs, ys] = [reach(i), reach(j)];
      const x = (v) => ((v - xs[0]) / (xs[1] - xs[0])) * width, y = (v) => height - ((v - ys[0]) / (ys[1] - ys[0])) * height;
      context.strokeStyle = colours.named.soft;
      context.globalAlpha = 0.45;
      context.lineWidth = 1;
      for (let line = 0; line < grid.length; line++) {
        context.beginPath();
        for (let k = 0; k < FINE; k++) {
          const at = (line * FINE + k) * units;
          context[k === 0 ? "moveTo" : "lineTo"](x(places[at + i]), y(places[at + j]));
        }
        context.stroke();
      }
      context.globalAlpha = 1;
      points.train.forEach(({ label }, k) => canvases.point(context, x(marks[k * units + i]), y(marks[k * units + j]), label, 3));
    };
    layerList.onchange = () => {
      fillNeurons();
      draw();
    };
    one.onchange = other.onchange = draw;
    draw();
    end = view.onPaint(draw);
  }

  return { id: "plane", title: "Warped plane", open, close: () => end?.() };
})());
