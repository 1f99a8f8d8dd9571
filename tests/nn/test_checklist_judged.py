"""How the steps of a checklist are judged, on both sides of each bound, and what they say, without a training."""

from __future__ import annotations

import importlib
import json
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import nn
from nn.health.finding import Finding

# `nn.checklist` is the function of this name.
module: Any = importlib.import_module("nn.checklist")


def diagnosis(
    first: float = 0.9, heart: float = 0.005, steps: int = 300, lost: bool = False, points: bool = True, **others: Any
) -> Any:
    """What the experiments gave, as far as a checklist looks at it."""
    trial = SimpleNamespace(
        points=[SimpleNamespace(trained=first)] * points, losses=[2.5, 1.25], score=0.5, lost=lost,
    )  # fmt: skip
    by_heart = SimpleNamespace(
        score=heart, steps=steps, lost=others.pop("heart_lost", False), rows=SimpleNamespace(x=np.zeros((20, 2)))
    )

    class Found(SimpleNamespace):
        def __bool__(self) -> bool:
            return self.cause == "healthy"

    usual: dict[str, Any] = {"trials": [trial], "cause": "healthy", "findings": [], "validation_error": None}
    return Found(**{**usual, **others}, learn_by_heart=lambda: by_heart)


TOO_LARGE = "weights begin too large (initialise by the number of inputs), or inputs are not scaled"


@pytest.mark.parametrize(
    ("first", "verdict"), [(0.9, "pass"), (2.5, "pass"), (2.51, "fail"), (math.inf, "fail"), (math.nan, "fail")]
)
def test_first_answers_may_be_two_and_a_half_times_as_bad_as_a_constant(first: float, verdict: str) -> None:
    step, _ = module._judge_first_steps(diagnosis(first))
    assert (step.name, step.verdict) == ("first loss", verdict)
    assert step.evidence == f"the error of the first answers is {first:.3g} of that of a constant answer"
    assert step.advice == (TOO_LARGE if verdict == "fail" else "")
    assert step.numbers == {"error": pytest.approx(first, nan_ok=True)}


@pytest.mark.parametrize(
    ("heart", "steps", "lost", "verdict"),
    [
        (0.0099, 50, False, "pass"),
        (0.011, 300, False, "fail"),
        (0.011, 299, False, "inconclusive"),
        (math.inf, 50, True, "fail"),
    ],
)
def test_a_hundredth_of_the_error_is_by_heart(heart: float, steps: int, lost: bool, verdict: str) -> None:
    _, step = module._judge_first_steps(diagnosis(heart=heart, steps=steps, heart_lost=lost))
    assert (step.name, step.verdict, step.numbers) == ("by heart", verdict, {"error": heart})
    assert step.evidence == f"the error on 20 rows is {heart:.3g} of that of a constant answer after {steps} steps"
    assert step.advice == ("" if verdict == "pass" else module.BY_HEART)


def test_where_nothing_could_be_tried_nothing_is_asked() -> None:
    for found in (diagnosis(trials=[]), diagnosis(points=False)):
        steps = module._judge_first_steps(found)
        assert [(s.name, s.verdict, s.evidence) for s in steps] == [
            ("first loss", "not asked", "nothing could be tried"), ("by heart", "not asked", "nothing could be tried")
        ]  # fmt: skip
    step = module._judge_few_epochs(diagnosis(trials=[]))
    assert (step.verdict, step.evidence, step.numbers) == ("pass", "healthy", {})


def test_what_is_said_of_a_few_epochs() -> None:
    dead = Finding("dead units", "1", "they are dead", "a smaller rate")
    step = module._judge_few_epochs(diagnosis())
    assert step.evidence == "healthy; loss 2.5 → 1.25 in 2 steps, error 0.5 of that of a constant answer"
    assert (step.verdict, step.advice) == ("pass", "")
    assert step.numbers == {"first loss": 2.5, "last loss": 1.25, "error": 0.5}
    step = module._judge_few_epochs(diagnosis(cause="dead units", findings=[dead], lost=True, validation_error=0.75))
    assert step.evidence == "dead units; loss 2.5 → 1.25 in 2 steps; dead units in 1: they are dead"
    assert (step.verdict, step.advice, step.numbers["validation error"]) == ("fail", "a smaller rate", 0.75)
    step = module._judge_few_epochs(diagnosis(cause="unknown"))
    assert (step.verdict, step.advice) == ("inconclusive", "look at what was tried, and at some rows")


