// The state as a program of this library, in sections {title, code}: it computes the same loss, and trains on from there.
"use strict";

const program = (() => {
  const MODULES = { tanh: "nn.Tanh()", relu: "nn.ReLU()", sigmoid: "nn.Sigmoid()", softplus: "nn.Softplus()", silu: "nn.SiLU()", sin: "Sin()" };
  const COLUMNS = { x1: "x", x2: "y", x1x1: "x * x", x2x2: "y * y", x1x2: "x * y", sinx1: "np.sin(x)", sinx2: "np.sin(y)" };

  // Numbers as Python writes them, in rows of `width`.
  const number = (v) => (Number.isFinite(v) ? String(v) : v > 0 ? "np.inf" : v < 0 ? "-np.inf" : "np.nan");
  const list = (values) => `[${Array.from(values, number).join(", ")}]`;
  const matrix = (lines) => `np.array([\n${lines.map((line) => `    ${list(line)},`).join("\n")}\n])`;
  const python = (value) => (value === true ? "True" : value === false ? "False" : String(value));

  // A weight as a layer of `nn` has it: a row for each unit.
  function turned(data, [inputs, units]) {
    return Array.from({ length: units }, (_, unit) => Array.from({ length: inputs }, (_, i) => data[i * units + unit]));
  }

  function array(data, shape) {
    return shape.length === 2 ? matrix(turned(data, shape)) : `np.array(${list(data)})`;
  }

  function sections() {
    const { settings: now, points, network, training } = playground, { steps } = training;
    const measured = training.measure();
    return [
      { title: `A network of the playground, after ${steps} steps`, code: "import numpy as np\n\nimport autograd as ag\nimport nn\nimport optim" },
      { title: "The points: x, y, label", code: `train = ${pointRows(points.train)}\ntest = ${pointRows(points.test)}` },
      { title: "What the network is given of a point", code: featureCode(now) },
      { title: "The network and its weights", code: networkCode(network) },
      { title: "The optimizer, with what it remembers", code: optimizerCode(now, training) },
      { title: "The loss: half of the mean squared error, and a penalty where there is one", code: lossCode(now) },
      { title: "As the page shows it", code: `print("training loss", repr(error(train)))  # the page: ${number(measured.train)}\nprint("test loss", repr(error(test)))  # the page: ${number(measured.test)}` },
      { title: "Training goes on, batch after batch", code: trainCode(now, training) },
    ];
  }

  function pointRows(points) {
    return points.length === 0 ? "np.empty((0, 3))" : matrix(points.map(({ x, y, label }) => [x, y, label]));
  }

  function featureCode(now) {
    const columns = now.features.map((name) => COLUMNS[name]).join(", ");
    return `def features(points):\n    x, y = points[:, 0], points[:, 1]\n    return np.stack([${columns}], axis=1)`;
  }

  function networkCode(network) {
    const modules = network.layers.flatMap(({ weight, activation }) => {
      const linear = `nn.Linear(${weight.shape[0]}, ${weight.shape[1]}, dtype=np.float64)`;
      return activation === "linear" ? [linear] : [linear, MODULES[activation]];
    });
    const sine = network.layers.some(({ activation }) => activation === "sin")
      ? "class Sin(nn.Module):\n    def forward(self, x):\n        return ag.sin(x)\n\n\n" : "";
    let at = 0;
    const weights = network.layers.flatMap(({ weight, bias, activation }) => {
      const lines = [`        "${at}.weight": ${array(weight.data, weight.shape)},`, `        "${at}.bias": ${array(bias.data, bias.shape)},`];
      at += activation === "linear" ? 1 : 2;
      return lines;
    });
    return `${sine}model = nn.Sequential(\n${modules.map((module) => `    ${module},`).join("\n")}\n)\nmodel.load_state_dict(\n    {\n${weights.join("\n")}\n    }\n)`;
  }

  function optimizerCode(now, { optimizer, network }) {
    const { kind, options } = optimizers.all[now.optimizer];
    const given = Object.entries({ lr: now.rate, ...options }).map(([name, value]) => `, ${name}=${python(value)}`).join("");
    const states = optimizer.state.map((arrays, i) => {
      const parts = Object.entries(arrays).map(([name, data]) => `, "${name}": ${array(data, network.parameters[i].shape)}`);
      return `    {"step": ${optimizer.steps[i]}${parts.join("")}},`;
    });
    const remembered = optimizer.steps.some((t) => t > 0)
      ? `\nremembered = [\n${states.join("\n")}\n]\noptimizer.load_state_dict({**optimizer.state_dict(), "state": remembered})` : "";
    return `optimizer = optim.${kind}(model.parameters()${given})${remembered}`;
  }

  function lossCode(now) {
    const cost = { L1: "abs(p).sum()", L2: "(p * p).sum() / 2" }[now.penalty];
    const penalty = cost && now.strength > 0
      ? `\n    weights = [p for name, p in model.named_parameters() if name.endswith("weight")]\n    return mean + ${number(now.strength)} * sum(${cost} for p in weights)` : "\n    return mean";
    return `def loss_of(points):\n    mean = ((model(features(points)) - points[:, 2:]) ** 2).mean() / 2${penalty}\n\n\n`
      + "def error(points):\n    if len(points) == 0:\n        return np.nan\n    with ag.no_grad():\n        return float(((model(features(points)) - points[:, 2:]) ** 2).mean() / 2)";
  }

  function trainCode(now, training) {
    return `steps = 200\nbatches = [train[start : start + ${now.batch}] for start in range(0, len(train), ${now.batch})]\nfor step in range(steps if batches else 0):\n`
      + `    batch = batches[(${training.at} + step) % len(batches)]\n    optimizer.zero_grad()\n    loss_of(batch).backward()\n    optimizer.step()\n`
      + 'print("training loss", repr(error(train)), "after", steps, "more steps")\nprint("test loss", repr(error(test)))';
  }

  // A file that Python runs.
  function script() {
    const [{ title, code }, ...rest] = sections();
    return `"""${title}."""\n\n${code}\n\n${rest.map((part) => `# ${part.title}.\n${part.code}`).join("\n\n")}\n`;
  }

  // A notebook, in Jupyter's format.
  function notebook() {
    const lines = (text) => text.split("\n").map((line, i, all) => (i < all.length - 1 ? `${line}\n` : line));
    const cells = sections().flatMap(({ title, code }, i) => [
      { cell_type: "markdown", id: `told-${i}`, metadata: {}, source: [`${i === 0 ? "#" : "##"} ${title}`] },
      { cell_type: "code", id: `code-${i}`, metadata: {}, execution_count: null, outputs: [], source: lines(code) },
    ]);
    const metadata = { kernelspec: { display_name: "Python 3", language: "python", name: "python3" }, language_info: { name: "python" } };
    return JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1);
  }

  return { script, notebook };
})();
