"""Models of several outputs, each with targets of its own: the loop shows a loss of all of them, and experiments are made with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nn.health.loop import diagnose_script, watch_script
from nn.health.multi_output import JoinedLoss, JointJudge, Layout, make_joint_judge, match_targets

HEAD = """
import numpy as np, nn, optim
from nn import functional as F
rng = np.random.default_rng(0)
x = rng.normal(size=(160, 5)).astype(np.float32)
size, label = np.tanh(x[:, :1] + x[:, 1:2]), (x[:, 2:3] > x[:, 3:4]).astype(np.float32)
kind = np.digitize(x[:, 4], [-0.5, 0.5])


class Two(nn.Module):
    def __init__(self, classes=1):
        super().__init__()
        self.trunk, self.a = nn.Linear(5, 24, rng=0), nn.Linear(24, 1, rng=1)
        self.b = nn.Linear(24, classes, rng=2)

    def forward(self, x):
        h = F.relu(self.trunk(x))
        return MADE


model = Two(CLASSES)
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(20):
    for rows in np.array_split(rng.permutation(160), 8):
        out = model(x[rows])
        one, two = TAKEN
        loss = LOSS
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
TWO_LOSSES = "F.mse_loss(one, size[rows]) + 0.5 * F.binary_cross_entropy_with_logits(two, label[rows])"
BY_HAND = "((one - size[rows]) ** 2).mean() + (two - label[rows]).abs().mean()"
OF_CLASSES = "F.cross_entropy(two, kind[rows]) + F.huber_loss(one, size[rows])"
TOGETHER = "((one - size[rows]) ** 2 + (two - label[rows]) ** 2).mean()"
KINDS = {
    "two losses": (TWO_LOSSES, 1, ["numbers", "labels"]),
    "by hand": (BY_HAND, 1, ["numbers", "labels"]),
    "classes": (OF_CLASSES, 3, ["numbers", "classes"]),
    "in one mean": (TOGETHER, 1, ["numbers", "labels"]),
}


def write(tmp_path: Path, loss: str, classes: int = 1, made: str = "self.a(h), self.b(h)", taken: str = "out") -> Path:
    path = tmp_path / "train.py"
    text = HEAD.replace("LOSS", loss).replace("CLASSES", str(classes)).replace("MADE", made)
    path.write_text(text.replace("TAKEN", taken))
    return path


@pytest.mark.parametrize("name", list(KINDS))
def test_each_output_is_judged_beside_its_own_targets(name: str, tmp_path: Path) -> None:
    loss, classes, kinds = KINDS[name]
    seen = watch_script(write(tmp_path, loss, classes))
    assert seen.findings == []
    assert seen.is_whole
    assert seen.targets is not None
    assert isinstance(seen.loss, JoinedLoss)
    assert seen.targets.shape == (160, 2)
    outputs = np.asarray(seen.apply(seen.model, seen.inputs).data)
    assert outputs.shape == (160, 1 + classes)

    def value(o: np.ndarray, y: np.ndarray) -> float:
        return float(seen.loss(o, y).data)

    judge = make_joint_judge(outputs, seen.targets, seen.loss, value)
    assert isinstance(judge, JointJudge)
    assert [part.kind for _, _, part in judge.parts] == kinds
    assert judge.relative(outputs, seen.targets) > 0.5
    if name == "by hand":
        parts = seen.loss.targets.split(seen.targets)
        right = np.hstack([parts[m] for m in seen.loss.asked if m is not None])
        assert judge.relative(right, seen.targets) == 0.0
        constant = np.tile(right.mean(axis=0), (160, 1))
        assert judge.relative(constant, seen.targets) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    ("made", "taken"),
    [
        ("{'a': self.a(h), 'b': self.b(h)}", "out['a'], out['b']"),
        ("[self.a(h), (self.b(h), h)]", "out[0], out[1][0]"),
    ],
)
def test_outputs_come_in_a_dict_or_beside_what_they_were_made_of(made: str, taken: str, tmp_path: Path) -> None:
    seen = watch_script(write(tmp_path, TWO_LOSSES, made=made, taken=taken))
    assert seen.is_whole
    assert isinstance(seen.loss, JoinedLoss)


