"""The transforms: raw in and raw out, nested to any order, with structures as arguments and results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor, Value, elementwise_grad, grad, hessian, hvp, jacobian, jvp, no_grad, value_and_grad, vjp

FROZEN = json.loads((Path(__file__).parents[2] / "frozen" / "derivatives.json").read_text(encoding="utf-8"))
X = np.array([0.3, -0.7, 1.1])


def frozen_functions(m: Any) -> dict[str, Any]:
    """Written once for both engines: `m` is autograd here, and torch in tests/frozen/freeze.py."""
    return {
        "sin(x)·x³": lambda x: m.sin(x) * x**3,
        "tanh(x²)": lambda x: m.tanh(x * x),
        "exp(−x²)/(1+x²)": lambda x: m.exp(-x * x) / (1 + x * x),
        "log(1+exp(x))·atan(x)": lambda x: m.log(1 + m.exp(x)) * m.atan(x),
        "sigmoid(x)·sqrt(2+x)": lambda x: m.sigmoid(x) * m.sqrt(2 + x),
    }


@pytest.mark.parametrize("name", FROZEN)
def test_to_third_order_as_pytorch(name: str) -> None:
    function = frozen_functions(ag)[name]
    derivatives = [function, grad(function), grad(grad(function)), grad(grad(grad(function)))]
    for x, expected in zip(X.tolist(), FROZEN[name], strict=True):
        for order, value in enumerate(expected):
            assert derivatives[order](x) == pytest.approx(value, rel=1e-12, abs=1e-13)
            of_array = elementwise_grad(derivatives[order - 1]) if order else function
            assert float(of_array(np.float64(x))) == pytest.approx(value, rel=1e-12, abs=1e-13)


def test_raw_numbers_come_back() -> None:
    assert type(grad(lambda x: x * x)(3.0)) is float
    assert type(grad(lambda x: x * x)(3)) is float
    assert type(grad(lambda x: (x * x).sum())(X)) is np.ndarray
    value, gradient = value_and_grad(lambda x: x * x)(3.0)
    assert (type(value), value, gradient) == (float, 9.0, 6.0)
    assert grad(lambda x: (x * x).sum())(X.astype(np.float32)).dtype == np.float32


def test_mixed_partial_derivatives_come_back_raw() -> None:
    assert grad(grad(lambda x, y: x * x * y, 0), 1)(3.0, 2.0) == 6.0


def test_no_perturbation_confusion() -> None:
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x * y)(1.0))(3.0) == 6.0
    assert grad(lambda x: jvp(lambda y: x * y**2, (3.0,), (1.0,))[1])(2.0) == 6.0
    assert grad(lambda x: vjp(lambda y: y * y * x, 3.0)[1](1.0)[0])(2.0) == 6.0


def test_argnum_may_be_a_tuple() -> None:
    by_both = grad(lambda x, y: x * y, (0, 1))(2.0, 3.0)
    assert by_both == (3.0, 2.0)
    with pytest.raises(ValueError, match="argnum 2"):
        grad(lambda x: x, 2)(1.0)


def test_structures_give_gradients_of_the_same_structure() -> None:
    parameters = {"layers": [(X, 2.0), (X, 3.0)], "scale": 1.5}

    def loss(p: Any) -> Any:
        return p["scale"] * sum((w * w).sum() * b for w, b in p["layers"])

    gradient = grad(loss)(parameters)
    np.testing.assert_allclose(gradient["layers"][1][0], 1.5 * 2 * X * 3.0)
    assert gradient["layers"][0][1] == pytest.approx(1.5 * (X * X).sum())
    assert list(gradient) == ["layers", "scale"]


def test_float_among_arrays_is_differentiated_as_an_array() -> None:
    gradient = grad(lambda b, w: (w * b).sum(), (0, 1))(2.0, X)
    assert gradient[0] == pytest.approx(X.sum())
    np.testing.assert_allclose(gradient[1], [2.0, 2.0, 2.0])


def test_a_closed_over_node_keeps_its_graph_unless_under_no_grad() -> None:
    w = Value(2.0)
    inner = grad(lambda x: w * x * x)(Value(3.0, requires_grad=False))
    assert isinstance(inner, Value)
    inner.backward()
    assert w.grad == 6.0
    with no_grad():
        assert grad(lambda x: w * x * x)(Value(3.0)) == 12.0
    with pytest.raises(TypeError, match=r"pass Value\(2.0\) for 2.0"):
        grad(lambda x: w * x * x)(3.0)


def test_nodes_in_nodes_out() -> None:
    x = Value(3.0)
    first = grad(lambda x: x**3)(x)
    assert isinstance(first, Value)
    first.backward()
    assert x.grad == 18.0


def test_jacobian_and_hessian() -> None:
    np.testing.assert_allclose(jacobian(lambda x: x * x)(X), np.diag(2 * X))
    matrix = np.arange(6.0).reshape(2, 3)
    np.testing.assert_allclose(jacobian(lambda x: matrix @ x)(X), matrix)
    assert jacobian(lambda m: m @ X)(matrix).shape == (2, 2, 3)
    np.testing.assert_allclose(hessian(lambda x: ag.prod(x))(X), [[0, 1.1, -0.7], [1.1, 0, 0.3], [-0.7, 0.3, 0]])
    assert hessian(lambda x: x**3)(2.0) == 12.0
    both = jacobian(lambda d: {"double": 2 * d["x"], "sum": d["x"].sum()})({"x": X})
    np.testing.assert_allclose(both["double"]["x"], 2 * np.eye(3))
    np.testing.assert_allclose(both["sum"]["x"], np.ones(3))


def test_the_jacobian_of_what_depends_on_nothing_is_zero_and_takes_no_square_matrix() -> None:
    constant = np.ones((300, 200))  # whose cotangents, all at once, would take 29 GB
    found = jacobian(lambda x: constant)(np.ones(2, np.float32))
    assert found.shape == (300, 200, 2)
    assert found.dtype == np.float32
    assert not found.any()
    assert jacobian(lambda x: 3.0)(1.0) == 0.0
    assert jacobian(lambda x, y: [constant[0], x], (0, 1))(1.0, 2.0)[0][1].shape == (200,)


def test_vjp_and_jvp_are_each_others_transpose() -> None:
    def f(x: Any, y: Any) -> Any:
        return ag.sin(x) * y, (x * y).sum()

    rng = np.random.default_rng(0)
    y, u, v = rng.normal(size=(3, 3))
    out, pullback = vjp(f, X, y)
    _, pushed = jvp(f, (X, y), (u, v))
    cotangent = (rng.normal(size=3), np.float64(0.7))
    pulled = pullback(cotangent)
    assert type(out) is tuple
    left = (cotangent[0] * pushed[0]).sum() + cotangent[1] * pushed[1]
    assert left == pytest.approx((pulled[0] * u).sum() + (pulled[1] * v).sum())
    np.testing.assert_array_equal(pullback(cotangent)[0], pulled[0])


def test_hvp_is_the_hessian_times_the_direction() -> None:
    def f(x: Any) -> Any:
        return (ag.sin(x) * x[::-1]).sum()

    v = np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(hvp(f, (X,), (v,)), hessian(f)(X) @ v, atol=1e-14)
    np.testing.assert_allclose(jvp(grad(f), (X,), (v,))[1], hessian(f)(X) @ v, atol=1e-14)
    products = hvp(lambda x, y: (x * x * y).sum(), (X, X), (v, 0 * v))
    np.testing.assert_allclose(products[0], 2 * X * v)
    np.testing.assert_allclose(products[1], 2 * X * v)


def test_has_aux() -> None:
    gradient, aux = grad(lambda x: (x * x, {"x": x, "text": "kept"}), has_aux=True)(3.0)
    assert (gradient, aux) == (6.0, {"x": 3.0, "text": "kept"})
    out, pullback, aux = vjp(lambda x: (x * x, x + 1), 3.0, has_aux=True)
    assert (out, pullback(1.0), aux) == (9.0, (6.0,), 4.0)


def test_constants_have_derivative_zero() -> None:
    assert grad(lambda x: 3.0)(1.0) == 0.0
    assert jacobian(lambda x: np.ones(2))(X).shape == (2, 3)
    assert jvp(lambda x: 3.0, (1.0,), (1.0,)) == (3.0, 0.0)


def test_errors_say_what_was_expected() -> None:
    with pytest.raises(ag.GraphError, match=r"must return one number, not shape \(3,\); see jacobian"):
        grad(lambda x: x * 2)(X)
    with pytest.raises(TypeError, match="must return one number, not str"):
        grad(lambda x: "x")(1.0)
    with pytest.raises(TypeError, match="only floats"):
        grad(lambda x: x.sum())(np.array([True, False]))
    with pytest.raises(ag.ShapeError, match="cotangent of shape"):
        vjp(lambda x: x * 2, X)[1](np.ones(2))
    with pytest.raises(ag.ShapeError, match="tangent of shape"):
        jvp(lambda x: x * 2, (X,), (np.ones(2),))


def test_leaf_gradients_of_others_are_left_alone() -> None:
    w = Tensor(X, requires_grad=True)
    grad(lambda x: (x * w).sum())(X)
    assert w.grad is None


def test_constant_contributions_add_up_with_those_that_are_recorded() -> None:
    def f(x: Any) -> Any:
        return (x + x + x**3).sum() + (2.0 * x).sum()

    assert grad(lambda x: grad(f)(x).sum())(np.array([1.0, 2.0])).tolist() == [6.0, 12.0]


def test_second_derivatives_of_rules_that_choose_by_a_constant() -> None:
    """`where` of NumPy's scalars once gave an array among Values; found by a random graph."""
    slope = grad(lambda x: ag.logsumexp([x, x]) ** 2)
    assert slope(Value(1.0)).item() == pytest.approx(2.0 * (1.0 + np.log(2.0)))
    assert grad(slope)(Value(1.0)).item() == pytest.approx(2.0)
    assert grad(slope)(1.0) == pytest.approx(2.0)


def test_any_sequence_of_argument_numbers_gives_a_gradient_each() -> None:
    f = lambda x, y, z: x * y * z
    for numbers in ((0, 2), [0, 2], range(0, 3, 2), np.array([0, 2])):
        assert [float(g) for g in ag.grad(f, numbers)(2.0, 3.0, 5.0)] == [15.0, 6.0]  # type: ignore[arg-type]
        assert len(ag.jacobian(lambda x, y, z: np.sin(x) * y * z, numbers)(*np.ones((3, 2)))) == 2  # type: ignore[arg-type]
