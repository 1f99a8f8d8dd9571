// Numbers as people type and read them, NaN and infinities too.
"use strict";

const graphNumbers = (() => {
  const STRANGE = { nan: NaN, inf: Infinity, "-inf": -Infinity };

  // The number that a text says; undefined for one that is none.
  function read(text) {
    const plain = text.trim().toLowerCase().replace(/−/g, "-").replace(/^\+/, "").replace("infinity", "inf").replace("∞", "inf");
    if (Object.hasOwn(STRANGE, plain)) return STRANGE[plain];
    return /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(plain) && plain.length <= 40 ? Number(plain) : undefined;
  }

  const typeset = (text) => text.replace("e+", "e").replace(/-/g, "−");

  // In five figures.
  const tell = (x) => format(x);

  // In all its figures.
  function exact(x) {
    if (!Number.isFinite(x)) return format(x);
    return typeset(Object.is(x, -0) ? "-0" : String(x));
  }

  // As JSON holds it, and back.
  const toJson = (x) => (Number.isFinite(x) ? x : Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf");
  const fromJson = (x) => (typeof x === "string" && Object.hasOwn(STRANGE, x) ? STRANGE[x] : x);

  // As Python writes it: always a float.
  function python(x) {
    if (!Number.isFinite(x)) return `float("${toJson(x)}")`;
    const text = Object.is(x, -0) ? "-0" : String(x);
    return /[.e]/.test(text) ? text : `${text}.0`;
  }

  return { read, tell, exact, toJson, fromJson, python };
})();
