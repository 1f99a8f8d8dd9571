"""Every NumPy function that is differentiated here, against NumPy and finite differences to second order; and every other
one of NumPy's, of which none may drop a gradient silently."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autograd.numpy as anp
from autograd import Tensor, grad
from autograd.check import derivative
from autograd.engine.numpy_functions import numpy_name
from autograd.errors import AutogradError
from autograd.graph.node import Node, raw
from autograd.graph.op import BY_NUMPY
from autograd.graph.tree import leaves
from autograd.ops.constant import CONSTANT
from tests.autograd.numpy_calls import CALLS, STEPS, X, Y
from tests.autograd.test_table import weights
from tests.sweep import sweep

CASES = [(name, i) for name in sorted(CALLS) for i in range(len(CALLS[name]))]


def test_every_function_that_is_supported_is_called_here() -> None:
    constant = {numpy_name(f) for f in CONSTANT}
    # In test_numpy_edges: masks alone can be combined bit by bit.
    elsewhere = {"np.put_along_axis", "np.bitwise_and", "np.bitwise_or", "np.bitwise_xor", "np.invert"}
    # In test_complex: their results, or their operands, are complex.
    elsewhere |= {"np.angle", "np.imag", "np.sort_complex", "np.linalg.eig", "np.linalg.eigvals"}
    transforms = {name for name in map(numpy_name, BY_NUMPY) if name.startswith("np.fft.")}
    assert {numpy_name(f) for f in BY_NUMPY} - constant - set(STEPS) - elsewhere - transforms == set(CALLS)


@pytest.mark.parametrize(("name", "number"), sweep(CASES, 9))
def test_values_and_two_derivatives(name: str, number: int) -> None:
    call = CALLS[name][number]
    expected = np.asarray(call(X, Y))
    out = call(Tensor(X, requires_grad=True), Tensor(Y, requires_grad=True))
    assert isinstance(out, Tensor), "a gradient was dropped"
    assert out.requires_grad
    assert (out.shape, out.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_allclose(out.data, expected, rtol=1e-12, atol=1e-13)
    rng = np.random.default_rng(number)
    directions = rng.standard_normal((2, *X.shape))

    def total(x: Any, y: Any) -> Any:
        out = call(x, y)
        return (out * weights(np.shape(out))).sum() + OFFSET

    def along(t: float) -> float:
        return float(total(X + t * directions[0], Y + t * directions[1]))

    gradient = grad(total, (0, 1))

    def slope(x: Any, y: Any) -> Any:
        by_x, by_y = gradient(x, y)
        return (by_x * directions[0]).sum() + (by_y * directions[1]).sum()

    def slope_along(t: float) -> float:
        return float(slope(X + t * directions[0], Y + t * directions[1])) + OFFSET

    second_by_x, second_by_y = grad(slope, (0, 1))(X, Y)
    second = (second_by_x * directions[0]).sum() + (second_by_y * directions[1]).sum()
    with np.errstate(all="ignore"):
        for what, claimed, function in (("first", float(slope(X, Y)), along), ("second", float(second), slope_along)):
            measured = derivative(function, 0.0)
            scale = max(1.0, abs(measured.value))
            assert measured.error < 1e-5 * scale, f"{what} derivative: differences too coarse ({measured})"
            assert abs(claimed - measured.value) <= 10 * measured.error + 1e-11 * scale, (
                f"{what} derivative: {claimed}, {measured}"
            )


@pytest.mark.parametrize("name", STEPS)
def test_steps_have_numpys_values_and_no_gradient(name: str) -> None:
    function = getattr(np, name.removeprefix("np."))
    arrays = (X, Y)[: 2 if name in STEPS_OF_TWO else 1]
    arguments = {"np.argpartition": (1,)}.get(name, ())
    out = function(*(Tensor(a, requires_grad=True) for a in arrays), *arguments)
    assert not out.requires_grad
    np.testing.assert_array_equal(out.data, function(*arrays, *arguments))


# So that sums that cancel are not measured by what is left of them.
OFFSET = 30.0
STEPS_OF_TWO = {f"np.{f.__name__}" for f in vars(np).values() if isinstance(f, np.ufunc) and f.nin == 2}

ROOMS = {"np": np, "np.linalg": np.linalg, "np.fft": np.fft, "np.emath": np.emath, "np.random": np.random}
# Not called: they read or write files, print, or set how NumPy behaves.
APART = set(
    "test info save savez savez_compressed savetxt load loadtxt genfromtxt fromfile memmap fromregex show_config show_runtime "
    "get_include seterr seterrcall set_printoptions printoptions setbufsize seed set_state errstate get_state".split()
)
# Results that do depend on the numbers, and have no gradient: what the reader of the name expects.
KNOWN = {
    "np.fromiter": "asks each element for its float: a warning here, and an error inside a transform",
    "np.format_float_positional": "a text",
    "np.format_float_scientific": "a text",
    "np.linalg.lstsq": "its second result is empty where the matrix has no more rows than columns",
}


def arguments_with(t: Any) -> Iterator[tuple[Any, ...]]:
    array, mask = np.array([0.0, 1.0, 2.0]), np.array([True, False, True])
    yield from (
        (t,),
        (t, t),
        (t, t, t),
        ([t, t],),
        ((t, array),),
        (t, 1),
        (t, 0, 1),
        (t, [0, 1]),
        (t, array),
        (array, t),
    )
    yield from ((2.0, t), (t, array, array), (array, array, t), (mask, t), (array, mask, t), ([mask], [t]), ("i->i", t))
    yield from (("ij->ji", t), (t, np.array([[0, 1], [1, 0]]), 1), (len, 0, t), (len, t))


def functions() -> Iterator[tuple[str, Any]]:
    for room, module in ROOMS.items():
        for name in sorted(getattr(module, "__all__", dir(module))):
            function = getattr(module, name, None)
            if callable(function) and not isinstance(function, type) and name not in APART:
                yield f"{room}.{name}", function


@pytest.mark.parametrize(("name", "function"), sweep(functions(), 3), ids=lambda x: x if isinstance(x, str) else "")
def test_no_function_of_numpy_drops_a_gradient_silently(name: str, function: Any) -> None:
    """Called in every way that comes to mind. What changes with the numbers has a gradient, or is declared a constant."""
    named = False
    for data in (np.array(0.4), np.array([0.3, 0.6, 0.2]), np.array([[1.93, 0.56], [0.56, 1.47]])):
        here, beside = Tensor(data, requires_grad=True), Tensor(1.001 * data + 0.001, requires_grad=True)
        for arguments, others in zip(arguments_with(here), arguments_with(beside), strict=True):
            try:
                result, changed = called(function, arguments), called(function, others)
            except AutogradError as error:
                named = named or numpy_name(function) in str(error)
                continue
            except Exception:
                continue
            for part, other in zip(result, changed, strict=True):
                assert holds_no_node(part), f"an array of nodes from {arguments}"
                if not (isinstance(part, Node) and part.requires_grad) and not same(raw(part), raw(other)):
                    assert function in CONSTANT or name in KNOWN, f"{part!r} from {arguments} has lost its gradient"
    if function not in BY_NUMPY and isinstance(function, np.ufunc):
        assert named, f"{name} does not say its name"


def called(function: Any, arguments: tuple[Any, ...]) -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        np.random.seed(0)
        result = function(*arguments)
    return [] if inspect.isgenerator(result) else leaves(result)


def holds_no_node(x: Any) -> bool:
    return not (isinstance(x, np.ndarray) and x.dtype == object and any(isinstance(item, Node) for item in x.flat))


def same(x: Any, y: Any) -> bool:
    return (
        bool(np.array_equal(x, y, equal_nan=isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind == "f"))
        if np.size(x)
        else True
    )


def test_autograd_numpy_takes_nodes_in_lists() -> None:
    # Looked up first, for a name of Python's among NumPy's must not change what follows.
    assert not anp.any([0.0, 0.0])
    t = Tensor([1.0, 2.0], requires_grad=True)
    assert anp.array([t, [3.0, t[0]]]).tolist() == [[1.0, 2.0], [3.0, 1.0]]
    assert anp.array(t, dtype=np.float32).dtype == np.float32
    assert anp.array([t[0], 1.0], ndmin=2).shape == (1, 2)
    assert anp.asarray(t) is t
    assert anp.sum([t[0], t[1] * 2]).item() == 5.0
    assert anp.mean([t, t], axis=0).tolist() == [1.0, 2.0]
    assert anp.dot([t[0], t[1]], [1.0, 1.0]).item() == 3.0
    assert anp.full((2,), t[1]).tolist() == [2.0, 2.0]
    assert anp.full_like(X, t[1]).tolist() == [[2.0] * 3] * 2
    assert anp.r_[t, 5.0, 0:2].tolist() == [1.0, 2.0, 5.0, 0.0, 1.0]
    assert anp.c_[t, t].tolist() == [[1.0, 1.0], [2.0, 2.0]]
    assert anp.r_[1:3].tolist() == [1, 2]
    assert (anp.pi, anp.float64, anp.random.default_rng, anp.linalg.LinAlgError) == (
        np.pi,
        np.float64,
        np.random.default_rng,
        np.linalg.LinAlgError,
    )
    assert anp.add is np.add
    assert set(np.__all__) <= set(dir(anp))
    with pytest.raises(TypeError, match=r"autograd\.stack"):
        np.array([t, t])


def test_put_along_axis_gives_a_new_array_or_writes_where_it_may() -> None:
    t, v = Tensor(X, requires_grad=True), Tensor([[5.0], [6.0]], requires_grad=True)
    places = np.array([[0], [2]])
    out = anp.put_along_axis(t, places, v, 1, inplace=False)
    assert out.tolist() == [[5.0, -1.3, 0.4], [1.9, 0.3, 6.0]]
    (out * np.arange(6.0).reshape(2, 3)).sum().backward()
    assert t.grad is not None
    assert v.grad is not None
    assert (t.grad.tolist(), v.grad.tolist()) == ([[0.0, 1.0, 2.0], [3.0, 4.0, 0.0]], [[0.0], [5.0]])
    with pytest.raises(RuntimeError, match="inplace=False"):
        np.put_along_axis(t, places, 1.0, 1)
    constant = Tensor(X)
    np.put_along_axis(constant, places, 9.0, 1)
    assert constant.tolist() == [[9.0, -1.3, 0.4], [1.9, 0.3, 9.0]]
    # Of two that are put in one place the last stays, and it alone has a gradient.
    twice = anp.put_along_axis(t[0], np.array([1, 1]), Tensor([7.0, 8.0], requires_grad=True), 0, inplace=False)
    assert grad(lambda u: anp.put_along_axis(X[0], np.array([1, 1]), u, 0, inplace=False).sum())(Y[0, :2]).tolist() == [
        0,
        1,
    ]
    assert twice.tolist() == [0.7, 8.0, 0.4]
