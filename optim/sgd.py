"""Stochastic gradient descent, with momentum and Nesterov's lookahead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from optim.kernel import Kernel
from optim.optimizer import Optimizer


@Kernel
def _plain(p: Any, g: Any, lr: Any, decay: Any) -> tuple[Any, ...]:
    return (p - lr * (g + decay * p),)


@Kernel
def _momentum(p: Any, g: Any, v: Any, lr: Any, decay: Any, kept: Any, added: Any) -> tuple[Any, ...]:
    v = kept * v + added * (g + decay * p)
    return p - lr * v, v


@Kernel
def _nesterov(p: Any, g: Any, v: Any, lr: Any, decay: Any, kept: Any, added: Any, momentum: Any) -> tuple[Any, ...]:
    g = g + decay * p
    v = kept * v + added * g
    return p - lr * (g + momentum * v), v


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
        lr, decay, momentum = options["lr"], options["weight_decay"], options["momentum"]
        if not momentum:
            _plain(values, g, [], lr, decay)
            return
        # The first v is g itself.
        kept, added = (0.0, 1.0) if t == 1 else (momentum, 1.0 - options["dampening"])
        if options["nesterov"]:
            _nesterov(values, g, [state["momentum_buffer"]], lr, decay, kept, added, momentum)
        else:
            _momentum(values, g, [state["momentum_buffer"]], lr, decay, kept, added)
