"""L-BFGS beside PyTorch's, and Newton's method."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optim
from autograd import OperandError, Tensor
from optim.second_order import strong_wolfe

FROZEN_FILE = Path(__file__).parent.parent / "frozen" / "lbfgs.json"
VARIANTS: dict[str, dict[str, Any]] = {
    "usual": {"lr": 0.2, "max_iter": 4},
    "short history": {"lr": 0.3, "max_iter": 3, "history_size": 2},
}
FROZEN = json.loads(FROZEN_FILE.read_text(encoding="utf-8")) if FROZEN_FILE.exists() else {}


def rosenbrock(x: Any, y: Any) -> Any:
    """With another number beside it, so that there are two parameters."""
    return (1 - x[0]) ** 2 + 5 * (x[1] - x[0] ** 2) ** 2 + (y - 0.5) ** 2 * (2 + x[1] ** 2)


@pytest.mark.parametrize("name", VARIANTS)
def test_the_path_of_lbfgs_is_pytorchs(name: str) -> None:
    x, y = Tensor([-1.2, 1.0], requires_grad=True), Tensor(0.1, requires_grad=True)
    optimizer = optim.LBFGS([x, y], **VARIANTS[name])

    def closure() -> Any:
        optimizer.zero_grad()
        loss = rosenbrock(x, y)
        loss.backward()
        return loss

    for expected in FROZEN[name]:
        optimizer.step(closure)
        np.testing.assert_allclose([*x.tolist(), y.item()], expected, rtol=1e-9, atol=1e-12)


def test_the_line_search_gets_to_the_minimum() -> None:
    x, y = Tensor([-1.2, 1.0], requires_grad=True), Tensor(0.1, requires_grad=True)
    optimizer = optim.LBFGS([x, y], line_search_fn="strong_wolfe", max_iter=60)

    def closure() -> Any:
        optimizer.zero_grad()
        loss = rosenbrock(x, y)
        loss.backward()
        return loss

    first = optimizer.step(closure)
    assert isinstance(first, Tensor)
    assert first.item() == pytest.approx(rosenbrock([-1.2, 1.0], 0.1))
    np.testing.assert_allclose([*x.tolist(), y.item()], [1.0, 1.0, 0.5], atol=1e-5)


def test_lbfgs_with_a_gradient_in_another_memory_order_than_its_parameter() -> None:
    goal = np.array([[1.0, 5.0, 2.0], [7.0, 0.0, 3.0]])
    scale = np.arange(1.0, 7.0).reshape(2, 3)
    x = Tensor(np.zeros((2, 3)), requires_grad=True)
    x.data = np.zeros((2, 3), order="F")
    optimizer = optim.LBFGS([x], line_search_fn="strong_wolfe", max_iter=50)

    def closure() -> Any:
        optimizer.zero_grad()
        loss = ((x - goal) ** 2 * scale).sum()
        loss.backward()
        assert x.grad is not None
        x.grad = np.ascontiguousarray(x.grad)
        return loss

    optimizer.step(closure)
    assert x.data.flags.f_contiguous
    np.testing.assert_allclose(x.data, goal, atol=1e-4)


def test_newton_solves_a_quadratic_in_one_step_and_converges_quadratically() -> None:
    rng = np.random.default_rng(0)
    a = rng.normal(size=(5, 5))
    h, b = a @ a.T + np.eye(5), rng.normal(size=5)
    x = Tensor(rng.normal(size=5), requires_grad=True)
    optim.Newton([x]).step(lambda x: 0.5 * x @ (h @ x) - b @ x)
    np.testing.assert_allclose(x.data, np.linalg.solve(h, b), rtol=1e-9)
    p, q = Tensor([1.2, 1.3], requires_grad=True), Tensor(0.4, requires_grad=True)
    newton = optim.Newton([p, q])
    for _ in range(6):
        newton.step(rosenbrock)
    np.testing.assert_allclose([*p.tolist(), q.item()], [1.0, 1.0, 0.5], atol=1e-9)


def test_newton_goes_down_where_the_curvature_is_negative() -> None:
    x = Tensor([0.1], requires_grad=True)
    optimizer = optim.Newton([x], lr=0.5)
    losses = [optimizer.step(lambda x: (x**4 - x**2).sum()) for _ in range(20)]
    assert losses == sorted(losses, reverse=True)
    assert abs(x.item()) == pytest.approx(0.5**0.5, abs=1e-4)


def test_errors() -> None:
    x = Tensor([1.0], requires_grad=True)
    for make, error, message in (
        (lambda: optim.LBFGS([]), ValueError, "empty"),
        (lambda: optim.LBFGS([{"params": [x]}]), OperandError, "without options of groups"),
        (lambda: optim.LBFGS([x], line_search_fn="armijo"), ValueError, "strong_wolfe"),
        (lambda: optim.LBFGS([x], lr=-1.0), ValueError, "not negative"),
        (lambda: optim.Newton([x], damping=-1.0), ValueError, "damping must be"),
        (
            lambda: optim.Newton([x, Tensor(np.ones(1, np.float32), requires_grad=True)]),
            OperandError,
            "one dtype",
        ),
    ):
        with pytest.raises(error, match=message):
            make()


@pytest.mark.parametrize("length", [1e-3, 0.1, 1.0, 10.0, 100.0])
@pytest.mark.parametrize("wave", [0.0, 0.5, 3.0])
def test_a_step_of_the_line_search_meets_the_strong_wolfe_conditions(length: float, wave: float) -> None:
    """Far enough down (c₁), and where it is flat enough (c₂), also on a slope with waves, from steps too short and too long."""

    def at(t: float) -> tuple[float, np.ndarray]:
        loss = 0.5 * (t - 2.0) ** 2 + 0.2 * np.sin(wave * t)
        return loss, np.array([t - 2.0 + 0.2 * wave * np.cos(wave * t)])

    start, g = at(0.0)
    t, loss, gradient, used = strong_wolfe(at, length, start, g, np.array([1.0]), c2=1e-3)
    assert (loss, gradient) == at(t)
    assert loss <= start + 1e-4 * t * g[0]
    assert abs(gradient[0]) <= 1e-3 * abs(g[0])
    assert used <= 16


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_lbfgs_goes_on_from_its_state(search: str | None) -> None:
    def closure_of(x: Tensor, optimizer: optim.LBFGS) -> Any:
        def closure() -> Any:
            optimizer.zero_grad()
            loss = (1.0 - x[0]) ** 2 + 100.0 * (x[1] - x[0] ** 2) ** 2
            loss.backward()
            return loss

        return closure

    x = Tensor(np.array([-1.2, 1.0]), requires_grad=True)
    one = optim.LBFGS([x], lr=0.1, max_iter=3, history_size=4, line_search_fn=search)
    # Before the first step there is nothing to remember.
    one.load_state_dict(one.state_dict())
    for _ in range(3):
        one.step(closure_of(x, one))
    y = Tensor(x.data.copy(), requires_grad=True)
    other = optim.LBFGS([y])
    other.load_state_dict(one.state_dict())
    assert (other.lr, other.max_iter, other.line_search_fn) == (0.1, 3, search)
    for _ in range(3):
        assert one.step(closure_of(x, one)) == other.step(closure_of(y, other))
    assert x.tolist() == y.tolist()
    state = one.state_dict()
    for wrong in (
        {},
        {**state, "param_groups": []},
        {**state, "state": {**state["state"], "prev_flat_grad": np.ones(3)}},
        {**state, "state": {**state["state"], "old_steps": []}},
        {**state, "param_groups": [{**state["param_groups"][0], "lr": -1.0}]},
        None,
    ):
        with pytest.raises(ValueError, match=r"load_state_dict|lr must"):
            other.load_state_dict(wrong)  # type: ignore[arg-type]
    assert other.lr == 0.1 and other.state_dict()["state"]["prev_loss"] == state["state"]["prev_loss"]
