// The graph on the screen: boxes that are moved, and operands that are connected by a drag or by two clicks.
//   const picture = new GraphPicture(element, { open(id), move(id, x, y), connect(from, to, index), arm(armed), leave() })
//   picture.draw(result, { step, chosen, armed })     `step` is null for all of both passes; `armed` is null, {from} or {to, index}
"use strict";

// A window on the graph that stays where it is while somebody moves the boxes.
class BuildView extends GraphView {
  resize() {
    if (this.frozen || !this.boxes?.size) return;
    const all = [...this.boxes.values()], ways = [...this.arrows.values()].flatMap(({ points }) => points), margin = 24;
    const left = Math.min(...all.map((b) => b.x - b.width / 2), ...ways.map((p) => p.x)) - margin;
    const top = Math.min(...all.map((b) => b.y - b.height / 2), ...ways.map((p) => p.y)) - margin;
    const right = Math.max(...all.map((b) => b.x + b.width / 2), ...ways.map((p) => p.x)) + margin;
    const bottom = Math.max(...all.map((b) => b.y + b.height / 2), ...ways.map((p) => p.y)) + margin;
    const scale = Math.min(Math.max(this.frame.clientWidth / (right - left), GraphView.READABLE), 1.15);
    const was = this.window?.scale === scale && this.stays ? this.window : null;
    if (!was) this.frame.style.height = `${Math.min(Math.max((bottom - top) * scale + 4, BuildView.LEAST), BuildView.MOST, innerHeight * 0.8)}px`;
    const room = { width: this.frame.clientWidth / scale, height: this.frame.clientHeight / scale };
    if (was) {
      // Only as far as something has left it.
      const near = { left: Math.min(was.left, left), top: Math.min(was.top, top) };
      this.window = { scale, ...near, width: Math.max(was.left + was.width, right) - near.left, height: Math.max(was.top + was.height, bottom) - near.top };
    } else {
      const width = Math.max(right - left, room.width), height = Math.max(bottom - top, room.height);
      this.window = { scale, width, height, left: (left + right - width) / 2, top: (top + bottom - height) / 2 };
    }
    const { width, height } = this.window;
    this.place = this.window;
    this.svg.setAttribute("viewBox", `${this.window.left} ${this.window.top} ${width} ${height}`);
    this.svg.style.width = `${width * scale}px`;
    this.svg.style.height = `${height * scale}px`;
    this.svg.style.setProperty("--hair", `${1.5 / scale}px`);
    if (!was) return;
    this.frame.scrollLeft += (was.left - this.window.left) * scale;
    this.frame.scrollTop += (was.top - this.window.top) * scale;
  }
}

// Pixels of its height.
BuildView.LEAST = 320;
BuildView.MOST = 640;

class GraphPicture {
  // Pixels that a pointer may move in a click, and a key moves a box by.
  static STILL = 4;

