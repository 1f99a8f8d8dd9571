"""Folding: many samples are one network, the units of a layer one box, and the sums of a gradient stay what they are."""

from __future__ import annotations

import random

import numpy as np
import pytest

import nn
from autograd import Tensor, Value
from autograd.draw import Diagram, DrawError, draw
from autograd.draw.fold import FOLDS, fold_nodes
from autograd.draw.recurrence import _likeness
from autograd.draw.screen import READABLE, measure
from autograd.graph.node import Node, ancestors


def network(sizes: tuple[int, ...]) -> list[list[tuple[list[Value], Value]]]:
    rng = random.Random(1)
    return [
        [([Value(rng.uniform(-1, 1)) for _ in range(width)], Value(0.0)) for _ in range(count)]
        for width, count in zip(sizes, sizes[1:], strict=False)
    ]


def run(layers: list[list[tuple[list[Value], Value]]], x: list[Value]) -> Value:
    for layer in layers:
        x = [sum((w * v for w, v in zip(ws, x, strict=True)), b).tanh() for ws, b in layer]
    return x[0]


def loss_of(samples: int, sizes: tuple[int, ...] = (2, 4, 1)) -> Value:
    layers, rng = network(sizes), random.Random(2)
    errors = [(run(layers, [Value(rng.uniform(-1, 1)) for _ in range(2)]) - 1.0) ** 2 for _ in range(samples)]
    return sum(errors[1:], errors[0]) / samples


def test_a_small_graph_is_not_folded() -> None:
    loss = loss_of(1, (2, 2, 1))
    assert all(box.count == 1 for box in draw(loss).scene.boxes)


def test_many_samples_are_the_picture_of_one() -> None:
    one, many = loss_of(1), loss_of(50)
    boxes = draw(many, fold="repeats").scene.boxes
    assert len(boxes) == len(list(ancestors(one))) + 1, "and the sum over the samples"
    assert {box.count for box in boxes} == {1, 49, 50}
    assert {box.count for box in boxes if box.operation or box.title == "tanh"} <= {49, 50, 1}


def test_a_shared_leaf_stays_one_and_a_sample_of_another_kind_stays_alone() -> None:
    w, v = Value(0.5, name="w"), Value(0.25, name="v")
    terms = [w * float(k) for k in range(5)] + [v * 2.0, (w * 3.0).exp()]
    boxes = draw(sum(terms[1:], terms[0]), fold="repeats").scene.boxes
    counts = {(box.title, box.count) for box in boxes}
    assert ("w", 1) in counts
    assert ("v", 1) in counts
    assert {box.count for box in boxes if box.operation == "exp"} == {1}
    assert sorted(box.count for box in boxes if "*" in (box.title, box.operation)) == [1, 1, 5]


def titles(diagram: Diagram) -> list[tuple[str, int]]:
    """What a reader sees first of each box, and of how many nodes it is."""
    return [(box.title, box.count) for box in diagram.scene.collapse().boxes]


def test_the_units_of_a_layer_are_one_box_where_all_of_them_would_be_too_small_to_read() -> None:
    output = run(network((2, 16, 16, 1)), [Value(0.3), Value(-0.4)])
    diagram = draw(output)
    assert len(titles(diagram)) <= 16
    assert {count for title, count in titles(diagram) if title == "tanh"} == {16}
    assert measure(diagram.scene).scale >= READABLE > measure(draw(output, fold="repeats").scene).scale


def test_attention_and_normalisation_are_one_box_each_that_opens() -> None:
    block = nn.TransformerEncoderLayer(8, 2, 16, rng=0)
    x = np.random.default_rng(0).normal(size=(3, 2, 8)).astype(np.float32)
    diagram = draw(block, x, loss=lambda out: (out * out).mean())
    shown = {title for title, _ in titles(diagram)}
    assert {"self_attn MultiheadAttention", "norm1 LayerNorm", "norm2 LayerNorm"} <= shown
    assert measure(diagram.scene).scale >= READABLE
    opened = draw(block, x, loss=lambda out: (out * out).mean(), expand="self_attn")
    assert "softmax" in {box.operation for box in opened.scene.collapse().boxes}
    assert {c.box.title for c in diagram.scene.clusters} == {c.box.title for c in opened.scene.clusters}