class Constant(nn.Module):
    """The same answer for all rows."""

    def __init__(self, *answer: float) -> None:
        super().__init__()
        self.answer = nn.Parameter(np.array(answer, np.float32))

    def forward(self, x: Any) -> Any:
        return np.zeros((len(x), len(self.answer.data)), np.float32) + self.answer


X, NUMBERS = np.zeros((4, 2), np.float32), np.ones((4, 1), np.float32)
CLASSES = np.array([0, 1, 2, 1])


@pytest.mark.parametrize(
    ("model", "y", "loss", "kind", "verdict", "evidence"),
    [
        # Two and a half times the loss of answering 0.
        (Constant(-0.581), NUMBERS, nn.MSELoss(), "numbers", "pass", "2.5, where the loss of answering 0 is 1 (4 samples)"),
        (Constant(-0.582), NUMBERS, nn.MSELoss(), "numbers", "fail", "2.503, where the loss of answering 0 is 1 (4 samples)"),
        (Constant(0.0, 0.0, 0.0), CLASSES, nn.CrossEntropyLoss(), "classes", "pass", "1.099, where ln 3 is 1.099 (4 samples)"),
        (Constant(0.0), NUMBERS, nn.BCEWithLogitsLoss(), "labels", "pass", "0.6931, where ln 2 is 0.6931 (4 samples)"),
        (Constant(0.5), NUMBERS, nn.BCELoss(), "labels", "pass", "0.6931, where ln 2 is 0.6931 (4 samples)"),
        (Constant(0.0, 0.0, 0.0), CLASSES, nn.NLLLoss(), "classes", "pass", "0, where ln 3 is 1.099 (4 samples)"),
        (Constant(math.inf), NUMBERS, nn.MSELoss(), "numbers", "fail", "inf, where the loss of answering 0 is 1 (4 samples)"),
        (Constant(3.0), NUMBERS, nn.MSELoss(), None, "not asked", "4; what it should be is known for classes, labels and numbers"),
    ],
)  # fmt: skip
def test_the_first_loss_beside_that_of_an_ignorant_answer(
    model: Any, y: Any, loss: Any, kind: Any, verdict: str, evidence: str
) -> None:
    step = module._check_first_loss(model, X, y, loss, kind)
    assert (step.verdict, step.evidence) == (verdict, evidence)
    assert bool(step.advice) is (verdict == "fail")


def test_targets_far_from_zero_are_advised_to_be_scaled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_MEMORISING_STEPS", 2)
    model, x = nn.Linear(2, 1, rng=0), np.arange(8, dtype=np.float32).reshape(4, 2)
    spread = np.array([[-1.0], [1.0], [-1.0], [1.0]], np.float32)
    for y, told in ((spread + 10.0, False), (spread + 10.1, True), (10.0 * spread, False), (10.1 * spread, True)):
        step = module._learn_by_heart(model, x, y, nn.MSELoss(), "numbers")
        assert (step.verdict, step.numbers["samples"], step.numbers["steps"]) == ("fail", 4.0, 2.0)
        assert ("are to be scaled, as nn.data.Standardize does" in step.advice) is told
        assert step.evidence.startswith("R² ") and step.evidence.endswith("on 4 samples after 2 steps")
    step = module._learn_by_heart(model, x, spread, nn.MSELoss(), None)
    assert (step.verdict, step.evidence) == ("not asked", "targets are neither classes nor of the outputs' shape")


def test_a_checklist_names_the_first_step_that_did_not_pass() -> None:
    def made(*verdicts: str) -> Any:
        steps = [module.Step(f"step {k}", verdict, "seen [so]", "do <that>") for k, verdict in enumerate(verdicts)]
        return module.Checklist(steps, None)

    for verdicts, verdict in (
        (("pass", "pass"), "pass"), (("pass", "not asked"), "pass"), (("pass", "inconclusive", "fail"), "step 1"),
        (("not asked", "fail", "inconclusive"), "step 1"),
    ):  # fmt: skip
        found = made(*verdicts)
        assert found.verdict == verdict and bool(found) is (verdict == "pass")
        told = json.loads(found.to_json())
        assert told["verdict"] == verdict and [s["verdict"] for s in told["steps"]] == list(verdicts)
        assert f"checklist: {verdict}" in str(found)
    assert made("pass")["step 0"].evidence == "seen [so]"
