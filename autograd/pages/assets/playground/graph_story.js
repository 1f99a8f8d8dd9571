// The story of a pass through a graph of the engine: forward, operation by operation; backward, edge by edge. It tells what
// happens at every step, and what a `GraphView` shows from then on.
//
//   const story = new GraphStory(root, { name, box, drawn })
//     name(node): what a node is called      box(node): the key of the box that stands for it; several nodes may share one, of
//     which the last one's value and gradient are the box's; null for none
//     drawn(edge): the key of the arrow on which an edge {node, index, parent, key} is seen; by default its own
//   story.events       [{ phase: "forward" | "backward" | …, now, lit, reached, lines: () => [text], row: () => {…} }], the first is step 1
//   story.boxes        Map of key to { key, node (the last one), nodes }
//   story.edges        every edge between boxes; story.outOf, story.into: Maps of them by the keys of their boxes
//   story.state(step)  what `GraphView.show` takes
//   story.add(event, [[key, what, data, shape], …])   a further step, after which boxes show other numbers
//   story.latest(key, what, step)    {data, shape} of a box's "value" or "gradient" then, or null
"use strict";

class GraphStory {
  constructor(root, { name, box, drawn = (edge) => edge.key }) {
    Object.assign(this, { root, name, boxOf: box, drawn });
    this.events = [];
    this.changes = { value: new Map(), gradient: new Map() };
    this.edges = [];
    this.boxes = new Map();
    this.flows = new Map();
    this.#readGraph();
    // What needs no gradient has a forward pass alone.
    this.passes = root.needsGrad ? engine.steps(root) : [];
    this.#tellForward();
    if (root.needsGrad) this.#tellBackward();
  }

  // ---- the graph

