// The seven features: what of a point (x₁, x₂) a network is given; `most` is how large it gets in the plane.
"use strict";

const features = (() => {
  const all = {
    x1: { label: "x₁", most: 6, of: (x) => x },
    x2: { label: "x₂", most: 6, of: (x, y) => y },
    x1x1: { label: "x₁²", most: 36, of: (x) => x * x },
    x2x2: { label: "x₂²", most: 36, of: (x, y) => y * y },
    x1x2: { label: "x₁x₂", most: 36, of: (x, y) => x * y },
    sinx1: { label: "sin x₁", most: 1, of: (x) => Math.sin(x) },
    sinx2: { label: "sin x₂", most: 1, of: (x, y) => Math.sin(y) },
  };

  // The chosen features of points, a row a point.
  function table(points, chosen) {
    const rows = new Float64Array(points.length * chosen.length);
    let at = 0;
    for (const { x, y } of points) for (const name of chosen) rows[at++] = all[name].of(x, y);
    return engine.constant(rows, [points.length, chosen.length]);
  }

  // What a network is trained on: all points, and batches of them in their order.
  function prepare(points, chosen, size) {
    const targets = (some) => engine.constant(some.map((point) => point.label), [some.length, 1]);
    const batches = [];
    for (let from = 0; from < points.length; from += size) {
      const some = points.slice(from, from + size);
      batches.push({ inputs: table(some, chosen), targets: targets(some) });
    }
    return { inputs: table(points, chosen), targets: targets(points), batches };
  }

  return { all, names: Object.keys(all), table, prepare };
})();
