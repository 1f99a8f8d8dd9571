// The colours of the page, as its style sheet has them: blue is positive, orange negative, paper is zero.
"use strict";

const colours = (() => {
  const STEPS = 255;
  const named = {};
  let scale = null;

  const parts = (text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
  const mix = (from, to, share) => from.map((p, k) => Math.round(p + (to[k] - p) * share));

  // Read them anew, as when the theme has changed.
  function refresh() {
    const style = getComputedStyle(document.documentElement);
    for (const name of ["paper", "ink", "soft", "line", "panel", "positive", "negative", "lit", "gradient", "value"]) {
      named[name] = style.getPropertyValue(`--${name}`).trim();
    }
    const [negative, paper, positive] = [named.negative, named.paper, named.positive].map(parts);
    // Pixels for -1 … 1, as a canvas stores them.
    scale = Uint32Array.from({ length: STEPS }, (_, i) => {
      const at = (2 * i) / (STEPS - 1) - 1;
      const [r, g, b] = mix(paper, at < 0 ? negative : positive, Math.abs(at) ** 0.8 * 0.8);
      return (0xff << 24) | (b << 16) | (g << 8) | r;
    });
  }

  // The pixel of a value from -1 to 1; of what is no number, that of zero.
  function pixel(value) {
    const at = value > 1 ? 1 : value > -1 ? value : value <= -1 ? -1 : 0;
    return scale[Math.round(((at + 1) / 2) * (STEPS - 1))];
  }

  // The colour of a label from -1 to 1.
  function ofLabel(label) {
    const end = label >= 0 ? named.positive : named.negative;
    return `rgb(${mix(parts(named.paper), parts(end), 0.2 + 0.8 * Math.min(1, Math.abs(label))).join(",")})`;
  }

  return { named, refresh, pixel, ofLabel };
})();
