// Data sets: points {x, y, label} of the plane from -6 to 6. A label is 1 or -1 for two classes, and from -1 to 1 for numbers.
"use strict";

const datasets = (() => {
  const COUNT = 500, RADIUS = 5;
  const distance = (x, y) => Math.hypot(x, y);
  const clip = (x, most) => Math.max(-most, Math.min(most, x));

  // Each draws `count` points; `noise` is from 0 to 0.5.
  const classes = {
    circle(count, noise, draw) {
      return times(count, (i) => {
        const inside = i < count / 2;
        const r = inside ? draw.between(0, RADIUS * 0.5) : draw.between(RADIUS * 0.7, RADIUS);
        const angle = draw.between(0, 2 * Math.PI), x = r * Math.sin(angle), y = r * Math.cos(angle);
        const dx = draw.between(-RADIUS, RADIUS) * noise, dy = draw.between(-RADIUS, RADIUS) * noise;
        return { x, y, label: distance(x + dx, y + dy) < RADIUS * 0.5 ? 1 : -1 };
      });
    },
    xor(count, noise, draw) {
      const away = (v) => v + (v > 0 ? 0.3 : -0.3);
      return times(count, () => {
        const x = away(draw.between(-5, 5)), y = away(draw.between(-5, 5));
        const dx = draw.between(-5, 5) * noise, dy = draw.between(-5, 5) * noise;
        return { x, y, label: (x + dx) * (y + dy) >= 0 ? 1 : -1 };
      });
    },
    gauss(count, noise, draw) {
      const spread = Math.sqrt(0.5 + 7 * noise);
      return times(count, (i) => {
        const label = i < count / 2 ? 1 : -1;
        return { x: 2 * label + spread * draw.normal(), y: 2 * label + spread * draw.normal(), label };
      });
    },
    spiral(count, noise, draw) {
      const half = count / 2;
      return times(count, (i) => {
        const label = i < half ? 1 : -1, along = (i % half) / half;
        const angle = 1.75 * along * 2 * Math.PI + (label > 0 ? 0 : Math.PI);
        const dx = draw.between(-1, 1) * noise, dy = draw.between(-1, 1) * noise;
        return { x: along * RADIUS * Math.sin(angle) + dx, y: along * RADIUS * Math.cos(angle) + dy, label };
      });
    },
    moons(count, noise, draw) {
      const spread = 0.25 + 3 * noise;
      return times(count, (i) => {
        const label = i < count / 2 ? 1 : -1, angle = draw.between(0, Math.PI);
        const x = 3 * Math.cos(angle) - 1.5 * label, y = label * (3 * Math.sin(angle) - 0.75);
        return { x: x + spread * draw.normal(), y: y + spread * draw.normal(), label };
      });
    },
    rings(count, noise, draw) {
      return times(count, (i) => {
        const ring = i % 3, r = 0.9 + 1.9 * ring + 0.25 * draw.normal() + 4 * noise * draw.normal();
        const angle = draw.between(0, 2 * Math.PI);
        return { x: r * Math.cos(angle), y: r * Math.sin(angle), label: ring === 1 ? -1 : 1 };
      });
    },
    board(count, noise, draw) {
      const cell = (v) => Math.floor((v + 5.1) / 2.55);
      return times(count, () => {
        const x = draw.between(-5, 5), y = draw.between(-5, 5);
        const dx = draw.between(-3, 3) * noise, dy = draw.between(-3, 3) * noise;
        return { x, y, label: (cell(x + dx) + cell(y + dy)) % 2 === 0 ? 1 : -1 };
      });
    },
  };

  const numbers = {
    plane(count, noise, draw) {
      return times(count, () => {
        const x = draw.between(-6, 6), y = draw.between(-6, 6);
        return { x, y, label: clip((x + y) / 10 + noise * draw.normal(), 1) };
      });
    },
    hills(count, noise, draw) {
      const tops = [[-4, 2.5, 1], [0, 2.5, -1], [4, 2.5, 1], [-4, -2.5, -1], [0, -2.5, 1], [4, -2.5, -1]];
      return times(count, () => {
        const x = draw.between(-6, 6), y = draw.between(-6, 6);
        const heights = tops.map(([cx, cy, sign]) => sign * Math.max(0, 1 - distance(x - cx, y - cy) / 2));
        const height = heights.reduce((most, h) => (Math.abs(h) > Math.abs(most) ? h : most), 0);
        return { x, y, label: clip(height + noise * draw.normal(), 1) };
      });
    },
    waves(count, noise, draw) {
      return times(count, () => {
        const x = draw.between(-6, 6), y = draw.between(-6, 6);
        return { x, y, label: clip(Math.sin(x) * Math.cos(y / 2) + noise * draw.normal(), 1) };
      });
    },
  };

  function times(count, make) {
    return Array.from({ length: count }, (_, i) => make(i));
  }

  // The points of a data set, divided: {train, test}. `ratio` is the share of the training points in percent.
  function make({ dataset, noise, ratio, seed }, count = COUNT) {
    const draw = random.generator(seed);
    return split(draw.shuffle((classes[dataset] ?? numbers[dataset])(count, noise / 100, draw)), ratio);
  }

  function split(points, ratio) {
    const cut = Math.round((points.length * ratio) / 100);
    return { train: points.slice(0, cut), test: points.slice(cut) };
  }

  const problemOf = (dataset) => (dataset in classes ? "classification" : "regression");
  const firstOf = (problem) => Object.keys(problem === "regression" ? numbers : classes)[0];
  return { make, split, problemOf, firstOf, classes: Object.keys(classes), numbers: Object.keys(numbers) };
})();
