"""`Options`: what is asked of `stepgrad train`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


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
