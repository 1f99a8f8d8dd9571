// What a graph computes, on the engine's tape: the value of each box, and the story of both passes.
"use strict";

const graphValues = (() => {
  // {graph, order, lacking: why a box has no value, tensors, story: null without an output that has a value, gradients, sends, sums}
  function compute(graph) {
    const order = graphs.inOrder(graph), tensors = new Map(), boxes = new Map(), lacking = new Map();
    for (const box of order) {
      const why = lackOf(graph, box, lacking);
      if (why) {
        lacking.set(box.id, why);
        continue;
      }
      const tensor = makeTensor(box, tensors);
      tensor.name = box.name ?? null;
      tensors.set(box.id, tensor);
      boxes.set(tensor, box);
    }
    const root = tensors.get(graph.output), passed = root?.needsGrad ? engine.steps(root) : [];
    const gradients = new Map(), sums = new Map(), sends = new Map();
    for (const { node, gradient, sends: sent } of passed) {
      const { id } = boxes.get(node);
      gradients.set(id, gradient[0]);
      for (const { to, index, value } of sent) {
        const operand = boxes.get(to).id;
        if (!sums.has(operand)) sums.set(operand, []);
        sums.get(operand).push({ from: id, value: value[0] });
        sends.set(arrowKey(id, index), value[0]);
      }
    }
    const story = root === undefined ? null : new GraphStory(root, {
      name: (node) => graphs.nameOf(boxes.get(node)), box: (node) => String(boxes.get(node).id),
      drawn: ({ node, index }) => arrowKey(boxes.get(node).id, index),
    });
    return { graph, order, lacking, tensors, story, gradients, sends, sums, values: new Map([...tensors].map(([id, tensor]) => [id, tensor.data[0]])) };
  }

  const arrowKey = (id, index) => `${id} ${index}`;

  function lackOf(graph, box, lacking) {
    const operands = graphs.operandsOf(box), open = operands.indexOf(null);
    if (open >= 0) return operands.length === 1 ? "its operand is not connected" : `operand ${operations.OPERANDS[open]} is not connected`;
    const without = operands.find((id) => lacking.has(id));
    return without === undefined ? "" : `${graphs.nameOf(graphs.find(graph, without))} has no value yet`;
  }

  function makeTensor(box, tensors) {
    if (box.kind === "input") return engine.leaf(box.value);
    if (box.kind === "number") return engine.constant(box.value);
    const operands = box.operands.map((id) => tensors.get(id)), found = engine.ops[box.op](...operands, box.params);
    // The tape leaves out what has no derivative; the story tells it.
    return found.op === null ? new engine.inside.Tensor(found.data, found.shape, box.op, operands, box.params) : found;
  }

  // ---- the gradients beside differences

  const STEP = 1e-3, TOLERANCE = 1e-6;

  // For each input on which the output depends: {id, name, value, tape, difference, error, right, open: nothing to compare}.
  function check({ graph, gradients, values }) {
    const scale = Math.abs(values.get(graph.output)) || 1;
    return graph.boxes.filter(({ kind, id }) => kind === "input" && gradients.has(id)).map(({ id, name, value }) => {
      const tape = gradients.get(id), h = STEP * Math.max(1, Math.abs(value));
      const at = (moved) => valueOf(graphs.setValue(graph, id, moved));
      // Of fourth order: the error falls with h⁴.
      const difference = (8 * (at(value + h) - at(value - h)) - (at(value + 2 * h) - at(value - 2 * h))) / (12 * h);
      const error = Math.abs(tape - difference) / Math.max(Math.abs(tape), Math.abs(difference), 1e-3 * scale, 1e-9);
      return { id, name, value, tape, difference, error, open: !Number.isFinite(error), right: error <= TOLERANCE };
    });
  }

  // The value of the output alone.
  function valueOf(graph) {
    const tensors = new Map();
    for (const box of graphs.inOrder(graph)) if (graphs.operandsOf(box).every((id) => tensors.has(id))) tensors.set(box.id, makeTensor(box, tensors));
    return tensors.get(graph.output).data[0];
  }

  return { compute, check, arrowKey, TOLERANCE };
})();
