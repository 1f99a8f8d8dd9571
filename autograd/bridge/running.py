"""Running a program on this engine: an operation after the other, each at the user's line and in the user's module."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

from autograd.bridge.errors import BridgeError, MissingTranslationError
from autograd.bridge.lines import run_at
from autograd.bridge.program import Operation, Program, Reference
from autograd.bridge.rules import find_rule, has_rule, how_to_supply
from autograd.errors import AnomalyError
from autograd.graph.modes import call_with, no_grad, scope
from autograd.graph.tree import map_leaves

# How many operations without a translation a message shows.
SHOWN = 10


def check_translations(program: Program) -> None:
    """Raise where an operation of a program has no translation.

    Raises
    ------
    MissingTranslationError
        Names each of them with its line.
    """
    missing: dict[str, Operation] = {}
    for operation in program.every():
        if operation.call not in missing and not has_rule(operation.call):
            missing[operation.call] = operation
    if missing:
        told = [f"  {operation.call} at {operation.place}" for operation in list(missing.values())[:SHOWN]]
        told += [f"  and {len(missing) - SHOWN} more"] if len(missing) > SHOWN else []
        first = next(iter(missing))
        raise MissingTranslationError(
            f"{program.name}: no translation here of\n" + "\n".join(told) + f"\n{how_to_supply(first)}"
        )


def run(program: Program, values: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Compute a program.

    Parameters
    ----------
    program : Program
    values : mapping of str to Tensor
        Of all leaves.

    Returns
    -------
    results, updates
        The results in their structure, and what the buffers become, by their paths.

    Raises
    ------
    BridgeError
        Where an operation fails, with the line of the user's source.
    AnomalyError
        Under `detect_anomaly`.
    """
    held = dict(values)
    last = program.last_uses()
    around = scope.get()

    def fill(x: Any) -> Any:
        return held[x.name] if isinstance(x, Reference) else x

    for number, operation in enumerate(program.operations):
        inside = ".".join(part for part in (around, operation.module) if part)
        held[operation.name] = call_with(scope, inside or None, compute, operation, fill)
        for name in set(operation.operands):
            if last.get(name) == number:
                del held[name]
    return map_leaves(fill, program.results), {path: held[name] for path, name in program.updates.items()}


def compute(operation: Operation, fill: Callable[[Any], Any]) -> Any:
    """The result of one operation; `fill` gives what references stand for."""
    rule = find_rule(operation.call)
    args = [map_leaves(fill, x) for x in operation.args]
    kwargs = {key: map_leaves(fill, x) for key, x in operation.kwargs.items()}
    try:
        with no_grad() if operation.constant else nullcontext():
            return run_at(operation.lines, operation.variable, lambda: rule(*args, **kwargs))
    except AnomalyError:
        raise
    except Exception as error:
        # Whatever a translation raises: the user's line is what they know.
        raise BridgeError(
            f"{operation.call} cannot be computed here: {error}\n  at {operation.place}\n  {how_to_supply(operation.call)}"
        ) from error
