"""Gradients by complex numbers are those of JAX, and PyTorch's conjugated; see `tests/frozen/complex.py`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd as ag
import autograd.numpy as anp
from tests.autograd.complex_functions import FUNCTIONS, OPINFO, point, weights

FROZEN = json.loads((Path(__file__).parents[1] / "frozen" / "complex.json").read_text(encoding="utf-8"))


def from_pairs(x: Any) -> np.ndarray:
    pairs = np.asarray(x, dtype=float)
    return pairs[..., 0] + 1j * pairs[..., 1]


def loss_of(out: Any) -> Any:
    return anp.real(anp.sum(out * weights(out.shape)))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_are_those_of_jax(name: str) -> None:
    gradient = ag.grad(lambda z: loss_of(FUNCTIONS[name](anp, z)))(point(name))
    np.testing.assert_allclose(gradient, from_pairs(FROZEN["jax"][name]), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("name", FROZEN["pytorch"])
def test_gradients_are_those_of_pytorch_conjugated(name: str) -> None:
    for sample in FROZEN["pytorch"][name]:
        given = [
            from_pairs(x) if kind else np.asarray(x)
            for x, kind in zip(sample["inputs"], sample["complex"], strict=True)
        ]
        gradients = ag.grad(lambda *xs: loss_of(OPINFO[name](*xs)), tuple(range(len(given))))(*given)
        for found, wanted in zip(gradients, sample["gradients"], strict=True):
            np.testing.assert_allclose(np.conj(found), from_pairs(wanted), rtol=1e-8, atol=1e-10)


def test_all_samples_are_there() -> None:
    assert set(FROZEN["jax"]) == set(FUNCTIONS)
    assert len(FROZEN["pytorch"]) >= 35
    assert sum(map(len, FROZEN["pytorch"].values())) > 60
