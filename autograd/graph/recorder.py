"""`Recorder`: who records what a program does to tensors, in place of the engine; the compiler's capture is one.

Where no recorder is on, the engine records: `Tensor` makes the nodes itself. A recorder is switched on by
`autograd.graph.modes.call_traced`, and the faces, `nn` and `optim` hand it what they would have done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

if TYPE_CHECKING:
    import numpy as np

    from autograd.graph.op import Op


class Recorder(Protocol):
    """What is asked of a recorder. Tensors are nodes here, because this package knows no faces."""

    # what a program computes

    def record(self, op: Op, xs: Sequence[Any], params: dict[str, Any]) -> Any:
        """The node of an operation on nodes, arrays and numbers."""

    def leaf(self, tensor: Any) -> Any:
        """What a transform differentiates with respect to, for this leaf that nobody else has."""

    def stand_in(self, tensor: Any) -> Any:
        """The node that stands for a tensor in what is recorded."""

    def draw(self, generator: np.random.Generator, shape: tuple[int, ...]) -> Any:
        """Random numbers between 0 and 1."""

    def live(self, array: np.ndarray) -> Any:
        """An array that others change from time to time, such as running averages."""

    # what a program changes in place

    def assign(self, tensor: Any, key: tuple[Any, ...], arrays: Sequence[Any], value: Any) -> None:
        """`tensor[key] = value`, where the key has slots for the arrays."""

    def augment(self, tensor: Any, symbol: str, other: Any, compute: Callable[[Any, Any], Any]) -> None:
        """`tensor += other`, or another operator, which `compute` is without its change in place."""

    # what a program does beside computing

    def gradient(self, tensor: Any) -> Any:
        """What `tensor.grad` gives."""

    def set_gradient(self, tensor: Any, gradient: Any) -> None:
        """`tensor.grad = gradient`."""

    def call(self, name: str, function: Callable[..., Any], arguments: tuple[Any, ...], final: bool) -> Any:
        """A call that no derivative goes through; with `final`, nothing that it changes is read after it."""

    def visit(self, module: Any) -> None:
        """A module is called."""

    def refuse_reading(self, tensor: Any) -> None:
        """Raise where the numbers of this tensor may not be read."""

    def refuse_mode(self, module: Any) -> NoReturn:
        """Raise, because a module is switched between training and evaluation."""
