// Goes through both passes of a graph, step by step, with the equations of each.
"use strict";

class PassPlayer {
  // `go(step)` is asked for a step; null is all of both passes.
  constructor(go) {
    this.go = go;
    this.timer = null;
    const button = (text, label, step) => make("button", { textContent: text, "aria-label": label, title: label, onclick: () => {
      this.stop();
      go(step());
    } });
    this.first = button("|◀", "To the start", () => 0);
    this.back = button("◀", "One step back (←)", () => this.before());
    this.next = button("▶", "One step on (→)", () => this.after());
    this.play = make("button", { textContent: "Play", onclick: () => this.toggle() });
    this.all = button("All", "All values and gradients", () => null);
    this.slider = make("input", { type: "range", min: 0, "aria-label": "Step", oninput: () => {
      this.stop();
      go(Number(this.slider.value));
    } });
    this.where = make("output", { className: "where" });
    this.lines = make("div", { className: "equations", "aria-live": "polite" });
    const row = make("div", { className: "row", role: "group", "aria-label": "Steps of both passes" });
    row.append(this.first, this.back, this.play, this.next, this.all, this.slider, this.where);
    this.element = make("div", { className: "player" }, row, this.lines);
  }

  before() {
    return this.step === null ? this.length - 1 : Math.max(this.step - 1, 0);
  }

  after() {
    return this.step === null ? 1 : Math.min(this.step + 1, this.length);
  }

  toggle() {
    if (this.timer !== null) {
      this.stop();
      return;
    }
    if (this.step === null || this.step === this.length) this.go(0);
    this.timer = setInterval(() => {
      if (this.step === null || this.step >= this.length) this.stop();
      else this.go(this.step + 1);
    }, 900);
    this.play.textContent = "Pause";
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.play.textContent = "Play";
  }

  // `whole` is told where all of both passes is seen.
  show(story, step, whole) {
    const events = story?.events ?? [], event = step === null ? undefined : events[step - 1];
    Object.assign(this, { step, length: events.length });
    this.slider.max = events.length;
    this.slider.value = step ?? events.length;
    for (const part of [this.next, this.play, this.slider]) part.disabled = events.length === 0;
    this.back.disabled = this.first.disabled = step === 0 || events.length === 0;
    this.next.disabled ||= step === events.length;
    this.all.setAttribute("aria-pressed", String(step === null));
    this.where.textContent = step === null ? `all ${events.length} steps` : step === 0 ? `before the first of ${events.length}` : `step ${step} of ${events.length}, ${event.phase}`;
    const lines = event ? event.lines() : step === 0 ? ["Nothing is computed yet: → takes the first step."] : whole;
    this.lines.replaceChildren(...lines.map((text, i) => make("p", { textContent: text, className: i === 0 ? (event ? event.phase : "") : "" })));
  }
}
