"""`draw`: the boxes and arrows of a graph, with values in green, gradients in red, and the backward pass on the edges."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from autograd.draw import select
from autograd.draw.arrange import arrange
from autograd.draw.dot import to_dot
from autograd.draw.fold import Groups
from autograd.draw.page import to_html
from autograd.draw.paths import Explanation, explain
from autograd.draw.render import FORMATS, DrawError, render
from autograd.draw.scene import Scene
from autograd.draw.screen import measure
from autograd.draw.snapshot import Snapshot
from autograd.draw.staging import Staging
from autograd.draw.subject import Subject, find_subject
from autograd.draw.svg import to_svg
from autograd.files import write
from autograd.graph.node import Node


class Diagram:
    """A drawn graph.

    Attributes
    ----------
    scene : Scene
        The boxes and arrows with all that they show.
    subject : Subject
        The graph that was drawn.
    dot : str
        The DOT text; the same graph gives the same text.
    svg : str
        The picture; rendered when it is asked for.
    html : str
        One page that needs nothing else: pan, zoom, search, fold, and play the backward pass.

    Examples
    --------
    >>> from autograd import Value
    >>> a, b = Value(2.0, name="a"), Value(1.0, name="b")
    >>> e = (a + b) * (b + 1)
    >>> from autograd.draw import draw
    >>> diagram = draw(e)
    >>> diagram.dot.startswith('digraph'), diagram.svg.startswith('<?xml')
    (True, True)
    """

    def __init__(self, scene: Scene, subject: Subject, legend: bool = True, direction: str = "right") -> None:
        self.scene, self.subject = scene, subject
        self._legend, self._direction = legend, direction

    @cached_property
    def dot(self) -> str:
        return to_dot(self.scene, self._legend, self._direction)

    @cached_property
    def svg(self) -> str:
        return to_svg(self.dot)

    @property
    def html(self) -> str:
        """One page that needs nothing else."""
        return to_html(self.scene)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write `x.svg`, `x.png`, `x.pdf`, `x.html` or `x.dot`, whole or not at all.

        Parameters
        ----------
        path : str or path
            Its ending says the format.

        Returns
        -------
        pathlib.Path

        Raises
        ------
        DrawError
            For another ending, or a file that cannot be written.
        RendererMissingError
            Where there is no Graphviz, which `.html` and `.dot` do without; it is a DrawError.

        Examples
        --------
        >>> from autograd.draw import draw
        >>> from autograd.examples import chain_rule
        >>> import pathlib, tempfile
        >>> draw(chain_rule().root).save(pathlib.Path(tempfile.mkdtemp()) / 'graph.dot').name
        'graph.dot'
        """
        form = Path(path).suffix.lower().removeprefix(".")
        if form == "html":
            return write(path, self.html.encode())
        if form not in FORMATS:
            raise DrawError(f"cannot draw to {os.fspath(path)!r}: the name must end in .html, .{', .'.join(FORMATS)}")
        return write(path, self.svg.encode() if form == "svg" else render(self.dot, form))

    def explain(self, node: Node | str, paths: int = 5) -> Explanation:
        """Explain a node's gradient by the paths from the root; see `explain`.

        Parameters
        ----------
        node : Node or str
            Itself, or its name.
        paths : int
            How many, the largest first.

        Returns
        -------
        Explanation

        Examples
        --------
        >>> from autograd.draw import draw
        >>> from autograd.examples import chain_rule
        >>> draw(chain_rule().root).explain('b').gradient
        5.0
        """
        shot = self.subject.shot
        return explain(shot if shot.gradients else shot.root, node, paths)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        # A wide picture shrinks to the width of the notebook.
        fitting = re.sub(
            r'<svg width="(\d+)pt" height="\d+pt"', r'<svg style="width: 100%; max-width: \1pt"', self.svg, count=1
        )
        return {"image/svg+xml": fitting, "text/plain": repr(self)}

    def __repr__(self) -> str:
        boxes, nodes = len(self.scene.collapse().boxes), len(self.subject.shot.nodes)
        shown = f"{boxes} box{'' if boxes == 1 else 'es'} for {nodes:,} node{'' if nodes == 1 else 's'}"
        return f"<Diagram: {shown}: .svg, .html, .dot, .save('x.svg')>"


