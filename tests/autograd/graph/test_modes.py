"""Modes: what they decorate, that they hold while the code they are meant for runs and at no other time, and for whom."""

from __future__ import annotations

import asyncio
import functools
import inspect
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from autograd import Value, detect_anomaly, enable_grad, is_grad_enabled, no_grad, record_sites
from autograd.graph.modes import PLAIN, mode

# Each with what it makes of the mode.
SWITCHES: dict[Any, Any] = {
    no_grad: lambda: not mode().grad,
    enable_grad: lambda: mode().grad,
    detect_anomaly: lambda: mode().anomaly and mode().sites,
    record_sites: lambda: mode().sites,
}
BOTH_WAYS = pytest.mark.parametrize("decorate", [lambda s: s, lambda s: s()], ids=["bare", "called"])
ALL = pytest.mark.parametrize("switch", SWITCHES, ids=lambda switch: switch.__name__)


# what is decorated


@ALL
@BOTH_WAYS
def test_functions(switch: Any, decorate: Any) -> None:
    @decorate(switch)
    def function(x: int, *, change: int = 0, function: int = 0) -> Any:
        """Its words."""
        return SWITCHES[switch](), x + change + function

    assert function(1, change=2, function=3) == (True, 6)
    assert mode() is PLAIN
    assert (function.__name__, function.__doc__) == ("function", "Its words.")


@ALL
@BOTH_WAYS
def test_generators_are_under_it_while_their_own_code_runs(switch: Any, decorate: Any) -> None:
    holds = SWITCHES[switch]
    events: list[Any] = []

    @decorate(switch)
    def generator(first: int) -> Iterator[Any]:
        try:
            got = yield holds(), first
            try:
                yield holds(), got
            except ValueError as error:
                yield holds(), str(error)
            return holds()
        finally:
            events.append(holds())

    assert inspect.isgeneratorfunction(generator)
    running: Any = generator(7)
    assert next(running) == (True, 7)
    assert mode() is PLAIN
    assert running.send("sent") == (True, "sent")
    assert mode() is PLAIN
    assert running.throw(ValueError("thrown")) == (True, "thrown")
    assert mode() is PLAIN
    with pytest.raises(StopIteration) as end:
        next(running)
    assert end.value.value is True
    closed = generator(7)
    next(closed)
    closed.close()  # type: ignore[attr-defined]
    assert events == [True, True]
    assert mode() is PLAIN


@ALL
@BOTH_WAYS
def test_coroutines_are_under_it_while_their_own_code_runs(switch: Any, decorate: Any) -> None:
    holds = SWITCHES[switch]

    @decorate(switch)
    async def coroutine() -> list[bool]:
        found = [holds()]
        for _ in range(3):
            await asyncio.sleep(0)
            found.append(holds())
        return found

    async def others() -> list[bool]:
        return [mode() is PLAIN for _ in range(4) if await asyncio.sleep(0) is None]

    async def main() -> list[list[bool]]:
        # Awaited in this very task, too, where a mode would be seen by what comes after.
        first = await coroutine()
        assert mode() is PLAIN
        return [first, *await asyncio.gather(coroutine(), others(), coroutine(), others())]

    assert inspect.iscoroutinefunction(coroutine)
    assert asyncio.run(main()) == [[True] * 4] * 5


@ALL
def test_a_cancelled_coroutine_cleans_up_under_it(switch: Any) -> None:
    found: list[bool] = []

    @switch
    async def waiting() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            found.append(SWITCHES[switch]())

    async def main() -> None:
        task = asyncio.create_task(waiting())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert found == [True]


@ALL
@BOTH_WAYS
def test_asynchronous_generators_are_under_it_while_their_own_code_runs(switch: Any, decorate: Any) -> None:
    holds = SWITCHES[switch]
    events: list[bool] = []

    @decorate(switch)
    async def generator() -> AsyncIterator[Any]:
        try:
            await asyncio.sleep(0)
            got = yield holds()
            try:
                yield holds(), got
            except ValueError:
                await asyncio.sleep(0)
                yield holds(), "caught"
        finally:
            await asyncio.sleep(0)
            events.append(holds())

    async def main() -> list[Any]:
        found: list[Any] = []
        running: Any = generator()
        for resume in (
            lambda: running.asend(None),
            lambda: running.asend("sent"),
            lambda: running.athrow(ValueError()),
        ):
            found.append(await resume())
            assert mode() is PLAIN
        await running.aclose()
        assert mode() is PLAIN
        assert [x async for x in generator()] == [True, (True, None)]
        return found

    assert inspect.isasyncgenfunction(generator)
    assert asyncio.run(main()) == [True, (True, "sent"), (True, "caught")]
    assert events == [True, True]


