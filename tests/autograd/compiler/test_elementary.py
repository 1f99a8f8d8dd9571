"""exp, tanh and erf as plain arithmetic, run by Python itself beside the C library's, to the last places."""

from __future__ import annotations

import importlib.util
import math
from types import ModuleType
from typing import Any

import numpy as np
import pytest

numba = pytest.importorskip("numba")


@pytest.fixture(scope="module")
def plain() -> ModuleType:
    """The module as it is written, without machine code."""
    place = importlib.util.find_spec("autograd.compiler.elementary")
    assert place is not None
    spec = importlib.util.spec_from_file_location("plain_elementary", place.origin)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numba, "njit", lambda **_: lambda function: function)
        spec.loader.exec_module(module)
    return module


SINGLE = [0.0, 1e-6, 0.01, 0.3, 0.5, 0.62, 0.63, 0.9, 1.0, 1.1, 2.0, 3.7, 5.5, 7.9, 8.1, 11.0, 26.0]
EDGES = [40.0, 87.3, 88.7, 89.5, 200.0, 709.5, 711.0, 1e5, math.inf]


def exact(name: str, x: float) -> float:
    try:
        return getattr(math, name)(x)
    except OverflowError:
        return math.inf


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("x", [*SINGLE, *EDGES, 103.0, 745.0])
@pytest.mark.parametrize("name", ["exp", "tanh", "erf", "erfc"])
def test_functions_are_right_to_a_few_places(plain: ModuleType, name: str, x: float, sign: float) -> None:
    for bits, dtype in ((64, np.float64), (32, np.float32)):
        given = dtype(sign * x)
        with np.errstate(all="ignore"):
            found: Any = getattr(plain, f"{name}{bits}")(given)
            expected = dtype(exact(name, float(given)))
        # Where the result is tiny, the argument of erfc is squared before it goes into an exponential.
        places = 40 if name == "erfc" and x > 5.0 else 4
        assert np.isclose(found, expected, rtol=places * np.finfo(dtype).eps, atol=2 * np.finfo(dtype).tiny), (
            given,
            found,
        )


def test_zeros_keep_their_sign_and_nan_stays(plain: ModuleType) -> None:
    for bits, dtype in ((64, np.float64), (32, np.float32)):
        for name in ("tanh", "erf"):
            for zero in (0.0, -0.0):
                assert math.copysign(1.0, getattr(plain, f"{name}{bits}")(dtype(zero))) == math.copysign(1.0, zero)
        for name in ("exp", "tanh", "erf", "erfc"):
            with np.errstate(all="ignore"):
                assert math.isnan(getattr(plain, f"{name}{bits}")(dtype(math.nan))), name


def test_results_below_the_smallest_normal_number_are_subnormal(plain: ModuleType) -> None:
    with np.errstate(all="ignore"):
        assert plain.exp64(-744.0) == math.exp(-744.0) > 0.0
        assert plain.exp32(np.float32(-100.0)) == np.float32(math.exp(-100.0)) > 0.0
        assert plain.exp64(-800.0) == plain.exp32(np.float32(-120.0)) == 0.0