  #readGraph() {
    const nodes = new Set([this.root]);
    for (const node of nodes) for (const parent of node.parents) nodes.add(parent);
    this.nodes = [...nodes].sort((a, b) => a.order - b.order);
    for (const node of this.nodes) {
      const key = this.boxOf(node);
      if (key === null) continue;
      if (!this.boxes.has(key)) this.boxes.set(key, { key, node, nodes: [] });
      Object.assign(this.boxes.get(key), { node }).nodes.push(node);
    }
    for (const node of this.nodes) node.parents.forEach((parent, index) => {
      const [source, target] = [this.boxOf(parent), this.boxOf(node)];
      if (source !== null && target !== null && source !== target) this.edges.push({ key: GraphStory.edgeKey(target, source, node, index), node, index, parent, source, target });
    });
    [this.into, this.outOf] = [0, 1].map(() => new Map([...this.boxes.keys()].map((key) => [key, []])));
    for (const edge of this.edges) {
      this.into.get(edge.target).push(edge);
      this.outOf.get(edge.source).push(edge);
    }
  }

  static edgeKey(target, source, node, index) {
    return `${target}←${source}:${node.order}.${index}`;
  }

  // ---- what happens

  add(event, changes = []) {
    this.events.push(event);
    for (const [key, what, data, shape] of changes) this.#note(this.events.length, key, what, data, shape);
  }

  #note(step, key, what, data, shape) {
    const tracks = this.changes[what];
    if (!tracks.has(key)) tracks.set(key, []);
    tracks.get(key).push({ step, data, shape });
  }

  #tellForward() {
    const groups = [...this.boxes.values()];
    for (const { key, node } of groups) if (node.op === null) this.#note(0, key, "value", node.data, node.shape);
    for (const { key, node } of groups.filter((group) => group.node.op !== null).sort((a, b) => a.node.order - b.node.order)) {
      const edges = this.into.get(key);
      this.add({
        phase: "forward", now: [key], lit: edges.map(this.drawn).filter((arrow) => arrow !== null), reached: edges.map(({ source }) => source), node,
        lines: () => this.#forwardLines(node),
      }, [[key, "value", node.data, node.shape]]);
    }
  }

  #forwardLines(node) {
    const inside = (other) => this.boxOf(other) === this.boxOf(node), name = this.name(node);
    const symbols = equations.operation(node, this.name, inside), scalar = [node, ...node.parents].every((one) => one.size === 1);
    if (!scalar) return [`${name} = ${symbols}`, `${name}: ${numbers.inWords(node.data, node.shape)}`];
    const written = equations.operation(node, (one) => equations.number(one.data[0]), inside), result = equations.number(node.data[0]);
    return [`${name} = ${result}`, `${name} = ${symbols}`, ...(written === symbols ? [] : [`= ${written}`]), `= ${result}`];
  }

  #tellBackward() {
    const { root, passes } = this, rank = new Map(passes.map(({ node }, i) => [node, i])), byNode = new Map(passes.map((step) => [step.node, step]));
    this.unit = Math.hypot(...passes[0].gradient);
    const rootBox = this.boxOf(root), name = this.name(root);
    this.add({ phase: "backward", now: [rootBox], lit: [], reached: [], node: root, lines: () => [`∂${name}/∂${name} = 1`, "The backward pass begins with this gradient."] },
      [[rootBox, "gradient", passes[0].gradient, root.shape]]);
    const sums = new Map(), flows = new Map();
    const groups = [...this.boxes.values()].filter(({ node }) => rank.has(node) && node.op !== null).sort((a, b) => rank.get(a.node) - rank.get(b.node));
    for (const { key, node: last, nodes } of groups) {
      const terms = this.#terms(last, key), into = new Map(this.into.get(key).map((edge) => [`${edge.node.order}.${edge.index}`, edge]));
      for (const node of nodes.filter((one) => rank.has(one)).sort((a, b) => rank.get(a) - rank.get(b))) {
        const { gradient, sends } = byNode.get(node);
        for (const { to, index, value } of sends) {
          const source = this.boxOf(to);
          if (source === null || source === key) continue;
          const edge = into.get(`${node.order}.${index}`), was = sums.get(to) ?? null;
          const now = was === null ? value : value.map((v, i) => was[i] + v);
          sums.set(to, now);
          const arrow = this.drawn(edge), sent = { node, index, to, upstream: gradient, value, was, now, last, isTerm: terms.has(node) };
          this.add({ phase: "backward", now: [key], lit: arrow === null ? [] : [arrow], reached: [source], node, sent, lines: () => this.#backwardLines(sent) }, [[source, "gradient", now, to.shape]]);
          // An arrow shows what goes to the box that it comes from, or if that takes no gradient, to the other operand it stands for.
          if (arrow === edge.key || !flows.has(arrow)) flows.set(arrow, { ...GraphView.flow(value, this.unit), step: this.events.length });
          this.events.at(-1).label = { arrow, lines: this.#labelLines(sent, arrow === edge.key) };
        }
      }
    }
    this.flows = flows;
  }

  // The nodes of a box whose gradient is that of its last one, since they are added up to it.
  #terms(last, key) {
    const found = new Set([last]);
    for (const node of found) if (node.op === "add") for (const parent of node.parents) if (this.boxOf(parent) === key) found.add(parent);
    return found;
  }

  #labelLines({ node, index, to, value }, isOwn) {
    if (value.length > 1 || node.size > 1) return [equations.derivative(node, index, this.name) || node.op];
    return [`∇${isOwn ? "" : this.name(to)[0]} ${equations.number(value[0], 3)}`];
  }

  #backwardLines(sent) {
    return sent.node.size > 1 || sent.to.size > 1 ? this.#arrayLines(sent) : this.#numberLines(sent);
  }

  // What sends: the box; where it is not simply added up to that, the operation within it.
  #resultOf({ node, last, isTerm }) {
    return isTerm ? this.name(last) : `(${equations.operation(node, this.name, (one) => this.boxOf(one) === this.boxOf(node))})`;
  }

  #numberLines(sent) {
    const { node, index, to, upstream, value, was, now } = sent, title = this.name(sent.last), result = this.#resultOf(sent), operand = this.name(to), root = this.name(this.root), { number, inBrackets, derivative } = equations, slope = equations.local(node, index);
    const steps = [derivative(node, index, this.name), derivative(node, index, (one) => number(one.data[0])), number(slope)];
    return [
      `${title} sends ${number(value[0])} to ${operand}`,
      `∂${result}/∂${operand} = ${steps.filter((text, i) => text !== "" && text !== steps[i - 1]).join(" = ")}`,
      `∂${root}/∂${result} · ∂${result}/∂${operand} = ${number(upstream[0])} · ${inBrackets(number(slope))} = ${number(value[0])}`,
      `grad of ${operand}: ${was === null ? "0" : number(was[0])} + ${inBrackets(number(value[0]))} = ${number(now[0])}`,
    ];
  }

  #arrayLines(sent) {
    const { node, index, to, upstream, value, was, now } = sent, title = this.name(sent.last), result = this.#resultOf(sent), operand = this.name(to), { inWords, inShape } = numbers, rule = equations.derivative(node, index, this.name), byElement = rule !== "" && !/\bg\b/.test(rule);
    const product = { 1: "g", "−1": "−g" }[rule] ?? `g·${equations.inBrackets(rule)}`, summed = byElement && to.size < node.size ? `, summed to the shape ${inShape(to.shape)}` : "";
    return [
      `${title} sends to ${operand}`,
      `by the rule ${rule === "" ? `of ${node.op}, from g` : byElement ? `${product}${/^−?g$/.test(product) ? "" : ", for each number"}${summed}` : rule}, where g = ∂${this.name(this.root)}/∂${result}`,
      `g: ${inWords(upstream, node.shape)}`, `sent: ${inWords(value, to.shape)}`,
      was === null ? `grad of ${operand}: 0 + sent` : `grad of ${operand}: was ${inWords(was, to.shape)}; + sent, now ${inWords(now, to.shape)}`,
    ];
  }

  // ---- what is seen

  latest(key, what, step) {
    return this.changes[what].get(key)?.findLast((change) => change.step <= step) ?? null;
  }

  state(step) {
    const event = this.events[step - 1], boxes = new Map(), done = new Set(), arrows = new Map(), doneArrows = new Set();
    for (const key of this.boxes.keys()) {
      const value = this.latest(key, "value", step), gradient = this.latest(key, "gradient", step), large = value !== null && value.data.length > 1;
      boxes.set(key, {
        value: value ? numbers.inShort(value.data, value.shape) : "", gradient: gradient ? numbers.inShort(gradient.data, gradient.shape) : "",
        valueBins: large ? numbers.bins(value.data) : null, gradientBins: gradient && large ? numbers.bins(gradient.data) : null,
      });
      if (value) done.add(key);
    }
    for (const [key, flow] of this.flows) if (flow.step <= step) {
      const label = event?.label?.arrow === key ? event.label.lines : undefined;
      arrows.set(key, label ? { ...flow, label } : flow);
      doneArrows.add(key);
    }
    // An arrow may be lit by an edge that it only stands for, before its own has happened.
    if (event?.label && event.label.arrow !== null && !arrows.has(event.label.arrow)) arrows.set(event.label.arrow, { state: "plain", balance: 0, width: 1, label: event.label.lines });
    return { boxes, arrows, now: new Set(event?.now ?? []), lit: new Set(event?.lit ?? []), reached: new Set(event?.reached ?? []), done, doneArrows };
  }

  // The looks of all arrows of the pass, for a legend.
  get looks() {
    return new Set([...this.flows.values()].map(GraphView.look).concat("plain"));
  }
}

