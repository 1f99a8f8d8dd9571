"""What arrows are labelled with."""

from __future__ import annotations

import numpy as np

from autograd import Tensor, Value
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


def test_a_formula_is_told_of_edges_that_all_have_it() -> None:
    x, w = Value(0.5, name="x"), Value(0.3, name="w")
    h = x
    for _ in range(20):
        h = (w * h + 0.1).tanh()
    # The first product is with x, all others with h; and the last h is multiplied by itself.
    loss = h * h
    loss.backward()
    folded = draw(loss, fold="kinds").scene
    title = {box.key: box.title for box in folded.boxes}
    labels = [(title[arrow.source], arrow.count, arrow.label) for arrow in folded.arrows if arrow.label]
    assert labels == [
        ("w", 20, "0.141 … 0.5"),
        ("x", 1, "w = 0.3"),
        ("tanh", 20, "0.141 … 0.3"),
        ("tanh", 1, "tanh = 0.14149"),
        ("*", 20, "1"),
        ("+", 20, "1 - tanh² = 0.94 … 0.98"),
    ]
