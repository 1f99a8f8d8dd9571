"""`Trained`: what `stepgrad train` has to report."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cached_property

import numpy as np

from nn.command.confusion import Confusion
from nn.command.options import Options
from nn.command.recipe import Recipe
from nn.command.source import Source
from nn.data import Standardize
from nn.health import HealthReport
from nn.health.report import to_plain
from nn.module import Module
from nn.training import History
from nn.tuning import CrossValidation, SearchResult

# Classes up to which the confusion matrix is written whole.
MAX_WHOLE_CLASSES = 100


@dataclass
class Trained:
    """What a run of the command gave.

    Attributes
    ----------
    source : Source
    recipe : Recipe
    options : Options
    model : Module
    history : History
    scores : dict of str to float
        Of the held-out part, in the units of the targets.
    predicted, true : array
        Of the held-out part: scores of classes and class numbers, or numbers (n,).
    rows : dict of str to int
        Of each part.
    scale : Standardize or None
        Of the features.
    target_scale : Standardize or None
        Of numbers that are predicted.
    health : HealthReport or None
    folds : CrossValidation or None
    search : SearchResult or None
    """

    source: Source
    recipe: Recipe
    options: Options
    model: Module
    history: History
    scores: dict[str, float]
    predicted: np.ndarray
    true: np.ndarray
    rows: dict[str, int]
    scale: Standardize | None
    target_scale: Standardize | None
    health: HealthReport | None
    folds: CrossValidation | None
    search: SearchResult | None

    @cached_property
    def confusion(self) -> Confusion | None:
        """Which classes were taken for which; None for numbers."""
        if self.source.classes is None:
            return None
        return Confusion(self.true.astype(int), self.predicted.argmax(axis=1), self.source.classes)

    def to_json(self) -> str:
        """Data, recipe, numbers and verdict as JSON; of many classes the pairs that occur, in place of the whole matrix."""
        confusion = self.confusion
        whole = confusion is not None and len(confusion.classes) <= MAX_WHOLE_CLASSES
        return json.dumps(
            to_plain(
                {
                    "data": self.source.name,
                    "predicted": self.source.target,
                    "classes": self.source.classes,
                    "rows": self.rows,
                    "recipe": asdict(self.recipe),
                    "seed": self.options.seed,
                    "scores": self.scores,
                    "confusion": confusion.matrix().tolist() if confusion is not None and whole else None,
                    "confusion pairs": [
                        [*map(int, pair), int(count)]
                        for pair, count in zip(confusion.pairs, confusion.counts, strict=True)
                    ]
                    if confusion is not None and not whole
                    else None,
                    "stopped": self.history.stopped,
                    "seconds": self.history.seconds,
                    "health": self.health.verdict if self.health is not None else None,
                    "folds": self.folds.folds if self.folds is not None else None,
                    "mean of the folds": self.folds.mean if self.folds is not None else None,
                    "search": [t.as_row() for t in self.search.trials] if self.search is not None else None,
                }
            ),
            indent=1,
        )
