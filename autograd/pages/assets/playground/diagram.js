// The network as a picture: a box with a map for each neuron, a line for each weight.
"use strict";

const diagram = (() => {
  const BOX = 36, HEAD = 62;
  // A gradient is drawn as vanishing below such a part of the largest one; as in the diagrams of `autograd.draw`.
  const VANISHING = 1e-4;
  let links = [], neurons = [], shown = "";

  // Called with {layer, from, to} of a line, {layer, unit} of a neuron, the name of a feature, or what a layer shall be.
  const asked = { link() {}, neuron() {}, look() {}, feature() {}, units() {}, activation() {} };

  const names = (layer, unit, depth) => (layer === depth ? "output" : `layer ${layer + 1}, neuron ${unit + 1}`);

  // Where the boxes stand: from left to right, or on a narrow screen downwards.
  function place(config, inputs, width) {
    const rows = [inputs.length, ...config.layers.map(({ units }) => units), 1];
    const down = width < 560;
    const most = Math.max(...rows);
    const long = down ? 96 : (width - BOX - 64) / (rows.length - 1);
    const across = down ? Math.min(52, width / most) : 46;
    const columns = rows.map((count, c) => Array.from({ length: count }, (_, i) => {
      const side = (i - (count - 1) / 2) * across;
      return down ? { x: width / 2 + side, y: 34 + c * long + (c > 0 ? 12 : 0) } : { x: 64 + c * long, y: HEAD + (most * across) / 2 + side };
    }));
    return { columns, down, long, height: down ? 34 + (rows.length - 1) * long + 48 : HEAD + most * across + 6 };
  }

  function build(network, config) {
    const width = byId("network").clientWidth, { hide, features: chosen } = config;
    // Where they cannot be chosen, those that are used are shown alone.
    const given = hide.includes("features") ? chosen : features.names, { columns, down, long, height } = place(config, given, width);
    const svg = byId("links"), holder = byId("neurons"), depth = config.layers.length;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    byId("network").style.height = `${height}px`;
    byId("network").classList.toggle("down", down);
    links = [];
    neurons = [];
    shown = "";
    const lines = [];
    const box = Math.min(BOX, down ? width / 8 - 8 : BOX);
    const at = (element, { x, y }) => {
      element.style.left = `${x}px`;
      element.style.top = `${y}px`;
      return element;
    };

    const inputs = given.map((name, i) => {
      const canvas = make("canvas");
      maps.paint(canvas, maps.ofFeature(name), 0);
      const used = chosen.includes(name);
      const button = make("button", {
        className: "feature", "aria-pressed": String(used), "aria-label": `Feature ${features.all[name].label}`, title: features.all[name].label,
        onclick: () => asked.feature(name), disabled: given === chosen,
      }, make("span", { className: "label", textContent: features.all[name].label }), canvas);
      button.dataset.feature = name;
      return at(button, columns[0][i]);
    });

    const boxes = columns.slice(1).map((column, layer) => column.map((spot, unit) => {
      const canvas = make("canvas"), mark = make("span", { className: "mark" }), bias = make("i", { className: "bias" });
      const name = names(layer, unit, depth);
      const button = make("button", {
        className: layer === depth ? "neuron last" : "neuron", "aria-label": `${name[0].toUpperCase()}${name.slice(1)}`,
        onclick: () => asked.neuron({ layer, unit }, button),
        onmouseenter: () => asked.look({ layer, unit }), onmouseleave: () => { if (button !== document.activeElement) asked.look(null); },
        onfocus: () => asked.look({ layer, unit }), onblur: () => { if (!button.matches(":hover")) asked.look(null); },
      }, canvas, bias, mark);
      neurons.push({ button, canvas, mark, bias, layer, unit, width: "" });
      return at(button, spot);
    }));

    const heads = config.layers.map(({ units, activation }, layer) => {
      const select = make("select", { "aria-label": `Activation of layer ${layer + 1}`, onchange: () => asked.activation(layer, select.value) },
        ...settings.table.layers.choices.map((name) => new Option(name, name, false, name === activation)));
      select.dataset.control = "activations";
      if (!down) select.style.maxWidth = `${Math.min(78, long - 4)}px`;
      const counter = make("span", { className: "counter" },
        make("button", { textContent: "−", "aria-label": `Remove a neuron from layer ${layer + 1}`, disabled: units <= 1, onclick: () => asked.units(layer, units - 1) }),
        make("span", { textContent: String(units), title: `${units} neuron${units > 1 ? "s" : ""}` }),
        make("button", { textContent: "+", "aria-label": `Add a neuron to layer ${layer + 1}`, disabled: units >= settings.table.layers.units, onclick: () => asked.units(layer, units + 1) }));
      counter.dataset.control = "layers";
      const head = make("div", { className: "head" }, counter, select);
      const middle = columns[layer + 1].reduce((sum, { x, y }) => ({ x: sum.x + x, y: sum.y + y }), { x: 0, y: 0 });
      return at(head, down ? { x: width / 2, y: middle.y / units - box / 2 - 15 } : { x: middle.x / units, y: HEAD / 2 - 4 });
    });

    network.layers.forEach(({ weight }, layer) => {
      const [rows, units] = weight.shape;
      for (let from = 0; from < rows; from++) {
        const start = layer === 0 ? columns[0][given.indexOf(chosen[from])] : columns[layer][from];
        for (let to = 0; to < units; to++) {
          const end = columns[layer + 1][to], half = box / 2;
          const path = down
            ? `M${start.x} ${start.y + half}C${start.x} ${(start.y + end.y) / 2} ${end.x} ${(start.y + end.y) / 2} ${end.x} ${end.y - half}`
            : `M${start.x + half} ${start.y}C${(start.x + end.x) / 2} ${start.y} ${(start.x + end.x) / 2} ${end.y} ${end.x - half} ${end.y}`;
          const line = makeSvg("path", { d: path, class: "link" }), hit = makeSvg("path", { d: path, class: "hit" });
          Object.assign(hit.dataset, { layer, from, to });
          hit.onclick = (event) => asked.link({ layer, from, to }, event);
          lines.push(line, hit);
          links.push({ line, layer, at: from * units + to, class: "", width: "" });
        }
      }
    });
    svg.replaceChildren(...lines);
    byId("network").style.setProperty("--box", `${box}px`);
    holder.replaceChildren(...heads, ...inputs, ...boxes.flat());
  }

  // Paint all anew. `layers` are maps; `measured` is what `measures` tells of the gradients, or null where weights are shown.
  function update(network, layers, measured, discretise) {
    const most = measured?.most || 1;
    for (const link of links) {
      const parameter = network.layers[link.layer].weight;
      const value = measured ? measured.weights[link.layer][link.at] : parameter.data[link.at];
      const size = Math.abs(value);
      let width, kind = value >= 0 ? "link positive" : "link negative";
      if (!measured) {
        width = 0.7 + Math.min(size * 2, 8);
      } else if (size === 0) {
        [width, kind] = [1, "link zero"];
      } else {
        width = Math.max(0.8, 7 + 1.6 * Math.log10(size / most));
        if (size < VANISHING * most) [width, kind] = [1.4, `${kind} vanishing`];
      }
      const text = width.toFixed(1);
      if (link.width !== text) link.line.style.strokeWidth = link.width = text;
      if (link.class !== kind) link.line.setAttribute("class", (link.class = kind));
    }
    for (const { canvas, bias, button, layer, unit } of neurons) {
      maps.paint(canvas, layers[layer], unit, discretise && !measured);
      const value = measured ? measured.biases[layer][unit] / most : network.layers[layer].bias.data[unit];
      bias.className = value >= 0 ? "bias positive" : "bias negative";
      bias.style.opacity = String(Math.min(1, 0.15 + Math.abs(value)));
      if (measured) {
        const strength = measured.units[layer][unit] / (measured.mostUnit || 1);
        button.style.setProperty("--ring", `${strength > 0 ? Math.max(1, 5 + 1.2 * Math.log10(strength)).toFixed(1) : 1}px`);
        button.classList.toggle("faded", strength < VANISHING);
      }
    }
    const mode = measured ? "gradients" : "weights";
    if (shown !== mode) {
      byId("network").classList.toggle("gradients", mode === "gradients");
      if (!measured) for (const { button } of neurons) button.classList.remove("faded");
      shown = mode;
    }
  }

  const MARKS = { dead: ["✕", "dead: no training point moves it"], saturated: ["≋", "saturated: flat for nine training points of ten"] };

  // Mark the neurons that learn nothing; `states` has for each layer "dead", "saturated" or "" by neuron.
  function mark(states) {
    for (const { button, mark: sign, layer, unit } of neurons) {
      const state = states[layer]?.[unit] ?? "", [text, words] = MARKS[state] ?? ["", ""];
      if (sign.textContent !== text) {
        sign.textContent = text;
        sign.title = words;
        button.dataset.state = state;
        const name = button.getAttribute("aria-label").split(" (")[0];
        button.setAttribute("aria-label", words ? `${name} (${words})` : name);
      }
    }
  }

  return { asked, build, update, mark, names, VANISHING };
})();
