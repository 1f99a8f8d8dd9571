"""A tape run by numba: one loop for each kind of segment, its source printed from the table's forwards and rules."""

from __future__ import annotations

import hashlib
import inspect
import math
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from autograd._version import __version__
from autograd.compiler.tape import Kind, Tape
from autograd.engine.source import python_forward, python_rules
from autograd.engine.symbol import argument_names
from autograd.graph.op import TABLE
from autograd.machine_code import has_numba, module_of

CALLED, WORD = re.compile(r"\b([a-z]\w*)\("), re.compile(r"\b[a-z]\w*\b")


# What numba cannot read in the table's own forwards, because they call other functions or look at the mode.
def _scale(g: float, local: float) -> float:
    return 0.0 if g == 0.0 else g * local


def _strong(x: float, y: float) -> float:
    return 0.0 if x == 0.0 or y == 0.0 else x * y


def _clip(x: float, low: float, high: float) -> float:
    raised = x if x > low or x != x else low
    return raised if raised < high or raised != raised else high


def _softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def _logaddexp(x: float, y: float) -> float:
    return x if x == y and math.isinf(x) else max(x, y) + math.log1p(math.exp(-abs(x - y)))


def _logaddexp2(x: float, y: float) -> float:
    return x if x == y and math.isinf(x) else max(x, y) + math.log1p(2.0 ** -abs(x - y)) / math.log(2.0)


SPELLED: dict[str, Callable[..., float]] = {
    "scale": _scale,
    "strong": _strong,
    "clip": _clip,
    "softplus": _softplus,
    "logaddexp": _logaddexp,
    "logaddexp2": _logaddexp2,
}


def function(name: str) -> Any:
    """The forward of a row as a function that numba has compiled."""
    from numba import njit

    op = TABLE[name]
    if name in SPELLED:
        return njit(SPELLED[name], error_model="numpy")
    if inspect.isfunction(op.scalar) and not op.scalar.__code__.co_freevars:
        return njit(op.scalar, error_model="numpy")
    known: Any = op.array if isinstance(op.array, np.ufunc) else op.scalar
    by_arity = [lambda x: known(x), lambda x, y: known(x, y), lambda x, y, z: known(x, y, z)]
    return njit(by_arity[len(op.rules) - 1], error_model="numpy")


class NativeKernel:
    """The compiled loops for one tape."""

    def __init__(self, module: ModuleType, tape: Tape) -> None:
        kinds = list(dict.fromkeys(segment.kind for segment in tape.segments))
        self._run = module.run
        self._numbers = (
            np.array([kinds.index(s.kind) for s in tape.segments], np.int64),
            np.array([s.start for s in tape.segments], np.int64),
            np.array([s.stop for s in tape.segments], np.int64),
            *tape.operands.astype(np.uint32),
        )
        self._tape = tape

    def values(self, rows: np.ndarray) -> np.ndarray:
        """The results for each row, (rows, roots)."""
        return self._call(rows, np.empty((0, self._tape.inputs)))[0]

    def values_and_gradients(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The results for each row, and the first one's derivatives with respect to the inputs."""
        return self._call(rows, np.empty((len(rows), self._tape.inputs)))

    def _call(self, rows: np.ndarray, gradients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        roots = np.array(self._tape.roots, np.int64)
        values = np.empty((len(rows), len(roots)))
        # Every call has slots of its own, so that threads may share a program.
        self._run(
            *self._numbers,
            self._tape.values.copy(),
            np.empty(len(self._tape)),
            roots,
            rows,
            values,
            gradients,
        )
        return values, gradients


def kernel_for(tape: Tape) -> NativeKernel | None:
    """The loops for a tape; None where numba is not installed, or cannot compile one of its operations."""
    if not has_numba():
        return None
    from numba.core.errors import NumbaError

    kinds = list(dict.fromkeys(segment.kind for segment in tape.segments))
    try:
        kernel = NativeKernel(module_of(source(kinds)), tape)
        kernel.values_and_gradients(np.zeros((1, tape.inputs)))
    except (NumbaError, NotImplementedError):
        return None
    return kernel


def source(kinds: list[Kind]) -> str:
    """The text of the loops for these kinds of segments."""
    forwards, backwards, names = [], [], set()
    for number, kind in enumerate(kinds):
        operands = argument_names(kind.op, kind.arity)
        slots = dict(zip(operands, "abc", strict=False))
        text = python_forward(kind.op, dict(kind.params), operands)
        rules = python_rules(kind.op, dict(kind.params), operands, "out", "g")
        called = {name for part in (text, *rules) if part for name in CALLED.findall(part)} - {"float"}
        names |= called
        reads = {name: f"{name} = v[{slots[name]}[i]]" for name in operands}
        forwards += _branch(number, kind, [*reads.values(), f"v[i] = {text}"])
        sends = [f"d[{slots[n]}[i]] += {rule}" for n, rule in zip(operands, rules, strict=True) if rule is not None]
        words = set(WORD.findall(" ".join(rule for rule in rules if rule)))
        used = [line for name, line in {"g": "g = d[i]", "out": "out = v[i]", **reads}.items() if name in words]
        backwards += _branch(number, kind, [*used, *sends] if sends else ["pass"])
    lines = [
        f'"""Loops of stepgrad {__version__} for {", ".join(kind.op.name for kind in kinds)}."""',
        "from autograd.compiler.native import function",
        "from autograd.machine_code import keep_compiled",
        "",
        'loop = keep_compiled(__name__, error_model="numpy", nogil=True)',
        *(f"{name} = function({name!r})" for name in sorted(names)),
        *(f"# {name}: {_fingerprint(name)}" for name in sorted(names)),
        FORWARD + "\n".join(forwards),
        BACKWARD + "\n".join(backwards),
        RUN,
    ]
    return "\n".join(lines)


FORWARD = """
@loop
def forward(kinds, starts, stops, a, b, c, v):
    for s in range(kinds.size):
        kind, start, stop = kinds[s], starts[s], stops[s]
"""
BACKWARD = """
@loop
def backward(kinds, starts, stops, a, b, c, v, d):
    for s in range(kinds.size - 1, -1, -1):
        kind, start, stop = kinds[s], starts[s], stops[s]
"""
RUN = """
@loop
def run(kinds, starts, stops, a, b, c, v, d, roots, rows, values, gradients):
    inputs = rows.shape[1]
    for row in range(rows.shape[0]):
        v[:inputs] = rows[row]
        forward(kinds, starts, stops, a, b, c, v)
        for k in range(roots.size):
            values[row, k] = v[roots[k]]
        if gradients.shape[0] > 0:
            d[:] = 0.0
            d[roots[0]] = 1.0
            backward(kinds, starts, stops, a, b, c, v, d)
            gradients[row] = d[:inputs]
"""


def _branch(number: int, kind: Kind, body: list[str]) -> list[str]:
    head = f"        {'if' if number == 0 else 'elif'} kind == {number}:  # {kind.op.name}"
    return [head, "            for i in range(start, stop):", *(f"                {line}" for line in body)]


def _fingerprint(name: str) -> str:
    """What changes where the meaning of a row's forward does, so that old machine code is not taken for it."""
    scalar = SPELLED.get(name, TABLE[name].scalar)
    text = inspect.getsource(scalar) if inspect.isfunction(scalar) else getattr(scalar, "__name__", name)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
