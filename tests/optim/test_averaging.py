"""Averages of parameters over the steps of training."""

from __future__ import annotations

import numpy as np
import pytest

import optim
from autograd import Tensor


def test_averages() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    equal, moving = optim.Averaged([x]), optim.Averaged([x], decay=0.9)
    seen = []
    for t in range(5):
        x.data = np.array([float(t), 2.0 * t])
        seen.append(x.data.copy())
        equal.update()
        moving.update()
    np.testing.assert_allclose(equal.averages[0], np.mean(seen, axis=0))
    expected = seen[0]
    for s in seen[1:]:
        expected = 0.9 * expected + 0.1 * s
    np.testing.assert_allclose(moving.averages[0], expected)
    with equal.applied():
        np.testing.assert_allclose(x.data, np.mean(seen, axis=0))
    np.testing.assert_array_equal(x.data, seen[-1])
    other = optim.Averaged([x])
    other.load_state_dict(equal.state_dict())
    np.testing.assert_array_equal(other.averages[0], equal.averages[0])
    assert other.updates == 5
    with pytest.raises(ValueError, match=r"averages of shapes \[\(3,\)\] do not fit"):
        other.load_state_dict({"updates": 1, "averages": [np.ones(3)]})
    with pytest.raises(ValueError, match="decay must be"):
        optim.Averaged([x], decay=1.0)
