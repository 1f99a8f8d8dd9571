"""The loop: steps, accumulation, clipping, penalties, averages, schedules, and what callbacks see."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import nn
import optim
from nn.data import DataLoader

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(50, 3)).astype(np.float32), RNG.integers(0, 3, 50)


class Records(nn.Callback):
    """What happens, and the gradients of each step before and after they are clipped."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.raw: list[np.ndarray] = []
        self.used: list[np.ndarray] = []
        self.weights: list[np.ndarray] = []
        self.rates: list[float] = []

    def on_begin(self, run: nn.Run) -> None:
        self.events.append("begin")

    def on_epoch_begin(self, run: nn.Run) -> None:
        self.events.append(f"epoch {run.epoch}")

    def on_backward(self, run: nn.Run) -> None:
        self.events.append(f"backward {run.batch}")
        self.raw.append(run.model.weight.grad.copy())

    def on_step(self, run: nn.Run) -> None:
        self.events.append(f"step {run.step} {run.batch}/{run.batches}")
        self.used.append(run.model.weight.grad.copy())
        self.weights.append(run.model.weight.data.copy())
        self.rates.append(run.optimizer.param_groups[0]["lr"])

    def on_epoch(self, run: nn.Run) -> None:
        self.events.append(f"end of epoch {run.epoch} with {len(run.history)} before")

    def on_end(self, run: nn.Run) -> None:
        self.events.append(f"end: {run.stopping}")


def recorded(**options: Any) -> tuple[Records, nn.History]:
    records = Records()
    options = {"optimizer": "sgd", "lr": 0.1, "epochs": 2, "batch_size": 20, "callbacks": records, **options}
    history = nn.fit(nn.Linear(3, 3, rng=0), options.pop("data", (X, Y)), **options)
    return records, history


