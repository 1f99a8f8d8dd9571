"""`Trained`: what `stepgrad train` has to report."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import numpy as np

from nn.command.options import Options
from nn.command.recipe import Recipe
from nn.command.source import Source
from nn.data import Standardize
from nn.health import HealthReport
from nn.health.report import plain
from nn.module import Module
from nn.training import History, metrics
from nn.tuning import CrossValidation, SearchResult


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
    health: HealthReport | None
    folds: CrossValidation | None
    search: SearchResult | None

    @property
    def confusion(self) -> np.ndarray | None:
        """How many rows of each class (row) were taken for each class (column); None for numbers."""
        return metrics.confusion_matrix(self.predicted, self.true) if self.source.classes is not None else None

    def to_json(self) -> str:
        """Data, recipe, numbers and verdict as JSON."""
        return json.dumps(
            plain(
                {
                    "data": self.source.name,
                    "predicted": self.source.target,
                    "classes": self.source.classes,
                    "rows": self.rows,
                    "recipe": asdict(self.recipe),
                    "seed": self.options.seed,
                    "scores": self.scores,
                    "confusion": self.confusion.tolist() if self.confusion is not None else None,
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
