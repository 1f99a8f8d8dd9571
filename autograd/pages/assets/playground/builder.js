// The tab "Your own graph": inputs, numbers and operations that are drawn and connected, with values and gradients at once.
"use strict";

panels.add((() => {
  const HINT = "Tab goes through the boxes, Enter opens one, Delete removes it, Ctrl and arrows move it, → and ← step.";
  let parts = null, end = null;
  // What is looked at; it is no part of the graph.
  let chosen = null, step = null, armed = null;

  const graphNow = () => playground.settings.graph;

  // ---- edits: each can be undone, and one that is refused says why and changes nothing

  function edit(words, change, kind = null, quiet = false) {
    try {
      const graph = change(graphNow());
      say("");
      playground.set({ graph }, words, kind);
      return "";
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const why = `${error.message[0].toUpperCase()}${error.message.slice(1)}.`;
      if (!quiet) say(why);
      return why;
    }
  }

  function say(text) {
    if (parts === null) return;
    parts.status.textContent = text;
    parts.status.hidden = text === "";
  }

  // A new box, beside the one that is chosen where boxes have places.
  function add(words, make_) {
    let id = null;
    edit(words, (graph) => {
      const [next, added] = make_(graph, graph.places === null ? null : parts.picture.freePlace(chosen));
      id = added;
      return next;
    });
    if (id === null) return;
    choose(id);
    parts.details.focus();
  }

  const addInput = () => add("an input", (graph, at) => graphs.addInput(graph, 1, undefined, at));
  const addNumber = () => add("a number", (graph, at) => graphs.addNumber(graph, 1, at));
  // What is chosen is its first operand.
  const addOperation = (op) => add(`the operation ${op}`, (graph, at) => graphs.addOperation(graph, op, chosen === null ? [] : [chosen], undefined, at));

  function connect(from, to, index) {
    edit(from === null ? "a connection taken away" : "a connection", (graph) => {
      const box = graphs.find(graph, to);
      if (box.kind !== "operation") throw new Refused(`${graphs.nameOf(box)} is no operation and takes no operands`);
      const open = index ?? box.operands.indexOf(null);
      if (open < 0) throw new Refused(`all operands of ${box.name} are connected: drop it on one of them to replace it`);
      return graphs.connect(graph, from, to, open);
    });
  }

  function remove(id) {
    if (id === null) return;
    if (chosen === id) chosen = null;
    edit(`${graphs.nameOf(graphs.find(graphNow(), id))} deleted`, (graph) => graphs.remove(graph, id));
  }

  function move(id, x, y, kind = null) {
    const { places } = parts.picture;
    edit("a box moved", (graph) => graphs.setPlaces(graph, { ...places, at: { ...places.at, [id]: [Math.round(x), Math.round(y)] } }), kind);
  }

  function typed() {
    if (edit("an expression", (graph) => graphTexts.fromExpression(parts.text.value, graph)) !== "") return;
    [chosen, step] = [null, null];
    show();
  }

  function openText(text, name) {
    const why = edit("a graph opened", () => graphTexts.fromJson(text), null, true);
    if (why !== "") say(`“${name.slice(0, 60)}” cannot be used: ${why} Nothing was changed.`);
    else [chosen, step] = [null, null];
    show();
  }

  // ---- what is looked at

  function choose(id) {
    chosen = id;
    armed = null;
    show();
  }

  function leave() {
    const was = chosen;
    choose(null);
    if (was !== null) parts.picture.view.element(String(was))?.focus({ preventScroll: true });
  }

  function go(to) {
    step = to;
    show();
  }

  function arm(what) {
    armed = what;
    say(what === null ? "" : what.to === undefined ? "Now click the operand that it goes to. Escape ends it." : "Now click the box that is this operand. Escape ends it.");
    show();
  }

  // ---- the page

  let computed = null;

  function show() {
    if (parts === null) return;
    const graph = graphNow();
    if (computed?.graph !== graph) computed = graphValues.compute(graph);
    if (!graphs.find(graph, chosen)) chosen = null;
    if (armed !== null && !graphs.find(graph, armed.from ?? armed.to)) armed = null;
    if (step !== null) step = computed.story === null ? null : Math.min(step, computed.story.events.length);
    parts.hint.hidden = graph.boxes.length > 0;
    parts.picture.view.frame.hidden = graph.boxes.length === 0;
    parts.picture.draw(computed, { step, chosen, armed });
    parts.details.show(computed, chosen);
    parts.player.show(computed.story, step, outcome());
    parts.check.show(computed);
    const looks = computed.story?.passes.length ? computed.story.looks : new Set();
    if (graph.boxes.length > 0) parts.picture.view.legend(parts.legend, looks);
    else parts.legend.replaceChildren();
    const text = graphTexts.toExpression(graph);
    if (document.activeElement !== parts.text && text !== null) parts.text.value = text;
  }

  // What the output is, and how it moves with each input.
  function outcome() {
    const { graph, values, gradients, lacking } = computed, output = graphs.find(graph, graph.output);
    if (output === undefined) return [];
    const name = graphs.nameOf(output);
    if (lacking.has(output.id)) return [`${name} has no value yet: ${lacking.get(output.id)}.`];
    const inputs = graph.boxes.filter(({ kind, id }) => kind === "input" && gradients.has(id)).slice(0, 12);
    return [`${name} = ${graphNumbers.tell(values.get(output.id))}`, inputs.map((box) => `∂${name}/∂${box.name} = ${graphNumbers.tell(gradients.get(box.id))}`).join(",  ")];
  }

  function onKey(event) {
    const { key, target } = event, id = Number(target.dataset?.key), onBox = target.dataset?.key !== undefined;
    if (target.matches("input:not([type=range]), select, textarea, summary") || event.altKey || event.metaKey) return;
    if (onBox && event.ctrlKey && key.startsWith("Arrow")) {
      const { x, y } = parts.picture.at.get(target.dataset.key), [dx, dy] = { ArrowLeft: [-10, 0], ArrowRight: [10, 0], ArrowUp: [0, -10], ArrowDown: [0, 10] }[key];
      move(id, x + dx, y + dy, `move ${id}`);
    } else if (event.ctrlKey) return;
    else if (key === "Escape" && armed !== null) arm(null);
    else if (onBox && (key === "Delete" || key === "Backspace")) {
      const boxes = graphNow().boxes, next = boxes[boxes.findIndex((box) => box.id === id) + 1] ?? boxes.at(-2);
      remove(id);
      if (next) parts.picture.view.element(String(next.id))?.focus();
    } else if (onBox && key === "Enter") {
      if (armed !== null) return;
      choose(id);
      parts.details.focus();
    } else if ((key === "ArrowRight" || key === "ArrowLeft") && !event.shiftKey && !target.matches("[type=range]")) {
      parts.player.stop();
      if (computed.story) go(key === "ArrowRight" ? parts.player.after() : parts.player.before());
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function open(element) {
    const text = make("input", { type: "text", className: "expression", "aria-label": "Expression", autocomplete: "off", spellcheck: false, maxLength: 2000, placeholder: "a=2; b=1; e=(a+b)*(b+1)" });
    const picker = new OperationPicker({ label: "Add an operation: tanh, *, …", take: addOperation });
    const status = make("p", { className: "said", role: "status", hidden: true }), legend = make("div", { className: "legend" });
    const stage = make("div", { className: "wide" }), hint = make("p", { className: "hint", textContent: "The graph is empty: add an input, or type an expression." });
    const picture = new GraphPicture(stage, {
      open: choose, move, connect, arm, leave: () => { if (chosen !== null) choose(null); },
    });
    const details = new BoxDetails({ edit, connect, remove, leave, output: (id) => edit("the output", (graph) => graphs.setOutput(graph, id)) });
    const player = new PassPlayer(go), check = new GraphCheck();
    const sharing = new GraphSharing({ graph: graphNow, picture: () => picture.view.svg, open: openText, refuse: say });
    stage.append(hint, legend, player.element);
    const root = make("div", { className: "builder" },
      make("form", { className: "row", onsubmit: (event) => {
        event.preventDefault();
        typed();
      } }, make("label", { className: "typed" }, make("span", { textContent: "Expression" }), text), make("button", { className: "main", textContent: "Draw" })),
      make("div", { className: "row", role: "group", "aria-label": "Add and arrange boxes" },
        make("button", { textContent: "+ Input", onclick: addInput }), make("button", { textContent: "+ Number", onclick: addNumber }),
        make("button", { textContent: "Tidy", title: "Put all boxes in order", onclick: () => edit("a tidy graph", (graph) => graphs.setPlaces(graph, null)) }),
        make("button", { textContent: "Empty", title: "Take all boxes away", onclick: () => edit("an empty graph", () => graphs.empty) }), picker.element),
      status, make("div", { className: "sides" }, stage, details.element), make("p", { className: "remark", textContent: HINT }), check.element, sharing.element);
    root.addEventListener("keydown", onKey);
    element.append(root);
    parts = { text, status, legend, hint, picture, details, player, check };
    const endChange = playground.onChange(() => { if (computed?.graph !== graphNow()) show(); }), resized = new ResizeObserver(() => picture.view.frame.clientWidth !== parts?.width && fit());
    resized.observe(stage);
    end = () => {
      endChange();
      resized.disconnect();
      player.stop();
      parts = null;
    };
    show();
  }

  // Where the room has changed, boxes that nobody has placed are placed anew.
  function fit() {
    parts.width = parts.picture.view.frame.clientWidth;
    show();
  }

  function close() {
    end?.();
    [chosen, step, armed] = [null, null, null];
  }

  return { id: "build", title: "Your own graph", open, close };
})());
