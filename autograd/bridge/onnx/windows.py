"""Where windows lie: margins that are given, or that keep a length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import autograd.torch.nn.functional as F  # noqa: N812 - as PyTorch's users write it


def margins(
    auto: str, pads: Sequence[int] | None, lengths: Sequence[int], kernel: Sequence[int], strides: Sequence[int],
    dilations: Sequence[int],
) -> tuple[list[int], list[int]]:  # fmt: skip
    """What is added before and after each axis.

    Examples
    --------
    >>> margins("SAME_UPPER", None, [5], [2], [1], [1])
    ([0], [1])
    """
    if auto in ("NOTSET", ""):
        around = list(pads) if pads else [0] * (2 * len(kernel))
        return around[: len(kernel)], around[len(kernel) :]
    if auto == "VALID":
        return [0] * len(kernel), [0] * len(kernel)
    missing = [
        max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0)
        for n, k, s, d in zip(lengths, kernel, strides, dilations, strict=True)
    ]
    less, more = [m // 2 for m in missing], [m - m // 2 for m in missing]
    return (less, more) if auto == "SAME_UPPER" else (more, less)


def pad_axes(x: Any, before: Sequence[int], after: Sequence[int], value: float = 0.0) -> Any:
    """A tensor with margins along its last axes."""
    pairs = [n for pair in reversed(list(zip(before, after, strict=True))) for n in pair]
    return F.pad(x, tuple(pairs), "constant", value) if any(pairs) else x


def windows(kernel: Sequence[int], strides: Any, dilations: Any) -> tuple[list[int], list[int], list[int]]:
    """Lengths, steps and gaps of a window, 1 where they are not given."""
    return list(kernel), list(strides or [1] * len(kernel)), list(dilations or [1] * len(kernel))
