"""What one pass over some rows shows, worked out by hand for small networks."""

from __future__ import annotations

import itertools
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import nn
import optim
from nn.health.evidence import loss as of_loss
from nn.health.evidence.facts import Facts, _are_normalised, _look_at_rows, look, look_at_step
from nn.health.evidence.off import off_of_features
from nn.health.evidence.usual import WEIGHED, weighs
from nn.health.frameworks.own import OwnNetwork
from nn.health.place import Place
from nn.health.subject import Subject

X = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)


def subject(model: nn.Module, y: Any = None, loss: Any = None, x: np.ndarray = X) -> Subject:
    y = x[:, :1] if y is None else np.asarray(y)
    network = OwnNetwork(model, loss or nn.MSELoss(), optim.SGD(model.parameters(), lr=0.1))
    return Subject(network, x, y, None, 16, True, None, 20, 0)


def linear(n: int, m: int, seed: int = 0, **options: Any) -> nn.Linear:
    return nn.Linear(n, m, rng=seed, **options)


def test_linear_layers_with_nothing_but_linear_between_them_are_a_pair() -> None:
    layers = linear(3, 4), nn.Identity(), linear(4, 4), nn.ReLU(), linear(4, 1)
    facts = look(subject(nn.Sequential(*layers)))
    assert (facts.linear_pairs, facts.hidden) == ([("0", "2")], ["0", "2"])
    assert look(subject(nn.Sequential(linear(3, 4), nn.ReLU(), linear(4, 1)))).linear_pairs == []


def test_squashing_layers_are_those_inside_and_the_last_activation_is_apart() -> None:
    model = nn.Sequential(linear(3, 4), nn.Tanh(), linear(4, 4), nn.Sigmoid(), linear(4, 1), nn.Sigmoid())
    facts = look(subject(model))
    assert (facts.squashing, facts.squashing_kind) == (["1", "3"], "Sigmoid and Tanh")
    assert (facts.last_activation, facts.last_kind) == ("5", "Sigmoid")
    # Targets below 0 and above 1 are out of its reach.
    assert facts.out_of_range == pytest.approx(np.mean((X[:, 0] < 0) | (X[:, 0] > 1)))
    plain = look(subject(nn.Sequential(linear(3, 1))))
    assert (plain.last_activation, plain.last_kind, plain.out_of_range) == (None, "", 0.0)


def test_layers_without_a_bias_are_told_unless_a_normalisation_follows() -> None:
    model = nn.Sequential(linear(3, 4, bias=False), nn.BatchNorm1d(4), nn.ReLU(), linear(4, 1, bias=False))
    facts = look(subject(model))
    assert (facts.unbiased, facts.batch_norms) == (["3"], ["1"])
    model = nn.Sequential(linear(3, 4), nn.Dropout(0.2), nn.Dropout(0.0), linear(4, 1))
    assert list(look(subject(model)).dropouts) == ["1"]


class Shrinking(nn.Module):
    """Inputs over a number, before the first layer."""

    def __init__(self, by: float) -> None:
        super().__init__()
        self.by, self.layer = by, linear(3, 1)

    def forward(self, x: Any) -> Any:
        return self.layer(x / self.by)


@pytest.mark.parametrize(
    ("by", "size", "shrunk"),
    # The data are so small, or the network brings large ones to where they should be: it is not the network that is off.
    [(1.0, 1.0, 1.0), (250.0, 1.0, 250.0), (0.02, 1.0, 0.02), (5.0, 1.0, 1.0), (1.0, 0.001, 1.0), (250.0, 250.0, 1.0)],
)
def test_inputs_that_the_network_itself_brings_off_are_told(by: float, size: float, shrunk: float) -> None:
    facts = look(subject(Shrinking(by), X[:, :1], x=size * X))
    assert facts.shrunk == pytest.approx(shrunk, rel=1e-3)
    if shrunk != 1.0:
        assert facts.inputs_off == pytest.approx(max(by, 1 / by), rel=0.2)


