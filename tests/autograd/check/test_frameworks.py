"""Functions, modules and `torch.autograd.Function`s of PyTorch, and functions of JAX, are checked as they are.

The frameworks come with the `bench` extra; without one its tests are skipped.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograd.check import GradientError, assert_gradients, check_gradients

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def torch() -> Any:
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    return torch


@pytest.fixture
def jax() -> Any:
    return pytest.importorskip("jax")


def cube(torch: Any, factor: float) -> Any:
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            (x,) = ctx.saved_tensors
            return g * factor * x**2

    return Cube


def test_a_backward_of_pytorch_that_is_wrong_is_named(torch: Any) -> None:
    x = torch.randn(3, dtype=torch.float64)
    assert check_gradients(cube(torch, 3.0), x)
    report = check_gradients(cube(torch, 2.0), x)
    assert report.verdict == "fail"
    assert "constant factor" in str(report)
    with pytest.raises(GradientError):
        assert_gradients(lambda x: cube(torch, 2.0).apply(x).sum(), x)


def test_a_module_that_takes_nothing_is_checked_by_its_parameters(torch: Any) -> None:
    class Norm(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.tensor([1.0, -2.0]))

        def forward(self) -> Any:
            return (self.weight**2).sum()

    report = check_gradients(Norm())
    assert report
    assert [c.claimed for c in report.coordinates] == [2.0, -4.0]


def test_functions_of_pytorch_in_every_form(torch: Any) -> None:
    x = torch.randn(4)
    assert check_gradients(lambda x, n: torch.softmax(x, 0) * n, x, 2), "float32 is computed with in float64"
    assert check_gradients(lambda p: p["w"] @ p["x"][0], {"w": torch.randn(2, 4), "x": [x]})
    assert check_gradients(lambda x, i: x[i] * 2.0, x, torch.tensor([0, 0, 3])), "an index is passed on"
    assert check_gradients(lambda x: (x.sum(), x.sin()), x), "several results"
    assert check_gradients(lambda x: torch.tanh(x) * x, x, order=3)
    assert check_gradients(torch.sgn, x), "a gradient that PyTorch only says to be zero"
    assert check_gradients(torch.nn.functional.mse_loss, x, torch.randn(4), kwargs={"reduction": "sum"})
    assert torch.equal(x, x.clone())
    assert x.grad is None


def test_complex_numbers_of_pytorch(torch: Any) -> None:
    z = torch.randn(3, dtype=torch.complex128)
    report = check_gradients(lambda z: torch.abs(torch.fft.fft(z)) ** 2, z)
    assert report
    assert {c.name.partition("[")[0] for c in report.coordinates} == {"z.real", "z.imag"}


@pytest.mark.integration
def test_modules_of_pytorch_with_their_parameters(torch: Any) -> None:
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2))
    before = {name: x.clone() for name, x in model.state_dict().items()}
    report = check_gradients(model, torch.randn(5, 3))
    assert report
    assert any("0.weight" in c.name for c in report.coordinates)
    assert all(torch.equal(x, before[name]) for name, x in model.state_dict().items())
    assert check_gradients(torch.nn.LSTM(3, 2, batch_first=True), torch.randn(2, 4, 3))
    random = check_gradients(torch.nn.Dropout(0.5), torch.randn(5, 3))
    assert "non-determinism" in str(random)


def test_what_gives_no_tensor_is_refused(torch: Any) -> None:
    with pytest.raises(TypeError, match="gave no tensor of PyTorch"):
        check_gradients(lambda x: float(x.sum()), torch.ones(2))


def test_what_is_measured_of_pytorch_and_what_it_claims(torch: Any) -> None:
    x, n = torch.tensor([1.0, -2.0, 0.5], requires_grad=True), torch.tensor([1, 2, 3])

    def found(function: Any, *given: Any, **how: Any) -> dict[str, tuple[float, float]]:
        report = check_gradients(function, *given, **how)
        return {c.name: (c.claimed, round(c.measured.value, 6)) for c in report.coordinates}

    cubes = {"x[0]": (3.0, 3.0), "x[1]": (12.0, 12.0), "x[2]": (0.75, 0.75)}
    assert found(lambda x: (x * x * x).sum(), x) == cubes
    assert found(lambda x, n, k: (x * x * x * k).sum() + n.sum(), x, n, 1) == cubes
    assert found(lambda x, k: (x**k).sum(), x, kwargs={"k": 3}) == cubes
    assert found(lambda x: (x * x * x).sum().reshape(1), x) == cubes, "one element is added up with a weight of 1"
    assert found(lambda x, y: (x * x * x).sum(), x, torch.ones(1)) == {**cubes, "y[0]": (0.0, 0.0)}, (
        "nothing depends on it"
    )
    assert found(lambda x: torch.ones(2, dtype=x.dtype).sum(), x) == dict.fromkeys(cubes, (0.0, 0.0))
    assert found(lambda x: (x * x * x).sum(), x[:1], order=2) == {"x[0]": (3.0, 3.0), "order 2, x[0]": (6.0, 6.0)}
    # Several elements have positive weights of their own.
    (first, _), (second, _), (third, _) = found(lambda x: x * x, x).values()
    weights = first / 2.0, second / -4.0, third / 1.0
    assert all(0.5 <= w <= 1.5 for w in weights)
    assert len(set(weights)) == 3
    complex_ = found(lambda z: (z * z).real.sum(), torch.tensor([1.0 + 2.0j]))
    assert complex_ == {"z.real[0]": (2.0, 2.0), "z.imag[0]": (-4.0, -4.0)}
    assert x.grad is None
    linear = torch.nn.Linear(2, 1)
    with torch.no_grad():
        linear.weight.copy_(torch.tensor([[0.5, -1.0]]))
        linear.bias.fill_(0.25)
    names = found(linear, torch.tensor([[2.0, 4.0]]))
    assert [v[0] for v in names.values()] == [0.5, -1.0, 2.0, 4.0, 1.0]
    assert [name.rpartition("]")[0][-14:] for name in names][2:4] == [
        name.rpartition("]")[0][-14:] for name in names if "weight" in name
    ]
    assert linear.weight.dtype == torch.float32


def test_functions_of_jax(jax: Any) -> None:
    jnp = jax.numpy

    @jax.custom_vjp
    def wrong(x: Any) -> Any:
        return jnp.sin(x) * x

    wrong.defvjp(lambda x: (wrong(x), x), lambda x, g: (g * jnp.cos(x),))
    x = np.array([0.3, 0.7])
    assert check_gradients(wrong, x).verdict == "fail"
    assert check_gradients(lambda x: jnp.tanh(x) ** 2, jnp.asarray(x), order=2)
    assert check_gradients(jax.jit(lambda p: jnp.sum(p["w"] @ jnp.ones(3)) * p["b"]), {"w": jnp.ones((2, 3)), "b": 2.0})
    assert check_gradients(lambda z: jnp.abs(jnp.fft.fft(z)) ** 2, jnp.asarray(x + 1j))
