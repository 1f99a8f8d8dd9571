"""Which experiments are made, for how long and in which order, of trials that only say what they were asked for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import nn
import optim
from nn.health.evidence.facts import Facts
from nn.health.experiments import plan
from nn.health.experiments.plan import Experiments, Tried
from nn.health.experiments.reference import MOST_FEATURES, _flatten, plain_trial
from nn.health.experiments.remedies.remedy import Remedy
from nn.health.experiments.trial import Point, Rows, Trial
from nn.health.frameworks.own import OwnNetwork
from nn.health.subject import Subject
from tests.texts import assert_text

TEXTS = Path(__file__).parent / "texts"
NOTHING: Any = None


class Clock:
    """Time that passes where it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def perf_counter(self) -> float:
        return self.now


@dataclass
class Written(Trial):
    """A trial that writes down how it is trained, and gets the error that its name was given."""

    def train(self, until: int, seconds: float = math.inf, points: int = 3, measure_every: int = 0) -> None:
        lab = self.network
        every = f", measured every {measure_every}" * bool(measure_every)
        lab.log.append(f"{self.name}: until {until}, {seconds:.4g} s, {points} points{every}")
        lab.clock.now += lab.takes
        self.losses = [1.0] * until
        error = lab.errors.get(self.name, 0.9)
        self.points.append(Point(until, error, error, 3.0))
        self.lost = self.lost or error > 100.0


