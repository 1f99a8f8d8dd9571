"""Loops that numba compiles: the elementary functions they call, and programs that they are the same for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor
from autograd.compiler import array_program, compile
from autograd.compiler.array_program import ArrayProgram
from tests.sweep import sweep

numba = pytest.importorskip("numba")
NATIVE = pytest.mark.parametrize("made_of", ["numba"], indirect=True)
RNG = np.random.default_rng(0)


def applied(name: str, x: np.ndarray) -> np.ndarray:
    """What a row computes in a loop."""
    from autograd.compiler import elementary
    from autograd.compiler.loops import template

    bits, scope = x.itemsize * 8, dict(vars(elementary))
    text = template(name).format("x[i]", bits=bits, type=f"f{bits}")
    exec(f"def loop(x, out):\n    for i in range(x.size):\n        out[i] = {text}", scope)
    out = np.empty_like(x)
    numba.njit(error_model="numpy")(scope["loop"])(x, out)
    return out


@pytest.mark.parametrize("dtype", sweep([np.float64, np.float32], 2))
@pytest.mark.parametrize(("name", "within"), sweep([("exp", 1.5), ("tanh", 1.5), ("erf", 2.5), ("erfc", 40.0)]))
def test_elementary_functions_are_within_a_few_units_in_the_last_place(name: str, within: float, dtype: Any) -> None:
    mpmath = pytest.importorskip("mpmath")
    # erfc is that of Cephes, as SciPy's: exp(-x²) makes much of the rounding of x².
    far = 6.0 if name.startswith("erf") else 700.0 if dtype is np.float64 else 87.0
    x = np.concatenate(
        [RNG.uniform(-far, far, 500), RNG.normal(size=1000), RNG.uniform(-1, 1, 1000), RNG.normal(size=200) * 1e-5]
    ).astype(dtype)
    exact = [getattr(mpmath, name)(mpmath.mpf(float(v))) for v in x]
    unit = np.spacing(np.abs(np.array([float(e) for e in exact])).astype(dtype))
    units = [abs(float((mpmath.mpf(float(f)) - e) / float(u))) for f, e, u in zip(applied(name, x), exact, unit)]
    assert max(units) < within


@pytest.mark.parametrize("dtype", sweep([np.float64, np.float32], 2))
def test_elementary_functions_at_the_ends(dtype: Any) -> None:
    x = np.array([np.inf, -np.inf, np.nan, 0.0, -0.0, 1e30, -1e30, 1e-30], dtype)
    np.testing.assert_array_equal(applied("exp", x), [np.inf, 0.0, np.nan, 1.0, 1.0, np.inf, 0.0, 1.0])
    np.testing.assert_array_equal(applied("tanh", x), np.tanh(x))
    np.testing.assert_array_equal(applied("sigmoid", x), [1.0, 0.0, np.nan, 0.5, 0.5, 1.0, 0.0, 0.5])
    tiny = np.array([-103.9 if dtype is np.float32 else -745.0], dtype)
    assert 0.0 < applied("exp", tiny)[0] < np.finfo(dtype).tiny, "a subnormal number"


def everything(x: Any, y: Any) -> Any:
    """All that loops can do, over several shapes."""
    row, column = x.sum(axis=0), np.max(x, axis=1, keepdims=True)
    mask = (x > y) | (x <= 0.1) & ~(y != 0.5)
    parts = [
        x + y, x - row, x * column, x / (np.abs(y) + 1.0), -x, np.square(x), 1.0 / (2.0 + y * y), np.sqrt(np.abs(x)),
        np.exp(-x * x), np.tanh(x), ag.sigmoid(y), np.log(1.0 + x * x), np.sin(x) * np.cos(y), np.log1p(y * y),
        ag.gelu(x), ag.softplus(y), ag.erf(x * y),
        np.maximum(x, y), np.minimum(x, column), np.where(mask, x, 0.3), ag.relu(x), ag.softmax(x), ag.log_softmax(y),
        (x >= column).astype(x.dtype) * y, np.where(np.isfinite(x), y, x), np.concatenate([x[:, :2], y[:, 2:]], axis=1),
    ]  # fmt: skip
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return (total * np.arange(x.size, dtype=np.float64).astype(x.dtype).reshape(x.shape)).mean()


@pytest.mark.integration
@NATIVE
@pytest.mark.parametrize("dtype", sweep([np.float64, np.float32], 2))
def test_all_that_loops_can_do(dtype: Any) -> None:
    x, y = RNG.normal(size=(2, 7, 5)).astype(dtype)
    f = ag.value_and_grad(everything, (0, 1))
    compiled = compile(f)
    value, gradients = compiled(x, y)
    expected, expected_gradients = f(x.astype(np.float64), y.astype(np.float64))
    tolerance = 1e-5 if dtype is np.float32 else 1e-12
    np.testing.assert_allclose(value, expected, rtol=tolerance)
    for mine, theirs in zip(gradients, expected_gradients, strict=True):
        assert mine.dtype == dtype
        np.testing.assert_allclose(mine, theirs, rtol=tolerance, atol=tolerance)
    assert "@loop" in compiled.native_source
    assert "@loop" not in compiled.source


@pytest.mark.integration
@NATIVE
def test_a_recurrent_network_is_made_of_few_loops() -> None:
    layer, twin = nn.LSTM(3, 4, rng=0), nn.LSTM(3, 4, rng=0)
    x = RNG.normal(size=(12, 2, 3)).astype(np.float32)

    def step(layer: nn.Module, x: Any) -> Any:
        layer.zero_grad()
        loss = layer(x)[0].sum()
        loss.backward()
        return loss

    compiled = compile(lambda x: step(layer, x))
    np.testing.assert_allclose(compiled(x), step(twin, Tensor(x)).data, rtol=1e-5)
    for mine, theirs in zip(layer.parameters(), twin.parameters(), strict=True):
        np.testing.assert_allclose(mine.grad, theirs.grad, rtol=2e-5, atol=1e-6)
    assert compiled.native_source.count("@loop") <= 8, "every time step calls the same ones"


@NATIVE
def test_what_numba_cannot_compile_is_run_by_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = compile(lambda x: np.tanh(x) * 2.0 + x)
    compiled.compile_for(np.ones(3))
    program = compiled._latest()
    assert isinstance(program, ArrayProgram)

    def broken(*_: Any) -> None:
        raise numba.core.errors.TypingError("not today")

    monkeypatch.setitem(program.running.scope, "loop1", broken)
    np.testing.assert_allclose(compiled(np.ones(3)), np.tanh(1.0) * 2.0 + np.ones(3))
    assert compiled.native_source == ""


@NATIVE
def test_without_numba_the_same_source_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(array_program, "has_numba", lambda: False)
    compiled = compile(lambda x: np.tanh(x) * 2.0)
    compiled(np.ones(3))
    assert compiled.native_source == ""
    assert "np.tanh(x, out=" in compiled.source


@NATIVE
@pytest.mark.parametrize("dtype", sweep([np.float64, np.float32], 2))
def test_where_they_differ_is_at_a_kink_that_rounding_decides(dtype: Any) -> None:
    x = RNG.normal(size=1000).astype(dtype)
    gradient = ag.grad(lambda x, at: ag.relu(np.tanh(x) - at).sum())
    at = np.tanh(x)
    # tanh is that of the loop now, so that some of these are a unit in the last place from 0, and not 0.
    found, expected = compile(gradient)(x, at), gradient(x, at)
    assert not expected.any()
    assert found.any()
    np.testing.assert_array_equal(compile(gradient, native=False)(x, at), expected)
    np.testing.assert_allclose(compile(gradient)(x, at + 1e-5), gradient(x, at + 1e-5), rtol=1e-5)
