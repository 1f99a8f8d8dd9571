"""Rows by rows: the product `x @ y.T`, as of a layer's inputs by its weights, in machine code of our own.

BLAS packs both matrices into an order of its own first. For few rows that takes as long as the product, the more so where
the other matrix is transposed. Here both lie along what is summed, so nothing has to be packed: a tile of results stays
in the processor's registers, and each number that is read takes part in four products (Goto and van de Geijn 2008, "Anatomy of
high-performance matrix multiplication"). The sums run in another order than BLAS's, and differ from it in the last digits.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

from autograd.compiler.entries import fingerprint
from autograd.machine_code import module_of

# Rows and columns of a tile: its sixteen sums, each a vector, are what registers hold.
TILE = 4
# Where it was measured to be faster than BLAS: fewer rows than half of what is summed, and a second matrix of no more bytes, by
# the bytes of an element; those of float64 come too slowly from where more of them are.
MIN_SUMMED, MAX_ROWS, MAX_BYTES = 64, 128, {4: 1 << 23, 8: 1 << 21}
# Multiplications from which on several threads of BLAS are faster than this one.
WORTH_THREADS = 1 << 23

TEXT = '''"""Rows by rows of {dtype}."""
import numpy as np
from autograd.compiler.entries import primitives
from autograd.machine_code import keep_entry

row_at, SIGNATURE = primitives().row_at, primitives().SIGNATURE
# As their machine code is: {fingerprint}


# Sums may be taken apart; what is not finite stays so.
@keep_entry(__name__, SIGNATURE, error_model="numpy", fastmath={{"reassoc", "contract"}})
def entry(words, numbers):
    m, n, k = words[4], words[5], words[6]
    for s in range(words[3]):
        x, y, out = words[0] + s * words[10], words[1] + s * words[11], words[2] + s * words[12]
        for i in range(0, m, {tile}):
            # The last tile begins earlier, and computes some results again.
            i = min(i, m - {tile})
{x_rows}
            for j in range(0, n, {tile}):
                j = min(j, n - {tile})
{y_rows}
{zeros}
                for p in range(k):
{sums}
{results}
'''


def suits_rows(m: int, n: int, k: int, itemsize: int, threads: int = 1) -> bool:
    """Whether the product of m rows by n rows of k elements is faster so than by BLAS with so many threads.

    Examples
    --------
    >>> suits_rows(32, 64, 784, 4), suits_rows(512, 64, 784, 4), suits_rows(32, 64, 16, 4)
    (True, False, False)
    """
    few = TILE <= m <= min(MAX_ROWS, k // 2) and n >= TILE and k >= MIN_SUMMED
    return few and n * k * itemsize <= MAX_BYTES[itemsize] and (threads == 1 or m * n * k <= WORTH_THREADS)


@cache
def rows_address(dtype: str) -> int:
    """Where the machine code is, for a stack of matrices of this dtype.

    Its words: the places of the three, the number of matrices, m, n, k, the bytes from row to row of each, from matrix to
    matrix of each.
    """
    made: Any = module_of(_source(dtype))
    return int(made.entry.address)


def _source(dtype: str) -> str:
    """The text of the entry, with a line for each row and each sum of a tile."""
    tile = range(TILE)
    pairs = list(product(tile, tile))
    lines = {
        "x_rows": (12, [f"x{i} = row_at(x + (i + {i}) * words[7], k, np.{dtype})" for i in tile]),
        "y_rows": (16, [f"y{j} = row_at(y + (j + {j}) * words[8], k, np.{dtype})" for j in tile]),
        "zeros": (16, [f"s{i}{j} = np.{dtype}(0)" for i, j in pairs]),
        "sums": (20, [f"s{i}{j} += x{i}[p] * y{j}[p]" for i, j in pairs]),
        "results": (16, [f"row_at(out + (i + {i}) * words[9], n, np.{dtype})[j + {j}] = s{i}{j}" for i, j in pairs]),
    }
    texts = {name: "\n".join(" " * indent + line for line in some) for name, (indent, some) in lines.items()}
    return TEXT.format(dtype=dtype, tile=TILE, fingerprint=fingerprint(), **texts)


__all__ = ("rows_address", "suits_rows")
