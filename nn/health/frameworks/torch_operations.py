"""`record_operations`: what a PyTorch model does with its tensors, as a mode of PyTorch sees it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import FrameType
from typing import Any

import numpy as np

from autograd.graph.sites import Site, is_internal
from nn.health.frameworks.network import Operation
from nn.health.place import Place

# The names of PyTorch's functions that our operations have too.
NAMES = {
    "softmax": "softmax", "log_softmax": "log_softmax", "reshape": "reshape", "view": "reshape",
    "sigmoid": "sigmoid", "relu": "relu", "tanh": "tanh", "softplus": "softplus", "cat": "concatenate",
    "div": "div", "true_divide": "div", "divide": "div", "__truediv__": "div",
}  # fmt: skip


@contextmanager
def record_operations() -> Iterator[list[Operation]]:
    """The operations that run until it is closed, of those that rules ask for.

    Yields
    ------
    list of Operation
    """
    found: list[Operation] = []
    overrides = import_module("torch.overrides")

    class Recorder(overrides.TorchFunctionMode):  # type: ignore[name-defined]
        def __torch_function__(self, function: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
            made = function(*args, **(kwargs or {}))
            name = NAMES.get(getattr(function, "__name__", ""))
            if name is not None and hasattr(made, "detach"):
                found.append(_read(name, args, kwargs or {}, made))
            return made

    with Recorder():
        yield found


def _read(name: str, args: tuple[Any, ...], kwargs: dict[str, Any], made: Any) -> Operation:
    parts = args[0] if args and isinstance(args[0], (list, tuple)) else args
    given = tuple(np.array(a.detach().cpu().numpy()) for a in parts if hasattr(a, "detach"))
    axes: tuple[int, ...] = ()
    if "softmax" in name:
        axis = kwargs.get("dim", args[1] if len(args) > 1 else None)
        axes = () if axis is None else (int(axis) % max(made.ndim, 1),)
    return Operation(name, axes, given, np.array(made.detach().cpu().numpy()), Place("", name, _line()))


def _line() -> Site | None:
    """The innermost line that runs and is neither ours nor PyTorch's."""
    library = import_module("torch").__path__[0]
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not is_internal(frame.f_code.co_filename) and not frame.f_code.co_filename.startswith(library):
            return Site(frame.f_code, frame.f_lasti)
        frame = frame.f_back
    return None


def hold_weights(parameters: Iterable[Any], most: float | None, norm: float | None) -> None:
    """After a step, cut each number of the weights to a bound, and bring each parameter down to a norm, where there are such.

    Parameters
    ----------
    parameters : iterable of torch.nn.Parameter
    most, norm : float or None
    """
    for p in parameters if most is not None or norm is not None else ():
        if most is not None:
            p.data.clamp_(-most, most)
        if norm is not None and (length := float(p.data.norm())) > norm:
            p.data.mul_(norm / length)