def test_a_run_is_the_loop_that_one_would_write() -> None:
    model, loss_of = nn.Linear(3, 3, rng=0), nn.CrossEntropyLoss()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    losses = []
    for _, loader in zip(range(2), [nn.DataLoader(X, Y, batch_size=20, shuffle=True, seed=0)] * 2, strict=True):
        total = 0.0
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_of(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(y)
        losses.append(total / 50)
    records, history = recorded()
    np.testing.assert_array_equal(records.weights[-1], model.weight.data)
    assert history["loss"] == losses


def test_trying_the_loss_beforehand_draws_nothing_from_the_model() -> None:
    class Noisy(nn.Linear):
        """Draws in evaluation too."""

        def forward(self, x: Any) -> Any:
            drawn.append(self.rng.normal())
            return super().forward(x)

    drawn: list[float] = []
    model = Noisy(3, 3, rng=0)
    model.rng = np.random.default_rng(5)
    nn.fit(model, (X, Y), epochs=1, batch_size=50)
    assert drawn[1:] == drawn[:1] == [np.random.default_rng(5).normal()]


def test_callbacks_are_told_in_order() -> None:
    records, _ = recorded(epochs=2, accumulate=2)
    assert records.events == [
        "begin",
        "epoch 1",
        "backward 0",
        "step 1 2/3",
        "backward 2",
        "step 2 3/3",
        "end of epoch 1 with 0 before",
        "epoch 2",
        "backward 0",
        "step 3 2/3",
        "backward 2",
        "step 4 3/3",
        "end of epoch 2 with 1 before",
        "end: all 2 epochs",
    ]


def test_a_callback_ends_a_run_at_a_step_or_at_an_epoch() -> None:
    class Stops(nn.Callback):
        def on_step(self, run: nn.Run) -> None:
            if run.step == 5:
                run.stop("enough")

    _, history = recorded(callbacks=Stops(), epochs=9)
    assert history.stopped == "enough"
    assert len(history) == 1, "the second epoch was not finished"

    class Satisfied(nn.Callback):
        def on_epoch(self, run: nn.Run) -> None:
            run.report["satisfaction"] = 1.0
            run.stop("satisfied")

    _, history = recorded(callbacks=Satisfied(), epochs=9)
    assert (history.stopped, history["satisfaction"]) == ("satisfied", [1.0])


def test_a_callback_that_raises_at_the_end_keeps_no_other_from_its_end() -> None:
    ended = []

    class Named(nn.Callback):
        def __init__(self, name: str, error: Exception | None = None) -> None:
            self.name, self.error = name, error

        def on_end(self, run: nn.Run) -> None:
            ended.append(self.name)
            if self.error is not None:
                raise self.error

    with pytest.raises(OSError, match="disk"):
        nn.fit(nn.Linear(3, 3), (X, Y), epochs=1, callbacks=[Named("a"), Named("b", OSError("disk")), Named("c")])
    assert ended == ["a", "b", "c"]


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_accumulated_gradients_are_those_of_the_larger_batch(reduction: str) -> None:
    """50 rows in batches of 8, three a step: 24, 24, and a last batch of 2 alone; then 7 batches, 4 a step: 32 and 18."""
    for accumulate, size in ((3, 24), (4, 32)):
        loss = nn.CrossEntropyLoss(reduction=reduction)
        penalty = lambda model: 0.1 * nn.l2_penalty(model.parameters())
        several, more = recorded(batch_size=8, accumulate=accumulate, loss=loss, penalty=penalty, epochs=1)
        one, once = recorded(batch_size=size, loss=loss, penalty=penalty, epochs=1)
        assert len(several.raw) == len(one.raw)
        for mine, theirs in zip(several.raw, one.raw, strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-6)
        assert more["loss"] == pytest.approx(once["loss"], rel=1e-5)
        assert more["penalty"] == pytest.approx(once["penalty"], rel=1e-5)


def test_gradients_are_clipped_after_callbacks_saw_them() -> None:
    records, _ = recorded(clip_norm=0.1)
    assert max(np.linalg.norm(g) for g in records.raw) > 0.15
    assert max(np.linalg.norm(g) for g in records.used) <= 0.1
    records, _ = recorded(clip_value=0.01)
    assert max(np.abs(g).max() for g in records.raw) > 0.02
    assert max(np.abs(g).max() for g in records.used) == pytest.approx(0.01)


def test_a_penalty_is_in_the_gradient_and_in_a_column_of_its_own() -> None:
    first = nn.Linear(3, 3, rng=0).weight.data
    plain, without = recorded(epochs=1, batch_size=50)
    shrunk, with_ = recorded(epochs=1, batch_size=50, penalty=lambda model: 0.5 * nn.l2_penalty([model.weight]))
    np.testing.assert_allclose(shrunk.raw[0], plain.raw[0] + first, rtol=1e-5, atol=1e-7)
    assert with_["loss"] == without["loss"]
    assert with_["penalty"] == [pytest.approx(0.5 * (first**2).sum(), rel=1e-6)]


def test_the_model_ends_as_the_average_that_was_validated() -> None:
    records = Records()
    model = nn.Linear(3, 3, rng=0)
    history = nn.fit(
        model,
        (X, Y),
        validation=(X, Y),
        optimizer="sgd",
        lr=0.5,
        epochs=2,
        batch_size=20,
        callbacks=records,
        average=optim.Averaged(model.parameters()),
    )
    np.testing.assert_allclose(model.weight.data, np.mean(records.weights, axis=0), rtol=1e-5)
    assert nn.evaluate(model, (X, Y))["loss"] == pytest.approx(history["val_loss"][-1], rel=1e-6)
    model, records = nn.Linear(3, 3, rng=0), Records()
    nn.fit(model, (X, Y), optimizer="sgd", lr=0.5, epochs=2, batch_size=20, callbacks=records, average=0.5)
    expected = records.weights[0]
    for weights in records.weights[1:]:
        expected = 0.5 * expected + 0.5 * weights
    np.testing.assert_allclose(model.weight.data, expected, rtol=1e-5)


def test_schedules_by_epoch_and_by_step() -> None:
    halve = lambda optimizer: optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    records, history = recorded(scheduler=halve, lr=1.0)
    assert records.rates == [1.0] * 3 + [0.5] * 3
    assert history["lr"] == [1.0, 0.5]
    records, _ = recorded(scheduler=halve, interval="step", lr=1.0)
    assert records.rates == [0.5**k for k in range(1, 7)], "after each step the schedule has gone on"
    one_cycle = lambda o: optim.lr_scheduler.OneCycleLR(o, 1.0, total_steps=6, cycle_momentum=False)
    records, history = recorded(scheduler=one_cycle, interval="step")
    assert len(records.rates) == 6, "the cycle has as many steps as the run"
    assert history["lr"] == [records.rates[1], records.rates[4]], "that of the last step of an epoch"
    assert history["lr"][-1] < 1e-4


def test_a_plateau_is_told_what_is_monitored() -> None:
    plateau = lambda o: optim.lr_scheduler.ReduceLROnPlateau(o, patience=0, threshold=10.0, threshold_mode="abs")
    _, history = recorded(scheduler=plateau, lr=1.0, epochs=4, validation=(X, Y))
    np.testing.assert_allclose(history["lr"], [1.0, 1.0, 0.1, 0.01])
    by_accuracy = nn.EarlyStopping("accuracy")
    with pytest.raises(ValueError, match=r"ReduceLROnPlateau has mode 'min', but 'accuracy', .*: mode='max'"):
        recorded(scheduler=plateau, metrics="accuracy", callbacks=by_accuracy)


def test_the_rate_halves_when_the_accuracy_of_the_validation_falls() -> None:
    """B: halve it on a falling validation accuracy."""
    halve = lambda o: optim.lr_scheduler.BoldDriver(o, mode="max", up=1.0)
    _, history = recorded(
        scheduler=halve, watch="val_accuracy", lr=1.0, epochs=12, metrics="accuracy", validation=(X[::-1], Y[::-1])
    )
    rate, accuracy = 1.0, history["val_accuracy"]
    assert any(later < earlier for earlier, later in pairwise(accuracy))
    for k in range(12):
        assert history["lr"][k] == rate
        rate *= 0.5 if k and accuracy[k] < accuracy[k - 1] else 1.0


def test_a_bold_driver_follows_the_loss() -> None:
    """L: the rate is raised while the loss falls, and lowered when it rises."""
    bold = lambda o: optim.lr_scheduler.BoldDriver(o, up=1.5)
    _, history = recorded(scheduler=bold, optimizer="sgd", lr=0.5, epochs=12)
    rate, loss = 0.5, history["loss"]
    for k in range(12):
        assert history["lr"][k] == pytest.approx(rate)
        rate *= (1.5 if loss[k] < loss[k - 1] else 0.5) if k else 1.0
    assert min(history["lr"]) < max(history["lr"][:6])


def test_what_a_schedule_can_watch() -> None:
    plateau = lambda o: optim.lr_scheduler.ReduceLROnPlateau(o, mode="max")
    for options, message in (
        ({"watch": "loss"}, "watch says what a schedule is told, and there is none"),
        (
            {"scheduler": plateau, "watch": "accurcy"},
            r"watch: the history will have no 'accurcy'; did you mean 'accuracy'",
        ),
        ({"scheduler": plateau, "watch": "val_loss"}, "the history will have no 'val_loss'"),
        ({"scheduler": plateau, "watch": "loss"}, "has mode 'max', but 'loss', which is watched, .*: mode='min'"),
        ({"scheduler": plateau}, "has mode 'max', but 'loss', which is monitored, .*: mode='min', or watch= another"),
        (
            {"scheduler": lambda o: optim.lr_scheduler.StepLR(o, 3), "watch": "loss"},
            "StepLR goes by its steps alone, and watches nothing",
        ),
    ):
        with pytest.raises(ValueError, match=message):
            recorded(metrics="accuracy", **options)
    recorded(metrics={"own": lambda outputs, targets: 1.0}, scheduler=plateau, watch="own")


@pytest.mark.parametrize(
    ("optimizer", "option"), [("momentum", "momentum"), ("nesterov", "momentum"), ("adam", "betas")]
)
def test_momentum_rises_over_the_epochs(optimizer: str, option: str) -> None:
    """B: from .5 to .99."""

    class Momenta(nn.Callback):
        def __init__(self) -> None:
            self.seen: list[float] = []

        def on_step(self, run: nn.Run) -> None:
            self.seen.append(run.optimizer.param_groups[0][option])

    momenta = Momenta()
    recorded(optimizer=optimizer, momentum=(0.5, 0.99), epochs=8, callbacks=[momenta])
    found = [m[0] if option == "betas" else m for m in momenta.seen]
    np.testing.assert_allclose(found, np.repeat(np.linspace(0.5, 0.99, 8), 3))


def test_jitter_is_noise_on_the_inputs_of_training_alone() -> None:
    class Sees(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer, self.seen = nn.Linear(3, 3, rng=0), []

        def forward(self, x: Any) -> Any:
            self.seen.append((self.training, np.array(x)))
            return self.layer(x)

    def seen(**options: Any) -> list[np.ndarray]:
        model = Sees()
        nn.fit(model, DataLoader(X, Y, batch_size=50), validation=(X, Y), epochs=3, **options)
        assert all(np.array_equal(x, X.astype(np.float32)) for training, x in model.seen[1:] if not training)
        return [x - X[: len(x)] for training, x in model.seen[1:] if training]

    assert not any(noise.any() for noise in seen())
    first, second, third = seen(jitter=0.1)
    for noise in (first, second, third):
        assert noise.std() == pytest.approx(0.1, rel=0.3)
        assert noise.dtype == np.float32
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(first, seen(jitter=0.1)[0])
    assert not np.array_equal(first, seen(jitter=0.1, seed=1)[0])


def test_validation_is_in_evaluation_mode_and_the_modes_are_as_before() -> None:
    class Watches(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer, self.seen = nn.Linear(3, 3, rng=0), []

        def forward(self, x: Any) -> Any:
            out = self.layer(x)
            self.seen.append((self.training, self.layer.training, out.requires_grad))
            return out

    model = Watches()
    model.layer.eval()
    nn.fit(model, (X, Y), validation=(X, Y), epochs=2, batch_size=50)
    assert model.seen[1:] == [(True, True, True), (False, False, False)] * 2
    assert (model.training, model.layer.training) == (True, False)


def test_the_seed_decides() -> None:
    def run(seed: int) -> list[float]:
        model = nn.Sequential(nn.Linear(3, 8, rng=0), nn.Dropout(0.5, rng=0), nn.Linear(8, 3, rng=1))
        return nn.fit(model, (X, Y), validation=0.3, epochs=2, seed=seed)["val_loss"]

    assert run(1) == run(1)
    assert run(1) != run(2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": -1}, "epochs must be a whole number from 1 on, got -1"),
        ({"epochs": 2.5}, "epochs must be a whole number from 1 on, got 2.5"),
        ({"batch_size": 0}, "batch_size must be a whole number from 1 on, got 0"),
        ({"accumulate": 0}, "accumulate must be a whole number from 1 on, got 0"),
        ({"seed": -1}, "seed must be a whole number from 0 on, got -1"),
        ({"lr": 0.0}, "lr must be a number above 0, got 0.0"),
        ({"clip_norm": float("nan")}, "clip_norm must be a number above 0, got nan"),
        ({"clip_norm": float("inf")}, "clip_norm must be a number above 0, got inf"),
        ({"interval": "batch"}, "interval must be 'epoch' or 'step', got 'batch'"),
        ({"threads": "many"}, "threads must be 'auto', None or a whole number from 1 on, got 'many'"),
        ({"optimizer": "adamm"}, r"there is no optimizer 'adamm'; did you mean 'adam'\?"),
        ({"optimizer": optim.Adam}, "the optimizer must be a name or an Optimizer, .*: give an instance"),
        ({"optimizer": optim.Adam([nn.Parameter([1.0])])}, "Adam is over other parameters than the model's"),
        ({"penalty": 0.1}, "penalty must be a function of the model, not float"),
        (
            {"penalty": lambda model: 3.0},
            "penalty must give a tensor of one number that depends on the parameters, got float",
        ),
        ({"penalty": lambda model: model.weight}, r"that depends on the parameters, got one of shape \(3, 3\)"),
        ({"callbacks": 5}, "a callback is an instance of nn.Callback, not 5"),
        ({"logs": 5}, "a log is a path or a Callback, not int"),
        ({"metrics": 5}, "a metric is a name or a function of outputs and targets, not int"),
        ({"average": 2}, r"average is a decay such as 0.99, or optim.Averaged\(…\), not 2"),
        ({"average": 1.5}, "decay must be a number from 0 to below 1, got 1.5"),
        ({"callbacks": [nn.EarlyStopping]}, "a callback is an instance of nn.Callback"),
        ({"patience": 0}, "patience must be a whole number from 1 on, got 0"),
        ({"scheduler": 3}, "a scheduler is a schedule or makes one of the optimizer, not int"),
        (
            {"scheduler": optim.lr_scheduler.StepLR(optim.SGD([nn.Parameter([1.0])]), 3)},
            "StepLR is over another optimizer; with an optimizer by name give a function",
        ),
        (
            {"scheduler": lambda o: optim.lr_scheduler.ReduceLROnPlateau(o), "interval": "step"},
            "ReduceLROnPlateau needs what an epoch gave",
        ),
        ({"jitter": 0.0}, "jitter must be a number above 0, got 0.0"),
        ({"momentum": 0.9}, "momentum is two numbers, that of the first and of the last epoch"),
        (
            {"momentum": (0.5, 1.0), "optimizer": "momentum"},
            "momentum: LinearMomentum: end must be a number from 0 to below 1",
        ),
        (
            {"momentum": (0.5, 0.9), "optimizer": "adagrad"},
            "LinearMomentum needs an optimizer with momentum or betas, not",
        ),
        ({"loss": lambda out, y: nn.functional.cross_entropy(out.detach(), y)}, "does not depend on the parameters"),
        ({"loss": lambda out, y: 1.0}, "the loss <lambda> is float that does not depend on the parameters"),
        (
            {"logs": "run.txt"},
            r"a log ends in .csv or .jsonl, or is nn.TensorBoard\(folder\) or nn.MLflow\(store\), got 'run.txt'",
        ),
    ],
)
def test_arguments_that_cannot_be_used(options: dict[str, Any], message: str) -> None:
    model = nn.Linear(3, 3, rng=0)
    with pytest.raises((ValueError, TypeError), match=message):
        nn.fit(model, (X, Y), **options)
    np.testing.assert_array_equal(model.weight.data, nn.Linear(3, 3, rng=0).weight.data)


def test_models_and_optimizers_that_cannot_be_used() -> None:
    model = nn.Linear(3, 3)
    for wrong, options, message in (
        (len, {}, "the model must be a Module, not builtin_function_or_method"),
        (nn.Tanh(), {}, "Tanh has no parameters to be trained"),
        (nn.Linear(3, 3).requires_grad_(False), {}, "no parameter requires a gradient"),
        (nn.LSTM(3, 3), {}, "the model gives tuple, for which no loss is known: give loss="),
        (model, {"optimizer": optim.LBFGS(model.parameters())}, "LBFGS computes the loss itself, several times a step"),
        (model, {"optimizer": optim.SGD(model.parameters()), "lr": 0.1}, "lr is for an optimizer given by name"),
    ):
        data = (X[:, None], Y) if isinstance(wrong, nn.LSTM) else (X, Y)
        with pytest.raises((ValueError, TypeError), match=message):
            nn.fit(wrong, data, **options)
