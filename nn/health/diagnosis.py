"""`Diagnosis`: the verdict with its proof: findings, and the curves of everything that was tried."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from rich.console import RenderableType

from nn.health.experiments.plan import Experiments
from nn.health.experiments.trial import Trial
from nn.health.finding import Finding
from nn.health.judging import Judgement
from nn.health.record import Record
from nn.health.report import HealthReport, to_plain


class Diagnosis(HealthReport):
    """What was found, and what was tried. It is true where the verdict is "healthy".

    Attributes
    ----------
    record : Record
        What was measured of the run as it is.
    findings : list of Finding
        At most three, the first the one to begin with.
    cause : str
        "healthy", "unknown", or the cause of the first finding.
    evidence : list of str
        What the verdict stands on.

    Examples
    --------
    >>> import numpy as np, nn, optim
    >>> x = np.random.default_rng(0).normal(size=(200, 2)).astype(np.float32)
    >>> y = ((x**2).sum(axis=1) < 1.4).astype(int)
    >>> model = nn.Sequential(nn.Linear(2, 16, rng=0), nn.Linear(16, 2, rng=1))
    >>> found = nn.health.diagnose(model, (x, y), epochs=40)
    >>> found.cause, found.findings[0].fix
    ('no activation', 'put an activation such as ReLU between 0 and 1')
    """

    def __init__(
        self, record: Record, judgement: Judgement, experiments: Experiments | None, graph: Callable[[], Any]
    ) -> None:
        super().__init__(record, judgement.findings, graph)
        self.cause, self.evidence, self._experiments = judgement.cause, judgement.evidence, experiments

    @property
    def verdict(self) -> str:
        """The cause."""
        return self.cause

    def __bool__(self) -> bool:
        return self.cause == "healthy"

    @property
    def trials(self) -> list[Trial]:
        """Everything that was tried; the first is the run as it is."""
        return self._experiments.all if self._experiments is not None else []

    def heal(self, finding: Finding, seed: int = 1, steps: int | None = None) -> tuple[float, float]:
        """Whether what mended it does so from another seed and for longer: the error as it is, and the error mended.

        Parameters
        ----------
        finding : Finding
            One that experiments have proven.
        seed : int
            Of the order of the rows.
        steps : int, optional
            By default twice as many as the experiment took.

        Returns
        -------
        tuple of float
            Over that of a constant answer; infinite where a run is lost.

        Raises
        ------
        ValueError
            For a finding that was seen, and not proven by a change.

        Examples
        --------
        >>> import numpy as np, nn, optim
        >>> x = np.random.default_rng(0).normal(size=(200, 4)).astype(np.float32)
        >>> model = nn.Sequential(nn.Linear(4, 16, rng=0), nn.Tanh(), nn.Linear(16, 1, rng=1))
        >>> optimizer = optim.SGD(model.parameters(), lr=1e-6)
        >>> found = nn.health.diagnose(model, (x, x[:, :1] - x[:, 1:2]), optimizer=optimizer, quick=True)
        >>> sick, healed = found.heal(found.findings[0], steps=100)
        >>> healed < 0.1 < 0.5 < sick
        True
        """
        made = self._experiments
        chosen = [one for one in made.tried if one.remedy.name in finding.heals] if made is not None else []
        if made is None or not chosen:
            raise ValueError(f"{finding.cause}: no change has proven it: see its sentence, and its fix")
        best = min(chosen, key=lambda one: (one.remedy.general, one.trial.score))
        sick, healed = made.subject.trial(seed=seed), made.subject.trial(best.remedy.name, best.remedy.told, seed)
        best.remedy.apply(healed)
        for trial in (sick, healed):
            trial.train(2 * best.trial.steps if steps is None else steps)
        return sick.score, healed.score

    @property
    def validation_error(self) -> float | None:
        """That of the run as it is on the validation rows, over that of a constant answer; None without such rows."""
        made = self._experiments
        if made is None or made.subject.validation is None or made.as_it_is.lost:
            return None
        x, y = made.subject.validation
        return made.subject.judge.relative(made.as_it_is.answers(x), y)

    def learn_by_heart(self) -> Trial:
        """A few rows, again and again, until the network knows them; tried now where it was not yet.

        Returns
        -------
        Trial

        Raises
        ------
        ValueError
            Where nothing could be tried.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
        >>> found = nn.health.diagnose(nn.Linear(3, 1, rng=0), (x, x[:, :1] + 1.0), epochs=20, quick=True)
        >>> found.learn_by_heart().score < 0.05
        True
        """
        made = self._experiments
        if made is None:
            raise ValueError("nothing could be tried: see the findings")
        if made.by_heart is None:
            made.run_by_heart()
        assert made.by_heart is not None
        return made.by_heart

    @property
    def summary(self) -> str:
        """One line: the verdict, and how much was tried."""
        count, seconds = len(self.trials), sum(trial.seconds for trial in self.trials)
        told = {"unknown": "I cannot tell, and here is what I tried"}.get(self.cause, self.cause)
        return f"diagnosis: {told}" + (
            f" ({count} experiments, {seconds:.1f} s)" if count else " (seen, nothing was tried)"
        )

    def __repr__(self) -> str:
        return f"<Diagnosis: {self.cause}, {len(self.findings)} findings>"

    def __rich__(self) -> RenderableType:
        from nn.health.show import render_diagnosis

        return render_diagnosis(self)

    def to_json(self) -> str:
        """The verdict, the findings, and the curves of all experiments; NaN and infinity are null.

        Returns
        -------
        str

        Examples
        --------
        >>> import json
        >>> import numpy as np, nn
        >>> x = np.full((40, 2), np.nan, np.float32)
        >>> found = nn.health.diagnose(nn.Linear(2, 1, rng=0), (x, np.ones((40, 1))), nn.MSELoss())
        >>> json.loads(found.to_json())["verdict"]
        'inputs not finite'
        """
        return json.dumps(
            {
                "verdict": self.cause,
                "evidence": self.evidence,
                "findings": [_finding_to_json(finding) for finding in self.findings],
                "trials": [_trial_to_json(trial) for trial in self.trials],
            }
        )

    def to_html(self) -> str:
        """A page that needs nothing else, with the curves of all experiments side by side.

        Returns
        -------
        str

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.full((40, 2), np.nan, np.float32)
        >>> found = nn.health.diagnose(nn.Linear(2, 1, rng=0), (x, np.ones((40, 1))), nn.MSELoss())
        >>> found.to_html().startswith("<!DOCTYPE html>")
        True
        """
        from nn.health.page import page

        return page(self)


def _finding_to_json(finding: Finding) -> dict[str, Any]:
    return {
        "cause": finding.cause,
        "path": finding.path,
        "sentence": finding.sentence,
        "fix": finding.fix,
        "evidence": to_plain(dict(finding.evidence)),
        "line": finding.place.site,
        "certain": finding.certain,
        "heals": list(finding.heals),
    }


def _trial_to_json(trial: Trial) -> dict[str, Any]:
    return {
        "name": trial.name,
        "told": trial.told,
        "steps": trial.steps,
        "seconds": trial.seconds,
        "error": trial.broken,
        "losses": to_plain(trial.losses),
        "scores": [
            {"step": p.step, "training rows": to_plain(p.trained), "held rows": to_plain(p.held)} for p in trial.points
        ],
    }
