// The tab "Save and share": a link, and the state as JSON, as a program and as a notebook.
"use strict";

panels.add((() => {
  const ways = [
    ["State", "playground.json", "application/json", () => saving.write(), "All of it: settings, points, weights, the optimizer. Open it again here."],
    ["Program", "playground.py", "text/x-python", () => program.script(), "Python that computes the same loss with this library, and trains on."],
    ["Notebook", "playground.ipynb", "application/x-ipynb+json", () => program.notebook(), "The same as cells."],
  ];

  function open(element) {
    const text = make("textarea", { readOnly: true, rows: 14, className: "wide", "aria-label": "What would be saved", hidden: true, spellcheck: false });
    const link = make("input", { readOnly: true, className: "wide", "aria-label": "Link to these settings", value: address.link() });
    const end = playground.onChange(() => { link.value = address.link(); });
    element.append(
      make("p", { textContent: "The address of the page holds what is set, without points of your own and without the weights; the first weights come from the seed." }),
      make("div", { className: "row" }, link),
      make("table", {}, make("tbody", {}, ...ways.map(([label, name, type, write, words]) => make("tr", {},
        make("td", {}, make("button", { textContent: label, onclick: () => saveFile(name, type, write()) })),
        make("td", {}, make("button", {
          textContent: "Look", "aria-label": `Look at the ${label.toLowerCase()}`, onclick() {
            text.value = write();
            text.hidden = false;
          },
        })),
        make("td", { textContent: words }))))),
      text,
    );
    return end;
  }

  let end = null;
  return { id: "export", title: "Save and share", open: (element) => { end = open(element); }, close: () => end?.() };
})());
