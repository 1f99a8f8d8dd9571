"""Loops and branches: the programs within a program, run as often as the numbers say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.bridge.lax.declare import lax_rule, raw_data
from autograd.bridge.lax.shapes import row
from autograd.bridge.program import Program
from autograd.bridge.running import run
from autograd.ops import comparison, shape
from autograd.torch.tensor import as_face


def call(program: Program, operands: Sequence[Any]) -> list[Any]:
    """The results of a program within another."""
    held = {leaf.name: as_face(program.arrays[leaf.name]) for leaf in program.of_kind("constant")}
    held |= {leaf.name: as_face(x) for leaf, x in zip(program.of_kind("input"), operands, strict=True)}
    return list(run(program, held)[0])


@lax_rule("cond")
def cond(which: Any, *operands: Any, branches: Sequence[Program], **how: Any) -> Any:
    """The branch of this number."""
    number = min(max(int(which), 0), len(branches) - 1)
    return tuple(call(branches[number], operands))


@lax_rule("kept")
def kept(going: Any, new: Any, old: Any) -> Any:
    """Of several loops at once, which `vmap` makes of one, those that have ended stay as they are."""
    wide = shape.reshape(going, (*going.shape, *(1,) * (new.ndim - going.ndim)))
    return comparison.where(wide, new, old)


@lax_rule("while")
def while_(
    *operands: Any, cond_jaxpr: Program, body_jaxpr: Program, cond_nconsts: int, body_nconsts: int, **how: Any
) -> Any:
    """As long as a condition holds."""
    of_cond, rest = operands[:cond_nconsts], operands[cond_nconsts:]
    of_body, state = rest[:body_nconsts], list(rest[body_nconsts:])
    going = call(cond_jaxpr, [*of_cond, *state])[0]
    while bool(raw_data(going).any()):
        found = call(body_jaxpr, [*of_body, *state])
        state = [kept(going, new, old) for new, old in zip(found, state, strict=True)] if going.ndim else found
        going = call(cond_jaxpr, [*of_cond, *state])[0]
    return tuple(map(as_face, state))


@lax_rule("scan")
def scan(
    *operands: Any,
    jaxpr: Program,
    length: int,
    reverse: bool,
    num_consts: int,
    num_carry: int,
    rows: Sequence[tuple[Sequence[int], Any]],
    **how: Any,
) -> Any:
    """A step for each place of the first axis; `rows` says what a step leaves, for a loop of none."""
    constants, state = operands[:num_consts], list(operands[num_consts : num_consts + num_carry])
    along = operands[num_consts + num_carry :]
    left: list[list[Any]] = []
    for place in reversed(range(length)) if reverse else range(length):
        found = call(jaxpr, [*constants, *state, *(row(x, place) for x in along)])
        state = found[:num_carry]
        left.append(found[num_carry:])
    if reverse:
        left.reverse()
    if not left:
        return (*map(as_face, state), *(np.zeros((0, *lengths), dtype) for lengths, dtype in rows))
    return (*map(as_face, state), *(shape.stack(list(column), 0) for column in zip(*left, strict=True)))


@lax_rule("platform_index")
def platform_index(platforms: Sequence[Any]) -> Any:
    """Which of several ways is for this machine: the first that is for processors, or for all."""
    return np.int32(next(i for i, names in enumerate(platforms) if names is None or "cpu" in names))
