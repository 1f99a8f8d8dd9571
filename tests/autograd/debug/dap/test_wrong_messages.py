"""What a client may do wrong: each message gets an error for an answer, or the conversation a clean end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest

from autograd.debug.dap import server
from autograd.debug.dap.server import Server
from autograd.debug.dap.wire import MAX_MESSAGE, Connection, MessageError, WireError, read_message
from tests.autograd.debug.dap.client import Refused, Served, plain_program

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a child process is handed descriptors")


@pytest.fixture
def adapter() -> Iterator[Served]:
    with Served() as client:
        yield client


@pytest.fixture
def silent() -> Iterator[Served]:
    """An adapter and a program that answers nothing."""
    with Served(plain_program('tell(type="event", event="initialized")\ntime.sleep(60)')) as client:
        client.ask("initialize")
        client.ask("launch", expression="a")
        client.event("initialized")
        yield client


WRONG_LAUNCHES: list[tuple[dict[str, Any], str]] = [
    ({}, "launch: one of program, expression and target (FILE.py:name) is expected, not none"),
    ({"program": "a.py", "target": "a.py:f"}, "is expected, not program and target"),
    ({"program": "nowhere.py"}, "launch: there is no program 'nowhere.py'"),
    ({"program": 3}, "launch: program is a text, not 3"),
    ({"expression": "a", "values": {"a": "1"}}, "launch: values gives 'a' a number, not '1'"),
    ({"expression": "a", "values": [1]}, "launch: values is an object, not [1]"),
    ({"expression": "a", "cwd": "/nowhere/at/all"}, "launch: cwd '/nowhere/at/all' is not a folder"),
    ({"expression": "a", "env": {"A=B": "1"}}, "launch: env gives 'A=B' a text or null"),
    ({"expression": "a", "env": {"A": "\ud800"}}, "launch: env gives 'A' a text or null"),
    ({"expression": "a", "env": {"A": "b\0"}}, "launch: env gives 'A' a text or null"),
    ({"program": "\ud800.py"}, "launch: there is no program"),
    ({"program": "a\0.py", "cwd": "/"}, "launch: there is no program"),
    ({"expression": "a", "cwd": "\ud800"}, "is not a folder"),
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
        ("setExceptionBreakpoints", {"filters": ["error"] * 1001}, "at most 1,000 are set"),
        ("variables", {"variablesReference": True}, "variablesReference is a whole number from 0 on, not True"),
        ("variables", {"variablesReference": 10**40}, "variablesReference is a whole number from 0 on"),
        ("nonsense", {}, "there is no request 'nonsense'"),
        ("stepgrad/pass", {"direction": "up"}, "pass up is not kept"),
    ]:
        with pytest.raises(Refused, match=why):
            adapter.ask(command, **arguments)
    told = adapter.ask("setBreakpoints", source={"path": "/a\0b.py"}, breakpoints=[{"line": 1}])["breakpoints"]
    assert [one["verified"] for one in told] == [False], "of a file that cannot be"
    adapter.send_raw({"seq": "x", "type": "request", "command": "modules"})
    assert adapter.answer(0)["modules"], "where a request has no number, 0 stands for it"
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
        "stepgrad: a message begins with Content-Length: and its number of bytes, not with another line\n"
    )


def test_a_line_that_is_no_header_ends_it_before_anything_follows() -> None:
    read, write = os.pipe()
    os.write(write, b"hello\n")
    with os.fdopen(read, "rb") as stream, pytest.raises(WireError, match="not with another line"):
        read_message(stream)
    os.close(write)


def test_numbers_and_depths_that_no_answer_can_repeat(silent: Served) -> None:
    deep = b"[" * 500 + b"]" * 500
    for number, told in (
        (b"Infinity", 0),
        (b"-Infinity", 0),
        (b"NaN", 0),
        (b"1e999", 0),
        (b'"x"', 0),
        (b"null", 0),
        (b"true", 0),
        (b"[]", 0),
        (b"7" * 400, int("7" * 400)),
    ):
        silent.send_bytes(b'{"seq": %b, "type": "request", "command": "terminate", "arguments": %b}' % (number, deep))
        with pytest.raises(Refused, match="nested too deeply, or has a number that is not finite"):
            silent.answer(told)


def test_requests_that_are_never_answered_are_bounded(silent: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MAX_OPEN", 3)
    waiting = [silent.send("threads") for _ in range(3)]
    with pytest.raises(Refused, match="threads: 3 requests are unanswered already"):
        silent.ask("threads")
    silent.ask("terminate")
    for seq in waiting:
        with pytest.raises(Refused, match="threads: the program has ended"):
            silent.answer(seq)


def test_a_program_that_hears_nothing_can_be_left(silent: Served) -> None:
    for _ in range(5):
        silent.send("evaluate", expression="x" * 200_000)
    silent.ask("disconnect")


def test_half_a_character_is_no_token() -> None:
    messages = BytesIO()
    for seq, command in enumerate(("initialize", "launch"), 1):
        body = json.dumps({"seq": seq, "type": "request", "command": command, "arguments": {"token": "\ud800"}})
        messages.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body.encode()))
    messages.seek(0)
    answers = BytesIO()
    Server(Connection(messages, answers), ["no", "command"], token="secret").serve()
    assert b"the token is missing or another one" in answers.getvalue()


def headed(size: int, length: int = 2) -> BytesIO:
    """A message with a header of so many bytes."""
    end = b"Content-Length: %d\r\n\r\n" % length
    return BytesIO(b"X-Padding: " + b"x" * (size - len(end) - 13) + b"\r\n" + end + b"{}")


def test_headers_have_four_thousand_bytes_at_most() -> None:
    assert read_message(headed(4096)) == {}
    for size in (4097, 6000):
        with pytest.raises(WireError, match="the header of a message is cut off, or longer than any"):
            read_message(headed(size))


def test_what_is_too_long_is_skipped_unless_no_message_is_so_long() -> None:
    assert read_message(headed(100), most=2) == {}
    with pytest.raises(MessageError, match="a message has 2 bytes; at most 1 are read"):
        read_message(headed(100), most=1)
    with pytest.raises(WireError, match="the stream ended within a message"):
        read_message(headed(100, 2**30))
    with pytest.raises(WireError, match="a message is said to have 1,073,741,825 bytes"):
        read_message(headed(100, 2**30 + 1))
