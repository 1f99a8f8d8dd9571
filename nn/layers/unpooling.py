"""`MaxUnpool`: zeros, and each number where a max pooling found it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nn.functional.greatest import put_back
from nn.module import Module
from nn.spatial import Sizes, per_axis

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import ArrayLike, Input


class MaxUnpool(Module):
    """Zeros, and each number where a `MaxPool` of the same windows, with `return_indices`, found it.

    The base of `MaxUnpool1d` to `MaxUnpool3d`, which say in `space` how many axes of space there are.

    Parameters
    ----------
    kernel_size : int, or one for each axis of space
    stride : likewise, optional
        The kernel's size by default.
    padding : likewise

    Raises
    ------
    ShapeError
        When called, for indices of another shape or beyond the output, and an output that the windows could not come from.
    """

    space: int

    def __init__(self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0) -> None:
        super().__init__()
        name = type(self).__name__
        self.kernel_size = per_axis(name, "kernel_size", kernel_size, self.space, 1)
        self.stride = per_axis(name, "stride", self.kernel_size if stride is None else stride, self.space, 1)
        self.padding = per_axis(name, "padding", padding, self.space, 0)

    def forward(self, input: Input, indices: ArrayLike, output_size: Sequence[int] | None = None) -> Tensor:
        """Put the numbers back.

        Parameters
        ----------
        input : (N, C, *windows) or (C, *windows)
        indices : array_like of int, likewise
        output_size : sequence of int, optional
            The lengths of the space, or the whole shape, if they are not those that the windows just cover.

        Returns
        -------
        Tensor, shape (N, C, *space)

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.array([[[1.0, 4.0, 2.0, 3.0]]])
        >>> nn.MaxUnpool1d(2)(*nn.MaxPool1d(2, return_indices=True)(x)).tolist()
        [[[0.0, 4.0, 0.0, 3.0]]]
        """
        return put_back(self.path, input, indices, self.kernel_size, self.stride, self.padding, output_size)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(MaxUnpool):
    """What `MaxPool1d` found, put back; see `MaxUnpool`.

    Parameters
    ----------
    kernel_size : int or tuple of int
    stride : int or tuple of int, optional
        The size of the window by default.
    padding : int or tuple of int

    Examples
    --------
    >>> import numpy as np
    >>> MaxUnpool1d(2)(np.array([[[3.0]]]), np.array([[[1]]])).tolist()
    [[[0.0, 3.0]]]
    """

    space = 1


class MaxUnpool2d(MaxUnpool):
    """What `MaxPool2d` found, put back; see `MaxUnpool`.

    Parameters
    ----------
    kernel_size : int or tuple of int
    stride : int or tuple of int, optional
        The size of the window by default.
    padding : int or tuple of int

    Examples
    --------
    >>> import numpy as np
    >>> MaxUnpool2d(2)(np.array([[[[3.0]]]]), np.array([[[[2]]]])).tolist()
    [[[[0.0, 0.0], [3.0, 0.0]]]]
    """

    space = 2


class MaxUnpool3d(MaxUnpool):
    """What `MaxPool3d` found, put back; see `MaxUnpool`.

    Parameters
    ----------
    kernel_size : int or tuple of int
    stride : int or tuple of int, optional
        The size of the window by default.
    padding : int or tuple of int

    Examples
    --------
    >>> import numpy as np
    >>> MaxUnpool3d(2)(np.ones((1, 1, 1, 1, 1)), np.zeros((1, 1, 1, 1, 1), int)).shape
    (1, 1, 2, 2, 2)
    """

    space = 3
