"""The cells of JAX's cookbooks give what they give in JAX."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import autograd as ag
import autograd.numpy as anp
from autograd.graph.tree import leaves
from autograd.test_util import check_grads
from tests.autograd.engine.cookbook_programs import CELLS

FROZEN = json.loads((Path(__file__).parents[2] / "frozen" / "cookbook.json").read_text(encoding="utf-8"))["cells"]


def _checked(f: Any, args: Any, order: int) -> None:
    check_grads(f, tuple(range(len(args))), order=order)(*args)


def _while_loop(go_on: Any, step: Any, state: Any) -> Any:
    """Python's own loop stands for `lax.while_loop`."""
    while go_on(state):
        state = step(state)
    return state


OURS = SimpleNamespace(
    np=anp, grad=ag.grad, value_and_grad=ag.value_and_grad, jacfwd=ag.jacfwd, jacrev=ag.jacrev, hessian=ag.hessian, jvp=ag.jvp, vjp=ag.vjp,
    vmap=ag.vmap, jit=ag.compile, stop_gradient=ag.stop_gradient, while_loop=_while_loop, custom_jvp=ag.custom_jvp,
    custom_vjp=ag.custom_vjp, holomorphic_grad=ag.holomorphic_grad, check_grads=_checked,
)  # fmt: skip


def _numbers(x: Any) -> Any:
    array = np.asarray(x)
    return [array.real.tolist(), array.imag.tolist()] if array.dtype.kind == "c" else array.tolist()


def test_all_cells_are_frozen() -> None:
    assert set(FROZEN) == set(CELLS)


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_gives_what_it_gives_in_jax(name: str) -> None:
    found = [_numbers(x) for x in leaves(CELLS[name](OURS)) if x is not None]
    assert len(found) == len(FROZEN[name])
    for ours, theirs in zip(found, FROZEN[name], strict=True):
        np.testing.assert_allclose(ours, theirs, 1e-9, 1e-12)
