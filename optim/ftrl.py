"""Follow the regularised leader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from optim.by_element import ByElement, Update
from optim.kernel import Kernel

if TYPE_CHECKING:
    from optim.typing import Params


@Kernel
def _ftrl(p: Any, g: Any, n: Any, z: Any, lr: Any, l1: Any, twice_l2: Any) -> tuple[Any, ...]:
    more = n + g * g
    z = z + g - (np.sqrt(more) - np.sqrt(n)) / lr * p
    clipped = np.minimum(np.maximum(z, -l1), l1)
    return (clipped - z) / (np.sqrt(more) / lr + twice_l2), more, z


class Ftrl(ByElement):
    """FTRL-Proximal (McMahan et al. 2013, Algorithm 1): n += g², z += g − (√n′ − √n)/η·θ, θ = (clip(z, ±l1) − z) / (√n′/η + 2·l2).

    With l1 it sets parameters to exactly zero.

    Parameters
    ----------
    params : iterable of Tensor or of dict
    lr : float
        η, above 0.
    initial_accumulator_value : float
        What n starts from.
    l1, l2 : float
        The penalties.

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor(0.0, requires_grad=True)
    >>> optimizer = optim.Ftrl([x], lr=0.1)
    >>> ((x - 1) ** 2).backward()
    >>> optimizer.step()
    >>> round(x.item(), 6)
    0.098773
    """

    state_names = ("accumulator", "linear")

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        initial_accumulator_value: float = 0.1,
        l1: float = 0.0,
        l2: float = 0.0,
    ) -> None:
        super().__init__(params, {"lr": lr, "initial_accumulator_value": initial_accumulator_value, "l1": l1, "l2": l2})

    def _check(self, options: dict[str, Any]) -> None:
        super()._check(options)
        if options["lr"] == 0:
            raise ValueError("Ftrl: lr must be above 0")

    def _initial_state(self, name: str, options: dict[str, Any]) -> float:
        return float(options["initial_accumulator_value"]) if name == "accumulator" else 0.0

    def _updates(self, t: int, options: dict[str, Any]) -> list[Update]:
        return [(_ftrl, (options["lr"], options["l1"], 2.0 * options["l2"]))]
