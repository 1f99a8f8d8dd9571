// What is set stands in the address of the page, so that a link or a bookmark brings it back.
"use strict";

const address = (() => {
  const LACKING = "The address names points of somebody's own, which are not part of it: add some by a click, or drop a file.";
  let waiting = null, came = "";

  // Where the page came with settings of its own, an empty address would bring those back.
  const told = () => settings.write(playground.settings) || (came && `dataset=${playground.settings.dataset}`);

  function write() {
    try {
      const text = told();
      history.replaceState(null, "", text === "" ? location.pathname + location.search : `#${text}`);
    } catch {
      // A frame without an address of its own, as in a notebook.
    }
  }

  // The address as it is about to be; in a frame without one, as in a notebook, the part behind its page.
  function link() {
    const text = `#${told()}`;
    return location.protocol === "about:" ? text : location.href.split("#")[0] + text;
  }

  // Not more often than browsers allow.
  function later() {
    if (waiting !== null) return;
    waiting = setTimeout(() => {
      waiting = null;
      write();
    }, 300);
  }

  // `given` is the address that the page came with.
  function start(given) {
    came = given;
    playground.onChange((what) => { if (what === "settings" || what === "network") later(); });
    // The address itself may have been written anew since: `later` was already waiting.
    addEventListener("hashchange", ({ newURL }) => {
      const text = new URL(newURL).hash.slice(1);
      const { values, refused } = settings.read(text === "" ? came : text);
      const told = settings.tell(refused);
      if (values.dataset === "own" && playground.settings.dataset !== "own") told.push(LACKING);
      playground.pause();
      if ((values.lesson ?? "none") !== "none") tutor.begin(values);
      else playground.set(settings.complete(values), "the address");
      // What was told of an address before goes with it.
      playground.notice(told.join(" "));
    });
  }

  return { start, link, LACKING };
})();
