"""Losses of the logarithms of shares: whether they get these, and whether their sign is right."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nn.health.evidence.facts import Facts
from nn.health.finding import Finding
from nn.health.scores import LOSSES, name_of
from nn.health.subject import Subject


def find_probabilities_for_logarithms(subject: Subject, facts: Facts) -> Iterator[Finding]:
    """Shares for a loss that takes their logarithms."""
    o = facts.outputs
    known = LOSSES.get(name_of(subject.network.loss))
    if known is None or known[1] != "log-probabilities" or o.ndim != 2 or o.shape[1] < 2 or not np.isfinite(o).all():
        return
    if (o >= 0.0).all() and np.allclose(o.sum(axis=1), 1.0, atol=1e-3):
        yield Finding(
            "loss unfit",
            facts.last_activation or "",
            "the loss takes logarithms of probabilities, and the outputs are the probabilities themselves: they are between 0 "
            "and 1, and the loss can only go from 0 to -1",
            "log_softmax in place of softmax; or raw scores and CrossEntropyLoss",
        )


def are_log_probabilities(outputs: np.ndarray) -> bool:
    """Whether the exponentials of each row add up to 1."""
    with np.errstate(all="ignore"):
        return bool(np.allclose(np.exp(outputs).sum(axis=-1), 1.0, atol=1e-3))


def find_turned_likelihood(subject: Subject, outputs: np.ndarray, y: np.ndarray) -> Iterator[Finding]:
    """An own loss of the logarithms of shares that is the larger the more goes to the classes asked for.

    What these are is held by their sum: followed downhill by themselves, as numbers are, they would leave it, and fall for ever.
    """
    asked = subject.judge.form(y).reshape(outputs.shape)
    even = np.full(outputs.shape, 1.0 / outputs.shape[-1])
    against = (1.0 - asked) / max(outputs.shape[-1] - 1, 1)
    toward, at_even, away = (
        subject.loss_of(np.log(0.5 * even + 0.5 * part).astype(outputs.dtype), y) for part in (asked, even, against)
    )
    if toward > at_even > away:
        yield Finding(
            "loss maximised",
            "",
            f"where half of each share goes to the class asked for, the loss is {toward:.3g}, with even shares {at_even:.3g}, and where "
            f"it goes to the others {away:.3g}: its sign is wrong",
            "turn its sign round: an optimizer makes the loss small",
            {"at the targets": toward, "even": at_even, "away": away},
        )
