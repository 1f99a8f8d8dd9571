"""A traced number that becomes a plain one: an error inside every transform, a warning outside, and what stays free."""

from __future__ import annotations

import array
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import GraphWarning, LostGradientError, Tensor, Value, checkpoint, grad, hessian, jacobian, jvp, vjp


def assigned(x: Any) -> np.ndarray:
    found = np.zeros(2)
    found[0] = x
    return found


def added(x: Any) -> np.ndarray:
    found = np.zeros(2)
    found[1] += x
    return found


def filled(x: Any) -> np.ndarray:
    found = np.zeros(2)
    found.fill(x)
    return found


CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "float": float,
    "int": int,
    "complex": complex,
    "math.fsum": lambda x: math.fsum([x]),
    "math.dist": lambda x: math.dist([x], [1.0]),
    "format of C": lambda x: "%f" % x,  # noqa: UP031
    "array.array": lambda x: array.array("d", [x]),
    "element": assigned,
    "element +=": added,
    "fill": filled,
    "np.fromiter": lambda x: np.fromiter([x], float),
    "np.float64": np.float64,
    "initial=": lambda x: np.sum([1.0, 2.0], initial=x),
    "left=": lambda x: np.interp(0.5, [0.0, 1.0], [1.0, 2.0], left=x),
    **{
        f"math.{name}": getattr(math, name)
        for name in (
            "acos asin atan ceil cos cosh erf erfc exp expm1 fabs floor frexp gamma isfinite isnan lgamma log log10 log1p log2 "
            "modf sin sinh sqrt tan tanh degrees radians"
        ).split()
    },
    **{
        f"math.{name}": lambda x, f=getattr(math, name): f(x, 2.0)
        for name in "atan2 copysign fmod hypot isclose pow remainder nextafter".split()
    },
}
TRANSFORMS: dict[str, Callable[[Callable[[Any], Any]], Any]] = {
    "grad": lambda f: grad(f)(0.5),
    "grad of Value": lambda f: grad(f)(Value(0.5)),
    "grad of Tensor": lambda f: grad(f)(Tensor(0.5, requires_grad=True)),
    "grad by the second": lambda f: grad(lambda y, x: f(x), 1)(1.0, 0.5),
    "grad of grad": lambda f: grad(grad(f))(0.5),
    "elementwise_grad": lambda f: ag.elementwise_grad(lambda x: f(x[0]))(np.array([0.5])),
    "jacobian": lambda f: jacobian(lambda x: f(x[0]))(np.array([0.5])),
    "hessian": lambda f: hessian(lambda x: f(x[0]))(np.array([0.5])),
    "vjp": lambda f: vjp(f, 0.5),
    "jvp": lambda f: jvp(f, (0.5,), (1.0,)),
    "hvp": lambda f: ag.hvp(f, (0.5,), (1.0,)),
    "make_jvp": lambda f: ag.make_jvp(f)(0.5)(1.0),
    "multigrad_dict": lambda f: ag.multigrad_dict(lambda x: f(x))(0.5),
    "checkpoint": lambda f: checkpoint(f)(Tensor(0.5, requires_grad=True)),
    "value_and_grad, aux": lambda f: ag.value_and_grad(lambda x: (x, f(x)), has_aux=True)(0.5),
}


@pytest.mark.parametrize("name", CONVERSIONS)
@pytest.mark.parametrize("face", [Tensor, Value])
def test_inside_of_a_transform_it_is_an_error_that_says_what_to_write(face: Any, name: str) -> None:
    said = r"loses its gradient: write \.item\(\).*; at test_plain\.py:" if name != "np.float64" else r"\.item\(\)"
    with pytest.raises(LostGradientError, match=said):
        grad(lambda x: x + 0.0 * len(str(CONVERSIONS[name](x * 1.0))))(face(0.5))


