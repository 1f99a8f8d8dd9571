// Editing by a click: the weight of a line, or the bias and the weights of a neuron.
"use strict";

const inspector = (() => {
  let back = null, closePaint = null;

  function numberField(words, parameter, at, gradient) {
    const input = make("input", { type: "number", step: "any", value: Number.isFinite(parameter.data[at]) ? Number(parameter.data[at].toPrecision(6)) : "", "aria-label": words });
    input.oninput = () => {
      const value = Number(input.value);
      if (input.value === "" || !Number.isFinite(value) || Math.abs(value) > 1e6) return;
      playground.setWeight(parameter, at, value);
    };
    return make("label", { className: "edit" }, make("span", { textContent: words }), input, make("small", { textContent: `gradient ${told(gradient)}` }));
  }

  const sourceName = (layer, from) => (layer === 0 ? features.all[playground.settings.features[from]].label : `neuron ${from + 1}`);

  function show(title, fields, left, top, opener) {
    close();
    const box = byId("inspector");
    box.replaceChildren(
      make("div", { className: "heading" }, make("b", { textContent: title }), make("button", { textContent: "×", "aria-label": "Close", onclick: close })),
      ...fields,
    );
    box.setAttribute("aria-label", title);
    box.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = box;
    box.style.left = `${Math.max(6, Math.min(left, document.documentElement.clientWidth - width - 6))}px`;
    box.style.top = `${Math.max(6, Math.min(top, document.documentElement.scrollHeight - height - 6))}px`;
    back = opener ?? null;
    box.scrollIntoView({ block: "nearest" });
    (box.querySelector("input") ?? box.querySelector("button")).focus({ preventScroll: true });
  }

  function close() {
    if (byId("inspector").hidden) return;
    // What is hidden keeps the focus until the next frame, and with it the keys.
    if (byId("inspector").contains(document.activeElement)) document.activeElement.blur();
    byId("inspector").hidden = true;
    closePaint?.();
    back?.focus({ preventScroll: true });
    back = null;
  }

  function start() {
    diagram.asked.link = ({ layer, from, to }, event) => {
      const { network, settings: now, training } = playground, { weight } = network.layers[layer];
      const at = from * weight.shape[1] + to, gradient = measures.gradients(training)?.weights[layer][at] ?? NaN;
      const title = `${sourceName(layer, from)} → ${diagram.names(layer, to, now.layers.length)}`;
      show(title, [numberField("Weight", weight, at, gradient)], event.pageX + 8, event.pageY + 8);
    };
    diagram.asked.neuron = ({ layer, unit }, button) => {
      const { network, settings: now, training } = playground, { weight, bias } = network.layers[layer];
      const found = measures.gradients(training), [rows, units] = weight.shape;
      const fields = [numberField("Bias", bias, unit, found?.biases[layer][unit] ?? NaN)];
      for (let from = 0; from < rows; from++) {
        fields.push(numberField(`from ${sourceName(layer, from)}`, weight, from * units + unit, found?.weights[layer][from * units + unit] ?? NaN));
      }
      const { left, bottom } = button.getBoundingClientRect();
      const name = diagram.names(layer, unit, now.layers.length);
      show(name[0].toUpperCase() + name.slice(1), fields, left + scrollX, bottom + scrollY + 6, button);
    };
    byId("inspector").onkeydown = (event) => {
      if (event.key === "Escape") close();
      event.stopPropagation();
    };
    addEventListener("pointerdown", (event) => {
      if (!event.target.closest("#inspector, .hit, .neuron")) close();
    });
    playground.onChange((what) => { if (what === "network" || what === "playing") close(); });
  }

  return { start, close };
})();
