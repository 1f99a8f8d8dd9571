// ---- the network, its training, and the moments of an epoch: everything that needs no screen

// Each neuron: what it sums up, and what its δ is computed from. w₅ and w₆ lead from the hidden neurons to the output.
const UNITS = {
  h1: { net: "n1", out: "h1", from: ["x1", "x2"], weights: ["w1", "w2"], bias: "b1", delta: "δ1", slope: "δ3*w5*h1*(1 - h1)", name: "first hidden neuron" },
  h2: { net: "n2", out: "h2", from: ["x1", "x2"], weights: ["w3", "w4"], bias: "b2", delta: "δ2", slope: "δ3*w6*h2*(1 - h2)", name: "second hidden neuron" },
  o: { net: "n3", out: "o", from: ["h1", "h2"], weights: ["w5", "w6"], bias: "b3", delta: "δ3", slope: "(o - t)*o*(1 - o)", name: "output" },
};
const WEIGHTS = Object.values(UNITS).flatMap((unit) => [...unit.weights, unit.bias]);
const PATTERNS = [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]];
const FORWARD = ["h1", "h2", "o", "loss"], BACKWARD = ["δ3", "δ1", "δ2"], UPDATES = ["update o", "update h1", "update h2"];
const gradientOf = (name) => `g${name}`, sumOf = (name) => `G${name}`, speedOf = (name) => `v${name}`;

// The patterns of an epoch in turn; it may begin with any of them.
const orderOf = ({ first = 0 }) => PATTERNS.map((_, k) => (first + k) % PATTERNS.length);

// The moments of an epoch, each with its pattern; those of a batch's update have none.
function listMoments(options) {
  const { mode } = options, each = mode === "online" ? [...FORWARD, ...BACKWARD, ...UPDATES] : [...FORWARD, ...BACKWARD, "sum"];
  const found = orderOf(options).flatMap((pattern) => each.map((what) => ({ what, pattern })));
  return mode === "online" ? found : [...found, ...UPDATES.map((what) => ({ what, pattern: null }))];
}

// One pattern through the network and back; all numbers by their names. The engine computes them.
function passPattern(weights, [x1, x2, t]) {
  const leaves = Object.fromEntries(WEIGHTS.map((name) => [name, engine.leaf([weights[name]], [])])), nodes = { x1, x2 };
  const { add, mul, sub, sigmoid } = engine.ops;
  for (const unit of Object.values(UNITS)) {
    const [first, second] = unit.weights.map((name, k) => mul(leaves[name], nodes[unit.from[k]]));
    nodes[unit.net] = add(add(first, second), leaves[unit.bias]);
    nodes[unit.out] = sigmoid(nodes[unit.net]);
  }
  const wrong = sub(nodes.o, t), loss = mul(0.5, mul(wrong, wrong));
  const known = { x1, x2, t, L: loss.data[0], ...weights };
  for (const { net, out } of Object.values(UNITS)) [known[net], known[out]] = [nodes[net].data[0], nodes[out].data[0]];
  const passed = new Map(engine.steps(loss).map((step) => [step.node, step.gradient[0]]));
  for (const unit of Object.values(UNITS)) known[unit.delta] = passed.get(nodes[unit.net]) ?? 0;
  for (const name of WEIGHTS) known[gradientOf(name)] = passed.get(leaves[name]) ?? 0;
  return known;
}

// One update of all weights, by the optimizer: w and v after it.
function updateWeights({ weights, speeds }, gradients, { rate, momentum }) {
  const leaves = WEIGHTS.map((name) => engine.leaf([weights[name]], []));
  const optimizer = new engine.optim.SGD(leaves, { lr: rate, momentum, momentum_form: "inside" });
  if (momentum) {
    optimizer.steps.fill(1);
    optimizer.state.forEach((state, k) => { state.momentum_buffer[0] = speeds[WEIGHTS[k]]; });
  }
  leaves.forEach((leaf, k) => { leaf.grad = Float64Array.of(gradients[WEIGHTS[k]]); });
  optimizer.step();
  const speed = (k) => (momentum ? optimizer.state[k].momentum_buffer[0] : rate * gradients[WEIGHTS[k]]);
  return { weights: Object.fromEntries(WEIGHTS.map((name, k) => [name, leaves[k].data[0]])), speeds: Object.fromEntries(WEIGHTS.map((name, k) => [name, speed(k)])) };
}

const addUp = (sums, known) => Object.fromEntries(WEIGHTS.map((name) => [name, sums[name] + known[gradientOf(name)]]));
const nothing = () => Object.fromEntries(WEIGHTS.map((name) => [name, 0]));

function trainEpoch(state, options) {
  let now = { weights: state.weights, speeds: state.speeds }, sums = nothing();
  for (const pattern of orderOf(options)) {
    sums = addUp(options.mode === "online" ? nothing() : sums, passPattern(now.weights, PATTERNS[pattern]));
    if (options.mode === "online") now = updateWeights(now, sums, options);
  }
  return options.mode === "online" ? now : updateWeights(now, sums, options);
}

