// The updates that end a step: for every number of the network what the optimizer makes of its gradient, in the lines of
// autograd/pages/updates.py, with their numbers.
"use strict";

const apartUpdates = (() => {
  const { updates } = JSON.parse(document.getElementById("data").textContent);

  // The lines of one number's update; the last one that names θ gives what it becomes.
  function lines(optimizer, i, at, gradient) {
    const state = Object.fromEntries(Object.entries(optimizer.state[i]).map(([name, array]) => [name, array[at]]));
    const value = optimizer.parameters[i].data[at], found = updateLines(updates[optimizer.constructor.name], optimizer.options, { value, gradient, t: optimizer.steps[i] + 1, state });
    return { lines: found, before: value, after: found.findLast(({ name }) => name === "θ").value };
  }

  // Adds to a story an update of every leaf. `gradients` are those of the batch, by parameter; `own(leaf)` is what the story
  // itself found for a number, or null where that is the same.
  function tell(story, parameters, optimizer, gradients, own) {
    parameters.forEach(({ parameter, leaves }, i) => leaves.forEach((leaf, at) => {
      const key = story.boxOf(leaf), elements = leaf === parameter ? [...parameter.data.keys()] : [at], gradient = gradients.get(parameter);
      const after = Float64Array.from(elements, (element) => optimizer.explain(i, element, gradient[element]).at(-1).after);
      // A number without a box is lit where it is used.
      const edges = leaf === parameter ? [] : story.outOf.get(key), [first] = edges;
      story.add({
        phase: "update", now: first ? [first.target] : [key], lit: first && story.drawn(first) !== null ? [story.drawn(first)] : [], reached: [], node: leaf,
        update: { parameter, elements, gradient, after }, lines: () => words(story.name(leaf), optimizer, i, elements, gradient, own(leaf)),
      }, [[key, "value", after, leaf.shape]]);
    }));
  }

  function words(name, optimizer, i, elements, gradient, own) {
    const { number } = equations, [first] = elements, { lines: found, before, after } = lines(optimizer, i, first, gradient[first]);
    const steps = found.map(({ name: letter, text, numbers: written, value }) => [letter, text, ...(written === text ? [] : [written]), number(value)].join(" = "));
    const count = elements.length, moves = `${number(before)} → ${number(after)}`;
    return [
      count > 1 ? `${name} moves: ${count} numbers, each by the same rule` : `${name}: ${moves}`,
      `θ is ${count > 1 ? `the first number of ${name}, ` : `${name} = `}${number(before)}; g = ${number(gradient[first])}`, ...steps, ...(count > 1 ? [`the first: ${moves}`] : []),
      ...(own === null ? [] : [`g is the mean over the batch; this point's gradient is ${number(own)}.`]),
    ];
  }

  return { tell, lines };
})();
