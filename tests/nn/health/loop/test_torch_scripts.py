"""Scripts of PyTorch's users, in the forms that they come in: the experiments call the copies as they do."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from autograd.errors import UsageError
from nn.health.loop import diagnose_script, watch_script
from nn.health.scores import name_of

pytest.importorskip("torch")

HEAD = """
import torch
from torch import nn
from torch.nn import functional as F
torch.manual_seed(0)
words = torch.randint(0, 8, (150, 7))
for k in range(1, 7):
    words[:, k] = (3 * words[:, k - 1] + torch.randint(0, 2, (150,))) % 8
lengths = torch.randint(2, 7, (150,))
series = torch.randn(150, 6, 2) * (torch.arange(6) < lengths[:, None])[..., None]
sums = series[:, :, :1].sum(1)
mask = (torch.arange(6) < lengths[:, None]).float()


class Language(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.rnn, self.head = nn.Embedding(8, 8), nn.GRU(8, 24, batch_first=True), nn.Linear(24, 8)

    def forward(self, idx, targets=None):
        logits, loss = self.head(self.rnn(self.emb(idx))[0]), None
        if targets is not None:
            b, t, c = logits.shape
            loss = F.cross_entropy(logits.view(b * t, c), targets.reshape(b * t))
        return logits, loss


class Packed(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.head = nn.GRU(2, 24, batch_first=True), nn.Linear(24, 1)

    def forward(self, x, n):
        packed = nn.utils.rnn.pack_padded_sequence(x, n, batch_first=True, enforce_sorted=False)
        return self.head(self.rnn(packed)[1][0])


class Step(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell, self.head = nn.GRUCell(2, 24), nn.Linear(24, 1)

    def forward(self, x, h):
        h = self.cell(x, h)
        return self.head(h), h


model = MODEL()
optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
for epoch in range(20):
    for r in torch.randperm(150).split(25):
        loss, h = 0.0, torch.zeros(len(r), 24)
        LOSS
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
SCRIPTS = {
    "a model's own loss": ("Language", "logits, loss = model(words[r][:, :-1], words[r][:, 1:])"),
    "by name": ("Language", "loss = model(idx=words[r][:, :-1], targets=words[r][:, 1:])[1]"),
    "all places": (
        "Language",
        "o, _ = model(words[r][:, :-1]); loss = F.cross_entropy(o.view(-1, 8), words[r][:, 1:].reshape(-1))",
    ),
    "no padding": (
        "Language",
        "o, _ = model(words[r][:, :-1]); m = mask[r].view(-1); "
        "loss = (F.cross_entropy(o.view(-1, 8), words[r][:, 1:].reshape(-1), reduction='none') * m).sum() / m.sum()",
    ),
    "by hand": (
        "Packed",
        "p = model(series[r], lengths[r]).sigmoid(); y = (sums[r] > 0).float(); "
        "loss = -(y * (p + 1e-6).log() + (1 - y) * (1 - p + 1e-6).log()).mean()",
    ),
    "lengths": ("Packed", "loss = F.mse_loss(model(series[r], lengths[r]), sums[r])"),
    "the last step": (
        "Step",
        "out = [(made := model(series[r, t], h), h := made[1])[0][0] for t in range(6)]; loss = F.mse_loss(out[-1], sums[r])",
    ),
    "each step": (
        "Step",
        "out = [(made := model(series[r, t], h), h := made[1])[0][0] for t in range(6)]; "
        "loss = sum(F.mse_loss(o, series[r, : t + 1, :1].sum(1)) for t, o in enumerate(out)) / 6",
    ),
}


def write(tmp_path: Path, name: str, rate: float = 0.01) -> Path:
    model, loss = SCRIPTS[name]
    path = tmp_path / "train.py"
    path.write_text(HEAD.replace("MODEL", model).replace("LOSS", loss).replace("RATE", str(rate)))
    return path


@pytest.mark.parametrize("name", list(SCRIPTS))
def test_all_that_is_trained_with_is_seen(name: str, tmp_path: Path) -> None:
    seen = watch_script(write(tmp_path, name))
    assert seen.findings == []
    assert seen.is_whole


MADE_ROW_BY_ROW = """
import torch
from torch import nn
from torch.nn import functional as F
torch.manual_seed(0)
rows = torch.randn(300, 4)
for row in rows:
    for k in range(1, 4):
        row[k] += 0.5 * row[k - 1]
amounts, kinds = rows.sum(1), (rows[:, 0] > 0).long()
model = nn.Linear(4, OUTPUTS)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(5):
    for r in torch.randperm(300).split(25):
        loss = LOSS
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


@pytest.mark.parametrize(
    ("outputs", "loss", "name"),
    [
        (2, "F.cross_entropy(model(rows[r]), kinds[r])", "cross_entropy"),
        (1, "F.mse_loss(model(rows[r]).squeeze(1), amounts[r])", "mse_loss"),
        (2, "F.nll_loss(torch.log_softmax(model(rows[r]), 1), kinds[r])", "OfOutput"),
    ],
)
def test_a_loss_is_known_of_rows_that_were_made_one_by_one(outputs: int, loss: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(MADE_ROW_BY_ROW.replace("OUTPUTS", str(outputs)).replace("LOSS", loss))
    seen = watch_script(path)
    assert (seen.is_whole, name_of(seen.loss)) == (True, name.lower())


@pytest.mark.integration
@pytest.mark.parametrize("name", list(SCRIPTS))
def test_a_run_that_learns_is_healthy_and_a_slow_one_is_slow(name: str, tmp_path: Path) -> None:
    assert diagnose_script(write(tmp_path, name), quick=True).cause == "healthy"
    assert diagnose_script(write(tmp_path, name, 1e-6), quick=True).cause == "learning rate too low"


def test_an_error_in_a_layer_of_pytorchs_is_the_scripts(tmp_path: Path) -> None:
    """What watches the calls of modules stands between the script and the layer that fails."""
    path = tmp_path / "train.py"
    path.write_text(
        "import torch\nmodel = torch.nn.GRU(2, 3)\nmodel(torch.zeros(4, 5, 2, dtype=torch.float64))[0].sum().backward()\n"
    )
    with pytest.raises(UsageError, match=r"does not run: .*dtype"):
        watch_script(path)


OWN_FUNCTION = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(90, 3)
y = x[:, :1] * x[:, 1:2]


class LogCosh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, apart, scale=1.0):
        ctx.save_for_backward(apart)
        return scale * torch.log(torch.cosh(apart))

    @staticmethod
    def backward(ctx, gradient):
        (apart,) = ctx.saved_tensors
        return SLOPE, None


model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(9):
    for r in torch.randperm(90).split(15):
        loss = LogCosh.apply(model(x[r]) - y[r], 2.0).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


@pytest.mark.parametrize("slope", ["2.0 * gradient * torch.tanh(apart)", "gradient"])
def test_a_loss_with_a_derivative_of_the_scripts_own_is_known(slope: str, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    apply, path = torch.autograd.Function.apply, tmp_path / "train.py"
    path.write_text(OWN_FUNCTION.replace("SLOPE", slope))
    seen = watch_script(path)
    assert seen.is_whole
    answers = torch.full((5, 1), 0.5, requires_grad=True)
    loss = seen.loss(answers, torch.zeros(5, 1))
    loss.backward()
    assert loss.item() == pytest.approx(2.0 * math.log(math.cosh(0.5)))
    assert answers.grad.sum().item() == pytest.approx(1.0 if slope == "gradient" else 2.0 * math.tanh(0.5))
    assert torch.autograd.Function.apply == apply
