// What keys do, as on the other pages: → and ← step, space plays.
"use strict";

const keys = (() => {
  const actions = {
    " ": () => controls.toggle(), ArrowRight: () => playground.step(), ArrowLeft: () => playground.back(), r: () => playground.reset(),
    g: () => playground.set({ show: playground.settings.show === "weights" ? "gradients" : "weights" }, "what is shown"),
    t: () => controls.setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"), "?": () => byId("keys").showModal(),
  };

  function start() {
    addEventListener("keydown", (event) => {
      const { target, key } = event;
      if (document.querySelector("dialog[open]")) return;
      if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "z" && !target.matches?.("input[type=number], textarea")) {
        event.preventDefault();
        if (event.shiftKey) playground.redo();
        else playground.undo();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || target.matches?.("input:not([type=checkbox], [type=radio]), select, textarea")) return;
      // Keys that the element itself knows.
      if (target.matches?.("button, input") && key === " ") return;
      if (target.matches?.("[type=radio]") && key.startsWith("Arrow")) return;
      if (actions[key]) {
        event.preventDefault();
        actions[key]();
      }
    });
  }

  return { start };
})();
