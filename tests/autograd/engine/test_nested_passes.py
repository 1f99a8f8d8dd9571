"""Passes that hooks, steps and threads begin while others are under way: each contribution gets to each leaf."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor, Value
from autograd.engine.guards import LATEST

THREADS = 8


@pytest.fixture
def switching() -> Iterator[None]:
    """Threads take turns all the time."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def at_once(*works: Callable[[], Any]) -> None:
    """Call each in a thread of its own, all from the same moment on."""
    errors: list[BaseException] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> None:
        try:
            start.wait()
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


# one thread


def test_a_hook_may_start_a_pass_over_a_shared_node() -> None:
    a = Value(3.0)
    inner = a * a
    other = inner * 0.5
    root = inner * 10.0
    root.register_hook(lambda g: other.backward())
    root.backward()
    # 10 · 2a of its own, ½ · 2a of the other.
    assert a.grad == 63.0


def test_a_step_may_start_a_pass_over_a_shared_node() -> None:
    a = Value(3.0)
    inner = a * a
    root, other = inner * 10.0, inner * 0.5
    started: list[Any] = []

    def step(taken: Any) -> None:
        if not started:
            started.append(taken)
            other.backward()

    root.backward(step=step)
    assert a.grad == 63.0


@pytest.mark.parametrize("face", [Value, lambda x: Tensor(x, requires_grad=True)])
@pytest.mark.parametrize("at", ["root", "inner", "leaf"])
def test_a_hook_anywhere_may_start_a_pass(face: Any, at: str) -> None:
    a = face(3.0)
    inner = a * a
    nodes = {"root": inner * 10.0, "inner": inner, "leaf": a}
    other, calls = inner * 0.5, []

    def hook(g: Any) -> None:
        if not calls:
            calls.append(g)
            other.backward()

    nodes[at].register_hook(hook)
    nodes["root"].backward()
    assert float(np.asarray(a.grad)) == 63.0


def test_a_hook_may_start_its_own_pass_again() -> None:
    a = Value(3.0)
    root = (a * a) * 10.0
    calls: list[float] = []

    def hook(g: float) -> None:
        calls.append(g)
        if len(calls) == 1:
            root.backward()

    root.register_hook(hook)
    root.backward()
    assert a.grad == 2 * 60.0


def test_a_step_shows_what_its_pass_has_brought() -> None:
    """Not what earlier calls have left in `.grad`, for `Value` as for `Tensor`."""
    for a in (Value(3.0), Tensor(3.0, requires_grad=True)):
        (a * 1.0).backward()
        found: list[Any] = []
        (a * a).backward(step=found.append)
        assert [float(sent.total) for sent in found[0].sent] == [3.0, 6.0]
        assert float(found[1].upstream) == 6.0
        assert float(a.grad) == 7.0


# threads


@pytest.mark.usefixtures("switching")
@pytest.mark.parametrize("step", [None, lambda step: None])
def test_threads_may_differentiate_values_that_share_inner_nodes(step: Any) -> None:
    a, b = Value(0.5), Value(0.25)
    inner = a * b
    for _ in range(50):
        inner = (inner + a).sin() * b
    roots = [inner * float(k + 1) for k in range(THREADS)]
    expected_a, expected_b = (Value(0.5), Value(0.25))
    alone = expected_a * expected_b
    for _ in range(50):
        alone = (alone + expected_a).sin() * expected_b
    alone.backward()
    times = 10

    def work(root: Value) -> Callable[[], None]:
        return lambda: [root.backward(step=step) for _ in range(times)]  # type: ignore[return-value]

    at_once(*map(work, roots))
    factor = times * sum(range(1, THREADS + 1))
    assert a.grad == pytest.approx(factor * expected_a.grad)
    assert b.grad == pytest.approx(factor * expected_b.grad)


@pytest.mark.usefixtures("switching")
def test_fast_and_plain_passes_run_beside_each_other() -> None:
    a = Value(1.0)
    inner = a * 1.0
    for _ in range(30):
        inner = inner * 1.0
    roots = [inner * 1.0 for _ in range(THREADS)]

    def work(number: int) -> Callable[[], None]:
        step = (lambda step: None) if number % 2 else None
        return lambda: [roots[number].backward(step=step) for _ in range(30)]  # type: ignore[return-value]

    at_once(*map(work, range(THREADS)))
    assert a.grad == 30.0 * THREADS


