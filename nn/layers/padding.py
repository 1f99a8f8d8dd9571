"""Margins as modules: zeros, a value, the input mirrored, its edges, or its other ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.errors import ShapeError
from autograd.ops.shape import shape
from nn.arguments import describe_shape
from nn.functional.padding import pad_last_axes
from nn.module import Module

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input

Margins = int | tuple[int, ...]


class Margin(Module):
    """Margins around the axes of space of inputs (N, C, *space) or (C, *space).

    Subclasses say in `space` how many axes of space there are, and in `mode` what the margins hold.

    Parameters
    ----------
    padding : int, or two for each axis of space
        From the last axis on. A margin below 0 cuts off.
    """

    space: int
    mode: str
    value: float | None = None

    def __init__(self, padding: Margins) -> None:
        super().__init__()
        given = padding if isinstance(padding, (tuple, list)) else (padding,) * (2 * self.space)
        if len(given) != 2 * self.space:
            raise ShapeError(
                f"{type(self).__name__}: padding is one number, or {2 * self.space} of them, got {padding!r}"
            )
        self.padding = tuple(given)

    def forward(self, x: Input) -> Tensor:
        if len(shape(x)) not in (1 + self.space, 2 + self.space):
            wanted = f"(N, C{', …' * self.space})"
            raise ShapeError(f"{self.path}: expected an input of shape {wanted}, got {describe_shape(x)}")
        return pad_last_axes(self.path, x, self.padding, self.mode, self.value)

    def extra_repr(self) -> str:
        return f"{self.padding}" if self.value is None else f"padding={self.padding}, value={self.value}"


class ZeroPad1d(Margin):
    """Margins that hold zeros, around inputs of shape (N, C, L).

    Parameters
    ----------
    padding : int or tuple of int
        (left, right), or one for all.

    Examples
    --------
    >>> import numpy as np
    >>> ZeroPad1d(1)(np.array([1.0, 2.0]).reshape(1, 1, 2)).ravel().tolist()
    [0.0, 1.0, 2.0, 0.0]
    """

    space, mode = 1, "constant"


class ZeroPad2d(Margin):
    """Margins that hold zeros, around inputs of shape (N, C, H, W).

    Parameters
    ----------
    padding : int or tuple of int
        (left, right, top, bottom), or one for all.

    Examples
    --------
    >>> import numpy as np
    >>> ZeroPad2d((1, 1, 0, 0))(np.array([1.0, 2.0]).reshape(1, 1, 1, 2)).ravel().tolist()
    [0.0, 1.0, 2.0, 0.0]
    """

    space, mode = 2, "constant"


class ZeroPad3d(Margin):
    """Margins that hold zeros, around inputs of shape (N, C, D, H, W).

    Parameters
    ----------
    padding : int or tuple of int
        (left, right, top, bottom, front, back), or one for all.

    Examples
    --------
    >>> import numpy as np
    >>> ZeroPad3d((1, 1, 0, 0, 0, 0))(np.array([1.0, 2.0]).reshape(1, 1, 1, 1, 2)).ravel().tolist()
    [0.0, 1.0, 2.0, 0.0]
    """

    space, mode = 3, "constant"


class ConstantPad1d(Margin):
    """Margins that hold a value, around inputs of shape (N, C, L).

    Parameters
    ----------
    padding : int or tuple of int
        (left, right), or one for all.
    value : float

    Examples
    --------
    >>> import numpy as np
    >>> ConstantPad1d(1, 7.0)(np.array([1.0, 2.0]).reshape(1, 1, 2)).ravel().tolist()
    [7.0, 1.0, 2.0, 7.0]
    """

    space, mode = 1, "constant"

    def __init__(self, padding: Margins, value: float) -> None:
        super().__init__(padding)
        self.value = value


class ConstantPad2d(Margin):
    """Margins that hold a value, around inputs of shape (N, C, H, W).

    Parameters
    ----------
    padding : int or tuple of int
        (left, right, top, bottom), or one for all.
    value : float

    Examples
    --------
    >>> import numpy as np
    >>> ConstantPad2d((1, 1, 0, 0), 7.0)(np.array([1.0, 2.0]).reshape(1, 1, 1, 2)).ravel().tolist()
    [7.0, 1.0, 2.0, 7.0]
    """

    space, mode = 2, "constant"

    def __init__(self, padding: Margins, value: float) -> None:
        super().__init__(padding)
        self.value = value


class ConstantPad3d(Margin):
    """Margins that hold a value, around inputs of shape (N, C, D, H, W).

    Parameters
    ----------
    padding : int or tuple of int
        (left, right, top, bottom, front, back), or one for all.
    value : float

    Examples
    --------
    >>> import numpy as np
    >>> ConstantPad3d((1, 1, 0, 0, 0, 0), 7.0)(np.array([1.0, 2.0]).reshape(1, 1, 1, 1, 2)).ravel().tolist()
    [7.0, 1.0, 2.0, 7.0]
    """

    space, mode = 3, "constant"

    def __init__(self, padding: Margins, value: float) -> None:
        super().__init__(padding)
        self.value = value


class ReflectionPad1d(Margin):
    """Margins that hold the input mirrored at its edges, around inputs of shape (N, C, L).

    Parameters
    ----------
    padding : int or tuple of int
        (left, right), or one for all.

    Examples
    --------
    >>> import numpy as np
    >>> ReflectionPad1d(1)(np.array([1.0, 2.0]).reshape(1, 1, 2)).ravel().tolist()
    [2.0, 1.0, 2.0, 1.0]
    """

    space, mode = 1, "reflect"


class ReflectionPad2d(Margin):
    """Margins that hold the input mirrored at its edges, around inputs of shape (N, C, H, W).

    Parameters
    ----------
    padding : int or tuple of int
        (left, right, top, bottom), or one for all.

    Examples
    --------
    >>> import numpy as np
    >>> ReflectionPad2d((1, 1, 0, 0))(np.array([1.0, 2.0]).reshape(1, 1, 1, 2)).ravel().tolist()
    [2.0, 1.0, 2.0, 1.0]
    """

    space, mode = 2, "reflect"


class ReflectionPad3d(Margin):
    """Margins that hold the input mirrored at its edges, around inputs of shape (N, C, D, H, W).

    Parameters
    ----------
    padding : int or tuple of int
        (left, right, top, bottom, front, back), or one for all.

    Examples
    --------
    >>> import numpy as np
    >>> ReflectionPad3d((1, 1, 0, 0, 0, 0))(np.array([1.0, 2.0]).reshape(1, 1, 1, 1, 2)).ravel().tolist()
    [2.0, 1.0, 2.0, 1.0]
    """

    space, mode = 3, "reflect"


class ReplicationPad1d(Margin):
    """Margins that hold the edges of the input, around inputs of shape (N, C, L).

    Parameters
    ----------
    padding : int or tuple of int
        (left, right), or one for all.

    Examples
    --------
    >>> import numpy as np
    >>> ReplicationPad1d(1)(np.array([1.0, 2.0]).reshape(1, 1, 2)).ravel().tolist()
    [1.0, 1.0, 2.0, 2.0]
    """

    space, mode = 1, "replicate"


class ReplicationPad2d(Margin):
    """Margins that hold the edges of the input, around inputs of shape (N, C, H, W).

    Parameters
    ----------
    padding : int or tuple of int
        (left, right, top, bottom), or one for all.

    Examples
    --------
    >>> import numpy as np
    >>> ReplicationPad2d((1, 1, 0, 0))(np.array([1.0, 2.0]).reshape(1, 1, 1, 2)).ravel().tolist()
    [1.0, 1.0, 2.0, 2.0]
    """

    space, mode = 2, "replicate"


class ReplicationPad3d(Margin):
    """Margins that hold the edges of the input, around inputs of shape (N, C, D, H, W).

    Parameters
    ----------
    padding : int or tuple of int
        (left, right, top, bottom, front, back), or one for all.

    Examples
    --------
    >>> import numpy as np
    >>> ReplicationPad3d((1, 1, 0, 0, 0, 0))(np.array([1.0, 2.0]).reshape(1, 1, 1, 1, 2)).ravel().tolist()
    [1.0, 1.0, 2.0, 2.0]
    """

    space, mode = 3, "replicate"


class CircularPad1d(Margin):
    """Margins that hold the other ends of the input, around inputs of shape (N, C, L).

    Parameters
    ----------
    padding : int or tuple of int
        (left, right), or one for all.

    Examples
    --------
    >>> import numpy as np
    >>> CircularPad1d(1)(np.array([1.0, 2.0]).reshape(1, 1, 2)).ravel().tolist()
    [2.0, 1.0, 2.0, 1.0]
    """

    space, mode = 1, "circular"


class CircularPad2d(Margin):
    """Margins that hold the other ends of the input, around inputs of shape (N, C, H, W).

    Parameters
    ----------
    padding : int or tuple of int
        (left, right, top, bottom), or one for all.

    Examples
    --------
    >>> import numpy as np
    >>> CircularPad2d((1, 1, 0, 0))(np.array([1.0, 2.0]).reshape(1, 1, 1, 2)).ravel().tolist()
    [2.0, 1.0, 2.0, 1.0]
    """

    space, mode = 2, "circular"


class CircularPad3d(Margin):
    """Margins that hold the other ends of the input, around inputs of shape (N, C, D, H, W).

    Parameters
    ----------
    padding : int or tuple of int
        (left, right, top, bottom, front, back), or one for all.

    Examples
    --------
    >>> import numpy as np
    >>> CircularPad3d((1, 1, 0, 0, 0, 0))(np.array([1.0, 2.0]).reshape(1, 1, 1, 1, 2)).ravel().tolist()
    [2.0, 1.0, 2.0, 1.0]
    """

    space, mode = 3, "circular"
