"""Methods that use curvature: L-BFGS and Newton's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.engine.tensor import Tensor, stamp
from autograd.engine.transforms import grad, hvp
from autograd.errors import OperandError
from autograd.graph.node import get_data, raw
from optim.arguments import check_not_negative, forget_gradients, list_parameters
from optim.optimizer import Buffer

if TYPE_CHECKING:
    from optim.typing import Params

Closure = Callable[[], Any]


class _OverAll:
    """All parameters as one vector, with the loss and the gradient at any point of it."""

    def __init__(self, params: Params, what: str) -> None:
        self.parameters: list[Tensor] = list_parameters(what, params, groups=True)
        if not self.parameters:
            raise ValueError(f"{what}: the list of parameters is empty")
        for p in self.parameters:
            if not isinstance(p, Tensor) or p.op is not None or p.dtype.kind != "f":
                raise OperandError(f"{what}: parameters are leaf tensors of floats, without options of groups")
        self._gather()

    def _gather(self) -> None:
        """Put all parameters into one buffer."""
        if len({p.dtype for p in self.parameters}) > 1:
            raise OperandError(f"{type(self).__name__}: the parameters must be of one dtype")
        self._empty = [p for p in self.parameters if not get_data(p).size]
        self._buffer = Buffer(self.parameters)

    @property
    def point(self) -> np.ndarray:
        """The parameters, to be written to."""
        return self._buffer.values

    def loss_and_gradient(self, closure: Closure) -> tuple[float, np.ndarray]:
        """What the closure gives here, and the gradient that it leaves; parameters without one have zeros.

        Parameters
        ----------
        closure : callable
            Without arguments; computes the loss and its gradients.

        Returns
        -------
        tuple of float and numpy.ndarray

        Raises
        ------
        OperandError
            For what is not a function of one number.

        Examples
        --------
        >>> import autograd, numpy as np, optim
        >>> x = autograd.Tensor([3.0], requires_grad=True)
        >>> optimizer = optim.LBFGS([x])
        >>> def closure():
        ...     optimizer.zero_grad()
        ...     loss = (x * x).sum()
        ...     loss.backward()
        ...     return loss
        >>> loss, gradient = optimizer.loss_and_gradient(closure)
        >>> loss, gradient.tolist()
        (9.0, [6.0])
        """
        _, loss, gradient = self._evaluate(closure)
        return loss, gradient

    def _evaluate(self, closure: Closure) -> tuple[Any, float, np.ndarray]:
        """What the closure gives, as it is and as a number, and the gradient that it leaves."""
        if not callable(closure):
            raise OperandError(f"{type(self).__name__}: step takes a closure that gives the loss, not {closure!r}")
        loss = closure()
        if np.size(raw(loss)) != 1 or loss is None:
            raise OperandError(f"{type(self).__name__}: the closure must return one number, the loss, not {loss!r}")
        if self._empty and any(get_data(p).size for p in self._empty):
            # Lazy layers have learnt the length of their input in the closure.
            self._gather()
        self._buffer.restore_views()
        gradient = np.zeros_like(self.point)
        for part, g in zip(self._buffer.slices, self._buffer.gradients(), strict=True):
            if g is not None:
                gradient[part] = g
        return loss, float(np.ravel(raw(loss))[0]), gradient

    def move_to(self, to: np.ndarray) -> None:
        """Set the parameters.

        Parameters
        ----------
        to : numpy.ndarray
            All parameters, one behind the other.

        Examples
        --------
        >>> import autograd, numpy as np, optim
        >>> x = autograd.Tensor([3.0], requires_grad=True)
        >>> optimizer = optim.LBFGS([x])
        >>> optimizer.move_to(np.array([1.5]))
        >>> x.item()
        1.5
        """
        self._buffer.restore_views()
        self._buffer.values[...] = to
        stamp(self.parameters)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients.

        Parameters
        ----------
        set_to_none : bool
            With False gradients that are there become zeros.

        Examples
        --------
        >>> import autograd, numpy as np, optim
        >>> x = autograd.Tensor([3.0], requires_grad=True)
        >>> optimizer = optim.LBFGS([x])
        >>> (x * x).sum().backward()
        >>> optimizer.zero_grad()
        >>> x.grad is None
        True
        """
        forget_gradients(self.parameters, set_to_none)


