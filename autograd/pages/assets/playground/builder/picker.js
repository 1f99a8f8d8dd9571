// A field that finds an operation: type a part of its name or sign, arrows go through the list, Enter takes it.
"use strict";

class OperationPicker {
  static #count = 0;

  constructor({ label, take }) {
    this.take = take;
    const id = `operations-${++OperationPicker.#count}`;
    this.input = make("input", { type: "search", role: "combobox", placeholder: label, "aria-label": label, "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list", autocomplete: "off", spellcheck: false });
    // A list that scrolls would take the focus, too.
    this.list = make("div", { id, role: "listbox", tabIndex: -1, className: "choices", "aria-label": "Operations", hidden: true });
    this.element = make("div", { className: "picker" }, this.input, this.list);
    this.input.onfocus = this.input.oninput = () => this.#open();
    this.input.onclick = () => this.#open();
    this.input.onkeydown = (event) => this.#onKey(event);
    this.input.onblur = () => this.close();
    // A press in the list must not take the focus from the field, which would close it.
    this.list.onpointerdown = (event) => event.preventDefault();
  }

  #open() {
    const found = operations.find(this.input.value), groups = this.input.value.trim() === "" ? operations.groups : [null];
    this.options = [];
    const option = (one) => {
      const element = make("div", { role: "option", id: `${this.list.id}-${one.name}`, "aria-selected": "false", onclick: () => this.#choose(one) },
        make("b", { textContent: one.infix ? `${one.name}  ${one.sign}` : one.name }), make("span", { textContent: one.about }));
      this.options.push({ one, element });
      return element;
    };
    this.list.replaceChildren(...groups.flatMap((group) => {
      const those = group === null ? found : found.filter((one) => one.group === group);
      return group === null ? those.map(option) : [make("div", { role: "group", "aria-label": group }, make("div", { className: "group-title", textContent: group, "aria-hidden": "true" }), ...those.map(option))];
    }));
    if (found.length === 0) this.list.append(make("div", { className: "none", textContent: "There is no such operation." }));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.#mark(this.input.value.trim() === "" ? -1 : 0);
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  #mark(at) {
    this.at = Math.min(Math.max(at, -1), this.options.length - 1);
    this.options.forEach(({ element }, i) => element.setAttribute("aria-selected", String(i === this.at)));
    const marked = this.options[this.at]?.element;
    if (marked) this.input.setAttribute("aria-activedescendant", marked.id);
    else this.input.removeAttribute("aria-activedescendant");
    marked?.scrollIntoView({ block: "nearest" });
  }

  #choose({ name }) {
    this.input.value = "";
    this.close();
    this.take(name);
  }

  #onKey(event) {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      if (this.list.hidden) this.#open();
      this.#mark(this.at + (key === "ArrowDown" ? 1 : -1));
    } else if (key === "Enter") {
      if (!this.list.hidden && this.options[this.at]) this.#choose(this.options[this.at].one);
    } else if (key === "Escape" && !this.list.hidden) {
      this.close();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
