// The tab "A step apart": the step that comes next, forward, backward and update, for one point or the batch. Looking at it
// trains nothing; "Do this step" does.
"use strict";

panels.add((() => {
  // Steps of a story a second, where it plays.
  const PACE = 4;
  const PHASES = { forward: "the forward pass", backward: "the backward pass", update: "the update" };
  const NOTES = {
    point: "w₁₂₃ is the weight of layer 1 from 2 to neuron 3; z a sum, a its activation. The arrow from what a weight multiplies is lit for the weight, too.",
    batch: "P is a product, Z a sum, A its activation; D the difference, S its squares, m their mean, L the loss.",
  };
  let parts = null, picture = null, graph = null, story = null, end = () => {};
  // What is taken apart, which point of the batch, at which step, and the box that is open.
  let mode = "point", chosen = 0, at = 0, opened = null;
  let kind = "", playing = null, isListed = false, isStale = false, madeOf = "";

  // ---- the story of the step

  // Settings that say nothing of the step, such as the speed, leave the story as it is.
  const MATTERING = ["features", "layers", "output", "optimizer", "rate", "penalty", "strength", "batch"];
  const written = () => MATTERING.map((name) => settings.text(name, playground.settings[name])).join(";");

  // Several changes at once make one new story.
  function onChange(what) {
    if (what === "undo" || (what === "settings" && written() === madeOf) || isStale) return;
    isStale = true;
    queueMicrotask(() => {
      isStale = false;
      if (parts.whole.isConnected) build();
    });
  }

  function build() {
    stop();
    madeOf = written();
    const { network, training, settings: now } = playground, batch = training.train.batches[training.at];
    const reason = playground.playing ? "The network is training: pause to take the next step apart." : batch ? "" : "There are no training points: click on the plane, or choose a data set.";
    parts.reason.textContent = reason;
    parts.reason.hidden = reason === "";
    parts.whole.hidden = reason !== "";
    if (reason !== "") return;
    chosen = Math.min(chosen, batch.targets.data.length - 1);
    const across = batch.inputs.shape[1], inputs = batch.inputs.data.subarray(chosen * across, (chosen + 1) * across);
    graph = mode === "point" ? new PointGraph(network, inputs, batch.targets.data[chosen], now) : new BatchGraph(network, batch, now, Math.max(parts.picture.clientWidth, 330) / 0.85);
    story = new GraphStory(graph.root, graph);
    tellUpdates(batch);
    tellBatch(batch);
    draw();
  }

  // A loss that is no number makes no step.
  function tellUpdates(batch) {
    const { network, training } = playground, loss = training.loss(batch), isFinite = Number.isFinite(loss.data[0]);
    parts.broken.hidden = isFinite;
    if (!isFinite) return;
    const steps = new Map(engine.steps(loss).map(({ node, gradient }) => [node, gradient]));
    const gradients = new Map(network.parameters.map((parameter) => [parameter, steps.get(parameter) ?? new Float64Array(parameter.data.length)]));
    const last = story.events.length, isPart = mode === "point" && batch.targets.data.length > 1;
    apartUpdates.tell(story, graph.parameters, training.optimizer, gradients, (leaf) => (isPart ? story.latest(story.boxOf(leaf), "gradient", last)?.data[0] ?? 0 : null));
  }

  function tellBatch({ inputs, targets }) {
    const { training, settings: now } = playground, across = inputs.shape[1], count = targets.data.length;
    const words = (i) => [...now.features.map((name, k) => `${features.all[name].label} ${told(inputs.data[i * across + k])}`), `y ${told(targets.data[i])}`].join(", ");
    parts.points.replaceChildren(...Array.from({ length: count }, (_, i) => new Option(`${i + 1}: ${words(i)}`, i, false, i === chosen)));
    parts.which.hidden = mode !== "point";
    parts.batch.textContent = `Step ${(training.steps + 1).toLocaleString("en")} takes batch ${training.at + 1} of ${training.train.batches.length}: ${count} point${count === 1 ? "" : "s"}.`;
  }

  function draw() {
    const keys = new Set(graph.boxes.map(({ key }) => key)), edges = story.edges.filter((edge) => keys.has(edge.source) && keys.has(edge.target) && story.drawn(edge) === edge.key);
    picture.draw({ boxes: graph.boxes, arrows: edges.map((edge) => ({ ...edge, through: graph.through?.(edge) })) });
    picture.legend(parts.legend, story.looks);
    parts.legend.append(make("span", { textContent: NOTES[mode] }));
    parts.slider.max = story.events.length;
    // Of a network of another kind the story begins anew.
    const now = [mode, story.events.length, ...keys].join();
    if (now !== kind) [kind, at, opened] = [now, 0, null];
    isListed = false;
    if (parts.table.open) list();
    goTo(at);
  }

  // ---- going through it

  function goTo(step) {
    const count = story.events.length;
    at = Math.max(0, Math.min(step, count));
    const event = story.events[at - 1], place = event ? `${at.toLocaleString("en")} of ${count.toLocaleString("en")}, ${event.phase}` : `${count.toLocaleString("en")} steps`;
    picture.show(story.state(at));
    parts.slider.value = at;
    parts.slider.setAttribute("aria-valuetext", place);
    parts.place.textContent = place;
    parts.first.disabled = parts.back.disabled = at === 0;
    parts.next.disabled = parts.onward.disabled = at === count;
    tell(event);
    showBox();
    markRow();
  }

  function tell(event) {
    const [headline, ...equations] = event?.lines() ?? ["Nothing has happened yet: → takes the first step."];
    parts.event.replaceChildren(
      make("h3", { textContent: event ? `Step ${at.toLocaleString("en")} of ${story.events.length.toLocaleString("en")}: ${PHASES[event.phase]}` : "The start" }),
      make("p", { className: `headline ${{ forward: "value", backward: "gradient" }[event?.phase] ?? ""}`, textContent: headline }),
      ...equations.map((text) => make("p", { className: "equation", textContent: text })),
    );
    parts.all.replaceChildren(...(event?.update?.elements.length > 1 ? [tableOfUpdate(event.update)] : []));
  }

  function tableOf(heads, rows) {
    return make("div", { className: "scroll" }, makeTable(heads, make("tbody", {}, ...rows.map((cells) => makeRow(heads, cells)))));
  }

  function tableOfUpdate({ parameter: { data, shape }, gradient, after }) {
    const { number } = equations, place = (i) => (shape.length === 2 ? `${Math.floor(i / shape[1]) + 1} → ${(i % shape[1]) + 1}` : `${i + 1}`);
    return tableOf([shape.length === 2 ? "from → to" : "neuron", "θ", "g", "new θ"], Array.from(data, (value, i) => [place(i), number(value), number(gradient[i]), number(after[i])]));
  }

  // Over all edges of a node, and all updates of an array.
  function jump(way) {
    const unit = (i) => {
      const { phase, now, sent, update, node } = story.events[i - 1];
      return [phase, sent ? now[0] : update ? graph.parameters.findIndex(({ parameter }) => parameter === update.parameter) : node.order].join();
    };
    let step = at + way;
    const count = story.events.length;
    if (way > 0) while (at > 0 && step < count && unit(step) === unit(at)) step += 1;
    else while (step > 1 && unit(step) === unit(step - 1)) step -= 1;
    goTo(step);
  }

  function stop() {
    clearInterval(playing);
    playing = null;
    parts.play.textContent = "Play";
    parts.event.setAttribute("aria-live", "polite");
  }

  function play() {
    if (playing !== null) return stop();
    if (at === story.events.length) goTo(0);
    playing = setInterval(() => (at === story.events.length ? stop() : goTo(at + 1)), 1000 / PACE);
    parts.play.textContent = "Pause";
    // Faster than it can be read out.
    parts.event.setAttribute("aria-live", "off");
  }

  function doStep() {
    at = 0;
    playground.step();
  }

  // ---- a box that is opened

  function open(key) {
    opened = opened === key ? null : key;
    showBox();
  }

  function showBox() {
    picture.keep(opened);
    if (opened === null) return parts.box.replaceChildren();
    const { title, operation } = picture.box(opened), { node } = story.boxes.get(opened), latest = (key, what) => story.latest(key, what, at);
    const value = latest(opened, "value"), gradient = latest(opened, "gradient"), words = (found, missing) => (found ? numbers.inWords(found.data, found.shape) : missing);
    const operands = story.edges.filter(({ target }) => target === opened).map(({ source, parent }) => [story.name(parent), words(latest(source, "value"), "–"), words(latest(source, "gradient"), "–")]);
    parts.box.replaceChildren(
      make("h3", { textContent: [title, operation].filter(Boolean).join("  ") }),
      make("p", { className: "value", textContent: `value ${words(value, "not computed")}` }),
      ...(value?.data.length > 1 ? [tableOfArray(value)] : []),
      ...(node.needsGrad ? [make("p", { className: "gradient", textContent: `∇ gradient ${words(gradient, "not yet")}` })] : []),
      ...(gradient?.data.length > 1 ? [tableOfArray(gradient)] : []),
      ...(operands.length ? [tableOf(["operand", "value", "∇ so far"], operands)] : []),
    );
  }

  function tableOfArray({ data, shape }) {
    const across = shape.at(-1), rows = Array.from({ length: data.length / across }, (_, i) => Array.from(data.subarray(i * across, (i + 1) * across), (v) => equations.number(v, 3)));
    return tableOf(Array.from({ length: across }, (_, i) => `column ${i + 1}`), rows);
  }

  // ---- the step as a table: made when it is opened

  function list() {
    if (isListed || !parts.table.open) return;
    isListed = true;
    parts.rows.replaceChildren(...story.events.map((event, i) => make("tr", {},
      make("td", {}, make("button", { textContent: String(i + 1), "aria-label": `Go to step ${i + 1}`, onclick: () => goTo(i + 1) })),
      make("td", { textContent: event.phase }), make("td", {}, ...event.lines().map((text) => make("div", { textContent: text }))))));
    markRow();
  }

  function markRow() {
    if (!isListed) return;
    parts.rows.querySelector("[aria-current]")?.removeAttribute("aria-current");
    parts.rows.children[at - 1]?.setAttribute("aria-current", "step");
  }

  // ---- keys, as on the debugger's page

  const keys = {
    ArrowRight: () => goTo(at + 1), ArrowLeft: () => goTo(at - 1), s: () => goTo(at + 1), n: () => goTo(at + 1), b: () => goTo(at - 1),
    Home: () => goTo(0), End: () => goTo(story.events.length), c: () => jump(1), C: () => jump(-1), " ": play, Enter: () => goTo(at + 1),
  };

  function onKey(event) {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[key] || target.matches("select, textarea")) return;
    // Keys that the element itself knows.
    if ([" ", "Enter"].includes(key) && target.matches("button, summary, input")) return;
    if (key.startsWith("Arrow") && target.matches("[type=radio]")) return;
    event.preventDefault();
    event.stopPropagation();
    if (key !== " ") stop();
    keys[key]();
  }

  // ---- the tab

  function makeParts() {
    const button = (textContent, title, run) => make("button", { textContent, title, "aria-label": title.replace(/ \(.*/, ""), onclick: () => { stop(); run(); } });
    const radio = (value, words) => make("label", {}, make("input", { type: "radio", name: "apart", value, checked: mode === value, onchange: () => { mode = value; build(); } }), make("span", { textContent: words }));
    const div = (className, more = {}) => make("div", { className, ...more });
    parts = {
      reason: make("p", { role: "status", hidden: true }), whole: div("apart"), picture: div("picture"), event: div("event", { "aria-live": "polite" }), all: div("all"), box: div("opened"),
      legend: div("legend"), batch: make("span", { className: "soft" }), broken: make("p", { className: "bad", textContent: "The loss is no finite number: no step is made from it, and no weight changes." }),
      points: make("select", { "aria-label": "Point of the batch", onchange: () => { chosen = Number(parts.points.value); build(); } }),
      slider: make("input", { type: "range", min: 0, value: 0, "aria-label": "Step of the story", oninput: () => { stop(); goTo(Number(parts.slider.value)); } }),
      first: button("|◀", "To the beginning (Home)", () => goTo(0)), back: button("◀", "Back by one (←)", () => goTo(at - 1)), next: button("▶", "On by one (→)", () => goTo(at + 1)),
      onward: button("▶▶", "On to the next node (c)", () => jump(1)), play: make("button", { textContent: "Play", title: "Play the story (space)", onclick: play }),
      place: make("output", { className: "place" }), rows: make("tbody"),
    };
    parts.which = make("label", {}, "Point ", parts.points);
    parts.table = make("details", { ontoggle: list }, make("summary", { textContent: "The step as a table" }),
      make("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "The step as a table" }, makeTable(["Step", "Pass", "Equations"], parts.rows)));
    parts.whole.append(
      make("div", { className: "row" },
        make("div", { className: "switch", role: "radiogroup", "aria-label": "What is taken apart" }, radio("point", "One point"), radio("batch", "The batch")), parts.which, parts.batch,
        make("button", { className: "main", textContent: "Do this step", title: "Train on this batch, and take the next one apart", onclick: doStep })),
      parts.broken,
      make("div", { className: "player", role: "group", "aria-label": "Step by step" }, parts.first, parts.back, parts.play, parts.next, parts.onward, parts.slider, parts.place),
      make("div", { className: "beside" }, parts.picture, make("div", { className: "telling" }, parts.event, parts.all, parts.box)),
      parts.legend, parts.table,
    );
    parts.whole.addEventListener("keydown", onKey);
  }

  function openTab(element) {
    makeParts();
    element.append(parts.reason, parts.whole);
    picture = new GraphView(parts.picture, { label: "The graph of the step", open });
    build();
    let width = innerWidth;
    const onResize = () => {
      if (innerWidth === width) return;
      width = innerWidth;
      build();
    };
    addEventListener("resize", onResize);
    const endChanges = playground.onChange(onChange);
    end = () => {
      stop();
      removeEventListener("resize", onResize);
      endChanges();
    };
  }

  return { id: "step", title: "A step apart", open: openTab, close: () => end() };
})());
