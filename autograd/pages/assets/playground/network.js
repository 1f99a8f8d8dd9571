// A network: layers {weight, bias, activation} of leaves, weights with a row for each input; its loss is a graph of the engine.
"use strict";

class Network {
  constructor(layers) {
    this.layers = layers;
    this.parameters = layers.flatMap(({ weight, bias }) => [weight, bias]);
  }

  // One as the settings say, with weights from their seed.
  static start(settings) {
    const draw = random.generator(settings.seed ^ 0x9e3779b9);
    const sizes = [settings.features.length, ...settings.layers.map(({ units }) => units), 1];
    const activations = [...settings.layers.map(({ activation }) => activation), settings.output];
    return new Network(activations.map((activation, i) => {
      const [inputs, units] = [sizes[i], sizes[i + 1]];
      const first = Network.starts[settings.start](inputs, units, draw);
      const weight = engine.leaf(Float64Array.from({ length: inputs * units }, first), [inputs, units]);
      const bias = engine.leaf(new Float64Array(units), [units]);
      [weight.name, bias.name] = [`W${i + 1}`, `b${i + 1}`];
      return { weight, bias, activation };
    }));
  }

  // What each layer computes of a table of inputs: {before, after} its activation.
  stages(inputs) {
    let x = inputs;
    return this.layers.map(({ weight, bias, activation }) => {
      const before = engine.ops.add(engine.ops.matmul(x, weight), bias);
      x = Network.activations[activation](before);
      return { before, after: x };
    });
  }

  output(inputs) {
    return this.stages(inputs).at(-1).after;
  }

  // Half of the mean squared error, as a graph.
  error(output, targets) {
    const { mul, mean, square, sub } = engine.ops;
    return mul(0.5, mean(square(sub(output, targets))));
  }

  // What the weights cost, as a graph; null where nothing.
  penalty({ penalty, strength }) {
    if (penalty === "none" || strength === 0) return null;
    const { add, mul } = engine.ops;
    return mul(strength, this.layers.map(({ weight }) => Network.cost(penalty, weight)).reduce((one, other) => add(one, other)));
  }

  // What weights cost by themselves, before the strength.
  static cost(penalty, weight) {
    const { abs, mul, square, sum } = engine.ops;
    return penalty === "L1" ? sum(abs(weight)) : mul(0.5, sum(square(weight)));
  }

  copyWeights() {
    return this.parameters.map(({ data }) => data.slice());
  }

  setWeights(weights) {
    this.parameters.forEach((parameter, i) => parameter.data.set(weights[i]));
  }
}

// How weights start, for a layer of so many inputs and units.
Network.starts = {
  xavier: (inputs, units, draw) => () => draw.between(-1, 1) * Math.sqrt(6 / (inputs + units)),
  he: (inputs, units, draw) => () => draw.normal() * Math.sqrt(2 / inputs),
  uniform: (inputs, units, draw) => () => draw.between(-0.5, 0.5),
  normal: (inputs, units, draw) => () => draw.normal(),
  zeros: () => () => 0,
};

Network.activations = {
  tanh: (x) => engine.ops.tanh(x),
  relu: (x) => engine.ops.relu(x),
  sigmoid: (x) => engine.ops.sigmoid(x),
  linear: (x) => x,
  softplus: (x) => engine.ops.softplus(x),
  silu: (x) => engine.ops.mul(x, engine.ops.sigmoid(x)),
  sin: (x) => engine.ops.sin(x),
};
