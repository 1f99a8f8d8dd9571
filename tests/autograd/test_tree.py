"""Trees: what is a container, in every transform, and the functions that take trees apart."""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from dataclasses import InitVar, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pytest

import autograd as ag
import autograd.numpy as anp
from autograd import OperandError, ShapeError, Tensor
from autograd.compiler import CompileError

Line = namedtuple("Line", "slope start")


@dataclass
class Layer:
    w: Any
    b: Any = None
    kind: str = field(default="tanh", metadata={"static": True})
    size: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.size = self.w * 2.0


@dataclass(frozen=True)
class Options:
    rate: float
    steps: int = 2


class Pair:
    def __init__(self, x: Any, y: Any) -> None:
        self.x, self.y = x, y


ag.register_pytree_node(Pair, lambda pair: ((pair.x, pair.y), None), lambda _, parts: Pair(*parts))


def square(tree: Any) -> Any:
    return sum(ag.tree.leaves(ag.tree.map(lambda x: x * x, tree)))


TREES = {
    "dataclass": Layer(2.0, 3.0),
    "frozen": Options(2.0, 3),
    "registered": Pair(2.0, 3.0),
    "nested": {"a": Layer(2.0, None), "b": [None, (Pair(3.0, 4.0),)]},
    "ordered": OrderedDict(b=2.0, a=3.0),
    "named": Line(2.0, [3.0]),
    "nothing": (2.0, None),
}


@pytest.mark.parametrize("name", TREES)
def test_every_transform_takes_every_tree(name: str) -> None:
    tree = TREES[name]
    numbers, form = ag.tree.flatten(tree)
    doubled, ones = form.unflatten([2.0 * x for x in numbers]), form.unflatten([1.0] * len(numbers))

    def same(found: Any, expected: Any) -> None:
        assert ag.tree.structure(found) == form
        np.testing.assert_allclose(ag.tree.leaves(found), ag.tree.leaves(expected))

    same(ag.grad(square)(tree), doubled)
    value, gradient = ag.value_and_grad(square)(tree)
    assert value == sum(x * x for x in numbers)
    same(gradient, doubled)
    same(ag.jacobian(square)(tree), doubled)
    same(ag.jacfwd(square)(tree), doubled)
    same(ag.hvp(square, (tree,), (ones,)), form.unflatten([2.0] * len(numbers)))
    out, push = ag.jvp(square, (tree,), (ones,))
    assert (out, push) == (value, sum(ag.tree.leaves(doubled)))
    out, pull = ag.vjp(lambda t: t, tree)
    same(out, tree)
    same(pull(doubled)[0], doubled)
    same(ag.checkpoint(lambda t: t)(tree), tree)
    rows = form.unflatten([np.array([x, x + 1.0]) for x in numbers])
    same_rows = ag.vmap(lambda t: ag.tree.map(lambda x: 2.0 * x, t))(rows)
    np.testing.assert_allclose(ag.tree.leaves(same_rows)[0], 2.0 * ag.tree.leaves(rows)[0])
    same_rows = ag.compile(lambda t: ag.tree.map(lambda x: 2.0 * x, t), native=False)(rows)
    assert ag.tree.structure(same_rows) == form
    np.testing.assert_allclose(ag.tree.leaves(same_rows)[0], 2.0 * ag.tree.leaves(rows)[0])


def test_what_a_dataclass_computes_when_it_is_made_is_differentiated() -> None:
    assert ag.grad(lambda layer: layer.size)(Layer(3.0)).w == 2.0
    assert ag.grad(lambda layer: layer.size)(Layer(3.0)).kind == "tanh"


def test_a_field_that_is_set_later_is_a_part_as_others_are() -> None:
    @dataclass
    class Scaled:
        w: float
        c: float = field(init=False, default=1.0)
        cache: object = field(init=False)

    scaled = Scaled(2.0)
    scaled.c = 5.0
    found = ag.grad(lambda t: t.w * t.c)(scaled)
    assert (found.w, found.c) == (5.0, 2.0)
    assert ag.compile(lambda t: t.w * t.c, native=False)(scaled) == 10.0
    assert ag.jvp(lambda t: t.w * t.c, (scaled,), (scaled,))[1] == 20.0


def test_a_dataclass_that_changes_its_fields_when_it_is_made_is_refused() -> None:
    @dataclass
    class Doubled:
        w: object

        def __post_init__(self) -> None:
            self.w = self.w * 2.0

    for value in (1.0, np.ones(2)):
        with pytest.raises(OperandError, match="called with w, it makes an object with another w"):
            ag.grad(lambda t: (t.w * t.w).sum())(Doubled(value))

    @dataclass
    class Copied(Doubled):
        def __post_init__(self) -> None:
            self.w = anp.array(self.w)

    np.testing.assert_array_equal(ag.grad(lambda t: (t.w * t.w).sum())(Copied(np.ones(2))).w, [2.0, 2.0])

    @dataclass
    class Sized:
        w: object
        n: InitVar[int]

    with pytest.raises(OperandError, match="Sized is no tree: it is not made of its fields alone"):
        ag.grad(lambda t: t.w)(Sized(1.0, 3))


