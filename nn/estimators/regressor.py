"""`Regressor`: a network that predicts numbers, as scikit-learn has its estimators."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_array, column_or_1d, validate_data

from nn.estimators.base import NetworkEstimator, Rows


@dataclass(eq=False, repr=False)
class Regressor(RegressorMixin, NetworkEstimator):
    """A network that predicts numbers, one or several a row.

    The parameters are those of `Classifier`, but for `class_weight`, and with the mean squared error as the loss.

    Attributes
    ----------
    module_ : Module
        The network that was trained.
    n_outputs_ : int
        How many numbers it predicts for a row.
    n_features_in_ : int
    feature_names_in_ : array of str
        Where `X` had names.
    history_ : History
    n_iter_ : int
        How many epochs there were.

    Examples
    --------
    >>> import numpy as np
    >>> from nn.estimators import Regressor
    >>> x = np.linspace(-1.0, 1.0, 100)[:, None]
    >>> model = Regressor(hidden=(16,), activation="tanh", lr=0.05, random_state=0).fit(x, x[:, 0] ** 2)
    >>> model.score(x, x[:, 0] ** 2) > 0.95
    True
    """

    n_outputs_: int = field(init=False)
    _columns: bool = field(init=False)

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Regressor:  # noqa: N803
        """Train the network.

        Parameters
        ----------
        X : array_like, shape (n, features)
        y : array_like, shape (n,) or (n, outputs)
        sample_weight : array_like, shape (n,), optional
            What each row counts. Only its proportions matter.

        Returns
        -------
        Regressor
            This one.

        Examples
        --------
        >>> from nn.estimators import Regressor
        >>> Regressor(epochs=1, random_state=0).fit([[0.0], [1.0]], [0.0, 1.0]).n_iter_
        1
        """
        warm = self.warm_start and hasattr(self, "module_")
        return self._learn(X, y, sample_weight, going_on=False, reset=not warm)

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Regressor:  # noqa: N803
        """Train for one epoch more, on these rows, with the optimizer's state of before.

        Parameters
        ----------
        X : array_like, shape (n, features)
        y : array_like, shape (n,) or (n, outputs)
        sample_weight : array_like, shape (n,), optional
            What each row counts.

        Returns
        -------
        Regressor
            This one.

        Examples
        --------
        >>> from nn.estimators import Regressor
        >>> model = Regressor(random_state=0)
        >>> for _ in range(3):
        ...     _ = model.partial_fit([[0.0], [1.0]], [0.0, 1.0])
        >>> model.n_iter_
        3
        """
        return self._learn(X, y, sample_weight, going_on=True, reset=not hasattr(self, "module_"))

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """The numbers of rows.

        Parameters
        ----------
        X : array_like, shape (n, features)

        Returns
        -------
        numpy.ndarray, shape (n,) or (n, outputs)

        Examples
        --------
        >>> from nn.estimators import Regressor
        >>> Regressor(epochs=1, random_state=0).fit([[0.0], [1.0]], [0.0, 1.0]).predict([[0.0]]).shape
        (1,)
        """
        outputs = self._outputs(X)
        return outputs.reshape(len(outputs), -1) if self._columns else outputs.reshape(len(outputs))

    def _learn(self, given: Any, y: Any, sample_weight: Any, going_on: bool, reset: bool) -> Regressor:
        x, targets = validate_data(
            self,
            given,
            y,
            reset=reset,
            dtype="numeric",
            allow_nd=self.module is not None,
            multi_output=True,
            y_numeric=True,
        )
        targets = np.asarray(targets, np.float64)
        columns, outputs = targets.ndim > 1, int(np.prod(targets.shape[1:]))
        if not reset and (columns, outputs) != (self._columns, self.n_outputs_):
            raise ValueError(f"y has {outputs} columns, and {type(self).__name__} was fitted to {self.n_outputs_}")
        self._columns, self.n_outputs_ = columns, outputs
        train = self._go_on if going_on else self._fit
        train(Rows(x, targets, self._weights(sample_weight, x)), outputs)
        return self

    def _choose_loss(self, rows: Rows) -> Any:
        outputs = self._try(rows.x)
        if outputs.size // len(outputs) != self.n_outputs_:
            raise ValueError(
                f"the module gives {outputs.size // len(outputs)} numbers for a row, and y has {self.n_outputs_}"
            )
        return "mse" if self.loss is None else self.loss

    def _encode(self, y: Any, rows: int) -> np.ndarray:
        targets = check_array(y, ensure_2d=False, dtype=np.float64)
        if len(targets) != rows or targets.size != rows * self.n_outputs_:
            raise ValueError(f"validation: {rows} rows of X and targets of shape {targets.shape}")
        return targets if self._columns else column_or_1d(targets)

    def _strata(self, y: np.ndarray) -> np.ndarray | None:
        return None

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
