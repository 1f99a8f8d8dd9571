// What every neuron says over the whole plane: its output, or how much the network's output moves with it.
"use strict";

const maps = (() => {
  // Places along a side; fewer for derivatives, which take longer.
  const SIZE = 40, COARSE = 20, REACH = 6;
  const tables = new Map();

  // Places of the plane, from the upper left, row by row.
  const grid = (size) => Array.from({ length: size * size }, (_, i) => ({
    x: -REACH + ((i % size) + 0.5) * ((2 * REACH) / size), y: REACH - (Math.floor(i / size) + 0.5) * ((2 * REACH) / size),
  }));

  function table(chosen, size) {
    const key = `${size} ${chosen}`;
    if (!tables.has(key)) {
      if (tables.size > 1) tables.clear();
      tables.set(key, features.table(grid(size), chosen));
    }
    return tables.get(key);
  }

  // For each layer {data, units}: the outputs of its neurons at every place, beside each other.
  function outputs(network, chosen) {
    const stages = engine.noGrad(() => network.stages(table(chosen, SIZE)));
    return stages.map(({ after }) => ({ data: after.data, units: after.shape[1], size: SIZE, most: 1 }));
  }

  // The same for the derivatives of the network's output by each neuron's; `most` is the largest of all hidden ones.
  function derivatives(network, chosen) {
    const stages = network.stages(table(chosen, COARSE));
    const found = new Map(engine.steps(engine.ops.sum(stages.at(-1).after)).map(({ node, gradient }) => [node, gradient]));
    const layers = stages.map(({ after }) => ({ data: found.get(after), units: after.shape[1], size: COARSE, most: 1 }));
    const hidden = layers.slice(0, -1);
    const most = hidden.reduce((sofar, { data }) => data.reduce((m, v) => Math.max(m, Math.abs(v)), sofar), 0);
    for (const layer of hidden) layer.most = most || 1;
    return layers;
  }

  // Paint the map of one of `units` neurons, whose values are between -most and most.
  function paint(canvas, { data, units, size, most }, unit, discretise = false) {
    if (canvas.width !== size) canvas.width = canvas.height = size;
    const context = canvas.getContext("2d"), image = context.createImageData(size, size);
    const pixels = new Uint32Array(image.data.buffer);
    for (let i = 0, at = unit; i < pixels.length; i++, at += units) {
      const value = data[at] / most;
      pixels[i] = colours.pixel(discretise ? (value > 0 ? 1 : -1) : value);
    }
    context.putImageData(image, 0, 0);
  }

  // One map of values by themselves.
  const single = (layer, unit) => Float64Array.from({ length: layer.size * layer.size }, (_, i) => layer.data[i * layer.units + unit]);

  // What a feature says, as the map of a layer with one neuron.
  function ofFeature(name) {
    const { of, most } = features.all[name];
    return { data: Float64Array.from(grid(SIZE), ({ x, y }) => of(x, y)), units: 1, size: SIZE, most };
  }

  return { REACH, outputs, derivatives, paint, single, ofFeature };
})();
