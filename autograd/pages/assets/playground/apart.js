// The tab "A step apart": the step that comes next, taken apart: forward, backward, update; for one point or the batch. Looking
// trains nothing; "Do this step" does it.
"use strict";

panels.add((() => {
  // Events a second of a story that plays, and how many of its rows are told in full.
  const PACE = 4;
  const PHASES = { forward: "the forward pass", backward: "the backward pass", update: "the update" };
  let parts = null, ends = [], picture = null, story = null, graph = null, at = 0, playing = null, mode = "point", chosen = 0, shape = "", opened = null;

  // ---- what is told

  function batch() {
    const { training } = playground;
    return training.train.batches[training.at] ?? null;
  }

  function build() {
    stop();
    const found = batch(), { network, settings: now, training } = playground;
    parts.empty.hidden = found !== null && !playground.playing;
    parts.empty.textContent = playground.playing ? "The network is training: pause to take the next step apart." : "There are no training points: click on the plane, or choose a data set.";
    parts.whole.hidden = !parts.empty.hidden;
    if (parts.whole.hidden) {
      story = null;
      return;
    }
    const count = found.targets.data.length, across = network.layers[0].weight.shape[0];
    chosen = Math.min(chosen, count - 1);
    if (mode === "point") graph = new PointGraph(network, found.inputs.data.slice(chosen * across, (chosen + 1) * across), found.targets.data[chosen], now);
    else graph = new BatchGraph(network, found, now, Math.max(parts.picture.clientWidth, 330) / 0.85);
    story = new GraphStory(graph.root, graph);
    const loss = training.loss(found);
    if (Number.isFinite(loss.data[0])) {
      const steps = new Map(engine.steps(loss).map(({ node, gradient }) => [node, gradient]));
      const gradients = new Map(network.parameters.map((parameter) => [parameter, steps.get(parameter) ?? new Float64Array(parameter.data.length)]));
      const own = (leaf) => (mode === "point" && count > 1 ? story.latest(story.boxOf(leaf), "gradient", story.events.length)?.data[0] ?? 0 : null);
      apartUpdates.tell(story, graph.parameters, training.optimizer, gradients, own);
    }
    parts.notFinite.hidden = Number.isFinite(loss.data[0]);
    tellPoints(found, count);
    const { boxes } = graph, shown = new Set(boxes.map(({ key }) => key)), edges = story.edges.filter((edge) => shown.has(edge.source) && shown.has(edge.target) && story.drawn(edge) === edge.key);
    picture.draw({ boxes, arrows: edges.map((edge) => ({ ...edge, through: graph.through?.(edge) })) });
    picture.legend(parts.legend, story.looks);
    parts.slider.max = story.events.length;
    const now_shape = `${mode} ${story.events.length} ${boxes.length}`;
    if (now_shape !== shape) [shape, at, opened] = [now_shape, 0, null];
    listed = false;
    if (parts.table.open) list();
    goTo(at);
  }

  function tellPoints({ inputs, targets }, count) {
    const { training, settings: now } = playground, across = inputs.shape[1];
    const label = (i) => `${i + 1}: ${now.features.map((name, k) => `${features.all[name].label} ${told(inputs.data[i * across + k])}`).join(", ")}, y ${told(targets.data[i])}`;
    parts.points.replaceChildren(...Array.from({ length: count }, (_, i) => new Option(label(i), i, false, i === chosen)));
    parts.points.parentElement.hidden = mode !== "point";
    parts.batch.textContent = `Step ${(training.steps + 1).toLocaleString("en")} will take batch ${training.at + 1} of ${training.train.batches.length}: ${count} point${count === 1 ? "" : "s"}.`;
  }

  // ---- going through it

  function goTo(step) {
    if (story === null) return;
    at = Math.max(0, Math.min(step, story.events.length));
    const event = story.events[at - 1];
    picture.show(story.state(at));
    parts.slider.value = at;
    parts.slider.setAttribute("aria-valuetext", `${at} of ${story.events.length}`);
    parts.first.disabled = parts.back.disabled = at === 0;
    parts.next.disabled = parts.onward.disabled = at === story.events.length;
    parts.place.textContent = event ? `${at.toLocaleString("en")} of ${story.events.length.toLocaleString("en")}, ${event.phase}` : `${story.events.length.toLocaleString("en")} steps`;
    tell(event);
    if (opened !== null) details(opened);
    markRow();
  }

  function tell(event) {
    const [first, ...others] = event?.lines() ?? ["→ takes the first step."];
    parts.event.replaceChildren(
      make("h3", { textContent: event ? `Step ${at.toLocaleString("en")} of ${story.events.length.toLocaleString("en")}: ${PHASES[event.phase]}` : "The start" }),
      make("p", { className: `said ${event?.phase === "forward" ? "value" : event?.phase === "backward" ? "gradient" : ""}`, textContent: first }),
      ...others.map((text) => make("p", { className: "equation", textContent: text })),
      ...(event?.update?.elements.length > 1 ? [allNumbers(event.update)] : []),
    );
  }

  // Of an array that is updated every number, row by row.
  function allNumbers({ parameter: { data, shape }, elements, gradient, after }) {
    const place = (i) => (shape.length === 2 ? `${Math.floor(i / shape[1]) + 1} → ${(i % shape[1]) + 1}` : `${i + 1}`), { number } = equations;
    return table([shape.length === 2 ? "from → to" : "neuron", "θ", "g", "new θ"], elements.map((i) => [place(i), number(data[i]), number(gradient[i]), number(after[i])]));
  }

  // To the next node, forwards or backwards: over all edges of the one that is now.
  function jump(way) {
    const same = (one, other) => one?.phase === other?.phase && (one?.sent ? one.now[0] === other.now[0] : one?.update ? one.update.parameter === other.update.parameter : false);
    let step = at + way;
    if (way > 0) while (step < story.events.length && same(story.events[step - 1], story.events[at - 1])) step += 1;
    else {
      while (step > 1 && same(story.events[step - 1], story.events[step - 2])) step -= 1;
    }
    goTo(step);
  }

  function stop() {
    clearInterval(playing);
    playing = null;
    if (parts) parts.play.textContent = "Play";
  }

  function play() {
    if (playing !== null) return stop();
    if (at === story.events.length) goTo(0);
    playing = setInterval(() => (at === story.events.length ? stop() : goTo(at + 1)), 1000 / PACE);
    parts.play.textContent = "Pause";
  }

  function doIt() {
    at = 0;
    playground.step();
    goTo(0);
  }

  // ---- a box that is opened

  function open(key) {
    opened = opened === key ? null : key;
    details(opened);
  }

  function details(key) {
    picture.keep(key);
    if (key === null) {
      parts.details.replaceChildren();
      return;
    }
    const value = story.latest(key, "value", at), gradient = story.latest(key, "gradient", at), { node } = story.boxes.get(key), box = picture.box(key);
    const operands = story.edges.filter(({ target }) => target === key);
    const rows = operands.map(({ parent }) => [story.name(parent), story.latest(story.boxOf(parent), "value", at), story.latest(story.boxOf(parent), "gradient", at)]);
    const inWords = (found) => (found ? numbers.inWords(found.data, found.shape) : "not yet");
    parts.details.replaceChildren(
      make("h3", { textContent: [box.title, box.operation].filter(Boolean).join("  ") }),
      make("p", {}, make("span", { className: "value", textContent: `value ${inWords(value)}` })),
      ...(node.needsGrad ? [make("p", {}, make("span", { className: "gradient", textContent: `∇ gradient ${inWords(gradient)}` }))] : []),
      ...(value && value.data.length > 1 ? [matrix(value, gradient)] : []),
      ...(rows.length ? [table(["operand", "value", "∇ gradient so far"], rows.map(([name, v, g]) => [name, inWords(v), g ? inWords(g) : "–"]))] : []),
    );
  }

  const table = (heads, rows) => makeTable(heads, make("tbody", {}, ...rows.map((cells) => makeRow(heads, cells))));

  // The numbers of an array, row by row, as many as can be read.
  function matrix({ data, shape }, gradient) {
    const across = shape.at(-1) ?? 1, most = Math.min(data.length / across, 30);
    const numbersOf = (from) => table(Array.from({ length: across }, (_, i) => String(i + 1)), Array.from({ length: most }, (_, row) => Array.from(from.subarray(row * across, (row + 1) * across), (v) => equations.number(v, 3))));
    return make("div", { className: "scroll" }, numbersOf(data), ...(gradient ? [make("p", { className: "gradient", textContent: "∇ gradient" }), numbersOf(gradient.data)] : []));
  }

  // ---- the step as a table

  let listed = false;
  function list() {
    if (listed || story === null) return;
    listed = true;
    parts.rows.replaceChildren(...story.events.map((event, i) => {
      const go = make("button", { className: "link", textContent: String(i + 1), "aria-label": `Go to step ${i + 1}`, onclick: () => goTo(i + 1) });
      return make("tr", {}, make("td", {}, go), make("td", { textContent: event.phase }), make("td", {}, ...event.lines().map((text) => make("div", { textContent: text }))));
    }));
    markRow();
  }

  function markRow() {
    if (!listed) return;
    parts.rows.querySelector("[aria-current]")?.removeAttribute("aria-current");
    parts.rows.children[at - 1]?.setAttribute("aria-current", "step");
  }

  // ---- the tab

  const keys = {
    ArrowRight: () => goTo(at + 1), ArrowLeft: () => goTo(at - 1), Home: () => goTo(0), End: () => goTo(story.events.length),
    " ": () => play(), n: () => goTo(at + 1), b: () => goTo(at - 1), s: () => goTo(at + 1), c: () => jump(1), C: () => jump(-1),
  };

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select, input:not([type=range], [type=radio])")) return;
    if (event.target.matches("button, summary, input") && [" ", "Enter"].includes(event.key)) return;
    if (event.target.matches("[type=radio]") && event.key.startsWith("Arrow")) return;
    if (story === null || !keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key !== " ") stop();
    keys[event.key]();
  }

  function openTab(element) {
    const button = (textContent, title, onclick) => make("button", { textContent, title, "aria-label": title, onclick });
    const radio = (value, words) => make("label", {}, make("input", { type: "radio", name: "apart", value, checked: mode === value, onchange: () => { mode = value; build(); } }), make("span", { textContent: words }));
    parts = {
      empty: make("p", { hidden: true }), whole: make("div", { className: "apart" }), picture: make("div", { className: "picture" }), event: make("div", { className: "event", "aria-live": "polite" }),
      details: make("div", { className: "details" }), legend: make("p", { className: "legend" }), batch: make("span", { className: "soft" }),
      notFinite: make("p", { className: "bad", textContent: "The loss is not a finite number: no step is made from it, and no weight changes." }),
      points: make("select", { "aria-label": "Which point of the batch", onchange: () => { chosen = Number(parts.points.value); build(); } }),
      slider: make("input", { type: "range", min: 0, value: 0, "aria-label": "Step of the story", oninput: () => { stop(); goTo(Number(parts.slider.value)); } }),
      first: button("|◀", "To the beginning (Home)", () => goTo(0)), back: button("◀", "Step back (←)", () => goTo(at - 1)),
      play: make("button", { textContent: "Play", title: "Play the story (space)", onclick: play }), next: button("▶", "Step (→)", () => goTo(at + 1)), onward: button("▶▶", "To the next node (c)", () => jump(1)),
      place: make("output", { className: "place" }), rows: make("tbody"),
    };
    parts.table = make("details", { ontoggle: list }, make("summary", { textContent: "The step as a table" }), make("div", { className: "scroll" }, make("table", {}, make("thead", {}, make("tr", {}, ...["Step", "Pass", "Equations"].map((text) => make("th", { scope: "col", textContent: text })))), parts.rows)));
    parts.whole.append(
      make("div", { className: "row" },
        make("div", { className: "switch", role: "radiogroup", "aria-label": "What is taken apart" }, radio("point", "One point"), radio("batch", "The batch")),
        make("label", {}, "Point ", parts.points), parts.batch, make("button", { className: "main", textContent: "Do this step", title: "Train on this batch, and take the next one apart", onclick: doIt })),
      parts.notFinite,
      make("div", { className: "player", role: "group", "aria-label": "Step by step" }, parts.first, parts.back, parts.play, parts.next, parts.onward, parts.slider, parts.place),
      make("div", { className: "beside" }, parts.picture, make("div", { className: "telling" }, parts.event, parts.details)),
      parts.legend, parts.table,
    );
    parts.whole.addEventListener("keydown", onKey);
    element.append(parts.empty, parts.whole);
    picture = new GraphView(parts.picture, { label: "The graph of the step", open });
    build();
    let width = innerWidth;
    const resized = () => {
      if (innerWidth === width) return;
      width = innerWidth;
      build();
    };
    addEventListener("resize", resized);
    ends = [playground.onChange((what) => { if (what !== "undo") build(); }), () => removeEventListener("resize", resized)];
  }

  function close() {
    stop();
    ends.forEach((end) => end());
    [parts, story, picture] = [null, null, null];
  }

  return { id: "step", title: "A step apart", open: openTab, close };
})());
