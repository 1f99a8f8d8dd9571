"""However a script calls its model, the experiments call its copies so: with several inputs, states, flags, and models one of another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nn.health.frameworks.network import apply_plainly
from nn.health.loop import diagnose_script, watch_script
from nn.health.loop.application import Applied
from nn.health.loop.ledger import Seen
from nn.health.multi_input import split_inputs

HEAD = """
import numpy as np, nn, optim
from nn import functional as F
from autograd import Tensor, concatenate
rng = np.random.default_rng(0)
a, b = rng.normal(size=(120, 4)).astype(np.float32), rng.normal(size=(120, 3)).astype(np.float32)
series, words = rng.normal(size=(120, 5, 2)).astype(np.float32), rng.integers(0, 7, (120, 5))
lengths = rng.integers(1, 6, 120)
y = (a[:, :1] + b[:, :1]).astype(np.float32)


class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right, self.out = nn.Linear(4, 8, rng=0), nn.Linear(3, 8, rng=1), nn.Linear(16, 1, rng=2)

    def forward(self, u, v, scale=1.0, told=None):
        return scale * self.out(concatenate([F.tanh(self.left(u)), F.tanh(self.right(v))], axis=1))


class OfPairs(Two):
    def forward(self, batch):
        u, v = (batch["a"], batch["b"]) if isinstance(batch, dict) else batch
        return super().forward(u, v)


