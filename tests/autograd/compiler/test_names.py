"""What users call things, and what their files and lines hold, never gets in the way of a program, and never becomes code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor
from autograd.compiler import compile

X, Y = np.random.default_rng(0).normal(size=(2, 4, 3))


@pytest.mark.parametrize(
    "function",
    [
        lambda slice, float: slice[0:2] * np.maximum(float[1:3], -np.inf),
        lambda Ellipsis, bool: np.where(bool > 0, 1.0, 2.0) * Ellipsis[..., 0:3],
        lambda p1, p2: p1[np.int64(1) :] * p2[np.int64(1) :],
        lambda cumsum, op_cumsum: np.cumsum(cumsum * op_cumsum),
        lambda buffer1, loop1: np.exp(buffer1) * loop1,
        lambda run, make: np.sin(run) * make,
        lambda v1, v2: np.sin(v2) * v1 + np.cos(v1),
    ],
)
def test_arguments_may_be_called_as_the_programs_own_things(function: Any) -> None:
    np.testing.assert_allclose(compile(function)(X, Y), function(Tensor(X), Tensor(Y)).data)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ﬁ", "fi"),
        ("x²", "x2"),
        ("𝐧𝐩", "np"),
        ("𝐢𝐟", "if"),
        ("ª", "a"),
        ("__debug__", "None"),
        ("a\nimport os", "0.weight"),
        ("", "\x1b[31m"),
    ],
)
def test_parameters_may_be_called_anything(one: str, other: str) -> None:
    a, b = nn.Parameter(np.ones(3), name=one), nn.Parameter(np.full(3, 2.0), name=other)
    compile(lambda x: (x * a * 3.0 + x * b).sum().backward())(X)
    np.testing.assert_allclose(a.grad, 3.0 * X.sum(axis=0))
    np.testing.assert_allclose(b.grad, X.sum(axis=0))


def scaled(factor: float, name: str = "scaled") -> Any:
    def forward(x: Any) -> Any:
        return factor * x

    forward.__name__ = name
    return ag.primitive(lambda g, out, x: factor * g)(forward)


@pytest.mark.parametrize("name", ["square", "identity", "relu", "transpose", "sum", "<lambda>", "np", "run", "if"])
def test_operations_of_the_user_may_be_called_anything(name: str) -> None:
    twice, thrice = scaled(2.0, name), scaled(3.0, name)
    f = lambda x: (np.sin(twice(x)) * thrice(x)).sum()
    np.testing.assert_allclose(compile(ag.grad(f))(X), ag.grad(f)(X))


def test_operations_of_the_user_may_give_a_view_of_what_they_are_given() -> None:
    turned = ag.primitive(lambda g, out, x: np.flip(g))(lambda x: x[::-1, ::-1])

    def f(x: Any) -> Any:
        h = turned(np.exp(x))
        return np.cos(np.sin(x) * 2.0 + 1.0) * h + h

    np.testing.assert_allclose(compile(f)(X), f(Tensor(X)).data)


def test_a_file_name_with_a_new_line_is_no_code() -> None:
    scope: dict[str, Any] = {}
    exec(compile_text("def f(x):\n    return x * 2.0\n", "evil\nraise SystemExit\n.py"), scope)
    compiled = compile(scope["f"])
    np.testing.assert_array_equal(compiled(X), X * 2.0)
    assert "# evil raise SystemExit .py:2" in compiled.source


def compile_text(text: str, filename: str) -> Any:
    import builtins

    return builtins.compile(text, filename, "exec")
