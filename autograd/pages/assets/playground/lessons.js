// The lessons: what they tell and ask, and how an answer is judged. A judge says {right, words}; what a lesson sets is in
// `autograd/pages/settings.py`. A question is
//   {kind: "choice", ask, options: [[words, judge], …], hints}      one of the options is right
//   {kind: "number", ask, judge(value), hints}                      a number is typed
//   {kind: "network", ask, judge(), hints}                          the network itself is the answer
"use strict";

const lessons = (() => {
  const yes = (words) => ({ right: true, words });
  const no = (words) => ({ right: false, words });
  const count = (n, one, many = `${one}s`) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
  const listed = (parts) => (parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`);

  // ---- what was changed

  const NAMES = {
    problem: "the problem", dataset: "the data set", noise: "the noise", ratio: "the training share", batch: "the batch size", features: "the features",
    output: "the output's activation", start: "how weights start", optimizer: "the optimizer", rate: "the rate", penalty: "the penalty", strength: "the penalty's strength",
  };

  // What differs from the lesson's start, in words.
  function changes() {
    const now = playground.settings, set = settings.complete({ lesson: now.lesson });
    const found = Object.keys(NAMES).filter((name) => settings.text(name, now[name]) !== settings.text(name, set[name])).map((name) => NAMES[name]);
    const units = (layers) => layers.map((layer) => layer.units).join();
    if (units(now.layers) !== units(set.layers)) found.push("the number of neurons");
    now.layers.forEach(({ activation }, i) => {
      if (set.layers[i] && set.layers[i].activation !== activation) found.push(`the activation of layer ${i + 1}`);
    });
    const drawn = datasets.make(now), same = (some, others) => some.length === others.length && some.every(({ x, y, label }, i) => x === others[i].x && y === others[i].y && label === others[i].label);
    if (now.dataset !== "own" && !(same(playground.points.train, drawn.train) && same(playground.points.test, drawn.test))) found.push("the points");
    return found;
  }

  // The lesson as it was set, with the seed of now.
  const asSet = () => settings.complete({ lesson: playground.settings.lesson, seed: playground.settings.seed });
  const copy = () => evidence.begin(asSet(), datasets.make(asSet()));

  // ---- a straight line around a circle

  // A sum such as 0.31·x₁ − 0.12·x₂ + 0.05.
  function sum({ weights, bias }, names) {
    const parts = [...weights.map((w, i) => [w, `·${features.all[names[i]].label}`]), [bias, ""]];
    return parts.map(([value, name], i) => `${value < 0 ? "− " : i === 0 ? "" : "+ "}${told(Math.abs(value), 2)}${name}`).join(" ").replace(/^− /, "−");
  }

  const isLinear = ({ layers }) => layers.every(({ activation }) => activation === "linear");
  // What rises or falls all the way.
  const MONOTONE = ["tanh", "relu", "sigmoid", "softplus"];

  // What the network is, in one formula; the lesson's own where this one is not linear in x₁ and x₂ any more.
  function formula() {
    const own = isLinear(playground.settings) && !changes().includes(NAMES.features), { network } = own ? playground : copy();
    return `${own ? "this network is now" : "the lesson's network is at first"} tanh(${sum(evidence.collapse(network), asSet().features)})`;
  }

  function judgeCircle() {
    const now = playground.settings, changed = changes(), { test } = playground.training.measure();
    const steps = count(playground.training.steps, "step");
    if (changed.includes("the points") || changed.includes("the data set")) return no("These are no longer the points of the lesson. Undo, or start the lesson again.");
    if (changed.length === 0) return no(`Nothing was changed but the weights, by training: after ${steps} the test loss is ${told(test)}. What makes a boundary bend?`);
    if (changed.length > 1) return no(`More than one thing differs from the lesson's start: ${listed(changed)}. One is enough. Undo, and find out which.`);
    const [what] = changed, fell = test < 0.05;
    if (what === NAMES.features) {
      if (fell) return yes(`Right: the test loss is ${told(test)} after ${steps}. The network is as linear as before, but in x₁² and x₂², where a circle is a straight line.`);
      const squares = ["x1x1", "x2x2"].every((name) => now.features.includes(name));
      return no(squares
        ? `With x₁² and x₂² it can: a circle is x₁² + x₂² = r². The test loss is ${told(test)} after ${steps}: train on, or reset.`
        : `The boundary is now where a sum of these features is zero. A circle is x₁² + x₂² = r²: what is missing? The test loss is ${told(test)}.`);
    }
    if (what.startsWith("the activation of layer")) {
      const layer = Number(what.at(-1)), { activation, units } = now.layers[layer - 1];
      if (fell) return yes(`Right: the test loss is ${told(test)} after ${steps}. Each neuron of layer ${layer} folds the plane along a line of its own, and together these folds close around the circle.`);
      if (units < 3) {
        return no(MONOTONE.includes(activation)
          ? `Layer ${layer} has two neurons. Each folds the plane along one line, and two folds never close around anything: the blue part stays open on a side. Where are more neurons?`
          : `Layer ${layer} has two neurons alone: the test loss is ${told(test)} after ${steps}. Where are more?`);
      }
      return no(`That bends the boundary. The test loss is ${told(test)} after ${steps}: train on; some 1,000 steps are usual, and three times as many with sigmoid. If it stays, regenerate.`);
    }
    if (what === "the number of neurons" && isLinear(now)) return no(`There are other matrices now, and still they multiply to one: ${formula()}, and the boundary a straight line.`);
    return no(`You changed ${what}: the test loss is ${told(test)} after ${steps}. Undo it, and change the features, or a hidden layer's activation.`);
  }

  const circle = {
    title: "Why a linear network fails on a circle",
    about: "Two layers of linear neurons, and points inside and around.",
    words: ["A linear neuron adds up its inputs, each times a weight, and passes the sum on as it is. Here are two layers of them, and the output's tanh.",
      "Press Play and watch the boundary. Add neurons and layers, regenerate the points, play again."],
    questions: [
      {
        kind: "choice", ask: "Can training bring the boundary around the blue points?",
        options: [
          ["Yes, with more steps", () => {
            const training = copy(), first = training.measure().train, { train } = evidence.train(training, 1000).measure();
            return no(`A copy has just done 1,000 steps: its loss went from ${told(first)} to ${told(train)}. To answer 0 everywhere costs 0.5. Time is not what is lacking.`);
          }],
          ["Yes, with more linear neurons or layers", () => no(`Try it. Layer upon layer, a sum of sums is a sum: with all matrices multiplied, ${formula()}. Where that is 0 is a straight line.`)],
          ["No, whatever the weights are", () => {
            const { train } = datasets.make(asSet()), wrong = evidence.bestLine(train);
            return yes(`Right. With all matrices multiplied, ${formula()}: its boundary is a straight line, and so it is with any other weights. Of all lines in 360 directions the best leaves ${wrong} of ${train.length} training points on the wrong side.`);
          }],
        ],
        hints: ["Look at the boundary while it trains, and at the maps of the neurons: what do they have in common?", "If h = W₁x + b₁ and y = W₂h + b₂, what is y in terms of x?"],
      },
      {
        kind: "number", ask: "The lesson's network has 25 weights and biases: 2·4 + 4, 4·2 + 2 and 2·1 + 1. How many numbers are enough to write down what it computes?",
        judge(value) {
          if (value === 3) {
            const training = copy();
            return yes(`Right: W₁W₂W₃ is 2 × 1, and all biases come to one number. At the first weights that is tanh(${sum(evidence.collapse(training.network), asSet().features)}), which differs from the network's output by ${told(evidence.awayFromCollapsed(training), 1)} at most, over all training points.`);
          }
          if (value === 25) return no("That many are stored. But multiply the matrices out: what shape has W₁W₂W₃?");
          if (value === 2) return no("These are the weights, one for each input. What becomes of the biases?");
          return no("W₁ is 2 × 4, W₂ is 4 × 2, W₃ is 2 × 1. Their product is one matrix; and what comes out at x₁ = x₂ = 0 is one number more.");
        },
        hints: ["Multiply the three matrices: the inner sizes vanish.", "One weight for x₁, one for x₂, and a bias."],
      },
      {
        kind: "network", ask: "Now make the test loss fall below 0.05, by one change: of the features, or of one layer's activation. Then train, and check.",
        judge: judgeCircle,
        hints: ["A boundary bends where a neuron's answer is not in proportion to its input, or where the inputs are bent themselves.", "Choose tanh or relu above layer 1; or add both x₁² and x₂². Then play for 1,000 to 2,000 steps."],
      },
    ],
    learned: "Linear layers, however many, are one linear layer. What bends the boundary is an activation between them, or a feature that is bent already.",
  };

  // ---- gradients that vanish

  // The root mean square of each layer's gradient, as in the tab "Gradients".
  const sizes = (training) => measures.sizes(measures.gradients(training));
  const nameOf = (layer, depth) => (layer === depth ? "the output" : `layer ${layer + 1}`);

  const smallest = {
    kind: "choice", ask: "Where is the gradient smallest? Compare the layers in the tab Gradients, by the root mean square.",
    options: Array.from({ length: 7 }, (_, layer) => [layer === 6 ? "Output" : `Layer ${layer + 1}`, () => {
      const found = sizes(playground.training), depth = found.length - 1, least = found.indexOf(Math.min(...found));
      if (layer > depth) return no("There is no such layer any more: start the lesson again.");
      if (layer !== least) return no(`In ${nameOf(layer, depth)} it is ${told(found[layer])}. There is a smaller one: look at the bars in the tab Gradients.`);
      const why = least === 0 ? "It has come the longest way." : least < 3 ? "Layer 1 is one further on the way; but its inputs reach 5, and those of the others 1 at most, which can make its gradient the larger one." : "";
      return yes(`Right: ${told(found[least])} in ${nameOf(least, depth)}. ${why}`.trim());
    }]),
    hints: ["Thin and dotted lines are small gradients.", "Open the tab Gradients and read its column “Root mean square”."],
  };

  const howMuch = {
    kind: "number", ask: "How many times smaller is the gradient of layer 1 than that of the output?",
    judge(value) {
      const found = sizes(playground.training), [first, last] = [found[0], found.at(-1)], ratio = last / first;
      if (first === 0) return no("The gradient of layer 1 is 0 now: start the lesson again.");
      if (Math.abs(value / ratio - 1) <= 0.1) return yes(`Right: ${told(last)} / ${told(first)} is ${told(ratio)}. A step moves the weights of layer 1 so many times less. Regenerate to see it with other weights: the number changes, and layer 1 stays far behind.`);
      if (value > 0 && Math.abs(value * ratio - 1) <= 0.1) return no("That is the other way round: how many times larger is the output's?");
      if (value > ratio / 3 && value < ratio * 3) return no("Near. Divide the two numbers in the tab Gradients, to two figures.");
      return no(`${told(value)} is too ${value < ratio ? "small" : "large"}. Divide the output's root mean square by that of layer 1. They change with every step: pause first.`);
    },
    hints: ["The tab Gradients has both numbers.", "Root mean square of the output, divided by that of layer 1. 2.5e−6 is 0.0000025."],
  };

  const slope = {
    kind: "number", ask: "What is the largest slope that a sigmoid s has, at any input? Its slope is s · (1 − s).",
    judge(value) {
      if (Math.abs(value - 0.25) < 1e-3) {
        const most = playground.network.layers.reduce((sofar, { weight }) => weight.data.reduce((m, w) => Math.max(m, Math.abs(w)), sofar), 0);
        return yes(`Right: 1/4, where s is 1/2. So six sigmoids alone make a gradient 4⁶ = 4,096 times smaller at least. The weights on the way could make up for it; here the largest is ${told(most, 2)}.`);
      }
      if (value === 1) return no("That is the largest value of s, which it never reaches; and the slope of tanh at 0.");
      if (value === 0.5) return no("That is its value at 0. What is s · (1 − s) there?");
      return no("s goes from 0 to 1. Where is s · (1 − s) largest?");
    },
    hints: ["Put s = 0, 1/2 and 1 in.", "It is largest at s = 1/2."],
  };

  function judgeVanishing() {
    const now = playground.settings, set = asSet(), changed = changes();
    if (now.layers.map(({ units }) => units).join() !== set.layers.map(({ units }) => units).join()) return no("The lesson is about six layers of four neurons. Undo, or start the lesson again.");
    if (playground.points.train.length === 0) return no("There are no training points: start the lesson again.");
    if (changed.length === 0) return no("The layers and the way their weights start are as they were. Which of the two factors can you make larger: slopes or weights?");
    // At the first weights: a trained network has small gradients for a good reason.
    const found = sizes(evidence.begin(now)), [first, last] = [found[0], found.at(-1)];
    const left = now.layers.filter(({ activation }) => activation === "sigmoid").length;
    if (first === 0) return no("The gradient of layer 1 is exactly 0 at the first weights: a whole layer is dead, or starts at zero. Regenerate, or choose another activation or start.");
    if (!(first >= last / 100)) return no(`At the first weights the gradient of layer 1 is 1/${told(last / first)} of the output's. ${left > 0 ? `${count(left, "layer of sigmoids is", "layers of sigmoids are")} left: which activation has a slope of 1?` : "Choose another start, or another activation."}`);
    return yes(`Right: at the first weights the gradient of layer 1 is ${first < last ? `1/${told(last / first)} of` : `${told(first / last)} times`} the output's, with ${listed([...new Set(now.layers.map(({ activation }) => activation))])} and the start “${now.start}”. Reset, play, and look at the maps of layer 1 as they learn.`);
  }

  const vanishing = {
    title: "How gradients vanish in six layers of sigmoids",
    about: "The way back through the layers, in numbers.",
    words: ["The backward pass goes from right to left. At every layer it multiplies by the slope of the activation, and by the weights.",
      "Lines show gradients now, on a log scale: dotted ones are below a ten thousandth of the largest. The tab Gradients has the numbers, and this one your questions."],
    questions: [smallest, howMuch, slope, {
      kind: "network", ask: "Keep the six layers, and make the gradient of layer 1 at least a hundredth of the output's, at the first weights: by the activations, or the way weights start.",
      judge: judgeVanishing,
      hints: ["Which activation has a slope of 1 at 0, four times that of a sigmoid?", "Choose tanh in all six layers."],
    }],
    learned: "A gradient is a product with factors for every layer on its way back. With sigmoids each is 1/4 at most, so that the first layers hardly learn; activations of slope 1 keep it, if the weights fit.",
  };

  // ---- a rate too high

  const TRIED = 200;

  function judgeLargestRate(value) {
    if (!(value > 0 && value <= 1000)) return no("A rate is above 0, and 1000 at most here.");
    const now = asSet(), at = evidence.losses(now, value, TRIED), words = ({ first, last }) => `the loss of a copy went from ${told(first)} to ${told(last)} in ${TRIED} steps`;
    if (!(at.last < at.first)) return no(`Too high: with ${told(value)} ${words(at)}.`);
    const above = evidence.losses(now, 1.1 * value, TRIED);
    if (above.last < above.first) return no(`With ${told(value)} ${words(at)}. But with a tenth more, ${told(1.1 * value)}, it still falls, to ${told(above.last)}: there is a larger one.`);
    const steepest = evidence.curvature(copy());
    return yes(`Right: with ${told(value)} ${words(at)}; with a tenth more it went to ${told(above.last)}. The bowl's largest curvature is λ = ${told(steepest)}. Along it each step multiplies the error by 1 − rate · λ, which shrinks it for rates below 2/λ = ${told(2 / steepest)}.`);
  }

  function judgeRate() {
    const { training, settings: now } = playground, { train } = training.measure(), { steps } = training, changed = changes().filter((what) => what !== NAMES.rate);
    if (changed.length > 0) return no(`Change the rate alone: ${listed(changed)} differs from the lesson's start.`);
    if (steps === 0) return no(`No step has been done yet. The rate is ${now.rate}.`);
    if (steps > 10) return no(`These are ${count(steps, "step")}, and the loss is ${told(train)}. Press Reset, and do ten.`);
    const factor = 1 - now.rate * evidence.curvature(copy());
    if (!(train < 0.01)) {
      const advice = factor < -0.5 ? "The rate is too high: choose a smaller one, and reset." : steps < 10 ? `${count(10 - steps, "step is", "steps are")} left.` : "That is too slow: choose a larger rate, and reset.";
      return no(`The loss is ${told(train)} after ${count(steps, "step")}. ${advice}`);
    }
    return yes(`Right: ${told(train)} after ${count(steps, "step")}. With the rate ${now.rate} each step multiplies the error along the steepest way by ${told(factor, 2)}${factor < 0 ? ": it goes over to the other side, and nearer" : ""}.`);
  }

  // A copy's losses over its first steps.
  function firstLosses(steps) {
    const training = copy(), found = [training.measure().train];
    for (let i = 0; i < steps; i++) found.push(evidence.train(training, 1).measure().train);
    return found.map((loss) => told(loss, 2)).join(", ");
  }

  const rate = {
    title: "A rate too high",
    about: "A bowl, and steps that are too long for it.",
    words: ["One linear neuron learns numbers, with all points in one batch. Its loss is a square function of two weights and a bias: a bowl.",
      "A step goes against the gradient, the rate times as far as the gradient is large. The rate is 0.3."],
    questions: [
      {
        kind: "choice", ask: "What will the loss do? Say first, then play.",
        options: [
          ["Fall, and faster than with a smaller rate", () => no(`A copy's loss, step after step: ${firstLosses(4)}. The direction is right, and the step too long: where does it land?`)],
          ["Swing at first, and settle in the end", () => no(`A copy's loss, step after step: ${firstLosses(4)}. It swings from one side of the bowl to the other; but is each swing smaller than the last?`)],
          ["Grow with every step", () => yes(`Right. A copy's loss, step after step: ${firstLosses(4)}. Each step jumps over the bottom, and lands higher than it was, where the gradient is larger still.`)],
        ],
        hints: ["Press ▶ a few times and look at the training loss.", "Does a step that is twice as long as the way to the bottom end lower, or higher?"],
      },
      {
        kind: "number", ask: "Which is the largest rate with which the loss still falls? Type one: the page tries it on a copy, and one that is a tenth larger.",
        judge: judgeLargestRate,
        hints: ["Halve the distance between one that falls and one that grows.", "It is between 0.1 and 0.3."],
      },
      {
        kind: "network", ask: "Choose a rate in the list at the top, press Reset, and bring the training loss below 0.01 in at most ten steps.",
        judge: judgeRate,
        hints: ["A rate below the largest one falls; one far below is slow.", "Choose 0.1, press Reset (⟲), and ▶ ten times."],
      },
    ],
    learned: "In a bowl of curvature λ a step multiplies the error by 1 − rate · λ. Below 2/λ it shrinks, above it grows without bound, and far below it shrinks slowly. The steepest direction sets the limit, and all others have to do with that rate.",
  };

  // ---- weights that start alike

  const STEPS = 1000;

  function trainedAlike() {
    const training = evidence.train(copy(), STEPS), { data, shape } = training.network.layers[0].weight, [rows, units] = shape;
    let apart = 0;
    for (let i = 0; i < rows; i++) for (let unit = 1; unit < units; unit++) apart = Math.max(apart, Math.abs(data[i * units + unit] - data[i * units]));
    return { training, apart, weights: Array.from(data.slice(0, units), (w) => told(w)).join(", ") };
  }

  function judgeSymmetry() {
    const groups = evidence.alike(playground.network), units = playground.network.layers[0].bias.data.length;
    if (units < 4) return no("The lesson is about four neurons. Undo, or start the lesson again.");
    if (groups.length === units) return yes(`Right: all ${units} differ${changes().length > 0 ? `, by ${listed(changes())}` : ""}, and so do the gradients that they get: from here on each can learn a part of its own. Play, and look at the maps.`);
    if (groups.length === 1) return no(playground.training.steps > 0
      ? `After ${count(playground.training.steps, "step")} all ${units} are still one: training does not part what is equal. They must differ when it begins.`
      : `All ${units} have the same weights, to and from them.`);
    return no(`Some differ now. But ${groups.filter((group) => group.length > 1).map((group) => `neurons ${listed(group)}`).join(", and ")} are still equal, and will stay so. What makes all of them differ at once?`);
  }

  const symmetry = {
    title: "Neurons that start at zero stay one",
    about: "Four neurons, and what they cannot learn.",
    words: ["All weights and biases start at 0: the four neurons are equal, and get the same inputs.", "Press Play for some 1,000 steps, and compare their maps and lines."],
    questions: [
      {
        kind: "choice", ask: "How do the four neurons differ after 1,000 steps?",
        options: [
          ["Each has learned another part of the data", () => {
            const { apart, weights } = trainedAlike();
            return no(`A copy has just done ${STEPS.toLocaleString("en")} steps. Its weights from x₁ are ${weights}: the largest difference between two neurons is ${told(apart)}. What would have made one go another way than the next?`);
          }],
          ["They are near each other, as they began", () => {
            const { apart, weights } = trainedAlike();
            return no(`Nearer than that. A copy has just done ${STEPS.toLocaleString("en")} steps; its weights from x₁ are ${weights}, and the largest difference between two neurons is ${told(apart)}.`);
          }],
          ["Not at all", () => {
            const { apart, weights } = trainedAlike();
            return yes(`Right. A copy has just done ${STEPS.toLocaleString("en")} steps; its weights from x₁ are ${weights}: the largest difference between two neurons is ${told(apart)}. Equal weights give equal outputs, equal outputs get equal gradients, and these keep the weights equal.`);
          }],
        ],
        hints: ["Point at one neuron after another: are the maps the same?", "What could make the gradient of one neuron differ from that of its neighbour?"],
      },
      {
        kind: "number", ask: "How many hidden neurons are enough for all that this network can learn from such a start?",
        judge(value) {
          if (value === 1) {
            const { training } = trainedAlike(), one = evidence.merged(training.network, asSet()), { inputs } = training.train;
            const apart = engine.noGrad(() => {
              const many = training.network.output(inputs).data;
              return one.output(inputs).data.reduce((most, y, i) => Math.max(most, Math.abs(y - many[i])), 0);
            });
            return yes(`Right. The page has built it from a copy after ${STEPS.toLocaleString("en")} steps: one neuron, whose weight to the output is the sum of the four. The largest difference of their outputs is ${told(apart, 1)}.`);
          }
          if (value === 0) return no("Something is learned: press Play, and the weights of the neurons leave 0. A sigmoid answers 1/2 at 0, so that the output's weights get a gradient at once, and then the others.");
          if (value === 4) return no("There are four. But if all four always say the same, what do they say together that one cannot?");
          return no("Two equal neurons, with the weights u and v to the output, say together (u + v) times what one says. How far does that go?");
        },
        hints: ["Equal neurons with weights u and v to the output: what do they add up to?", "It is less than two."],
      },
      {
        kind: "network", ask: "Change one thing so that all four neurons differ.",
        judge: judgeSymmetry,
        hints: ["The weights must differ before the first step. You may also edit one, by a click on a line, to see what that does to the others.", "Choose another way in which “Weights start”."],
      },
    ],
    learned: "Gradients keep equal neurons equal. Weights must start differently, which is why they are drawn at random; biases may start at 0.",
  };

  return { circle, vanishing, rate, symmetry };
})();
