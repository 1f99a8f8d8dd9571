"""Types of other libraries that are called as ours are: messages name their module, and say what was expected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
import optim
from autograd.check import check_gradients
from autograd.debug import Session, breakpoint_when
from autograd.draw import draw, explain, snapshot


def of(module: str, name: str, **members: Any) -> Any:
    """An instance of a class of another library."""
    return type(name, (), {"__module__": module, "__repr__": lambda self: f"{name}(2.0)", **members})()


TENSOR = of("torch", "Tensor", data=2.0, shape=(2,), requires_grad=True)
VALUE = of("micrograd.engine", "Value", data=2.0, grad=0.0)
PARAMETER = of("torch.nn.parameter", "Parameter")


def _parameters(self: Any) -> Iterator[tuple[str, Any]]:
    yield "weight", PARAMETER


MODEL = of(
    "torch.nn.modules.linear",
    "Linear",
    named_parameters=_parameters,
    parameters=lambda self: iter([PARAMETER]),
    __call__=lambda self, x: TENSOR,
)
X, Y = np.ones((2, 2)), np.ones((2, 2))


CALLS: dict[str, tuple[Callable[[], Any], str]] = {
    "draw": (lambda: draw(TENSOR), r"takes a Value, a Tensor or a function, not torch\.Tensor"),
    "draw a Value": (lambda: draw(VALUE), r"not micrograd\.engine\.Value"),
    "draw a function": (lambda: draw(lambda x: TENSOR, 2.0), r"returned torch\.Tensor, not a Value or Tensor"),
    "draw a model": (
        lambda: draw(MODEL, X),
        r"not torch\.nn\.modules\.linear\.Linear, whose parameter weight is torch\.nn\.parameter\.Parameter",
    ),
    "snapshot": (lambda: snapshot(TENSOR), r"not torch\.Tensor"),
    "explain": (lambda: explain(VALUE, "x"), r"not micrograd\.engine\.Value"),
    "Session": (lambda: Session(VALUE), r"not of micrograd\.engine\.Value"),
    "Session.of": (lambda: Session.of(lambda x: TENSOR, 2.0), r"gave torch\.Tensor, not a Value or a Tensor"),
    "breakpoint_when": (lambda: breakpoint_when(TENSOR, "grad > 1"), r"not of torch\.Tensor"),
    "an operand": (lambda: ag.Value(2.0) * VALUE, r"not micrograd\.engine\.Value"),
    "an operand of a tensor": (lambda: ag.Tensor([2.0]) * VALUE, r"micrograd\.engine\.Value is not a number"),
    "Value": (lambda: ag.Value(TENSOR), r"not torch\.Tensor of shape"),
    "grad": (lambda: ag.grad(lambda x: TENSOR)(2.0), r"must return one number, not torch\.Tensor"),
    "check_gradients": (lambda: check_gradients(lambda x: TENSOR, 2.0), r"returns torch\.Tensor"),
    "compile": (lambda: ag.compile(TENSOR), r"not torch\.Tensor"),
    "an optimizer": (lambda: optim.SGD([PARAMETER], lr=0.1), r"not torch\.nn\.parameter\.Parameter"),
    "Sequential": (lambda: nn.Sequential(MODEL), r"torch\.nn\.modules\.linear\.Linear, not a Module"),
    "ModuleList": (lambda: nn.ModuleList([MODEL]), r"torch\.nn\.modules\.linear\.Linear, not a Module"),
    "fit": (lambda: nn.fit(MODEL, (X, Y)), r"not torch\.nn\.modules\.linear\.Linear"),
    "init": (lambda: nn.init.zeros_(TENSOR), r"not torch\.Tensor"),
    "a parameter": (lambda: setattr(nn.Linear(2, 2), "weight", PARAMETER), r"torch\.nn\.parameter\.Parameter"),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_module_of_the_type_is_named(name: str) -> None:
    call, message = CALLS[name]
    with pytest.raises(Exception, match=message) as caught:
        call()
    assert isinstance(caught.value, (ag.errors.AutogradError, TypeError))


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
@pytest.mark.parametrize(
    "call",
    [
        lambda t, m: t * m,
        lambda t, m: m * t,
        lambda t, m: ag.grad(lambda x: (x * x).sum())(m),
        lambda t, m: ag.jacobian(lambda x: (x**2).sum())([m]),
        lambda t, m: ag.jvp(lambda x: x * x, (m,), (m,)),
        lambda t, m: ag.compile(ag.grad(lambda x: (x * x).sum()), native=False)(m),
    ],
)
def test_a_matrix_does_not_silently_multiply_element_by_element(call: Callable[..., Any]) -> None:
    """`m * m` is a product of matrices."""
    with pytest.raises(ag.errors.OperandError, match=r"give np\.asarray\(m\), and write @"):
        call(ag.Tensor(np.eye(2), requires_grad=True), np.matrix([[1.0, 2.0], [3.0, 4.0]]))


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_a_matrix_is_an_array_where_both_mean_the_same() -> None:
    m, t = np.matrix([[1.0, 2.0], [3.0, 4.0]]), ag.Tensor(np.eye(2), requires_grad=True)
    for x in (m @ t, t @ m, m + t - t, ag.Tensor(m)):
        np.testing.assert_array_equal(x.data, np.asarray(m))
