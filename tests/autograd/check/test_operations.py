"""The menu that random programs are made from, whole: what each operation takes, its text, and what is drawn for it at each shape."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from autograd.check.operations import list_array_operations, list_operations
from autograd.check.programs import Call, Draw, Operation, Program, is_well_scaled, spell
from tests.texts import Transcript, scenes_of

SHAPES: list[tuple[int, ...]] = [(), (0,), (2,), (3,), (2, 2), (2, 3), (3, 2), (2, 2, 3)]
MENU = Transcript(__file__, "menu")


def tell(operation: Operation, shapes: list[tuple[int, ...]]) -> str:
    """An operation, what is drawn for which shapes, and what it gives there for the numbers 1, 2, …"""
    lines = [f"{operation.name} of {operation.arity}: {operation.text}; of {', '.join(operation.rows) or 'no rows'}"]
    for each in itertools.product(shapes, repeat=operation.arity):
        found = []
        for last in (False, True):
            draw = Draw(lambda low, high: high if last else low)
            params = {} if operation.parameters is None else operation.parameters(draw, list(each))
            if params is not None:
                found.append(", ".join(f"{key}={spell(value)}" for key, value in params.items()))
        if found and (operation.parameters is not None or all(shape in ((), (2,)) for shape in each)):
            lines.append(f"  {' '.join(map(str, each))}: {' | '.join(dict.fromkeys(found))}")
    return "\n".join(lines)


# Not the lists that are kept, which were made before.
MENU.scenes["numbers"] = lambda: "\n".join(tell(x, [()]) for x in list_operations.__wrapped__().values())
MENU.scenes["elementwise"] = lambda: ", ".join(list_operations.__wrapped__(arrays=True))
MENU.scenes["arrays"] = lambda: "\n".join(tell(x, SHAPES) for x in list_array_operations.__wrapped__().values())


def results() -> str:
    """What the operations of arrays compute of small numbers, with the least that can be drawn."""
    lines = []
    for operation in list_array_operations.__wrapped__().values():
        for each in itertools.product([(2,), (2, 2)], repeat=operation.arity):
            params = operation.parameters(Draw(lambda low, high: low), list(each)) if operation.parameters else {}
            if params is None:
                continue
            operands = [np.arange(1.0, 1.0 + np.prod(shape)).reshape(shape) ** 2 + k for k, shape in enumerate(each)]
            try:
                found = np.round(operation.call(*operands, **params), 3)
            except ValueError as error:
                lines.append(f"{operation.name} of {each} ✗ {type(error).__name__}")
                continue
            lines.append(f"{operation.name} of {each}: {found.tolist()}")
    return "\n".join(lines)


MENU.scenes["results"] = results


@pytest.mark.parametrize(("transcript", "title"), scenes_of(MENU))
def test_what_is_told_is_as_it_was_when_it_was_read(transcript: Transcript, title: str) -> None:
    transcript.compare(title)


def test_all_of_them_are_kept() -> None:
    assert MENU.complete()


def test_results_that_are_large_steep_bent_or_not_finite_are_not_well_scaled() -> None:
    def fits(call: Any, x: float, kinks: bool = False) -> bool:
        return is_well_scaled(call, [x], call(x), kinks)

    for slope, bend, right in ((49.0, 0.0, True), (51.0, 0.0, False), (0.0, 24.5, True), (0.0, 25.5, False)):
        # Second differences of b x·x are 2 b, along the steeper of both directions.
        steepest = np.cos(0.3)

        def call(x: float, slope: float = slope, bend: float = bend) -> float:
            return slope * x / steepest + bend * x * x / steepest**2

        assert fits(call, 0.0) is right, (slope, bend)
    assert fits(lambda x: 30.0 + 0.0 * x, 1.0)
    assert not fits(lambda x: 30.1 + 0.0 * x, 1.0)
    assert not fits(lambda x: np.inf, 1.0, kinks=True)
    assert fits(abs, 0.0, kinks=True)
    assert not fits(abs, 0.0)
    assert not fits(lambda x: np.float64(x if x <= 1.0 else np.nan), 1.0)


def test_a_program_keeps_what_its_result_depends_on() -> None:
    menu = list_operations.__wrapped__()
    program = Program(
        (2.0, 3.0, 5.0),
        (Call(menu["mul"], (0, 2), {}), Call(menu["add"], (0, 1), {}), Call(menu["leaky_relu"], (3,), {"slope": 0.1})),
    )
    pruned = program.prune()
    assert pruned.inputs == (2.0, 5.0)
    assert [call.operands for call in pruned.calls] == [(0, 1), (2,)]
    assert pruned.run(2.0, 5.0) == program.run(2.0, 3.0, 5.0) == 10.0
    assert pruned.code.splitlines() == [
        "import autograd as ag",
        "import numpy as np",
        "from autograd.graph.op import TABLE",
        "",
        "def f(x0, x1):",
        "    x2 = x0 * x1",
        "    x3 = TABLE['leaky_relu'].call(x2, slope=0.1)",
        "    return x3",
        "",
        "inputs = [2.0, 5.0]",
    ]
