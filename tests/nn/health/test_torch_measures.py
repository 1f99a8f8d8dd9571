"""What is measured of a layer of PyTorch's by its outputs, for which PyTorch is not needed."""

from __future__ import annotations

import numpy as np
import pytest

from nn.health.frameworks.network import LeafCall
from nn.health.frameworks.torch import _measure_layer


@pytest.mark.parametrize(
    ("shape", "units"), [((), None), ((4,), None), ((5, 4), 4), ((5, 7, 4), 4), ((5, 4, 7, 6), 4), ((5, 7, 6, 3, 4), 4)]
)
@pytest.mark.parametrize("kind", ["ReLU", "ReLU6", "Tanh"])
def test_units_are_the_last_axis_and_of_images_the_channels(
    kind: str, shape: tuple[int, ...], units: int | None
) -> None:
    output = np.ones(shape)
    if units is not None:
        np.moveaxis(output, 1 if len(shape) == 4 else -1, 0)[1] = 0.0
    found = _measure_layer(LeafCall("0", kind, None, output, output), final=False)
    if kind == "Tanh" or units is None:
        assert found.alive is None
    else:
        assert found.alive is not None
        assert found.alive.tolist() == [True, False, True, True]
    assert found.samples == (shape[0] if shape else 1)