  constructor(element, asked) {
    this.asked = asked;
    this.view = new BuildView(element, { label: "Your graph", open: (key) => asked.open(Number(key)) });
    this.ports = makeSvg("g", { class: "ports" });
    this.view.svg.append(this.ports);
    this.gesture = null;
    const { frame } = this.view;
    frame.addEventListener("pointerdown", (event) => this.#onDown(event));
    frame.addEventListener("pointermove", (event) => this.#onMove(event));
    frame.addEventListener("pointerup", (event) => this.#onUp(event));
    frame.addEventListener("pointercancel", () => this.#cancel());
    frame.addEventListener("click", (event) => this.#onClick(event), { capture: true });
  }

  // ---- drawing

  draw(result, { step, chosen, armed }) {
    Object.assign(this, { result, step, chosen, armed });
    const { graph } = result, focused = document.activeElement?.dataset?.key;
    this.drawn = graph.boxes.map((box) => this.#describe(box));
    const arrows = graph.boxes.flatMap((box) => graphs.operandsOf(box).flatMap((id, index) => (id === null ? [] : [{ key: graphValues.arrowKey(box.id, index), source: String(id), target: String(box.id), index }])));
    this.#place(graph, arrows);
    this.arrows = arrows;
    this.view.stays = graph.places !== null;
    this.#redraw();
    if (focused !== undefined && this.view.frame.isConnected) this.view.element(focused)?.focus({ preventScroll: true });
  }

  #describe(box) {
    const { gradients, values, story, lacking } = this.result, key = String(box.id);
    const sums = story?.changes.gradient.get(key)?.map(({ data }) => graphNumbers.tell(data[0])) ?? [];
    const gradient = gradients.has(box.id) ? [graphNumbers.tell(gradients.get(box.id)), ...sums].reduce((a, b) => (b.length > a.length ? b : a)) : "";
    const kind = { input: "leaf", number: "constant", operation: "operation" }[box.kind];
    if (box.kind === "number") return { key, title: graphNumbers.tell(box.value), operation: "", kind, value: "", gradient: "", slots: [] };
    const { operands, op } = box, several = operands?.length > 1;
    return {
      key, kind, title: box.name, operation: op ? operations.all.get(op).sign : "", value: lacking.has(box.id) ? "?" : graphNumbers.tell(values.get(box.id)), gradient,
      room: several ? 16 : 0, slots: (operands ?? []).map((id, index) => ({ id, index, letter: several ? operations.OPERANDS[index] : "" })),
    };
  }

  // Where nobody has placed the boxes, where they are read best; a step leaves them there.
  #place(graph, arrows) {
    if (graph.places !== null) {
      this.down = graph.places.down;
      this.at = new Map(this.drawn.map(({ key }) => [key, { x: graph.places.at[key]?.[0] ?? 0, y: graph.places.at[key]?.[1] ?? 0 }]));
      this.ways = new Map();
      this.laid = null;
      return;
    }
    const wide = this.view.frame.clientWidth - 48;
    if (graph.boxes.length === 0 || (this.laid?.graph === graph && this.laid.wide === wide)) return;
    this.laid = { graph, wide };
    const { sends } = this.result, names = new Map(graph.boxes.map((box) => [String(box.id), graphs.nameOf(box)]));
    // What a step says on an arrow is the widest, and some of the arrow shall be seen beside it.
    const room = ({ key, source }) => ({ width: shapes.labelWidth([`∇ ${names.get(source)} += ${graphNumbers.tell(sends.get(key))}`]) + 36, height: 18 });
    const labelled = arrows.map((arrow) => ({ ...arrow, label: sends.has(arrow.key) ? room(arrow) : { width: 0, height: 0 } }));
    const { at, ways, down } = graphLayout.fit(this.drawn.map((box) => ({ ...box, ...GraphView.size(box) })), labelled, wide);
    Object.assign(this, { at, ways, down });
  }

  #redraw() {
    const boxes = this.drawn.map((box) => ({ ...box, ...this.at.get(box.key), ...GraphView.size(box) })), byKey = new Map(boxes.map((box) => [box.key, box]));
    for (const box of boxes) this.#placeSlots(box, byKey);
    const arrows = this.arrows.map((arrow) => {
      const box = byKey.get(arrow.target), { x, y } = box.slots.find(({ index }) => index === arrow.index), out = this.down ? { outX: 0, outY: -1 } : { outX: -1, outY: 0 };
      return { ...arrow, through: this.ways.get(arrow.key), into: { x, y, ...out } };
    });
    this.view.draw({ boxes, arrows });
    this.view.show(this.#state());
    this.view.keep(this.chosen === null ? null : String(this.chosen));
    this.ports.replaceChildren(...boxes.flatMap((box) => this.#drawPorts(box)), ...(this.wire ? [this.wire] : []));
  }

  // Operands enter on one side of a box, in the order of where they come from, so that arrows do not cross.
  #placeSlots(box, byKey) {
    const from = ({ id, index }) => {
      if (id === null) return Infinity;
      const key = graphValues.arrowKey(box.key, index), { x, y } = this.ways.get(key)?.at(-1) ?? byKey.get(String(id));
      return this.down ? x : y;
    };
    const sorted = [...box.slots].sort((a, b) => from(a) - from(b) || a.index - b.index), length = this.down ? box.width : box.height;
    sorted.forEach((slot, k) => {
      const along = ((k + 1) / (sorted.length + 1) - 0.5) * length;
      Object.assign(slot, this.down ? { x: box.x + along, y: box.y - box.height / 2 } : { x: box.x - box.width / 2, y: box.y + along });
    });
  }

  #state() {
    const { story, values, gradients, sends } = this.result, { step } = this, { tell } = graphNumbers;
    const known = new Map([...values].map(([id, value]) => [String(id), { value: tell(value), gradient: gradients.has(id) ? tell(gradients.get(id)) : "" }]));
    const open = new Map([...this.result.lacking.keys()].map((id) => [String(id), { value: "?" }]));
    if (step === null || story === null) {
      const arrows = new Map([...sends].map(([key, sent]) => [key, { ...GraphView.flow([sent]), label: [tell(sent)] }]));
      return { boxes: new Map([...known, ...open]), arrows, lit: new Set(arrows.keys()) };
    }
    const state = story.state(step), boxes = new Map([...known, ...open]);
    for (const key of story.boxes.keys()) {
      const value = story.latest(key, "value", step), gradient = story.latest(key, "gradient", step);
      boxes.set(key, { value: value ? tell(value.data[0]) : "", gradient: gradient ? tell(gradient.data[0]) : "" });
    }
    return { ...state, boxes };
  }

  #drawPorts({ key, x, y, width, height, slots }) {
    const { down, armed } = this, out = down ? { x, y: y + height / 2 } : { x: x + width / 2, y };
    const dot = (className, at, data, words) => {
      const group = makeSvg("g", { class: className, transform: `translate(${at.x},${at.y})` }), title = makeSvg("title");
      title.textContent = words;
      Object.assign(group.dataset, data);
      group.append(title, makeSvg("circle", { r: 13, class: "reach" }), makeSvg("circle", { r: 5, class: "dot" }));
      return group;
    };
    const drawn = slots.map((slot) => {
      const now = armed?.to === Number(key) && armed.index === slot.index;
      const group = dot(`slot${slot.id === null ? " free" : ""}${now ? " armed" : ""}`, slot, { slot: `${key} ${slot.index}` }, `Operand ${slot.letter || "x"}: drag or click, then another box`);
      if (slot.letter) {
        const text = makeSvg("text", down ? { x: -11, y: -3 } : { x: 12, y: 4 });
        text.textContent = slot.letter;
        group.append(text);
      }
      return group;
    });
    drawn.push(dot(`port${armed?.from === Number(key) ? " armed" : ""}`, out, { port: key }, "Drag or click, then an operand of another box"));
    if (Number(key) === this.result.graph.output) {
      const label = makeSvg("text", { class: "output", x: x - width / 2 + 3, y: y + height / 2 + 13 });
      label.textContent = "output";
      drawn.push(label);
    }
    return drawn;
  }

  // ---- pointers

  #pointAt(event) {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.view.svg.getScreenCTM().inverse());
    return { x, y };
  }

  // What is under a pointer: {to, index} of an operand, {from} of a result, {box}, or null.
  static under(element) {
    const found = element?.closest?.("[data-slot], [data-port], [data-key]");
    if (!found) return null;
    const { slot, port, key } = found.dataset;
    if (slot !== undefined) {
      const [to, index] = slot.split(" ").map(Number);
      return { to, index };
    }
    return port !== undefined ? { from: Number(port) } : { box: Number(key) };
  }

  #onDown(event) {
    this.dragged = false;
    if (event.button !== 0 || this.gesture) return;
    const under = GraphPicture.under(event.target);
    if (under === null) return;
    this.gesture = { ...under, start: event, moved: false, at: this.#pointAt(event) };
  }

  #onMove(event) {
    const { gesture } = this;
    if (gesture === null || event.pointerId !== gesture.start.pointerId) return;
    if (!gesture.moved) {
      if (Math.hypot(event.clientX - gesture.start.clientX, event.clientY - gesture.start.clientY) <= GraphPicture.STILL) return;
      gesture.moved = this.view.frozen = true;
      this.view.frame.setPointerCapture(event.pointerId);
      if (gesture.box !== undefined) {
        gesture.from = this.at.get(String(gesture.box));
        this.view.stays = true;
      }
    }
    const to = this.#pointAt(event);
    if (gesture.box !== undefined) {
      this.at.set(String(gesture.box), { x: gesture.from.x + to.x - gesture.at.x, y: gesture.from.y + to.y - gesture.at.y });
      this.ways = new Map();
    } else {
      this.wire = makeSvg("path", { class: "wire", d: `M${gesture.at.x},${gesture.at.y} L${to.x},${to.y}` });
    }
    this.#redraw();
  }

  #onUp(event) {
    const { gesture } = this;
    if (gesture === null || event.pointerId !== gesture.start.pointerId) return;
    // The click that comes of a drag is none.
    this.dragged = gesture.moved;
    const { x, y } = gesture.moved && gesture.box !== undefined ? this.at.get(String(gesture.box)) : {};
    this.#end();
    if (!gesture.moved) return;
    if (gesture.box !== undefined) this.asked.move(gesture.box, x, y);
    else this.#join(gesture, GraphPicture.under(document.elementFromPoint(event.clientX, event.clientY)));
  }

