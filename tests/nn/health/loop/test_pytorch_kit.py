"""What the watch over a loop of PyTorch's reads of its parameters."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from nn.health.loop.pytorch import TorchKit  # noqa: E402 - only where PyTorch is


def test_values_and_gradients_are_arrays_and_a_gradient_that_is_missing_is_none() -> None:
    kit, layer = TorchKit(), torch.nn.Linear(2, 1)
    weight, bias = kit.parameters(layer)
    assert kit.gradient(weight) is None
    layer(torch.tensor([[3.0, -1.0]])).sum().backward()
    np.testing.assert_array_equal(kit.gradient(weight), [[3.0, -1.0]])
    np.testing.assert_array_equal(kit.gradient(bias), [1.0])
    kit.put(weight, np.array([[0.5, 0.25]]))
    np.testing.assert_array_equal(kit.value(weight), [[0.5, 0.25]])
