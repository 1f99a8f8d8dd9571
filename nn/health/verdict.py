"""`Verdict`: what a run was found to be, with its evidence."""

from __future__ import annotations

from nn.health.finding import Finding
from nn.health.record import Record


class Verdict:
    """What was measured, and what was found in it; true where it is "healthy".

    Attributes
    ----------
    record : Record
        What was measured.
    findings : list of Finding
        The gravest first; empty for a healthy run.
    """

    def __init__(self, record: Record, findings: list[Finding]) -> None:
        self.record, self.findings = record, findings

    @property
    def verdict(self) -> str:
        """ "healthy", or the cause of the gravest finding."""
        return self.findings[0].cause if self.findings else "healthy"

    def __bool__(self) -> bool:
        return not self.findings

    @property
    def summary(self) -> str:
        """One line: the verdict, the steps, and the loss."""
        steps, losses = self.record.steps, self.record.losses
        told = f"loss {losses[0]:.4g}" + (f" → {losses[-1]:.4g}" if len(losses) > 1 else "")
        count = f"{len(steps)} of {len(losses)} steps measured" if len(losses) > 1 else "one batch"
        return f"health: {self.verdict} ({count}, {told})"
