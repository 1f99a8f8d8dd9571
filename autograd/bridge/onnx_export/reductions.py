"""Rows that join the elements along axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.bridge.onnx_export.elementwise import arithmetic, square
from autograd.bridge.onnx_export.writer import Form, Operand, Writer, form


def axes_of(axis: Any, x: Operand) -> tuple[int, ...]:
    """Axes counted from the front; all for None."""
    count = len(x.shape)
    given = range(count) if axis is None else (axis,) if isinstance(axis, (int, np.integer)) else axis
    return tuple(int(a) % count for a in given)


def reduce(w: Writer, operator: str, x: Operand, axis: Any, keepdims: bool) -> Operand:
    """By one of ONNX's reductions."""
    axes = axes_of(axis, x)
    if not axes:
        return x
    shape = tuple(1 if i in axes else n for i, n in enumerate(x.shape) if keepdims or i not in axes)
    attributes: dict[str, Any] = {"keepdims": int(keepdims)}
    return w.make(operator, x, w.lengths(axes), shape=shape, dtype=x.dtype, **attributes)


def _reduction(operator: str) -> Form:
    def write(w: Writer, x: Operand, axis: Any, keepdims: bool) -> Operand:
        wide = x
        if operator in ("ReduceSum", "ReduceProd") and x.dtype.kind in "bui":
            # NumPy sums in its widest whole numbers.
            wide = w.cast(x, np.uint64 if x.dtype.kind == "u" else np.int64)
        if operator == "ReduceMean" and x.dtype.kind != "f":
            wide = w.cast(x, np.float64)
        if operator in ("ReduceMax", "ReduceMin") and x.dtype == np.bool_:
            return w.cast(reduce(w, operator, w.cast(x, np.uint8), axis, keepdims), np.bool_)
        return reduce(w, operator, wide, axis, keepdims)

    return write


for _row, _operator in {
    "sum": "ReduceSum", "mean": "ReduceMean", "prod": "ReduceProd", "amax": "ReduceMax", "amin": "ReduceMin",
    "logsumexp": "ReduceLogSumExp", "norm": "ReduceL2",
}.items():  # fmt: skip
    form(_row)(_reduction(_operator))


@form("var")
def var(w: Writer, x: Operand, axis: Any, keepdims: bool, ddof: Any) -> Operand:
    """The mean square from the mean."""
    apart = arithmetic(w, "Sub", x, reduce(w, "ReduceMean", x, axis, True))
    count = int(np.prod([x.shape[a] for a in axes_of(axis, x)], dtype=int))
    total = reduce(w, "ReduceMean" if not ddof else "ReduceSum", square(w, apart), axis, keepdims)
    return arithmetic(w, "Div", total, count - ddof) if ddof else total


@form("std")
def std(w: Writer, x: Operand, axis: Any, keepdims: bool, ddof: Any) -> Operand:
    """The root of it."""
    found = var(w, x, axis, keepdims, ddof)
    return w.make("Sqrt", found, like=found)


def _softmax(operator: str) -> Form:
    def write(w: Writer, x: Operand, axis: Any) -> Operand:
        axes = axes_of(axis, x)
        if len(axes) == 1:
            return w.make(operator, x, like=x, axis=axes[0])
        logs = arithmetic(w, "Sub", x, reduce(w, "ReduceLogSumExp", x, axes, True))
        return logs if operator == "LogSoftmax" else w.make("Exp", logs, like=x)

    return write


form("softmax")(_softmax("Softmax"))
form("log_softmax")(_softmax("LogSoftmax"))


def _place(operator: str) -> Form:
    def write(w: Writer, x: Operand, axis: Any, keepdims: bool = False) -> Operand:
        source = w.reshape(x, (int(np.prod(x.shape, dtype=int)),)) if axis is None else x
        along = 0 if axis is None else int(axis) % len(x.shape)
        shape = tuple(1 if i == along else n for i, n in enumerate(source.shape) if keepdims or i != along)
        found = w.make(operator, source, shape=shape, dtype=np.int64, axis=along, keepdims=int(bool(keepdims)))
        return w.reshape(found, (1,) * len(x.shape)) if axis is None and keepdims else found

    return write


form("argmax")(_place("ArgMax"))
form("argmin")(_place("ArgMin"))


@form("cumsum")
def cumsum(w: Writer, x: Operand, axis: int) -> Operand:
    """Running sums."""
    wide = w.cast(x, np.int64) if x.dtype.kind in "bi" else x
    return w.make("CumSum", wide, w.constant(axis % len(x.shape), np.int64), like=wide)


@form("argsort")
def argsort(w: Writer, x: Operand, axis: int, kind: Any = None, stable: Any = None) -> Operand:
    """The order of the elements: of equals the first comes first."""
    along = axis % len(x.shape)
    count = w.lengths([x.shape[along]])
    return w.make("TopK", x, count, shape=x.shape, dtype=np.int64, output=1, axis=along, largest=0, sorted=1)


@form("cross_entropy")
def cross_entropy(w: Writer, logits: Operand, labels: Operand, reduction: str) -> Operand:
    """Of scores, whose classes are the last axis, and labels."""
    count = int(np.prod(labels.shape, dtype=int))
    rows = w.reshape(logits, (count, logits.shape[-1]))
    flat = w.cast(w.reshape(labels, (count,)), np.int64)
    shape = () if reduction != "none" else (count,)
    found = w.make("SoftmaxCrossEntropyLoss", rows, flat, shape=shape, dtype=logits.dtype, reduction=reduction)
    return w.reshape(found, labels.shape) if reduction == "none" else found
