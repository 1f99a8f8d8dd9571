// Reading a table of points: two columns of numbers and one of labels, which are two classes or numbers.
"use strict";

const csv = (() => {
  const MAX_BYTES = 1_000_000, MAX_ROWS = 2000;

  // {points, classes, notes} of a text; throws `Refused` with what is wrong with it.
  function read(text) {
    if (text.length > MAX_BYTES) throw new Refused(`the file has more than ${MAX_BYTES / 1e6} million characters`);
    const rows = cells(text.replace(/^\ufeff/, "")).filter((row) => row.some((cell) => cell.trim() !== ""));
    if (rows.length === 0) throw new Refused("the file is empty");
    // One number that is none, among others, is a mistake and no name.
    const headed = rows[0].slice(0, 2).every((cell) => number(cell) === null);
    const body = headed ? rows.slice(1) : rows;
    if (body.length < 2) throw new Refused("there must be two rows of numbers at least");
    const width = body[0].length;
    if (width < 3) throw new Refused(`a row needs three columns, x₁, x₂ and a label; the first row has ${width}`);
    const raw = body.map((row, i) => {
      const line = i + (headed ? 2 : 1);
      if (row.length !== width) throw new Refused(`row ${line} has ${row.length} columns, and the first has ${width}`);
      const [x, y] = [number(row[0]), number(row[1])];
      if (x === null || y === null) throw new Refused(`row ${line}: ${quoted(row[x === null ? 0 : 1])} is not a number`);
      const label = row[width - 1].trim();
      if (label === "") throw new Refused(`row ${line} has no label`);
      return { x, y, label };
    });
    return fit(raw, raw.length, width > 3 ? [`of ${width} columns the first two and the last are used`] : []);
  }

  // Points as the page has them: scaled into the plane, labels from -1 to 1, no more of them than can be drawn; `count` is
  // of how many rows they were taken.
  function fit(raw, count, notes = []) {
    let some = raw;
    if (raw.length > MAX_ROWS) {
      some = Array.from({ length: MAX_ROWS }, (_, i) => raw[Math.floor((i * raw.length) / MAX_ROWS)]);
    }
    if (count > some.length) notes = [...notes, `of ${count} rows ${some.length} are used`];
    const labels = [...new Set(some.map(({ label }) => String(label)))].sort();
    if (labels.length < 2) throw new Refused("all labels are the same");
    const numeric = labels.every((label) => number(label) !== null);
    if (labels.length > 2 && !numeric) {
      throw new Refused(`the last column has ${labels.length} different words; two classes, or numbers, can be learned here`);
    }
    if (numeric) labels.sort((a, b) => Number(a) - Number(b));
    const classes = labels.length === 2 ? labels : null;
    const label = classes ? (text) => (String(text) === classes[1] ? 1 : -1) : scale(some.map((p) => Number(p.label)), 1);
    const across = scale(some.map(({ x }) => x), 5, 6), up = scale(some.map(({ y }) => y), 5, 6);
    const points = some.map((p) => ({ x: across(p.x), y: up(p.y), label: label(p.label) }));
    if (across.scaled || up.scaled) notes = [...notes, "the columns are scaled into the plane from -5 to 5"];
    return { points, classes, problem: classes ? "classification" : "regression", notes };
  }

  // A map of numbers to -most … most, or none where all of them are within `allowed`.
  function scale(values, most, allowed = most) {
    const low = values.reduce((a, b) => Math.min(a, b)), high = values.reduce((a, b) => Math.max(a, b));
    if (low >= -allowed && high <= allowed && high - low > allowed / 10) return (v) => Number(v);
    // Halves first: the difference of two large numbers may be infinite.
    const middle = low / 2 + high / 2, half = high / 2 - low / 2 || 1;
    return Object.assign((v) => ((Number(v) - middle) / half) * most, { scaled: true });
  }

  function number(cell) {
    const text = cell.trim();
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text)) ? Number(text) : null;
  }

  function quoted(text) {
    return `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`;
  }

  // The cells of every row; the separator is whichever of , ; and tab comes most in the first line.
  function cells(text) {
    const first = text.slice(0, text.search(/[\r\n]|$/));
    const mark = [",", ";", "\t"].reduce((a, b) => (first.split(b).length > first.split(a).length ? b : a));
    const rows = [[]];
    let cell = "", inside = false;
    for (let i = 0; i < text.length; i++) {
      const c = text[i];
      if (inside) {
        if (c !== '"') cell += c;
        else if (text[i + 1] === '"') { cell += '"'; i += 1; } else inside = false;
      } else if (c === '"' && cell.trim() === "") {
        inside = true;
        cell = "";
      } else if (c === mark || c === "\n" || c === "\r") {
        rows.at(-1).push(cell);
        cell = "";
        if (c !== mark) rows.push([]);
      } else cell += c;
    }
    if (inside) throw new Refused("a quotation mark is not closed");
    if (cell !== "" || rows.at(-1).length > 0) rows.at(-1).push(cell);
    return rows;
  }

  return { read, fit, MAX_BYTES };
})();