  // A click finds its box only while that stays what was pressed.
  #end() {
    const moved = this.gesture?.moved;
    Object.assign(this, { gesture: null, wire: null });
    this.view.frozen = false;
    if (moved) this.#redraw();
  }

  // What was moved goes back.
  #cancel() {
    this.#end();
    this.laid = null;
    if (this.result) this.draw(this.result, this);
  }

  // From one end of a wire to what it is let go on.
  #join(end, other) {
    if (end.to !== undefined) {
      const from = other?.from ?? other?.box;
      if (from !== undefined) this.asked.connect(from, end.to, end.index);
      else if (other === null) this.asked.connect(null, end.to, end.index);
    } else if (other?.to !== undefined) this.asked.connect(end.from, other.to, other.index);
    else if (other?.box !== undefined) this.asked.connect(end.from, other.box, null);
  }

  #onClick(event) {
    if (this.dragged) {
      this.dragged = false;
      event.stopPropagation();
      return;
    }
    const under = GraphPicture.under(event.target), { armed } = this;
    if (under === null) {
      if (armed) this.asked.arm(null);
      else this.asked.leave();
      return;
    }
    if (under.box !== undefined && armed === null) return;
    event.stopPropagation();
    const same = armed !== null && under.from === armed.from && under.to === armed.to && under.index === armed.index;
    if (same) this.asked.arm(null);
    else if (armed === null || (under.box === undefined && (under.to === undefined) === (armed.to === undefined))) this.asked.arm(under);
    else {
      this.asked.arm(null);
      this.#join(armed, under);
    }
  }

  // ---- for others

  // The places as they are, to be kept.
  get places() {
    return { down: this.down ?? false, at: Object.fromEntries([...(this.at ?? [])].map(([key, { x, y }]) => [key, [Math.round(x), Math.round(y)]])) };
  }

  // A place for a new box that is free: beside the box that is chosen, or under all others.
  freePlace(near) {
    const all = [...(this.view.boxes?.values() ?? [])];
    if (all.length === 0) return [0, 0];
    const start = near === null ? null : this.at.get(String(near)), [wide, high] = [100, 84];
    const step = this.down ? { x: 1, y: 0 } : { x: 0, y: 1 };
    let x = start ? start.x + (this.down ? 0 : 150) : Math.min(...all.map((box) => box.x)), y = start ? start.y + (this.down ? 120 : 0) : Math.max(...all.map((box) => box.y)) + high;
    while (all.some((box) => Math.abs(box.x - x) < (box.width + wide) / 2 && Math.abs(box.y - y) < (box.height + high) / 2)) [x, y] = [x + step.x * 24, y + step.y * 24];
    return [Math.round(x), Math.round(y)];
  }
}