def test_a_hidden_layer_whose_units_are_alike_is_named() -> None:
    first, second = linear(3, 4), linear(4, 1)
    first.weight.data[...] = 0.5
    assert look(subject(nn.Sequential(first, nn.Tanh(), second))).alike == "0"
    first.weight.data[0, 0] = 0.4
    assert look(subject(nn.Sequential(first, nn.Tanh(), second))).alike == ""
    assert look(subject(nn.Sequential(linear(3, 1), nn.Tanh(), linear(1, 1)))).alike == ""


@pytest.mark.parametrize(
    ("layers", "y", "loss", "doubled"),
    [
        ((linear(3, 2), nn.Softmax()), np.arange(40) % 2, nn.CrossEntropyLoss(), "softmax"),
        ((linear(3, 2),), np.arange(40) % 2, nn.CrossEntropyLoss(), ""),
        ((linear(3, 1), nn.Sigmoid()), (np.arange(40) % 2.0)[:, None], nn.BCEWithLogitsLoss(), "sigmoid"),
        ((linear(3, 1), nn.Sigmoid()), (np.arange(40) % 2.0)[:, None], nn.BCELoss(), ""),
        ((linear(3, 2), nn.Softmax()), np.eye(2)[np.arange(40) % 2], nn.BCEWithLogitsLoss(), "softmax"),
    ],
)
def test_probabilities_for_a_loss_of_scores_are_doubled(layers, y, loss, doubled: str) -> None:
    facts = look(subject(nn.Sequential(*layers), y, loss))
    assert facts.doubled == doubled
    found = [f.cause for f in of_loss.find_doubled(subject(nn.Sequential(*layers), y, loss), facts)]
    assert found == ["double softmax"] * bool(doubled)


@pytest.mark.parametrize(
    ("loss", "summed"),
    [(nn.MSELoss(), False), (nn.MSELoss(reduction="sum"), True), (lambda o, y: ((o - y) ** 2).sum(), True)],
)
def test_twice_the_rows_give_twice_a_loss_that_is_a_sum(loss, summed: bool) -> None:
    assert look(subject(linear(3, 1), loss=loss)).summed is summed


def test_the_rarest_class_is_compared_with_the_most_frequent() -> None:
    y = np.array([0] * 30 + [1] * 10)
    assert look(subject(linear(3, 2), y, nn.CrossEntropyLoss())).rarest == pytest.approx(1 / 3)
    labels = np.array([1.0] * 30 + [0.0] * 10)[:, None]
    assert look(subject(linear(3, 1), labels, nn.BCEWithLogitsLoss())).rarest == pytest.approx(1 / 3)
    assert look(subject(linear(3, 1))).rarest is None


def test_the_usual_loss_of_each_kind_of_target() -> None:
    classes, labels = np.arange(40) % 2, (np.arange(40) % 2.0)[:, None]
    for model, y, loss, name in (
        (linear(3, 2), classes, nn.CrossEntropyLoss(), "CrossEntropyLoss"),
        (linear(3, 1), labels, nn.BCEWithLogitsLoss(), "BCEWithLogitsLoss"),
        (linear(3, 1), None, nn.MSELoss(), "MSELoss"),
    ):
        facts = look(subject(model, y, loss))
        assert (facts.natural_name, facts.loss_differs) == (name, False)
    assert look(subject(linear(3, 1), loss=lambda o, y: ((o - y) ** 4).mean())).loss_differs
    assert look(subject(nn.Sequential(linear(3, 1), nn.Sigmoid()), labels, nn.BCELoss())).loss_differs


