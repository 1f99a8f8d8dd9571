// Lines over steps, as the loss curves: each {values, colour, dashed}.
"use strict";

const curves = (() => {
  const LEFT = 40, RIGHT = 8, TOP = 6, BOTTOM = 16;

  // `xs` are the steps of every line, or each line has its own; `log` draws the heights on a log scale.
  function draw(canvas, lines, { log = false } = {}) {
    const { context, width, height } = canvases.open(canvas);
    const finite = lines.flatMap(({ points }) => points.map(([, y]) => y)).filter((y) => Number.isFinite(y) && (!log || y > 0));
    const far = Math.max(1, ...lines.map(({ points }) => points.at(-1)?.[0] ?? 0));
    let high = finite.reduce((a, b) => Math.max(a, b), 0) || 1, low = 0;
    const up = log ? Math.log10 : (y) => y;
    if (log) {
      low = Math.log10(finite.reduce((a, b) => Math.min(a, b), high));
      high = Math.log10(high);
      if (high - low < 0.1) low = high - 1;
    } else high *= 1.05;
    const x = (step) => LEFT + (step / far) * (width - LEFT - RIGHT);
    const y = (value) => TOP + (1 - (up(value) - low) / (high - low)) * (height - TOP - BOTTOM);

    context.font = "11px system-ui, sans-serif";
    context.fillStyle = colours.named.soft;
    context.strokeStyle = colours.named.line;
    context.lineWidth = 1;
    for (const at of [0, 0.5, 1]) {
      const row = TOP + (1 - at) * (height - TOP - BOTTOM), value = low + at * (high - low);
      context.beginPath();
      context.moveTo(LEFT, row);
      context.lineTo(width - RIGHT, row);
      context.stroke();
      context.textAlign = "right";
      context.fillText(format(log ? 10 ** value : value), LEFT - 5, row + 4);
    }
    context.textAlign = "left";
    context.fillText("0", LEFT, height - 3);
    context.textAlign = "right";
    context.fillText(`step ${far.toLocaleString("en")}`, width - RIGHT, height - 3);
    for (const { points, colour, dashed, wide = 1.6 } of lines) {
      context.beginPath();
      context.strokeStyle = colour;
      context.lineWidth = wide;
      context.setLineDash(dashed ? [5, 4] : []);
      let drawn = false;
      for (const [step, value] of points) {
        if (!Number.isFinite(value) || (log && !(value > 0))) { drawn = false; continue; }
        context[drawn ? "lineTo" : "moveTo"](x(step), y(value));
        drawn = true;
      }
      context.stroke();
    }
    context.setLineDash([]);
  }

  function format(value) {
    return value === 0 ? "0" : Math.abs(value) >= 0.01 && Math.abs(value) < 1000 ? value.toPrecision(2) : value.toExponential(0);
  }

  return { draw };
})();
