"""A program without loops and branches: each step of a loop and each branch taken, as the numbers say, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from autograd.bridge.program import Operation, Program, Reference
from autograd.bridge.running import compute
from autograd.bridge.steps import ENTER, LEAVE
from autograd.graph.modes import no_grad
from autograd.graph.node import Node, get_data
from autograd.graph.tree import map_leaves

CONTROL = ("jax.scan", "jax.while", "jax.cond")


@dataclass
class Unrolled:
    """A program for these numbers alone.

    Attributes
    ----------
    program : Program
    calls : list of int
        By the numbers of custom functions in it, those that they have in the program that it came from.
    origins : dict of str to str
        By the names of its operations, those that they came from.
    """

    program: Program
    calls: list[int] = field(default_factory=list)
    origins: dict[str, str] = field(default_factory=dict)


def unroll(program: Program, values: Mapping[str, Any]) -> Unrolled:
    """Take the loops of a program apart for these numbers.

    Parameters
    ----------
    program : Program
    values : mapping of str to Tensor
        Of all leaves.

    Examples
    --------
    >>> from autograd.bridge.program import Leaf
    >>> from autograd.torch.tensor import wrap
    >>> inner = Leaf("a", "input", "a", (), "float32")
    >>> twice = Program("step", [inner], [Operation("b", "jax.mul", (Reference("a"), 2.0))], (Reference("b"),), ((), {}))
    >>> loop = Operation("s", "jax.cond", (1, Reference("x")), {"branches": (twice, twice)})
    >>> x = Leaf("x", "input", "x", (), "float32")
    >>> first = Operation("y", "operator.getitem", (Reference("s"), 0))
    >>> whole = Program("f", [x], [loop, first], Reference("y"), ((Reference("x"),), {}))
    >>> print(unroll(whole, {"x": wrap(np.array(3.0, np.float32))}).program)
    f(x): 1 operation
      x: input of float32, shape ()
      b = jax.mul(x, 2.0)
      return b
    """
    walk = _Walk(dict(values))
    results = walk.read(program, {name: Reference(name) for name in values})
    operations = walk.operations
    return Unrolled(replace(program, operations=operations, results=results), walk.calls, walk.origins)


class _Walk:
    """Computes as it goes, because the numbers say what comes next."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values, self.operations = values, list[Operation]()
        self.calls, self.origins = list[int](), dict[str, str]()
        self.counts: dict[str, int] = {}

    def read(self, program: Program, held: dict[str, Any]) -> Any:
        """What operands of a program are in the one that becomes, operation by operation."""

        def fill(x: Any) -> Any:
            return held[x.name] if isinstance(x, Reference) else x

        open_calls: dict[int, int] = {}
        for operation in program.operations:
            args = tuple(map_leaves(fill, x) for x in operation.args)
            if operation.call in CONTROL:
                held[operation.name] = self._control(operation, args)
            elif operation.call == "operator.getitem" and isinstance(args[0], list):
                held[operation.name] = args[0][args[1]]
            else:
                if operation.call == ENTER:
                    open_calls[args[1]] = len(self.calls)
                    self.calls.append(args[1])
                if operation.call in (ENTER, LEAVE):
                    args = (args[0], open_calls[args[1]])
                held[operation.name] = self._add(operation, args)
        return map_leaves(fill, program.results)

    def _add(self, operation: Operation, args: tuple[Any, ...]) -> Reference:
        count = self.counts.get(operation.name, 0)
        self.counts[operation.name] = count + 1
        name = operation.name if not count else f"{operation.name}.{count}"
        made = replace(operation, name=name, args=args)
        self.operations.append(made)
        self.origins[name] = operation.name
        with no_grad():
            self.values[name] = compute(made, self._value)
        return Reference(name)

    def _value(self, x: Any) -> Any:
        return self.values[x.name] if isinstance(x, Reference) else x

    def _call(self, program: Program, operands: Sequence[Any], around: Operation) -> list[Any]:
        """The operations of a body or a branch, each at its line within the line of the loop."""
        held: dict[str, Any] = {}
        for leaf in program.of_kind("constant"):
            held[leaf.name] = program.arrays[leaf.name][()]
        held.update(zip((leaf.name for leaf in program.of_kind("input")), operands, strict=True))
        lines = around.lines
        inner = [replace(o, lines=(*lines, *o.lines)) for o in program.operations]
        return list(self.read(replace(program, operations=inner), held))

    def _control(self, operation: Operation, args: tuple[Any, ...]) -> list[Any]:
        params = operation.kwargs
        if operation.call == "jax.cond":
            branches = params["branches"]
            number = min(max(int(self._number(args[0])), 0), len(branches) - 1)
            return self._call(branches[number], args[1:], operation)
        if operation.call == "jax.while":
            count = params["cond_nconsts"]
            of_cond, rest = args[:count], args[count:]
            of_body, state = rest[: params["body_nconsts"]], list(rest[params["body_nconsts"] :])
            going = self._call(params["cond_jaxpr"], [*of_cond, *state], operation)[0]
            while np.any(self._number(going)):
                found = self._call(params["body_jaxpr"], [*of_body, *state], operation)
                if np.ndim(self._number(going)):
                    pairs = zip(found, state, strict=True)
                    found = [self._plain(operation, "kept", "jax.kept", (going, *pair), {}) for pair in pairs]
                state = found
                going = self._call(params["cond_jaxpr"], [*of_cond, *state], operation)[0]
            return state
        return self._scan(operation, args)

    def _scan(self, operation: Operation, args: tuple[Any, ...]) -> list[Any]:
        params = operation.kwargs
        consts, carry, length = params["num_consts"], params["num_carry"], params["length"]
        constants, state, along = args[:consts], list(args[consts : consts + carry]), args[consts + carry :]
        rows: list[list[Any]] = []
        for place in reversed(range(length)) if params["reverse"] else range(length):
            taken = [self._plain(operation, "row", "jax.row", (x,), {"place": place}) for x in along]
            found = self._call(params["jaxpr"], [*constants, *state, *taken], operation)
            state = found[:carry]
            rows.append(found[carry:])
        rows = rows[::-1] if params["reverse"] else rows
        if not rows:
            empty = [np.zeros((0, *shape), dtype) for shape, dtype in params["rows"]]
            return [*state, *empty]
        columns = zip(*rows, strict=True)
        return [
            *state,
            *(self._plain(operation, "rows", "jax.stack", tuple(column), {"axis": 0}) for column in columns),
        ]

    def _plain(self, around: Operation, name: str, call: str, args: Any, params: dict[str, Any]) -> Reference:
        made = Operation(f"{around.name}_{name}", call, args, params, around.lines, around.module)
        return self._add(made, args)

    def _number(self, x: Any) -> Any:
        value = self._value(x)
        return get_data(value) if isinstance(value, Node) else value
