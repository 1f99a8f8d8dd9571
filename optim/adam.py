"""Adam."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from optim.kernel import Kernel
from optim.optimizer import Optimizer


@Kernel
def _adam(
    p: Any, g: Any, m: Any, v: Any, rate: Any, beta1: Any, rest1: Any, beta2: Any, rest2: Any, eps: Any, decay: Any
) -> tuple[Any, ...]:
    g = g + decay * p
    m = beta1 * m + rest1 * g
    v = beta2 * v + rest2 * g * g
    return p - rate * m / (np.sqrt(v) + eps), m, v


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
        (beta1, beta2), eps = options["betas"], options["eps"]
        # Both corrections are the same for all elements: η·m̂ / (√v̂ + ε) = rate·m / (√v + ε·root).
        root = (1.0 - beta2**t) ** 0.5
        rate = options["lr"] * root / (1.0 - beta1**t)
        state_arrays = [state["exp_avg"], state["exp_avg_sq"]]
        _adam(
            values, g, state_arrays, rate, beta1, 1.0 - beta1, beta2, 1.0 - beta2, eps * root, options["weight_decay"]
        )
