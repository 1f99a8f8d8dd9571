"""`Network`: what the experiments ask of a framework: a model with its loss and its optimizer, all of which can be copied."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np

from nn.health.measure import StepMeasure
from nn.health.place import Place

# What is added to probabilities before their logarithm is taken.
TINY = 1e-7
# Of the optimizer that is made where the user gives none.
DEFAULT_RATE = 0.01


# How a model is called with some rows.
Apply = Callable[[Any, Any], Any]


def apply_plainly(model: Any, rows: Any) -> Any:
    """A model is given rows and nothing else."""
    return model(rows)


@dataclass(frozen=True)
class LeafCall:
    """A module without modules in it that ran, with what went in and what came out as arrays.

    Attributes
    ----------
    path : str
    kind : str
        The module's class.
    module : Module
    input, output : array
    """

    path: str
    kind: str
    module: Any
    input: np.ndarray
    output: np.ndarray


@dataclass(frozen=True)
class Operation:
    """An operation of a forward pass, with what went in and what came out as arrays.

    Attributes
    ----------
    name : str
        In lower case, such as "softmax" or "reshape".
    axes : tuple of int
        Along which it runs, from 0 on; empty where it runs along none.
    given : tuple of array
    made : array
    place : Place
    """

    name: str
    axes: tuple[int, ...]
    given: tuple[np.ndarray, ...]
    made: np.ndarray
    place: Place


@dataclass(frozen=True)
class Weights:
    """A parameter: its path, its values, which may be written to, and whether it is trained."""

    path: str
    values: np.ndarray
    trainable: bool
    held: bool


class Operations(Protocol):
    """Functions of a framework's tensors that remedies are written in."""

    def relu(self, x: Any) -> Any: ...
    def log(self, x: Any) -> Any: ...
    def add(self, x: Any, array: np.ndarray) -> Any: ...
    def multiply(self, x: Any, array: np.ndarray) -> Any: ...
    def join(self, parts: list[Any]) -> Any: ...
    def values(self, x: Any) -> np.ndarray: ...
    def standardize(self, x: Any) -> Any: ...


class Network(Protocol):
    """A model with its loss and its optimizer.

    Attributes
    ----------
    framework : str
    model : Module
    loss : callable
        Of outputs and targets.
    optimizer : Optimizer or None
    clip_norm, clip_value, clip_weights, clip_weight_norm : float or None
    read : list of parameters
        Those of the user's model, where the loss reads them beside the outputs, such as to add their size.
    penalised : bool
        Whether a step heeds what the loss makes of these.
    ops : Operations
    apply : callable
        How the model is called with some rows.
    """

    framework: str
    model: Any
    loss: Callable[[Any, Any], Any]
    optimizer: Any
    clip_norm: float | None
    clip_value: float | None
    clip_weights: float | None
    clip_weight_norm: float | None
    read: list[Any]
    penalised: bool
    apply: Apply

    @property
    def ops(self) -> Operations:
        """What remedies are written in."""
        ...

    def copy(self) -> Self:
        """Another one, which shares nothing with it."""
        ...

    def answer(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The outputs, with nothing recorded."""
        ...

    def value_and_gradient(self, outputs: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
        """The loss of outputs, and its derivative by them."""
        ...

    def loss_of_rows(self, x: np.ndarray, y: np.ndarray) -> float:
        """The loss of rows in the mode that the modules are in, with nothing recorded."""
        ...

    def gradients(self, x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
        """Of the loss of rows by the parameters that get one, by their paths."""
        ...

    def derives_by_hand(self, x: np.ndarray, y: np.ndarray) -> bool:
        """Whether a derivative that the user wrote takes part in the loss of some rows."""
        ...

    def records(self, x: np.ndarray, y: np.ndarray) -> bool:
        """Whether the loss of some rows has a graph."""
        ...

    def step(self, x: np.ndarray, y: np.ndarray) -> float:
        """One step of the optimizer; gives the loss before it."""
        ...

    def measure(self, x: np.ndarray, y: np.ndarray, step: int) -> StepMeasure:
        """The same step, measured."""
        ...

    def calls(self, x: np.ndarray) -> list[LeafCall]:
        """The modules that run, in order."""
        ...

    def operations(self, x: np.ndarray) -> list[Operation]:
        """What the model does with some rows in evaluation mode, in order, as far as the framework tells."""
        ...

    def operations_of_loss(self, outputs: np.ndarray, y: np.ndarray) -> list[Operation]:
        """What the loss of outputs is computed by."""
        ...

    def last_operation(self, x: np.ndarray) -> str:
        """The name of the operation that makes the outputs, in lower case."""
        ...

    def modules(self) -> Iterator[tuple[str, Any]]:
        """All modules with their paths."""
        ...

    def parameters(self) -> list[Weights]:
        """All parameters."""
        ...

    def is_part(self, thing: Any) -> bool:
        """Whether something is a module or a parameter, or a tensor to be trained."""
        ...

    def is_loose(self, thing: Any) -> bool:
        """Whether something is a tensor to be trained."""
        ...

    def use(self, optimizer: str, lr: float) -> None:
        """Take another optimizer, over all parameters."""
        ...

    def natural_loss(self, kind: str, made_by: str) -> Callable[[Any, Any], Any] | None:
        """The usual loss of a kind of targets, of raw scores, or of probabilities that were made by softmax or sigmoid."""
        ...

    def add_biases(self, paths: list[str]) -> None:
        """Give layers that have none a bias of 0, which the optimizer holds too."""
        ...

    def thaw(self) -> None:
        """Train all parameters, which the optimizer holds too."""
        ...

    def alter(self, path: str, change: Callable[[Any, Any], Any]) -> None:
        """From now on a module gives `change(inputs, output)`."""
        ...

    def feed(self, path: str, make: Callable[[], Any]) -> None:
        """From now on a module is given `make()`."""
        ...

    def find_broadcast(self, x: np.ndarray, y: np.ndarray) -> tuple[tuple[int, ...], Place] | None:
        """In the loss, an operation whose result has more rows and columns than the outputs, and its shape."""
        ...


@contextmanager
def lent(mine: Sequence[Any], read: Sequence[Any], values: Callable[[Any], np.ndarray], heeded: bool) -> Iterator[None]:
    """While a loss is computed and derived, the parameters that it reads have the values of a copy's, which may get their gradients.

    Parameters
    ----------
    mine : sequence of parameters
        The copy's.
    read : sequence of parameters
        The user's, in the same order, which are as before afterwards; none where the loss reads none.
    values : callable
        Gives the array of a parameter, to be written to.
    heeded : bool
        Whether the copy's get the gradients.
    """
    before = [(values(p).copy(), p.grad) for p in read]
    for own, p in zip(mine, read, strict=False):
        values(p)[...] = values(own)
        p.grad = None
    try:
        yield
        for own, p in zip(mine, read, strict=False):
            if heeded and p.grad is not None:
                own.grad = p.grad if own.grad is None else own.grad + p.grad
    finally:
        for p, (array, grad) in zip(read, before, strict=True):
            values(p)[...] = array
            p.grad = grad
