// Random numbers from a seed: the same seed gives the same numbers in every browser.
"use strict";

const random = (() => {
  // The generator "mulberry32": 32 bits of state.
  function generator(seed) {
    let state = seed >>> 0;
    const uniform = () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = state;
      t = Math.imul(t ^ (t >>> 15), t | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
    // Box and Muller's; 1 - u is never 0.
    const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    const between = (low, high) => low + (high - low) * uniform();
    const shuffle = (list) => {
      const mixed = [...list];
      for (let i = mixed.length - 1; i > 0; i--) {
        const j = Math.floor(uniform() * (i + 1));
        [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
      }
      return mixed;
    };
    return { uniform, normal, between, shuffle };
  }
  return { generator };
})();
