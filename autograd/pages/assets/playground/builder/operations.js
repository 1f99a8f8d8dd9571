// The operations that a graph can be drawn of: the printed rows, with how people and Python write them.
"use strict";

const operations = (() => {
  const all = new Map(JSON.parse(document.getElementById("data").textContent).operations.map((told) => {
    const { rules, derivatives, defaults } = engine.rows[told.name];
    return [told.name, { ...told, arity: rules.length, derivatives, defaults, sign: told.infix ?? told.name }];
  }));
  const groups = [...new Set([...all.values()].map(({ group }) => group))];
  // What rules call their operands.
  const OPERANDS = ["x", "y", "z"];

  // Those whose name, sign, group or words have all words of a text, the best first.
  function find(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = ({ name, sign, group, about }) => words.every((word) => [name, sign, group, about].some((part) => part.toLowerCase().includes(word)));
    const rank = ({ name, sign }) => (words.length === 0 || sign === text || name === text ? 0 : name.startsWith(words[0]) ? 1 : name.includes(words[0]) ? 2 : 3);
    return [...all.values()].filter(fits).map((one) => [rank(one), one]).sort(([a], [b]) => a - b).map(([, one]) => one);
  }

  return { all, groups, find, OPERANDS };
})();
