"""The tape in JavaScript beside a bare loop of the same network, in processor time of one process."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.autograd.pages.running import needs_node, run_script

# A 4×8×8×1 network at batch 10 by the engine, and its products, tanh and their backward pass by hand.
RACE = """(() => {
  const { ops, leaf, constant } = engine;
  let seed = 1;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647 - 0.5;
  const make = (...shape) => leaf(Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, random), shape);
  const weights = [make(4, 8), make(8), make(8, 8), make(8), make(8, 1), make(1)], x = constant(make(10, 4).data, [10, 4]);
  const y = constant(make(10, 1).data, [10, 1]), optimizer = new engine.optim.SGD(weights, { lr: 0.01 });
  const byEngine = () => {
    optimizer.zeroGrad();
    const first = ops.tanh(ops.add(ops.matmul(x, weights[0]), weights[1]));
    const second = ops.tanh(ops.add(ops.matmul(first, weights[2]), weights[3]));
    engine.backward(ops.mse_loss(ops.add(ops.matmul(second, weights[4]), weights[5]), y));
    optimizer.step();
  };
  const sizes = [4, 8, 8, 1], held = sizes.map((n) => new Float64Array(10 * n).fill(0.1));
  const sent = sizes.map((n) => new Float64Array(10 * n));
  const w = [weights[0].data, weights[2].data, weights[4].data].map((a) => a.slice()), dw = w.map((a) => new Float64Array(a.length));
  const bare = () => {
    for (let layer = 0; layer < 3; layer++) {
      const m = sizes[layer], n = sizes[layer + 1];
      for (let row = 0; row < 10; row++) for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let i = 0; i < m; i++) sum += held[layer][row * m + i] * w[layer][i * n + j];
        held[layer + 1][row * n + j] = Math.tanh(sum);
      }
    }
    sent[3].fill(0.01);
    for (let layer = 2; layer >= 0; layer--) {
      const m = sizes[layer], n = sizes[layer + 1];
      dw[layer].fill(0);
      for (let row = 0; row < 10; row++) for (let i = 0; i < m; i++) {
        let sum = 0;
        const value = held[layer][row * m + i];
        for (let j = 0; j < n; j++) {
          sum += sent[layer + 1][row * n + j] * w[layer][i * n + j];
          dw[layer][i * n + j] += sent[layer + 1][row * n + j] * value;
        }
        sent[layer][row * m + i] = sum * (1 - value * value);
      }
      for (let i = 0; i < w[layer].length; i++) w[layer][i] -= 0.01 * dw[layer][i];
    }
  };
  const time = (run, n) => {
    const before = process.cpuUsage();
    for (let i = 0; i < n; i++) run();
    const { user } = process.cpuUsage(before);
    return user / n;
  };
  time(byEngine, 1500);
  time(bare, 3000);
  const times = [...Array(5)].map(() => [time(byEngine, 400), time(bare, 2000)]);
  const middle = (k) => times.map((pair) => pair[k]).sort((a, b) => a - b)[2];
  return middle(0) / middle(1);
})()"""


@needs_node
@pytest.mark.integration
def test_a_step_costs_a_small_multiple_of_a_bare_loop(tmp_path: Path) -> None:
    # 5 to 8 as this is written; at 25 a page would be close to 3,000 steps a second on a slow machine.
    assert run_script(tmp_path, RACE) < 25
