"""The loops over windows that numba compiles, where NumPy would go over the same memory again and again.

This file is imported at their first use, and what numba makes of it is kept for other processes. NumPy does the same
elsewhere: see `autograd.ops.convolution` and `autograd.ops.pooling`.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from autograd.machine_code import keep_compiled

_compiled = partial(keep_compiled, Path(__file__).read_text(encoding="utf-8"), nogil=True, error_model="numpy")


@_compiled()
def add_shifted(rows: np.ndarray, shifts: np.ndarray, into: np.ndarray) -> None:
    """Add each row of each image, (images, rows, n), to the flat image at its shift."""
    for image in range(rows.shape[0]):
        for k in range(rows.shape[1]):
            row, there = rows[image, k], into[image, shifts[k] : shifts[k] + rows.shape[2]]
            for i in range(row.size):
                there[i] += row[i]


@_compiled()
def add_at(rows: np.ndarray, shifts: np.ndarray, at: np.ndarray, into: np.ndarray) -> None:
    """The same where the numbers of a row do not lie side by side in the image, but at these places from the shift on."""
    for image in range(rows.shape[0]):
        for k in range(rows.shape[1]):
            row, there = rows[image, k], into[image, shifts[k] :]
            for i in range(row.size):
                there[at[i]] += row[i]


# Sums may be taken in any order, as NumPy's products do: else they could not run in vectors.
@_compiled(fastmath={"reassoc", "contract"})
def products(rows: np.ndarray, flat: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """The inner product of each row, (images, groups, rows, n), with its group's flat image at each shift, over all images.

    Four rows and two shifts at a time, so that what is read from memory is used more than once.
    """
    images, groups, count, n = rows.shape
    # Where the last four or two are fewer, the last one stands in for them, and is cut off.
    found = np.zeros((groups, count + 3, shifts.size + 1), rows.dtype)
    zero = found.dtype.type(0)
    for image in range(images):
        for group in range(groups):
            for r in range(0, count, 4):
                a, b = rows[image, group, r], rows[image, group, min(r + 1, count - 1)]
                c, d = rows[image, group, min(r + 2, count - 1)], rows[image, group, min(r + 3, count - 1)]
                for k in range(0, shifts.size, 2):
                    first, second = shifts[k], shifts[min(k + 1, shifts.size - 1)]
                    x, y = flat[image, group, first : first + n], flat[image, group, second : second + n]
                    ax = bx = cx = dx = ay = by = cy = dy = zero
                    for i in range(n):
                        ax, bx, cx, dx = ax + a[i] * x[i], bx + b[i] * x[i], cx + c[i] * x[i], dx + d[i] * x[i]
                        ay, by, cy, dy = ay + a[i] * y[i], by + b[i] * y[i], cy + c[i] * y[i], dy + d[i] * y[i]
                    column = found[group, r : r + 4, k : k + 2]
                    column[0, 0] += ax
                    column[1, 0] += bx
                    column[2, 0] += cx
                    column[3, 0] += dx
                    column[0, 1] += ay
                    column[1, 1] += by
                    column[2, 1] += cy
                    column[3, 1] += dy
    return found[:, :count, : shifts.size].copy()


@_compiled()
def share_among_greatest(
    g: np.ndarray, greatest: np.ndarray, x: np.ndarray, first: np.ndarray, seen: np.ndarray
) -> np.ndarray:
    """Send each number of `g`, (images, places), to the elements of its window in `x` that are the greatest, in equal parts."""
    found, shares = np.zeros_like(x), np.empty(g.shape[1], g.dtype)
    zero, one = g.dtype.type(0), g.dtype.type(1)
    for image in range(x.shape[0]):
        own, tops, into = x[image], greatest[image], found[image]
        # One loop after the other: a loop that writes what its next turn may read could not run ahead. And no branches:
        # which element is the greatest cannot be guessed.
        for place in range(shares.size):
            top, ties = tops[place], zero
            for k in range(first[place], first[place + 1]):
                ties += one if own[seen[k]] == top else zero
            shares[place] = g[image, place] / max(ties, one)
        for place in range(shares.size):
            top, share = tops[place], shares[place]
            for k in range(first[place], first[place + 1]):
                into[seen[k]] += share if own[seen[k]] == top else zero
    return found
