// Kernels of the rows over whole arrays, and what only rearranges. Their rules are printed behind this text.
"use strict";

(() => {
  const { Tensor, asTensor, enterArrays, count, places, spread, zeros } = engine.inside;
  const { ops, row } = engine;

  // ---- axes and shapes

  function readAxes(axis, ndim, what) {
    if (axis === undefined || axis === null) return [...Array(ndim).keys()];
    return [axis].flat().map((a) => {
      const found = a < 0 ? a + ndim : a;
      if (!Number.isInteger(found) || found < 0 || found >= ndim) throw new Error(`${what}: a tensor of ${ndim} axes has no axis ${a}`);
      return found;
    }).sort((a, b) => a - b);
  }

  const keep = (shape, axes) => shape.map((n, i) => (axes.includes(i) ? 1 : n));
  const drop = (shape, axes) => shape.filter((_, i) => !axes.includes(i));

  // Goes over `x`, with the place in the result of each element.
  function reduce(x, { axis, keepdims }, start, combine) {
    const kept = keep(x.shape, axis), out = zeros(count(kept)).fill(start), to = places(kept, x.shape);
    for (let i = 0; i < x.size; i++) out[to[i]] = combine(out[to[i]], x.data[i]);
    return [out, keepdims ? kept : drop(x.shape, axis)];
  }

  const larger = (x, y) => (x >= y || x !== x ? x : y), smaller = (x, y) => (x <= y || x !== x ? x : y);
  const plus = (x, y) => x + y;
  const countOf = (x, axes) => axes.reduce((product, axis) => product * x.shape[axis], 1);

  function transposed(x, axes) {
    const shape = axes.map((axis) => x.shape[axis]), strides = Array(x.ndim).fill(1);
    for (let i = x.ndim - 2; i >= 0; i--) strides[i] = strides[i + 1] * x.shape[i + 1];
    return [gather(x.data, shape, axes.map((axis) => strides[axis]), 0), shape];
  }

  // The elements of a view with these strides.
  function gather(data, shape, strides, start) {
    const out = zeros(count(shape)), at = Array(shape.length).fill(0);
    let place = start;
    for (let k = 0; k < out.length; k++) {
      out[k] = data[place];
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        place += strides[axis];
        if (++at[axis] < shape[axis]) break;
        place -= strides[axis] * shape[axis];
        at[axis] = 0;
      }
    }
    return out;
  }

  // A key has one part for each axis: [start, stop] or an index.
  function cut(x, key) {
    const strides = Array(x.ndim).fill(1), shape = [], left = [];
    for (let i = x.ndim - 2; i >= 0; i--) strides[i] = strides[i + 1] * x.shape[i + 1];
    let start = 0;
    key.forEach((part, axis) => {
      const first = typeof part === "number" ? part : part[0];
      start += first * strides[axis];
      if (typeof part === "number") return;
      shape.push(part[1] - first);
      left.push(strides[axis]);
    });
    return { shape, strides: left, start };
  }

  function readKey(key, shape) {
    const parts = Array.isArray(key) ? [...key] : [key], rest = parts.indexOf("...");
    if (rest >= 0) parts.splice(rest, 1, ...Array(shape.length - parts.length + 1).fill(":"));
    if (parts.length > shape.length) throw new Error(`getitem: ${parts.length} indices for the shape (${shape})`);
    return shape.map((n, axis) => {
      const part = parts[axis] ?? ":";
      if (part === ":") return [0, n];
      const [start, stop] = [part].flat().map((i) => (i < 0 ? i + n : i));
      if (typeof part === "number" && !(start >= 0 && start < n)) throw new Error(`getitem: index ${part} is outside an axis of length ${n}`);
      return typeof part === "number" ? start : [Math.min(start, n), Math.max(Math.min(start, n), Math.min(stop ?? n, n))];
    });
  }

  function product(x, y) {
    const m = x.ndim === 1 ? 1 : x.shape.at(-2), k = x.shape.at(-1), n = y.ndim === 1 ? 1 : y.shape.at(-1);
    if (x.ndim === 0 || y.ndim === 0 || k !== (y.ndim === 1 ? y.shape[0] : y.shape.at(-2))) {
      throw new Error(`matmul: shapes (${x.shape}) and (${y.shape}) do not go together`);
    }
    const lead = x.ndim > 2 ? x.shape.slice(0, -2) : [], other = y.ndim > 2 ? y.shape.slice(0, -2) : [];
    if (lead.length && other.length && String(lead) !== String(other)) throw new Error(`matmul: stacks of (${lead}) and (${other}) matrices`);
    const stack = lead.length ? lead : other, times = count(stack), out = zeros(times * m * n);
    const left = x.data, right = y.data;
    for (let s = 0; s < times; s++) {
      for (let i = 0; i < m; i++) {
        const into = (s * m + i) * n, from = lead.length ? (s * m + i) * k : i * k;
        for (let j = 0; j < k; j++) {
          const factor = left[from + j], below = (other.length ? s * k + j : j) * n;
          for (let c = 0; c < n; c++) out[into + c] += factor * right[below + c];
        }
      }
    }
    return [out, [...stack, ...(x.ndim === 1 ? [] : [m]), ...(y.ndim === 1 ? [] : [n])]];
  }

  // `x` less its greatest along the axes, whose exponentials do not overflow.
  function shift(x, axis) {
    const kept = keep(x.shape, axis), top = reduce(x, { axis, keepdims: true }, -Infinity, larger)[0], to = places(kept, x.shape);
    return { kept, top, to, shifted: x.data.map((value, i) => (value === top[to[i]] ? 0 : value - top[to[i]])) };
  }

  function exponentials(x, axis) {
    const { kept, top, to, shifted } = shift(x, axis), total = zeros(count(kept)), weights = shifted.map(Math.exp);
    weights.forEach((weight, i) => { total[to[i]] += weight; });
    return { kept, top, to, shifted, weights, total };
  }

  function softmax(x, axis) {
    const { weights, total, to } = exponentials(x, axis);
    return weights.map((weight, i) => weight / total[to[i]]);
  }

  // ---- kernels: each gives the numbers and the shape

  enterArrays("sum", (x, params) => reduce(x, params, 0, plus));
  enterArrays("mean", (x, params) => {
    const [total, shape] = reduce(x, params, 0, plus), n = countOf(x, params.axis);
    return [total.map((t) => t / n), shape];
  });
  enterArrays("amax", (x, params) => reduce(x, params, -Infinity, larger));
  enterArrays("amin", (x, params) => reduce(x, params, Infinity, smaller));
  enterArrays("reshape", (x, { shape }) => [x.data, shape]);
  enterArrays("transpose", (x, { axes }) => transposed(x, axes));
  enterArrays("broadcast_to", (x, { shape }) => [spread(x.data, x.shape, shape), shape]);
  enterArrays("slice", (x, { key }) => {
    const { shape, strides, start } = cut(x, key);
    return [gather(x.data, shape, strides, start), shape];
  });
  enterArrays("unslice", (x, { key, shape }) => {
    const whole = new Tensor(Float64Array.from({ length: count(shape) }, (_, i) => i), shape), out = zeros(whole.size);
    const part = cut(whole, key), to = gather(whole.data, part.shape, part.strides, part.start);
    const data = spread(x.data, x.shape, part.shape);
    to.forEach((place, i) => { out[place] += data[i]; });
    return [out, shape];
  });
  enterArrays("concatenate", (...given) => {
    const { axis } = given.pop(), shape = [...given[0].shape];
    for (const x of given) {
      if (x.ndim !== shape.length || x.shape.some((n, i) => i !== axis && n !== shape[i])) throw new Error(`concatenate: shapes ${given.map((g) => `(${g.shape})`).join(", ")}`);
    }
    shape[axis] = given.reduce((total, x) => total + x.shape[axis], 0);
    const out = zeros(count(shape)), inner = count(shape.slice(axis + 1));
    let start = 0;
    for (const x of given) {
      const run = x.shape[axis] * inner;
      for (let k = 0; k * run < x.size; k++) out.set(x.data.subarray(k * run, (k + 1) * run), k * shape[axis] * inner + start);
      start += run;
    }
    return [out, shape];
  });
  enterArrays("matmul", product);
  enterArrays("linear", (x, weight, bias) => {
    const [out, shape] = product(x, new Tensor(...transposed(weight, [1, 0]))), n = bias.size;
    for (let i = 0; i < out.length; i++) out[i] += bias.data[i % n];
    return [out, shape];
  });
  enterArrays("softmax", (x, { axis }) => [softmax(x, axis), x.shape]);
  enterArrays("log_softmax", (x, { axis }) => {
    const { shifted, total, to } = exponentials(x, axis);
    return [shifted.map((value, i) => value - Math.log(total[to[i]])), x.shape];
  });
  enterArrays("logsumexp", (x, { axis, keepdims }) => {
    const { kept, top, total } = exponentials(x, axis);
    return [top.map((t, i) => (Math.abs(t) === Infinity ? t : Math.log(total[i]) + t)), keepdims ? kept : drop(x.shape, axis)];
  });
  enterArrays("cross_entropy", (x, labels, { reduction }) => {
    const { shifted, total } = exponentials(x, [x.ndim - 1]), classes = x.shape.at(-1);
    const losses = labels.data.map((label, i) => Math.log(total[i]) - shifted[i * classes + label]);
    if (reduction === "none") return [losses, labels.shape];
    const sum = losses.reduce(plus, 0);
    return [Float64Array.of(reduction === "mean" ? sum / losses.length : sum), []];
  });
  enterArrays("residual", (x, labels) => {
    const probabilities = softmax(x, [x.ndim - 1]), classes = x.shape.at(-1);
    labels.data.forEach((label, i) => { probabilities[i * classes + label] -= 1; });
    return [probabilities, x.shape];
  });

  // ---- what rearranges, for the rules

  engine.arrays = {
    count: countOf,
    prod: count,
    shape: (x) => x.shape ?? [],
    argsort: (axes) => axes.map((_, i) => axes.indexOf(i)),
    reshape: (x, shape) => ops.reshape(x, shape),
    expand_dims(x, axis) {
      const shape = [...x.shape];
      shape.splice(axis < 0 ? axis + x.ndim + 1 : axis, 0, 1);
      return ops.reshape(x, shape);
    },
    matrix_transpose(x) {
      const axes = [...x.shape.keys()];
      axes.push(...axes.splice(-2).reverse());
      return row.transpose(x, { axes });
    },
    restore_axes: (g, x, axis, keepdims) => (keepdims ? g : ops.reshape(g, keep(x.shape, axis))),
    getitem: (x, key) => ops.getitem(x, key),
    basic: (x, key) => ops.getitem(x, key),
    pieces(x, sizes, axis) {
      let end = 0;
      return sizes.map((size) => {
        const key = [...Array(axis).fill(":"), [end, end += size]];
        return ops.getitem(x, key);
      });
    },
  };

  // ---- what a page calls, with the defaults of the options

  const overAxes = (name) => (x, { axis, keepdims = false } = {}) => row[name](x, { axis: readAxes(axis, asTensor(x).ndim, name), keepdims });
  const alongAxis = (name) => (x, { axis = -1 } = {}) => row[name](x, { axis: readAxes(axis, x.ndim, name) });
  const reduced = (losses, reduction) => (reduction === "none" ? losses : ops[reduction](losses));
  Object.assign(ops, {
    sum: overAxes("sum"), mean: overAxes("mean"), amax: overAxes("amax"), amin: overAxes("amin"), max: overAxes("amax"), min: overAxes("amin"),
    logsumexp: overAxes("logsumexp"), softmax: alongAxis("softmax"), log_softmax: alongAxis("log_softmax"),
    matmul: (x, y) => row.matmul(x, y),
    linear: (x, weight, bias) => row.linear(x, weight, bias),
    reshape(x, shape) {
      const known = shape.reduce((n, m) => (m === -1 ? n : n * m), 1), lengths = shape.map((n) => (n === -1 ? x.size / known : n));
      if (count(lengths) !== x.size || !lengths.every(Number.isInteger)) throw new Error(`reshape: shape (${x.shape}) has ${x.size} elements, (${shape}) needs others`);
      return String(lengths) === String(x.shape) && lengths.length === x.ndim ? x : row.reshape(x, { shape: lengths });
    },
    transpose: (x, axes = [...x.shape.keys()].reverse()) => row.transpose(x, { axes: axes.map((a) => (a < 0 ? a + x.ndim : a)) }),
    broadcast_to: (x, shape) => row.broadcast_to(x, { shape }),
    getitem: (x, key) => row.slice(x, { key: readKey(key, x.shape) }),
    concatenate: (xs, axis = 0) => row.concatenate(...xs, { axis: readAxes(axis, xs[0].ndim, "concatenate")[0] }),
    stack(xs, axis = 0) {
      const parts = xs.map(asTensor);
      return ops.concatenate(parts.map((x) => engine.arrays.expand_dims(x, axis)), axis);
    },
    cross_entropy(logits, labels, { reduction = "mean" } = {}) {
      const given = asTensor(labels), classes = logits.shape.at(-1);
      if (given.size * classes !== logits.size) throw new Error(`cross_entropy: logits of shape (${logits.shape}) and ${given.size} labels`);
      const strange = given.data.find((label) => !Number.isInteger(label) || label < 0 || label >= classes);
      if (strange !== undefined) throw new Error(`cross_entropy: label ${strange} is outside 0 … ${classes - 1}`);
      return row.cross_entropy(logits, given, { reduction });
    },
    mse_loss: (x, y, { reduction = "mean" } = {}) => reduced(ops.square(ops.sub(x, y)), reduction),
    half_mse_loss: (x, y, { reduction = "mean" } = {}) => reduced(ops.mul(0.5, ops.square(ops.sub(x, y))), reduction),
    l1_loss: (x, y, { reduction = "mean" } = {}) => reduced(ops.abs(ops.sub(x, y)), reduction),
    binary_cross_entropy_with_logits: (x, y, { reduction = "mean" } = {}) => reduced(ops.sub(ops.softplus(x), ops.mul(x, y)), reduction),
  });
})();
