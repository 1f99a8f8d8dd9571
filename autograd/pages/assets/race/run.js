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
  const heights = (...grid) => engine.noGrad(() => {
    const found = of(...grid.map((values) => engine.constant(values, [values.length])));
    return found.data.length === grid[0].length ? found.data : new Float64Array(grid[0].length).fill(found.data[0]);
  });
  return {
    text, variables, heights,
    height: (point) => heights(...Array.from(point, (x) => [x]))[0],
    slope(point) {
      const leaves = Array.from(point, (x) => engine.leaf(x)), z = of(...leaves);
      if (z.needsGrad) engine.backward(z);
      return Float64Array.from(leaves, ({ grad }) => grad?.[0] ?? 0);
    },
    // The Hessian at a point, as the function that multiplies a vector by it.
    bend: (point) => engine.findHessian(of, point),
  };
}

// Steps of one optimizer; it ends where a number is not finite.
function runRacer(surface, racer, start, steps) {
  const p = engine.leaf(start), at = () => [...p.data], { options, kind } = racer;
  const run = { racer, points: [at()], heights: [surface.height(p.data)], steps: [], broken: false };
  // Python's optimizer refuses these, too.
  if (kind === "SGD" && options.nesterov && !(options.momentum > 0 && options.dampening === 0)) return { ...run, refused: "nesterov needs a momentum above 0, and no dampening" };
  if (kind === "Ftrl" && options.lr === 0) return { ...run, refused: "the rate must be above 0" };
  let optimizer;
  try {
    optimizer = new engine.optim[kind]([p], options);
  } catch (error) {
    return { ...run, refused: error.message };
  }
  const keep = (k) => Object.fromEntries(Object.entries(optimizer.state[0]).map(([name, values]) => [name, values[k]]));
  for (let t = 1; t <= steps; t++) {
    const before = at(), state = before.map((_, k) => keep(k));
    let looked = before;
    p.grad = null;
    const look = () => {
      looked = at();
      return surface.slope(p.data);
    };
    // Nesterov's own form takes the gradient ahead, where the momentum leads.
    const gradient = options.nesterov === "lookahead" ? optimizer.lookahead(look) : look();
    if (!gradient.every(Number.isFinite)) { run.broken = true; break; }
    p.grad = gradient;
    optimizer.step(surface);
    if (!at().every(Number.isFinite)) { run.broken = true; break; }
    run.steps.push({ t, before, looked, gradient: [...gradient], state, told: optimizer.told });
    run.points.push(at());
    run.heights.push(surface.height(p.data));
  }
  return run;
}
