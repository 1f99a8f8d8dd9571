"""Which changes are tried, on both sides of each bound, and what each of them changes."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import nn
import optim
from nn.health.experiments.plan import Experiments, Tried
from nn.health.experiments.remedies.layers import remedies_of_layers
from nn.health.experiments.remedies.outputs import remedies_of_outputs
from nn.health.experiments.remedies.places import _read_otherwise, code_of_places
from nn.health.experiments.remedies.remedy import Remedy
from nn.health.experiments.remedies.rows import remedies_of_rows
from nn.health.experiments.remedies.scales import outliers, remedies_of_scales, scale_inputs, scale_targets
from nn.health.experiments.remedies.settings import remedies_of_settings
from nn.health.experiments.remedies.steps import remedies_of_optimizer, remedies_of_rate
from nn.health.experiments.trial import Point, Rows, Trial

ROWS = Rows(np.zeros((40, 2), np.float32), np.zeros(40), np.zeros((5, 2), np.float32), np.zeros(5))


def network(make: Any = optim.SGD, **options: Any) -> Any:
    layer = nn.Linear(2, 1, rng=0)
    return SimpleNamespace(
        optimizer=make(layer.parameters(), **{"lr": 0.1, **options}), clip_norm=None, clip_value=None, clip_weights=None, read=[],
        loss=None, clip_weight_norm=None,
        modules=lambda: [], natural_loss=lambda *_: None, ops=SimpleNamespace(log=np.log), used=[],
    )  # fmt: skip


def subject(of: Any = None, count: int = 40, **others: Any) -> Any:
    usual = {
        "network": of if of is not None else network(), "scheduler": None, "shuffle": True, "batch_size": 16,
        "rows": Rows(*[part[:count] for part in (np.zeros((400, 2)), np.zeros(400))], ROWS.held_x, ROWS.held_y),
        "x": np.zeros((count, 2), np.float32), "y": np.zeros(count, np.float32),
        "judge": SimpleNamespace(kind="numbers", constant=np.zeros(1)),
    }  # fmt: skip
    made = SimpleNamespace(**{**usual, **others})
    made.epoch_steps = lambda: -(-count // made.batch_size)
    return made


def facts(**others: Any) -> Any:
    usual = {
        "dropouts": {}, "batch_norms": [], "rarest": None, "inputs": None, "shrunk": 1.0, "convolved": False, "targets_off": 1.0,
        "doubled": "", "last_activation": None, "last_kind": "", "out_of_range": 0.0, "summed": False,
        "weight_scale": (1.0, 1.0),
        "loss_differs": False, "natural_name": "MSELoss", "weighed": False, "scores_bounded": False, "rising": False,
        "beyond": 1.0, "unbiased": [],
    }  # fmt: skip
    return SimpleNamespace(**{**usual, **others})


def trial_of(of: Any, rows: Rows = ROWS) -> Trial:
    return Trial("as it is", "as it is", of, rows, None, 16, False, 0)  # type: ignore[arg-type]


def named(found: Any) -> dict[str, Remedy]:
    return {remedy.name: remedy for remedy in found}


def test_nothing_that_the_user_has_not_set_is_taken_back() -> None:
    assert named(remedies_of_settings(subject(), facts())) == {}


@pytest.mark.parametrize(
    ("clip", "told"),
    [({"clip_norm": 0.5}, "a larger norm than 0.5"), ({"clip_value": 0.25}, "a larger value than 0.25")],
)
def test_clipping_is_left_out(clip: dict[str, float], told: str) -> None:
    of = network()
    vars(of).update(clip)
    remedy = named(remedies_of_settings(subject(of), facts()))["no clipping"]
    assert told in remedy.fix
    remedy.apply(trial_of(of))
    assert (of.clip_norm, of.clip_value) == (None, None)


@pytest.mark.parametrize("name", ["clip_norm", "clip_value"])
@pytest.mark.parametrize(("bound", "offered"), [(1e-3, True), (0.5, False)])
def test_a_bound_that_cuts_nearly_all_is_made_larger_too(name: str, bound: float, offered: bool) -> None:
    of = network()
    vars(of).update({name: bound})
    found = named(remedies_of_settings(subject(of), facts()))
    assert ("clipping × 100" in found) is offered
    if offered:
        found["clipping × 100"].apply(trial_of(of))
        assert {of.clip_norm, of.clip_value} == {None, 0.1}


def test_weights_are_let_go() -> None:
    of = network()
    of.clip_weights = 0.25
    remedy = named(remedies_of_settings(subject(of), facts()))["weights let go"]
    assert (remedy.cause, "±0.25" in remedy.fix) == ("weights held small", True)
    remedy.apply(trial_of(of))
    assert of.clip_weights is None


def test_norms_are_let_go() -> None:
    of = network()
    of.clip_weight_norm = 0.25
    remedy = named(remedies_of_settings(subject(of), facts()))["norms let go"]
    assert (remedy.cause, "0.25" in remedy.fix) == ("weights held small", True)
    remedy.apply(trial_of(of))
    assert of.clip_weight_norm is None


@pytest.mark.parametrize(
    ("seen", "cause"),
    [
        ({}, "rate decays too fast"), ({"rising": True}, "learning rate too low"), ({"beyond": 1.9}, "rate decays too fast"),
        ({"beyond": 29.0}, "learning rate too high"),
    ],
)  # fmt: skip
def test_what_a_schedule_has_done_goes_by_its_rates(seen: dict[str, Any], cause: str) -> None:
    remedy = named(remedies_of_settings(subject(scheduler=print), facts(**seen)))["no schedule"]
    assert (remedy.cause, "29" in remedy.fix) == (cause, "beyond" in seen and seen["beyond"] > 2)


def test_rows_of_tables_are_let_go() -> None:
    of, tables = network(), [nn.Embedding(5, 2, max_norm=most, rng=0) for most in (0.1, 0.5, None)]
    of.modules = lambda: [("a", tables[0]), ("b", tables[1]), ("c", tables[2])]
    remedy = named(remedies_of_settings(subject(of), facts()))["rows of tables let go"]
    assert (remedy.cause, remedy.told) == ("weights held small", "without keeping the rows of a, b to a norm of 0.5")
    remedy.apply(trial_of(of))
    assert [table.max_norm for table in tables] == [None, None, None]
    of.modules = lambda: [("c", tables[2])]
    assert named(remedies_of_settings(subject(of), facts())) == {}


def test_a_schedule_and_weight_decay_are_left_out() -> None:
    of = network(weight_decay=0.5)
    made = trial_of(of)
    made.scheduler = print
    found = named(remedies_of_settings(subject(of, scheduler=print), facts()))
    assert list(found) == ["no schedule", "no weight decay"]
    for remedy in found.values():
        remedy.apply(made)
    assert made.scheduler is None
    assert of.optimizer.param_groups[0]["weight_decay"] == 0.0
    assert "than 0.5, such as" in found["no weight decay"].fix


def test_all_that_keeps_weights_small_is_left_out_together() -> None:
    of = network(optim.Ftrl, l1=0.25, l2=0.5)
    made = named(remedies_of_settings(subject(of), facts()))["no weight decay"]
    made.apply(trial_of(of))
    assert {name: of.optimizer.param_groups[0][name] for name in ("l1", "l2")} == {"l1": 0.0, "l2": 0.0}


@pytest.mark.parametrize(("share", "tried"), [(0.29, False), (0.3, True), (0.5, True)])
def test_much_dropout_is_left_out(share: float, tried: bool) -> None:
    dropout = nn.Dropout(share)
    found = named(remedies_of_settings(subject(), facts(dropouts={"1": dropout})))
    assert ("no dropout" in found) is tried
    if tried:
        of = network()
        of.modules = lambda: [("1", dropout), ("2", other := nn.Dropout(0.4))] + [("3", other)]
        found["no dropout"].apply(trial_of(of))
        assert dropout.p == 0.0
        assert f"drop less than {share:.0%}" in found["no dropout"].fix


@pytest.mark.parametrize(
    ("make", "options", "tried"),
    [
        (optim.SGD, {"momentum": 0.93}, False),
        (optim.SGD, {"momentum": 0.94}, True),
        (optim.Adam, {"betas": (0.93, 0.999)}, False),
        (optim.Adam, {"betas": (0.99, 0.98)}, True),
    ],
)
def test_a_high_momentum_is_lowered(make: Any, options: dict[str, Any], tried: bool) -> None:
    of = network(make, **options)
    found = named(remedies_of_settings(subject(of), facts()))
    assert ("momentum .9" in found) is tried
    if tried:
        found["momentum .9"].apply(trial_of(of))
        group = of.optimizer.param_groups[0]
        assert group.get("momentum", 0.9) == 0.9
        assert group.get("betas", (0.9, 0.98)) == (0.9, 0.98)


def test_rates_are_tried_up_and_down_and_as_far_as_is_usual() -> None:
    found = named(remedies_of_rate(subject(network(lr=0.1))))
    assert list(found) == ["rate ÷ 10", "rate ÷ 100", "rate ÷ 1000", "rate × 10", "rate × 100", "rate × 1000"]
    assert [remedy.cause for remedy in found.values()] == ["learning rate too high"] * 3 + ["learning rate too low"] * 3
    far = named(remedies_of_rate(subject(network(lr=1e-7))))
    assert list(far)[3:] == [f"rate × {10.0**k:g}" for k in (1, 2, 4, 5, 6, 7)]
    of_adam = named(remedies_of_rate(subject(network(optim.Adam, lr=1e-7))))
    assert list(of_adam)[3:] == [f"rate × {10.0**k:g}" for k in (1, 2, 3, 4, 5)]
    of = network(lr=0.1)
    found["rate × 100"].apply(trial_of(of))
    assert of.optimizer.param_groups[0]["lr"] == pytest.approx(10.0)
    assert found["rate ÷ 10"].fix == "a rate of about 0.01 in place of 0.1"


def test_of_a_rate_of_zero_there_are_no_multiples() -> None:
    of = network(lr=0.0)
    found = named(remedies_of_rate(subject(of)))
    assert list(found) == ["rate 1", "rate 0.1", "rate 0.01"]
    found["rate 0.1"].apply(trial_of(of))
    assert of.optimizer.param_groups[0]["lr"] == 0.1
    assert list(named(remedies_of_rate(subject(network(optim.Adam, lr=0.0))))) == [
        "rate 0.01",
        "rate 0.001",
        "rate 0.0001",
    ]


def test_adam_is_a_general_remedy() -> None:
    of = network()
    of.use = lambda name, rate: of.used.append((name, rate))
    found = named(remedies_of_optimizer(subject(of)))
    assert list(found) == ["Adam 0.01", "Adam 0.001"]
    for remedy in found.values():
        remedy.apply(trial_of(of))
        assert remedy.general
    assert of.used == [("adam", 0.01), ("adam", 0.001)]


@pytest.mark.parametrize(
    ("batch", "count", "cause", "longer"),
    [
        (4, 33, "batch too small", 0.25),
        (4, 32, None, 1.0),
        (5, 33, None, 1.0),
        (1, 400, "batch too small", 0.25),
        (128, 400, "batch too large", 4.0),
        (127, 400, None, 1.0),
        (400, 66, "batch too large", 66 / 32),
        (400, 64, None, 1.0),
    ],
)
def test_batches_of_an_unusual_size_are_tried_at_32(batch: int, count: int, cause: str | None, longer: float) -> None:
    asked = subject(batch_size=batch, count=count)
    found = named(remedies_of_rows(asked, facts()))
    assert [remedy.cause for remedy in found.values()] == ([cause] if cause else [])
    if cause:
        made = trial_of(network())
        found["batches of 32"].apply(made)
        assert (made.batch_size, found["batches of 32"].longer) == (32, longer)
    with_norm = named(remedies_of_rows(asked, facts(batch_norms=["1"])))
    if cause == "batch too small":
        assert with_norm["batches of 32"].cause == "normalisation of one row"


def test_many_large_batches_of_an_epoch_are_left() -> None:
    for count, tried in ((4 * 128, True), (4 * 128 + 1, False)):
        asked = subject(batch_size=128, count=count)
        asked.rows = Rows(np.zeros((count, 2)), np.zeros(count), ROWS.held_x, ROWS.held_y)
        assert bool(named(remedies_of_rows(asked, facts()))) is tried


def test_rows_in_their_order_are_shuffled_and_rare_classes_are_drawn_more_often() -> None:
    made = trial_of(network())
    found = named(remedies_of_rows(subject(shuffle=False), facts()))
    found["shuffled rows"].apply(made)
    assert made.shuffle
    assert list(named(remedies_of_rows(subject(), facts(rarest=0.2)))) == []
    found = named(remedies_of_rows(subject(), facts(rarest=0.19)))
    y = np.array([0] * 36 + [1] * 4)
    made = trial_of(network(), Rows(np.arange(40)[:, None], y, ROWS.held_x, ROWS.held_y))
    made.judge = SimpleNamespace(kind="classes", form=lambda y: np.eye(2)[y])  # type: ignore[assignment]
    found["classes balanced"].apply(made)
    assert np.bincount(made.rows.y).tolist() == [20, 20]
    assert np.array_equal(y[made.rows.x[:, 0]], made.rows.y)
    made.rows = Rows(np.arange(40)[:, None], y, ROWS.held_x, ROWS.held_y)
    made.judge = SimpleNamespace(kind="labels", form=lambda y: y[:, None].astype(float))  # type: ignore[assignment]
    found["classes balanced"].apply(made)
    assert np.bincount(made.rows.y).tolist() == [20, 20]


def test_scales_are_mended_where_they_are_off() -> None:
    assert list(named(remedies_of_scales(subject(), facts()))) == []
    assert list(named(remedies_of_scales(subject(), facts(inputs=np.ones((2, 2)), targets_off=1.5)))) == [
        "inputs scaled"
    ]
    assert list(named(remedies_of_scales(subject(), facts(targets_off=1.6)))) == ["targets scaled"]
    whole = subject(x=np.zeros((4, 2), int), y=np.zeros(4, int))
    assert list(named(remedies_of_scales(whole, facts(targets_off=9.0)))) == []


@pytest.mark.parametrize(
    ("shrunk", "told"), [(1.0, ""), (200.0, "200 times as small on their way to 0"), (0.02, "50 times as large on")]
)
def test_inputs_are_scaled_for_what_the_network_makes_of_them(shrunk: float, told: str) -> None:
    found = facts(inputs=np.ones((2, 2)), shrunk=shrunk, calls=[SimpleNamespace(path="0")])
    remedy = named(remedies_of_scales(subject(), found))["inputs scaled"]
    assert (told in remedy.fix, "where it comes to 0" in remedy.told) == (True, shrunk != 1.0)
    made = trial_of(network(), Rows(np.array([[1.0], [3.0]]), np.zeros(2), np.array([[4.0]]), np.zeros(1)))
    remedy.apply(made)
    assert (made.rows.x.tolist(), made.rows.held_x.tolist()) == ([[-shrunk], [shrunk]], [[2.0 * shrunk]])


def test_inputs_are_scaled_by_the_rows_trained_on_without_outliers() -> None:
    x = np.array([[1.0, 5.0], [3.0, 5.0], [1.0, 5.0], [3.0, 5.0]])
    made = trial_of(network(), Rows(x, np.zeros(4), np.array([[4.0, 6.0]]), np.zeros(1)))
    scale_inputs(-1, 1.0)(made)
    assert made.rows.x.tolist() == [[-1, 0], [1, 0], [-1, 0], [1, 0]]
    assert made.rows.held_x.tolist() == [[2.0, 1.0]]
    many = np.tile([[1.0], [3.0]], (11, 1))
    many[0] = 1e6
    assert outliers(many, (0,)).sum() == 1
    made = trial_of(network(), Rows(many, np.zeros(22), many, np.zeros(22)))
    scale_inputs(-1, 1.0)(made)
    assert made.rows.x[0] == 4.0
    assert np.abs(made.rows.x[1:]).max() < 1.2
    # Of two in twenty none is an outlier, nor is what lies within a hundred usual distances.
    many[1] = 1e6
    assert outliers(many[:20], (0,)).sum() == 0
    within = np.tile([[1.0], [3.0]], (11, 1))
    for far, count in ((3.0 + 99.9, 0), (3.0 + 100.1, 1)):
        within[0] = far
        assert outliers(within, (0,)).sum() == count


@pytest.mark.parametrize("columns", [None, 1, 2])
def test_targets_are_scaled_and_answers_scaled_back(columns: int | None) -> None:
    y = np.array([1.0, 5.0, 1.0, 5.0])
    y = y if columns is None else np.stack([y * (k + 1) for k in range(columns)], axis=1)
    made = trial_of(network(), Rows(np.zeros((4, 1)), y, np.zeros((1, 1)), y[:1]))
    scale_targets(made)
    assert np.abs(made.rows.y).tolist() == np.ones_like(y).tolist()
    assert made.unscale is not None
    assert made.unscale(made.rows.y).tolist() == y.tolist()
    if columns is None:
        assert made.unscale(made.rows.y[:, None])[:, 0].tolist() == y.tolist()


def test_what_stands_before_the_loss_is_left_out() -> None:
    of = network()
    of.loss = lambda outputs, y: np.asarray(outputs).sum()
    found = named(remedies_of_outputs(subject(of), facts(summed=True, doubled="softmax")))
    assert list(found) == ["the second softmax out", "mean in place of the sum"]
    made = trial_of(of)
    found["mean in place of the sum"].apply(made)
    assert of.loss(np.array([2.0, 4.0]), [0, 0]) == 3.0
    found["the second softmax out"].apply(made)
    assert made.link == "probabilities"
    assert of.loss(np.array([np.e, 1.0]), [0, 0]) == pytest.approx(0.5)
    of.loss = lambda outputs, y: float(outputs[0])
    named(remedies_of_outputs(subject(of), facts(doubled="sigmoid")))["the second softmax out"].apply(made)
    assert of.loss(np.array([0.8]), [0]) == pytest.approx(np.log(4.0))


@pytest.mark.parametrize(
    ("kind", "outside", "tried"), [("numbers", 0.01, True), ("numbers", 0.0, False), ("classes", 0.5, False)]
)
def test_a_last_activation_is_left_out_that_keeps_answers_from_the_targets(
    kind: str, outside: float, tried: bool
) -> None:
    altered = []
    of = network()
    of.alter = lambda path, change: altered.append((path, change(3.0, None)))
    known = facts(last_activation="4", last_kind="Sigmoid", out_of_range=outside)
    found = named(remedies_of_outputs(subject(of, judge=SimpleNamespace(kind=kind)), known))
    assert ("the last activation out" in found) is tried
    if tried:
        found["the last activation out"].apply(trial_of(of))
        assert altered == [("4", 3.0)]


@pytest.mark.parametrize(
    ("kind", "doubled", "link"),
    [("classes", "", "logits"), ("classes", "softmax", "probabilities"), ("numbers", "", "numbers")],
)
def test_the_usual_loss_is_tried_where_another_one_is_taken(kind: str, doubled: str, link: str | None) -> None:
    of = network()
    of.natural_loss = lambda *_: max
    asked = subject(of, judge=SimpleNamespace(kind=kind))
    assert "the usual loss" not in named(remedies_of_outputs(asked, facts(doubled=doubled)))
    found = named(remedies_of_outputs(asked, facts(doubled=doubled, loss_differs=True)))
    made = trial_of(of)
    found["the usual loss"].apply(made)
    assert (of.loss, made.link) == (max, link)


def tried(error: float, lost: bool = False) -> Tried:
    made = trial_of(network())
    made.told = f"with {error:g}"
    made.points, made.lost = [Point(60, error, error, 5.0)], lost
    return Tried(Remedy(f"{error:g}", f"with {error:g}", "optimizer unfit", "", print), made)


def experiments(*changes: Tried, as_it_is: Tried | None = None, steps: int = 500) -> Experiments:
    made = Experiments(SimpleNamespace(steps=steps), facts(), 10.0, False, print)  # type: ignore[arg-type]
    made.tried = list(changes)
    if as_it_is is not None:
        made.as_it_is = as_it_is.trial
    return made


def test_two_fifths_of_the_changes_go_on_three_at_least_and_those_near_the_best() -> None:
    def going_on(*errors: float) -> list[float]:
        return [one.trial.score for one in experiments(*map(tried, errors), as_it_is=tried(1.0))._choose(1)]

    assert going_on(0.9, 0.5, 0.8, 0.7) == [0.5, 0.7, 0.8]
    assert going_on(*[0.1 + 0.08 * k for k in range(10)]) == pytest.approx([0.1 + 0.08 * k for k in range(4)])
    # A skill of .43 and more is near one of .5.
    assert going_on(0.5, 0.51, 0.52, 0.57, 0.58) == [0.5, 0.51, 0.52, 0.57]
    # Where the best is hardly any skill, none is near it.
    assert going_on(0.96, 0.96, 0.96, 0.96) == [0.96] * 3
    made = experiments(tried(0.5), tried(0.1, lost=True), as_it_is=tried(1.0))
    assert [one.trial.score for one in made._choose(0)] == [one.trial.score for one in made._choose(1)] == [0.5]
    assert experiments(tried(0.1, lost=True))._choose(1) == []


@pytest.mark.parametrize(
    ("name", "cause", "error", "scale", "goes_on"),
    [
        ("no schedule", "rate decays too fast", 0.85, 1.0, True),
        ("no schedule", "rate decays too fast", 0.95, 1.0, False),
        ("rate × 10", "learning rate too low", 0.85, 1.0, False),
        ("fresh weights", "weights too small", 1.5, 0.02, True),
        ("fresh weights", "weights too small", 1.5, 0.04, False),
        ("fresh weights", "saturation", 1.5, 1.0, True),
    ],
)
def test_what_the_user_has_set_and_what_is_seen_goes_on_as_well(name, cause, error, scale, goes_on) -> None:
    one = tried(error)
    one.remedy = replace(one.remedy, name=name, cause=cause)
    made = experiments(*map(tried, (0.1, 0.2, 0.3)), one, as_it_is=tried(1.0))
    made.facts.weight_scale = (scale, 1.0)
    made.subject.network = made.as_it_is.network = network()
    assert (one in made._choose(1)) == goes_on


@pytest.mark.parametrize(
    ("name", "trained", "goes_on"),
    [("padding cut off", 0.85, True), ("padding cut off", 0.95, False), ("rate × 10", 0.85, False)],
)
def test_what_learns_its_own_rows_goes_on_before_it_knows_others(name: str, trained: float, goes_on: bool) -> None:
    one = tried(1.1)
    one.remedy = replace(one.remedy, name=name)
    one.trial.points = [Point(60, trained, 1.1, 0.0)]
    made = experiments(*map(tried, (1.0, 1.0, 1.0)), one, as_it_is=tried(1.0))
    made.subject.network = made.as_it_is.network = network()
    assert (one in made._choose(1)) is goes_on


def test_changes_are_given_as_many_steps_as_the_run_took_or_was_to_take() -> None:
    run = tried(0.9)
    run.trial.losses = [1.0] * 120
    assert experiments(as_it_is=run).steps == 120
    run.trial.lost = True
    assert (experiments(as_it_is=run).steps, experiments(as_it_is=run, steps=9000).steps) == (500, 3000)
    run.trial.losses, run.trial.lost = [], False
    assert experiments(as_it_is=run).steps == 1


def test_the_answer_so_far_names_the_best_change_that_is_better() -> None:
    assert experiments().so_far() == ""
    assert experiments(as_it_is=tried(0.5)).so_far() == "error as it is 0.5"
    assert experiments(tried(0.5), as_it_is=tried(0.5)).so_far() == "error as it is 0.5"
    assert experiments(tried(0.7), tried(0.25), as_it_is=tried(0.5)).so_far() == "error as it is 0.5, with 0.25 0.25"
    assert experiments(tried(0.1, lost=True), as_it_is=tried(0.5)).so_far() == "error as it is 0.5"
    assert experiments(as_it_is=tried(0.5, lost=True)).so_far() == "error as it is lost"


@pytest.mark.parametrize("places", [(40,), (9, 12)])
def test_a_code_of_places_is_waves_of_a_given_size_that_tell_every_place_from_the_others(
    places: tuple[int, ...],
) -> None:
    code = code_of_places((*places, 64), 2.0, last=True)
    assert code.dtype == np.float32
    assert float(np.sqrt(np.mean(code**2))) == pytest.approx(2.0, rel=0.1)
    flat = code.reshape(-1, 64)
    apart = np.linalg.norm(flat[:, None] - flat, axis=-1) / np.linalg.norm(flat, axis=-1)
    np.fill_diagonal(apart, np.inf)
    assert apart.min() > 0.05
    # Neighbours are more alike than the ends are.
    assert apart[0, 1] < 0.3 * apart[0, -1]
    np.testing.assert_array_equal(code_of_places((64, *places), 2.0, last=False), np.moveaxis(code, -1, 0))


def of_layers(frozen: int = 0, **known: Any) -> dict[str, str]:
    """What is told of the changes of layers."""
    usual = {
        "linear_pairs": [],
        "unbiased": [],
        "squashing": [],
        "shares": [],
        "squashes": 0,
        "hidden": [],
        "weights_cause": "no usual weights",
    }
    weights = [SimpleNamespace(path=f"{k}.weight", trainable=k >= frozen) for k in range(6)]
    given = SimpleNamespace(**{**usual, **known})
    return {r.name: r.told for r in remedies_of_layers(subject(SimpleNamespace(parameters=lambda: weights)), given)}


@pytest.mark.parametrize(
    ("count", "biases", "trained"),
    [
        (3, "0, 1, 2", "0.weight, 1.weight, 2.weight"),
        (4, "0, 1, 2, 3", "0.weight, 1.weight, 2.weight and 1 more"),
        (5, "0, 1, 2, 3 and 1 more", "0.weight, 1.weight, 2.weight and 2 more"),
    ],
)
def test_layers_that_a_change_is_for_are_named_up_to_some(count: int, biases: str, trained: str) -> None:
    told = of_layers(frozen=count, unbiased=[str(k) for k in range(count)])
    assert told["biases"] == f"with a bias in {biases}"
    assert told["all trained"] == f"with {trained} trained too"


def test_the_first_of_several_pairs_of_linear_layers_is_named() -> None:
    assert of_layers(linear_pairs=[("0", "1"), ("3", "5")])["ReLU between"] == "with a ReLU between 0 and 1"


def smooth(*shape: int) -> np.ndarray:
    """Rows in which neighbours along every axis but that of the rows are alike."""
    waves = np.meshgrid(*(np.sin(0.4 * np.arange(n)) for n in shape[1:]), indexing="ij")
    return np.random.default_rng(0).normal(1.0, 0.2, (shape[0], *[1] * (len(shape) - 1))) * sum(waves)


@pytest.mark.parametrize(
    ("right", "is_read"),
    [
        ((6, 9, 9, 3), True),
        ((6, 9, 9, 4), True),
        ((6, 9, 9, 5), False),
        ((6, 5, 9, 4), True),
        ((6, 4, 9, 4), False),
        ((6, 9, 1, 3), False),
        ((6, 12, 5), True),
        ((6, 40, 30), True),
        ((6, 12), False),
    ],
)
def test_rows_are_read_otherwise_where_few_channels_stand_first_and_neighbours_are_more_alike_then(
    right: tuple[int, ...], is_read: bool
) -> None:
    rows = smooth(*right)
    # As they are after a reshape to (channels, …) where a transpose was meant.
    wrong = rows.reshape(right[0], right[-1], *right[1:-1])
    read = _read_otherwise(wrong)
    assert (read is not None) is is_read
    if read is not None:
        np.testing.assert_array_equal(read(wrong), np.moveaxis(rows, -1, 1))
        assert _read_otherwise(np.moveaxis(rows, -1, 1)) is None


def test_pictures_of_grey_are_read_otherwise_and_rough_rows_either_way() -> None:
    # Channels that are alike stand for neighbours along one axis, where they are read on as places.
    grey = np.random.default_rng(0).normal(size=(40, 9, 9, 1)) + 0.1 * np.random.default_rng(1).normal(
        size=(40, 9, 9, 3)
    )
    for k in range(2):
        grey[:, 1:] += grey[:, :-1].copy()
        grey = grey.transpose(0, 2, 1, 3) if k == 0 else grey
    right = np.ascontiguousarray(np.moveaxis(grey, -1, 1))
    assert _read_otherwise(grey.reshape(40, 3, 9, 9)) is not None
    assert _read_otherwise(right) is None
    # Where neighbours say nothing, a trial does.
    rough = np.random.default_rng(2).choice([-1.0, 1.0], (300, 8, 3))
    for rows in (rough, rough.reshape(300, 3, 8), np.ascontiguousarray(rough.transpose(0, 2, 1))):
        assert _read_otherwise(rows) is not None
