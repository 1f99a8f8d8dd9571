"""Kinds that were missed once: what is seen of each, and that a healthy run that looks like it shows nothing of it."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest

import nn
import optim
from nn.command.doctor import doctor_target
from nn.health import diagnose
from nn.health.evidence.data import find_order
from nn.health.evidence.facts import Facts, look
from nn.health.evidence.loss import find_in_loss
from nn.health.evidence.structure import find_pairs_normalised
from nn.health.frameworks.adapt import adapt
from nn.health.loop.script import watch_script
from nn.health.loop.trained_rows import Rows
from nn.health.scores import Judge, make_judge
from nn.health.subject import Subject
from tests.nn.health.corpus import tuning_mended, tuning_strangers, tuning_strangers_loops
from tests.nn.health.corpus.case import Setup


def looked_at(setup: Setup) -> tuple[Subject, Facts]:
    options = setup.loss, setup.optimizer, setup.batch_size, setup.shuffle, (None, None)
    given = adapt(setup.model, (setup.x, setup.y), *options)
    subject = Subject(given.network, given.x, given.y, None, given.batch_size, given.shuffle, None, 100, 0)
    return subject, look(subject)


@pytest.mark.parametrize(
    ("sick", "well", "cause"),
    [
        ("pairs_normalised", "pairs_of_pictures_normalised", "normalisation of one row"),
        ("pairs_normalised", "pairs_normalised_one_by_one", "normalisation of one row"),
        ("class_by_class", "mixed_before", "rows not shuffled"),
        ("class_by_class", "class_by_class_but_shuffled", "rows not shuffled"),
        ("logarithms_over_the_batch", "logarithms_over_the_classes", "softmax over rows"),
        ("loss_over_the_batch", "loss_over_the_classes", "softmax over rows"),
    ],
)
def test_what_is_wrong_is_seen_and_what_looks_like_it_is_not(sick: str, well: str, cause: str) -> None:
    for name, wanted in ((sick, True), (well, False)):
        subject, facts = looked_at(getattr(tuning_mended, name)(0))
        seen = [*find_in_loss(subject, facts), *find_pairs_normalised(subject, facts), *find_order(subject)]
        assert (cause in {finding.cause for finding in seen}) == wanted, name


@pytest.mark.parametrize(
    ("size", "told"), [(1, "only zeros"), (2, "which of the two"), (3, "")], ids=["one", "two", "three"]
)
def test_batches_are_too_small_for_a_norm_up_to_two_rows(size: int, told: str) -> None:
    setup = tuning_mended.pairs_normalised(0)
    setup.batch_size = size
    found = list(find_pairs_normalised(*looked_at(setup)))
    assert [told in finding.sentence for finding in found] == [True] * bool(told)


def test_a_deep_network_of_usual_weights_makes_rows_alike_and_one_of_he_weights_does_not() -> None:
    setup = tuning_strangers.deep_and_plain(0)
    assert looked_at(setup)[1].collapsed
    for p in setup.model.parameters():
        if p.ndim > 1:
            nn.init.kaiming_normal_(p, rng=0)
    assert not looked_at(setup)[1].collapsed
    assert not looked_at(tuning_strangers.topics_by_sigmoids(0))[1].collapsed


def test_lbfgs_is_diagnosed_and_left_as_it_was() -> None:
    setup = tuning_mended.of_curvature(0, 30.0)
    before = [p.data.copy() for p in setup.model.parameters()]
    state = copy.deepcopy(setup.optimizer.state_dict())
    options = {"optimizer": setup.optimizer, "epochs": 10, "batch_size": 300, "quick": True}
    found = diagnose(setup.model, (setup.x, setup.y), setup.loss, **options)
    assert found.cause == "learning rate too high", str(found)
    assert all(np.array_equal(a, p.data) for a, p in zip(before, setup.model.parameters(), strict=True))
    np.testing.assert_equal(setup.optimizer.state_dict(), state)
    setup.optimizer = lambda parameters: optim.LBFGS(parameters, lr=0.25)
    network = looked_at(setup)[0].network.copy()
    network.optimizer.param_groups[0]["lr"] = 0.5
    losses = [network.step(setup.x, setup.y) for _ in range(3)]
    assert losses[2] < losses[0]
    assert network.optimizer._optimizer.lr == 0.5


def test_frozen_parameters_are_trained_in_a_copy_alone() -> None:
    setup = tuning_mended.narrow_and_frozen(0)
    network = looked_at(setup)[0].network.copy()
    network.thaw()
    before = [w.values.copy() for w in network.parameters()]
    network.step(setup.x, setup.y)
    assert all(
        (a != w.values).any() and w.trainable and w.held for a, w in zip(before, network.parameters(), strict=True)
    )
    assert [p.requires_grad for p in setup.model.parameters()] == [False] * 4 + [True] * 2


@pytest.mark.parametrize("columns", [1, 3, 60], ids=["one number", "three", "more than rows"])
def test_answers_go_with_targets_as_far_as_permuted_ones_do_not(columns: int) -> None:
    rng = np.random.default_rng(0)
    y = rng.normal(size=(40, columns))
    outputs = 0.3 * y + rng.normal(size=y.shape)
    judge = Judge("numbers", "numbers", y.mean(axis=0), lambda o, t: 0.0)
    centred = outputs - outputs.mean(axis=0)
    permuted = [float((centred * rng.permutation(y)).sum()) for _ in range(4000)]
    by_hand = (float((centred * y).sum()) - np.mean(permuted)) / np.std(permuted)
    assert judge.relation(outputs, y) == pytest.approx(by_hand, rel=0.08)
    assert abs(judge.relation(rng.normal(size=y.shape), y)) < 3.0


def test_rows_that_are_too_many_are_kept_from_all_parts_of_an_epoch() -> None:
    rows = Rows(most=10)
    inputs = np.arange(55.0)[:, None]
    for _ in range(2):
        for start in range(0, 55, 5):
            rows.add(inputs[start : start + 5], inputs[start : start + 5, 0])
    assert [float(row[0]) for row in rows.inputs] == [8.0 * k for k in range(7)]
    assert [float(target) for target in rows.targets] == [8.0 * k for k in range(7)]
    assert (rows.total, len(rows.times), rows.epochs, rows.every, sum(rows.otherwise)) == (110, 55, 2, 8, 0)


@pytest.mark.integration
def test_of_answers_beside_a_state_the_answers_are_tried(tmp_path: Path) -> None:
    case = next(case for case in tuning_strangers_loops.WELL if case.name == "state_detached")
    path = tmp_path / "train.py"
    path.write_text(case.make(0).script)
    seen = watch_script(path, steps=30, seconds=15.0)
    assert seen.is_whole
    assert (seen.inputs.shape[1:], seen.targets.shape[1:]) == ((10, 1), (1,))
    assert seen.apply(seen.model, seen.inputs[:7]).shape == (7, 1)
    seen.restore()


PHASES = """
import numpy as np
import nn
import optim

