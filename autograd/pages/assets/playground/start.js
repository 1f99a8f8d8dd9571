// The start: what came with the page, then what its address says.
"use strict";

(() => {
  const given = JSON.parse(byId("data").textContent);
  const refused = [];

  function read(text) {
    const found = settings.read(text);
    refused.push(...found.refused);
    return found.values;
  }

  document.documentElement.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  byId("theme").textContent = document.documentElement.dataset.theme === "dark" ? "Light" : "Dark";
  colours.refresh();
  for (const part of [controls, plane, inspector, panels, keys, files]) part.start();
  view.start();

  let values = { ...read(given.address ?? ""), ...read(location.hash.slice(1)) };
  let points = null;
  if (given.points) {
    const fitted = csv.fit(given.points);
    points = fitted.points;
    values = { problem: fitted.problem, ...values, dataset: "own" };
    refused.push(...fitted.notes.map((note) => `${note[0].toUpperCase()}${note.slice(1)}.`));
  } else if (values.dataset === "own") {
    refused.push("The address names points of somebody's own, which are not part of it: add some by a click, or drop a file.");
  }
  playground.start(values, { points, weights: given.weights ?? null });
  address.start();
  if (refused.length > 0) playground.notice(refused.join(" "));
})();