def test_outputs_whose_targets_cannot_be_told_apart_are_left_alone(tmp_path: Path) -> None:
    assert watch_script(write(tmp_path, TWO_LOSSES + " + F.mse_loss(two, size[rows])")).targets is None


def test_outputs_that_may_change_places_are_judged_together(tmp_path: Path) -> None:
    path = write(tmp_path, "F.mse_loss(one + two, size[rows])")
    seen = watch_script(path)
    assert isinstance(seen.loss, JoinedLoss)
    assert seen.loss.is_of_pairs
    assert diagnose_script(path, quick=True).cause == "healthy"
    path.write_text(path.read_text().replace("lr=0.01", "lr=1e-6"))
    assert diagnose_script(path, quick=True).cause == "learning rate too low"


def test_what_is_wrong_with_a_model_of_two_outputs_is_found(tmp_path: Path) -> None:
    path = write(tmp_path, TWO_LOSSES)
    assert diagnose_script(path, quick=True).cause == "healthy"
    path.write_text(path.read_text().replace("model.parameters()", "model.trunk.parameters()"))
    assert diagnose_script(path, quick=True).cause == "parameters left out"
    path.write_text(path.read_text().replace("model.trunk.parameters(), lr=0.01", "model.parameters(), lr=1e-6"))
    assert diagnose_script(path, quick=True).cause == "learning rate too low"


def test_targets_are_matched_whatever_their_order() -> None:
    rng = np.random.default_rng(1)
    a, b, c = rng.normal(size=(3, 6, 2)).astype(np.float32)
    y, z, w = rng.normal(size=(3, 6, 2)).astype(np.float32)

    def loss(o: list[np.ndarray], t: list[np.ndarray]) -> float:
        return float(((o[0] - t[2]) ** 2 + abs(o[1] - t[0]) - o[2] * t[1]).mean())

    assert match_targets(loss, [a, b, c], [y, z, w]) == [2, 0, 1]
    assert match_targets(lambda o, t: loss([*o, c], t), [a, b], [y, z, w]) == [2, 0]
    layout = Layout([a, np.arange(6)])
    assert [part.dtype.kind for part in layout.split(layout.join([a, np.arange(6)]))] == ["f", "i"]


def test_errors_count_by_the_weights_beside_the_targets() -> None:
    outputs, targets = np.zeros((4, 3, 2), np.float32), np.array([[0, 1, 1], [1, 0, 0], [0, 0, 1], [1, 1, 0]])
    outputs[..., 1] = np.where(targets == 1, 30.0, -30.0)
    outputs[:, 2] *= -1.0
    mask = np.ones((4, 3), np.float32)
    mask[:, 2] = 0.0

    def loss(o: np.ndarray, t: np.ndarray, w: np.ndarray) -> np.ndarray:
        p = np.exp(o) / np.exp(o).sum(axis=-1, keepdims=True)
        return -(np.log(np.take_along_axis(p, t[..., None], -1)[..., 0]) * w).sum() / w.sum()

    for weights, error in ((mask, 0.0), (mask[::-1] * 3.0, 0.0), (np.ones_like(mask), 4.0 / 3.0)):
        joined = JoinedLoss(loss, Layout([outputs]), Layout([targets, weights]), [0], ["cross_entropy"])
        y = joined.targets.join([targets, weights])
        judge = make_joint_judge(outputs, y, joined, lambda o, t, joined=joined: float(joined(o, t)))
        assert isinstance(judge, JointJudge)
        assert judge.relative(outputs, y) == pytest.approx(error, abs=1e-5)
        assert judge.relative(np.zeros_like(outputs), y) == pytest.approx(1.0, abs=0.1)
