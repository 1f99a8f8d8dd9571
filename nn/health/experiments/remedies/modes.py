"""Changes of what modules do in training and not in evaluation: noise that they add, averages that they keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from nn.health.evidence.asking import ask
from nn.health.evidence.facts import Facts
from nn.health.experiments.remedies.remedy import Remedy
from nn.health.experiments.trial import Trial
from nn.health.frameworks.network import Network
from nn.health.subject import SOME, Subject

# The momentum of averages that hardly move within a run, and of those that are of one batch alone.
LEAST_MOMENTUM, MOST_MOMENTUM = 0.011, 0.6


def remedies_of_modes(subject: Subject, facts: Facts) -> Iterator[Remedy]:
    """Noise, and the averages of batch norm."""
    odd = [m for _, m in subject.network.modules() if _keeps_odd_averages(m)]
    if odd:
        yield Remedy(
            "averages of batch norm",
            "with a momentum of .1 for the averages that batch norm keeps",
            "running statistics",
            f"a momentum of .1, the share of the newest batch, in place of {odd[0].momentum:g}",
            _set_averages,
        )
    if ask(lambda: _draws_noise(subject, facts), False):
        yield Remedy(
            "no noise",
            "without the noise that is added in training",
            "too much noise",
            "less noise: a tenth of the deviation of what it is added to is much",
            lambda trial: _quieten(trial.network),
        )


def _keeps_odd_averages(module: Any) -> bool:
    momentum = getattr(module, "momentum", None)
    return (
        "BatchNorm" in type(module).__name__
        and momentum is not None
        and not LEAST_MOMENTUM <= float(momentum) <= MOST_MOMENTUM
    )


def _set_averages(trial: Trial) -> None:
    for _, module in trial.network.modules():
        if _keeps_odd_averages(module):
            module.momentum = 0.1


def _quieten(network: Network) -> None:
    """Modules that are neither dropout nor batch norm are as in evaluation, in which noise is not drawn."""
    for _, module in network.modules():
        if not any(word in type(module).__name__ for word in ("Dropout", "BatchNorm")):
            module.training = False


def _draws_noise(subject: Subject, facts: Facts) -> bool:
    """Whether answers in training are others each time, beside what dropout does, and are not with that noise left out."""
    network, some = subject.network.copy(), subject.x[:SOME]
    for path, module in network.modules():
        if path in facts.dropouts:
            module.p = 0.0

    def varies() -> bool:
        return not np.array_equal(network.answer(some, training=True), network.answer(some, training=True))

    if not varies():
        return False
    _quieten(network)
    return not varies()
