"""Convolution in HIPS autograd's form, beside SciPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.signal

from autograd.scipy.signal import convolve
from autograd.test_util import check_grads

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("mode", ["full", "valid", "same"])
@pytest.mark.parametrize("shapes", [((4,), (2,)), ((2,), (5,)), ((4, 3), (2, 2)), ((5, 4), (4, 1)), ((3, 3), (3, 3))])
def test_it_is_scipys(mode: str, shapes: Any) -> None:
    a, b = (RNG.standard_normal(shape) for shape in shapes)
    np.testing.assert_allclose(convolve(a, b, mode=mode), scipy.signal.convolve(a, b, mode=mode), atol=1e-12)
    check_grads(lambda a, b: convolve(a, b, mode=mode), (0, 1))(a, b)


def test_some_axes_are_convolved_some_summed_and_the_rest_combined() -> None:
    a, b = RNG.standard_normal((3, 5, 2)), RNG.standard_normal((2, 3, 4))
    found = convolve(a, b, axes=([1], [2]), dot_axes=([0], [1]))
    assert found.shape == (2, 2, 8)
    expected = sum(scipy.signal.convolve(a[k, :, 1], b[0, k, :]) for k in range(3))
    np.testing.assert_allclose(found[1, 0], expected)
    tensordot = convolve(a, b, axes=([], []), dot_axes=([0], [1]))
    np.testing.assert_allclose(tensordot, np.tensordot(a, b, axes=([0], [1])))
    check_grads(lambda a, b: convolve(a, b, axes=([1], [-1]), dot_axes=([0], [1]), mode="valid"), (0, 1))(a, b)


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="not 'wrap'"):
        convolve(np.ones(3), np.ones(2), mode="wrap")
    with pytest.raises(ValueError, match="longer one along all axes"):
        convolve(np.ones((3, 2)), np.ones((2, 3)), mode="valid")
