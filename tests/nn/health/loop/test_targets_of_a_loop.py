"""What a loop compares outputs with: at all places of a sequence, with weights or masks beside them, or with some left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nn.health.loop import diagnose_script, watch_script
from nn.health.multi_input import split_inputs
from nn.health.multi_output import JoinedLoss

HEAD = """
import numpy as np, nn, optim
from nn import functional as F
rng = np.random.default_rng(0)
x = rng.integers(1, 6, (120, 5))
lengths = rng.integers(2, 6, 120)
mask = (np.arange(5) < lengths[:, None]).astype(np.float32)
tags = x % 3
weights = rng.uniform(0.5, 2.0, (120, 1)).astype(np.float32)
a = rng.normal(size=(120, 3)).astype(np.float32)
y, yes = np.tanh(a[:, :1] + a[:, 1:2]).astype(np.float32), (a[:, :1] > 0.0).astype(np.float32)
left = np.where(rng.random(120) < 0.2, LEFT, (a[:, 0] > 0.0).astype(int) + (a[:, 1] > 0.0))


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.out = nn.Embedding(6, 8, rng=0), nn.Linear(8, 3, rng=1)

    def forward(self, x):
        return self.out(self.emb(x))


class OwnLoss(Tagger):
    def forward(self, x, targets=None):
        made, loss = super().forward(x), None
        if targets is not None:
            loss = F.cross_entropy(made.reshape(-1, 3), targets.reshape(-1))
        return made, loss


class Variational(nn.Module):
    def __init__(self):
        super().__init__()
        self.mean, self.size, self.out = nn.Linear(3, 2, rng=0), nn.Linear(3, 2, rng=1), nn.Linear(2, 3, rng=2)

    def forward(self, x):
        mean, size = self.mean(x), self.size(x)
        drawn = rng.normal(size=mean.shape).astype(np.float32)
        return self.out(mean + (0.5 * size).exp() * drawn), mean, size


def perceptron(outputs):
    return nn.Sequential(nn.Linear(3, 16, rng=0), nn.Tanh(), nn.Linear(16, outputs, rng=1))


model = MODEL
criterion = nn.CrossEntropyLoss(ignore_index=LEFT)
optimizer = optim.Adam(model.parameters(), lr=RATE)
for epoch in range(25):
    for r in np.array_split(rng.permutation(120), 6):
        optimizer.zero_grad()
        LOSS
        loss.backward()
        optimizer.step()
