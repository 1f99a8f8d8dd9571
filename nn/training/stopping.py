"""`EarlyStopping`: the end of a run that no longer gets better, and the way back to where it was best."""

from __future__ import annotations

import math
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import numpy as np

from autograd.wording.numbers import format_number
from autograd.wording.suggestion import suggest
from nn.training.callback import Callback, Run
from nn.training.metrics import mode_of
from optim.arguments import check_whole


class EarlyStopping(Callback):
    """Stop when a number has not got better for some epochs, and put the weights of the best epoch back.

    Parameters
    ----------
    monitor : str, optional
        A column of the history: `val_loss` where there is a validation, and else `loss`, if it is not said.
    patience : int
        For how many epochs nothing better is waited for.
    min_delta : float
        By how much a number must be better to count. With `monitor="loss"` and a `min_delta` above 0 a run ends when the
        loss hardly changes, as with scikit-learn's `tol`.
    mode : {"min", "max"}, optional
        Whether smaller or larger is better; to be said for numbers that `nn.metrics` does not know.
    restore_best : bool
        Whether the model has the weights of the best epoch in the end; those of the last otherwise.

    Raises
    ------
    ValueError
        For impossible numbers; before the first epoch for a `mode` that must be said or a column that will not be there.

    Examples
    --------
    >>> import nn
    >>> x = np.linspace(-1.0, 1.0, 20)[:, None]
    >>> history = nn.fit(nn.Linear(1, 1, rng=0), (x, 2.0 * x), optimizer="sgd", lr=0.2, epochs=100,
    ...                  callbacks=[EarlyStopping("loss", patience=3, min_delta=1e-3)])
    >>> len(history) < 40, history.stopped.startswith("early: loss")
    (True, True)
    """

    def __init__(
        self,
        monitor: str | None = None,
        patience: int = 10,
        min_delta: float = 0.0,
        mode: str | None = None,
        restore_best: bool = True,
    ) -> None:
        if not isinstance(patience, int) or isinstance(patience, bool) or patience < 1:
            raise ValueError(f"EarlyStopping: patience must be a whole number from 1 on, got {patience!r}")
        if not min_delta >= 0.0:
            raise ValueError(f"EarlyStopping: min_delta must not be negative, got {min_delta!r}")
        if mode not in ("min", "max", None):
            raise ValueError(f"EarlyStopping: mode must be 'min' or 'max', got {mode!r}")
        self.monitor, self.patience, self.min_delta, self.mode = monitor, patience, min_delta, mode
        self.restore_best = restore_best
        self.best, self.best_epoch, self.stale = math.nan, 0, 0
        self.weights: dict[str, np.ndarray] = {}

    def choose_column(self, run: Run) -> tuple[str, str]:
        """The column that is monitored, and the direction in which it gets better.

        Parameters
        ----------
        run : Run

        Returns
        -------
        tuple of str
            The column, and "min" or "max".

        Raises
        ------
        ValueError
            Where there will be no such column, or its direction is not known.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Linear(1, 1, rng=0)
        >>> class Told(nn.EarlyStopping):
        ...     def choose_column(self, run):
        ...         return 'loss', 'min'
        >>> _ = nn.fit(model, (x, 2.0 * x), epochs=1, batch_size=16, callbacks=[Told(patience=3)], progress=False)
        """
        name = self.monitor or default_monitor(run.columns)
        check_column("EarlyStopping", name, run.columns)
        mode = self.mode or mode_of(name)
        if mode is None:
            raise ValueError(f"EarlyStopping: is a smaller or a larger {name!r} better? say mode='min' or mode='max'")
        return name, mode

    def on_begin(self, run: Run) -> None:
        # A resumed run may have waited for long enough.
        self._stop_if_stale(run)

    def on_epoch(self, run: Run) -> None:
        name, mode = self.choose_column(run)
        if name not in run.report:
            raise ValueError(f"EarlyStopping: the epoch has no {name!r}{suggest(name, run.report)}")
        value = run.report[name]
        gain = self.best - value if mode == "min" else value - self.best
        if (not self.best_epoch and not math.isnan(value)) or gain > self.min_delta:
            self.best, self.best_epoch, self.stale = value, run.epoch, 0
            self.weights = run.model.state_dict() if self.restore_best else {}
        else:
            self.stale += 1
        self._stop_if_stale(run)

    def on_end(self, run: Run) -> None:
        # A run that failed is left as it failed, to be looked at.
        if run.stopping and self.weights:
            run.model.load_state_dict(self.weights)

    def _stop_if_stale(self, run: Run) -> None:
        if self.stale >= self.patience:
            name, _ = self.choose_column(run)
            better = f"the {format_number(self.best)} of epoch {self.best_epoch}" if self.best_epoch else "NaN"
            run.stop(f"early: {name} was not better than {better} for {self.stale} epochs")

    def state_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("best", "best_epoch", "stale", "weights")}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        if set(state_dict) != set(self.state_dict()):
            raise ValueError(f"EarlyStopping: expected {sorted(self.state_dict())}, got {sorted(state_dict)}")
        weights = dict(state_dict["weights"])
        if not all(isinstance(array, np.ndarray) for array in weights.values()):
            raise ValueError("EarlyStopping: the weights of the best epoch are not arrays")
        self.best = float(state_dict["best"])
        self.best_epoch = check_whole("EarlyStopping: best_epoch", state_dict["best_epoch"], 0)
        self.stale, self.weights = check_whole("EarlyStopping: stale", state_dict["stale"], 0), weights


def default_monitor(columns: tuple[str, ...]) -> str:
    """What tells how good an epoch was, where nobody said."""
    return "val_loss" if "val_loss" in columns else "loss"


def check_column(who: str, name: str, columns: tuple[str, ...]) -> None:
    """Refuse a column that the history will not have.

    Another callback may add it; a misspelt one of the loop's own is told at once.
    """
    if name not in columns and (name.startswith("val_") or get_close_matches(name, columns, 1)):
        raise ValueError(f"{who}: the history will have no {name!r}{suggest(name, columns)}")
