"""Products of matrices, convolutions and pooling."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.bridge.onnx_export.elementwise import arithmetic
from autograd.bridge.onnx_export.writer import Operand, Writer, form

Padding = Sequence[Sequence[int]]


@form("matmul")
def matmul(w: Writer, x: Operand, y: Operand) -> Operand:
    """Of matrices, and of stacks of them."""
    a, b = w.common(x, y)
    shape = np.matmul(np.empty(x.shape, bool), np.empty(y.shape, bool)).shape
    return w.make("MatMul", a, b, shape=shape, dtype=a.dtype)


@form("linear")
def linear(w: Writer, x: Operand, weight: Operand, bias: Operand) -> Operand:
    """With a bias."""
    a, matrix, shift = w.common(x, weight, bias)
    shape = (*x.shape[:-1], weight.shape[0])
    if len(x.shape) == 2:
        return w.make("Gemm", a, matrix, shift, shape=shape, dtype=a.dtype, transB=1)
    product = w.make("MatMul", a, w.transpose(matrix, (1, 0)), shape=shape, dtype=a.dtype)
    return arithmetic(w, "Add", product, shift)


@form("einsum")
def einsum(w: Writer, x: Operand, y: Operand, subscripts: tuple[str, str, str]) -> Operand:
    """By Einstein's convention."""
    a, b = w.common(x, y)
    left, right, out = subscripts
    equation = f"{left},{right}->{out}"
    shape = np.einsum(equation, np.empty(x.shape), np.empty(y.shape)).shape
    return w.make("Einsum", a, b, shape=shape, dtype=a.dtype, equation=equation)


@form("det")
def det(w: Writer, x: Operand) -> Operand:
    """The determinant."""
    return w.make("Det", x, shape=x.shape[:-2], dtype=x.dtype)


def _pads(padding: Padding) -> list[int]:
    return [int(b) for b, _ in padding] + [int(a) for _, a in padding]


def _places(space: Sequence[int], kernel: Any, stride: Any, padding: Padding, dilation: Any) -> tuple[int, ...]:
    return tuple(
        (n + sum(p) - d * (k - 1) - 1) // s + 1
        for n, k, s, p, d in zip(space, kernel, stride, padding, dilation, strict=True)
    )


@form("convolution")
def convolution(
    w: Writer, x: Operand, weight: Operand, stride: Any, padding: Padding, dilation: Any, groups: int
) -> Operand:
    """A convolution."""
    a, filters = w.common(x, weight)
    places = _places(x.shape[2:], weight.shape[2:], stride, padding, dilation)
    return w.make(
        "Conv", a, filters, shape=(x.shape[0], weight.shape[0], *places), dtype=a.dtype, strides=list(stride),
        pads=_pads(padding), dilations=list(dilation), group=groups, kernel_shape=list(weight.shape[2:]),
    )  # fmt: skip


@form("convolution_input")
def convolution_input(
    w: Writer, g: Operand, weight: Operand, space: Any, stride: Any, padding: Padding, dilation: Any, groups: int
) -> Operand:
    """A transposed convolution."""
    a, filters = w.common(g, weight)
    added = [
        n - ((m - 1) * s - sum(p) + d * (k - 1) + 1)
        for n, m, s, p, d, k in zip(space, g.shape[2:], stride, padding, dilation, weight.shape[2:], strict=True)
    ]
    return w.make(
        "ConvTranspose", a, filters, shape=(g.shape[0], weight.shape[1] * groups, *space), dtype=a.dtype,
        strides=list(stride), pads=_pads(padding), dilations=list(dilation), group=groups, output_padding=added,
        kernel_shape=list(weight.shape[2:]),
    )  # fmt: skip


def _pool(w: Writer, operator: str, x: Operand, kernel: Any, stride: Any, padding: Padding, **more: Any) -> Operand:
    places = _places(x.shape[2:], kernel, stride, padding, (1,) * len(kernel))
    return w.make(
        operator, x, shape=(*x.shape[:2], *places), dtype=x.dtype, kernel_shape=list(kernel), strides=list(stride),
        pads=_pads(padding), **more,
    )  # fmt: skip


@form("max_pool")
def max_pool(w: Writer, x: Operand, kernel: Any, stride: Any, padding: Padding) -> Operand:
    """The greatest of each window."""
    return _pool(w, "MaxPool", x, kernel, stride, padding)


@form("sum_pool")
def sum_pool(w: Writer, x: Operand, kernel: Any, stride: Any, padding: Padding) -> Operand:
    """The sum of each window, which is its mean times its size."""
    mean = _pool(w, "AveragePool", x, kernel, stride, padding, count_include_pad=1)
    return arithmetic(w, "Mul", mean, float(math.prod(kernel)))
