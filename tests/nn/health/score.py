"""How often the diagnosis is right: `python -m tests.nn.health.score [kept|tuning] --seeds 5`.

It goes through a half of the corpus with fresh seeds, asks for a diagnosis of each run as its user would, and prints counts:
the true cause first, the true cause among the findings, healthy runs called sick, and whether the remedy of the first finding
heals when the run is trained longer from another seed. The kept half takes three to five minutes a seed.

No rule of the diagnosis may be set by what single runs of the kept half give. So of that half the counts alone are printed;
`--each FILE` writes what was told of each run, for those who look for faults of the corpus.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from nn.health import Diagnosis, diagnose
from tests.nn.health.corpus.kept import HEALTHY, RIGHT, SICK
from tests.nn.health.corpus.kept_case import Case, Fit, Script
from tests.nn.health.corpus.kept_judge import LEARNED, share_left

# A remedy heals where this share of a constant answer's error is left at most, or of the error as it was.
HEALED, HALVED = 0.6, 0.6
LONGER = 2


@dataclass
class Outcome:
    """What the diagnosis said of one run."""

    name: str
    seed: int
    cause: str | None
    told: list[str]
    first: bool = False
    among: bool = False
    heals: bool | None = None
    error: str = ""


def diagnose_run(run: Fit | Script, seed: int, seconds: float) -> Diagnosis:
    """The diagnosis that the user of this run would ask for."""
    if isinstance(run, Script):
        from nn.health.loop import diagnose_script

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "train.py")
            path.write_text(run.text)
            return diagnose_script(path, seed=seed, seconds=seconds)
    import optim

    options = dict(run.options)
    optimizer, rate = options.pop("optimizer"), options.pop("lr")
    validation = options.pop("validation", ())
    if isinstance(optimizer, str):
        optimizer = optim.get(optimizer, list(run.model.parameters()), lr=rate)
    return diagnose(
        run.model, (*run.data, *validation), run.loss, optimizer=optimizer, seed=seed, seconds=seconds, **options
    )


def judge(case: Case, seed: int, seconds: float) -> Outcome:
    """One run of a case, diagnosed, and its remedy tried."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            found = diagnose_run(case.build(seed, False), seed, seconds)
        except Exception as error:  # a diagnosis that fails is one that says nothing
            return Outcome(case.name, seed, case.cause, [], error=f"{type(error).__name__}: {error}")
        told = [finding.cause for finding in found.findings]
        if case.cause is None:
            return Outcome(case.name, seed, None, told)
        right = RIGHT[case.cause]
        outcome = Outcome(
            case.name, seed, case.cause, told, bool(told) and told[0] in right, any(one in right for one in told)
        )
        if outcome.first:
            outcome.heals = heals(case, found, seed)
        return outcome


def heals(case: Case, found: Diagnosis, seed: int) -> bool:
    """Whether the remedy of the first finding heals, from another seed and for longer.

    Where the diagnosis tried the remedy itself, it is applied once more by the same code. Where a fault was only seen (a call that is
    missing, say), mending it gives the case without its trouble.
    """
    names = found.findings[0].heals
    made = next((one for one in _tried(found) if one.remedy.name in names), None)
    if made is None:
        return share_left(case.build(seed + 1000, True), seed + 1000) < LEARNED
    experiments: Any = found._experiments
    subject = replace(experiments.subject, seed=experiments.subject.seed + 1000)
    trial = subject.trial(made.remedy.name, made.remedy.told)
    made.remedy.apply(trial)
    trial.train(LONGER * max(made.trial.steps, experiments.steps), 60.0, points=2)
    before = experiments.as_it_is
    was = float("inf") if before.lost else before.best.held
    now = (
        float("inf")
        if trial.lost
        else min(trial.best.held, trial.best.balanced if np.isfinite(trial.best.balanced) else 9)
    )
    return now < HEALED or now < HALVED * was


def _tried(found: Diagnosis) -> Iterator[Any]:
    made: Any = found._experiments
    return iter(() if made is None else made.tried)


def summarise(outcomes: list[Outcome]) -> str:
    """The counts, beside what is aimed at."""
    sick = [one for one in outcomes if one.cause is not None]
    healthy = [one for one in outcomes if one.cause is None]
    healed = [one for one in sick if one.heals is not None]
    lines = [
        _line("true cause first", sum(one.first for one in sick), len(sick), "at least 90 %"),
        _line("true cause among the findings", sum(one.among for one in sick), len(sick), "at least 97 %"),
        _line("healthy runs called sick", sum(bool(one.told) for one in healthy), len(healthy), "at most 1 %"),
        _line(
            "the remedy of a right first finding heals",
            sum(bool(one.heals) for one in healed),
            len(healed),
            "at least 85 %",
        ),
        f"{sum(bool(one.error) for one in outcomes)} of {len(outcomes)} diagnoses ended in an error",
    ]
    return "\n".join(lines)


def _line(what: str, count: int, total: int, bar: str) -> str:
    share = f" ({count / total:.1%})" if total else ""
    return f"{what}: {count} of {total}{share}; aimed at {bar}"


def main(arguments: list[str]) -> int:
    """Score a half."""
    parser = argparse.ArgumentParser(prog="python -m tests.nn.health.score", description=__doc__)
    parser.add_argument("half", nargs="?", choices=("kept", "tuning", "torch"), default="kept")
    parser.add_argument("--seeds", type=int, default=5, help="how many")
    parser.add_argument("--first", type=int, default=20_000, help="the first of them")
    parser.add_argument("--seconds", type=float, default=50.0, help="the budget of a diagnosis")
    parser.add_argument("--only", default="", help="cases whose names have this in them")
    parser.add_argument("--each", type=Path, help="a file for what was told of each run")
    given = parser.parse_args(arguments)
    seeds = range(given.first, given.first + given.seeds)
    if given.half == "tuning":
        from tests.nn.health.corpus.case import score
        from tests.nn.health.corpus.tuning import CASES

        print(score([case for case in CASES if not case.torch], seeds, print))
        return 0
    cases = SICK + HEALTHY
    if given.half == "torch":
        from tests.nn.health.corpus.kept_torch import CASES as cases  # type: ignore[no-redef]
    outcomes = []
    # All cases of a seed before the next: a run that is ended early has seen every case.
    for seed in seeds:
        for case in cases:
            if given.only not in case.name:
                continue
            outcomes.append(judge(case, seed, given.seconds))
            if given.each is not None:
                with given.each.open("a") as file:
                    file.write(json.dumps(asdict(outcomes[-1])) + "\n")
    print(f"{given.half}: {len(cases)} cases, seeds {given.first} to {given.first + given.seeds - 1}")
    print(summarise(outcomes))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
