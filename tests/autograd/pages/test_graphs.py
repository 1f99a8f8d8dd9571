"""Whole graphs in JavaScript, under Node, against the same graphs in Python: values, gradients, and every step of the pass."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor
from autograd.engine.reverse import steps
from tests.autograd.pages.running import needs_node, run_in_page, run_script

# A graph is a list of leaves, shape and numbers, and a list of calls: the row, its operands by number, and the options.
BUILD = """
const build = ({ leaves, calls }) => {
  const made = leaves.map(([shape, data]) => engine.leaf(data, shape));
  for (const [name, operands, options] of calls) {
    const xs = operands.map((x) => made[x]);
    made.push(options === null ? engine.ops[name](...xs) : engine.ops[name](...xs, options));
  }
  return made;
};
"""
GRAPHS = (
    "(() => {"
    + BUILD
    + """
  return given.map((graph) => {
    const made = build(graph), root = made.at(-1);
    engine.backward(root);
    return { value: root.data, grads: made.slice(0, graph.leaves.length).map((x) => x.grad) };
  });
})()"""
)
STEPS = (
    "(() => {"
    + BUILD
    + """
  const made = build(given), numberOf = new Map(made.map((x, i) => [x, i]));
  return engine.steps(made.at(-1)).map(({ node, gradient, sends }) => [
    node.op, numberOf.get(node), gradient, sends.map(({ to, index, value }) => [numberOf.get(to), index, value]),
  ]);
})()"""
)
# Away from kinks and poles, and with values that stay moderate however they are chained.
UNARY = [
    "tanh",
    "sin",
    "cos",
    "sigmoid",
    "softplus",
    "atan",
    "erf",
    "silu",
    "gelu",
    "asinh",
    "relu",
    "elu",
    "leaky_relu",
    "neg",
    "square",
]
BINARY = ["add", "sub", "mul", "hypot", "maximum", "minimum", "logaddexp", "atan2"]


def random_graph(rng: np.random.Generator) -> dict[str, Any]:
    shapes = [[2, 3], [3], [1, 3], [2, 1], []]
    leaves = [[shape, rng.normal(size=shape).ravel().tolist()] for shape in (shapes[i] for i in rng.integers(0, 5, 3))]
    leaves.append([[2, 3], rng.normal(size=6).tolist()])
    calls: list[list[Any]] = []
    size = len(leaves)
    for _ in range(rng.integers(3, 12)):
        many = size + len(calls)
        if rng.random() < 0.5:
            calls.append([str(rng.choice(UNARY)), [int(rng.integers(many))], None])
        else:
            name = str(rng.choice(BINARY))
            # Of x - x only rounding is left, which no two libraries share.
            operands = rng.choice(many, 2, replace=name in ("add", "mul", "hypot"))
            calls.append([name, [int(i) for i in operands], None])
    # The last leaf and all that was made come together in one number.
    last = len(leaves) + len(calls)
    calls.append(["tanh", [last - 1], None])
    calls.append(["mul", [last, 3], None])
    calls.append([str(rng.choice(["sum", "mean", "logsumexp"])), [last + 1], None])
    return {"leaves": leaves, "calls": calls}


def in_python(graph: dict[str, Any]) -> list[Tensor]:
    made = [Tensor(np.array(data).reshape(shape), requires_grad=True) for shape, data in graph["leaves"]]
    for name, operands, options in graph["calls"]:
        made.append(getattr(ag, name)(*(made[i] for i in operands), **(options or {})))
    return made


def assert_close(found: Any, expected: Any, what: str, added: float | None = None) -> None:
    """Equal to 1e-12 relative; of sums in which `added` is the greatest number, only what it leaves is compared."""
    expected = np.asarray(expected)
    scale = float(np.abs(expected).max(initial=0.0)) if added is None else added
    np.testing.assert_allclose(
        np.reshape(found, expected.shape), expected, rtol=1e-12, atol=1e-14 * scale, err_msg=what
    )


@needs_node
@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.integration)])
def test_values_and_gradients_of_random_graphs(tmp_path: Path, count: int) -> None:
    assert_expected(run_script(tmp_path, GRAPHS, random_graphs(count)))


@pytest.mark.browser
@pytest.mark.integration
def test_values_and_gradients_of_random_graphs_in_chromium(show: Any) -> None:
    assert_expected(run_in_page(show, GRAPHS, random_graphs(1000)))


@cache
def random_graphs(count: int) -> list[dict[str, Any]]:
    rng = np.random.default_rng(0)
    return [random_graph(rng) for _ in range(count)]


@cache
def expected(number: int) -> tuple[np.ndarray, list[np.ndarray | None], float]:
    """The value and the gradients of a graph in Python, and the greatest number that the pass sent."""
    graph = random_graphs(1000)[number]
    made = in_python(graph)
    sent = [float(np.abs(c.value).max()) for step in steps(made[-1]) for c in step.sent]
    made[-1].backward()
    return made[-1].data, [leaf.grad for leaf in made[: len(graph["leaves"])]], max(sent)


def assert_expected(computed: list[dict[str, Any]]) -> None:
    for number, found in enumerate(computed):
        what = f"graph {number}: {random_graphs(1000)[number]}"
        value, grads, greatest = expected(number)
        assert_close(found["value"], value, what)
        for grad, wanted in zip(found["grads"], grads, strict=True):
            assert (grad is None) == (wanted is None), what
            if grad is not None:
                assert_close(grad, wanted, what, greatest)


@needs_node
def test_the_steps_of_the_pass_are_those_of_python_in_their_order(tmp_path: Path) -> None:
    graph = random_graph(np.random.default_rng(5))
    made = in_python(graph)
    numbers = {node: i for i, node in enumerate(made)}
    expected = steps(made[-1])
    for (op, number, gradient, sends), step in zip(run_script(tmp_path, STEPS, graph), expected, strict=True):
        assert op == (None if step.node.op is None else step.node.op.name)
        assert number == numbers[step.node]
        assert_close(gradient, step.upstream, str(number))
        assert [(to, index) for to, index, _ in sends] == [(numbers[c.parent], c.index) for c in step.sent]
        for (_, _, value), contribution in zip(sends, step.sent, strict=True):
            assert_close(value, contribution.value, str(number))


# What pages call: the name, the shapes of the operands, options of ours, and what Python calls.
CALLS: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "sum": ([[2, 3]], {"axis": 1}),
    "sum over all": ([[2, 3]], {}),
    "mean": ([[2, 3, 4]], {"axis": [0, 2], "keepdims": True}),
    "amax": ([[2, 3]], {"axis": 0}),
    "amin": ([[2, 3]], {"axis": -1, "keepdims": True}),
    "softmax": ([[2, 3]], {}),
    "softmax along": ([[2, 3]], {"axis": 0}),
    "log_softmax": ([[2, 3]], {"axis": -1}),
    "logsumexp": ([[2, 3]], {"axis": 1}),
    "matmul": ([[2, 3], [3, 4]], {}),
    "matmul of vectors": ([[3], [3]], {}),
    "matmul by a vector": ([[2, 3], [3]], {}),
    "matmul of a vector": ([[3], [3, 2]], {}),
    "matmul of stacks": ([[4, 2, 3], [4, 3, 2]], {}),
    "matmul of a stack": ([[4, 2, 3], [3, 2]], {}),
    "matmul of a stack by a vector": ([[4, 2, 3], [3]], {}),
    "linear": ([[5, 3], [2, 3], [2]], {}),
    "linear of a stack": ([[4, 5, 3], [2, 3], [2]], {}),
}
ARRAY_GRAPHS = """given.map(([name, shapes, data, options, weights]) => {
  const xs = shapes.map((shape, i) => engine.leaf(data[i], shape)), given = Object.keys(options).length ? [...xs, options] : xs;
  const out = engine.ops[name](...given);
  engine.backward(engine.ops.sum(engine.ops.mul(out, engine.constant(weights.slice(0, out.size), out.shape))));
  return { shape: out.shape, value: out.data, grads: xs.map((x) => x.grad) };
})"""


@needs_node
def test_rows_over_whole_arrays(tmp_path: Path) -> None:
    rng, weights = np.random.default_rng(0), np.cos(np.arange(100.0))
    data = {what: [np.round(rng.normal(size=shape), 1) for shape in shapes] for what, (shapes, _) in CALLS.items()}
    given = [
        [what.split()[0], shapes, [x.ravel().tolist() for x in data[what]], options, weights.tolist()]
        for what, (shapes, options) in CALLS.items()
    ]
    for (what, (_, options)), found in zip(CALLS.items(), run_script(tmp_path, ARRAY_GRAPHS, given), strict=True):
        xs = [Tensor(x, requires_grad=True) for x in data[what]]
        called = {"amax": ag.max, "amin": ag.min}.get(what.split()[0]) or getattr(ag, what.split()[0])
        out = called(*xs, **{k: tuple(v) if isinstance(v, list) else v for k, v in options.items()})
        (out * weights[: out.size].reshape(out.shape)).sum().backward()
        assert found["shape"] == list(out.shape), what
        assert_close(found["value"], out.data, what)
        for grad, x in zip(found["grads"], xs, strict=True):
            assert_close(grad, x.grad, what)


MOVED = """(() => {
  const { ops } = engine, x = engine.leaf(given, [2, 3]), y = engine.leaf([7, 8, 9], [1, 3]);
  const moved = {
    reshape: ops.reshape(x, [3, -1]), transpose: ops.transpose(x), broadcast: ops.broadcast_to(y, [2, 3]),
    element: ops.getitem(x, [1, 2]), row: ops.getitem(x, 1), columns: ops.getitem(x, [":", [1, 3]]), last: ops.getitem(x, ["...", -1]),
    join: ops.concatenate([x, y, x], 0), stack: ops.stack([x, ops.broadcast_to(y, [2, 3])], 1), transposed: ops.transpose(x, [1, 0]),
  };
  const totals = Object.values(moved).map((part, i) => ops.mul(i + 1, ops.sum(ops.mul(part, ops.square(part)))));
  const total = totals.reduce((a, b) => ops.add(a, b));
  engine.backward(total);
  return { moved: Object.fromEntries(Object.entries(moved).map(([name, part]) => [name, [part.shape, part.data]])), x: x.grad, y: y.grad };
})()"""


@needs_node
def test_what_rearranges(tmp_path: Path) -> None:
    numbers = [0.5, -1.0, 2.0, 3.0, -0.25, 1.5]
    found = run_script(tmp_path, MOVED, numbers)
    x = Tensor(np.reshape(numbers, (2, 3)), requires_grad=True)
    y = Tensor([[7.0, 8.0, 9.0]], requires_grad=True)
    moved = {
        "reshape": x.reshape(3, -1), "transpose": x.T, "broadcast": ag.broadcast_to(y, (2, 3)), "element": x[1, 2], "row": x[1],
        "columns": x[:, 1:3], "last": x[..., -1], "join": ag.concatenate([x, y, x], 0),
        "stack": ag.stack([x, ag.broadcast_to(y, (2, 3))], 1), "transposed": x.T,
    }  # fmt: skip
    assert found["moved"].keys() == moved.keys()
    for name, part in moved.items():
        shape, data = found["moved"][name]
        assert shape == list(part.shape), name
        assert_close(data, part.data, name)
    sum((i * (part * part * part).sum() for i, part in enumerate(moved.values(), 1)), Tensor(0.0)).backward()
    assert_close(found["x"], x.grad, "x")
    assert_close(found["y"], y.grad, "y")


LOSSES = """(() => {
  const { ops } = engine, told = {};
  for (const reduction of ["mean", "sum", "none"]) {
    for (const name of ["cross_entropy", "mse_loss", "half_mse_loss", "l1_loss", "binary_cross_entropy_with_logits"]) {
      const x = engine.leaf(given, [2, 3]), target = name === "cross_entropy" ? [2, 0] : engine.constant([1, 0, 1, 1, 0, 0], [2, 3]);
      const loss = ops[name](x, target, { reduction });
      engine.backward(ops.sum(loss));
      told[`${name} ${reduction}`] = [loss.data, x.grad];
    }
  }
  return told;
})()"""


@needs_node
def test_losses(tmp_path: Path) -> None:
    from nn import functional

    numbers = [0.5, -1.0, 2.0, 3.0, -0.25, 1.5]
    for what, (value, grad) in run_script(tmp_path, LOSSES, numbers).items():
        name, reduction = what.split()
        x = Tensor(np.reshape(numbers, (2, 3)), requires_grad=True)
        target = np.array([2, 0]) if name == "cross_entropy" else np.array([[1.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
        loss = getattr(functional, name)(x, target, reduction=reduction)
        loss.sum().backward()
        assert_close(value, loss.data, what)
        assert_close(grad, x.grad, what)
