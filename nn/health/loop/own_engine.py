"""What becomes of a diagnosis where a script trains with an engine of its own."""

from __future__ import annotations

from autograd.check.stand_ins import OwnEngine
from autograd.engine.value import Value
from nn.health.finding import Finding
from nn.health.loop.recorder import Recorder


def judge_engines(engines: list[OwnEngine], findings: list[Finding]) -> tuple[list[Finding], list[str]]:
    """What is wrong with a script that trains with engines of its own, where so much was found with this one in their place; and notes."""
    notes = []
    # Of those that a notebook writes again and again, the last.
    for engine in {(id(engine.names), engine.made.__name__): engine for engine in engines}.values():
        report = engine.check()
        if not report:
            wrong = Finding(
                "wrong gradient",
                "",
                f"the engine that the script trains with is wrong: {report.sentence}",
                f"mend the class {report.name}; stepgrad check FILE.py:{report.name} goes through its operations",
                {"wrong": len(report.wrong), "expressions": len(report.outcomes)},
            )
            findings = [wrong, *findings]
        elif not report.adds_up:
            # Each of its passes clears what was there.
            findings = [finding for finding in findings if finding.cause != "gradients not zeroed"]
        notes.append(
            f"the class {report.name} is an engine of the script's own: {len(report.outcomes)} expressions were checked, and the "
            "experiments are made with autograd.Value in its place"
        )
    return findings, notes


def trains_values(recorder: Recorder) -> bool:
    """Whether what a script trains are values, as far as that was read: a class may stand there for another lesson."""
    calls = [one.call for one in recorder.ledger.iterations if one.call is not None]
    trained = recorder.kit.parameters(calls[-1].model) if calls else []
    return not calls or any(isinstance(parameter, Value) for parameter in trained)
