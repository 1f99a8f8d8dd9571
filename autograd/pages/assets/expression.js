// ---- expressions as text: read by a list of what is allowed, as autograd/expressions.py reads them, and never run as a script

const expression = (() => {
  const MAX_LENGTH = 10000, MAX_DEPTH = 200, MAX_ARGUMENTS = 1000;
  const TOKEN = /\s*(?:((?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)|([\p{ID_Start}_][\p{ID_Continue}]*)|(\*\*|<=|>=|==|!=|[-+*/(),;=<>\n]))/uy;
  const UNARY = ["exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "square", "reciprocal", "sin", "cos", "tan", "asin", "acos", "atan",
    "sinh", "cosh", "tanh", "sigmoid", "softplus", "relu", "leaky_relu", "elu", "gelu", "silu", "erf", "erfc", "abs", "sign", "floor", "ceil"];
  const ARITY = new Map([
    ...UNARY.map((name) => [name, [1, 1]]),
    ...["atan2", "maximum", "minimum", "hypot", "logaddexp", "power", "pow"].map((name) => [name, [2, 2]]),
    ...["max", "min", "sum", "logsumexp"].map((name) => [name, [2, MAX_ARGUMENTS]]), ["clip", [3, 3]], ["where", [3, 3]],
  ]);
  const OPERATIONS = { "+": "add", "-": "sub", "*": "mul", "/": "div", "**": "power",
    ">": "greater", ">=": "greater_equal", "<": "less", "<=": "less_equal", "==": "equal", "!=": "not_equal" };
  const COMPARISONS = [">", ">=", "<", "<=", "==", "!="];
  const IN_PAIRS = { max: "maximum", min: "minimum", sum: "add", logsumexp: "logaddexp" };

  class ParseError extends Error {}

  const quote = (text) => `'${text.length > 60 ? `${text.slice(0, 59)}…` : text}'`;

  function split(text) {
    const tokens = [];
    TOKEN.lastIndex = 0;
    for (let at = 0; ;) {
      TOKEN.lastIndex = at;
      const found = TOKEN.exec(text);
      if (!found) {
        const rest = text.slice(at);
        if (rest.trim()) throw new ParseError(`${quote(rest.trim()[0])} is not part of an expression, at column ${at + rest.length - rest.trimStart().length + 1}`);
        return tokens;
      }
      const [whole, number, name, sign] = found, column = at + whole.length - (number ?? name ?? sign).length + 1;
      tokens.push({ number: number === undefined ? null : Number(number.replaceAll("_", "")), name, sign: sign === "\n" ? ";" : sign, column, text: number ?? name ?? sign });
      at = TOKEN.lastIndex;
    }
  }

  // A sum of many terms is one chain, so that it is walked and not recursed into. `further` are functions beside the usual,
  // by name: how many arguments they take.
  function read(text, further = new Map()) {
    if (text.length > MAX_LENGTH) throw new ParseError(`the expression has ${text.length} characters; at most ${MAX_LENGTH} are read`);
    const tokens = split(text.trim());
    let at = 0, depth = 0;
    const end = { sign: "", column: text.length + 1, text: "the end", number: null };
    const next = () => tokens[at] ?? end;
    const fail = (what, token = next()) => { throw new ParseError(`${what}, at column ${token.column}`); };
    const take = (sign) => (next().sign === sign ? tokens[at++] : null);
    const expect = (sign) => take(sign) ?? fail(`${quote(sign)} was expected and not ${quote(next().text)}`);
    const deeper = (reader) => {
      if (++depth > MAX_DEPTH) fail(`nested more than ${MAX_DEPTH} deep`);
      const found = reader();
      depth -= 1;
      return found;
    };

    const number = (node, token) => (node.kind === "comparison" ? fail("a comparison is not a number; use it in where(condition, x, y)", token) : node);
    function chain(signs, operand) {
      const first = operand(), rest = [];
      while (signs.includes(next().sign)) {
        const token = tokens[at++];
        rest.push({ sign: token.sign, operand: number(operand(), token) });
        number(first, token);
      }
      return rest.length ? { kind: "chain", first, rest } : first;
    }
    const sum = () => chain(["+", "-"], product);
    const product = () => chain(["*", "/"], signed);
    function signed() {
      const token = take("-") ?? take("+");
      if (!token) return power();
      const operand = number(deeper(signed), token);
      return token.sign === "-" ? { kind: "negative", operand } : operand;
    }
    function power() {
      const base = atom(), token = take("**");
      return token ? { kind: "chain", first: number(base, token), rest: [{ sign: "**", operand: number(deeper(signed), token) }] } : base;
    }
    function atom() {
      const token = next();
      if (token.number !== null) return at++, { kind: "number", value: token.number };
      if (take("(")) {
        const inner = deeper(condition);
        expect(")");
        return inner;
      }
      if (!token.name) fail(token === end ? "the expression ends too early" : `${quote(token.text)} is not expected here`);
      at++;
      if (!take("(")) return { kind: "name", name: token.name, column: token.column };
      const parts = [];
      if (!take(")")) {
        do parts.push(deeper(condition)); while (take(","));
        expect(")");
      }
      return call(token, parts);
    }
    function call(token, parts) {
      const arity = ARITY.get(token.name) ?? further.get(token.name);
      if (!arity) fail(`there is no function ${quote(token.name)}`, token);
      if (parts.length < arity[0] || parts.length > arity[1]) fail(`${token.name} takes ${arity[0]}${arity[1] > arity[0] ? " or more" : ""} arguments, got ${parts.length}`, token);
      parts.forEach((part, k) => token.name === "where" && k === 0 || number(part, token));
      return { kind: "call", name: token.name, parts };
    }
    function condition() {
      const left = sum(), token = next();
      if (!COMPARISONS.includes(token.sign)) return left;
      at++;
      return { kind: "comparison", sign: token.sign, left: number(left, token), right: number(sum(), token) };
    }

    const statements = [];
    while (at < tokens.length) {
      if (take(";")) continue;
      const token = next();
      const name = token.name && tokens[at + 1]?.sign === "=" ? token.name : null;
      if (name) at += 2;
      statements.push({ name, value: condition(), token });
      if (at < tokens.length) expect(";");
    }
    if (!statements.length) throw new ParseError("the expression is empty");
    if (statements.at(-1).value.kind === "comparison") throw new ParseError("the expression is a comparison; use it in where(condition, x, y)");
    return statements;
  }

  // Which of some names an expression uses; any other one is refused.
  function names(statements, known) {
    const used = new Set(), parts = new Set();
    const look = (node) => {
      if (node.kind === "name" && !parts.has(node.name)) {
        if (known.includes(node.name)) used.add(node.name);
        else if (!(node.name in CONSTANTS)) throw new ParseError(ARITY.has(node.name) ? `${quote(node.name)} is a function: ${node.name}(…)` : `there is no ${quote(node.name)}; there are ${known.join(" and ")}, at column ${node.column}`);
      }
      for (const inner of inside(node)) look(inner);
    };
    for (const { name, value, token } of statements) {
      look(value);
      if (name && (known.includes(name) || parts.has(name))) throw new ParseError(`${quote(name)} has a value already, at column ${token.column}`);
      if (name) parts.add(name);
    }
    return known.filter((name) => used.has(name));
  }

  // The names that have no value: those of inputs, in the order in which they are met.
  function free(statements) {
    const found = new Set(), parts = new Set();
    const look = (node) => {
      if (node.kind === "name" && !parts.has(node.name) && !(node.name in CONSTANTS)) found.add(node.name);
      inside(node).forEach(look);
    };
    for (const { name, value } of statements) {
      look(value);
      if (name) parts.add(name);
    }
    return [...found];
  }

  const inside = (node) => ({ number: () => [], name: () => [], negative: () => [node.operand], call: () => node.parts,
    comparison: () => [node.left, node.right], chain: () => [node.first, ...node.rest.map((part) => part.operand)] })[node.kind]();
  const CONSTANTS = { __proto__: null, pi: Math.PI, e: Math.E };

  // What it gives for values of its names; `ops` computes: the engine's, or those of numbers below.
  function evaluate(statements, values, ops) {
    const known = new Map(Object.entries(values));
    const of = (node) => {
      if (node.kind === "number") return node.value;
      if (node.kind === "name") return known.has(node.name) ? known.get(node.name) : CONSTANTS[node.name];
      if (node.kind === "negative") return ops.neg(of(node.operand));
      if (node.kind === "comparison") return ops[OPERATIONS[node.sign]](of(node.left), of(node.right));
      if (node.kind === "chain") return node.rest.reduce((left, { sign, operand }) => ops[OPERATIONS[sign]](left, of(operand)), of(node.first));
      const parts = node.parts.map(of);
      if (node.name in IN_PAIRS) return parts.reduce((left, right) => ops[IN_PAIRS[node.name]](left, right));
      if (node.name === "clip" && !ops.clip) return ops.minimum(ops.maximum(parts[0], parts[1]), parts[2]);
      return ops[node.name === "pow" ? "power" : node.name](...parts);
    };
    let result;
    for (const { name, value } of statements) {
      result = of(value);
      if (name) known.set(name, result);
    }
    return result;
  }

  const numbers = {
    add: (a, b) => a + b, sub: (a, b) => a - b, mul: (a, b) => a * b, div: (a, b) => a / b, power: (a, b) => a ** b, neg: (a) => -a,
    greater: (a, b) => a > b, greater_equal: (a, b) => a >= b, less: (a, b) => a < b, less_equal: (a, b) => a <= b, equal: (a, b) => a === b, not_equal: (a, b) => a !== b,
    where: (condition, a, b) => (condition ? a : b), maximum: Math.max, minimum: Math.min, exp: Math.exp, sqrt: Math.sqrt, abs: Math.abs, sign: Math.sign, sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  };

  // ---- as people write it; with numbers in the place of names where `number` gives one

  const SMALL = "₀₁₂₃₄₅₆₇₈₉", HIGH = { ..."⁰¹²³⁴⁵⁶⁷⁸⁹", "-": "⁻", "−": "⁻", t: "ᵗ" };
  const raised = (text) => ([...text].every((letter) => letter in HIGH) ? [...text].map((letter) => HIGH[letter]).join("") : null);
  const STRENGTH = { "+": 2, "-": 2, "*": 3, "/": 3, "**": 5 };
  const SIGN = { "+": " + ", "-": " − ", "*": "·", "/": " / ", ">": " > ", ">=": " ≥ ", "<": " < ", "<=": " ≤ ", "==": " = ", "!=": " ≠ " };
  const SHORT = { minimum: "min", maximum: "max" };
  const letter = (name) => name.replace(/\d/g, (digit) => SMALL[digit]);

  function show(node, number = () => null) {
    const bracket = (text, strength, least) => (strength < least ? `(${text})` : text);
    // The text, and how strongly it holds together.
    const of = (node) => {
      if (node.kind === "number") return [format(node.value), 9];
      if (node.kind === "name") {
        const value = number(node.name);
        return value === null ? [letter(node.name), 9] : [format(value), value < 0 ? 1 : /[e∞]/.test(format(value)) ? 4 : 9];
      }
      if (node.kind === "negative") return [`−${bracket(...of(node.operand), 3)}`, 1];
      if (node.kind === "comparison") return [of(node.left)[0] + SIGN[node.sign] + of(node.right)[0], 0];
      if (node.kind === "call") {
        const parts = node.parts.map((part) => of(part));
        if (node.name === "sqrt") return [`√${bracket(...parts[0], 9)}`, 6];
        if (node.name === "abs") return [`|${parts[0][0]}|`, 9];
        if (node.name === "where") return [`(${parts[1][0]} where ${parts[0][0]}, else ${parts[2][0]})`, 9];
        return [`${SHORT[node.name] ?? node.name}(${parts.map(([text]) => text).join(", ")})`, 9];
      }
      let [text, strength] = of(node.first);
      for (const [k, { sign, operand }] of node.rest.entries()) {
        const own = STRENGTH[sign], [right, holds] = of(operand);
        if (sign === "**") {
          const high = raised(right);
          text = bracket(text, strength, 9) + (high ?? `^${bracket(right, holds, 9)}`);
        } else {
          // What is first may begin with its sign.
          const left = k === 0 && strength === 1 ? text : bracket(text, strength, own);
          text = left + SIGN[sign] + bracket(right, holds, own === 2 && sign === "+" ? 2 : own + 1);
        }
        strength = own;
      }
      return [text, text[0] === "−" ? 1 : strength];
    };
    return of(node)[0];
  }

  return { read, names, free, evaluate, show, numbers, letter, ParseError };
})();

function format(x, digits = 5) {
  if (Number.isNaN(x)) return "NaN";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  return String(Number((x === 0 ? 0 : x).toPrecision(digits))).replace("-", "−").replace("e+", "e").replace(/e-/, "e−");
}
