"""Programs to debug, and editors that do it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.autograd.debug.dap.client import Inside

# Line 8 is the loss, line 9 the call of backward().
TRAIN = """\
from autograd import Value
w = Value(0.5, name="w")
def model(x):
    h = (w * x).tanh()
    return h * 2.0
for step in range(3):
    w.zero_grad()
    loss = (model(1.5) - 1.5) ** 2
    loss.backward()
    print("step", step, round(w.grad, 4))
    w.data -= 0.1 * w.grad
"""


@pytest.fixture(autouse=True, scope="session")
def interruptible() -> None:
    """Where the tests run in the background, Ctrl-C is ignored, and what they start would ignore it from its first moment on."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., str]:
    """Writes a program; gives its path."""

    def written(text: str = TRAIN, name: str = "train.py") -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return written


@pytest.fixture
def start() -> Iterator[Callable[..., Inside]]:
    """Starts a program with breakpoints, beside an editor; it is let run to its end when the test is over."""
    with ExitStack() as stack:

        def started(
            breakpoints: Any = None,
            filters: Any = ("error",),
            before: Callable[[Inside], Any] | None = None,
            **given: Any,
        ) -> Inside:
            client = stack.enter_context(Inside(**given))
            if before is not None:
                before(client)
            client.launch(breakpoints=breakpoints, filters=filters)
            return client

        yield started
