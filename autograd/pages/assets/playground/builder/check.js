// The gradients of a graph's inputs beside differences, as a table that follows the graph.
"use strict";

class GraphCheck {
  constructor() {
    this.found = make("div", {});
    this.element = make("details", { className: "checked" }, make("summary", { textContent: "Check by differences" }), this.found);
    this.element.ontoggle = () => this.#fill();
  }

  show(result) {
    this.result = result;
    this.#fill();
  }

  #fill() {
    if (!this.element.open || !this.result) return;
    const { graph } = this.result, output = graphs.find(graph, graph.output), rows = this.result.gradients.size > 0 ? graphValues.check(this.result) : [];
    if (rows.length === 0) {
      this.found.replaceChildren(make("p", { textContent: "There is no input on which the output depends by a derivative." }));
      return;
    }
    const { exact, tell } = graphNumbers, heads = ["Input", "Value", `∂${graphs.nameOf(output)}/∂input`, "Differences", "Relative error", ""];
    const cells = (row) => [row.name, exact(row.value), exact(row.tape), tell(row.difference), row.open ? "–" : tell(row.error), row.open ? "–" : row.right ? "✓" : "✗"];
    this.found.replaceChildren(
      ...this.#judge(rows), make("div", { className: "scroll" }, makeTable(heads, make("tbody", {}, ...rows.map((row) => makeRow(heads, cells(row)))))),
    );
  }

  #judge(rows) {
    const open = rows.filter((row) => row.open).length, wrong = rows.filter((row) => !row.open && !row.right).length, right = rows.length - open - wrong;
    const told = [];
    const add = (className, textContent) => told.push(make("p", { className, textContent }));
    if (wrong > 0) add("bad", `${wrong} of ${rows.length} differ by more than a millionth. At a kink or a jump differences are wrong, not the tape.`);
    else if (right === 1) add("good", "It agrees: the tape gives the slope that differences find.");
    else if (right > 0) add("good", `All ${right} agree: the tape gives the slopes that differences find.`);
    if (open > 0) add("", `${open} cannot be compared: a number is not finite.`);
    return told;
  }
}
