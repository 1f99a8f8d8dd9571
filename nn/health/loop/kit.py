"""`Kit`: what the watcher asks of a framework. Each framework answers in a file of its own."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

import numpy as np

from nn.health.frameworks.network import Apply

# Nodes that are counted of a graph.
MOST_NODES = 20_000
# What the names of PyTorch's operations hold that bring rows and weights together.
OF_ROWS = (
    "mm", "Mm", "Mv", "Dot", "Conv", "Linear", "Embedding", "BatchNorm", "LayerNorm", "Rnn", "Gru", "Lstm", "Loss",
)  # fmt: skip


class Kit(Protocol):
    """One framework's answers."""

    def parameters(self, model: Any) -> list[Any]:
        """Of a model."""

    def names(self, model: Any) -> list[str]:
        """Of the parameters, in their order."""

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

    def as_input(self, array: np.ndarray) -> Any:
        """An array as the framework's models take it."""

    def as_given(self, given: Any) -> Callable[[Any], Any]:
        """What makes of an array, as the experiments give it, what the script gives: such as a tensor, or a list."""

    def as_constant(self, array: np.ndarray) -> Any:
        """An array as the framework's functions take it."""

    def is_recording(self) -> bool:
        """Whether operations are recorded now."""

    def is_loss(self, module: Any) -> bool:
        """Whether a module is one of the framework's losses."""

    def number(self, loss: Any) -> float:
        """A loss as a number; NaN where it is no single one."""

    def is_adrift(self, loss: Any) -> bool:
        """Whether a loss of several rows is of nothing that was there at the pass before, as far as the framework tells."""

    def nodes(self, loss: Any) -> set[Any]:
        """The graph of a loss, until it is too large."""

    def is_computed(self, thing: Any) -> bool:
        """Whether a variable of a script holds the graph of what it was computed from."""

    def leads_to(self, output: Any, nodes: set[Any]) -> bool:
        """Whether such a graph goes through an output, or through one of several."""

    def is_of_weights(self, loss: Any) -> bool:
        """Whether a loss was computed of nothing but parameters and single numbers, as a penalty is."""

    def asks_slopes(self, given: Any) -> bool:
        """Whether a script asks for the gradient by what it gives a model."""

    def find_clash(self, loss: Any, output: Any) -> Any:
        """The line after an output where it, as (N, 1), and a constant, as (N,), became (N, N); None where nowhere."""

    def replay(self, loss: Any, call: Any) -> tuple[Any, np.ndarray] | None:
        """The loss as a function of outputs and targets, and the targets of this batch."""

    def first_met(self, loss: Any, parts: list[Any]) -> list[int]:
        """Which of several outputs a loss is made of, and not only through another one of them."""

    def stands_across(self, output: Any) -> bool:
        """Whether the rows of an output stand along its second axis; its `value` has them along the first."""

    def replay_several(self, loss: Any, parts: list[Any]) -> tuple[Any, list[np.ndarray]] | None:
        """The loss as a function of several outputs and of targets, and these of this batch."""

    def state(self, thing: Any) -> Any:
        """All of a model's or an optimizer's state, copied."""

    def put_state(self, thing: Any, state: Any) -> None:
        """Give it that state again."""

    def chain(self, parts: tuple[Any, ...]) -> Any:
        """Models that are called one after the other, as one."""

    def read_bare(self, loss: Any, output: Any) -> tuple[Any, np.ndarray | None, Any] | None:
        """What is trained without a model that shows it whole, its inputs and its output; None where that can't be told."""

    def as_model(self, thing: Any) -> Any:
        """What the experiments take as a model, of a model or of what `read_bare` gave."""

    def answer(self, model: Any, apply: Apply, rows: np.ndarray) -> np.ndarray:
        """What a model gives for some rows, in evaluation mode and with nothing recorded."""

    def hold(self, optimizer: Any, model: Any) -> Any:
        """An optimizer as it is, but that it holds the parameters of what `as_model` gave in place of the script's."""

    def put_side_by_side(self, outputs: list[Any]) -> Any:
        """Several outputs as one, with what belongs to a row in that row."""

    def optimizer(self, model: Any, name: str, **options: Any) -> Any:
        """The framework's optimizer of this name over a model's parameters."""

    def find_penalty(self, loss: Any, output: Any) -> float | None:
        """The weight decay that a loss amounts to with what it adds of the weights; None for one that adds nothing."""

    def patch(self, recorder: Any) -> AbstractContextManager[None]:
        """The framework's methods tell the recorder what is called."""


def are_of_weights(names: list[str]) -> bool:
    """Whether a graph of PyTorch's, by its operations, leads to weights and through nothing that they do to rows.

    Examples
    --------
    >>> are_of_weights(["AddBackward0", "SumBackward0", "PowBackward0", "AccumulateGrad"])
    True
    >>> are_of_weights(["MseLossBackward0", "AddmmBackward0", "AccumulateGrad"]), are_of_weights(["MulBackward0"])
    (False, False)
    """
    return "AccumulateGrad" in names and not any(part in name for name in names for part in OF_ROWS)


def parts_of(output: Any) -> list[Any]:
    """What a model gave, as a list: of one thing, of a tuple or of a dict.

    Examples
    --------
    >>> parts_of(1), parts_of((1, 2)), parts_of({"a": 1, "b": (2, 3)})
    ([1], [1, 2], [1, 2, 3])
    """
    if isinstance(output, dict):
        output = tuple(output.values())
    if not isinstance(output, (tuple, list)):
        return [output]
    return [thing for part in output for thing in parts_of(part)]


def keep(given: Any) -> Any:
    """A script gives what the experiments give."""
    return given


def as_list(given: Any) -> list[Any]:
    """A script gives a list of numbers."""
    return given.tolist()


def takes_state(model: Any, args: tuple[Any, ...]) -> bool:
    """Whether a model is given rows and a state to go on from, without which it begins anew: None, or floats, in place of a None."""
    try:
        names = list(inspect.signature(model.forward).parameters.values())[1 : len(args)]
    except (TypeError, ValueError):
        return False
    rest = [part for arg in args[1:] if arg is not None for part in parts_of(arg)]
    return len(names) == len(args) - 1 and all(name.default is None for name in names) and are_floats(rest)


def are_floats(things: list[Any]) -> bool:
    """Whether all of some are arrays or tensors of floats."""
    return all("float" in str(getattr(thing, "dtype", "")) for thing in things)


# Operations of which one operand only says which elements of the other are taken.
PICKING = ("index", "getitem", "__getitem__", "take", "take_along_axis", "gather", "index_select", "masked_select")


def is_clash(first: tuple[int, ...], second: tuple[int, ...]) -> bool:
    """Whether a column meets a row of the same length, which gives a square that nobody meant.

    Examples
    --------
    >>> is_clash((5, 1), (5,)), is_clash((5, 1), (5, 1)), is_clash((5, 3), (3,))
    (True, False, False)
    """
    first, second = sorted((tuple(first), tuple(second)), key=len)
    return len(first) == 1 and first[0] > 1 and second == (first[0], 1)
