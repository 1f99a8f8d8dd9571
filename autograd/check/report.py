"""`Report`: the verdict for every coordinate that was checked, what went wrong, and how it is told."""

from __future__ import annotations

import io
import json
import math
from dataclasses import dataclass, field
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table

from autograd.check.taylor import TaylorRemainder
from autograd.check.verdict import Coordinate
from autograd.graph.node import Node

COLOURS = {"pass": "green", "fail": "red", "inconclusive": "yellow"}


@dataclass(frozen=True)
class Diagnosis:
    """The kind of mistake that the evidence points to.

    Attributes
    ----------
    kind : str
        One of `autograd.check.KINDS`.
    message : str
        What was found, in a sentence.

    Examples
    --------
    >>> from autograd import primitive
    >>> from autograd.check import check_gradients
    >>> @primitive(lambda g, out, x: g * 3.0)
    ... def double(x):
    ...     return 2.0 * x
    >>> report = check_gradients(double, 1.0)
    >>> report.diagnosis.kind
    'constant factor'
    """

    kind: str
    message: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}"


@dataclass(frozen=True)
class WrongNode:
    """The first node, from the result backwards, that sends an operand what differences of its operation do not confirm.

    Attributes
    ----------
    operation : str
    operand : int
        Which one gets the wrong contribution.
    rule : str
        The formula of that contribution, or where a user's rule is written.
    site : str
        The source line that recorded the node.
    inputs : list of str
        The operands' values, shortened.
    worst : Coordinate
        The worst element of that contribution.
    reproducer : str
        Python code that checks this operation alone.
    node : Node
    upstream : float or array
        The gradient at the node.

    Examples
    --------
    >>> from autograd import primitive
    >>> from autograd.check import check_gradients
    >>> @primitive(lambda g, out, x: g * 3.0)
    ... def double(x):
    ...     return 2.0 * x
    >>> report = check_gradients(double, 1.0)
    >>> report.wrong_node.operation, report.wrong_node.operand
    ('double', 0)
    """

    operation: str
    operand: int
    rule: str
    site: str
    inputs: list[str]
    worst: Coordinate
    reproducer: str
    node: Node = field(repr=False)
    upstream: Any = field(repr=False)

    def __str__(self) -> str:
        inputs = ", ".join(self.inputs)
        indented = "\n".join(f"    {line}" for line in self.reproducer.splitlines())
        return (
            f"first wrong node: {self.operation}({inputs}) at {self.site}\n"
            f"  its rule for operand {self.operand + 1}: {self.rule}\n"
            f"  sends {self.worst.claimed:.10g}, differences give {self.worst.measured.value:.10g}\n"
            f"  to reproduce:\n{indented}"
        )