@ALL
@BOTH_WAYS
def test_methods_of_every_kind(switch: Any, decorate: Any) -> None:
    class Model:
        @decorate(switch)
        def method(self) -> Any:
            return SWITCHES[switch](), self

        @decorate(switch)
        @classmethod
        def of_class(cls) -> Any:
            return SWITCHES[switch](), cls

        @staticmethod
        @decorate(switch)
        def inner() -> Any:
            return SWITCHES[switch]()

        @decorate(switch)
        @staticmethod
        def outer() -> Any:
            return SWITCHES[switch]()

        @property
        @decorate(switch)
        def attribute(self) -> Any:
            return SWITCHES[switch]()

    model = Model()
    assert model.method() == (True, model)
    assert Model.of_class() == (True, Model)
    assert Model.inner()
    assert model.outer()
    assert model.attribute


def test_callable_objects_and_partial_functions() -> None:
    class Stream:
        def __call__(self, count: int) -> Iterator[bool]:
            for _ in range(count):
                yield is_grad_enabled()

    for stream in (no_grad(Stream()), no_grad(functools.partial(Stream().__call__))):
        running = iter(stream(2))
        assert next(running) is False
        assert is_grad_enabled()
    assert no_grad(functools.partial(lambda x: (x, is_grad_enabled()), 3))() == (3, False)
    assert no_grad(sum)([1, 2]) == 3


@ALL
@pytest.mark.parametrize(
    "given", [Value, 1, "name", property(lambda self: 1)], ids=["class", "number", "text", "property"]
)
def test_what_it_cannot_decorate_says_what_to_write(switch: Any, given: Any) -> None:
    name = switch.__name__
    instead = "decorate its methods one by one" if given is Value else rf"write with {name}\(\): …"
    for attempt in (switch, switch()):
        with pytest.raises(TypeError, match=rf"{name} decorates functions and methods, not .*: {instead}"):
            attempt(given)


# for whom


@ALL
def test_one_object_serves_several_tasks(switch: Any) -> None:
    shared = switch()

    async def work(pause: float) -> None:
        with shared:
            await asyncio.sleep(pause)
            assert SWITCHES[switch]()
        assert mode() is PLAIN

    async def main() -> None:
        await asyncio.gather(*(work(0.002 * k) for k in (3, 1, 2, 0)))

    asyncio.run(main())


@ALL
def test_one_object_serves_several_threads_and_itself(switch: Any) -> None:
    shared, errors = switch(), []
    turn = threading.Barrier(4)

    def work() -> None:
        try:
            for _ in range(20):
                with shared:
                    turn.wait()
                    with shared:
                        turn.wait()
                    assert SWITCHES[switch]()
                assert mode() is PLAIN
        except BaseException as error:
            errors.append(error)
            turn.abort()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_leaving_a_block_leaves_what_was_left_open_within() -> None:
    with no_grad():
        enable_grad().__enter__()
        assert is_grad_enabled()
    assert mode() is PLAIN


def test_a_block_that_another_context_leaves_changes_nothing_there() -> None:
    """As an asynchronous generator that nobody finished, which the event loop closes in a task of its own."""

    async def numbers() -> AsyncIterator[int]:
        with no_grad():
            yield 1

    async def main() -> None:
        running = numbers()
        await running.__anext__()
        await asyncio.create_task(running.aclose())  # type: ignore[attr-defined]

    asyncio.run(main())
    assert mode() is PLAIN


def test_a_mode_that_holds_already_is_the_same() -> None:
    with enable_grad():
        assert mode() is PLAIN
    with no_grad():
        before = mode()
        with no_grad():
            assert mode() is before
