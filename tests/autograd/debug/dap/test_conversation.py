"""Every request of the protocol, as it was answered when it was looked at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autograd.debug.dap.configuration import Configuration
from autograd.debug.dap.debuggee import Debuggee
from autograd.debug.dap.wire import Connection
from tests.autograd.debug.dap.conversation import FROZEN, converse

RECORDED = json.loads(FROZEN.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def told() -> list[dict[str, Any]]:
    return converse()


@pytest.mark.parametrize("number", range(len(RECORDED)), ids=[one["request"] for one in RECORDED])
def test_a_request_is_answered_as_it_was(number: int, told: list[dict[str, Any]]) -> None:
    assert told[number] == RECORDED[number]


def test_every_request_that_is_known_was_recorded() -> None:
    from io import BytesIO

    debuggee = Debuggee(Connection(BytesIO(), BytesIO()), Configuration(expression="a"), lambda: None)
    known = {*debuggee.requests.commands, "initialize", "launch", "attach", "restart", "terminate", "disconnect"}
    known |= {"configurationDone", "pause"}
    assert {one["request"] for one in RECORDED} == known
    assert Path(FROZEN).stat().st_size < 100_000