rng = np.random.default_rng(0)
x = rng.normal(size=(40, 3)).astype(np.float32)
y = x[:, :1] * x[:, 1:2]
model = nn.Linear(3, 1, rng=0)
for phase in range(12):
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for start in list(range(0, 40, 10)) * TIMES:
        optimizer.zero_grad()
        loss = ((model(x[start : start + 10]) - y[start : start + 10]) ** 2).mean()
        loss.backward()
        optimizer.step()
"""


@pytest.mark.parametrize(("times", "anew"), [(1, True), (3, False)], ids=["each epoch", "each third epoch"])
def test_an_optimizer_that_is_made_anew_each_epoch_is_seen(times: int, anew: bool, tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(PHASES.replace("TIMES", str(times)))
    causes = [finding.cause for finding in watch_script(path, steps=60, seconds=15.0).findings]
    assert ("optimizer made anew" in causes) == anew


def test_shares_that_a_softmax_meets_are_classes_and_numbers_that_add_up_to_one_are_not() -> None:
    rng = np.random.default_rng(0)
    y = 0.9 * np.eye(3)[rng.integers(0, 3, 40)] + 0.1 / 3
    outputs = rng.normal(size=y.shape)

    def entropy(o: np.ndarray, t: np.ndarray) -> float:
        return float((np.log(np.exp(o).sum(axis=1)) - (o * t).sum(axis=1)).mean())

    kinds = [make_judge(outputs, y, loss, loss) for loss in (entropy, lambda o, t: float(((o - t) ** 2).mean()))]
    assert [(judge.kind, judge.link) for judge in kinds] == [("classes", "logits"), ("numbers", "numbers")]
    np.testing.assert_allclose(kinds[0].constant, y.mean(axis=0))


def test_the_doctor_takes_lbfgs_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.py"
    path.write_text(
        "import numpy as np, nn, optim\ndata = np.ones((4, 2)), np.ones((4, 1))\nmodel = nn.Linear(2, 1)\n"
        "optimizer = optim.LBFGS(model.parameters(), lr=0.5)\n"
    )
    monkeypatch.setattr("nn.command.doctor.checklist", lambda *_, optimizer, **__: optimizer)
    assert doctor_target(f"{path}:model").lr == 0.5
