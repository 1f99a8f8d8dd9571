"""Ctrl-C: wherever it falls, every mode is afterwards what it was.

Python delivers an interrupt where a function is entered and where a call of a built-in one has returned. Each of these
moments of a piece of work is tried in turn.
"""

from __future__ import annotations

import contextlib
import random
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
import optim
from autograd import Tensor, Value, no_grad
from autograd.check import check_gradients
from autograd.compiler import compile
from autograd.debug import Session
from autograd.debug.script import each_backward
from autograd.engine.observe import observing
from autograd.graph import modes
from nn import module
from tests.sweep import sweep

X = np.array([0.5, 1.0, 1.5])
# Of a context manager that is written in Python, nothing runs any more where its way out is interrupted on the first step;
# and what `np.errstate` does in between is NumPy's own.
WAYS_OUT = ("__exit__", "__aexit__")
NUMPYS = np.errstate.__enter__.__code__.co_filename
# A generator that is closed by an interrupt's way up cannot hand it on.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


class Stop(KeyboardInterrupt):
    """Our own Ctrl-C."""


def state() -> dict[str, Any]:
    """All that is switched on and off."""
    found = {name: var.get() for name, var in vars(modes).items() if type(var).__name__ == "ContextVar"}
    found["module"] = module._entered.get()
    found["errors"] = np.geterr()
    return found


@contextlib.contextmanager
def stopped_at(moment: int) -> Iterator[list[int]]:
    """Raise at that moment of the block; gives how many moments there were."""
    seen = [0]

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        if event not in ("call", "c_return") or (event == "call" and frame.f_code.co_name in WAYS_OUT):
            return
        if frame.f_code.co_filename == NUMPYS:
            return
        seen[0] += 1
        if seen[0] == moment:
            sys.setprofile(None)
            raise Stop

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        yield seen
    finally:
        sys.setprofile(before)


def moments(work: Callable[[], Any]) -> int:
    work()
    with stopped_at(-1) as seen:
        work()
    return seen[0]


def modes_leak(work: Callable[[], Any], check: Callable[[], Any] = lambda: None, most: int = 400) -> list[int]:
    """The moments after which something is not as it was; of very many a sample."""
    count = moments(work)
    chosen = range(1, count + 1)
    if count > most:
        chosen = sorted(random.Random(0).sample(chosen, most))  # type: ignore[assignment]
    expected, kept, wrong = state(), check(), []
    for moment in chosen:
        with contextlib.suppress(Stop), stopped_at(moment):
            work()
        if state() != expected or not np.array_equal(check(), kept):
            wrong.append(moment)
            for name, var in vars(modes).items():
                if type(var).__name__ == "ContextVar":
                    var.set(expected[name])
            module._entered.set(expected["module"])
            np.seterr(**expected["errors"])
    return wrong


def model() -> nn.Module:
    return nn.Sequential(nn.Linear(3, 2, rng=0), nn.Sequential(nn.Tanh()), nn.Linear(2, 1, rng=0))


def in_block() -> None:
    with no_grad():
        Value(2.0).sin()
        with ag.detect_anomaly():
            Value(2.0).sin()


@no_grad
def decorated() -> None:
    Value(2.0).sin()


@no_grad()
def generator() -> Iterator[Value]:
    yield Value(2.0).sin()
    yield Value(3.0).sin()


def in_session() -> None:
    a = Value(2.0)
    Session((a * a).sin()).run()


def in_script() -> None:
    with each_backward(lambda session, number: True):
        a = Value(2.0)
        (a * a).backward()


def observed() -> None:
    a = Value(2.0)
    with observing():
        (a * a).backward()


NETWORK = model()
CHECKPOINTED = ag.checkpoint(lambda x: np.tanh(x) * x)
WORKS: dict[str, Callable[[], Any]] = {
    "a block": in_block,
    "a decorated function": decorated,
    "a decorated generator": lambda: list(generator()),
    "the backward pass of floats": lambda: (lambda a: (a * a).sin().backward())(Value(2.0)),
    "a visible pass": lambda: (lambda a: (a * a).sin().backward(step=str))(Value(2.0)),
    "the backward pass of arrays": lambda: (lambda t: (t * t).sum().backward())(Tensor(X, requires_grad=True)),
    "grad": lambda: ag.grad(lambda x: np.sum(np.sin(x) * x))(X),
    "grad of grad": lambda: ag.grad(lambda x: ag.grad(lambda y: y**3)(x) * x)(2.0),
    "vjp": lambda: ag.vjp(lambda x: np.sin(x), X)[1](X),
    "jvp": lambda: ag.jvp(lambda x: np.sin(x), (X,), (X,)),
    "checkpoint": lambda: ag.grad(lambda x: np.sum(CHECKPOINTED(x)))(X),
    "a module": lambda: NETWORK(X),
    "the summary of a module": lambda: NETWORK.summary(X[None]),
    "capture": lambda: compile(lambda x: np.sum(np.sin(x) * x), native=False)(X),
    "capture of a gradient": lambda: compile(ag.grad(lambda x: np.sum(np.sin(x))), native=False)(X),
    "a session": in_session,
    "a script's passes": in_script,
    "observing": observed,
    "evaluate": lambda: nn.evaluate(NETWORK, (X[None], np.ones((1, 1))), loss="mse"),
}


@pytest.mark.parametrize("name", sweep(WORKS, 3))
def test_modes_are_afterwards_what_they_were(name: str) -> None:
    assert modes_leak(WORKS[name]) == []


def test_interrupts_are_tried_where_they_matter() -> None:
    """The instrument itself: what sets a mode before its try is found."""

    def careless() -> None:
        token = modes.scope.set("left on")
        try:
            Value(2.0).sin()
        finally:
            modes.scope.reset(token)

    assert modes_leak(careless) != []


def test_parameters_come_home_from_a_look_ahead() -> None:
    w = Tensor(X.copy(), requires_grad=True)
    optimizer = optim.SGD([w], lr=0.1, momentum=0.9, nesterov="lookahead")
    (w * w).sum().backward()
    optimizer.step()

    def work() -> None:
        with optimizer.lookahead():
            w.sum()

    assert modes_leak(work, lambda: w.data.copy()) == []


def test_parameters_come_home_from_their_averages() -> None:
    network = model()
    averaged = optim.Averaged(network.parameters())
    averaged.update()
    for p in network.parameters():
        p.data = p.data + 1.0

    def work() -> None:
        with averaged.applied():
            network(X)

    assert modes_leak(work, lambda: np.concatenate([p.data.ravel() for p in network.parameters()])) == []


@pytest.mark.integration
def test_modules_are_in_training_afterwards() -> None:
    network = model()

    def kept() -> list[bool]:
        return [bool(m.training) for m in network.modules()] + [bool(m._hooks) for m in network.modules()]

    assert modes_leak(lambda: network.summary(X[None]), kept) == []
    assert modes_leak(lambda: nn.evaluate(network, (X[None], np.ones((1, 1))), loss="mse"), kept) == []


@pytest.mark.integration
def test_checks_leave_no_mode_on() -> None:
    assert modes_leak(lambda: check_gradients(lambda x: np.sum(np.sin(x)), X), most=60) == []