def draw(
    root: Node | Snapshot | Callable[..., Any] | BaseException,
    *args: Any,
    gradient: Any = None,
    loss: Callable[..., Any] | None = None,
    passes: Literal["both", "forward", "backward"] | None = None,
    fold: Literal["auto", "never", "repeats", "roles", "steps", "kinds"] = "auto",
    limit: int | None = None,
    group: Literal["module", "site"] | None = "module",
    expand: bool | str | Sequence[str] = False,
    constants: bool = True,
    focus: Node | str | None = None,
    radius: int = 2,
    between: tuple[Node | str, Node | str] | None = None,
    since: Snapshot | None = None,
    light: Explanation | None = None,
    direction: Literal["right", "down"] | None = None,
    title: str = "",
    legend: bool = True,
) -> Diagram:
    """Draw the graph that a node was computed by.

    Every box shows its name, operation, value (green) and gradient (red, after a ∇). Every arrow shows the backward pass,
    and points the way the gradient flows, from a result to its operand: the local derivative as formula and number, the
    width of the contribution on a log scale, blue where it is positive and orange where negative; zero, vanishing,
    exploding and broken ones have lines of their own, which the legend names. Where no gradient flows, the arrow is grey
    and points from the operand to the result.

    Parameters
    ----------
    root : Node, Snapshot, callable or exception
        A `Value`, a `Tensor`, a kept `snapshot`; or a function or an `nn` model, which is called with `args`, and through
        whose result the backward pass is then drawn. A model or function of PyTorch's or JAX's is captured; see `autograd.bridge`.
        Of an error, what was recorded until it was raised, and the call that failed.
    *args
        Nodes, numbers and arrays; floats and float arrays become leaves of their own.
    gradient : float or array, optional
        What arrives at the root; ones by default. A root that is not a scalar needs it for a backward pass.
    loss : callable, optional
        For a function or a model: what the scalar root is computed by from its result.
    passes : {"both", "forward", "backward"}, optional
        What is drawn; by default both, if the root is a scalar and `backward()` has been called, or a function is drawn.
        The pass is run again for the drawing, and leaves every `.grad` as it is.
    fold : {"auto", "never", "repeats", "roles", "steps", "kinds"}
        Which nodes are one box: none; equal subgraphs that are added up (100 samples through one network); whatever is
        computed in the same way (the units of a layer); whatever each step of a recurrence computes in the same way; all
        of one operation on one line. "auto" is the first of these of which the whole can be read on a screen; before it
        folds nodes, it folds the modules around those that are one box already.
    limit : int, optional
        With "auto", so many boxes are few enough, in place of what can be read on a screen.
    group : {"module", "site", None}
        What frames are drawn around: `nn` modules, or the source lines that `record_sites` recorded.
    expand : bool, str or sequence of str
        Modules, by path, that are drawn as their operations; the others are one box a layer. A page can expand them all.
    constants : bool
        Whether constants are drawn.
    focus : Node or str, optional
        Draw only what is within `radius` edges of the box of this node, which is given itself or by its name.
    radius : int
    between : tuple of (Node or str, Node or str), optional
        Draw only the paths from the first to the second, which was computed from it.
    since : Snapshot, optional
        A pass through an equal graph before; values, gradients and contributions are shown as they changed.
    light : Explanation, optional
        Edges to light up.
    direction : {"right", "down"}, optional
        Where a picture's values flow; by default down where it would be too wide to be read. A page chooses what fits it,
        and wraps what is long.
    title : str
    legend : bool

    Returns
    -------
    Diagram

    Raises
    ------
    DrawError
        For something that is not a node, a backward pass where there can be none, or more than 5000 boxes.

    Examples
    --------
    >>> from autograd import Value
    >>> a = Value(3.0, name="a")
    >>> square = a * a
    >>> square.backward()
    >>> draw(square).dot.count("->")
    2
    >>> draw(lambda x: x.exp() * x, 2.0)
    <Diagram: 3 boxes for 3 nodes: .svg, .html, .dot, .save('x.svg')>

    >>> import numpy as np
    >>> try:
    ...     draw(lambda x, w: (x @ w).tanh() + np.ones(3), np.ones((2, 4)), np.ones((4, 5)))
    ... except ValueError as error:
    ...     [(box.title, box.remark[:30]) for box in draw(error).scene.boxes][-1]
    ('add fails', 'ShapeError: add: operands coul')
    """
    if passes not in (None, "both", "forward", "backward"):
        raise DrawError(f"passes={passes!r} is not 'both', 'forward' or 'backward'")
    if group not in (None, "module", "site"):
        raise DrawError(f"group={group!r} is not 'module', 'site' or None")
    if direction not in (None, "right", "down"):
        raise DrawError(f"direction={direction!r} is not 'right' or 'down'")
    subject = find_subject(root, args, gradient=gradient, loss=loss, passes=passes, passed=since is not None)
    shot = subject.shot
    choose = _make_chooser(shot, constants, focus, radius, between)
    paths = [expand] if isinstance(expand, str) else expand

    def stage(groups: Groups) -> Staging:
        return Staging(
            shot,
            groups,
            since,
            group,
            subject.names,
            subject.modules,
            light.edges if light is not None else frozenset(),
            passes or "both",
            title or subject.title,
            subject.failed,
        )

    scene = arrange(shot.nodes, stage, fold=fold, limit=limit, choose=choose, expand=paths).scene
    if not isinstance(paths, bool):
        _known_names(paths, [c.box.notes[0][1] for c in scene.clusters])
    return Diagram(scene, subject, legend, direction or measure(scene).direction)


def _make_chooser(
    shot: Snapshot,
    constants: bool,
    focus: Node | str | None,
    radius: int,
    ends: tuple[Node | str, Node | str] | None,
) -> Callable[[Groups], Groups]:
    """Which of a graph's boxes are drawn."""
    start, end = map(shot.find, ends) if ends is not None else (None, None)
    centre = shot.find(focus) if focus is not None else None

    def choose(groups: Groups) -> Groups:
        if start is not None and end is not None:
            groups = select.select_between(groups, start, end, shot.names)
        if centre is not None:
            groups = select.select_near(groups, centre, radius, shot.names)
        return groups if constants else select.drop_constants(groups)

    return choose


def _known_names(paths: Sequence[str], there: Sequence[str]) -> None:
    for path in paths:
        if path not in there:
            raise DrawError(f"expand: there is no {path!r}; the modules are {', '.join(there) or 'none'}")
