// ---- the shapes that optimizers are told apart by, beside their colours

const MARKERS = ["circle", "square", "diamond", "up", "star", "down", "cross", "hexagon"];
// Far away lines are drawn to somewhere near, since pictures know no numbers of any size.
const near = (x) => (Number.isNaN(x) ? -1e5 : Math.max(-1e5, Math.min(1e5, x))).toFixed(1);
const pathOf = (points) => points.map(([x, y]) => `${near(x)},${near(y)}`).join(" ");

function drawMarker(marker, x, y, r, attributes) {
  const star = (points, inner) => Array.from({ length: 2 * points }, (_, k) => {
    const radius = k % 2 ? inner * r : 1.25 * r, angle = (Math.PI * k) / points - Math.PI / 2;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
  const corners = (count, turn, size) => Array.from({ length: count }, (_, k) => {
    const angle = turn + (2 * Math.PI * k) / count;
    return [x + size * r * Math.cos(angle), y + size * r * Math.sin(angle)];
  });
  const shapes = { square: () => corners(4, Math.PI / 4, 1.25), diamond: () => corners(4, 0, 1.3), up: () => corners(3, -Math.PI / 2, 1.3), down: () => corners(3, Math.PI / 2, 1.3),
    star: () => star(5, 0.55), cross: () => star(4, 0.5), hexagon: () => corners(6, 0, 1.15) };
  return marker === "circle" ? make("circle", { cx: near(x), cy: near(y), r, ...attributes }) : make("polygon", { points: pathOf(shapes[marker]()), ...attributes });
}
