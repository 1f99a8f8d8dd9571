"""Stochastic gradient descent, with momentum and Nesterov's lookahead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from optim.optimizer import Optimizer


class SGD(Optimizer):
    """θ −= η·v, with v = μ·v + (1 − dampening)·g, and with `nesterov` θ −= η·(g + μ·v).

    The learning rate stands outside the momentum buffer, as in PyTorch; the first v is g itself.

    Parameters
    ----------
    params : iterable of Tensor or of dict
    lr : float
        η.
    momentum : float
        μ (Polyak 1964); 0 for none.
    dampening : float
    weight_decay : float
        λ: g += λ·θ.
    nesterov : bool
        The form of Sutskever et al. 2013; it needs momentum and no dampening.

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor(3.0, requires_grad=True)
    >>> optimizer = optim.SGD([x], lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> round(x.item(), 6)
    2.4
    """

    state_names = ("momentum_buffer",)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "momentum": momentum,
                "dampening": dampening,
                "weight_decay": weight_decay,
                "nesterov": nesterov,
            },
        )

    def _check(self, options: dict[str, Any]) -> None:
        super()._check(options)
        if options["nesterov"] and (options["momentum"] == 0 or options["dampening"] != 0):
            raise ValueError("SGD: nesterov needs a momentum above 0 and no dampening")

    def _update(
        self, values: np.ndarray, g: np.ndarray, state: dict[str, np.ndarray], t: int, options: dict[str, Any]
    ) -> None:
        lr, momentum = options["lr"], options["momentum"]
        if options["weight_decay"]:
            g += options["weight_decay"] * values
        if momentum:
            v = state["momentum_buffer"]
            if t == 1:
                v[...] = g
            else:
                v *= momentum
                v += (1.0 - options["dampening"]) * g
            if options["nesterov"]:
                g += momentum * v
            else:
                g = v
        values -= lr * g
