"""The axis of an array without axes: legal where it is in NumPy, the same error where it is not, and never an operand."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import OperandError, Tensor, Value, value_and_grad
from autograd.engine.numpy_functions import numpy_name
from autograd.graph.op import BY_NUMPY
from autograd.graph.tree import leaves

# What comes between the array and the axis.
MORE: dict[str, tuple[Any, ...]] = {
    "np.append": (1.0,),
    "np.argpartition": (0,),
    "np.array_split": (1,),
    "np.delete": (0,),
    "np.insert": (0, 1.0),
    "np.partition": (0,),
    "np.percentile": (50,),
    "np.quantile": (0.5,),
    "np.repeat": (2,),
    "np.roll": (1,),
    "np.split": (1,),
    "np.take": (0,),
    "np.take_along_axis": (np.array([0]),),
}
# Joined, or of two arrays; a product of NumPy's own that takes no axis here, and says so.
APART = {"np.concatenate", "np.cross", "np.linalg.cross", "np.linalg.vecdot", "np.linspace", "np.stack", "np.vecdot"}
WITH_AXIS = {
    numpy_name(function): function
    for function in BY_NUMPY
    if not isinstance(function, np.ufunc) and "axis" in inspect.signature(function).parameters
}
REDUCTIONS = [
    np.sum,
    np.prod,
    np.max,
    np.min,
    np.amax,
    np.amin,
    np.nansum,
    np.nanprod,
    np.nanmax,
    np.nanmin,
    np.nanmean,
]


def outcome(name: str, x: Any, axis: Any) -> Any:
    arguments = (*MORE.get(name, ()), axis)
    given = ([True], x, axis) if name == "np.compress" else (x, *arguments)
    try:
        # By keyword where the axis is not the first thing after these.
        if name in (
            "np.trapezoid",
            "np.unwrap",
            "np.diff",
            "np.average",
            "np.linalg.norm",
            "np.gradient",
            "np.unstack",
        ):
            found = WITH_AXIS[name](x, axis=axis)
        elif name in ("np.cumulative_sum", "np.cumulative_prod"):
            found = WITH_AXIS[name](x, axis=axis)
        else:
            found = WITH_AXIS[name](*given)
    except Exception as error:
        return error
    return [np.asarray(part.data if isinstance(part, Tensor) else part) for part in leaves(found)]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("axis", [None, 0, -1, 1, -2, 3, (), (0,), (1,)], ids=str)
@pytest.mark.parametrize("name", sorted(set(WITH_AXIS) - APART))
def test_a_number_has_the_axes_that_it_has_in_numpy(name: str, axis: Any) -> None:
    theirs, ours = outcome(name, np.array(0.7), axis), outcome(name, Tensor(0.7, requires_grad=True), axis)
    if isinstance(theirs, Exception):
        lenient = name in ("np.linalg.norm", "np.roll") and axis == ()
        assert lenient or isinstance(ours, Exception)
        assert lenient or not isinstance(theirs, np.exceptions.AxisError) or isinstance(ours, (IndexError, TypeError))
    elif axis in ((0,), (1,)) and name.startswith("np.cumulative_"):
        assert isinstance(ours, TypeError)
    else:
        assert not isinstance(ours, Exception), ours
        for a, b in zip(ours, theirs, strict=True):
            assert a.shape == b.shape
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("function", REDUCTIONS)
def test_the_axis_of_a_number_is_no_operand(function: Any) -> None:
    for axis in (0, -1, None, ()):
        assert value_and_grad(lambda t, a=axis: function(t**2, a))(2.0) == (4.0, 4.0)
        assert value_and_grad(lambda t, a=axis: function(t**2, axis=a, keepdims=True))(2.0) == (4.0, 4.0)


@pytest.mark.parametrize(
    "name", "sum prod max min mean var std cumsum cumprod argmax argmin all any sort argsort".split()
)
def test_methods_take_numpys_arguments(name: str) -> None:
    with pytest.raises(np.exceptions.AxisError):
        getattr(Tensor(2.0), name)(3)
    with pytest.raises(np.exceptions.AxisError):
        getattr(Tensor([2.0, 1.0]), name)(1)


@pytest.mark.parametrize("function", [np.sum, np.prod, np.max, np.min])
def test_reductions_take_numpys_arguments_by_place(function: Any) -> None:
    x = np.arange(1.0, 7.0).reshape(2, 3)
    dtype = (None,) if function in (np.sum, np.prod) else ()
    arguments = (0, *dtype, None, True, 0.5, np.array([[True], [False]]))
    np.testing.assert_array_equal(function(Tensor(x), *arguments).data, function(x, *arguments))
    np.testing.assert_array_equal(getattr(Tensor(x), function.__name__)(1, None).data, function(x, 1, None))


@pytest.mark.parametrize("name", ["sum", "prod", "max", "min"])
def test_scalars_side_by_side_are_operands_and_what_could_be_either_is_refused(name: str) -> None:
    ours, builtin = (
        getattr(ag, name),
        {"sum": lambda a, b: a + b, "prod": lambda a, b: a * b, "max": max, "min": min}[name],
    )
    for scalars in (
        (2.0, 3.0),
        (Value(2.0), Value(3.0)),
        (Value(2.0), 3),
        (Tensor(2.0), Tensor(3.0)),
        (Tensor(2.0), 3.0),
    ):
        assert ours(*scalars).item() if hasattr(ours(*scalars), "item") else ours(*scalars) == builtin(2.0, 3.0)
    with pytest.raises(TypeError, match=rf"{name}: is 0 an axis of a tensor without axes, or another scalar\?"):
        ours(Tensor(2.0), 0)
    assert ours(Tensor(2.0), axis=0).item() == 2.0


@pytest.mark.parametrize("function", [np.sum, np.prod, np.max, np.min, np.mean])
def test_where_takes_booleans(function: Any) -> None:
    t, more = Tensor([1.0, 2.0]), {} if function in (np.sum, np.prod, np.mean) else {"initial": 2.0}
    assert function(t, where=t > 1.0, **more).item() == 2.0
    for mask in (np.array([0, 1]), t, [1.0, 0.0]):
        with pytest.raises(OperandError, match="where= takes booleans"):
            function(t, where=mask, **more)
