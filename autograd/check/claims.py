"""A claimed gradient of another shape than its input's, as nearly as it can be understood."""

from __future__ import annotations

import numpy as np


def fit_claim(claim: np.ndarray, array: np.ndarray) -> np.ndarray | None:
    """A claim of another shape than its input's as nearly as it can be understood; None where it cannot."""
    if claim.dtype.kind not in "fiub":
        return None
    claim = claim.astype(np.float64)
    if claim.shape == array.shape:
        return claim
    if claim.size == array.size:
        return claim.T if claim.shape == array.shape[::-1] else claim.reshape(array.shape)
    return sum_broadcast(claim, array.shape)


def sum_broadcast(claim: np.ndarray, shape: tuple[int, ...]) -> np.ndarray | None:
    """The sum over the axes along which an operand of this shape was repeated; None where it was not."""
    lead = claim.ndim - len(shape)
    if lead < 0 or any(n not in (1, m) for n, m in zip(shape, claim.shape[lead:], strict=True)):
        return None
    axes = tuple(range(lead)) + tuple(lead + i for i, n in enumerate(shape) if n == 1 and claim.shape[lead + i] != 1)
    return claim.sum(axes, keepdims=True).reshape(shape)
