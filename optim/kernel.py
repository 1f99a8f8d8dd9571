"""`Kernel`: an update rule, written once for numbers and run over whole buffers in place.

Where numba is installed (the extra `fast`), one compiled loop does it, and reads and writes each array once. Elsewhere
NumPy evaluates the same function on the arrays. Both round alike, so a run does not depend on what is installed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

Formula = Callable[..., tuple[Any, ...]]
# The gradients of one stretch of parameters: 1-d arrays one behind the other, which need not lie so in memory.
Gradients = Sequence[np.ndarray]
# Elements that NumPy is given at a time: their intermediate results fit the cache, and are not fetched from the system.
BLOCK = 24_576


class Kernel:
    """The update rule `formula(p, g, *state, *constants)`, which gives the new p and the new state.

    Parameters
    ----------
    formula : callable
        Arithmetic and NumPy's elementary functions only, so that it holds for numbers and for arrays; at most three states.
        Numbers come as constants: one that is written out, `2 * x`, makes a float32 a float64 in the compiled loop alone.

    Examples
    --------
    >>> step = Kernel(lambda p, g, v, rate: (p - rate * (v + g), v + g))
    >>> p, v = np.array([1.0, 2.0]), np.array([0.0, 1.0])
    >>> step(p, [np.array([1.0, 1.0])], [v], 0.5)
    >>> p.tolist(), v.tolist()
    ([0.5, 1.0], [1.0, 2.0])
    """

    def __init__(self, formula: Formula) -> None:
        self.formula = formula

    def __call__(self, values: np.ndarray, g: Gradients, state: Sequence[np.ndarray], *constants: float) -> None:
        """Replace `values` and the arrays of `state` by what the formula gives for them.

        Parameters
        ----------
        values : 1-d array
        g : sequence of 1-d arrays
            Together as long as `values`; each is read where it lies.
        state : sequence of 1-d arrays
            As long as `values`.
        *constants : float
            Taken in the arrays' dtype.
        """
        scalars = tuple(map(values.dtype.type, constants))
        run = self._loop if self._loop is not None and values.dtype.char in "fd" else self._blocks
        start = 0
        for piece in g:
            part = slice(start, start + piece.size)
            run(values[part], piece, *[s[part] for s in state], scalars)
            start = part.stop

    def _blocks(self, values: np.ndarray, g: np.ndarray, *state_and_scalars: Any) -> None:
        *state, scalars = state_and_scalars
        for start in range(0, values.size, BLOCK):
            p, d, *s = (array[start : start + BLOCK] for array in (values, g, *state))
            for array, new in zip((p, *s), self.formula(p, d, *s, *scalars), strict=True):
                array[...] = new

    @cached_property
    def _loop(self) -> Callable[..., None] | None:
        try:
            import numba
        except ImportError:
            return None
        formula = numba.njit(self.formula)

        def stateless(p: Any, g: Any, constants: Any) -> None:
            for i in range(p.size):
                (p[i],) = formula(p[i], g[i], *constants)

        def with_one(p: Any, g: Any, s: Any, constants: Any) -> None:
            for i in range(p.size):
                p[i], s[i] = formula(p[i], g[i], s[i], *constants)

        def with_two(p: Any, g: Any, s: Any, r: Any, constants: Any) -> None:
            for i in range(p.size):
                p[i], s[i], r[i] = formula(p[i], g[i], s[i], r[i], *constants)

        def with_three(p: Any, g: Any, s: Any, r: Any, q: Any, constants: Any) -> None:
            for i in range(p.size):
                p[i], s[i], r[i], q[i] = formula(p[i], g[i], s[i], r[i], q[i], *constants)

        loops: dict[int, Callable[..., None]] = {3: stateless, 4: with_one, 5: with_two, 6: with_three}
        compiled = {arity: numba.njit(loop, error_model="numpy") for arity, loop in loops.items()}

        def run(*arguments: Any) -> None:
            compiled[len(arguments)](*arguments)

        return run
