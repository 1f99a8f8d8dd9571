// The box that is chosen: its name, value, operation, parameters and operands as fields, and what the passes found for it in full.
"use strict";

class BoxDetails {
  static HINT = "Choose a box to see and change it: a click, or Tab and Enter. Connect boxes from the dot of one to an operand of another: "
    + "by a drag, by two clicks, or here.";

  // `asked.edit(words, change, kind)` makes a new graph; `asked.output(id)`, `.remove(id)`, `.leave()`.
  constructor(asked) {
    this.asked = asked;
    this.element = make("div", { className: "details", role: "group" });
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      asked.leave();
    });
    this.built = null;
  }

  // The fields stay while the box, and what it can be connected to, do: nobody's typing is cut off.
  show(result, id) {
    const { graph } = result, box = id === null ? undefined : graphs.find(graph, id);
    this.result = result;
    const built = JSON.stringify([id, box?.kind, box?.op, graph.boxes.map((one) => [one.id, graphs.nameOf(one)])]);
    if (built !== this.built) {
      const focused = this.element.contains(document.activeElement) ? document.activeElement.dataset.field : undefined, typed = focused === "name" || focused === "value";
      // A name that is typed changes the list of boxes; the field itself stays.
      if (!(typed && this.shown === id && box)) {
        this.built = built;
        this.shown = id;
        this.#build(box);
        if (focused !== undefined) this.element.querySelector(`[data-field="${focused}"]`)?.focus({ preventScroll: true });
      }
    }
    if (box) this.#fill(box);
  }

  focus() {
    const first = this.shown !== undefined && graphs.find(this.result.graph, this.shown)?.kind === "operation" ? "[data-field=operand-0]" : "[data-field=value]";
    (this.element.querySelector(first) ?? this.element.querySelector("input, select, button"))?.focus();
  }

  #build(box) {
    this.fields = [];
    this.refused = make("p", { className: "bad", role: "alert", hidden: true });
    if (box === undefined) {
      this.element.setAttribute("aria-label", "Nothing is chosen");
      this.element.replaceChildren(make("p", { className: "remark", textContent: BoxDetails.HINT }));
      return;
    }
    const parts = [];
    if (box.kind !== "number") parts.push(this.#textField("name", "Name", () => this.box.name, (text) => graphs.rename(this.result.graph, box.id, text), "a name"));
    const set = (value) => graphs.setValue(this.result.graph, box.id, value);
    if (box.kind !== "operation") parts.push(this.#numberField("value", "Value", () => this.box.value, set, `the value of ${graphs.nameOf(box)}`));
    else parts.push(...this.#operationFields(box));
    this.outputButton = make("button", { textContent: "Make it the output", onclick: () => this.asked.output(box.id) });
    this.readout = make("dl", { className: "readout" });
    this.heading = make("h3", {});
    this.element.replaceChildren(
      this.heading, ...parts, this.refused,
      make("div", { className: "row" }, this.outputButton, make("button", { textContent: "Delete", title: "Delete the box (Delete)", onclick: () => this.asked.remove(box.id) })),
      this.readout,
    );
  }

  #operationFields(box) {
    const { asked } = this, row = operations.all.get(box.op);
    const select = make("select", { "aria-label": "Operation" }, ...operations.groups.map((group) => {
      const element = make("optgroup", { label: group });
      element.append(...[...operations.all.values()].filter((one) => one.group === group).map(({ name }) => new Option(name, name)));
      return element;
    }));
    select.dataset.field = "operation";
    select.onchange = () => asked.edit("an operation", (graph) => graphs.setOperation(graph, box.id, select.value));
    this.fields.push((now) => { select.value = now.op; });
    const parts = [make("label", { className: "pick" }, "Operation ", select), make("p", { className: "remark", textContent: row.about })];
    for (let index = 0; index < row.arity; index++) parts.push(this.#operandField(box, index));
    for (const name of Object.keys(row.defaults)) {
      parts.push(this.#numberField(`parameter-${name}`, name, () => this.box.params[name], (value) => graphs.setParameter(this.result.graph, box.id, name, value), `${name} of ${box.name}`));
    }
    return parts;
  }

  #operandField(box, index) {
    const { graph } = this.result, letter = operations.OPERANDS[index];
    const select = make("select", { "aria-label": `Operand ${letter}` }, new Option("– not connected –", ""), ...graph.boxes.filter(({ id }) => id !== box.id)
      .map((one) => new Option(`${graphs.nameOf(one)}${one.kind === "number" ? " (number)" : ""}`, one.id)));
    select.dataset.field = `operand-${index}`;
    select.onchange = () => {
      this.asked.connect(select.value === "" ? null : Number(select.value), box.id, index);
      select.value = graphs.find(this.result.graph, box.id)?.operands[index] ?? "";
    };
    this.fields.push((now) => { select.value = now.operands[index] ?? ""; });
    return make("label", { className: "pick" }, `Operand ${letter} `, select);
  }

  // What is typed holds at once, where it can; otherwise it is told why not, and nothing changes.
  #typed(field, label, read, change, words, attributes) {
    const input = make("input", { type: "text", "aria-label": label, autocomplete: "off", spellcheck: false, ...attributes });
    input.dataset.field = field;
    input.oninput = () => {
      const { id } = this.box, why = this.asked.edit(words, () => change(input.value), `${field} ${id}`, true);
      input.setAttribute("aria-invalid", String(why !== ""));
      this.refused.hidden = why === "";
      this.refused.textContent = why;
    };
    // What was refused goes when the field is left.
    input.onblur = () => {
      input.value = read();
      input.setAttribute("aria-invalid", "false");
      this.refused.hidden = true;
    };
    this.fields.push(() => { if (document.activeElement !== input) input.value = read(); });
    return make("label", { className: "pick" }, `${label} `, input);
  }

  #textField(field, label, read, change, words) {
    return this.#typed(field, label, read, change, words, { maxLength: graphs.LONGEST });
  }

  #numberField(field, label, read, change, words) {
    const parse = (text) => {
      const value = graphNumbers.read(text);
      if (value === undefined) throw new Refused("a number was expected, such as 2, −0.5, 1e3, inf or nan");
      return change(value);
    };
    return this.#typed(field, label, () => graphNumbers.exact(read()), parse, words, { inputMode: "text" });
  }

  // ---- what the passes found

  #fill(box) {
    this.box = box;
    const { graph, lacking, values } = this.result, { exact } = graphNumbers, isOutput = graph.output === box.id;
    this.heading.textContent = box.kind === "number" ? "A number" : box.name;
    this.element.setAttribute("aria-label", `The box ${graphs.nameOf(box)}`);
    for (const update of this.fields) update(box);
    this.outputButton.disabled = isOutput;
    this.outputButton.textContent = isOutput ? "It is the output" : "Make it the output";
    const pairs = lacking.has(box.id) ? [["value", `none: ${lacking.get(box.id)}`]] : [["value", exact(values.get(box.id))]];
    const output = graphs.find(graph, graph.output);
    if (box.kind === "number") pairs.push(["gradient", "none: a number is a constant"]);
    else if (output) pairs.push(...this.#gradientPairs(box, output));
    this.readout.replaceChildren(...pairs.flatMap(([term, text]) => [make("dt", { textContent: term }), make("dd", { textContent: text, className: term === "value" ? "value" : "gradient" })]));
  }

  #gradientPairs(box, output) {
    const { graph, gradients, sums } = this.result, { exact, tell } = graphNumbers, term = `∂${graphs.nameOf(output)}/∂${box.name}`;
    if (!gradients.has(box.id)) {
      const apart = graphs.path(graph, box.id, output.id) === null, open = this.result.lacking.has(output.id);
      const why = apart ? `${graphs.nameOf(output)} does not depend on it` : open ? `${output.name} has no value yet` : "no derivative passes between them";
      return [[term, `none: ${why}`]];
    }
    const parts = sums.get(box.id) ?? [];
    const told = parts.map(({ from, value }) => `${tell(value)} from ${graphs.nameOf(graphs.find(graph, from))}`).join(" + ");
    return [[term, exact(gradients.get(box.id))], ...(parts.length > 1 ? [["added up", told]] : [])];
  }
}
