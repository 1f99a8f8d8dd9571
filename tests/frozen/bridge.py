"""Freeze captured programs with PyTorch's values and gradients: `python -m tests.frozen.bridge [name …]`, with torch 2.13.

A model that is in training and in evaluation mode the same program is kept once. All are in float64, so that they agree
closely; `gpt` is kept in float32 too.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch

from autograd.bridge.program import Program
from autograd.bridge.saving import save
from autograd.bridge.torch_export import capture
from tests.frozen import bridge_blocks, bridge_models
from tests.frozen.bridge_lines import relative

HERE = Path(__file__).parent / "bridged"
BY_NAME = {model.__name__: model for model in [*bridge_models.MODELS, *bridge_blocks.MODELS]}


def build(name: str, training: bool, dtype: torch.dtype) -> tuple[torch.nn.Module, tuple]:
    """A model and its inputs, the same each time."""
    torch.manual_seed(0)
    torch.set_default_dtype(dtype)
    model, inputs = BY_NAME[name]()
    for parameter in model.parameters():
        # Biases that begin at 0 hide mistakes.
        with torch.no_grad():
            parameter += 0.1 * torch.randn_like(parameter)
    return model.train(training), inputs


def freeze(name: str, training: bool, dtype: torch.dtype = torch.float64) -> tuple[Program, dict[str, np.ndarray]]:
    """A program, and by name its inputs, results, gradients of the parameters and inputs, and buffers afterwards."""
    model, inputs = build(name, training, dtype)
    program = capture(model, inputs, {}).program
    # A line of the user's file, wherever it lay.
    program = relative(program)
    inputs = [x.requires_grad_() if x.is_floating_point() else x for x in inputs]
    results = list(torch.utils._pytree.tree_leaves(model(*inputs)))
    generator = np.random.default_rng(0)
    weights = [generator.normal(size=tuple(x.shape)) for x in results]
    sum((x * torch.tensor(w)).sum() for x, w in zip(results, weights)).backward()
    held = {f"input/{i}": x for i, x in enumerate(inputs)}
    held |= {f"result/{i}": x for i, x in enumerate(results)}
    held |= {f"weights/{i}": torch.tensor(w) for i, w in enumerate(weights)}
    held |= {f"gradient/{i}": x.grad for i, x in enumerate(inputs) if x.is_floating_point()}
    held |= {f"parameter/{path}": p.grad for path, p in model.named_parameters() if p.grad is not None}
    held |= {f"buffer/{path}": b for path, b in model.named_buffers()}
    return program, {key: x.detach().numpy() for key, x in held.items()}


def main(chosen: list[str]) -> None:
    """Write `bridged/*.npz`."""
    HERE.mkdir(exist_ok=True)
    for name in BY_NAME:
        if chosen and name not in chosen:
            continue
        seen: list[str] = []
        for mode in ("train", "eval"):
            program, held = freeze(name, mode == "train")
            if program.calls() in seen:
                continue
            seen.append(program.calls())
            write(f"{name}_{mode}", program, held)
        if name == "gpt":
            write("gpt_float32", *freeze(name, True, torch.float32))


def write(name: str, program: Program, held: dict[str, np.ndarray]) -> None:
    save(program, HERE / f"{name}.npz")
    np.savez_compressed(HERE / f"{name}_values.npz", **held)
    print(name, len(program.operations), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
