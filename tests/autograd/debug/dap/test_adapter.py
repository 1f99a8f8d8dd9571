"""The adapter as an editor starts it: the program's process, its output, its end, and what a client may do wrong."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from autograd import cli
from autograd.debug.dap.server import Server
from autograd.debug.dap.wire import MAX_MESSAGE, Connection, WireError
from tests.autograd.debug.dap.client import Adapter, Client, Refused, Served

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


LONG = """\
import os, subprocess, sys, time
from autograd import Value
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
w = Value(2.0, name="w")
try:
    print(os.getpid(), other.pid, flush=True)
    for _ in range(3):
        (w * w).backward()
    time.sleep(60)
finally:
    print("its last words", flush=True)
"""


def pids(adapter: Client) -> list[int]:
    return [int(word) for word in adapter.output("stdout").split() if word.isdigit()]


@pytest.mark.parametrize("how", ["disconnect", "close", "kill"])
def test_the_program_never_outlives_its_client(how: str, started: Adapter, script: Any) -> None:
    started.launch(program=script(LONG))
    started.stopped()
    programs = pids(started)
    assert len(programs) == 2
    assert all(map(is_running, programs))
    if how == "disconnect":
        started.ask("disconnect")
    elif how == "close":
        started.process.stdin.close()  # type: ignore[union-attr]
    else:
        started.process.send_signal(signal.SIGKILL)
    assert wait_until(lambda: not any(map(is_running, programs)))
    started.process.wait(10)


@pytest.mark.parametrize("moving", [False, True])
def test_terminate_lets_the_program_end_by_itself(moving: bool, adapter: Served, script: Any) -> None:
    adapter.launch(program=script(LONG), stopAtBackward=not moving)
    if moving:
        adapter.event("output")
    else:
        adapter.stopped()
    adapter.ask("terminate")
    assert adapter.event("exited")["exitCode"] == 130
    adapter.event("terminated")
    assert "its last words" in adapter.output("stdout")
    assert wait_until(lambda: not any(map(is_running, pids(adapter))))


def test_restart_keeps_the_breakpoints(adapter: Served, script: Any) -> None:
    path = script()
    adapter.launch(breakpoints={path: [{"line": 5, "condition": "phase == 'backward'"}]}, program=path)
    first = adapter.stopped()["description"]
    adapter.move("continue")
    waiting = adapter.send("restart", arguments={"program": path, "args": ["2"]})
    adapter.answer(waiting)
    assert adapter.stopped()["description"] == first
    assert not [m for m in adapter.history if m.get("event") == "terminated"]
    adapter.ask("disconnect")


def test_a_program_that_is_gone_at_once(adapter: Served, script: Any) -> None:
    program = script("import os\nfrom autograd import Value\nw = Value(1.0)\n(w * w).backward()\nos.abort()\n")
    adapter.launch(program=program, stopOnEntry=True)
    adapter.stopped()
    adapter.ask("continue", threadId=1)
    assert adapter.event("exited")["exitCode"] == 128 + signal.SIGABRT


def test_what_a_program_forks_is_not_debugged(adapter: Served, script: Any) -> None:
    program = """\
import os
from autograd import Value
w = Value(1.0)
pid = os.fork()
(w * w).backward()
if pid == 0:
    print("child", w.grad, flush=True)
    os._exit(0)
