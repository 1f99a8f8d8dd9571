"""Modes: decorators of every kind of function, switches that are shared, and Ctrl-C at every line."""

from __future__ import annotations

import asyncio
import dis
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor, Value, detect_anomaly, enable_grad, is_grad_enabled, no_grad, record_sites
from autograd.graph import modes

OURS = tuple(str(Path(str(package.__file__)).parent) for package in (ag, nn))


def state() -> tuple[Any, ...]:
    variables = (modes._mode, modes.scope, modes.instead_of_backward, modes.observer, modes.inside, modes._replaced)
    return tuple(variable.get() for variable in variables)


def test_functions_with_and_without_parentheses() -> None:
    assert no_grad(is_grad_enabled)() is False
    assert no_grad()(is_grad_enabled)() is False
    assert enable_grad(no_grad(is_grad_enabled))() is False
    assert no_grad(enable_grad(is_grad_enabled))() is True
    assert is_grad_enabled()


def test_a_generator_runs_under_its_switch_and_its_reader_does_not() -> None:
    @no_grad()
    def generator() -> Iterator[Any]:
        try:
            got = yield is_grad_enabled()
            yield got, is_grad_enabled()
            try:
                yield None
            except KeyError:
                yield "caught", is_grad_enabled()
        finally:
            closed.append(is_grad_enabled())

    closed: list[bool] = []
    running = generator()
    assert next(running) is False and is_grad_enabled()
    assert running.send("x") == ("x", False) and is_grad_enabled()
    next(running)
    assert running.throw(KeyError()) == ("caught", False)
    running.close()
    assert closed == [False] and is_grad_enabled()

    @no_grad
    def counted() -> Iterator[int]:
        yield 1
        return 2

    def outer() -> Iterator[Any]:
        result = yield from counted()
        yield result

    assert list(outer()) == [1, 2]


def test_coroutines_and_asynchronous_generators() -> None:
    @no_grad()
    async def coroutine() -> bool:
        await asyncio.sleep(0)
        return is_grad_enabled()

    @no_grad()
    async def generator() -> AsyncIterator[bool]:
        yield is_grad_enabled()
        await asyncio.sleep(0)
        yield is_grad_enabled()

    async def main() -> list[Any]:
        found = [await coroutine(), is_grad_enabled()]
        async for inside in generator():
            found += [inside, is_grad_enabled()]
        return found

    assert asyncio.run(main()) == [False, True, False, True, False, True]


def test_a_class_is_no_function() -> None:
    with pytest.raises(TypeError, match=r"no_grad decorates functions, not .*decorate the methods of a class"):
        no_grad()(dict)  # type: ignore[type-var]


def test_one_switch_is_shared_by_tasks_threads_and_itself() -> None:
    shared = no_grad()

    async def task(seconds: float) -> bool:
        with shared:
            await asyncio.sleep(seconds)
            return is_grad_enabled()

    async def main() -> list[bool]:
        return [*await asyncio.gather(task(0.02), task(0.01), task(0.03)), is_grad_enabled()]

    assert asyncio.run(main()) == [False, False, False, True]
    with shared, shared, enable_grad():
        assert is_grad_enabled()
    assert is_grad_enabled()
    found: list[bool] = []

    def thread() -> None:
        for _ in range(200):
            with shared:
                found.append(is_grad_enabled())
            found.append(not is_grad_enabled())

    threads = [threading.Thread(target=thread) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not any(found)


def handler(code: CodeType, offset: int) -> int | None:
    """Where an exception at an instruction goes, in its own function."""
    return next((e.target for e in dis._parse_exception_table(code) if e.start <= offset < e.end), None)  # type: ignore[attr-defined]


def interrupt_everywhere(function: Callable[[], Any], every: int = 1) -> int:
    """Run a function over and over, with Ctrl-C after the first call in our code, the second, …; every mode is back each time.

    CPython looks for signals after calls, so these are the moments at which Ctrl-C comes up; and where a function begins, which
    for `__exit__` is before anything that it could do.
    """
    before = state()
    for moment in range(0, 100_000, every):
        left, latest = moment, dict[FrameType, int]()

        def at_instruction(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal left
            if not frame.f_code.co_filename.startswith(OURS):
                return None
            frame.f_trace_opcodes = True
            if event == "opcode":
                code, previous = frame.f_code, latest.get(frame)
                latest[frame] = frame.f_lasti
                # What is raised now is raised at the instruction behind the call; it must go where the call's own would.
                if (
                    previous is not None
                    and dis.opname[code.co_code[previous]].startswith("CALL")
                    and handler(code, previous) == handler(code, frame.f_lasti)
                ):
                    if not left:
                        sys.settrace(None)
                        raise KeyboardInterrupt
                    left -= 1
            return at_instruction

        sys.settrace(at_instruction)
        try:
            function()
        except KeyboardInterrupt:
            pass
        else:
            return moment
        finally:
            sys.settrace(None)
            assert state() == before, f"after Ctrl-C behind call {moment}"
    raise AssertionError("it never came to its end")


def in_a_block() -> None:
    with no_grad(), record_sites(), detect_anomaly():
        Value(1.0) + 1.0


def in_a_module() -> None:
    nn.Sequential(nn.Linear(2, 2, rng=0), nn.Tanh())(Tensor(np.ones((1, 2), np.float32)))


def in_a_transform() -> None:
    ag.grad(lambda x: x * 2.0)(1.0)


def in_a_session() -> None:
    from autograd.debug import Session

    a = Value(2.0)
    Session(a * a)


def in_a_program() -> None:
    ag.compile(lambda x: x * 2.0, native=False)(np.ones(2))


@pytest.mark.parametrize(
    ("function", "every"),
    [(in_a_block, 1), (in_a_module, 1), (in_a_transform, 1), (in_a_session, 7), (in_a_program, 7)],
)
def test_no_interrupt_leaves_a_mode_on(function: Callable[[], Any], every: int) -> None:
    function()
    assert interrupt_everywhere(function, every) > 10
