"""Freeze captured programs with JAX's values and gradients: `python -m tests.frozen.bridge_jax [name …]`, with jax 0.10.

All are in float64, so that they agree closely; `attention` is kept in float32 too.
"""

from __future__ import annotations

import sys
from pathlib import Path

import jax
import numpy as np

from autograd.bridge.jax_capture import capture
from autograd.bridge.program import Program
from autograd.bridge.saving import save
from autograd.graph.tree import leaves as leaves_of
from tests.frozen import bridge_jax_models
from tests.frozen.bridge_lines import relative

HERE = Path(__file__).parent / "bridged"


def freeze(name: str, double: bool = True) -> tuple[Program, dict[str, np.ndarray]]:
    """A program, and by name its inputs, results, and gradients of the parameters and inputs."""
    with jax.enable_x64(double):
        function, args = getattr(bridge_jax_models, name)()
        captured = capture(function, args, {})
        floats = [x for x in captured.arrays if x.dtype.kind == "f"]

        def flat(*moving):
            held = iter(moving)
            return captured.flat(*(next(held) if x.dtype.kind == "f" else x for x in captured.arrays))

        results = flat(*floats)
        generator = np.random.default_rng(0)
        weights = [generator.normal(size=x.shape).astype(x.dtype if x.dtype.kind == "f" else float) for x in results]

        def total(*moving):
            return sum((y * w).sum() for y, w in zip(flat(*moving), weights) if y.dtype.kind == "f")

        # A loop that ends when it will has no reverse mode in JAX.
        mode = jax.jacfwd if name == "newton" else jax.grad
        sent = iter(mode(total, tuple(range(len(floats))))(*floats))
    program = relative(captured.program)
    held: dict[str, np.ndarray] = {}
    number = 0
    leaves = [leaf for leaf in program.leaves if leaf.kind != "constant"]
    for leaf, x in zip(leaves, captured.arrays):
        gradient = next(sent) if x.dtype.kind == "f" else None
        if leaf.kind == "parameter":
            held[f"parameter/{leaf.path}"] = gradient
            continue
        held[f"input/{number}"] = x
        if gradient is not None:
            held[f"gradient/{number}"] = gradient
        number += 1
    # JAX sorts the keys of dicts.
    order = leaves_of(captured.flat.result.plain(list(range(len(results)))))
    held |= {f"result/{i}": results[k] for i, k in enumerate(order)}
    held |= {f"weights/{i}": weights[k] for i, k in enumerate(order)}
    return program, {key: np.asarray(x) for key, x in held.items()}


def main(chosen: list[str]) -> None:
    """Write `bridged/jax_*.npz`."""
    HERE.mkdir(exist_ok=True)
    for model in bridge_jax_models.MODELS:
        name = model.__name__
        if chosen and name not in chosen:
            continue
        write(f"jax_{name}", *freeze(name))
        if name == "attention":
            write(f"jax_{name}_float32", *freeze(name, False))


def write(name: str, program: Program, held: dict[str, np.ndarray]) -> None:
    save(program, HERE / f"{name}.npz")
    np.savez_compressed(HERE / f"{name}_values.npz", **held)
    print(name, sum(program.calls().values()), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
