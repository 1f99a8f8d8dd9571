"""Convolutions of one, two and three axes of space, the transposed ones, and the cutting and laying of windows."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import OperandError, ShapeError
from autograd.graph.node import raw
from autograd.ops.convolution import convolution, convolution_input
from autograd.ops.joining import pad as add_margin
from autograd.ops.shape import reshape, shape
from nn.arguments import check_count, describe_shape
from nn.spatial import Sizes, check_fits, per_axis

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input

Around = tuple[tuple[int, int], ...]


def padding_around(
    name: str, padding: Sizes | str, kernel: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]
) -> Around:
    """The padding before and after each axis of space.

    Raises
    ------
    ValueError
        For another text than "same", of a stride of 1, and "valid".

    Examples
    --------
    >>> padding_around("conv1d", "same", (4,), (1,), (1,))
    ((1, 2),)
    """
    if padding == "same":
        if set(stride) != {1}:
            raise ValueError(f"{name}: padding='same' keeps the size with a stride of 1, not {stride}")
        reach = [(k - 1) * d for k, d in zip(kernel, dilation, strict=True)]
        return tuple((r // 2, r - r // 2) for r in reach)
    if padding == "valid":
        return ((0, 0),) * len(kernel)
    if isinstance(padding, str):
        raise ValueError(f"{name}: padding must be 'same', 'valid' or whole numbers, got {padding!r}")
    return tuple((p, p) for p in per_axis(name, "padding", padding, len(kernel), 0))


def as_batch(name: str, x: Input | None, space: int, channels: int | None = None) -> tuple[Any, bool]:
    """The input with an axis of samples, and whether it had none.

    Raises
    ------
    ShapeError
        For an input of other axes or channels.

    Examples
    --------
    >>> batch, lone = as_batch("conv1d", np.ones((2, 5)), space=1)
    >>> batch.shape, lone
    ((1, 2, 5), True)
    """
    if x is None:
        raise OperandError(f"{name}: expected an input, got None")
    have = shape(x)
    lone = len(have) == 1 + space
    if len(have) not in (1 + space, 2 + space) or channels not in (None, have[-1 - space]):
        wanted = f"(N, {'C' if channels is None else channels}{', …' * space})"
        raise ShapeError(f"{name}: expected an input of shape {wanted}, got {describe_shape(x)}")
    return (reshape(x, (1, *have)) if lone else x), lone


def convolve(
    name: str,
    x: Any,
    weight: Any,
    bias: Any,
    stride: tuple[int, ...],
    padding: Around,
    dilation: tuple[int, ...],
    groups: int,
) -> Any:
    """A convolution of an input (N, C, *space) or (C, *space), with its bias.

    Examples
    --------
    >>> convolve("conv1d", np.ones((1, 1, 3)), np.ones((1, 1, 2)), None, (1,), ((0, 0),), (1,), 1).tolist()
    [[[2.0, 2.0]]]
    """
    space = len(stride)
    batch, lone = as_batch(name, x, space, shape(weight)[1] * groups)
    check_fits(name, shape(batch), padding, shape(weight)[2:], dilation)
    out = convolution(batch, weight, stride=stride, padding=padding, dilation=dilation, groups=groups)
    return _finish(name, out, bias, space, lone)


def _finish(name: str, out: Any, bias: Input | None, space: int, lone: bool) -> Any:
    if bias is not None:
        channels = shape(out)[1]
        if math.prod(shape(bias)) != channels:
            raise ShapeError(
                f"{name}: bias has {channels} numbers, one for each channel of the output, not {describe_shape(bias)}"
            )
        out = out + reshape(bias, (channels, *(1,) * space))
    return reshape(out, shape(out)[1:]) if lone else out


def convolve_transposed(
    name: str,
    x: Any,
    weight: Any,
    bias: Any,
    stride: tuple[int, ...],
    padding: tuple[int, ...],
    output_padding: tuple[int, ...],
    groups: int,
    dilation: tuple[int, ...],
) -> Any:
    """The transposed convolution of an input (N, C, *space) or (C, *space), with its bias.

    Raises
    ------
    ShapeError
        Where nothing is left, or more is added than a stride or a dilation has.

    Examples
    --------
    >>> convolve_transposed("conv_transpose1d", np.ones((1, 1, 2)), np.ones((1, 1, 2)), None, (2,), (0,), (0,), 1, (1,)).tolist()
    [[[1.0, 1.0, 1.0, 1.0]]]
    """
    space = len(stride)
    batch, lone = as_batch(name, x, space, shape(weight)[0])
    if any(o >= max(s, d) for o, s, d in zip(output_padding, stride, dilation, strict=True)):
        raise ShapeError(
            f"{name}: output_padding must be smaller than the stride or the dilation, got {output_padding} for {stride} and {dilation}"
        )
    reach = [(k - 1) * d + 1 for k, d in zip(shape(weight)[2:], dilation, strict=True)]
    whole = tuple((n - 1) * s + r for n, s, r in zip(shape(batch)[2:], stride, reach, strict=True))
    size = tuple(w - 2 * p + o for w, p, o in zip(whole, padding, output_padding, strict=True))
    if min(size) < 1:
        raise ShapeError(f"{name}: an input of shape {shape(x)} leaves nothing: the output would be {size}")
    how: dict[str, Any] = {"stride": stride, "dilation": dilation, "groups": groups}
    if all(o < s for o, s in zip(output_padding, stride, strict=True)):
        around = tuple((p, p) for p in padding)
        out = convolution_input(batch, weight, space=size, padding=around, **how)
    else:
        # What is added is more than a stride: it is beyond all windows.
        out = convolution_input(batch, weight, space=whole, padding=((0, 0),) * space, **how)
        more = [max(p + n - w, 0) for p, n, w in zip(padding, size, whole, strict=True)]
        out = add_margin(out, ((0, 0), (0, 0), *((0, m) for m in more)))
        out = out[(..., *(slice(p, p + n) for p, n in zip(padding, size, strict=True)))]
    return _finish(name, out, bias, space, lone)


def check_weight(name: str, weight: Input, space: int, groups: int, outputs: int) -> tuple[int, ...]:
    """The sizes of a kernel whose channels fall into groups; `outputs` is the axis that is not cut."""
    if len(shape(weight)) != 2 + space:
        raise ShapeError(f"{name}: the weight has {2 + space} axes, not {describe_shape(weight)}")
    if shape(weight)[outputs] % check_count(name, "groups", groups):
        raise ShapeError(f"{name}: {shape(weight)[outputs]} channels do not fall into {groups} groups")
    return shape(weight)[2:]


SHAPES = {1: "(N, C, L)", 2: "(N, C, H, W)", 3: "(N, C, D, H, W)"}
OPTIONS = """stride, dilation : int, or one for each axis of space
    groups : int
        Channels are cut into so many groups that do not see each other."""


def _make_convolution(space: int) -> Callable[..., Any]:
    name = f"conv{space}d"

    def function(
        input: Input,
        weight: Input,
        bias: Input | None = None,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        groups: int = 1,
    ) -> Tensor:
        kernel = check_weight(name, weight, space, groups, 0)
        steps = per_axis(name, "stride", stride, space, 1)
        holes = per_axis(name, "dilation", dilation, space, 1)
        around = padding_around(name, padding, kernel, steps, holes)
        return convolve(name, input, weight, bias, steps, around, holes, groups)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"""The convolution of inputs of shape {SHAPES[space]} with a kernel, plus a bias.

    Parameters
    ----------
    input : (N, C, *space) or (C, *space)
    weight : (out_channels, C / groups, *kernel)
    bias : (out_channels,), optional
    padding : int, one for each axis of space, "same" or "valid"
    {OPTIONS}

    Returns
    -------
    numpy.ndarray or Tensor

    Raises
    ------
    ShapeError
        Where the shapes do not go together.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x, kernel = np.ones((1, 1{", 4" * space})), np.ones((3, 1{", 2" * space}))
    >>> nn.functional.{name}(x, kernel, padding=1).shape
    (1, 3{", 5" * space})
    """
    return function


def _make_transposed(space: int) -> Callable[..., Any]:
    name = f"conv_transpose{space}d"

    def function(
        input: Input,
        weight: Input,
        bias: Input | None = None,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        dilation: Sizes = 1,
    ) -> Tensor:
        check_weight(name, weight, space, groups, 0)
        sizes = [
            per_axis(name, what, given, space, least)
            for what, given, least in (
                ("stride", stride, 1), ("padding", padding, 0), ("output_padding", output_padding, 0), ("dilation", dilation, 1)
            )
        ]  # fmt: skip
        steps, cut, added, holes = sizes
        return convolve_transposed(name, input, weight, bias, steps, cut, added, groups, holes)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"""The transposed convolution of inputs of shape {SHAPES[space]}: what the derivative of `conv{space}d` does.

    Parameters
    ----------
    input : (N, C, *space) or (C, *space)
    weight : (C, out_channels / groups, *kernel)
    bias : (out_channels,), optional
    padding : int, or one for each axis of space
        What is cut off the output at both ends.
    output_padding : int, or one for each axis of space
        What is added to it at the far end: one of the sizes that a stride makes alike.
    {OPTIONS}

    Returns
    -------
    numpy.ndarray or Tensor

    Raises
    ------
    ShapeError
        Where the shapes do not go together.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x, kernel = np.ones((1, 1{", 4" * space})), np.ones((1, 3{", 2" * space}))
    >>> nn.functional.{name}(x, kernel, stride=2).shape
    (1, 3{", 8" * space})
    """
    return function


conv1d, conv2d, conv3d = (_make_convolution(space) for space in (1, 2, 3))
conv_transpose1d, conv_transpose2d, conv_transpose3d = (_make_transposed(space) for space in (1, 2, 3))


def _cutting_kernel(x: Input, channels: int, kernel: tuple[int, ...]) -> np.ndarray:
    """Weights with which every element of a window becomes a channel."""
    elements = math.prod(kernel)
    return np.tile(np.eye(elements, dtype=np.asarray(raw(x)).dtype).reshape(elements, 1, *kernel), (channels, 1, 1, 1))


def unfold(input: Input, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1) -> Tensor:
    """All windows of images, each as a column.

    Parameters
    ----------
    input : (N, C, H, W) or (C, H, W)
    kernel_size, dilation, padding, stride : int or pair of int

    Returns
    -------
    numpy.ndarray or Tensor, shape (N, C·elements, windows)

    Raises
    ------
    ShapeError
        For an input of other axes, or one that is smaller than the kernel.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.unfold(np.arange(9.0).reshape(1, 1, 3, 3), 2)[0, :, 0].tolist()
    [0.0, 1.0, 3.0, 4.0]
    """
    batch, lone = as_batch("unfold", input, 2)
    kernel = per_axis("unfold", "kernel_size", kernel_size, 2, 1)
    steps, holes = (per_axis("unfold", w, g, 2, 1) for w, g in (("stride", stride), ("dilation", dilation)))
    around = tuple((p, p) for p in per_axis("unfold", "padding", padding, 2, 0))
    channels = shape(batch)[1]
    out = convolve("unfold", batch, _cutting_kernel(batch, channels, kernel), None, steps, around, holes, channels)
    count, rows, *places = shape(out)
    return reshape(out, (count, rows, math.prod(places))[1 if lone else 0 :])


def fold(
    input: Input,
    output_size: Sizes,
    kernel_size: Sizes,
    dilation: Sizes = 1,
    padding: Sizes = 0,
    stride: Sizes = 1,
) -> Tensor:
    """Columns laid back where `unfold` took them, and added where windows overlap.

    Parameters
    ----------
    input : (N, C·elements, windows) or (C·elements, windows)
    output_size : int or pair of int
        Of the images.
    kernel_size, dilation, padding, stride : int or pair of int

    Returns
    -------
    numpy.ndarray or Tensor, shape (N, C, H, W)

    Raises
    ------
    ShapeError
        Where there are not as many windows as that size has.

    Examples
    --------
    >>> import numpy as np, nn
    >>> columns = nn.functional.unfold(np.ones((1, 1, 3, 3)), 2)
    >>> nn.functional.fold(columns, 3, 2)[0, 0].tolist()
    [[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]
    """
    size, kernel = (
        per_axis("fold", w, g, 2, 1) for w, g in (("output_size", output_size), ("kernel_size", kernel_size))
    )
    steps, holes = (per_axis("fold", w, g, 2, 1) for w, g in (("stride", stride), ("dilation", dilation)))
    margins = per_axis("fold", "padding", padding, 2, 0)
    lone, elements = len(shape(input)) == 2, math.prod(kernel)
    columns = reshape(input, (1, *shape(input))) if lone else input
    places = tuple(
        (n + 2 * p - (k - 1) * d - 1) // s + 1
        for n, p, k, d, s in zip(size, margins, kernel, holes, steps, strict=True)
    )
    have = shape(columns)
    if len(have) != 3 or have[1] % elements or have[2] != math.prod(places):
        raise ShapeError(
            f"fold: expected an input of shape (N, C·{elements}, {math.prod(places)}), as {places} windows of {kernel} are, got "
            f"{describe_shape(input)}"
        )
    channels = have[1] // elements
    out = convolution_input(
        reshape(columns, (have[0], have[1], *places)),
        _cutting_kernel(columns, channels, kernel),
        space=size,
        stride=steps,
        padding=tuple((p, p) for p in margins),
        dilation=holes,
        groups=channels,
    )
    return reshape(out, shape(out)[1:]) if lone else out
