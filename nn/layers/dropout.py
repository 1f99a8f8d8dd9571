"""`Dropout`: some of the numbers, or of the channels, at random, are left out in training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.ops.shape import shape
from nn.arguments import check_number
from nn.functional.editing import give_back
from nn.functional.randomness import drop, drop_negatively, lengths_of_channels
from nn.module import Module

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input

Rng = np.random.Generator | int | None


class Dropping(Module):
    """What all dropouts share: the probability, and the source of the masks; a subclass leaves out in `leave_out`.

    Parameters
    ----------
    p : float
    inplace : bool
        Write the result into the input.
    rng : numpy.random.Generator or int, optional
        The source of the masks, or its seed.
    """

    def __init__(self, p: float = 0.5, inplace: bool = False, rng: Rng = None) -> None:
        super().__init__()
        self.p, self._rng = check_number(type(self).__name__, "p", p, 0.0, 1.0), np.random.default_rng(rng)
        self.inplace = inplace

    def forward(self, x: Input) -> Tensor:
        if not self.training or self.p == 0.0:
            return x  # type: ignore[return-value] # what came in: in a network a tensor
        return give_back(self.path, x, self.leave_out(x), self.inplace)

    def leave_out(self, x: Input) -> Any:
        """What is left of an input in training.

        Parameters
        ----------
        x : array or Tensor

        Returns
        -------
        array or Tensor

        Examples
        --------
        >>> import numpy as np, nn
        >>> nn.Dropout(0.5, rng=0).leave_out(np.ones(6)).tolist()
        [2.0, 0.0, 0.0, 0.0, 2.0, 2.0]
        """
        raise TypeError(f"{type(self).__name__} has no leave_out")

    def extra_repr(self) -> str:
        return f"p={self.p}"


class Dropout(Dropping):
    """Each element is 0 with probability p, and else divided by 1 − p; in evaluation nothing happens.

    Srivastava et al. 2014, in the form that scales in training ("inverted").

    Parameters
    ----------
    p : float
    inplace : bool
        Write the result into the input.
    rng : numpy.random.Generator or int, optional
        The source of the masks, or its seed.

    Examples
    --------
    >>> import numpy as np
    >>> layer = Dropout(0.5, rng=0)
    >>> layer(np.ones(6)).tolist()
    [2.0, 0.0, 0.0, 0.0, 2.0, 2.0]
    >>> layer.eval()(np.ones(3)).tolist()
    [1.0, 1.0, 1.0]
    """

    def leave_out(self, x: Input) -> Any:
        return drop(self.path, x, self.p, self._rng, shape(x))


class ChannelDropping(Dropping):
    """Dropout of whole channels; subclasses say in `space` how many axes of space there are."""

    space: int

    def leave_out(self, x: Input) -> Any:
        return drop(self.path, x, self.p, self._rng, lengths_of_channels(self.path, x, self.space))


class Dropout1d(ChannelDropping):
    """Each channel of inputs of shape (N, C, L) is 0 with probability p, and else divided by 1 − p (Tompson et al. 2015).

    Parameters
    ----------
    p : float
    inplace : bool
        Write the result into the input.
    rng : numpy.random.Generator or int, optional
        The source of the masks, or its seed.

    Examples
    --------
    >>> import numpy as np
    >>> Dropout1d(0.5, rng=0)(np.ones((2, 3, 1))).ravel().tolist()
    [2.0, 0.0, 0.0, 0.0, 2.0, 2.0]
    """

    space = 1


class Dropout2d(ChannelDropping):
    """Each channel of inputs of shape (N, C, H, W) is 0 with probability p, and else divided by 1 − p (Tompson et al. 2015).

    Parameters
    ----------
    p : float
    inplace : bool
        Write the result into the input.
    rng : numpy.random.Generator or int, optional
        The source of the masks, or its seed.

    Examples
    --------
    >>> import numpy as np
    >>> Dropout2d(0.5, rng=0)(np.ones((2, 3, 1, 1))).ravel().tolist()
    [2.0, 0.0, 0.0, 0.0, 2.0, 2.0]
    """

    space = 2


class Dropout3d(ChannelDropping):
    """Each channel of inputs of shape (N, C, D, H, W) is 0 with probability p, and else divided by 1 − p (Tompson et al. 2015).

    Parameters
    ----------
    p : float
    inplace : bool
        Write the result into the input.
    rng : numpy.random.Generator or int, optional
        The source of the masks, or its seed.

    Examples
    --------
    >>> import numpy as np
    >>> Dropout3d(0.5, rng=0)(np.ones((2, 3, 1, 1, 1))).ravel().tolist()
    [2.0, 0.0, 0.0, 0.0, 2.0, 2.0]
    """

    space = 3


class AlphaDropout(Dropping):
    """The dropout that keeps mean 0 and variance 1 after SELU (Klambauer et al. 2017): what is left out is −λ·α.

    Parameters
    ----------
    p : float
    inplace : bool
        Write the result into the input.
    rng : numpy.random.Generator or int, optional
        The source of the masks, or its seed.

    Examples
    --------
    >>> import numpy as np
    >>> AlphaDropout(0.5, rng=0)(np.zeros(3)).round(4).tolist()
    [0.7792, -0.7792, -0.7792]
    """

    def leave_out(self, x: Input) -> Any:
        return drop_negatively(self.path, x, self.p, self._rng, shape(x))


class FeatureAlphaDropout(Dropping):
    """`AlphaDropout` of whole channels, axis 1.

    Parameters
    ----------
    p : float
    inplace : bool
        Write the result into the input.
    rng : numpy.random.Generator or int, optional
        The source of the masks, or its seed.

    Examples
    --------
    >>> import numpy as np
    >>> FeatureAlphaDropout(0.5, rng=0)(np.zeros((1, 2, 2))).round(4).tolist()
    [[[0.7792, 0.7792], [-0.7792, -0.7792]]]
    """

    def leave_out(self, x: Input) -> Any:
        have = shape(x)
        return drop_negatively(self.path, x, self.p, self._rng, (*have[:2], *(1,) * (len(have) - 2)))
