"""Loops of another kind: mixtures of rows, two networks, nodes of a graph, targets of a network; and clipping where nothing is."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop import Seen, script, watch_script
from nn.health.loop.rerun import Rerun

MIXED = """
import numpy as np, nn, optim
from nn import functional as F
rng = np.random.default_rng(0)
x = rng.normal(size=(60, 3)).astype(np.float32)
y = (x[:, 0] > 0).astype(int)
model = nn.Linear(3, 2, rng=0)
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(40):
    rows = rng.permutation(60)[:20]
    others, share = rng.permutation(rows), round(rng.random())
    out = model(share * x[rows] + (1 - share) * x[others])
    loss = share * F.cross_entropy(out, y[rows]) + (1 - share) * F.cross_entropy(out, y[others])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
TWO = """
import numpy as np, nn, optim
from nn import functional as F
rng = np.random.default_rng(0)
maker, judge = nn.Linear(2, 2, rng=0), nn.Linear(2, 1, rng=1)
of_maker, of_judge = optim.Adam(maker.parameters(), 0.001), optim.Adam(judge.parameters(), 0.001)
for k in range(100):
    real, noise = rng.normal(size=(16, 2)).astype(np.float32), rng.normal(size=(16, 2)).astype(np.float32)
    loss = F.softplus(-judge(real)).mean() + F.softplus(judge(maker(noise).detach())).mean()
    of_judge.zero_grad()
    loss.backward()
    of_judge.step()
    loss = F.softplus(-judge(maker(noise))).mean()
    of_maker.zero_grad()
    loss.backward()
    of_maker.step()
"""


def causes(text: str, folder: Path) -> list[str]:
    path = folder / "train.py"
    path.write_text(text)
    return [finding.cause for finding in watch_script(path).findings]


def test_a_row_that_is_all_of_one_of_its_two_has_the_targets_of_both(tmp_path: Path) -> None:
    assert causes(MIXED, tmp_path) == []
    # Targets that are told for sure are those of another row.
    wrong = MIXED.replace("round(rng.random())", "1.0").replace(
        "loss = share", "loss = F.cross_entropy(out, y[others]) #"
    )
    assert causes(wrong, tmp_path) == ["targets unrelated to inputs"]


@pytest.mark.parametrize("left_out", ["of_maker", "of_judge"])
def test_one_of_two_optimizers_never_steps(left_out: str, tmp_path: Path) -> None:
    assert causes(TWO, tmp_path) == []
    path = tmp_path / "train.py"
    path.write_text(TWO.replace(f"    {left_out}.step()\n", ""))
    found = watch_script(path).findings
    assert [finding.cause for finding in found] == ["step missing"]
    assert "has cleared gradients" in found[0].sentence


NODES = """
import numpy as np, nn, optim
from autograd import no_grad
from nn import functional as F
rng = np.random.default_rng(0)
x = rng.normal(size=(40, 3)).astype(np.float32)
y, trained = (x[:, 0] > 0).astype(int), np.arange(40) < 20
model = nn.Sequential(nn.Linear(3, 8, rng=0), nn.Dropout(0.2, rng=1), nn.Linear(8, 2, rng=2))
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(40):
    model.train()
    optimizer.zero_grad()
    F.cross_entropy(model(x)[trained], y[trained]).backward()
    optimizer.step()
    model.eval()
    with no_grad():
        right = (model(x).data.argmax(axis=1) == y)[~trained].mean()
"""


