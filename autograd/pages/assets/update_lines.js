// ---- the update of one number by an optimizer, in the lines that people write (autograd/pages/updates.py), with its numbers

// `update`: the lines of a class of optimizers; `options`: all of them; `state`: before the step, by the names of `optim`.
// Gives for every line that holds {name, text, numbers, value}: what it computes, from which numbers, and what comes out.
function updateLines(update, options, { value: theta, gradient, t, state }) {
  const known = new Map(Object.entries({ θ: theta, g: gradient, t, first: Number(t === 1) }));
  for (const [name, value] of Object.entries(options)) {
    const letters = (update.options[name] ?? "").split(" ");
    if (typeof value === "string") known.set(value, 1);
    else if (Array.isArray(value)) value.forEach((part, i) => known.set(letters[i], part));
    else for (const known_as of [name, letters[0]]) if (known_as) known.set(known_as, Number(value));
  }
  if (options.nesterov === true) known.set("true", 1);
  for (const [name, letter] of Object.entries(update.state)) if (name in state) known.set(letter, state[name]);
  const found = [];
  for (const line of update.lines) {
    const holds = (word) => (word[0] === "!" ? !known.get(word.slice(1)) : Boolean(known.get(word)));
    if (!line.when.split(" ").filter(Boolean).every(holds)) continue;
    line.read ??= expression.read(line.text);
    const from = new Map(known), node = line.read[0].value;
    const value = expression.evaluate(line.read, Object.fromEntries(known), expression.numbers);
    known.set(line.name, value);
    found.push({ name: expression.letter(line.name), text: expression.show(node), numbers: expression.show(node, (name) => from.get(name) ?? null), value });
  }
  return found;
}
