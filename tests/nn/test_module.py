"""Modules: names, modes, state, scopes; initialisers; mini-batches."""

from __future__ import annotations

import copy
import math
import pickle
import sys
from collections.abc import Callable

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
        assert one.data.strides == other.data.strides, "weights are stored by columns, in a copy too"


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
    with pytest.raises(ImportError, match=r"stepgrad\[train\]"):
        nn.load_digits_split()
