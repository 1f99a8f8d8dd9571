"""`allclose`, `equal`, and `testing.assert_close`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import OperandError
from autograd.graph.node import raw
from autograd.torch.tensor import Tensor

if TYPE_CHECKING:
    from autograd.typing import Operand

# PyTorch's: by the dtype, relative and absolute.
_TOLERANCES = {"float16": (1e-3, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7)}


def allclose(input: Operand, other: Operand, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Whether |input - other| ≤ atol + rtol · |other| everywhere."""
    if isinstance(input, Tensor) and isinstance(other, Tensor) and input.dtype != other.dtype:
        raise OperandError(f"torch.allclose: {input.dtype} did not match {other.dtype}: write u.to(t.dtype)")
    return bool(np.allclose(raw(input), raw(other), rtol, atol, equal_nan))


def equal(input: Operand, other: Operand) -> bool:
    """Whether two tensors have the same shape and the same elements."""
    return bool(np.array_equal(raw(input), raw(other)))


def is_tensor(obj: Any) -> bool:
    """Whether it is a tensor."""
    return isinstance(obj, Tensor)


def is_floating_point(input: Any) -> bool:
    """Whether a tensor holds floats."""
    return bool(input.dtype.kind == "f")


def numel(input: Operand) -> int:
    """The number of elements."""
    return int(np.size(raw(input)))


def assert_close(
    actual: Any, expected: Any, *, rtol: float | None = None, atol: float | None = None, equal_nan: bool = False,
    check_dtype: bool = True, msg: Any = None, **ignored: Any,
) -> None:  # fmt: skip
    """Raise an AssertionError that says where two tensors, numbers or structures of them differ.

    Parameters
    ----------
    actual, expected : tensor, number, or sequence or dict of them
    rtol, atol : float, optional
        Both or none; by default PyTorch's for the dtype.
    equal_nan : bool
    check_dtype : bool
        Whether the dtypes must be equal.
    msg : str, optional
        What the error says.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> torch.testing.assert_close(torch.ones(2), torch.ones(2) + 1e-8)
    """
    __tracebackhide__ = True
    if isinstance(expected, dict):
        if not isinstance(actual, dict) or actual.keys() != expected.keys():
            raise AssertionError(msg or f"The keys differ: {actual!r} and {expected!r}")
        actual, expected = list(actual.values()), list(expected.values())
    if isinstance(expected, (list, tuple)):
        if len(actual) != len(expected):
            raise AssertionError(msg or f"The lengths differ: {len(actual)} != {len(expected)}")
        for a, b in zip(actual, expected, strict=True):
            assert_close(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan, check_dtype=check_dtype, msg=msg)
        return
    if (rtol is None) != (atol is None):
        raise OperandError("assert_close: give rtol and atol, both or none")
    a, b = np.asarray(raw(actual)), np.asarray(raw(expected))
    if a.shape != b.shape:
        raise AssertionError(msg or f"The values for attribute 'shape' do not match: {a.shape} != {b.shape}.")
    if check_dtype and isinstance(actual, Tensor) and isinstance(expected, Tensor) and a.dtype != b.dtype:
        raise AssertionError(msg or f"The values for attribute 'dtype' do not match: {a.dtype} != {b.dtype}.")
    held = [np.asarray(x).dtype.name for x in (a, b)]
    pairs = [_TOLERANCES.get(name, (0.0, 0.0)) for name in held]
    relative = max(p[0] for p in pairs) if rtol is None else rtol
    absolute = max(p[1] for p in pairs) if atol is None else atol
    close = np.isclose(a.astype(float), b.astype(float), relative, absolute, equal_nan)
    if not close.all():
        worst = np.nanmax(np.abs(a.astype(float) - b.astype(float)))
        raise AssertionError(
            msg
            or f"Tensor-likes are not close! Mismatched elements: {int((~close).sum())} / {close.size}. Greatest absolute "
            f"difference: {worst:g} (up to {absolute:g} allowed, and {relative:g} relative)"
        )
