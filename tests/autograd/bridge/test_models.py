"""Programs that PyTorch and JAX captured, on this engine: their values, and their gradients of all parameters and inputs, to rounding.

`tests/frozen/bridge.py` and `bridge_jax.py` captured them and kept what the frameworks gave, which are not needed here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.bridge import Bridged, Reference
from autograd.graph.node import get_data, get_grad
from autograd.graph.tree import leaves, map_leaves

# PyTorch 2.13 multiplies by 1/6 of float32 in the derivative of hardsigmoid, of float64 too: 0.16666667163 for 0.16666666667.
# The angles of rotary positions are of float32 in every model.
COARSE = {
    "llama_train": 1e-7,
    "mobilenet_train": 4e-8,
    "mobilenet_eval": 4e-8,
    "gpt_float32": 1e-5,
    "jax_attention_float32": 1e-5,
}
FROZEN = Path(__file__).parents[2] / "frozen" / "bridged"
NAMES = sorted(path.stem for path in FROZEN.glob("*.npz") if not path.stem.endswith("_values"))


def test_the_models_are_there() -> None:
    assert {name.rpartition("_")[0] for name in NAMES} >= {
        "mlp", "lenet", "resnet18", "unet", "vae", "discriminator", "lstm", "gru", "bi_lstm", "transformer", "gpt", "mobilenet",
        "experts", "graph_convolution", "in_place", "bottleneck", "convnext", "vit", "swin", "bert", "llama", "t5", "detr",
    }  # fmt: skip
    assert set(NAMES) >= {
        "jax_mlp", "jax_module", "jax_rnn", "jax_newton", "jax_ode", "jax_attention", "jax_attention_float32", "jax_custom_vjp",
        "jax_convolutional", "jax_experts", "jax_random", "jax_branches", "jax_gaussian",
    }  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_model_gives_the_frameworks_values_and_gradients(name: str) -> None:
    model = Bridged.load(FROZEN / f"{name}.npz")
    with np.load(FROZEN / f"{name}_values.npz") as held:
        expected = dict(held)
    eps = COARSE.get(name, 1e-11)

    def check(what: str, found: Any) -> None:
        wanted = expected.pop(what)
        assert found.dtype == wanted.dtype, what
        scale = max(float(np.abs(wanted).max(initial=0.0)), 1e-3)
        np.testing.assert_allclose(found, wanted, 0.0, eps * scale, err_msg=f"{name}: {what}")

    inputs = [autograd.Tensor(x, requires_grad=x.dtype.kind == "f") for x in taken(expected, "input")]
    weights = taken(expected, "weights")
    named = {leaf.name: x for leaf, x in zip(model.program.of_kind("input"), inputs, strict=True)}
    args, kwargs = map_leaves(lambda x: named[x.name] if isinstance(x, Reference) else x, model.program.arguments)
    results = leaves(model(*args, **kwargs))
    for i, result in enumerate(results):
        check(f"result/{i}", get_data(result))
    total: Any = sum((r * w.astype(r.dtype)).sum() for r, w in zip(results, weights, strict=True))
    total.backward()
    for i, x in enumerate(inputs):
        if x.requires_grad:
            check(f"gradient/{i}", get_grad(x))
    for path, parameter in model.named_parameters():
        if f"parameter/{path}" in expected:
            check(f"parameter/{path}", get_grad(parameter))
        else:
            assert get_grad(parameter) is None, path
    for path, buffer in model.named_buffers():
        check(f"buffer/{path}", np.asarray(buffer))
    assert expected == {}


def taken(expected: dict[str, np.ndarray], kind: str) -> list[np.ndarray]:
    names = [name for name in expected if name.startswith(f"{kind}/")]
    return [expected.pop(f"{kind}/{i}") for i in range(len(names))]
