// ---- the ground: contours of a surface on a canvas, or the line of a curve

const CELL = 4;

// Heights over a grid of the view; the corners of cells.
function measure(surface, view, count, width, height) {
  const nx = Math.max(2, Math.ceil(width / CELL)), ny = Math.max(2, Math.ceil(height / CELL));
  const xs = new Float64Array((nx + 1) * (ny + 1)), ys = new Float64Array(xs.length);
  for (let j = 0, k = 0; j <= ny; j++) {
    for (let i = 0; i <= nx; i++, k++) {
      xs[k] = view.x[0] + ((view.x[1] - view.x[0]) * i) / nx;
      ys[k] = view.y[1] - ((view.y[1] - view.y[0]) * j) / ny;
    }
  }
  const heights = surface.heights(xs, ys), sorted = heights.filter(Number.isFinite).sort();
  // Levels that share the area out, closer where it is low.
  const levels = [];
  for (let k = 1; k <= count && sorted.length; k++) {
    const level = sorted[Math.min(sorted.length - 1, Math.floor((k / (count + 1)) ** 1.6 * sorted.length))];
    if (level > sorted[0] && level > (levels.at(-1) ?? -Infinity)) levels.push(level);
  }
  return { nx, ny, heights, levels };
}

function paintGround(canvas, grid, frame, scale) {
  const { nx, ny, heights, levels } = grid, context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  const paper = parseColour(colour("--paper")), deep = parseColour(colour("--deep"));
  // A picture of one dot a cell's corner, which the canvas smoothes.
  const dots = new ImageData(nx + 1, ny + 1);
  heights.forEach((z, k) => {
    let band = 0;
    while (band < levels.length && z >= levels[band]) band++;
    const share = Number.isFinite(z) ? 1 - band / Math.max(levels.length, 1) : 0;
    for (let part = 0; part < 3; part++) dots.data[4 * k + part] = paper[part] + (deep[part] - paper[part]) * share;
    dots.data[4 * k + 3] = 255;
  });
  const small = document.createElement("canvas");
  small.width = nx + 1;
  small.height = ny + 1;
  small.getContext("2d").putImageData(dots, 0, 0);
  context.imageSmoothingEnabled = true;
  // Dots stand on the corners: half a dot lies outside.
  const wide = frame.width / nx, high = frame.height / ny;
  context.save();
  context.beginPath();
  context.rect(frame.left, frame.top, frame.width, frame.height);
  context.clip();
  context.drawImage(small, frame.left - wide / 2, frame.top - high / 2, frame.width + wide, frame.height + high);
  context.strokeStyle = colour("--contour");
  context.lineWidth = 1;
  for (const level of levels) {
    context.beginPath();
    traceLevel(grid, level, (x1, y1, x2, y2) => {
      context.moveTo(frame.left + x1 * wide, frame.top + y1 * high);
      context.lineTo(frame.left + x2 * wide, frame.top + y2 * high);
    });
    context.stroke();
  }
  context.restore();
}

const parseColour = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

// The line of one height, as pieces within cells: between the points where it crosses their sides (marching squares).
function traceLevel({ nx, ny, heights }, level, piece) {
  for (let j = 0; j < ny; j++) {
    for (let i = 0; i < nx; i++) {
      const a = heights[j * (nx + 1) + i] - level, b = heights[j * (nx + 1) + i + 1] - level;
      const c = heights[(j + 1) * (nx + 1) + i + 1] - level, d = heights[(j + 1) * (nx + 1) + i] - level;
      // Beside where there is no height there is no line.
      if (!Number.isFinite(a + b + c + d)) continue;
      if ((a < 0) === (b < 0) && (b < 0) === (c < 0) && (c < 0) === (d < 0)) continue;
      const found = [];
      if ((a < 0) !== (b < 0)) found.push([i + a / (a - b), j]);
      if ((b < 0) !== (c < 0)) found.push([i + 1, j + b / (b - c)]);
      if ((c < 0) !== (d < 0)) found.push([i + d / (d - c), j + 1]);
      if ((d < 0) !== (a < 0)) found.push([i, j + a / (a - d)]);
      // In a saddle's cell four sides are crossed: two lines.
      for (let k = 0; k + 1 < found.length; k += 2) piece(...found[k], ...found[k + 1]);
    }
  }
}
