"""Reads how a script calls a model: which of its arguments are rows, what is the same for all of them, what another model made."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from nn.health.loop.application import Application, Made, Mode, Part, State, are_numbers, change_leaves
from nn.health.loop.joined_loss import Lost
from nn.health.loop.kit import Kit, are_floats, parts_of, takes_state
from nn.health.loop.ledger import Call, Ledger
from nn.health.multi_input import join_inputs

# Calls that one may stand on, as of a cell from step to step.
MOST_CALLS = 100
# Arguments by which a script says that a model trains.
OF_MODE = ("train", "training", "is_train", "is_training")


class Reader:
    """Reads one call.

    Parameters
    ----------
    kit : Kit
    earlier : sequence of Call
        Of the same pass, as far as they were read.
    ledger : Ledger
        Is told which models are given None in place of a state, and whether one goes on from the pass before.
    """

    def __init__(self, kit: Kit, earlier: Sequence[Call], ledger: Ledger) -> None:
        self._ledger = ledger
        self._kit, self._earlier = kit, [call for call in earlier if call.application is not None]
        self._several = False
        self._taken = {name for call in self._earlier if call.application for name in call.application.names}
        self._parts: dict[str, np.ndarray] = {}
        self._count = 0

    def read(
        self, model: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], output: Any
    ) -> tuple[np.ndarray, Application] | None:
        """The rows that a model was given, and how; None where that can't be told for other rows."""
        if not kwargs and len(args) > 1 and all(arg is None for arg in args[1:]):
            self._ledger.begun.add(id(model))
        if not kwargs and self._begins_anew(model, args, output):
            states = [self._kit.array(leaf) for arg in args[1:] if arg is not None for leaf in parts_of(arg)]
            self._ledger.goes_on |= any(state is not None and bool(state.any()) for state in states)
            args = (args[0], *[None] * (len(args) - 1)) if id(model) in self._ledger.begun else args[:1]
        named = list(_name_arguments(model, args, kwargs))
        used = calls_made_of([leaf for _, leaf in named], self._earlier)
        for call in used:
            assert call.inputs is not None
            assert call.application is not None
            self._parts.update(call.application.name_parts(call.inputs))
        rows = [*self._parts.values(), *(a for _, leaf in named if (a := self._rows_of(leaf)) is not None)]
        self._count, self._several = len(rows[0]) if rows else 0, len(rows) > 1
        names = iter([name for name, _ in named])
        try:
            stand_in = partial(self._stand_in, used, names)
            made_args, made_kwargs = change_leaves(args, stand_in), change_leaves(dict(kwargs), stand_in)
        except _UnreadableError:
            return None
        depth = 1 + max((call.application.depth for call in used if call.application is not None), default=0)
        if not self._parts or depth > MOST_CALLS:
            return None
        application = Application(id(model), made_args, made_kwargs, tuple(self._parts), depth)
        return join_inputs(self._parts), application

    def _begins_anew(self, model: Any, args: tuple[Any, ...], output: Any) -> bool:
        """Whether a state is given that no call of the same pass has made; a state comes back among what the model gives."""
        leaves = [leaf for arg in args[1:] if arg is not None for leaf in parts_of(arg)]
        begins = id(model) in self._ledger.begun and are_floats(leaves)
        if len(args) < 2 or calls_made_of(leaves, self._earlier) or not (begins or takes_state(model, args)):
            return False
        given = {getattr(part, "shape", None) for part in parts_of(output)}
        return all(getattr(leaf, "shape", None) in given for leaf in leaves)

    def _rows_of(self, leaf: Any) -> np.ndarray | None:
        array = leaf if isinstance(leaf, np.ndarray) else self._kit.array(leaf)
        return array if array is not None and array.ndim and array.dtype.kind in "fiub" else None

    def _stand_in(self, used: Sequence[Call], names: Iterator[str], leaf: Any) -> Any:
        name = next(names)
        for call in used if hasattr(leaf, "shape") else ():
            outputs = parts_of(call.output)
            which = next((k for k, output in enumerate(outputs) if output is leaf), None)
            if which is not None and call.application is not None:
                return Made(call.application, which, leaf is call.output)
        array = self._rows_of(leaf)
        if array is None and getattr(leaf, "requires_grad", False):
            raise _UnreadableError
        if leaf is True and name in OF_MODE:
            return Mode()
        if array is None:
            return leaf
        wrap = self._kit.as_given(leaf)
        if len(array) != self._count:
            axis = _find_axis(array, self._count)
            return leaf if axis is None else State(array.take([0], axis=axis), axis, wrap)
        if self._parts and array.dtype.kind == "f" and not array.any():
            # Zeros, such as a first state, which are those of any row.
            return State(array[:1], 0, wrap)
        if self._several and array.shape[:2] == (self._count, self._count):
            # What relates rows to each other, such as a graph, holds for no others.
            raise _UnreadableError
        name = _make_unique(name, self._taken)
        self._taken.add(name)
        self._parts[name] = array
        return Part(name, wrap)


