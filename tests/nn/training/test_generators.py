"""What is remembered of a model so that a pass can be gone through again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import nn
from nn.training.generators import Repeatable, generators_of, set_states, states_of


def test_a_pass_can_be_taken_back() -> None:
    model = nn.Sequential(nn.Linear(3, 4, rng=0), nn.BatchNorm1d(4), nn.Dropout(0.5, rng=0))
    x = np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32)
    repeatable = Repeatable(model)
    repeatable.remember()
    before, first = model.state_dict(), model(x).data
    assert not np.array_equal(model(x).data, first)
    repeatable.restore()
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])
    np.testing.assert_array_equal(model(x).data, first)


def test_generators_are_found_once_wherever_they_are() -> None:
    rng = np.random.default_rng(0)
    model = nn.Sequential(nn.Dropout(0.1, rng=rng), nn.Sequential(nn.Dropout(0.1, rng=rng), nn.Dropout(0.1, rng=3)))
    assert len(generators_of(model)) == 2

    class Samples:
        def __init__(self) -> None:
            self.rng = np.random.default_rng(1)

        def __iter__(self) -> Iterator[float]:
            return iter(self.rng.random(4))

    loader = nn.DataLoader(Samples(), batch_size=2)
    assert loader.samples.rng in generators_of(loader)
    with pytest.raises(ValueError, match="the states of 1 random generators do not fit 2"):
        set_states(generators_of(model), states_of([rng]))
