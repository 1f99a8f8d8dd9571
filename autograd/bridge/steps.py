"""A program in steps that can be compared alone: an operation each, and a custom function with all that its forward does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograd.bridge.program import Line, Operation, Program

ENTER, LEAVE = "stepgrad.enter.default", "stepgrad.leave.default"


@dataclass(frozen=True)
class Step:
    """What is compared alone.

    Attributes
    ----------
    operations : sequence of Operation
        One; or those of a custom function, of which the first takes its tensors and the last gives its results.
    call : int or None
        The number of the call of a custom function.
    """

    operations: Sequence[Operation]
    call: int | None = None

    @property
    def name(self) -> str:
        """Of its result."""
        return self.operations[-1].name

    @property
    def operands(self) -> list[str]:
        """The names of the tensors that it takes, each once."""
        return list(dict.fromkeys(self.operations[0].operands))

    @property
    def place(self) -> str:
        """Where the user wrote it."""
        return self.operations[0].place

    @property
    def line(self) -> Line | None:
        """The innermost line of the user's that computes it."""
        return self.operations[0].lines[-1] if self.operations[0].lines else None


def steps_of(program: Program) -> list[Step]:
    """The steps of a program, in order.

    Examples
    --------
    >>> from autograd.bridge.program import Leaf, Operation, Program, Reference
    >>> x, r = Leaf("x", "input", "x", (2,), "float32"), Reference
    >>> inner = [
    ...     Operation("in", "stepgrad.enter.default", ([r("x")], 0)),
    ...     Operation("x0", "operator.getitem", (r("in"), 0)),
    ...     Operation("y", "aten.mul.Tensor", (r("x0"), 2.0)),
    ...     Operation("out", "stepgrad.leave.default", ([r("y")], 0)),
    ... ]
    >>> after = Operation("z", "operator.getitem", (r("out"), 0))
    >>> [(step.name, step.call, len(step.operations)) for step in steps_of(Program("f", [x], [*inner, after], r("z"), ((r("x"),), {})))]
    [('out', 0, 4), ('z', None, 1)]
    """
    ends = {o.args[1]: i for i, o in enumerate(program.operations) if o.call == LEAVE}
    found: list[Step] = []
    number = 0
    while number < len(program.operations):
        operation = program.operations[number]
        # What is inside of another custom function is a part of that one.
        end = ends.get(operation.args[1], number) if operation.call == ENTER else number
        call = operation.args[1] if end > number else None
        found.append(Step(program.operations[number : end + 1], call))
        number = end + 1
    return found


def outside(step: Step) -> set[str]:
    """The names that a custom function reads from outside, beside its arguments: constants to it."""
    own = {operation.name for operation in step.operations}
    taken = set(step.operands)
    return {
        name
        for operation in step.operations[1:]
        for name in operation.operands
        if name not in own and name not in taken
    }


def moving_names(program: Program) -> set[str]:
    """The names of inputs and parameters, and of what hangs on them: a derivative goes there."""
    moving = {leaf.name for leaf in program.leaves if leaf.kind in ("input", "parameter")}
    for operation in program.operations:
        if not operation.constant and not moving.isdisjoint(operation.operands):
            moving.add(operation.name)
    return moving
