// What the gradients are on all training points, and which neurons learn nothing.
"use strict";

const measures = (() => {
  // Derivatives below this part of the steepest are flat; nine points of ten must be.
  const FLAT = 0.05, POINTS = 0.9;
  const steepest = { tanh: 1, sigmoid: 0.25 };

  const norm = (values) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));

  // {weights, biases: by layer; units: how much each neuron's output moves the loss, on average; most, mostUnit}.
  function gradients(training) {
    const { network, train } = training;
    if (train.targets.data.length === 0) return null;
    const stages = network.stages(train.inputs);
    const error = network.error(stages.at(-1).after, train.targets), penalty = network.penalty(training.settings);
    const loss = penalty === null ? error : engine.ops.add(error, penalty);
    const found = new Map(engine.steps(loss).map(({ node, gradient }) => [node, gradient]));
    const of = (leaf) => found.get(leaf) ?? new Float64Array(leaf.data.length);
    const weights = network.layers.map(({ weight }) => of(weight)), biases = network.layers.map(({ bias }) => of(bias));
    const count = train.targets.data.length;
    const units = stages.map(({ after }) => {
      const width = after.shape[1], gradient = found.get(after) ?? new Float64Array(after.data.length);
      return Float64Array.from({ length: width }, (_, unit) => {
        let sum = 0;
        for (let i = unit; i < gradient.length; i += width) sum += Math.abs(gradient[i]);
        return sum / count;
      });
    });
    const largest = (arrays) => arrays.reduce((sofar, values) => values.reduce((m, v) => Math.max(m, Math.abs(v)), sofar), 0);
    return { loss: loss.data[0], weights, biases, units, most: largest(weights), mostUnit: largest(units), stages };
  }

  // The root mean square of each layer's gradient, by its weights.
  const sizes = ({ weights }) => weights.map((values) => norm(values) / Math.sqrt(values.length));

  // For each hidden layer "dead", "saturated" or "" by neuron.
  function states(network, stages) {
    return network.layers.slice(0, -1).map(({ activation }, layer) => {
      const { before } = stages[layer], width = before.shape[1], count = before.shape[0];
      if (activation === "linear") return Array(width).fill("");
      const leaf = engine.leaf(before.data, before.shape);
      const root = engine.ops.sum(Network.activations[activation](leaf));
      const slopes = engine.steps(root).find(({ node }) => node === leaf).gradient;
      return Array.from({ length: width }, (_, unit) => {
        let zeros = 0, flat = 0;
        for (let i = unit; i < slopes.length; i += width) {
          if (slopes[i] === 0) zeros += 1;
          if (Math.abs(slopes[i]) < FLAT * (steepest[activation] ?? 0)) flat += 1;
        }
        // What is flat at both ends is saturated even where its slope has become nothing.
        return flat >= POINTS * count ? "saturated" : zeros === count ? "dead" : "";
      });
    });
  }

  // How large the last update of each layer's weights was, beside the weights.
  function ratios(network, before) {
    return network.layers.map(({ weight }, layer) => norm(weight.data.map((w, i) => w - before[2 * layer][i])) / norm(before[2 * layer]));
  }

  return { gradients, sizes, states, ratios, norm };
})();
