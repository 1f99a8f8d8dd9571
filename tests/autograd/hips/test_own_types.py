"""Objects of a client's own types: how they become nodes, what their space is, and its own copies of our namespaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autograd.numpy as anp
from autograd import Tensor, grad, value_and_grad
from autograd.builtins import SequenceBox
from autograd.extend import Box, VJPNode, VSpace, defvjp, primitive, register_notrace, vspace
from autograd.numpy.numpy_vjps import match_complex
from autograd.numpy.numpy_vspaces import ComplexArrayVSpace
from autograd.numpy.numpy_wrapper import wrap_namespace


class Switched(np.ndarray):
    """An array that says whether it is trained, as PennyLane's are."""

    trained = True


class Signal:
    """No array, but samples."""

    def __init__(self, samples: np.ndarray) -> None:
        self.samples = samples


@pytest.fixture(autouse=True)
def own_tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for table in (Box.type_mappings, VSpace.mappings):
        before = dict(table)
        yield
        table.clear()
        table.update(before)
        return


def test_an_own_type_says_how_it_becomes_a_node() -> None:
    def maker(x: Any, *more: Any) -> Tensor:
        if not x.trained:
            raise ValueError("it is not trained")
        return Tensor(x, *more)

    x = np.array([1.0, 2.0]).view(Switched)
    Box.type_mappings[Switched] = maker
    np.testing.assert_array_equal(grad(lambda x: anp.sum(x**2))(x), [2.0, 4.0])
    x.trained = False
    with pytest.raises(ValueError, match="it is not trained"):
        grad(lambda x: anp.sum(x**2))(x)
    np.testing.assert_array_equal(grad(lambda x: anp.sum(x**2))(np.array([1.0])), [2.0])


def test_what_is_no_array_is_given_as_its_numbers() -> None:
    Box.type_mappings[Signal] = lambda x, requires_grad: Tensor(x.samples, requires_grad)
    value, gradient = value_and_grad(lambda pair: anp.sum(pair[0] * pair[1]))((Signal(np.arange(3.0)), 2.0))
    assert value == 6.0
    np.testing.assert_array_equal(gradient[0], [2.0, 2.0, 2.0])
    assert gradient[1] == 3.0


def test_boxes_of_another_kind_are_refused_with_what_to_do() -> None:
    Box.register(Switched)
    with pytest.raises(NotImplementedError, match=r"not a Signal.*Box\.type_mappings\[Signal\] = "):
        Box.register(Signal)
    assert isinstance(Tensor(1.0), Box)
    assert not isinstance(1.0, Box)


def test_an_own_type_has_an_own_space() -> None:
    VSpace.register(Signal, lambda x: VSpace(x.samples))
    assert vspace(Signal(np.zeros(4))) == vspace(np.zeros(4))

    class Whole(VSpace):
        def __init__(self, value: Any) -> None:
            super().__init__(np.asarray(value.samples, float))

    Whole.register(Signal)
    assert isinstance(vspace(Signal(np.zeros(4, int))), Whole)
    assert ComplexArrayVSpace(np.zeros(2, complex)).size == 4


def test_a_namespace_is_copied_without_our_helpers() -> None:
    for module in (anp, anp.linalg, anp.fft, anp.random):
        assert "__getattr__" not in vars(module)
        assert set(module.__all__) <= {*vars(module), *dir(module)}
    assert anp.char is np.char
    with pytest.raises(AttributeError):
        _ = anp.no_such_function


def test_functions_of_another_module_become_primitives() -> None:
    made: dict[str, Any] = {}
    wrap_namespace({"half": lambda x: 0.5 * np.asarray(x), "two": 2.0, "kind": float, "text": "no"}, made)
    assert sorted(made) == ["half", "two"]
    defvjp(made["half"], lambda ans, x: lambda g: 0.5 * g)
    assert grad(made["half"])(3.0) == 0.5


def test_what_is_not_traced_is_a_constant() -> None:
    @primitive
    def steps(x: Any) -> Any:
        return round(x)  # of a number, which an array without axes is not

    register_notrace(VJPNode, steps)
    assert grad(lambda x: x * steps(x))(2.4) == 2.0


def test_arrays_are_joined_from_the_values_of_a_dict() -> None:
    parts = {"a": np.ones(2), "b": np.zeros(2)}
    np.testing.assert_array_equal(anp.stack(parts.values()), [[1.0, 1.0], [0.0, 0.0]])
    found = grad(lambda d: anp.sum(anp.concatenate(d.values()) * np.arange(4.0)))(parts)
    np.testing.assert_array_equal(found["b"], [2.0, 3.0])


def test_a_vector_is_what_a_list_of_numbers_is_sent() -> None:
    @primitive
    def total(xs: Any) -> Any:
        return float(sum(xs))

    defvjp(total, lambda ans, xs: lambda g: g * np.arange(1.0, 3.0))
    np.testing.assert_array_equal(grad(lambda x: total([x[0], x[1]]))(np.ones(2)), [1.0, 2.0])


def test_lists_and_tuples_are_sequences() -> None:
    assert isinstance((1.0,), SequenceBox)
    assert not isinstance({}, SequenceBox)
    assert SequenceBox([1.0, 2.0]) == (1.0, 2.0)


def test_a_vector_is_complex_as_its_argument_is() -> None:
    assert match_complex(1.0, 2.0 + 3.0j) == 2.0
    assert match_complex(1.0j, 2.0).__class__ is complex
    assert match_complex(1.0, 2.0) == 2.0
