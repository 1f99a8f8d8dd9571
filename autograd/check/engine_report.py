"""`EngineReport`: the verdict on an engine of somebody's own, expression by expression, and how it is told."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table

from autograd.check.engine_expressions import Expression

NONE_RIGHT = "no expression is right: look at backward() first, which begins with 1 as the gradient of the result"


@dataclass(frozen=True)
class Outcome:
    """What became of one expression.

    Attributes
    ----------
    expression : Expression
    told : str
        What was wrong; empty where it was right.
    place : str
        Where the method that it needs is written.
    """

    expression: Expression
    told: str
    place: str


@dataclass
class EngineReport:
    """The verdict on an engine; true only where all that was looked at is right.

    Attributes
    ----------
    name : str
        Of the class.
    outcomes : list of Outcome
    missing : list of str
        Expressions that its class has no method for, one for each method.
    notes : list of str
        What is no mistake and should be known.
    adds_up : bool
        Whether the gradients of a second `backward()` are added to those of the first.

    Examples
    --------
    >>> import autograd
    >>> from autograd.check import check_engine
    >>> report = check_engine(autograd.Value)
    >>> report.verdict, bool(report)
    ('pass', True)
    """

    name: str
    outcomes: list[Outcome]
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    adds_up: bool = True

    @property
    def wrong(self) -> list[Outcome]:
        """Those that are wrong, the simplest first."""
        return [outcome for outcome in self.outcomes if outcome.told]

    @property
    def verdict(self) -> str:
        """ "pass", or "fail"."""
        return "fail" if self.wrong else "pass"

    def __bool__(self) -> bool:
        return not self.wrong

    @property
    def summary(self) -> str:
        """One line: the verdict and the counts."""
        right = len(self.outcomes) - len(self.wrong)
        return f"engine check of {self.name}: {self.verdict} ({right} of {len(self.outcomes)} expressions are right)"

    @property
    def sentence(self) -> str:
        """What is wrong first, with its place and what to do; empty where nothing is."""
        if not self.wrong:
            return ""
        first = self.wrong[0]
        none_right = len(self.wrong) == len(self.outcomes)
        # What hints say is of gradients.
        hint = (NONE_RIGHT if none_right else first.expression.hint) if " the gradient of " in first.told else ""
        return f"{first.expression.text}: {first.told} ({first.place}){hint and f'; {hint}'}"

    def to_json(self) -> str:
        """The report as JSON.

        Examples
        --------
        >>> import json, autograd
        >>> from autograd.check import check_engine
        >>> json.loads(check_engine(autograd.Value).to_json())["verdict"]
        'pass'
        """
        outcomes = [
            {"expression": one.expression.text, "right": not one.told, "told": one.told, "place": one.place}
            for one in self.outcomes
        ]
        held = {
            "verdict": self.verdict,
            "summary": self.summary,
            "sentence": self.sentence,
            "missing": self.missing,
            "notes": self.notes,
            "expressions": outcomes,
        }
        return json.dumps(held, indent=2)

    def __rich__(self) -> RenderableType:
        colour = "red" if self.wrong else "green"
        parts: list[RenderableType] = [f"[{colour}]{escape(self.summary)}[/]"]
        parts += [escape(self.sentence)] if self.wrong else []
        parts += [escape(f"note: {note}") for note in self.notes]
        if self.missing:
            parts.append(escape(f"not there: {', '.join(self.missing)}"))
        table = Table(highlight=False, box=SIMPLE_HEAD, pad_edge=False)
        for heading in ("expression", "written at", "verdict"):
            table.add_column(heading)
        for one in sorted(self.outcomes, key=lambda one: not one.told):
            table.add_row(
                escape(one.expression.text), escape(one.place), f"[red]{escape(one.told)}[/]" if one.told else "right"
            )
        return Group(*parts, table)

    def __str__(self) -> str:
        text = io.StringIO()
        Console(file=text, width=110, color_system=None, force_jupyter=False).print(self)
        return text.getvalue().rstrip()


__all__ = ("EngineReport", "Outcome")
