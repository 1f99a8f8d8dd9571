"""`RateCurve`: the loss over the learning rate, and which rate it suggests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.errors import MissingDependencyError
from autograd.extras import pip_install


@dataclass(frozen=True)
class RateCurve:
    """What `find_lr` saw.

    Attributes
    ----------
    rates, losses : numpy.ndarray
        The rate of each step, and the loss before it, of the same rows each time.
    smooth : numpy.ndarray
        The losses, smoothed.
    suggestion : float
    reason : str
        Why this rate.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.random.default_rng(0).normal(size=(256, 4)).astype(np.float32)
    >>> curve = nn.find_lr(nn.Linear(4, 1, rng=0), (x, x @ np.ones((4, 1), np.float32)), optimizer="sgd")
    >>> 0.01 < curve.suggestion < 1.0
    True
    """

    rates: np.ndarray
    losses: np.ndarray
    smooth: np.ndarray
    suggestion: float
    reason: str

    def __str__(self) -> str:
        return f"learning rate {self.suggestion:.2g}: {self.reason}"

    def plot(self, ax: Any = None) -> Any:
        """Draw the losses over the rates, and the suggestion.

        Parameters
        ----------
        ax : matplotlib axes, optional
            A figure of its own by default.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        MissingDependencyError
            Without matplotlib.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.random.default_rng(0).normal(size=(64, 4)).astype(np.float32)
        >>> ax = nn.find_lr(nn.Linear(4, 1, rng=0), (x, x[:, :1])).plot()
        >>> ax.get_xscale()
        'log'
        """
        try:
            from matplotlib.figure import Figure
        except ImportError as error:
            raise MissingDependencyError(f"plot needs {error.name}: {pip_install('draw')}") from error
        if ax is None:
            ax = Figure(figsize=(6.0, 3.6), layout="constrained").add_subplot()
        ax.plot(self.rates, self.losses, color="0.8", linewidth=1, label="loss")
        ax.plot(self.rates, self.smooth, color="#1f6fb2", label="smoothed")
        ax.axvline(self.suggestion, color="#c0392b", linestyle="--", label=f"suggested: {self.suggestion:.2g}")
        low, start = float(self.smooth.min()), float(self.smooth[0])
        ax.set_ylim(low - 0.1 * (start - low or 1.0), start + 0.6 * (start - low or 1.0))
        ax.set(xscale="log", xlabel="learning rate", ylabel="loss")
        ax.legend(frameon=False)
        return ax
