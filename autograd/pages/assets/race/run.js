// ---- an optimizer on a surface: the points that it visits, with what each step was computed from

// What is read once of a formula: how to compute it for numbers, for arrays, and with its gradient.
function readSurface(text) {
  const statements = expression.read(text);
  const names = expression.names(statements, ["x", "y"]);
  if (!names.length) throw new expression.ParseError("the surface uses neither x nor y");
  const variables = names.includes("y") ? ["x", "y"] : ["x"];
  const of = (...values) => expression.evaluate(statements, Object.fromEntries(variables.map((name, k) => [name, values[k]])), engine.ops);
  // A function that the engine of the page does not have is told now.
  let z;
  try {
    z = of(...variables.map(() => engine.leaf([0.5], [])));
  } catch (error) {
    throw new expression.ParseError(`this page cannot compute it: ${error.message}`);
  }
  if (!z.needsGrad) throw new expression.ParseError("the surface is flat wherever it is smooth: it has no gradient to descend");
  return {
    text, variables, record: of,
    heights: (...grid) => engine.noGrad(() => {
      const found = of(...grid.map((values) => engine.constant(values, [values.length])));
      return found.data.length === grid[0].length ? found.data : new Float64Array(grid[0].length).fill(found.data[0]);
    }),
  };
}

// Steps of one optimizer; it ends where a number is not finite.
function runRacer(surface, racer, start, steps) {
  const parameters = surface.variables.map((name, k) => engine.leaf([start[k]], []));
  const at = () => parameters.map((p) => p.data[0]);
  const height = () => surface.heights(...parameters.map((p) => p.data))[0];
  const run = { racer, points: [at()], heights: [height()], steps: [], broken: false };
  // Python's optimizer refuses these, too.
  if (racer.options.nesterov && !(racer.options.momentum > 0 && racer.options.dampening === 0)) return { ...run, refused: "nesterov needs a momentum above 0, and no dampening" };
  if (racer.kind === "Ftrl" && racer.options.lr === 0) return { ...run, refused: "the rate must be above 0" };
  let optimizer;
  try {
    optimizer = new engine.optim[racer.kind](parameters, racer.options);
  } catch (error) {
    return { ...run, refused: error.message };
  }
  const kept = () => optimizer.state.map((state) => Object.fromEntries(Object.entries(state).map(([name, values]) => [name, values[0]])));
  // Nesterov's own form takes the gradient ahead, where the momentum leads.
  const ahead = racer.options.nesterov === "lookahead"
    ? (state) => racer.options.momentum * (racer.options.momentum_form === "inside" ? 1 : racer.options.lr) * (state.momentum_buffer ?? 0) : null;
  for (let t = 1; t <= steps; t++) {
    optimizer.zeroGrad();
    const before = at(), state = kept();
    if (ahead) parameters.forEach((p, k) => { p.data[0] -= ahead(state[k]); });
    const looked = at();
    const z = surface.record(...parameters);
    if (z.needsGrad) engine.backward(z);
    const gradient = parameters.map((p) => (p.grad ??= new Float64Array(1))[0]);
    if (ahead) parameters.forEach((p, k) => { p.data[0] = before[k]; });
    if (!gradient.every(Number.isFinite)) { run.broken = true; break; }
    optimizer.step();
    if (!at().every(Number.isFinite)) { run.broken = true; break; }
    run.steps.push({ t, before, looked, gradient, state });
    run.points.push(at());
    run.heights.push(height());
  }
  return run;
}
