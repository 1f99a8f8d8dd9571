"""`Adafactor` and `Muon`: optimizers that look at whole matrices, one parameter at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.engine.tensor import Tensor, stamp
from autograd.errors import ShapeError
from autograd.graph.modes import at_each_run
from autograd.graph.node import get_data, get_grad
from optim.arguments import check_not_negative, check_real, check_whole
from optim.optimizer import Optimizer
from optim.states import read_entry

if TYPE_CHECKING:
    from optim.typing import Params


class ByParameter(Optimizer):
    """Base class: a subclass says in `_move` how one parameter moves, in its shape; its state is in `state[parameter]`.

    Which arrays that has, and of what shapes, it says in `_state_shapes`.
    """

    def _state_shapes(self, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        """The arrays that are kept for a parameter of this shape."""
        raise TypeError(f"{type(self).__name__} has no _state_shapes")

    def _move(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], options: dict[str, Any]) -> None:
        """Move a parameter in place; `state["step"]` is the number of this step, from 1."""
        raise TypeError(f"{type(self).__name__} has no _move")

    def _read_kept(self, where: str, p: Tensor, entry: Mapping[str, Any]) -> dict[str, Any]:
        if not set(entry) - {"step"}:
            # It was not moved yet.
            return {}
        own = {name: np.empty(shape, p.dtype) for name, shape in self._state_shapes(p.shape).items()}
        read = read_entry(where, type(self).__name__, entry, {"step": 0, **own}, {})
        return {"step": read["step"], **{name: np.asarray(read[name], p.dtype) for name in own}}

    def _step(self) -> None:
        moved: list[Tensor] = []
        for options in self.param_groups:
            for p in options["params"]:
                g = get_grad(p)
                if g is None:
                    continue
                state = self._kept[p]
                state["step"] = int(state.get("step", 0)) + 1
                self._move(get_data(p), -g if options["maximize"] else g, state, options)
                moved.append(p)
        stamp(moved)

    _step.__qualname__ = "Optimizer.step"
    _step = at_each_run(_step)


class Adafactor(ByParameter):
    """Adam without a first moment, whose second moments of a matrix are those of its rows and columns (Shazeer and Stern 2018).

    A step is the root mean square of θ, at least ε₂, times the lesser of η and 1/√t, times g / √v, clipped to the root mean
    square d.

    Parameters
    ----------
    params : iterable of Tensor or of dict
    lr : float
        η.
    beta2_decay : float
        The share of a new square in v is t to this power.
    eps : (float or None, float)
        ε₁, what √v is at least, None for the precision of the dtype; and ε₂.
    d : float
        Where updates are clipped.
    weight_decay : float
        Decoupled: θ −= η·λ·θ.
    maximize : bool
        Go up, and not down.

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor([[3.0, 1.0]], requires_grad=True)
    >>> optimizer = optim.Adafactor([x], lr=0.1)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x.data.round(4).tolist()
    [[2.7764, 0.7764]]
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "beta2_decay": beta2_decay,
                "eps": eps,
                "d": d,
                "weight_decay": weight_decay,
                "maximize": maximize,
            },
        )

    def _check(self, options: dict[str, Any]) -> None:
        eps = options["eps"]
        if not (isinstance(eps, tuple) and len(eps) == 2):
            raise ValueError(f"Adafactor: eps must be two numbers, the first or None, got {eps!r}")
        for number in (0.0 if eps[0] is None else eps[0], eps[1]):
            check_not_negative("Adafactor", "eps", number)
        super()._check({name: option for name, option in options.items() if name != "eps"})
        check_real("Adafactor: beta2_decay", options["beta2_decay"], "that is at most 0", lambda x: x <= 0.0)
        check_real("Adafactor: d", options["d"], "from 1 on", lambda x: x >= 1.0)

    def _state_shapes(self, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        if len(shape) < 2:
            return {"variance": shape}
        return {"row_var": (*shape[:-1], 1), "col_var": (*shape[:-2], 1, shape[-1])}

    def _move(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], options: dict[str, Any]) -> None:
        (least, small), t, lr = options["eps"], state["step"], options["lr"]
        floor = float(np.finfo(p.dtype).eps) if least is None else float(least)
        share = t ** options["beta2_decay"]
        rate = max(small, _mean_root(p)) * min(lr, t**-0.5)
        if options["weight_decay"]:
            p *= 1.0 - lr * options["weight_decay"]
        squares = g * g
        if g.ndim > 1:
            rows = _average(state, "row_var", squares.mean(axis=-1, keepdims=True), share)
            columns = _average(state, "col_var", squares.mean(axis=-2, keepdims=True), share)
            spread = rows @ columns / np.maximum(rows.mean(axis=-2, keepdims=True), floor)
        else:
            spread = _average(state, "variance", squares, share)
        update = g / np.sqrt(np.maximum(spread, floor * floor))
        p -= rate / max(1.0, _mean_root(update) / options["d"]) * update


