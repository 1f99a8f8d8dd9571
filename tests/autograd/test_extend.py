"""Operations that users define, in HIPS autograd's way and in ours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.special

import autograd
import autograd.numpy as anp
import autograd.scipy.special as special
from autograd import Tensor, Value, deriv, grad, hessian, make_jvp, primitive
from autograd.extend import (
    Box,
    SparseObject,
    def_linear,
    defjvp,
    defjvp_argnum,
    defjvp_argnums,
    defvjp,
    defvjp_argnum,
    defvjp_argnums,
    notrace_primitive,
    vspace,
)
from autograd.graph.node import raw
from autograd.graph.op import BY_NUMPY
from autograd.test_util import check_equivalent, check_grads, combo_check, scalar_close

V = np.array([0.5, -0.3, 1.2])


def product() -> Any:
    @primitive
    def product(x: Any, y: Any, power: int = 1) -> Any:
        return x * y**power

    return product


def check(function: Any) -> None:
    check_grads(lambda x, y: np.sum(function(x, y, power=2) ** 2), (0, 1), modes=["rev"])(V, V + 2.0)


def test_defvjp() -> None:
    f = product()
    defvjp(
        f,
        lambda ans, x, y, power=1: lambda g: g * y**power,
        lambda ans, x, y, power=1: lambda g: g * x * power * y ** (power - 1),
    )
    check(f)
    assert f(2.0, 3.0, power=2) == 18.0
    x = Value(2.0)
    f(x, 3.0).backward()
    assert x.grad == 3.0


def test_defvjp_of_some_arguments() -> None:
    f = product()
    defvjp(f, lambda ans, x, y, power=1: lambda g: g * x * power * y ** (power - 1), argnums=[1])
    assert grad(f, 1)(2.0, 3.0) == 2.0
    with pytest.raises(TypeError, match="no derivative with respect to argument 1"):
        grad(f, 0)(2.0, 3.0)
    defvjp(f, None, argnums=[0])
    assert grad(f, 0)(2.0, 3.0) == 0.0


def test_defvjp_by_number() -> None:
    f, h = product(), product()

    def maker(argnum: int, ans: Any, args: Any, kwargs: Any) -> Any:
        (x, y), power = args, kwargs["power"]
        return lambda g: g * y**power if argnum == 0 else g * x * power * y ** (power - 1)

    defvjp_argnum(f, maker)
    check(f)
    defvjp_argnums(h, lambda argnums, ans, args, kwargs: lambda g: [maker(n, ans, args, kwargs)(g) for n in argnums])
    check(h)


def test_forward_rules_are_transposed() -> None:
    f, h = product(), product()
    defjvp(f, "same", lambda g, ans, x, y, power=1: g * x * power * y ** (power - 1))
    check(f)
    defjvp_argnum(
        h,
        lambda argnum, g, ans, args, kwargs: (
            g * args[1] ** kwargs["power"]
            if argnum == 0
            else g * args[0] * kwargs["power"] * args[1] ** (kwargs["power"] - 1)
        ),
    )
    check(h)

    @primitive
    def total(x: Any) -> Any:
        return np.sum(x, axis=0)

    def_linear(total)
    np.testing.assert_allclose(grad(lambda x: np.sum(total(x) ** 2))(np.ones((2, 3))), np.full((2, 3), 4.0))
    np.testing.assert_allclose(hessian(lambda x: total(x) ** 2)(V), np.full((3, 3), 2.0))


def test_a_reverse_rule_goes_before_a_forward_one() -> None:
    f = product()
    defvjp(f, lambda ans, x, y, power=1: lambda g: g * 100.0)
    defjvp(f, "same")
    assert grad(f)(2.0, 3.0) == 100.0


def test_arguments_of_any_kind() -> None:
    @primitive
    def scaled(x: Any, how: Any) -> Any:
        return x * {"twice": 2.0, "thrice": 3.0}[how]

    defvjp(scaled, lambda ans, x, how: lambda g: g * {"twice": 2.0, "thrice": 3.0}[how])
    assert grad(lambda x: np.sum(scaled(x, "thrice")))(V).tolist() == [3.0, 3.0, 3.0]


def test_our_own_way_is_told_from_theirs_by_the_names_of_a_rule() -> None:
    @primitive(lambda g, out, x: 3.0 * g)
    def ours(x: Any) -> Any:
        return 3.0 * x

    theirs = primitive(lambda x, y, z: x * y * z)
    assert grad(ours)(2.0) == 3.0
    assert theirs(1.0, 2.0, 3.0) == 6.0
    for derivative in (grad, deriv):
        with pytest.raises(NotImplementedError, match=r"no derivatives yet.*defvjp") as missing:
            derivative(theirs)(1.0, 2.0, 3.0)
        assert isinstance(missing.value, TypeError)
    with pytest.raises(TypeError, match="'sin' stand"):
        defvjp(autograd.sin, None)
    with pytest.raises(TypeError, match="2 is not a function"):
        defvjp(2, None)


def test_derivatives_of_numpys_functions_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    for function in (np.sinh, np.sum, np.arctan2, np.linalg.slogdet, scipy.special.spence):
        # What is put aside here comes back after the test.
        if function in BY_NUMPY:
            monkeypatch.setitem(BY_NUMPY, function, BY_NUMPY[function])
        else:
            monkeypatch.delitem(BY_NUMPY, function, raising=False)
            monkeypatch.setitem(BY_NUMPY, function, None)
            del BY_NUMPY[function]
    defvjp(np.sinh, lambda ans, x: lambda g: 100.0 * g)
    assert grad(anp.sinh)(1.0) == grad(np.sinh)(1.0) == 100.0
    defvjp(anp.sum, lambda ans, x: lambda g: g * np.full(np.shape(x), 5.0))
    assert grad(lambda x: anp.sum(x))(V).tolist() == [5.0] * 3
    defvjp(np.arctan2, lambda ans, y, x: lambda g: 7.0 * g, argnums=[0])
    assert grad(np.arctan2, (0, 1))(1.0, 2.0) == pytest.approx((7.0, -0.2)), "the other argument keeps its derivative"
    defvjp(anp.sum, lambda ans, x: lambda g: g * np.full(np.shape(x), 6.0))
    assert grad(lambda x: anp.sum(x))(V).tolist() == [6.0] * 3
    defjvp(np.linalg.slogdet, lambda g, ans, x: (0.0, np.trace(np.linalg.solve(x, g))))
    check_grads(lambda x: np.linalg.slogdet(x)[1])(np.diag(V) + 0.1)
    monkeypatch.setattr(special, "polygamma", special.polygamma)
    defvjp(special.polygamma, None, lambda ans, n, x: lambda g: 3.0 * g)
    assert grad(special.polygamma, 1)(1, 0.5) == 3.0
    defvjp(scipy.special.spence, lambda ans, z: lambda g: g * np.log(z) / (1.0 - z))
    check_grads(scipy.special.spence)(0.4)


def test_derivatives_of_plain_functions_are_kept_until_they_are_primitives() -> None:
    def cube(x: Any) -> Any:
        return x**3

    defvjp(cube, lambda ans, x: lambda g: 10.0 * g)
    assert grad(cube)(2.0) == 12.0
    assert grad(primitive(cube))(2.0) == 10.0


def test_containers_of_nodes_are_arguments_of_primitives() -> None:
    @primitive
    def weighted(p: Any, x: Any) -> Any:
        assert isinstance(x, np.ndarray) and isinstance(p["w"], np.ndarray)
        return p["w"] * x + p["more"][0]

    defvjp(
        weighted,
        lambda ans, p, x: lambda g: {"more": [np.sum(g) * 1.0], "w": g * x},
        lambda ans, p, x: lambda g: g * p["w"],
    )
    given = {"w": V, "more": [2.0]}
    check_grads(lambda p, x: np.sum(weighted(p, x) ** 2), (0, 1))(given, V + 1.0)
    check_grads(lambda x: np.sum(weighted(given, x)))(V)
    # Without a derivative by it, the code of the function is recorded.
    assert grad(lambda x: primitive(lambda xs: xs[0] * xs[1])([x, x]))(3.0) == 6.0


def test_primitives_have_several_results() -> None:
    @primitive
    def both(x: Any, y: Any) -> Any:
        return {"sum": np.sum(x) + y, "more": (x * y,)}

    defvjp(
        both,
        lambda ans, x, y: lambda g: g["sum"] * np.ones_like(V) + g["more"][0] * y,
        lambda ans, x, y: lambda g: g["sum"] + np.sum(g["more"][0] * x),
    )
    found = both(V, 2.0)
    np.testing.assert_allclose(found["more"][0], 2.0 * V)
    check_grads(both, (0, 1))(V, 2.0)
    check_grads(lambda x: both(x, x[0])["more"][0] ** 2)(V)
    defjvp(both, lambda g, ans, x, y: {"more": (100.0 * g,), "sum": np.sum(g)})
    assert make_jvp(both)(V, 2.0)(np.ones(3))[1]["more"][0].tolist() == [100.0] * 3


def test_forward_derivatives_are_used_forward() -> None:
    f, h = product(), product()
    defvjp(f, lambda ans, x, y, power=1: lambda g: g * y, lambda ans, x, y, power=1: lambda g: g * x)
    defjvp(f, lambda g, ans, x, y, power=1: 100.0 * g, None)
    assert make_jvp(f, (0, 1))(2.0, 3.0)((1.0, 1.0)) == (6.0, 100.0)
    assert grad(f, (0, 1))(2.0, 3.0) == (3.0, 2.0)
    defjvp_argnums(h, lambda argnums, gs, ans, args, kwargs: gs[0] * args[1 - argnums[0]])
    check_grads(h, (0, 1))(2.0, 3.0)


def test_sparse_objects_are_added_as_what_they_are() -> None:
    @primitive
    def second(x: Any) -> Any:
        return x[1]

    def back(g: Any) -> Any:
        def put(total: Any) -> Any:
            total[1] += g
            return total

        return SparseObject(vspace(V), put)

    defvjp(second, lambda ans, x: back)
    assert grad(second)(V).tolist() == [0.0, 1.0, 0.0]


def test_constants_by_declaration() -> None:
    @notrace_primitive
    def length(x: Any, unit: Any) -> Any:
        assert isinstance(x, np.ndarray)
        return float(np.sqrt(np.sum(x * x))) / unit["cm"]

    assert grad(lambda x: np.sum(x) * length(x, {"cm": 2.0}))(np.array([3.0, 4.0])).tolist() == [2.5, 2.5]


def test_vspace() -> None:
    space = vspace({"w": np.ones((2, 2)), "b": 0.5})
    assert space.size == 5
    assert space.zeros() == {"w": pytest.approx(np.zeros((2, 2))), "b": 0.0}
    assert [leaf["b"].item() for leaf in space.standard_basis()] == [0.0] * 4 + [1.0]
    assert space.inner_prod(space.ones(), space.ones()) == 5.0
    assert space.add(space.ones(), space.scalar_mul(space.ones(), 2.0))["b"] == 3.0
    assert vspace(np.ones(3)) == vspace(Tensor(np.zeros(3)))
    assert vspace(np.ones(3)) != vspace(np.ones(4))
    assert isinstance(Tensor(1.0), Box)
    with pytest.raises(TypeError, match="numbers are needed"):
        vspace(np.array(["a"]))


def test_check_grads_finds_what_is_wrong() -> None:
    wrong = product()
    defvjp(wrong, lambda ans, x, y: lambda g: g * y, lambda ans, x, y: lambda g: g * y)
    check_grads(lambda x, y: wrong(x, y), modes=["rev"], order=1)(V, V + 1)
    with pytest.raises(AssertionError, match=r"\(VJP\) check of <lambda> failed"):
        check_grads(lambda x, y: wrong(x, y), 1, modes=["rev"], order=1)(V, V + 1)
    detached = primitive(lambda x: x**3)
    defvjp(detached, lambda ans, x: lambda g: g * 3.0 * raw(x) ** 2)
    with pytest.raises(AssertionError, match=r"\(VJP\) check of vjp_<lambda> failed"):
        check_grads(detached, modes=["rev"])(2.0)
    pushed = primitive(lambda x: x**3)
    defjvp(pushed, lambda g, ans, x: 2.0 * g * x**2)
    with pytest.raises(AssertionError, match=r"\(JVP\) check of <lambda> failed"):
        check_grads(pushed, modes=["fwd"], order=1)(2.0)
    check_grads(lambda p: {"a": np.sin(p["x"]), "b": [p["y"] ** 2]})({"x": V, "y": 2.0})
    with pytest.raises(ValueError, match="modes are"):
        check_grads(np.sin, modes=["forward"])
    combo_check(np.sum, modes=["rev"], order=1)([V, V[:1]], axis=[None, 0])
    check_equivalent({"a": V}, {"a": V + 1e-9})
    with pytest.raises(AssertionError):
        check_equivalent(V, V[:2])
    assert scalar_close(0.0, 1e-9)
    assert not scalar_close(1.0, 1.01)


def test_check_grads_leaves_the_random_numbers_of_others_alone() -> None:
    np.random.seed(3)
    state = np.random.get_state()[1].tolist()  # type: ignore[index]
    check_grads(np.sin)(V)
    assert np.random.get_state()[1].tolist() == state  # type: ignore[index]
