"""What is drawn: the graph of a node, of a kept snapshot, or of a function or model that is called, with what its parts are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd import Tensor, Value
from autograd.arguments import argument_names
from autograd.draw.failure import FailedShot
from autograd.draw.render import DrawError
from autograd.draw.snapshot import Snapshot, check_root, has_passed
from autograd.engine.observe import observing
from autograd.errors import type_name
from autograd.graph.foreign import adopt
from autograd.graph.modes import record_sites
from autograd.graph.node import Node, get_data
from autograd.wording.names import Names


@dataclass(frozen=True)
class Subject:
    """A graph to draw.

    Attributes
    ----------
    shot : Snapshot
    names : mapping of Node to str
        What a model calls its parameters.
    modules : mapping of str to str
        What the modules of each path are.
    failed : (Node, str) or None
        What stands for the call that raised an error, and the error in a few words.
    title : str
        What is told under the picture if nothing else is asked for.
    """

    shot: Snapshot
    names: Mapping[Node, str] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)
    failed: tuple[Node, str] | None = None
    title: str = ""


def find_subject(
    root: Any,
    args: Sequence[Any] = (),
    *,
    gradient: Any = None,
    loss: Callable[..., Any] | None = None,
    passes: str | None = None,
    passed: bool = False,
) -> Subject:
    """The graph that `draw` is asked for.

    Parameters
    ----------
    root : Node, Snapshot, callable or exception
    args : sequence
        What a callable is called with.
    gradient, loss, passes
        See `draw`.
    passed : bool
        Whether a pass is wanted where `backward()` has not been called.

    Raises
    ------
    DrawError
        For something that is not a node, or a backward pass where there can be none.
    """
    if isinstance(root, BaseException):
        if args or gradient is not None or loss is not None or passes in ("both", "backward"):
            raise DrawError(
                "draw: of an error, what was recorded until then is drawn: it takes no arguments, and has no pass"
            )
        after = FailedShot(root)
        return Subject(after, failed=(after.failed, after.remark), title=after.message)
    called = not isinstance(root, (Node, Snapshot))
    foreign = adopt(root, args) if called else None
    if foreign is not None:
        root, args, _ = foreign
    model = root
    if called:
        root = _call_with_leaves(root, tuple(args), loss)
    elif args or loss is not None:
        raise DrawError("draw: arguments and loss= are for a function or a model; a node is drawn as it is")
    if isinstance(root, Snapshot) and gradient is not None:
        raise DrawError("draw: a snapshot has its gradient already: give gradient= to snapshot")
    shot = root if isinstance(root, Snapshot) else _take(check_root(root), gradient, passes, called or passed)
    return Subject(shot, parameter_names(model), module_names(model))


def parameter_names(model: Any) -> dict[Node, str]:
    """What a model calls its parameters; nothing for what has none."""
    return {p: path for path, p in model.named_parameters()} if hasattr(model, "named_parameters") else {}


def module_names(model: Any) -> dict[str, str]:
    """What the modules of a model are, by their paths."""
    return {path: type(m).__name__ for path, m in model.named_modules()} if hasattr(model, "named_modules") else {}


def _take(root: Node, gradient: Any, passes: str | None, asked: bool) -> Snapshot:
    """The graph with a backward pass, where one is wanted and possible."""
    scalar = np.size(get_data(root)) == 1 or gradient is not None
    if passes in ("both", "backward"):
        if not root.requires_grad:
            raise DrawError(
                f"passes={passes!r}: {Names(root)[root]} requires no gradient: no operand of it does, or it was made under "
                "no_grad or detached"
            )
        if not scalar:
            raise DrawError(
                f"passes={passes!r}: {Names(root)[root]} has shape {np.shape(get_data(root))}: a backward pass starts at a scalar; "
                "give gradient=, or loss= for a function"
            )
        return Snapshot(root, gradient)
    wanted = passes is None and root.requires_grad and scalar
    # Only what is there is shown: before `backward()` a graph has no gradients.
    passed = asked or gradient is not None or (wanted and has_passed(root))
    return Snapshot(root, gradient, backward=wanted and passed)


def _call_with_leaves(function: Any, args: tuple[Any, ...], loss: Callable[..., Any] | None) -> Node:
    if not callable(function):
        raise DrawError(f"draw takes a Value, a Tensor or a function, not {type_name(function)}")
    arrays = any(isinstance(x, (np.ndarray, Tensor)) for x in args)
    arrays = arrays or hasattr(function, "named_parameters")
    for path, parameter in function.named_parameters() if hasattr(function, "named_parameters") else ():
        if not isinstance(parameter, Node):
            raise DrawError(
                f"draw takes a model of nn, not {type_name(function)}, whose parameter {path} is {type_name(parameter)}"
            )
    names = argument_names(function, len(args))
    name = getattr(function, "__name__", type(function).__name__)
    leaves = [_as_leaf(x, name, arrays) for x, name in zip(args, names, strict=True)]
    with observing(), record_sites():
        try:
            result = function(*leaves)
            if loss is not None:
                result, name = loss(result), getattr(loss, "__name__", "loss")
        except Exception as error:
            error.add_note("To see what was recorded until here: autograd.draw.draw(error)")
            raise
    if not isinstance(result, Node):
        raise DrawError(
            f"draw: {name} returned {type_name(result)}, not a Value or Tensor; floats and float arrays become nodes"
        )
    return result


def _as_leaf(x: Any, name: str, arrays: bool) -> Any:
    """A number or an array as a leaf; whatever else as it is."""
    if isinstance(x, float):
        return Tensor(float(x), requires_grad=True, name=name) if arrays else Value(float(x), name=name)
    if isinstance(x, complex) or (isinstance(x, np.ndarray) and x.dtype.kind in "fc"):
        return Tensor(x, requires_grad=True, name=name)
    return x
