"""`lstm`: the loss of a small recurrent network over a text, with diagonal weights."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd.numpy as anp
from autograd import grad
from autograd.scipy.special import expit
from tests.benchmarks.gradbench.runs import Given, Prepare, Prepared, compile_once


def objective(main: Any, extra: Any, state: np.ndarray, sequence: np.ndarray) -> Any:
    layers, states = len(state) // 2, list(state)
    width = sequence.shape[1]
    total: Any = 0.0
    for before, after in zip(sequence, sequence[1:], strict=False):
        x = before * extra[0]
        for layer in range(layers):
            weight, bias = main[2 * layer], main[2 * layer + 1]
            hidden, cell = states[2 * layer], states[2 * layer + 1]
            gates = anp.concatenate([x, hidden, x, hidden]) * weight + bias
            forget, ingate, outgate = (expit(gates[i * width : (i + 1) * width]) for i in range(3))
            cell = cell * forget + ingate * anp.tanh(gates[3 * width :])
            x = outgate * anp.tanh(cell)
            states[2 * layer], states[2 * layer + 1] = x, cell
        predicted = x * extra[1] + extra[2]
        # So in ADBench: 2 is added to the sum.
        total = total + anp.sum(after * (predicted - anp.log(anp.sum(anp.exp(predicted)) + 2.0)))
    return -total / (width * (len(sequence) - 1))


def _prepare(function: Any, static: tuple[int, ...] | None = None) -> Prepare:
    def prepare(given: Given) -> Prepared:
        run = function if static is None else compile_once(function, static)
        arrays = [np.array(given[name]) for name in ("main_params", "extra_params", "state", "sequence")]
        return Prepared(lambda: run(*arrays), _tell)

    return prepare


def _tell(out: Any) -> Any:
    return np.concatenate([np.ravel(part) for part in out]).tolist() if isinstance(out, tuple) else float(out)


FUNCTIONS: dict[str, Prepare] = {
    "objective": _prepare(objective),
    "jacobian": _prepare(grad(objective, (0, 1)), ()),
}
