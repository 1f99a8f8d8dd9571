"""`pad`: margins around the last axes."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any

from autograd.errors import ShapeError
from autograd.ops.joining import pad as add_margin
from autograd.ops.shape import shape

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input

# PyTorch's words, and NumPy's.
MODES = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def pad(input: Input, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """Add margins, from the last axis on: `pad=(left, right, top, bottom)`; a margin below 0 cuts off.

    Parameters
    ----------
    input : array_like or Tensor
    pad : sequence of int
        Before and behind the last axis, then the one before it, and so on.
    mode : {"constant", "reflect", "replicate", "circular"}
        What the margins hold: a value, the input mirrored at its edge, its edge, or its other end.
    value : float, optional
        Of the mode "constant"; 0 by default.

    Returns
    -------
    numpy.ndarray or Tensor

    Raises
    ------
    ShapeError
        For margins that are not whole numbers in pairs, more of them than axes, or more than there is to mirror.
    ValueError
        For another mode, and a value that no mode takes.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.pad(np.array([1.0, 2.0, 3.0]), (2, 1), "reflect").tolist()
    [3.0, 2.0, 1.0, 2.0, 3.0, 2.0]
    """
    return pad_last_axes("pad", input, pad, mode, value)


def pad_last_axes(name: str, x: Input, margins: Any, mode: str, value: float | None) -> Any:
    """See `pad`; `name` is what messages say.

    Examples
    --------
    >>> pad_last_axes("pad", [1.0], (1, 0), "constant", None).tolist()
    [0.0, 1.0]
    """
    given = tuple(margins) if isinstance(margins, (tuple, list)) else (margins,)
    have = shape(x) if hasattr(x, "shape") else shape(add_margin(x, 0))
    if len(given) % 2 or any(isinstance(n, bool) or not isinstance(n, Integral) for n in given):
        raise ShapeError(f"{name}: margins are whole numbers in pairs, got {margins!r}")
    if len(given) > 2 * len(have):
        raise ShapeError(f"{name}: {len(given) // 2} pairs of margins for an input of shape {have}")
    if mode not in MODES:
        raise ValueError(f"{name}: mode must be one of {', '.join(MODES)}, not {mode!r}")
    if mode != "constant" and value not in (None, 0, 0.0):
        raise ValueError(f"{name}: the mode {mode!r} takes no value, got {value!r}")
    pairs = [(int(a), int(b)) for a, b in zip(given[::2], given[1::2], strict=True)]
    around = [(0, 0)] * (len(have) - len(pairs)) + pairs[::-1]
    # The circle is of what a cut leaves; what others mirror, PyTorch finds in what is cut off too.
    cut_first = mode in ("constant", "circular")
    for length, (before, behind) in zip(have, around, strict=True):
        there = length + min(before, 0) + min(behind, 0) if cut_first else length
        if there < 0 or length + before + behind < 0 or (mode == "replicate" and length == 0):
            raise ShapeError(f"{name}: margins of {(before, behind)} leave nothing of {length} elements")
        most = {"reflect": there - 1, "circular": there}.get(mode)
        if most is not None and max(before, behind) > most:
            raise ShapeError(
                f"{name}: a margin of {max(before, behind)} is more than {mode!r} finds in {there} elements"
            )
    cuts = any(min(pair) < 0 for pair in around)
    if cuts and cut_first:
        x = x[tuple(slice(max(-a, 0), n - max(-b, 0)) for n, (a, b) in zip(have, around, strict=True))]
    width = [(max(a, 0), max(b, 0)) for a, b in around]
    framed = add_margin(x, width, MODES[mode], constant_values=0.0 if value is None else value)
    if not cuts or cut_first:
        return framed
    return framed[tuple(slice(max(-a, 0), n + max(a, 0) + b) for n, (a, b) in zip(have, around, strict=True))]
