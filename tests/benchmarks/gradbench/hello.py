"""`hello`: a square and its derivative, to see that the protocol works."""

from __future__ import annotations

from autograd import grad
from tests.benchmarks.gradbench.runs import Prepare, Prepared


def square(x: float) -> float:
    return x * x


FUNCTIONS: dict[str, Prepare] = {
    "square": lambda x: Prepared(lambda: square(float(x))),
    "double": lambda x: Prepared(lambda: grad(square)(float(x))),
}
