"""What a session says of one node in words: its numbers, and how its value and its gradient came about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograd.debug.event import Event
from autograd.debug.replay import Replay
from autograd.debug.tape import Tape
from autograd.graph.node import Node
from autograd.wording.numbers import describe_in_full
from autograd.wording.steps import describe, to_line


def inspect_node(replay: Replay, tape: Tape, found: Node) -> str:
    """A node's numbers at this moment; see `Session.inspect`."""
    name, value, gradient = replay.name(found), replay.value(found), replay.gradient(found)
    if value is None:
        lines = [f"{name} is not computed yet: event {tape.computed[found]} will"]
    else:
        lines = [f"{name}{' = ' if value.__class__ is float else ': '}{describe_in_full(value)}"]
    if not found.requires_grad:
        lines.append("it requires no gradient")
    elif gradient is None:
        lines.append("no gradient has arrived yet")
    else:
        lines.append(f"gradient{' = ' if gradient.__class__ is float else ': '}{describe_in_full(gradient)}")
    return "\n".join(map(to_line, "\n".join(lines).split("\n")))


def explain_gradient(replay: Replay, tape: Tape, found: Node) -> str:
    """How a node's value and its gradient came about; see `Session.explain`."""
    name, lines = tape.names[found], []
    number = tape.computed.get(found)
    if number is None:
        lines.append(
            f"{name} = {describe(tape.values[found])}, a leaf{'' if found.requires_grad else ' without gradient'}"
        )
    elif number > replay.position:
        lines.append(f"{name} is not computed yet: event {number} will")
    else:
        lines.append(Event(tape, number).equation)
    if found in replay.edits:
        lines[-1] += f" (edited; recorded was {describe(tape.recorded[found])})"
    if found.site is not None:
        lines.append(f"recorded at {found.site}")
    if not found.requires_grad:
        return "\n".join(map(to_line, lines))
    came, coming = [], []
    for event, sent in _contributions(tape, found):
        if event.number <= replay.position:
            came.append(f"  {describe(sent.contribution)} from {event.name}: {event.calculation(sent)}")
        else:
            coming.append(event.name)
    gradient = replay.gradient(found)
    if found is replay.root and gradient is not None:
        came.insert(0, f"  {describe(gradient)}: the pass begins here")
    elif _was_hooked(tape, found, replay.position):
        came.append(f"  {describe(gradient)} by its hooks")
    if gradient is None:
        lines.append("no gradient has arrived yet")
    else:
        lines += [f"its gradient is {describe(gradient)}{' so far' if coming else ''}:", *came]
    if coming:
        lines.append(f"still to come: {', '.join(dict.fromkeys(coming))}")
    return "\n".join(map(to_line, lines))


def _was_hooked(tape: Tape, node: Node, position: int) -> bool:
    """Whether hooks had the node's gradient by now: then it changed once more as it was complete."""
    arrivals = tape.arrivals.get(node, ())
    return any(number <= position and Event(tape, number).node is node for number, _ in arrivals)


def _contributions(tape: Tape, node: Node) -> Iterator[tuple[Event, Any]]:
    for number in dict.fromkeys(number for number, _ in tape.arrivals.get(node, ())):
        event = Event(tape, number)
        for sent in event.sent:
            if sent.parent is node:
                yield event, sent
