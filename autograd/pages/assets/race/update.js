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
  const look = racer.options.nesterov === "lookahead" ? ", ahead of θ by the momentum" : "";
  byId("lines").replaceChildren(
    make("p", { class: "said" }, `Step ${step.t}, from θ = ${tellPoint(step.before)}`),
    makeLine("g", `∇f at ${tellPoint(step.looked)}${look}`, makeNumbers("", null, tellPoint(step.gradient), "gradient")),
    ...(step.told ? tellWhole(step.told) : tellByVariable(racer, step)),
  );
}

const tellPoint = (values) => (values.length === 1 ? format(values[0]) : `(${Array.from(values, (x) => format(x)).join(", ")})`);
const makeLine = (name, text, ...numbers) => make("div", { class: "line" }, make("p", { class: "formula" }, make("b", {}, name), ` = ${text}`), ...numbers);
const makeNumbers = (which, text, value, more = "") => make("p", { class: `numbers ${more}` }, make("span", { class: "which" }, which), make("span", {}, text === null ? "" : `${text} = `, make("b", {}, value)));

function tellByVariable(racer, step) {
  const names = race.surface.variables, found = names.map((_, k) => linesOf(racer, step, k));
  return found[0].map((line, i) => {
    // A branch may be taken by one variable alone.
    const rows = names.map((_, k) => found[k].find((other) => other.name === line.name && other.text === line.text) ?? found[k][i]);
    return makeLine(line.name, line.text, ...rows.map((row, k) => makeNumbers(names.length > 1 ? names[k] : "", row.numbers === format(row.value) ? null : row.numbers, format(row.value))));
  });
}

// What an optimizer computes of all variables at once: numbers, vectors, and a matrix by its rows.
function tellWhole(told) {
  const rows = (value) => (typeof value === "number" ? [format(value)] : Array.isArray(value[0]) ? value.map(tellPoint) : [tellPoint(value)]);
  return told.map(({ name, text, value }) => makeLine(name, text, ...rows(value).map((row) => makeNumbers("", null, row))));
}
