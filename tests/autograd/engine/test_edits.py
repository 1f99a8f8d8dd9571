"""Edits in place: the same numbers in every mode, the derivatives of the program written without them, and no silent loss."""

from __future__ import annotations

import copy
import gc
import tracemalloc
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
import autograd.numpy as anp
from autograd import GraphError, InPlaceError, NotKeptError, OperandError, ShapeError, Tensor, Value, grad, no_grad
from autograd.compiler import CompileError
from autograd.debug import Session
from autograd.draw import draw
from autograd.engine.checkpoint import checkpoint
from autograd.graph.node import ancestors
from tests.autograd.edit_programs import Program

X = np.array([1.0, 2.0, 3.0])


def same(function: Callable[[Any], Any], twin: Callable[[Any], Any], x: np.ndarray = X) -> None:
    """A function that edits is its functional twin: value with and without gradients, all derivatives, compiled."""
    value, gradient = ag.value_and_grad(function)(x)
    expected, of_twin = ag.value_and_grad(twin)(x)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    np.testing.assert_allclose(gradient, of_twin, rtol=1e-12)
    with no_grad():
        assert function(Tensor(x)).item() == value, "evaluation is training"
    with no_grad():
        assert function(Tensor(x, requires_grad=True)).item() == value
    np.testing.assert_allclose(ag.hessian(function)(x), ag.hessian(twin)(x), rtol=1e-9, atol=1e-12)
    direction = np.cos(np.arange(x.size)).reshape(x.shape)
    np.testing.assert_allclose(ag.jvp(function, (x,), (direction,)), ag.jvp(twin, (x,), (direction,)), rtol=1e-12)


# what users write


def test_a_helper_that_edits_what_it_is_given() -> None:
    def helper(h: Any) -> None:
        h *= 3

    def f(x: Any) -> Any:
        h = x * 1
        helper(h)
        return (h * h).sum()

    same(f, lambda x: (9 * x * x).sum())
    assert grad(f)(X).tolist() == [18.0, 36.0, 54.0]


def test_a_row_is_a_view() -> None:
    def f(x: Any) -> Any:
        y = x * 1
        row = y[0]
        row *= 5
        return (y * y).sum() + (row * x[1]).sum()

    def twin(x: Any) -> Any:
        row = 5 * x[0]
        return (row * row).sum() + (x[1] * x[1]).sum() + (row * x[1]).sum()

    same(f, twin, X[:2, None] * X)


def test_a_recurrence_that_fills_an_array() -> None:
    def f(x: Any) -> Any:
        t = Tensor(np.zeros(3))
        t[0] = 1.0
        for i in range(1, 3):
            t[i] = t[i - 1] * x[i] + x[0]
        return t.sum()

    same(f, lambda x: 1.0 + (x[1] + x[0]) + ((x[1] + x[0]) * x[2] + x[0]))


def test_a_swap() -> None:
    def f(x: Any) -> Any:
        t = x * 1
        held = t[0].copy()
        t[0] = t[2]
        t[2] = held
        return (t * np.array([1.0, 10.0, 100.0])).sum()

    same(f, lambda x: x[2] + 10 * x[1] + 100 * x[0])


def test_a_relu_by_a_mask() -> None:
    def f(x: Any) -> Any:
        h = x * x - 2.0
        h[h < 0] = 0.0
        return (h * x).sum()

    same(f, lambda x: (np.where(x * x - 2.0 < 0, 0.0, x * x - 2.0) * x).sum())


def test_a_running_loss() -> None:
    def f(x: Any) -> Any:
        total = Tensor(0.0)
        for i in range(3):
            total += x[i] ** 2
        return total

    same(f, lambda x: (x * x).sum())


