"""Copies of nodes: inside a transform they are computed from the original; leaves and modules copy to fresh leaves."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import GraphError, Tensor, Value, checkpoint, grad, hessian, jacobian, jvp, vjp

X = np.array([1.0, 2.0, 3.0])
COPIES = {
    "copy.copy": copy.copy,
    "copy.deepcopy": copy.deepcopy,
    "within a list": lambda x: copy.deepcopy([0, {"x": x}])[1]["x"],
    "np.copy": np.copy,
    "of a result": lambda x: copy.deepcopy(x * 1.0),
    "of a copy": lambda x: copy.deepcopy(copy.copy(x)),
}


@pytest.mark.parametrize("name", COPIES)
def test_inside_of_a_transform_a_copy_is_differentiable(name: str) -> None:
    f = lambda x: (COPIES[name](x) ** 2).sum()
    assert grad(f)(X).tolist() == [2.0, 4.0, 6.0]
    assert hessian(f)(X).tolist() == (2.0 * np.eye(3)).tolist()
    assert jvp(f, (X,), (np.ones(3),))[1] == 12.0
    assert vjp(f, X)[1](1.0)[0].tolist() == [2.0, 4.0, 6.0]
    assert jacobian(lambda x: COPIES[name](x))(X).tolist() == np.eye(3).tolist()
    assert grad(lambda x: COPIES[name](x) ** 2)(3.0) == 6.0
    assert grad(lambda p: COPIES[name](p["w"]) ** 2 * p["b"])({"w": 3.0, "b": 2.0}) == {"w": 12.0, "b": 9.0}
    assert grad(lambda x: COPIES[name](x) ** 2)(Value(3.0, requires_grad=False)) == 6.0
    assert grad(grad(lambda x: COPIES[name](x) ** 3))(2.0) == 12.0
    x = Tensor(X, requires_grad=True)
    checkpoint(f)(x).backward()
    assert x.grad is not None
    assert x.grad.tolist() == [2.0, 4.0, 6.0]


@pytest.mark.integration
@pytest.mark.parametrize("name", COPIES)
def test_inside_of_a_compiled_function_too(name: str) -> None:
    f = lambda x: (COPIES[name](x) ** 2).sum()
    assert ag.compile(f)(X) == 14.0
    assert ag.compile(grad(f))(X).tolist() == [2.0, 4.0, 6.0]
    assert ag.compile(lambda a: COPIES[name](a) ** 2)(3.0) == 9.0
    assert ag.compile(grad(lambda a: COPIES[name](a) ** 2))(3.0) == 6.0


def test_what_shares_in_the_original_shares_in_the_copy() -> None:
    def f(x: Any) -> Any:
        first, second = copy.deepcopy([x, x])
        assert first is second
        return (first * second).sum()

    assert grad(f)(X).tolist() == [2.0, 4.0, 6.0]


def test_a_copy_shares_no_memory() -> None:
    t = Tensor(X, requires_grad=True)
    for made in (copy.copy(t), copy.deepcopy(t), copy.copy(t * 1.0), copy.copy(Tensor(X))):
        assert not np.shares_memory(made.data, t.data)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_outside_a_leaf_copies_to_a_fresh_leaf(copied: Any) -> None:
    for leaf in (Tensor(X, requires_grad=True, name="t"), Value(2.0, name="v"), nn.Parameter(X), Tensor(X)):
        twin = copied(leaf)
        assert twin is not leaf
        assert type(twin) is type(leaf)
        assert (twin.op, twin.parents, twin.requires_grad, twin.name) == (None, (), leaf.requires_grad, leaf.name)
        if leaf.requires_grad:
            (twin * 2.0).sum().backward()
            assert np.all(leaf.grad == 0.0) if isinstance(leaf, Value) else leaf.grad is None


def test_outside_a_shallow_copy_of_a_result_has_its_past() -> None:
    t = Tensor(X, requires_grad=True)
    copy.copy(t * t).sum().backward()
    assert t.grad is not None
    assert t.grad.tolist() == [2.0, 4.0, 6.0]
    v = Value(3.0)
    copy.copy(v * v).backward()
    assert v.grad == 6.0


def test_a_module_copies_to_fresh_parameters_inside_and_outside() -> None:
    model = nn.Linear(3, 1, rng=0)
    twins = []

    def f(x: Any) -> Any:
        twins.append(copy.deepcopy(model))
        return twins[-1](x).sum()

    f(X)
    found = grad(f)(X)
    np.testing.assert_allclose(getattr(found, "data", found), model.weight.data[0])
    for twin in twins:
        assert twin.weight is not model.weight
        assert twin.weight.op is None
        assert type(twin.weight) is nn.Parameter


def test_inside_of_a_transform_nothing_is_pickled() -> None:
    with pytest.raises(GraphError, match="cannot pickle"):
        grad(lambda x: pickle.loads(pickle.dumps(x)).sum())(X)
    assert pickle.loads(pickle.dumps(Tensor(X, requires_grad=True))).requires_grad


@ag.primitive(lambda g, out, x: -g)
def exp(x: Any) -> Any:
    return x + 1.0


class Own(nn.Module):
    """A function of one's own in a module."""

    def __init__(self) -> None:
        super().__init__()
        self.function = exp
        self.weight = nn.Parameter(np.ones(3))

    def forward(self, x: Any) -> Any:
        return self.function(self.weight * x)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_an_operation_of_ones_own_is_itself_in_a_copy_of_what_has_called_it(again: Any) -> None:
    model = Own()
    model(Tensor(np.ones(3))).sum().backward()
    twin = again(model)
    twin.zero_grad()
    twin(Tensor(np.ones(3))).sum().backward()
    assert twin.function is exp
    np.testing.assert_array_equal(twin.weight.grad, [-1.0] * 3)


def test_a_graph_of_ones_own_operation_is_copied_with_its_rule_and_not_with_that_of_a_namesake() -> None:
    twin = copy.deepcopy(exp(Tensor(np.zeros(2), requires_grad=True)))
    twin.sum().backward()
    np.testing.assert_array_equal(twin.parents[0].grad, [-1.0, -1.0])


def test_an_operation_of_ones_own_has_no_pickle_that_is_its_namesakes() -> None:
    with pytest.raises(pickle.PicklingError, match="exp is an operation of a user's own"):
        pickle.dumps(exp(Tensor(np.zeros(2), requires_grad=True)).op)
    assert pickle.loads(pickle.dumps(ag.exp(Tensor(np.zeros(2), requires_grad=True)).op)) is ag.exp(Value(1.0)).op
