// Optimizers that look at all numbers of a parameter at once, line by line as optim/by_parameter.py and optim/second_order.py
// have them: their matrices and searches are no formulas that could be printed, so the tests hold their paths to Python's.
// Each step leaves what it computed in `told`: {name, text, value}.
"use strict";

(() => {
  const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
  const plus = (a, t, b) => a.map((x, i) => x + t * b[i]);
  const largest = (a) => a.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const rootMeanSquare = (a) => Math.sqrt(dot(a, a)) / Math.sqrt(a.length);

  // ---- one parameter at a time: a parameter of one axis, and of one row, is all that a race has

  class Telling extends engine.optim.Optimizer {
    _state_names() { return this.state_names; }

    _initial_state() { return 0; }

    tell(name, text, value) {
      this.told.push({ name, text, value });
      return value;
    }
  }

  class ByParameter extends Telling {
    step() {
      const { maximize = false } = this.options;
      this.parameters.forEach((p, i) => {
        if (p.grad === null) return;
        this.told = [];
        this.steps[i] += 1;
        this._move(p, maximize ? p.grad.map((x) => -x) : p.grad, this.state[i], this.steps[i], this.options);
      });
    }
  }

  class Adafactor extends ByParameter {
    static defaults = { lr: 0.01, beta2_decay: -0.8, eps: [null, 1e-3], d: 1, weight_decay: 0, maximize: false };

    get state_names() { return ["variance"]; }

    _move(p, g, state, t, { lr, beta2_decay, eps: [least, small], d, weight_decay }) {
      const floor = least ?? Number.EPSILON, share = this.tell("β", "t^decay", Math.pow(t, beta2_decay));
      const rate = this.tell("ρ", "max(ε₂, RMS(θ))·min(η, 1/√t)", Math.max(small, rootMeanSquare(p.data)) * Math.min(lr, Math.pow(t, -0.5)));
      if (weight_decay) p.data.set(this.tell("θ", "(1 − η·λ)·θ", p.data.map((x) => x * (1 - lr * weight_decay))));
      state.variance = this.tell("v", "v + β·(g² − v)", state.variance.map((v, i) => v + share * (g[i] * g[i] - v)));
      const update = this.tell("u", "g / √max(v, ε₁²)", g.map((x, i) => x / Math.sqrt(Math.max(state.variance[i], floor * floor))));
      p.data.set(this.tell("θ", "θ − ρ·u / max(1, RMS(u)/d)", plus(p.data, -(rate / Math.max(1, rootMeanSquare(update) / d)), update)));
    }
  }

  class Muon extends ByParameter {
    static defaults = {
      lr: 1e-3, weight_decay: 0.1, momentum: 0.95, nesterov: true, ns_coefficients: [3.4445, -4.775, 2.0315], eps: 1e-7, ns_steps: 5, adjust_lr_fn: null, maximize: false,
    };

    get state_names() { return ["momentum_buffer"]; }

    _move(p, g, state, t, { lr, weight_decay, momentum, nesterov, ns_coefficients: [a, b, c], eps, ns_steps, adjust_lr_fn }) {
      state.momentum_buffer = this.tell("b", "b + (1 − μ)·(g − b)", state.momentum_buffer.map((old, i) => old + (1 - momentum) * (g[i] - old)));
      const buffer = state.momentum_buffer;
      const update = nesterov ? this.tell("u", "g + μ·(b − g)", g.map((x, i) => x + momentum * (buffer[i] - x))) : buffer;
      // The product of a matrix of one row with its transpose is a number.
      const length = Math.max(Math.sqrt(dot(update, update)), eps);
      let row = update.map((x) => x / length);
      for (let k = 0; k < ns_steps; k++) {
        const gram = dot(row, row), factor = b * gram + c * gram * gram;
        row = row.map((x) => a * x + factor * x);
      }
      this.tell("o", `${nesterov ? "u" : "b"} made orthogonal: of one row, of length 1, nearly`, row);
      const alike = adjust_lr_fn === "match_rms_adamw", ratio = alike ? 0.2 * Math.sqrt(Math.max(1, p.size)) : 1;
      p.data.forEach((x, i) => { p.data[i] = x * (1 - lr * weight_decay); });
      if (weight_decay) this.tell("θ", "(1 − η·λ)·θ", [...p.data]);
      p.data.forEach((x, i) => { p.data[i] = x - lr * ratio * row[i]; });
      this.tell("θ", alike ? "θ − η·0.2·√columns·o" : "θ − η·o", [...p.data]);
    }
  }

  // ---- all parameters as one vector; `surface` has heights, slopes and a Hessian at any point

  class OverAll extends Telling {
    get state_names() { return []; }
  }

  class LBFGS extends OverAll {
    static defaults = { lr: 1, max_iter: 20, max_eval: null, tolerance_grad: 1e-7, tolerance_change: 1e-9, history_size: 100, line_search_fn: null };

    reset() {
      super.reset();
      this.pairs = [];
      this.last = null;
    }

    step(surface) {
      const { lr, max_iter, tolerance_grad, tolerance_change, history_size, line_search_fn } = this.options;
      const max_eval = this.options.max_eval ?? Math.floor((max_iter * 5) / 4), [p] = this.parameters;
      const look = () => ({ loss: surface.height(p.data), g: surface.slope(p.data) });
      let { loss, g } = look(), evaluations = 1;
      this.told = [];
      for (let iteration = 0; iteration < max_iter; iteration++) {
        if (largest(g) <= tolerance_grad) {
          this.tell("θ", "θ: the gradient is within its tolerance", [...p.data]);
          break;
        }
        const first = this.last === null;
        if (!first) {
          const change = plus(g, -1, this.last.before);
          if (dot(change, this.last.moved) > 1e-10) {
            this.pairs = [...this.pairs, { moved: this.last.moved, change }];
            if (history_size > 0) this.pairs = this.pairs.slice(-history_size);
          }
        }
        const count = this.pairs.length, direction = this.tell("d", count === 0 ? "−g" : `−H⁻¹·g, as the last ${count === 1 ? "step and change" : `${count} steps and changes`} of g tell it`, this.findDirection(g));
        let length = first && iteration === 0 ? Math.min(1, 1 / g.reduce((sum, x) => sum + Math.abs(x), 0)) * lr : lr;
        if (dot(g, direction) > -tolerance_change) {
          this.tell("θ", "θ: along d it goes down no further", [...p.data]);
          break;
        }
        const here = p.data.slice(), before = g, previous = loss;
        const at = (t) => {
          p.data.set(plus(here, t, direction));
          return look();
        };
        if (line_search_fn === null) {
          if (iteration < max_iter - 1) {
            ({ loss, g } = at(length));
            evaluations += 1;
          } else p.data.set(plus(here, length, direction));
        } else {
          const found = searchLine(at, length, loss, g, direction);
          ({ length, loss, g } = found);
          p.data.set(plus(here, length, direction));
          evaluations += found.used;
        }
        this.tell("t", line_search_fn === null ? (first && iteration === 0 ? "η·min(1, 1/Σ|g|)" : "η") : "a length that meets the strong Wolfe conditions", length);
        this.tell("θ", "θ + t·d", [...p.data]);
        const moved = direction.map((x) => length * x);
        this.last = { moved, before, loss };
        if (evaluations >= max_eval || largest(moved) <= tolerance_change) break;
        if (Math.abs(loss - previous) < tolerance_change && iteration < max_iter - 1) break;
      }
    }

    // −H⁻¹·g by the two loops over the pairs.
    findDirection(g) {
      let q = g.map((x) => -x);
      const weights = [];
      for (const { moved, change } of this.pairs.toReversed()) {
        const weight = dot(moved, q) / dot(change, moved);
        weights.unshift(weight);
        q = plus(q, -weight, change);
      }
      if (this.pairs.length > 0) {
        const { moved, change } = this.pairs.at(-1), scale = dot(change, moved) / dot(change, change);
        q = q.map((x) => x * scale);
      }
      this.pairs.forEach(({ moved, change }, k) => { q = plus(q, weights[k] - dot(change, q) / dot(change, moved), moved); });
      return q;
    }
  }

  // A length that meets the strong Wolfe conditions.
  function searchLine(at, length, loss, g, direction, c1 = 1e-4, c2 = 0.9, most = 25) {
    const slope = dot(g, direction);
    let low = { t: 0, loss, slope, g }, high = null, used = 0, t = length;
    while (used < most) {
      const found = at(t), here = { t, loss: found.loss, slope: dot(found.g, direction), g: found.g };
      used += 1;
      if (!Number.isFinite(here.loss) || here.loss > loss + c1 * t * slope || (used > 1 && high === null && here.loss >= low.loss)) high = here;
      else if (Math.abs(here.slope) <= -c2 * slope) return { length: t, loss: here.loss, g: here.g, used };
      else if (here.slope >= 0 && high === null) [low, high] = [here, low];
      else {
        if (high !== null && here.slope * (high.t - low.t) >= 0) high = low;
        low = here;
      }
      if (high === null) {
        t *= 2;
        continue;
      }
      if (Math.abs(high.t - low.t) * largest(direction) < 1e-9) break;
      t = interpolate(low, high);
    }
    return { length: low.t, loss: low.loss, g: low.g, used };
  }

  // The minimum of the parabola through both ends with the slope at the lower, kept away from the ends.
  function interpolate(low, high) {
    const width = high.t - low.t, bend = high.loss - low.loss - low.slope * width;
    const t = Number.isFinite(high.loss) && bend > 0 ? low.t - (low.slope * width * width) / (2 * bend) : low.t + 0.5 * width;
    const ends = [low.t + 0.1 * width, low.t + 0.9 * width];
    return Math.min(Math.max(t, Math.min(...ends)), Math.max(...ends));
  }

  class Newton extends OverAll {
    static defaults = { lr: 1, damping: 0, max_cg: null, tolerance: 1e-10 };

    step(surface) {
      const [p] = this.parameters, { lr, damping } = this.options, g = surface.slope(p.data), here = p.data.slice();
      this.told = [];
      const product = surface.bend(here);
      const unit = (k) => here.map((_, i) => (i === k ? 1 : 0));
      this.tell("H", "∇²f", Array.from(here, (_, k) => [...product(unit(k))]));
      const step = this.solve((v) => plus(product(v), damping, v), g);
      p.data.set(this.tell("θ", "θ − η·s", plus(here, -lr, step)));
    }

    solve(product, g) {
      const { max_cg, tolerance, damping } = this.options, curved = damping > 0 ? "(H + damping·1)" : "H";
      let step = g.map(() => 0), left = g, along = g, size = dot(g, g);
      const enough = tolerance ** 2 * size;
      for (let k = 0; k < (max_cg || g.length); k++) {
        if (size <= enough) break;
        const image = product(along), curvature = dot(along, image);
        if (curvature <= 0) return k > 0 ? this.tell("s", "as far as the surface curves upwards", step) : this.tell("s", "g: along it the surface does not curve upwards", g);
        const share = size / curvature, before = size;
        step = plus(step, share, along);
        left = plus(left, -share, image);
        size = dot(left, left);
        along = plus(left, size / before, along);
      }
      return this.tell("s", `${curved}⁻¹·g, by conjugate gradients`, step);
    }
  }

  Object.assign(engine.optim, { Adafactor, Muon, LBFGS, Newton });

  // ---- the pass that records itself: for products with the Hessian, of functions of numbers

  function recordGradient(root, leaves) {
    const sums = new Map([[root, engine.constant(1)]]);
    for (const node of engine.walk(root)) {
      const g = sums.get(node);
      if (node.op === null || g === undefined) continue;
      const { defaults } = engine.rows[node.op], rules = engine.recorded[node.op];
      node.parents.forEach((parent, i) => {
        if (!parent.needsGrad || rules[i] === null) return;
        const sent = engine.inside.asTensor(rules[i](g, node, ...node.parents, ...Object.keys(defaults).map((name) => node.params[name])));
        sums.set(parent, sums.has(parent) ? engine.ops.add(sums.get(parent), sent) : sent);
      });
    }
    return leaves.map((leaf) => sums.get(leaf) ?? engine.constant(0));
  }

  // The Hessian of a function of numbers at a point, as the function that multiplies a vector by it.
  engine.findHessian = (f, point) => {
    const leaves = Array.from(point, (x) => engine.leaf(x)), root = f(...leaves);
    const gradient = root.needsGrad ? recordGradient(root, leaves) : [];
    return (vector) => {
      const along = gradient.reduce((sum, g, i) => engine.ops.add(sum, engine.ops.mul(g, vector[i])), engine.constant(0));
      for (const leaf of leaves) leaf.grad = null;
      if (along.needsGrad) engine.backward(along);
      return leaves.map(({ grad }) => grad?.[0] ?? 0);
    };
  };
})();