os.waitpid(pid, 0)
"""
    adapter.launch(program=script(program))
    adapter.stopped()
    adapter.ask("continue", threadId=1)
    adapter.event("terminated")
    assert adapter.output("stdout") == "child 2.0\n"


# what a client may do wrong

WRONG_LAUNCHES: list[tuple[dict[str, Any], str]] = [
    ({}, "launch: one of program, expression and target (FILE.py:name) is expected, not none"),
    ({"program": "a.py", "target": "a.py:f"}, "is expected, not program and target"),
    ({"program": "nowhere.py"}, "launch: there is no program 'nowhere.py'"),
    ({"program": 3}, "launch: program is a text, not 3"),
    ({"expression": "a", "values": {"a": "1"}}, "launch: values gives 'a' a number, not '1'"),
    ({"expression": "a", "values": [1]}, "launch: values is an object, not [1]"),
    ({"expression": "a", "cwd": "/nowhere/at/all"}, "launch: cwd '/nowhere/at/all' is not a folder"),
    ({"expression": "a", "env": {"A=B": "1"}}, "launch: env gives 'A=B' a text or null"),
    ({"expression": "a", "args": "x"}, "launch: args is a list of texts, not 'x'"),
    ({"expression": "a", "stopAtBackward": 0}, "launch: stopAtBackward is a whole number from 1 on, not 0"),
    ({"expression": "a", "stops": ["opp=mul"]}, "launch: breakpoint: 'opp=mul' says no place"),
    ({"expression": "a", "keepMegabytes": -1}, "launch: keepMegabytes is a whole number from 1 on"),
]


def test_messages_that_are_wrong_get_an_error_and_the_next_one_is_heard(adapter: Served) -> None:
    refusals = [
        ("threads", {}, "threads: initialize comes first"),
        ("launch", {"expression": "a"}, "launch: initialize comes first"),
        ("initialize", {"linesStartAt1": False}, "initialize: linesStartAt1 is true here"),
    ]
    for command, arguments, why in refusals:
        with pytest.raises(Refused, match=why):
            adapter.ask(command, **arguments)
    assert adapter.ask("initialize")["supportsStepBack"] is True
    for command, arguments, why in [
        ("initialize", {}, "initialize: it was done already"),
        ("threads", {}, "threads: launch comes first"),
        ("attach", {}, "attach: a program that runs already"),
        ("restart", {}, "restart: nothing was started"),
        ("terminate", {}, "terminate: no program runs"),
        ("configurationDone", {}, "launch comes first"),
    ]:
        with pytest.raises(Refused, match=why):
            adapter.ask(command, **arguments)
    for given, why in WRONG_LAUNCHES:
        seq = adapter.send("launch", **given)
        with pytest.raises(Refused) as refused:
            adapter.answer(seq)
        assert why in str(refused.value)
    for body in [b"", b"{", b"[1]", b"3", b"null", b'"text"', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000]:
        adapter.send_bytes(body)
        adapter.event("output")
    for message in [
        {},
        {"type": "event", "event": "stopped"},
        {"type": "response", "request_seq": 1},
        {"type": 3, "seq": "x"},
    ]:
        adapter.send_raw(message)
        adapter.event("output")
    adapter.send_bytes(b'{"seq": 1, "type": "request", "command": "' + b"x" * MAX_MESSAGE + b'"}')
    assert "at most 4,194,304 are read" in adapter.event("output")["output"]
    for message in [
        {"type": "request", "seq": -5, "command": "x" * 1000},
        {"type": "request", "seq": 10**30, "command": ["launch"]},
        {"type": "request", "seq": 77, "command": "launch", "arguments": [1, 2]},
        {"type": "request", "seq": 78},
    ]:
        adapter.send_raw(message)
        with pytest.raises(Refused):
            adapter.answer(message["seq"])
    adapter.ask("launch", expression="a*b", values={"a": 2, "b": 3})
    with pytest.raises(Refused, match="launch: a program was started already"):
        adapter.ask("launch", expression="a")
    adapter.event("initialized")
    with pytest.raises(Refused, match="stackTrace: the program is running"):
        adapter.ask("stackTrace", threadId=1)
    adapter.ask("configurationDone")
    adapter.stopped()
    for command, arguments, why in [
        ("setBreakpoints", {"source": {"path": "/x.py"}, "breakpoints": [{"line": 1}] * 1001}, "at most 1,000 are set"),
        ("setBreakpoints", {"source": {"path": "/x.py"}, "breakpoints": 1}, "breakpoints is a list of objects, not 1"),
        ("setBreakpoints", {"source": {"path": "/x.py"}, "breakpoints": [{"line": "1"}]}, "line is a whole number"),
        ("variables", {"variablesReference": True}, "variablesReference is a whole number from 0 on, not True"),
        ("variables", {"variablesReference": 10**40}, "variablesReference is a whole number from 0 on"),
        ("nonsense", {}, "there is no request 'nonsense'"),
        ("stepgrad/pass", {"direction": "up"}, "pass up is not kept"),
    ]:
        with pytest.raises(Refused, match=why):
            adapter.ask(command, **arguments)
    assert adapter.ask("threads") == {"threads": [{"id": 1, "name": "backward pass"}]}


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"Content-Length: x\r\n\r\n",
        b"Content-Length: 99999999999999999999999\r\n\r\n{}",
        b"Content-Length: 9999999999999\r\n\r\n{}",
        b"A: " + b"b" * 10_000,
        b"Content-Length: 100\r\n\r\n{",
        b"Content-Length: 5000000\r\n\r\n{",
    ],
)
def test_what_is_not_the_protocol_ends_it(sent: bytes) -> None:
    with pytest.raises(WireError):
        Server(Connection(BytesIO(sent), BytesIO()), ["no", "command"]).serve()


def test_the_command_says_so_in_a_line() -> None:
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "autograd", "dap"], input=b"hello\r\n\r\n", capture_output=True, timeout=60
    )
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert ended.stderr.decode() == (
        "stepgrad: a message begins with Content-Length: and its number of bytes, which is missing\n"
    )


# a port


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
            assert client.ask("threads")
            assert "os.environ" not in repr(client.history)
            one.shutdown(socket.SHUT_WR)
            assert wait_until(lambda: not is_running(pid))
    finally:
        listening.send_signal(signal.SIGINT)
        assert listening.wait(10) == 130
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
