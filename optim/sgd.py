"""Stochastic gradient descent, with momentum and Nesterov's lookahead."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from optim.by_element import ByElement, Update
from optim.kernel import Kernel

if TYPE_CHECKING:
    from optim.typing import Params


@Kernel
def _plain(p: Any, g: Any, lr: Any, decay: Any, shrink: Any) -> tuple[Any, ...]:
    return (shrink * p - lr * (g + decay * p),)


@Kernel
def _momentum(p: Any, g: Any, v: Any, outside: Any, decay: Any, shrink: Any, kept: Any, inside: Any) -> tuple[Any, ...]:
    v = kept * v + inside * (g + decay * p)
    return shrink * p - outside * v, v


@Kernel
def _nesterov(
    p: Any, g: Any, v: Any, outside: Any, decay: Any, shrink: Any, kept: Any, inside: Any, momentum: Any, direct: Any
) -> tuple[Any, ...]:
    g = g + decay * p
    v = kept * v + inside * g
    return shrink * p - outside * (direct * g + momentum * v), v


@Kernel
def _soften(p: Any, g: Any, threshold: Any) -> tuple[Any, ...]:
    # |p| less the threshold, and 0 within it.
    return (p - np.minimum(np.maximum(p, -threshold), threshold),)


class SGD(ByElement):
    """θ −= η·v, with v = μ·v + (1 − dampening)·g, and with `nesterov` θ −= η·(g + μ·v).

    Parameters
    ----------
    params : iterable of Tensor or of dict
    lr : float
        η.
    momentum : float
        μ (Polyak 1964); 0 for none.
    dampening : float
    weight_decay : float
        λ: g += λ·θ; or where `decoupled` θ −= η·λ·θ.
    nesterov : bool or "lookahead"
        True keeps the point at which the gradient is taken, as PyTorch and Keras do (Sutskever et al. 2013).
        "lookahead" keeps θ: the gradient must then be taken within `with optimizer.lookahead():`, at θ − η·μ·v.
    momentum_form : {"torch", "inside"}
        Where η stands: outside v, or inside, v = μ·v + η·g and θ −= v, as in Keras and in textbooks. The two differ
        when η changes.
    decoupled : bool
    l1 : float
        A penalty l1·Σ|θ|, as a proximal step: after each step every |θ| gets smaller by η·l1, and those within become 0
        exactly (soft thresholding; Daubechies, Defrise and De Mol 2004). A penalty in the loss moves them about 0 for ever.
        With momentum it is η·l1·(1 − dampening) / (1 − μ), as far as v carries a slope of l1 in the end.
    maximize : bool
        Go up, and not down.

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor(3.0, requires_grad=True)
    >>> optimizer = optim.SGD([x], lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> round(x.item(), 6)
    2.4
    >>> x = autograd.Tensor([3.0, 0.1], requires_grad=True)
    >>> optimizer = optim.SGD([x], lr=0.1, l1=1.0)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x.data.round(6).tolist()
    [2.3, 0.0]
    """

    state_names = ("momentum_buffer",)

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool | Literal["lookahead"] = False,
        *,
        momentum_form: Literal["torch", "inside"] = "torch",
        decoupled: bool = False,
        l1: float = 0.0,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "momentum": momentum,
                "dampening": dampening,
                "weight_decay": weight_decay,
                "nesterov": nesterov,
                "momentum_form": momentum_form,
                "decoupled": decoupled,
                "l1": l1,
                "maximize": maximize,
            },
        )

    def _check(self, options: dict[str, Any]) -> None:
        super()._check(options)
        if not isinstance(options["dampening"], Real) or math.isnan(options["dampening"]):
            raise ValueError(f"SGD: dampening must be a number, got {options['dampening']!r}")
        if options["nesterov"] and (options["momentum"] == 0 or options["dampening"] != 0):
            raise ValueError("SGD: nesterov needs a momentum above 0 and no dampening")
        if options["nesterov"] not in (False, True, "lookahead"):
            raise ValueError(f"SGD: nesterov must be False, True or 'lookahead', got {options['nesterov']!r}")
        if options["momentum_form"] not in ("torch", "inside"):
            raise ValueError(f"SGD: momentum_form must be 'torch' or 'inside', got {options['momentum_form']!r}")
        if options["l1"] and (options["momentum"] >= 1 or float(options["dampening"]) > 1):
            raise ValueError("SGD: l1 needs a momentum below 1, and a dampening of 1 at most")

    def _updates(self, t: int, options: dict[str, Any]) -> list[Update]:
        lr, momentum = options["lr"], options["momentum"]
        decay, shrink = self._decay_factors(options)
        if not momentum:
            descent: Update = _plain, (lr, decay, shrink)
        else:
            # The first v is g itself.
            kept, added = (0.0, 1.0) if t == 1 else (momentum, 1.0 - options["dampening"])
            outside, inside = (lr, added) if options["momentum_form"] == "torch" else (1.0, lr * added)
            descent = _momentum, (outside, decay, shrink, kept, inside)
            if options["nesterov"] is True:
                direct = 1.0 if options["momentum_form"] == "torch" else lr
                descent = _nesterov, (*descent[1], momentum, direct)
        if not options["l1"]:
            return [descent]
        carried = (1.0 - options["dampening"]) / (1.0 - momentum) if momentum else 1.0
        return [descent, (_soften, (lr * options["l1"] * carried,))]

    def _lookahead_factor(self, options: dict[str, Any]) -> float:
        """How many v lie between θ and the point ahead."""
        rate: float = options["lr"] if options["momentum_form"] == "torch" else 1.0
        return options["momentum"] * rate

    @contextmanager
    def lookahead(self) -> Iterator[None]:
        """The context in which to take the gradient with `nesterov="lookahead"`: inside, the parameters are θ − η·μ·v.

        Examples
        --------
        >>> import autograd, optim
        >>> x = autograd.Tensor(3.0, requires_grad=True)
        >>> optimizer = optim.SGD([x], lr=0.1, momentum=0.9, nesterov="lookahead")
        >>> for _ in range(2):
        ...     optimizer.zero_grad()
        ...     with optimizer.lookahead():
        ...         (x * x).backward()
        ...     optimizer.step()
        >>> round(x.item(), 6)
        1.488
        """
        homes: list[tuple[np.ndarray, np.ndarray]] = []
        try:
            for options, buffers, states in zip(self.param_groups, self._buffers, self._state, strict=True):
                ahead = self._lookahead_factor(options)
                for buffer, state in zip(buffers, states, strict=True):
                    buffer.restore_views()
                    homes.append((buffer.values, buffer.values.copy()))
                    buffer.values -= ahead * state["momentum_buffer"]
            yield
        finally:
            try:
                _move_back(homes)
            except BaseException:
                # An interrupt in the middle of it.
                _move_back(homes)
                raise


def _move_back(homes: list[tuple[np.ndarray, np.ndarray]]) -> None:
    for values, home in homes:
        values[...] = home
