"""Write gradients of complex functions, by JAX and PyTorch: `python -m tests.frozen.complex`, in an environment with both.

`tests/autograd/test_complex_peers.py` compares ours with them. PyTorch's samples come from its own operator database, OpInfo.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch
from torch.testing._internal.common_methods_invocations import op_db

from tests.autograd.complex_functions import FUNCTIONS, OPINFO, point, weights

LARGEST, SAMPLES = 50, 3


def pairs(x: Any) -> list[Any]:
    """Complex numbers as lists of two, real ones as they are."""
    x = np.asarray(x.resolve_conj().resolve_neg() if isinstance(x, torch.Tensor) else x)
    return np.stack([x.real, x.imag], -1).tolist() if x.dtype.kind == "c" else x.tolist()


def by_jax() -> dict[str, Any]:
    jax.config.update("jax_enable_x64", True)
    found = {}
    for name, function in FUNCTIONS.items():

        def loss(z: Any, function: Any = function) -> Any:
            out = function(jnp, z)
            return jnp.real(jnp.sum(out * weights(out.shape)))

        found[name] = pairs(jax.grad(loss)(jnp.asarray(point(name))))
    return found


def by_pytorch() -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for op in op_db:
        if op.name not in OPINFO or op.variant_test_name or not op.supports_autograd:
            continue
        torch.manual_seed(0)
        for sample in op.sample_inputs("cpu", torch.complex128, requires_grad=True):
            given = [sample.input, *sample.args]
            plain = all(isinstance(x, torch.Tensor) and 0 < x.numel() <= LARGEST for x in given) and not sample.kwargs
            if not plain or len(found.get(op.name, [])) == SAMPLES:
                continue
            out = op(*given)
            if not isinstance(out, torch.Tensor):
                continue
            wanted = [x for x in given if x.requires_grad]
            loss = (out * torch.as_tensor(weights(tuple(out.shape)))).sum().real
            gradients = torch.autograd.grad(loss, wanted)
            found.setdefault(op.name, []).append(
                {
                    "inputs": [pairs(x.detach()) for x in given],
                    "complex": [x.is_complex() for x in given],
                    "gradients": [pairs(g) for g in gradients],
                }
            )
    return found


if __name__ == "__main__":
    content = {"jax": by_jax(), "pytorch": by_pytorch()}
    (Path(__file__).parent / "complex.json").write_text(json.dumps(content) + "\n", encoding="utf-8")
