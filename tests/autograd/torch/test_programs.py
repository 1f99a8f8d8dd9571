"""Programs of PyTorch's lectures, books and models with only their import lines changed: the same numbers in float64.

Each has `losses()`, which trains for 30 steps from given randomness; `tests/frozen/torch_programs.py` ran it under PyTorch.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import autograd.torch as torch
from tests.sweep import sweep

FROZEN = json.loads((Path(__file__).parents[2] / "frozen" / "torch_programs.json").read_text())


@pytest.mark.parametrize("program", sweep(sorted(FROZEN), 3))
def test_a_program_gives_pytorchs_numbers(program: str) -> None:
    try:
        found = import_module(f"tests.autograd.torch.programs.{program}").losses()
    finally:
        torch.set_default_dtype(torch.float32)
    expected = FROZEN[program]
    assert len(found) == len(expected)
    np.testing.assert_allclose(found, expected, 1e-10, 1e-10)
