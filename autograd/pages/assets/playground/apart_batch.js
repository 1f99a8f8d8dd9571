// A batch's step as a graph of arrays: the operations one after the other, with what they take below them; where the room
// ends, on in the next row. It has the fields of a `PointGraph`.
"use strict";

class BatchGraph {
  constructor(network, { inputs, targets }, config, width) {
    this.names = new Map();
    this.keys = new Map();
    this.name = (node) => this.names.get(node) ?? equations.number(node.data[0]);
    this.box = (node) => this.keys.get(node) ?? null;
    // What weights cost is no part of the chain: no arrow goes there from the weights.
    this.drawn = ({ key, target, source }) => (target === "R" || !this.shown.has(source) ? null : key);
    this.parameters = network.parameters.map((parameter) => ({ parameter, leaves: [this.#call(parameter, parameter.name.replace(/\d/, (digit) => PointGraph.LOW[digit]))] }));
    // Pieces of the chain that stay together, of cells {node, below}.
    this.pieces = [[{ node: this.#call(inputs, "X") }]];
    const stages = network.stages(inputs);
    stages.forEach((stage, i) => this.#addLayer(network.layers[i], stage, i + 1, i === stages.length - 1));
    this.root = this.#addLoss(network, stages.at(-1).after, targets, config);
    this.boxes = this.#place(width);
    this.shown = new Set(this.boxes.map(({ key }) => key));
  }

  #call(node, name) {
    this.names.set(node, name);
    this.keys.set(node, name);
    return node;
  }

  #addLayer({ weight, bias }, { before, after }, number, isLast) {
    const low = PointGraph.LOW[number], product = before.parents[0], isLinear = before === after;
    this.#call(product, `P${low}`);
    this.#call(before, isLast && isLinear ? "Ŷ" : `Z${low}`);
    const activated = isLinear ? [] : [...PointGraph.between(after, new Set([before])), after];
    for (const node of activated) this.#call(node, node !== after ? `${node.op[0].toUpperCase()}${low}` : isLast ? "Ŷ" : `A${low}`);
    this.pieces.push([{ node: product, below: weight }, { node: before, below: bias }, ...activated.map((node) => ({ node }))]);
  }

  #addLoss(network, output, targets, config) {
    const label = this.#call(targets, "Y"), error = network.error(output, label), cost = network.penalty(config);
    const root = cost === null ? error : engine.ops.add(error, cost), chain = [...PointGraph.between(error, new Set([output])), error];
    chain.forEach((node, i) => this.#call(node, node === root ? "L" : node === error ? "E" : ["D", "S", "m"][i]));
    this.pieces.push(chain.map((node, i) => ({ node, below: i === 0 ? label : undefined })));
    if (cost === null) return root;
    for (const node of PointGraph.between(cost, new Set())) this.keys.set(node, "R");
    this.pieces.at(-1).push({ node: this.#call(root, "L"), below: this.#call(cost, "R") });
    return root;
  }

  // ---- places

  #makeBox(node) {
    const { inShape } = numbers, isLeaf = node.op === null, large = node.data.length > 1;
    const value = large ? `${inShape(node.shape)}, norm 1.2e−5` : PointGraph.WIDEST, operation = PointGraph.sign(node);
    return {
      key: this.box(node), title: this.name(node), operation: this.box(node) === "R" ? "penalty" : operation, kind: isLeaf ? (node.needsGrad ? "leaf" : "constant") : "operation",
      value, gradient: node.needsGrad ? value : "", bars: large,
    };
  }

  #place(width) {
    const { DOWN, LANE } = BatchGraph, GAP = this.gap = width < 500 ? 34 : BatchGraph.GAP, found = [], cells = (piece) => piece.map(({ node, below }) => {
      const boxes = [this.#makeBox(node), ...(below ? [this.#makeBox(below)] : [])];
      return { boxes, width: Math.max(...boxes.map((box) => GraphView.size(box).width)) };
    });
    let x = 0, y = 0, low = 0;
    this.turns = [];
    for (const piece of this.pieces) {
      const row = cells(piece), wide = row.reduce((sum, cell) => sum + cell.width + GAP, -GAP);
      if (x > 0 && x + wide > width) {
        this.turns.push({ from: found.findLast(({ below }) => !below), y: low + LANE / 2, key: row[0].boxes[0].key });
        [x, y] = [0, low + LANE];
      }
      for (const { boxes, width: across } of row) {
        const middle = x + across / 2, high = GraphView.size(boxes[0]).height;
        boxes.forEach((box, i) => {
          const { height } = GraphView.size(box), top = y + i * (high + DOWN);
          found.push({ ...box, x: middle, y: top + (i === 0 ? BatchGraph.HIGH / 2 : height / 2 + BatchGraph.HIGH - high), below: i > 0 });
          low = Math.max(low, top + height + (i > 0 ? BatchGraph.HIGH - high : 0));
        });
        x += across + GAP;
      }
    }
    return found;
  }

  // An arrow that goes on in the next row leaves at the right, and goes back to the left between the rows.
  through({ source, target }) {
    const turn = this.turns.find(({ from, key }) => from.key === source && key === target);
    if (turn === undefined) return GraphView.past(this.boxes, source, target, 8);
    const { from, y } = turn, to = this.boxes.find((box) => box.key === target), aside = (box) => GraphView.size(box).width / 2 + this.gap / 2;
    const [right, left] = [from.x + aside(from), to.x - aside(to)];
    return [{ x: right, y: from.y }, { x: right, y }, { x: left, y }, { x: left, y: to.y }];
  }
}

// Between boxes, between a box and what it takes, between rows; how high a row of boxes is.
Object.assign(BatchGraph, { GAP: 52, DOWN: 26, LANE: 44, HIGH: 88 });
