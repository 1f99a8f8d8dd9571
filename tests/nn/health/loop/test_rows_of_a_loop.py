"""What a loop's rows are where the same come more than once: copies, and several losses in turn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nn.health.loop import watch_script
from nn.health.scores import make_judge

HEAD = """
import numpy as np, nn, optim
from nn import functional as F
rng = np.random.default_rng(0)
x = rng.normal(size=(120, 5)).astype(np.float32)
y = (x[:, 0] > x[:, 1]).astype(int)
"""
COPIES = (
    HEAD
    + """
pictures, sorts = np.repeat(x, 3, axis=0), rng.integers(0, 3, 360)
model = nn.Sequential(nn.Linear(5, 16, rng=0), nn.ReLU(), nn.Linear(16, 3, rng=1))
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(20):
    order = rng.permutation(360)
    for k in range(0, 360, 30):
        optimizer.zero_grad()
        F.cross_entropy(model(pictures[order[k : k + 30]]), sorts[order[k : k + 30]]).backward()
        optimizer.step()
    right = model(x).numpy().argmax(axis=1) == y
"""
)
TURNS = (
    HEAD
    + """
class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk, self.a, self.b = nn.Linear(5, 16, rng=0), nn.Linear(16, 1, rng=1), nn.Linear(16, 1, rng=2)

    def forward(self, x):
        h = F.relu(self.trunk(x))
        return self.a(h), self.b(h)


model = Two()
size, label = x[:, :1] * x[:, 1:2], y[:, None].astype(np.float32)
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(20):
    for k, rows in enumerate(np.array_split(rng.permutation(120), 8)):
        one, two = model(x[rows])
        optimizer.zero_grad()
        TURN
        optimizer.step()
"""
)
BY_PASS = """if k % 2:
            F.mse_loss(one, size[rows]).backward()
        else:
            F.binary_cross_entropy_with_logits(two, label[rows]).backward()"""
BY_EPOCH = BY_PASS.replace("k % 2", "epoch % 2")
BY_LOSS = BY_PASS.replace("(two, label", "(one, label")
BY_STAGE = BY_PASS.replace("k % 2", "epoch > 2").replace("(two, label", "(one, label")


def watch(tmp_path: Path, text: str):
    path = tmp_path / "train.py"
    path.write_text(text)
    return watch_script(path)


def test_copies_with_other_targets_are_no_mixed_up_order_and_are_all_handed_on(tmp_path: Path) -> None:
    seen = watch(tmp_path, COPIES)
    assert seen.findings == []
    assert seen.inputs is not None
    assert seen.targets is not None
    assert (len(seen.inputs), len(seen.targets)) == (360, 360)


@pytest.mark.parametrize("turn", [BY_PASS, BY_EPOCH.replace("epoch % 2", "(epoch + k) % 2"), BY_LOSS])
def test_losses_in_turn_have_no_one_target_of_a_row(turn: str, tmp_path: Path) -> None:
    seen = watch(tmp_path, TURNS.replace("TURN", turn))
    assert seen.findings == []
    assert seen.targets is None


def test_a_stage_with_another_loss_is_no_turn(tmp_path: Path) -> None:
    assert watch(tmp_path, TURNS.replace("TURN", BY_STAGE)).targets is not None


SIGNS = """
import numpy as np, nn, optim
from nn import functional as F
rng = np.random.default_rng(0)
chance = rng.dirichlet(0.4 * np.ones(7), size=7)
text = [0]
for _ in range(900):
    text.append(rng.choice(7, p=chance[text[-1]]))
text = np.array(text)
model = nn.Sequential(nn.Embedding(7, 8, rng=0), nn.Linear(8, 7, rng=1))
optimizer = optim.Adam(model.parameters(), lr=0.03)


def pairs(at):
    return text[at], text[at + 1]


