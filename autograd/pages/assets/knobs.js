// ---- the sliders, numbers and switches of an optimizer's options

// Whether a number is one that an option may be, and which those are.
const fits = (knob, x) => Number.isFinite(x) && x >= knob.from && !(knob.below !== null && x >= knob.below) && !(knob.whole && !Number.isInteger(x));
const rangeOf = (knob) => `a ${knob.whole ? "whole " : ""}number from ${knob.from}${knob.below === null ? "" : ` to below ${knob.below}`}`;

// One number, as a slider and as a field; `change` gets it.
function makeKnob(knob, value, label, change) {
  const toPlace = (x) => (knob.scale === "log" ? Math.log10(Math.max(x, 10 ** (knob.least - 1))) : x);
  const low = knob.scale === "log" ? knob.least - (knob.zero ? 1 : 0) : knob.least;
  const slider = make("input", { type: "range", min: low, max: knob.most, step: knob.scale === "log" ? 0.02 : knob.step, "aria-label": `${label}, slider` });
  const field = make("input", { type: "number", step: "any", "aria-label": label });
  const show = (x) => { slider.value = toPlace(x); field.value = Number(x.toPrecision(6)); };
  show(value);
  slider.oninput = () => {
    const place = Number(slider.value);
    const x = knob.scale !== "log" ? place : knob.zero && place <= low ? 0 : Number((10 ** place).toPrecision(3));
    field.value = x;
    field.setCustomValidity("");
    change(x);
  };
  field.oninput = () => {
    const x = field.valueAsNumber, wrong = !fits(knob, x);
    field.setCustomValidity(wrong ? rangeOf(knob) : "");
    field.reportValidity();
    if (wrong) return;
    slider.value = toPlace(x);
    change(x);
  };
  return make("label", { class: "knob" }, make("span", { title: knob.name }, expression.letter(knob.letter)), slider, field);
}

function makeKnobs(racer, names, change) {
  const set = (name, value) => { racer.options = { ...racer.options, [name]: value }; change(); };
  return given.knobs[racer.kind].filter((knob) => names(knob)).flatMap((knob) => {
    const value = racer.options[knob.name], label = `${knob.name} of ${racer.title}`;
    if (knob.form === "switch") {
      return [make("label", { class: "switch" }, make("input", { type: "checkbox", checked: value, onchange: (event) => set(knob.name, event.target.checked) }), ` ${knob.name}`)];
    }
    if (knob.form === "choice") {
      const select = make("select", { onchange: () => set(knob.name, knob.choices[select.selectedIndex]) }, ...knob.choices.map((choice) => make("option", { selected: choice === value }, choice === null ? "none" : String(choice))));
      return [make("label", { class: "switch" }, `${knob.name} `, select)];
    }
    if (knob.form === "several") {
      return knob.letter.split(" ").map((letter, k) => makeKnob({ ...knob, letter, ...(knob.parts?.[k] ?? {}) }, value[k], `${knob.name}, ${["first", "second", "third"][k]}, of ${racer.title}`,
        (x) => set(knob.name, racer.options[knob.name].map((old, i) => (i === k ? x : old)))));
    }
    return [makeKnob(knob, value, label, (x) => set(knob.name, x))];
  });
}
