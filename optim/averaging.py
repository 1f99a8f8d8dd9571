"""Averages of the parameters: averaged SGD, exponential and equal averages of a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from autograd.engine.tensor import Tensor, stamp
from autograd.graph.modes import at_each_run
from autograd.graph.node import get_data
from optim.arguments import list_parameters
from optim.by_element import ByElement, Update
from optim.kernel import Kernel
from optim.states import Readers

if TYPE_CHECKING:
    from optim.typing import Params


@Kernel
def _asgd(p: Any, g: Any, ax: Any, eta: Any, mu: Any, shrink: Any, decay: Any) -> tuple[Any, ...]:
    p = p * shrink - eta * (g + decay * p)
    return p, ax + (p - ax) * mu


class ASGD(ByElement):
    """Averaged stochastic gradient descent (Polyak and Juditsky 1992): `state["ax"]` is the average of θ from step t₀ on.

    Parameters
    ----------
    params : iterable of Tensor or of dict
    lr : float
        η₀; ηₜ = η₀ / (1 + λ·η₀·t)^α.
    lambd : float
        λ: θ shrinks by 1 − λ·ηₜ.
    alpha : float
        α, from 0 to below 1.
    t0 : float
        t₀.
    weight_decay : float
        g += weight_decay·θ.
    maximize : bool
        Go up, and not down.

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor(3.0, requires_grad=True)
    >>> optimizer = optim.ASGD([x], lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> round(x.item(), 6)
    2.39997
    """

    state_names = ("ax",)
    # Both follow from the number of the step.
    torch_names: ClassVar[Readers] = {"eta": None, "mu": None}

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {"lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay, "maximize": maximize},
        )

    def _updates(self, t: int, options: dict[str, Any]) -> list[Update]:
        lr, lambd = options["lr"], options["lambd"]
        eta = lr / (1.0 + lambd * lr * (t - 1)) ** options["alpha"]
        mu = 1.0 / max(1.0, t - 1 - options["t0"])
        return [(_asgd, (eta, mu, 1.0 - lambd * eta, options["weight_decay"]))]


class Averaged:
    """An average of parameters over the steps of training, to be evaluated with.

    Parameters
    ----------
    params : iterable of Tensor
    decay : float, optional
        An exponential moving average: average = decay·average + (1 − decay)·θ. By default all updates count equally,
        as in stochastic weight averaging (Izmailov et al. 2018).

    Examples
    --------
    >>> import autograd, optim
    >>> x = autograd.Tensor(1.0, requires_grad=True)
    >>> average = optim.Averaged([x])
    >>> for value in (2.0, 3.0, 4.0):
    ...     x.data = value
    ...     average.update()
    >>> with average.applied():
    ...     x.item()
    3.0
    >>> x.item()
    4.0
    """

    def __init__(self, params: Iterable[Tensor], decay: float | None = None) -> None:
        self.parameters: list[Tensor] = list_parameters("Averaged", params)
        if not self.parameters:
            raise ValueError("Averaged: the list of parameters is empty")
        if decay is not None and not (isinstance(decay, Real) and 0.0 <= decay < 1.0):
            raise ValueError(f"Averaged: decay must be a number from 0 to below 1, got {decay!r}")
        self.decay, self.updates = decay, 0
        self.averages = [np.array(get_data(p)) for p in self.parameters]

    @at_each_run
    def update(self) -> None:
        """Count in the parameters as they are.

        Examples
        --------
        >>> import autograd, optim
        >>> x = autograd.Tensor([1.0], requires_grad=True)
        >>> average = optim.Averaged([x])
        >>> average.update()
        >>> x.data = [3.0]
        >>> average.update()
        >>> with average.applied():
        ...     print(x.data)
        [2.]
        """
        self.updates += 1
        # The first takes the place of what was there when the average was made.
        share = 1.0 / self.updates if self.decay is None or self.updates == 1 else 1.0 - self.decay
        for average, p in zip(self.averages, self.parameters, strict=True):
            average += (get_data(p) - average) * average.dtype.type(share)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """The parameters are their averages within.

        Examples
        --------
        >>> import autograd, optim
        >>> x = autograd.Tensor([1.0], requires_grad=True)
        >>> average = optim.Averaged([x])
        >>> average.update()
        >>> x.data = [3.0]
        >>> average.update()
        >>> with average.applied():
        ...     print(x.data)
        [2.]
        >>> x.data
        array([3.])
        """
        kept = [np.array(get_data(p)) for p in self.parameters]
        try:
            self._write_arrays(self.averages)
            yield
        finally:
            try:
                self._write_arrays(kept)
            except BaseException:
                # An interrupt in the middle of it.
                self._write_arrays(kept)
                raise

    def _write_arrays(self, arrays: list[np.ndarray]) -> None:
        for p, array in zip(self.parameters, arrays, strict=True):
            get_data(p)[...] = array
        stamp(self.parameters)

    def state_dict(self) -> dict[str, Any]:
        """Copies of the averages, and the number of updates.

        Returns
        -------
        dict

        Examples
        --------
        >>> import autograd, optim
        >>> x = autograd.Tensor([1.0], requires_grad=True)
        >>> average = optim.Averaged([x])
        >>> average.update()
        >>> x.data = [3.0]
        >>> average.update()
        >>> sorted(average.state_dict())
        ['averages', 'updates']
        """
        return {"updates": self.updates, "averages": [a.copy() for a in self.averages]}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` gave.

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
        >>> x = autograd.Tensor([1.0], requires_grad=True)
        >>> average = optim.Averaged([x])
        >>> average.update()
        >>> x.data = [3.0]
        >>> average.update()
        >>> other = optim.Averaged([x])
        >>> other.load_state_dict(average.state_dict())
        >>> with other.applied():
        ...     print(x.data)
        [2.]
        """
        if set(state_dict) != {"updates", "averages"}:
            raise ValueError(f"load_state_dict: expected 'updates' and 'averages', got {sorted(state_dict)}")
        arrays = [np.asarray(a) for a in state_dict["averages"]]
        have, need = [a.shape for a in arrays], [a.shape for a in self.averages]
        if have != need:
            raise ValueError(f"load_state_dict: averages of shapes {have} do not fit parameters of shapes {need}")
        if not isinstance(state_dict["updates"], Integral) or state_dict["updates"] < 0:
            raise ValueError(
                f"load_state_dict: updates must be a whole number from 0 on, got {state_dict['updates']!r}"
            )
        if any(a.dtype.kind not in "fiub" for a in arrays):
            raise ValueError(f"load_state_dict: averages are numbers, got {[str(a.dtype) for a in arrays]}")
        self.updates = int(state_dict["updates"])
        for own, array in zip(self.averages, arrays, strict=True):
            own[...] = array
