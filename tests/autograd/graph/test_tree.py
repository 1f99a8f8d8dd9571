"""Structures of arguments: the same types come back, keys may come in another order, and what cannot be kept is refused."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, namedtuple
from typing import Any, NamedTuple

import numpy as np
import pytest

from autograd import OperandError, ShapeError, Tensor, Value, checkpoint, grad, hvp, jacobian, jvp, value_and_grad, vjp
from autograd.extend import vspace
from autograd.graph.tree import leaves, leaves_like, map_leaves
from autograd.misc.optimizers import sgd
from autograd.test_util import check_equivalent


class Named(NamedTuple):
    w: Any
    b: Any = 2.0


class WithAttribute(dict[str, Any]):
    note = "none"


class Pair(list[Any]):
    pass


class Triple(tuple[Any, ...]):
    __slots__ = ()


class OfTwo(tuple[Any, ...]):
    __slots__ = ()

    def __new__(cls, w: Any, b: Any) -> OfTwo:
        return super().__new__(cls, (w, b))


class Frozen(dict[str, Any]):
    def __setitem__(self, key: str, value: Any) -> None:
        raise TypeError("frozen")


class Doubling(dict[str, Any]):
    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value + value)


def with_factory() -> defaultdict[str, Any]:
    found: defaultdict[str, Any] = defaultdict(list)
    found.update(w=3.0, b=2.0)
    return found


def with_attribute() -> WithAttribute:
    found = WithAttribute(w=3.0, b=2.0)
    found.note = "kept"
    return found


KEPT = {
    "dict": lambda: {"w": 3.0, "b": 2.0},
    "OrderedDict": lambda: OrderedDict(w=3.0, b=2.0),
    "defaultdict": with_factory,
    "Counter": lambda: Counter(w=3, b=2),
    "subclass of dict": with_attribute,
    "NamedTuple": lambda: Named(3.0, 2.0),
    "namedtuple": lambda: namedtuple("Point", "w b")(3.0, 2.0),
    "list": lambda: [3.0, 2.0],
    "subclass of list": lambda: Pair([3.0, 2.0]),
    "tuple": lambda: (3.0, 2.0),
    "subclass of tuple": lambda: Triple([3.0, 2.0]),
}
REFUSED = {
    "tuple made of two": OfTwo(3.0, 2.0),
    "frozen dict": Frozen(w=3.0, b=2.0),
    "dict that changes what it is given": Doubling(w=3.0, b=2.0),
    "set": {3.0, 2.0},
    "view of a dict": {"w": 3.0, "b": 2.0}.values(),
    "generator": (x for x in (3.0, 2.0)),
}


def product(p: Any) -> Any:
    w, b = leaves(p)
    return w * w * b


@pytest.mark.parametrize("name", KEPT)
def test_gradients_are_of_the_type_of_the_argument(name: str) -> None:
    p = KEPT[name]()
    for found in (
        grad(product)(p),
        grad(lambda q, k: product(q) * k, (0, 1))(p, 1.0)[0],
        vjp(product, p)[1](1.0)[0],
        jacobian(product)(p),
        value_and_grad(lambda x: product([x, x]), 0)(3.0) and grad(product)(p),
        grad(lambda q: checkpoint(product)(q))(p),
        jvp(lambda x: map_leaves(lambda y: y * x, p), (2.0,), (1.0,))[1] and grad(product)(p),
    ):
        assert type(found) is type(p)
        assert leaves(found) == [12.0, 9.0]
        if isinstance(p, dict):
            assert list(found) == list(p)
    found = grad(product)(p)
    assert getattr(found, "note", None) == getattr(p, "note", None)
    assert getattr(found, "default_factory", None) is getattr(p, "default_factory", None)
    assert leaves(p) == [3.0, 2.0], "the argument was changed"


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_take_gradients_is_refused(name: str) -> None:
    with pytest.raises(OperandError):
        grad(product)(REFUSED[name])


def test_keys_may_come_in_another_order() -> None:
    p, f = {"w": 3.0, "b": 2.0}, lambda p: {"x": p["w"] ** 2, "y": p["b"] ** 3}
    assert vjp(f, p)[1]({"y": 1.0, "x": 10.0}) == ({"w": 60.0, "b": 12.0},)
    assert jvp(f, (p,), ({"b": 1.0, "w": 10.0},))[1] == {"x": 60.0, "y": 12.0}
    assert hvp(lambda p: p["w"] ** 2 + p["b"] ** 3, (p,), ({"b": 1.0, "w": 10.0},)) == {"w": 20.0, "b": 12.0}
    space, other = vspace(p), {"b": 1.0, "w": 10.0}
    assert space.add(p, other) == {"w": 13.0, "b": 3.0}
    assert space.inner_prod(p, other) == 32.0
    check_equivalent(p, {"b": 2.0, "w": 3.0})
    found = sgd(lambda p, i: {"b": p["b"], "w": 0.0 * p["w"]}, p, num_iters=1, step_size=0.5, mass=0.0)
    assert found == {"w": 3.0, "b": 1.0}
    assert leaves_like({"a": (0, 0), "b": 0}, {"b": 3, "a": [1, 2]}) == [1, 2, 3]


def test_another_structure_is_an_error_that_names_both() -> None:
    p = {"w": np.ones(2), "b": [1.0, 2.0]}
    f = lambda p: {"x": p["w"] * p["b"][0], "y": p["b"]}
    for cotangent in ({"x": np.ones(2)}, np.ones(2), {"x": np.ones(2), "y": [1.0]}, {"x": np.ones(2), "y": 1.0}):
        with pytest.raises(ShapeError, match="vjp: the cotangent needs"):
            vjp(f, p)[1](cotangent)
    with pytest.raises(
        ShapeError, match=r"jvp: the tangents needs a dict with the keys \['w', 'b'\], not with the keys"
    ):
        jvp(f, (p,), ({"w": np.ones(2)},))
    with pytest.raises(ShapeError, match="hvp: the tangents needs"):
        hvp(lambda p: p["w"].sum(), (p,), ({"w": np.ones(2)},))


MASKED = np.ma.array([1.0, 2.0, 3.0], mask=[False, True, False])
WHOLE = np.ma.array([1.0, 2.0, 3.0], mask=False)


def _set(t: Tensor, name: str, value: Any) -> None:
    setattr(t, name, value)


MASKS = {
    "Tensor": lambda m: Tensor(m),
    "Tensor of a list": lambda m: Tensor([m, m]),
    "grad": lambda m: grad(lambda x: (x * x).sum())(m),
    "grad of a structure": lambda m: grad(lambda x: (x[0] * x[0]).sum())([m]),
    "product": lambda m: Tensor(np.ones(3), requires_grad=True) * m,
    "product from the left": lambda m: np.multiply(m, Tensor(np.ones(3), requires_grad=True)),
    "within grad": lambda m: grad(lambda x: np.sum(x * m))(np.ones(3)),
    "np.where": lambda m: np.where(m > 1.0, Tensor(np.ones(3)), 0.0),
    "np.concatenate": lambda m: np.concatenate([Tensor(np.ones(3)), m]),
    "index": lambda m: Tensor(np.ones(3))[m > 1.0],
    "element": lambda m: Tensor(np.ones(3)).__setitem__(slice(None), m),
    "in place": lambda m: Tensor(np.ones(3)).__iadd__(m),
    "data": lambda m: _set(Tensor(np.ones(3)), "data", m),
    "gradient": lambda m: _set(Tensor(np.ones(3), requires_grad=True), "grad", m),
    "backward": lambda m: (Tensor(np.ones(3), requires_grad=True) * 2.0).backward(m),
    "vjp": lambda m: vjp(lambda x: x * 2.0, np.ones(3))[1](m),
    "jvp": lambda m: jvp(lambda x: x * 2.0, (np.ones(3),), (m,)),
    "raw": lambda m: __import__("autograd").sum(m),
    "Value": lambda m: Value(m[1]) if m.mask.any() else Value(m[0]),
}


@pytest.mark.parametrize("name", MASKS)
def test_a_mask_is_never_lost_silently(name: str) -> None:
    with pytest.raises(OperandError, match=r"mask of a masked array would be lost: give \.filled\(value\)"):
        MASKS[name](MASKED)
    MASKS[name](WHOLE)
