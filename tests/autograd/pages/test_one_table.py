"""No derivative is written by hand a second time: what JavaScript sends back is what the table's rules say, and nothing else."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograd.compiler.array_rules import ARRAY_ROWS, array_rows_script
from autograd.compiler.javascript import printed_rows, row_text, written_functions
from autograd.pages.engine import ASSETS, engine_text, read_asset
from tests.autograd.pages.running import needs_node, run_script
from tests.autograd.samples import DEFAULT, DOMAINS, PARAMETERS

LOCAL = """Object.fromEntries(Object.entries(given).map(([name, [xs, params]]) => {
  const leaves = xs.map((x) => engine.leaf(x)), out = engine.ops[name](...leaves, params);
  if (out.needsGrad) engine.backward(out);
  return [name, leaves.map((x) => (x.grad === null ? 0 : x.grad[0]))];
}))"""
# Each row over arrays, called on something that it takes.
ARRAYS = """Object.fromEntries(given.map((name) => {
  const { ops, row } = engine, x = engine.leaf([1, 2, 3, 4], [2, 2]), y = engine.leaf([1, 2], [2]);
  const made = {
    concatenate: () => ops.concatenate([x, x]), slice: () => ops.getitem(x, 0),
    unslice: () => row.unslice(y, { key: [1, [0, 2]], shape: [2, 2] }), matmul: () => ops.matmul(x, y),
    linear: () => ops.linear(x, x, y), reshape: () => ops.reshape(x, [4]), transpose: () => ops.transpose(x),
    broadcast_to: () => ops.broadcast_to(y, [3, 2]), cross_entropy: () => ops.cross_entropy(x, [0, 1]),
    residual: () => row.residual(x, [0, 1]),
  };
  const out = (made[name] ?? (() => ops[name](x)))();
  try {
    engine.backward(out, new Float64Array(out.size).fill(1));
    return [name, "differentiated"];
  } catch (error) {
    return [name, error.message];
  }
}))"""


def tripled(rule: Callable[..., Any]) -> Callable[..., Any]:
    return functools.wraps(rule)(lambda *given, **params: 3.0 * rule(*given, **params))


@needs_node
def test_another_rule_in_the_table_is_another_derivative_in_javascript(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = printed_rows()
    given = {op.name: [DOMAINS.get(op.name, DEFAULT)[: len(op.rules)], PARAMETERS.get(op.name, {})] for op in rows}
    before = run_script(tmp_path, LOCAL, given)
    for op in rows:
        monkeypatch.setattr(op, "rules", tuple(rule and tripled(rule) for rule in op.rules))
    text = engine_text("\n".join([written_functions(), *map(row_text, rows)]))
    after = run_script(tmp_path, LOCAL, given, text)
    for name, sent in before.items():
        assert after[name] == pytest.approx([3.0 * x for x in sent], rel=1e-12), name
    assert sum(any(sent) for sent in before.values()) > 50


@needs_node
def test_without_what_is_printed_nothing_can_be_differentiated(tmp_path: Path) -> None:
    rows = list(ARRAY_ROWS)
    assert run_script(tmp_path, ARRAYS, rows) == dict.fromkeys(rows, "differentiated")
    bare = run_script(tmp_path, ARRAYS, rows, engine_text())
    assert "differentiated" not in bare.values()


def test_every_array_row_with_a_kernel_has_its_rules_printed() -> None:
    kernels = [line.partition('enterArrays("')[2].partition('"')[0] for line in read_asset("arrays.js").splitlines()]
    assert sorted(filter(None, kernels)) == sorted(ARRAY_ROWS)
    printed = array_rows_script()
    assert all(f'enterRules("{name}"' in printed for name in ARRAY_ROWS)


def test_the_assets_enter_no_rules() -> None:
    for path in Path(str(ASSETS)).glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert 'enter("' not in text
        assert 'enterRules("' not in text
        assert "(g, out" not in text
