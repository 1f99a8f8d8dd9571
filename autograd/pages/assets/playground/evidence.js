// What lessons measure to judge an answer: on copies of the network, which stays as it is.
"use strict";

const evidence = (() => {
  // A training of its own with such settings, from their first weights.
  const begin = (now, points = playground.points) => new Training(Network.start(now), now, points);

  function train(training, steps) {
    for (let i = 0; i < steps && Number.isFinite(training.step()); i++);
    return training;
  }

  // What all layers together compute where the hidden ones are linear: a weight for each feature, and a bias.
  function collapse(network) {
    const [count] = network.layers[0].weight.shape;
    const places = Float64Array.from({ length: (count + 1) * count }, (_, i) => (i % (count + 1) === 0 ? 1 : 0));
    // The last row is zero: there is the bias.
    const inputs = engine.constant(places, [count + 1, count]);
    const sums = engine.noGrad(() => network.stages(inputs).at(-1).before.data), bias = sums[count];
    return { weights: Array.from(sums.slice(0, count), (sum) => sum - bias), bias };
  }

  // How far the output is from that of one neuron with these weights, at most, over all training points.
  function awayFromCollapsed({ network, train: { inputs } }) {
    const { weights, bias } = collapse(network), [rows, count] = inputs.shape, { activation } = network.layers.at(-1);
    const sums = Array.from({ length: rows }, (_, row) => weights.reduce((sum, w, i) => sum + w * inputs.data[row * count + i], bias));
    return engine.noGrad(() => {
      const short = Network.activations[activation](engine.constant(sums, [rows, 1])).data;
      return network.output(inputs).data.reduce((most, y, i) => Math.max(most, Math.abs(y - short[i])), 0);
    });
  }

  // How many points the best of all straight lines leaves on the wrong side, among lines in 360 directions.
  function bestLine(points) {
    let best = points.length;
    for (let degrees = 0; degrees < 360; degrees++) {
      const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
      const along = points.map(({ x, y, label }) => ({ at: x * c + y * s, label })).sort((one, other) => one.at - other.at);
      // The line moves over one point after another, which is then on the negative side.
      let wrong = along.filter(({ label }) => label < 0).length;
      best = Math.min(best, wrong);
      for (const { label } of along) {
        wrong += label > 0 ? 1 : -1;
        best = Math.min(best, wrong);
      }
    }
    return best;
  }

  // The largest curvature of the loss on all training points. Of a square function the gradient is linear, so that the
  // difference of two gradients is the curvature along the way between them; the way turns to where that is largest.
  function curvature(training) {
    const { network } = training, { data: weights } = network.layers[0].weight, { data: bias } = network.layers[0].bias;
    const here = [...weights, ...bias];
    const gradient = () => {
      const found = measures.gradients(training);
      return [...found.weights[0], ...found.biases[0]];
    };
    const put = (values) => [weights, bias].forEach((data, i) => data.set(i === 0 ? values.slice(0, -1) : values.slice(-1)));
    const start = gradient();
    let way = here.map((_, i) => 1 / (i + 1)), size = 0;
    for (let i = 0; i < 500; i++) {
      put(here.map((w, k) => w + way[k]));
      const curved = gradient().map((g, k) => g - start[k]);
      size = measures.norm(curved);
      way = curved.map((v) => v / size);
    }
    put(here);
    return size;
  }

  // The loss before and after so many steps at a rate, from the first weights.
  function losses(now, rate, steps) {
    const training = begin({ ...now, rate }), first = training.measure().train;
    return { first, last: train(training, steps).measure().train };
  }

  // The neurons of the first layer in groups: those of a group have the same weights, to and from them.
  function alike(network) {
    const [first, next] = network.layers, [rows, units] = first.weight.shape, [, outputs] = next.weight.shape, groups = new Map();
    for (let unit = 0; unit < units; unit++) {
      const into = Array.from({ length: rows }, (_, i) => first.weight.data[i * units + unit]);
      const key = [...into, first.bias.data[unit], ...next.weight.data.slice(unit * outputs, (unit + 1) * outputs)].join();
      groups.set(key, [...(groups.get(key) ?? []), unit + 1]);
    }
    return [...groups.values()];
  }

  // A network with the first hidden neuron alone, whose weight to the output is the sum of all.
  function merged(network, now) {
    const one = Network.start({ ...now, layers: [{ ...now.layers[0], units: 1 }] });
    const [first, last] = network.layers, [rows, units] = first.weight.shape;
    one.layers[0].weight.data.set(Array.from({ length: rows }, (_, i) => first.weight.data[i * units]));
    one.layers[0].bias.data.set(first.bias.data.slice(0, 1));
    one.layers[1].weight.data.set([last.weight.data.reduce((sum, w) => sum + w, 0)]);
    one.layers[1].bias.data.set(last.bias.data);
    return one;
  }

  return { begin, train, collapse, awayFromCollapsed, bestLine, curvature, losses, alike, merged };
})();
