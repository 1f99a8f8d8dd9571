"""Which move of the session a request of an editor asks for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from autograd.debug.dap.fields import Fields
from autograd.debug.dap.requests import Requests
from autograd.debug.dap.travel import Order


@pytest.mark.parametrize(
    ("command", "given", "order"),
    [
        ("next", {}, Order("line")),
        ("next", {"granularity": "line"}, Order("line")),
        ("next", {"granularity": "instruction"}, Order("event")),
        ("stepIn", {"granularity": "instruction"}, Order("event")),
        ("stepIn", {"targetId": 5}, Order("goto", 5)),
        ("next", {"targetId": 5}, Order("line")),
        ("stepBack", {}, Order("back")),
        ("stepBack", {"granularity": "instruction"}, Order("back")),
        ("stepBack", {"granularity": "line"}, Order("back_line")),
        ("stepOut", {"granularity": "line"}, Order("out")),
        ("continue", {}, Order("continue")),
        ("reverseContinue", {"granularity": "line"}, Order("reverse")),
    ],
)
def test_moves_by_their_granularity(command: str, given: dict[str, Any], order: Order) -> None:
    halted: list[str] = []
    requests: Any = SimpleNamespace(_state=SimpleNamespace(need_halt=halted.append))
    assert Requests._read_move(requests, command, Fields(given, "arguments")) == order
    assert halted == [command]
