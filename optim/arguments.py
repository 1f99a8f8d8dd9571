"""What parameters and numbers must be, wherever optimizers and their kin take them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from numbers import Real
from typing import Any

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
    if not isinstance(given, Real) or not float(given) >= 0.0:
        raise ValueError(f"{name}: {what} must be a number that is not negative, got {given!r}")
    return float(given)
