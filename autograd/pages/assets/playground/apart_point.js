// One point's step as a graph of numbers: a box for each sum of a neuron, and for each operation after it. Weights and biases
// are no boxes but operands of the sums; the arrow of what a weight is multiplied with stands for the weight, too.
//   root, name, box, drawn       as a `GraphStory` takes them
//   boxes                        as a `GraphView` takes them, in their places
//   parameters                   for every parameter of the network {parameter, leaves}: its numbers as leaves of the graph
"use strict";

class PointGraph {
  // `inputs` are the features of the point, `target` its label.
  constructor(network, inputs, target, config) {
    this.names = new Map();
    this.keys = new Map();
    this.columns = [];
    this.parameters = [];
    this.name = (node) => this.names.get(node) ?? equations.number(node.data[0]);
    this.box = (node) => this.keys.get(node) ?? null;
    this.drawn = (edge) => this.#drawn(edge);
    let x = Array.from(inputs, (value, i) => this.#call(engine.constant(value), features.all[config.features[i]].label));
    this.columns.push({ before: 0, nodes: x });
    network.layers.forEach((layer, i) => { x = this.#addLayer(layer, x, PointGraph.#suffixes(layer, i, i === network.layers.length - 1)); });
    const stack = this.#addLoss(network, x[0], target, config);
    this.boxes = [...this.#place(), ...this.#placeLoss(stack)];
    this.shown = new Set(this.boxes.map(({ key }) => key));
  }

  #call(node, name, key = name) {
    this.names.set(node, name);
    this.keys.set(node, key);
    return node;
  }

  // Behind the letters of a layer stand the numbers of the layer and of the neuron; the output needs none.
  static #suffixes(layer, i, isLast) {
    const low = (...digits) => digits.map((digit) => PointGraph.LOW[digit]).join("");
    return { layer, isLast, weight: (from, unit) => low(i + 1, from + 1, unit + 1), unit: (unit) => (isLast ? "" : low(i + 1, unit + 1)), bias: (unit) => low(i + 1, unit + 1) };
  }

  #addLayer({ weight, bias, activation }, x, { isLast, ...suffix }) {
    const { add, mul } = engine.ops, [, units] = weight.shape, weights = [], biases = [], activate = Network.activations[activation];
    const sums = Array.from({ length: units }, (_, unit) => {
      const products = x.map((operand, from) => {
        const at = from * units + unit;
        weights[at] = this.#call(engine.leaf(weight.data[at]), `w${suffix.weight(from, unit)}`);
        return mul(weights[at], operand);
      });
      biases[unit] = this.#call(engine.leaf(bias.data[unit]), `b${suffix.bias(unit)}`);
      return add(products.reduce((one, other) => add(one, other)), biases[unit]);
    });
    this.parameters.push({ parameter: weight, leaves: weights }, { parameter: bias, leaves: biases });
    const after = sums.map(activate), isLinear = after[0] === sums[0];
    const operands = new Set([...x, ...weights, ...biases]), stages = after.map((node, unit) => [...PointGraph.between(node, new Set([sums[unit]])), node]);
    sums.forEach((sum, unit) => {
      const name = isLast && isLinear ? "ŷ" : `z${suffix.unit(unit)}`;
      this.#call(sum, name);
      for (const node of PointGraph.between(sum, operands)) this.keys.set(node, name);
    });
    this.columns.push({ before: PointGraph.ACROSS, nodes: sums, operation: "Σ" });
    if (isLinear) return sums;
    stages.forEach((nodes, unit) => nodes.forEach((node) => this.#call(node, node === after[unit] ? (isLast ? "ŷ" : `a${suffix.unit(unit)}`) : `${node.op[0]}${suffix.unit(unit)}`)));
    for (let i = 0; i < stages[0].length; i++) this.columns.push({ before: PointGraph.SHORT, nodes: stages.map((nodes) => nodes[i]) });
    return after;
  }

  // The nodes of the loss in their order; what the weights cost stands last.
  #addLoss(network, output, target, { penalty, strength }) {
    const label = this.#call(engine.constant(target), "y"), error = network.error(output, label);
    const chain = [...PointGraph.between(error, new Set([output, label])), error], letters = ["e", "s", "m"];
    if (penalty === "none" || strength === 0) {
      chain.forEach((node, i) => this.#call(node, node === error ? "L" : letters[i]));
      this.root = error;
      return [label, ...chain];
    }
    const { add, mul } = engine.ops, weights = this.parameters.filter((_, i) => i % 2 === 0).flatMap(({ leaves }) => leaves);
    const cost = mul(strength, weights.map((weight) => Network.cost(penalty, weight)).reduce((one, other) => add(one, other)));
    chain.forEach((node, i) => this.#call(node, node === error ? "E" : letters[i]));
    for (const node of PointGraph.between(cost, new Set(weights))) this.keys.set(node, "R");
    this.root = this.#call(add(error, this.#call(cost, "R")), "L");
    return [label, ...chain, this.root, cost];
  }

  // What `root` is computed from, up to the `ends`, in the order of computing; without constants.
  static between(root, ends) {
    const found = new Set([root]);
    for (const node of found) for (const parent of node.parents) if (!ends.has(parent) && parent.op !== null) found.add(parent);
    found.delete(root);
    return [...found].sort((a, b) => a.order - b.order);
  }

  #drawn({ key, node, index, parent, target }) {
    if (this.shown.has(this.box(parent))) return key;
    // The other operand of the product.
    const other = node.op === "mul" && this.shown.has(this.box(node.parents[1 - index])) && this.box(node.parents[1 - index]) !== target ? node.parents[1 - index] : null;
    return other === null ? null : GraphStory.edgeKey(target, this.box(other), node, 1 - index);
  }

  // ---- places

  // The sign of an operation, with the constant that it takes.
  static sign({ op, parents }) {
    const constant = parents.find((parent) => parent.op === null && !parent.needsGrad && parent.size === 1 && op === "mul");
    return (PointGraph.SIGNS[op] ?? op ?? "") + (constant ? equations.number(constant.data[0]) : "");
  }

  #makeBox(node, operation = PointGraph.sign(node)) {
    const kind = node.op === null ? "constant" : "operation", value = PointGraph.WIDEST;
    return { key: this.box(node), title: this.name(node), operation, kind, value, gradient: node.needsGrad ? value : "" };
  }

  // Columns from left to right, each around the middle.
  #place() {
    let x = 0;
    return this.columns.flatMap(({ before, nodes, operation }) => {
      const boxes = nodes.map((node) => this.#makeBox(node, operation)), sizes = boxes.map(GraphView.size);
      const width = Math.max(...sizes.map((size) => size.width)), high = sizes[0].height + PointGraph.GAP;
      x += before + width;
      this.right = x;
      return boxes.map((box, i) => ({ ...box, x: x - width / 2, y: (i - (nodes.length - 1) / 2) * high }));
    });
  }

  through({ source, target }) {
    return GraphView.past(this.boxes, source, target, PointGraph.GAP / 2);
  }

  // The loss downwards beside the output, whose first operation is as high as that; the label above, what weights cost at the side.
  #placeLoss(nodes) {
    const hasCost = nodes.at(-1) !== this.root, boxes = nodes.map((node) => this.#makeBox(node)), sizes = boxes.map(GraphView.size);
    const width = Math.max(...sizes.map((size) => size.width)), high = sizes[1].height + PointGraph.DOWN, x = this.right + PointGraph.SHORT + width / 2;
    return boxes.map((box, i) => (hasCost && i === boxes.length - 1 ? { ...box, operation: "penalty", x: x - width - PointGraph.SHORT, y: (i - 2) * high } : { ...box, x, y: (i - 1) * high }));
  }
}

Object.assign(PointGraph, { LOW: "₀₁₂₃₄₅₆₇₈₉", GAP: 16, ACROSS: 72, SHORT: 26, DOWN: 24, WIDEST: "−1.23e−5", SIGNS: { sub: "−", mul: "·", add: "+", square: "²" } });
