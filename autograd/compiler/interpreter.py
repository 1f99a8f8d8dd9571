"""`Interpreter`: runs a flat program without writing it down, one operation of the table after the other.

To write down a program of tens of thousands of operations takes longer than to run it some dozens of times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.emitted import Given
from autograd.compiler.flat import Flat, Variable


class Interpreter:
    """A program that runs as it was captured.

    Parameters
    ----------
    flat : Flat
    given : sequence of Given
        Arrays that the last outputs are written to, which follow the inputs; only the outputs before are returned.
    """

    def __init__(self, flat: Flat, given: Sequence[Given] = ()) -> None:
        self._flat, self._given = flat, given
        read = {
            x: i
            for i, instruction in enumerate(flat.instructions)
            for x in instruction.operands
            if isinstance(x, Variable)
        }
        wanted = {x for x in flat.outputs if isinstance(x, Variable)}
        self._ending: defaultdict[int, list[Variable]] = defaultdict(list)
        for x, i in read.items():
            if x.kind == "result" and x not in wanted:
                self._ending[i].append(x)

    def make(self) -> Callable[..., Any]:
        """A function that runs the program; it holds nothing between its runs."""
        return self._run

    def _run(self, *arrays: np.ndarray) -> tuple[Any, ...]:
        flat = self._flat
        held: dict[Variable, Any] = dict(zip(flat.inputs, arrays, strict=False))
        held.update((constant, constant.value) for constant in flat.constants)

        def value(x: Any) -> Any:
            return held[x] if isinstance(x, Variable) else x

        for i, instruction in enumerate(flat.instructions):
            computed = instruction.op.array(*map(value, instruction.operands), **instruction.params)
            held[instruction.out] = np.asarray(computed)
            for x in self._ending.get(i, ()):
                del held[x]
        returned = len(flat.outputs) - len(self._given)
        for output, to in zip(flat.outputs[returned:], arrays[len(flat.inputs) :], strict=True):
            np.copyto(to, value(output))
        # Arrays of the caller's own: a result may look at what the program is given.
        return tuple(x if not isinstance(x, Variable) else np.array(held[x]) for x in flat.outputs[:returned])


__all__: Sequence[str] = ("Interpreter",)
