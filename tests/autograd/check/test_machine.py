"""Graphs in any order of events: built, walked, zeroed, changed in place, detached, copied and dropped, beside a naive model.

The model keeps every expression as it was recorded, and differentiates it by dual numbers. What the engine may never do
is give another number: where a value that a derivative needs was overwritten, it must raise.
"""

from __future__ import annotations

import copy
import gc
import math
import weakref
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import autograd as ag
from autograd import Tensor, Value, no_grad
from autograd.errors import InPlaceError
from autograd.graph.node import Node, ancestors
from tests.autograd.check.dual import Dual, one

numbers = st.sampled_from([0.5, -1.25, 2.0, -0.75, 1.5])
picks = st.integers(0, 30)
UNARY = {"sin": ag.sin, "tanh": ag.tanh, "neg": ag.neg, "square": ag.square}
BINARY = {"add": lambda x, y: x + y, "mul": lambda x, y: x * y, "sub": lambda x, y: x - y}


@dataclass(frozen=True, eq=False)
class Expression:
    """What a node was computed from when it was recorded; a leaf has a key, and a constant none."""

    operation: str
    operands: tuple[Expression, ...] = ()
    value: float = 0.0
    key: int | None = None

    def derivative(self, key: int) -> float:
        known: dict[int, Dual] = {}

        def dual(e: Expression) -> Dual:
            if id(e) not in known:
                xs = [dual(x) for x in e.operands]
                if not xs:
                    known[id(e)] = Dual(e.value, float(e.key == key))
                else:
                    known[id(e)] = one(e.operation)(*xs) if e.operation in UNARY else BINARY[e.operation](*xs)
            return known[id(e)]

        return dual(self).slope

    def keys(self) -> set[int]:
        found, seen, waiting = set(), set(), [self]
        while waiting:
            e = waiting.pop()
            if id(e) not in seen:
                seen.add(id(e))
                waiting += e.operands
                if e.key is not None:
                    found.add(e.key)
        return found


