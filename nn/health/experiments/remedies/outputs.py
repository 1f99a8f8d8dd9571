"""Changes of what stands between the last layer and the loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from nn.health.evidence.asking import ask
from nn.health.evidence.facts import Facts
from nn.health.experiments.remedies.remedy import Remedy
from nn.health.experiments.trial import Trial
from nn.health.multi_output import JoinedLoss, find_joined_loss
from nn.health.subject import Subject


def remedies_of_outputs(subject: Subject, facts: Facts) -> Iterator[Remedy]:
    """What stands between the last layer and the loss."""
    if facts.doubled:
        yield Remedy(
            "the second softmax out",
            f"without the second {facts.doubled}",
            "double softmax",
            f"leave out the {facts.doubled} at the end and give the loss the raw scores, or take a loss of probabilities",
            _take_logarithm(facts.doubled),
        )
    bounded = facts.out_of_range > 0.0 if subject.judge.kind == "numbers" else facts.scores_bounded
    if facts.last_activation is not None and bounded:
        path = facts.last_activation
        yield Remedy(
            "the last activation out",
            f"without the {facts.last_kind} at the end",
            "output range",
            f"leave out {path} ({facts.last_kind}), so that the answers reach the targets",
            lambda trial: trial.network.alter(path, lambda given, _: given),
        )
    if facts.summed:
        yield Remedy(
            "mean in place of the sum",
            "with the loss as a mean over the rows",
            "loss summed",
            'the mean over the batch (reduction="mean"), or a rate that is smaller by the number of rows',
            _take_mean_over(ask(lambda: _count_added(subject, facts), 1)),
        )
    natural = subject.network.natural_loss(subject.judge.kind, facts.doubled or "")
    if natural is not None and facts.loss_differs:
        yield Remedy(
            "the usual loss",
            f"with {facts.natural_name}{' without weights and smoothing' if facts.weighed else ''}",
            "loss unfit",
            "leave out the weights and the smoothing, or weigh each class by how rare it is"
            if facts.weighed
            else f"take {facts.natural_name}, which is made for such targets",
            _replace_loss(natural, subject.judge.kind, facts),
            # Another loss adds nothing of the weights either.
            beside="no penalty" if subject.network.read else "",
        )


def _count_added(subject: Subject, facts: Facts) -> int:
    """How many numbers of a row a sum adds up: all of them where it is twice as large of the same ones twice."""
    outputs, y = facts.outputs, subject.y[: len(facts.outputs)]
    if (joined := find_joined_loss(subject.network.loss)) is not None:
        return _count_squares(joined, subject, outputs, y)
    if subject.judge.kind not in ("numbers", "labels") or outputs.shape != y.shape or outputs.ndim < 2:
        return 1
    once, twice = (subject.loss_of(*(np.concatenate([part] * k, axis=-1) for part in (outputs, y))) for k in (1, 2))
    return outputs[0].size if np.isclose(twice, 2.0 * once, rtol=1e-3) else 1


def _count_squares(joined: JoinedLoss, subject: Subject, outputs: np.ndarray, y: np.ndarray) -> int:
    """The same of several outputs side by side, such as one for each step of a sequence, where the loss is of squares."""
    parts = joined.targets.split(y)
    asked = np.concatenate([parts[m].reshape(len(y), -1) for m in joined.asked if m is not None], axis=1)
    if outputs.shape != asked.shape:
        return 1
    slopes = subject.network.value_and_gradient(outputs, y)[1].astype(np.float64)
    summed = 2.0 * (outputs.astype(np.float64) - asked)
    return outputs[0].size if np.allclose(slopes, summed, rtol=1e-3, atol=1e-3 * float(np.abs(summed).max())) else 1


def _take_mean_over(added: int) -> Callable[[Trial], None]:
    def apply(trial: Trial) -> None:
        old = trial.network.loss
        trial.network.loss = lambda outputs, y: old(outputs, y) / (len(y) * added)

    return apply


def _take_logarithm(made_by: str) -> Callable[[Trial], None]:
    def apply(trial: Trial) -> None:
        network, old = trial.network, trial.network.loss
        log = network.ops.log
        if made_by == "sigmoid":
            network.loss = lambda outputs, y: old(log(outputs) - log(1.0 - outputs), y)
        else:
            network.loss = lambda outputs, y: old(log(outputs), y)
        trial.link = "probabilities"

    return apply


def _replace_loss(loss: Callable[[Any, Any], Any], kind: str, facts: Facts) -> Callable[[Trial], None]:
    def apply(trial: Trial) -> None:
        trial.network.loss = loss
        trial.link = "numbers" if kind == "numbers" else "probabilities" if facts.doubled else "logits"

    return apply
