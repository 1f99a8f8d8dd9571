"""Steps by the sign of the gradient: Rprop and Lion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from optim.by_element import ByElement, Update
from optim.kernel import Kernel

if TYPE_CHECKING:
    from optim.typing import Params


@Kernel
def _rprop(
    p: Any, g: Any, last: Any, size: Any, shrink: Any, grow: Any, least: Any, most: Any, zero: Any, one: Any
) -> tuple[Any, ...]:
    same = np.sign(g * last)
    up, down = np.maximum(same, zero), np.maximum(-same, zero)
    size = np.minimum(np.maximum(size * (up * grow + down * shrink + (one - up - down)), least), most)
    g = g * (one - down)
    return p - np.sign(g) * size, g, size


@Kernel
def _lion(
    p: Any, g: Any, m: Any, lr: Any, beta1: Any, rest1: Any, beta2: Any, rest2: Any, shrink: Any
) -> tuple[Any, ...]:
    return shrink * p - lr * np.sign(beta1 * m + rest1 * g), beta2 * m + rest2 * g


class Rprop(ByElement):
    """θ −= sign(g)·Δ: the step Δ grows while the gradient keeps its sign, and shrinks where it changes (Riedmiller and Braun 1993).

    Where the sign changes, the gradient counts as zero, as in PyTorch.

    Parameters
    ----------
    params : iterable of Tensor or of dict
    lr : float
        The first Δ.
    etas : (float, float)
        The factors by which Δ shrinks and grows.
    step_sizes : (float, float)
        The least and the largest Δ.
    maximize : bool
        Go up, and not down.

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor(3.0, requires_grad=True)
    >>> optimizer = optim.Rprop([x], lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> round(x.item(), 6)
    2.9
    """

    state_names = ("prev", "step_size")

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50.0),
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, {"lr": lr, "etas": etas, "step_sizes": step_sizes, "maximize": maximize})

    def _check(self, options: dict[str, Any]) -> None:
        super()._check(options)
        shrink, grow = options["etas"]
        if not 0.0 < shrink < 1.0 < grow:
            raise ValueError(f"Rprop: etas must be below and above 1, got {options['etas']!r}")
        least, most = options["step_sizes"]
        if not 0.0 <= least <= most:
            raise ValueError(f"Rprop: step_sizes must not be negative, the least first, got {options['step_sizes']!r}")

    def _initial_state(self, name: str, options: dict[str, Any]) -> float:
        return float(options["lr"]) if name == "step_size" else 0.0

    def _updates(self, t: int, options: dict[str, Any]) -> list[Update]:
        return [(_rprop, (*options["etas"], *options["step_sizes"], 0.0, 1.0))]


class Lion(ByElement):
    """θ −= η·(sign(β₁·m + (1 − β₁)·g) + λ·θ), then m = β₂·m + (1 − β₂)·g (Chen et al. 2023, Algorithm 2).

    Parameters
    ----------
    params : iterable of Tensor or of dict
    lr : float
        η: a tenth to a third of what Adam takes.
    betas : (float, float)
        β₁ and β₂.
    weight_decay : float
        λ, decoupled.
    maximize : bool
        Go up, and not down.

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor(3.0, requires_grad=True)
    >>> optimizer = optim.Lion([x], lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> round(x.item(), 6)
    2.9
    """

    state_names = ("exp_avg",)

    def __init__(
        self,
        params: Params,
        lr: float = 1e-4,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay, "maximize": maximize})

    def _updates(self, t: int, options: dict[str, Any]) -> list[Update]:
        lr, (beta1, beta2) = options["lr"], options["betas"]
        shrink = 1.0 - lr * options["weight_decay"]
        return [(_lion, (lr, beta1, 1.0 - beta1, beta2, 1.0 - beta2, shrink))]
