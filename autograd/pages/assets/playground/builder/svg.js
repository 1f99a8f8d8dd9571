// The picture as a file of its own, in the colours in which it is seen.
"use strict";

const graphSvg = (() => {
  const LOOKS = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "opacity", "font-size", "font-weight", "font-style", "text-anchor", "rx"];
  const LEFT_OUT = ".reach, .wire, .port, .slot circle, .halo, .stop, title";

  function write(svg) {
    const copy = svg.cloneNode(true), shown = [svg, ...svg.querySelectorAll("*")], copies = [copy, ...copy.querySelectorAll("*")];
    shown.forEach((element, i) => {
      const look = getComputedStyle(element), drawn = copies[i];
      for (const name of LOOKS) {
        const value = look.getPropertyValue(name);
        if (value !== "" && value !== "none" && value !== "normal" && value !== "auto") drawn.setAttribute(name, value);
        else if (value === "none") drawn.setAttribute(name, "none");
      }
      for (const name of ["style", "class", "tabindex", "role", "aria-label", ...Object.keys(element.dataset).map((key) => `data-${key}`)]) drawn.removeAttribute(name);
      if (look.display === "none") drawn.setAttribute("display", "none");
    });
    shown.forEach((element, i) => { if (i > 0 && element.matches(LEFT_OUT)) copies[i].remove(); });
    const [left, top, width, height] = svg.getAttribute("viewBox").split(" ").map(Number), paper = makeSvg("rect", { x: left, y: top, width, height, fill: getComputedStyle(document.body).backgroundColor });
    copy.prepend(paper);
    for (const [name, value] of Object.entries({ xmlns: "http://www.w3.org/2000/svg", width, height, "font-family": "system-ui, Helvetica, Arial, sans-serif" })) copy.setAttribute(name, value);
    return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`;
  }

  return { write };
})();
