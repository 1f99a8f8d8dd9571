// ---- long graphs in rows: a layout to the right is cut between its columns, and its parts stand below each other

const MAX_ROWS = 8, MAX_WRAPPED = 4, ROW_GAP = 36, LANE = 6;

// The places between columns at which a layout can be cut: no box or frame is there, and few arrows go across.
function cutsOf(graph) {
  const spans = graph.nodes().map((key) => graph.node(key)).map((n) => [n.x - n.width / 2, n.x + n.width / 2]).sort((a, b) => a[0] - b[0]);
  const lines = graph.edges().map((edge) => graph.edge(edge).points.map((p) => p.x)).map((xs) => [Math.min(...xs), Math.max(...xs)]);
  const cuts = [];
  let end = -Infinity;
  for (const [left, right] of spans) {
    // Just before a box: labels are in the middle between two.
    const at = left - 8;
    if (end > 0 && at > end && lines.filter(([low, high]) => low < at && at < high).length <= MAX_WRAPPED) cuts.push(at);
    end = Math.max(end, right);
  }
  return cuts;
}

// The cuts that make so many rows of about the same width.
function chooseCuts(cuts, width, rows) {
  const chosen = [];
  for (let k = 1; k < rows; k++) {
    const least = chosen.at(-1) ?? 0;
    const near = cuts.filter((x) => x > least + 40).reduce((best, x) => (best === null || Math.abs(x - (k * width) / rows) < Math.abs(best - (k * width) / rows) ? x : best), null);
    if (near !== null) chosen.push(near);
  }
  return chosen;
}

// For every row: where it begins and ends in the layout, and how high it reaches.
function rowsOf(graph, cuts) {
  const ends = [0, ...cuts, graph.graph().width];
  const rows = cuts.concat(0).map((_, i) => ({ left: ends[i], right: ends[i + 1], top: Infinity, bottom: -Infinity }));
  const reach = (x, top, bottom) => {
    const row = rows.find((r) => x <= r.right) ?? rows.at(-1);
    row.top = Math.min(row.top, top);
    row.bottom = Math.max(row.bottom, bottom);
  };
  for (const key of graph.nodes()) {
    const { x, y, width, height, frame } = graph.node(key);
    const above = frame ? 8 + 18 * depth(frame.key) : 6;
    reach(x, y - height / 2 - above, y + height / 2 + 6);
  }
  for (const edge of graph.edges()) {
    const { points, x, y, height } = graph.edge(edge);
    for (const p of points) reach(p.x, p.y - 2, p.y + 2);
    if (x !== undefined) reach(x, y - height / 2, y + height / 2);
    for (const cut of cuts) if (between(points, cut)) { const at = heightAt(points, cut); reach(cut, at, at); reach(cut + 1, at, at); }
  }
  return rows;
}

const between = (points, x) => points[0].x < x !== points.at(-1).x < x;

function heightAt(points, x) {
  const i = points.findIndex((p, k) => k > 0 && points[k - 1].x < x !== p.x < x);
  const [a, b] = [points[i - 1], points[i]];
  return a.y + ((b.y - a.y) * (x - a.x)) / (b.x - a.x);
}

// A layout in rows, or null where it has too few places to cut it at.
function wrapped(graph, count) {
  const cuts = chooseCuts(cutsOf(graph), graph.graph().width, count);
  if (cuts.length < count - 1) return null;
  const rows = rowsOf(graph, cuts);
  const edges = graph.edges().map((edge) => graph.edge(edge));
  const lanes = cuts.map((cut) => edges.filter(({ points }) => between(points, cut)));
  const side = 20 + LANE * Math.max(...lanes.map((lane) => lane.length));
  let down = MARGIN.y;
  rows.forEach((row, i) => {
    row.across = side - row.left;
    row.down = down - row.top;
    down += row.bottom - row.top + (i < cuts.length ? ROW_GAP + LANE * lanes[i].length : MARGIN.y);
  });
  const rowAt = (x) => Math.max(0, rows.findIndex((r) => x <= r.right));
  const moved = (p, row = rows[rowAt(p.x)]) => ({ ...p, x: p.x + row.across, y: p.y + row.down });
  const result = {
    nodes: new Map(graph.nodes().map((key) => [key, moved(graph.node(key))])),
    edges: edges.map((edge) => ({ ...(edge.x === undefined ? edge : moved(edge)), points: throughRows(edge) })),
    width: Math.max(...rows.map((r) => r.right - r.left)) + 2 * side,
    height: down,
  };

  // At the end of a row an arrow goes down, back to the left, and on in the next one.
  function throughRows(edge) {
    const points = edge.points, found = [], step = points[0].x < points.at(-1).x ? 1 : -1;
    let at = rowAt(points[0].x);
    for (const p of points) {
      for (; at !== rowAt(p.x); at += step) {
        const cut = step > 0 ? at : at - 1, lane = lanes[cut].indexOf(edge);
        const y = heightAt(points, cuts[cut]), upper = rows[cut], lower = rows[cut + 1];
        const right = upper.right + upper.across + 6 + LANE * lane, left = side - 10 - LANE * lane;
        const middle = upper.bottom + upper.down + ROW_GAP / 2 + LANE * lane;
        const corner = [[right, y + upper.down], [right, middle], [left, middle], [left, y + lower.down]];
        found.push(...shapes.rounded(step > 0 ? corner : corner.reverse()));
      }
      found.push(moved(p, rows[at]));
    }
    return found;
  }
  return result;
}
