"""What arrows are labelled with."""

from __future__ import annotations

import numpy as np

from autograd import Tensor
from autograd.draw import draw
from autograd.examples import chain_rule


def test_derivatives_are_told_in_full_of_numbers_alone() -> None:
    root = chain_rule().root
    root.backward()
    assert [arrow.derivative for arrow in draw(root).scene.arrows] == [
        "∂c/∂a = 1", "∂c/∂b = 1", "∂d/∂b = 1", "", "∂e/∂c = d = 2", "∂e/∂d = c = 3"
    ]  # fmt: skip
    x = Tensor(np.array([1.0, 2.0]), requires_grad=True, name="x")
    total = (x * x * 3.0).sum()
    total.backward()
    arrows = draw(total).scene.arrows
    assert any(arrow.label for arrow in arrows)
    assert {arrow.derivative for arrow in arrows} == {""}
