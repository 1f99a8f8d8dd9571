"""`Application`: a call of a model as it was read off a script, which can be carried out with other rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nn.health.frameworks.network import Apply
from nn.health.loop.kit import keep, parts_of
from nn.health.multi_input import split_inputs


@dataclass(frozen=True)
class Part:
    """Stands where rows do: the name of that input, and what makes of an array what the script gives."""

    name: str
    wrap: Callable[[Any], Any]


@dataclass(frozen=True)
class State:
    """Stands where a state does that is the same for all rows: that of one of them, and the axis along which they stand."""

    of_one: np.ndarray
    axis: int
    wrap: Callable[[Any], Any]


@dataclass(frozen=True)
class Mode:
    """Stands where the script says whether the model trains: whether it does in the experiments."""


@dataclass(frozen=True)
class Made:
    """Stands where the script gives one of the outputs of another call, or all that it made."""

    call: Application
    which: int
    is_output: bool


# Stands in the place of a model where the outputs of several calls are taken together.
SIDE_BY_SIDE = 0


def put_side_by_side(*outputs: Any) -> tuple[Any, ...]:
    """Outputs of several calls, as those of one."""
    return outputs


@dataclass(frozen=True, eq=False)
class Application:
    """A call of a model, with `Part` and `Made` in place of what changes with the rows.

    Attributes
    ----------
    model : int
        What identifies it.
    args : tuple
    kwargs : dict
    names : tuple of str
        Of the inputs, here and in the calls that it stands on.
    depth : int
        How many calls stand on each other.
    """

    model: int
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    names: tuple[str, ...]
    depth: int = 1

    def __deepcopy__(self, memo: dict[int, Any]) -> Application:
        """It is only read."""
        return self

    @property
    def is_plain(self) -> bool:
        """Whether models are given rows, or one after the other what the one before has made, and nothing else."""
        given = self.args[0] if len(self.args) == 1 and not self.kwargs else None
        if isinstance(given, Part):
            return given.wrap is keep
        return isinstance(given, Made) and given.is_output and given.call.is_plain

    @property
    def is_of_pairs(self) -> bool:
        """Whether outputs of several calls are taken together, and one model was called more than once."""
        if self.model != SIDE_BY_SIDE:
            return False
        calls = {id(made.call): made.call.model for made in self.args}
        return len(calls) > len(set(calls.values()))

    @classmethod
    def of_several(cls, made: Sequence[Made]) -> Application:
        """What several calls give, as that of one."""
        names = tuple(dict.fromkeys(name for one in made for name in one.call.names))
        return cls(SIDE_BY_SIDE, tuple(made), {}, names)

    def fix(self, name: str, of_one: np.ndarray) -> Application:
        """The same with one of its inputs as it is of one row, for all rows."""

        def fixed(leaf: Any) -> Any:
            return State(of_one, 0, leaf.wrap) if isinstance(leaf, Part) and leaf.name == name else leaf

        args, kwargs = change_leaves(self.args, fixed), change_leaves(dict(self.kwargs), fixed)
        return replace(self, args=args, kwargs=kwargs, names=tuple(other for other in self.names if other != name))

    def name_parts(self, rows: Any) -> Mapping[str, Any]:
        """The inputs that some rows are made of, by their names."""
        parts = rows if isinstance(rows, Mapping) else split_inputs(rows)
        return {self.names[0]: parts[""]} if "" in parts else parts

    def run(self, models: Mapping[int, Any], rows: Any) -> Any:
        """What it gives for other rows, of models in the place of those that were called.

        Parameters
        ----------
        models : mapping of int to callable
        rows : array, tensor, or mapping of str to tensor
        """
        return self._run({SIDE_BY_SIDE: put_side_by_side, **models}, self.name_parts(rows), {})

    def _run(self, models: Mapping[int, Any], parts: Mapping[str, Any], done: dict[int, list[Any]]) -> Any:
        def fill(leaf: Any) -> Any:
            if isinstance(leaf, Part):
                return leaf.wrap(parts[leaf.name])
            if isinstance(leaf, Mode):
                return bool(models[self.model].training)
            if isinstance(leaf, State):
                count = len(next(iter(parts.values())))
                return leaf.wrap(np.repeat(leaf.of_one, count, axis=leaf.axis))
            if not isinstance(leaf, Made):
                return leaf
            if id(leaf.call) not in done:
                done[id(leaf.call)] = parts_of(leaf.call._run(models, parts, done))
            return done[id(leaf.call)][leaf.which]

        args, kwargs = change_leaves(self.args, fill), change_leaves(dict(self.kwargs), fill)
        return models[self.model](*args, **kwargs)


@dataclass(frozen=True, eq=False)
class Applied:
    """How a model, or several that stand in one, are called with some rows.

    Parameters
    ----------
    application : Application
    keys : tuple of int
        What identified the models when they were called.
    """

    application: Application
    keys: tuple[int, ...]

    def __call__(self, model: Any, rows: Any) -> Any:
        """What comes out."""
        models = [model] if len(self.keys) == 1 else list(model.children())
        return self.application.run(dict(zip(self.keys, models, strict=True)), rows)

    def __deepcopy__(self, memo: dict[int, Any]) -> Applied:
        """It is only read."""
        return self


@dataclass(frozen=True, eq=False)
class Picked:
    """A way to call a model of whose outputs one is taken, or several side by side.

    Parameters
    ----------
    apply : callable
        How the model is called.
    part : int or tuple of int
        The numbers of the outputs.
    put_side_by_side : callable
        Makes one of a list of outputs.
    """

    apply: Apply
    part: int | tuple[int, ...]
    put_side_by_side: Callable[[list[Any]], Any]

    def __call__(self, model: Any, rows: Any) -> Any:
        """What is taken of what comes out."""
        parts = parts_of(self.apply(model, rows))
        return parts[self.part] if isinstance(self.part, int) else self.put_side_by_side([parts[k] for k in self.part])

    def __deepcopy__(self, memo: dict[int, Any]) -> Picked:
        """It is only read."""
        return self


def change_leaves(thing: Any, change: Callable[[Any], Any]) -> Any:
    """The same tuples, lists and dicts, of other leaves; a list of numbers is a leaf.

    Examples
    --------
    >>> change_leaves({"a": (1, ["b", None]), "lengths": [2, 3]}, lambda leaf: str(leaf))
    {'a': ('1', ['b', 'None']), 'lengths': '[2, 3]'}
    """
    if isinstance(thing, dict):
        return {key: change_leaves(part, change) for key, part in thing.items()}
    if type(thing) in (tuple, list) and not are_numbers(thing):
        return type(thing)(change_leaves(part, change) for part in thing)
    return change(thing)


def are_numbers(thing: Sequence[Any]) -> bool:
    """Whether a list is of plain numbers, such as lengths."""
    return bool(thing) and all(
        isinstance(part, (int, float, np.number)) and part is not True and part is not False for part in thing
    )
