"""The program's process as the adapter has it, with programs that need no engine: what they send, print, close, and do not read."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from queue import Queue
from typing import Any

import pytest

from autograd.debug.dap import process
from autograd.debug.dap.configuration import Configuration
from autograd.debug.dap.process import LEFT, Process
from autograd.debug.dap.wire import MAX_MESSAGE
from tests.autograd.debug.dap.client import plain_program

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a child process is handed descriptors")
read_output = Process._read_output


class Heard(Process):
    """A program, and what was heard of it."""

    def __init__(self, code: str) -> None:
        self.messages: Queue[dict[str, Any]] = Queue()
        self.printed: list[tuple[str, str]] = []
        self.codes: Queue[int] = Queue()
        chosen = Configuration(expression="a")
        super().__init__(
            plain_program(code), chosen, {}, self.messages.put, lambda *said: self.printed.append(said), self.codes.put
        )


@pytest.fixture
def run() -> Iterator[Callable[[str], Heard]]:
    programs = []

    def started(code: str) -> Heard:
        programs.append(Heard(code))
        return programs[-1]

    yield started
    for program in programs:
        program.end()
        program.wait()


def test_what_is_asked_waits_for_a_program_that_does_not_read(run: Any) -> None:
    program = run("time.sleep(60)")
    for _ in range(5):
        # More than the pipe holds: who writes it at once stands still, and hears nobody.
        program.ask("setBreakpoints", {"lines": [1] * 100_000})
    program.end()
    assert program.codes.get(timeout=20) == -9


def test_an_adapter_that_ends_does_not_wait_for_its_program(run: Any) -> None:
    before = set(threading.enumerate())
    program = run("send(b'{}')\ntime.sleep(60)")
    program.messages.get(timeout=20)
    ours = set(threading.enumerate()) - before
    assert {thread.name for thread in ours} == {"stepgrad dap, requests", "stepgrad dap, program"}
    assert all(thread.daemon for thread in ours)


def test_an_answer_may_be_larger_than_a_request(run: Any) -> None:
    program = run(f"""send(b'{{"answer": "' + b"x" * {MAX_MESSAGE} + b'"}}')\nsend(b'{{"next": 1}}')""")
    assert len(program.messages.get(timeout=20)["answer"]) == MAX_MESSAGE
    assert program.messages.get(timeout=20) == {"next": 1}


def test_a_program_that_closes_the_protocol_and_goes_on_is_ended(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "PATIENCE", 0.1)
    program = run("os.write(1, b'on it goes\\n')\nos.closerange(3, 256)\ntime.sleep(60)")
    assert program.codes.get(timeout=20) == -9
    assert program.printed == [("on it goes\n", "stdout"), (LEFT, "stderr")]


@pytest.mark.parametrize(
    ("code", "patience", "end"),
    [
        ("signal.signal(signal.SIGINT, signal.SIG_IGN)\nsend(b'{}')\ntime.sleep(60)", 0.1, -9),
        ("signal.signal(signal.SIGINT, lambda *_: sys.exit(5))\nsend(b'{}')\ntime.sleep(60)", 10.0, 5),
    ],
    ids=["that does not listen", "that does"],
)
def test_a_program_is_asked_to_end_and_then_ended(
    code: str, patience: float, end: int, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "PATIENCE", patience)
    program = run(f"import signal\n{code}")
    assert program.messages.get(timeout=20) == {}
    program.interrupt()
    assert program.codes.get(timeout=5) == end


def test_a_program_that_closes_the_protocol_and_ends_soon_has_its_own_end(run: Any) -> None:
    program = run("os.closerange(3, 256)\ntime.sleep(0.1)\nsys.exit(3)")
    assert program.codes.get(timeout=20) == 3
    assert program.printed == []


def test_a_message_does_not_wait_for_the_end_of_a_flood(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # Slower than the program, so that there is something to read each time.
    monkeypatch.setattr(Process, "_read_output", lambda *given: (read_output(*given), time.sleep(0.002))[0])
    program = run("""
import threading
def flood():
    while True:
        os.write(1, b"x" * 65536)
threading.Thread(target=flood, daemon=True).start()
time.sleep(0.1)
send(b'{"here": 1}')
time.sleep(60)""")
    assert program.messages.get(timeout=5) == {"here": 1}


@pytest.mark.parametrize(
    "sent", ["b'Content-Length: x\\r\\n\\r\\n'", "b'hello\\n'", "b'Content-Length: 2\\r\\n\\r\\n[]'"]
)
def test_what_is_not_the_protocol_is_the_end_of_it(sent: str, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "PATIENCE", 0.1)
    program = run(f"os.write(write, {sent})\ntime.sleep(60)")
    assert program.codes.get(timeout=20) == -9
    assert program.printed == [(LEFT, "stderr")]
