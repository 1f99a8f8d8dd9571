"""What a user's function calls its arguments, and what it takes."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.engine.value import Value
from autograd.errors import UsageError


def argument_names(function: Callable[..., Any], count: int) -> list[str]:
    """What a function, or the `forward` of a module, calls its first arguments; `input0`, … where it does not say.

    Examples
    --------
    >>> argument_names(lambda x, y: x * y, 2), argument_names(max, 1)
    (['x', 'y'], ['input'])
    """
    try:
        parameters = list(inspect.signature(getattr(function, "forward", function)).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    named = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if len(named) >= count:
        return named[:count]
    return ["input"] if count == 1 else [f"input{i}" for i in range(count)]


def arguments_for(
    function: Callable[..., Any], values: Mapping[str, float], rng: np.random.Generator, least: int = 1
) -> tuple[list[Any], dict[str, float]]:
    """What to call a function of the user's with.

    Parameters
    ----------
    function : callable
    values : mapping from str to float
        Numbers for arguments by name; they come before defaults, and those before annotations.
    rng : numpy.random.Generator
        Of what an annotation alone asks for.
    least : int
        How many arguments there must be.

    Returns
    -------
    list, dict
        For every positional argument a number, an array, a Value or a Tensor, or a strategy of hypothesis; and the
        numbers for arguments that can only be given by keyword.

    Raises
    ------
    UsageError
        Where an argument does not say what it takes.
    """
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        raise UsageError("the function does not say what it takes: wrap it in one that does") from None
    others = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    takes = {n for n, p in parameters.items() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}
    unknown = [name for name in values if name not in takes]
    if unknown and not others:
        raise UsageError(f"the function has no argument {unknown[0]!r}; it has {', '.join(parameters) or 'none'}")
    try:
        hints = typing.get_type_hints(function, include_extras=True)
    except Exception:  # names in annotations need not exist
        hints = {}
    found: list[Any] = []
    by_keyword = {name: values[name] for name in unknown}
    for name, parameter in parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if parameter.kind is not parameter.KEYWORD_ONLY:
            found.append(_argument(name, parameter, hints.get(name), values, rng))
        elif name in values:
            by_keyword[name] = values[name]
        elif parameter.default is parameter.empty:
            raise UsageError(f"argument {name!r} is keyword-only and has no default: give it one, or a number here")
    if len(found) < least:
        raise UsageError("the function takes no argument to differentiate with respect to")
    return found, by_keyword


def _argument(
    name: str, parameter: inspect.Parameter, hint: Any, values: Mapping[str, float], rng: np.random.Generator
) -> Any:
    if name in values:
        return values[name]
    if parameter.default is not parameter.empty:
        return parameter.default
    for said in (hint, *getattr(hint, "__metadata__", ())):
        if is_strategy(said):
            return said
    plain = typing.get_origin(hint) or hint
    if plain is typing.Annotated:
        plain = typing.get_args(hint)[0]
    number = float(rng.uniform(0.3, 2.0) * rng.choice([-1.0, 1.0]))
    if plain in (float, int):
        return number
    if plain is Value:
        return Value(number)
    if plain in (np.ndarray, Tensor):
        array = rng.uniform(0.3, 2.0, 3) * rng.choice([-1.0, 1.0], 3)
        return Tensor(array) if plain is Tensor else array
    raise UsageError(
        f"argument {name!r} does not say what it takes: give it a default ({name}=np.ones(3)), an annotation "
        f"({name}: float, np.ndarray, Value or Tensor, or a hypothesis strategy), or a number here ({name}=0.5)"
    )


def is_strategy(x: Any) -> bool:
    """Whether something is a strategy of hypothesis, which need not be installed."""
    return hasattr(x, "validate") and hasattr(x, "example") and hasattr(x, "filter")
