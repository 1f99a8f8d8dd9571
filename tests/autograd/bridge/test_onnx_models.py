"""Whole networks that PyTorch exported to ONNX, by both exporters and several sets of operators: PyTorch's values and gradients.

The programs are kept in `tests/frozen/bridged/onnx`; neither framework is needed here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.bridge import Bridged, Program
from autograd.bridge.saving import read
from autograd.graph.node import get_data, get_grad
from autograd.graph.tree import leaves

FROZEN = Path(__file__).parents[2] / "frozen" / "bridged"
NAMES = sorted(path.stem for path in (FROZEN / "onnx").glob("*.npz"))
# PyTorch's own derivative of hardsigmoid multiplies by the float32 of 1/6; the exporters make numbers float32.
COARSE = {"mobilenet": 1e-7, "in_place": 1e-7}
CLOSE = 1e-10
# ONNX has no `no_grad` and no `detach`: its values are those of PyTorch, and its derivative is another.
DETACHED = ("in_place",)


def expected_of(name: str) -> dict[str, np.ndarray]:
    with np.load(captured(name, "_values")) as held:
        return dict(held)


def captured(name: str, what: str) -> Path:
    """The file of the model that PyTorch captured; one that computes the same in both modes is kept once."""
    model, _, kind = name.partition("-")
    path = FROZEN / f"{model}_{'train' if kind.endswith('-training') else 'eval'}{what}.npz"
    return path if path.exists() else FROZEN / f"{model}_train{what}.npz"


def arrays_of(program: Program) -> dict[str, np.ndarray]:
    """Numbers by the paths that the user knows."""
    return {leaf.path: program.arrays[leaf.name] for leaf in program.leaves if leaf.name in program.arrays}


def close(found: Any, wanted: np.ndarray, name: str, what: str) -> None:
    assert found.dtype == wanted.dtype, what
    assert found.shape == wanted.shape, what
    scale = max(float(np.abs(wanted).max(initial=0.0)), 1e-3)
    bound = COARSE.get(name.partition("-")[0], CLOSE) * scale
    np.testing.assert_allclose(found, wanted, 0.0, bound, err_msg=f"{name}: {what}")


def test_both_exporters_and_every_model_are_there() -> None:
    assert {name.partition("-")[0] for name in NAMES} >= {
        "mlp", "lenet", "resnet18", "unet", "vae", "discriminator", "lstm", "gru", "bi_lstm", "transformer", "gpt", "mobilenet",
        "experts", "graph_convolution", "in_place",
    }  # fmt: skip
    kinds = {name.split("-")[1] for name in NAMES}
    assert kinds == {"dynamo18", "dynamo20", "older11", "older13", "older17"}


@pytest.mark.parametrize("name", NAMES)
def test_an_exported_model_gives_pytorchs_values_and_gradients(name: str) -> None:
    model, expected = Bridged.load(FROZEN / "onnx" / f"{name}.npz"), expected_of(name)
    assert model.training is name.endswith("-training")

    def taken(kind: str) -> list[np.ndarray]:
        return [expected[key] for key in expected if key.startswith(f"{kind}/")]

    inputs = [autograd.Tensor(x, requires_grad=x.dtype.kind == "f") for x in taken("input")]
    results = leaves(model(*inputs))
    for i, (result, wanted) in enumerate(zip(results, taken("result"), strict=True)):
        close(get_data(result), wanted, name, f"result {i}")
    if name.partition("-")[0] in DETACHED:
        return
    total: Any = sum((r * w).sum() for r, w in zip(results, taken("weights"), strict=True))
    total.backward()
    for i, x in enumerate(inputs):
        if x.requires_grad:
            close(get_grad(x), expected[f"gradient/{i}"], name, f"gradient of input {i}")
    original = arrays_of(read(captured(name, "")))
    exported = arrays_of(model.program)
    # What the exporter folded together has other numbers, and mostly another name.
    same = [path for path in exported if path in original and np.array_equal(exported[path], original[path])]
    held = dict(model.named_parameters())
    compared = [path for path in same if f"parameter/{path}" in expected and path in held]
    for path in compared:
        close(get_grad(held[path]), expected[f"parameter/{path}"], name, path)
    assert compared
    if model.training:
        for path, buffer in model.named_buffers():
            if path.endswith("running_mean"):
                # The exporter itself has moved them once.
                moved = np.asarray(buffer) - 0.9 * exported[path]
                close(moved, expected[f"buffer/{path}"] - 0.9 * original[path], name, path)


def test_lines_and_modules_come_along() -> None:
    program = Bridged.load(FROZEN / "onnx" / "gpt-dynamo20.npz").program
    normalized = next(o for o in program.operations if o.call.startswith("onnx.LayerNormalization"))
    assert normalized.module == "h.0.ln_1"
    assert program.modules["h.0.ln_1"] == "LayerNorm"
    assert normalized.lines[-1].filename == "bridge_models.py"
    assert normalized.lines[-1].text == "x = x + self.attn(self.ln_1(x))"
    # The older exporter writes neither; the line is the place in the file.
    program = Bridged.load(FROZEN / "onnx" / "resnet18-older11.npz").program
    first = program.operations[0]
    assert first.module == "conv1"
    assert (
        first.lines[-1].text.endswith("Conv(input, onnx::Conv_193, onnx::Conv_194)") or "Conv(" in first.lines[-1].text
    )
