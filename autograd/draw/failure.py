"""A graph after an error: what was recorded until then, and the call that failed as its last node."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from autograd import Value
from autograd.draw.render import DrawError
from autograd.draw.snapshot import Snapshot
from autograd.errors import FailedCall, failed_call
from autograd.graph.node import NO_PARAMS, Const, Node, ancestors, get_data, initialise
from autograd.graph.op import Op
from autograd.graph.sites import is_internal
from autograd.graph.tree import leaves
from autograd.wording.names import unique_names
from autograd.wording.steps import to_line

# Characters of an error in the box of the call that failed.
MAX_ERROR = 80
# Parameters of a layer that are shown with it.
MAX_PARAMETERS = 6


class FailedShot(Snapshot):
    """What had been recorded when an error was raised; no pass is run.

    Parameters
    ----------
    error : BaseException

    Attributes
    ----------
    failed : Node
        Stands for the call that failed, and is the root; of a backward pass, the node at which it stopped.
    message : str
        The type and the text of the error, on one line.

    Raises
    ------
    DrawError
        Where nothing had been recorded.
    """

    def __init__(self, error: BaseException) -> None:
        self.message = _told(error)
        frames = list(_frames(error))
        held: dict[Node, str] = {}
        for node, name in _locals_of(frames):
            held[node] = held.get(node) or name
        call = failed_call(error)
        if call is not None and isinstance(call.made, Node):
            # It stopped on its way back from a root that somebody holds.
            self.failed = call.made
            tops = [node for node in _all_held(frames) if self.failed in set(ancestors(node))]
        else:
            name, operands = (call.name, call.operands) if call is not None else _call_of(frames)
            self.failed = _failing(name, operands)
            tops = [self.failed]
        if call is not None and call.made is None:
            # Its result is not finite, and stands there as the failure.
            held = {node: name for node, name in held.items() if not _is_of(node, call)}
        self.root = tops[0] if tops else self.failed
        # Also what no operand of it was computed from.
        found = dict.fromkeys(itertools.chain.from_iterable(map(ancestors, (*tops, self.failed, *held))))
        if not any(node is not self.failed and node.__class__ is not Const for node in found):
            raise DrawError(f"draw: nothing had been recorded when this was raised: {self.message}")
        self.nodes = [node for node in found if node is not self.root] + [self.root]
        self.variables = {node: name for node, name in held.items() if name and not node.name}
        self.names = unique_names(sorted(self.nodes, key=lambda node: node.order), self.variables)
        if call is None or call.made is None:
            self.names[self.failed] = str(self.failed.op and self.failed.op.name)
        self.values = {node: get_data(node) for node in self.nodes}
        self.gradients, self.sent, self.order = {}, {}, []

    @property
    def remark(self) -> str:
        """The error in the box of the call."""
        # What follows a semicolon are details, such as the operands, which are drawn.
        told = self.message.partition(";")[0].rstrip()
        return told if len(told) <= MAX_ERROR else f"{told[:MAX_ERROR]}…"


def has_recorded(error: BaseException) -> bool:
    """Whether anything had been recorded when an error was raised, so that it can be drawn.

    Examples
    --------
    >>> has_recorded(ValueError("of nothing"))
    False
    """
    return failed_call(error) is not None or any(_locals_of(list(_frames(error))))


def _told(error: BaseException) -> str:
    """The type and the text of an error on one line."""
    try:
        text = str(error)
    except Exception:  # an error of a user's may fail to describe itself
        text = ""
    return to_line(": ".join(filter(None, (type(error).__name__, text))))


def _frames(error: BaseException) -> Iterator[FrameType]:
    """Those that the error went through, the one that raised it last."""
    traceback = error.__traceback__
    while traceback is not None:
        yield traceback.tb_frame
        traceback = traceback.tb_next


def _locals_of(frames: list[FrameType]) -> Iterator[tuple[Node, str]]:
    """The nodes that functions held, with the names of the program's variables; not all that a module of it holds."""
    for frame in frames:
        own = not is_internal(frame.f_code.co_filename)
        if not own or frame.f_code.co_name != "<module>":
            for name, x in list(frame.f_locals.items()):
                found = _nodes_of(x)
                for k, node in enumerate(found):
                    yield node, "" if not own else name if len(found) == 1 else f"{name}.{k}"


def _all_held(frames: list[FrameType]) -> Iterator[Node]:
    for frame in frames:
        for x in list(frame.f_locals.values()):
            yield from _nodes_of(x)


def _nodes_of(x: Any) -> list[Node]:
    return [leaf for leaf in leaves([x]) if isinstance(leaf, Node)] if isinstance(x, (Node, list, tuple, dict)) else []


def _call_of(frames: list[FrameType]) -> tuple[str, tuple[Node, ...]]:
    """Where no operation failed: the layer, or else the function of the program, that raised, and what it was called with."""
    last = max((k for k, frame in enumerate(frames) if not is_internal(frame.f_code.co_filename)), default=0)
    within = frames[last + 1 :]
    there = list(_all_held(within)) or list(_all_held(frames[last : last + 1]))
    layers = [frame.f_locals["self"] for frame in within if hasattr(frame.f_locals.get("self"), "named_parameters")]
    if layers:
        there += [parameter for _, parameter in list(layers[-1].named_parameters())[:MAX_PARAMETERS]]
    used = {parent for node in there for parent in ancestors(node) if parent is not node}
    code = frames[last].f_code if frames else None
    function = "call" if code is None else Path(code.co_filename).name if code.co_name == "<module>" else code.co_name
    return type(layers[-1]).__name__ if layers else function, tuple(n for n in dict.fromkeys(there) if n not in used)


def _is_of(node: Node, call: FailedCall) -> bool:
    same = len(node.parents) == len(call.operands) and all(
        a is b for a, b in zip(node.parents, call.operands, strict=True)
    )
    return node.op is not None and node.op.name == call.name and same


def _failing(name: str, operands: tuple[Node, ...]) -> Node:
    """A node that stands for a call which gave no result."""
    op = Op(f"{name} fails", None, lambda *_: None)
    node = Value(float("nan"))
    initialise(node, op, operands, NO_PARAMS, needs_grad=False)
    return node
