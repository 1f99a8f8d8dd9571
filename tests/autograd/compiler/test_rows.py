"""Products of few rows by rows, in machine code of our own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograd.compiler import compile, replay
from autograd.compiler.blas import find_gemm
from autograd.compiler.rows import TILE, rows_address, suits_rows

pytest.importorskip("numba")
if find_gemm("d") is None:
    pytest.skip("NumPy's BLAS is not OpenBLAS", allow_module_level=True)

NATIVE = pytest.mark.parametrize("made_of", ["numba"], indirect=True)
RNG = np.random.default_rng(0)


def product(x: Any, w: Any) -> Any:
    return np.tanh(x @ np.swapaxes(w, -1, -2))


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The dtypes of the products that were given to our loop."""
    found: list[str] = []
    monkeypatch.setattr(replay, "rows_address", lambda dtype: found.append(dtype) or rows_address(dtype))
    return found


@NATIVE
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rows", [TILE, TILE + 1, 2 * TILE - 1, 32])
@pytest.mark.parametrize("others", [TILE, TILE + 3, 10])
@pytest.mark.parametrize("summed", [64, 101])
def test_sums_are_right_at_every_edge(taken: list[str], dtype: Any, rows: int, others: int, summed: int) -> None:
    x, w = RNG.normal(size=(rows, summed)).astype(dtype), RNG.normal(size=(others, summed)).astype(dtype)
    found = compile(product)(x, w)
    assert taken == [np.dtype(dtype).name]
    np.testing.assert_allclose(
        found, np.tanh(x.astype(float) @ w.T.astype(float)), rtol=1e-4 if dtype == np.float32 else 1e-12, atol=1e-6
    )


@NATIVE
def test_stacks_and_parts_of_other_arrays_are_multiplied(taken: list[str]) -> None:
    whole, other = RNG.normal(size=(3, 12, 130)), RNG.normal(size=(20, 150))
    for x, w in ((whole, other[:, :130]), (whole[:, ::2, :70], other[::2, 5:75]), (whole[:, :, 1:], whole[:, 4:9, 1:])):
        np.testing.assert_allclose(compile(product)(x, w), product(x, w), rtol=1e-10, atol=1e-14)
    assert taken == ["float64"] * 3


@NATIVE
def test_what_is_not_finite_stays_where_it_is(taken: list[str]) -> None:
    x, w = RNG.normal(size=(6, 64)), RNG.normal(size=(5, 64))
    x[1, 3], x[2, 60], w[4, 0] = np.nan, np.inf, -np.inf
    found = compile(lambda x, w: np.maximum(x @ w.T, -np.inf))(x, w)
    with np.errstate(invalid="ignore"):
        expected = x @ w.T
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert taken == ["float64"]


def test_only_sizes_that_were_measured_to_be_faster_are_taken() -> None:
    assert suits_rows(32, 64, 784, 4)
    assert suits_rows(128, 64, 784, 8)
    assert suits_rows(32, 512, 784, 4)
    assert not suits_rows(32, 512, 784, 4, threads=2)
    for what, size in {
        "a single row": (1, 64, 784, 4),
        "many rows": (256, 64, 784, 4),
        "short sums": (32, 64, 16, 4),
        "more rows than half of what is summed": (64, 64, 100, 4),
        "no tile of columns": (32, 2, 784, 4),
        "a matrix that fits no cache": (32, 1024, 784, 8),
    }.items():
        assert not suits_rows(*size), what
