"""Programs are made of NumPy's calls here, or of loops that Python runs, so that most tests wait for no compiler."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from autograd.compiler import array_program, budget, native

f32, f64 = np.float32, np.float64
SCOPE = {
    "np": np,
    "loop": lambda function: function,
    "f32": f32,
    "f64": f64,
    **{name + bits: function for name, function in {
        "erf": lambda x: type(x)(math.erf(x)), "erfc": lambda x: type(x)(math.erfc(x)),
        "exp": np.exp, "tanh": np.tanh, "sigmoid": lambda x: type(x)(1.0) / (type(x)(1.0) + np.exp(-x))
    }.items() for bits in ("32", "64")},
}  # fmt: skip


def loops_in_python(text: str) -> SimpleNamespace:
    """Loops as they stand, without numba."""
    found = dict(SCOPE)
    exec(text, found)
    return SimpleNamespace(**found)


@pytest.fixture(autouse=True, params=["NumPy"])
def made_of(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """What programs are made of: "NumPy", "loops" in Python, with "numba" as for users, or "operations" that are not written."""
    # Loops at the first run, however many there are.
    monkeypatch.setattr(budget, "seconds", lambda loops: 0.0)
    if request.param == "operations":
        monkeypatch.setattr(budget, "seconds_to_write", lambda *_, **__: math.inf)
        monkeypatch.setattr(budget, "runs_unwritten", lambda *_: 10**9)
    if request.param != "numba":
        monkeypatch.setattr(array_program, "has_numba", lambda: request.param == "loops")
        monkeypatch.setattr(array_program, "loop_module", loops_in_python)
        monkeypatch.setattr(array_program, "runs_machine_code", lambda: False)
        # Programs of scalars are not made of loops in Python.
        monkeypatch.setattr(native, "has_numba", lambda: False)
    return str(request.param)
