"""What commands do to a session, each telling what came of it; empty where the new position says it all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograd.debug.errors import DebugError
from autograd.debug.event import Event
from autograd.debug.session import Session
from autograd.wording.steps import describe


def step(session: Session, count: int = 1) -> str:
    was = session.position
    session.step(count)
    return "" if session.position > was else "this is the end"


def back(session: Session, count: int = 1) -> str:
    was = session.position
    session.back(count)
    return "" if session.position < was else "this is the start"


def run(session: Session) -> str:
    return _describe_stop(session, session.run(), "the end")


def reverse_run(session: Session) -> str:
    return _describe_stop(session, session.reverse_run(), "the start")


def _describe_stop(session: Session, event: Event | None, otherwise: str) -> str:
    if event is None:
        return f"{otherwise}: {'no breakpoint stopped' if session.breakpoints else 'there are no breakpoints'}"
    points = [f"breakpoint {number}, {session.breakpoints[number]}" for number in session.stopping_at(event.number)]
    return f"event {event.number}: stopped by {' and '.join(points)}"


def goto(session: Session, position: int) -> str:
    session.goto(position)
    return ""


def restart(session: Session) -> str:
    session.restart()
    return ""


def find(session: Session, text: str) -> str:
    found = next(_find_events(session, text.casefold()), None)
    if found is None:
        raise DebugError(f"no node and no operation of this session has {text!r} in its name")
    was = session.position
    session.goto(found)
    return "" if found > was else f"found {text!r} before event {was}: the search continued from the start"


def _find_events(session: Session, text: str) -> Iterator[int]:
    """The events that fit, those after the present one first."""
    earlier = []
    for event in session.events:
        op = event.node.op
        if text in event.name.casefold() or (op is not None and text in op.name.casefold()):
            if event.number > session.position:
                yield event.number
            else:
                earlier.append(event.number)
    yield from earlier


def add_breakpoint(session: Session, **where: Any) -> str:
    number = session.break_at(**where)
    return f"breakpoint {number}: {session.breakpoints[number]}"


def clear(session: Session, number: int | None = None) -> str:
    session.clear(number)
    return "all breakpoints are cleared" if number is None else f"breakpoint {number} is cleared"


def watch(session: Session, node: str) -> str:
    session.watch(node)
    return f"watching {node}"


def unwatch(session: Session, node: str) -> str:
    session.unwatch(node)
    return f"{node} is no longer watched"


def toggle_watch(session: Session, node: str) -> str:
    return (unwatch if session.is_watched(node) else watch)(session, node)


def edit(session: Session, node: str, value: Any) -> str:
    session.edit(node, value)
    return f"{node} is {describe(session.edits[session.find(node)])}; all that depends on it was replayed"


def restore(session: Session, node: str | None = None) -> str:
    session.restore(node)
    return "all edits are taken back" if node is None else f"the edit of {node} is taken back"


def inspect(session: Session, node: str) -> str:
    return session.inspect(node)


def explain(session: Session, node: str | None = None) -> str:
    event = session.event
    if node is None and event is None:
        raise DebugError("nothing has happened yet: name the node to explain")
    return session.explain(event.node if node is None and event is not None else node or "")
