"""Optimizers in PyTorch's words: closures, groups with keys of their own, states, maximize, its layout of states."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import nn
import optim
from autograd import Tensor, enable_grad, is_grad_enabled, no_grad
from optim.registry import OPTIMIZERS


def leaf(*values: float) -> Tensor:
    return Tensor(list(values), requires_grad=True)


def test_a_step_calls_its_closure_and_gives_its_loss() -> None:
    x = leaf(3.0)
    optimizer = optim.SGD([x], lr=0.5)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = (x * x).sum()
        loss.backward()
        assert is_grad_enabled()
        return loss

    with no_grad():
        assert optimizer.step(closure).item() == 9.0
    assert x.tolist() == [0.0]
    assert optimizer.step() is None
    with pytest.raises(TypeError, match="step takes a function that gives the loss, not 3"):
        optimizer.step(3)  # type: ignore[arg-type]


def test_gradients_become_zeros_where_asked() -> None:
    x = leaf(3.0)
    for optimizer in (optim.SGD([x]), optim.LBFGS([x])):
        x.grad = [2.0]
        optimizer.zero_grad(set_to_none=False)
        assert x.grad.tolist() == [0.0]
        optimizer.zero_grad()
        assert x.grad is None


UPWARDS = [name for name in OPTIMIZERS if name != "ftrl"]


@pytest.mark.parametrize("name", UPWARDS)
def test_maximize_goes_down_the_negative(name: str) -> None:
    up, down = Tensor(np.full((2, 2), 0.7), requires_grad=True), Tensor(np.full((2, 2), 0.7), requires_grad=True)
    climbing, falling = optim.get(name, [up], maximize=True), optim.get(name, [down])
    for t in range(5):
        up.grad, down.grad = np.cos(up.data + t), -np.cos(down.data + t)
        climbing.step()
        falling.step()
    np.testing.assert_allclose(up.data, down.data, rtol=1e-14)
    assert (up.data != 0.7).all()


def test_groups_keep_what_is_the_users_own() -> None:
    x, y = leaf(1.0), leaf(2.0)
    optimizer = optim.AdamW([{"params": [x], "name": "decay", "layer": 3}, {"params": [y], "lr": 0.5}])
    assert [group.get("name") for group in optimizer.param_groups] == ["decay", None]
    again = optim.AdamW([{"params": [x]}, {"params": [y]}])
    again.load_state_dict(optimizer.state_dict())
    assert again.param_groups[0]["layer"] == 3
    for key, message in (
        ("learning_rate", r"no option 'learning_rate'; did you mean 'lr'\?"),
        ("weight_dekay", r"did you mean 'weight_decay'\?"),
        ("momentum", "no option 'momentum'; it has"),
    ):
        with pytest.raises(ValueError, match=message):
            optimizer.add_param_group({"params": [leaf(3.0)], key: 0.1})


def test_a_rate_may_be_a_tensor_of_one_number() -> None:
    x = leaf(1.0)
    optimizer = optim.SGD([{"params": x, "lr": Tensor(0.25)}], lr=np.array([0.5]))
    assert optimizer.param_groups[0]["lr"] == 0.25
    assert optim.Adam([x], lr=Tensor([0.5])).param_groups[0]["lr"] == 0.5
    with pytest.raises(ValueError, match="lr must be a number"):
        optim.SGD([x], lr=np.ones(2))


def test_the_state_of_a_parameter_is_what_moves_it() -> None:
    x, y = leaf(1.0, 2.0), leaf(3.0)
    optimizer = optim.Adam([x, y], lr=0.1)
    assert optimizer.state[x] == {}
    x.grad = [1.0, 2.0]
    optimizer.step()
    assert optimizer.state[x]["step"] == 1
    np.testing.assert_allclose(optimizer.state[x]["exp_avg"], [0.1, 0.2])
    assert optimizer.state[y] == {}
    optimizer.state[x]["exp_avg"][...] = 0.0
    assert optimizer.state_dict()["state"][0]["exp_avg"].tolist() == [0.0, 0.0]


class Heavy(optim.Optimizer):
    """Momentum, written as PyTorch's users write optimizers."""

    def __init__(self, params: Any, lr: float) -> None:
        super().__init__(params, {"lr": lr})

    def step(self, closure: Any = None) -> Any:
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if len(state) == 0:
                    state["step"], state["velocity"] = 0, np.zeros(p.shape)
                state["step"] += 1
                state["velocity"] = 0.9 * state["velocity"] + p.grad
                p.data = p.data - group["lr"] * state["velocity"]
        return loss


