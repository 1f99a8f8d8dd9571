// A graph of a text: of an expression, such as a=2; b=1; e=(a+b)*(b+1), or of JSON that this page has written.
"use strict";

const graphTexts = (() => {
  const FORMAT = "stepgrad graph", VERSION = 1, FAR = 1e5;
  const arities = new Map([...operations.all].map(([name, { arity }]) => [name, [arity, arity]]));

  // ---- expressions

  // The name that a statement gives to a number, such as a=2, or null.
  function givenNumber({ name, value }) {
    const sign = value.kind === "negative" ? -1 : 1, node = value.kind === "negative" ? value.operand : value;
    return name && node.kind === "number" ? sign * node.value : null;
  }

  // Inputs that the text gives no value have that of `before`, or 1.
  function fromExpression(text, before = graphs.empty) {
    const statements = parse(text);
    let graph = graphs.empty;
    // What boxes are called in the text is not taken by what has no name there.
    const told = new Set([...statements.map(({ name }) => name), ...expression.free(statements)].filter(Boolean));
    const known = new Map();
    const input = (name, value) => {
      const [next, id] = graphs.addInput(graph, value, name);
      graph = next;
      known.set(name, { id });
    };
    const box = (part) => {
      if (typeof part === "object") return part.id;
      const [next, id] = graphs.addNumber(graph, part);
      graph = next;
      return id;
    };
    // The operations of the text make boxes in the place of graphNumbers.
    const ops = Object.fromEntries([...operations.all.keys()].map((op) => [op, (...parts) => {
      if (op === "neg" && typeof parts[0] === "number") return -parts[0];
      const ids = parts.map(box), taken = { boxes: [...graph.boxes, ...[...told].map((name) => ({ name }))] };
      const [next, id] = graphs.addOperation(graph, op, ids, graphs.freeName(taken));
      graph = next;
      return { id };
    }]));
    const valueBefore = (name) => before.boxes.find((one) => one.kind === "input" && one.name === name)?.value ?? 1;
    const given = new Set(statements.filter((one) => givenNumber(one) !== null).map(({ name }) => name));
    for (const name of expression.free(statements)) {
      if (given.has(name)) throw new Refused(`“${name}” is used before its value is given`);
      input(name, valueBefore(name));
    }
    let last = null;
    for (const statement of statements) {
      const { name } = statement, number = givenNumber(statement);
      if (name && known.has(name)) throw new Refused(`“${name}” has a value already`);
      if (number !== null) {
        input(name, number);
        last = known.get(name);
        continue;
      }
      last = expression.evaluate([{ name: null, value: statement.value }], Object.fromEntries(known), ops);
      if (typeof last === "number") last = { id: box(last) };
      if (name) {
        const { kind } = graphs.find(graph, last.id);
        if (kind === "operation" && !told.has(graphs.find(graph, last.id).name)) graph = graphs.rename(graph, last.id, name);
        known.set(name, last);
      }
    }
    return graphs.setOutput(graph, last.id);
  }

  function parse(text) {
    try {
      return expression.read(text, arities);
    } catch (error) {
      if (error instanceof expression.ParseError) throw new Refused(error.message);
      throw error;
    }
  }

  // The expression of a graph, a statement for each box; null where something is not connected, or cannot be said in one.
  function toExpression(graph) {
    const order = graphs.inOrder(graph), uses = new Map(), texts = new Map(), statements = [];
    for (const box of order) for (const id of graphs.operandsOf(box)) uses.set(id, (uses.get(id) ?? 0) + 1);
    for (const box of order) {
      if (box.kind === "number") {
        if (uses.get(box.id) !== 1 || !Number.isFinite(box.value)) return null;
        texts.set(box.id, String(box.value));
        continue;
      }
      const told = box.kind === "input" ? (Number.isFinite(box.value) ? String(box.value) : null) : inText(box, texts);
      if (told === null || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(box.name)) return null;
      texts.set(box.id, box.name);
      statements.push(`${box.name}=${told}`);
    }
    const last = graphs.find(graph, graph.output);
    if (last === undefined || last.kind === "number") return null;
    if (!statements.at(-1).startsWith(`${last.name}=`)) statements.push(last.name);
    return statements.join("; ");
  }

  const INFIX = ["add", "sub", "mul", "div", "power"];

  function inText({ op, params, operands }, texts) {
    const { arity, infix, defaults } = operations.all.get(op), parts = operands.map((id) => texts.get(id));
    if (parts.includes(undefined) || Object.entries(params).some(([name, value]) => value !== defaults[name])) return null;
    const signed = (part) => (part.startsWith("-") ? `(${part})` : part);
    if (INFIX.includes(op)) return parts.map(signed).join(infix);
    return op === "neg" && arity === 1 ? `-${signed(parts[0])}` : `${op}(${parts.join(", ")})`;
  }

  // ---- JSON

  function toJson(graph) {
    const boxes = graph.boxes.map((box) => {
      if (box.kind === "operation") return { ...box, params: Object.fromEntries(Object.entries(box.params).map(([name, value]) => [name, graphNumbers.toJson(value)])) };
      return { ...box, value: graphNumbers.toJson(box.value) };
    });
    return JSON.stringify({ format: FORMAT, version: VERSION, boxes, output: graph.output, places: graph.places });
  }

  // Whether a text means to be one of this page's, right or wrong.
  const owns = (text) => new RegExp(`^\\s*\\{\\s*"format"\\s*:\\s*"${FORMAT}"`).test(text);

  function need(true_, why) {
    if (!true_) throw new Refused(why);
  }

  // Throws `Refused` where it is not what this page has written.
  function fromJson(text) {
    need(text.length <= 200000, "it is longer than 200,000 characters");
    let given;
    try {
      given = JSON.parse(text);
    } catch {
      throw new Refused("it is not JSON");
    }
    need(given !== null && typeof given === "object" && given.format === FORMAT, `it is no graph of this page, which says "format": "${FORMAT}"`);
    need(given.version === VERSION, `it has version ${String(given.version).slice(0, 10)} of the format, and this page reads version ${VERSION}`);
    need(Array.isArray(given.boxes) && given.boxes.length <= graphs.MOST, `its boxes are no list of ${graphs.MOST} at most`);
    const ids = new Set(given.boxes.map((box) => box?.id));
    need(ids.size === given.boxes.length && [...ids].every((id) => Number.isSafeInteger(id) && id > 0 && id < 1e9), "its boxes are not told apart by whole numbers");
    const boxes = given.boxes.map((box) => readBox(box, ids));
    const graph = { boxes, output: given.output, places: null };
    for (const box of boxes) if (box.kind !== "number") graphs.checkName(graph, box.name, box.id);
    need(given.output === null || ids.has(given.output), "its output is no box");
    checkCycles(graph);
    return { ...graph, places: readPlaces(given.places, boxes) };
  }

  function readBox(box, ids) {
    const { id, kind, name } = box;
    const number = (value, what) => {
      const found = graphNumbers.fromJson(value);
      need(typeof found === "number", `${what} is no number`);
      return found;
    };
    if (kind === "input") return { id, kind, name, value: number(box.value, "the value of an input") };
    if (kind === "number") return { id, kind, value: number(box.value, "a number") };
    need(kind === "operation", "a box is neither input, number nor operation");
    const row = typeof box.op === "string" ? operations.all.get(box.op) : undefined;
    need(row !== undefined, `there is no operation “${String(box.op).slice(0, 40)}”`);
    const fits = Array.isArray(box.operands) && box.operands.length === row.arity && box.operands.every((operand) => operand === null || ids.has(operand));
    need(fits, `the operands of ${box.op} are not ${row.arity} boxes`);
    const names = Object.keys(row.defaults), params = box.params ?? {};
    need(typeof params === "object" && !Array.isArray(params) && Object.keys(params).every((option) => names.includes(option)), `${box.op} has the parameters ${names.join(", ") || "none"}`);
    const read = (option) => (Object.hasOwn(params, option) ? number(params[option], `${option} of ${box.op}`) : row.defaults[option]);
    return { id, kind, op: box.op, name, params: Object.fromEntries(names.map((option) => [option, read(option)])), operands: [...box.operands] };
  }

  // Where nothing can be put in order, boxes depend on themselves.
  function checkCycles({ boxes }) {
    const done = new Set();
    for (let left = boxes; left.length > 0;) {
      const ready = left.filter((box) => graphs.operandsOf(box).every((id) => id === null || done.has(id)));
      need(ready.length > 0, `its boxes depend on themselves: ${left.slice(0, 5).map(({ name }) => name).join(", ")}`);
      for (const { id } of ready) done.add(id);
      left = left.filter(({ id }) => !done.has(id));
    }
  }

  function readPlaces(places, boxes) {
    if (places === null || places === undefined) return null;
    need(typeof places === "object" && typeof places.down === "boolean" && places.at !== null && typeof places.at === "object", "its places are none");
    const at = Object.fromEntries(boxes.map(({ id }) => {
      const found = places.at[id];
      need(Array.isArray(found) && found.length === 2 && found.every((x) => Number.isFinite(x) && Math.abs(x) <= FAR), "the place of a box is not [x, y]");
      return [id, [...found]];
    }));
    return { down: places.down, at };
  }

  // Either of them; an empty text is an empty graph.
  function read(text) {
    if (text.trim() === "") return graphs.empty;
    return text.trimStart().startsWith("{") ? fromJson(text) : fromExpression(text);
  }

  // As short as it can be told, for an address: places are left out where an expression says the rest; null where it is longer
  // than `most` characters.
  function write(graph, most) {
    const text = graph.boxes.length === 0 ? "" : toExpression(graph) ?? toJson(graph);
    return encodeURIComponent(text).length <= most ? text : null;
  }

  return { fromExpression, toExpression, fromJson, owns, toJson, read, write };
})();