LOOP
"""
BY_EPOCH = """for epoch in range(6):
    for at in np.array_split(rng.permutation(900), 30):
        now, then = pairs(at)
        optimizer.zero_grad()
        F.cross_entropy(model(now), then).backward()
        optimizer.step()"""
BY_STEP = """for step in range(180):
    now, then = pairs(rng.integers(0, 900, 30))
    optimizer.zero_grad()
    F.cross_entropy(model(now), then).backward()
    optimizer.step()"""


@pytest.mark.parametrize("loop", [BY_EPOCH, BY_STEP])
def test_signs_of_a_text_are_as_many_rows_as_came(loop: str, tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(SIGNS.replace("LOOP", loop))
    seen = watch_script(script)
    assert seen.inputs is not None
    assert len(seen.inputs) == len(seen.targets) == 30 * seen.iterations
    assert seen.epochs is not None
    assert 120 < seen.epochs * seen.iterations < 270


def test_few_kinds_of_rows_that_are_all_taken_in_each_pass_are_kept_once(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(SIGNS.replace("LOOP", BY_STEP.replace("rng.integers(0, 900, 30)", "np.arange(40)")))
    assert len(watch_script(script).inputs) == 40


SUMMED = """
import numpy as np, nn, optim
from nn import functional as F
rng = np.random.default_rng(0)
shape = np.kron(rng.normal(size=(90, 2, 2)), np.ones((3, 3)))
label = np.digitize(shape, [-0.4, 0.5])
x = (shape + 0.2 * rng.normal(size=shape.shape))[:, None].astype(np.float32)
model = nn.Conv2d(1, 3, 3, padding=1, rng=0)
optimizer = optim.SGD(model.parameters(), lr=1e-4)
for epoch in range(5):
    for rows in np.array_split(rng.permutation(90), 15):
        out = model(x[rows])
        loss = F.cross_entropy(GIVEN, reduction="sum")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


@pytest.mark.parametrize(
    "given",
    [
        "out.transpose(0, 2, 3, 1).reshape(-1, 3), label[rows].reshape(-1)",
        "out, label[rows]",
        "out.reshape(6, 3, 36), label[rows].reshape(6, 36)",
    ],
)
def test_classes_of_places_are_judged_as_classes_whatever_order_they_are_laid_in(given: str, tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(SUMMED.replace("GIVEN", given))
    seen = watch_script(script)
    outputs = np.random.default_rng(1).normal(size=(len(seen.inputs), 3, 6, 6)).astype(np.float32)
    judge = make_judge(outputs[:20], seen.targets, seen.loss, lambda *_: 0.0)
    assert (judge.kind, judge.link, len(judge.constant)) == ("classes", "logits", 3)
    right = np.moveaxis(6.0 * np.eye(3)[seen.targets.reshape(-1, 6, 6)], -1, 1).astype(np.float32)
    assert judge.relative(right, seen.targets) < 0.01 < judge.relative(outputs, seen.targets)


PAIRS = """
import numpy as np
from autograd import Tensor
rng = np.random.default_rng(0)
reader, book = PAIRS
mark = rng.normal(size=len(reader))
P, Q = (Tensor(rng.normal(size=(n, 3)), requires_grad=True) for n in (12, 10))
for epoch in range(20):
    for rows in np.array_split(rng.permutation(len(reader)), 15):
        other = OTHER
        error = (P[reader[rows]] * Q[book[rows]]).sum(axis=1) - mark[other]
        P.grad = Q.grad = None
        (error**2).mean().backward()
        for table in (P, Q):
            table.data = table.data - 0.1 * table.grad
"""


@pytest.mark.parametrize(
    ("pairs", "other", "causes"),
    [
        ("rng.integers(0, 12, 400), rng.integers(0, 10, 400)", "rows", []),
        ("np.divmod(rng.permutation(120), 10)", "rng.permutation(120)[: len(rows)]", ["targets unrelated to inputs"]),
    ],
    ids=["more than once", "mixed up"],
)
def test_pairs_that_stand_more_than_once_have_more_than_one_target(
    tmp_path: Path, pairs: str, other: str, causes: list[str]
) -> None:
    """What the model is given stands in two arrays of the script, and each pair in several rows of both."""
    path = tmp_path / "train.py"
    path.write_text(PAIRS.replace("PAIRS", pairs).replace("OTHER", other))
    assert [finding.cause for finding in watch_script(path).findings] == causes
