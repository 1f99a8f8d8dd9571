// ---- the list of the optimizers, with their options

function listRacers() {
  byId("racers").replaceChildren(...race.racers.map((racer) => {
    const changed = () => { computeSoon(); };
    const pick = make("button", { class: "pick", title: "Show its update", onclick: () => choose(racer.id) },
      make("svg", { viewBox: "-10 -10 20 20", "aria-hidden": "true" }, drawMarker(MARKERS[racer.marker], 0, 0, 7, { class: "head" })), racer.title);
    const own = makeKnobs(racer, (knob) => knob.name !== "lr", changed);
    return make("li", { class: `racer c${racer.colour}`, "data-racer": racer.id },
      make("div", { class: "row" },
        make("input", { type: "checkbox", checked: racer.on, "aria-label": `${racer.title} takes part`, onchange: (event) => { racer.on = event.target.checked; compute(); } }),
        pick, ...makeKnobs(racer, (knob) => knob.name === "lr", changed),
        make("button", { class: "drop", title: `Remove ${racer.title}`, "aria-label": `Remove ${racer.title}`, onclick: () => dropRacer(racer.id) }, "×")),
      make("details", { open: racer.open, ontoggle: (event) => { racer.open = event.target.open; } }, make("summary", {}, make("span", {}, "Options"), make("output", { class: "height" })), ...own),
      make("p", { class: "said", role: "status" }));
  }));
  byId("adding").hidden = race.racers.length >= given.mostRacers;
}

function dropRacer(id) {
  race.racers = race.racers.filter((racer) => racer.id !== id);
  if (race.chosen === id) race.chosen = race.racers[0]?.id ?? null;
  listRacers();
  compute();
}

function choose(id) {
  race.chosen = id;
  show();
}

function tellRacers() {
  for (const item of byId("racers").children) {
    const id = Number(item.dataset.racer), run = race.runs.find((found) => found.racer.id === id);
    item.classList.toggle("off", !run);
    item.querySelector(".pick").setAttribute("aria-pressed", String(id === race.chosen));
    const reached = run ? Math.min(race.step, run.steps.length) : 0;
    item.querySelector(".height").textContent = run && !run.refused ? `f = ${format(run.heights[reached], 4)}` : "";
    let said = run?.refused ?? "";
    if (run && !run.refused) {
      const [x, y] = place(run.points[reached], run.heights[reached]);
      if (run.broken && reached === run.steps.length) said = `diverged: step ${reached + 1} is not a finite number`;
      else if (!(x >= frame.left && x <= frame.left + frame.width && y >= frame.top && y <= frame.top + frame.height)) said = `out of the picture, at ${run.points[reached].map((x) => format(x, 4)).join(", ")}`;
    }
    const status = item.querySelector(".said");
    if (status.textContent !== said) status.textContent = said;
  }
}
