"""`Console`: the requests that carry a text of the user's: evaluate, setVariable, setExpression, completions, data breakpoints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.debug.dap.evaluation import MOVING, answer, complete, do_command, read_command, tell_history
from autograd.debug.dap.fields import Fields, RequestError
from autograd.debug.dap.looking import Looking
from autograd.debug.dap.lookup import find_node, look_up
from autograd.debug.dap.setting import read_launch_stops
from autograd.debug.dap.state import State
from autograd.debug.dap.travel import Order
from autograd.debug.dap.variables import Variable, find_line
from autograd.debug.errors import DebugError

MAX_TEXT = 10_000


class Console:
    """What the user writes.

    Parameters
    ----------
    state : State
    looking : Looking
    """

    def __init__(self, state: State, looking: Looking) -> None:
        self._state, self._looking = state, looking
        self._order: Order | None = None
        self.answers: dict[str, Callable[[Fields], dict[str, Any]]] = {
            "evaluate": self._evaluate,
            "setVariable": self._set_variable,
            "setExpression": self._set_expression,
            "completions": self._completions,
            "dataBreakpointInfo": self._data_breakpoint_info,
        }

    def take_order(self) -> Order | None:
        """The move that the last text asked for, once."""
        order, self._order = self._order, None
        return order

    # evaluate

    def _evaluate(self, given: Fields) -> dict[str, Any]:
        text, context = given.text("expression").strip(), given.text("context", "repl")
        if len(text) > MAX_TEXT:
            raise RequestError(f"evaluate: {len(text):,} characters; at most {MAX_TEXT:,} are read")
        view = self._state.need_view("evaluate")
        looking = self._looking
        frame = looking.frame_number(given) if "frameId" in given else 0
        said = self._do(text) if context == "repl" else None
        found = Variable("", said) if said is not None else answer(view, looking.scopes(view), text, frame, context)
        if said is not None:
            # A command's answer has lines, which the console keeps.
            return {"result": said, "variablesReference": 0}
        return looking.variables.describe(found, name="result")

    def _do(self, text: str) -> str | None:
        """Do what a line of the console says, where it is a command; tells what came of it."""
        state, (word, _, rest) = self._state, text.partition(" ")
        rest = rest.strip()
        if find_node(state.travel.view, text) is not None:
            # A node's name, such as `b`, is what is meant, where it is a command's, too.
            return None
        if word in ("next", "n", "previous") and not rest:
            self._order = Order("pass", state.pass_number("previous" if word == "previous" else "next"))
        elif word == "pass" and rest:
            self._order = Order("pass", state.pass_number(rest))
        elif word in ("finish", "f"):
            self._order = Order("finish")
        elif word in ("run", "c", "reverse_run", "rc"):
            self._order = Order("continue" if word in ("run", "c") else "reverse")
        elif word == "pass":
            return f"pass {state.timeline.present.number}; {state.timeline.describe()}"
        elif word == "history":
            return tell_history(state.timeline, rest)
        elif word in ("break", "clear"):
            return self._break(word, rest)
        else:
            return self._command(text)
        return ""

    def _command(self, text: str) -> str | None:
        command, view = read_command(text), self._state.travel.view
        if command is None:
            return None
        edits = dict(view.session.edits)
        said = do_command(view, command)
        if command.action in MOVING:
            self._order = Order("halt")
        if view.session.edits != edits:
            self._state.tell_edit(view)
        return said or str(view.session.event or "the start")

    def _break(self, word: str, text: str) -> str:
        """Breakpoints of the console hold for all passes, as the editor's do."""
        table = self._state.table
        own = table.groups.get("console", [])
        if word == "break":
            stops = [*own, *read_launch_stops([text], table.next_id)]
        elif text and text not in [str(stop.id) for stop in own]:
            raise DebugError(
                f"the console has set no breakpoint {text[:40]}; it has {', '.join(str(s.id) for s in own) or 'none'}"
            )
        else:
            stops = [stop for stop in own if text and str(stop.id) != text]
        told = table.replace("console", stops, self._state.travel.views.values(), self._state.travel.view)
        if word == "clear":
            return f"breakpoint {text} is cleared" if text else "all breakpoints of the console are cleared"
        if not told[-1]["verified"]:
            table.replace("console", own, self._state.travel.views.values(), self._state.travel.view)
            raise DebugError(told[-1]["message"])
        return f"breakpoint {stops[-1].id}: {text}"

    # edits

    def _set_variable(self, given: Fields) -> dict[str, Any]:
        self._state.need_view("setVariable")
        looking = self._looking
        reference, name = given.whole("variablesReference", 0), given.text("name")
        parent = looking.variables.get(reference)
        looking.variables.edit(reference, name, given.text("value"))
        line = find_line(parent, name)
        return looking.variables.describe(line)

    def _set_expression(self, given: Fields) -> dict[str, Any]:
        view = self._state.need_view("setExpression")
        looking = self._looking
        text = given.text("expression")
        found = look_up(view, text)
        if found.node is None or text.strip().endswith((".grad", ".gradient")) or text.startswith("grad"):
            raise RequestError(f"{text[:60]!r}: the value of a node can be set, and all is replayed")
        line = looking.scopes(view).node(text, found.node)
        if line.edit is None:
            raise RequestError(f"{text[:60]!r} is not computed yet")
        line.edit(given.text("value"))
        return looking.variables.describe(looking.scopes(view).node(text, found.node))

    # what may be asked

    def _completions(self, given: Fields) -> dict[str, Any]:
        text, column = given.text("text"), given.whole("column", 0)
        travel, halted = self._state.travel, self._state.halted
        view = travel.view if travel.views and halted is not None else None
        frame = self._looking.frame_number(given) if view is not None and "frameId" in given else 0
        return {"targets": complete(view, text[:MAX_TEXT], column, frame)}

    def _data_breakpoint_info(self, given: Fields) -> dict[str, Any]:
        view = self._state.need_view("dataBreakpointInfo")
        name, reference = given.text("name"), given.whole("variablesReference", 0, 0)
        if reference:
            line = find_line(self._looking.variables.get(reference), name)
            name = line.path or name
        try:
            found = look_up(view, name)
        except DebugError as error:
            return {"dataId": None, "description": str(error)}
        if found.node is None:
            return {"dataId": None, "description": f"{name} is no node: gradients and values of nodes are watched"}
        own, node = view.session.name(found.node), found.node
        if name.endswith((".value", ".data")):
            if node.op is None:
                why = f"{own} is a leaf: no event computes its value; its gradient can be watched"
                return {"dataId": None, "description": why}
            return {
                "dataId": f"value:{own}",
                "description": f"value of {own}",
                "accessTypes": ["write"],
                "canPersist": True,
            }
        if not node.requires_grad:
            return {"dataId": None, "description": f"{own} requires no gradient"}
        return {
            "dataId": f"grad:{own}",
            "description": f"gradient of {own}",
            "accessTypes": ["write"],
            "canPersist": True,
        }
