// Operations and their derivatives as people write them. The derivatives are the texts that came with the printed rules
// (`engine.rows[op].derivatives`); here names or numbers are put in their places.
"use strict";

const equations = (() => {
  const INFIX = { add: [" + ", 2], sub: [" − ", 2], mul: ["·", 3], div: [" / ", 3], power: ["^", 5], matmul: [" @ ", 3] };
  const LETTERS = ["x", "y", "z"], ATOM = 9, NEGATIVE = 1;

  // A number in so few figures as are read; NaN and infinities too.
  const number = (value, figures = 4) => (Number.isNaN(value) ? "NaN" : told(value === 0 ? 0 : value, figures));

  const bracket = ([text, strength], least) => (strength < least ? `(${text})` : text);
  const strengthOf = (text) => (text.startsWith("−") ? NEGATIVE : /\s|·|^[\d.]+e/.test(text) ? 2 : ATOM);

  // What `node` computes; operands for which `isInside` holds are written out, of the others there is `text(operand)`.
  function operation(node, text, isInside = () => false) {
    const of = (one) => {
      if (one !== node && !isInside(one)) return [text(one), strengthOf(text(one))];
      const parts = one.parents.map(of);
      if (one.op in INFIX && parts.length === 2) {
        const [sign, own] = INFIX[one.op], least = own === 5 ? ATOM : parts[0][1] === NEGATIVE ? NEGATIVE : own;
        return [bracket(parts[0], least) + sign + bracket(parts[1], one.op === "add" && parts[1][1] !== NEGATIVE ? own : own + 1), own];
      }
      if (one.op === "neg") return [`−${bracket(parts[0], 3)}`, NEGATIVE];
      if (one.op === "square") return [`${bracket(parts[0], ATOM)}²`, 5];
      if (one.op === "abs") return [`|${parts[0][0]}|`, ATOM];
      const options = Object.entries(one.params).filter(([, value]) => typeof value === "number").map(([name, value]) => `${name} ${number(value)}`);
      return [`${one.op}(${[...parts.map(([inner]) => inner), ...options].join(", ")})`, ATOM];
    };
    return of(node)[0];
  }

  // The derivative by operand `index`, with `text(operand)` in the place of its letter; "" where the rule has no text.
  function derivative(node, index, text, upstream = "g") {
    const rule = engine.rows[node.op].derivatives?.[index];
    if (!rule) return "";
    const names = { out: node, ...Object.fromEntries(node.parents.map((parent, i) => [LETTERS[i], parent])) };
    const written = (word) => (word === "g" ? upstream : word in names ? text(names[word]) : word in node.params ? number(Number(node.params[word])) : word);
    const whole = rule in names;
    const replaced = rule.replace(/(?<![\w.])[A-Za-z_]\w*(?!\w*\()/g, (word) => (whole || strengthOf(written(word)) === ATOM ? written(word) : `(${written(word)})`));
    return replaced.replace(/ \*\* /g, "^").replace(/ \* /g, "·").replace(/<=/g, "≤").replace(/>=/g, "≥").replace(/ == /g, " = ").replace(/-/g, "−");
  }

  // The derivative as a number, for a node that is one: what its rule sends where 1 arrives.
  function local(node, index) {
    const sent = engine.rows[node.op].contributions(Float64Array.of(1), node, node.parents.map((_, i) => i === index))[index];
    return sent.data[0];
  }

  const inBrackets = (text) => bracket([text, strengthOf(text)], 3);

  return { number, operation, derivative, local, inBrackets };
})();