class Lengths(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.out = nn.GRU(2, 8, batch_first=True, rng=0), nn.Linear(8, 1, rng=1)

    def forward(self, x, n):
        return self.out(self.rnn(x)[0][np.arange(len(n)), np.asarray(n) - 1])


class Stateful(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.out = nn.GRU(2, 8, batch_first=True, rng=0), nn.Linear(8, 1, rng=1)

    def forward(self, x, hidden):
        made, hidden = self.rnn(x, hidden)
        return self.out(made[:, -1]), hidden


class Methods(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(4, 1, rng=0)

    def forward(self, x):
        return self.out(x.tanh().reshape(-1, 4).exp())


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.rnn = nn.Embedding(7, 6, rng=0), nn.GRU(6, 8, batch_first=True, rng=1)

    def forward(self, x):
        return self.rnn(self.emb(x))


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.out = nn.GRU(2, 8, batch_first=True, rng=2), nn.Linear(8, 1, rng=3)

    def forward(self, x, hidden):
        return self.out(self.rnn(x, hidden)[0][:, -1])


MADE
optimizer = optim.Adam([p for model in every for p in model.parameters()], lr=RATE)
for epoch in range(6):
    for r in np.array_split(rng.permutation(120), 6):
        optimizer.zero_grad()
        out = CALLED
        loss = F.mse_loss(out, y[r])
        loss.backward()
        optimizer.step()
"""
ONE = "model = {}(); every = [model]"
# What is made, how it is called, and the names of the inputs; a single one has none.
CALLS: dict[str, tuple[str, str, list[str]]] = {
    "two arrays": (ONE.format("Two"), "model(a[r], b[r])", ["u", "v"]),
    "by name": (ONE.format("Two"), "model(a[r], v=b[r])", ["u", "v"]),
    "by names alone": (ONE.format("Two"), "model(v=b[r], u=a[r])", ["v", "u"]),
    "beside settings": (ONE.format("Two"), "model(a[r], b[r], scale=2.0, told='x')", ["u", "v"]),
    "a dict": (ONE.format("OfPairs"), "model({'a': a[r], 'b': b[r]})", ["batch['a']", "batch['b']"]),
    "a tuple": (ONE.format("OfPairs"), "model((a[r], Tensor(b[r])))", ["batch[0]", "batch[1]"]),
    "lengths": (ONE.format("Lengths"), "model(series[r], lengths[r])", ["x", "n"]),
    "a list of lengths": (ONE.format("Lengths"), "model(series[r], lengths[r].tolist())", ["x", "n"]),
    "a first state": (
        ONE.format("Stateful"),
        "model(series[r], Tensor(np.zeros((1, len(r), 8), np.float32)))[0]",
        [""],
    ),
    "a tensor's methods": (ONE.format("Methods"), "model(Tensor(a[r]))", [""]),
    "an encoder and a decoder": (
        "encoder, decoder = Encoder(), Decoder(); every = [encoder, decoder]",
        "decoder(series[r], encoder(words[r])[1])",
        ["x", "x (2)"],
    ),
    "two towers": (
        "p, q, head = nn.Linear(4, 5, rng=0), nn.Linear(3, 5, rng=1), nn.Bilinear(5, 5, 1, rng=2); every = [p, q, head]",
        "head(p(a[r]), q(b[r]))",
        ["x", "x (2)"],
    ),
    "one tower twice": (
        "p, head = nn.Linear(4, 5, rng=0), nn.Bilinear(5, 5, 1, rng=2); every = [p, head]",
        "head(p(a[r]), p(a[r] ** 2))",
        ["x", "x (2)"],
    ),
    "step by step": (
        "cell, head = nn.GRUCell(2, 8, rng=0), nn.Linear(8, 1, rng=1); every = [cell, head]; h = [None]",
        "[h.append(cell(series[r][:, t], h.pop() if t else None)) for t in range(5)] and head(h.pop())",
        ["x", "x (2)", "x (3)", "x (4)", "x (5)"],
    ),
}


def write(tmp_path: Path, name: str, rate: float = 0.01) -> Path:
    made, called, _ = CALLS[name]
    path = tmp_path / "train.py"
    path.write_text(HEAD.replace("MADE", made).replace("CALLED", called).replace("RATE", str(rate)))
    return path


def answer(seen: Seen, rows: Any) -> np.ndarray:
    return np.asarray(seen.apply(seen.model, rows).data)


@pytest.mark.parametrize("name", list(CALLS))
def test_rows_are_put_in_as_the_script_does(name: str, tmp_path: Path) -> None:
    seen = watch_script(write(tmp_path, name))
    assert seen.findings == []
    assert seen.is_whole
    assert seen.inputs is not None
    assert seen.targets is not None
    assert list(split_inputs(seen.inputs)) == CALLS[name][2]
    assert len(seen.inputs) == len(seen.targets) == 120
    # Each row has its own answer, however many stand beside it.
    whole = answer(seen, seen.inputs)
    assert whole.shape == (120, 1)
    np.testing.assert_allclose(answer(seen, seen.inputs[7:10]), whole[7:10], rtol=1e-4, atol=1e-6)
    assert np.ptp(whole) > 0.0


@pytest.mark.integration
@pytest.mark.parametrize("name", list(CALLS))
def test_no_way_of_calling_is_an_error(name: str, tmp_path: Path) -> None:
    found = diagnose_script(write(tmp_path, name, rate=1e-6), quick=True)
    assert found.cause != "error"
    assert found.trials
    assert not any(trial.broken for trial in found.trials)


def test_a_slow_run_of_two_inputs_is_seen(tmp_path: Path) -> None:
    assert diagnose_script(write(tmp_path, "two arrays", rate=1e-6), quick=True).cause == "learning rate too low"


@pytest.mark.integration
def test_inputs_are_scaled_each_by_itself_and_codes_stay(tmp_path: Path) -> None:
    path = write(tmp_path, "lengths", rate=0.003)
    text = path.read_text().replace("size=(120, 5, 2)).astype", "size=(120, 5, 2), scale=3000.0).astype")
    path.write_text(text.replace("y = (a[:, :1] + b[:, :1])", "y = (series.sum(axis=2)[:, :1] / 3000.0)"))
    found = diagnose_script(path)
    assert found.cause == "inputs not scaled"


def test_a_graph_of_the_rows_is_no_input_of_each_of_them(tmp_path: Path) -> None:
    path = write(tmp_path, "two arrays")
    text = path.read_text().replace("model(a[r], b[r])", "model(a[r], (a[r] @ a[r].T)[:, :3], told=a[r] @ a[r].T)")
    path.write_text(text)
    seen = watch_script(path)
    assert seen.inputs is None
    assert seen.findings == []


def test_a_model_that_is_given_rows_alone_is_called_plainly(tmp_path: Path) -> None:
    path = write(tmp_path, "two arrays")
    path.write_text(
        path.read_text().replace("Two();", "nn.Linear(4, 1, rng=0);").replace("model(a[r], b[r])", "model(a[r])")
    )
    assert watch_script(path).apply is apply_plainly
    path.write_text(path.read_text().replace("model(a[r])", "model(Tensor(a[r]))"))
    assert isinstance(watch_script(path).apply, Applied)


# Ways of calling that are met seldom; the model is one of two inputs, or of one.
ODD: dict[str, tuple[str, str, str]] = {
    "a body that is frozen": (
        "body, head = nn.Linear(4, 6, rng=0), nn.Linear(6, 1, rng=1); every = [head]",
        "head(frozen(body, a[r]))",
        "def frozen(body, x):\n    with nn.no_grad():\n        return body(x)",
    ),
    "nothing beside the answer": (
        "model = Beside(4, 1, rng=0); every = [model]",
        "model(a[r], None)[0]",
        "class Beside(nn.Linear):\n    def forward(self, x, state=None):\n        return super().forward(x), None",
    ),
    "a context that may be left out": (
        "model = Context(); every = [model]",
        "model(a[r], b[r])",
        "class Context(Two):\n    def forward(self, u, v=None):\n        return super().forward(u, a[: len(u), :3] if v is None else v)",
    ),
    "one layer again and again": (
        "p, head = nn.Linear(4, 4, rng=0), nn.Linear(4, 1, rng=1); every = [p, head]",
        "head(p(p(p(a[r]))))",
        "",
    ),
    "names of the rows": (
        "model = Named(); every = [model]",
        "model(a[r], np.array(['row'] * len(r)))",
        "class Named(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.out = nn.Linear(4, 1, rng=0)\n\n"
        "    def forward(self, x, names):\n        return self.out(x)",
    ),
}


def test_what_says_that_a_model_trains_follows_its_mode(tmp_path: Path) -> None:
    path = write(tmp_path, "two arrays")
    text = path.read_text().replace("scale=1.0, told=None):", "training=False):")
    text = text.replace(
        "return scale * self.out(",
        "u = u * rng.integers(0, 2, u.shape).astype(np.float32) if training else u\n        return self.out(",
    )
    for given in ("training=True", "True"):
        path.write_text(text.replace("model(a[r], b[r])", f"model(a[r], b[r], {given})"))
        seen = watch_script(path)
        seen.model.eval()
        np.testing.assert_array_equal(answer(seen, seen.inputs), answer(seen, seen.inputs))
        seen.model.train()
        assert not np.array_equal(answer(seen, seen.inputs), answer(seen, seen.inputs))


@pytest.mark.parametrize("name", list(ODD))
def test_odd_calls_are_read_or_left_alone(name: str, tmp_path: Path) -> None:
    made, called, before = ODD[name]
    path = tmp_path / "train.py"
    text = HEAD.replace("MADE", f"{before}\n\n\n{made}").replace("CALLED", called).replace("RATE", "0.01")
    path.write_text(
        text.replace(
            "import numpy as np, nn, optim",
            "import numpy as np, nn, optim\nfrom autograd import no_grad\nnn.no_grad = no_grad",
        )
    )
    seen = watch_script(path)
    assert seen.findings == []
    assert seen.is_whole
    assert seen.inputs is not None
    assert len(seen.inputs) == 120
    assert answer(seen, seen.inputs[:30]).shape == (30, 1)
    if name == "one layer again and again":
        x = seen.inputs[:5]
        parts = list(seen.model.children())
        by_hand = parts[1](parts[0](parts[0](parts[0](x))))
        np.testing.assert_allclose(answer(seen, x), by_hand.data, rtol=1e-5)


@pytest.mark.parametrize(
    "loss",
    [
        "known = np.isfinite(y[r][:, 0]); loss = F.mse_loss(out[known], y[r][known])",
        "loss = ((out.reshape(len(r)) - y[r][:, 0]) ** 2).mean() * len(r) / 20.0",
    ],
)
def test_what_holds_for_the_rows_of_a_batch_alone_is_no_error(loss: str, tmp_path: Path) -> None:
    path = write(tmp_path, "two arrays")
    text = path.read_text().replace("loss = F.mse_loss(out, y[r])", loss)
    path.write_text(text.replace("class Two", "y[::7] = np.nan\n\n\nclass Two", 1) if "known" in loss else text)
    assert diagnose_script(path, quick=True).cause in ("healthy", "unknown")


def test_rows_of_which_only_some_are_kept_come_again(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(
        "import numpy as np, nn, optim\nfrom nn import functional as F\nrng = np.random.default_rng(0)\n"
        "x = rng.normal(size=(9000, 2)).astype(np.float32)\nmodel = nn.Linear(2, 1, rng=0)\n"
        "optimizer = optim.SGD(model.parameters(), lr=0.1)\nfor step in range(200):\n    r = rng.integers(0, 9000, 500)\n"
        "    loss = F.mse_loss(model(x[r]), x[r, :1])\n    optimizer.zero_grad()\n    loss.backward()\n    optimizer.step()\n"
    )
    seen = watch_script(path)
    assert not any("stopped" in note for note in seen.notes)


STEPS = """
import numpy as np, nn, optim
from nn import functional as F
from autograd import Tensor
rng = np.random.default_rng(0)
x = rng.normal(size=(90, 4, 2)).astype(np.float32)
sums = np.cumsum(x[:, :, :1], axis=1).astype(np.float32)
signs = (sums[:, :, 0] > 0.0).astype(int)


class Cell(nn.Module):
    def __init__(self, outputs):
        super().__init__()
        self.cell, self.out = nn.GRUCell(2, 12, rng=0), nn.Linear(12, outputs, rng=1)

    def forward(self, x, h):
        h = self.cell(x, h)
        return self.out(h), h


model = Cell(OUTPUTS)
optimizer = optim.Adam(model.parameters(), lr=RATE)
for epoch in range(30):
    for r in np.array_split(rng.permutation(90), 6):
        h, loss = Tensor(np.zeros((len(r), 12), np.float32)), 0.0
        for t in range(4):
            out, h = model(x[r][:, t], h)
            loss = LOSS
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


# Outputs, the loss of a step, and how many steps it is of.
OF_STEPS: dict[str, tuple[int, str, int]] = {
    "each step": (1, "loss + F.mse_loss(out, sums[r][:, t])", 4),
    "classes": (2, "loss + F.cross_entropy(out, signs[r][:, t]) / 4.0", 4),
    "by hand": (1, "loss + ((out - sums[r][:, t]) ** 2).mean()", 4),
    "late steps": (1, "loss + (F.mse_loss(out, sums[r][:, t]) if t > 1 else 0.0)", 2),
    "the last step": (1, "F.mse_loss(out, sums[r][:, t])", 1),
}


def write_steps(tmp_path: Path, name: str, rate: float = 0.01) -> Path:
    outputs, loss, _ = OF_STEPS[name]
    path = tmp_path / "train.py"
    path.write_text(STEPS.replace("OUTPUTS", str(outputs)).replace("LOSS", loss).replace("RATE", str(rate)))
    return path


@pytest.mark.parametrize("name", list(OF_STEPS))
def test_a_loss_of_each_step_is_one_of_several_outputs(name: str, tmp_path: Path) -> None:
    outputs, _, count = OF_STEPS[name]
    seen = watch_script(write_steps(tmp_path, name))
    assert seen.findings == []
    assert seen.is_whole
    assert seen.inputs is not None
    assert seen.targets is not None
    # A step that nothing is asked of has its inputs still.
    assert len(split_inputs(seen.inputs)) == 4
    assert answer(seen, seen.inputs).shape == (90, count * outputs)
    assert seen.targets.size == 90 * count


@pytest.mark.integration
@pytest.mark.parametrize("name", list(OF_STEPS))
def test_a_cell_that_learns_is_healthy_and_a_slow_one_is_slow(name: str, tmp_path: Path) -> None:
    assert diagnose_script(write_steps(tmp_path, name), quick=True).cause == "healthy"
    assert diagnose_script(write_steps(tmp_path, name, 1e-6), quick=True).cause == "learning rate too low"


LOOSE = """
import numpy as np, optim
from autograd import Tensor
from nn import functional as F
rng = np.random.default_rng(0)
x = rng.normal(size=(120, 3)).astype(np.float32)
y = (2.0 * x[:, :1] - x[:, 1:2]).astype(np.float32)
first = Tensor(rng.normal(0.0, 0.5, (3, 16)).astype(np.float32), requires_grad=True)
bias = Tensor(np.zeros(16, np.float32), requires_grad=True)
second = Tensor(rng.normal(0.0, 0.3, (16, 1)).astype(np.float32), requires_grad=True)
optimizer = optim.HOW([first, bias, second], lr=RATE)
for epoch in range(40):
    for r in np.array_split(np.arange(120), 6):
        out = F.relu(Tensor(x[r]) @ first + bias) @ second
        loss = ((out - y[r]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


@pytest.mark.integration
@pytest.mark.parametrize(("how", "rate"), [("Adam", 0.01), ("SGD", 0.1), ("RMSprop", 0.01)])
def test_an_optimizer_of_loose_tensors_holds_those_of_the_copies(how: str, rate: float, tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(LOOSE.replace("HOW", how).replace("RATE", str(rate)))
    assert diagnose_script(path, quick=True).cause == "healthy"
    path.write_text(LOOSE.replace("HOW", how).replace("RATE", "1e-7"))
    assert diagnose_script(path, quick=True).cause == "learning rate too low"


def test_loose_tensors_are_held_by_the_optimizer(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(LOOSE.replace("HOW", "Adam").replace("RATE", "0.01"))
    seen = watch_script(path)
    held = {id(p) for group in seen.optimizer.param_groups for p in group["params"]}
    assert held == {id(p) for p in seen.model.parameters()}


def test_a_keyword_is_no_error(tmp_path: Path) -> None:
    assert diagnose_script(write(tmp_path, "by name", rate=1e-6), quick=True).cause == "learning rate too low"
