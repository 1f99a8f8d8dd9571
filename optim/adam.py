"""Adam and its kin: first and second moments of the gradient, kept as moving averages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from optim.by_element import ByElement, Update
from optim.kernel import Kernel
from optim.states import Readers

if TYPE_CHECKING:
    from optim.typing import Params


@Kernel
def _adam(
    p: Any, g: Any, m: Any, v: Any, rate: Any, beta1: Any, rest1: Any, beta2: Any, rest2: Any, eps: Any, inside: Any,
    decay: Any, shrink: Any,
) -> tuple[Any, ...]:  # fmt: skip
    g = g + decay * p
    m = beta1 * m + rest1 * g
    v = beta2 * v + rest2 * g * g
    return shrink * p - rate * m / (np.sqrt(v + inside) + eps), m, v


@Kernel
def _amsgrad(
    p: Any, g: Any, m: Any, v: Any, largest: Any, rate: Any, beta1: Any, rest1: Any, beta2: Any, rest2: Any, eps: Any,
    inside: Any, decay: Any, shrink: Any,
) -> tuple[Any, ...]:  # fmt: skip
    g = g + decay * p
    m = beta1 * m + rest1 * g
    v = beta2 * v + rest2 * g * g
    largest = np.maximum(largest, v)
    return shrink * p - rate * m / (np.sqrt(largest + inside) + eps), m, v, largest


@Kernel
def _adamax(
    p: Any, g: Any, m: Any, u: Any, rate: Any, beta1: Any, rest1: Any, beta2: Any, eps: Any, outside: Any, decay: Any
) -> tuple[Any, ...]:
    g = g + decay * p
    m = beta1 * m + rest1 * g
    u = np.maximum(beta2 * u, np.abs(g) + eps)
    return p - rate * m / (u + outside), m, u


@Kernel
def _nadam(
    p: Any, g: Any, m: Any, v: Any, total: Any, lr: Any, mu: Any, rest: Any, next_mu: Any, next_rest: Any, beta1: Any,
    rest1: Any, beta2: Any, rest2: Any, correction: Any, eps: Any, decay: Any, shrink: Any,
) -> tuple[Any, ...]:  # fmt: skip
    g = g + decay * p
    m = beta1 * m + rest1 * g
    v = beta2 * v + rest2 * g * g
    # 1 − μ₁·…·μₜ, and the same one step ahead.
    total = mu * total + rest
    ahead = next_mu * total + next_rest
    step = (rest / total * g + next_mu / ahead * m) / (np.sqrt(v / correction) + eps)
    return shrink * p - lr * step, m, v, total


@Kernel
def _radam(
    p: Any, g: Any, m: Any, v: Any, plain: Any, adapted: Any, beta1: Any, rest1: Any, beta2: Any, rest2: Any, eps: Any,
    decay: Any, shrink: Any,
) -> tuple[Any, ...]:  # fmt: skip
    g = g + decay * p
    m = beta1 * m + rest1 * g
    v = beta2 * v + rest2 * g * g
    return shrink * p - m * (plain + adapted / (np.sqrt(v) + eps)), m, v


class AdaptiveMoments(ByElement):
    """What Adam and its kin share: two moving averages of the gradient, and the options that are explained at `Adam`."""

    state_names: tuple[str, ...] = ("exp_avg", "exp_avg_sq")

    def __init__(
        self,
        params: Params,
        lr: float,
        betas: tuple[float, float],
        eps: float,
        weight_decay: float,
        **own: float,
    ) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, **own})


def _average_weights(options: dict[str, Any]) -> tuple[float, float, float, float]:
    """What each average keeps, and what it takes of the new: β₁, 1 − β₁, β₂, 1 − β₂."""
    beta1, beta2 = options["betas"]
    return beta1, 1.0 - beta1, beta2, 1.0 - beta2


class Adam(AdaptiveMoments):
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
        λ: g += λ·θ, coupled, as in PyTorch's Adam; or where `decoupled` θ −= η·λ·θ, as in AdamW.
    amsgrad : bool
        Divide by the largest v̂ so far (Reddi, Kale and Kumar 2018).
    decoupled : bool
    bias_correction : bool
        Without it m̂ = m and v̂ = v, as some texts have it.
    eps_inside : bool
        Put ε inside the root.
    eps_hat : bool
        Add ε to √v before its bias is corrected, η·√(1 − β₂ᵗ) / (1 − β₁ᵗ)·m / (√v + ε): the ε̂ at the end of section 2
        of the paper, as Keras has it.
    maximize : bool
        Go up, and not down.

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

    state_names = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        decoupled: bool = False,
        bias_correction: bool = True,
        eps_inside: bool = False,
        eps_hat: bool = False,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad=amsgrad, decoupled=decoupled,
            bias_correction=bias_correction, eps_inside=eps_inside, eps_hat=eps_hat, maximize=maximize)  # fmt: skip

    def _state_names(self, options: dict[str, Any]) -> tuple[str, ...]:
        return self.state_names if options["amsgrad"] else self.state_names[:2]

    def _updates(self, t: int, options: dict[str, Any]) -> list[Update]:
        (beta1, beta2), eps = options["betas"], options["eps"]
        # Both corrections are the same for all elements: η·m̂ / (√v̂ + ε) = rate·m / (√v + ε·root).
        root, first = ((1.0 - beta2**t) ** 0.5, 1.0 - beta1**t) if options["bias_correction"] else (1.0, 1.0)
        rate = options["lr"] * root / first
        beside = 1.0 if options["eps_hat"] else root
        outside, inside = (0.0, eps * beside * beside) if options["eps_inside"] else (eps * beside, 0.0)
        kernel = _amsgrad if options["amsgrad"] else _adam
        constants = (rate, *_average_weights(options), outside, inside, *self._decay_factors(options))
        return [(kernel, constants)]


class AdamW(Adam):
    """Adam with decoupled weight decay, θ −= η·λ·θ (Loshchilov and Hutter 2019).

    Parameters
    ----------
    params, lr, betas, eps, amsgrad, bias_correction, eps_inside, eps_hat
        As for `Adam`.
    weight_decay : float
        λ; 0.01 by default, as in PyTorch.
    maximize : bool
        Go up, and not down.

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor(3.0, requires_grad=True)
    >>> optimizer = optim.AdamW([x], lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> round(x.item(), 6)
    2.897
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        bias_correction: bool = True,
        eps_inside: bool = False,
        eps_hat: bool = False,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, decoupled=True,
            bias_correction=bias_correction, eps_inside=eps_inside, eps_hat=eps_hat, maximize=maximize)  # fmt: skip


