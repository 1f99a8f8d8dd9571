// Files that are opened or dropped: points, or a state or a graph that this page has saved.
"use strict";

const files = (() => {
  async function open(file) {
    try {
      if (file.size > csv.MAX_BYTES) throw new Refused(`it has ${(file.size / 1e6).toFixed(1)} MB, and ${csv.MAX_BYTES / 1e6} MB are read at most`);
      const text = await file.text();
      if (graphTexts.owns(text)) openGraph(text);
      else if (/\.json$/i.test(file.name)) saving.read(text);
      else usePoints(csv.read(text), file.name);
    } catch (error) {
      // A folder is dropped like a file, and has no text.
      const unread = error instanceof DOMException;
      if (!(error instanceof Refused || unread)) throw error;
      playground.notice(`“${file.name.slice(0, 60)}” cannot be used: ${unread ? "it cannot be read as a file" : error.message}. Nothing was changed.`);
    }
  }

  // Drawn in the tab for it.
  const openGraph = (text) => playground.set({ graph: graphTexts.fromJson(text), panel: "build" }, "a graph opened", null);

  function usePoints({ points, classes, problem, notes }, name) {
    playground.pause();
    playground.usePoints(points, problem, "a file");
    const shorten = (text) => (text.length > 30 ? `${text.slice(0, 30)}…` : text);
    const told = classes ? [`${shorten(classes[0])} is orange, ${shorten(classes[1])} blue`] : ["the labels are scaled from −1 to 1"];
    playground.notice(`${points.length} points of “${name.slice(0, 60)}”: ${[...told, ...notes].join("; ")}.`);
  }

  function start() {
    byId("file").onchange = () => {
      const [file] = byId("file").files;
      if (file) open(file);
      byId("file").value = "";
    };
    addEventListener("dragover", (event) => {
      event.preventDefault();
      if (event.dataTransfer.types.includes("Files")) document.body.classList.add("dropping");
    });
    addEventListener("dragleave", (event) => { if (event.relatedTarget === null) document.body.classList.remove("dropping"); });
    addEventListener("drop", (event) => {
      event.preventDefault();
      document.body.classList.remove("dropping");
      const [file] = event.dataTransfer.files;
      if (file) open(file);
    });
  }

  return { start, open };
})();
