"""Rows by which a script judges what functions of its own compute, as its text says it: no call of a model shows them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nn.health.finding import Finding
from nn.health.loop.kit import Kit
from nn.health.loop.ledger import Ledger
from nn.health.loop.rows import arrays_of, keys_of, list_kept_arrays
from nn.health.loop.rule import make_finding
from nn.health.loop.text import name_of_call, walk
from nn.health.loop.trained_rows import mark
from nn.health.loop.words import OF_OTHERS, words_before

# Rows that are kept to judge by.
FEW_KEPT = 8


@dataclass
class Asked:
    """A call of a script's own function: which variables it is given, whole or a part of them."""

    node: ast.Call
    function: str
    whole: set[str] = field(default_factory=set)
    parts: set[str] = field(default_factory=set)


class ByHand:
    """What a script trains on and keeps, and how it calls the functions that it trains.

    Attributes
    ----------
    kept : dict
        Arrays whose names say that they are for judging, and none of whose rows was trained on.
    trained : set of str
        Arrays of which the rows come that are trained on.
    training, judging : list of Asked
        Calls with rows of the training, and with those that are kept, of the same functions.
    """

    def __init__(self, ledger: Ledger, kit: Kit) -> None:
        self.text, some = ledger.text, ledger.rows.inputs
        last = ledger.iterations[-1].call if ledger.iterations else None
        bare = last is not None and hasattr(last.model, "sources")
        self.kept: dict[str, np.ndarray] = {}
        self.trained: set[str] = set()
        self.training: list[Asked] = []
        self.judging: list[Asked] = []
        if not bare or not some or ledger.evaluations or not self.text or some[0].dtype.names:
            return
        known = ledger.rows.times
        self.kept = {
            name: array
            for name, array in list_kept_arrays(ledger, kit)
            if len(array) >= FEW_KEPT
            and not any(key in known for key in keys_of(array))
            and not changes_later(self.text, name, ledger.lines)
        }
        first = mark(some[0])
        self.trained = {name for name, array in arrays_of(ledger, kit, some[0][None]) if first in keys_of(array)}
        asked = list(_list_asked(self.text, ledger.names))
        self.training = [one for one in asked if self.trained & (one.whole | one.parts)]
        functions = {one.function for one in self.training}
        self.judging = [one for one in asked if one.function in functions and set(self.kept) & one.whole]


def list_judged_arrays(ledger: Ledger, kit: Kit) -> list[np.ndarray]:
    """Arrays of rows that are kept, and given as they are to a function that is trained with rows as they are."""
    found = ByHand(ledger, kit)
    return [found.kept[name] for one in found.judging for name in sorted(set(found.kept) & one.whole)]


def find_metric_by_hand(ledger: Ledger, kit: Kit) -> Finding | None:
    """Rows of the training, of which a script prints that they are others, while those that it keeps are given to nothing."""
    found = ByHand(ledger, kit)
    if not found.kept or set(found.kept) & _list_given(found.text):
        return None
    for one in found.training:
        if found.trained & one.whole and words_before(found.text, one.node) & OF_OTHERS:
            names = sorted(found.trained & one.whole)
            return make_finding(
                "metric on training rows",
                f"what the script tells as that of other rows (line {one.node.lineno}) is computed of {names[0]}, which it trains on, "
                f"while {', '.join(sorted(found.kept))} is given to nothing",
                "judge by rows that the model has not seen",
                ledger.iterations[-1].site,
                at=one.node.lineno,
            )
    return None


def _list_asked(text: str, names: dict[str, Any]) -> Iterator[Asked]:
    """The calls of the script's own functions and of objects of its classes; that of a gradient is one of its function."""
    nodes = walk(text)
    own = {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    slopes = {
        node.targets[0].id: node.value.args[0].id
        for node in nodes
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Call)
        and "grad" in name_of_call(node.value)
        and node.value.args
        and isinstance(node.value.args[0], ast.Name)
    }
    for node in nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        name = slopes.get(node.func.id, node.func.id)
        if name in own or type(names.get(name)).__name__ in own:
            asked = Asked(node, name)
            for argument in [*node.args, *(k.value for k in node.keywords)]:
                root, whole = _root_of(argument)
                (asked.whole if whole else asked.parts).update({root} - {""})
            yield asked


def changes_later(text: str, name: str, lines: Sequence[int]) -> bool:
    """Whether a variable is given another value behind the line of its function, or of the script, that leads to the training.

    Examples
    --------
    >>> text = "x_test = 1\\nfor k in range(9):\\n    loss.backward()\\nx_test = x_test / 2\\n"
    >>> changes_later(text, "x_test", [3]), changes_later(text, "x_test", [5])
    (True, False)
    """
    functions = [node for node in walk(text) if isinstance(node, ast.FunctionDef)]

    def scope_of(line: int) -> ast.FunctionDef | None:
        around = [f for f in functions if f.lineno <= line <= (f.end_lineno or f.lineno)]
        return max(around, key=lambda f: f.lineno, default=None)

    stored = [n.lineno for n in walk(text) if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)]
    return any(line > led and scope_of(line) is scope_of(led) for line in stored for led in lines)


def _root_of(argument: ast.expr) -> tuple[str, bool]:
    """The variable that an argument is, or is a tensor or a part of; and whether it is all of it."""
    whole = True
    while True:
        if isinstance(argument, ast.Call) and len(argument.args) == 1 and not argument.keywords:
            argument = argument.args[0]
        elif isinstance(argument, ast.Subscript):
            argument, whole = argument.value, False
        else:
            return (argument.id, whole) if isinstance(argument, ast.Name) else ("", whole)


def _list_given(text: str) -> set[str]:
    """Variables that are given to something, whole or in part."""
    return {
        node.id
        for call in walk(text)
        if isinstance(call, ast.Call)
        for argument in [*call.args, *(k.value for k in call.keywords)]
        for node in ast.walk(argument)
        if isinstance(node, ast.Name)
    }
