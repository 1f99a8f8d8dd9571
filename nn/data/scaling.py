"""Features on one scale, and noise on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.op import refuse_masks
from nn.arguments import check_number

if TYPE_CHECKING:
    from autograd.typing import Input


class Standardize:
    """Each feature less its mean, over its standard deviation, both of the training part alone.

    A feature that does not vary is only shifted. Inputs 1000 times larger would need a rate 10⁶ times smaller: the weights
    that give the same outputs are 1000 times smaller, and their gradients 1000 times larger.

    Examples
    --------
    >>> train, test = np.array([[1.0, 5.0], [3.0, 5.0]]), np.array([[2.0, 6.0]])
    >>> scale = Standardize().fit(train)
    >>> scale(train).tolist(), scale(test).tolist(), scale.inverse(scale(test)).tolist()
    ([[-1.0, 0.0], [1.0, 0.0]], [[0.0, 1.0]], [[2.0, 6.0]])
    """

    mean: np.ndarray
    std: np.ndarray

    def fit(self, x: Input) -> Standardize:
        """Learn the means and deviations of the features, the last axis; gives itself back.

        Parameters
        ----------
        x : array_like, shape (…, features)

        Returns
        -------
        Standardize
            This one.

        Examples
        --------
        >>> import numpy as np
        >>> from nn.data import Standardize
        >>> x = np.array([[1.0], [3.0]])
        >>> Standardize().fit(x)(x).tolist()
        [[-1.0], [1.0]]
        """
        refuse_masks("Standardize", x)
        array = np.asarray(x)
        if array.ndim < 2 or array.size == 0:
            raise ShapeError(f"Standardize: expected samples and features, got shape {array.shape}")
        if array.dtype.kind not in "fiub" or not np.isfinite(array).all():
            raise ValueError("Standardize: the training part has a number that is not finite")
        over = tuple(range(array.ndim - 1))
        mean, spread = array.mean(axis=over), array.std(axis=over)
        # The mean of equal numbers may be another one, by rounding; their deviation from it would be scaled up.
        varies = array.max(axis=over) > array.min(axis=over)
        self.mean = np.where(varies, mean, array.max(axis=over)).astype(mean.dtype)
        self.std = np.where(varies & (spread > 0.0), spread, 1.0).astype(spread.dtype)
        return self

    def __call__(self, x: Any) -> np.ndarray:
        return (self._check(x) - self.mean) / self.std

    def inverse(self, x: Input) -> np.ndarray:
        """Back on the old scale.

        Parameters
        ----------
        x : array_like, shape (…, features)

        Returns
        -------
        numpy.ndarray

        Examples
        --------
        >>> import numpy as np
        >>> from nn.data import Standardize
        >>> x = np.array([[1.0], [3.0]])
        >>> scale = Standardize().fit(x)
        >>> scale.inverse(scale(x)).tolist()
        [[1.0], [3.0]]
        """
        return self._check(x) * self.std + self.mean

    def _check(self, x: Input) -> np.ndarray:
        if not hasattr(self, "mean"):
            raise ValueError("Standardize: call fit with the training part first")
        refuse_masks("Standardize", x)
        array = np.asarray(x)
        if array.shape[-1:] != self.mean.shape:
            raise ShapeError(f"Standardize: fitted to {len(self.mean)} features, got shape {array.shape}")
        return array


def jitter(x: Input, std: float, rng: np.random.Generator | int | None = None) -> np.ndarray:
    """Inputs with normal noise of a standard deviation, as a regulariser.

    Parameters
    ----------
    x : array_like
        Of any shape.
    std : float
        From 0 on.
    rng : numpy.random.Generator or int, optional

    Returns
    -------
    numpy.ndarray
        In the shape of `x`.

    Examples
    --------
    >>> jitter(np.zeros(3, np.float32), 0.0).tolist()
    [0.0, 0.0, 0.0]
    """
    refuse_masks("jitter", x)
    array = np.asarray(x)
    check_number("jitter", "std", std, 0.0)
    noise = np.random.default_rng(rng).normal(0.0, std, array.shape)
    return array + noise.astype(array.dtype if array.dtype.kind == "f" else np.float64)