class LBFGS(_OverAll):
    """Limited-memory BFGS (Nocedal and Wright 2006, Algorithm 7.4): steps by an inverse Hessian that the last gradients tell.

    Parameters
    ----------
    params : iterable of Tensor
    lr : float
        The length of a step, or of the first try of the line search.
    max_iter : int
        Iterations of a `step`.
    max_eval : int, optional
        Evaluations of a `step`; 1.25·max_iter by default.
    tolerance_grad, tolerance_change : float
        `step` ends where the gradient's largest element, or a change, is smaller.
    history_size : int
        Pairs of steps and changes of the gradient that are kept.
    line_search_fn : {"strong_wolfe"}, optional
        Without it every step has length `lr`, as in PyTorch.

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor([3.0, -2.0], requires_grad=True)
    >>> optimizer = optim.LBFGS([x], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = (x[0] - 1) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2
    ...     loss.backward()
    ...     return loss
    >>> for _ in range(4):
    ...     loss = optimizer.step(closure)
    >>> x.data.round(4).tolist()
    [1.0, 1.0]
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1.0,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        super().__init__(params, "LBFGS")
        check_not_negative("LBFGS", "max_iter", max_iter)
        if line_search_fn not in (None, "strong_wolfe"):
            raise ValueError(f"LBFGS: line_search_fn must be None or 'strong_wolfe', got {line_search_fn!r}")
        self.lr, self.max_iter = check_not_negative("LBFGS", "lr", lr), int(max_iter)
        self.max_eval = max_eval if max_eval is not None else max_iter * 5 // 4
        self.tolerance_grad, self.tolerance_change = tolerance_grad, tolerance_change
        self.history_size, self.line_search_fn = history_size, line_search_fn
        self._pairs: list[tuple[np.ndarray, np.ndarray]] = []
        self._last: tuple[np.ndarray, np.ndarray, float] | None = None

    def step(self, closure: Closure) -> Any:
        """Up to `max_iter` iterations.

        Parameters
        ----------
        closure : callable
            Zeroes the gradients, computes the loss, calls `backward()`, and returns the loss.

        Returns
        -------
        Any
            What the closure gave at the start.

        Examples
        --------
        >>> import autograd, optim
        >>> x = autograd.Tensor([3.0], requires_grad=True)
        >>> optimizer = optim.LBFGS([x], line_search_fn='strong_wolfe')
        >>> def closure():
        ...     optimizer.zero_grad()
        ...     loss = (x * x).sum()
        ...     loss.backward()
        ...     return loss
        >>> _ = optimizer.step(closure)
        >>> abs(x.item()) < 1e-6
        True
        """
        given, loss, g = self._evaluate(closure)
        evaluations = 1
        for iteration in range(self.max_iter):
            if np.max(np.abs(g), initial=0.0) <= self.tolerance_grad:
                break
            first = self._last is None
            if self._last is not None:
                moved, before, _ = self._last
                change = g - before
                if np.dot(change, moved) > 1e-10:
                    self._pairs = [*self._pairs, (moved, change)][-self.history_size :]
            direction = self._direction(g)
            length = min(1.0, 1.0 / float(np.sum(np.abs(g)))) * self.lr if first and not iteration else self.lr
            slope = float(np.dot(g, direction))
            if slope > -self.tolerance_change:
                break
            here, before = self.point.copy(), g

            def at(t: float, here: np.ndarray = here, direction: np.ndarray = direction) -> tuple[float, np.ndarray]:
                self.move_to(here + self.point.dtype.type(t) * direction)
                return self.loss_and_gradient(closure)

            previous = loss
            if self.line_search_fn is None:
                if iteration < self.max_iter - 1:
                    loss, g = at(length)
                    evaluations += 1
                else:
                    self.move_to(here + self.point.dtype.type(length) * direction)
            else:
                length, loss, g, used = strong_wolfe(at, length, loss, g, direction)
                self.move_to(here + self.point.dtype.type(length) * direction)
                evaluations += used
            moved = self.point.dtype.type(length) * direction
            self._last = (moved, before, loss)
            if evaluations >= self.max_eval or np.max(np.abs(moved)) <= self.tolerance_change:
                break
            if abs(loss - previous) < self.tolerance_change and iteration < self.max_iter - 1:
                break
        return given

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on from here, beside the parameters: copies of what it remembers, and the options.

        Returns
        -------
        dict
            `state`: the steps and the changes of the gradient that are kept, the last step, gradient and loss, and how many
            steps those were; `param_groups`: one group with the options.

        Examples
        --------
        >>> import autograd, optim
        >>> optimizer = optim.LBFGS([autograd.Tensor([3.0], requires_grad=True)], lr=0.5)
        >>> optimizer.state_dict()["param_groups"][0]["lr"]
        0.5
        """
        state: dict[str, Any] = {
            "old_steps": [np.array(moved) for moved, _ in self._pairs],
            "old_changes": [np.array(change) for _, change in self._pairs],
        }
        if self._last is not None:
            moved, before, loss = self._last
            state |= {"last_step": np.array(moved), "prev_flat_grad": np.array(before), "prev_loss": loss}
        options = {name: getattr(self, name) for name in self._options}
        return {"state": state, "param_groups": [{**options, "params": list(range(len(self.parameters)))}]}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave, over parameters of the same shapes.

        Parameters
        ----------
        state_dict : mapping

        Raises
        ------
        ValueError
            Where it does not fit; then nothing was changed.

        Examples
        --------
        >>> import autograd, optim
        >>> one, other = (optim.LBFGS([autograd.Tensor([3.0], requires_grad=True)], lr=lr) for lr in (0.5, 1.0))
        >>> other.load_state_dict(one.state_dict())
        >>> other.lr
        0.5
        """
        try:
            state, (group,) = state_dict["state"], state_dict["param_groups"]
            options = {name: group[name] for name in self._options}
            members = len(group["params"])
            last = [state[name] for name in ("last_step", "prev_flat_grad") if name in state]
            old = [*state["old_steps"], *state["old_changes"]]
            vectors = [np.array(raw(x), self.point.dtype) for x in (*old, *last)]
            loss = float(state["prev_loss"]) if last else 0.0
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"load_state_dict: not what LBFGS's state_dict gives: {error}") from error
        if members != len(self.parameters) or len(last) == 1 or len(state["old_steps"]) != len(state["old_changes"]):
            raise ValueError(f"load_state_dict: the state of {members} parameters does not fit {len(self.parameters)}")
        if any(x.shape != self.point.shape for x in vectors):
            raise ValueError(f"load_state_dict: vectors of {[x.shape for x in vectors]} do not fit {self.point.shape}")
        for name in ("lr", "max_iter"):
            check_not_negative("LBFGS", name, options[name])
        count = len(state["old_steps"])
        self._pairs = list(zip(vectors[:count], vectors[count : 2 * count], strict=True))
        self._last = (vectors[-2], vectors[-1], loss) if last else None
        vars(self).update(options)

    _options = (
        "lr", "max_iter", "max_eval", "tolerance_grad", "tolerance_change", "history_size", "line_search_fn",
    )  # fmt: skip

    def _direction(self, g: np.ndarray) -> np.ndarray:
        """−H·g by the two loops over the pairs."""
        q = -g
        weights = []
        for moved, change in reversed(self._pairs):
            weight = np.dot(moved, q) / np.dot(change, moved)
            weights.append(weight)
            q = q - weight * change
        if self._pairs:
            moved, change = self._pairs[-1]
            q = q * (np.dot(change, moved) / np.dot(change, change))
        for (moved, change), weight in zip(self._pairs, reversed(weights), strict=True):
            q = q + moved * (weight - np.dot(change, q) / np.dot(change, moved))
        return np.asarray(q, dtype=g.dtype)


def strong_wolfe(
    at: Callable[[float], tuple[float, np.ndarray]],
    length: float,
    loss: float,
    g: np.ndarray,
    direction: np.ndarray,
    c1: float = 1e-4,
    c2: float = 0.9,
    most: int = 25,
) -> tuple[float, float, np.ndarray, int]:
    """A step length that meets the strong Wolfe conditions (Nocedal and Wright 2006, Algorithms 3.5 and 3.6).

    Parameters
    ----------
    at : callable
        The loss and the gradient at a length.
    length : float
        The first try.
    loss, g : float, array
        Those at length 0.
    direction : array
        One of descent.

    Returns
    -------
    length, loss, gradient, evaluations
    """
    slope = float(np.dot(g, direction))
    low = (0.0, loss, slope, g)
    used, t = 0, length
    high: tuple[float, float, float, np.ndarray] | None = None
    while used < most:
        value, gradient = at(t)
        used += 1
        here = (t, value, float(np.dot(gradient, direction)), gradient)
        if not np.isfinite(value) or value > loss + c1 * t * slope or (used > 1 and high is None and value >= low[1]):
            high = here
        elif abs(here[2]) <= -c2 * slope:
            return t, value, gradient, used
        elif here[2] >= 0.0 and high is None:
            low, high = here, low
        else:
            if high is not None and here[2] * (high[0] - low[0]) >= 0.0:
                high = low
            low = here
        if high is None:
            t *= 2.0
            continue
        if abs(high[0] - low[0]) * float(np.max(np.abs(direction))) < 1e-9:
            break
        t = _interpolate(low, high)
    return low[0], low[1], low[3], used


def _interpolate(low: tuple[float, float, float, np.ndarray], high: tuple[float, float, float, np.ndarray]) -> float:
    """The minimum of the parabola through both ends with the slope at the lower, kept away from the ends."""
    (a, fa, slope, _), (b, fb, _, _) = low, high
    width = b - a
    bend = fb - fa - slope * width
    t = a - slope * width * width / (2.0 * bend) if np.isfinite(fb) and bend > 0.0 else a + 0.5 * width
    near, far = sorted((a + 0.1 * width, a + 0.9 * width))
    return float(min(max(t, near), far))


class Newton(_OverAll):
    """θ −= η·H⁻¹·g, with the Hessian-vector products of the graph and conjugate gradients; for full batches.

    Where the curvature along a direction is negative, the step is the one found so far, or the gradient's
    (Nocedal and Wright 2006, Algorithm 7.1).

    Parameters
    ----------
    params : iterable of Tensor
    lr : float
        η.
    damping : float
        Added to the diagonal of H.
    max_cg : int, optional
        Products with H in a step; as many as there are parameters by default.
    tolerance : float
        The share of the gradient's norm that may be left of H·step − g.

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor([3.0, -2.0], requires_grad=True)
    >>> optimizer = optim.Newton([x])
    >>> loss = optimizer.step(lambda x: (x[0] - 1) ** 2 + 10 * (x[1] - x[0]) ** 2)
    >>> x.data.round(9).tolist()
    [1.0, 1.0]
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1.0,
        damping: float = 0.0,
        max_cg: int | None = None,
        tolerance: float = 1e-10,
    ) -> None:
        super().__init__(params, "Newton")
        self.lr, self.damping = check_not_negative("Newton", "lr", lr), check_not_negative("Newton", "damping", damping)
        self.max_cg, self.tolerance = max_cg, tolerance

    def step(self, function: Callable[..., Any]) -> float:
        """One step.

        Parameters
        ----------
        function : callable
            The loss as a function of the parameters, given as tensors in their order.

        Returns
        -------
        float
            The loss at the start.

        Examples
        --------
        >>> import autograd, optim
        >>> x = autograd.Tensor([3.0], requires_grad=True)
        >>> _ = optim.Newton([x]).step(lambda x: (x * x).sum())
        >>> round(x.item(), 6)
        0.0
        """
        if not callable(function):
            raise OperandError(f"Newton: step takes the loss as a function of the parameters, not {function!r}")
        shapes = [p.shape for p in self.parameters]
        ends = np.cumsum([get_data(p).size for p in self.parameters]).tolist()

        def whole(flat: Any) -> Any:
            return function(*(flat[a:b].reshape(shape) for a, b, shape in zip([0, *ends], ends, shapes, strict=False)))

        here = np.concatenate([np.ravel(get_data(p)) for p in self.parameters])
        g = np.asarray(grad(whole)(here))
        loss = float(np.ravel(raw(whole(Tensor(here))))[0])
        direction = self._solve(lambda v: np.asarray(hvp(whole, (here,), (v,))), g)
        for p, part in zip(self.parameters, np.split(here - self.lr * direction, ends[:-1]), strict=True):
            get_data(p)[...] = part.reshape(p.shape)
        stamp(self.parameters)
        return loss

    def _solve(self, product: Callable[[np.ndarray], np.ndarray], g: np.ndarray) -> np.ndarray:
        step, left = np.zeros_like(g), g.copy()
        along, size = left.copy(), float(np.dot(left, left))
        enough = self.tolerance**2 * size
        for k in range(self.max_cg or len(g)):
            if size <= enough:
                break
            image = product(along) + self.damping * along
            curvature = float(np.dot(along, image))
            if curvature <= 0.0:
                return step if k else g
            share = size / curvature
            step, left = step + share * along, left - share * image
            size, before = float(np.dot(left, left)), size
            along = left + size / before * along
        return step