"""
PLACES = "each = F.cross_entropy(model(x[r]).reshape(-1, 3), tags[r].reshape(-1), reduction='none'); "
KL = "0.01 * (mean**2 + size.exp() - size - 1.0).sum(axis=1).mean()"
# The model, the loss, and the shape of what it is compared with.
LOSSES: dict[str, tuple[str, str, tuple[int, ...]]] = {
    "all places": ("Tagger()", "loss = F.cross_entropy(model(x[r]).reshape(-1, 3), tags[r].reshape(-1))", (5,)),
    "all places by a module": (
        "Tagger()",
        "loss = criterion(model(x[r]).reshape(-1, 3), tags[r].reshape(-1))",
        (5,),
    ),
    "places that are no padding": (
        "Tagger()",
        PLACES + "m = mask[r].reshape(-1); loss = (each * m).sum() / m.sum()",
        (10,),
    ),
    "a model's own": ("OwnLoss()", "made, loss = model(x[r], tags[r])", (5,)),
    "a model's own by name": ("OwnLoss()", "loss = model(x=x[r], targets=tags[r])[1]", (5,)),
    "the mean of each": ("perceptron(1)", "loss = F.mse_loss(model(a[r]), y[r], reduction='none').mean()", (1,)),
    "weights": ("perceptron(1)", "loss = (weights[r] * (model(a[r]) - y[r]) ** 2).mean()", (2,)),
    "weights of a loss": (
        "perceptron(1)",
        "loss = (F.binary_cross_entropy_with_logits(model(a[r]), yes[r], reduction='none') * weights[r]).mean()",
        (2,),
    ),
    "a likelihood by hand": (
        "perceptron(1)",
        "p = model(a[r]).sigmoid(); loss = -(yes[r] * (p + 1e-6).log() + (1 - yes[r]) * (1 - p + 1e-6).log()).mean()",
        (1,),
    ),
    "a likelihood of probabilities": (
        "nn.Sequential(nn.Linear(3, 1, rng=0), nn.Sigmoid())",
        "p = model(a[r]); loss = -((1 - yes[r]) * (1 - p).log() + yes[r] * p.log()).mean()",
        (1,),
    ),
    "signs": (
        "perceptron(1)",
        "t = ((2 * yes[r] - 1) + 1) / 2; p = model(a[r]).sigmoid(); "
        "loss = -(t * (p + 1e-6).log() + (1 - t) * (1 - p + 1e-6).log()).mean() + 1e-3 * ((2 * yes[r] - 1) * p).mean()",
        (1,),
    ),
    "weights that come of the targets": (
        "perceptron(1)",
        "w = 1 + 4 * yes[r]; loss = (w * F.binary_cross_entropy_with_logits(model(a[r]), yes[r], reduction='none')).mean()",
        (1,),
    ),
    "a variational autoencoder": (
        "Variational()",
        f"out, mean, size = model(a[r]); loss = ((out - a[r]) ** 2).sum(axis=1).mean() + {KL}",
        (3,),
    ),
}


def write(tmp_path: Path, model: str, loss: str, left: int = -100, rate: float = 0.01) -> Path:
    path = tmp_path / "train.py"
    text = HEAD.replace("MODEL", model).replace("LOSS", loss).replace("LEFT", str(left)).replace("RATE", str(rate))
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", list(LOSSES))
def test_targets_are_told(name: str, tmp_path: Path) -> None:
    model, loss, shape = LOSSES[name]
    seen = watch_script(write(tmp_path, model, loss))
    assert seen.findings == []
    assert seen.is_whole
    assert seen.targets is not None
    assert seen.inputs is not None
    assert seen.targets.shape[1:] == shape
    outputs = seen.apply(seen.model, seen.inputs)
    # The same loss, of all rows and of some.
    whole, some = (float(seen.loss(outputs[rows], seen.targets[rows]).data) for rows in (slice(None), slice(40, 60)))
    assert np.isfinite([whole, some]).all()
    assert whole != some


@pytest.mark.integration
@pytest.mark.parametrize("name", list(LOSSES))
def test_a_run_that_learns_is_healthy_and_a_slow_one_is_slow(name: str, tmp_path: Path) -> None:
    model, loss, _ = LOSSES[name]
    assert diagnose_script(write(tmp_path, model, loss), quick=True).cause == "healthy"
    assert diagnose_script(write(tmp_path, model, loss, rate=1e-6), quick=True).cause == "learning rate too low"


def test_targets_are_what_is_answered_and_weights_are_not(tmp_path: Path) -> None:
    for name in ("weights", "weights of a loss", "places that are no padding"):
        seen = watch_script(write(tmp_path, *LOSSES[name][:2]))
        assert isinstance(seen.loss, JoinedLoss)
        assert seen.targets is not None
        (place,) = seen.loss.asked
        assert place is not None
        numbers = seen.loss.targets.split(seen.targets)[place]
        # Tags are up to 2, labels whole, targets of both signs; weights and masks are neither.
        assert numbers.max() == 2 if name.startswith("places") else not ((numbers >= 0.5) & (numbers <= 2.0)).all()


def test_of_targets_and_one_less_these_the_targets_are_told(tmp_path: Path) -> None:
    for name in ("a likelihood by hand", "a likelihood of probabilities"):
        seen = watch_script(write(tmp_path, *LOSSES[name][:2]))
        x, y = np.asarray(seen.inputs), np.asarray(seen.targets)
        assert ((x[:, :1] > 0.0) == (y > 0.5)).all()


@pytest.mark.integration
@pytest.mark.parametrize("left", [-100, -1, 2])
@pytest.mark.parametrize(
    "loss",
    [
        "criterion(model(a[r]), left[r])",
        "F.cross_entropy(model(a[r]), left[r], ignore_index=LEFT)",
        "F.cross_entropy(model(a[r]), left[r], ignore_index=LEFT, reduction='sum') / 20.0",
        "F.nll_loss(F.log_softmax(model(a[r]), 1), left[r], ignore_index=LEFT)",
    ],
)
def test_targets_that_the_loss_leaves_out_are_no_fault(loss: str, left: int, tmp_path: Path) -> None:
    found = diagnose_script(write(tmp_path, "perceptron(3)", f"loss = {loss}", left), quick=True)
    assert found.cause == "healthy", str(found)


def test_targets_that_a_model_only_compares_are_none_of_its_inputs(tmp_path: Path) -> None:
    path = write(tmp_path, *LOSSES["a model's own"][:2])
    assert np.asarray(watch_script(path).inputs).shape[1:] == (5,)
    # A decoder that is given its targets answers by them.
    path.write_text(
        path.read_text().replace("made, loss = super().forward(x), None", "made, loss = super().forward(targets), None")
    )
    assert set(split_inputs(watch_script(path).inputs)) == {"x", "targets"}


def test_targets_that_are_no_numbers_are_seen(tmp_path: Path) -> None:
    path = write(tmp_path, "perceptron(1)", "loss = F.huber_loss(model(a[r]), y[r])")
    path.write_text(path.read_text().replace("model = ", "y[3] = np.nan\nmodel = "))
    seen = watch_script(path)
    assert seen.targets is not None
    assert seen.targets.shape == (120, 1)
    assert diagnose_script(path, quick=True).cause == "targets not finite"


ACROSS = """
import numpy as np, nn, optim
from nn import functional as F
rng = np.random.default_rng(0)
series = rng.normal(size=(90, 8, 2)).astype(np.float32)
sums = np.cumsum(series[:, :, :1], axis=1)
words = rng.integers(0, 5, (400, 6))


