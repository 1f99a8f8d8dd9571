"""`Kernel`: an update rule, written once for numbers and run over whole buffers in place.

Where numba is installed (the extra `fast`), one compiled loop does it, and reads and writes each array once. Elsewhere
NumPy evaluates the same function on the arrays. Both round alike, so a run does not depend on what is installed.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.machine_code import has_numba, module_of

Formula = Callable[..., tuple[Any, ...]]
# The gradients of one stretch of parameters: 1-d arrays one behind the other, which need not lie so in memory.
Gradients = Sequence[np.ndarray]
# Elements that NumPy is given at a time: their intermediate results fit the cache, and are not fetched from the system.
BLOCK_SIZE = 24_576


HEADER = '''"""The update rule {module}.{name}, {fingerprint}, as a loop."""
from numba import njit
from autograd.machine_code import keep_compiled
from {module} import {name} as kernel

formula = njit(kernel.formula)


'''
LOOP = """@keep_compiled(__name__, error_model="numpy")
def run({arrays}, constants):
{unpacked}
    for i in range(p.size):
        {written}, = formula({elements})
"""


class Kernel:
    """The update rule `formula(p, g, *state, *constants)`, which gives the new p and the new state.

    Parameters
    ----------
    formula : callable
        Arithmetic and NumPy's elementary functions only, so that it holds for numbers and for arrays.
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
        # Arrays of state and constants.
        self.operands: int = formula.__code__.co_argcount - 2
        self._loops: dict[int, Callable[..., None]] = {}

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
        # One array is sooner handed to machine code than a tuple of numbers.
        scalars = np.array(constants, values.dtype)
        native = values.dtype.char in "fd" and values.dtype.isnative and has_numba()
        run = self._compile_loop(len(state)) if native else self._run_blocks
        if len(g) == 1:
            run(values, g[0], *state, scalars)
            return
        start = 0
        for piece in g:
            part = slice(start, start + piece.size)
            run(values[part], piece, *[s[part] for s in state], scalars)
            start = part.stop

    def _run_blocks(self, values: np.ndarray, g: np.ndarray, *state_and_scalars: Any) -> None:
        *state, scalars = state_and_scalars
        for start in range(0, values.size, BLOCK_SIZE):
            p, d, *s = (array[start : start + BLOCK_SIZE] for array in (values, g, *state))
            for array, new in zip((p, *s), self.formula(p, d, *s, *scalars), strict=True):
                array[...] = new

    def _compile_loop(self, states: int) -> Callable[..., None]:
        """The formula over all elements as one compiled loop."""
        if states not in self._loops:
            from numba import njit

            arrays = ["p", "g", *(f"s{k}" for k in range(states))]
            numbers = [f"c{k}" for k in range(self.operands - states)]
            text = LOOP.format(
                arrays=", ".join(arrays),
                unpacked="\n".join(f"    {name} = constants[{k}]" for k, name in enumerate(numbers)),
                elements=", ".join([*(f"{name}[i]" for name in arrays), *numbers]),
                written=", ".join(f"{name}[i]" for name in arrays if name != "g"),
            )
            formula = self.formula
            if getattr(sys.modules.get(formula.__module__), formula.__name__, None) is self:
                self._loops[states] = module_of(
                    HEADER.format(
                        module=formula.__module__,
                        name=formula.__name__,
                        fingerprint=hashlib.sha256(inspect.getsource(formula).encode()).hexdigest()[:12],
                    )
                    + text
                ).run
            else:
                # A formula that no module has cannot be found again by another process.
                scope = {"keep_compiled": lambda _, **options: njit(**options), "formula": njit(formula)}
                exec(text, scope)  # noqa: S102 - our own text
                self._loops[states] = scope["run"]  # type: ignore[assignment]
        return self._loops[states]
