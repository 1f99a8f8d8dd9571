// The tab "Gradients": layer by layer how large gradients and updates are, and which neurons learn nothing.
"use strict";

panels.add((() => {
  let end = null;

  const heads = ["Layer", "Activation", "Gradient", "Root mean square", "Update / weight", "Dead", "Saturated"];

  function open(element) {
    const body = make("tbody");
    element.append(
      make("p", { textContent: "Derivatives of the loss on all training points, by each layer's weights. An update is best about a thousandth of its weight; a bar that is short beside the last layer's is a gradient that vanishes on its way back." }),
      makeTable(heads, body),
    );
    let last = 0;
    const fill = () => {
      const now = performance.now();
      if (playground.playing && now - last < 200) return;
      last = now;
      body.replaceChildren(...rows());
    };
    fill();
    end = view.onPaint(fill);
  }

  function rows() {
    const { network, training, settings: now } = playground, found = measures.gradients(training);
    if (found === null) return [make("tr", {}, make("td", { textContent: "There are no training points." }))];
    const states = measures.states(network, found.stages);
    const sizes = measures.sizes(found), most = Math.max(...sizes);
    const ratios = training.steps > 0 ? measures.ratios(network, training.before) : null;
    return network.layers.map(({ activation }, layer) => {
      const size = sizes[layer], count = (state) => (states[layer] ?? []).filter((one) => one === state).length;
      const meter = make("span", { className: "meter" }, make("i"));
      // Five decades fill the bar.
      meter.firstChild.style.width = `${size > 0 ? Math.max(1, 100 + 20 * Math.log10(size / most)) : 0}%`;
      const vanished = size < diagram.VANISHING * most;
      const ratio = ratios?.[layer] ?? NaN;
      const cells = [
        layer === now.layers.length ? "output" : `${layer + 1}`, activation, meter, make("span", {}, told(size), vanished ? make("b", { className: "bad", textContent: " vanishing" }) : ""),
        make("span", {}, told(ratio, 2), ratio > 0.1 ? make("b", { className: "bad", textContent: " large" }) : ratio < 1e-6 ? make("b", { className: "bad", textContent: " tiny" }) : ""),
        layer === now.layers.length ? "" : `${count("dead")} of ${now.layers[layer].units}`, layer === now.layers.length ? "" : `${count("saturated")} of ${now.layers[layer].units}`,
      ];
      return makeRow(heads, cells);
    });
  }

  return { id: "gradients", title: "Gradients", open, close: () => end?.() };
})());
