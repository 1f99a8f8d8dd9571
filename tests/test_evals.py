"""The benchmarks of GradBench's evals and of small operations: who has which, what a worker answers, and what ours give."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.benchmarks import evals, small_operations
from tests.benchmarks.gradbench import worker
from tests.benchmarks.gradbench.inputs import INPUTS, direction_of_ba, read_ba, tell_ba
from tests.benchmarks.gradbench.peers import stepgrad_programs
from tests.benchmarks.gradbench.runs import Options, compile_once
from tests.benchmarks.report import Report

PEERS = Path(worker.__file__).parent / "peers"


@pytest.fixture(autouse=True)
def without_native_code(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"native": False, "compiled": True, "budget": Options.budget}.items():
        monkeypatch.setattr(Options, name, value)


def functions_of(contestant: str) -> set[str]:
    """The evals that a peer's file has, without importing the peer."""
    tree = ast.parse((PEERS / f"{worker.MODULES[contestant][0]}.py").read_text())
    names = {name for name, _ in INPUTS.values()}
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)} & names


@pytest.mark.parametrize("contestant", ["PyTorch", "JAX jit", "HIPS autograd", "CasADi"])
def test_peers_have_the_evals_that_they_are_asked_for(contestant: str) -> None:
    assert functions_of(contestant) == {name for name, _ in INPUTS.values() if evals.can_do(contestant, name)}


@pytest.mark.parametrize("contestant", evals.OURS)
def test_so_do_ours(contestant: str) -> None:
    assert set(worker.programs_of(contestant)) == {
        name for name, _ in INPUTS.values() if evals.can_do(contestant, name)
    }


def test_all_twelve_evals_are_measured_and_every_bar_is_of_a_row() -> None:
    assert len({name for name, _ in INPUTS.values()}) == 12
    assert set(evals.BARS) <= set(INPUTS)


@pytest.mark.integration
@pytest.mark.parametrize("name", [name for name in stepgrad_programs.COMPILED if name != "ode"])
def test_ours_are_the_same_eager_and_compiled(name: str) -> None:
    given = next(make() for eval_, make in INPUTS.values() if eval_ == name)
    if name == "lstm":
        given["sequence"] = given["sequence"][:9]
    found = []
    for contestant in evals.OURS:
        run, tell = worker.programs_of(contestant)[name](given)
        found.append(tell(run()))
    eager, *others = found
    assert np.isfinite(eager).all()
    for other in others:
        np.testing.assert_allclose(other, eager, rtol=1e-9, atol=1e-12 * np.abs(eager).max())


def test_a_function_is_compiled_whatever_was_asked_for_before(monkeypatch: pytest.MonkeyPatch) -> None:
    f = lambda x: 2.0 * x
    monkeypatch.setattr(Options, "compiled", False)
    assert compile_once(f) is f
    monkeypatch.setattr(Options, "compiled", True)
    compiled = compile_once(f)
    assert compiled is not f
    assert compile_once(f) is compiled
    monkeypatch.setattr(Options, "budget", 2.0 * Options.budget)
    assert compile_once(f) is not compiled


def test_the_blocks_of_the_bundle_make_what_the_matrices_make() -> None:
    given = {"n": 3, "m": 4, "p": 12, "cam": np.arange(1.0, 12.0), "x": np.arange(3.0), "w": 0.5, "feat": np.ones(2)}
    run, tell = worker.programs_of("eager")["ba"](given)
    read, (by_cams, by_x, by_w) = read_ba(given), run()
    camera, point = read["observed"].T
    blocks = np.zeros((12, 2, 15))
    for k in range(12):
        rows = [2 * k, 2 * k + 1]
        blocks[k, :, :11] = by_cams[rows][:, 11 * camera[k] : 11 * camera[k] + 11].toarray()
        blocks[k, :, 11:14] = by_x[rows][:, 3 * point[k] : 3 * point[k] + 3].toarray()
        blocks[k, :, 14:] = by_w[rows][:, k : k + 1].toarray()
    assert [len(part) for part in direction_of_ba(given)] == [33, 12, 12]
    np.testing.assert_allclose(tell_ba(blocks, -2.0 * read["w"], given), tell((by_cams, by_x, by_w)), rtol=1e-12)


@pytest.mark.integration
def test_a_worker_answers() -> None:
    calls: list[int] = []

    def run() -> np.ndarray:
        calls.append(1)
        return np.arange(3)

    asked: list[dict[str, Any]] = [{"first": True}, {"time": "row", "repeat": 4}, {"value": True}]
    answers = worker.answer(asked, run, np.ravel)
    seconds, memory = next(answers)
    assert (len(calls), seconds >= 0.0, memory >= 0) == (3, True, True)
    assert next(answers) >= 0.0
    assert next(answers) == [0.0, 1.0, 2.0]
    assert len(calls) == 8


def test_figures_are_told_of_those_that_took_part() -> None:
    room = Report()
    figures = evals.Figures(["eager", "PyTorch"])
    figures.add("lse", {"eager": (0.01234, 3 * 2**20)})
    figures.tell(room)
    assert [list(extra.rows) for extra in room.extras] == [[["lse", "0.0123", ""]], [["lse", "3", ""]]]


@pytest.mark.parametrize("operation", small_operations.OPERATIONS)
def test_small_operations_have_a_gradient_of_usual_size(operation: str) -> None:
    gradient = small_operations.gradient_of("stepgrad", operation)()
    assert gradient.shape == (8, 8)
    assert np.isfinite(gradient).all()
