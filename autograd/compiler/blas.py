"""Where NumPy's own product of matrices is: a native program calls it as NumPy does, and gets the same digits.

Products of few rows are its own, in `rows`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

# What OpenBLAS calls its product in NumPy's wheels and elsewhere, and whether its lengths have 64 bits.
NAMES = {"scipy_cblas_{}gemm64_": True, "cblas_{}gemm64_": True, "scipy_cblas_{}gemm": False, "cblas_{}gemm": False}
# Its number of threads, beside each of these.
THREADS = "openblas_get_num_threads"
LETTERS = {"f": "s", "d": "d"}


class Gemm(NamedTuple):
    """A product of matrices of BLAS.

    Attributes
    ----------
    address : int
    long : bool
        Whether its lengths have 64 bits.
    count_threads : callable
        How many threads it may take now.
    """

    address: int
    long: bool
    count_threads: Callable[[], int] = lambda: 1


@cache
def find_gemm(char: str) -> Gemm | None:
    """The product of `float32` ("f") or `float64` ("d") in the OpenBLAS that NumPy has loaded; None where it has none.

    Examples
    --------
    >>> find_gemm("l") is None
    True
    """
    if char not in LETTERS:
        return None
    for path in _libraries():
        library = ctypes.CDLL(path)
        for name, long in NAMES.items():
            found = getattr(library, name.format(LETTERS[char]), None)
            if found is not None:
                count_threads = getattr(library, name.replace("cblas_{}gemm", THREADS))
                return Gemm(ctypes.cast(found, ctypes.c_void_p).value or 0, long, count_threads)
    return None


def _libraries() -> list[str]:
    """The files of OpenBLAS in this process that came with NumPy."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return []
    folder = Path(np.__file__).parent
    beside = {folder, folder.with_name("numpy.libs")}
    paths = [Path(one["filepath"]) for one in threadpool_info() if one["internal_api"] == "openblas"]
    return [str(path) for path in paths if beside & set(path.parents)]
