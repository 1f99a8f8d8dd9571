"""Random programs that edit arrays in place, and the same programs without an edit, worked out element by element.

A program runs in two ways: with edits, on tensors or on NumPy's arrays; and functionally, where memory is a flat tensor that
another takes the place of at each edit, and a view is an array of places in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd as ag
from autograd import Tensor

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+=": lambda x, y: x + y,
    "-=": lambda x, y: x - y,
    "*=": lambda x, y: x * y,
    "/=": lambda x, y: x / y,
    "**=": lambda x, y: x**y,
    "%=": lambda x, y: x % y,
}
VIEWS = [
    "[0]",
    "[-1]",
    "[1:]",
    "[:-1]",
    "[::-1]",
    "[::2]",
    "[...]",
    "[None]",
    "[:, 1:]",
    "[:, 0]",
    ".T",
    ".reshape(-1)",
]
KEYS = ["[0]", "[-1]", "[...]", "[1:]", "[::-1]", "[[0, 0]]", "[[1, 0, 1]]", "[:, [0, 0]]", "[mask]", "[0, [1, 1]]"]


class InPlace:
    """On arrays, or on tensors."""

    def of(self, array: Any) -> Any:
        return array

    def read(self, v: Any) -> Any:
        return v

    def view(self, v: Any, view: str) -> Any:
        return eval(f"v{view}")

    def assign(self, v: Any, key: Any, value: Any) -> None:
        v[key] = value

    def augment(self, v: Any, operator: str, value: Any) -> None:
        exec(f"v {operator} value")


@dataclass
class Elements:
    """Some elements of a flat tensor, by their places."""

    memory: list[Any]
    places: np.ndarray


class Functional:
    """Without an edit."""

    def of(self, array: Any) -> Elements:
        return Elements([array.reshape(-1)], np.arange(array.size).reshape(array.shape))

    def read(self, v: Elements) -> Any:
        return v.memory[0][v.places.ravel()].reshape(v.places.shape)

    def view(self, v: Elements, view: str) -> Elements:
        return Elements(v.memory, InPlace().view(v.places, view))

    def assign(self, v: Elements, key: Any, value: Any) -> None:
        chosen = v.places[key]
        if not chosen.size:
            return
        values = ag.reshape(ag.broadcast_to(ag.add(value, np.zeros(chosen.shape)), chosen.shape), (-1,))
        # Of several values for one place the last is there in the end.
        source = np.full(v.memory[0].shape, -1)
        source[chosen.ravel()] = np.arange(chosen.size)
        v.memory[0] = ag.where(source >= 0, values[np.maximum(source, 0)], v.memory[0])

    def augment(self, v: Elements, operator: str, value: Any) -> None:
        self.assign(v, ..., OPERATORS[operator](self.read(v), value))


class Program:
    """A list of steps, each of which makes a variable, edits one, or adds to the loss.

    Parameters
    ----------
    rng : numpy.random.Generator
    count : int
        How many steps it has.
    """

    def __init__(self, rng: np.random.Generator, count: int = 14) -> None:
        self.x = rng.uniform(0.5, 1.5, 6)
        self.steps: list[tuple[str, tuple[Any, ...]]] = []
        self._rng = rng
        shadows: list[Any] = [self.x * 1.0]
        kinds = ["compute", "constant", "view", "view", "assign", "assign", "augment", "augment", "consume"]
        while len(self.steps) < count:
            step = getattr(self, f"_{rng.choice(kinds)}")(shadows)
            if step is None:
                continue
            kept = [np.copy(s) for s in shadows]
            with np.errstate(all="ignore"):
                self._take(step, InPlace(), shadows, [])
            if not all(np.all(np.abs(s) < 50.0) and np.all(np.abs(s) > 1e-3) for s in shadows):
                # Neither huge nor near to what a division cannot take.
                for now, before in zip(shadows, kept, strict=False):
                    now[...] = before
                del shadows[len(kept) :]
                continue
            self.steps.append(step)

    def __call__(self, x: Any, way: Any = None) -> Any:
        way = way or InPlace()
        variables, losses = [way.of(x * 1.0)], []
        for step in self.steps:
            self._take(step, way, variables, losses)
        for k, v in enumerate(variables):
            self._take(("consume", (k,)), way, variables, losses)
        return sum(losses[1:], start=losses[0])

    def __str__(self) -> str:
        return "\n".join(f"{kind} {parts}" for kind, parts in self.steps)

    def functional(self, x: Any) -> Any:
        return self(x, Functional())

    def _take(self, step: tuple[str, tuple[Any, ...]], way: Any, variables: list[Any], losses: list[Any]) -> None:
        kind, (k, *parts) = step
        v = variables[k]
        if kind == "compute":
            variables.append(way.of(np.sin(way.read(v)) + 1.5))
        elif kind == "constant":
            made = np.full(*parts)
            variables.append(way.of(made if isinstance(way.read(v), np.ndarray) else Tensor(made)))
        elif kind == "view":
            variables.append(way.view(v, parts[0]))
        elif kind == "consume":
            now = way.read(v)
            losses.append((now * now * np.cos(np.arange(now.size)).reshape(now.shape)).sum())
        else:
            place, value, scale = parts
            if value.__class__ is int:
                value = scale * way.read(variables[value])
            (way.assign if kind == "assign" else way.augment)(v, place, value)

    def _compute(self, shadows: list[Any]) -> Any:
        return "compute", (self._pick(shadows),)

    def _consume(self, shadows: list[Any]) -> Any:
        return "consume", (self._pick(shadows),)

    def _constant(self, shadows: list[Any]) -> Any:
        shape = [(6,), (2, 3), (3, 2)][self._rng.integers(3)]
        return "constant", (0, shape, float(self._rng.uniform(0.5, 1.5)))

    def _view(self, shadows: list[Any]) -> Any:
        k, view = self._pick(shadows), str(self._rng.choice(VIEWS))
        try:
            seen = InPlace().view(shadows[k], view)
        except IndexError:
            return None
        # What is not a view in NumPy is none here: a single element, and reshape where the memory does not allow it.
        if not isinstance(seen, np.ndarray) or not seen.size or not np.may_share_memory(seen, shadows[k]):
            return None
        return "view", (k, view)

    def _assign(self, shadows: list[Any]) -> Any:
        k, key = self._pick(shadows), str(self._rng.choice(KEYS))
        mask = shadows[k] > 1.0
        try:
            place = eval(f"np.index_exp{key}", {"np": np, "mask": mask})
            shape = shadows[k][place].shape
        except IndexError:
            return None
        return self._edit("assign", k, place, shape, shadows)

    def _augment(self, shadows: list[Any]) -> Any:
        k = self._pick(shadows)
        return self._edit("augment", k, str(self._rng.choice(list(OPERATORS))), shadows[k].shape, shadows)

    def _edit(self, kind: str, k: int, place: Any, shape: tuple[int, ...], shadows: list[Any]) -> Any:
        """With a number, an array, or a variable that can be broadcast to the place."""
        fits = [i for i, s in enumerate(shadows) if _fits(s.shape, shape)]
        values: list[Any] = [float(self._rng.uniform(0.5, 1.5)), self._rng.uniform(0.5, 1.5, shape)]
        values += [i for i in fits for _ in range(2)]
        return kind, (k, place, values[self._rng.integers(len(values))], float(self._rng.uniform(0.5, 1.5)))

    def _pick(self, shadows: list[Any]) -> int:
        return int(self._rng.integers(len(shadows)))


def _fits(shape: tuple[int, ...], into: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(shape, into) == into
    except ValueError:
        return False
