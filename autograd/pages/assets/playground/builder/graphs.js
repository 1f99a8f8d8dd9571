// A graph that somebody draws: boxes with their operands. It never changes: an edit makes a new one, so that undo keeps the old.
//   {boxes: [{id, kind: "input", name, value} | {id, kind: "number", value} | {id, kind: "operation", name, op, params, operands}],
//    output: id, places: null or {down, at: {id: [x, y]}}}
// An operand is an id, or null where nothing is connected.
"use strict";

const graphs = (() => {
  const MOST = 200, LONGEST = 40;
  const empty = Object.freeze({ boxes: [], output: null, places: null });

  const find = (graph, id) => graph.boxes.find((box) => box.id === id);
  const operandsOf = (box) => (box.kind === "operation" ? box.operands : []);
  const consumers = (graph, id) => graph.boxes.filter((box) => operandsOf(box).includes(id));
  // What a person calls a box.
  const nameOf = (box) => (box.kind === "number" ? graphNumbers.tell(box.value) : box.name);

  // The boxes, each behind its operands.
  function inOrder(graph) {
    const byId = new Map(graph.boxes.map((box) => [box.id, box])), done = new Set(), order = [];
    for (const start of graph.boxes) {
      const waiting = [start];
      while (waiting.length > 0) {
        const box = waiting.at(-1), next = done.has(box.id) ? undefined : operandsOf(box).find((id) => id !== null && !done.has(id));
        if (next !== undefined) {
          waiting.push(byId.get(next));
          continue;
        }
        waiting.pop();
        if (!done.has(box.id)) order.push(box);
        done.add(box.id);
      }
    }
    return order;
  }

  // The boxes from `from` to `to` along consumers, or null.
  function path(graph, from, to) {
    const before = new Map([[from, null]]), waiting = [from];
    for (const id of waiting) {
      if (id === to) {
        const found = [];
        for (let at = to; at !== null; at = before.get(at)) found.unshift(at);
        return found;
      }
      for (const { id: next } of consumers(graph, id)) {
        if (!before.has(next)) {
          before.set(next, id);
          waiting.push(next);
        }
      }
    }
    return null;
  }

  // ---- names

  const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];

  function freeName(graph, like = LETTERS) {
    const taken = new Set(graph.boxes.map(({ name }) => name));
    const letter = like.find((name) => !taken.has(name));
    if (letter !== undefined) return letter;
    let k = 1;
    while (taken.has(`v${k}`)) k++;
    return `v${k}`;
  }

  // Throws for a name that a box cannot have.
  function checkName(graph, name, id = null) {
    if (typeof name !== "string" || name.trim() === "") throw new Refused("a name must not be empty");
    if (name.length > LONGEST) throw new Refused(`a name has ${LONGEST} characters at most`);
    if (/\p{C}/u.test(name)) throw new Refused("a name must not have characters that cannot be seen");
    if (graph.boxes.some((box) => box.id !== id && box.name === name)) throw new Refused(`another box is called “${name}”`);
  }

  // ---- edits: each gives a new graph, or throws `Refused` with the reason

  const change = (graph, changes) => ({ boxes: graph.boxes, output: graph.output, places: graph.places, ...changes });

  function changeBox(graph, id, changes) {
    return change(graph, { boxes: graph.boxes.map((box) => (box.id === id ? { ...box, ...changes } : box)) });
  }

  function add(graph, given, at = null) {
    if (graph.boxes.length >= MOST) throw new Refused(`a graph has ${MOST} boxes at most`);
    const id = graph.boxes.reduce((most, box) => Math.max(most, box.id), 0) + 1;
    const box = given.kind === "number" ? { id, ...given } : { id, ...given, name: given.name ?? freeName(graph) };
    if (box.kind !== "number") checkName(graph, box.name);
    const places = graph.places === null || at === null ? graph.places : { ...graph.places, at: { ...graph.places.at, [id]: at } };
    // The first operation is what one wants to know, until another is chosen.
    const output = box.kind === "operation" && (graph.output === null || find(graph, graph.output)?.kind !== "operation") ? id : graph.output ?? id;
    return [change(graph, { boxes: [...graph.boxes, box], output, places }), id];
  }

  const addInput = (graph, value = 1, name = undefined, at = null) => add(graph, { kind: "input", name, value }, at);
  const addNumber = (graph, value = 1, at = null) => add(graph, { kind: "number", value }, at);

  function addOperation(graph, op, operands = [], name = undefined, at = null) {
    const { arity, defaults } = operations.all.get(op);
    return add(graph, { kind: "operation", op, name, params: { ...defaults }, operands: Array.from({ length: arity }, (_, i) => operands[i] ?? null) }, at);
  }

  function remove(graph, id) {
    const boxes = graph.boxes.filter((box) => box.id !== id)
      .map((box) => (operandsOf(box).includes(id) ? { ...box, operands: box.operands.map((operand) => (operand === id ? null : operand)) } : box));
    const after = consumers(graph, id).at(-1) ?? boxes.findLast(({ kind }) => kind === "operation") ?? boxes.at(-1);
    return change(graph, { boxes, output: graph.output === id ? after?.id ?? null : graph.output });
  }

  function connect(graph, from, to, index) {
    const box = find(graph, to), around = from === null ? null : path(graph, to, from);
    if (around !== null) {
      const names = around.map((id) => nameOf(find(graph, id)));
      const way = names.length === 1 ? `${names[0]} would be its own operand` : `${names.join(" → ")} → ${names[0]}`;
      throw new Refused(`that would close a cycle: ${way}. A value cannot depend on itself`);
    }
    return changeBox(graph, to, { operands: box.operands.map((operand, i) => (i === index ? from : operand)) });
  }

  function rename(graph, id, name) {
    checkName(graph, name, id);
    return changeBox(graph, id, { name });
  }

  // Another operation in the place of one: operands stay as far as it takes them.
  function setOperation(graph, id, op) {
    const { arity, defaults } = operations.all.get(op), { operands } = find(graph, id);
    return changeBox(graph, id, { op, params: { ...defaults }, operands: Array.from({ length: arity }, (_, i) => operands[i] ?? null) });
  }

  return {
    MOST, LONGEST, empty, find, operandsOf, consumers, nameOf, inOrder, path, checkName, freeName, addInput, addNumber, addOperation, remove, connect, rename, setOperation,
    setValue: (graph, id, value) => changeBox(graph, id, { value }),
    setParameter: (graph, id, name, value) => changeBox(graph, id, { params: { ...find(graph, id).params, [name]: value } }),
    setOutput: (graph, output) => change(graph, { output }),
    setPlaces: (graph, places) => change(graph, { places }),
  };
})();
