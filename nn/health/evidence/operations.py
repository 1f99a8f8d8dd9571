"""What the operations of a forward pass show: along which axes they run, and which of them read on where axes were meant to move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np

from nn.health.finding import Finding
from nn.health.frameworks.network import LeafCall, Operation
from nn.health.place import Place

SOFTMAX = ("softmax", "log_softmax")
RESHAPES = ("reshape", "view")
TRANSPOSE = "np.transpose (permute in PyTorch) moves axes; reshape and view only read on, so that numbers of other places are mixed"


def find_in_operations(operations: list[Operation], outputs: np.ndarray) -> Iterator[Finding]:
    """Findings of which experiments tell how much they matter: a network may do without what they take away."""
    yield from find_shares_of_one(operations, outputs)
    yield from find_reshaped(operations)


def find_shares_of_one(operations: list[Operation], outputs: np.ndarray) -> Iterator[Finding]:
    """Shares along an axis of length one, inside the network, or along one at its end that is not the last."""
    for one in operations:
        at_end = one.made.size == outputs.size and np.array_equal(one.made.ravel(), outputs.ravel())
        if at_end and (outputs.ndim < 2 or outputs.shape[-1] == 1):
            continue
        axes = axes_of_shares(one)
        # A sequence of one place looks at itself in any case.
        alone = one.made.ndim > 2 and one.made.shape[-2:] == (1, 1)
        if len(axes) == 1 and axes[0] > 0 and one.made.shape[axes[0]] == 1 and not alone:
            yield Finding(
                "softmax over one unit",
                one.place.module,
                f"a softmax{told_at(one.place)} runs along axis {axes[0]} of shape {one.made.shape}, which has one place: each share is "
                "1, whatever the scores are, and no gradient comes to what makes them",
                "softmax along the axis of what is to be weighed against one another",
                {"axis": axes[0]},
                one.place,
                certain=at_end,
            )
            return


def find_reshaped(operations: list[Operation]) -> Iterator[Finding]:
    """A reshape whose result has the axes of what it was given in another order, as only a transpose can mean it."""
    for one in operations:
        if one.name in RESHAPES and is_reordered(one.given[0].shape, one.made.shape):
            which = "several rows" if one.made.shape[0] != one.given[0].shape[0] else "several places"
            yield Finding(
                "axes mixed up",
                one.place.module,
                f"a reshape{told_at(one.place)} turns {one.given[0].shape} into {one.made.shape}: it moves no axis, but reads the same "
                f"numbers on in another shape, so that those of {which} are mixed",
                TRANSPOSE,
                place=one.place,
                certain=False,
            )
            return


def tell_mixed_rows(found: list[Finding], operations: list[Operation]) -> list[Finding]:
    """Rows that are mixed, and what does it, where an operation is seen that does."""
    shares = next((one for one in operations if axes_of_shares(one) == (0,) and len(one.made) > 1), None)
    moved = next((f for f in find_reshaped(operations) if "several rows" in f.sentence), None)
    told = []
    for finding in found:
        if shares is not None:
            told.append(
                replace(
                    finding,
                    cause="softmax over rows",
                    path=shares.place.module,
                    sentence=f"{finding.sentence}: a softmax{told_at(shares.place)} runs along axis 0 of shape {shares.made.shape}, "
                    "the batch",
                    fix="softmax along the axis of what is to be weighed against one another, not along the batch",
                    place=shares.place,
                )
            )
        elif moved is not None:
            told.append(
                replace(
                    finding,
                    path=moved.path,
                    sentence=f"{finding.sentence}: {moved.sentence}",
                    fix=TRANSPOSE,
                    place=moved.place,
                )
            )
        else:
            told.append(finding)
    return told


def is_reordered(given: tuple[int, ...], made: tuple[int, ...]) -> bool:
    """Whether a shape has the same axes as another one in another order, those of length one apart.

    Examples
    --------
    >>> is_reordered((8, 5, 3), (8, 3, 5)), is_reordered((8, 5, 1), (8, 1, 5)), is_reordered((8, 15), (8, 3, 5))
    (True, False, False)
    """
    before, after = ([n for n in shape if n != 1] for shape in (given, made))
    return before != after and sorted(before) == sorted(after)


def axes_of_shares(one: Operation) -> tuple[int, ...]:
    """The axes along which an operation makes shares of what it is given, as a softmax does, also one by hand."""
    if one.name in SOFTMAX:
        return one.axes
    if one.name != "div" or len(one.given) != 2:
        return ()
    parts, whole = one.given
    if (
        not parts.ndim
        or not parts.size
        or parts.shape != one.made.shape
        or parts.dtype.kind != "f"
        or not (parts > 0.0).all()
    ):
        return ()
    for axis in range(parts.ndim):
        total = parts.sum(axis=axis, keepdims=True)
        if total.shape == (1,) * (parts.ndim - whole.ndim) + whole.shape and np.allclose(total, whole, rtol=1e-4):
            return (axis,)
    return ()


def told_at(place: Place) -> str:
    """Where an operation stands, behind what is told of it."""
    return f" at {place.site}" if place.site else f" in {place.module}" if place.module else ""


def find_shares_between(calls: list[LeafCall]) -> list[tuple[str, str]]:
    """Linear layers of which the second is given a softmax of what the first one gave: shares, small and all but alike for all rows."""
    linear = [call for call in calls if call.kind == "Linear"]
    return [
        (one.path, after.path)
        for one, after in pairwise(linear)
        if one.output.shape == after.input.shape and one.output.shape[-1] > 1 and _are_shares(one.output, after.input)
    ]


def _are_shares(scores: np.ndarray, shares: np.ndarray) -> bool:
    with np.errstate(all="ignore"):
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.allclose(powers / powers.sum(axis=-1, keepdims=True), shares, rtol=1e-3, atol=1e-6)