def _length(x: np.ndarray) -> float:
    """The root of the sum of squares, which in half precision would overflow."""
    return float(np.linalg.norm(np.ravel(x).astype(np.promote_types(x.dtype, np.float32), copy=False)))


def _mean_root(x: np.ndarray) -> float:
    """The root of the mean square."""
    return _length(x) / x.size**0.5 if x.size else 0.0


def _average(state: dict[str, Any], name: str, new: np.ndarray, share: float) -> np.ndarray:
    """A moving average that begins at 0."""
    before = state.get(name)
    state[name] = new * share if before is None else before + share * (new - before)
    return np.asarray(state[name])


class Muon(ByParameter):
    """Momentum whose matrices are made orthogonal, for the hidden weights of networks (Jordan et al. 2024).

    The orthogonalisation is five steps of Newton and Schulz's iteration, in the dtype of the parameter; PyTorch rounds to
    bfloat16 there. Biases, embeddings and the last layer are moved by AdamW beside it.

    Parameters
    ----------
    params : iterable of Tensor or of dict
        Matrices.
    lr : float
    weight_decay : float
        Decoupled: θ −= η·λ·θ.
    momentum : float
    nesterov : bool
        Take the gradient with the momentum one step ahead.
    ns_coefficients : (float, float, float)
        Of the iteration.
    eps : float
        What the length of a matrix is at least.
    ns_steps : int
        How many steps it goes.
    adjust_lr_fn : {"original", "match_rms_adamw"}, optional
        By what the rate grows with the shape: √max(1, rows/columns), which is the default, or 0.2·√max(rows, columns).

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor([[3.0, 0.0], [0.0, 1.0]], requires_grad=True)
    >>> optimizer = optim.Muon([x], lr=0.1, weight_decay=0.0)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x.data.round(1).tolist()
    [[2.9, 0.0], [0.0, 0.9]]
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "weight_decay": weight_decay,
                "momentum": momentum,
                "nesterov": nesterov,
                "ns_coefficients": ns_coefficients,
                "eps": eps,
                "ns_steps": ns_steps,
                "adjust_lr_fn": adjust_lr_fn,
            },
        )

    def _check(self, options: dict[str, Any]) -> None:
        super()._check(options)
        coefficients = options["ns_coefficients"]
        if not (isinstance(coefficients, tuple) and len(coefficients) == 3):
            raise ValueError(f"Muon: ns_coefficients must be three numbers, got {coefficients!r}")
        check_whole("Muon: ns_steps", options["ns_steps"], 1)
        if options["adjust_lr_fn"] not in (None, "original", "match_rms_adamw"):
            raise ValueError(
                f"Muon: adjust_lr_fn must be 'original' or 'match_rms_adamw', got {options['adjust_lr_fn']!r}"
            )
        for p in options["params"]:
            if p.ndim != 2:
                raise ShapeError(
                    f"Muon: moves matrices, and {p.label()!r} has shape {p.shape}: give it to another optimizer, such as AdamW"
                )

    def _state_shapes(self, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        return {"momentum_buffer": shape}

    def _move(self, p: np.ndarray, g: np.ndarray, state: dict[str, Any], options: dict[str, Any]) -> None:
        kept = options["momentum"]
        buffer = _average(state, "momentum_buffer", g, 1.0 - kept)
        update = g + kept * (buffer - g) if options["nesterov"] else buffer
        rows, columns = p.shape
        alike = options["adjust_lr_fn"] == "match_rms_adamw"
        ratio = 0.2 * max(rows, columns) ** 0.5 if alike else max(1.0, rows / columns) ** 0.5
        p *= 1.0 - options["lr"] * options["weight_decay"]
        p -= options["lr"] * ratio * _orthogonalise(update, options)


def _orthogonalise(x: np.ndarray, options: dict[str, Any]) -> np.ndarray:
    """U·Vᵀ of the singular value decomposition, nearly: Newton and Schulz's iteration of odd polynomials."""
    a, b, c = options["ns_coefficients"]
    wide = x if x.shape[0] <= x.shape[1] else x.T
    wide = wide / max(_length(wide), options["eps"])
    for _ in range(options["ns_steps"]):
        gram = wide @ wide.T
        wide = a * wide + (b * gram + c * gram @ gram) @ wide
    return wide if x.shape[0] <= x.shape[1] else wide.T
