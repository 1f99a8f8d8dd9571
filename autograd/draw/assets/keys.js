// ---- what keys and buttons do, and the start

function neighbour(key, direction) {
  const box = shown.boxes.find((b) => b.key === key);
  const along = vertical ? { ArrowUp: "in", ArrowDown: "out" } : { ArrowLeft: "in", ArrowRight: "out" };
  const near = along[direction] === "in" ? shown.arrows.filter((a) => a.target === key).map((a) => a.source)
    : along[direction] === "out" ? shown.arrows.filter((a) => a.source === key).map((a) => a.target) : null;
  if (near !== null) return shown.boxes.find((b) => b.key === near[0]);
  const [axis, sign] = vertical ? ["x", direction === "ArrowRight" ? 1 : -1] : ["y", direction === "ArrowDown" ? 1 : -1];
  const other = axis === "y" ? "x" : "y";
  const beside = shown.boxes.filter((b) => sign * (b.at[axis] - box.at[axis]) > 4);
  const away = (b) => Math.abs(b.at[axis] - box.at[axis]) + 3 * Math.abs(b.at[other] - box.at[other]);
  return beside.reduce((best, b) => (best === undefined || away(b) < away(best) ? b : best), undefined);
}

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  byId("theme").textContent = name === "dark" ? "Light" : "Dark";
}

const actions = {
  f: () => setAll(true), e: () => setAll(false), "/": () => byId("search").focus(), "0": () => fit(), "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8),
  w: () => { place.y += 60; move(); }, s: () => { place.y -= 60; move(); }, a: () => { place.x += 60; move(); }, d: () => { place.x -= 60; move(); },
  n: () => goTo(step + 1), b: () => goTo(step - 1), " ": play, Home: () => goTo(0), End: () => goTo(moments.length),
  t: () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"), "?": () => byId("keys").showModal(),
  ...(story && {
    c: () => run(1), C: () => run(-1), ArrowRight: () => goTo(step + 1), ArrowLeft: () => goTo(step - 1),
    // As in the terminal; so the key below moves the picture.
    s: () => goTo(step + 1), Enter: () => goTo(step + 1), x: () => { place.y -= 60; move(); },
  }),
};
addEventListener("keydown", (event) => {
  if (event.target.matches("input:not([type=range]), select") || event.ctrlKey || event.metaKey || event.altKey || byId("keys").open) return;
  const key = event.target.getAttribute?.("data-key");
  // Where arrows step through a story, those with Shift go along the edges.
  if (key && (event.key === "Enter" || event.key.startsWith("Arrow") && (!story || event.shiftKey))) {
    event.preventDefault();
    dragged = 0;
    if (event.key === "Enter") {
      activate(key);
      view.querySelector(`[data-key="${key}"]`)?.focus();
    } else if (shown.boxes.some((b) => b.key === key)) {
      neighbour(key, event.key)?.element.focus();
    }
    return;
  }
  if (event.target.matches("button, input") && [" ", "Enter", "Home", "End"].includes(event.key)) return;
  if (event.target.matches("input") && event.key.startsWith("Arrow")) return;
  if (actions[event.key]) {
    event.preventDefault();
    actions[event.key]();
  }
});
byId("fold").onclick = actions.f;
byId("expand").onclick = actions.e;
byId("fit").onclick = () => fit();
byId("theme").onclick = actions.t;
byId("help").onclick = actions["?"];
byId("first").onclick = () => goTo(0);
byId("back").onclick = () => goTo(step - 1);
byId("next").onclick = () => goTo(step + 1);
byId("play").onclick = play;
byId("slider").oninput = (event) => goTo(Number(event.target.value));
byId("run").onclick = () => run(1);
byId("reverse").onclick = () => run(-1);
byId("stopping").onsubmit = (event) => {
  event.preventDefault();
  const { words, phase } = event.target.elements;
  if (words.value.trim() && addStop(words.value.trim(), phase.value)) words.value = "";
};
byId("watching").onsubmit = (event) => {
  event.preventDefault();
  const { node } = event.target.elements;
  if (node.value.trim() && watch(node.value.trim())) node.value = "";
};

byId("title").title = byId("title").textContent = scene.title;
document.body.classList.toggle("story", story !== null);
byId("player").hidden = scene.order.length === 0 && !story;
if (story) {
  step = story.position;
  byId("turn").append(new Option("", story.moments.filter((m) => m.phase === "forward").length));
  byId("words").append(...[...new Set(story.moments.flatMap((m) => m.words))].map((word) => new Option("", word)));
  byId("names").append(...[...tracks.keys()].map((name) => new Option("", name)));
}
byId("fold").hidden = byId("expand").hidden = scene.clusters.length === 0;
setTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
let waiting = null;
addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(redraw, 150); });
redraw();
