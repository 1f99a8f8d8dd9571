"""`compare`: graphs laid over each other: what is in one and not in another, which numbers differ, gradients side by side."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markup import escape
from rich.table import Table

from autograd.draw.arrange import arrange
from autograd.draw.diagram import Diagram
from autograd.draw.fold import Groups
from autograd.draw.overlay import Overlay, Pair
from autograd.draw.render import DrawError
from autograd.draw.screen import measure
from autograd.draw.staging import Staging
from autograd.draw.subject import Subject, find_subject
from autograd.wording.printing import to_text
from autograd.wording.steps import to_line

# Rows of the table.
MAX_ROWS = 60
NAMES = ("first", "second", "third")


@dataclass(frozen=True)
class Comparison:
    """Graphs laid over each other.

    Attributes
    ----------
    names : tuple of str
        What the graphs are called.
    diagram : Diagram
        All of them in one picture.
    boxes : list of Pair
        Every box of the picture with what it shows in each graph.

    Examples
    --------
    >>> from autograd import Value
    >>> from autograd.draw import compare
    >>> w = Value(0.5, name="w")
    >>> found = compare((w * 2.0).tanh(), (w * 2.0).sigmoid(), names=("before", "after"))
    >>> found.differs, [(box.name, box.remark) for box in found.differences][-1]
    (True, ('tanh → sigmoid', 'operation differs'))
    """

    names: tuple[str, ...]
    diagram: Diagram
    boxes: list[Pair]

    @property
    def differences(self) -> list[Pair]:
        """The boxes that are not the same in all graphs."""
        return [box for box in self.boxes if box.mark]

    @property
    def differs(self) -> bool:
        """Whether anything does."""
        return bool(self.differences)

    @property
    def sentence(self) -> str:
        """What differs, counted."""
        *others, last = self.names
        told, boxes = f"{', '.join(others)} and {last}", "box" if len(self.boxes) == 1 else "boxes"
        if not self.differs:
            return f"{told} are the same: {len(self.boxes)} {boxes}, their values and gradients but for rounding"
        counts: dict[str, int] = {}
        for box in self.differences:
            counts[box.remark] = counts.get(box.remark, 0) + 1
        how = "; ".join(f"{remark}: {count}" for remark, count in counts.items())
        return f"{told} differ in {len(self.differences)} of {len(self.boxes)} {boxes} ({how})"

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture; see `Diagram.save`.

        Parameters
        ----------
        path : str or path

        Returns
        -------
        pathlib.Path

        Examples
        --------
        >>> import pathlib, tempfile
        >>> from autograd.draw import compare
        >>> from autograd.examples import chain_rule
        >>> found = compare(chain_rule().root, chain_rule().root)
        >>> found.save(pathlib.Path(tempfile.mkdtemp()) / "both.html").name
        'both.html'
        """
        return self.diagram.save(path)

    def _repr_mimebundle_(self, **how: Any) -> dict[str, str]:
        return {**self.diagram._repr_mimebundle_(**how), "text/plain": str(self)}

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield escape(to_line(self.sentence))
        shown = self.differences or [box for box in self.boxes if any(box.gradients)]
        table = Table("box", "")
        for what in ("value", "gradient"):
            for name in self.names:
                table.add_column(escape(to_line(f"{what}, {name}")))
        for box in shown[:MAX_ROWS]:
            texts = (box.name, box.remark, *box.values, *box.gradients)
            table.add_row(*(escape(to_line(text)) for text in texts))
        if shown:
            yield table
        if len(shown) > MAX_ROWS:
            yield f"… and {len(shown) - MAX_ROWS:,} more boxes"

    def __str__(self) -> str:
        return to_text(self, width=120)


def compare(
    *graphs: Any,
    args: Sequence[Any] = (),
    loss: Callable[..., Any] | None = None,
    names: Sequence[str] | None = None,
    rtol: float | None = None,
    fold: Literal["auto", "never", "repeats", "roles", "steps", "kinds"] = "auto",
    expand: bool | str | Sequence[str] = False,
    title: str = "",
    legend: bool = True,
) -> Comparison:
    """Lay graphs over each other: before and after an edit, two checkpoints, a model of ours and one of another framework's.

    Boxes that do the same in the same place are one box, which shows the values and gradients of all graphs side by side.
    What only some of them have, and what differs in its numbers, is marked.

    Parameters
    ----------
    *graphs
        Two or more of what `draw` takes, a `Diagram` that it gave included.
    args : sequence
        What functions and models are called with.
    loss : callable, optional
        What the scalar root of each function or model is computed by from its result.
    names : sequence of str, optional
        What the graphs are called; "first", "second", …
    rtol : float, optional
        Numbers differ by more than this share of the largest; by default by more than rounding in their own precision.
    fold, expand, title, legend
        As in `draw`.

    Returns
    -------
    Comparison

    Raises
    ------
    DrawError
        For fewer than two graphs, or another number of names.

    Examples
    --------
    >>> import numpy as np
    >>> import nn
    >>> from autograd.draw import compare
    >>> def network(activation):
    ...     return nn.Sequential(nn.Linear(3, 2, rng=0), activation, nn.Linear(2, 1, rng=1))
    >>> found = compare(network(nn.Tanh()), network(nn.ReLU()), args=[np.ones((4, 3))], loss=lambda out: out.sum())
    >>> print(found.sentence)
    first and second differ in 8 of 9 boxes (gradient differs: 5; operation differs: 1; value differs: 2)
    """
    if len(graphs) < 2:
        raise DrawError(f"compare takes two graphs or more, not {len(graphs)}")
    called = tuple(names) if names is not None else _usual_names(len(graphs))
    if len(called) != len(graphs) or len(set(called)) != len(called):
        raise DrawError(f"compare: {len(graphs)} graphs need as many different names, not {list(called)}")
    subjects = [_subject(graph, args, loss) for graph in graphs]
    paths = [expand] if isinstance(expand, str) else expand

    def stage(subject: Subject) -> Callable[[Groups], Staging]:
        return lambda groups: Staging(subject.shot, groups, None, "module", subject.names, subject.modules)

    # All are folded alike: as the largest has to be.
    largest = max(subjects, key=lambda subject: len(subject.shot.nodes))
    chosen = arrange(largest.shot.nodes, stage(largest), fold=fold, expand=paths)
    staged = [arrange(s.shot.nodes, stage(s), fold=chosen.fold, expand=paths, level=chosen.level) for s in subjects]
    overlay = Overlay([(each.staging, each.scene) for each in staged], called, rtol)
    scene = overlay.scene(title or " | ".join(called))
    diagram = Diagram(scene, subjects[0], legend, measure(scene).direction)
    return Comparison(called, diagram, overlay.pairs)


def _subject(graph: Any, args: Sequence[Any], loss: Callable[..., Any] | None) -> Subject:
    if isinstance(graph, Diagram):
        return graph.subject
    called = callable(graph)
    return find_subject(graph, args if called else (), loss=loss if called else None, passed=True)


def _usual_names(count: int) -> tuple[str, ...]:
    return (*NAMES, *(f"graph {k + 1}" for k in range(len(NAMES), count)))[:count]