@pytest.mark.parametrize(
    ("mean", "std", "off"),
    [
        ([0.0, 0.0], [1.0, 1.0], 1.0),
        ([0.0, 0.0], [100.0, 100.0], 100.0),
        ([0.0, 0.0], [0.01, 0.01], 100.0),
        # How much larger the largest is than the usual one, and how far means lie off, count half.
        ([0.0, 0.0, 0.0], [0.1, 0.1, 1.0], 5.0),
        ([0.8, 0.8], [0.1, 0.1], 4.0),
        ([0.0, 0.0], [0.0, 0.0], 1.0),
        ([0.6, 0.0], [0.8, 1.0], 1.0),
        # What hardly varies beside its mean and the others counts where there is much of it, and a constant never does.
        ([0.6, 0.8], [0.8, 0.01], 40.0),
        ([0.6, 0.0, 0.0, 0.0, 0.8], [0.8, 1.0, 1.0, 1.0, 0.01], 1.0),
        ([0.6, 0.8], [0.8, 0.0], 1.0),
    ],
)
def test_how_far_features_are_from_a_usual_scale(mean, std, off: float) -> None:
    assert off_of_features(np.array(mean), np.array(std)) == pytest.approx(off)


@pytest.mark.parametrize(("y", "off"), [([3.0, 5.0], math.hypot(4.0, 1.0)), ([-0.1, 0.1], 10.0), ([0.0, 0.0], 1.0)])
def test_how_far_targets_are_from_a_usual_scale(y, off: float) -> None:
    facts = Facts(np.zeros((2, 1)), [])
    asked = SimpleNamespace(judge=SimpleNamespace(kind="numbers", link="numbers"), x=np.zeros((2, 3)), y=np.array(y))
    _look_at_rows(facts, asked)  # type: ignore[arg-type]
    assert facts.targets_off == pytest.approx(off)
    # Logarithms reach targets of any size.
    facts.targets_off = 1.0
    asked.judge.link = "logarithms"
    _look_at_rows(facts, asked)  # type: ignore[arg-type]
    assert facts.targets_off == 1.0


def layer(
    path: str = "1", alive: Any = None, saturated: float | None = None, std: float = 1.0, final: bool = False
) -> Any:
    return SimpleNamespace(path=path, alive=alive, saturated=saturated, std=std, final=final)


PATHS = itertools.count()


def weight(mean: float = 0.1, weight: float = 1.0, shape: tuple[int, int] = (4, 4), **others: Any) -> Any:
    usual = {
        "is_weight": True,
        "trainable": True,
        "missing": False,
        "twins": 0,
        "path": f"{next(PATHS)}.weight",
        "op": "matmul",
    }
    given = {**usual, **others}
    made, place = (
        SimpleNamespace(mean=mean, weight=weight * math.sqrt(shape[0]), shape=shape, **given),
        Place(op=given["op"]),
    )
    made.place, made.module = place, made.path.rpartition(".")[0]
    return made


# What gets large on its way.
GROWN = (layer("1", std=3.1),)


def measured(*weights: Any, layers: tuple[Any, ...] = ()) -> Any:
    return SimpleNamespace(parameters=dict(enumerate(weights)), layers={each.path: each for each in layers})


def looked(*weights: Any, layers: tuple[Any, ...] = (), squashing: tuple[str, ...] = ()) -> Facts:
    facts = Facts(np.zeros((2, 1)), [], squashing=list(squashing))
    look_at_step(facts, measured(*(weights or (weight(), weight())), layers=layers))
    return facts


def test_gradients_are_compared_from_the_first_weights_to_the_last() -> None:
    facts = looked(weight(0.02), weight(5.0), weight(0.1), weight(9.0, is_weight=False), weight(9.0, missing=True))
    assert facts.gradient_ratio == pytest.approx(0.2)
    assert looked(weight(0.02)).gradient_ratio == 1.0
    assert looked(weight(0.02), weight(0.0)).gradient_ratio == 1.0
    assert looked(weight(weight=0.5), weight(weight=2.0)).weight_scale == pytest.approx((0.5, 2.0))


