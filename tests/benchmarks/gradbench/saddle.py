"""`saddle`: a saddle point by descents within a descent."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.autograd.nested_programs import MODES, argmin, height
from tests.benchmarks.gradbench.runs import Given, Prepare, Prepared


def _prepare(modes: str) -> Prepare:
    outer, inner = (MODES[mode.upper()] for mode in modes)

    def prepare(given: Given) -> Prepared:
        start = np.array(given["start"], float)

        def run() -> Any:
            def ridge(x: Any) -> Any:
                return height(x, argmin(lambda y: -height(x, y), start, inner))

            x = argmin(ridge, start, outer)
            return np.concatenate([x, argmin(lambda y: -height(x, y), start, outer)])

        return Prepared(run)

    return prepare


FUNCTIONS: dict[str, Any] = {modes: _prepare(modes) for modes in ("ff", "fr", "rf", "rr")}
