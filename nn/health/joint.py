"""`JointJudge`: how good several outputs are, each judged beside its own targets by what these are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nn.health.joined import JoinedLoss, Layout
from nn.health.scores import Judge, Link, make_judge


@dataclass(frozen=True)
class JointJudge(Judge):
    """Each output counts the same: its error over that of its constant answer.

    Attributes
    ----------
    judges : list of Judge
    scales : list of float
        The error of each constant answer.
    outputs, targets : Layout
    """

    judges: list[Judge] = field(default_factory=list)
    scales: list[float] = field(default_factory=list)
    outputs: Layout = field(default_factory=lambda: Layout([]))
    targets: Layout = field(default_factory=lambda: Layout([]))

    def rows(self, outputs: np.ndarray, y: np.ndarray, link: Link | None = None) -> tuple[np.ndarray, np.ndarray]:
        given = zip(self.judges, self.scales, self.outputs.cut(outputs), self.targets.split(y), strict=True)
        each = [[part / scale for part in judge.rows(o, t)] for judge, scale, o, t in given]
        errors, constant = (np.mean([pair[k] for pair in each], axis=0) for k in (0, 1))
        return errors, constant

    def form(self, y: np.ndarray) -> np.ndarray:
        parts = zip(self.judges, self.scales, self.targets.split(np.asarray(y)), strict=True)
        return np.hstack([judge.form(part) / np.sqrt(scale) for judge, scale, part in parts])

    def read(self, outputs: np.ndarray, link: Link) -> np.ndarray:
        parts = zip(self.judges, self.scales, self.outputs.cut(np.asarray(outputs)), strict=True)
        return np.hstack([judge.read(o, judge.link).reshape(len(o), -1) / np.sqrt(scale) for judge, scale, o in parts])


def make_joint_judge(
    outputs: np.ndarray, y: np.ndarray, loss: JoinedLoss, value: Callable[[np.ndarray, np.ndarray], float]
) -> Judge:
    """The judge of several outputs; the user's loss where it is not known of each of them what it is."""
    rows = outputs[: len(y)]
    given, asked = loss.outputs.cut(rows), loss.targets.split(y[: len(rows)])
    judges: list[Judge] = []
    for k, name in enumerate(loss.names):

        def of_part(o: np.ndarray, t: np.ndarray, k: int = k) -> float:
            put = [o if j == k else part for j, part in enumerate(given)]
            met = [t if j == k else part for j, part in enumerate(asked)]
            return value(loss.outputs.join(put), loss.targets.join(met))

        of_part.__name__ = name or "of_part"
        judges.append(make_judge(given[k], loss.targets.split(y)[k], of_part, of_part))
    scales = [
        float(judge.rows(o, t)[1].mean()) if judge.kind != "own" and len(judge.form(t)) == len(t) else 0.0
        for judge, o, t in zip(judges, given, asked, strict=True)
    ]
    if not min(scales) > 0.0:
        return Judge("own", "numbers", np.zeros(1), value)
    made = JointJudge("several", "numbers", np.zeros(1), value, 1.0, judges, scales, loss.outputs, loss.targets)
    return JointJudge(
        "several", "numbers", made.form(y).mean(axis=0), value, 1.0, judges, scales, loss.outputs, loss.targets
    )


def joined_loss(loss: Any) -> JoinedLoss | None:
    """The loss of several outputs that a loss is, or multiplies."""
    found = getattr(loss, "joined", loss)
    return found if isinstance(found, JoinedLoss) else None
