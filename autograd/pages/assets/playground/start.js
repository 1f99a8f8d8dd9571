// The start: what came with the page, then what its address says.
"use strict";

(() => {
  const given = JSON.parse(byId("data").textContent);

  document.documentElement.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  byId("theme").textContent = document.documentElement.dataset.theme === "dark" ? "Light" : "Dark";
  colours.refresh();
  for (const part of [controls, plane, inspector, panels, keys, files]) part.start();
  view.start();

  const fitted = given.points ? csv.fit(given.points, given.count) : null, own = location.hash.slice(1);
  // An address of its own says all that is set; what came with the page is for the first time.
  const came = settings.read(given.address), { values, refused } = own ? settings.read(own) : came;
  // A lesson is begun on what came with the page, and gives it back.
  const taught = (values.lesson ?? "none") !== "none", first = !taught ? values : own ? { ...came.values, lesson: "none" } : {};
  if (fitted && (taught || !own)) first.dataset = "own";
  const told = settings.tell(refused);
  if (fitted) told.push(...fitted.notes.map((note) => `${note[0].toUpperCase()}${note.slice(1)}.`));
  else if (values.dataset === "own") told.push(address.LACKING);
  const model = given.weights && { weights: given.weights, settings: settings.complete(came.values) };
  playground.start({ ...(fitted && { problem: fitted.problem }), ...first }, { points: fitted?.points ?? null, model });
  // In a frame the focus would scroll the page around it away from where its reader is.
  if (taught) tutor.begin(values, self === top);
  address.start(given.address);
  if (told.length > 0) playground.notice(told.join(" "));
})();