// Numbers of a node in words, and as bars.
const numbers = (() => {
  const BINS = 24, known = new WeakMap();
  const inShape = (shape) => (shape.length ? shape.join("×") : "one");

  // As in a box: the number, or the shape and the norm.
  function inShort(data, shape) {
    if (data.length === 1) return equations.number(data[0], 3);
    return data.length === 0 ? `${inShape(shape)}, empty` : `${inShape(shape)}, ${data.every(Number.isFinite) ? `norm ${equations.number(Math.hypot(...data), 3)}` : "not finite"}`;
  }

  // {least, mean, most} of those that are finite, and how many are not.
  function summary(data) {
    const finite = data.filter(Number.isFinite);
    return { least: Math.min(...finite), mean: finite.reduce((sum, v) => sum + v, 0) / finite.length, most: Math.max(...finite), broken: data.length - finite.length };
  }

  function inWords(data, shape) {
    if (data.length === 1) return equations.number(data[0]);
    const { least, mean, most, broken } = summary(data), tell = (v) => equations.number(v, 3);
    if (broken === data.length) return `${inShape(shape)}, nothing is finite`;
    return `${inShape(shape)}, min ${tell(least)}, mean ${tell(mean)}, max ${tell(most)}${broken ? `, ${broken} not finite` : ""}`;
  }

  function bins(data) {
    if (known.has(data)) return known.get(data);
    const finite = data.filter(Number.isFinite), { least, most } = summary(finite), found = Array(BINS).fill(0), wide = most - least;
    for (const v of finite) found[wide > 0 ? Math.min(BINS - 1, Math.floor(((v - least) / wide) * BINS)) : BINS / 2] += 1;
    known.set(data, finite.length ? found : []);
    return known.get(data);
  }

  return { inShort, inWords, inShape, summary, bins };
})();
