"""The adapter as an editor starts it: the program's process, its output, its end, and what a client may do wrong."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from autograd import cli
from tests.autograd.debug.dap.client import Adapter, Client, Refused, Served, plain_program

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a child process is handed descriptors")


@pytest.fixture
def adapter() -> Iterator[Served]:
    with Served() as client:
        yield client


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Adapter]:
    """The adapter as a process of its own."""
    with Adapter(tmp_path) as client:
        yield client


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # One that has ended and that nobody has asked about yet.
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until(holds: Callable[[], bool], seconds: float = 15.0) -> bool:
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.01)
    return holds()


NOISY = """\
import os, subprocess, sys
from autograd import Value
print("before", end="")
sys.stdout.write("\\nContent-Length: 5\\r\\n\\r\\n{}")
os.write(1, "übér\\n".encode())
subprocess.run([sys.executable, "-c", "print('a child of it')"])
print("to stderr", file=sys.stderr)
print("read", repr(sys.stdin.read()), sys.argv[1:], os.environ["MINE"], "HOME" in os.environ, os.getcwd())
w = Value(2.0, name="w")
(w * w).backward()
print("after")
os.close(1)
sys.exit(3)
"""


@pytest.mark.integration
def test_what_a_program_prints_arrives_and_never_meets_the_protocol(
    started: Adapter, script: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    started.launch(program=script(NOISY), args=["-x", "1"], env={"MINE": "yes", "HOME": None}, cwd=str(folder))
    assert started.event("process")["startMethod"] == "launch"
    assert started.stopped()["reason"] == "entry"
    assert started.output("stdout").splitlines() == [
        "before",
        "Content-Length: 5",
        "",
        "{}übér",
        "a child of it",
        f"read '' ['-x', '1'] yes False {folder}",
    ]
    assert started.output("stderr") == "to stderr\n", "all of it before the halt"
    started.ask("continue", threadId=1)
    assert started.event("exited")["exitCode"] == 3
    started.event("terminated")
    with pytest.raises(Refused, match="threads: launch comes first, or the program has ended"):
        started.ask("threads")
    started.ask("disconnect")
    assert started.process.wait(10) == 0


# The program and another one that it has started.
LONG = """\
import subprocess, sys
other = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
{before}
try:
    print(os.getpid(), other.pid, flush=True)
    {then}
    time.sleep(60)
finally:
    print("its last words", flush=True)
"""
PLAIN = plain_program(LONG.format(before="", then="tell(type='event', event='initialized')"))


def pids(client: Client) -> list[int]:
    while "\n" not in client.output("stdout"):
        client.event("output")
    found = [int(word) for word in client.output("stdout").split() if word.isdigit()]
    assert len(found) == 2
    assert all(map(is_running, found))
    return found


@pytest.mark.parametrize("how", ["disconnect", "close"])
def test_the_program_ends_with_the_conversation(how: str) -> None:
    with Served(PLAIN) as client:
        client.ask("initialize")
        client.ask("launch", expression="a")
        programs = pids(client)
        if how == "disconnect":
            client.ask("disconnect")
        else:
            client.writer.close()
        assert wait_until(lambda: not any(map(is_running, programs)))


def test_the_program_never_outlives_an_adapter_that_is_killed(started: Adapter, script: Any) -> None:
    program = LONG.format(
        before="import os, time\nfrom autograd import Value\nw = Value(2.0)", then="(w * w).backward()"
    )
    started.launch(program=script(program))
    started.stopped()
    programs = pids(started)
    started.process.send_signal(signal.SIGKILL)
    assert wait_until(lambda: not any(map(is_running, programs)))
    started.process.wait(10)


def test_terminate_lets_a_program_that_runs_end_by_itself() -> None:
    with Served(PLAIN) as client:
        client.ask("initialize")
        client.ask("launch", expression="a")
        programs = pids(client)
        client.ask("terminate")
        assert client.event("exited")["exitCode"] == 130
        client.event("terminated")
        assert "its last words" in client.output("stdout")
        assert wait_until(lambda: not any(map(is_running, programs)))


def test_terminate_lets_a_program_that_is_stopped_end_by_itself(adapter: Served, script: Any) -> None:
    program = """\
from autograd import Value
w = Value(2.0)
try:
    (w * w).backward()
finally:
    print("its last words", flush=True)
