"""`nn.fit(compile=True)`: the same run to rounding, with all that a run may do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from autograd.errors import AnomalyError
from nn.training import Callback, Run

RNG = np.random.default_rng(0)
X = RNG.normal(size=(90, 4))
Y = (X[:, 0] * X[:, 1] > 0).astype(int)


@pytest.fixture(autouse=True)
def by_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits for numba."""
    from autograd.compiler import array_program

    monkeypatch.setattr(array_program, "has_numba", lambda: False)


def network() -> nn.Module:
    return nn.Sequential(
        nn.Linear(4, 8, rng=0), nn.BatchNorm1d(8), nn.Tanh(), nn.Dropout(0.2, rng=2), nn.Linear(8, 2, rng=1)
    )


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"accumulate": 3, "clip_norm": 0.5},
        {"penalty": lambda model: 1e-3 * nn.l2_penalty(model.parameters()), "validation": 0.2},
        {"metrics": ["accuracy"], "average": 0.9, "optimizer": "sgd"},
    ],
)
def test_a_compiled_run_is_the_same_run(options: dict[str, Any]) -> None:
    histories, models = [], []
    for compile in (False, True):
        model = network().to(np.float64)
        histories.append(nn.fit(model, (X, Y), epochs=3, batch_size=16, lr=0.05, compile=compile, **options))
        models.append(model)
    for plain, compiled in zip(*histories, strict=True):
        for name in set(plain) - {"seconds"}:
            np.testing.assert_allclose(compiled[name], plain[name], rtol=1e-9, err_msg=name)
    for (name, plain), compiled in zip(models[0].state_dict().items(), models[1].state_dict().values(), strict=True):
        np.testing.assert_allclose(compiled, plain, rtol=1e-8, atol=1e-11, err_msg=name)


def test_a_resumed_compiled_run_is_the_same_to_the_bit(tmp_path: Any) -> None:
    whole, parts = network(), network()
    nn.fit(whole, (X, Y), epochs=4, compile=True)
    for epochs in (2, 4):
        nn.fit(parts, (X, Y), epochs=epochs, compile=True, checkpoint=tmp_path / "run.safetensors")
    for expected, found in zip(whole.state_dict().values(), parts.state_dict().values(), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_callbacks_find_arrays() -> None:
    seen = []

    class Look(Callback):
        def on_backward(self, run: Run) -> None:
            seen.append((type(run.outputs), run.outputs.shape, np.shape(run.value)))

    nn.fit(network(), (X, Y), epochs=1, batch_size=45, compile=True, callbacks=[Look()])
    assert seen == [(np.ndarray, (45, 2), ())] * 2


def test_what_is_not_finite_is_told_as_ever() -> None:
    class Bad(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(4, 1, rng=0)

        def forward(self, x: Any) -> Any:
            return np.log(self.layer(x))

    with np.errstate(all="ignore"), pytest.raises(AnomalyError, match=r"log"):
        nn.fit(Bad(), (X, X[:, :1]), loss="mse", epochs=1, compile=True)


def test_what_looks_at_graphs_is_refused() -> None:
    with pytest.raises(ValueError, match="Health looks at the graph of a step, which compile=True does not build"):
        nn.fit(network(), (X, Y), compile=True, callbacks=[nn.health.Health()])
    with pytest.raises(TypeError, match="compile must be True or False, got 'yes'"):
        nn.fit(network(), (X, Y), compile="yes")  # type: ignore[arg-type]
