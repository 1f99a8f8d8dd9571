"""Expressions as text: the same numbers as Python's, and errors that say what is wrong and where."""

from __future__ import annotations

import math

import hypothesis.strategies as st
import pytest
from hypothesis import given

from autograd.expressions import ParseError, parse

NUMBERS = st.floats(0.1, 9.0).map(lambda x: f"{x:.3f}")
EXPRESSIONS = st.recursive(
    st.one_of(NUMBERS, st.sampled_from(["a", "b"])),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"{t[0]} {t[1]} {t[2]}"),
        inner.map(lambda x: f"-{x}"),
        st.tuples(st.sampled_from(["sin", "tanh", "exp"]), inner).map(lambda t: f"{t[0]}({t[1]})"),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS)
def test_the_number_is_pythons(text: str) -> None:
    names = {"a": 1.5, "b": -0.5}
    used = {name: value for name, value in names.items() if name in text.replace("tanh", "")}
    try:
        expected = eval(text, {"sin": math.sin, "tanh": math.tanh, "exp": math.exp, **names})
    except (OverflowError, ZeroDivisionError):
        return
    assert parse(text, used).data == pytest.approx(expected, rel=1e-12, nan_ok=True)


def test_the_example_with_named_parts() -> None:
    e = parse("c=a+b; d=b+1; e=c*d", {"a": 2, "b": 1})
    e.backward()
    assert (e.data, [p.name for p in e.parents]) == (6.0, ["c", "d"])
    assert [leaf.grad for leaf in e.parents[0].parents] == [2.0, 5.0]


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("9**9**9*a", {"a": 1}, math.inf),
        ("2**-1*a", {"a": 1}, 0.5),
        ("-a**2", {"a": 3}, -9.0),
        ("max(a, 2, 3)", {"a": 1}, 3.0),
        ("where(a > 0, sqrt(a), 0)", {"a": -1}, 0.0),
        ("clip(a, 0, 1)", {"a": 7}, 1.0),
        ("sin(pi) + e", {}, math.sin(math.pi) + math.e),
        ("e + 1", {"e": 2}, 3.0),
        ("logsumexp(a, a) - a", {"a": 1000}, math.log(2)),
        ("+".join(["a"] * 2000), {"a": 1}, 2000.0),
    ],
)
def test_values(text: str, values: dict[str, float], expected: float) -> None:
    assert parse(text, values).data == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "values", "message"),
    [
        ("", {}, "empty"),
        ("a +", {"a": 1}, "syntax error at column"),
        ("a + b", {"a": 1}, "no value for 'b': give b=….*column 5"),
        ("alpha + alhpa", {"alpha": 1}, "is it 'alpha'"),
        ("foo(a)", {"a": 1}, "unknown function 'foo'"),
        ("sqr(a)", {"a": 1}, "did you mean 'sqrt'"),
        ("sin(a, a)", {"a": 1}, "sin takes 1 argument, got 2"),
        ("sin(x=a)", {"a": 1}, "plain arguments"),
        ("sin + a", {"a": 1}, "'sin' is a function"),
        ("a", {"a": 1, "b": 2}, "given for 'b'"),
        ("a.real", {"a": 1}, "an attribute"),
        ("a[0]", {"a": 1}, "an index"),
        ("(lambda: a)()", {"a": 1}, "only functions are called, by name"),
        ("__import__('os').system('x')", {}, "only functions are called, by name"),
        ("a if a else a", {"a": 1}, "use where"),
        ("a // 2", {"a": 1}, "this operator"),
        ("'x' * a", {"a": 1}, "'x' is not a real number"),
        ("2j * a", {"a": 1}, "2j is not a real number"),
        ("True + a", {"a": 1}, "not a real number"),
        ("a > 1", {"a": 1}, "comparison"),
        ("(a > 1) + 1", {"a": 1}, "comparison is not a number"),
        ("a = 2; a", {"a": 1}, "'a' has a value already"),
        ("import os", {}, "only expressions and assignments"),
        ("(" * 300 + "1" + ")" * 300, {}, "nested"),
        ("-" * 5000 + "1", {}, "nested"),
        ("a" * 20_000, {}, "at most 10000"),
        ("1\0", {}, "null"),
    ],
)
def test_errors_say_what_and_where_in_one_line(text: str, values: dict[str, float], message: str) -> None:
    with pytest.raises(ParseError, match=message) as caught:
        parse(text, values)
    assert "\n" not in str(caught.value)
