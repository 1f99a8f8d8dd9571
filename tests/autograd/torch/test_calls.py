"""What functions and methods of PyTorch's give, with their gradients and dtypes, beside what it gave when it was frozen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd.torch as torch
import autograd.torch.nn.functional as functional
from tests.autograd.torch.calls import EXPRESSIONS, STATEMENTS, evaluate
from tests.autograd.torch.randomness import DRAWS, draw

FROZEN = json.loads((Path(__file__).parents[2] / "frozen" / "torch_calls.json").read_text())


def numbers(texts: list[Any]) -> np.ndarray:
    return np.array([float(t) if t not in ("True", "False") else float(t == "True") for t in map(str, texts)])


@pytest.mark.parametrize("code", [*EXPRESSIONS, *STATEMENTS])
def test_values_gradients_and_dtypes_are_pytorchs(code: str) -> None:
    ours, theirs = evaluate(torch, functional, code), FROZEN["calls"][code]
    assert [part[:2] for part in ours["value"]] == [part[:2] for part in theirs["value"]]
    for (dtype, _, one), (_, _, other) in zip(ours["value"], theirs["value"], strict=True):
        precision = 1e-6 if dtype == "float32" else 1e-12
        np.testing.assert_allclose(numbers(one), numbers(other), precision, precision)
    assert ours["gradients"].keys() == theirs["gradients"].keys()
    for letter, gradient in theirs["gradients"].items():
        np.testing.assert_allclose(numbers(ours["gradients"][letter]), numbers(gradient), 1e-11, 1e-11, err_msg=letter)


@pytest.mark.parametrize("code", DRAWS)
def test_random_numbers_are_pytorchs(code: str) -> None:
    torch.manual_seed(42)
    ours, theirs = draw(torch, code), FROZEN["random"][code]
    for one, other in zip(ours, theirs, strict=True):
        if isinstance(other[0], int) or "float64" in code:
            np.testing.assert_allclose(one, other, 1e-15, 0.0)
        else:
            # PyTorch's own logarithms of float32 differ in the last bits.
            np.testing.assert_allclose(one, other, 2e-6, 1e-6)