@dataclass
class OfScale:
    w: Any
    scale: InitVar[float] = 1.0
    k: float = field(init=False)

    def __post_init__(self, scale: float) -> None:
        self.k = 2.0 * scale


@dataclass(slots=True)
class Drawn:
    w: Any
    noise: Any = field(init=False)

    def __post_init__(self) -> None:
        self.noise = GENERATOR.normal(size=2)


@dataclass
class WithDefault:
    w: Any
    k = 5.0

    @cached_property
    def double(self) -> Any:
        return 2.0 * self.w


@dataclass
class Clamped:
    w: Any

    def __post_init__(self) -> None:
        self.w = np.maximum(self.w, 0.0)


def _set(x: Any, **attributes: Any) -> Any:
    for name, value in attributes.items():
        setattr(x, name, value)
    return x


GENERATOR = np.random.default_rng(0)
NOT_MADE_OF_THEIR_FIELDS = {
    "an argument that is no field": lambda x: OfScale(x, scale=3.0),
    "computed, and set later": lambda x: _set(OfScale(x), k=7.0),
    "drawn": lambda x: Drawn(x),
    "no field, and set later": lambda x: _set(WithDefault(x), k=7.0),
    "clamped, and set later": lambda x: _set(Clamped(x), w=x),
}


@pytest.mark.parametrize("transform", ["grad", "jvp", "vmap", "compile", "checkpoint", "map", "flatten"])
@pytest.mark.parametrize("name", NOT_MADE_OF_THEIR_FIELDS)
def test_what_a_dataclass_would_lose_is_refused(name: str, transform: str) -> None:
    # Made anew it would be another, and every number silently wrong.
    f = lambda t: (t.w * getattr(t, "k", 2.0) + getattr(t, "noise", 0.0)).sum()
    of_batch = lambda t: t.w * getattr(t, "k", 2.0) + getattr(t, "noise", 0.0)
    transforms: dict[str, Any] = {
        "grad": ag.grad(f),
        "jvp": lambda t: ag.jvp(f, (t,), (t,)),
        "vmap": ag.vmap(of_batch),
        "compile": ag.compile(f, native=False),
        "checkpoint": ag.checkpoint(f),
        "map": lambda t: ag.tree.map(lambda x: x, t),
        "flatten": ag.tree.flatten,
    }
    with pytest.raises(OperandError, match=r"is no tree: (made anew of its fields, it has another|called with w)"):
        transforms[transform](NOT_MADE_OF_THEIR_FIELDS[name](np.array([-1.0, 2.0])))


@pytest.mark.parametrize("transform", [ag.vmap, lambda f: ag.compile(f, native=False)])
def test_an_argument_that_is_no_field_is_refused_in_results_too(transform: Any) -> None:
    with pytest.raises(OperandError, match="OfScale is no tree: it is made of scale too, which is no field"):
        transform(lambda x: OfScale(x, scale=3.0))(np.ones(2))


def test_what_a_dataclass_computes_of_its_fields_is_kept_by_all_transforms() -> None:
    x, w = Layer(np.array([1.0, 2.0])), np.array([1.0, 2.0])
    np.testing.assert_array_equal(ag.vmap(lambda t: t.w * t.size)(x), w * x.size)
    np.testing.assert_array_equal(ag.compile(lambda t: t.w * t.size, native=False)(x), w * x.size)
    cached = WithDefault(w)
    assert cached.double is cached.double
    np.testing.assert_array_equal(ag.grad(lambda t: (t.double * t.k).sum())(cached).w, [10.0, 10.0])


def test_a_list_of_numbers_is_a_leaf_where_the_program_says_so() -> None:
    pair = lambda x: isinstance(x, list)
    assert ag.tree_map(len, {"a": [1, 2], "b": [3]}, is_leaf=pair) == {"a": 2, "b": 1}
    assert ag.tree_leaves(([1, 2], 3), is_leaf=pair) == [[1, 2], 3]
    found, form = ag.tree_flatten(([1, 2], 3), is_leaf=pair)
    assert ag.tree_unflatten(form, found) == ([1, 2], 3)
    assert ag.tree_map(lambda x, y: (x, y), [1, 2], [[3, 4], None]) == [(1, [3, 4]), (2, None)]


def test_structures_that_differ_are_refused() -> None:
    with pytest.raises(ShapeError, match="needs 2 parts in a list"):
        ag.tree_map(max, [1, 2], [1])
    with pytest.raises(ShapeError, match="needs Pair here, not Layer"):
        ag.tree_map(max, Pair(1, 2), Layer(1, 2))
    with pytest.raises(ShapeError, match="needs None here, not float"):
        ag.vjp(lambda x: {"a": x, "b": None}, 1.0)[1]({"a": 1.0, "b": 2.0})
    with pytest.raises(ShapeError, match="1 leaves for a structure of 2"):
        ag.tree.structure([1, 2]).unflatten([1])
    assert ag.tree.structure([1]) != ag.tree.structure((1,))
    with pytest.raises(OperandError, match="'sgd' is among what should be differentiated"):
        ag.grad(lambda layer: layer.w)(Layer(1.0, "sgd"))


