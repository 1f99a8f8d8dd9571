"""`Debuggee`: the program and its sessions in the child process: one thread runs it, another one answers the editor."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Condition, Thread
from typing import Any

from autograd.debug.dap.configuration import Configuration
from autograd.debug.dap.descriptors import open_own
from autograd.debug.dap.requests import Requests
from autograd.debug.dap.setting import read_launch_stops
from autograd.debug.dap.stack import format_error, summarise_error
from autograd.debug.dap.state import State
from autograd.debug.dap.travel import Halt, Order
from autograd.debug.dap.view import View, running_callers
from autograd.debug.dap.wire import Connection, MessageError, WireError, command_of
from autograd.debug.script import Passes, run_script
from autograd.debug.session import Session
from autograd.errors import AutogradError, UsageError
from autograd.graph.node import Node

# Breakpoints that were not hit are told with their reasons, so many of them.
MAX_REASONS = 10
RootOf = Callable[[str, Mapping[str, float]], tuple[Node, str]]


def debug_program(read: int, write: int, root_of: RootOf) -> int:
    """What the child process does: run what the first message says, and answer requests about it.

    Parameters
    ----------
    read, write : int
        Descriptors of the protocol, which the program does not see.
    root_of : callable
        From an expression or `FILE.py:name`, and values, to a graph and its title.

    Returns
    -------
    int
        The exit code of the program.
    """
    for descriptor in (read, write):
        os.set_inheritable(descriptor, False)
    connection = Connection(open_own(read, "rb"), open_own(write, "wb"))
    first = connection.read()
    if first is None:
        return 0
    debuggee = Debuggee(connection, Configuration.read(first.get("arguments")), end_process_group)
    os.register_at_fork(after_in_child=lambda: debuggee.leave_alone((read, write)))
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # As in what a shell runs in the background; the adapter asks a program to end as Ctrl-C does.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    Thread(target=debuggee.listen, name="stepgrad dap", daemon=True).start()
    connection.event("initialized")
    return debuggee.run(root_of)


class Debuggee:
    """A program that is run, stopped, and looked at.

    Parameters
    ----------
    connection : Connection
        To the adapter.
    configuration : Configuration
    on_end : callable
        Called where the adapter is gone.
    """

    def __init__(self, connection: Connection, configuration: Configuration, on_end: Callable[[], None]) -> None:
        self._connection, self._chosen, self._on_end = connection, configuration, on_end
        self._stops_at_each = False
        # Held by the thread that looks at sessions, or moves in them; while the program runs, by neither.
        self._turn = Condition()
        self._order: Order | None = None
        self._configured = self._is_forked = False
        self._passes = Passes(watched=not configuration.no_debug)
        self.state = State(connection, configuration)
        self.requests = Requests(self.state)
        self.state.table.replace("launch", read_launch_stops(configuration.stops, self.state.table.next_id), [], None)

    # the thread that answers

    def listen(self) -> None:
        """Answer until the adapter is gone, and take the program along then."""
        while True:
            try:
                request = self._connection.read()
            except MessageError:
                continue
            except WireError:
                request = None
            if request is None:
                self._on_end()
                return
            self._answer(request)

    def _answer(self, request: Mapping[str, Any]) -> None:
        if command_of(request) == "pause":
            # Not behind a move that takes long; where it stands still there is nothing to pause.
            self.state.pausing = self.state.halted is None
            self._connection.respond(request)
            return
        with self._turn:
            try:
                if command_of(request) == "configurationDone":
                    self._configured = True
                    self._connection.respond(request)
                    self._turn.notify_all()
                    return
                order = self.requests.answer(request)
            except AutogradError as error:
                self._connection.refuse(request, str(error))
                return
            except BaseException as error:  # what else is wrong costs one answer, not the thread that gives all of them
                self._connection.refuse(request, f"{summarise_error(error)}; a mistake in stepgrad itself")
                return
            if order is not None:
                self.state.halted = None
                self._order = order
                self._turn.notify_all()

    # the thread that runs the program

    def run(self, root_of: RootOf) -> int:
        """Run it once the editor has set its breakpoints; gives the exit code."""
        with self._turn:
            self._turn.wait_for(lambda: self._configured)
            # Where nothing says where to stop, each pass is shown; what is cleared later does not bring that back.
            self._stops_at_each = not self.state.table.any_set and not self._chosen.stop_on_entry
        try:
            return self._run_program() if self._chosen.program else self._run_graph(root_of)
        except KeyboardInterrupt:
            return 128 + signal.SIGINT
        except AutogradError as error:
            _flush()
            self._connection.output(f"{error}\n", "stderr")
            return 1
        finally:
            _flush()

    def _run_program(self) -> int:
        path = Path(os.path.realpath(self._chosen.program))
        try:
            run_script(path, self._chosen.args, self.visit, self._passes, failed=self._fail)
        except UsageError as error:
            if self.state.failure is not None:
                return 1
            if not self._passes.count and not self._chosen.no_debug:
                _flush()
                self._connection.output(f"{error}\n", "important")
            # Which a program may end with as well.
            code = error.__context__.code if isinstance(error.__context__, SystemExit) else 0
            return _exit_code(code)
        self._tell_that_nothing_stopped()
        return _exit_code(self._passes.code)

    def _tell_that_nothing_stopped(self) -> None:
        """A program that runs past all breakpoints looks as if the debugger did nothing."""
        table = self.state.table
        if self.state.halts or self._chosen.no_debug or not (table.any_halt or self._chosen.stop_at):
            return
        _flush()
        count = self._passes.count
        passes = "a backward pass" if count == 1 else f"{count:,} backward passes"
        reasons = "".join(f"\n  {why}" for why in table.unset()[:MAX_REASONS])
        self._connection.output(
            f"{passes} ran, and nothing stopped there{':' if reasons else ''}{reasons}\n", "important"
        )

    def _run_graph(self, root_of: RootOf) -> int:
        root, title = root_of(self._chosen.expression or self._chosen.target, self._chosen.values)
        self._connection.output(f"{title or self._chosen.expression}\n")
        if not self._chosen.no_debug:
            self.visit(Session(root), 1)
        return 0

    def visit(self, session: Session, number: int) -> bool:
        """Look at a pass of the program, as long as the editor wants to; gives whether the program is to go on."""
        with self._turn:
            view = View(session, number, self._chosen.just_my_code, running_callers(self._chosen.just_my_code))
            halt = self.requests.enter(view, self._stops_at(number))
            while halt is not None:
                order = self._wait(halt)
                if order.kind == "finish":
                    self._passes.watched = False
                    return True
                halt = self.requests.move(order)
            self.requests.leave()
        return True

    def _stops_at(self, number: int) -> bool:
        """Whether a pass is one to halt at the start of, whatever breakpoints there are."""
        chosen = self._chosen
        if chosen.stop_on_entry and number == 1:
            return True
        if chosen.stop_at is None:
            return self._stops_at_each
        return chosen.stop_at if isinstance(chosen.stop_at, bool) else number == chosen.stop_at

    def _fail(self, error: BaseException) -> None:
        """The program ends with an error: show where, and what the passes before it were."""
        if isinstance(error, SystemExit):
            return
        if self._is_forked:
            self.state.failure = error
            print(format_error(error), end="", file=sys.stderr)
            return
        with self._turn:
            halt = self.requests.fail(error)
            while halt is not None:
                order = self._wait(halt)
                halt = None if order.kind == "finish" else self.requests.move(order)

    def _wait(self, halt: Halt) -> Order:
        _flush()
        self.requests.halt(halt)
        self._order = None
        self._turn.wait_for(lambda: self._order is not None)
        assert self._order is not None
        return self._order

    def leave_alone(self, descriptors: tuple[int, int]) -> None:
        """In a process that the program has forked: nothing is looked at, since no thread answers there."""
        self._passes.watched, self._is_forked = False, True
        for descriptor in descriptors:
            with suppress(OSError):
                os.close(descriptor)


def end_process_group() -> None:
    """End this process at once, and all that it has started."""
    with suppress(OSError):
        if os.getpgrp() == os.getpid():
            os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


def _exit_code(code: object) -> int:
    if code is None or isinstance(code, int):
        return int(code or 0)
    _flush()
    with suppress(Exception):  # as Python does, where standard error is closed or the object does not tell itself
        print(code, file=sys.stderr)
    return 1


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # the program may have put anything in their place
            stream.flush()
