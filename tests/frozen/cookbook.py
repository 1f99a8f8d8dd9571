"""Freeze what JAX gives for the cells of its cookbooks: `python -m tests.frozen.cookbook`, with jax 0.10."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import jax.test_util
import numpy as np

from tests.autograd.engine.cookbook_programs import CELLS

JAX = SimpleNamespace(
    np=jnp, grad=jax.grad, value_and_grad=jax.value_and_grad, jacfwd=jax.jacfwd, jacrev=jax.jacrev, hessian=jax.hessian, jvp=jax.jvp,
    vjp=jax.vjp, vmap=jax.vmap, jit=jax.jit, stop_gradient=jax.lax.stop_gradient, while_loop=jax.lax.while_loop,
    custom_jvp=jax.custom_jvp, custom_vjp=jax.custom_vjp, holomorphic_grad=partial(jax.grad, holomorphic=True),
    check_grads=jax.test_util.check_grads,
)  # fmt: skip


def numbers(x: Any) -> Any:
    """An array as lists; a complex number as the pair of its parts."""
    array = np.asarray(x)
    return [array.real.tolist(), array.imag.tolist()] if array.dtype.kind == "c" else array.tolist()


def main() -> None:
    """Write the leaves of what each cell gives."""
    jax.config.update("jax_enable_x64", True)
    frozen = {name: [numbers(x) for x in jax.tree.leaves(cell(JAX))] for name, cell in CELLS.items()}
    text = json.dumps({"jax": jax.__version__, "cells": frozen}, indent=1)
    Path(__file__).with_name("cookbook.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
