// A graph as a picture, as Python and as JSON, and back from JSON.
"use strict";

class GraphSharing {
  static MOST_BYTES = 200000;

  // `asked.graph()`, `asked.picture()` (its SVG), `asked.open(text, name)`.
  constructor(asked) {
    const ways = [
      ["Picture", "graph.svg", "image/svg+xml", () => graphSvg.write(asked.picture()), "As it is seen now, for slides."],
      ["Python", "graph.py", "text/x-python", () => graphProgram.write(asked.graph()), "Lines that compute the same with this library."],
      ["JSON", "graph.json", "application/json", () => graphTexts.toJson(asked.graph()), "All of it. Open it again here."],
    ];
    const text = make("textarea", { rows: 12, className: "wide", "aria-label": "The graph as text", placeholder: "Paste the JSON of a graph here, and read it.", spellcheck: false });
    const file = make("input", { type: "file", accept: ".json,application/json", "aria-label": "Open a graph as JSON" });
    file.onchange = async () => {
      const [chosen] = file.files;
      const large = chosen?.size > GraphSharing.MOST_BYTES;
      if (large) asked.refuse(`“${chosen.name.slice(0, 60)}” has ${chosen.size} bytes, and ${GraphSharing.MOST_BYTES} are read at most. Nothing was changed.`);
      else if (chosen) asked.open(await chosen.text(), chosen.name);
      file.value = "";
    };
    const rows = ways.map(([label, name, type, write, words]) => make("tr", {},
      make("td", {}, make("button", { textContent: label, "aria-label": `Save as ${label}`, onclick: () => saveFile(name, type, write()) })),
      make("td", {}, make("button", { textContent: "Look", "aria-label": `Look at the ${label}`, onclick: () => { text.value = write(); } })),
      make("td", { textContent: words })));
    this.element = make("details", { className: "shared" }, make("summary", { textContent: "Save and open" }),
      make("table", {}, make("tbody", {}, ...rows)),
      make("div", { className: "row" },
        make("label", { className: "file" }, make("span", { className: "button", textContent: "Open JSON…" }), file),
        make("button", { textContent: "Read the text below", onclick: () => asked.open(text.value, "the text") })),
      text);
  }
}
