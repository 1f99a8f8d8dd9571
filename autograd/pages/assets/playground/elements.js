// Making elements. Texts are set as texts, never as markup.
"use strict";

const byId = (id) => document.getElementById(id);

// An element with properties, attributes (names with a dash, `role` and `for`), listeners (on…) and children.
function make(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.includes("-") || name === "role" || name === "for") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

function makeSvg(tag, given = {}) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(given)) element.setAttribute(name, value);
  return element;
}

// A table with its heads. Each cell knows its own, which a narrow screen shows beside it.
function makeTable(heads, body) {
  return make("table", { className: "told" }, make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { textContent: head })))), body);
}

function makeRow(heads, cells) {
  return make("tr", {}, ...cells.map((cell, i) => make("td", { "data-head": heads[i] }, cell)));
}

// A number in as few figures as tell it.
function told(value, figures = 3) {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(figures - 1) : String(Number(value.toPrecision(figures)));
  return text.replace(/-/g, "−");
}

// Give a text to be kept as a file.
function saveFile(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
