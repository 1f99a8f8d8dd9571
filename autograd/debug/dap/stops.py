"""`Stop`: a breakpoint of the editor's, and at which events of a pass it stops, forward and back."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from os.path import basename
from typing import Any

from autograd.debug.dap.hits import HitCondition
from autograd.debug.dap.logpoint import LogMessage
from autograd.debug.dap.view import View
from autograd.debug.errors import DebugError

# Names of a function, as patterns: what they stop at, and what is a part of them.
KINDS = ("op", "module", "name")


@dataclass(eq=False)
class Stop:
    """What the editor asked for; every pass is searched for it anew.

    Attributes
    ----------
    id : int
        The editor's handle.
    label : str
        For "stopped by".
    criteria : dict
        For `Session.break_at`; without a place, which `path` and `line`, or `function`, say.
    path : str or None
    line : int
    function : str or None
        A function of the user's.
    entry : bool
        Whether it stops where such events begin, and not at each: a line is arrived at once, of however many operations it is.
    hits : HitCondition or None
    log : LogMessage or None
        What is told in place of stopping.
    reason : str
        What the editor is told: "breakpoint", "data breakpoint", …
    filter : str
        Of an exception breakpoint.
    refused : str
        Why it can never stop.
    total : int
        Its hits in the passes that the program has left.
    since : int
        The last pass when it was set: in that and those before, its hits are counted from 1 on.
    """

    id: int
    label: str
    criteria: dict[str, Any] = field(default_factory=dict)
    path: str | None = None
    line: int = 0
    function: str | None = None
    entry: bool = False
    hits: HitCondition | None = None
    log: LogMessage | None = None
    reason: str = "breakpoint"
    filter: str = ""
    refused: str = ""
    total: int = 0
    since: int = 0


@dataclass(frozen=True)
class Resolution:
    """What became of a stop in a pass.

    Attributes
    ----------
    stop : Stop
    key : int or None
        Of the session's breakpoint; None where it cannot stop in this pass.
    line : int
        The line on which it stops; another than asked for where that one recorded nothing.
    why : str
        Why it does not stop, or was moved.
    """

    stop: Stop
    key: int | None
    line: int = 0
    why: str = ""

    @property
    def is_set(self) -> bool:
        """Whether it can stop; at errors of the program no event does, which come between them or end them."""
        return self.key is not None or (self.stop.filter == "error" and not self.why)

    def describe(self) -> dict[str, Any]:
        """A `Breakpoint` of the protocol."""
        told: dict[str, Any] = {"id": self.stop.id, "verified": self.is_set}
        if self.stop.path is not None:
            told |= {
                "source": {"name": basename(self.stop.path), "path": self.stop.path},
                "line": self.line or self.stop.line,
            }
        if self.why:
            told["message"] = self.why
        return told | ({} if self.is_set else {"reason": "failed" if self.stop.refused else "pending"})


def resolve(view: View, stop: Stop) -> Resolution:
    """Set a breakpoint of the session for a stop, or say why there is none in this pass."""
    if stop.refused:
        return Resolution(stop, None, why=stop.refused)
    if stop.filter == "error":
        return Resolution(stop, None)
    try:
        if stop.path is not None:
            return _resolve_line(view, stop, stop.path)
        if stop.function is not None:
            return _resolve_function(view, stop, stop.function)
        return Resolution(stop, view.session.break_at(**stop.criteria))
    except DebugError as error:
        return Resolution(stop, None, why=str(error))


def _resolve_line(view: View, stop: Stop, path: str) -> Resolution:
    recorded = view.places.lines_of(path)
    called = view.callers[0].place if view.callers else None
    lines = sorted({*recorded, called.line}) if called is not None and called.path == path else recorded
    at = bisect_left(lines, stop.line)
    if at == len(lines):
        which = f"no line from {stop.line} on recorded" if lines else f"nothing of {basename(path)} recorded"
        return Resolution(stop, None, why=f"{which} an operation that the loss depends on")
    line = lines[at]
    moved = f"line {stop.line} recorded nothing: moved to the next line that did" if line != stop.line else ""
    if line not in recorded:
        # The call of backward() itself: where the backward pass begins.
        key = view.session.break_at(line=_root_line(view), phase="backward")
        return Resolution(stop, key, line, moved or "stops where the backward pass begins")
    return Resolution(stop, view.session.break_at(line=f"{basename(path)}:{line}", **stop.criteria), line, moved)


def _root_line(view: View) -> str | None:
    site = view.session.root.site
    return None if site is None else f"{basename(site.filename)}:{site.lineno}"


def _resolve_function(view: View, stop: Stop, function: str) -> Resolution:
    if view.places.events_in(function):
        return Resolution(stop, view.session.break_at(**(stop.criteria or {"name": "*"})))
    # Without a prefix an operation or a node may be meant, too.
    for kind in KINDS:
        try:
            return Resolution(stop, view.session.break_at(**{kind: function, **stop.criteria}))
        except DebugError:
            continue
    return Resolution(
        stop,
        None,
        why=f"pass {view.number} has no function, operation, module or node {function!r}, so nothing would stop there",
    )


def find_events(view: View, resolution: Resolution) -> list[int]:
    """All events of a pass that a stop fits."""
    stop, key, session = resolution.stop, resolution.key, view.session
    if key is None:
        return []
    if (
        stop.path is not None
        and view.is_called_at(stop.path, resolution.line)
        and not view.places.events_on(stop.path, resolution.line)
    ):
        return [session.forward_length + 1] if len(session) > session.forward_length else []
    candidates: Sequence[int] = range(1, len(session) + 1)
    if stop.path is not None:
        candidates = view.places.events_on(stop.path, resolution.line)
    elif stop.function is not None and (inside := view.places.events_in(stop.function)):
        candidates = inside
    return [number for number in candidates if session.is_stopping(key, number)]
