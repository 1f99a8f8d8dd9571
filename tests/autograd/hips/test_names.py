"""HIPS autograd's names, at their places, and what its users do with them."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest

import autograd
import autograd.numpy as anp
from autograd import Tensor, core, grad, jacobian, tracer, value_and_grad
from autograd.builtins import DictBox, SequenceBox
from autograd.misc import const_graph
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.numpy.numpy_vjps import unbroadcast_f
from autograd.test_util import check_grads
from autograd.tracer import getval, isbox, new_box, trace, trace_stack
from autograd.util import subval, toposort
from autograd.wrap_util import unary_to_nary

V = np.array([0.5, -0.3, 1.2])
NAMES = {
    "core": "make_vjp make_jvp VJPNode JVPNode backward_pass vspace VSpace SparseObject defvjp defvjp_argnum defvjp_argnums "
    "defjvp defjvp_argnum defjvp_argnums def_linear primitive primitive_vjps Box Node getval isbox toposort trace",
    "tracer": "trace Node Box new_box isbox getval primitive notrace_primitive register_notrace trace_stack toposort",
    "extend": "Box primitive notrace_primitive VSpace vspace SparseObject defvjp defvjp_argnum defvjp_argnums defjvp "
    "defjvp_argnum defjvp_argnums def_linear register_notrace VJPNode JVPNode",
    "builtins": "isinstance type tuple list dict DictBox SequenceBox",
    "differential_operators": "make_vjp make_jvp grad elementwise_grad deriv jacobian grad_named hessian make_hvp "
    "hessian_tensor_product hessian_vector_product tensor_jacobian_product vector_jacobian_product make_jvp_reversemode "
    "make_ggnvp value_and_grad grad_and_aux multigrad_dict checkpoint unary_to_nary",
    "wrap_util": "unary_to_nary wraps",
    "util": "subval subvals func toposort quick_grad_check flatten",
    "optimizers": "adam sgd rmsprop",
    "test_util": "check_grads check_equivalent combo_check scalar_close",
    "misc": "flatten const_graph",
    "misc.optimizers": "adam sgd rmsprop",
    "misc.fixed_points": "fixed_point",
    "numpy.numpy_boxes": "ArrayBox",
    "numpy.numpy_vjps": "unbroadcast_f match_complex",
    "numpy.numpy_vspaces": "ArrayVSpace ComplexArrayVSpace",
    "numpy.numpy_wrapper": "wrap_namespace array sin",
}


@pytest.mark.parametrize("place", NAMES)
def test_names_are_at_their_places(place: str) -> None:
    module = importlib.import_module(f"autograd.{place}")
    assert [name for name in NAMES[place].split() if not hasattr(module, name)] == []


def test_boxes() -> None:
    seen: list[Any] = []

    def looked_at(x: Any) -> Any:
        seen.append(x)
        assert isinstance(x, ArrayBox) and isinstance(x, tracer.Box) and isbox(x)
        assert isinstance(x._value, np.ndarray) and getval(x) is x._value
        assert x._node.parents == ()
        return np.sum(x)

    grad(looked_at)(V)
    assert seen and ArrayBox is Tensor
    assert isinstance({"a": seen[0]}, DictBox) and isinstance([seen[0]], SequenceBox)
    assert isbox(new_box(V)) and not isbox(V)
    with trace_stack.new_trace() as number:
        assert number == trace_stack.top == 0
    assert trace_stack.top == -1


def test_core_takes_functions_of_one_argument() -> None:
    vjp, _ = core.make_vjp(lambda x: x * 2.0, V)
    np.testing.assert_allclose(vjp(np.ones(3)), np.full(3, 2.0))
    assert core.make_jvp(lambda x: x * x, 3.0)(1.0) == (9.0, 6.0)
    slope = unary_to_nary(lambda f, x: core.make_vjp(f, x)[0](1.0))
    assert slope(lambda a, b: a * b, 1)(3.0, 2.0) == 3.0
    assert slope(lambda a, b: a * b, (0, 1))(3.0, 2.0) == (2.0, 3.0)


def branching(x: Any) -> Any:
    y = anp.sin(x) * V
    return anp.sum(y * y + anp.exp(y)) + x[0]


def test_a_trace_of_vjp_nodes_is_the_reverse_pass() -> None:
    value, node = trace(core.VJPNode.new_root(), branching, V)
    assert value == branching(V)
    np.testing.assert_allclose(core.backward_pass(1.0, node), grad(branching)(V))
    tree = {"a": V, "b": (2.0, [3.0])}
    value, node = trace(core.VJPNode.new_root(), lambda p: anp.sum(p["a"] * p["b"][0]) + p["b"][1][0] ** 2, tree)
    found = core.backward_pass(1.0, node)
    np.testing.assert_allclose(found["a"], np.full(3, 2.0))
    np.testing.assert_allclose((found["b"][0], found["b"][1][0]), (V.sum(), 6.0))


def test_a_trace_of_jvp_nodes_is_the_forward_pass() -> None:
    direction = np.array([1.0, -2.0, 0.5])
    _, node = trace(core.JVPNode.new_root(direction), branching, V)
    np.testing.assert_allclose(node.g, grad(branching)(V) @ direction)


def test_traces_nest() -> None:
    def inner(x: Any) -> Any:
        _, node = trace(core.VJPNode.new_root(), lambda y: x * y**3, 2.0)
        return core.backward_pass(1.0, node)

    assert grad(inner)(5.0) == 12.0


def test_a_trace_without_its_argument_warns() -> None:
    with pytest.warns(UserWarning, match="independent of input"):
        assert trace(core.VJPNode.new_root(), lambda x: 1.0, 2.0) == (1.0, None)
    with pytest.raises(NotImplementedError, match="says what a node keeps"):
        trace(object.__new__(tracer.Node), anp.sin, 2.0)


def test_const_graph_runs_the_function_once() -> None:
    runs: list[None] = []

    def slope(x: Any, y: Any) -> Any:
        runs.append(None)
        return grad(lambda z: anp.sin(z) + z * 2.0)(x * y)

    repeated = const_graph(slope)
    for x, y in ((0.3, 1.0), (0.5, 2.0), (0.1, 0.2)):
        np.testing.assert_allclose(repeated(x, y), np.cos(x * y) + 2.0)
    assert len(runs) == 1
    called: list[str] = []

    @autograd.primitive
    def told(x: Any, name: str) -> Any:
        called.append(name)
        return x

    repeated = const_graph(lambda x, y: told(x, "x") + told(y, "y"), 1.0)
    assert (repeated(2.0), repeated(3.0)) == (3.0, 4.0)
    assert called == ["x", "y", "y"], "what does not depend on the argument is not computed again"
    with (
        pytest.raises(ValueError, match="does not depend on the arguments"),
        pytest.warns(UserWarning, match="independent"),
    ):
        const_graph(lambda x: 1.0)(2.0)


def test_primitives_of_older_releases() -> None:
    @core.primitive
    def scaled(x: Any, y: Any) -> Any:
        return x * y

    scaled.defgrad(lambda ans, x, y: lambda g: y * g)
    scaled.defvjp(lambda g, ans, vs, gvs, x, y: (x * g).reshape(vs.shape), argnum=1)
    check_grads(scaled, (0, 1), modes=["rev"])(V, V + 2.0)
    scaled.defvjp_is_zero([0])
    assert grad(scaled)(2.0, 3.0) == 0.0


def test_small_helpers() -> None:
    assert subval((1, 2, 3), 1, 5) == (1, 5, 3)
    assert list(toposort("e", {"e": "cc", "c": "a", "a": ""}.__getitem__)) == ["e", "c", "a"]
    np.testing.assert_allclose(unbroadcast_f(1.0, lambda g: g)(V), V.sum())


def test_numpys_functions_as_hips_autograd_has_them() -> None:
    assert "sum" in vars(anp) and "concatenate" in vars(anp) and "cholesky" in vars(anp.linalg)
    np.testing.assert_allclose(jacobian(lambda x: anp.stack(x * i for i in range(2)))(V), [0 * np.eye(3), np.eye(3)])
    assert grad(lambda x: anp.sum(anp.concatenate(map(anp.ravel, [x, x]))))(V).tolist() == [2.0] * 3
    assert grad(lambda x: anp.sum(anp.where(condition=V > 0, x=x, y=0.0)))(V).tolist() == [1.0, 0.0, 1.0]
    assert anp.where([True, False])[0].tolist() == [0]
    with pytest.raises(TypeError, match="both or neither"):
        anp.where([True], 1.0)
    check_grads(lambda d: anp.make_diagonal(d, offset=0, axis1=-1, axis2=-2))(np.ones((2, 3)))
    with pytest.raises(NotImplementedError, match="axis2=-2"):
        anp.make_diagonal(V)
    # Whole numbers have no derivative that could be lost.
    assert grad(lambda x: anp.sum(x[anp.int64(x)]))(np.array([1.5, 0.5])).tolist() == [1.0, 1.0]


def test_errors_are_of_the_kinds_that_its_users_expect() -> None:
    with pytest.raises(TypeError, match="must return one number"):
        grad(lambda x: x * 2.0)(V)

    with pytest.raises(TypeError, match="not True, which has no derivative"):
        grad(lambda x: anp.allclose(x, x))(V)

    def assigned(x: Any, b: Any) -> Any:
        x[1] = b
        return x

    with pytest.raises(TypeError, match="requires its own gradient"):
        autograd.make_vjp(assigned)(V, 3.0)
    with pytest.raises(TypeError, match="loses its gradient"):
        value_and_grad(lambda b: assigned(np.zeros(3), b).sum())(3.0)


def test_whole_numbers_that_are_differentiated_by_become_floats() -> None:
    whole = np.arange(1, 4)
    found = autograd.elementwise_grad(anp.log)(whole)
    assert (found.dtype, found.tolist()) == (np.float64, [1.0, 0.5, 1.0 / 3.0])
    assert grad(lambda p: anp.sum(p["x"] ** 2))({"x": whole, "n": np.int64(3)})["x"].tolist() == [2.0, 4.0, 6.0]
    assert jacobian(anp.square)(whole).dtype == np.float64
    assert autograd.make_jvp(anp.square)(whole)(np.ones(3))[1].tolist() == [2.0, 4.0, 6.0]
    with pytest.raises(TypeError, match="only floats can require a gradient"):
        grad(anp.sum)(np.array([True, False]))


def test_check_grads_moves_both_triangles_together() -> None:
    lopsided = np.array([[3.0, 0.4, 0.1], [0.2, 2.0, -0.3], [0.5, 0.6, 1.0]])
    check_grads(anp.linalg.cholesky)(lopsided)
    check_grads(lambda x: anp.linalg.eigh(x, "U")[0])(lopsided)
    assert anp.linalg.cholesky(lopsided).tolist() == np.linalg.cholesky(lopsided).tolist()
