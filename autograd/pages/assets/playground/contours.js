// Lines of equal height through a grid of values ("marching squares").
"use strict";

const contours = (() => {
  // Calls `segment(x1, y1, x2, y2)`, in units of the grid's cells, for each piece of the line where the value is `level`.
  function trace(values, width, height, level, segment) {
    const at = (i, j) => values[j * width + i] - level;
    for (let j = 0; j + 1 < height; j++) {
      for (let i = 0; i + 1 < width; i++) {
        const corners = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
        const ends = [];
        for (let k = 0; k < 4; k++) {
          const a = corners[k], b = corners[(k + 1) % 4];
          if (a > 0 === b > 0 || !Number.isFinite(a + b)) continue;
          const t = a / (a - b);
          ends.push([i + [t, 1, 1 - t, 0][k], j + [0, t, 1, 1 - t][k]]);
        }
        for (let k = 0; k + 1 < ends.length; k += 2) segment(...ends[k], ...ends[k + 1]);
      }
    }
  }

  return { trace };
})();
