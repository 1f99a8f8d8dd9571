"""`Process`: the program's process as the adapter has it: messages both ways, what it prints, and its end."""

from __future__ import annotations

import codecs
import math
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any

from autograd.debug.dap.configuration import Configuration
from autograd.debug.dap.wire import MAX_SKIPPED, Connection, MessageError, WireError

CHUNK = 2**16
# Pieces of output that a message waits for.
MAX_POSTPONED = 100
# Seconds that a program has to end after it was interrupted, or has left the protocol, before it is killed.
PATIENCE = 3.0
LEFT = "the program has closed the debugger's descriptors, or written into them, and can be followed no longer: it was ended\n"


class Process:
    """A child process, and whatever that starts.

    Parameters
    ----------
    command : sequence of str
        Starts it; the descriptors of the protocol are added.
    chosen : Configuration
    launch : mapping
        What it is told first.
    on_message, on_output, on_end : callable
        Called, in a thread of their own and in order, with a message, with (text, category), and with the exit code.
    """

    def __init__(
        self,
        command: Sequence[str],
        chosen: Configuration,
        launch: Mapping[str, Any],
        on_message: Callable[[dict[str, Any]], None],
        on_output: Callable[[str, str], None],
        on_end: Callable[[int], None],
    ) -> None:
        self._on_message, self._on_output, self._on_end = on_message, on_output, on_end
        to_child, child_reads = _pipe(reading=False)
        from_child, child_writes = _pipe(reading=True)
        environment = {**os.environ, **{name: x for name, x in chosen.env.items() if x is not None}}
        for name in [name for name, x in chosen.env.items() if x is None]:
            environment.pop(name, None)
        # What is printed arrives as it is printed, as on a terminal.
        environment.setdefault("PYTHONUNBUFFERED", "1")
        try:
            self._child = subprocess.Popen(  # noqa: S603 - the user's own program is what is to be run
                [*command, f"{child_reads},{child_writes}"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=chosen.cwd or None,
                env=environment,
                pass_fds=(child_reads, child_writes),
                start_new_session=True,
            )
        except BaseException:
            for descriptor in (to_child, from_child):
                os.close(descriptor)
            raise
        finally:
            for descriptor in (child_reads, child_writes):
                os.close(descriptor)
        self.id = self._child.pid
        self._from_child = from_child
        # Without a buffer: a message that waits in one would not be seen by `select`.
        self._connection = Connection(os.fdopen(from_child, "rb", buffering=0), os.fdopen(to_child, "wb"), MAX_SKIPPED)
        self._asked = 0
        self._requests: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self.ask("launch", launch)
        Thread(target=self._send, name="stepgrad dap, requests", daemon=True).start()
        self._thread = Thread(target=self._listen, name="stepgrad dap, program", daemon=True)
        self._thread.start()

    def ask(self, command: str, arguments: object = None) -> int:
        """Send a request, from one thread at a time; gives its number.

        It does not wait for a program that is not listening, which may itself be waiting until its answers are read.
        """
        self._asked += 1
        self._requests.put({"type": "request", "command": command, "arguments": arguments})
        return self._asked

    def _send(self) -> None:
        while (request := self._requests.get()) is not None:
            self._connection.send(request)

    def _listen(self) -> None:
        """Hand on what comes, in the order in which the program gave it out: what it prints before a message, first."""
        assert self._child.stdout is not None
        assert self._child.stderr is not None
        readers: dict[int, Callable[[int], bool]] = {
            self._child.stdout.fileno(): partial(self._read_output, "stdout", _decoder()),
            self._child.stderr.fileno(): partial(self._read_output, "stderr", _decoder()),
            self._from_child: self._read_message,
        }
        postponed, left = 0, math.inf
        with selectors.DefaultSelector() as selector:
            for descriptor in readers:
                selector.register(descriptor, selectors.EVENT_READ)
            while True:
                # A process that it has started may hold its output open after its end.
                talking = self._from_child in selector.get_map()
                ready = {key.fd for key, _ in selector.select(None if talking else 0.05)}
                if not ready and self._child.poll() is not None:
                    break
                left = math.inf if talking else min(left, time.monotonic())
                if time.monotonic() > left + PATIENCE and self._child.poll() is None:
                    self._on_output(LEFT, "stderr")
                    self._kill()
                    self._child.wait()
                # What was printed before a message is told before it, of a program that prints on and on a part.
                printed = ready - {self._from_child}
                postponed = postponed + 1 if printed else 0
                if printed and postponed <= MAX_POSTPONED:
                    ready = printed
                for descriptor in ready:
                    if not readers[descriptor](descriptor):
                        selector.unregister(descriptor)
        self._end()

    def _read_output(self, category: str, decoder: codecs.IncrementalDecoder, descriptor: int) -> bool:
        data = os.read(descriptor, CHUNK)
        text = decoder.decode(data, final=not data)
        if text:
            self._on_output(text, category)
        return bool(data)

    def _read_message(self, _: int) -> bool:
        try:
            message = self._connection.read()
        except (MessageError, WireError):
            return False
        if message is not None:
            self._on_message(message)
        return message is not None

    def _end(self) -> None:
        code = self._child.wait()
        # What the program started ends with it.
        self._kill()
        for stream in (self._child.stdout, self._child.stderr):
            if stream is not None:
                stream.close()
        self._requests.put(None)
        self._connection.close()
        self._on_end(code)

    def interrupt(self) -> None:
        """Ask the program to end, as Ctrl-C does; what does not is killed after a while."""
        with suppress(ProcessLookupError):
            os.kill(self.id, signal.SIGINT)
        Thread(target=self._kill_later, daemon=True).start()

    def _kill_later(self) -> None:
        until = time.monotonic() + PATIENCE
        while self._child.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        self.end()

    def end(self) -> None:
        """End it at once, with all that it has started."""
        if self._child.poll() is None:
            self._kill()

    def _kill(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.id, signal.SIGKILL)

    def wait(self) -> None:
        """Until all that came was handed on."""
        self._thread.join(PATIENCE)


def _pipe(*, reading: bool) -> tuple[int, int]:
    """A pipe: our end, and the child's."""
    read, write = os.pipe()
    ours, childs = (read, write) if reading else (write, read)
    return ours, childs


def _decoder() -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder("utf-8")(errors="replace")
