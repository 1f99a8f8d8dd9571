"""`Looking`: the requests that look at the pass where it stands: stack, scopes, variables, targets, sources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.debug.dap.fields import Fields, RequestError
from autograd.debug.dap.inline import inline_values
from autograd.debug.dap.places import real_path, recorded_lines
from autograd.debug.dap.scopes import Scopes
from autograd.debug.dap.sources import Sources, list_modules
from autograd.debug.dap.stack import Frame, format_error, frames_of, frames_of_error, summarise_error
from autograd.debug.dap.state import State
from autograd.debug.dap.variables import Variables
from autograd.debug.dap.view import View
from autograd.debug.phrases import to_short_line

MAX_TARGETS = 50


class Looking:
    """What is told of a halt; nothing here moves.

    Parameters
    ----------
    state : State

    Attributes
    ----------
    variables : Variables
        Those that the editor was told of in this halt.
    sources : Sources
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self.variables, self.sources = Variables(), Sources(state.travel.views)
        self.answers: dict[str, Callable[[Fields], dict[str, Any]]] = {
            "stackTrace": self._stack_trace,
            "scopes": self._scopes,
            "variables": self._variables,
            "stepInTargets": self._step_in_targets,
            "gotoTargets": self._goto_targets,
            "breakpointLocations": self._breakpoint_locations,
            "exceptionInfo": self._exception_info,
            "source": self._source,
            "loadedSources": self._loaded_sources,
            "modules": self._modules,
            "stepgrad/inlineValues": self._inline_values,
            "stepgrad/page": self._page,
            "stepgrad/where": self._where,
        }

    # the stack

    def frames(self) -> list[Frame]:
        """The stack of this halt."""
        failure = self._state.failure
        if self._state.at_failure and failure is not None:
            return frames_of_error(failure, self._state.configuration.just_my_code)
        return frames_of(self._state.need_view("stackTrace"))

    def _stack_trace(self, given: Fields) -> dict[str, Any]:
        self._state.need_halt("stackTrace")
        frames = self.frames()
        start, levels = given.whole("startFrame", 0, 0), given.whole("levels", 0, 0) or len(frames)
        shown = list(enumerate(frames, 1))[start : start + levels]
        return {"stackFrames": [self._frame(number, frame) for number, frame in shown], "totalFrames": len(frames)}

    def _frame(self, number: int, frame: Frame) -> dict[str, Any]:
        told = {"id": number, "name": to_short_line(frame.name), "line": frame.line, "column": 1}
        if frame.place is not None:
            return told | {"source": self.sources.of_path(frame.place.path)}
        view = self._state.view
        return told if view is None else told | {"source": self.sources.of_pass(view)}

    def frame_number(self, given: Fields, name: str = "frameId") -> int:
        """Which function of the stack is meant, the innermost is 0.

        Raises
        ------
        RequestError
        """
        number = given.whole(name, 0, 1)
        if not 1 <= number <= len(self.frames()):
            raise RequestError(f"there is no frame {number}: they hold until the next step")
        return number - 1

    # variables

    def scopes(self, view: View) -> Scopes:
        """What there is to look at."""

        return Scopes(view, lambda: self._state.tell_edit(view))

    def _scopes(self, given: Fields) -> dict[str, Any]:
        self._state.need_halt("scopes")
        frame = self.frame_number(given)
        if self._state.at_failure:
            return {"scopes": []}
        scopes = self.scopes(self._state.need_view("scopes")).of_frame(frame)
        return {
            "scopes": [
                {
                    "name": scope.name,
                    "variablesReference": self.variables.reference(scope),
                    "expensive": False,
                    **({"presentationHint": "locals"} if scope.name == "Names" else {}),
                }
                for scope in scopes
            ]
        }

    def _variables(self, given: Fields) -> dict[str, Any]:
        self._state.need_halt("variables")
        which = given.text("filter", None)
        if which not in (None, "named", "indexed"):
            raise RequestError(f"variables: filter is 'named' or 'indexed', not {which[:40]!r}")
        reference, start, count = (
            given.whole("variablesReference", 0),
            given.whole("start", 0, 0),
            given.whole("count", 0, 0),
        )
        return {"variables": self.variables.list(reference, which, start, count)}

    # targets

    def _step_in_targets(self, given: Fields) -> dict[str, Any]:
        """The operands: in the forward pass where they were computed, in the backward pass where their gradient is complete."""
        view = self._state.need_view("stepInTargets")
        self.frame_number(given)
        event = view.session.event
        if event is None:
            return {"targets": []}
        found: dict[int, str] = {}
        for parent in dict.fromkeys(event.node.parents):
            number = view.number_of(parent, event.phase)
            if number is not None:
                found[number] = to_short_line(f"{view.session.name(parent)}: event {number}, {event.phase}")
        return {"targets": [{"id": number, "label": label} for number, label in list(found.items())[:MAX_TARGETS]]}

    def _goto_targets(self, given: Fields) -> dict[str, Any]:
        view = self._state.need_view("gotoTargets")
        path, line = real_path(given.part("source").text("path", "")), given.whole("line", 0)
        events = [view.session.event_at(number) for number in view.places.events_on(path, line)[:MAX_TARGETS]]
        return {
            "targets": [
                {
                    "id": event.number,
                    "label": to_short_line(f"{event.number} {event.phase}: {event.headline}"),
                    "line": line,
                }
                for event in events
            ]
        }

    def _breakpoint_locations(self, given: Fields) -> dict[str, Any]:
        first = given.whole("line", 0)
        last = given.whole("endLine", 0, first)
        path = real_path(given.part("source").text("path", ""))
        sessions = [view.session for view in self._state.travel.views.values()]
        recorded = recorded_lines(sessions, self._state.configuration.just_my_code)
        lines = sorted(line for file, line in recorded if file == path and first <= line <= last)
        return {"breakpoints": [{"line": line} for line in lines]}

    def _exception_info(self, given: Fields) -> dict[str, Any]:
        self._state.need_halt("exceptionInfo")
        halted, failure = self._state.halted, self._state.failure
        if halted is None or halted.reason != "exception":
            raise RequestError("exceptionInfo: it did not stop at an exception")
        told: dict[str, Any] = {
            "exceptionId": halted.exception,
            "description": halted.said,
            "breakMode": "unhandled" if failure is not None else "always",
        }
        if self._state.at_failure and failure is not None:
            details = {
                "message": summarise_error(failure).partition(": ")[2],
                "typeName": type(failure).__name__,
                "stackTrace": format_error(failure),
            }
            return told | {"exceptionId": type(failure).__name__, "details": details}
        return told

    # sources

    def _source(self, given: Fields) -> dict[str, Any]:
        reference = given.part("source").whole("sourceReference", 0, 0) or given.whole("sourceReference", 0, 0)
        return {"content": self.sources.text(reference), "mimeType": "text/plain"}

    def _loaded_sources(self, given: Fields) -> dict[str, Any]:
        return {"sources": self.sources.list_loaded(self._state.configuration.just_my_code)}

    def _modules(self, given: Fields) -> dict[str, Any]:
        modules = list_modules()
        start, count = given.whole("startModule", 0, 0), given.whole("moduleCount", 0, 0) or len(modules)
        return {"modules": modules[start : start + count], "totalModules": len(modules)}

    # requests of our own, for extensions

    def _inline_values(self, given: Fields) -> dict[str, Any]:
        view = self._state.need_view("stepgrad/inlineValues")
        first, last = given.whole("startLine", 0, 0), given.whole("endLine", 0, 2**31)
        values = inline_values(view, real_path(given.text("path")))
        return {"values": [{"line": line, "text": text} for line, text in values if first <= line <= last]}

    def _page(self, given: Fields) -> dict[str, Any]:
        view = self._state.need_view("stepgrad/page")
        return {"html": view.session.page(f"pass {view.number}"), **self._where(given)}

    def _where(self, given: Fields) -> dict[str, Any]:
        """Where it stands, and which passes are kept."""
        view = self._state.need_view("stepgrad/where")
        session = view.session
        return {
            "pass": view.number,
            "passes": [one.number for one in self._state.timeline.passes],
            "position": session.position,
            "length": len(session),
            "forward": session.forward_length,
            "edited": view.edited,
            "title": view.title,
            "text": "the start" if session.event is None else str(session.event),
        }
