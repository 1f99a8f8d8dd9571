"""What the console, a watch or a hover asks, and what completes it: names and conditions, and the session's commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograd.debug.commands import LEAVING, NUMBER_CRITERIA, TEXT_CRITERIA, USAGES, Command, parse, perform
from autograd.debug.dap.lookup import EVENT_WORDS, describe_node, look_up
from autograd.debug.dap.names import user_names
from autograd.debug.dap.scopes import Scopes
from autograd.debug.dap.variables import Variable, number_variable
from autograd.debug.dap.view import View
from autograd.debug.errors import DebugError
from autograd.debug.timeline import Timeline
from autograd.graph.node import Node
from autograd.wording.numbers import describe_in_full
from autograd.wording.steps import describe

# Of the commands those after which the session is elsewhere, or the program goes on.
MOVING = {"step", "back", "run", "reverse_run", "goto", "restart", "find"}
# What the console has beside the session's commands.
OWN_COMMANDS = {
    "pass": "pass [N]: which passes are kept, or go to pass N",
    "history": "history NAME: its value and gradient in each pass that is kept",
}
WORDS = {word for usage in USAGES for word in usage.words if word not in ("next", "finish", "stop", "quit")}
MAX_COMPLETIONS = 200


def read_command(text: str) -> Command | None:
    """The command that a line of the console is; None where its first word is none."""
    words = text.split(None, 1)
    known = {word for usage in USAGES for word in usage.words}
    return parse(text) if words and words[0] in known else None


def answer(view: View, scopes: Scopes, text: str, frame: int, context: str) -> Variable:
    """What a name, a part of a node or a condition is at this moment.

    Raises
    ------
    DebugError
        Where the text is none of these.
    """
    found = look_up(view, text, frame)
    if found.number is not None:
        line = number_variable(text, found.number, path=text)
        if context == "clipboard":
            return Variable(text, describe_in_full(found.number))
        return line
    if found.node is not None and found.text == describe_node(view, found.node):
        return scopes.node(text, found.node)
    return Variable(text, found.text)


def do_command(view: View, command: Command) -> str:
    """Do what a command of the session's says, and tell what came of it."""
    if command.action in LEAVING:
        raise DebugError(f"{command.action}: use the editor's own buttons")
    if command.action == "help":
        return "\n".join([perform(view.session, command), *OWN_COMMANDS.values()])
    return perform(view.session, command)


def tell_history(timeline: Timeline, name: str) -> str:
    """A line for each pass that is kept."""
    return "\n".join(
        f"pass {number}: {describe(value)}, {'no gradient' if gradient is None else f'gradient {describe(gradient)}'}"
        for number, value, gradient in timeline.history(name)
    )


def complete(view: View | None, text: str, column: int, frame: int = 0) -> list[dict[str, Any]]:
    """What the word at a column may become.

    Parameters
    ----------
    view : View or None
    text : str
    column : int
        From 1 on, as the protocol counts.
    frame : int
        Whose variables are offered.

    Examples
    --------
    >>> [one["label"] for one in complete(None, "rev", 4)]
    ['reverse_run']
    """
    before = text[: max(column - 1, 0)]
    start = max(before.rfind(" "), before.rfind("("), before.rfind("=")) + 1
    begun = before[start:]
    offered: dict[str, str] = {}
    if start == 0:
        offered |= dict.fromkeys([*sorted(WORDS), *OWN_COMMANDS], "keyword")
    if before.startswith("break "):
        offered |= dict.fromkeys([f"{key}=" for key in TEXT_CRITERIA + NUMBER_CRITERIA] + ["not_finite"], "property")
    if view is not None:
        offered |= dict.fromkeys(EVENT_WORDS, "value")
        held: Mapping[str, Any] = user_names(view, frame)
        offered |= dict.fromkeys([name for name, x in held.items() if isinstance(x, Node)], "variable")
        offered |= dict.fromkeys(map(view.session.name, view.named_nodes), "variable")
        if begun.endswith("."):
            offered |= {f"{begun}grad": "property", f"{begun}value": "property"}
    return [
        {"label": word, "type": kind, "start": start, "length": len(begun)}
        for word, kind in offered.items()
        if word.startswith(begun) and word != begun
    ][:MAX_COMPLETIONS]
