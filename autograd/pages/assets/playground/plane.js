// The plane of the inputs: the map of the output or of a neuron, the line where the output is zero, the points, and what clicks and keys do.
"use strict";

const plane = (() => {
  const asked = { add() {}, remove() {} };
  // How far a key moves the cross, and how near a point is that is meant.
  const STRIDE = 0.25, REACH = 0.24;
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  let own = null, latest = null, cross = { x: 0, y: 0 };

  const across = (x, width) => ((x + maps.REACH) / (2 * maps.REACH)) * width;
  const up = (y, height) => ((maps.REACH - y) / (2 * maps.REACH)) * height;

  // `layer` and `unit` of a map, and what stands beside it; `boundary`: draw the line of zero.
  function paint(layer, unit, words, { discretise, boundary }) {
    const { context, width, height } = canvases.open(byId("map"));
    own ??= document.createElement("canvas");
    maps.paint(own, layer, unit);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    if (discretise) paintHalves(context, maps.single(layer, unit), layer.size, width, height);
    else context.drawImage(own, 0, 0, width, height);
    if (boundary) {
      const { size } = layer, cell = width / size;
      context.strokeStyle = colours.named.ink;
      context.lineWidth = 1.4;
      context.beginPath();
      contours.trace(maps.single(layer, unit), size, size, 0, (x1, y1, x2, y2) => {
        context.moveTo((x1 + 0.5) * cell, (y1 + 0.5) * cell);
        context.lineTo((x2 + 0.5) * cell, (y2 + 0.5) * cell);
      });
      context.stroke();
    }
    latest = { layer, unit, words };
    byId("seen").textContent = words;
  }

  // Two colours, divided by a sharp line between the places.
  function paintHalves(context, values, size, width, height) {
    const fine = 200, image = new ImageData(fine, fine), pixels = new Uint32Array(image.data.buffer), most = size - 1;
    for (let j = 0; j < fine; j++) {
      const y = Math.min(most, Math.max(0, ((j + 0.5) / fine) * size - 0.5)), y0 = Math.min(most - 1, Math.floor(y));
      for (let i = 0; i < fine; i++) {
        const x = Math.min(most, Math.max(0, ((i + 0.5) / fine) * size - 0.5)), x0 = Math.min(most - 1, Math.floor(x));
        const [s, t] = [x - x0, y - y0], at = y0 * size + x0;
        const value = (1 - t) * ((1 - s) * values[at] + s * values[at + 1]) + t * ((1 - s) * values[at + size] + s * values[at + size + 1]);
        pixels[j * fine + i] = colours.pixel(value > 0 ? 1 : -1);
      }
    }
    const sheet = new OffscreenCanvas(fine, fine);
    sheet.getContext("2d").putImageData(image, 0, 0);
    context.drawImage(sheet, 0, 0, width, height);
  }

  function paintPoints(points, tested) {
    const { context, width, height } = canvases.open(byId("points"));
    const one = (hollow) => ({ x, y, label }) => canvases.point(context, across(x, width), up(y, height), label, 3.2, hollow);
    if (tested) points.test.forEach(one(true));
    points.train.forEach(one(false));
  }

  // What a pointer is over, in the units of the plane.
  function spot(event) {
    const { left, top, width, height } = byId("points").getBoundingClientRect();
    const x = -maps.REACH + ((event.clientX - left) / width) * 2 * maps.REACH;
    const y = maps.REACH - ((event.clientY - top) / height) * 2 * maps.REACH;
    return { x, y, reach: (6 / width) * 2 * maps.REACH };
  }

  function start() {
    const canvas = byId("points");
    canvas.onclick = (event) => choose(spot(event), event);
    canvas.onmousemove = (event) => tellValue(spot(event));
    canvas.onmouseleave = canvas.onblur = () => { byId("seen").textContent = latest?.words ?? ""; };
    canvas.onkeydown = (event) => {
      const way = event.shiftKey ? ways[event.key] : undefined;
      if (way !== undefined) moveCross(cross.x + way[0] * STRIDE, cross.y + way[1] * STRIDE);
      else if (event.key === "Enter") choose({ ...cross, reach: REACH / 2 }, event);
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    moveCross(0, 0);
  }

  // Add a point at a place, or remove the one there.
  function choose({ x, y, reach }, event) {
    const mode = document.querySelector("input[name=click]:checked").value;
    if (document.body.classList.contains("hide-points")) return;
    if (mode === "remove" || event.ctrlKey || event.metaKey) asked.remove(x, y, reach * 2);
    else asked.add(x, y, (mode === "positive") === !event.shiftKey ? 1 : -1, reach);
  }

  function moveCross(x, y) {
    const inside = (v) => Math.max(-maps.REACH, Math.min(maps.REACH, v));
    cross = { x: inside(x), y: inside(y) };
    byId("cross").style.left = `${across(cross.x, 100)}%`;
    byId("cross").style.top = `${up(cross.y, 100)}%`;
    tellValue(cross);
  }

  function tellValue({ x, y }) {
    if (latest === null) return;
    const { layer, unit, words } = latest;
    const cell = (v) => Math.min(layer.size - 1, Math.max(0, Math.floor(v * layer.size)));
    const value = layer.data[(cell(up(y, 1)) * layer.size + cell(across(x, 1))) * layer.units + unit];
    byId("seen").textContent = `${words} at (${told(x, 2)}, ${told(y, 2)}): ${told(value)}`;
  }

  return { asked, start, paint, paintPoints };
})();