def test_tables_and_places_are_no_factors_and_a_recurrent_layer_is_one() -> None:
    both = weight(weight=0.2, path="rnn.weight_ih_l0"), weight(weight=0.5, path="rnn.weight_hh_l0")
    assert looked(*both, weight()).weight_scale == pytest.approx((math.hypot(0.2, 0.5), 1.0))
    # Of two layers of it, and of the way back, each is one.
    second = weight(weight=0.3, path="rnn.weight_ih_l1"), weight(weight=0.4, path="rnn.weight_hh_l1_reverse")
    assert looked(*both, *second).weight_scale == pytest.approx((0.3, math.hypot(0.2, 0.5)))
    # What is added is none; of tables only how small they are counts.
    words = weight(7e-4, 9.0, path="words.weight")
    for other in (
        words,
        weight(7e-4, 9.0, op="add"),
        weight(7e-4, 9.0, op="getitem"),
        weight(7e-4, 9.0, shape=(1, 9, 4)),
    ):
        facts = Facts(np.zeros((2, 1)), [], tables=["words"])
        look_at_step(facts, measured(other, weight(0.5), weight(), layers=GROWN))
        assert (facts.weight_scale, facts.gradient_ratio) == (pytest.approx((1.0, 1.0)), pytest.approx(5.0))
    facts = Facts(np.zeros((2, 1)), [], tables=["words"])
    look_at_step(facts, measured(weight(weight=0.01, path="words.weight"), weight(), layers=GROWN))
    assert facts.weight_scale == pytest.approx((0.01, 1.0))


def test_dead_and_saturated_hidden_layers_are_the_worst_ones() -> None:
    alive = np.array([True, False, False, True])
    layers = (
        layer("1", alive=alive),
        layer("3", alive=alive[:3], std=7.0),
        layer("5", saturated=0.3, std=math.inf),
        layer("7", alive=~alive[:1], saturated=0.9, final=True),
    )
    facts = looked(layers=layers)
    assert (facts.dead, facts.dead_path, facts.saturated, facts.largest_std) == (pytest.approx(2 / 3), "3", 0.3, 7.0)
    assert (looked().dead, looked().saturated, looked().largest_std) == (0.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("given", "cause"),
    [
        ({}, "weights too small"),
        ({"weights": (weight(twins=4), weight())}, "identical units"),
        ({"layers": (layer(alive=np.arange(4) < 2),)}, "weights too small"),
        ({"layers": (layer(alive=np.arange(4) < 1),)}, "dead units"),
        # Where hardly anything comes in, biases alone make units dead; a last layer of zeros says nothing of those before.
        ({"weights": (weight(weight=0.02), weight()), "layers": (layer(alive=np.arange(4) < 1),)}, "weights too small"),
        ({"weights": (weight(), weight(weight=0.0)), "layers": (layer(alive=np.arange(4) < 1),)}, "dead units"),
        ({"layers": (layer(saturated=0.4),)}, "weights too small"),
        ({"layers": (layer(saturated=0.41),)}, "saturation"),
        ({"weights": (weight(weight=3.0), weight()), "layers": GROWN}, "weights too small"),
        ({"weights": (weight(weight=3.1), weight()), "layers": GROWN}, "exploding gradients"),
        # Large weights of which nothing gets large, such as those before a norm or of rows that are put in.
        ({"weights": (weight(weight=3.1), weight()), "layers": (layer("1", std=3.0),)}, "weights too small"),
        ({"weights": (weight(0.004), weight()), "squashing": ("1",)}, "vanishing gradients"),
        ({"weights": (weight(0.006), weight()), "squashing": ("1",)}, "weights too small"),
        ({"weights": (weight(0.004), weight())}, "weights too small"),
        ({"weights": (weight(0.004, 0.29), weight()), "squashing": ("1",)}, "weights too small"),
    ],
)
def test_what_new_weights_would_mend_is_called_by_what_is_seen(given: dict[str, Any], cause: str) -> None:
    given = dict(given)
    assert looked(*given.pop("weights", ()), **given).weights_cause == cause


