"""A step of a graph of 65,000 nodes, over the wire: from the request to the halt."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

import pytest

from tests.autograd.debug.dap.client import Adapter

LARGE = """\
from autograd import Value
x = Value(0.5, name="x")
def layer(h):
    h = h * 0.999
    return h + x
v = x
for _ in range(32_500):
    v = layer(v)
v.backward()
"""


@pytest.mark.integration
def test_a_step_of_65_000_nodes_takes_ten_milliseconds_at_most(script: Any) -> None:
    with Adapter() as client:
        path = script(LARGE)
        client.launch(program=path)
        client.event("stopped", 120)
        assert client.ask("stepgrad/where")["forward"] == 65_000

        def step(command: str, **arguments: Any) -> float:
            began = time.perf_counter()
            client.move(command, **arguments)
            taken = time.perf_counter() - began
            client.frame()
            client.scope("This step")
            client.scope("Names")
            return taken

        for position in (1, 30_000, 64_990, 100_000):
            client.evaluate(f"goto {position}")
            client.stopped()
            # What is found once for a pass is found before.
            step("stepIn")
            for command in ("stepIn", "next", "stepBack", "stepIn"):
                taken = [step(command) for _ in range(15)]
                print(command, position, f"{1e3 * median(taken):.1f} ms")
                # The quarter that was quickest: others use the machine, too.
                assert sorted(taken)[len(taken) // 4] <= 0.010, (command, position, taken)
        client.ask("disconnect")