@pytest.mark.parametrize("name", TRANSFORMS)
def test_in_every_transform(name: str) -> None:
    with pytest.raises(LostGradientError, match="float"):
        TRANSFORMS[name](lambda x: math.exp(x) * x)
    # And no longer, when it is over.
    with pytest.warns(GraphWarning):
        math.exp(Tensor(0.5, requires_grad=True))


@pytest.mark.parametrize("name", CONVERSIONS)
@pytest.mark.parametrize("face", [lambda x: Tensor(x, requires_grad=True), Value])
def test_outside_it_is_a_warning_at_the_line(face: Any, name: str) -> None:
    with pytest.warns(GraphWarning, match="cuts the graph") as caught:
        CONVERSIONS[name](face(0.5))
    assert {warning.filename for warning in caught} == {__file__}


@pytest.mark.parametrize("make", [lambda f, x: f(x), lambda f, x: grad(lambda y: (f(x), y)[1])(1.0)])
@pytest.mark.parametrize("name", CONVERSIONS)
def test_of_constants_it_is_free(name: str, make: Any) -> None:
    for constant in (Tensor(0.5), Value(0.5, requires_grad=False), Tensor(0.5, requires_grad=True).detach()):
        make(CONVERSIONS[name], constant)


@pytest.mark.parametrize("face", [lambda x: Tensor(x, requires_grad=True), Value])
def test_a_number_is_read_on_purpose_without_a_word(face: Any) -> None:
    def f(x: Any) -> Any:
        y = x * 2.0
        read = [y.item(), float(y.data), f"{y}", str(y), repr(y), y > 0.0, bool(y), y.detach().item(), max(y, x).item()]
        with ag.no_grad():
            read += [float(y), math.exp(y), int(y)]
        return x if len(read) and (y < 1.0 or y >= 1.0) else y

    assert grad(f)(0.5) == 1.0
    f(face(0.5))


def test_whole_numbers_and_steps_have_no_gradient_to_lose() -> None:
    assert grad(lambda x: x * int(np.floor(x)))(2.5) == 2.0
    assert grad(lambda x: x[int(np.argmax(x))])(np.array([1.0, 3.0, 2.0])).tolist() == [0.0, 1.0, 0.0]


def test_an_array_of_nodes_says_to_stack() -> None:
    for face in (Tensor(0.5, requires_grad=True), Value(0.5)):
        for make in (np.array, np.asarray, np.diag, np.sum):
            with pytest.raises(LostGradientError, match=r"autograd\.stack"):
                make([face, face])


def test_a_conversion_of_a_users_own_is_caught_as_it_was() -> None:
    def f(x: Any) -> Any:
        try:
            return math.sin(x)
        except TypeError:
            return np.sin(x)

    assert grad(f)(0.0) == 1.0
    with pytest.raises(ValueError, match="sequence"):
        grad(lambda x: assigned([1.0, 2.0]))(0.5)


def test_in_a_rule_of_a_users_own_that_is_differentiated() -> None:
    @ag.primitive(lambda g, out, x: g * math.cos(x))
    def sine(x: Any) -> Any:
        return math.sin(x)

    assert grad(sine)(0.5) == math.cos(0.5)
    for second in (lambda: grad(grad(sine))(0.5), lambda: ag.hvp(sine, (0.5,), (1.0,)), lambda: hessian(sine)(0.5)):
        with pytest.raises(LostGradientError, match="float"):
            second()

    @ag.primitive(lambda g, out, x: float(g) * 2.0)
    def double(x: Any) -> Any:
        return 2.0 * x

    # Of one number the slope is asked for once, and times the tangent.
    assert jvp(double, (0.5,), (1.0,)) == (1.0, 2.0)
    assert grad(lambda v: jvp(double, (0.5,), (v,))[1])(1.0) == 2.0
    with pytest.raises(LostGradientError, match="float"):
        jvp(lambda x: jvp(sine, (x,), (1.0,))[1], (0.5,), (1.0,))


def test_warnings_that_are_ignored_change_nothing() -> None:
    x = Value(2.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GraphWarning)
        (x * math.exp(x)).backward()
    assert x.grad == math.exp(2.0)
