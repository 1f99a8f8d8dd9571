"""Layers that learn the length of their input from the first one: `LazyLinear` and its kin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any

from numpy.typing import DTypeLike

import nn
from autograd.torch.dtypes import as_dtype
from autograd.torch.nn.module import Module, in_dialect
from autograd.torch.nn.parameter import Parameter, UninitializedParameter

# Layers that have a weight and a bias only where they are asked for, and whose first argument is the length itself.
_NORMS = (
    nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d,
)  # fmt: skip
_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


class Lazy(Module):
    """A layer that becomes another class when its first input, or a state that is loaded, tells it the length.

    The base of `LazyLinear` and its kin, each of which says in `whole` what it becomes.
    """

    whole: type[nn.Module]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        norm = issubclass(self.whole, _NORMS)
        if not (norm or args):
            args = (kwargs.pop("out_features", kwargs.pop("out_channels", None)),)
        self._given = args, kwargs
        known = {key: value for key, value in kwargs.items() if key != "device"}
        taken = signature(self.whole.__init__).bind(self, 1, *args, **known)
        taken.apply_defaults()
        there = {"weight": not norm or taken.arguments["affine"], "bias": taken.arguments["affine" if norm else "bias"]}
        for name in (name for name, is_there in there.items() if is_there):
            setattr(self, name, UninitializedParameter(dtype=as_dtype(kwargs.get("dtype"))))

    def has_uninitialized_params(self) -> bool:
        """Whether the length is not known yet."""
        return True

    def forward(self, x: Any) -> Any:
        """Learn the length, become the layer, and compute."""
        self.become(x.shape[-1 if issubclass(self.whole, nn.Linear) else 1], x.dtype)
        return self.forward(x)

    def become(self, length: int, dtype: DTypeLike | None = None) -> None:
        """Become the layer for inputs of this length; parameters stay the same objects, which others may hold."""
        args, kwargs = self._given
        made = in_dialect(self.whole)(length, *args, **kwargs)
        if dtype is not None:
            made.to(dtype)
        own = self.structure().parameters
        for name, parameter in made.structure().parameters.items():
            held = own[name]
            held.data = parameter.data
            held.__class__ = Parameter
            setattr(made, name, held)
        training, hooks = self.training, self._hooks
        self.__class__ = type(made)  # type: ignore[assignment]
        self.__dict__.update({**made.__dict__, "training": training, "_hooks": hooks})

    def learn_from_state(self, state: Mapping[str, Any], prefix: str) -> None:
        """Learn the length from weights that are to be loaded."""
        found = [state[name] for name in (f"{prefix}weight", f"{prefix}running_mean") if state.get(name) is not None]
        if found:
            lengths, groups = found[0].shape, self._given[1].get("groups", 1)
            self.become(lengths[0] if issubclass(self.whole, (*_NORMS, *_TRANSPOSED)) else lengths[1] * groups)

    def extra_repr(self) -> str:
        return "in_features=0, not known yet"


_Made = Callable[..., Any]


def _lazy(layer: type[nn.Module]) -> _Made:
    name = f"Lazy{layer.__name__}"
    return type(name, (Lazy,), {"whole": layer, "__module__": __name__, "__doc__": f"See `{name[4:]}`, and `Lazy`."})


LazyLinear: _Made = _lazy(nn.Linear)
LazyConv1d: _Made = _lazy(nn.Conv1d)
LazyConv2d: _Made = _lazy(nn.Conv2d)
LazyConv3d: _Made = _lazy(nn.Conv3d)
LazyConvTranspose1d: _Made = _lazy(nn.ConvTranspose1d)
LazyConvTranspose2d: _Made = _lazy(nn.ConvTranspose2d)
LazyConvTranspose3d: _Made = _lazy(nn.ConvTranspose3d)
LazyBatchNorm1d: _Made = _lazy(nn.BatchNorm1d)
LazyBatchNorm2d: _Made = _lazy(nn.BatchNorm2d)
LazyBatchNorm3d: _Made = _lazy(nn.BatchNorm3d)
LazyInstanceNorm1d: _Made = _lazy(nn.InstanceNorm1d)
LazyInstanceNorm2d: _Made = _lazy(nn.InstanceNorm2d)
LazyInstanceNorm3d: _Made = _lazy(nn.InstanceNorm3d)