@pytest.mark.parametrize(
    ("scale", "std", "gated", "cause"),
    [
        (3.1, 0.5, True, "saturation"),
        (2.9, 0.5, True, "weights too small"),
        (3.1, 0.5, False, "weights too small"),
        # What goes through the same weights again and again gets large, though each time by little.
        (1.6, 10.1, False, "exploding gradients"),
        (1.4, 10.1, False, "weights too small"),
        (1.6, 9.9, False, "weights too small"),
    ],
)
def test_large_weights_of_a_recurrent_layer_drown_its_gates_or_let_its_state_grow(
    scale: float, std: float, gated: bool, cause: str
) -> None:
    facts = Facts(np.zeros((2, 1)), [], gated=["rnn"] if gated else [])
    again = weight(weight=scale, path="rnn.weight_hh_l0")
    look_at_step(facts, measured(again, weight(), layers=(layer("rnn", std=std),)))
    assert facts.weights_cause == cause


def test_recurrent_layers_of_gates_are_known() -> None:
    class Heard(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.ear, self.head = nn.GRU(3, 4, batch_first=True, rng=0), linear(4, 1)

        def forward(self, x: Any) -> Any:
            return self.head(self.ear(x[:, None])[0][:, -1])

    assert look(subject(Heard())).gated == ["ear"]


def test_what_layers_would_mend_is_called_by_the_scale_of_the_weights() -> None:
    assert looked().layers_cause == "vanishing gradients"
    assert looked(weight(weight=3.1), weight(), layers=GROWN).layers_cause == "exploding gradients"
    assert looked(weight(weight=3.1), weight()).layers_cause == "vanishing gradients"
    assert looked(weight(weight=0.29), weight()).layers_cause == "weights too small"
    assert looked(weight(weight=0.31), weight()).layers_cause == "vanishing gradients"


def judged(kind: str, outputs: Any, last: str = "", loss: Any = None, y: Any = None) -> tuple[Any, Any]:
    """A subject and its facts, as far as the rules of outputs look at them."""
    facts = Facts(np.asarray(outputs, float), [], last_kind=last)
    network = SimpleNamespace(loss=loss or nn.MSELoss())
    return SimpleNamespace(judge=SimpleNamespace(kind=kind, link="numbers", arrange=None), network=network, y=y), facts


def test_a_softmax_of_one_unit_is_told_of_the_layer_or_of_the_loss() -> None:
    ones, pairs = np.ones((4, 1)), np.ones((4, 2))
    for outputs, last, loss, told in (
        (ones, "Softmax", nn.MSELoss(), "Softmax runs over a single unit"),
        (ones, "LogSoftmax", nn.MSELoss(), "LogSoftmax runs"),
        (ones, "", nn.CrossEntropyLoss(), "the softmax of the cross-entropy runs"),
        (pairs, "Softmax", nn.CrossEntropyLoss(), None),
        (ones, "", nn.MSELoss(), None),
        (np.ones(4), "Softmax", nn.CrossEntropyLoss(), None),
    ):
        found = list(of_loss.find_one_unit(*judged("classes", outputs, last, loss)))
        assert [f.sentence.startswith(told or "") for f in found] == [True] * (told is not None)


def chance_of(axis: int) -> Any:
    """An own loss of what a softmax makes of the scores."""

    def squares(scores: Any, targets: Any) -> Any:
        return ((nn.functional.softmax(scores, axis) - targets) ** 2).mean()

    return squares


@pytest.mark.parametrize(("units", "axis", "told"), [(1, 1, True), (1, -1, True), (2, 1, False), (1, 0, False)])
def test_a_softmax_of_one_unit_is_told_of_an_own_loss(units: int, axis: int, told: bool) -> None:
    x, y = (
        np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32),
        (np.arange(60) % 2).astype(np.float32)[:, None],
    )
    found = nn.health.diagnose(
        nn.Linear(3, units, rng=0), (x, np.repeat(y, units, axis=1)), chance_of(axis), quick=True
    )
    causes = [finding.cause for finding in found.findings]
    assert ("softmax over one unit" in causes) is told
    assert not (told and "loss ignores targets" in causes)


