// Drawing on a canvas in the units of the page, sharp on every screen.
"use strict";

const canvases = (() => {
  // {context, width, height} of a canvas, cleared, as large as its place on the page.
  function open(canvas) {
    const ratio = Math.min(devicePixelRatio || 1, 3), width = canvas.clientWidth, height = canvas.clientHeight;
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    return { context, width, height };
  }

  // A point of the data: a disc for a positive label, a diamond for a negative one; hollow where it is a test point.
  function point(context, x, y, label, radius, hollow = false) {
    context.beginPath();
    if (label >= 0) {
      context.arc(x, y, radius, 0, 2 * Math.PI);
    } else {
      const r = radius * 1.3;
      context.moveTo(x, y - r);
      context.lineTo(x + r, y);
      context.lineTo(x, y + r);
      context.lineTo(x - r, y);
      context.closePath();
    }
    context.fillStyle = hollow ? colours.named.paper : colours.ofLabel(label);
    context.strokeStyle = hollow ? colours.ofLabel(Math.sign(label) || 1) : colours.named.paper;
    context.lineWidth = hollow ? 1.5 : 1;
    context.fill();
    context.stroke();
  }

  return { open, point };
})();
