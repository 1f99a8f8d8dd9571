"""`Options`: what is asked of `stepgrad train`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from autograd.errors import UsageError
from nn.command.recipe import Recipe

# What decides the training, beside the data and the recipe.
KEPT = ("target", "task", "reading", "test", "validation", "patience", "seed")


@dataclass(frozen=True)
class Options:
    """What is asked for on the command line.

    Attributes
    ----------
    what : str
        As for `source_of`, with `target`, `task` and `reading`.
    recipe : dict of str to Any
        What is to differ from the defaults for the data; None changes nothing.
    test : float
        The share of the rows that is held out, where the data have no test part of their own.
    validation : float or None
        The share of the rows trained on by which each epoch is judged.
    patience : int or None
        Epochs without a better validation loss after which training stops.
    folds, trials : int or None
        Cross-validate in so many folds; search with so many trials.
    jobs, seed : int
    checkpoint : Path or None
    resume, health : bool
    output : Path
    record : Path or None
        The folder of the record of the training.
    micro_batches : int or None
        In how many parts processes cut a batch.
    """

    what: str
    target: str | None = None
    task: str | None = None
    recipe: dict[str, Any] = field(default_factory=dict)
    reading: dict[str, Any] = field(default_factory=dict)
    test: float = 0.2
    validation: float | None = None
    patience: int | None = None
    folds: int | None = None
    trials: int | None = None
    jobs: int = 1
    seed: int = 0
    checkpoint: Path | None = None
    resume: bool = False
    health: bool = True
    output: Path = Path("stepgrad-train")
    record: Path | None = None
    micro_batches: int | None = None

    def to_notes(self, recipe: Recipe) -> dict[str, Any]:
        """What a record keeps, so that the training can be replayed: what was asked for, with the recipe that it came to."""
        kind, colon, folder = self.what.partition(":")
        what = os.path.abspath(self.what) if Path(self.what).is_file() else self.what
        if kind == "mnist" and colon:
            what = f"mnist:{os.path.abspath(folder)}"
        return {
            "command": "train",
            "what": what,
            "recipe": asdict(recipe),
            **{name: getattr(self, name) for name in KEPT},
        }

    @classmethod
    def from_notes(cls, notes: Mapping[str, Any], record: Path) -> Options:
        """The options of a training that was recorded.

        Raises
        ------
        UsageError
            Where the notes are not those of such a training.
        """
        try:
            known = {name: notes[name] for name in ("what", "recipe", *KEPT)}
            recipe: dict[str, Any] = {
                name: tuple(value) if isinstance(value, list) else value for name, value in known["recipe"].items()
            }
            if not isinstance(known["what"], str) or not isinstance(known["reading"], dict):
                raise TypeError("no data set")
            return cls(**{**known, "recipe": asdict(Recipe(**recipe))}, health=False, record=record)
        except (KeyError, TypeError, AttributeError) as error:
            raise UsageError(f"{record} does not say how it was trained: {error}") from None