class Graphs(RuleBasedStateMachine):
    """Over one of the two faces."""

    face: type[Node] = Value

    @initialize(x=numbers, y=numbers)
    def begin(self, x: float, y: float) -> None:
        self.nodes: list[tuple[Any, Expression]] = []
        self.leaves: dict[int, Any] = {}
        self.expected: dict[int, float] = {}
        self.shared: set[int] = set()
        for number in (x, y):
            self.make_leaf(number)

    def pick(self, number: int) -> tuple[Any, Expression]:
        return self.nodes[number % len(self.nodes)]

    def leaf_keys(self) -> list[int]:
        return sorted(self.leaves)

    @rule(x=numbers)
    def make_leaf(self, x: float) -> None:
        key = len(self.expected)
        leaf = Value(x) if self.face is Value else Tensor(x, requires_grad=True)
        self.leaves[key], self.expected[key] = leaf, 0.0
        self.nodes.append((leaf, Expression("leaf", (), x, key)))

    @rule(a=picks, name=st.sampled_from(sorted(UNARY)))
    def apply_one(self, a: int, name: str) -> None:
        node, expression = self.pick(a)
        if abs(node.item()) < 10.0:
            out = UNARY[name](node)
            self.nodes.append((out, Expression(name, (expression,), out.item())))

    @rule(a=picks, b=picks, name=st.sampled_from(sorted(BINARY)))
    def apply_two(self, a: int, b: int, name: str) -> None:
        (x, of_x), (y, of_y) = self.pick(a), self.pick(b)
        if abs(x.item()) < 10.0 and abs(y.item()) < 10.0:
            out = BINARY[name](x, y)
            self.nodes.append((out, Expression(name, (of_x, of_y), out.item())))

    @rule(a=picks)
    def detach(self, a: int) -> None:
        node, expression = self.pick(a)
        if expression.key is not None:
            # As in PyTorch, what is detached shares its memory.
            self.shared.add(expression.key)
        out = node.detach()
        assert not out.requires_grad
        self.nodes.append((out, Expression("constant", (), out.item())))

    @rule(a=picks)
    def backward(self, a: int) -> None:
        node, expression = self.pick(a)
        if not node.requires_grad:
            return
        reached = expression.keys()
        before = {key: self.grad(key) for key in self.leaves}
        try:
            node.backward()
        except InPlaceError:
            assert self.is_stale(expression), "nothing was overwritten"
            for key, grad in before.items():
                # A pass that stops half way may have added to some leaves; forget what they hold.
                if key in reached:
                    self.zero(key)
                else:
                    assert self.grad(key) == grad
            return
        for key in reached & set(self.leaves):
            self.expected[key] += expression.derivative(key)

    def is_stale(self, expression: Expression) -> bool:
        current = {e.key: e for _, e in self.nodes if e.operation == "leaf"}
        seen, waiting = set(), [expression]
        while waiting:
            e = waiting.pop()
            if id(e) in seen:
                continue
            seen.add(id(e))
            waiting += e.operands
            if e.operation == "leaf" and e.key is not None and current.get(e.key) is not e:
                return True
        return False

    def grad(self, key: int) -> float:
        grad = self.leaves[key].grad
        return 0.0 if grad is None else float(grad)

    def zero(self, key: int) -> None:
        leaf = self.leaves[key]
        if self.face is Value:
            leaf.grad = 0.0
        else:
            leaf.zero_grad()
        self.expected[key] = 0.0

    @rule(k=picks)
    def zero_a_leaf(self, k: int) -> None:
        keys = self.leaf_keys()
        if keys:
            self.zero(keys[k % len(keys)])

    @rule(a=picks)
    def copy_a_graph(self, a: int) -> None:
        node, expression = self.pick(a)
        twin = copy.deepcopy(node)
        assert twin.item() == node.item() and twin is not node
        mine = {id(leaf): key for key, leaf in self.leaves.items()}
        assert not any(id(other) in mine for other in ancestors(twin)), "a copy shares no node"
        # It is a graph of its own: walking it leaves our leaves as they are, which the invariant checks.
        if twin.requires_grad:
            try:
                twin.backward()
            except InPlaceError:
                assert self.is_stale(expression)

    @rule(a=picks)
    def drop(self, a: int) -> None:
        if len(self.nodes) < 4:
            return
        index = a % len(self.nodes)
        node, expression = self.nodes[index]
        if expression.operation == "leaf" or any(node in other.parents for other, _ in self.nodes):
            return
        watch = weakref.ref(node)
        del self.nodes[index], node
        assert watch() is None, "a dropped graph is freed at once, without the collector"

    @invariant()
    def leaves_hold_what_the_model_says(self) -> None:
        for key in getattr(self, "leaves", {}):
            assert self.grad(key) == pytest.approx(self.expected[key], rel=1e-9, abs=1e-9)

    @invariant()
    def values_are_what_was_computed(self) -> None:
        for node, expression in getattr(self, "nodes", []):
            assert math.isclose(node.item(), expression.value, rel_tol=1e-12)


class TensorGraphs(Graphs):
    """Tensors can be changed in place as well."""

    face = Tensor

    @precondition(lambda self: self.leaves)
    @rule(k=picks, x=numbers, how=st.sampled_from(["data", "item", "add"]))
    def change_in_place(self, k: int, x: float, how: str) -> None:
        keys = self.leaf_keys()
        key = keys[k % len(keys)]
        leaf = self.leaves[key]
        with no_grad():
            if how == "data" or key in self.shared:
                leaf.data = np.array(x)
            elif how == "item":
                leaf[...] = x
            else:
                leaf += x - float(leaf)
        index = next(i for i, (node, _) in enumerate(self.nodes) if node is leaf)
        self.nodes[index] = (leaf, Expression("leaf", (), x, key))


@pytest.fixture(autouse=True)
def without_the_collector() -> Any:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


RANDOM = settings(deadline=None, suppress_health_check=list(HealthCheck), stateful_step_count=30)
TestValues = Graphs.TestCase
TestValues.settings = RANDOM
TestTensors = TensorGraphs.TestCase
TestTensors.settings = RANDOM
