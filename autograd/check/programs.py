"""`Program`: a graph as data, which runs on numbers, Values and Tensors, and prints as Python code; and the menu it is made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

# What a draw may ask of: hypothesis hands in `integers(low, high)` and `choice(sequence)`.
Shapes = Sequence[tuple[int, ...]]


@dataclass(frozen=True)
class Operation:
    """One entry of the menu.

    Attributes
    ----------
    name : str
    arity : int
    call : callable
        Of so many operands, and of the parameters by keyword.
    text : str
        The same as Python code, with `{0}`, `{1}`, … for the operands and `{name}` for the parameters.
    parameters : callable or None
        `parameters(draw, shapes)` gives the parameters for operands of these shapes, or None where they do not suit.
    rows : tuple of str
        The rows of the table that it exercises.
    """

    name: str
    arity: int
    call: Callable[..., Any]
    text: str
    parameters: Callable[[Draw, Shapes], dict[str, Any] | None] | None = None
    rows: tuple[str, ...] = ()


class Draw:
    """The source of choices for parameters."""

    def __init__(self, integers: Callable[[int, int], int]) -> None:
        self.integers = integers

    def choice(self, options: Sequence[Any]) -> Any:
        """One of the options; the first is the simplest."""
        return options[self.integers(0, len(options) - 1)]


@dataclass(frozen=True)
class Call:
    """One line of a program: an operation of earlier values, by their numbers."""

    operation: Operation
    operands: tuple[int, ...]
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Program:
    """A straight line of calls.

    Attributes
    ----------
    inputs : tuple of (float or numpy.ndarray)
        Where it is to be evaluated.
    calls : tuple of Call
        Values are numbered: the inputs first, then each call's.

    Examples
    --------
    >>> from autograd.check.operations import list_operations
    >>> program = Program((2.0, 1.0), (Call(list_operations()["add"], (0, 1)), Call(list_operations()["mul"], (2, 1))))
    >>> program.run(2.0, 1.0)
    3.0
    >>> print(program)
    import autograd as ag
    import numpy as np
    <BLANKLINE>
    def f(x0, x1):
        x2 = x0 + x1
        x3 = x2 * x1
        return x3
    <BLANKLINE>
    inputs = [2.0, 1.0]
    """

    inputs: tuple[Any, ...]
    calls: tuple[Call, ...]

    def run(self, *inputs: Any) -> Any:
        """The value of the last call."""
        values = list(inputs)
        for call in self.calls:
            values.append(call.operation.call(*(values[i] for i in call.operands), **call.params))
        return values[-1]

    def prune(self) -> Program:
        """The same without inputs and calls that the result does not depend on."""
        count = len(self.inputs)
        needed = {count + len(self.calls) - 1}
        for number in range(count + len(self.calls) - 1, count - 1, -1):
            if number in needed:
                needed.update(self.calls[number - count].operands)
        order = sorted(needed)
        place = {number: i for i, number in enumerate(order)}
        calls = [self.calls[n - count] for n in order if n >= count]
        renumbered = (Call(c.operation, tuple(place[i] for i in c.operands), c.params) for c in calls)
        return Program(tuple(self.inputs[n] for n in order if n < count), tuple(renumbered))

    @property
    def code(self) -> str:
        """Python code that defines `f` and its `inputs`."""
        count = len(self.inputs)
        lines = [
            f"    x{count + k} = " + c.operation.text.format(*(f"x{i}" for i in c.operands), **_spell_params(c.params))
            for k, c in enumerate(self.calls)
        ]
        head = f"def f({', '.join(f'x{i}' for i in range(count))}):"
        inputs = ", ".join(map(spell, self.inputs))
        table = ["from autograd.graph.op import TABLE"] if any("TABLE" in line for line in lines) else []
        return "\n".join(
            [
                "import autograd as ag",
                "import numpy as np",
                *table,
                "",
                head,
                *lines,
                f"    return x{count + len(self.calls) - 1}",
                "",
                f"inputs = [{inputs}]",
            ]
        )

    def __repr__(self) -> str:
        return self.code

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What hypothesis shows of a failing example."""
        for line in self.code.splitlines():
            printer.break_()
            printer.text(line)


def spell(x: Any) -> str:
    """A number or an array as Python code."""
    if isinstance(x, np.ndarray):
        return f"np.array({x.tolist()!r})"
    return repr(x)


def _spell_params(params: Mapping[str, Any]) -> dict[str, str]:
    return {key: spell(value) for key, value in params.items()}


# How steep and how bent a call may be where kinks are avoided, how large its result, and how far it is moved to see.
MAX_SLOPE, MAX_CURVATURE, MAX_RESULT, PROBE_STEP = 50.0, 50.0, 30.0, 1e-3


def is_well_scaled(call: Callable[..., Any], operands: Sequence[Any], out: Any, kinks: bool = False) -> bool:
    """Whether a result is of moderate size and, unless `kinks` are sought, the operation smooth around its operands.

    A kink within a thousandth of the operands, a pole or the end of the domain show in second differences along two
    directions; so no operation needs to say where it has them.
    """
    if not np.all(np.isfinite(out)) or float(np.max(np.abs(out), initial=0.0)) > MAX_RESULT:
        return False
    if kinks:
        return True
    for phase in (0.3, 1.9):
        signs = [np.cos(np.arange(np.size(x)) * 2.1 + phase + i).reshape(np.shape(x)) for i, x in enumerate(operands)]
        up, down = (
            call(
                *(float(x + s * h) if isinstance(x, float) else x + s * h for x, s in zip(operands, signs, strict=True))
            )
            for h in (PROBE_STEP, -PROBE_STEP)
        )
        if np.shape(up) != np.shape(out) or not (np.all(np.isfinite(up)) and np.all(np.isfinite(down))):
            return False
        slope, bend = np.abs(up - down) / (2 * PROBE_STEP), np.abs(up + down - 2 * out) / PROBE_STEP**2
        if float(np.max(slope, initial=0.0)) > MAX_SLOPE or float(np.max(bend, initial=0.0)) > MAX_CURVATURE:
            return False
    return True