const answer = (weights, pattern) => engine.noGrad(() => forwardOnly(weights, pattern));

function forwardOnly(weights, [x1, x2]) {
  const known = { x1, x2 };
  for (const unit of Object.values(UNITS)) {
    const net = weights[unit.weights[0]] * known[unit.from[0]] + weights[unit.weights[1]] * known[unit.from[1]] + weights[unit.bias];
    known[unit.out] = engine.ops.sigmoid(net).data[0];
  }
  return known.o;
}

const meanError = (weights) => PATTERNS.reduce((sum, pattern) => sum + (answer(weights, pattern) - pattern[2]) ** 2, 0) / PATTERNS.length;

// What is known after `count` moments of an epoch that begins with `state`: the numbers of the pattern, what the weights are
// now, which moment was the last, and how its lines read.
function lookAt(state, options, count) {
  const moments = listMoments(options), moment = count ? moments[count - 1] : null;
  let now = { weights: state.weights, speeds: state.speeds }, sums = nothing(), before = now, known = null, pattern = null, next = null;
  for (const [k, { what, pattern: current }] of moments.slice(0, count).entries()) {
    if (what === "h1") {
      if (options.mode === "online") sums = nothing();
      if (next) now = next;
      next = null;
      pattern = current;
      before = now;
      known = passPattern(now.weights, PATTERNS[pattern]);
    }
    if (what === "sum") known = { ...known, ...prefixed(sumOf, sums) };
    if (what === "sum") sums = addUp(sums, known);
    if (what === "update o") {
      before = now;
      if (options.mode === "online") sums = addUp(nothing(), known);
      next = updateWeights(now, sums, options);
    }
  }
  // Of an update in course, neurons have their new weights one after the other.
  const updated = moment?.what.startsWith("update") ? UPDATES.slice(0, UPDATES.indexOf(moment.what) + 1).flatMap((what) => namesOf(UNITS[what.slice(7)])) : [];
  const weights = Object.fromEntries(WEIGHTS.map((name) => [name, updated.includes(name) ? next.weights[name] : before.weights[name]]));
  const order = moment ? [...FORWARD, ...BACKWARD].indexOf(moment.what) : -1;
  const has = (what) => moment !== null && (order === -1 || order >= [...FORWARD, ...BACKWARD].indexOf(what));
  return { moment, known, weights, before, next, updated, sums, has, pattern: moment?.pattern ?? null, lines: moment ? tellMoment(moment, { known, before, sums, options }) : [] };
}

const prefixed = (of, values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [of(name), value]));
const namesOf = (unit) => [...unit.weights, unit.bias];

// The lines of a moment: what each computes, and from which numbers.
function tellMoment({ what }, { known, before, sums, options }) {
  const values = { ...known, η: options.rate, α: options.momentum, ...prefixed(speedOf, before.speeds) }, lines = [];
  const tell = (name, text, shown = name, kind = "value") => {
    const read = expression.read(text), value = expression.evaluate(read, values, expression.numbers);
    lines.push({ name: expression.letter(shown), text: readable(expression.show(read[0].value)), numbers: expression.show(read[0].value, (part) => values[part] ?? null), value, kind, target: name });
    values[name] = value;
  };
  const into = (name) => { const unit = Object.values(UNITS).find((found) => namesOf(found).includes(name)); return [unit, unit.from[unit.weights.indexOf(name)]]; };
  const slope = (name) => { const [unit, input] = into(name); return input ? `${unit.delta}*${input}` : unit.delta; };
  if (what in UNITS) {
    const { net, out, from, weights, bias } = UNITS[what];
    tell(net, `${weights[0]}*${from[0]} + ${weights[1]}*${from[1]} + ${bias}`);
    tell(out, `1/(1 + exp(-${net}))`);
  } else if (what === "loss") {
    tell("L", "0.5*(o - t)**2");
  } else if (BACKWARD.includes(what)) {
    tell(what, Object.values(UNITS).find((unit) => unit.delta === what).slope, what, "gradient");
  } else if (what === "sum") {
    for (const name of WEIGHTS) tell(sumOf(name), `${sumOf(name)} + ${slope(name)}`, `Σ ∂L/∂${name}`, "gradient");
  } else {
    for (const name of namesOf(UNITS[what.slice(7)])) {
      if (options.mode === "online") tell(gradientOf(name), slope(name), `∂L/∂${name}`, "gradient");
      else values[gradientOf(name)] = sums[name];
      if (options.momentum) tell(speedOf(name), `α*${speedOf(name)} + η*${gradientOf(name)}`, `v(${name})`);
      values[name] = before.weights[name];
      tell(name, options.momentum ? `${name} - ${speedOf(name)}` : `${name} - η*${gradientOf(name)}`);
    }
  }
  return lines;
}

// Names that are made for the reader of expressions, as people write them.
const readable = (text) => text.replace(/G([wb][₀-₉])/g, "Σ ∂L/∂$1").replace(/g([wb][₀-₉])/g, "∂L/∂$1").replace(/v([wb])([₀-₉])/g, "v($1$2)");
