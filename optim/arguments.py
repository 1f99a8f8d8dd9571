"""What parameters and numbers must be, wherever optimizers and their kin take them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.errors import OperandError, type_name


def list_parameters(name: str, params: Any, *, groups: bool = False) -> list[Any]:
    """Parameters as a list; where `groups` are welcome, it may be one of mappings.

    Raises
    ------
    OperandError
        For anything else; it is a TypeError.
    ValueError
        For an iterator that gives nothing, since nobody means one: most often it was gone through before.

    Examples
    --------
    >>> list_parameters("SGD", Tensor(1.0, requires_grad=True))
    [Tensor(1., requires_grad=True)]
    """
    found = [params] if isinstance(params, Tensor) else list(params) if isinstance(params, Iterable) else [params]
    if not found and isinstance(params, Iterator):
        raise ValueError(
            f"{name}: the list of parameters is empty: a generator, such as model.parameters(), can be gone through only once: "
            "call it again, or keep list(model.parameters())"
        )
    for p in found:
        if not isinstance(p, (Tensor, Mapping) if groups else Tensor):
            raise OperandError(f"{name}: parameters are tensors, not {type_name(p)}; give model.parameters()")
    return found


def forget_gradients(parameters: Iterable[Tensor], set_to_none: bool) -> None:
    """Let parameters have no gradients, or let those that are there be zeros.

    Examples
    --------
    >>> x = Tensor([2.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> forget_gradients([x], False); x.grad.tolist()
    [0.0]
    """
    for p in parameters:
        if set_to_none:
            p.zero_grad()
        elif p.grad is not None:
            p.grad = np.zeros(p.shape, p.dtype)


def check_not_negative(name: str, what: str, given: Any) -> float:
    """A number from 0 on.

    Raises
    ------
    ValueError
        For anything else, NaN included.

    Examples
    --------
    >>> check_not_negative("SGD", "lr", 0.1)
    0.1
    """
    return check_real(f"{name}: {what}", given, "that is not negative", lambda x: x >= 0.0)


def check_real(what: str, given: Any, expected: str, fits: Callable[[float], bool]) -> float:
    """A number that fits; `expected` says in words which ones do.

    Raises
    ------
    ValueError
        For anything else; a NaN fits nothing.

    Examples
    --------
    >>> check_real("SGD: momentum", 0.9, "below 1", lambda x: x < 1.0)
    0.9
    """
    if not isinstance(given, Real) or not fits(float(given)):
        raise ValueError(f"{what} must be a number {expected}, got {given!r}")
    return float(given)


def check_whole(what: str, given: Any, least: int, error: type[ValueError] = ValueError) -> int:
    """A whole number from `least` on, Python's or NumPy's; a bool is none.

    Raises
    ------
    ValueError
        For anything else; or `error`, which is one of them.

    Examples
    --------
    >>> check_whole("step", 3, 0)
    3
    """
    if isinstance(given, bool) or not isinstance(given, Integral) or given < least:
        raise error(f"{what} must be a whole number from {least} on, got {given!r}")
    return int(given)