def test_shares_for_a_loss_of_their_logarithms() -> None:
    shares = np.array([[0.25, 0.75], [0.5, 0.5]])
    for outputs, loss, told in (
        (shares, nn.NLLLoss(), True),
        (np.log(shares), nn.NLLLoss(), False),
        (shares, nn.CrossEntropyLoss(), False),
        (shares + 0.1, nn.NLLLoss(), False),
        (shares[:, :1] * 0 + 1.0, nn.NLLLoss(), False),
        (np.full((2, 2), np.nan), nn.NLLLoss(), False),
    ):
        found = list(of_loss.find_probabilities_for_logarithms(*judged("classes", outputs, "Softmax", loss)))
        assert [f.cause for f in found] == ["loss unfit"] * told
    assert of_loss.are_log_probabilities(np.log(shares))
    assert not of_loss.are_log_probabilities(shares)


@pytest.mark.parametrize(("outside", "told"), [(5, False), (6, True)])
def test_targets_beyond_the_last_activation(outside: int, told: bool) -> None:
    y = np.array([-1.0] * outside + [0.5] * (100 - outside))
    found = list(of_loss.find_output_range(*judged("numbers", y, "Sigmoid", y=y)))
    assert [f.evidence for f in found] == [{"outside": outside / 100, "low": 0.0, "high": 1.0}] * told
    assert list(of_loss.find_output_range(*judged("numbers", y - 9.0, "Linear", y=y - 9.0))) == []
    assert list(of_loss.find_output_range(*judged("labels", y - 9.0, "Sigmoid", y=y - 9.0))) == []


@pytest.mark.parametrize(("several", "told"), [(1, False), (2, True)])
def test_a_softmax_for_rows_of_several_labels(several: int, told: bool) -> None:
    y = np.array([[1.0, 1.0]] * several + [[1.0, 0.0]] * (20 - several))
    found = list(of_loss.find_output_range(*judged("labels", y, "Softmax", y=y)))
    assert [f.evidence["several"] for f in found] == [several / 20] * told


def test_a_loss_that_does_not_look_at_the_targets() -> None:
    outputs, y = X[:, :1].copy(), X[:, 1:2].copy()
    ignoring = subject(linear(3, 1), y, lambda o, y: (o * o).mean())
    assert [f.cause for f in of_loss.find_ignored_targets(ignoring, outputs, y)] == ["loss ignores targets"]
    assert list(of_loss.find_ignored_targets(subject(linear(3, 1), y), outputs, y)) == []
    assert list(of_loss.find_ignored_targets(ignoring, outputs[:3], y[:3])) == []
    assert len(list(of_loss.find_ignored_targets(ignoring, outputs[:4], y[:4]))) == 1
    assert list(of_loss.find_ignored_targets(ignoring, outputs, np.ones_like(y))) == []


@pytest.mark.parametrize("loss", [nn.L1Loss(), nn.HuberLoss(), lambda o, y: (o - y).abs().mean()])
@pytest.mark.parametrize("far", [300.0, -40.0])
def test_absolute_errors_of_targets_far_away_heed_them(loss: Any, far: float) -> None:
    """All slopes are alike there, and are not among the targets."""
    outputs, y = X[:, :1].copy(), (X[:, 1:2] + far).astype(np.float32)
    assert list(of_loss.find_ignored_targets(subject(linear(3, 1), y, loss), outputs, y)) == []


