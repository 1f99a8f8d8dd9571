"""What the commands draw and step through: the graph of an expression, of an example, or of what `FILE.py:name` names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from autograd.arguments import argument_names, arguments_for, is_strategy
from autograd.engine.tensor import Tensor
from autograd.engine.value import Value
from autograd.errors import AutogradError, UsageError
from autograd.graph.modes import record_sites
from autograd.graph.node import Node
from autograd.parse import parse
from autograd.target import described, load

# Characters up to which an expression is a title.
LONGEST_TITLE = 60


class Example(Protocol):
    """A graph to look at, and what it is called."""

    @property
    def root(self) -> Node: ...

    @property
    def title(self) -> str: ...


def root_of(what: str, values: Mapping[str, float], examples: Mapping[str, Callable[[], Example]]) -> tuple[Node, str]:
    """The graph that a command is to show, and what to call it.

    Parameters
    ----------
    what : str
        The name of an example, `FILE.py:name`, or an expression.
    values : mapping from str to float
        Numbers for names, or for arguments.
    examples : mapping from str to callable
        What gives each example by its name.

    Raises
    ------
    UsageError
        Where `what` names no graph, or a user's function raises.
    ParseError

    Examples
    --------
    >>> root, title = root_of("(a+b)*(b+1)", {"a": 2.0, "b": 1.0}, {})
    >>> root.data, title
    (6.0, '(a+b)*(b+1)')
    """
    if what in examples and not values:
        example = examples[what]()
        return example.root, example.title
    if ".py:" in what:
        return _of_file(what, values), what
    return parse(what, values), what if len(what) <= LONGEST_TITLE else ""


def _of_file(target: str, values: Mapping[str, float]) -> Node:
    """The node that `FILE.py:name` names, or that the function of that name returns."""
    found = load(target)[0]
    if isinstance(found, Node):
        return found
    if not callable(found):
        raise UsageError(f"{target} is {type(found).__name__}: a Value, a Tensor or a function was expected")
    arguments, by_keyword = arguments_for(found, values, np.random.default_rng(0), least=0)
    given: list[Any] = []
    for name, x in zip(argument_names(found, len(arguments)), arguments, strict=True):
        if is_strategy(x):
            raise UsageError(f"argument {name!r} is drawn from a strategy: give it a number here ({name}=0.5)")
        if isinstance(x, np.ndarray) and x.dtype.kind == "f":
            x = Tensor(x, requires_grad=True, name=name)
        given.append(Value(float(x), name=name) if isinstance(x, float) else x)
    try:
        with record_sites():
            root = found(*given, **by_keyword)
    except AutogradError:
        raise
    except (Exception, SystemExit) as error:  # whatever a user's function raises
        raise UsageError(f"{target} raised {described(error, Path(target.rpartition(':')[0]))}") from None
    if not isinstance(root, Node):
        raise UsageError(f"{target} returned {type(root).__name__}, not a Value or Tensor")
    return root
