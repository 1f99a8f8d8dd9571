"""`Requests`: what the child answers to each request about the program, and what it does for those that move."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from autograd.debug.dap import setting
from autograd.debug.dap.console import Console
from autograd.debug.dap.fields import Fields, RequestError
from autograd.debug.dap.looking import Looking
from autograd.debug.dap.stack import format_error, summarise_error
from autograd.debug.dap.state import THREAD, State
from autograd.debug.dap.stops import Stop
from autograd.debug.dap.travel import Halt, Order
from autograd.debug.dap.view import View
from autograd.debug.dap.wire import command_of

MOVES = {
    "continue": "continue",
    "reverseContinue": "reverse",
    "next": "line",
    "stepIn": "event",
    "stepOut": "out",
    "stepBack": "back",
}


class Requests:
    """Answers requests, and moves.

    Parameters
    ----------
    state : State
    """

    def __init__(self, state: State) -> None:
        self._state, self._connection = state, state.connection
        self.table, self.travel = state.table, state.travel
        self.looking = Looking(state)
        self.console = Console(state, self.looking)
        self._answers: dict[str, Callable[[Fields], dict[str, Any] | Order | None]] = {
            "threads": lambda _: {"threads": [{"id": THREAD, "name": "backward pass"}]},
            "setBreakpoints": self._set_lines,
            "setFunctionBreakpoints": lambda given: self._set(
                "functions", setting.read_function_stops(given, self.table.next_id)
            ),
            "setDataBreakpoints": lambda given: self._set("data", setting.read_data_stops(given, self.table.next_id)),
            "setExceptionBreakpoints": lambda given: self._set(
                "exceptions", setting.read_exception_stops(given, self.table.next_id)
            ),
            "goto": self._goto,
            "stepgrad/pass": self._change_pass,
            **self.looking.answers,
            **self.console.answers,
        }

    @property
    def commands(self) -> set[str]:
        """What is answered."""
        return {*self._answers, *MOVES}

    # answering

    def answer(self, request: Mapping[str, Any]) -> Order | None:
        """Answer a request; gives the move that it asks for, if it does.

        Raises
        ------
        RequestError, AutogradError
            Where it cannot be done; nothing has been answered then.
        """
        command = command_of(request)
        if command not in self.commands:
            raise RequestError(f"there is no request {command[:60]!r}")
        given = Fields(request.get("arguments"), command)
        if command in MOVES:
            order = self._read_move(command, given)
            self._connection.respond(request, {"allThreadsContinued": True} if command == "continue" else None)
            return order
        body = self._answers[command](given)
        if isinstance(body, Order):
            self._connection.respond(request)
            return body
        self._connection.respond(request, body)
        return self.console.take_order()

    def _read_move(self, command: str, given: Fields) -> Order:
        self._state.need_halt(command)
        granularity = given.text("granularity", "statement")
        target = given.whole("targetId", 1, 0)
        if command == "stepIn" and target:
            return Order("goto", target)
        if command == "next" and granularity == "instruction":
            return Order("event")
        if command == "stepBack" and granularity == "line":
            return Order("back_line")
        return Order(MOVES[command])

    def _goto(self, given: Fields) -> Order:
        self._state.need_view("goto")
        return Order("goto", given.whole("targetId", 0))

    def _change_pass(self, given: Fields) -> Order:
        """A request of ours: to the pass before, the next one, or one by its number."""
        self._state.need_view("stepgrad/pass")
        by = str(given.whole("number", 1)) if "number" in given else given.text("direction")
        return Order("pass", self._state.pass_number(by))

    # breakpoints

    def _set_lines(self, given: Fields) -> dict[str, Any]:
        path, stops = setting.read_line_stops(given, self.table.next_id)
        return self._set(f"lines of {path}", stops)

    def _set(self, group: str, stops: list[Stop]) -> dict[str, Any]:
        views = list(self.travel.views.values())
        return {"breakpoints": self.table.replace(group, stops, views, self.travel.view if views else None)}

    # what the thread that runs the program calls, one at a time with the above

    def enter(self, view: View, stops_here: bool) -> Halt | None:
        """Begin with a pass; gives where to halt in it, or None to let the program go on."""
        travel = self.travel
        travel.add(view)
        for told in self.table.enter(view):
            self._connection.event("breakpoint", {"reason": "changed", "breakpoint": told})
        arriving, travel.arriving = travel.arriving, None
        if arriving is not None:
            view.session.goto(min(arriving, len(view.session)))
            return Halt("step", view.title)
        if self._state.pausing:
            return Halt("pause", view.title)
        if stops_here:
            return Halt("entry", view.title)
        return self.move(Order("continue"))

    def move(self, order: Order) -> Halt | None:
        """Move; gives where it halts, or None where the program has to go on for it."""
        if not self.travel.timeline.passes:
            return None
        if self._state.at_failure:
            return self._leave_failure(order)
        halt = self.travel.move(order)
        return halt if halt is not None or order.kind == "finish" else self.travel.end_with_error()

    def _leave_failure(self, order: Order) -> Halt | None:
        """From the error that ended the program: forward is nothing, and back is what it did last."""
        if order.kind not in ("reverse", "back", "back_line", "goto", "pass", "halt"):
            return None
        self._state.at_failure = False
        if order.kind in ("back", "back_line"):
            return Halt("step", self.travel.view.title)
        return self.travel.move(order)

    def leave(self) -> None:
        """The program goes on after this pass."""
        if self.travel.views:
            self.table.leave(self.travel.view)

    def fail(self, error: BaseException) -> Halt | None:
        """The program has raised an error that nothing catches."""
        self._state.failure, self._state.at_failure = error, True
        self._connection.output(format_error(error), "stderr")
        if not any(stop.filter == "error" for stop in self.table):
            return None
        if self.travel.views:
            session = self.travel.view.session
            session.goto(len(session))
        return Halt("exception", summarise_error(error), exception="error")

    def halt(self, halt: Halt) -> None:
        """Tell the editor that the program stands still."""
        self._state.pausing = False
        self._state.halted = halt
        self._state.halts += 1
        self.looking.variables.clear()
        body: dict[str, Any] = {
            "reason": halt.reason,
            "description": halt.said,
            "threadId": THREAD,
            "allThreadsStopped": True,
            "hitBreakpointIds": list(halt.stops),
        }
        if halt.reason in ("exception", "entry"):
            body["text"] = halt.said
        self._connection.event("stopped", body)
