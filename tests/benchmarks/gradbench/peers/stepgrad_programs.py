"""The evals here, as `python -m tests.benchmarks.gradbench` runs them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.compiler.budget import BUDGET
from tests.autograd.nested_programs import MODES, landing, ridge
from tests.benchmarks.gradbench import inputs
from tests.benchmarks.gradbench.__main__ import find_functions
from tests.benchmarks.gradbench.runs import Options

FUNCTIONS = {
    "hello": "double",
    "kmeans": "dir",
    "gmm": "jacobian",
    "lstm": "jacobian",
    "ba": "jacobian",
    "ht": "jacobian",
}
# What has a compiled program here.
COMPILED = ("lse", "llsq", "kmeans", "gmm", "ode", "det", "lstm")


def _flat(x: Any) -> np.ndarray:
    if isinstance(x, dict):
        return np.concatenate([_flat(part) for part in x.values()])
    return np.concatenate([_flat(part) for part in x]) if isinstance(x, tuple) else np.ravel(np.asarray(x))


def _prepare(name: str, compiled: bool, budget: float = BUDGET) -> Callable[[Any], Any]:
    def prepare(given: Any) -> tuple[Callable[[], Any], Callable[[Any], np.ndarray]]:
        Options.compiled, Options.budget = compiled, budget
        run = find_functions(name)[FUNCTIONS.get(name, "gradient")](given["x"] if name == "hello" else given).run
        if name == "ba":
            along = inputs.direction_of_ba(given)
            return run, lambda blocks: sum(block @ part for block, part in zip(blocks, along, strict=True))
        return run, _flat

    return prepare


def _outer(name: str, modes: str) -> Callable[[Any], Any]:
    outer, inner = (MODES[mode] for mode in modes)

    def prepare(given: Any) -> tuple[Callable[[], Any], Callable[[Any], np.ndarray]]:
        if name == "particle":
            return lambda: outer(lambda w: landing(w[0], inner))(given["w"]), np.ravel
        return lambda: outer(lambda x: ridge(x, inner))(given["start"]), np.ravel

    return prepare


PROGRAMS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "eager": {
        **{name: _prepare(name, False) for name in (*COMPILED, "hello", "ba", "ht")},
        **{name: _outer(name, "RR") for name in ("particle", "saddle")},
    },
    "compiled": {name: _prepare(name, True) for name in COMPILED},
    "native": {name: _prepare(name, True, math.inf) for name in COMPILED},
}