def calls_made_of(leaves: Sequence[Any], calls: Sequence[Call]) -> list[Call]:
    """The calls whose outputs are among some things."""
    # None, True and small numbers are the same wherever they stand.
    given = {id(leaf) for leaf in leaves if hasattr(leaf, "shape")}
    return [call for call in calls if any(id(output) in given for output in parts_of(call.output))]


def choose_part(kit: Kit, call: Call, loss: Any, nodes: set[Any]) -> None:
    """Of several outputs, such as answers and a state, the one that a loss is of; or those, where it adds up theirs."""
    if not isinstance(call.output, (tuple, list, dict)):
        return
    parts = parts_of(call.output)
    leading = kit.first_met(loss, parts)
    if len(leading) == 1 and parts[leading[0]] is loss:
        # The model gives its own loss, beside the answers that it is of.
        beside = (k for k, part in enumerate(parts) if part is not loss and kit.leads_to(part, nodes))
        told = (k for k in beside if (read := kit.replay_several(loss, [parts[k]])) and read[1])
        call.part = next(told, leading[0])
        call.output, call.gives_loss = parts[call.part], parts[call.part] is not loss
    elif len(leading) == 1:
        call.part, call.output = leading[0], parts[leading[0]]
    elif leading:
        call.part, call.output = tuple(leading), [parts[k] for k in leading]


def join_calls(kit: Kit, made: Sequence[Call], loss: Any, lost: Sequence[Lost]) -> Call | None:
    """What several calls gave a loss, as one call of all of these outputs, such as those of a cell at each step.

    None where one call gave it, where it can't be told how they were called, and where a model was only given more rows.

    Parameters
    ----------
    kit : Kit
    made : sequence of Call
        Those that the loss is made of, in their order.
    loss : Tensor
    lost : sequence of tuple
        The losses of the framework that the script called.
    """
    outputs = [(call, k, part) for call in made for k, part in enumerate(parts_of(call.output))]
    leading = [outputs[k] for k in kit.first_met(loss, [part for *_, part in outputs])]
    last = leading[-1][0] if leading else None
    if last is None or all(call is last for call, *_ in leading):
        return None
    if not any(call.passed_on for call, *_ in leading) and any(one[1][0] is last.output for one in lost):
        return None
    rows: dict[str, np.ndarray] = {}
    given: list[Made] = []
    for call, which, _ in leading:
        if call.application is None or call.inputs is None:
            return None
        rows.update(call.application.name_parts(call.inputs))
        given.append(Made(call.application, which, False))
    if len({len(part) for part in rows.values()}) != 1:
        return None
    return replace(
        last,
        inputs=join_inputs(rows),
        output=[part for *_, part in leading],
        parts=tuple(dict.fromkeys(part for call, *_ in leading for part in call.parts)),
        part=tuple(range(len(leading))),
        passed_on=False,
        application=Application.of_several(given),
    )


def _find_axis(array: np.ndarray, count: int) -> int | None:
    """The axis of the rows in a state that is the same for all of them, such as that of zeros; None for what is of no rows."""
    axes = [k for k, size in enumerate(array.shape) if size == count]
    if not axes:
        return None
    alike = [k for k in axes if bool((array == array.take([0], axis=k)).all())]
    if not alike:
        raise _UnreadableError
    return alike[0]


class _UnreadableError(Exception):
    """What a model was given can't be told for other rows."""


def _name_arguments(model: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The leaves of all arguments, with names by those that the model gives them."""
    try:
        known = [name for name in inspect.signature(model.forward).parameters if name != "self"]
    except (TypeError, ValueError, AttributeError):
        known = []
    for k, arg in enumerate(args):
        yield from _name_leaves(known[k] if k < len(known) else f"input {k + 1}", arg)
    for name, arg in kwargs.items():
        yield from _name_leaves(name, arg)


def _name_leaves(name: str, thing: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(thing, dict):
        for key, part in thing.items():
            yield from _name_leaves(f"{name}[{key!r}]", part)
    elif type(thing) in (tuple, list) and not are_numbers(thing):
        for k, part in enumerate(thing):
            yield from _name_leaves(f"{name}[{k}]", part)
    else:
        yield name, thing


def _make_unique(name: str, taken: Collection[str]) -> str:
    """The name, with a number where it is taken.

    Examples
    --------
    >>> _make_unique("x", set()), _make_unique("x", {"x", "x (2)"})
    ('x', 'x (3)')
    """
    others = (name if k == 1 else f"{name} ({k})" for k in range(1, len(taken) + 2))
    return next(other for other in others if other not in taken)
