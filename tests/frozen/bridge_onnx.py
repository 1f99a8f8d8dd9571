"""Freeze the programs of ONNX models that PyTorch exports: `python -m tests.frozen.bridge_onnx`, with torch 2.13, onnx 1.23 and
onnxscript 0.7.

The models and inputs are those of `tests/frozen/bridge.py`, whose values and gradients the tests compare with. Each is
exported by both exporters of PyTorch, the older one with older sets of operators too where it can.
"""

from __future__ import annotations

import io
import logging
import sys
import warnings

import torch

from autograd.bridge.onnx_graph import read_program
from autograd.bridge.program import Program
from autograd.bridge.saving import save
from tests.frozen import bridge_models
from tests.frozen.bridge import HERE, build, relative

# By model: the exporter, the set of operators, and the mode.
KINDS = {
    "dynamo18": {"dynamo": True, "opset_version": 18, "verbose": False},
    "dynamo20": {"dynamo": True, "opset_version": 20, "verbose": False},
    "older11": {"dynamo": False, "opset_version": 11},
    "older13": {"dynamo": False, "opset_version": 13},
    "older17": {"dynamo": False, "opset_version": 17},
}
CHOSEN = {
    "mlp": ("dynamo20", "older11"), "lenet": ("dynamo18", "older13", "older17"), "resnet18": ("older11",),
    "unet": ("dynamo18", "older11", "older17"), "vae": ("dynamo20", "older13"), "discriminator": ("dynamo18",),
    "lstm": ("dynamo18", "older11"), "gru": ("dynamo18", "older13"), "bi_lstm": ("dynamo18", "older17"),
    "transformer": ("dynamo18",), "gpt": ("dynamo20",), "mobilenet": ("dynamo18", "older13"),
    "experts": ("dynamo18", "older11"), "graph_convolution": ("dynamo18",), "in_place": ("dynamo18",),
}  # fmt: skip
# In training mode the averages of the batch are used, and nothing is computed beforehand.
TRAINED = ("lenet", "mobilenet")


def export(name: str, kind: str, training: bool) -> Program:
    """The program of a model that PyTorch has exported."""
    import onnx

    model, inputs = build(name, training, torch.float64)
    options = dict(KINDS[kind])
    if not options["dynamo"] and training:
        options |= {"training": torch.onnx.TrainingMode.TRAINING, "do_constant_folding": False}
    if options["dynamo"]:
        held = torch.onnx.export(model, tuple(inputs), **options).model_proto
    else:
        file = io.BytesIO()
        torch.onnx.export(model, tuple(inputs), file, **options)
        held = onnx.load_model_from_string(file.getvalue())
    program = relative(read_program(held))
    program.name = name
    return program


def main(chosen: list[str]) -> None:
    """Write `bridged/onnx/*.npz`."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    (HERE / "onnx").mkdir(parents=True, exist_ok=True)
    for model in bridge_models.MODELS:
        name = model.__name__
        if chosen and name not in chosen:
            continue
        for kind in CHOSEN[name]:
            write(name, kind, False)
        if name in TRAINED:
            write(name, "older17", True)


def write(name: str, kind: str, training: bool) -> None:
    program = export(name, kind, training)
    path = save(program, HERE / "onnx" / f"{name}-{kind}{'-training' * training}.npz")
    print(path.name, len(program.operations), path.stat().st_size, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