"""
    adapter.launch(program=script(program))
    adapter.stopped()
    adapter.ask("terminate")
    assert adapter.event("exited")["exitCode"] == 130
    adapter.event("terminated")
    assert "its last words" in adapter.output("stdout")


# A program that tells what it was asked, and stands still once all is set.
TELLING = """\
tell(type="event", event="initialized")
asked = []
for request in requests():
    asked.append([request["command"], request["arguments"]])
    if len(asked) > 1:
        tell(type="response", request_seq=len(asked), success=True)
    if request["command"] == "configurationDone":
        tell(type="event", event="stopped", body={"asked": asked})
"""


def test_restart_keeps_the_breakpoints() -> None:
    with Served(plain_program(TELLING)) as client:
        client.launch(breakpoints={"a.py": [5], "b.py": [6, 7]}, expression="a", stopOnEntry=True)
        first = client.stopped()["asked"]
        assert [command for command, _ in first] == [
            "launch",
            *("setBreakpoints", "setBreakpoints", "setExceptionBreakpoints", "configurationDone"),
        ]
        client.ask("setBreakpoints", source={"path": "a.py"}, breakpoints=[])
        client.ask("restart", arguments={"expression": "a", "args": ["2"], "__id": 3, "token": "x"})
        again = client.stopped()["asked"]
        assert again[0] == ["launch", {"expression": "a", "stopOnEntry": True, "args": ["2"]}]
        assert again[1] == ["setBreakpoints", {"source": {"path": "a.py"}, "breakpoints": []}], "as it was set last"
        assert again[2:4] == first[2:4]
        assert again[4][0] == "configurationDone"
        assert not [m for m in client.history if m.get("event") == "terminated"]


def test_a_program_that_is_gone_at_once() -> None:
    with Served(plain_program("tell(type='event', event='initialized')\nos.abort()")) as client:
        client.ask("initialize")
        client.ask("launch", expression="a")
        assert client.event("exited")["exitCode"] == 128 + signal.SIGABRT
        client.event("terminated")


# a port


@pytest.mark.integration
def test_a_port_asks_for_its_token(script: Any) -> None:
    listening = subprocess.Popen(
        [sys.executable, "-P", "-m", "autograd", "dap", "--port", "0"],
        env={**os.environ, "STEPGRAD_DAP_TOKEN": "secret"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        said = listening.stderr.readline()  # type: ignore[union-attr]
        assert said.startswith("stepgrad: listening on 127.0.0.1:")
        port = int(said.split(":")[2].split(";")[0])
        with socket.create_connection(("127.0.0.1", port)) as one, one.makefile("rwb") as stream:
            client = Client(stream, stream)
            client.ask("initialize")
            for token in ({}, {"token": "other"}, {"token": "secrét"}):
                with pytest.raises(Refused, match="launch: the token is missing or another one"):
                    client.ask("launch", expression="a*a", values={"a": 2}, **token)
            client.ask("launch", expression="a*a", values={"a": 2}, token="secret")
            client.event("initialized")
            client.ask("configurationDone")
            client.stopped()
            pid = client.event("process")["systemProcessId"]
            with socket.create_connection(("127.0.0.1", port)) as two, two.makefile("rwb") as other:
                other.write(b"GET / HTTP/1.1\r\n\r\n")
                other.flush()
                assert other.read() == b"", "one that is no editor is left"
            idle: list[socket.socket] = []

            def is_turned_away() -> bool:
                idle.append(socket.create_connection(("127.0.0.1", port), timeout=0.05))
                with suppress(TimeoutError):
                    return b"8 editors are served already" in idle[-1].recv(1000)
                return False

            assert wait_until(is_turned_away)
            for connection in idle:
                connection.close()
            assert client.ask("threads")
            assert "os.environ" not in repr(client.history)
            one.shutdown(socket.SHUT_WR)
            assert wait_until(lambda: not is_running(pid))
    finally:
        listening.send_signal(signal.SIGINT)
        assert listening.wait(60) == 130
        listening.stderr.close()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--port", "70000"], "70000 is no port"),
        (["--port", "-1"], "whole number from 0 on"),
        (["--child", "x"], "use stepgrad dap without it"),
    ],
)
def test_options_that_are_wrong(arguments: list[str], why: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["dap", *arguments]) == 2
    assert why in capsys.readouterr().err
