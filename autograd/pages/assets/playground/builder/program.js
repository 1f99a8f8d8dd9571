// A graph as lines of Python that compute the same with this library.
"use strict";

const graphProgram = (() => {
  const KEYWORDS = new Set(("False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield "
    + "ag np special float print node name output").split(" "));
  const LETTERS = /^[A-Za-z_][A-Za-z0-9_]*$/;

  // A name of Python's for each box, its own where that can be.
  function identifiers(boxes) {
    const found = new Map(), taken = new Set(boxes.map(({ name }) => name));
    let k = 0;
    for (const { id, kind, name } of boxes) {
      if (kind === "number") continue;
      let chosen = name;
      if (!LETTERS.test(name) || KEYWORDS.has(name) || name.startsWith("__")) do chosen = `n${++k}`; while (taken.has(chosen));
      found.set(id, chosen);
    }
    return found;
  }

  // A text as Python reads it.
  const quoted = (text) => JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const codeOf = (high, low) => 0x10000 + ((parseInt(high, 16) - 0xd800) << 10) + (parseInt(low, 16) - 0xdc00);
  const literal = (text) => quoted(text).replace(/\\u(d[89ab]..)\\u(d[c-f]..)/g, (_, high, low) => `\\U${codeOf(high, low).toString(16).padStart(8, "0")}`);

  function write(graph) {
    const { values: known, gradients } = graphValues.compute(graph);
    const boxes = graphs.inOrder(graph).filter(({ id }) => known.has(id)), names = identifiers(boxes), nodes = new Set(), used = new Set();
    const code = [];
    for (const box of boxes) {
      if (box.kind === "number") continue;
      const called = names.get(box.id) === box.name ? quoted(box.name) : literal(box.name);
      if (box.kind === "input") {
        nodes.add(box.id);
        code.push(`${names.get(box.id)} = ag.Value(${graphNumbers.python(box.value)}, name=${called})`);
        continue;
      }
      const told = operation(box, boxes, names, nodes, used);
      code.push(`${names.get(box.id)} = ${told}${names.get(box.id) === box.name ? "" : `  # ${called}`}`);
    }
    const left = graph.boxes.length - boxes.length;
    if (left > 0) code.push(`# ${left} ${left === 1 ? "box is" : "boxes are"} left out: an operand is not connected.`);
    const head = ["import autograd as ag"];
    if (used.has("np")) head.unshift("import numpy as np", "");
    if (used.has("special")) head.push("from autograd.scipy import special");
    return `"""A graph that was drawn in the playground."""\n\n${head.join("\n")}\n\n${[...code, ...tail(graph, boxes, names, nodes, known, gradients)].join("\n")}\n`;
  }

  function operation(box, boxes, names, nodes, used) {
    const { call, infix, arity, logical, defaults } = operations.all.get(box.op);
    const parts = box.operands.map((id) => names.get(id) ?? graphNumbers.python(boxes.find((one) => one.id === id).value));
    const traced = box.operands.some((id) => nodes.has(id));
    if (traced && !logical) nodes.add(box.id);
    const [room] = call.split(".");
    // Plain floats know other rules than the library: 1.0 / 0.0 is an error.
    if (infix !== null && (traced || logical)) {
      const signed = (part, k) => (part.startsWith("-") && (k > 0 || infix === "**" || arity === 1) ? `(${part})` : part);
      const text = arity === 1 ? `${infix}${signed(parts[0], 0)}` : parts.map(signed).join(` ${infix} `);
      return logical ? `float(${text})` : text;
    }
    used.add(room);
    // Decimals are counted, all other parameters are floats.
    const given = (name, value) => (name === "decimals" && Number.isInteger(value) ? value : graphNumbers.python(value));
    const options = Object.entries(box.params).filter(([name, value]) => value !== defaults[name]).map(([name, value]) => `${name}=${given(name, value)}`);
    const text = `${call}(${[...parts, ...options].join(", ")})`;
    return traced && !logical ? text : `float(${text})`;
  }

  function tail(graph, boxes, names, nodes, known, gradients) {
    const output = boxes.find(({ id }) => id === graph.output);
    if (output === undefined || output.kind === "number") return [];
    const name = names.get(output.id), told = `print(${quoted(`${name} =`)}, ${name}${nodes.has(output.id) ? ".data" : ""})`;
    const page = (x) => `  # the page: ${Number.isFinite(x) ? graphNumbers.python(x) : graphNumbers.toJson(x)}`;
    if (!nodes.has(output.id)) return ["", told + page(known.get(output.id))];
    const inputs = boxes.filter(({ kind, id }) => kind === "input" && gradients.has(id));
    return ["", ...(gradients.size > 0 ? [`${name}.backward()`] : []), told + page(known.get(output.id)),
      ...inputs.map(({ id }) => `print(${quoted(`gradient of ${names.get(id)}:`)}, ${names.get(id)}.grad)${page(gradients.get(id))}`)];
  }

  return { write };
})();