@dataclass
class Report:
    """The verdicts of a check; true only where it passed. `str(report)` is a table.

    Attributes
    ----------
    coordinates : list of Coordinate
    diagnosis : Diagnosis or None
        Of a failure.
    wrong_node : WrongNode or None
        The first node of the graph, from the result backwards, whose rule is wrong.
    notes : list of str
        What else was seen.
    taylor : list of TaylorRemainder
        How fast remainders fall along random directions: of gradients that were given, of other frameworks', and where
        differences leave doubt.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.check import check_gradients
    >>> report = check_gradients(np.sin, 1.0)
    >>> bool(report), report.verdict
    (True, 'pass')
    """

    coordinates: list[Coordinate]
    diagnosis: Diagnosis | None = None
    wrong_node: WrongNode | None = None
    notes: list[str] = field(default_factory=list)
    taylor: list[TaylorRemainder] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """ "fail" where anything fails, "pass" where all pass, "inconclusive" elsewhere.

        Where differences leave doubt because values have the few digits of float16, a remainder that falls by h alone fails.
        """
        verdicts = {c.verdict for c in self.coordinates}
        if self.diagnosis is not None or "fail" in verdicts:
            return "fail"
        if "inconclusive" not in verdicts:
            return "pass"
        return "fail" if any(t.decides for t in self.taylor) else "inconclusive"

    def __bool__(self) -> bool:
        return self.verdict == "pass"

    @property
    def worst(self) -> Coordinate | None:
        """The coordinate that did worst: a failure before doubt, a large relative difference before a small one."""
        return min(self.coordinates, key=_trouble_of, default=None)

    @property
    def summary(self) -> str:
        """One line: the verdict and the counts."""
        counts = {v: sum(c.verdict == v for c in self.coordinates) for v in COLOURS}
        told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count) or "nothing was compared"
        directions = sum(c.place is None for c in self.coordinates)
        parts = [f"{len(self.coordinates) - directions} coordinates"] if directions < len(self.coordinates) else []
        parts += [f"{directions} directions"] if directions else []
        compared = " and ".join(part if not part.startswith("1 ") else part[:-1] for part in parts)
        return f"gradient check: {self.verdict} ({compared}{': ' if compared else ''}{told})"

    def table(self, most: int = 12) -> Table:
        """The coordinates as a rich table: those that did not pass first, then the largest differences.

        Parameters
        ----------
        most : int
            How many coordinates of those that pass.

        Returns
        -------
        rich.table.Table

        Examples
        --------
        >>> import numpy as np
        >>> from autograd.check import check_gradients
        >>> check_gradients(np.sin, 1.0).table().row_count
        2
        """
        # Fits 80 columns.
        table = Table(highlight=False, box=SIMPLE_HEAD, padding=(0, 1), collapse_padding=True, pad_edge=False)
        for heading in ("coordinate", "gradient", "differences", "apart by", "tolerance"):
            table.add_column(heading, no_wrap=True, justify="left" if heading == "coordinate" else "right")
        table.add_column("verdict", min_width=16)
        for c in sorted(self.coordinates, key=_trouble_of)[:most]:
            difference = abs(c.claimed - c.measured.value)
            verdict = f"[{COLOURS[c.verdict]}]{c.verdict}[/]" + (f": {escape(c.reason)}" if c.reason else "")
            table.add_row(
                escape(c.name),
                f"{c.claimed:.7g}",
                f"{c.measured.value:.7g}",
                f"{difference:.1e}",
                f"{c.tolerance:.1e}",
                verdict,
            )
        if len(self.coordinates) > most:
            table.caption = f"and {len(self.coordinates) - most} more"
        return table

    def to_json(self) -> str:
        """The report as JSON: the verdict, and all that it rests on; numbers that are not finite are null.

        Examples
        --------
        >>> import json
        >>> import numpy as np
        >>> from autograd.check import check_gradients
        >>> held = json.loads(check_gradients(np.sin, 1.0, grad=np.cos).to_json())
        >>> held["verdict"], held["coordinates"][0]["name"], held["taylor"][0]["verdict"]
        ('pass', 'x', 'right')
        """
        coordinates = [
            {
                "name": c.name,
                "verdict": c.verdict,
                "reason": c.reason,
                "claimed": c.claimed,
                "measured": c.measured.value,
                "tolerance": c.tolerance,
                "step": c.measured.step,
            }
            for c in self.coordinates
        ]
        held = {
            "verdict": self.verdict,
            "summary": self.summary,
            "diagnosis": None
            if self.diagnosis is None
            else {"kind": self.diagnosis.kind, "message": self.diagnosis.message},
            "wrong_node": None if self.wrong_node is None else str(self.wrong_node),
            "notes": self.notes,
            "coordinates": coordinates,
            "taylor": [t.as_dict() for t in self.taylor],
        }
        return json.dumps(_finite(held), indent=2, allow_nan=False)

    def __rich__(self) -> RenderableType:
        parts: list[RenderableType] = [f"[{COLOURS[self.verdict]}]{escape(self.summary)}[/]"]
        if self.diagnosis is not None:
            parts.append(f"[bold]{escape(self.diagnosis.kind)}[/]: {escape(self.diagnosis.message)}")
        worst = self.worst
        if worst is not None and worst.verdict == "fail":
            step = f", with a step of {worst.measured.step:.0e}" if math.isfinite(worst.measured.step) else ""
            told = f"{worst.claimed:.10g} by the gradient, {worst.measured.value:.10g} by differences{step}"
            parts.append(escape(f"worst: {worst.name}: {told}"))
        parts += [escape(f"note: {note}") for note in self.notes]
        parts += [escape(f"Taylor remainder, {found}") for found in self.taylor]
        if self.wrong_node is not None:
            parts.append(escape(str(self.wrong_node)))
        if self.coordinates:
            parts.append(self.table())
        return Group(*parts)

    def __str__(self) -> str:
        text = io.StringIO()
        Console(file=text, width=110, color_system=None, force_jupyter=False).print(self)
        return text.getvalue().rstrip()

    def __repr__(self) -> str:
        diagnosis = f"; {self.diagnosis}" if self.diagnosis is not None else ""
        return f"<Report {self.summary}{diagnosis}>"

    def _repr_html_(self) -> str:
        console = Console(file=io.StringIO(), width=110, record=True, force_jupyter=False)
        console.print(self)
        return console.export_html(inline_styles=True, code_format='<pre style="line-height:1.2">{code}</pre>')


def _finite(x: Any) -> Any:
    """What JSON has: no number that is not finite."""
    if isinstance(x, dict):
        return {key: _finite(part) for key, part in x.items()}
    if isinstance(x, list):
        return [_finite(part) for part in x]
    return None if isinstance(x, float) and not math.isfinite(x) else x


def _trouble_of(c: Coordinate) -> tuple[int, float]:
    size = max(abs(c.claimed), abs(c.measured.value))
    difference = abs(c.claimed - c.measured.value)
    relative = math.inf if not math.isfinite(difference) else difference / size if size else 0.0
    return {"fail": 0, "inconclusive": 1, "pass": 2}[c.verdict], 0.0 if c.verdict == "pass" else -relative
