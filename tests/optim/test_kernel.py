"""The compiled loop and NumPy give the same bits from one formula."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optim
from autograd import Tensor
from optim import kernel as kernel_module
from optim.kernel import Kernel
from optim.registry import OPTIMIZERS
from tests.sweep import sweep


def rule(p: Any, g: Any, m: Any, v: Any, rate: Any) -> tuple[Any, ...]:
    m = 0.9 * m + g
    v = v + g * g
    return p - rate * m / (np.sqrt(v) + 1e-8), m, v


@pytest.mark.parametrize("dtype", [np.float64, np.float16])
def test_without_numba_numpy_does_it(dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = [np.random.default_rng(0).random(50).astype(dtype) for _ in range(4)]
    expected = rule(*arrays, dtype(0.1))
    monkeypatch.setattr(kernel_module, "has_numba", lambda: False)
    kernel = Kernel(rule)
    kernel(arrays[0], [arrays[1]], arrays[2:], 0.1)
    for array, wanted in zip([arrays[0], *arrays[2:]], expected, strict=True):
        np.testing.assert_array_equal(array, wanted)


@pytest.mark.parametrize("dtype", sweep([np.float32, np.float64], 2))
@pytest.mark.parametrize(
    ("name", "options"),
    [
        *((name, {}) for name in OPTIMIZERS),
        ("sgd", {"l1": 0.3}),
        ("adam", {"weight_decay": 0.1}),
        ("rmsprop", {"momentum": 0.9}),
        ("rmsprop", {"momentum": 0.9, "centered": True}),
        ("ftrl", {"l1": 0.1, "l2": 0.3}),
    ],
)
def test_a_run_does_not_depend_on_numba(
    dtype: Any, name: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("numba")

    def run() -> np.ndarray:
        parameter = Tensor(np.linspace(-2, 2, 1000, dtype=dtype), requires_grad=True)
        optimizer = optim.get(name, [parameter], lr=0.05, **options)
        for t in range(10):
            parameter.grad = np.sin(parameter.data * 3 + t)
            optimizer.step()
        return parameter.data.copy()

    compiled = run()
    monkeypatch.setattr(kernel_module, "has_numba", lambda: False)
    np.testing.assert_array_equal(compiled, run())


def test_a_rule_may_have_no_constants() -> None:
    pytest.importorskip("numba")
    values, state = np.array([3.0, 5.0]), np.array([1.0, 1.0])
    Kernel(lambda p, g, s: (p - g, s + g))(values, [np.array([1.0, 2.0])], [state])
    assert (values.tolist(), state.tolist()) == ([2.0, 3.0], [2.0, 3.0])


def test_machine_code_of_a_modules_rule_is_kept() -> None:
    pytest.importorskip("numba")
    from optim.adam import _adam

    x = np.ones(3)
    _adam(x, [x], [x.copy(), x.copy()], *[0.1] * 9)
    assert _adam._compile_loop(2).__module__.startswith("stepgrad_loops_")  # type: ignore[attr-defined]
