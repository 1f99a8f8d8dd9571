"""`particle`: a charge is moved until a particle hits the origin, by gradients within gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.autograd.nested_programs import MODES, argmin, landing
from tests.benchmarks.gradbench.runs import Given, Prepare, Prepared


def _prepare(modes: str) -> Prepare:
    outer, inner = (MODES[mode.upper()] for mode in modes)

    def prepare(given: Given) -> Prepared:
        begun = np.array([float(given["w"])])
        return Prepared(lambda: argmin(lambda w: landing(w[0], inner), begun, outer), lambda out: float(out[0]))

    return prepare


FUNCTIONS: dict[str, Any] = {modes: _prepare(modes) for modes in ("ff", "fr", "rf", "rr")}