@pytest.mark.usefixtures("switching")
@pytest.mark.parametrize("size", [1, 10_000])
def test_all_contributions_of_threads_get_to_a_leaf(size: int) -> None:
    t = Tensor(np.ones(size), requires_grad=True)
    times = 60

    def work() -> None:
        for _ in range(times):
            (t * 1.0).sum().backward()

    at_once(*[work] * THREADS)
    np.testing.assert_array_equal(t.grad, np.full(size, float(times * THREADS)))


@pytest.mark.usefixtures("switching")
def test_threads_may_share_the_inner_nodes_of_tensors() -> None:
    t = Tensor(np.ones(4), requires_grad=True)
    inner = t * 2.0
    for _ in range(20):
        inner = inner * 1.0
    roots = [inner.sum() for _ in range(THREADS)]

    def work(root: Tensor) -> Callable[[], None]:
        return lambda: [root.backward(retain_grads=True) for _ in range(20)]  # type: ignore[return-value]

    at_once(*map(work, roots))
    np.testing.assert_array_equal(t.grad, np.full(4, 2.0 * 20 * THREADS))


def test_the_number_of_the_latest_change_never_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass looks no closer at what was recorded after it. Here another thread is faster between two lines of `stamp`."""
    slow, fast = Tensor(np.ones(2)), Tensor(np.ones(2))
    overtaken: list[bool] = []

    def here() -> None:
        if not overtaken:
            overtaken.append(True)
            at_once(lambda: fast.__setitem__(0, 2.0))

    monkeypatch.setattr("autograd.engine.guards.here", here)
    slow[0] = 2.0
    assert overtaken
    assert LATEST[0] == max(tensor.stamp[0] for tensor in (slow, fast))  # type: ignore[index]


@pytest.mark.usefixtures("switching")
def test_threads_register_hooks_beside_each_other() -> None:
    for _ in range(50):
        v = Value(1.0)
        calls: list[int] = []

        def work(number: int, v: Value = v, calls: list[int] = calls) -> Callable[[], Any]:
            return lambda: v.register_hook(lambda g: calls.append(number))

        at_once(*map(work, range(THREADS)))
        (v * 1.0).backward()
        assert sorted(calls) == list(range(THREADS))


@pytest.mark.usefixtures("switching")
def test_threads_differentiate_functions_and_pull_back_beside_each_other() -> None:
    x = np.linspace(0.1, 1.0, 5)
    expected = ag.grad(lambda x: ag.sin(x * x).sum())(x)
    out, pullback = ag.vjp(lambda x: ag.sin(x * x), x)
    found: list[Any] = []

    def work() -> None:
        for _ in range(40):
            found.append(ag.grad(lambda x: ag.sin(x * x).sum())(x))
            found.append(pullback(np.ones_like(out))[0])
            found.append(ag.jvp(lambda x: ag.sin(x * x), (x,), (np.ones(5),))[1])

    at_once(*[work] * 4)
    for one in found:
        np.testing.assert_allclose(one, expected)


def test_a_hook_may_pull_back_in_the_middle_of_the_same_pull_back() -> None:
    calls: list[Any] = []
    pullback: Any = None

    def f(x: Tensor) -> Tensor:
        inner = x * x

        def hook(g: Any) -> None:
            if not calls:
                calls.append(g)
                calls.append(pullback(1.0))

        inner.register_hook(hook)
        return inner * x

    _, pullback = ag.vjp(f, 2.0)
    assert pullback(1.0) == (12.0,)
    assert calls[1] == (12.0,)


def test_a_child_process_does_not_wait_for_a_thread_of_its_parent() -> None:
    """Forked while another thread holds the lock."""
    import os

    if not hasattr(os, "fork"):
        pytest.skip("no fork here")
    from autograd.graph.node import GRADIENTS

    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with GRADIENTS:
            held.set()
            done.wait(0.2)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    child = os.fork()
    if not child:
        v = Value(2.0)
        (v * v).backward()
        os._exit(0 if v.grad == 4.0 else 1)
    assert os.waitpid(child, 0)[1] == 0
    done.set()
    thread.join()
