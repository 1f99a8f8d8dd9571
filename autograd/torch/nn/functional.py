"""`torch.nn.functional`: the functions of `nn.functional` on this dialect's tensors."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from autograd.torch import pointwise
from autograd.torch.missing import missing
from autograd.torch.nn.module import of_nn
from autograd.torch.pointwise import log_softmax, sigmoid, softmax, tanh
from nn import functional as _functional

if TYPE_CHECKING:
    from autograd.typing import Operand

__all__ = ["log_softmax", "relu", "sigmoid", "softmax", "tanh"]


_relu = of_nn(_functional.relu)


def relu(input: Operand, inplace: bool = False) -> Any:
    """max(x, 0); with `inplace` written into the input."""
    return _relu(input, inplace) if inplace else pointwise.relu(input)


def __getattr__(name: str) -> Any:
    pool = name.removesuffix("_with_indices")
    if pool != name and "max_pool" in pool:
        globals()[name] = both = partial(__getattr__(pool), return_indices=True)
        return both
    if name.startswith("_") or not callable(getattr(_functional, name, None)):
        raise AttributeError(missing("torch.nn.functional", name))
    globals()[name] = found = of_nn(getattr(_functional, name))
    return found


def __dir__() -> list[str]:
    return sorted({*__all__, *dir(_functional)})
