"""Modules: names, modes, state, scopes; initialisers; mini-batches."""

from __future__ import annotations

import copy
import math
import pickle
import sys
from collections.abc import Callable
from itertools import islice

import numpy as np
import pytest

import nn
from autograd import InPlaceError, Tensor
from nn import init


def model() -> nn.Sequential:
    return nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Sequential(nn.Linear(4, 2, rng=1)))


def test_names_counts_and_repr() -> None:
    m = model()
    assert [name for name, _ in m.named_parameters()] == ["0.weight", "0.bias", "2.0.weight", "2.0.bias"]
    assert sum(p.size for p in m.parameters()) == 3 * 4 + 4 + 4 * 2 + 2
    assert [path for path, _ in m.named_modules()] == ["", "0", "1", "2", "2.0"]
    assert repr(m).splitlines()[1] == "  (0): Linear(in_features=3, out_features=4, bias=True)"


def test_train_and_eval_reach_every_module() -> None:
    m = model().eval()
    assert not any(module.training for module in m.modules())
    assert all(module.training for module in m.train().modules())


def test_a_shared_parameter_counts_once() -> None:
    m = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    m[1].weight = m[0].weight
    assert len(list(m.parameters())) == 3


def tied() -> nn.Sequential:
    """A module that is there twice, one that shares a weight, and a shared running average."""
    first, norm = nn.Linear(2, 2, rng=0), nn.BatchNorm1d(2)
    last = nn.Linear(2, 2, rng=1)
    last.weight = first.weight
    return nn.Sequential(first, norm, nn.Sequential(first, norm), last)


# The keys of PyTorch's state_dict of the same modules.
TIED = [
    "0.weight", "0.bias", "1.weight", "1.bias", "2.0.weight", "2.0.bias", "2.1.weight", "2.1.bias", "3.weight", "3.bias",
]  # fmt: skip
AVERAGES = [
    f"{path}.{name}" for path in ("1", "2.1") for name in ("running_mean", "running_var", "num_batches_tracked")
]


def test_what_is_shared_counts_once_and_is_kept_under_each_of_its_names() -> None:
    m = tied()
    assert [name for name, _ in m.named_parameters()] == ["0.weight", "0.bias", "1.weight", "1.bias", "3.bias"]
    assert [name for name, _ in m.named_buffers()] == AVERAGES[:3]
    assert [name for name, _ in m.named_modules()] == ["", "0", "1", "2", "3"]
    state = m.state_dict()
    assert list(state) == [*TIED[:4], *AVERAGES[:3], *TIED[4:8], *AVERAGES[3:], *TIED[8:]]
    other = tied()
    other.load_state_dict({name: array + 1 for name, array in state.items()})
    np.testing.assert_array_equal(other[3].weight.data, state["0.weight"] + 1)
    assert other[3].weight is other[0].weight is other[2][0].weight
    once = {name: array + 2 for name, array in state.items() if name not in ("0.weight", "2.0.weight", "1.running_var")}
    other.load_state_dict(once)
    np.testing.assert_array_equal(other[0].weight.data, state["0.weight"] + 2)
    np.testing.assert_array_equal(other[1].running_var, state["1.running_var"] + 2)


def test_a_state_in_which_what_is_shared_differs_is_refused() -> None:
    m = tied()
    state = {**m.state_dict(), "3.weight": np.zeros((2, 2))}
    before = m.state_dict()
    with pytest.raises(ValueError, match=r"'0\.weight' and '3\.weight' differ, and are one here"):
        m.load_state_dict(state)
    assert all(np.array_equal(array, before[name]) for name, array in m.state_dict().items())
    with pytest.raises(ValueError, match=r"missing '0.weight'$"):
        m.load_state_dict({name: v for name, v in state.items() if not name.endswith(("0.weight", "3.weight"))})


