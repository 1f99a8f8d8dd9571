"""Layers that learn the length of their input from the first one: `LazyLinear` and its kin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nn
from autograd.torch.factories import empty
from autograd.torch.nn.module import Module, in_dialect
from autograd.torch.nn.parameter import Parameter

# Which axis of the input says the length.
_AXES = {"Linear": -1}


def _lazy(layer: type[nn.Module]) -> type[Module]:
    whole = in_dialect(layer)
    axis = _AXES.get(layer.__name__, 1)
    learns = [] if issubclass(layer, (nn.BatchNorm1d, nn.BatchNorm2d)) else ["out"]

    class Lazy(Module):
        """A layer that becomes another class when its first input tells it the length."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__()
            if learns and not args:
                args = (kwargs.pop("out_features", kwargs.pop("out_channels", None)),)
            self._given = args, kwargs
            self.weight = Parameter(empty(0))
            if kwargs.get("bias", True):
                self.bias = Parameter(empty(0))

        def forward(self, x: Any) -> Any:
            args, kwargs = self._given
            made = whole(x.shape[axis], *args, **kwargs).to(x.dtype)
            own = self.structure()
            for name, parameter in made.structure().parameters.items():
                # Whoever holds the parameter, such as an optimizer, goes on holding it.
                held = own.parameters.get(name)
                if held is not None:
                    held.data = parameter.data
                    setattr(made, name, held)
            training, hooks = self.training, self.__dict__.get("_hooks", {})
            self.__class__ = whole  # type: ignore[assignment]
            self.__dict__.update({**made.__dict__, "training": training, "_hooks": hooks})
            return self.forward(x)

        def extra_repr(self) -> str:
            return "in_features=0, not known yet"

    Lazy.__name__ = Lazy.__qualname__ = f"Lazy{layer.__name__}"
    Lazy.__module__ = "autograd.torch.nn.lazy"
    return Lazy


_Made = Callable[..., Any]
LazyLinear: _Made = _lazy(nn.Linear)
LazyConv1d: _Made = _lazy(nn.Conv1d)
LazyConv2d: _Made = _lazy(nn.Conv2d)
LazyBatchNorm1d: _Made = _lazy(nn.BatchNorm1d)
LazyBatchNorm2d: _Made = _lazy(nn.BatchNorm2d)
