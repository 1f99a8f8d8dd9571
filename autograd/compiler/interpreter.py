"""`Interpreter`: runs a flat program without writing it down, one operation of the table after the other.

To write down a program of thousands of operations takes longer than to run it some dozens of times.
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
        self._given = len(given)
        # Every number and array has a place in one list: what is given first, then what is constant, and what is computed.
        places: dict[Any, int] = {x: k for k, x in enumerate(flat.inputs)}
        self._inputs = len(places)
        self._held: list[Any] = [None] * self._inputs

        def place(x: Any) -> int:
            if isinstance(x, Variable):
                if x not in places:
                    places[x] = len(self._held)
                    self._held.append(x.value)
                return places[x]
            self._held.append(x)
            return len(self._held) - 1

        found = [([place(x) for x in i.operands], place(i.out), i) for i in flat.instructions]
        self._outputs = [place(x) for x in flat.outputs]
        computed = {out for _, out, _ in found} - {*self._outputs}
        last = {k: at for at, (operands, _, _) in enumerate(found) for k in operands if k in computed}
        ending: defaultdict[int, list[int]] = defaultdict(list)
        for k, at in last.items():
            ending[at].append(k)
        self._steps = [(i.op.array, operands, i.params, out, ending[at]) for at, (operands, out, i) in enumerate(found)]

    def make(self) -> Callable[..., Any]:
        """A function that runs the program; it holds nothing between its runs."""
        return self._run

    def _run(self, *arrays: np.ndarray) -> tuple[Any, ...]:
        held = self._held.copy()
        held[: self._inputs] = arrays[: self._inputs]
        for function, operands, params, out, ending in self._steps:
            computed = function(*[held[k] for k in operands], **params)
            held[out] = computed if computed.__class__ is np.ndarray else np.asarray(computed)
            for k in ending:
                held[k] = None
        found = [held[k] for k in self._outputs]
        returned = len(found) - self._given
        for x, to in zip(found[returned:], arrays[self._inputs :], strict=True):
            np.copyto(to, x)
        # Arrays of the caller's own: a result may look at what the program is given.
        return tuple(np.array(x) if isinstance(x, np.ndarray) else x for x in found[:returned])


__all__: Sequence[str] = ("Interpreter",)