def test_children_are_each_there_once() -> None:
    shared = nn.Tanh()
    m = nn.Sequential(nn.Linear(2, 2), shared, nn.Linear(2, 2), shared)
    assert [name for name, _ in m.named_children()] == ["0", "1", "2"]
    assert list(m.children()) == [m[0], shared, m[2]]
    assert len(m) == len(list(m)) == 4, "as a sequence it has four parts"
    assert len(list(nn.ModuleList([shared, shared]).children())) == 1


def test_apply_goes_in_order_from_the_inside() -> None:
    shared = nn.Tanh()
    m = nn.Sequential(nn.Sequential(nn.Linear(2, 2), shared), nn.ReLU(), nn.Sequential(shared, nn.GELU()))
    seen: list[nn.Module] = []
    assert m.apply(seen.append) is m
    assert seen == [m[0][0], shared, m[0], m[1], m[2][1], m[2], m]


def test_a_module_that_knows_the_one_it_is_in_has_an_end() -> None:
    class Child(nn.Module):
        def __init__(self, above: nn.Module) -> None:
            super().__init__()
            self.above, self.own = above, nn.Linear(1, 1)

    m = nn.Sequential(nn.Linear(1, 1))
    m.child = Child(m)
    assert list(m.state_dict()) == ["0.weight", "0.bias", "child.own.weight", "child.own.bias"]
    m.load_state_dict(m.state_dict())
    seen: list[str] = []
    m.apply(lambda module: seen.append(type(module).__name__))
    assert seen == ["Linear", "Linear", "Child", "Sequential"]


def test_modules_in_modules_to_any_depth() -> None:
    m: nn.Module = nn.Tanh()
    for _ in range(3000):
        m = nn.Sequential(m)
    count = [0]
    m.train(False).apply(lambda module: count.__setitem__(0, count[0] + 1))
    assert count == [3001]
    assert m.state_dict() == {}


