"""The one line of a report, with one loss and with several."""

from __future__ import annotations

from nn.health.finding import Finding
from nn.health.record import Record
from nn.health.verdict import Verdict


def test_the_summary_has_the_verdict_the_steps_and_the_loss() -> None:
    finding = Finding("dead units", "1", "told", "mend it")
    for losses, told in (
        ([2.0], "one batch, loss 2"),
        ([2.0, 1.5], "0 of 2 steps measured, loss 2 → 1.5"),
        ([2.0, 9.0, 1.25], "0 of 3 steps measured, loss 2 → 1.25"),
    ):
        assert Verdict(Record([], losses), []).summary == f"health: healthy ({told})"
        assert Verdict(Record([], losses), [finding]).summary == f"health: dead units ({told})"
    assert Verdict(Record(), [])
    assert not Verdict(Record(), [finding])
