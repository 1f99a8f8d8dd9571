"""`Program`: the function that a session is over, which can be called again to see whether the record still tells what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.arguments import argument_names
from autograd.debug.errors import describe_error
from autograd.debug.tape import Tape
from autograd.engine.observe import observing
from autograd.engine.tensor import Tensor
from autograd.engine.value import Value
from autograd.errors import GraphWarning
from autograd.graph.node import Node, get_data
from autograd.graph.sites import warn
from autograd.graph.tree import map_leaves


class Program:
    """A function with its arguments, of which the numbers are leaves with the arguments' names.

    Parameters
    ----------
    function : callable
    args : sequence
    kwargs : mapping
    """

    def __init__(self, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        self._function = function
        names = argument_names(function, len(args))
        self._args = [map_leaves(_leaf_maker(name), x) for name, x in zip(names, args, strict=True)]
        self._kwargs = {name: map_leaves(_leaf_maker(name), x) for name, x in kwargs.items()}
        self._leaves: list[Any] = []
        self._map(self._leaves.append)

    def _map(self, change: Callable[[Any], Any]) -> tuple[list[Any], dict[str, Any]]:
        def leaf(x: Any) -> Any:
            return change(x) if isinstance(x, Node) and x.is_leaf and x.requires_grad else x

        return [map_leaves(leaf, x) for x in self._args], {
            name: map_leaves(leaf, x) for name, x in self._kwargs.items()
        }

    def run(self) -> Any:
        """What the function gives for these leaves."""
        return self._function(*self._args, **self._kwargs)

    def compare(self, tape: Tape, edits: Mapping[Node, Any]) -> None:
        """Warn where the function, called with edited leaves, gives something else than the tape that was replayed with them.

        Results that were given other values are no arguments, and of functions that give another number at each call nothing is
        known.
        """
        if any([not any([node is leaf for leaf in self._leaves]) for node in edits]):
            return
        told = self._find_difference(tape, edits)
        if told is not None and self._find_difference(tape, {}) is None:
            warn(
                f"{told}: it decides by numbers in a way that the record can't follow (an if, .item(), np.nonzero). Make a new "
                "session of it with these numbers",
                GraphWarning,
            )

    def _find_difference(self, tape: Tape, edits: Mapping[Node, Any]) -> str | None:
        twins: dict[Node, Any] = {}

        def twin(leaf: Any) -> Any:
            data = edits[leaf] if leaf in edits else tape.recorded[leaf] if leaf in tape.recorded else get_data(leaf)
            twins[leaf] = type(leaf)(data, requires_grad=True, name=leaf.name)
            return twins[leaf]

        try:
            with np.errstate(all="ignore"), observing():
                # What is made within keeps its gradient.
                args, kwargs = self._map(twin)
                root = self._function(*args, **kwargs)
                if root.requires_grad:
                    root.backward()
        except Exception as error:  # whatever the function raises for numbers that it was not written for
            return f"the function refuses these numbers ({describe_error(error)})"
        before = (tape.values if edits else tape.recorded)[tape.root]
        if not _alike(before, get_data(root)):
            return f"the function gives {_tell(get_data(root))} for these numbers, and the record {_tell(before)}"
        for leaf in tape.names if edits else ():
            if leaf in twins and not _alike(tape.gradient_at(leaf, len(tape)), twins[leaf].grad):
                return f"the function's gradient with respect to {tape.names[leaf]} is not that of the record for these numbers"
        return None


def _alike(x: Any, y: Any) -> bool:
    """Whether two numbers or arrays are the same but for rounding; None is no gradient."""
    if x is None or y is None:
        return not np.any(x) and not np.any(y)
    x, y = np.asarray(x), np.asarray(y)
    if x.shape != y.shape:
        return False
    scale = np.abs(x[np.isfinite(x)]).max(initial=0.0)
    kind = np.result_type(x, y)
    eps = np.finfo(kind).eps if kind.kind in "fc" else 0.0
    return np.allclose(x, y, rtol=0.0, atol=float(scale * np.sqrt(eps)), equal_nan=True)


def _tell(x: Any) -> str:
    return f"{np.asarray(x).item():.6g}"


def _leaf_maker(name: str) -> Callable[[Any], Any]:
    def made(x: Any) -> Any:
        if isinstance(x, (float, np.floating)):
            return Value(float(x), name=name)
        if isinstance(x, complex) or (isinstance(x, np.ndarray) and x.dtype.kind in "fc"):
            return Tensor(x, requires_grad=True, name=name)
        return x

    return made