def test_a_buffer_that_is_not_there_yet_is_no_part_of_the_state() -> None:
    class Running(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("mean", None)

        def forward(self, x: Tensor) -> Tensor:
            if self.mean is None:
                self.mean = x.data.mean()
            return x - self.mean

    m = Running()
    assert (m.mean, m.state_dict(), list(m.named_buffers())) == (None, {}, [])
    m.load_state_dict({})
    with pytest.raises(ValueError, match="unexpected 'mean'"):
        m.load_state_dict({"mean": np.ones(())})
    m.double()
    m(Tensor([1.0, 3.0]))
    assert m.state_dict() == {"mean": 2.0}
    m.mean = None
    assert m.state_dict() == {}
    for given in ("text", [None, 1], {"a": 1}):
        with pytest.raises(TypeError, match="the buffer 'mean' is an array of numbers or None"):
            m.mean = given
        with pytest.raises(TypeError, match="Running: the buffer 'other' is an array of numbers or None"):
            m.register_buffer("other", given)
    assert not hasattr(m, "other")


def test_a_count_takes_no_fractions() -> None:
    m = nn.BatchNorm1d(2)
    m(np.ones((3, 2), np.float32))
    state = m.state_dict()
    with pytest.raises(ValueError, match="'num_batches_tracked' has dtype float64, expected int64"):
        m.load_state_dict({**state, "num_batches_tracked": np.array(1.5)})
    m.load_state_dict({**state, "num_batches_tracked": np.array(7, np.int32), "weight": np.array([1, 2])})
    assert (m.num_batches_tracked, m.weight.data.tolist()) == (7, [1.0, 2.0])


def test_modes_are_true_or_false() -> None:
    m = model()
    with pytest.raises(
        ValueError, match=r"train: mode must be True or False, got 'eval'; for evaluation mode call eval\(\)"
    ):
        m.train("eval")  # type: ignore[arg-type]
    for wrong in (None, 2, 0.0, [], "False"):
        with pytest.raises(ValueError, match="mode must be True or False"):
            m.train(wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="requires_grad is True or False, not 'no'"):
        m.requires_grad_("no")  # type: ignore[arg-type]
    assert all(module.training for module in m.modules())
    assert all(p.requires_grad for p in m.parameters())
    assert not m.train(np.bool_(False)).training


def test_state_dict_round_trip_and_errors_that_change_nothing() -> None:
    m, other = model(), model()
    state = {name: array + 1 for name, array in m.state_dict().items()}
    other.load_state_dict(state)
    for name, p in other.named_parameters():
        np.testing.assert_array_equal(p.data, state[name])
    before = m.state_dict()
    wrong = {**state, "0.weight": np.ones((9, 9)), "extra": np.ones(1)}
    del wrong["2.0.bias"]
    with pytest.raises(
        ValueError, match=r"missing '2.0.bias'.*unexpected 'extra'.*'0.weight' has shape \(9, 9\), expected \(4, 3\)"
    ):
        m.load_state_dict(wrong)
    for name, p in m.named_parameters():
        np.testing.assert_array_equal(p.data, before[name])
    for array in (np.array(["a", "b"]), np.array([1j, 2j])):
        with pytest.raises(ValueError, match=r"'2.0.bias' has dtype .*, expected float32"):
            m.load_state_dict({**state, "2.0.bias": array})
    for name, p in m.named_parameters():
        np.testing.assert_array_equal(p.data, before[name])
    m.load_state_dict({"0.bias": np.full(4, 3.0)}, strict=False)
    np.testing.assert_array_equal(m[0].bias.data, np.full(4, 3.0))
    m.load_state_dict(dict(other.named_parameters()))
    np.testing.assert_array_equal(m[0].bias.data, state["0.bias"])


def test_loading_between_forward_and_backward_is_caught() -> None:
    m = model()
    out = m(np.ones((1, 3), np.float32)).sum()
    m.load_state_dict(m.state_dict())
    with pytest.raises(InPlaceError):
        out.backward()


def test_initialising_between_forward_and_backward_is_caught() -> None:
    m = model()
    out = m(np.ones((1, 3), np.float32)).sum()
    init.xavier_uniform_(m[2][0].weight)
    with pytest.raises(InPlaceError):
        out.backward()


def test_nodes_know_the_module_that_recorded_them() -> None:
    out = model()(np.ones((1, 3), np.float32))
    assert out.scope == "2.0"
    assert out.parents[0].scope == "1"
    assert out.parents[0].parents[0].scope == "0"
    assert (out * 2).scope is None


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_the_modules_of_a_copy_know_their_names(copied: Callable[[nn.Module], nn.Module]) -> None:
    first = model()
    second = copied(first)
    out = second(np.ones((1, 3), np.float32))
    assert (out.scope, out.parents[0].scope) == ("2.0", "1")
    np.testing.assert_array_equal(out.data, first(np.ones((1, 3), np.float32)).data)
    assert not {id(p) for p in first.parameters()} & {id(p) for p in second.parameters()}
    for one, other in zip(first.parameters(), second.parameters(), strict=True):
        assert one.data.strides == other.data.strides, "a copy lies in memory as the original does"


def test_a_registered_name_is_replaced_by_its_kind_or_removed() -> None:
    layer = nn.Linear(3, 2)
    with pytest.raises(TypeError, match=r"Linear\.weight is a Parameter and cannot become ndarray"):
        layer.weight = np.ones((2, 3))
    layer.bias = None
    assert [name for name, _ in layer.named_parameters()] == ["weight"]
    assert layer(np.ones((1, 3), np.float32)).shape == (1, 2)
    m = nn.Sequential(nn.Tanh())
    with pytest.raises(TypeError, match=r"Sequential\.0 is a Module and cannot become builtin_function"):
        setattr(m, "0", sum)
    setattr(m, "0", nn.ReLU())
    assert repr(m[0]) == "ReLU()"
    layer = nn.Linear(3, 2)
    layer.weight = nn.Parameter(np.zeros((2, 3)))
    assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"], "it keeps its place"


def test_a_module_that_is_there_twice_keeps_a_name_when_one_is_taken_away() -> None:
    layer = nn.Linear(2, 2)
    m = nn.Sequential(layer, nn.Tanh(), layer)
    delattr(m, "0")
    assert m(np.ones((1, 2), np.float32)).scope == "2"


def test_a_module_must_call_super_init() -> None:
    class Wrong(nn.Module):
        def __init__(self) -> None:
            self.weight = nn.Parameter([1.0])

    with pytest.raises(AttributeError, match="super"):
        Wrong()


def test_a_linear_layer_starts_as_pytorchs() -> None:
    layer = nn.Linear(25, 400, rng=0)
    for p in layer.parameters():
        assert 0.19 < np.abs(p.data).max() <= np.float32(0.2)
        assert p.dtype == np.float32


def test_seeds_decide_the_weights() -> None:
    np.testing.assert_array_equal(nn.Linear(3, 4, rng=7).weight.data, nn.Linear(3, 4, rng=7).weight.data)
    assert (nn.Linear(3, 4).weight.data != nn.Linear(3, 4).weight.data).any()


def test_initialisers_have_their_formulas_spread() -> None:
    weight = Tensor(np.empty((400, 600)), requires_grad=True)
    bounds = {
        init.xavier_uniform_: math.sqrt(6 / 1000),
        init.kaiming_uniform_: math.sqrt(6 / 600),
    }
    for fill, bound in bounds.items():
        values = fill(weight, rng=0).data
        assert np.abs(values).max() <= bound
        assert np.abs(values).max() > 0.999 * bound
        assert values.std() == pytest.approx(bound / math.sqrt(3), rel=0.01)
    assert init.xavier_normal_(weight, rng=0).data.std() == pytest.approx(math.sqrt(2 / 1000), rel=0.01)
    assert init.kaiming_normal_(weight, rng=0).data.std() == pytest.approx(math.sqrt(2 / 600), rel=0.01)
    leaky = init.kaiming_normal_(weight, a=0.5, mode="fan_out", rng=0).data.std()
    assert leaky == pytest.approx(math.sqrt(2 / (1 + 0.25) / 400), rel=0.01)
    assert init.normal_(weight, 2.0, 0.1, rng=0).data.mean() == pytest.approx(2.0, abs=0.001)
    assert (init.constant_(weight, 3.0).data == 3.0).all()
    assert (init.zeros_(weight).data == 0.0).all()
    with pytest.raises(ValueError, match="two axes"):
        init.xavier_uniform_(Tensor(np.empty(3)))
    with pytest.raises(TypeError, match="not ndarray"):
        init.zeros_(np.empty(3))


@pytest.mark.parametrize(
    ("a", "b"), [(6.0, 9.0), (7.9, 20.0), (-math.inf, -5.0), (-1e-6, 2e-6), (2.5, 2.6), (-1.0, 3.0)]
)
def test_a_truncated_normal_ends_wherever_its_bounds_are(a: float, b: float) -> None:
    stats = pytest.importorskip("scipy.stats")
    values = init.trunc_normal_(
        Tensor(np.empty((40, 50)), requires_grad=True), 3.0, 2.0, 3 + 2 * a, 3 + 2 * b, rng=1
    ).data
    assert stats.kstest((values.ravel() - 3.0) / 2.0, stats.truncnorm(a, b).cdf).pvalue > 0.05
    assert 3 + 2 * a <= values.min() < values.max() <= 3 + 2 * b


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_a_truncated_normal_is_refused_from_eight_deviations_on(side: float) -> None:
    weight = Tensor(np.empty(3), requires_grad=True)
    near, far = side * math.nextafter(16.0, 0.0), side * 16.0
    low, high = sorted((near, 2 * far))
    assert (abs(init.trunc_normal_(weight, 0.0, 2.0, low, high, rng=0).data) >= 15.9).all()
    low, high = sorted((far, 2 * far))
    with pytest.raises(ValueError, match="nearly nothing of N"):
        init.trunc_normal_(weight, 0.0, 2.0, low, high)


@pytest.mark.parametrize("std", [-2.0, math.inf, math.nan])
def test_a_truncated_normal_has_a_width(std: float) -> None:
    with pytest.raises(ValueError, match=f"std must be finite and not negative, got {std}"):
        init.trunc_normal_(Tensor(np.empty(3), requires_grad=True), 0.0, std)


def test_gains_kernels_that_hand_on_and_sparse_weights() -> None:
    gain = nn.init.calculate_gain
    assert {gain(f"conv{kind}{space}d") for kind in ("", "_transpose") for space in (1, 2, 3)} == {1.0}
    # By PyTorch.
    found = [gain("conv2d"), gain("tanh"), gain("leaky_relu"), gain("leaky_relu", 2), gain("selu")]
    assert found == pytest.approx([1.0, 5.0 / 3.0, 1.4141428569978354, 0.6324555320336759, 0.75])
    for wrong in (("gelu",), ("leaky_relu", "a"), ("leaky_relu", True)):
        with pytest.raises(ValueError, match="calculate_gain"):
            gain(*wrong)
    kernel = nn.init.dirac_(nn.Parameter(np.ones((4, 2, 3, 2))), groups=2)
    assert np.argwhere(kernel.data).tolist() == [[0, 0, 1, 1], [1, 1, 1, 1], [2, 0, 1, 1], [3, 1, 1, 1]]
    image = np.random.default_rng(0).normal(size=(1, 2, 5, 5))
    handed = nn.functional.conv2d(image, kernel.data[:2, :, :, :1], padding=(1, 0))
    np.testing.assert_array_equal(handed, np.zeros_like(image))
    np.testing.assert_array_equal(nn.functional.conv2d(image, kernel.data[:2, :, :, 1:], padding=(1, 0)), image)
    weight = nn.init.sparse_(nn.Parameter(np.ones((20, 7))), 0.25, std=2.0, rng=0)
    assert ((weight.data == 0.0).sum(axis=0) == 5).all() and 1.5 < weight.data[weight.data != 0.0].std() < 2.5
    for make in (
        lambda: nn.init.dirac_(nn.Parameter(np.ones((2, 2)))),
        lambda: nn.init.dirac_(nn.Parameter(np.ones((3, 2, 1))), 2),
        lambda: nn.init.sparse_(nn.Parameter(np.ones(3)), 0.5),
        lambda: nn.init.sparse_(nn.Parameter(np.ones((3, 3))), 1.5),
    ):
        with pytest.raises(ValueError, match=r"dirac_|sparse_"):
            make()


def test_batches_cover_everything_once_in_a_seeded_order() -> None:
    x = np.arange(10)
    loader = nn.DataLoader(x, x * 2, batch_size=4, shuffle=True, seed=0)
    batches = list(loader)
    assert [len(a) for a, _ in batches] == [4, 4, 2]
    assert len(loader) == 3
    assert sorted(np.concatenate([a for a, _ in batches]).tolist()) == x.tolist()
    assert all((b == 2 * a).all() for a, b in batches)
    again = list(nn.DataLoader(x, x * 2, batch_size=4, shuffle=True, seed=0))
    np.testing.assert_array_equal(batches[0][0], again[0][0])
    second = [a.tolist() for a, _ in loader]
    assert second != [a.tolist() for a, _ in batches]
    with pytest.raises(ValueError, match="same number"):
        nn.DataLoader(x, x[:3])


def test_without_scikit_learn_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match=r"pip install .*\[train\]"):
        nn.load_digits_split()


def test_a_module_that_holds_the_one_that_it_is_in_is_not_gone_through_again() -> None:
    inner = nn.ReLU()
    outer = nn.Sequential(inner, inner)
    inner.around = outer
    for alone, paths in ((True, ["", "0"]), (False, ["", "0", "1"])):
        assert [path for path, _ in islice(outer.named_modules(remove_duplicate=alone), 10)] == paths
