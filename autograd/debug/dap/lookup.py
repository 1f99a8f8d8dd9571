"""`look_up`: what a text of the user's means at this moment: a node, its gradient, something of the event, a condition."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from autograd.debug.condition import Condition
from autograd.debug.dap.names import user_names
from autograd.debug.dap.view import View
from autograd.debug.errors import DebugError
from autograd.debug.event import Event
from autograd.graph.node import Node
from autograd.wording.steps import describe

EVENT_WORDS = ("value", "grad", "upstream", "local", "phase", "name", "op", "line", "module", "event", "pass")
# What may follow a name, and what may come before it.
_ENDING = re.compile(r"(.+)\.(grad|gradient|data|value)\s*")
_BEGINNING = re.compile(r"(grad|gradient|value) of (.+)")


@dataclass(frozen=True, slots=True)
class Found:
    """What a text means.

    Attributes
    ----------
    text : str
        In words.
    number : float, array or None
        Where it is one.
    node : Node or None
        Where it is one, or something of one.
    """

    text: str
    number: Any = None
    node: Node | None = None


def look_up(view: View, text: str, frame: int = 0) -> Found:
    """Read a text such as `w`, `w.grad`, `grad of w`, `upstream` or `abs(grad) > 1`; nothing is evaluated as Python.

    Parameters
    ----------
    view : View
    text : str
    frame : int
        Which function of the stack has the variables that are meant.

    Raises
    ------
    DebugError
        Where it is none of these; the message names what is near.

    Examples
    --------
    >>> from autograd.debug import Session
    >>> from autograd.examples import chain_rule
    >>> session = Session(chain_rule().root)
    >>> view = View(session, 1)
    >>> session.goto(5)
    <Event 5, backward: c has gradient 2>
    >>> [look_up(view, text).text for text in ("b", "grad of b", "upstream", "abs(grad) > 1", "phase")]
    ['1, gradient 2', '2', '2', 'true', 'backward']
    """
    text = text.strip()
    node = find_node(view, text, frame)
    if node is not None:
        return Found(describe_node(view, node), None, node)
    for pattern, name, part in ((_ENDING, 1, 2), (_BEGINNING, 2, 1)):
        found = pattern.fullmatch(text)
        node = None if found is None else find_node(view, found[name], frame)
        if node is not None and found is not None:
            return _part_of(view, node, found[part])
    event = view.session.event
    if text in EVENT_WORDS:
        return _of_event(view, event, text)
    if re.fullmatch(r"[\w.#²]+", text):
        # One name that nothing has: the session tells what is near.
        view.session.find(text)
    condition = Condition(text)
    if event is None:
        raise DebugError("nothing has happened yet: a condition is asked about an event")
    return Found("true" if event.fits(condition) else "false")


def find_node(view: View, name: str, frame: int = 0) -> Node | None:
    """The node of that name in the session, or that a variable of that name holds."""
    try:
        return view.session.find(name)
    except DebugError:
        pass
    held = user_names(view, frame).get(name)
    try:
        return view.session.find(held) if isinstance(held, Node) else None
    except DebugError:
        return None


def describe_node(view: View, node: Node) -> str:
    """A node's value and its gradient at this moment."""
    value, gradient = view.session.value(node), view.session.gradient(node)
    told = "not computed yet" if value is None else describe(value)
    return told if gradient is None else f"{told}, gradient {describe(gradient)}"


def _part_of(view: View, node: Node, part: str) -> Found:
    session = view.session
    if part in ("grad", "gradient"):
        number = session.gradient(node)
        missing = "no gradient has arrived yet" if node.requires_grad else "it requires no gradient"
    else:
        number, missing = session.value(node), "not computed yet"
    return Found(missing if number is None else describe(number), number, node)


def _of_event(view: View, event: Event | None, word: str) -> Found:
    if word == "pass":
        return Found(str(view.number))
    if event is None:
        raise DebugError(f"nothing has happened yet, so there is no {word}")
    if word in ("value", "grad", "upstream"):
        number = event.value if word == "value" else event.upstream
        missing = "no gradient has arrived yet"
        return Found(missing if number is None else describe(number), number, event.node)
    if word == "local":
        numbers = [local for local in event.locals if local is not None]
        return Found(", ".join(map(describe, numbers)) or "no local derivative that is a number")
    places = view.places.at(event.number) if word == "line" else ()
    return Found(
        {
            "phase": event.phase,
            "name": event.name,
            "op": "input" if event.node.op is None else event.node.op.name,
            "line": str(places[0].line) if places else "no line",
            "module": event.node.scope or "no module",
            "event": str(event.number),
        }[word]
    )