class Adamax(AdaptiveMoments):
    """θ −= η / (1 − β₁ᵗ) · m / u, with u = max(β₂·u, |g| + ε): Adam in the infinity norm (Kingma and Ba 2015, Algorithm 2).

    Parameters
    ----------
    params : iterable of Tensor or of dict
    lr, betas, eps, weight_decay
        As for `Adam`.
    eps_outside : bool
        Divide by u + ε, with u = max(β₂·u, |g|), as Keras does.
    maximize : bool
        Go up, and not down.

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor(3.0, requires_grad=True)
    >>> optimizer = optim.Adamax([x], lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> round(x.item(), 6)
    2.9
    """

    state_names = ("exp_avg", "exp_inf")

    def __init__(
        self,
        params: Params,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        *,
        eps_outside: bool = False,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, eps_outside=eps_outside, maximize=maximize)

    def _updates(self, t: int, options: dict[str, Any]) -> list[Update]:
        beta1, beta2 = options["betas"]
        rate = options["lr"] / (1.0 - beta1**t)
        eps = (0.0, options["eps"]) if options["eps_outside"] else (options["eps"], 0.0)
        return [(_adamax, (rate, beta1, 1.0 - beta1, beta2, *eps, options["weight_decay"]))]


class NAdam(AdaptiveMoments):
    """Adam with Nesterov's lookahead (Dozat 2016): the first moment one step ahead, with μₜ = β₁·(1 − ½·0.96^(t·ψ)).

    Parameters
    ----------
    params : iterable of Tensor or of dict
    lr, betas, eps, weight_decay, decoupled
        As for `Adam`.
    momentum_decay : float
        ψ.
    maximize : bool
        Go up, and not down.

    The product of all μ so far is kept, as `mu_total` = 1 − μ₁·…·μₜ, because a schedule may move β₁.

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor(3.0, requires_grad=True)
    >>> optimizer = optim.NAdam([x], lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> round(x.item(), 3)
    2.894
    """

    state_names = ("exp_avg", "exp_avg_sq", "mu_total")
    torch_names: ClassVar[Readers] = {"mu_product": ("mu_total", lambda product: 1.0 - product)}

    def __init__(
        self,
        params: Params,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 4e-3,
        *,
        decoupled: bool = False,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params, lr, betas, eps, weight_decay, momentum_decay=momentum_decay, decoupled=decoupled, maximize=maximize
        )

    def _updates(self, t: int, options: dict[str, Any]) -> list[Update]:
        (beta1, beta2), decay = options["betas"], options["momentum_decay"]
        mu = beta1 * (1.0 - 0.5 * 0.96 ** (t * decay))
        next_mu = beta1 * (1.0 - 0.5 * 0.96 ** ((t + 1) * decay))
        momenta = (mu, 1.0 - mu, next_mu, 1.0 - next_mu)
        constants = (options["lr"], *momenta, *_average_weights(options), 1.0 - beta2**t, options["eps"])
        return [(_nadam, (*constants, *self._decay_factors(options)))]


class RAdam(AdaptiveMoments):
    """Adam whose adaptive part waits until its variance is known (Liu et al. 2020): from ρₜ > 5 on, t = 6 for β₂ = .999.

    Parameters
    ----------
    params : iterable of Tensor or of dict
    lr, betas, eps, weight_decay, decoupled
        As for `Adam`.
    maximize : bool
        Go up, and not down.

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor(3.0, requires_grad=True)
    >>> optimizer = optim.RAdam([x], lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> round(x.item(), 6)
    2.4
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        *,
        decoupled: bool = False,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, decoupled=decoupled, maximize=maximize)

    def _updates(self, t: int, options: dict[str, Any]) -> list[Update]:
        beta1, beta2 = options["betas"]
        rate = options["lr"] / (1.0 - beta1**t)
        longest = 2.0 / (1.0 - beta2) - 1.0
        length = longest - 2.0 * t * beta2**t / (1.0 - beta2**t)
        plain, adapted = rate, 0.0
        if length > 5.0:
            rectified = (length - 4.0) * (length - 2.0) * longest / ((longest - 4.0) * (longest - 2.0) * length)
            plain, adapted = 0.0, rate * (rectified * (1.0 - beta2**t)) ** 0.5
        constants = (*_average_weights(options), options["eps"], *self._decay_factors(options))
        return [(_radam, (plain, adapted, *constants))]
