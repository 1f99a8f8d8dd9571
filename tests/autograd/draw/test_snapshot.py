"""Snapshots: what changed between two passes, and names across modules."""

from __future__ import annotations

import numpy as np
import pytest

import nn
import optim
from autograd import Tensor, Value
from autograd.draw import DrawError, draw, explain, snapshot


def test_what_one_step_of_training_changed() -> None:
    model = nn.Linear(3, 2, rng=0)
    x, y = np.ones((4, 3), np.float32), np.zeros((4, 2), np.float32)
    optimizer = optim.SGD(model.parameters(), lr=0.1)

    def loss() -> Tensor:
        return ((model(x) - y) ** 2).mean()

    first = loss()
    first.backward()
    before, was = snapshot(first), model.weight.data.copy()
    optimizer.step()
    scene = draw(loss(), since=before).scene
    weight = next(box for box in scene.boxes if box.title == "weight")
    change = dict(weight.parts)["change of the value"]
    assert change.norm == pytest.approx(float(np.linalg.norm(model.weight.data - was)), rel=1e-5)
    assert weight.value.startswith("changed by 2×3")
    root = scene.boxes[-1]
    assert " → " in root.value
    assert next(box for box in scene.boxes if box.kind == "constant").value == "unchanged"
    assert "change of the contribution" in draw(loss(), since=before).dot


def test_edges_show_the_change_of_their_contribution() -> None:
    w = Value(2.0, name="w")
    before = snapshot(w * 3.0 + w * w)
    w.data = 1.0
    arrows = draw(w * 3.0 + w * w, since=before).scene.arrows
    sent = sorted(arrow.sent.first for arrow in arrows if arrow.sent is not None)
    assert sent == [-1.0, -1.0, 0.0, 0.0, 0.0]
    assert {arrow.label for arrow in arrows} >= {"w = 2 → 1", "3"}


def test_passes_through_different_graphs_are_not_compared() -> None:
    w = Value(2.0, name="w")
    before = snapshot(w * w)
    with pytest.raises(DrawError, match="went through different graphs: exp here, mul before"):
        draw(w.exp(), since=before)
    with pytest.raises(DrawError, match="different graphs"):
        draw(w * w + 1.0, since=before)
    with pytest.raises(DrawError, match=r"has shape \(2,\), and had \(3,\) before"):
        draw(Tensor(np.ones(2), requires_grad=True) * 2.0, since=snapshot(Tensor(np.ones(3), requires_grad=True) * 2.0))


def test_a_snapshot_outlives_its_values() -> None:
    w = Tensor(np.ones(2), requires_grad=True, name="w")
    kept = snapshot((w * w).sum())
    w.data = np.zeros(2)
    assert explain(kept, "w").gradient.tolist() == [2.0, 2.0]
    assert draw(kept).explain("w").paths[0].size == pytest.approx(np.sqrt(2.0))


def test_names_within_modules() -> None:
    model = nn.Sequential(nn.Linear(2, 2, rng=0), nn.Linear(2, 1, rng=1))
    kept = snapshot(model(np.ones((1, 2), np.float32)).sum())
    assert kept.find("1.weight") is model[1].weight
    with pytest.raises(DrawError, match=r"several nodes are called 'weight': 0\.weight, 1\.weight"):
        kept.find("weight")
    with pytest.raises(DrawError, match="not int"):
        snapshot(3)  # type: ignore[arg-type]
