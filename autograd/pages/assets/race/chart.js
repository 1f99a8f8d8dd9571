// ---- the chart over the steps

const chart = { left: 56, top: 8, right: 18, bottom: 24 };

function valuesOf(run, what) {
  if (what === "height") return run.heights;
  if (what === "slope") return run.steps.map((step) => Math.hypot(...step.gradient));
  return run.steps.map((step, k) => Math.hypot(...run.points[k + 1].map((x, i) => x - step.before[i])));
}

function drawChart() {
  const svg = byId("chart"), width = svg.clientWidth, height = svg.clientHeight, what = byId("what").value;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const above = what === "height" && race.lowest !== null ? race.lowest : 0;
  const runs = race.runs.filter((run) => !run.refused).map((run) => ({ run, values: valuesOf(run, what) }));
  // Of what is not above zero there is no logarithm.
  const possible = what !== "height" || race.lowest !== null || runs.every(({ values }) => values.every((z) => z > 0));
  byId("log").disabled = !possible;
  const log = possible && byId("log").checked;
  const scaled = (z) => (log ? Math.log10(Math.max(z - above, 1e-16)) : z);
  const margin = 0.05, all = runs.flatMap(({ values }) => values).map(scaled).filter(Number.isFinite);
  let low = Math.min(...all), high = Math.max(...all);
  if (!all.length) [low, high] = [0, 1];
  if (log) low = Math.max(low, high - 16);
  if (high - low < 1e-12) [low, high] = [low - 1, high + 1];
  [low, high] = [low - margin * (high - low), high + margin * (high - low)];
  const inside = { width: width - chart.left - chart.right, height: height - chart.top - chart.bottom };
  const x = (k) => chart.left + (race.last ? k / race.last : 0) * inside.width;
  const y = (z) => chart.top + ((high - Math.max(low, Math.min(high, scaled(z)))) / (high - low)) * inside.height;
  const offset = what === "height" ? 0 : 1;
  const parts = [];
  const powers = log ? ticks(low, high, 4).filter(Number.isInteger) : [];
  // One power of ten, or none, tells no scale.
  const lines = !log ? ticks(low, high, 4) : powers.length > 1 ? powers : ticks(10 ** low, 10 ** high, 4).filter((z) => z > 0).map(Math.log10);
  for (const z of lines) {
    const at = chart.top + ((high - z) / (high - low)) * inside.height;
    parts.push(make("line", { class: "grid", x1: chart.left, x2: width - chart.right, y1: at, y2: at }), make("text", { x: chart.left - 6, y: at + 4, "text-anchor": "end" }, !log ? format(z, 4) : Math.abs(z) < 4 || powers.length < 2 ? format(10 ** z, 4) : `1e${z}`.replace("-", "−")));
  }
  for (const k of ticks(0, Math.max(race.last, 1), Math.max(2, inside.width / 80)).filter(Number.isInteger)) parts.push(make("text", { x: x(k), y: height - 7, "text-anchor": "middle" }, String(k)));
  parts.push(make("line", { class: "now", x1: x(race.step), x2: x(race.step), y1: chart.top, y2: chart.top + inside.height }));
  for (const { run, values } of runs) {
    const points = values.map((z, k) => [x(k + offset), y(z)]).filter(([, y]) => Number.isFinite(y)), reached = Math.min(race.step, run.steps.length) + 1 - offset;
    if (!points.length) continue;
    const now = points.slice(0, Math.max(reached, 0)), end = now.at(-1);
    parts.push(make("g", { class: `run c${run.racer.colour}${run.racer.id === race.chosen ? " chosen" : ""}` }, make("polyline", { class: "coming", points: pathOf(points) }), make("polyline", { class: "trail", points: pathOf(now) }),
      end ? drawMarker(MARKERS[run.racer.marker], ...end, 4.5, { class: "head" }) : null));
  }
  svg.replaceChildren(...parts);
  byId("chart").setAttribute("aria-label", `${byId("what").selectedOptions[0].text} of each optimizer, step by step${log && above ? ", above the minimum" : ""}`);
}
