// ---- the update of a step, with its numbers

// The lines of a step's update, of one variable.
function linesOf(racer, step, k) {
  return updateLines(given.updates[racer.kind], racer.options, { value: step.before[k], gradient: step.gradient[k], t: step.t, state: step.state[k] });
}

function tellUpdate() {
  const racer = race.racers.find((found) => found.id === race.chosen), run = race.runs.find((found) => found.racer.id === race.chosen);
  byId("whose").textContent = racer ? `of ${racer.title}` : "";
  byId("whose").className = racer ? `c${racer.colour}` : "";
  const step = run?.steps[race.step - 1];
  if (!step) {
    byId("lines").replaceChildren(make("p", { class: "remark" }, !run ? "Choose an optimizer that takes part." : run.refused ? run.refused : race.step === 0 ? "→ takes the first step, and shows here how it is computed." : `It has ended after step ${run.steps.length}.`));
    return;
  }
  const names = race.surface.variables, found = names.map((_, k) => linesOf(racer, step, k));
  const point = (values) => (values.length === 1 ? format(values[0]) : `(${values.map((x) => format(x)).join(", ")})`);
  const look = racer.options.nesterov === "lookahead" ? ", ahead of θ by the momentum" : "";
  const numbers = (k, text, value) => make("p", { class: "numbers" }, make("span", { class: "which" }, names.length > 1 ? names[k] : ""), make("span", {}, text === null ? "" : `${text} = `, make("b", {}, format(value))));
  const blocks = [make("p", { class: "said" }, `Step ${step.t}, from θ = ${point(step.before)}`),
    make("div", { class: "line" }, make("p", { class: "formula" }, make("b", {}, "g"), ` = ∇f at ${point(step.looked)}${look}`), make("p", { class: "numbers gradient" }, make("span", { class: "which" }), make("b", {}, point(step.gradient))))];
  found[0].forEach((line, i) => {
    // A branch may be taken by one variable alone.
    const rows = names.map((_, k) => found[k].find((other) => other.name === line.name && other.text === line.text) ?? found[k][i]);
    blocks.push(make("div", { class: "line" }, make("p", { class: "formula" }, make("b", {}, line.name), ` = ${line.text}`), ...rows.map((row, k) => numbers(k, row.numbers === format(row.value) ? null : row.numbers, row.value))));
  });
  byId("lines").replaceChildren(...blocks);
}
