// The tape and the reverse pass, name by name as autograd/engine has them. No derivative stands here: the rows, with
// their rules, and the optimizers are printed from the Python table behind this text.
"use strict";

const engine = (() => {
  const NO_PARENTS = Object.freeze([]), NO_PARAMS = Object.freeze({});
  let created = 0, recording = true;

  class Tensor {
    constructor(data, shape, op = null, parents = NO_PARENTS, params = NO_PARAMS, needsGrad = false) {
      this.data = data;
      this.shape = shape;
      this.op = op;
      this.parents = parents;
      this.params = params;
      this.needsGrad = needsGrad;
      this.order = ++created;
      this.grad = null;
      this.name = null;
    }

    get size() { return this.data.length; }

    get ndim() { return this.shape.length; }

    item() {
      if (this.size !== 1) throw new Error(`item: a tensor of shape (${this.shape}) is not one number`);
      return this.data[0];
    }
  }

  // ---- memory

  // Small arrays share blocks: the browser takes long to find memory for each, and to give it back.
  const BLOCK = 4096;
  let block = null, used = BLOCK;
  function zeros(n) {
    if (n > BLOCK / 8) return new Float64Array(n);
    if (used + n > BLOCK) [block, used] = [new ArrayBuffer(8 * BLOCK), 0];
    used += n;
    return new Float64Array(block, 8 * (used - n), n);
  }

  // ---- shapes

  const count = (shape) => shape.reduce((product, n) => product * n, 1);
  const same = (a, b) => a.length === b.length && a.every((n, i) => n === b[i]);

  function broadcast(a, b, what) {
    if (same(a, b)) return a;
    const shape = [], ndim = Math.max(a.length, b.length);
    for (let i = 1; i <= ndim; i++) {
      const m = i > a.length ? 1 : a[a.length - i], n = i > b.length ? 1 : b[b.length - i];
      if (m !== n && m !== 1 && n !== 1) throw new Error(`${what}: shapes (${a}) and (${b}) do not broadcast`);
      shape.unshift(m === 1 ? n : m);
    }
    return shape;
  }

  // For each element of `whole`, where the element of `shape` lies that is broadcast to it.
  const known = new Map(), MOST = 1e6;
  let held = 0;
  function places(shape, whole) {
    const key = `${shape}>${whole}`;
    let found = known.get(key);
    if (found !== undefined) return found;
    found = new Int32Array(count(whole));
    // Pages whose data grows and shrinks meet ever new shapes.
    if ((held += found.length) > MOST) {
      known.clear();
      held = found.length;
    }
    const lead = whole.length - shape.length;
    for (let k = 0; k < found.length; k++) {
      let rest = k, step = 1, place = 0;
      for (let axis = whole.length - 1; axis >= lead; axis--) {
        const n = shape[axis - lead];
        if (n !== 1) place += (rest % whole[axis]) * step;
        step *= n;
        rest = Math.floor(rest / whole[axis]);
      }
      found[k] = place;
    }
    known.set(key, found);
    return found;
  }

  function spread(data, shape, whole) {
    if (same(shape, whole)) return data;
    const found = zeros(count(whole));
    if (data.length === 1) return found.fill(data[0]);
    const from = places(shape, whole);
    for (let k = 0; k < found.length; k++) found[k] = data[from[k]];
    return found;
  }

  // ---- nodes

  function makeData(data, shape) {
    const one = typeof data === "number" || typeof data === "boolean", numbers = one ? Float64Array.of(data) : Float64Array.from(data);
    const lengths = shape ?? (one ? [] : [numbers.length]);
    if (numbers.length !== count(lengths)) throw new Error(`${numbers.length} numbers do not fill the shape (${lengths})`);
    return [numbers, [...lengths]];
  }

  const leaf = (data, shape) => new Tensor(...makeData(data, shape), null, NO_PARENTS, NO_PARAMS, true);
  const constant = (data, shape) => new Tensor(...makeData(data, shape));
  const asTensor = (x) => (x instanceof Tensor ? x : constant(x));

  function record(row, parents, params, data, shape) {
    const needsGrad = recording && row.differentiable && parents.some((p) => p.needsGrad);
    return needsGrad ? new Tensor(data, shape, row.name, parents, params, true) : new Tensor(data, shape);
  }

  function noGrad(run) {
    const before = recording;
    recording = false;
    try {
      return run();
    } finally {
      recording = before;
    }
  }

  // ---- rows: `rows` holds the table, `row` those over arrays with all options, `ops` what a page calls

  const rows = {}, row = {}, ops = {};

  // A row whose forward and rules are loops over the elements: `loop(to, ...xs, ...options)`, `rules[i](to, g, out, ...xs, ...options)`.
  function enter(name, derivatives, defaults, loop, rules) {
    const names = Object.keys(defaults), differentiable = rules.some((rule) => rule !== null);
    const contributions = (g, node, wanted) => {
      const xs = node.parents.map((p) => spread(p.data, p.shape, node.shape)), options = names.map((n) => node.params[n]);
      return rules.map((rule, i) => {
        if (rule === null || !wanted[i]) return null;
        const to = zeros(node.size);
        rule(to, g, node.data, ...xs, ...options);
        return { data: to, shape: node.shape };
      });
    };
    const row = (rows[name] = { name, derivatives, defaults, rules, differentiable, contributions });
    ops[name] = (...given) => {
      const params = readOptions(name, given, rules.length, defaults), xs = given.map(asTensor);
      let { shape } = xs[0];
      for (let i = 1; i < xs.length; i++) shape = broadcast(shape, xs[i].shape, name);
      const to = zeros(count(shape));
      loop(to, ...xs.map((x) => spread(x.data, x.shape, shape)), ...names.map((n) => params[n]));
      return record(row, xs, params, to, shape);
    };
  }

  // Takes the options from behind the operands.
  function readOptions(name, given, arity, defaults) {
    const options = given.length > arity ? given.pop() : undefined;
    if (given.length !== arity || given.includes(undefined)) throw new Error(`${name} takes ${arity} operands, got ${given.length}`);
    if (options === undefined) return defaults;
    for (const key of Object.keys(options)) if (!(key in defaults)) throw new Error(`${name} has no option ${key}`);
    return { ...defaults, ...options };
  }

  // The forward of a row over whole arrays: `forward(...xs, params)` gives the numbers and the shape.
  function enterArrays(name, forward) {
    const table = (rows[name] = { name, differentiable: true });
    row[name] = (...given) => {
      const params = given.at(-1).constructor === Object ? given.pop() : NO_PARAMS, xs = given.map(asTensor);
      return record(table, xs, params, ...forward(...xs, params));
    };
  }

  // The rules of such a row: a function for each operand, or a joint one for all of them; and some in words.
  function enterRules(name, derivatives, rules) {
    rows[name].derivatives = derivatives;
    const told = ({ data, shape }) => new Tensor(data, shape);
    rows[name].contributions = (g, node, wanted) => noGrad(() => {
      const arrived = new Tensor(g, node.shape), out = told(node), xs = node.parents.map(told);
      if (typeof rules === "function") return rules(arrived, out, xs, node.params);
      return rules.map((rule, i) => (wanted[i] && rule !== null ? rule(arrived, out, ...xs, node.params) : null));
    });
  }

  // ---- the reverse pass

  // The nodes that need a gradient, each after all its consumers; ties in order of arrival, parents left to right.
  function walk(root) {
    const waiting = new Map([[root, 0]]), found = [root];
    for (const node of found) {
      for (const parent of node.parents) {
        if (waiting.has(parent)) waiting.set(parent, waiting.get(parent) + 1);
        else if (parent.needsGrad) {
          waiting.set(parent, 1);
          found.push(parent);
        }
      }
    }
    const order = [root];
    for (const node of order) {
      for (const parent of node.parents) {
        const left = waiting.get(parent);
        if (left === 1) order.push(parent);
        else if (left !== undefined) waiting.set(parent, left - 1);
      }
    }
    return order;
  }

  // A contribution in the shape of its operand: summed where the operand was broadcast, repeated where short.
  function fit(sent, parent) {
    if (same(sent.shape, parent.shape)) return sent.data;
    const whole = broadcast(sent.shape, parent.shape, "backward"), data = spread(sent.data, sent.shape, whole);
    if (same(whole, parent.shape)) return data;
    const total = zeros(parent.size), to = places(parent.shape, whole);
    for (let k = 0; k < data.length; k++) total[to[k]] += data[k];
    return total;
  }

  const plus = (a, b) => {
    const sum = zeros(a.length);
    for (let i = 0; i < sum.length; i++) sum[i] = a[i] + b[i];
    return sum;
  };

  function propagate(root, gradient, visit, step) {
    const sums = new Map([[root, gradient]]);
    for (const node of walk(root)) {
      const g = sums.get(node);
      if (g === undefined) continue;
      sums.delete(node);
      visit(node, g);
      const sends = [];
      if (node.op !== null) {
        const wanted = node.parents.map((p) => p.needsGrad);
        rows[node.op].contributions(g, node, wanted).forEach((sent, i) => {
          if (sent === null || !wanted[i]) return;
          const to = node.parents[i], value = fit(sent, to);
          sums.set(to, sums.has(to) ? plus(sums.get(to), value) : value);
          if (step !== undefined) sends.push({ to, index: i, value });
        });
      }
      if (step !== undefined) step({ node, gradient: g, sends });
    }
  }

  function makeSeed(root, seed) {
    if (!(root instanceof Tensor) || !root.needsGrad) throw new Error("backward: nothing here requires a gradient");
    if (seed === undefined && root.size !== 1) throw new Error(`backward: a result of shape (${root.shape}) needs the gradient that arrives at it`);
    const gradient = seed === undefined ? Float64Array.of(1) : Float64Array.from(typeof seed === "number" ? [seed] : seed.data ?? seed);
    if (gradient.length !== root.size) throw new Error(`backward: ${gradient.length} numbers do not fit the shape (${root.shape})`);
    return gradient;
  }

  // Adds to `.grad` of the leaves.
  function backward(root, seed) {
    propagate(root, makeSeed(root, seed), (node, g) => {
      if (node.op === null) node.grad = node.grad === null ? Float64Array.from(g) : plus(node.grad, g);
    });
  }

  // The same pass as its steps, every `.grad` left as it is.
  function steps(root, seed) {
    const found = [];
    propagate(root, makeSeed(root, seed), () => {}, (step) => found.push(step));
    return found;
  }

  return { Tensor, leaf, constant, ops, row, rows, walk, backward, steps, noGrad, optim: {}, inside: { enter, enterArrays, enterRules, asTensor, Tensor, count, places, spread, zeros } };
})();
if (typeof module !== "undefined") module.exports = engine;
