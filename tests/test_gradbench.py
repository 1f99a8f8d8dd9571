"""GradBench's evals here give what its own reference gives, and the tool speaks its protocol."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.autograd.nested_programs import PARTICLE
from tests.benchmarks.gradbench.__main__ import EVALS, answer, answer_lines, find_functions
from tests.benchmarks.gradbench.runs import Options

FROZEN = json.loads((Path(__file__).parent / "frozen" / "gradbench.json").read_text())


@pytest.fixture(autouse=True)
def without_native_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Options, "native", False)


def flat(tree: Any) -> np.ndarray:
    if isinstance(tree, dict):
        return np.concatenate([flat(tree[name]) for name in sorted(tree)])
    return np.concatenate([flat(part) for part in tree]) if isinstance(tree, list) else np.array([float(tree)])


def evaluate(module: str, function: str, given: Any) -> dict[str, Any]:
    told = answer({"id": 3, "kind": "evaluate", "module": module, "function": function, "input": given})
    assert told.pop("success"), told
    return told


@pytest.mark.parametrize("case", FROZEN, ids=lambda case: f"{case['module']} {case['function']}")
def test_a_function_gives_what_the_reference_gives(case: dict[str, Any]) -> None:
    told = evaluate(case["module"], case["function"], case["input"] | {"min_runs": 2, "min_seconds": 0.0})
    assert len(told["timings"]) == 2
    found, expected = flat(told["output"]), flat(case["output"])
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11 * np.abs(expected).max())


def hand(points: int, triangles: bool) -> dict[str, Any]:
    """A hand of 22 bones and 30 vertices that was made up."""
    rng = np.random.default_rng(1)
    frames = (
        np.tile(np.eye(4), (22, 1, 1)) + 0.1 * rng.normal(size=(22, 4, 4)) * np.array([1.0, 1.0, 1.0, 0.0])[:, None]
    )
    weights = rng.random((30, 22))
    model = {
        "bone_count": 22, "parents": [-1, *[0 if bone % 4 == 1 else bone - 1 for bone in range(1, 22)]],
        "base_relatives": frames.tolist(), "inverse_base_absolutes": frames[::-1].tolist(),
        "base_positions": np.c_[rng.normal(size=(30, 3)), np.ones(30)].tolist(),
        "weights": (weights / weights.sum(axis=1, keepdims=True)).tolist(),
        "triangles": [rng.choice(30, 3, replace=False).tolist() for _ in range(20)], "is_mirrored": False,
    }  # fmt: skip
    data = {
        "model": model,
        "correspondences": rng.integers(0, 20, points).tolist(),
        "points": rng.normal(size=(points, 3)).tolist(),
    }
    us = rng.random(2 * points if triangles else 0).tolist()
    return {"theta": rng.normal(size=26).tolist(), "data": data, "us": us}


@pytest.mark.parametrize("triangles", [False, True])
def test_the_hand_has_the_derivatives_that_differences_have(triangles: bool) -> None:
    given = hand(4, triangles)
    matrix = np.array(evaluate("ht", "jacobian", given)["output"])

    def moved(name: str, places: Any, by: float) -> np.ndarray:
        numbers = np.array(given[name])
        numbers[places] += by
        return np.array(evaluate("ht", "objective", given | {name: numbers.tolist()})["output"])

    assert matrix.shape == (12, 28 if triangles else 26)
    for column in range(matrix.shape[1]):
        own = triangles and column < 2
        # Of each point its own first, or second, number.
        name, places = ("us", slice(column, None, 2)) if own else ("theta", column - 2 * triangles)
        slope = (moved(name, places, 1e-6) - moved(name, places, -1e-6)) / 2e-6
        np.testing.assert_allclose(matrix[:, column], slope, rtol=1e-6, atol=1e-7)


@pytest.mark.night
def test_the_particle_hits_the_origin() -> None:
    for modes in ("ff", "fr", "rf", "rr"):
        assert evaluate("particle", modes, {"w": 0.0})["output"] == pytest.approx(PARTICLE, rel=1e-9)


def test_a_session() -> None:
    messages = [
        {"id": 0, "kind": "start", "eval": "hello"},
        {"id": 1, "kind": "define", "module": "hello"},
        {"id": 2, "kind": "evaluate", "module": "hello", "function": "double", "input": 3.0},
        {"id": 3, "kind": "analysis", "of": 2, "valid": True},
        {"id": 4, "kind": "define", "module": "os"},
        {"id": 5, "kind": "evaluate", "module": "hello", "function": "cube", "input": 3.0},
        {"id": 6, "kind": "evaluate", "module": "lse", "function": "primal", "input": {"y": []}},
    ]
    replies = [json.loads(line) for line in answer_lines(json.dumps(message) + "\n" for message in messages)]
    assert [reply["id"] for reply in replies] == list(range(7))
    assert replies[0]["tool"] == "stepgrad"
    assert replies[1]["success"]
    assert (replies[2]["output"], len(replies[2]["timings"])) == (6.0, 1)
    assert replies[3] == {"id": 3}
    assert [reply["success"] for reply in replies[4:]] == [False, False, False]
    assert "there is no eval 'os' here: ba, det" in replies[4]["error"]


def test_it_runs_as_long_as_is_asked_for() -> None:
    told = evaluate("lse", "primal", {"x": [1.0, 2.0], "min_runs": 1, "min_seconds": 0.01})
    assert sum(timing["nanoseconds"] for timing in told["timings"]) >= 1e7


def test_all_twelve_evals_have_functions() -> None:
    assert len(EVALS) == 12
    assert all(len(find_functions(name)) >= 2 for name in EVALS)
