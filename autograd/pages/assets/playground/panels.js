// The tabs under the network: each a look at what is trained.
"use strict";

const panels = (() => {
  const all = [];
  let open = null;

  // {id, title, open(element), close()}: `open` fills the element; it is called anew each time the tab is chosen.
  function add(panel) {
    all.push(panel);
    const tab = make("button", {
      id: `tab-${panel.id}`, role: "tab", "aria-selected": "false", "aria-controls": "panel", tabIndex: -1, textContent: panel.title,
      onclick: () => playground.set({ panel: panel.id }, "a tab"),
    });
    byId("tabs").append(tab);
  }

  function show(id) {
    const panel = all.find((one) => one.id === id) ?? all[0];
    if (panel === undefined || panel === open) return;
    open?.close?.();
    open = panel;
    for (const { id: other } of all) {
      const tab = byId(`tab-${other}`), chosen = other === panel.id;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    }
    // On a narrow screen the tabs are a row to be moved.
    const tabs = byId("tabs"), { offsetLeft, offsetWidth } = byId(`tab-${panel.id}`);
    tabs.scrollLeft = offsetLeft - tabs.offsetLeft - (tabs.clientWidth - offsetWidth) / 2;
    byId("panel").setAttribute("aria-labelledby", `tab-${panel.id}`);
    byId("panel").replaceChildren();
    panel.open(byId("panel"));
  }

  // Arrows go from tab to tab.
  function start() {
    byId("tabs").onkeydown = (event) => {
      const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (way === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      const next = all[(all.indexOf(open) + way + all.length) % all.length];
      playground.set({ panel: next.id }, "a tab");
      byId(`tab-${next.id}`).focus();
    };
  }

  return { add, show, start };
})();
