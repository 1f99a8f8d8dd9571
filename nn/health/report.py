"""`HealthReport`: what was found, in words, as a table, as JSON and as a figure, with the way to the debugger and the diagram."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType

from autograd.graph.node import Node, ancestors
from autograd.graph.sites import Site
from autograd.wording.printing import to_text
from nn.health.finding import Finding
from nn.health.place import Place
from nn.health.record import Record
from nn.health.verdict import Verdict
from nn.module import Module

if TYPE_CHECKING:
    from autograd.debug import Session
    from autograd.draw import Diagram


class HealthReport(Verdict):
    """A verdict with its evidence. `print(report)` shows it all; it is true where the verdict is "healthy".

    Attributes
    ----------
    record : Record
        What was measured.
    findings : list of Finding
        The gravest first; empty for a healthy run.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
    >>> model = nn.Sequential(nn.Linear(1, 4, rng=0), nn.Tanh(), nn.Linear(4, 1, rng=1))
    >>> report = nn.health.examine(model, x, x**2, nn.MSELoss())
    >>> bool(report), report.verdict, report.findings
    (True, 'healthy', [])
    """

    def __init__(self, record: Record, findings: list[Finding], graph: Callable[[], tuple[Node, Module]]) -> None:
        super().__init__(record, findings)
        self._graph = graph

    # in words

    def __rich__(self) -> RenderableType:
        from nn.health.show import render

        return render(self)

    def __str__(self) -> str:
        return to_text(self)

    def __repr__(self) -> str:
        return f"<HealthReport: {self.verdict}, {len(self.findings)} findings>"

    def to_json(self) -> str:
        """Everything as JSON: verdict, findings, and the measures of all steps; NaN and infinity are null.

        Returns
        -------
        str

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Sequential(nn.Linear(1, 4, rng=0), nn.ReLU(), nn.Linear(4, 1, rng=1))
        >>> report = nn.health.examine(model, x, x**2, nn.MSELoss())
        >>> import json
        >>> json.loads(report.to_json())['verdict']
        'healthy'
        """
        return json.dumps(
            {
                "verdict": self.verdict,
                "findings": [to_plain(asdict(finding)) for finding in self.findings],
                "losses": to_plain(self.record.losses),
                "steps": [to_plain(asdict(step)) for step in self.record.steps],
                "epochs": to_plain(self.record.epochs),
            }
        )

    def figure(self) -> Any:
        """A matplotlib figure: gradients of every layer, update/weight ratios with the line of 1e-3, saturated and dead shares.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        MissingDependencyError
            Where matplotlib is not installed.

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Sequential(nn.Linear(1, 4, rng=0), nn.ReLU(), nn.Linear(4, 1, rng=1))
        >>> report = nn.health.examine(model, x, x**2, nn.MSELoss())
        >>> len(report.figure().axes) > 0
        True
        """
        from nn.health.figure import draw_report

        return draw_report(self)

    # on to the node

    @cached_property
    def graph(self) -> Node:
        """The loss of the last batch, recorded anew with source lines, on a copy of the model as it is now."""
        return self._recorded[0]

    @cached_property
    def _recorded(self) -> tuple[Node, Module]:
        return self._graph()

    def node(self, finding: Finding) -> Node | None:
        """The node of `graph` that a finding is about; None where it is about none, or it is not in the graph.

        Parameters
        ----------
        finding : Finding

        Returns
        -------
        Node or None

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.ones((8, 2), np.float32)
        >>> model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.Linear(3, 2, rng=1), nn.Softmax())
        >>> report = nn.health.examine(model, x, np.arange(8) % 2, nn.CrossEntropyLoss())
        >>> report.node(report.findings[0]).op.name
        'softmax'
        """
        root, model = self._recorded
        nodes = sorted(ancestors(root), key=lambda node: node.order)
        place = finding.place
        there = [n for n in nodes if (n.scope or "") == place.module and Place.of(n).op == place.op and place.op]
        by_line = [n for n in there if str(n.site or "") == place.site]
        if by_line or there:
            return (by_line or there)[0]
        own = {id(p) for path, p in model.named_parameters() if path.startswith(f"{finding.path}.")}
        return next((n for n in nodes if id(n) in own), None)

    def session(self, finding: Finding | None = None) -> Session:
        """A debugging session over `graph`, with a breakpoint in the backward pass at a finding, the gravest by default.

        Parameters
        ----------
        finding : Finding, optional
            The gravest by default.

        Returns
        -------
        Session

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Sequential(nn.Linear(1, 4, rng=0), nn.ReLU(), nn.Linear(4, 1, rng=1))
        >>> report = nn.health.examine(model, x, x**2, nn.MSELoss())
        >>> len(report.session()) > 0
        True
        """
        from autograd.debug import Session

        session = Session(self.graph)
        node = self._node_of(finding)
        if node is not None and node.requires_grad:
            session.break_at(name=session.name(node), phase="backward")
        return session

    def draw(self, finding: Finding | None = None, **options: Any) -> Diagram:
        """`autograd.draw.draw` of `graph`, around a finding, the gravest by default; options are those of `draw`.

        Parameters
        ----------
        finding : Finding, optional
            The gravest by default.
        **options
            Of `autograd.draw.draw`.

        Returns
        -------
        Diagram

        Examples
        --------
        >>> import numpy as np, nn
        >>> x = np.linspace(-1.0, 1.0, 32, dtype=np.float32)[:, None]
        >>> model = nn.Sequential(nn.Linear(1, 4, rng=0), nn.ReLU(), nn.Linear(4, 1, rng=1))
        >>> report = nn.health.examine(model, x, x**2, nn.MSELoss())
        >>> report.draw().svg.startswith('<?xml')
        True
        """
        from autograd.draw import draw

        node = self._node_of(finding)
        if node is not None:
            options.setdefault("focus", node)
        return draw(self.graph, **{"passes": "both" if self.graph.requires_grad else "forward", **options})

    def _node_of(self, finding: Finding | None) -> Node | None:
        chosen = finding or (self.findings[0] if self.findings else None)
        return self.node(chosen) if chosen is not None else None


def to_plain(x: Any) -> Any:
    """Numbers, texts, lists and dicts as JSON knows them."""
    if isinstance(x, dict):
        return {key: to_plain(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [to_plain(value) for value in x]
    if isinstance(x, float):
        return x if math.isfinite(x) else None
    if isinstance(x, Site):
        return str(x)
    return x.tolist() if hasattr(x, "tolist") else x
