// What all optimizers share, as optim/optimizer.py has it. Their formulas are printed from `optim` behind this text.
"use strict";

(() => {
  class Optimizer {
    constructor(parameters, options = {}) {
      const { defaults } = this.constructor;
      for (const [name, value] of Object.entries(options)) {
        if (!(name in defaults)) throw new Error(`${this.constructor.name} has no option ${name}; it has ${Object.keys(defaults).join(", ")}`);
        if (typeof value === "number" && Number.isNaN(value)) throw new Error(`${this.constructor.name}: ${name} is not a number`);
      }
      if (parameters.length === 0) throw new Error(`${this.constructor.name}: the list of parameters is empty`);
      this.parameters = [...parameters];
      this.options = { ...defaults, ...options };
      this.reset();
    }

    // Forgets all moments and steps.
    reset() {
      this.steps = this.parameters.map(() => 0);
      this.state = this.parameters.map((p) => Object.fromEntries(this._state_names(this.options).map(
        (name) => [name, new Float64Array(p.size).fill(this._initial_state(name, this.options))])));
    }

    // Moves every parameter that has a gradient.
    step() {
      const names = this._state_names(this.options), { maximize } = this.options;
      this.parameters.forEach((p, i) => {
        if (p.grad === null) return;
        const t = ++this.steps[i], state = this.state[i];
        for (const name of names) state[name] ??= new Float64Array(p.size).fill(this._initial_state(name, this.options));
        const g = maximize ? p.grad.map((x) => -x) : p.grad, arrays = names.map((name) => state[name]);
        for (const [kernel, constants] of this._updates(t, this.options)) kernel.run(p.data, g, arrays, constants);
      });
    }

    // The next step of one element in full: every name of the formula with its value, nothing moved.
    explain(i, element = 0, gradient = this.parameters[i].grad?.[element] ?? 0) {
      const p = this.parameters[i], g = this.options.maximize ? -gradient : gradient;
      let value = p.data[element], state = this._state_names(this.options).map((name) => this.state[i][name]?.[element] ?? this._initial_state(name, this.options));
      return this._updates(this.steps[i] + 1, this.options).map(([kernel, constants]) => {
        const told = kernel.explain(value, g, state.slice(0, kernel.states), constants);
        [value, ...state] = [...told.results, ...state.slice(kernel.states)];
        return { lines: kernel.lines, values: told.values, after: value };
      });
    }

    // Runs with the parameters at θ − η·μ·v, for `nesterov: "lookahead"`.
    lookahead(run) {
      const factor = this._lookahead_factor(this.options), homes = this.parameters.map((p) => p.data.slice());
      this.parameters.forEach((p, i) => this.state[i].momentum_buffer.forEach((v, k) => { p.data[k] -= factor * v; }));
      try {
        return run();
      } finally {
        this.parameters.forEach((p, i) => p.data.set(homes[i]));
      }
    }

    zeroGrad() {
      for (const p of this.parameters) p.grad = null;
    }
  }

  engine.optim.Optimizer = Optimizer;
})();