def test_all_nodes_are_answered_and_the_others_judged(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(NODES)
    assert watch_script(path).notes == []
    path.write_text(NODES.replace("[trained]", ""))
    assert "are rows that it was trained on" in watch_script(path).notes[0]


CLIPPED = """
import numpy as np, nn, optim
rng = np.random.default_rng(0)
x = rng.normal(size=(40, 3)).astype(np.float32)
model = nn.Linear(3, 1, rng=0)
optimizer = optim.SGD(model.parameters(), lr=0.01)
for epoch in range(40):
    loss = ((model(x) - x[:, :1]) ** 2).mean()
    optimizer.zero_grad()
    # before
    loss.backward()
    # between
    optimizer.step()
    # after
"""


@pytest.mark.parametrize(("place", "clips"), [("before", False), ("between", True), ("after", False)])
def test_gradients_are_clipped_where_there_are_any(place: str, clips: bool, tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(CLIPPED.replace(f"# {place}", "optim.clip_grad_norm_(model.parameters(), 0.5)"))
    seen = watch_script(path)
    assert (seen.options.get("clip_norm") == 0.5) == clips
    assert any(["clipped where there are none" in note for note in seen.notes]) == (not clips)


LED = """
import copy
import numpy as np, nn, optim
from autograd import no_grad
from nn import functional as F
rng = np.random.default_rng(0)
model = nn.Sequential(nn.Linear(2, 16, rng=0), nn.ReLU(), nn.Linear(16, 2, rng=1))
target, optimizer = copy.deepcopy(model), optim.Adam(model.parameters(), lr=0.01)
states = rng.normal(size=(500, 2)).astype(np.float32)
for k in range(300):
    rows, choice = rng.integers(0, 400, 16), rng.integers(0, 2, 16)
    with no_grad():
        wanted = 1.0 + 0.95 * target(states[rows + 1]).data.max(axis=1)
    loss = F.smooth_l1_loss(model(states[rows])[np.arange(16), choice], wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if k % 5 == 0:
        target.load_state_dict(model.state_dict())
"""


def test_a_loss_of_targets_that_a_model_says_tells_nothing_of_the_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "train.py"
    path.write_text(LED)
    assert watch_script(path).is_led
    runs = [Rerun(1.0, (1.0, 2.0, 2.0)), Rerun(0.1, (1.0, 0.1, 0.1))]
    monkeypatch.setattr(script, "try_rates", lambda *_, **__: runs)
    monkeypatch.setattr(script, "watch_script", lambda *_, **__: Seen([], rated=True, is_led=True))
    found = script.diagnose_script(path)
    assert found.cause == "unknown"
    assert "says little of the rate" in found.evidence[-1]
    # What is lost is lost.
    runs[0] = Rerun(1.0, (1.0, 2.0, float("nan")))
    assert script.diagnose_script(path).cause == "learning rate too high"
    monkeypatch.setattr(script, "watch_script", lambda *_, **__: Seen([], rated=True))
    runs[0] = Rerun(1.0, (1.0, 2.0, 2.0))
    assert script.diagnose_script(path).cause == "learning rate too high"


STAGES = """
import numpy as np, nn, optim
rng = np.random.default_rng(0)
x = rng.normal(size=(60, 3)).astype(np.float32)
encoder, head = nn.Linear(3, 4, rng=0), nn.Linear(4, 1, rng=1)
of_encoder, of_head = optim.Adam(encoder.parameters(), 0.01), optim.Adam(head.parameters(), 0.01)
for epoch in range(40):
    for k in range(0, 60, 20):
        of_encoder.zero_grad()
        of_head.zero_grad()
        ((head(encoder(x[k : k + 20])) - x[k : k + 20, :1]) ** 2).mean().backward()
        of_head.step()
        # later
"""


@pytest.mark.parametrize(
    ("later", "told"),
    [
        ("", True),
        ("if epoch > 30: of_encoder.step()", False),
        ("for p in encoder.parameters(): p.data -= 0.1 * p.grad", False),
    ],
)
def test_an_optimizer_that_steps_later_or_has_its_weights_moved_by_hand(later: str, told: bool, tmp_path: Path) -> None:
    found = causes(STAGES.replace("# later", later), tmp_path)
    assert ("step missing" in found) == told


GIVEN = """
import numpy as np, optim
from autograd import Tensor
w = Tensor(np.ones(3), requires_grad=True)
optimizer = optim.SGD([w], lr=0.1)
for k in range(40):
    optimizer.zero_grad()
    w.backward(2.0 * w.data)
    optimizer.step()
"""


def test_a_gradient_that_was_computed_elsewhere_is_no_loss(tmp_path: Path) -> None:
    assert "missing gradients" not in causes(GIVEN, tmp_path)


def test_to_clip_to_an_infinite_norm_is_to_look(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(CLIPPED.replace("# after", "optim.clip_grad_norm_(model.parameters(), np.inf)"))
    assert watch_script(path).notes == []