class Lab:
    """A subject, and a log of what is done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, steps: int = 500, rate: float = 0.1, **errors: float) -> None:
        self.log: list[str] = []
        self.clock, self.takes = Clock(), 0.0
        self.errors = {name.replace("_", " "): error for name, error in errors.items()}
        self.remedies: list[Remedy] = []
        self.facts = Facts(np.zeros((2, 1)), [])
        monkeypatch.setattr(plan.time, "perf_counter", self.clock.perf_counter)
        monkeypatch.setattr(plan, "list_remedies", lambda subject, facts: self.remedies)
        monkeypatch.setattr(plan, "plain_trial", lambda subject: self.trial("plain"))
        self.optimizer = SimpleNamespace(param_groups=[{"lr": rate}])
        network = SimpleNamespace(optimizer=SimpleNamespace(param_groups=[{"lr": rate}]))
        self.subject: Any = SimpleNamespace(
            steps=steps, trial=self.trial, seed=0, network=network, y=np.zeros((40, 1)),
            rows=Rows(np.arange(40.0)[:, None], np.arange(40.0)[:, None] % 2, NOTHING, NOTHING),
        )  # fmt: skip

    def trial(self, name: str = "as it is", told: str = "as it is", seed: Any = None) -> Trial:
        rows = Rows(np.arange(40.0)[:, None], np.arange(40.0)[:, None], NOTHING, NOTHING)
        return Written(name, told, self, rows, NOTHING, 16, True, 0)  # type: ignore[arg-type]

    def experiments(self, seconds: float = 40.0, quick: bool = False) -> Experiments:
        def watch(name: str, share: float, answer: str) -> None:
            self.log.append(f"> {name} {share:.2f} {answer}".rstrip())

        return Experiments(self.subject, self.facts, seconds, quick, watch, begun=self.clock.now)

    def offer(self, *names: str, cause: str = "optimizer unfit", **others: Any) -> None:
        def change(trial: Trial) -> None:
            self.log.append(f"{trial.name}: changed")

        self.remedies += [Remedy(name, f"with {name}", cause, f"take {name}", change, **others) for name in names]


def test_the_whole_of_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = Lab(monkeypatch, as_it_is=0.95, a=0.5, b=0.52, c=0.55, d=0.7, e=0.9, plain=0.4)
    lab.takes = 0.125
    lab.offer("a", "b", "c", "d", "e", "rate x 10")
    lab.offer("Adam 0.01", general=True)
    lab.offer("longer", cause="too few steps", longer=8.0)
    lab.offer("seen", cause="dead units")
    made = lab.experiments()
    made.run_as_it_is()
    made.run_remedies()
    lab.log.append("together")
    made.combine()
    lab.log.append("for longer")
    made.run_longer()
    made.run_on(made.tried[0], 900)
    lab.log.append("a control")
    made.run_control()
    lab.log.append(", ".join(trial.name for trial in made.all))
    assert_text(TEXTS / "plan.txt", "\n".join(lab.log))
    assert made.control is not None
    assert sorted(made.control.rows.y.ravel()) == list(range(40)) != made.control.rows.y.ravel().tolist()


OFFERED = (
    "Adam 0.01", "rate ÷ 10", "rate ÷ 100", "rate × 10", "rate × 100", "shuffled rows", "no clipping", "no schedule",
    "momentum .9", "inputs scaled", "fresh weights", "other",
)  # fmt: skip
USUAL = ["Adam 0.01", "rate × 10", "rate × 100", "shuffled rows", "no clipping", "no schedule", "momentum .9"]
DOWN = ["Adam 0.01", "rate ÷ 10", "rate ÷ 100", "shuffled rows", "no clipping", "no schedule", "momentum .9"]


@pytest.mark.parametrize(
    ("score", "given", "others", "tried"),
    [
        (0.41, {}, {}, list(OFFERED)),
        (0.4, {}, {}, USUAL),
        (0.41, {"few": True}, {}, USUAL),
        (1.5, {"few": True}, {}, USUAL),
        (1.6, {"few": True}, {}, DOWN),
        (0.41, {"quick": True}, {}, ["Adam 0.01", "rate × 10", "rate × 100"]),
        (0.4, {}, {"inputs_off": 10.0}, USUAL),
        (0.4, {}, {"inputs_off": 10.1}, [*USUAL, "inputs scaled"]),
        (0.4, {"quick": True}, {"inputs_off": 10.1}, ["Adam 0.01", "rate × 10", "rate × 100"]),
        (0.4, {}, {"weights_cause": "dead units"}, [*USUAL, "fresh weights"]),
        (0.4, {"quick": True}, {"weights_cause": "dead units"}, ["Adam 0.01", "rate × 10", "rate × 100"]),
    ],
)
def test_of_a_run_that_does_well_few_changes_are_tried(
    score: float, given: dict[str, bool], others: dict[str, Any], tried: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = Lab(monkeypatch, as_it_is=score)
    for name, value in others.items():
        setattr(lab.facts, name, value)
    lab.offer(*OFFERED)
    made = lab.experiments(quick=given.get("quick", False))
    made.run_as_it_is()
    made.run_remedies(given.get("few", False))
    assert [one.remedy.name for one in made.tried] == tried
    assert (made.plain is None) is given.get("quick", False)


def test_a_rate_of_zero_is_raised_whatever_else_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    for rate, tried in ((0.0, ["a rate"]), (1e-9, [])):
        lab = Lab(monkeypatch, rate=rate)
        lab.offer("a rate", cause="learning rate too low")
        lab.offer("another", cause="learning rate too high")
        made = lab.experiments(quick=True)
        made.run_as_it_is()
        made.run_remedies()
        assert [one.remedy.name for one in made.tried] == tried


@pytest.mark.parametrize(("steps", "rounds"), [(60, [60]), (61, [61, 61]), (240, [60, 240]), (241, [60, 240, 241])])
def test_changes_are_trained_in_rounds_up_to_the_steps_of_the_run(
    steps: int, rounds: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = Lab(monkeypatch, steps=steps)
    lab.offer("a")
    made = lab.experiments()
    made.run_as_it_is()
    made.run_remedies()
    found = [int(line.split("until ")[1].split(",")[0]) for line in lab.log if line.startswith("a: until")]
    assert found == ([60, 61] if steps == 61 else rounds)
    plain = [int(line.split("until ")[1].split(",")[0]) for line in lab.log if line.startswith("plain: until")]
    assert plain == [min(max(limit, 120), max(steps, 120)) for limit in (60, 240, 800)[: len(rounds)]]


def test_the_rest_of_the_time_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    for takes, trained in ((8.4, 5), (8.6, 4)):
        lab = Lab(monkeypatch, steps=60)
        lab.offer("a", "b", "c", "d", "e")
        made = lab.experiments()
        made.run_as_it_is()
        lab.takes = takes
        made.run_remedies()
        # Less than 15 hundredths of 40 seconds are left for the others.
        assert sum(": until 60" in line and "as it is" not in line for line in lab.log) == trained


def test_a_change_that_cannot_be_made_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = Lab(monkeypatch)

    def fail(trial: Trial) -> None:
        raise KeyError("no layer")

    lab.remedies = [Remedy("broken", "with it", "x", "y", fail)]
    made = lab.experiments()
    made.run_as_it_is()
    made.run_remedies()
    (one,) = made.tried
    assert (one.trial.broken, one.trial.lost, one.trial.points) == ("KeyError: 'no layer'", True, [])


def test_changes_are_combined_with_adam(monkeypatch: pytest.MonkeyPatch) -> None:
    def combined(quick: bool = False, general: bool = True, takes: float = 0.0) -> list[str]:
        lab = Lab(monkeypatch, steps=300)
        lab.offer("Adam 0.01", general=general)
        lab.offer("a", "b")
        lab.offer("a rate", cause="learning rate too low")
        lab.offer("general", general=True)
        made = lab.experiments(quick=quick)
        made.run_as_it_is()
        made._make(lab.remedies)
        del lab.log[:]
        lab.takes = takes
        made.combine()
        return [line for line in lab.log if ": until" in line]

    assert combined() == ["a, Adam 0.01: until 240, 10 s, 2 points", "b, Adam 0.01: until 240, 10 s, 2 points"]
    assert combined(quick=True) == combined(general=False) == []
    assert len(combined(takes=36.5)) == 1 and len(combined(takes=35.5)) == 2


@pytest.mark.parametrize(
    ("steps", "done"), [(100, [400, 1600]), (750, [3000]), (1000, [3000]), (3000, []), (2999, [3000])]
)
def test_the_run_goes_on_for_four_and_sixteen_times_as_long(
    steps: int, done: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = Lab(monkeypatch, steps=steps)
    made = lab.experiments()
    made.run_as_it_is()
    made.run_longer()
    assert [trial.steps for trial in made.longer] == done
    assert [(trial.name, trial.told) for trial in made.longer] == [(f"{n} steps", f"with {n} steps") for n in done]
    assert made.as_it_is.steps == steps


@pytest.mark.parametrize(("ended", "goes_on"), [(0.1, False), (0.001, True)])
def test_a_run_without_a_schedule_goes_on_where_the_rate_faded(
    monkeypatch: pytest.MonkeyPatch, ended: float, goes_on: bool
) -> None:
    lab = Lab(monkeypatch, as_it_is=0.95, no_schedule=0.94, a=0.5, b=0.5, c=0.5)
    lab.offer("a", "b", "c", "no schedule")
    made = lab.experiments()
    made.run_as_it_is()
    lab.optimizer.param_groups[0]["lr"] = ended
    made.run_remedies()
    assert made.tried[-1].trial.steps == (500 if goes_on else 60)


class Real:
    """A subject of a real, small network."""

    def __init__(self, y: Any, loss: Any, outputs: int, x: Any = None) -> None:
        rng = np.random.default_rng(0)
        self.x = rng.normal(size=(40, 3)).astype(np.float32) if x is None else x
        model = nn.Sequential(nn.Linear(self.x.shape[-1], outputs, rng=0))
        network = OwnNetwork(model, loss, optim.SGD(model.parameters(), lr=0.1), 1.0, 2.0)
        self.subject = Subject(network, self.x, np.asarray(y), None, 16, True, "a schedule", 20, 5)


NUMBERS = np.linspace(-1.0, 1.0, 40, dtype=np.float32)[:, None]


@pytest.mark.parametrize(
    ("y", "loss", "outputs", "kind", "link"),
    [
        (np.arange(40) % 3, nn.CrossEntropyLoss(), 3, "classes", "logits"),
        ((np.arange(40) % 2.0)[:, None], nn.BCEWithLogitsLoss(), 1, "labels", "logits"),
        (100.0 * NUMBERS + 50.0, nn.MSELoss(), 1, "numbers", "numbers"),
    ],
)
def test_a_plain_network_is_trained_on_scaled_rows(y: Any, loss: Any, outputs: int, kind: str, link: str) -> None:
    subject = Real(y, loss, outputs).subject
    trial = plain_trial(subject)
    assert trial is not None
    assert (trial.name, trial.told) == ("a plain network", "with a plain network of 32 ReLUs, scaled rows and Adam")
    assert (trial.judge.kind, trial.judge.link, trial.batch_size, trial.shuffle, trial.seed) == (
        kind,
        link,
        32,
        True,
        5,
    )
    shapes = [w.values.shape for w in trial.network.parameters()]
    assert shapes == [(32, 3), (32,), (outputs, 32), (outputs,)]
    assert trial.network.optimizer.param_groups[0]["lr"] == 0.01
    np.testing.assert_allclose(trial.rows.x.mean(axis=0), 0.0, atol=1e-5)
    np.testing.assert_allclose(trial.rows.x.std(axis=0), 1.0, rtol=1e-3)
    assert trial.rows.y.shape == (len(subject.rows.x), outputs)
    if kind == "numbers":
        assert abs(float(trial.rows.y.mean())) < 1e-5 and trial.unscale is not None
    trial.train(20)
    assert trial.steps == len(trial.losses) == trial.points[-1].step == 20
    assert trial.points[-1].trained < trial.points[0].trained


def test_tokens_are_counted_for_a_plain_network_up_to_as_many_as_it_has_inputs() -> None:
    tokens = np.array([[0, 2, 2], [1, 0, 3]])
    assert _flatten(tokens, tokens).tolist() == [[1, 0, 2, 0], [1, 1, 0, 1]]
    # The first row's tokens, where others are known too.
    assert _flatten(tokens[:1], tokens).tolist() == [[1, 0, 2, 0]]
    for most, width in ((MOST_FEATURES - 1, MOST_FEATURES), (MOST_FEATURES, 3)):
        tokens[0, 0] = most
        assert _flatten(tokens, tokens).shape == (2, width)
    for numbers in (tokens - 1, tokens.astype(float), tokens[:, :, None]):
        assert _flatten(numbers, numbers).tolist() == numbers.reshape(2, 3).tolist()


def test_of_what_there_is_no_plain_network() -> None:
    ones = np.ones((40, 3), np.float32)
    assert plain_trial(Real(NUMBERS[:, 0], lambda o, y: (o.mean() - y.mean()) ** 2, 2).subject) is None
    assert plain_trial(Real(np.zeros(40, int), nn.CrossEntropyLoss(), 1).subject) is None
    assert plain_trial(Real(NUMBERS, nn.MSELoss(), 1, np.repeat(ones[:, :1], 4097, axis=1)).subject) is None
    assert plain_trial(Real(NUMBERS, nn.MSELoss(), 1, np.repeat(ones[:, :1], 4096, axis=1)).subject) is not None


def test_rows_that_are_learned_by_heart(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = Real(100.0 * NUMBERS, nn.MSELoss(), 1).subject
    said: list[str] = []
    facts = Facts(np.zeros((2, 1)), [], targets_off=100.0, inputs_off=3.1)
    asked: list[tuple[int, float, int]] = []
    trained = Trial.train

    def train(self: Trial, until: int, seconds: float = math.inf, points: int = 3, measure_every: int = 0) -> None:
        asked.append((until, seconds, points))
        trained(self, 20, points=2)

    monkeypatch.setattr(Trial, "train", train)
    made = Experiments(subject, facts, 9.0, False, lambda name, *_: said.append(name))
    made.as_it_is = subject.trial()
    made.run_by_heart()
    assert said == ["by heart"]
    assert [(until, points) for until, _, points in asked] == [(300, 6), (300, 6)]
    assert all(seconds == 8.0 for _, seconds, _ in asked)
    heart = made.by_heart
    assert heart is not None
    assert heart.told.startswith("on 20 rows, with Adam and a rate of 0.0")
    assert (len(heart.rows.x), heart.batch_size, heart.scheduler) == (20, 20, None)
    assert (heart.network.clip_norm, heart.network.clip_value) == (None, None)
    assert type(heart.network.optimizer).__name__ == "Adam"
    # Scales that are far off are mended.
    assert abs(float(heart.rows.y.mean())) < 1e-5 and heart.unscale is not None
    np.testing.assert_allclose(heart.rows.x.std(axis=0), 1.0, rtol=1e-3)
    np.testing.assert_array_equal(heart.rows.x, heart.rows.held_x)
    near = Experiments(
        subject, Facts(np.zeros((2, 1)), [], targets_off=3.0, inputs_off=3.0), 9.0, False, lambda *_: None
    )
    near.run_by_heart()
    assert near.by_heart is not None and near.by_heart.unscale is None


def test_rows_by_heart_are_different_and_of_several_classes() -> None:
    x = np.repeat(np.arange(30.0), 2).astype(np.float32)[:, None]
    subject: Any = SimpleNamespace(seed=0, rows=Rows(x, np.zeros(60, int), x, np.zeros(60, int)))
    some = plan._choose_rows(subject, 20)
    assert len(some) == 20 == len(set(x[some].ravel()))
    assert len(plan._choose_rows(subject, 40)) == 30
    # One row in sixty is of another class: a third of the rows are of other ones, as far as there are some.
    rare = np.zeros(60, int)
    rare[[7, 8, 9, 31]] = 1
    for k in range(60):
        subject.rows = Rows(x, np.roll(rare, k), x, rare)
        assert len(set(np.roll(rare, k)[plan._choose_rows(subject, 20)])) == 2
    many = np.ones(60, int)
    chosen = plan._choose_rows(subject, 3)
    many[chosen] = 0
    subject.rows = Rows(x, many, x, many)
    assert sorted(many[plan._choose_rows(subject, 3)].tolist()) == [0, 0, 1]
    assert len(plan._choose_rows(subject, 1)) == 1


def test_a_tried_change_has_a_remedy_and_a_trial() -> None:
    remedy = Remedy("a", "with a", "x", "y", print)
    assert Tried(remedy, NOTHING) == Tried(remedy, NOTHING)
