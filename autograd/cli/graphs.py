"""What the commands draw and step through: the graph of an expression, of an example, or of what `FILE.py:name` names."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from autograd.arguments import argument_names, arguments_for, is_strategy
from autograd.check.stand_ins import in_place_of_engines
from autograd.engine.tensor import Tensor
from autograd.engine.value import Value
from autograd.errors import UsageError
from autograd.examples import EXAMPLES
from autograd.expressions import parse
from autograd.graph.foreign import adopt, is_foreign, is_of_jax
from autograd.graph.modes import record_sites
from autograd.graph.node import Node
from autograd.program import is_program, names_part
from autograd.target import beside, load, name_what_of, users_code

# Characters up to which an expression is a title.
MAX_TITLE = 60


def root_of(what: str, values: Mapping[str, float]) -> tuple[Node, str]:
    """The graph that a command is to show, and what to call it.

    Parameters
    ----------
    what : str
        The name of an example, `FILE.py:name`, or an expression.
    values : mapping from str to float
        Numbers for names, or for arguments.

    Raises
    ------
    UsageError
        Where `what` names no graph, or a user's function raises.
    ParseError

    Examples
    --------
    >>> root, title = root_of("(a+b)*(b+1)", {"a": 2.0, "b": 1.0})
    >>> root.data, title
    (6.0, '(a+b)*(b+1)')
    """
    if what in EXAMPLES and what not in values:
        if values:
            raise UsageError(f"{what} is an example, and takes no numbers: {next(iter(values))}=… is for expressions")
        example = EXAMPLES[what]()
        return example.root, example.title
    if names_part(what):
        return _root_of_file(what, values), what
    if is_program(what):
        raise UsageError(
            f"{what}: {name_what_of(what)}; stepgrad step {what} goes through each backward() of a program"
        )
    if what.isidentifier() and what not in values and (near := get_close_matches(what, EXAMPLES, 1)):
        raise UsageError(
            f"no example is called {what!r}; did you mean {near[0]!r}? In an expression it needs a number: {what}=…"
        )
    return parse(what, values), what if len(what) <= MAX_TITLE else ""


def _root_of_file(target: str, values: Mapping[str, float]) -> Node:
    """The node that `FILE.py:name` names, or that the function of that name returns."""
    # Of an engine of the file's own nothing could be shown: its graph is in closures.
    with in_place_of_engines(lambda _: None):
        found = load(target)[0]
    if isinstance(found, Node):
        return found
    if not callable(found):
        raise UsageError(f"{target} is {type(found).__name__}: a Value, a Tensor or a function was expected")
    arguments, by_keyword = inputs_of(found, target, values)
    others = is_foreign(found, [arguments, by_keyword])
    given: list[Any] = list(arguments) if others else []
    for name, x in () if others else zip(argument_names(found, len(arguments)), arguments, strict=True):
        if is_strategy(x):
            raise UsageError(f"argument {name!r} is drawn from a strategy: give it a number here ({name}=0.5)")
        if isinstance(x, complex) or (isinstance(x, np.ndarray) and x.dtype.kind in "fc"):
            x = Tensor(x, requires_grad=True, name=name)
        given.append(Value(float(x), name=name) if isinstance(x, float) else x)
    with users_code(target, Path(target.rpartition(":")[0])), record_sites():
        foreign = adopt(found, given, by_keyword)
        if foreign is not None:
            found, given, by_keyword = foreign[0], list(foreign[1]), foreign[2]
        root = found(*given, **by_keyword)
    if foreign is not None and isinstance(root, Node) and np.size(root.data) != 1:
        raise UsageError(
            f"{target} gives a tensor of shape {np.shape(root.data)}, and a backward pass starts at one number: name a function "
            "of the file that computes the loss"
        )
    if not isinstance(root, Node):
        raise UsageError(f"{target} returned {type(root).__name__}, not a Value or Tensor")
    return root


def inputs_of(found: Any, target: str, values: Mapping[str, float]) -> tuple[list[Any], dict[str, Any]]:
    """What to call a function of a file with: a model of PyTorch's, or a function of JAX's without defaults, with `example_inputs`.

    Raises
    ------
    UsageError
        Where nothing says what it takes.
    """
    if not takes_examples(found, target):
        arguments, by_keyword = arguments_for(found, values, np.random.default_rng(0), least=0)
        return arguments, dict(by_keyword)
    example = beside(target, "example_inputs")
    if example is None:
        whose = "function of JAX's" if is_of_jax(found) else "model of PyTorch's"
        raise UsageError(
            f"{target} is a {whose}: write example_inputs = (x, …) into the file, what it is called with; or name a "
            "function of the file, with tensors as the defaults of its arguments"
        )
    if values:
        raise UsageError(
            f"{target} is called with the example_inputs of the file: {next(iter(values))}=… is for functions"
        )
    return list(example) if isinstance(example, (list, tuple)) else [example], {}


def takes_examples(found: Any, target: str) -> bool:
    """Whether a function of a file is called with what the file calls `example_inputs`: a model, or one of JAX's without defaults."""
    if isinstance(found, type) or not callable(found):
        return False
    if is_of_jax(found, [beside(target, "example_inputs")]):
        return not _has_defaults(found)
    return is_foreign(found)


def _has_defaults(function: Any) -> bool:
    """Whether a function can be called with nothing."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    known = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return all(p.default is not p.empty for p in parameters if p.kind not in known)
