"""A program that takes long to write is run at first as it was captured, one operation after the other."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd.compiler import Compiled, array_program, budget
from autograd.compiler.interpreter import Interpreter

X = np.random.default_rng(0).normal(size=(4, 3))
ONES = np.ones(3)


def rowwise(x: Any) -> Any:
    h = np.concatenate([x[:, 1:], np.tanh(x)], axis=1).T
    return {"sum": h.sum(axis=0), "view": x.T, "same": x, "number": (h * h).mean(), "constant": ONES * 2.0}


def edited(x: Any) -> Any:
    h = x * 1.0
    h[:, 0] = h[:, 1] * h[:, 2]
    h[1] += np.where(h[0] > 0.0, h[0], 0.0)
    return h, h > 0.5


FUNCTIONS: list[Callable[[Any], Any]] = [
    rowwise,
    edited,
    ag.grad(lambda x: np.maximum(np.exp(x) @ np.sin(x).T, 0.3).sum()),
    ag.value_and_grad(lambda x: np.log(np.abs(x[:, 0])).sum() / x.max()),
    lambda x: np.sqrt(x),
    lambda x: (np.broadcast_to(np.sin(x)[0], (4, 3)), np.sin(x).T),
]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_it_gives_what_the_written_program_gives(
    function: Callable[[Any], Any], dtype: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = X.astype(dtype)
    written = ag.compile(function)(x)
    monkeypatch.setattr(budget, "WRITE", 1e6)
    compiled = ag.compile(function)
    found = compiled(x)
    assert state(compiled) == "operations"
    pairs = list(zip(ag.graph.tree.leaves(found), ag.graph.tree.leaves(written), strict=True))
    for mine, theirs in pairs:
        assert (np.shape(mine), mine.dtype) == (np.shape(theirs), theirs.dtype)
        np.testing.assert_array_equal(mine, theirs)
        if isinstance(mine, np.ndarray):
            assert (mine.flags.writeable, theirs.flags.writeable) == (True, True)
    # What it gives is the caller's own.
    kept = x.copy(), ONES.copy()
    for mine, _ in pairs:
        if isinstance(mine, np.ndarray):
            mine[...] = 7
    np.testing.assert_array_equal(x, kept[0])
    np.testing.assert_array_equal(ONES, kept[1])


def state(compiled: Compiled[Any]) -> str:
    """What runs now."""
    program = compiled._latest()
    assert isinstance(program, array_program.ArrayProgram)
    if isinstance(program.running, Interpreter):
        return "operations"
    return "loops" if program.running.loops else "NumPy"


@pytest.mark.parametrize(("made_of", "then"), [("NumPy", "NumPy"), ("loops", "loops")], indirect=["made_of"])
def test_it_runs_until_it_pays_to_write(made_of: str, then: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "WRITE", 2.0)
    monkeypatch.setattr(budget, "WRITE_LOOPS", 2.0)
    # Each of the two operations, with its 12 elements, takes a second.
    monkeypatch.setattr(budget, "INTERPRET", 0.4)
    monkeypatch.setattr(budget, "ELEMENT", 0.05)
    # And what takes longer still is not asked for any more.
    monkeypatch.setattr(budget, "seconds", lambda loops: 100.0 if loops else 0.0)
    compiled, seen = ag.compile(lambda x: np.sqrt(np.abs(x))), []
    for _ in range(4):
        np.testing.assert_array_equal(compiled(X), np.sqrt(np.abs(X)))
        seen.append(state(compiled))
    assert seen == ["operations", "operations", then, then]


@pytest.mark.parametrize(
    ("allowed", "each", "expected"),
    [
        # A twentieth of the budget, of which two operations take a half each.
        (4.0, 0.09, "NumPy"),
        (4.0, 0.11, "operations"),
        (60.0, 1.4, "NumPy"),
        (np.inf, 1e9, "NumPy"),
        # So little nobody has to be spared.
        (0.0, 0.04, "NumPy"),
        (0.0, 0.06, "operations"),
    ],
)
def test_a_budget_says_how_long_the_first_run_may_wait(
    allowed: float, each: float, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "WRITE", each)
    compiled = ag.compile(lambda x: np.sqrt(np.abs(x)), budget=allowed)
    compiled(X)
    assert state(compiled) == expected


@pytest.mark.parametrize("made_of", ["loops"], indirect=True)
def test_numpy_runs_after_it_where_machine_code_takes_longer_than_the_budget(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Nothing is kept from other runs.
    monkeypatch.setenv("STEPGRAD_CACHE", str(tmp_path))
    monkeypatch.setattr(budget, "WRITE", 0.2)
    monkeypatch.setattr(budget, "INTERPRET", 0.2)
    monkeypatch.setattr(budget, "CALL", 2.0)
    monkeypatch.setattr(budget, "ELEMENT", 0.0)
    # Machine code takes as long as two runs by NumPy of the two operations.
    monkeypatch.setattr(budget, "seconds", lambda loops: 8.0)
    compiled, seen = ag.compile(lambda x: np.sqrt(np.abs(x))), []
    for _ in range(5):
        np.testing.assert_array_equal(compiled(X), np.sqrt(np.abs(X)))
        seen.append(state(compiled))
    assert seen == ["operations", "NumPy", "NumPy", "loops", "loops"]


def test_the_source_is_there_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    written = ag.compile(edited).compile_for(X)
    monkeypatch.setattr(budget, "WRITE", 1e6)
    compiled = ag.compile(edited).compile_for(X)
    assert compiled.source == written.source
    assert compiled.native_source == ""
    assert state(compiled) == "operations"


@pytest.mark.parametrize("made_of", ["operations"], indirect=True)
def test_a_training_step_of_operations_leaves_gradients_and_drops_out_anew() -> None:
    def build() -> tuple[nn.Module, Callable[[Any], Any]]:
        model = nn.Sequential(nn.Linear(3, 5, rng=0), nn.Dropout(0.5, rng=1), nn.Linear(5, 1, rng=2))

        def step(x: Any) -> Any:
            model.zero_grad()
            loss = (model(x) ** 2).mean()
            loss.backward()
            return loss

        return model, step

    (model, step), (twin, plain) = build(), build()
    compiled = ag.compile(step)
    for _ in range(3):
        assert compiled(X) == plain(ag.Tensor(X)).item()
        for p, q in zip(model.parameters(), twin.parameters(), strict=True):
            np.testing.assert_array_equal(p.grad, q.grad)
    assert state(compiled) == "operations"


@pytest.mark.parametrize("made_of", ["operations"], indirect=True)
def test_what_is_read_no_more_is_let_go() -> None:
    def long(x: Any) -> Any:
        for _ in range(40):
            x = np.sin(x) * 2.0
        return x

    x = np.ones(100_000)
    compiled = ag.compile(long).compile_for(x)
    tracemalloc.start()
    try:
        compiled(x)
        assert tracemalloc.get_traced_memory()[1] < 4 * x.nbytes
    finally:
        tracemalloc.stop()


def test_a_terminal_is_told_that_it_is_written(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "WRITE", 1.5)
    ag.compile(lambda x: np.sqrt(np.abs(x)), budget=np.inf)(X)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    ag.compile(lambda x: np.sqrt(np.abs(x)), budget=np.inf)(X)
    assert capsys.readouterr().err == "\rstepgrad: a program of 2 operations is written …\r\x1b[K"
    ag.compile(np.sqrt, budget=np.inf)(X)
    assert capsys.readouterr().err == ""
