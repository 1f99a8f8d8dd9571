"""Adam."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from optim.optimizer import Optimizer


class Adam(Optimizer):
    """θ −= η·m̂ / (√v̂ + ε), with m = β₁·m + (1 − β₁)·g and v = β₂·v + (1 − β₂)·g².

    m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) correct the bias of the zeros that m and v start from (Kingma and Ba 2015,
    Algorithm 1). v is the uncentred second moment.

    Parameters
    ----------
    params : iterable of Tensor or of dict
    lr : float
        η.
    betas : (float, float)
        β₁ and β₂.
    eps : float
        ε, outside the root.
    weight_decay : float
        λ: g += λ·θ, coupled, as in PyTorch's Adam.

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor(3.0, requires_grad=True)
    >>> optimizer = optim.Adam([x], lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> round(x.item(), 6)
    2.9
    """

    state_names = ("exp_avg", "exp_avg_sq")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, {"lr": lr, "betas": tuple(betas), "eps": eps, "weight_decay": weight_decay})

    def _check(self, options: dict[str, Any]) -> None:
        super()._check(options)
        if len(options["betas"]) != 2 or not all(0.0 <= beta < 1.0 for beta in options["betas"]):
            raise ValueError(f"Adam: betas must be two numbers from 0 to below 1, got {options['betas']!r}")

    def _update(
        self, values: np.ndarray, g: np.ndarray, state: dict[str, np.ndarray], t: int, options: dict[str, Any]
    ) -> None:
        (beta1, beta2), eps, decay = options["betas"], options["eps"], options["weight_decay"]
        if decay:
            g += decay * values
        m, v = state["exp_avg"], state["exp_avg_sq"]
        # m = (1 − β₁)·(β₁/(1 − β₁)·m + g), and v = β₂·v + (1 − β₂)·g²: in place, without an array more for the cache.
        m *= beta1 / (1.0 - beta1)
        m += g
        m *= 1.0 - beta1
        g *= g
        g *= 1.0 - beta2
        v *= beta2
        v += g
        # θ −= η·m̂ / (√v̂ + ε), with the corrections taken out of the arrays: √v̂ + ε = (√v + ε·root) / root
        root = (1.0 - beta2**t) ** 0.5
        np.sqrt(v, out=g)
        g += eps * root
        np.divide(m, g, out=g)
        g *= options["lr"] * root / (1.0 - beta1**t)
        values -= g