def test_an_optimizer_of_ones_own_keeps_its_state() -> None:
    def run(p: Tensor, optimizer: Any, steps: range) -> None:
        for t in steps:
            p.grad = np.sin(p.data + t)
            optimizer.step()

    whole, part = leaf(1.0, -1.0), leaf(1.0, -1.0)
    run(whole, Heavy([whole], 0.1), range(8))
    first = Heavy([part], 0.1)
    run(part, first, range(4))
    assert first.state[part]["step"] == 4
    rest = leaf(*part.tolist())
    second = Heavy([rest], 0.5)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    assert second.param_groups[0]["lr"] == 0.1
    run(rest, second, range(4, 8))
    np.testing.assert_array_equal(rest.data, whole.data)


# What PyTorch 2 gives for two parameters of which the second was not moved yet.
TORCH_GROUP = {"foreach": None, "maximize": False, "capturable": False, "differentiable": False, "params": [0, 1]}
MOMENTS = {"step": np.array(3.0, np.float32), "exp_avg": np.ones(2), "exp_avg_sq": np.full(2, 2.0)}
ADAM = {"lr": 0.3, "betas": (0.9, 0.99), "eps": 1e-8, "weight_decay": 0.0, "amsgrad": False, "fused": None}
SAVED: dict[str, tuple[Any, dict[str, Any], dict[str, Any]]] = {
    "Adam": (optim.Adam, MOMENTS, {**ADAM, "decoupled_weight_decay": False}),
    "NAdam": (
        optim.NAdam,
        {**MOMENTS, "mu_product": np.array(0.25)},
        {"lr": 0.3, "betas": (0.9, 0.99), "eps": 1e-8, "weight_decay": 0.0, "momentum_decay": 4e-3},
    ),
    "SGD": (
        optim.SGD,
        {"momentum_buffer": np.ones(2)},
        {"lr": 0.3, "momentum": 0.9, "dampening": 0, "weight_decay": 0, "nesterov": False},
    ),
    "ASGD": (
        optim.ASGD,
        {"step": np.array(3.0), "eta": np.array(0.1), "mu": np.array(1.0), "ax": np.ones(2)},
        {"lr": 0.3, "lambd": 1e-4, "alpha": 0.75, "t0": 1e6, "weight_decay": 0},
    ),
}


@pytest.mark.parametrize("name", SAVED)
def test_pytorchs_layout_of_states_is_read(name: str) -> None:
    kind, entry, group = SAVED[name]
    x, y = leaf(1.0, 2.0), leaf(3.0)
    optimizer = kind([x, y], lr=0.1)
    optimizer.load_state_dict({"state": {0: entry}, "param_groups": [{**group, **TORCH_GROUP}]})
    first, second = optimizer.state_dict()["state"]
    assert first["step"] == (1 if name == "SGD" else 3)
    assert second["step"] == 0
    assert optimizer.param_groups[0]["lr"] == 0.3
    assert "foreach" not in optimizer.param_groups[0]
    if name == "NAdam":
        assert first["mu_total"].tolist() == [0.75, 0.75]
    x.grad = [1.0, 1.0]
    optimizer.step()
    assert np.isfinite(x.data).all()


def test_a_layout_that_does_not_fit_is_refused() -> None:
    optimizer = optim.Adam([leaf(1.0, 2.0)])
    group = {**ADAM, **TORCH_GROUP, "params": [0]}
    for state, message in (
        ({4: MOMENTS}, r"numbers of 1 parameters to mappings, got \[4\]"),
        ({0: {"exp_avg": np.ones(2)}}, r"parameter 0 has \['exp_avg'\]"),
        ({0: {**MOMENTS, "step": np.array(1.5)}}, "step must be a whole number"),
    ):
        with pytest.raises(ValueError, match=message):
            optimizer.load_state_dict({"state": state, "param_groups": [group]})


