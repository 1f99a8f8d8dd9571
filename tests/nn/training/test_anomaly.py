"""A loss or gradient that is not finite ends the run at its step, and names the line that computed it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd import AnomalyError, Tensor, log, sqrt, where
from nn.training.anomaly import all_gradients_finite

# NumPy's own warnings of what the error then explains.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(64, 4)).astype(np.float32), RNG.normal(size=64).astype(np.float32)


class Spoilt(nn.Module):
    """Takes the logarithm of what dropout leaves: with some masks it is infinite."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.dropout = nn.Linear(4, 1, rng=0), nn.Dropout(0.004, rng=4)
        self.norm = nn.BatchNorm1d(4)

    def forward(self, x: Any) -> Any:
        kept = self.dropout(self.norm(x) * 0.0 + 1.0)
        return self.layer(x) + log(kept)[:, :1]


def line_of(text: str) -> int:
    lines = Path(__file__).read_text().splitlines()
    return 1 + next(i for i, line in enumerate(lines) if text in line)


class Keeps(nn.Callback):
    """The state after the last good step."""

    def on_step(self, run: nn.Run) -> None:
        self.last, self.batch, self.epoch = run.model.state_dict(), run.batch, run.epoch
        self.masks = run.model.dropout._rng.bit_generator.state


def test_the_error_tells_epoch_batch_and_line_and_the_bad_step_is_not_taken() -> None:
    model, keeps = Spoilt(), Keeps()
    with pytest.raises(AnomalyError) as caught:
        nn.fit(model, (X, Y), epochs=50, batch_size=8, callbacks=[keeps])
    message = str(caught.value)
    assert keeps.epoch > 1 or keeps.batch > 1, "the first steps are good ones"
    where_ = (keeps.epoch, keeps.batch + 1) if keeps.batch < 8 else (keeps.epoch + 1, 1)
    assert message.startswith("fit stopped at epoch {}, batch {}, before its step: forward: log gave".format(*where_))
    assert f"test_anomaly.py:{line_of('log(kept)')}" in message
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, keeps.last[name], err_msg=f"{name}, running averages too")
    assert model.dropout._rng.bit_generator.state == keeps.masks, "the masks are drawn again as they were"


def test_a_gradient_that_is_not_finite_though_the_loss_is() -> None:
    class Root(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(np.zeros(4, np.float32))

        def forward(self, x: Any) -> Any:
            return sqrt((x * self.weight).sum(axis=1))

    model = Root()
    with pytest.raises(AnomalyError, match=r"epoch 1, batch 1, before its step: backward: .*sqrt") as caught:
        nn.fit(model, (X, Y), epochs=1)
    assert f"test_anomaly.py:{line_of('return sqrt')}" in str(caught.value)
    assert not model.weight.data.any()


def test_several_batches_of_a_step_are_named_together() -> None:
    def loss(outputs: Any, targets: np.ndarray) -> Any:
        return where(Tensor(targets) > 1.8, log(outputs[:, 0] * 0.0), outputs[:, 0] - targets).mean() ** 2

    assert (Y > 1.8).sum() >= 1
    with pytest.raises(AnomalyError, match="epoch 1, batches 1 to 4, before its step"):
        nn.fit(nn.Linear(4, 1, rng=0), (X, Y), loss=loss, batch_size=16, accumulate=4)


def test_a_model_that_diverges_is_stopped() -> None:
    model = nn.Linear(4, 1, rng=0)
    with pytest.raises(AnomalyError, match="fit stopped at epoch"):
        nn.fit(model, (X * 1000, Y), optimizer="sgd", lr=10.0, epochs=50)
    assert np.isfinite(model.weight.data).all()


def test_what_is_not_the_same_again_is_said_to_be_so() -> None:
    calls = []

    def loss(outputs: Any, targets: np.ndarray) -> Any:
        calls.append(None)
        return ((outputs[:, 0] - targets) ** 2).mean() * (np.nan if len(calls) == 3 else 1.0)

    with pytest.raises(AnomalyError, match="the model or the loss depends on something that is not part of them"):
        nn.fit(nn.Linear(4, 1), (X, Y), loss=loss, batch_size=32)


def test_large_gradients_are_finite() -> None:
    """The squares overflow in float32, so that the quick test has to look again."""
    p = Tensor(np.zeros(3, np.float32), requires_grad=True)
    assert all_gradients_finite([p])
    for gradient, expected in ((1e30, True), (np.inf, False), (np.nan, False)):
        p.grad = np.array([1.0, gradient, -1.0], np.float32)
        assert all_gradients_finite([p]) is expected


def test_the_checkpoint_of_the_last_good_epoch_stays(tmp_path: Path) -> None:
    path, keeps = tmp_path / "run.safetensors", Keeps()
    with pytest.raises(AnomalyError):
        nn.fit(Spoilt(), (X, Y), epochs=50, batch_size=8, checkpoint=path, callbacks=[keeps])
    with pytest.raises(AnomalyError) as again:
        nn.fit(Spoilt(), (X, Y), epochs=50, batch_size=8, checkpoint=path, callbacks=[keeps])
    assert "before its step: forward: log" in str(again.value)