def test_a_loss_of_the_targets_mean_ignores_them() -> None:
    outputs, y = X[:, :1].copy(), X[:, 1:2].copy() + 300.0
    asked = subject(linear(3, 1), y, lambda o, y: (o.mean() - y.mean()).abs())
    assert [f.cause for f in of_loss.find_ignored_targets(asked, outputs, y)] == ["loss ignores targets"]


def test_losses_are_followed_downhill() -> None:
    outputs, y = X[:, :1].copy(), X[:, 1:2].copy()

    def followed(loss: Any, bounds: Any = None) -> list[str]:
        asked = subject(linear(3, 1), y, loss)
        return [f.cause for f in of_loss.find_by_descent(asked, outputs, y, bounds)]

    assert followed(lambda o, y: -((o - y) ** 2).mean()) == ["loss maximised"]
    # The other way leads nowhere either: it is no loss whose sign is wrong.
    assert followed(lambda o, y: (y - o).mean()) == ["loss unbounded"]
    assert followed(lambda o, y: (o - y).sum()) == ["loss unbounded"]
    assert followed(lambda o, y: ((o - y) ** 2).mean()) == []
    assert followed(nn.MSELoss()) == []
    assert followed(lambda o, y: (o * 0.0).mean()) == []


ANGLES = np.linspace(0.1, 6.0, 12)
CIRCLE = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)


@pytest.mark.parametrize(
    ("rows", "are"),
    [
        (CIRCLE, True),
        (CIRCLE * (1.0 + 0.1 * ANGLES[:, None]), False),
        # Of two numbers that are centred, and then of length 1, the sign is left.
        (np.sign(ANGLES - 3.0)[:, None] * [[0.5**0.5, -(0.5**0.5)]], True),
        (np.tile([[0.5**0.5, -(0.5**0.5)]], (12, 1)), False),
        (np.eye(4)[np.arange(12) % 4], False),
        (CIRCLE[:7], False),
        (CIRCLE[:, :1], False),
    ],
    ids=["circle", "spiral", "centred", "all alike", "codes", "few rows", "one column"],
)
def test_rows_of_one_length_are_normalised_unless_they_are_codes_or_alike(rows: np.ndarray, are: bool) -> None:
    assert _are_normalised(rows) is are


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        (nn.CrossEntropyLoss(), False),
        (nn.CrossEntropyLoss(weight=np.full(3, 0.01)), False),
        (nn.CrossEntropyLoss(weight=np.array([0.01, 0.01 * WEIGHED])), False),
        (nn.CrossEntropyLoss(weight=np.array([0.01, 0.0101 * WEIGHED])), True),
        (nn.CrossEntropyLoss(weight=np.array([0.0, 0.0])), True),
        (nn.BCEWithLogitsLoss(pos_weight=WEIGHED), False),
        (nn.BCEWithLogitsLoss(pos_weight=1.01 * WEIGHED), True),
        (nn.BCEWithLogitsLoss(pos_weight=0.99 / WEIGHED), True),
    ],
)
def test_a_loss_weighs_where_one_class_counts_many_times_another(loss: Any, told: bool) -> None:
    assert weighs(loss) is told


def test_what_cannot_be_asked_is_not_so() -> None:
    """Of a model and a loss that take these rows alone, and a schedule that cannot be made."""

    class Usual(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = linear(3, 1)

        def forward(self, x: Any) -> Any:
            if np.abs(np.asarray(x)).max() > np.abs(X).max():
                raise ValueError("such rows do not occur")
            return self.layer(x)

    def loss(outputs: Any, targets: Any) -> Any:
        if len(outputs) > len(X):
            raise ValueError("there are no so many rows")
        return ((outputs - targets) ** 2).sum()

    asked = subject(Usual(), loss=loss)
    asked.scheduler = lambda optimizer: 1 / 0
    facts = look(asked)
    assert (facts.summed, facts.rising, facts.rows_alike, facts.orderless) == (False, False, False, "")
