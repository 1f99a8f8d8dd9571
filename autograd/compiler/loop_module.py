"""The native loops of a program as a module that numba compiles, each when it is first called."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from types import ModuleType

from autograd.machine_code import module_of

HEADER = '''"""Loops of a compiled program; elementary functions {fingerprint}."""
import numpy as np
from autograd.compiler.elementary import erf32, erf64, erfc32, erfc64, exp32, exp64, f32, f64
from autograd.compiler.elementary import tanh32, tanh64

'''
LOOPS = """from autograd.machine_code import keep_compiled

loop = keep_compiled(__name__, error_model="numpy", nogil=True)


"""


def loop_module(text: str) -> ModuleType:
    """Functions decorated with `@loop` as a module."""
    return module_of(header() + LOOPS + text)


def header() -> str:
    """What the loops of a module stand on."""
    _let_many_arrays_be_vectorised()
    return HEADER.format(fingerprint=_fingerprint())


@cache
def _fingerprint() -> str:
    """What changes where elementary functions do, so that old machine code is not taken for new."""
    return hashlib.sha256(Path(__file__).with_name("elementary.py").read_bytes()).hexdigest()[:12]


@cache
def _let_many_arrays_be_vectorised() -> None:
    """LLVM compares the places of all arrays before a loop, and does without vectors from nine comparisons on."""
    from llvmlite.binding import set_option

    set_option("stepgrad", "-runtime-memory-check-threshold=1000")
