"""What may change between two calls: programs are not run for what they were not made for, and go where functions go."""

from __future__ import annotations

import copy
import gc
import linecache
import pickle
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor
from autograd.compiler import CompileError, compile

X = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)


def same(compiled: Any, model: nn.Module) -> None:
    np.testing.assert_allclose(compiled(X), model(Tensor(X)).data, rtol=1e-5)


def test_parts_of_a_model_may_be_replaced() -> None:
    model = nn.Sequential(nn.Linear(3, 3, rng=0), nn.BatchNorm1d(3)).eval()
    compiled = compile(lambda x: model(x))
    same(compiled, model)
    model[0].weight = nn.Parameter(np.ones((3, 3), np.float32))
    same(compiled, model)
    model[1].running_mean = np.full(3, 2.0, np.float32)
    same(compiled, model)
    handle = model[1].register_forward_hook(lambda module, args, output: output * 2.0)
    same(compiled, model)
    handle.remove()
    same(compiled, model)


def test_a_list_of_layers_may_grow() -> None:
    class Stack(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.ModuleList([nn.Linear(3, 3, rng=0), nn.Linear(3, 3, rng=1)])

        def forward(self, x: Any) -> Any:
            for layer in self.layers:
                x = layer(x)
            return x

    model = Stack()
    compiled = compile(lambda x: model(x))
    same(compiled, model)
    model.layers.append(nn.Linear(3, 3, rng=2))
    same(compiled, model)


def test_a_parameter_with_a_hook_is_refused_also_later() -> None:
    w, log = nn.Parameter(np.ones(3), name="w"), []
    compiled = compile(lambda x: (w * x).sum().backward())
    compiled(X)
    handle = w.register_hook(log.append)
    with pytest.raises(CompileError, match="'w' has a hook, which would be called while the function is captured"):
        compiled(X)
    handle.remove()
    compiled(X)
    assert log == []


def test_zero_and_minus_zero_are_two_signatures_and_nan_is_one() -> None:
    compiled = compile(lambda x, k: 1.0 / (x * k))
    np.testing.assert_array_equal(compiled(np.ones(1), 0.0), [np.inf])
    np.testing.assert_array_equal(compiled(np.ones(1), -0.0), [-np.inf])
    for _ in range(3):
        compiled(np.ones(1), float("nan"))
    assert repr(compiled).endswith("3 programs>")


def test_masked_arrays_are_refused_as_in_the_engine() -> None:
    compiled = compile(lambda x: x * 2.0)
    masked = np.ma.array([1.0, 2.0], mask=[False, True])
    for modes in (ag.enable_grad(), ag.detect_anomaly()):
        with modes, pytest.raises(ag.OperandError, match="the mask of a masked array would be lost"):
            compiled(masked)
    np.testing.assert_array_equal(compiled(masked.filled(0.0)), [2.0, 0.0])


class Scale:
    def __init__(self, factor: float) -> None:
        self.factor = factor

    @ag.compile
    def apply(self, x: Any) -> Any:
        return x * self.factor


def test_methods_are_compiled_for_each_instance() -> None:
    np.testing.assert_array_equal(Scale(2.0).apply(X), X * 2.0)
    np.testing.assert_array_equal(Scale(3.0).apply(X), X * 3.0)
    np.testing.assert_array_equal(compile(Scale(4.0).apply)(X), X * 4.0)
    assert Scale.apply.__name__ == "apply"


def test_copies_compile_anew() -> None:
    compiled = compile(np.sin, native=False)
    compiled(X)
    for again in (copy.deepcopy(compiled), pickle.loads(pickle.dumps(compiled)), compile(compiled)):
        np.testing.assert_array_equal(again(X), compiled(X))
        assert again._programs is not compiled._programs


@pytest.mark.integration
@pytest.mark.filterwarnings("ignore:.* was compiled 8 times")
def test_sources_are_forgotten_with_their_programs() -> None:
    compiled = compile(lambda x, k: x * k)
    for k in range(50):
        compiled(X, k)
    gc.collect()
    before = sum("autograd compiled" in name for name in linecache.cache)
    del compiled
    gc.collect()
    assert before - sum("autograd compiled" in name for name in linecache.cache) == 32


def test_numbers_that_were_drawn_are_not_drawn_again_where_numba_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    errors = pytest.importorskip("numba.core.errors")
    from autograd.compiler import array_program
    from tests.autograd.compiler.conftest import loops_in_python

    monkeypatch.setattr(array_program, "has_numba", lambda: True)
    monkeypatch.setattr(array_program, "loop_module", loops_in_python)
    monkeypatch.setattr(array_program, "runs_machine_code", lambda: False)
    layer, twin = nn.Dropout(0.5, rng=3), nn.Dropout(0.5, rng=3)
    compiled = compile(lambda x: np.tanh(layer(x)) * 2.0).compile_for(X)

    def broken(*_: Any) -> None:
        raise errors.TypingError("not today")

    monkeypatch.setitem(compiled._latest().running.scope, "loop1", broken)
    for _ in range(2):
        np.testing.assert_allclose(compiled(X), np.tanh(twin(Tensor(X)).data) * 2.0, rtol=1e-5)
