"""Changes of the order, the number and the shares of rows in a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from nn.health.evidence.curvature import COMPARING
from nn.health.evidence.facts import Facts
from nn.health.experiments.remedies.remedy import Remedy
from nn.health.experiments.trial import Rows, Trial
from nn.health.subject import Subject

# The share of the rarest class over that of the most frequent, from which on classes are unbalanced.
UNBALANCED = 0.2


def remedies_of_rows(subject: Subject, facts: Facts) -> Iterator[Remedy]:
    """The order, the number and the shares of rows in a batch."""
    if not subject.shuffle:

        def shuffle(trial: Trial) -> None:
            trial.shuffle = True

        yield Remedy(
            "shuffled rows",
            "with the rows in a new random order each epoch",
            "rows not shuffled",
            "shuffle the rows each epoch (shuffle=True)",
            shuffle,
        )
    count = len(subject.rows.x)
    if subject.batch_size <= 4 and count > 32:
        cause = "normalisation of one row" if facts.batch_norms else "batch too small"
        yield Remedy(
            "batches of 32",
            "with batches of 32 rows",
            cause,
            "batches of 16 to 64 rows",
            _take_batches_of_32,
            # A step sees more rows, so that fewer do.
            longer=max(0.25, subject.batch_size / 16),
        )
    if subject.batch_size >= 128 and subject.epoch_steps() <= 4 and count > 64:
        factor = min(subject.batch_size, count) / 32
        yield Remedy(
            "batches of 32",
            "with batches of 32 rows for as many epochs",
            "batch too large",
            "smaller batches, which give more steps an epoch",
            _take_batches_of_32,
            longer=factor,
        )
    kind = type(subject.network.optimizer).__name__.removeprefix("Own")
    if kind in COMPARING and 2 * subject.batch_size <= count:

        def take_all(trial: Trial) -> None:
            trial.batch_size = count

        yield Remedy(
            "all rows at once",
            f"with all {count} rows in each step, as {kind} is made for,",
            "optimizer unfit",
            f"give {kind} all rows in each step; for batches take Adam, or SGD with a momentum",
            take_all,
            longer=max(0.25, subject.batch_size / count),
        )
    if facts.rarest is not None and facts.rarest < UNBALANCED:
        several = subject.judge.kind == "labels" and subject.judge.constant.size > 1
        natural = subject.network.natural_loss("labels", facts.doubled or "") if several else None
        yield Remedy(
            "classes balanced",
            "with as many rows of each class"
            if natural is None
            else "with each label that is a yes weighed by how rare that is",
            "classes unbalanced",
            "weigh the classes (class_weight='balanced'), or draw the rare rows more often; judge by a score of each class",
            _balance if natural is None else _weigh(natural, subject.judge.constant),
        )


def _take_batches_of_32(trial: Trial) -> None:
    trial.batch_size = 32


def _weigh(natural: Callable[[Any, Any], Any], shares: np.ndarray) -> Callable[[Trial], None]:
    """Of several labels of a row no draw of rows makes each as frequent as its opposite."""
    more = float(1.0 / max(float(shares.mean()), 1e-6) - 2.0)

    def apply(trial: Trial) -> None:
        # Where nothing is to be found, a score of nothing takes no part.
        trial.network.loss = lambda outputs, y: natural(outputs, y) + more * natural(outputs * y, y)
        trial.link = "logits"

    return apply


def _balance(trial: Trial) -> None:
    rows, rng = trial.rows, np.random.default_rng(trial.seed)
    asked = trial.judge.form(rows.y)
    label = asked.argmax(axis=1) if asked.shape[1] > 1 else (asked[:, 0] > 0.5).astype(int)
    # A row may have a class at each of its places, some of which have none.
    places = len(asked) // len(rows.y)
    told = asked.any(axis=1) if places > 1 else np.ones(len(asked), bool)
    classes = np.unique(label[told])
    each = len(rows.y) // len(classes)
    drawn = np.concatenate([rng.choice(np.flatnonzero(told & (label == c)), each) for c in classes]) // places
    trial.rows = Rows(rows.x[drawn], rows.y[drawn], rows.held_x, rows.held_y)