def test_a_class_is_registered_once() -> None:
    with pytest.raises(ValueError, match="Pair is registered already"):
        ag.register_pytree_node(Pair, lambda x: ((), None), lambda rest, parts: Pair(1, 2))
    with pytest.raises(ValueError, match="list is registered already"):
        ag.register_pytree_node(list, lambda x: (x, None), lambda rest, parts: list(parts))
    with pytest.raises(TypeError, match="takes a class"):
        ag.register_pytree_node(Pair(1, 2), lambda x: ((), None), lambda rest, parts: None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="takes a dataclass"):
        ag.register_dataclass(Pair)

    @dataclass
    class Named:
        x: float
        name: str

    with pytest.raises(ValueError, match="Named is not given 'y'"):
        ag.register_dataclass(Named, ["y"], ["name"])
    ag.register_dataclass(Named, ["x"], ["name"])
    assert ag.grad(lambda named: named.x**2)(Named(3.0, "it")) == Named(6.0, "it")


def test_static_arguments_are_part_of_the_signature() -> None:
    seen = []

    def power(x: Any, n: float, how: str = "up", **more: Any) -> Any:
        seen.append((n, how))
        return x**n if how == "up" else x / n

    fast = ag.compile(power, native=False, static_argnums=1, static_argnames="how")
    x = np.array([1.0, 2.0])
    np.testing.assert_allclose(fast(x, 3.0), x**3)
    calls = len(seen)
    np.testing.assert_allclose(fast(2 * x, 3.0), (2 * x) ** 3)
    assert len(seen) == calls
    np.testing.assert_allclose(fast(x, n=2.0, how="down"), x / 2)
    assert set(seen) == {(3.0, "up"), (2.0, "down")}
    # A float that branches, where all are floats.
    branch = ag.compile(lambda x, n: x * 2.0 if n > 1.0 else x * 3.0, native=False, static_argnums=-1)
    assert (branch(1.0, 2.0), branch(1.0, 0.0), branch(1.5, 2.0)) == (2.0, 3.0, 3.0)
    # From the end on, where a call says how many there are: the first of two, and none of one.
    branch = ag.compile(lambda *xs: xs[-1] * (2.0 if xs[0] > 1.0 else 3.0), native=False, static_argnums=-2)
    assert (branch(2.0, 1.0), branch(0.5, 1.0), branch(2.0, 1.5)) == (2.0, 3.0, 3.0)
    assert ag.compile(lambda *xs: xs[-1] * 2.0, native=False, static_argnums=-2)(1.5) == 3.0
    assert ag.compile(power, native=False, static_argnums=1).compile_for(x, 2.0)(x, 2.0)[1] == 4.0
    np.testing.assert_allclose(ag.grad(lambda x: fast(x, 2.0).sum())(x), 2 * x)


@pytest.mark.parametrize("pack", [lambda n: n, lambda n: (n,), lambda n: frozenset([(n,)]), Options])
def test_static_arguments_that_are_equal_but_compute_different_things_are_told_apart(pack: Any) -> None:
    def scale(x: np.ndarray, n: Any) -> Any:
        while not isinstance(n, (int, float)):
            n = n.rate if isinstance(n, Options) else next(iter(n))
        return x * n

    fast = ag.compile(scale, native=False, static_argnums=1)
    x = np.array([1, 2])
    for number in (1, 1.0, True, 0.0, -0.0):
        expected, found = x * number, fast(x, pack(number))
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(np.signbit(found), np.signbit(expected))


def test_a_static_nan_is_compiled_once() -> None:
    seen = []
    fast = ag.compile(lambda x, n: seen.append(n) or x * n, native=False, static_argnums=1)
    fast(np.ones(2), float("nan"))
    calls = len(seen)
    fast(np.ones(2), float("nan"))
    assert len(seen) == calls


def test_what_cannot_be_static_is_refused() -> None:
    f = lambda x, n: x
    with pytest.raises(CompileError, match="there is no argument 2: 2 are given by position"):
        ag.compile(f, static_argnums=2)
    with pytest.raises(CompileError, match="there is no argument 'm'"):
        ag.compile(f, static_argnames="m")
    fast = ag.compile(f, native=False, static_argnums=1)
    for wrong in (np.zeros(2), Tensor(1.0)):
        with pytest.raises(CompileError, match="whose numbers change"):
            fast(1.0, wrong)
    with pytest.raises(CompileError, match="has no hash: give something frozen"):
        fast(1.0, [1])


def test_frozen_options_are_static_unasked() -> None:
    fast = ag.compile(lambda x, o: x * 2.0 if o.rate > 1.0 else x * 3.0, native=False)
    assert (fast(1.0, Options(2.0)), fast(1.0, Options(0.5))) == (2.0, 3.0)
    layer = ag.compile(lambda layer: layer.w * layer.b, native=False)
    np.testing.assert_allclose(layer(Layer(np.ones(2), np.full(2, 3.0))), [3.0, 3.0])
    assert layer(Layer(2.0, 4.0)) == 8.0
