"""`ByElement`: optimizers that move every element by one formula, with numbers that depend on the step alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from optim.kernel import Gradients, Kernel
from optim.optimizer import Optimizer

# A formula, and the numbers behind its arrays.
Update = tuple[Kernel, Sequence[float]]


class ByElement(Optimizer):
    """Base class: a subclass says in `_updates` by which formulas an element moves at a step.

    What depends on the options or on the number of the step, such as the corrections of Adam's bias, is decided there, in
    numbers; what depends on the element is a `Kernel`. Both can then be read and printed, each by itself.
    """

    def _updates(self, t: int, options: dict[str, Any]) -> list[Update]:
        """The formulas of step `t`, from 1, in turn, each with its constants."""
        raise TypeError(f"{type(self).__name__} has no _updates")

    def _update(
        self, values: np.ndarray, g: Gradients, state: dict[str, np.ndarray], t: int, options: dict[str, Any]
    ) -> None:
        arrays = list(state.values())
        for kernel, constants in self._updates(t, options):
            kernel(values, g, arrays[: kernel.operands - len(constants)], *constants)
