// ---- boxes and arrows as shapes: what every page with a graph draws them from. No shape knows what it stands for.
"use strict";

const shapes = (() => {
  function svg(name, attributes = {}, text = "") {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text) element.textContent = text;
    return element;
  }

  // ---- letters

  const ruler = document.createElement("canvas").getContext("2d");
  function textWidth(text, bold) {
    ruler.font = `${bold ? "650 " : ""}13px system-ui, sans-serif`;
    return ruler.measureText(text).width;
  }

  function shortened(text, width) {
    if (textWidth(text, true) <= width) return text;
    let end = text.length;
    while (end > 1 && textWidth(`${text.slice(0, end)}…`, true) > width) end--;
    return `${text.slice(0, end)}…`;
  }

  const labelWidth = (lines) => Math.max(...lines.map((line) => textWidth(line) * 0.85));

  // A sign before gradients, so that they are told from values without their colour.
  const marked = (what, text) => what === "gradient" && text ? `∇ ${text}` : text;

  // ---- arrows

  function curve(points) {
    // Through the middles of the stretches, so that bends are round.
    let path = `M${points[0].x},${points[0].y}`;
    for (let i = 1; i < points.length - 1; i++) {
      const end = i < points.length - 2 ? { x: (points[i].x + points[i + 1].x) / 2, y: (points[i].y + points[i + 1].y) / 2 } : points[i + 1];
      path += ` Q${points[i].x},${points[i].y} ${end.x},${end.y}`;
    }
    if (points.length === 2) path += ` L${points[1].x},${points[1].y}`;
    return path;
  }

  // A curve goes through the middle of two points: of such a pair in the place of the label's, so that it lies on its arrow.
  function throughLabel(points, x, y) {
    const at = points.findIndex((p) => Math.abs(p.x - x) < 1 && Math.abs(p.y - y) < 1);
    if (at < 1 || at === points.length - 1) return points;
    const [before, after] = [points[at - 1], points[at + 1]], far = Math.hypot(after.x - before.x, after.y - before.y) || 1;
    const aside = (length) => ({ x: x + ((after.x - before.x) * length) / far, y: y + ((after.y - before.y) * length) / far });
    return [...points.slice(0, at), aside(-14), aside(14), ...points.slice(at + 1)];
  }

  // Corners with a point close to them on either side, so that a curve through them stays close too.
  function rounded(corners) {
    return corners.flatMap(([x, y], i) => {
      const toward = ([a, b]) => { const far = Math.hypot(a - x, b - y) || 1, r = Math.min(8, far / 2); return { x: x + ((a - x) * r) / far, y: y + ((b - y) * r) / far }; };
      return [corners[i - 1] && toward(corners[i - 1]), { x, y }, corners[i + 1] && toward(corners[i + 1])].filter(Boolean);
    });
  }

  function head(state, from, to, long) {
    const angle = Math.atan2(to.y - from.y, to.x - from.x);
    const at = (along, across) => `${to.x + along * Math.cos(angle) - across * Math.sin(angle)},${to.y + along * Math.sin(angle) + across * Math.cos(angle)}`;
    if (state === "zero") return `M${at(-1, -7)} L${at(-1, 7)} L${at(-4, 7)} L${at(-4, -7)}Z`;
    if (state === "broken") return `M${at(0, -5)} L${at(0, 5)} L${at(-10, 5)} L${at(-10, -5)}Z`;
    return `M${at(0, 0)} L${at(-long, long / 2.2)} L${at(-long, -long / 2.2)}Z`;
  }

  // {state, width, balance} as the scene of a diagram has them; `label` is {x, y, lines}; `before` adds the head that is
  // seen until the gradient has flowed.
  function arrow({ state, width, balance, lit }, points, { label = null, before = false } = {}) {
    const group = svg("g", { class: `arrow ${state}${lit ? " lit" : ""}` });
    group.style.setProperty("--width", `${width}px`);
    group.style.setProperty("--share", `${Math.round(Math.abs(balance) * 100)}%`);
    group.style.setProperty("--toward", balance < 0 ? "var(--negative)" : "var(--positive)");
    const path = curve(label ? throughLabel(points, label.x, label.y) : points);
    // A gradient goes from the result to the operand; a value alone to the result.
    const [from, to] = state === "plain" ? [points[points.length - 2], points[points.length - 1]] : [points[1], points[0]];
    group.append(svg("path", { class: "halo", d: path }), svg("path", { class: "line", d: path }));
    if (state === "exploding") group.append(svg("path", { class: "core", d: path }));
    group.append(svg("path", { class: "head", d: head(state, from, to, 8 + width) }));
    if (before) group.append(svg("path", { class: "head before", d: head("plain", points[points.length - 2], points[points.length - 1], 9) }));
    if (label?.lines.length) {
      const { x, y, lines } = label, wide = labelWidth(lines) + 6, top = y - 7 * lines.length;
      group.append(svg("rect", { x: x - wide / 2, y: top - 1, width: wide, height: 14 * lines.length + 2 }));
      group.append(...lines.map((line, i) => svg("text", { x, y: top + 11 + 14 * i }, line)));
    }
    return group;
  }

  // ---- boxes

  // Bars of gradients hang: not by their colour alone are they told from those of values.
  function histogram(bins, width, height, className, hanging = false) {
    const most = Math.max(...bins), group = svg("g", { class: className });
    bins.forEach((count, i) => {
      const tall = count ? Math.max(1, (count / most) * height) : 0;
      group.append(svg("rect", { x: (i * width) / bins.length, y: hanging ? 0 : height - tall, width: width / bins.length - 0.5, height: tall }));
    });
    return group;
  }

  // Lines of text as [text, class], the bars below them as {name, bins}. A box that is wider than its texts takes `least`.
  function boxSize(lines, bars, least = 30) {
    const wide = Math.max(least, ...lines.map(([text, kind]) => textWidth(text, kind === "name")));
    return { width: wide + 22, height: 12 + 18 * lines.length + (bars.length ? 22 : 0) };
  }

  // {group, texts, bars}: the box around the middle (x, y), its texts in order, and its bars as [name, element].
  function box(className, key, { x, y, width, height }, lines, bars, pile = false) {
    const group = svg("g", { class: className, transform: `translate(${x - width / 2},${y - height / 2})`, tabindex: 0, role: "button", "data-key": key });
    if (pile) group.append(svg("rect", { class: "pile", x: 4, y: -4, width, height }));
    group.append(svg("rect", { class: "body", width, height }));
    const texts = lines.map(([text, kind], i) => svg("text", { class: kind, x: width / 2, y: 19 + 18 * i }, text));
    group.append(...texts, svg("circle", { class: "stop", r: 6 }));
    const drawn = bars.map((part, i) => {
      const wide = (width - 16 - 6 * (bars.length - 1)) / bars.length, bar = histogram(part.bins, wide, 18, part.name, part.name === "gradient");
      bar.setAttribute("transform", `translate(${8 + i * (wide + 6)},${height - 24})`);
      group.append(bar);
      return [part.name, bar];
    });
    return { group, texts, bars: drawn };
  }

  // ---- samples for a legend

  function sampleBox(kind, pile) {
    const sample = svg("svg", { viewBox: "0 0 34 12" }), drawn = svg("g", { class: `box ${kind}` });
    if (pile) drawn.append(svg("rect", { class: "pile", x: 9, y: 0, width: 22, height: 9 }));
    drawn.append(svg("rect", { class: "body", x: 6, y: 3, width: 22, height: 9 }));
    sample.append(drawn);
    return sample;
  }

  function sampleArrow(state, balance, before = false) {
    const sample = svg("svg", { viewBox: "0 0 34 12" });
    sample.append(arrow({ state, balance, width: 3 }, [{ x: 2, y: 6 }, { x: 32, y: 6 }], { before }));
    return sample;
  }

  // The looks of arrows in the order of a legend: state, balance, the look's name, and what it says.
  const looks = (vanishing, exploding) => [
    ["flowing", 1, "positive", "positive"], ["flowing", -1, "negative", "negative"], ["flowing", 0, "mixed", "mixed signs"],
    ["vanishing", 1, "vanishing", `vanishing (below ${vanishing})`], ["zero", 0, "zero", "zero: blocked"],
    ["exploding", 1, "exploding", `exploding (above ${exploding})`], ["broken", 0, "broken", "not finite"], ["plain", 0, "plain", "values alone"],
  ];
  const lookOf = ({ state, balance }) => state !== "flowing" ? state : balance >= 0.8 ? "positive" : balance <= -0.8 ? "negative" : "mixed";

  return { svg, textWidth, shortened, labelWidth, marked, rounded, arrow, histogram, boxSize, box, sampleBox, sampleArrow, looks, lookOf };
})();