@pytest.mark.parametrize(
    ("edit", "twin"),
    [
        (lambda t, x: t.__iadd__(x[::-1]), lambda t, x: t + x[::-1]),
        (lambda t, x: t.__isub__(2.0), lambda t, x: t - 2.0),
        (lambda t, x: t.__imul__(t), lambda t, x: t * t),
        (lambda t, x: t.__itruediv__(x[1]), lambda t, x: t / x[1]),
        (lambda t, x: t.__ipow__(2), lambda t, x: t**2),
        (lambda t, x: t.__ipow__(x), lambda t, x: t**x),
        (lambda t, x: t.__imod__(1.75), lambda t, x: t % 1.75),
        (lambda t, x: t.__ifloordiv__(1.75), lambda t, x: t // 1.75),
        (lambda t, x: t.__imatmul__(np.eye(3) + 1.0), lambda t, x: t @ (np.eye(3) + 1.0)),
    ],
)
def test_every_operator(edit: Callable[[Any, Any], Any], twin: Callable[[Any, Any], Any]) -> None:
    def f(x: Any) -> Any:
        t = seen = x * x
        assert edit(t, x) is t
        return (seen * x).sum()

    same(f, lambda x: (twin(x * x, x) * x).sum())


def test_operators_on_masks_and_whole_numbers() -> None:
    t = Tensor(np.array([True, False]))
    seen = t
    t &= np.array([True, True])
    t |= np.array([False, True])
    t ^= True
    assert seen is t
    assert t.data.tolist() == [False, False]
    k = Tensor(np.array([7, 8]))
    k //= 2
    k %= 3
    assert k.data.tolist() == [0, 1]


A = np.arange(12.0).reshape(3, 4) + 1.0
KEYS: list[Any] = [
    0,
    -1,
    (1, 2),
    slice(None, None, -1),
    (slice(1, None), slice(None, None, 2)),
    ...,
    (..., 0),
    (None, 1),
    [0, 2],
    [1, 1],
    ([0, 2, 0], [1, 3, 1]),
    (slice(None), [3, 3, 0]),
    np.array([True, False, True]),
    A % 3 == 0,
    (np.array([[0], [1]]), np.array([[2, 2]])),
    Tensor(np.array([2, 0])),
    np.int64(1),
    (),
]


@pytest.mark.parametrize("key", KEYS, ids=str)
@pytest.mark.parametrize("kind", ["number", "array", "broadcast", "one more axis"])
def test_every_key_and_value(key: Any, kind: str) -> None:
    places = np.arange(12).reshape(3, 4)[key.data if isinstance(key, Tensor) else key]

    def value(x: Any) -> Any:
        if kind == "number":
            return x[0, 0] * 2.0
        if kind == "array":
            return np.sin(x).ravel()[: places.size].reshape(places.shape)
        if kind == "broadcast":
            return x[0, :1] * 3.0
        return np.sin(x).ravel()[: places.size].reshape((1, *places.shape))

    def f(x: Any) -> Any:
        t = x * x
        t[key] = value(x)
        return (t * np.cos(A)).sum()

    try:
        A.copy()[key.data if isinstance(key, Tensor) else key] = value(A)
    except (ValueError, TypeError):
        with pytest.raises((ShapeError, OperandError)):
            f(Tensor(A, requires_grad=True))
        return

    def twin(x: Any) -> Any:
        source = np.full(12, -1)
        source[places.ravel()] = np.arange(places.size)
        values = (value(x) + np.zeros(places.shape)).ravel()
        t = np.where(source >= 0, values[np.maximum(source, 0)], (x * x).ravel())
        return (t * np.cos(A).ravel()).sum()

    same(f, twin, A)


def test_of_values_for_one_place_the_last_counts() -> None:
    def f(v: Any) -> Any:
        t = v * 0.0
        t[[0, 0]] = v[:2] * 2.0
        return t.sum()

    assert ag.value_and_grad(f)(X)[0] == 4.0
    assert grad(f)(X).tolist() == [0.0, 2.0, 0.0]


def test_values_that_overlap_the_place() -> None:
    def f(x: Any) -> Any:
        t = x * 1
        t[1:] = t[:-1]
        t[:2] += t[1:]
        return (t * np.array([1.0, 10.0, 100.0])).sum()

    same(f, lambda x: (x[0] + x[0]) + 10 * (x[0] + x[1]) + 100 * x[1])


def test_dtypes_stay() -> None:
    x = Tensor(X.astype(np.float32), requires_grad=True)
    w = Tensor(X, requires_grad=True)
    t = x * np.float32(1)
    t[0] = w[0] * w[0]
    t *= w
    t += 1
    assert t.dtype == np.float32
    t.sum().backward()
    assert x.grad is not None
    assert w.grad is not None
    assert (x.grad.dtype, w.grad.dtype) == (np.float32, np.float64)
    assert w.grad.tolist() == [3.0, 2.0, 3.0]


# views


def test_an_edit_through_views_of_views_changes_the_base_and_all_other_views() -> None:
    def f(x: Any) -> Any:
        t = x * 1
        turned, flat = t.T, t.reshape(-1)
        before = (turned * turned).sum()
        turned[1:][0, ::2] = x[0, :1] * 4.0
        flat[::5] *= x[1, 1]
        return before + (t * np.cos(A)).sum() + (turned[0] * flat[:3]).sum()

    def twin(x: Any) -> Any:
        first = np.array([[False, True, False, False], [False] * 4, [False, True, False, False]])
        t = np.where(first, x[0, :1] * 4.0, x)
        t = np.where((np.arange(12) % 5 == 0).reshape(3, 4), t * x[1, 1], t)
        return (x * x).sum() + (t * np.cos(A)).sum() + (t[:, 0] * t.reshape(-1)[:3]).sum()

    same(f, twin, A)


def test_a_view_sees_later_edits_of_its_base() -> None:
    def f(x: Any) -> Any:
        t = x * 1
        part = t[1:]
        first = (part * x[:2]).sum()
        t *= x
        return first * (part * part).sum() + part[0]

    same(f, lambda x: (x[1:] * x[:2]).sum() * (x[1:] ** 4).sum() + x[1] ** 2)


def test_a_view_keeps_alive_what_its_base_became() -> None:
    def view(x: Any) -> Any:
        t = x * 1
        part = t[:2]
        t[0] = 5.0 * x[2]
        return part

    same(lambda x: view(x).sum(), lambda x: 5.0 * x[2] + x[1])


def test_views_of_constants_too() -> None:
    def through(x: Any) -> Any:
        base = Tensor(np.zeros((2, 3)))
        row, corner = base[1], base[:, 2:]
        row[...] = x * x
        return (base * base).sum() + corner.sum() + row[0]

    same(through, lambda x: (x**4).sum() + x[2] ** 2 + x[0] ** 2)

    def beside(x: Any) -> Any:
        base = Tensor(np.ones((2, 3)))
        row = base[1]
        read = (row * x).sum()
        base[1] = x * x
        return read + (row * row).sum()

    same(beside, lambda x: x.sum() + (x**4).sum())


def test_a_reshape_that_had_to_copy_is_no_view() -> None:
    def f(x: Any) -> Any:
        t = x * 1
        copied = t.T.reshape(-1)
        t *= 2
        return (copied * copied).sum() + t.sum()

    same(f, lambda x: (x * x).sum() + 2 * x.sum(), A)


def test_memory_that_may_only_be_read() -> None:
    for context in (no_grad(), ag.enable_grad()):
        with context:
            wide = (Tensor(X, requires_grad=True) * 1)[0].reshape(1)
            wide = np.broadcast_to(wide, (4,))
            with pytest.raises(GraphError, match=r"may only be read.*copy"):
                wide[0] = 1.0
            with pytest.raises(GraphError, match=r"may only be read"):
                wide *= 2.0


@pytest.mark.parametrize(
    "function",
    [
        lambda t: +t,
        np.positive,
        np.conjugate,
        np.copy,
        anp.array,
        lambda t: anp.array(t, float),
        lambda t: t.flatten(),
        lambda t: t.copy(),
        lambda t: t.astype(float),
        lambda t: np.tile(t, 1),
        lambda t: np.block([t]),
        lambda t: np.meshgrid(t[0], t[1])[0],
        lambda t: t[[0, 1]],
        lambda t: t[t > 0],
    ],
)
def test_what_numpy_copies_is_no_view(function: Any) -> None:
    t = Tensor(A[:2], requires_grad=True) * 1
    copied = function(t)
    assert not np.may_share_memory(copied.data, t.data)
    before = copied.data.copy()
    t *= 2.0
    np.testing.assert_array_equal(copied.data, before)


# what was recorded before


def test_consumers_from_before_an_edit_keep_what_they_read() -> None:
    def f(x: Any) -> Any:
        y = np.exp(x)
        squares = (y * y).sum()
        y[0] = x[1]
        cubes = (y * y * y).sum()
        y *= x
        return squares * cubes + y.sum()

    def twin(x: Any) -> Any:
        y = np.exp(x)
        z = np.where(np.arange(3) == 0, x[1], y)
        return (y * y).sum() * (z * z * z).sum() + (z * x).sum()

    same(f, twin)


def test_several_passes_over_one_edited_graph() -> None:
    x = Tensor(X, requires_grad=True)
    y = x * 1
    before = (y * y).sum()
    y[0] = x[1] * 3.0
    after = (y * y).sum()
    for root, gradient in [(before, [2.0, 4.0, 6.0]), (after, [0.0, 40.0, 6.0]), (before, [2.0, 4.0, 6.0])]:
        x.zero_grad()
        root.backward()
        assert x.grad is not None
        assert x.grad.tolist() == gradient
    y[1] = 0.0
    x.zero_grad()
    (after + y.sum()).backward()
    assert x.grad is not None
    assert x.grad.tolist() == [0.0, 43.0, 7.0]


def test_a_pass_over_what_was_recorded_before_an_edit_of_a_tensor_that_is_gone() -> None:
    x = Tensor(X, requires_grad=True)
    y = x * 1
    squares = (y * y).sum()
    y[0] = 7.0
    y *= 2.0
    del y
    squares.backward()
    assert x.grad is not None
    assert x.grad.tolist() == [2.0, 4.0, 6.0]


@pytest.mark.integration
def test_random_programs_are_their_functional_twins() -> None:
    for seed in range(25):
        program = Program(np.random.default_rng(seed))
        try:
            same(program, program.functional, program.x)
            assert program(program.x.copy()) == pytest.approx(ag.value_and_grad(program)(program.x)[0], rel=1e-12)
        except AssertionError as error:
            raise AssertionError(f"{program}\n{error}") from error


# leaves, constants and no_grad


@pytest.mark.parametrize(
    "edit",
    [lambda t: t.__setitem__(0, 1.0), lambda t: t.__imul__(2.0), lambda t: t[:1].__iadd__(1.0), lambda t: t.fill(0.0)],
)
def test_a_leaf_that_asks_for_its_gradient_is_not_edited_but_under_no_grad(edit: Callable[[Any], Any]) -> None:
    t = Tensor(X, requires_grad=True, name="w")
    with pytest.raises(
        GraphError, match=r"the leaf 'w.*at test_edits.py.*t.copy\(\).*where, concatenate or stack.*no_grad"
    ) as caught:
        edit(t)
    assert t.data.tolist() == X.tolist()
    assert not isinstance(caught.value, InPlaceError)
    squares, sums = (t * t).sum(), (t * 3.0).sum()
    with no_grad():
        edit(t)
    sums.backward()
    with pytest.raises(InPlaceError, match="'w'"):
        squares.backward()
    (t * t).sum().backward()


def test_the_argument_that_a_transform_differentiates_by_is_not_edited() -> None:
    def f(x: Any) -> Any:
        x *= 2.0
        return (x * x).sum()

    with pytest.raises(GraphError, match=r"t.copy\(\)"):
        grad(f)(X)
    with pytest.raises(GraphError, match=r"t.copy\(\)"):
        grad(lambda x: grad(f)(x * x).sum())(X)
    assert grad(lambda x: f(x.copy()))(X).tolist() == [8.0, 16.0, 24.0]


def test_what_a_transform_works_on_is_not_edited_meanwhile() -> None:
    def f(x: Any) -> Any:
        outer = x * 1

        def inner(y: Any) -> Any:
            read = (y * y).sum()
            outer[0] = 3.0
            return read

        return grad(inner)(outer).sum()

    with pytest.raises(InPlaceError, match="while a function of it was being differentiated"):
        grad(f)(X)


def test_constants_are_plain_arrays_until_a_value_has_a_gradient() -> None:
    c, w = Tensor(np.ones(3), name="c"), Tensor(X, requires_grad=True)
    seen = c.data
    c[0] = 5.0
    c += 1.0
    assert seen is c.data
    assert (c.op, c.requires_grad) == (None, False)
    product = (c * w).sum()
    c[1] = w[2]
    assert c.requires_grad
    assert c.op is not None
    (product + c.sum()).backward()
    assert w.grad is not None
    assert w.grad.tolist() == [6.0, 2.0, 3.0]
    k = Tensor([1, 2])
    with pytest.raises(OperandError, match=r"int64.*dtype=float"):
        k[0] = w[0]
    with pytest.raises(OperandError, match="Value"):
        c[0] = Value(2.0)
    with pytest.raises(OperandError):
        c *= Value(2.0)


def test_a_constant_that_is_changed_after_it_was_read_is_noticed_through_views_too() -> None:
    w = Tensor(X, requires_grad=True)
    for of in (lambda c: c, lambda c: c[:], lambda c: c.T, lambda c: c.detach(), lambda c: c[:].reshape(3, 1)[:, 0]):
        c = Tensor(np.ones(3))
        product = (of(c) * w).sum()
        c[0] = 2.0
        with pytest.raises(InPlaceError):
            product.backward()


def test_what_is_edited_under_no_grad_after_it_was_recorded() -> None:
    x = Tensor(X, requires_grad=True)
    y = x * 2.0
    tripled, squares = (y * 3.0).sum(), (y * y).sum()
    with no_grad():
        y[0] = 100.0
    assert y.data.tolist() == [100.0, 4.0, 6.0]
    tripled.backward()
    assert x.grad is not None
    assert x.grad.tolist() == [6.0, 6.0, 6.0]
    with pytest.raises(InPlaceError, match="its derivative reads"):
        squares.backward()
    with pytest.raises(InPlaceError, match=r"overwritten under no_grad at test_edits.py.*after it was recorded"):
        y.sum().backward()
    with pytest.raises(InPlaceError, match="overwritten under no_grad"):
        y[1:].sum().backward()
    y[...] = x
    with pytest.raises(InPlaceError, match="overwritten under no_grad"):
        y.sum().backward()


@pytest.mark.parametrize(
    "cut", [lambda y: y.detach(), lambda y: y.detach()[1:], no_grad()(lambda y: y[:2]), ag.stop_gradient]
)
def test_an_edit_of_what_was_detached_is_noticed(cut: Callable[[Any], Any]) -> None:
    x = Tensor(X, requires_grad=True)
    y = x * 2.0
    squares, doubled = (y * y).sum(), (y * 2.0).sum()
    part = cut(y)
    read = (part * x[: part.size]).sum()
    part += 1.0
    for root in (squares, read, y.sum()):
        with pytest.raises(InPlaceError):
            root.backward()
    doubled.backward()


def test_an_edit_is_noticed_by_what_was_detached_before_and_keeps_nothing_alive() -> None:
    x = Tensor(X, requires_grad=True)
    y = x * 2.0
    constant = y.detach()
    read = (constant * x).sum()
    y[0] = x[1]
    assert constant.data[0] == 2.0
    with pytest.raises(InPlaceError):
        read.backward()
    watch = weakref.ref(y)
    del y
    assert watch() is None


def test_setting_data_is_no_edit() -> None:
    x = Tensor(X, requires_grad=True)
    y = x * 2.0
    y[0] = x[1]
    early = (y * y).sum()
    y.data = np.zeros(3)
    with pytest.raises(InPlaceError):
        early.backward()
    y[1] = x[0]
    late = (y * y).sum()
    y.data -= 1.0
    y[2] = 1.0
    with pytest.raises(InPlaceError):
        late.backward()


# refused in every mode


@pytest.mark.parametrize(
    "edit",
    [
        lambda t: np.multiply(t, 2.0, out=t),
        lambda t: np.multiply(t.data, 2.0, out=t),
        lambda t: np.add.at(t, [0, 0], 1.0),
        lambda t: np.copyto(t, 1.0),
        lambda t: np.putmask(t, t > 1, 0.0),
        lambda t: np.place(t, t > 1, [0.0]),
        lambda t: np.put(t, [0], 1.0),
        lambda t: np.fill_diagonal(t, 1.0),
        lambda t: np.sum(t, out=t),
        lambda t: np.cumsum(t, out=t),
        lambda t: setattr(t, "shape", (1, 3)),
        lambda t: t.__delitem__(0),
    ],
)
def test_other_ways_to_write_are_refused_in_every_mode(edit: Callable[[Any], Any]) -> None:
    for requires_grad in (True, False):
        t = Tensor(X, requires_grad=requires_grad) * 1
        before = t.data.copy()
        for context in (no_grad(), ag.enable_grad()):
            with context, pytest.raises((OperandError, TypeError, AttributeError)):
                edit(t)
        np.testing.assert_array_equal(t.data, before)


@pytest.mark.parametrize(
    ("edit", "error"),
    [
        (lambda t: t.__iadd__(np.ones((2, 3))), ShapeError),
        (lambda t: t.__setitem__(slice(2), np.ones(3)), ShapeError),
        (lambda t: t.__setitem__(5, 1.0), IndexError),
        (lambda t: t.__setitem__((0, 0), 1.0), IndexError),
        (lambda t: t.__setitem__(0, 1j), OperandError),
        (lambda t: t.__setitem__(0, "x"), OperandError),
        (lambda t: t.__iadd__("x"), OperandError),
        (lambda t: t.__imul__(1j), OperandError),
        (lambda t: t.__imatmul__(np.ones((3, 2))), ShapeError),
        (lambda t: t.__setitem__(1.5, 1.0), IndexError),
    ],
)
def test_an_edit_that_fails_changes_nothing(edit: Callable[[Any], Any], error: type[Exception]) -> None:
    for requires_grad in (True, False):
        x = Tensor(X, requires_grad=requires_grad)
        t = x * 1.0
        with pytest.raises(error):
            edit(t)
        assert t.data.tolist() == X.tolist()
        t[0] = 5.0
        if requires_grad:
            (t * t).sum().backward()
            assert x.grad is not None
            assert x.grad.tolist() == [0.0, 4.0, 6.0]


def test_whole_numbers_take_no_fractions() -> None:
    k = Tensor([4, 6])
    for edit in (lambda: k.__itruediv__(3), lambda: k.__iadd__(0.5), lambda: k.__ipow__(0.5)):
        with pytest.raises(OperandError):
            edit()
    assert k.data.tolist() == [4, 6]


# numpy's methods


def test_methods_that_write() -> None:
    def f(x: Any) -> Any:
        t = x[::-1].copy()
        t.sort()
        u = x * 1
        u.fill(x[2])
        v = x[::-1] * 2.0
        v.partition(0)
        return (t * np.array([1.0, 10.0, 100.0])).sum() * u[0] + v[0]

    same(f, lambda x: (x * np.array([1.0, 10.0, 100.0])).sum() * x[2] + 2.0 * x[0])
    assert Tensor(X).sort() is None


def test_put_along_axis() -> None:
    def f(x: Any) -> Any:
        t = x * 1
        np.put_along_axis(t, np.array([[1], [0], [3]]), x[:, :1] ** 2, 1)
        return (t * np.cos(A)).sum()

    def twin(x: Any) -> Any:
        chosen = np.arange(4) == np.array([[1], [0], [3]])
        return (np.where(chosen, x[:, :1] ** 2, x) * np.cos(A)).sum()

    same(f, twin, A)


# hooks, kept gradients, copies


def test_a_hook_has_the_gradient_of_what_the_tensor_was_when_it_was_registered() -> None:
    x = Tensor(X, requires_grad=True)
    seen: list[Any] = []
    y = x * 1
    y.register_hook(lambda g: seen.append(("before", g.tolist())))
    y *= 5
    y.register_hook(lambda g: seen.append(("after", g.tolist())))
    y.sum().backward()
    assert seen == [("after", [1.0, 1.0, 1.0]), ("before", [5.0, 5.0, 5.0])]


def test_a_hook_on_a_view_is_called_wherever_the_view_was_read() -> None:
    x = Tensor(X, requires_grad=True)
    y = x * 1
    part = y[:2]
    part.register_hook(lambda g: 10.0 * g)
    early = part.sum()
    y *= 2
    (early + part.sum()).backward()
    assert x.grad is not None
    assert x.grad.tolist() == [30.0, 30.0, 0.0]


def test_a_kept_gradient_is_that_of_what_the_tensor_is_now() -> None:
    x = Tensor(X, requires_grad=True)
    y = x * 1
    y[0] = x[1] * 4.0
    (y * 3.0).sum().backward(retain_grads=True)
    assert y.grad is not None
    assert y.grad.tolist() == [3.0, 3.0, 3.0]
    z = x * 1
    early = z.sum()
    z *= 2.0
    early.backward(retain_grads=True)
    with pytest.raises(NotKeptError):
        _ = z.grad


def test_a_copy_of_an_edited_graph_is_a_graph_of_its_own() -> None:
    x = Tensor(X, requires_grad=True, name="x")
    y = x * 1
    part = y[:2]
    early = (part * part).sum()
    y[0] = x[1] * x[2]
    root = early + (y * y).sum() + part.sum()
    twin = copy.deepcopy(root)
    y[...] = 0.0
    for graph in (twin, root):
        (leaf,) = [node for node in ancestors(graph) if node.op is None and node.requires_grad]
        graph.backward()
        assert leaf.grad.tolist() == [2.0, 48.0, 32.0]


def test_views_of_a_copy_share_their_memory() -> None:
    x = Tensor(X, requires_grad=True)
    y = x * 1
    pair = {"y": y, "part": y[1:]}
    copied = copy.deepcopy(pair)
    copied["y"] *= 2
    assert copied["part"].data.tolist() == [4.0, 6.0]
    assert y.data.tolist() == X.tolist()


# memory


@pytest.mark.integration
def test_edited_graphs_are_freed_at_once() -> None:
    gc.collect()
    gc.disable()
    try:
        x = Tensor(X, requires_grad=True)

        def run() -> list[Any]:
            t = x * 1
            old = t[0] * 2.0
            t[0] = t[1]
            t[1] = old
            part = t[1:]
            part *= t[0]
            t += part[0]
            t.sum().backward()
            nodes = [t, old, part, *ancestors(t)]
            return [weakref.ref(node) for node in nodes if node is not x]

        assert [watch for watch in run() if watch() is not None] == []
    finally:
        gc.enable()


def test_filling_a_tensor_row_by_row_keeps_no_copies_of_it() -> None:
    rows, columns = 200, 1000
    x = Tensor(np.ones(columns), requires_grad=True)
    tracemalloc.start()
    out = Tensor(np.zeros((rows, columns)))
    for i in range(rows):
        out[i] = x * float(i)
    out.sum().backward()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert x.grad is not None
    assert x.grad[0] == sum(range(rows))
    # The tensor, what was overwritten in it, the rows, and the gradients of one edit.
    assert peak < 8 * rows * columns * 8


def test_views_that_come_and_go_leave_nothing_behind() -> None:
    batch = Tensor(np.ones((1000, 2)))
    for i in range(5000):
        batch[i % 1000]
    assert len(batch.views) < 200


def test_many_edits() -> None:
    n = 1000
    x = Tensor(np.full(n, 0.999), requires_grad=True)
    t = Tensor(np.ones(n))
    for i in range(1, n):
        t[i] = t[i - 1] * x[i]
    t[n - 1].backward()
    assert x.grad is not None
    np.testing.assert_allclose(x.grad[1:], 0.999 ** (n - 2))


# the rest of the house


def test_anomalies_are_looked_for() -> None:
    def run(spoil: Callable[[Any], None]) -> None:
        x = Tensor(X, requires_grad=True)
        with ag.detect_anomaly():
            y = x * 1
            part = y[1:]
            squares = (y * y).sum() * (part * part).sum()
            y[0] = x[1] * 2.0
            part *= x[0]
            y **= 2
            spoil(y)
            (squares + (y * y).sum()).backward()

    run(lambda y: None)
    with pytest.raises(ag.AnomalyError, match="place gave nan"):
        run(lambda y: y.__setitem__(0, np.nan))
    with pytest.raises(ag.AnomalyError, match="div gave inf"):
        run(lambda y: y.__itruediv__(0.0))
    with pytest.raises(ag.AnomalyError, match="was changed after it was used"):
        run(lambda y: y.data.__setitem__(0, 3.0))


def told(x: Any) -> tuple[Any, Any]:
    h = x * 2.0
    early = (h * h).sum()
    h[0] = x[1]
    h *= 3.0
    return h, early + h.sum()


def test_sessions_tables_and_diagrams_show_each_edit_as_an_operation() -> None:
    x = Tensor(X, requires_grad=True, name="x")
    h, root = told(x)
    h.name = "h"
    session = Session(root)
    equations = [event.equation for event in session.events if event.phase == "forward"]
    assert session.error is None
    assert any("place(" in line for line in equations)
    assert (
        [node.op.name for node in session.nodes if node.op is not None]
        == [*("mul", "mul", "sum", "slice", "place", "mul", "sum", "add")]
        if hasattr(session, "nodes")
        else True
    )
    session.run()
    np.testing.assert_allclose(session.gradient("x"), [8.0, 25.0, 30.0])
    assert session.value(h).tolist() == [6.0, 12.0, 18.0]
    assert x.grad is None
    assert "place" in draw(root).dot
    assert "place" in str(root.graph())
    assert x.grad is None


def test_a_session_computes_edits_anew() -> None:
    x = Tensor(X, requires_grad=True, name="x")
    _, root = told(x)
    session = Session(root)
    session.run()
    session.edit("x", [1.0, 3.0, 3.0])
    np.testing.assert_allclose(session.value(root), 4.0 * 19.0 + 9.0 + 18.0 + 18.0)
    np.testing.assert_allclose(session.gradient("x"), [8.0, 24.0 + 3.0 + 6.0, 24.0 + 6.0])


def test_a_checkpointed_function_may_edit_what_it_computes() -> None:
    def f(x: Any) -> Any:
        h = x * x
        h[0] = x[1]
        h *= x
        return h

    same(lambda x: checkpoint(f)(x).sum(), lambda x: x[1] * x[0] + (x[1:] ** 3).sum())


def test_a_checkpointed_function_may_not_edit_what_was_there_before() -> None:
    def f(x: Any) -> Any:
        x[0] = 5.0
        return x.sum()

    with pytest.raises(GraphError, match=r"checkpoint: f edits .* in place, at test_edits.py.*again.*t.copy\(\)"):
        grad(lambda x: checkpoint(f)(x * 1))(X)


def test_what_vjp_gives_may_be_edited() -> None:
    out, pullback = ag.vjp(np.exp, X)
    out *= 0.0
    np.testing.assert_allclose(pullback(np.ones(3))[0], np.exp(X))


def test_a_hook_may_only_read_the_gradient_that_it_is_given() -> None:
    x = Tensor(X, requires_grad=True)
    y = x * 1
    handle = y.register_hook(lambda g: g.fill(0.0))
    with pytest.raises(ValueError, match="read-only"):
        (y + x).sum().backward()
    handle.remove()
    y.register_hook(lambda g: g)
    (y + x).sum().backward()
    assert x.grad is not None
    x.grad += 1.0
    assert x.grad.tolist() == [3.0, 3.0, 3.0]


# compiled


def edited(x: Any) -> Any:
    h = (x * 1).reshape(3, 1)
    early = (h * h).sum()
    h += 1.0
    h **= 2
    row = h[1]
    row *= x[0]
    h[h > 8.0] = 0.5
    h[[0, 0]] = x[:2, None]
    h[0] += h[1] * h[2]
    return early * h.sum() + row.sum()


@pytest.mark.parametrize("native", [False, pytest.param(True, marks=pytest.mark.integration)])
def test_compiled_functions_edit_as_others_do(native: bool) -> None:
    for function in (edited, grad(edited), ag.hessian(edited), no_grad()(edited)):
        expected = function(Tensor(X) if function is edited else X.copy())
        compiled = ag.compile(function, native=native)
        for _ in range(2):
            np.testing.assert_allclose(compiled(X), ag.raw(expected) if hasattr(ag, "raw") else np.asarray(expected))


def test_a_compiled_function_edits_views_under_no_grad() -> None:
    @no_grad()
    def f(x: Any) -> Any:
        t = x * 2.0
        row = t[1:].reshape(2, 1)
        row += 1.0
        t *= 3.0
        return t + row.sum()

    np.testing.assert_array_equal(ag.compile(f)(X), f(Tensor(X)).data)


@pytest.mark.integration
def test_random_programs_compiled() -> None:
    count = 0
    for seed in range(100):
        program = Program(np.random.default_rng(seed))
        if any(kind == "constant" for kind, _ in program.steps):
            continue
        count += 1
        expected, gradient = ag.value_and_grad(program)(program.x)
        value, compiled = ag.compile(ag.value_and_grad(program), native=False)(program.x)
        np.testing.assert_allclose(value, expected, rtol=1e-9, err_msg=str(program))
        np.testing.assert_allclose(compiled, gradient, rtol=1e-9, atol=1e-12, err_msg=str(program))
    assert count > 9


def test_a_compiled_step_edits_its_loss() -> None:
    w = Tensor(X, requires_grad=True)

    def step(x: Any) -> Any:
        w.zero_grad()
        h = x * w
        h -= 1.0
        loss = (h * h).sum()
        loss /= 3.0
        loss.backward()
        return loss

    expected, gradient = step(Tensor(X)).item(), w.grad
    assert ag.compile(step)(X) == pytest.approx(expected)
    np.testing.assert_allclose(w.grad, gradient)


OUTSIDE = Tensor(np.ones(3), name="outside")


def cut_later(x: Any) -> Any:
    h = x * 2.0
    with no_grad():
        h += 1.0
    return h


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.__setitem__(0, 1.0),
        lambda x: x.__iadd__(1.0),
        lambda x: x[1:].__imul__(2.0),
        lambda x: OUTSIDE.__setitem__(0, x[0]),
        lambda x: OUTSIDE.__iadd__(x),
        lambda x: (x * 1).detach().__iadd__(1.0),
        lambda x: Tensor(np.zeros(3)).__setitem__(0, x[0]),
        cut_later,
    ],
)
def test_what_a_program_would_do_elsewhere_is_refused_with_the_line(function: Callable[[Any], Any]) -> None:
    with pytest.raises(CompileError, match=r"is changed in place, at test_edits.py:\d+.*np.copy"):
        ag.compile(function)(X)
    assert OUTSIDE.data.tolist() == [1.0, 1.0, 1.0]


# Values


def test_a_value_is_one_number_and_its_name_is_bound_anew() -> None:
    def helper(h: Any) -> Any:
        h *= 3.0
        return h

    for context in (no_grad(), ag.enable_grad()):
        with context:
            v = Value(2.0)
            assert (helper(v).data, v.data) == (6.0, 2.0)
