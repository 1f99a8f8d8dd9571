"""Gradients kept within bounds before a step."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.graph.modes import at_each_run
from autograd.graph.node import get_grad, set_grad
from autograd.wording.numbers import in_double
from optim.arguments import check_not_negative, list_parameters


@at_each_run
def clip_grad_norm_(parameters: Iterable[Tensor] | Tensor, max_norm: float, norm_type: float = 2.0) -> float:
    """Scale all gradients by one factor, so that the norm of all of them together is at most `max_norm`.

    Parameters
    ----------
    parameters : iterable of Tensor
        Those without a gradient count as zero.
    max_norm : float
    norm_type : float
        The p of the norm; `math.inf` for the largest magnitude.

    Returns
    -------
    float
        The norm before.

    Raises
    ------
    ValueError
        Where the norm is not finite: then nothing was scaled, since a factor would make every gradient NaN or zero. Also
        for a generator that was gone through before.

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor([3.0, 4.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> optim.clip_grad_norm_([x], 1.0), x.grad.round(3).tolist()
    (10.0, [0.6, 0.8])
    """
    check_not_negative("clip_grad_norm_", "max_norm", max_norm)
    members, order = _list_gradients(parameters, "clip_grad_norm_"), float(norm_type)
    # In float64, because the squares of finite gradients of float32 may not be.
    norms = np.array([np.linalg.norm(np.ravel(in_double(get_grad(p))), order) for p in members])
    total = float(np.linalg.norm(norms, order)) if members else 0.0
    if not np.isfinite(total):
        broken = next((p for p, norm in zip(members, norms, strict=True) if not np.isfinite(norm)), members[0])
        raise ValueError(f"clip_grad_norm_: the gradient of {broken.label()!r} of shape {broken.shape} is not finite")
    # PyTorch's 1e-6 keeps a norm of 0 from dividing.
    factor = max_norm / (total + 1e-6)
    if factor < 1.0:
        for p in members:
            set_grad(p, get_grad(p) * p.dtype.type(factor))
    return total


@at_each_run
def clip_grad_value_(parameters: Iterable[Tensor] | Tensor, clip_value: float) -> None:
    """Cut every element of every gradient to the range from −clip_value to clip_value.

    Parameters
    ----------
    parameters : Tensor, or iterable of Tensor
        Those without a gradient are passed over.
    clip_value : float

    Raises
    ------
    TypeError
        For complex gradients.
    ValueError
        For a generator that was gone through before.

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor([3.0, -0.1], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> optim.clip_grad_value_([x], 0.5)
    >>> x.grad.tolist()
    [0.5, -0.2]
    """
    check_not_negative("clip_grad_value_", "clip_value", clip_value)
    members = _list_gradients(parameters, "clip_grad_value_")
    for p in members:
        if p.dtype.kind == "c":
            raise TypeError(
                f"clip_grad_value_: the gradient of {p.label()!r} is complex, and such numbers have no order: clip its norm"
            )
    for p in members:
        set_grad(p, np.clip(get_grad(p), -clip_value, clip_value))


def _list_gradients(parameters: Iterable[Tensor] | Tensor, name: str) -> list[Tensor]:
    return [p for p in list_parameters(name, parameters) if get_grad(p) is not None]
