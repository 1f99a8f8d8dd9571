"""What things are called in the text of a program, and how numbers and indices are written there."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograd.compiler.words import TAKEN, free_name, identifier, literal, words_of


class Thing(SimpleNamespace):
    __hash__ = object.__hash__  # type: ignore[assignment]


def flat(*outputs: Any, inputs: tuple[Any, ...] = (), constants: int = 0) -> Any:
    made = [Thing() for _ in range(constants)]
    return SimpleNamespace(inputs=inputs, instructions=[SimpleNamespace(out=out) for out in outputs], constants=made)


def of(name: str = "", line: str = "", lineno: int = 1, op: Any = "add") -> Any:
    site = SimpleNamespace(filename="file", lineno=lineno, line=line) if line else None
    return Thing(node=Thing(name=name, site=site, op=op))


def called(program: Any, taken: set[str] | None = None) -> list[str]:
    words = words_of(program, set(TAKEN) if taken is None else taken)
    return [words[v] for v in (*program.inputs, *(i.out for i in program.instructions), *program.constants)]


def test_variables_have_the_users_names_and_others_are_numbered() -> None:
    program = flat(of("x"), Thing(node=None), of(), of("x"), inputs=(of("w"),), constants=3)
    assert called(program) == ["w", "x", "v1", "v2", "x_2", "constant1", "constant2", "constant3"]


def test_the_last_thing_that_a_line_computes_is_what_it_assigns() -> None:
    assert called(flat(of(line="h = a * b + c"), of(line="h = a * b + c"))) == ["v1", "h"]
    assert called(flat(of(line="h: float = a * b"), of(line="a == b", lineno=2))) == ["h", "v1"]
    assert called(flat(of(line="x = leaf", op=None))) == ["v1"]
    assert called(flat(of("own", line="h = a * b"))) == ["own"]


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("a", "a"),
        ("a b", "a_b"),
        ("0.weight", "p_0_weight"),
        ("ﬁ", "fi"),
        ("λ", "λ"),
        ("buffer1", "p_buffer1"),
        ("loop", "p_loop"),
    ],
)
def test_names_are_made_such_as_python_takes(name: str, word: str) -> None:
    assert identifier(name) == word


def test_a_name_that_is_taken_gets_the_next_number() -> None:
    taken = {"np", "x_2"}
    assert [free_name("x", taken), free_name("x", taken), free_name("np", taken)] == ["x", "x_3", "np_2"]
    assert {"x", "x_3", "np_2"} <= taken


@pytest.mark.parametrize(
    "value", [None, ..., True, -3, "a'b", 0.1, -0.0, 1e300, slice(None, 3, -1), (1,), (), (slice(None), None, (2, 3))]
)
def test_what_indices_are_made_of_is_written_as_it_is(value: Any) -> None:
    text = literal(value)
    assert text is not None
    assert repr(eval(text)) == repr(value)


def test_what_is_not_finite_is_written_by_its_name_and_arrays_are_not() -> None:
    assert literal(math.inf) == "float('inf')"
    assert literal(math.nan) == "float('nan')"
    for value in (np.float64(1.0), np.ones(2), (1, np.ones(2)), slice(np.int64(1)), [1]):
        assert literal(value) is None
