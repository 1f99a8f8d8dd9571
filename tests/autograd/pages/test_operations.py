"""The operations that a graph can be drawn of: every printed row of numbers, once, as Python calls it."""

from __future__ import annotations

import inspect

import numpy as np

import autograd as ag
from autograd.compiler.javascript import printed_rows
from autograd.pages.operations import GROUPS, INNER, OTHERS, list_operations
from autograd.scipy import special


def test_every_printed_row_stands_in_a_group() -> None:
    listed = [operation["name"] for operation in list_operations()]
    assert len(listed) == len(set(listed))
    assert set(listed) == {op.name for op in printed_rows()} - INNER
    assert not any(operation["group"] == OTHERS for operation in list_operations()), "give a new row a group"
    assert {operation["group"] for operation in list_operations()} == set(GROUPS)


def test_each_is_told_in_words_and_called_as_python_calls_it() -> None:
    rows = {op.name: op for op in printed_rows()}
    rooms = {"ag": ag, "np": np, "special": special}
    for operation in list_operations():
        room, name = operation["call"].split(".")
        assert callable(getattr(rooms[room], name)) and operation["about"]
        result = getattr(rooms[room], name)(*[ag.Value(0.25)] * len(rows[name].rules))
        assert operation["logical"] == (not isinstance(result, ag.Value)), name
        assert "`" not in operation["about"]
        assert inspect.cleandoc(operation["about"]) == operation["about"]
