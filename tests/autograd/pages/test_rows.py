"""The rows as JavaScript, under Node, against the rows in Python: forwards and rules, at ordinary and at special points."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np

from autograd.compiler.javascript import UNAVAILABLE, parameters, printed_rows
from autograd.compiler.scalar_formulas import FORMULAS
from autograd.graph.op import TABLE, Op
from tests.autograd.pages.running import needs_node, run_script
from tests.autograd.samples import DEFAULT, DOMAINS, PARAMETERS

SPECIAL = [0.0, 1.0, -1.0, 0.5, 2.0, -2.5, 3.0, 30.0, -30.0, np.inf, -np.inf, np.nan]
EVERY_ROW = """Object.fromEntries(Object.entries(given).map(([name, points]) => [name, points.map(([xs, params]) => {
  const leaves = xs.map((x) => engine.leaf(x)), out = engine.ops[name](...leaves, params);
  if (out.needsGrad) engine.backward(out, [1.5]);
  return [out.data[0], leaves.map((x) => x.grad === null ? null : x.grad[0])];
})]))"""


def points(op: Op) -> list[tuple[float, ...]]:
    arity = len(op.rules)
    ordinary = DOMAINS.get(op.name, DEFAULT)
    pairs = list(itertools.product(ordinary, repeat=arity))
    return pairs + list(itertools.product(SPECIAL if arity < 3 else SPECIAL[-7:], repeat=arity))


def in_python(op: Op, xs: tuple[float, ...], params: dict[str, Any]) -> tuple[float, list[float | None]]:
    out = op.on_floats(xs, params)
    if not op.differentiable:
        return float(out), [None] * len(xs)
    sent = op.contributions_of_floats(1.5, out, xs, params, [True] * len(xs))
    return float(out), [0.0 if s is None else s for s in sent]


def test_every_row_has_a_formula_or_stands_among_those_that_javascript_cannot_compute() -> None:
    rows = {op.name for op in TABLE.values() if op.elementwise}
    assert rows - FORMULAS.keys() == UNAVAILABLE, "write its formula into autograd/compiler/scalar_formulas.py"
    assert FORMULAS.keys() - rows == set()


@needs_node
def test_every_row_in_javascript_agrees_with_the_row_in_python(tmp_path: Path) -> None:
    params = {op.name: PARAMETERS.get(op.name, {}) for op in printed_rows()}
    assert {name: list(given) for name, given in params.items()} == {op.name: parameters(op) for op in printed_rows()}
    given = {op.name: [[list(xs), params[op.name]] for xs in points(op)] for op in printed_rows()}
    computed = run_script(tmp_path, EVERY_ROW, given)
    wrong = []
    for op in printed_rows():
        for xs, (out, sent) in zip(points(op), computed[op.name], strict=True):
            expected, local = in_python(op, xs, params[op.name])
            for a, b in [(out, expected), *((s, e) for s, e in zip(sent, local, strict=True) if s is not None)]:
                a = float(a)
                if not (a == b or (a != a and b != b) or abs(a - b) <= 1e-12 * max(abs(a), abs(b))):
                    wrong.append((op.name, xs, out, expected, sent, local))
                    break
    assert wrong == [], "\n".join(f"{w}" for n, g in itertools.groupby(wrong, lambda w: w[0]) for w in list(g)[:3])
