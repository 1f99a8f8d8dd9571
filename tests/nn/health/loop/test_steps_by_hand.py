"""Scripts that move their weights without an optimizer: experiments are made with one that moves them so."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop import watch_script

TEXT = """
import numpy as np
from autograd import Tensor, tanh
rng = np.random.default_rng(0)
x = rng.normal(size=(96, 4)).astype(np.float32)
y = (x[:, :1] * x[:, 1:2]).astype(np.float32)
first = Tensor(rng.normal(size=(4, 8)).astype(np.float32) / 2, requires_grad=True)
last = Tensor(rng.normal(size=(8, 1)).astype(np.float32) / 3, requires_grad=True)
speeds = [np.zeros((4, 8), np.float32), np.zeros((8, 1), np.float32)]
for step in range(80):
    rows = rng.integers(0, 96, 16)
    loss = ((tanh(Tensor(x[rows]) @ first) @ last - Tensor(y[rows])) ** 2).mean()
    first.grad = last.grad = None
    loss.backward()
    for w, v in zip((first, last), speeds):
        MOVE
"""


@pytest.mark.parametrize(
    ("move", "momentum", "decay"),
    [
        ("w.data = w.data - 0.05 * w.grad", 0.0, 0.0),
        ("v[...] = 0.8 * v - 0.05 * w.grad; w.data = w.data + v", 0.8, 0.0),
        ("v[...] = 0.8 * v + w.grad + 0.1 * w.data; w.data = w.data - 0.05 * v", 0.8, 0.1),
        ("w.data = 0.95 * w.data - 0.05 * w.grad", 0.0, 1.0),
    ],
)
def test_momentum_and_decay_by_hand_are_those_of_the_experiments(
    tmp_path: Path, move: str, momentum: float, decay: float
) -> None:
    script = tmp_path / "train.py"
    script.write_text(TEXT.replace("MOVE", move))
    seen = watch_script(script)
    options = seen.optimizer.param_groups[0]
    told = options["lr"], options["momentum"], options["weight_decay"]
    assert told == pytest.approx((0.05, momentum, decay), abs=1e-3)
    # It moves the parameters of the model that the experiments are made with.
    assert {id(p) for p in options["params"]} == {id(p) for p in seen.model.parameters()}


def test_a_rate_that_melts_by_hand(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    text = TEXT.replace("for step", "rate = 0.1\nfor step", 1).replace("MOVE", "w.data = w.data - rate * w.grad")
    script.write_text(text + "    rate *= 0.8\n")
    assert [finding.cause for finding in watch_script(script).findings] == ["rate decays too fast"]
    script.write_text(text + "    rate *= 0.995\n")
    assert watch_script(script).findings == []


def test_a_penalty_in_the_loss_is_a_decay_of_steps_by_hand_too(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    text = TEXT.replace(".mean()\n", ".mean() + 0.2 * ((first**2).sum() + (last**2).sum())\n")
    script.write_text(text.replace("MOVE", "w.data = w.data - 0.05 * w.grad"))
    assert watch_script(script).optimizer.param_groups[0]["weight_decay"] == pytest.approx(0.4, abs=1e-3)


ADAM = (
    "v[0] = 0.9 * v[0] + 0.1 * w.grad; v[1] = 0.999 * v[1] + 0.001 * w.grad**2; "
    "w.data = w.data - 0.01 * (v[0] / (1 - 0.9 ** (step + 1)) / (np.sqrt(v[1] / (1 - 0.999 ** (step + 1))) + 1e-8)).astype(np.float32)"
)


def test_gradients_that_add_up_are_seen_whatever_the_step_makes_of_them(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    text = TEXT.replace(
        "speeds = [np.zeros((4, 8), np.float32), np.zeros((8, 1), np.float32)]", "speeds = [[0, 0], [0, 0]]"
    )
    text = text.replace("MOVE", ADAM)
    script.write_text(text)
    assert watch_script(script).findings == []
    script.write_text(text.replace("    first.grad = last.grad = None\n", ""))
    assert [finding.cause for finding in watch_script(script).findings] == ["gradients not zeroed"]


MOMENTUM = "v[...] = 0.9 * v - 0.05 * w.grad; "


def test_weights_that_are_cut_by_the_step_itself(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(TEXT.replace("MOVE", MOMENTUM + "w.data = np.clip(w.data + v, -0.1, 0.1)"))
    seen = watch_script(script)
    options = seen.optimizer.param_groups[0]
    assert seen.options == {"clip_weights": pytest.approx(0.1)}
    assert (options["lr"], options["momentum"]) == pytest.approx((0.05, 0.9), abs=1e-3)


STEP = "w.data = w.data - 0.05 * w.grad if w.grad is not None else w.data"


@pytest.mark.parametrize("held", ["[first, last]", "{'body': [first], 'head': last}", "[(first, 1), (last, 2)]"])
def test_weights_of_a_list_that_never_get_a_gradient(tmp_path: Path, held: str) -> None:
    script = tmp_path / "train.py"
    text = TEXT.replace("speeds =", f"weights = {held}\nspeeds =").replace("MOVE", STEP)
    script.write_text(text)
    assert watch_script(script).findings == []
    script.write_text(text.replace("@ first)", "@ first).detach()"))
    found = watch_script(script).findings[0]
    assert found.cause == "missing gradients"
    assert "1 of the 2 weights in weights never get a gradient" in found.sentence
    # Who says that some are frozen means it.
    script.write_text(text.replace("@ first)", "@ first).detach()") + "frozen = first\n")
    assert [finding.cause for finding in watch_script(script).findings] == []


def test_weights_that_a_loop_goes_through_where_they_stand_and_that_never_get_a_gradient(tmp_path: Path) -> None:
    """Also where the graph does not show what is trained."""
    script = tmp_path / "train.py"
    text = TEXT.replace("for w, v in zip((first, last), speeds)", "for w in (first, last)").replace("MOVE", STEP)
    script.write_text(text)
    assert watch_script(script).findings == []
    whole = "tanh(Tensor(x[rows]) @ first) @ last"
    assert whole in text
    for cut in (whole.replace("@ first)", "@ first).detach()"), "Tensor(first.data[rows % 4, :1]) * last[rows % 8]"):
        script.write_text(text.replace(whole, cut))
        found = watch_script(script).findings[0]
        assert found.cause == "missing gradients"
        assert "1 of the 2 weights in (first, last) never get a gradient" in found.sentence


@pytest.mark.parametrize("norm", [1e-3, 0.5])
def test_gradients_that_are_cut_to_a_norm_by_hand_are_so_in_the_experiments(tmp_path: Path, norm: float) -> None:
    """Of some steps, or of all; then the rate is read off the text."""
    cut = f"size = np.sqrt((first.grad**2).sum() + (last.grad**2).sum()); share = min(1.0, {norm} / size)\n"
    text = TEXT.replace("    for w, v in", f"    {cut}    for w, v in")
    for move in (
        "w.grad = w.grad * share; w.data = w.data - rate * w.grad",
        "w.grad *= share; w.data += -0.2 * w.grad",
    ):
        script = tmp_path / "train.py"
        script.write_text(text.replace("for step", "rate = 0.2\nfor step").replace("MOVE", move))
        seen = watch_script(script)
        assert seen.optimizer.param_groups[0]["lr"] == pytest.approx(0.2, rel=0.01)
        assert seen.options == {"clip_norm": pytest.approx(norm, rel=0.02)}


def test_steps_of_many_lengths_are_not_cut(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(TEXT.replace("MOVE", "w.data = w.data - 0.05 * w.grad"))
    assert watch_script(script).options == {}
