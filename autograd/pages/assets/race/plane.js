// ---- the plane: axes, the curve or its contours, the start, and the path of each optimizer

const MOST_DOTS = 120;
const frame = { left: 46, top: 10, width: 0, height: 0 };
const toX = (x) => frame.left + ((x - race.view.x[0]) / (race.view.x[1] - race.view.x[0])) * frame.width;
const toY = (y) => frame.top + ((race.view.y[1] - y) / (race.view.y[1] - race.view.y[0])) * frame.height;
const fromX = (x) => race.view.x[0] + ((x - frame.left) / frame.width) * (race.view.x[1] - race.view.x[0]);
const fromY = (y) => race.view.y[1] - ((y - frame.top) / frame.height) * (race.view.y[1] - race.view.y[0]);
const isCurve = () => race.surface.variables.length === 1;
// Of a point, or of a curve's point and its height.
const place = (point, height) => [toX(point[0]), toY(isCurve() ? height : point[1])];

function drawGround() {
  const figure = byId("plane"), canvas = byId("ground"), scale = devicePixelRatio || 1;
  const width = figure.clientWidth, height = figure.clientHeight;
  Object.assign(frame, { width: width - frame.left - 12, height: height - frame.top - 28 });
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  byId("tracks").setAttribute("viewBox", `0 0 ${width} ${height}`);
  if (!isCurve()) paintGround(canvas, measure(race.surface, race.view, race.look?.levels ?? 16, frame.width, frame.height), frame, scale);
  drawTracks();
}

function drawAxes() {
  const parts = [];
  for (const x of ticks(...race.view.x, Math.max(3, frame.width / 90))) {
    parts.push(make("line", { class: "tick", x1: toX(x), x2: toX(x), y1: frame.top + frame.height, y2: frame.top + frame.height + 4 }),
      make("text", { x: toX(x), y: frame.top + frame.height + 17, "text-anchor": "middle" }, format(x, 4)));
  }
  for (const y of ticks(...race.view.y, Math.max(3, frame.height / 60))) {
    parts.push(make("line", { class: "tick", x1: frame.left - 4, x2: frame.left, y1: toY(y), y2: toY(y) }),
      make("text", { x: frame.left - 7, y: toY(y) + 4, "text-anchor": "end" }, format(y, 4)));
  }
  return make("g", { class: "axes" }, make("rect", { class: "frame", x: frame.left, y: frame.top, width: frame.width, height: frame.height }), ...parts);
}

function drawCurve() {
  const xs = Float64Array.from({ length: Math.max(2, Math.round(frame.width / 2)) }, (_, k) => fromX(frame.left + 2 * k)), heights = race.surface.heights(xs);
  let pen = "M", path = "";
  xs.forEach((x, k) => {
    if (!Number.isFinite(heights[k])) { pen = "M"; return; }
    path += `${pen}${near(toX(x))},${near(toY(heights[k]))}`;
    pen = "L";
  });
  return make("path", { class: "curve", d: path });
}

function drawRun(run) {
  const { racer } = run, reached = Math.min(race.step, run.steps.length);
  const points = run.points.slice(0, reached + 1).map((point, k) => place(point, run.heights[k])), [x, y] = points.at(-1);
  const chosen = racer.id === race.chosen;
  const dots = reached <= MOST_DOTS ? points.slice(0, -1).map(([x, y]) => make("circle", { class: "dot", cx: near(x), cy: near(y), r: 2 })) : [];
  // Where a curve goes on from the point, as its gradient says.
  const tangent = isCurve() && chosen && run.steps[reached] ? drawTangent(run.points[reached][0], run.heights[reached], run.steps[reached].gradient[0]) : null;
  return make("g", { class: `run c${racer.colour}${chosen ? " chosen" : ""}`, "data-racer": racer.id },
    make("title", {}, `${racer.title}: ${run.points[reached].map((x) => format(x)).join(", ")}; height ${format(run.heights[reached])}`),
    tangent, make("polyline", { class: "halo", points: pathOf(points) }), make("polyline", { class: "trail", points: pathOf(points) }), ...dots,
    drawMarker(MARKERS[racer.marker], x, y, chosen ? 7.5 : 6, { class: "head" }));
}

function drawTangent(x, height, slope) {
  const half = (race.view.x[1] - race.view.x[0]) / 10;
  return make("line", { class: "tangent", x1: near(toX(x - half)), x2: near(toX(x + half)), y1: near(toY(height - half * slope)), y2: near(toY(height + half * slope)) });
}

function drawTracks() {
  const tracks = byId("tracks"), focused = document.activeElement?.id === "ring";
  const inner = make("svg", { x: frame.left, y: frame.top, width: frame.width, height: frame.height, viewBox: `${frame.left} ${frame.top} ${frame.width} ${frame.height}`, overflow: "hidden" });
  if (isCurve()) inner.append(drawCurve());
  for (const point of race.minima) {
    const [x, y] = place(point, isCurve() ? race.surface.heights([point[0]])[0] : 0);
    inner.append(make("path", { class: "minimum", d: `M${near(x - 7)},${near(y)}h14M${near(x)},${near(y - 7)}v14` }, make("title", {}, "minimum")));
  }
  const [x, y] = place(race.start, race.surface.height(race.start));
  const ring = make("circle", { id: "ring", class: "ring", cx: near(x), cy: near(y), r: 11, tabindex: 0, role: "button", "aria-label": `Start: ${race.start.join(", ")}; Shift and arrows move it` }, make("title", {}, "start: drag it"));
  inner.append(ring, ...race.runs.filter((run) => !run.refused).sort((a, b) => (a.racer.id === race.chosen) - (b.racer.id === race.chosen)).map(drawRun));
  tracks.replaceChildren(drawAxes(), inner);
  if (focused) ring.focus();
}
