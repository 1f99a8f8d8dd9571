// What is set stands in the address of the page, so that a link or a bookmark brings it back.
"use strict";

const address = (() => {
  let waiting = null;

  function write() {
    try {
      const text = settings.write(playground.settings);
      history.replaceState(null, "", text === "" ? location.pathname + location.search : `#${text}`);
    } catch {
      // A frame without an address of its own, as in a notebook.
    }
  }

  // Not more often than browsers allow.
  function later() {
    if (waiting !== null) return;
    waiting = setTimeout(() => {
      waiting = null;
      write();
    }, 300);
  }

  function start() {
    playground.onChange((what) => { if (what === "settings" || what === "network") later(); });
    addEventListener("hashchange", () => {
      const { values, refused } = settings.read(location.hash.slice(1));
      playground.pause();
      playground.set({ ...settings.defaults(), ...values }, "the address");
      if (refused.length > 0) playground.notice(refused.join(" "));
    });
  }

  return { start };
})();
