"""`Server`: the adapter of one editor: starts the program, hands requests on to it, and outlives neither of them."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from itertools import count
from threading import RLock
from typing import Any

from autograd.debug.dap.configuration import Configuration
from autograd.debug.dap.fields import Fields, RequestError
from autograd.debug.dap.process import Process
from autograd.debug.dap.setting import FILTERS
from autograd.debug.dap.wire import Connection, MessageError, command_of, is_plain, number_of

CAPABILITIES = {
    **dict.fromkeys(
        (
            "supportsConfigurationDoneRequest",
            "supportsFunctionBreakpoints",
            "supportsConditionalBreakpoints",
            "supportsHitConditionalBreakpoints",
            "supportsLogPoints",
            "supportsDataBreakpoints",
            "supportsExceptionFilterOptions",
            "supportsExceptionInfoRequest",
            "supportsBreakpointLocationsRequest",
            "supportsStepBack",
            "supportsSteppingGranularity",
            "supportsStepInTargetsRequest",
            "supportsGotoTargetsRequest",
            "supportsEvaluateForHovers",
            "supportsSetVariable",
            "supportsSetExpression",
            "supportsCompletionsRequest",
            "supportsClipboardContext",
            "supportsModulesRequest",
            "supportsLoadedSourcesRequest",
            "supportsTerminateRequest",
            "supportsRestartRequest",
            "supportsDelayedStackTraceLoading",
            "supportsValueFormattingOptions",
        ),
        True,
    ),
    "completionTriggerCharacters": [".", " ", "="],
    "exceptionBreakpointFilters": FILTERS,
}
# Requests that wait for the program's answer; an editor sends a few at a time.
MAX_OPEN = 1000
# Which hold for a program that is started anew, too.
SETTING = ("setBreakpoints", "setFunctionBreakpoints", "setDataBreakpoints", "setExceptionBreakpoints")


class Server:
    """One editor and its program.

    Parameters
    ----------
    connection : Connection
        To the editor.
    command : sequence of str
        What starts the child process; descriptors are added.
    token : str
        What `launch` has to say; empty where nobody else can be at the other end.
    """

    def __init__(self, connection: Connection, command: Sequence[str], token: str = "") -> None:
        self._connection, self._command, self._token = connection, command, token
        self._lock = RLock()
        self._initialized = self._over = False
        self._process: Process | None = None
        self._launch: Mapping[str, Any] = {}
        self._number = count(1).__next__
        # What was handed on and is not answered, by the number it has there; None is what the editor did not ask.
        self._open: dict[int, Mapping[str, Any] | None] = {}
        self._settings: dict[str, Mapping[str, Any]] = {}
        self._configured = False

    def serve(self) -> None:
        """Answer until the editor has left; the program ends with it.

        Raises
        ------
        WireError
            Where what comes is not the protocol.
        """
        try:
            while not self._over:
                try:
                    message = self._connection.read()
                except MessageError as error:
                    self._connection.output(f"{error}; it was skipped\n", "important")
                    continue
                if message is None:
                    return
                self._take(message)
        finally:
            if self._process is not None:
                self._process.end()
                self._process.wait()

    def _take(self, message: Mapping[str, Any]) -> None:
        if message.get("type") != "request":
            # We ask for nothing, so this answers nothing.
            self._connection.output("a message that is no request was skipped\n", "important")
            return
        command = command_of(message)
        with self._lock:
            try:
                if not is_plain(message):
                    raise RequestError("the request is nested too deeply, or has a number that is not finite")
                own = {
                    "initialize": self._initialize,
                    "launch": self._start,
                    "attach": self._attach,
                    "restart": self._restart,
                    "terminate": self._terminate,
                    "disconnect": self._disconnect,
                }.get(command)
                if own is None:
                    self._hand_on(message)
                elif command not in ("initialize", "disconnect") and not self._initialized:
                    raise RequestError(f"{command}: initialize comes first")
                else:
                    own(message)
            except RequestError as error:
                self._connection.refuse(message, str(error))

    # what the adapter answers itself

    def _initialize(self, request: Mapping[str, Any]) -> None:
        given = Fields(request.get("arguments"), "initialize")
        if self._initialized:
            raise RequestError("initialize: it was done already")
        for base in ("linesStartAt1", "columnsStartAt1"):
            if not given.flag(base, True):
                raise RequestError(f"initialize: {base} is true here")
        if given.text("pathFormat", "path") != "path":
            raise RequestError("initialize: pathFormat is 'path' here")
        self._initialized = True
        self._connection.respond(request, CAPABILITIES)

    def _start(self, request: Mapping[str, Any]) -> None:
        if self._process is not None:
            raise RequestError("launch: a program was started already; restart starts it anew")
        given = request.get("arguments")
        if self._token:
            said = Fields(given, "launch").text("token", "")
            # Both may have halves of characters, which UTF-8 has not.
            if not hmac.compare_digest(*(x.encode("utf-8", "surrogatepass") for x in (said, self._token))):
                raise RequestError(
                    "launch: the token is missing or another one; it is what stepgrad dap --port has printed"
                )
        chosen = Configuration.read(given)
        assert isinstance(given, Mapping)
        self._launch = {name: x for name, x in given.items() if name != "token"}
        self._begin(chosen)
        self._connection.respond(request)

    def _begin(self, chosen: Configuration) -> None:
        try:
            self._process = Process(
                self._command, chosen, self._launch, self._on_message, self._on_output, self._on_end
            )
        except OSError as error:
            raise RequestError(f"launch: the program cannot be started: {error.strerror or error}") from None
        what = chosen.program or chosen.target or chosen.expression
        self._connection.event(
            "process",
            {"name": what, "systemProcessId": self._process.id, "isLocalProcess": True, "startMethod": "launch"},
        )

    def _attach(self, request: Mapping[str, Any]) -> None:
        raise RequestError("attach: a program that runs already has recorded no lines; use launch")

    def _restart(self, request: Mapping[str, Any]) -> None:
        if self._process is None:
            raise RequestError("restart: nothing was started; use launch")
        given = Fields(request.get("arguments"), "restart").table("arguments")
        launch = {
            **self._launch,
            **{name: x for name, x in given.items() if not name.startswith("__") and name != "token"},
        }
        chosen = Configuration.read(launch)
        old, self._process, self._launch = self._process, None, launch
        self._lock.release()
        try:
            # It tells of its end, for which it needs the lock.
            old.end()
            old.wait()
        finally:
            self._lock.acquire()
        self._refuse_open("the program was started anew")
        self._begin(chosen)
        self._connection.respond(request)

    def _terminate(self, request: Mapping[str, Any]) -> None:
        if self._process is None:
            raise RequestError("terminate: no program runs")
        self._process.interrupt()
        self._connection.respond(request)

    def _disconnect(self, request: Mapping[str, Any]) -> None:
        self._over = True
        process, self._process = self._process, None
        if process is not None:
            process.end()
        self._connection.respond(request)

    # what the program answers

    def _hand_on(self, request: Mapping[str, Any]) -> None:
        command = command_of(request)
        if self._process is None:
            first = "launch" if self._initialized else "initialize"
            raise RequestError(
                f"{command[:60] or 'a request without a command'}: {first} comes first, or the program has ended"
            )
        if len(self._open) >= MAX_OPEN:
            raise RequestError(f"{command[:60]}: {MAX_OPEN:,} requests are unanswered already")
        if command in SETTING:
            self._settings[_key(request)] = request
        if command == "configurationDone":
            self._configured = True
        self._ask(request, request)

    def _ask(self, request: Mapping[str, Any], asked_by: Mapping[str, Any] | None) -> None:
        assert self._process is not None
        number = self._process.ask(command_of(request), request.get("arguments"))
        self._open[number] = asked_by

    def _on_message(self, message: dict[str, Any]) -> None:
        with self._lock:
            if message.get("type") == "response":
                asked = self._open.pop(message.get("request_seq", 0), None)
                if asked is not None:
                    self._connection.send({**message, "request_seq": number_of(asked)})
                return
            if message.get("event") == "initialized" and self._configured:
                # Started anew: the editor has set its breakpoints before.
                for request in self._settings.values():
                    self._ask(request, None)
                self._ask({"command": "configurationDone"}, None)
                return
            self._connection.send(message)

    def _on_output(self, text: str, category: str) -> None:
        self._connection.output(text, category)

    def _on_end(self, code: int) -> None:
        with self._lock:
            if self._process is None:
                # Of a program that was started anew, or whose editor has left.
                return
            self._process = None
            self._refuse_open("the program has ended")
            self._connection.event("exited", {"exitCode": code if code >= 0 else 128 - code})
            self._connection.event("terminated")

    def _refuse_open(self, why: str) -> None:
        for request in self._open.values():
            if request is not None:
                self._connection.refuse(request, f"{command_of(request)}: {why}")
        self._open.clear()


def _key(request: Mapping[str, Any]) -> str:
    """What a request to set breakpoints replaces."""
    given = request.get("arguments")
    source = given.get("source") if isinstance(given, Mapping) else None
    return f"{command_of(request)} {source.get('path') if isinstance(source, Mapping) else ''}"
