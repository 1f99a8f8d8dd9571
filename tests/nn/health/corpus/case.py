"""What a case of the corpus is, and how a diagnosis of it is scored."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from nn.health import Diagnosis, diagnose

HEALTHY = "healthy"


@dataclass
class Setup:
    """What a person has: a model with its data, loss and optimizer; or the text of a script, and then nothing else counts."""

    model: Any = None
    x: Any = None
    y: Any = None
    loss: Any = None
    optimizer: Any = None
    validation: tuple[Any, Any] | None = None
    epochs: int = 10
    batch_size: int = 32
    shuffle: bool = True
    clip_norm: float | None = None
    scheduler: Any = None
    script: str = ""


@dataclass(frozen=True)
class Case:
    """A kind of run.

    Attributes
    ----------
    make : callable
        Gives a setup for a seed.
    cause : str
        A key of `nn.health.CAUSES`, or "healthy".
    source : str
        Where this kind is from.
    also : tuple of str
        Other names that are as right, sparingly.
    torch : bool
        Whether it needs PyTorch.
    """

    make: Callable[[int], Setup]
    cause: str
    source: str
    also: tuple[str, ...] = ()
    torch: bool = False

    @property
    def name(self) -> str:
        return self.make.__name__

    def is_right(self, cause: str) -> bool:
        return cause == self.cause or cause in self.also


@dataclass
class Score:
    """Counts over runs."""

    sick: int = 0
    first: int = 0
    among: int = 0
    healthy: int = 0
    accused: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, case: Case, seed: int, found: Diagnosis) -> None:
        causes = [finding.cause for finding in found.findings]
        if case.cause == HEALTHY:
            self.healthy += 1
            self.accused += bool(causes)
            good = not causes
        else:
            self.sick += 1
            good = bool(causes) and case.is_right(causes[0])
            self.first += good
            self.among += any(case.is_right(cause) for cause in causes)
        if not good:
            self.wrong.append(f"{case.name} {seed}: {case.cause}, told {causes or found.cause}")

    def __str__(self) -> str:
        return (
            f"sick runs: true cause first {self.first} of {self.sick}, among the findings {self.among} of {self.sick}; "
            f"healthy runs called sick: {self.accused} of {self.healthy}"
        )


def diagnose_case(case: Case, seed: int, **options: Any) -> Diagnosis:
    """The diagnosis of a case, as its user would ask for it."""
    setup = case.make(seed)
    if setup.script:
        from nn.health.loop import diagnose_script

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "train.py"
            path.write_text(setup.script)
            return diagnose_script(path, **options)
    data = (setup.x, setup.y, *(setup.validation or ()))
    names = ("optimizer", "epochs", "batch_size", "shuffle", "clip_norm", "scheduler")
    given = {name: getattr(setup, name) for name in names}
    with np.errstate(all="ignore"):
        return diagnose(setup.model, data, setup.loss, **given, **options)


def score(
    cases: Iterable[Case], seeds: Sequence[int], tell: Callable[[str], Any] | None = None, **options: Any
) -> Score:
    """Counts over cases and seeds; `tell` is given a line for each run."""
    counted = Score()
    for case in cases:
        for seed in seeds:
            found = diagnose_case(case, seed, **options)
            counted.add(case, seed, found)
            if tell is not None:
                tell(f"{case.name:34} {seed} {case.cause:28} {[f.cause for f in found.findings] or found.cause}")
    return counted