class Series(nn.Module):
    def __init__(self, of_words):
        super().__init__()
        self.rnn, self.out = nn.GRU(2 if not of_words else 5, 12, rng=0), nn.Linear(12, 5 if of_words else 1, rng=1)

    def forward(self, x):
        x = np.eye(5, dtype=np.float32)[x] if x.ndim == 2 else x
        return self.out(self.rnn(x)[0])


model = Series(WORDS)
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(20):
    for k in range(0, 90, 15):
        LOSS
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


@pytest.mark.parametrize(
    ("words", "loss"),
    [
        (
            False,
            "x, y = series[k : k + 15].swapaxes(0, 1), sums[k : k + 15].swapaxes(0, 1); loss = F.mse_loss(model(x), y)",
        ),
        (True, "loss = F.cross_entropy(model(words[k : k + 12]).reshape(-1, 5), words[k + 1 : k + 13].reshape(-1))"),
    ],
    ids=["rows across", "a stream of words"],
)
def test_times_along_the_first_axis_are_no_rows(words: bool, loss: str, tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(ACROSS.replace("WORDS", str(words)).replace("LOSS", loss))
    seen = watch_script(path)
    assert seen.findings == []
    assert seen.inputs is None
    if not words:
        # Where the batch is forgotten to be the first axis, the rows of the script stand there.
        path.write_text(path.read_text().replace(".swapaxes(0, 1)", ""))
        assert diagnose_script(path, quick=True).cause == "rows mixed"


def test_a_class_that_the_loss_knows_nothing_of_is_one(tmp_path: Path) -> None:
    path = write(tmp_path, "perceptron(3)", "loss = F.nll_loss(F.log_softmax(model(a[r]), 1), left[r])", 5)
    found = diagnose_script(path, quick=True)
    assert found.cause == "targets outside the loss"
    assert "label 5" in str(found)


def test_rows_that_are_often_alike_are_as_many_as_they_come(tmp_path: Path) -> None:
    path = write(tmp_path, "Tagger()", LOSSES["all places"][1])
    path.write_text(
        path.read_text().replace(
            "x = rng.integers(1, 6, (120, 5))", "x = np.eye(5, dtype=int)[rng.integers(0, 5, 120)] + 1"
        )
    )
    seen = watch_script(path)
    assert seen.inputs is not None
    assert seen.epochs is not None
    # As many steps as the script takes: 25 times 6.
    assert seen.epochs * -(-len(seen.inputs) // seen.batch_size) == pytest.approx(150, rel=0.1)


GUESSES = (
    HEAD.partition("class Tagger")[0]
    + """
model = nn.Sequential(nn.Linear(3, 8, rng=0), nn.Tanh(), nn.Linear(8, 3, rng=1))
optimizer = optim.Adam(model.parameters(), lr=0.01)
kinds = (a[:, 0] > 0.0).astype(int) + (a[:, 1] > 0.0)
for epoch in range(4):
    for rows in np.array_split(rng.permutation(120), 5):
        out = model(a[rows])
        LOSS
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
)


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        ("loss = F.cross_entropy(out, out.numpy().argmax(axis=1))", True),
        ("loss = nn.CrossEntropyLoss()(out, np.argmax(out.numpy(), axis=-1))", True),
        ("loss = ((out - out.numpy()) ** 2).mean()", True),
        ("loss = F.binary_cross_entropy_with_logits(out, (out.numpy() > 0).astype(np.float32))", True),
        ("loss = F.binary_cross_entropy(F.sigmoid(out), (F.sigmoid(out).numpy() > 0.5).astype(np.float32))", True),
        # Nothing else is asked for, and scores so far up say yes to all.
        ("loss = F.binary_cross_entropy_with_logits(out + 9.0, np.ones((24, 3), np.float32))", False),
        ("loss = F.cross_entropy(out, kinds[rows])", False),
        # What it answers counts as right where it is sure of it, after it has learned for a while.
        ("loss = F.cross_entropy(out, kinds[rows] if epoch < 1 else out.numpy().argmax(axis=1))", False),
    ],
)
def test_a_model_that_is_told_its_own_answers(tmp_path: Path, loss: str, told: bool) -> None:
    script = tmp_path / "train.py"
    script.write_text(GUESSES.replace("LEFT", "-100").replace("LOSS", loss))
    causes = [f.cause for f in watch_script(script).findings]
    assert ("loss ignores targets" in causes) is told


GUESTS = """
import numpy as np
import nn, optim
rng = np.random.default_rng(0)
guest, dish = rng.integers(0, 16, 400), rng.integers(0, 12, 400)
likes = (np.sin(3.0 * guest) * np.cos(2.0 * dish) + 0.1 * rng.normal(size=400)).astype(np.float32)[:, None]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.guests, self.dishes = nn.Embedding(16, 4, rng=0), nn.Embedding(12, 4, rng=1)
        self.out = nn.Sequential(nn.Linear(8, 24, rng=2), nn.ReLU(), nn.Linear(24, 1, rng=3))

    def forward(self, guest, dish):
        return self.out(np.concatenate([self.guests(guest), self.dishes(dish)], axis=1))


model = Net()
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(40):
    for rows in np.array_split(rng.permutation(400), 40):
        loss = nn.functional.mse_loss(model(guest[rows], dish[rows]), likes[ASKED])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


def test_pairs_that_come_more_than_once_may_well_have_other_targets(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(GUESTS.replace("ASKED", "rows"))
    assert watch_script(script).findings == []
    # Pairs that stand there once have one target.
    once = GUESTS.replace(
        "rng.integers(0, 16, 400), rng.integers(0, 12, 400)", "np.arange(400) // 25, np.arange(400) % 25"
    )
    once = once.replace("Embedding(12", "Embedding(25").replace("ASKED", "rng.permutation(rows)")
    script.write_text(once)
    assert [finding.cause for finding in watch_script(script).findings] == ["targets unrelated to inputs"]


FEW_KINDS = """
kinds = rng.integers(1, 6, (6, 5))
for epoch in range(20):
    r = rng.integers(0, 6, 60)
    made, loss = model(kinds[r], kinds[r] % 3)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


def test_rows_of_few_kinds_of_a_model_with_a_loss_of_its_own_are_as_many_as_their_targets(tmp_path: Path) -> None:
    script = write(tmp_path, "OwnLoss()", "pass")
    text = script.read_text()
    script.write_text(text[: text.index("for epoch in")] + FEW_KINDS)
    seen = watch_script(script)
    assert seen.is_whole
    assert len(np.asarray(seen.inputs)) == len(np.asarray(seen.targets)) > 6


RARE = """
import numpy as np
import autograd as ag
from autograd import Tensor
rng = np.random.default_rng(0)
x = rng.normal(size=(200, 3))
rare = (x[:, 0] > 1.5).astype(float)
w, b = Tensor(rng.normal(size=3), requires_grad=True), Tensor(np.zeros(1), requires_grad=True)
for epoch in range(10):
    for rows in np.array_split(rng.permutation(200), 20):
        p = ag.clip(ag.sigmoid(Tensor(x[rows]) @ w + b), 1e-7, 1 - 1e-7)
        right = p * rare[rows] + (1 - p) * (1 - rare[rows])
        w.grad = b.grad = None
        (-((1 - right) ** 2) * ag.log(right)).mean().backward()
        w.data, b.data = w.data - 0.1 * w.grad, b.data - 0.1 * b.grad
"""


def test_batches_without_a_rare_one_have_their_targets_too(tmp_path: Path) -> None:
    """Which of two constants the targets are, t or 1 - t, is known of the batches before."""
    path = tmp_path / "train.py"
    path.write_text(RARE)
    seen = watch_script(path)
    assert seen.targets is not None
    assert len(seen.targets) == 200
    assert 0.0 < seen.targets.mean() < 0.2
