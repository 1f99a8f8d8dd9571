"""The scopes of a line of the stack: this step, the user's names, the graph's, and the watches, as variables."""

from __future__ import annotations

import numbers
import shlex
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np

from autograd.debug.commands import parse
from autograd.debug.dap.lookup import describe_node
from autograd.debug.dap.names import user_names
from autograd.debug.dap.stack import summarise_error
from autograd.debug.dap.variables import MAX_LINES, Editing, Variable, number_variable
from autograd.debug.dap.view import View
from autograd.debug.errors import DebugError
from autograd.debug.event import Event, Sending
from autograd.debug.phrases import describe_addition, explain_ending, to_short_line
from autograd.graph.node import Const, Node
from autograd.wording.steps import describe

# Parameters of a module, and elements of a list, that are looked at.
MAX_PARTS = 200


class Scopes:
    """What there is to look at in a view.

    Parameters
    ----------
    view : View
    edited : callable
        Called after an edit.
    """

    def __init__(self, view: View, edited: Callable[[], None]) -> None:
        self._view, self._edited = view, edited

    def of_frame(self, frame: int) -> list[Variable]:
        """The scopes of a line of the stack."""
        session = self._view.session
        scopes = [
            Variable("Names", "", children=lambda: self._names(frame)),
            Variable("Graph", "", children=self._graph),
            Variable("Watches", "", children=lambda: [self.node(session.name(node), node) for node in session.watches]),
        ]
        return [Variable("This step", "", children=self._step), *scopes] if frame == 0 else scopes

    # this step

    def _step(self) -> list[Variable]:
        session, event = self._view.session, self._view.session.event
        where = Variable("event", self._view.title)
        if event is None:
            forward = session.forward_length
            return [where, Variable("to come", f"{forward} events forward, {len(session) - forward} backward")]
        lines = [where, self.node(event.name, event.node)]
        if event.phase == "forward":
            lines.append(Variable("equation", to_short_line(event.equation)))
            return lines + [
                self.node(f"operand {name}", parent)
                for (name, _), parent in zip(event.inputs[:MAX_PARTS], event.node.parents, strict=False)
            ]
        lines.append(number_variable("upstream", event.upstream))
        if not event.sent:
            lines.append(Variable("ends here", explain_ending(event)))
        return lines + [self._sent(event, sent) for sent in event.sent]

    def _sent(self, event: Event, sent: Sending) -> Variable:
        def parts() -> list[Variable]:
            lines = [Variable("formula", to_short_line(sent.formula))]
            if sent.local is not None:
                lines.append(number_variable("local derivative", sent.local))
            return [
                *lines,
                number_variable("contribution", sent.contribution),
                number_variable("before", sent.before),
                number_variable("sum so far", sent.total),
                Variable("addition", describe_addition(sent)),
                self.node(sent.name, sent.parent),
            ]

        said = event.calculation(sent)
        added = "" if sent.before is None else f"; {describe_addition(sent)}"
        return Variable(f"to {sent.name}", to_short_line(f"{said}{added}"), "contribution", parts, path=sent.name)

    # nodes

    def _graph(self) -> list[Variable]:
        nodes = self._view.named_nodes
        lines = [self.node(self._view.session.name(node), node) for node in nodes[: MAX_LINES - 1]]
        if len(nodes) > len(lines):
            lines.append(Variable("…", f"{len(nodes) - len(lines):,} nodes more: write a name in the console"))
        return lines

    def node(self, name: str, node: Node) -> Variable:
        """A node as a line: its value and its gradient, and below them all that is known of it."""
        session = self._view.session
        own = session.name(node)
        value = session.value(node)
        return Variable(
            name,
            to_short_line(describe_node(self._view, node)),
            type(node).__name__,
            lambda: self._parts(node),
            path="" if node.__class__ is Const else own,
            edit=None if value is None else self._editor(node),
        )

    def _parts(self, node: Node) -> list[Variable]:
        session = self._view.session
        own, value = session.name(node), session.value(node)
        editing = Editing(lambda: session.value(node), lambda x: self._edit(node, x), _read_value)
        lines = [
            number_variable("value", value, path=f"{own}.value", editing=editing),
            number_variable("gradient", session.gradient(node), path=f"{own}.grad"),
            Variable("requires_grad", "true" if node.requires_grad else "false"),
            Variable("made by", "no operation, it is a leaf" if node.op is None else node.op.name),
        ]
        if node.scope:
            lines.append(Variable("module", to_short_line(node.scope)))
        if node.site is not None:
            lines.append(Variable("recorded at", to_short_line(str(node.site))))
        if node in session.edits:
            lines.append(Variable("edited", "true"))
        operands = dict.fromkeys(node.parents)
        return lines + [self.node(f"operand {session.name(parent)}", parent) for parent in list(operands)[:MAX_PARTS]]

    def _editor(self, node: Node) -> Callable[[str], None]:
        return lambda text: self._edit(node, _read_value(text))

    def _edit(self, node: Node, x: Any) -> None:
        self._view.session.edit(node, x)
        self._edited()

    # names

    def _names(self, frame: int) -> list[Variable]:
        held = user_names(self._view, frame)
        return [
            line
            # Not isinstance, which asks the object, too.
            for name, x in sorted(dict(held).items(), key=lambda item: not issubclass(type(item[1]), Node))
            if not (name.startswith("__") and name.endswith("__")) and (line := self._held(name, x)) is not None
        ]

    def _held(self, name: str, x: Any, depth: int = 0) -> Variable | None:
        """A variable of the program's; functions, classes and modules are left out."""
        try:
            return self._look_at(name, x, depth)
        except BaseException as error:  # the program's own objects may do anything when they are looked at
            return Variable(name, to_short_line(f"cannot be shown: {summarise_error(error)}"), type(x).__name__)

    def _look_at(self, name: str, x: Any, depth: int) -> Variable | None:
        if isinstance(x, Node):
            try:
                return self.node(name, self._view.session.find(x))
            except DebugError:
                return Variable(name, f"{describe(x.data)} (not in the graph of this pass)", type(x).__name__)
        if x is None or isinstance(x, (bool, str)):
            return Variable(name, to_short_line(repr(x)), type(x).__name__)
        if isinstance(x, (np.ndarray, np.number, numbers.Real)):
            return number_variable(name, x) if np.asarray(x).dtype.kind in "biuf" else Variable(name, type(x).__name__)
        if type(x) in (list, tuple, dict) and depth < 3:
            return self._collection(name, x, depth)
        parameters = _parameters(x)
        if parameters:
            return Variable(
                name, f"{len(parameters)} parameters", type(x).__name__, lambda: self._all(parameters, depth)
            )
        if type(x).__name__ in ("function", "module", "type", "builtin_function_or_method", "method"):
            return None
        return Variable(name, type(x).__name__, type(x).__name__)

    def _collection(self, name: str, x: Any, depth: int) -> Variable:
        parts = list(x.items() if isinstance(x, dict) else enumerate(x))[:MAX_PARTS]
        named = {str(key)[:60]: value for key, value in parts if isinstance(key, (str, int))}
        return Variable(name, f"{len(x)} elements", type(x).__name__, lambda: self._all(named, depth))

    def _all(self, parts: Mapping[str, Any], depth: int) -> Sequence[Variable]:
        return [line for name, x in parts.items() if (line := self._held(name, x, depth + 1)) is not None]


def _read_value(text: str) -> Any:
    """As the command reads it: a number or a list, never evaluated."""
    return parse(f"edit it {shlex.quote(text)}").arguments["value"]


def _parameters(x: Any) -> dict[str, Node]:
    """The parameters of a network; this package does not know the class, whose module need not be loaded."""
    if not any((base.__module__, base.__name__) == ("nn.module", "Module") for base in type(x).__mro__):
        return {}
    return dict(islice(x.named_parameters(), MAX_PARTS))
