"""What the screen says of an event: one line of the tape, the heading, the calculation in the pieces that a line may break at."""

from __future__ import annotations

import re

from autograd.debug.event import Event, Sending
from autograd.debug.letters import Piece
from autograd.debug.session import Session
from autograd.graph.node import Const, Node
from autograd.wording.steps import describe, to_line

# What is cut off of a text, and of the operands of an operation that has very many.
MAX_LENGTH, MAX_OPERANDS = 1000, 30
# What a node without a name is called.
NUMBERED_NAME = re.compile(r"v\d+")


def to_short_line(text: str) -> str:
    """A text on one line, cut off where it is very long.

    Examples
    --------
    >>> print(to_short_line("a\\nb\\x1b[31m"))
    a\\nb\\x1b[31m
    """
    return to_line(text if len(text) <= MAX_LENGTH else f"{text[:MAX_LENGTH]}…")


def describe_event(event: Event | None) -> str:
    """What an event is: its number, its node and operation, and the module."""
    if event is None:
        return "the start"
    node = event.node
    parts = [
        f"{event.number} {event.phase}",
        to_short_line(event.name),
        "input" if node.op is None else to_short_line(node.op.name),
    ]
    return " · ".join([*parts, to_short_line(node.scope)] if node.scope else parts)


def split_equation(event: Event) -> list[Piece]:
    """The equation of an event of the forward pass, in the pieces between its equals signs."""
    name, (first, *others) = to_short_line(event.name), map(to_short_line, event.formulas)
    last = f"{':' if event.of_arrays else '='} {describe(event.value)}"
    return [(f"{name} = {first}", ""), *((f"= {text}", "") for text in others), (last, "value")]


def board_paragraphs(session: Session) -> list[list[Piece]]:
    """The present event for the board."""
    event = session.event
    if event is None:
        forward = session.forward_length
        return [[("start", "")], [(f"{forward} forward", "")], [(f"{len(session) - forward} backward", "")]]
    if event.phase == "forward":
        return [split_equation(event)]
    found = [[(f"grad {to_short_line(event.name)}", ""), (f"= {describe(event.upstream)}", "gradient")]]
    for sent in event.sent[:MAX_OPERANDS]:
        name = to_short_line(sent.name)
        if sent.local is None:
            found.append(
                [(f"{name}:", ""), (to_short_line(sent.formula), ""), (describe(sent.contribution), "gradient")]
            )
        else:
            first, *others, last = to_short_line(event.calculation(sent)).split(" = ")
            found.append([(f"{name}: {first}", ""), *((f"= {part}", "") for part in others), (f"= {last}", "gradient")])
        if sent.before is not None:
            found.append([(describe_addition(sent), "gradient")])
    return found


def describe_addition(sent: Sending) -> str:
    """The gradient of an operand before and after a contribution."""
    name, total = to_short_line(sent.name), describe(sent.total)
    if sent.before is None:
        return f"{name} has {total}"
    if sent.local is None:
        return f"{name} has {total}, with what came before"
    contribution = describe(sent.contribution)
    added = f"({contribution})" if contribution.startswith("-") else contribution
    return f"{name} has {describe(sent.before)} + {added} = {total}"


def explain_ending(event: Event) -> str:
    """Why an event sends nothing on."""
    if event.node.op is None:
        return "an input: its gradient is complete; x shows where it came from"
    return "nothing is sent on: no operand requires a gradient"


def summarise(session: Session, event: Event) -> str:
    """An event on a line of the tape."""
    if event.phase == "forward":
        return event.equation
    to = [parent for parent in event.node.parents[:MAX_OPERANDS] if parent.requires_grad]
    names = ", ".join(session.name(parent) for parent in to)
    return f"grad {event.name} = {describe(event.upstream)}{f' → {names}' if names else ''}"


def named_nodes(session: Session) -> list[Node]:
    """What is shown where nothing is watched: the nodes that the program has names for, inputs first; else the inputs."""
    nodes = [node for node in session.nodes if not isinstance(node, Const)]
    named = [node for node in nodes if node.name or not NUMBERED_NAME.fullmatch(session.name(node))]
    return sorted(named, key=lambda node: node.op is not None) or [node for node in nodes if node.op is None]
