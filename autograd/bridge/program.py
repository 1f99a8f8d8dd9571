"""`Program`: what another framework computes, as plain data: leaves, operations by name, and their lines in the user's source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.graph.tree import leaves


@dataclass(frozen=True, slots=True)
class Reference:
    """An operand: the result of the leaf or operation of this name."""

    name: str

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the user's source that was running, and the function that it stands in."""

    filename: str
    number: int
    function: str
    text: str = ""

    def __str__(self) -> str:
        place = f"{self.filename}:{self.number} in {self.function}"
        return f"{place}: {self.text}" if self.text else place


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a program begins with.

    Attributes
    ----------
    name : str
        What operations refer to.
    kind : str
        "input", "parameter", "buffer" or "constant".
    path : str
        What the user calls it: an argument, or the path of a parameter such as `encoder.0.weight`.
    shape : tuple of int or str
        A name stands for a length that may vary, and "..." alone for any shape.
    dtype : str
    """

    name: str
    kind: str
    path: str
    shape: tuple[int | str, ...]
    dtype: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the framework.

    Attributes
    ----------
    name : str
        Of its result.
    call : str
        What the framework calls it, such as `aten.linear.default`; the key of its translation.
    args : tuple
        Numbers, texts, dtypes, lists, references to operands, and programs: the bodies of loops and branches.
    kwargs : dict of str to the same
    lines : tuple of Line
        Where the user's source computes it, the outermost first.
    module : str
        The path of the user's module, such as `encoder.0`.
    variable : str
        What the innermost line assigns the result to; empty where it does not.
    constant : bool
        Whether it was computed under `no_grad`, so that no derivative goes through it.
    """

    name: str
    call: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    module: str = ""
    variable: str = ""
    constant: bool = False

    @property
    def operands(self) -> list[str]:
        """The names of what it reads."""
        return [x.name for x in leaves([list(self.args), self.kwargs]) if isinstance(x, Reference)]

    @property
    def programs(self) -> list[Program]:
        """The bodies and branches that it runs."""
        return [x for x in leaves([list(self.args), self.kwargs]) if isinstance(x, Program)]

    @property
    def place(self) -> str:
        """Where the user wrote it, for messages."""
        told = str(self.lines[-1]) if self.lines else "an unknown line"
        return f"{told} (module {self.module})" if self.module else told

    def __str__(self) -> str:
        args = [_describe(x) for x in self.args] + [f"{key}={_describe(value)}" for key, value in self.kwargs.items()]
        return f"{self.name} = {self.call}({', '.join(args)})"


@dataclass
class Program:
    """A captured program.

    Attributes
    ----------
    name : str
        Of the user's function or module.
    framework : str
    training : bool
        Whether its modules were in training mode when it was captured.
    leaves : list of Leaf
    arrays : dict of str to numpy.ndarray
        The numbers of parameters, buffers and constants, by the names of the leaves.
    arguments : tuple and dict
        What it is called with: references in the structure of the arguments, and of the keyword arguments.
    operations : list of Operation
        In an order in which they can be computed.
    results : any structure
        Of references.
    modules : dict of str to str
        The classes of the user's modules by their paths, such as `encoder.0`: `Linear`.
    decided : list of Line
        Where values of the example decided what was captured, so that other values may not mean the same.
    updates : dict of str to str
        Buffers that a run changes, by their paths, and the names of what they become.

    Examples
    --------
    >>> twice = Operation("y", "aten.mul.Tensor", (Reference("x"), 2.0), lines=(Line("model.py", 3, "forward", "y = 2 * x"),))
    >>> x = Leaf("x", "input", "x", (3,), "float32")
    >>> print(Program("twice", [x], [twice], Reference("y"), arguments=((Reference("x"),), {})))
    twice(x): 1 operation
      x: input of float32, shape (3,)
      y = aten.mul.Tensor(x, 2.0)  # model.py:3 in forward: y = 2 * x
      return y
    """

    name: str
    leaves: list[Leaf]
    operations: list[Operation]
    results: Any
    arguments: tuple[tuple[Any, ...], dict[str, Any]]
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    updates: dict[str, str] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    framework: str = "torch"
    training: bool = False
    decided: list[Line] = field(default_factory=list)

    def of_kind(self, kind: str) -> Iterator[Leaf]:
        """The leaves of a kind."""
        return (leaf for leaf in self.leaves if leaf.kind == kind)

    def every(self) -> Iterator[Operation]:
        """The operations, and those of the programs within them."""
        for operation in self.operations:
            yield operation
            for program in operation.programs:
                yield from program.every()

    def calls(self) -> Counter[str]:
        """How often each operation of the framework is there."""
        return Counter(operation.call for operation in self.every())

    def last_uses(self) -> dict[str, int]:
        """By names, the number of the last operation that reads it; what is given back, or kept, is not here."""
        last = {name: i for i, operation in enumerate(self.operations) for name in operation.operands}
        for kept in (*(x.name for x in leaves(self.results) if isinstance(x, Reference)), *self.updates.values()):
            last.pop(kept, None)
        return last

    def __str__(self) -> str:
        positional, by_name = self.arguments
        taken = [repr(x) for x in positional] + [f"{key}={value!r}" for key, value in by_name.items()]
        count = len(self.operations)
        told = [f"{self.name}({', '.join(taken)}): {count} operation{'s' * (count != 1)}"]
        for leaf in self.leaves:
            path = f" {leaf.path}" if leaf.kind != "input" else ""
            told.append(f"  {leaf.name}: {leaf.kind}{path} of {leaf.dtype}, shape {leaf.shape}")
        for operation in self.operations:
            line = f"  # {operation.lines[-1]}" if operation.lines else ""
            told.append(f"  {operation}{line}")
            told += [f"    {text}" for inner in operation.programs for text in str(inner).splitlines()]
        told += [f"  as values of the example decided at {line}" for line in self.decided]
        told += [f"  {path} becomes {name}" for path, name in self.updates.items()]
        return "\n".join([*told, f"  return {self.results!r}"])


def _describe(x: Any) -> str:
    """An argument; of a program its name, for what it does follows below."""
    if isinstance(x, Program):
        return x.name
    if isinstance(x, (list, tuple)) and any(isinstance(part, Program) for part in x):
        return f"[{', '.join(map(_describe, x))}]"
    return repr(x)