def test_the_steps_of_a_recurrence_are_its_cell() -> None:
    lstm = nn.LSTM(3, 4, rng=0)
    x = np.random.default_rng(0).normal(size=(20, 2, 3)).astype(np.float32)
    diagram = draw(lstm, x, loss=lambda out: (out[0][-1] ** 2).mean())
    gates = [count for title, count in titles(diagram) if title in ("sigmoid", "tanh")]
    assert len(gates) == 5
    assert all(19 <= count <= 21 for count in gates)
    assert measure(diagram.scene).scale >= READABLE


def test_so_many_boxes_as_one_says_are_few_enough() -> None:
    output = run(network((2, 16, 16, 1)), [Value(0.3), Value(-0.4)])
    assert len(titles(draw(output, limit=200))) == 137
    assert len(titles(draw(output, limit=5))) <= 5


def test_a_long_chain_goes_down_in_a_picture() -> None:
    x = Value(0.3, name="x")
    for _ in range(6):
        x = (x * 1.25 + 0.1234567).tanh()
    assert "rankdir=TB" in draw(x, passes="both", fold="never").dot
    assert "rankdir=LR" in draw(x, passes="both", fold="never", direction="right").dot
    assert "rankdir=LR" in draw(Value(1.0).exp(), passes="both").dot


@pytest.mark.integration
def test_roles_are_layers() -> None:
    loss = loss_of(50, (2, 8, 8, 1))
    loss.backward()
    scene = draw(loss).scene
    assert 12 < len(scene.boxes) < 40
    assert sorted(box.count for box in scene.boxes if box.title == "tanh") == [50, 400, 400]


def test_kinds_are_few_whatever_the_graph_is() -> None:
    x = Value(0.3)
    for k in range(1500):
        x = x.sin() if k % 3 else x * 0.9 + 0.1
    assert len(draw(x, fold="kinds").scene.boxes) == 5


@pytest.mark.parametrize("way", FOLDS)
def test_every_node_is_in_one_group_and_groups_are_of_one_operation(way: str) -> None:
    nodes = list(ancestors(loss_of(20)))
    groups = fold_nodes(nodes, way)
    assert sorted(node.order for group in groups for node in group) == sorted(node.order for node in nodes)
    assert all(len({node.op for node in group}) == 1 for group in groups)
    assert groups == fold_nodes(nodes, way)


def test_what_a_folded_arrow_carries_is_what_its_edges_carry() -> None:
    loss = loss_of(30)
    loss.backward()
    scene = draw(loss, fold="repeats").scene
    leaves = {node for node in ancestors(loss) if node.op is None and node.grad and node.data != 0.0}
    weights = [box for box in scene.boxes if box.kind == "leaf" and box.count == 1]
    for box in weights:
        sent = [arrow.sent for arrow in scene.arrows if arrow.source == box.key]
        total = sum(s.mean * s.size for s in sent if s is not None)
        assert float(box.gradient) == pytest.approx(total, rel=1e-4)
    assert len(weights) >= len([w for w in leaves if w.data in {float(b.value) for b in weights}])


def test_tensors_fold_too() -> None:
    w = Tensor(np.ones((3, 3)), requires_grad=True, name="w")
    terms = [(w @ np.full(3, float(k))).tanh().sum() for k in range(10)]
    boxes = draw(sum(terms[1:], terms[0]), fold="repeats").scene.boxes
    assert {box.count for box in boxes} == {1, 9, 10}


@pytest.mark.integration
def test_a_chain_of_a_million_operations_is_folded() -> None:
    x: Node = Value(1.0)
    for _ in range(100_000):
        x = x * 1.0  # type: ignore[operator]
    assert len(draw(x).scene.boxes) <= 3


def test_what_cannot_be_folded_is_said() -> None:
    with pytest.raises(DrawError, match="'auto', 'never', 'repeats', 'roles', 'steps', 'kinds'"):
        draw(Value(1.0), fold="all")  # type: ignore[arg-type]
    x = Value(1.0)
    for _ in range(3000):
        x = x.sin() + 1.0
    with pytest.raises(DrawError, match="makes 9,001 boxes; up to 5,000 are drawn"):
        draw(x, fold="never")


def test_nodes_are_alike_by_parameters_operands_and_users() -> None:
    one = ("axis 0", (1, 2), (7, 8))
    assert _likeness(one, one) == 5
    assert _likeness(one, ("axis 1", (1, 2), (7, 8))) == 4
    assert _likeness(one, ("axis 0", (1, 3), (7, 8))) == 4
    assert _likeness(one, ("axis 0", (1, 2), (7, 9))) == 4
    assert _likeness(one, ("axis 1", (2, 1), (9,))) == 0
