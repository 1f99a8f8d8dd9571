"""Entries: loops, copies and products that machine code calls by their addresses, one after the other.

An entry is given two views of one block of 64-bit words: integers that tell where its arrays are, and numbers. So all
entries have one signature, and what calls them is compiled once for all programs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from autograd.compiler.loop_module import header
from autograd.machine_code import module_of


class Kind(NamedTuple):
    """How an array lies: its dtype, how many axes it has, and "C", or "A" where its strides may be any."""

    char: str
    ndim: int
    layout: str

    @property
    def words(self) -> int:
        """How many words of a block tell where it is: its address, its shape, its strides."""
        return 1 + self.ndim * (1 if self.layout == "C" else 2)


NAMES = {"?": "np.bool_", **{char: f"np.{np.dtype(char).name}" for char in "fdli"}}
HEAD = """from autograd.machine_code import keep_entry
from autograd.compiler.entries import primitives

array_at, SIGNATURE = primitives().array_at, primitives().SIGNATURE
# As their machine code is: {fingerprint}


@keep_entry(__name__, SIGNATURE, error_model="numpy")
def entry(words, numbers):
"""


def entry_address(text: str, kinds: Sequence[Kind], numbers: int) -> int:
    """Where the machine code is of a loop, whose text begins with its parameters, for arrays of these kinds.

    Parameters
    ----------
    text : str
        `(a0, a1, n0):` and a body, as `loops.Group.source` gives it.
    kinds : sequence of Kind
    numbers : int
        How many numbers follow the arrays.
    """
    parameters, body = text.split(":\n", 1)
    names = parameters.strip("()").split(", ")
    lines, at = [], 0
    for name, kind in zip(names, kinds, strict=False):
        lines.append(f"    {name} = array_at(words, {at}, {NAMES[kind.char]}, {kind.ndim}, {kind.layout!r})")
        at += kind.words
    lines += [f"    {name} = numbers[{at + k}]" for k, name in enumerate(names[len(kinds) :])]
    assert len(names) == len(kinds) + numbers
    made = module_of(header() + HEAD.format(fingerprint=fingerprint()) + "\n".join([*lines, body]))
    return int(made.entry.address)


@cache
def product_address(char: str) -> int:
    """Where the machine code of a product of matrices is, which calls BLAS at an address that it is given."""
    return int(primitives().product(char).address)


def run_entries(*given: Any) -> None:
    """Call entries one after the other: their addresses, the starts of their words, the words, and what is put in first."""
    primitives().run(*given)


@cache
def fingerprint() -> str:
    """What changes where primitives do, so that old machine code is not taken for new.

    Examples
    --------
    >>> len(fingerprint())
    12
    """
    return hashlib.sha256(Path(__file__).with_name("primitives.py").read_bytes()).hexdigest()[:12]


@cache
def primitives() -> ModuleType:
    """The module of what entries are made of, which imports numba."""
    from autograd.compiler import primitives as module

    return module


__all__: Sequence[str] = ("Kind", "entry_address", "fingerprint", "primitives", "product_address", "run_entries")
