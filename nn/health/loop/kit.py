"""`Kit`: what the watcher asks of a framework. `OurKit` answers for this project; PyTorch has a file of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from autograd.graph.modes import is_grad_enabled
from autograd.graph.node import Node, get_data, get_grad
from nn.losses import Loss

if TYPE_CHECKING:
    from nn.health.loop.recorder import Recorder

# Nodes that are counted of a graph.
MOST_NODES = 20_000


class Kit(Protocol):
    """One framework's answers."""

    def parameters(self, model: Any) -> list[Any]:
        """Of a model."""

    def modules(self, model: Any) -> list[Any]:
        """The model and all in it."""

    def value(self, parameter: Any) -> np.ndarray:
        """The array itself."""

    def gradient(self, parameter: Any) -> np.ndarray | None:
        """The array itself, or None."""

    def put(self, parameter: Any, value: np.ndarray) -> None:
        """Give a parameter another value."""

    def array(self, given: Any) -> np.ndarray | None:
        """What a script gives as inputs or targets, as an array; None for what is none, or is computed by a network."""

    def given(self, array: np.ndarray) -> Any:
        """An array as the framework's models take it."""

    def is_recording(self) -> bool:
        """Whether operations are recorded now."""

    def is_loss(self, module: Any) -> bool:
        """Whether a module is one of the framework's losses."""

    def number(self, loss: Any) -> float:
        """A loss as a number; NaN where it is no single one."""

    def count_nodes(self, loss: Any) -> int:
        """How large the graph is."""

    def find_clash(self, loss: Any, output: Any) -> Any:
        """The line where (N, 1) and (N,) became (N, N); None where nowhere."""

    def replay(self, loss: Any, call: Any) -> tuple[Any, np.ndarray] | None:
        """The loss as a function of outputs and targets, and the targets of this batch."""

    def patched(self, recorder: Recorder) -> AbstractContextManager[None]:
        """The framework's methods tell the recorder what is called."""


def walk(root: Any) -> Iterator[Node]:
    """The nodes that a node of ours was computed from, each once."""
    seen: set[int] = set()
    stack = [root]
    while stack and len(seen) < MOST_NODES:
        node = stack.pop()
        if id(node) not in seen:
            seen.add(id(node))
            stack += node.parents
            yield node


class OurKit:
    """For `autograd`, `nn` and `optim`."""

    def parameters(self, model: Any) -> list[Any]:
        return list(model.parameters())

    def modules(self, model: Any) -> list[Any]:
        return list(model.modules())

    def value(self, parameter: Any) -> np.ndarray:
        return np.asarray(get_data(parameter))

    def gradient(self, parameter: Any) -> np.ndarray | None:
        return get_grad(parameter)

    def put(self, parameter: Any, value: np.ndarray) -> None:
        parameter.data = value

    def array(self, given: Any) -> np.ndarray | None:
        if isinstance(given, Node):
            return None if given.requires_grad else np.asarray(get_data(given))
        try:
            found = np.asarray(given)
        except (ValueError, TypeError):
            return None
        return found if found.ndim and found.dtype.kind in "fiub" else None

    def given(self, array: np.ndarray) -> Any:
        return array

    def is_recording(self) -> bool:
        return is_grad_enabled()

    def is_loss(self, module: Any) -> bool:
        return isinstance(module, Loss)

    def number(self, loss: Any) -> float:
        data = np.asarray(get_data(loss))
        return float(data.reshape(())) if data.size == 1 else float("nan")

    def count_nodes(self, loss: Any) -> int:
        return sum(1 for _ in walk(loss))

    def find_clash(self, loss: Any, output: Any) -> Any:
        for node in walk(loss):
            if node is output:
                continue
            if len(node.parents) == 2 and is_clash(*(np.shape(get_data(parent)) for parent in node.parents)):
                return node.site
        return None

    def replay(self, loss: Any, call: Any) -> tuple[Any, np.ndarray] | None:
        from nn.health.loop.replay import replay_graph

        return replay_graph(loss, call.output)

    def patched(self, recorder: Recorder) -> AbstractContextManager[None]:
        from nn.health.loop.ours import patch

        return patch(recorder, self)


def is_clash(first: tuple[int, ...], second: tuple[int, ...]) -> bool:
    """Whether a column meets a row of the same length, which gives a square that nobody meant.

    Examples
    --------
    >>> is_clash((5, 1), (5,)), is_clash((5, 1), (5, 1)), is_clash((5, 3), (3,))
    (True, False, False)
    """
    first, second = sorted((tuple(first), tuple(second)), key=len)
    return len(first) == 1 and first[0] > 1 and second == (first[0], 1)
