"""Rates of their own for every parameter: AdaGrad, AdaDelta, RMSProp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from optim.by_element import ByElement, Update
from optim.kernel import Kernel

if TYPE_CHECKING:
    from optim.typing import Params


@Kernel
def _adagrad(p: Any, g: Any, r: Any, rate: Any, eps: Any, inside: Any, decay: Any) -> tuple[Any, ...]:
    g = g + decay * p
    r = r + g * g
    return p - rate * g / (np.sqrt(r + inside) + eps), r


@Kernel
def _adadelta(p: Any, g: Any, s: Any, r: Any, lr: Any, rho: Any, rest: Any, eps: Any, decay: Any) -> tuple[Any, ...]:
    g = g + decay * p
    s = rho * s + rest * g * g
    step = np.sqrt(r + eps) / np.sqrt(s + eps) * g
    r = rho * r + rest * step * step
    return p - lr * step, s, r


@Kernel
def _rmsprop(
    p: Any, g: Any, r: Any, lr: Any, alpha: Any, rest: Any, eps: Any, inside: Any, decay: Any
) -> tuple[Any, ...]:
    g = g + decay * p
    r = alpha * r + rest * g * g
    return p - lr * g / (np.sqrt(r + inside) + eps), r


@Kernel
def _with_momentum(
    p: Any, g: Any, r: Any, b: Any, lr: Any, alpha: Any, rest: Any, eps: Any, inside: Any, decay: Any, momentum: Any
) -> tuple[Any, ...]:
    g = g + decay * p
    r = alpha * r + rest * g * g
    b = momentum * b + g / (np.sqrt(r + inside) + eps)
    return p - lr * b, r, b


@Kernel
def _centred(
    p: Any,
    g: Any,
    r: Any,
    m: Any,
    b: Any,
    lr: Any,
    alpha: Any,
    rest: Any,
    eps: Any,
    inside: Any,
    decay: Any,
    momentum: Any,
) -> tuple[Any, ...]:
    g = g + decay * p
    r = alpha * r + rest * g * g
    m = alpha * m + rest * g
    b = momentum * b + g / (np.sqrt(r - m * m + inside) + eps)
    return p - lr * b, r, m, b


class Adagrad(ByElement):
    """θ −= η·g / (√r + ε), with r += g² (Duchi, Hazan and Singer 2011).

    Parameters
    ----------
    params : iterable of Tensor or of dict
    lr : float
        η.
    lr_decay : float
        δ: the rate of step t is η / (1 + (t − 1)·δ).
    weight_decay : float
        λ: g += λ·θ.
    initial_accumulator_value : float
        What r starts from.
    eps : float
        ε.
    eps_inside : bool
        √(r + ε) instead.
    maximize : bool
        Go up, and not down.

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor(3.0, requires_grad=True)
    >>> optimizer = optim.Adagrad([x], lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> round(x.item(), 6)
    2.9
    """

    state_names = ("sum",)

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        eps_inside: bool = False,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "lr_decay": lr_decay,
                "weight_decay": weight_decay,
                "initial_accumulator_value": initial_accumulator_value,
                "eps": eps,
                "eps_inside": eps_inside,
                "maximize": maximize,
            },
        )

    def _initial_state(self, name: str, options: dict[str, Any]) -> float:
        return float(options["initial_accumulator_value"])

    def _updates(self, t: int, options: dict[str, Any]) -> list[Update]:
        rate = options["lr"] / (1.0 + (t - 1) * options["lr_decay"])
        return [(_adagrad, (rate, *_place_eps(options), options["weight_decay"]))]


class Adadelta(ByElement):
    """θ −= η·Δ, with Δ = √((r + ε) / (s + ε))·g, s the moving average of g² and r that of Δ² (Zeiler 2012, Algorithm 1).

    Parameters
    ----------
    params : iterable of Tensor or of dict
    lr : float
        η; 1 is the paper's method, which has no rate.
    rho : float
        The share that both averages keep.
    eps : float
        ε.
    weight_decay : float
        λ: g += λ·θ.
    use_lr : bool
        False is the paper's method whatever `lr` is: a rate that is given, or that a schedule sets, has no effect.
    maximize : bool
        Go up, and not down.

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor(3.0, requires_grad=True)
    >>> optimizer = optim.Adadelta([x])
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> round(x.item(), 6)
    2.996838
    """

    state_names = ("square_avg", "acc_delta")

    def __init__(
        self,
        params: Params,
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        *,
        use_lr: bool = True,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "use_lr": use_lr, "maximize": maximize},
        )

    def _updates(self, t: int, options: dict[str, Any]) -> list[Update]:
        rho, rate = options["rho"], options["lr"] if options["use_lr"] else 1.0
        return [(_adadelta, (rate, rho, 1.0 - rho, options["eps"], options["weight_decay"]))]


class RMSprop(ByElement):
    """θ −= η·g / (√r + ε), with r = α·r + (1 − α)·g² (Tieleman and Hinton 2012, lecture 6.5).

    Parameters
    ----------
    params : iterable of Tensor or of dict
    lr : float
        η.
    alpha : float
        α.
    eps : float
        ε.
    weight_decay : float
        λ: g += λ·θ.
    momentum : float
        μ, of a buffer of the steps.
    centered : bool
        Divide by the standard deviation: r − m², with m the moving average of g (Graves 2013).
    eps_inside : bool
        √(r + ε) instead.
    maximize : bool
        Go up, and not down.

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor(3.0, requires_grad=True)
    >>> optimizer = optim.RMSprop([x], lr=0.01)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> round(x.item(), 6)
    2.9
    """

    state_names = ("square_avg", "grad_avg", "momentum_buffer")

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        eps_inside: bool = False,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "alpha": alpha,
                "eps": eps,
                "weight_decay": weight_decay,
                "momentum": momentum,
                "centered": centered,
                "eps_inside": eps_inside,
                "maximize": maximize,
            },
        )

    def _state_names(self, options: dict[str, Any]) -> tuple[str, ...]:
        if options["centered"]:
            return self.state_names
        return ("square_avg", "momentum_buffer") if options["momentum"] else ("square_avg",)

    def _updates(self, t: int, options: dict[str, Any]) -> list[Update]:
        alpha, momentum = options["alpha"], options["momentum"]
        constants = (options["lr"], alpha, 1.0 - alpha, *_place_eps(options), options["weight_decay"])
        if options["centered"]:
            return [(_centred, (*constants, momentum))]
        if momentum:
            return [(_with_momentum, (*constants, momentum))]
        return [(_rmsprop, constants)]


def _place_eps(options: dict[str, Any]) -> tuple[float, float]:
    """ε outside the root, and inside."""
    return (0.0, options["eps"]) if options["eps_inside"] else (options["eps"], 0.0)
