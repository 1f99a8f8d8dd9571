// A graph with the state of a pass, as the debugger's page draws it: boxes, arrows, what is lit, what has happened. It only
// draws; what happens at which step is told by whoever uses it (`GraphStory` of graph_story.js does for a graph of the engine).
//
//   const picture = new GraphView(element, { label: "The graph", open: (key) => … })   a click or Enter on a box
//   picture.draw({ boxes, arrows })       once, and anew when the graph or a place changes
//     boxes:  [{ key, x, y, title, operation, kind, value, gradient, bars }]   x, y: the middle, in units of about a pixel;
//             kind: "operation", "leaf", "constant" or "module"; value and gradient: the widest texts that they will show, for
//             their room ("" takes none); bars: room for a histogram; room: further width. `GraphView.size(box)` gives {width,
//             height} before that.
//     arrows: [{ key, source, target, through, into }]   from operand to result; through: [{x, y}] on the way, if not straight
//             on; into: {x, y, outX, outY}, where it arrives and the way out of the box there, if not on the side that faces the source;
//             `GraphView.past(boxes, source, target, gap)` gives the way past the boxes of a row
//   picture.show({ boxes, arrows, now, lit, reached, done })     at every step
//     boxes:  Map of key to { value, gradient, valueBins, gradientBins }; what is missing is not known yet
//     arrows: Map of key to what `GraphView.flow(sent, unit)` gives, with `label` (lines) to be read while it is lit; arrows that
//             are missing carry values alone
//     now, reached, done: Sets of keys of boxes (computed or sending now; reached by it; over already); lit, doneArrows: Sets of
//             keys of arrows. With `now: null` nothing is stepped through, and nothing is pale.
//   picture.keep(key)                     mark a box as opened; null for none
//   picture.element(key), .box(key)       the box's <g>, and the box with its width and height
//   picture.legend(element, looks)        what occurs, each with a sample; looks: a Set of `GraphView.look(flow)`
//   picture.resize()                      after the element has become wider or narrower
// Tab goes through the boxes in the order in which they are given, Shift with arrows along the edges.
"use strict";

class GraphView {
  constructor(element, { label, open = () => {} }) {
    this.frame = make("div", { className: "graph", tabIndex: 0, role: "application", "aria-label": `${label}: Tab goes through its boxes` });
    this.svg = makeSvg("svg", {});
    this.layers = { arrows: makeSvg("g"), boxes: makeSvg("g"), labels: makeSvg("g", { class: "labels" }) };
    this.svg.append(...Object.values(this.layers));
    this.frame.append(this.svg);
    this.open = open;
    this.kept = null;
    element.append(this.frame);
    this.frame.addEventListener("keydown", (event) => this.#onKey(event));
    this.frame.addEventListener("click", (event) => {
      const box = event.target.closest("[data-key]");
      if (box) this.open(box.dataset.key);
    });
  }

  static size(box) {
    const { width, height } = shapes.boxSize(GraphView.#lines(box), box.bars ? [null] : [], 40);
    return { width: width + (box.room ?? 0), height };
  }

  // What a contribution looks like on its arrow, beside the gradient that the pass began with; as autograd/draw/style.py has it.
  static flow(sent, unit = 1) {
    const whole = sent.every(Number.isFinite), size = Math.hypot(...sent), strength = size / (unit || 1);
    const sizes = sent.reduce((sum, v) => sum + Math.abs(v), 0), balance = whole && sizes > 0 ? sent.reduce((sum, v) => sum + v, 0) / sizes : 0;
    const { vanishing, exploding } = GraphView.THRESHOLDS;
    const state = !whole ? "broken" : strength === 0 ? "zero" : strength < vanishing ? "vanishing" : strength > exploding ? "exploding" : "flowing";
    return { state, balance, width: strength > 0 ? Math.min(Math.max(3 + Math.log10(strength), 0.8), 7) : 1 };
  }

  // The way of an arrow past the boxes that stand in a row between its ends, above them; nothing where there are none.
  static past(boxes, source, target, gap) {
    const [from, to] = [source, target].map((key) => boxes.find((box) => box.key === key));
    const between = boxes.filter(({ x, y }) => Math.abs(y - from.y) < 4 && x > from.x && x < to.x);
    if (Math.abs(from.y - to.y) > 4 || between.length === 0) return undefined;
    const [first, last] = [between[0], between.at(-1)].map((box) => ({ ...box, ...GraphView.size(box) })), y = Math.min(...between.map((box) => box.y - GraphView.size(box).height / 2)) - gap;
    return [{ x: first.x - first.width / 2, y }, { x: last.x + last.width / 2, y }];
  }

  static look(flow) {
    return shapes.lookOf(flow);
  }

  // The lines of a box, each as its text and its class.
  static #lines({ title, operation, value, gradient }) {
    const head = [shapes.shortened(title, 200), operation].filter(Boolean).join("  "), lines = head ? [[head, "name"]] : [];
    if (value) lines.push([value, "value"]);
    if (gradient) lines.push([shapes.marked("gradient", gradient), "gradient"]);
    return lines;
  }

  // ---- drawing

  draw({ boxes, arrows }) {
    this.boxes = new Map(boxes.map((box) => [box.key, { ...box, ...GraphView.size(box) }]));
    this.arrows = new Map(arrows.map((arrow) => [arrow.key, { ...arrow }]));
    for (const box of this.boxes.values()) this.#drawBox(box);
    this.#route();
    for (const arrow of this.arrows.values()) arrow.flow = undefined;
    this.layers.boxes.replaceChildren(...[...this.boxes.values()].map(({ element }) => element));
    this.layers.arrows.replaceChildren();
    this.layers.labels.replaceChildren();
    for (const arrow of this.arrows.values()) this.#drawArrow(arrow, null);
    this.resize();
  }

  #drawBox(box) {
    const lines = GraphView.#lines(box), { group, texts } = shapes.box(`box ${box.kind}`, box.key, box, lines, []);
    box.element = group;
    box.texts = new Map(lines.map(([, kind], i) => [kind, texts[i]]));
    box.bars = box.bars ? new Map() : null;
  }

