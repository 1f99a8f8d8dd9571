// The controls of the page: each shows a setting and changes it.
"use strict";

const controls = (() => {
  const RATES = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
  const STRENGTHS = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
  const SPEEDS = { slow: "4 a second", 1: "1 a frame", 5: "5 a frame", 20: "20 a frame", 100: "100 a frame", most: "as fast as it goes" };
  const choices = (name) => settings.table[name].choices;

  // A list to choose from, of [value, label].
  function list(name, options, words, read = (text) => text) {
    const select = byId(name);
    select.append(...options.map(([value, label]) => new Option(label, value)));
    select.onchange = () => playground.set({ [name]: read(select.value) }, words);
    return () => {
      const value = String(playground.settings[name]);
      // An address may name a number that is not in the list.
      if (![...select.options].some((option) => option.value === value)) select.append(new Option(value, value));
      select.value = value;
    };
  }

  function slider(name, words, tell) {
    const input = byId(name);
    input.oninput = () => playground.set({ [name]: Number(input.value) }, words);
    return () => {
      if (playground.settings[name] > input.max) input.max = playground.settings[name];
      input.value = playground.settings[name];
      byId(`${name}-told`).textContent = tell(playground.settings[name]);
    };
  }

  function tick(name, words) {
    const input = byId(name);
    input.onchange = () => playground.set({ [name]: input.checked }, words);
    return () => { input.checked = playground.settings[name]; };
  }

  // Small pictures of the data sets.
  function pictures() {
    const all = [...datasets.classes, ...datasets.numbers];
    byId("datasets").append(...all.map((name) => {
      const canvas = make("canvas", { "aria-hidden": "true" });
      const button = make("button", { role: "radio", title: name, "aria-label": name, onclick: () => playground.set({ dataset: name }, `the data set ${name}`) }, canvas);
      button.dataset.name = name;
      return button;
    }));
    byId("datasets").onkeydown = (event) => {
      const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (way === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      const shown = [...byId("datasets").children].filter((button) => !button.hidden);
      const next = shown[(shown.findIndex((b) => b === event.target) + way + shown.length) % shown.length];
      next.click();
      next.focus();
    };
    return () => {
      const { problem, dataset } = playground.settings;
      let any = false;
      for (const button of byId("datasets").children) {
        const { name } = button.dataset, chosen = name === dataset;
        button.hidden = datasets.problemOf(name) !== problem;
        button.setAttribute("aria-checked", String(chosen));
        button.tabIndex = chosen ? 0 : -1;
        any ||= chosen;
      }
      // With points of one's own none is chosen, and the first can be reached.
      if (!any) [...byId("datasets").children].find((b) => !b.hidden).tabIndex = 0;
    };
  }

  // Drawn when they are seen, and when the theme has changed.
  function drawPictures() {
    for (const button of byId("datasets").children) {
      if (button.hidden) continue;
      const { context, width, height } = canvases.open(button.firstElementChild);
      const { train } = datasets.make({ dataset: button.dataset.name, noise: 0, ratio: 100, seed: 7 }, 160);
      for (const { x, y, label } of train) {
        context.fillStyle = colours.ofLabel(label);
        context.fillRect(((x + 6) / 12) * width - 1, ((6 - y) / 12) * height - 1, 2.4, 2.4);
      }
    }
  }

  function radios(name, group, words) {
    const inputs = [...document.querySelectorAll(`input[name=${group}]`)];
    for (const input of inputs) input.onchange = () => playground.set({ [name]: input.value }, words);
    return () => inputs.forEach((input) => { input.checked = input.value === playground.settings[name]; });
  }

  let shown = [];

  function start() {
    const plain = (name) => choices(name).map((value) => [value, value]);
    shown = [
      pictures(),
      list("rate", RATES.map((v) => [String(v), String(v)]), "the rate", Number),
      list("strength", STRENGTHS.map((v) => [String(v), String(v)]), "the strength of the penalty", Number),
      list("optimizer", Object.entries(optimizers.all).map(([name, { label }]) => [name, label]), "the optimizer"),
      list("penalty", plain("penalty"), "the penalty"),
      list("problem", plain("problem"), "the problem"),
      list("start", plain("start"), "how weights start"),
      list("output", plain("output"), "the output's activation"),
      list("speed", choices("speed").map((value) => [value, SPEEDS[value]]), "the speed"),
      slider("ratio", "the share of training points", (v) => `${v} %`),
      slider("noise", "the noise", String),
      slider("batch", "the batch size", String),
      tick("test", "the test data"),
      tick("discretise", "the colours"),
      radios("show", "show", "what is shown"),
      hiding(),
    ];
    byId("play").onclick = toggle;
    byId("step").onclick = playground.step;
    byId("back").onclick = playground.back;
    byId("reset").onclick = playground.reset;
    byId("undo").onclick = playground.undo;
    byId("redo").onclick = playground.redo;
    byId("dismiss").onclick = () => playground.notice("");
    byId("regenerate").onclick = () => playground.set({ seed: (playground.settings.seed + 1) >>> 0 }, "other points");
    byId("clear").onclick = () => playground.changePoints({ train: [], test: [] }, "all points taken away");
    byId("more").onclick = () => setLayers([...playground.settings.layers, { units: 2, activation: playground.settings.layers.at(-1)?.activation ?? "tanh" }]);
    byId("fewer").onclick = () => setLayers(playground.settings.layers.slice(0, -1));
    byId("help").onclick = () => byId("keys").showModal();
    byId("choose").onclick = () => byId("shown").showModal();
    byId("theme").onclick = () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    diagram.asked.feature = (name) => {
      const { features: chosen } = playground.settings;
      const now = chosen.includes(name) ? chosen.filter((other) => other !== name) : features.names.filter((f) => f === name || chosen.includes(f));
      if (now.length === 0) playground.notice("A network needs one feature at least.");
      else playground.set({ features: now }, `the feature ${features.all[name].label}`);
    };
    diagram.asked.units = (layer, units) => setLayers(playground.settings.layers.map((one, i) => (i === layer ? { ...one, units } : one)));
    diagram.asked.activation = (layer, activation) => {
      playground.set({ layers: playground.settings.layers.map((one, i) => (i === layer ? { ...one, activation } : one)) }, "an activation");
    };
    plane.asked.add = (x, y, label, reach) => {
      if (!playground.removePoint(x, y, reach)) playground.addPoint({ x, y, label });
    };
    plane.asked.remove = (x, y, reach) => playground.removePoint(x, y, reach);
    playground.onChange((what) => { if (what !== "weights") show(); });
  }

  const setLayers = (layers) => playground.set({ layers }, "the layers");
  const toggle = () => (playground.playing ? playground.pause() : playground.play());

  function setTheme(name) {
    document.documentElement.dataset.theme = name;
    byId("theme").textContent = name === "dark" ? "Light" : "Dark";
    colours.refresh();
    drawPictures();
    view.all();
  }

  // A lesson shows what it is about: the other controls are hidden by classes of the page.
  function hiding() {
    byId("choices").append(...choices("hide").map((name) => {
      const input = make("input", { type: "checkbox", value: name });
      input.onchange = () => {
        const hidden = [...byId("choices").querySelectorAll("input:not(:checked)")].map(({ value }) => value);
        playground.set({ hide: hidden }, "which controls are shown");
      };
      return make("label", { className: "tick" }, input, ` ${name}`);
    }));
    return () => {
      const { hide } = playground.settings;
      for (const element of document.querySelectorAll("[data-control]")) element.hidden = hide.includes(element.dataset.control);
      for (const input of byId("choices").querySelectorAll("input")) input.checked = !hide.includes(input.value);
      document.body.classList.toggle("hide-points", hide.includes("points"));
    };
  }

  let drawnFor = "";

  // Every control as the settings are.
  function show() {
    for (const update of shown) update();
    const { settings: now, playing, undoing } = playground;
    byId("depth").textContent = `${now.layers.length} hidden layer${now.layers.length === 1 ? "" : "s"}`;
    byId("more").disabled = now.layers.length >= settings.table.layers.most;
    byId("fewer").disabled = now.layers.length === 0;
    byId("strength").disabled = now.penalty === "none";
    byId("play").textContent = playing ? "Pause" : "Play";
    for (const [id, stack, verb] of [["undo", undoing.done, "Undo"], ["redo", undoing.undone, "Redo"]]) {
      byId(id).disabled = stack.length === 0;
      byId(id).title = stack.length === 0 ? `Nothing to ${verb.toLowerCase()}` : `${verb}: ${stack.at(-1).words}`;
    }
    if (drawnFor !== now.problem) {
      drawnFor = now.problem;
      drawPictures();
    }
    panels.show(now.panel);
  }

  return { start, show, toggle, setTheme };
})();
