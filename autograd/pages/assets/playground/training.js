// Training: a network, an optimizer and data; batch after batch, in the order of the points.
"use strict";

class Training {
  constructor(network, settings, data) {
    this.network = network;
    this.steps = 0;
    this.at = 0;
    this.curve = [];
    this.every = 1;
    this.path = [];
    // The weights before the last step.
    this.before = network.copyWeights();
    this.use(data, settings);
    this.optimize(settings);
  }

  // Other data, features or sizes of a batch.
  use(data, settings) {
    this.train = features.prepare(data.train, settings.features, settings.batch);
    this.test = features.prepare(data.test, settings.features, Infinity);
    this.at = Math.min(this.at, Math.max(0, this.train.batches.length - 1));
  }

  // A new optimizer, which knows nothing of what was.
  optimize(settings) {
    this.settings = settings;
    this.optimizer = optimizers.make(settings.optimizer, this.network.parameters, settings.rate);
  }

  // The loss on a table of points, as a graph.
  loss({ inputs, targets }) {
    const error = this.network.error(this.network.output(inputs), targets);
    const penalty = this.network.penalty(this.settings);
    return penalty === null ? error : engine.ops.add(error, penalty);
  }

  // One batch; the loss before it. Nothing changes where that is no number.
  step() {
    const { batches } = this.train;
    if (batches.length === 0) return NaN;
    const loss = this.loss(batches[this.at]);
    const before = loss.data[0];
    if (!Number.isFinite(before)) return before;
    this.network.parameters.forEach(({ data }, i) => this.before[i].set(data));
    this.optimizer.zeroGrad();
    engine.backward(loss);
    this.optimizer.step();
    this.at = (this.at + 1) % batches.length;
    this.steps += 1;
    return before;
  }

  get epoch() {
    return this.train.batches.length === 0 ? 0 : Math.floor(this.steps / this.train.batches.length);
  }

  // Errors and shares of right answers: {train, test, right: {train, test}}; NaN where there are no points.
  measure() {
    const of = ({ inputs, targets }) => {
      const count = targets.data.length;
      if (count === 0) return [NaN, NaN];
      const output = engine.noGrad(() => this.network.output(inputs)).data;
      let sum = 0, right = 0;
      for (let i = 0; i < count; i++) {
        sum += (output[i] - targets.data[i]) ** 2;
        right += output[i] > 0 === targets.data[i] > 0 ? 1 : 0;
      }
      return [sum / count / 2, right / count];
    };
    const [train, trained] = of(this.train), [test, tested] = of(this.test);
    return { train, test, right: { train: trained, test: tested } };
  }

  // Keep a point of the loss curves, and where the weights are; of a long training, every second, fourth, … of them.
  note(measured) {
    const last = this.curve.at(-1);
    if (last && this.steps < last.step + this.every) return;
    this.curve.push({ step: this.steps, train: measured.train, test: measured.test });
    this.path.push({ step: this.steps, loss: measured.train, weights: this.network.copyWeights() });
    if (this.curve.length > Training.POINTS) {
      this.every = Math.max(1, (this.steps / Training.POINTS) * 2);
      this.curve = this.curve.filter((_, i) => i % 2 === 0);
      this.path = this.path.filter((_, i) => i % 2 === 0);
    }
  }

  save() {
    return {
      weights: this.network.copyWeights(), optimizer: optimizers.save(this.optimizer), steps: this.steps, at: this.at,
      curve: this.curve.slice(), path: this.path.slice(), every: this.every,
    };
  }

  restore(saved) {
    this.network.setWeights(saved.weights);
    optimizers.restore(this.optimizer, saved.optimizer);
    Object.assign(this, { steps: saved.steps, at: saved.at, curve: saved.curve.slice(), path: saved.path.slice(), every: saved.every });
  }
}

// Points of a loss curve, at most.
Training.POINTS = 400;