def test_muon_moves_matrices() -> None:
    layer = nn.Linear(3, 4, rng=0)
    with pytest.raises(ValueError, match=r"moves matrices, and 'bias' has shape \(4,\): give it to another optimizer"):
        optim.Muon(layer.parameters())
    optimizer = optim.Muon([layer.weight], lr=0.1, weight_decay=0.0)
    before = layer.weight.data.copy()
    layer.weight.grad = np.random.default_rng(0).normal(size=(4, 3))
    optimizer.step()
    lengths = np.linalg.svd((before - layer.weight.data) / (0.1 * (4 / 3) ** 0.5), compute_uv=False)
    assert ((0.5 < lengths) & (lengths < 1.3)).all(), "nearly orthogonal"
    with pytest.raises(ValueError, match="beta2_decay must be a number that is at most 0"):
        optim.Adafactor([layer.weight], beta2_decay=0.5)
    with pytest.raises(ValueError, match="adjust_lr_fn must be 'original'"):
        optim.Muon([layer.weight], adjust_lr_fn="none")


def stepped(kind: str) -> tuple[Tensor, optim.Optimizer]:
    x = Tensor(np.ones((2, 3)), requires_grad=True)
    optimizer: optim.Optimizer = getattr(optim, kind)([x])
    (x * x).sum().backward()
    optimizer.step()
    return x, optimizer


@pytest.mark.parametrize("kind", ["Adafactor", "Muon"])
def test_states_of_matrices_that_do_not_fit_change_nothing(kind: str) -> None:
    _, optimizer = stepped(kind)
    before = optimizer.state_dict()
    name = next(name for name in before["state"][0] if name != "step")
    for wrong in ({name: np.ones((7, 1))}, {name: "text"}, {"step": -1}, {"step": "x"}, {"other": np.ones(2)}):
        state = copy.deepcopy(before)
        state["state"][0] |= wrong
        state["param_groups"][0]["lr"] = 7.0
        with pytest.raises(ValueError, match="load_state_dict: parameter 0"):
            optimizer.load_state_dict(state)
    after = optimizer.state_dict()
    assert after["param_groups"] == before["param_groups"]
    assert all(np.array_equal(value, before["state"][0][key]) for key, value in after["state"][0].items())


@pytest.mark.parametrize("kind", ["Adafactor", "Muon"])
def test_states_of_matrices_go_on(kind: str) -> None:
    x, optimizer = stepped(kind)
    y = Tensor(x.data.copy(), requires_grad=True)
    other: optim.Optimizer = getattr(optim, kind)([y])
    # One that was not moved yet has no arrays.
    other.load_state_dict(other.state_dict())
    other.load_state_dict(optimizer.state_dict())
    for _ in range(3):
        for p, o in ((x, optimizer), (y, other)):
            o.zero_grad()
            (p * p).sum().backward()
            o.step()
    assert x.tolist() == y.tolist()


@pytest.mark.integration
@pytest.mark.parametrize("kind", ["Adafactor", "Muon"])
def test_lengths_of_large_matrices_do_not_overflow_in_half_precision(kind: str) -> None:
    start, slope = np.random.default_rng(0).normal(size=(2, 300, 400))
    moved = []
    for dtype in (np.float16, np.float64):
        x = Tensor(start.astype(dtype), requires_grad=True)
        optimizer: optim.Optimizer = getattr(optim, kind)([x], lr=0.1, weight_decay=0.0)
        x.grad = slope.astype(dtype)
        optimizer.step()
        moved.append(x.data.astype(float) - start)
    assert np.linalg.norm(moved[1]) > 1.0
    np.testing.assert_allclose(*moved, atol=5e-3)


class Foreign:
    """Another library's tensor: an array to those that ask."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.value, dtype)


@pytest.mark.parametrize("kind", ["Adam", "Adafactor"])
def test_states_of_another_librarys_tensors_load(kind: str) -> None:
    x, optimizer = stepped(kind)
    state = optimizer.state_dict()
    foreign = {
        "state": {0: {name: Foreign(np.float32(v) if name == "step" else v) for name, v in state["state"][0].items()}},
        "param_groups": state["param_groups"],
    }
    other: optim.Optimizer = getattr(optim, kind)([x])
    other.load_state_dict(foreign)
    assert other.state_dict()["state"][0]["step"] == 1
