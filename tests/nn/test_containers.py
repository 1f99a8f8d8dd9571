"""Containers are edited as lists and dicts are, and register what they hold."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nn
from autograd import Tensor


def names(module: nn.Module) -> list[str]:
    return [f"{name} {type(part).__name__}" for name, part in module.named_children()]


EDITS: dict[str, tuple[Callable[[Any], Any], list[str]]] = {
    "append": (lambda m: m.append(nn.GELU()), ["0 ReLU", "1 Tanh", "2 Sigmoid", "3 GELU"]),
    "extend": (lambda m: m.extend([nn.GELU()]), ["0 ReLU", "1 Tanh", "2 Sigmoid", "3 GELU"]),
    "insert": (lambda m: m.insert(1, nn.GELU()), ["0 ReLU", "1 GELU", "2 Tanh", "3 Sigmoid"]),
    "insert before the last": (lambda m: m.insert(-1, nn.GELU()), ["0 ReLU", "1 Tanh", "2 GELU", "3 Sigmoid"]),
    "pop": (lambda m: m.pop(), ["0 ReLU", "1 Tanh"]),
    "pop the first": (lambda m: m.pop(0), ["0 Tanh", "1 Sigmoid"]),
    "del": (lambda m: m.__delitem__(1), ["0 ReLU", "1 Sigmoid"]),
    "del some": (lambda m: m.__delitem__(slice(0, 2)), ["0 Sigmoid"]),
    "set": (lambda m: m.__setitem__(-1, nn.GELU()), ["0 ReLU", "1 Tanh", "2 GELU"]),
    "+=": (lambda m: m.__iadd__([nn.GELU()]), ["0 ReLU", "1 Tanh", "2 Sigmoid", "3 GELU"]),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("kind", [lambda *parts: nn.ModuleList(parts), nn.Sequential], ids=["ModuleList", "Sequential"])
def test_edits(kind: Callable[..., Any], edit: str) -> None:
    change, expected = EDITS[edit]
    modules = kind(nn.ReLU(), nn.Tanh(), nn.Sigmoid())
    change(modules)
    assert names(modules) == expected
    assert [str(k) for k in range(len(modules))] == [name for name in vars(modules) if name.isdigit()]


def test_a_sequence_of_names() -> None:
    model = nn.Sequential(OrderedDict([("first", nn.Linear(2, 3, rng=0)), ("act", nn.ReLU())]))
    assert list(model.state_dict()) == ["first.weight", "first.bias"]
    assert model[1] is model.act
    assert names(model.append(nn.Linear(3, 1, rng=1))) == ["first Linear", "act ReLU", "2 Linear"]
    assert names(model[:2]) == ["first Linear", "act ReLU"]
    model[0] = nn.Linear(2, 3, rng=2)
    assert names(model)[0] == "first Linear"
    assert model(np.ones((1, 2), np.float32)).shape == (1, 1)
    del model[1]
    assert names(model) == ["0 Linear", "1 Linear"]


def test_sums_and_products_of_sequences() -> None:
    both = nn.Sequential(nn.ReLU()) + nn.Sequential(nn.Tanh())
    assert names(both) == ["0 ReLU", "1 Tanh"]
    assert len(3 * both) == len(both * 3) == 6
    both *= 2
    assert len(both) == 4
    assert isinstance(nn.ModuleList([nn.ReLU()]) + [nn.Tanh()], nn.ModuleList)


def test_a_subclass_is_cut_into_plain_sequences() -> None:
    class Widths(nn.Sequential):
        def __init__(self, a: int, b: int) -> None:
            super().__init__(nn.Linear(a, b), nn.ReLU())

    assert type(Widths(2, 3)[:1]) is nn.Sequential


def test_dicts_of_modules() -> None:
    heads = nn.ModuleDict([("a", nn.Linear(2, 1)), ("b", nn.ReLU())])
    heads["c"] = nn.Tanh()
    heads.update({"b": nn.GELU()})
    assert list(heads.keys()) == ["a", "b", "c"]
    assert [type(m).__name__ for m in heads.values()] == ["Linear", "GELU", "Tanh"]
    assert heads.pop("b").__class__ is nn.GELU
    del heads["c"]
    assert [name for name, _ in heads.items()] == ["a"]
    assert heads.a is heads["a"]
    heads.clear()
    assert len(heads) == 0
    with pytest.raises(KeyError, match=r"has no 'd'; it has \[\]"):
        heads["d"]
    with pytest.raises(TypeError, match="'d' is int, not a Module"):
        heads["d"] = 3
    with pytest.raises(ValueError, match="'keys' is an attribute already"):
        heads["keys"] = nn.ReLU()


def test_lists_and_dicts_of_parameters() -> None:
    listed = nn.ParameterList([nn.Parameter(np.ones(2)), Tensor([1.0, 2.0, 3.0])])
    assert [name for name, _ in listed.named_parameters()] == ["0", "1"]
    assert isinstance(listed[1], nn.Parameter)
    listed[0] = nn.Parameter(np.zeros(4))
    listed += [nn.Parameter(np.ones(1))]
    assert [p.shape for p in listed] == [(4,), (3,), (1,)]
    assert len(listed[1:]) == 2
    sum(p.sum() for p in listed).backward()
    assert all(p.grad is not None for p in listed)
    by_name = nn.ParameterDict({"w": nn.Parameter(np.ones(2))})
    by_name["v"] = Tensor([1.0])
    assert list(by_name.state_dict()) == ["w", "v"]
    assert by_name.pop("w").shape == (2,)
    with pytest.raises(TypeError, match="'u' is int: give a Parameter"):
        by_name["u"] = 3
    with pytest.raises(TypeError, match="element 3 is int"):
        listed.append(3)
    with pytest.raises(IndexError, match="there is no element 7 among 3"):
        listed[7]


def test_bad_elements_are_named() -> None:
    with pytest.raises(TypeError, match="Sequential: element 1 is int, not a Module"):
        nn.Sequential(nn.ReLU(), 3)
    with pytest.raises(TypeError, match=r"ModuleList\.extend takes modules, not int"):
        nn.ModuleList(3)
    with pytest.raises(IndexError, match="ModuleList: there is no element 2 among 1"):
        nn.ModuleList([nn.ReLU()])[2]
    with pytest.raises(TypeError, match="Sequential: element 'a' is int"):
        nn.Sequential({"a": 3})
