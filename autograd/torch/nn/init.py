"""`torch.nn.init`: first weights, drawn from PyTorch's generator as PyTorch draws them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any

from autograd.torch.generator import LayerSource
from autograd.torch.missing import missing
from nn import init as _init


def _drawing(function: Callable[..., Any]) -> Callable[..., Any]:
    drawn = "rng" in signature(function).parameters

    @wraps(function)
    def call(tensor: Any, *args: Any, generator: Any = None, **kwargs: Any) -> Any:
        return function(tensor, *args, **kwargs, **({"rng": LayerSource(tensor.dtype, generator)} if drawn else {}))

    return call


# Custom layers that are written after PyTorch's ask for them by this name.
_calculate_fan_in_and_fan_out = _init.fans


def __getattr__(name: str) -> Any:
    found = None if name.startswith("_") else getattr(_init, name, None)
    if not callable(found) or getattr(found, "__module__", "") != "nn.init":
        raise AttributeError(missing("torch.nn.init", name))
    globals()[name] = made = _drawing(found) if name.endswith("_") else found
    return made


def __dir__() -> list[str]:
    return sorted({*globals(), *dir(_init)})
