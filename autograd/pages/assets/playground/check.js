// The tab "Gradient check": the tape's derivatives beside central differences of the loss.
"use strict";

panels.add((() => {
  const STEP = 1e-5, TOLERANCE = 1e-5;
  const heads = ["Parameter", "From → to", "Tape", "Differences", "Relative error", ""];

  function check(training) {
    const { network, train } = training, loss = () => engine.noGrad(() => training.loss(train)).data[0];
    const found = measures.gradients(training);
    if (found === null) return null;
    const tape = network.layers.flatMap((_, layer) => [found.weights[layer], found.biases[layer]]);
    const most = tape.reduce((m, values) => values.reduce((n, v) => Math.max(n, Math.abs(v)), m), 0);
    return network.parameters.flatMap(({ name, data, shape }, p) => Array.from(data, (value, i) => {
      const at = (moved) => {
        data[i] = moved;
        return loss();
      };
      const difference = (at(value + STEP) - at(value - STEP)) / (2 * STEP);
      data[i] = value;
      const place = shape.length === 2 ? `${Math.floor(i / shape[1]) + 1} → ${(i % shape[1]) + 1}` : `${i + 1}`;
      // Rounding of the loss alone gives an error of about 1e-16 / STEP.
      const scale = Math.max(Math.abs(tape[p][i]), Math.abs(difference), most * 1e-3, 1e-6);
      return { name, place, tape: tape[p][i], difference, error: Math.abs(tape[p][i] - difference) / scale };
    }));
  }

  function open(element) {
    const result = make("div");
    const button = make("button", { className: "main", textContent: "Check now", onclick: run });
    element.append(
      make("p", { textContent: `For every weight and bias: the derivative that the tape gives, and (loss(w + h) − loss(w − h)) / 2h with h = ${STEP}, on all training points.` }),
      button, result,
    );

    function run() {
      playground.pause();
      const rows = check(playground.training);
      if (rows === null) {
        result.replaceChildren(make("p", { textContent: "There are no training points." }));
        return;
      }
      const wrong = rows.filter(({ error }) => !(error <= TOLERANCE)), worst = rows.reduce((a, b) => (b.error > a.error ? b : a));
      const verdict = wrong.length === 0
        ? make("p", { className: "good", textContent: `All ${rows.length} agree: the largest relative error is ${told(worst.error, 2)}, at ${worst.name} ${worst.place}.` })
        : make("p", { className: "bad", textContent: `${wrong.length} of ${rows.length} differ by more than ${TOLERANCE}. With relu a point may lie on the kink: differences are wrong there, not the tape.` });
      const cells = ({ name, place, tape, difference, error }) => [name, place, told(tape, 7), told(difference, 7), told(error, 2), error <= TOLERANCE ? "✓" : "✗"];
      const body = make("tbody", {}, ...rows.sort((a, b) => b.error - a.error).map((row) => makeRow(heads, cells(row))));
      result.replaceChildren(verdict, make("div", { className: "scroll" }, makeTable(heads, body)));
    }
  }

  return { id: "check", title: "Gradient check", open };
})());
