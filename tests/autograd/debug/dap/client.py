"""A client of the Debug Adapter Protocol for tests: sends requests, and waits for their answers and for events."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

from autograd.cli.graphs import root_of
from autograd.debug import Session
from autograd.debug.dap.configuration import Configuration
from autograd.debug.dap.debuggee import Debuggee
from autograd.debug.dap.server import Server
from autograd.debug.dap.wire import Connection, WireError, read_message

SECONDS = 30.0
# What a program without the engine can say and hear, which starts in a tenth of the time.
PREAMBLE = """\
import json, os, sys, time
read, write = map(int, sys.argv[-1].split(","))
def send(text):
    os.write(write, b"Content-Length: %d\\r\\n\\r\\n" % len(text))
    while text:
        text = text[os.write(write, text):]
def tell(**message):
    send(json.dumps(message).encode())
def requests():
    with open(read, "rb") as stream:
        while line := stream.readline():
            stream.readline()
            yield json.loads(stream.read(int(line.split()[1])))
"""


def plain_program(code: str) -> list[str]:
    """A command for the adapter to start in place of the real child process."""
    return [sys.executable, "-S", "-c", PREAMBLE + code]


class Refused(Exception):
    """A request got an error for an answer."""


class Client:
    """An editor.

    Parameters
    ----------
    reader, writer : binary file
        From and to the adapter.
    """

    def __init__(self, reader: Any, writer: Any) -> None:
        self.writer = writer
        self.seq = 0
        self.messages: Queue[dict[str, Any] | None] = Queue()
        self.history: list[dict[str, Any]] = []
        self.waiting: list[dict[str, Any]] = []
        self.hearing = Thread(target=self._listen, args=(reader,), daemon=True)
        self.hearing.start()

    def _listen(self, reader: Any) -> None:
        try:
            while (message := read_message(reader)) is not None:
                self.messages.put(message)
        except (OSError, ValueError, WireError):
            # It was killed, or this test has closed its end.
            pass
        finally:
            reader.close()
        self.messages.put(None)

    # sending

    def send(self, command: str, /, **arguments: Any) -> int:
        self.seq += 1
        self.send_raw({"seq": self.seq, "type": "request", "command": command, "arguments": arguments})
        return self.seq

    def send_raw(self, message: Any) -> None:
        self.send_bytes(json.dumps(message).encode())

    def send_bytes(self, body: bytes) -> None:
        self.writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.writer.flush()

    def ask(self, command: str, /, **arguments: Any) -> Any:
        """Send a request; gives the body of its answer."""
        return self.answer(self.send(command, **arguments))

    def answer(self, seq: int) -> Any:
        answer = self._await(lambda m: m["type"] == "response" and m["request_seq"] == seq)
        if not answer["success"]:
            raise Refused(answer["message"])
        return answer.get("body")

    # receiving

    def event(self, name: str, seconds: float = SECONDS) -> Any:
        """Wait for an event; gives its body."""
        return self._await(lambda m: m["type"] == "event" and m["event"] == name, seconds).get("body")

    def _await(self, wanted: Callable[[dict[str, Any]], bool], seconds: float = SECONDS) -> dict[str, Any]:
        for message in self.waiting:
            if wanted(message):
                self.waiting.remove(message)
                return message
        until = time.monotonic() + seconds
        while True:
            try:
                message = self.messages.get(timeout=max(until - time.monotonic(), 0.0))
            except Empty:
                raise AssertionError(f"nothing came in {seconds} s; before that came {self.history[-5:]}") from None
            if message is None:
                self.messages.put(None)
                raise EOFError(f"the adapter left; before that came {self.history[-5:]}")
            self.history.append(message)
            if wanted(message):
                return message
            self.waiting.append(message)

    def output(self, category: str | None = None) -> str:
        """What was printed so far."""
        return "".join(
            m["body"]["output"]
            for m in self.history
            if m.get("event") == "output" and category in (None, m["body"]["category"])
        )

    # what editors do

    def launch(
        self, *, breakpoints: dict[str, Sequence[Any]] | None = None, filters: Sequence[str] = ("error",), **given: Any
    ) -> None:
        """Start, set breakpoints as an editor does (numbers of lines, or more), and let the program run."""
        self.ask("initialize", adapterID="stepgrad")
        self.ask("launch", **given)
        self.event("initialized")
        for path, lines in (breakpoints or {}).items():
            self.ask(
                "setBreakpoints",
                source={"path": path},
                breakpoints=[{"line": x} if isinstance(x, int) else x for x in lines],
            )
        self.ask("setExceptionBreakpoints", filters=list(filters))
        self.ask("configurationDone")

    def stopped(self) -> Any:
        return self.event("stopped")

    def move(self, command: str, /, **arguments: Any) -> Any:
        """Move, and wait for the next halt."""
        self.ask(command, threadId=1, **arguments)
        return self.stopped()

    def frame(self) -> dict[str, Any]:
        """The innermost line of the stack."""
        return self.ask("stackTrace", threadId=1)["stackFrames"][0]

    def at(self) -> tuple[str, int]:
        """What the innermost line is called, and its number."""
        frame = self.frame()
        return frame["name"], frame["line"]

    def scope(self, name: str, frame: int = 1) -> dict[str, dict[str, Any]]:
        """The variables of a scope by their names."""
        scopes = {scope["name"]: scope for scope in self.ask("scopes", frameId=frame)["scopes"]}
        return self.below(scopes[name])

    def below(self, variable: dict[str, Any], **page: Any) -> dict[str, dict[str, Any]]:
        found = self.ask("variables", variablesReference=variable["variablesReference"], **page)["variables"]
        return {one["name"]: one for one in found}

    def evaluate(self, text: str, context: str = "repl", **more: Any) -> str:
        return self.ask("evaluate", expression=text, context=context, **more)["result"]


class Adapter(Client):
    """An editor, and `stepgrad dap` that it has started."""

    def __init__(self, cwd: Path | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "autograd", "dap"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
        )
        super().__init__(self.process.stdout, self.process.stdin)

    def __enter__(self) -> Adapter:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()  # type: ignore[union-attr]
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self.process.stdout.close()  # type: ignore[union-attr]
            self.process.stderr.close()  # type: ignore[union-attr]


class Served(Client):
    """An editor, and an adapter that runs in a thread of this process; the program has its own, which `command` starts."""

    def __init__(self, command: Sequence[str] = (sys.executable, "-P", "-m", "autograd", "dap", "--child")) -> None:
        to_adapter, adapter_writes = os.pipe(), os.pipe()
        connection = Connection(os.fdopen(to_adapter[0], "rb"), os.fdopen(adapter_writes[1], "wb"))
        super().__init__(os.fdopen(adapter_writes[0], "rb"), os.fdopen(to_adapter[1], "wb"))
        server = Server(connection, command)
        self.serving = Thread(target=self._serve, args=(server, connection), daemon=True)
        self.serving.start()

    def _serve(self, server: Server, connection: Connection) -> None:
        server.serve()
        connection.close()

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        self.writer.close()
        self.serving.join(10)
        self.hearing.join(10)
        assert not self.serving.is_alive(), "the adapter has left with its client"


class Inside(Client):
    """An editor beside a program that runs in a thread of this process, without the adapter: much sooner there."""

    def __init__(self, **given: Any) -> None:
        to_program, program_writes = os.pipe(), os.pipe()
        self.connection = Connection(os.fdopen(to_program[0], "rb"), os.fdopen(program_writes[1], "wb"))
        self.debuggee = Debuggee(self.connection, Configuration.read(given), lambda: None)
        super().__init__(os.fdopen(program_writes[0], "rb"), os.fdopen(to_program[1], "wb"))
        self._codes: list[int] = []
        self.listening = Thread(target=self.debuggee.listen, daemon=True)
        # Called without a frame of this file, which would be a caller of the program's lines.
        self.running = Thread(target=self._codes.extend, args=(map(self.debuggee.run, [root_of]),), daemon=True)
        self.listening.start()

    @property
    def code(self) -> int | None:
        """What the program ended with."""
        return self._codes[0] if self._codes else None

    def launch(self, *, breakpoints: Any = None, filters: Sequence[str] = ("error",), **_: Any) -> None:
        for path, lines in (breakpoints or {}).items():
            self.ask(
                "setBreakpoints",
                source={"path": path},
                breakpoints=[{"line": x} if isinstance(x, int) else x for x in lines],
            )
        self.ask("setExceptionBreakpoints", filters=list(filters))
        self.ask("configurationDone")
        self.running.start()

    def end(self) -> int | None:
        """Let the program run to its end; gives its exit code."""
        self.debuggee.state.table.groups.clear()
        while self.running.is_alive():
            try:
                self.ask("evaluate", expression="finish", context="repl")
            except Refused:
                # It runs, or has failed before its first pass.
                with suppress(Refused):
                    self.ask("continue", threadId=1)
            self.running.join(0.02)
        return self.code

    def halt_or_end(self) -> Any:
        """The next halt; None where the program has ended."""
        while True:
            try:
                return self.event("stopped", 0.02)
            except AssertionError:
                if not self.running.is_alive():
                    return None

    @property
    def session(self) -> Session:
        """The session that is looked at."""
        return self.debuggee.state.travel.view.session

    def __enter__(self) -> Inside:
        return self

    def __exit__(self, *_: object) -> None:
        if self.running.ident is not None:
            self.end()
        self.writer.close()
        self.listening.join(5)
        self.connection.close()
        self.hearing.join(5)
