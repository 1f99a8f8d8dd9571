// The tab "Lessons": a choice of them, and the lesson that is open: its words, one question after another, and a summary.
// What was answered is kept as long as the page is open.
"use strict";

const tutor = (() => {
  const ids = Object.keys(lessons);
  // By lesson: {answers: the words of each right one, tries, hints, asked: hints of the question that is open}.
  const progress = new Map();
  // What there was before the first lesson.
  let before = null;

  const fresh = () => ({ answers: [], tries: 0, hints: 0, asked: 0 });
  const open = () => playground.settings.lesson;
  const counted = (n, one) => `${n} ${n === 1 ? one : `${one}s`}`;

  // ---- what is set

  // Begin a lesson, with settings beside its own as an address may name them: one action, which can be undone. The focus goes
  // to its words where it was asked for.
  function begin(values, asked = true) {
    if (open() === "none") before = playground.undoing.save();
    progress.set(values.lesson, fresh());
    // Its words stand in a tab.
    const hide = (values.hide ?? settings.complete({ lesson: values.lesson }).hide).filter((name) => name !== "panels");
    playground.stage({ ...values, hide, panel: "lessons" }, "the start of a lesson");
    if (asked) focusOn(".lesson h3");
  }

  function leave() {
    playground.pause();
    const saved = before ?? null;
    if (saved === null) playground.stage({ panel: "lessons" }, "the end of a lesson");
    else playground.act("the end of a lesson", () => playground.undoing.restore(saved));
    byId("panels").querySelector("[role=tab][aria-selected=true]").focus();
  }

  const focusOn = (selector) => byId("panel").querySelector(selector)?.focus();

  // Beside what it is about: before the network while a lesson is open, behind it otherwise.
  function place() {
    const stage = document.querySelector("main"), tabs = byId("panels"), first = open() !== "none";
    if (first === (tabs.nextElementSibling === stage)) return;
    if (first) stage.before(tabs);
    else stage.after(tabs);
  }

  // ---- what is seen

  const paragraph = (text, given = {}) => make("p", { textContent: text, ...given });
  const button = (text, onclick, given = {}) => make("button", { textContent: text, onclick, ...given });

  function overview() {
    return [
      paragraph("A lesson sets the stage, tells a little, and asks: some answers you type or choose, some you give with the network itself. Undo, or Leave the lesson, brings back what you had."),
      make("ol", { className: "lessons" }, ...ids.map((id) => {
        const { title, about, questions } = lessons[id], done = progress.get(id)?.answers.length ?? 0;
        const state = done === 0 ? "" : done === questions.length ? "✓ all answered" : `${done} of ${questions.length} answered`;
        return make("li", {}, make("b", { textContent: title }), paragraph(about), make("div", { className: "row" },
          button(done === 0 ? "Start" : "Start again", () => begin({ lesson: id }), { "aria-label": `Start the lesson: ${title}` }), make("span", { className: "soft", textContent: state })));
      })),
      paragraph("A link gives a lesson: the address of this page, with #lesson=circle, vanishing, rate or symmetry behind it.", { className: "remark" }),
    ];
  }

  function openLesson(id) {
    if (!progress.has(id)) progress.set(id, fresh());
    const { title, words, questions } = lessons[id], now = progress.get(id), left = questions.slice(now.answers.length);
    return [make("div", { className: "lesson" },
      make("div", {},
        make("h3", { textContent: `Lesson ${ids.indexOf(id) + 1}: ${title}`, tabIndex: -1 }), ...words.map((text) => paragraph(text)),
        make("div", { className: "row" }, button("Start again", () => begin({ lesson: id })), button("Leave the lesson", leave))),
      make("div", {}, ...answered(questions, now), ...(left.length > 0 ? question(left[0], questions.length - left.length, questions.length, now) : summary(id, now))))];
  }

  const answered = (questions, { answers }) => answers.map((words, i) => make("details", {},
    make("summary", {}, make("span", { className: "good", textContent: "✓ " }), `Question ${i + 1}`), paragraph(questions[i].ask), paragraph(words, { className: "right" })));

  function question({ kind, ask, options, judge, hints }, at, all, now) {
    const field = { choice: choiceField, number: numberField, network: networkField }[kind](options, judge);
    const said = make("p", { role: "status", className: "said" }), hint = make("p", { role: "status", className: "hint" });
    const check = button("Check", answer, { className: "main" });
    const help = button("", () => {
      now.asked += 1;
      now.hints += 1;
      showHints();
      if (help.disabled) check.focus();
    });

    function showHints() {
      hint.textContent = hints.slice(0, now.asked).join(" ");
      help.disabled = now.asked >= hints.length;
      help.textContent = help.disabled ? "No more hints" : `Hint ${now.asked + 1} of ${hints.length}`;
    }

    function answer() {
      // What is judged is what is seen.
      playground.pause();
      const found = field.judge();
      // Without an answer nothing is judged.
      if (found.right !== null) now.tries += 1;
      say(found);
      if (!found.right) return;
      now.answers.push(found.words);
      now.asked = 0;
      field.element.disabled = true;
      help.remove();
      const next = button(at + 1 < all ? "Next question" : "Summary", () => {
        render();
        focusOn(".question legend, .summary h4");
      }, { className: "main" });
      check.replaceWith(next);
      next.focus();
    }

    // The same words again are another text to a screen reader.
    function say({ right, words }) {
      said.className = `said ${right ? "right" : right === false ? "wrong" : ""}`;
      said.replaceChildren(make("span", { "aria-hidden": "true", textContent: right ? "✓ " : right === false ? "✗ " : "" }), words);
    }

    field.element.onkeydown = (event) => {
      if (event.key !== "Enter" || !event.target.matches("input")) return;
      // The same key would press the button that gets the focus.
      event.preventDefault();
      answer();
    };
    showHints();
    field.element.prepend(make("legend", { tabIndex: -1, textContent: `Question ${at + 1} of ${all}` }), paragraph(ask));
    return [field.element, make("div", { className: "row" }, check, help), said, hint];
  }

  const lacking = (words) => ({ right: null, words });

  function choiceField(options) {
    const inputs = options.map(() => make("input", { type: "radio", name: "answer" }));
    const element = make("fieldset", { className: "question" }, make("div", { className: options.some(([words]) => words.length > 10) ? "options sentences" : "options" },
      ...options.map(([words], i) => make("label", { className: "tick" }, inputs[i], ` ${words}`))));
    return {
      element,
      judge() {
        const chosen = inputs.findIndex(({ checked }) => checked);
        return chosen < 0 ? lacking("Choose one of the answers first.") : options[chosen][1]();
      },
    };
  }

  function numberField(_, judge) {
    const input = make("input", { type: "text", inputMode: "decimal", className: "short", "aria-label": "Your answer, a number", autocomplete: "off", maxLength: 30 });
    return {
      element: make("fieldset", { className: "question" }, input),
      judge() {
        const value = readNumber(input.value);
        return value === null ? lacking("A number was expected, such as 4, 0.25, 1/4 or 2.5e−6.") : judge(value);
      },
    };
  }

  const networkField = (_, judge) => ({ element: make("fieldset", { className: "question" }), judge });

  // A number as people type it: with a comma, as a fraction, with the minus sign of this page; null for what is none.
  function readNumber(text) {
    const plain = text.trim().replace(/[−–]/g, "-").replace(/^([1-9]\d{0,2})((,\d{3})+)$/, (whole) => whole.replace(/,/g, "")).replace(",", ".");
    const parts = plain.split("/");
    if (parts.length > 2 || !parts.every((part) => /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(part))) return null;
    const value = parts.length === 2 ? Number(parts[0]) / Number(parts[1]) : Number(parts[0]);
    return Number.isFinite(value) ? value : null;
  }

  function summary(id, { answers, tries, hints }) {
    const next = ids.find((other) => progress.get(other)?.answers.length !== lessons[other].questions.length);
    return [make("div", { className: "summary" },
      make("h4", { tabIndex: -1, textContent: "What this lesson has shown" }), paragraph(lessons[id].learned),
      paragraph(`${counted(answers.length, "question")}, ${tries === 1 ? "1 try" : `${tries} tries`}, ${counted(hints, "hint")}. ${next ? "" : "All lessons are answered."}`.trim(), { className: "remark" }),
      make("div", { className: "row" }, next ? button(`Next: ${lessons[next].title}`, () => begin({ lesson: next }), { className: "main" }) : ""))];
  }

  // ---- the tab

  let element = null, end = null, shown = null;

  function render() {
    if (element === null) return;
    shown = progress.get(open());
    element.replaceChildren(...(open() === "none" ? overview() : openLesson(open())));
    shown = progress.get(open());
  }

  panels.add({
    id: "lessons", title: "Lessons",
    open(given) {
      element = given;
      render();
      // Another lesson, or the same from its start.
      end = playground.onChange(() => { if (progress.get(open()) !== shown) render(); });
    },
    close() {
      end?.();
      element = null;
    },
  });

  playground.onChange(place);

  return { begin };
})();