  // Where an arrow leaves and arrives: sides that face each other, places along a side in the order of what is at the other end.
  #route() {
    const sides = new Map();
    const enter = (arrow, end, box, other) => {
      const dx = other.x - box.x, dy = other.y - box.y;
      const flat = Math.abs(dx) >= (box.width + (other.width ?? 0)) / 2;
      const side = flat ? (dx < 0 ? "left" : "right") : dy < 0 ? "top" : "bottom", key = `${box.key}\n${side}`;
      if (!sides.has(key)) sides.set(key, { box, side, ends: [] });
      sides.get(key).ends.push({ arrow, end, along: flat ? Math.atan2(dy, Math.abs(dx)) : Math.atan2(dx, Math.abs(dy)) });
    };
    for (const arrow of this.arrows.values()) {
      const source = this.boxes.get(arrow.source), target = this.boxes.get(arrow.target), through = arrow.through ?? [];
      enter(arrow, "start", source, through[0] ?? target);
      if (arrow.into) arrow.stop = arrow.into;
      else enter(arrow, "stop", target, through.at(-1) ?? source);
    }
    for (const { box, side, ends } of sides.values()) {
      ends.sort((a, b) => a.along - b.along).forEach(({ arrow, end }, i) => {
        const share = (i + 1) / (ends.length + 1) - 0.5;
        const [outX, outY] = { left: [-1, 0], right: [1, 0], top: [0, -1], bottom: [0, 1] }[side];
        arrow[end] = { x: box.x + (outX * box.width) / 2 + (outX ? 0 : share * box.width), y: box.y + (outY * box.height) / 2 + (outY ? 0 : share * box.height), outX, outY };
      });
    }
    for (const arrow of this.arrows.values()) arrow.points = this.#points(arrow);
  }

  #points({ start, stop, through }) {
    const at = ({ x, y }) => ({ x, y });
    if (through?.length) return shapes.rounded([start, ...through, stop].map(({ x, y }) => [x, y]));
    const out = ({ x, y, outX, outY }) => ({ x: x + outX * Math.abs(stop.x - start.x) * 0.4, y: y + outY * Math.abs(stop.y - start.y) * 0.4 });
    return [at(start), out(start), { x: (start.x + stop.x) / 2, y: (start.y + stop.y) / 2 }, out(stop), at(stop)];
  }

  #drawArrow(arrow, flow) {
    if (arrow.flow === flow) return;
    arrow.flow = flow;
    const drawn = shapes.arrow(flow ?? { state: "plain", balance: 0, width: 1 }, arrow.points);
    drawn.dataset.arrow = arrow.key;
    if (arrow.element?.parentNode === this.layers.arrows) arrow.element.replaceWith(drawn);
    else this.layers.arrows.append(drawn);
    arrow.element = drawn;
  }

  // A label beside the middle of its arrow, where it lies on no box and no other label; in a corner there may be no room for it.
  #drawLabel(arrow, lines) {
    const line = arrow.element.querySelector("path.line"), whole = line.getTotalLength(), { x, y } = line.getPointAtLength(whole / 2);
    const width = shapes.labelWidth(lines) + 8, height = 14 * lines.length + 2, away = 7 + (arrow.flow?.width ?? 1) / 2;
    const beside = [[away + width / 2, 0], [-away - width / 2, 0]], above = [[0, -away - height / 2], [0, away + height / 2]];
    const before = line.getPointAtLength(whole * 0.48), steep = Math.abs(y - before.y) > Math.abs(x - before.x);
    const aside = [...(steep ? [...beside, ...above] : [...above, ...beside]), [0, 0]];
    const isFree = ([dx, dy]) => ![...this.boxes.values(), ...this.labels].some((b) => Math.abs(b.x - x - dx) < (b.width + width) / 2 && Math.abs(b.y - y - dy) < (b.height + height) / 2);
    const found = aside.find(isFree);
    if (found === undefined) return;
    this.labels.push({ x: x + found[0], y: y + found[1], width, height });
    const [left, top] = [x + found[0] - width / 2, y + found[1] - height / 2], group = shapes.svg("g", { class: "arrow now" });
    group.append(shapes.svg("rect", { x: left, y: top, width, height }), ...lines.map((text, i) => shapes.svg("text", { x: left + width / 2, y: top + 12 + 14 * i }, text)));
    this.layers.labels.append(group);
  }

  // ---- a step

  show({ boxes, arrows, now = null, lit = new Set(), reached = new Set(), done = new Set(), doneArrows = new Set() }) {
    this.svg.classList.toggle("stepping", now !== null);
    for (const [key, box] of this.boxes) {
      const { classList } = box.element;
      classList.toggle("now", now?.has(key) ?? false);
      classList.toggle("reached", reached.has(key));
      classList.toggle("done", done.has(key));
      this.#fill(box, boxes.get(key) ?? {});
    }
    this.layers.labels.replaceChildren();
    this.labels = [];
    for (const [key, arrow] of this.arrows) {
      const flow = arrows.get(key) ?? null;
      this.#drawArrow(arrow, flow);
      arrow.element.classList.toggle("now", lit.has(key));
      arrow.element.classList.toggle("done", doneArrows.has(key));
      // Above those that it crosses.
      if (lit.has(key)) this.layers.arrows.append(arrow.element);
      if (flow?.label && lit.has(key)) this.#drawLabel(arrow, flow.label);
    }
    this.#follow([...(now ?? [])], [...reached]);
  }

  #fill(box, seen) {
    const { texts, bars, element } = box;
    for (const what of ["value", "gradient"]) {
      const text = texts.get(what), words = shapes.marked(what, seen[what] ?? "");
      if (text && text.textContent !== words) text.textContent = words;
      const bins = seen[`${what}Bins`] ?? null;
      if (!bars || bars.get(what)?.bins === bins) continue;
      bars.get(what)?.element.remove();
      bars.delete(what);
      if (bins?.length) bars.set(what, { bins, element: this.#bar(box, what, bins) });
    }
    const said = [box.title, box.operation, seen.value && `value ${seen.value}`, seen.gradient && `gradient ${seen.gradient}`].filter(Boolean).join(", ");
    if (box.said === said) return;
    box.said = said;
    element.setAttribute("aria-label", said);
  }

  #bar({ element, width, height }, what, bins) {
    const wide = (width - 22) / 2, drawn = shapes.histogram(bins, wide, 18, what, what === "gradient");
    drawn.setAttribute("transform", `translate(${what === "value" ? 8 : wide + 14},${height - 24})`);
    element.append(drawn);
    return drawn;
  }

  // ---- the frame: as large as can be read, scrolled where that is more than there is room for

  resize() {
    if (!this.boxes?.size) return;
    const all = [...this.boxes.values()], ways = [...this.arrows.values()].flatMap(({ points }) => points), margin = 14;
    const left = Math.min(...all.map((b) => b.x - b.width / 2), ...ways.map((p) => p.x)) - margin;
    const top = Math.min(...all.map((b) => b.y - b.height / 2), ...ways.map((p) => p.y)) - margin;
    const width = Math.max(...all.map((b) => b.x + b.width / 2), ...ways.map((p) => p.x)) + margin - left;
    const height = Math.max(...all.map((b) => b.y + b.height / 2), ...ways.map((p) => p.y)) + margin - top;
    const scale = Math.min(Math.max(this.frame.clientWidth / width, GraphView.READABLE), 1.15);
    this.place = { left, top, scale };
    this.svg.setAttribute("viewBox", `${left} ${top} ${width} ${height}`);
    this.svg.style.width = `${width * scale}px`;
    this.svg.style.height = `${height * scale}px`;
    this.svg.style.setProperty("--hair", `${1.5 / scale}px`);
  }

  // Scrolls where a step leaves the frame, with what it reaches where there is room for both.
  #follow(keys, reached) {
    const { left, top, scale } = this.place, least = 10;
    const near = (names, axis) => {
      const half = axis === "x" ? "width" : "height", from = axis === "x" ? left : top, found = names.map((name) => this.boxes.get(name)).filter(Boolean);
      return [Math.min(...found.map((b) => b[axis] - b[half] / 2)), Math.max(...found.map((b) => b[axis] + b[half] / 2))].map((end) => (end - from) * scale);
    };
    if (!keys.some((key) => this.boxes.has(key))) return;
    for (const [axis, scroll, room] of [["x", "scrollLeft", this.frame.clientWidth], ["y", "scrollTop", this.frame.clientHeight]]) {
      let [low, high] = near([...keys, ...reached], axis);
      if (high - low > room - 2 * least) [low, high] = near(keys, axis);
      const at = this.frame[scroll];
      if (low < at + least) this.frame[scroll] = low - least;
      else if (high > at + room - least) this.frame[scroll] = high - room + least;
    }
  }

  // ---- keys

  #onKey(event) {
    const key = event.target.dataset?.key;
    if (key === undefined) return;
    if (event.key === "Enter") this.open(key);
    else if (event.shiftKey && event.key.startsWith("Arrow")) this.#neighbour(key, event.key)?.element.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // Along the edges to the left and right, else to the nearest box on that side.
  #neighbour(key, direction) {
    const arrows = [...this.arrows.values()], box = this.boxes.get(key);
    if (direction === "ArrowLeft") return this.boxes.get(arrows.find((a) => a.target === key)?.source);
    if (direction === "ArrowRight") return this.boxes.get(arrows.find((a) => a.source === key)?.target);
    const sign = direction === "ArrowDown" ? 1 : -1, away = (b) => Math.abs(b.y - box.y) + 3 * Math.abs(b.x - box.x);
    return [...this.boxes.values()].filter((b) => sign * (b.y - box.y) > 4).reduce((best, b) => (best && away(best) <= away(b) ? best : b), undefined);
  }

  keep(key) {
    this.kept = key;
    for (const [name, { element }] of this.boxes) element.classList.toggle("kept", name === key);
  }

  element(key) {
    return this.boxes.get(key)?.element;
  }

  box(key) {
    return this.boxes.get(key);
  }

  // ---- legend

  legend(element, looks) {
    const entry = (words, sample, className = "") => make("span", { className }, ...(sample ? [sample] : []), words);
    const { vanishing, exploding } = GraphView.THRESHOLDS, arrows = shapes.looks(vanishing, exploding).filter(([, , look]) => looks.has(look));
    const kinds = new Set([...this.boxes.values()].map(({ kind }) => kind));
    element.replaceChildren(
      entry("value", null, "value"), entry("∇ gradient", null, "gradient"),
      ...(arrows.length ? [entry("arrows: contribution of the gradient, wider is larger")] : []),
      ...arrows.map(([state, balance, , words]) => entry(words, shapes.sampleArrow(state, balance))),
      ...(kinds.has("leaf") ? [entry("leaf: takes a gradient, computed from nothing", shapes.sampleBox("leaf", false))] : []),
      ...(kinds.has("constant") ? [entry("constant", shapes.sampleBox("constant", false))] : []),
    );
  }
}

// The scale at which letters can just be read, and where a contribution vanishes and explodes.
GraphView.READABLE = 0.68;
GraphView.THRESHOLDS = JSON.parse(document.getElementById("data").textContent).thresholds;
