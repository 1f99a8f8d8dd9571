"""`arrange`: the first way to fold a graph, of those that fold more and more, in which its picture can be read on a screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from autograd.draw.fold import FOLDS, Groups, fold_nodes
from autograd.draw.render import DrawError
from autograd.draw.scene import Scene
from autograd.draw.screen import READABLE, measure
from autograd.draw.staging import Staging
from autograd.graph.node import Node

# Boxes from which on no screen is large enough, so that nothing is measured.
MAX_MEASURED = 300


@dataclass(frozen=True, slots=True)
class Arranged:
    """A scene with what it was made by, the way in which nodes are folded, and the level up to which modules are."""

    staging: Staging
    scene: Scene
    fold: str
    level: int


def arrange(
    nodes: Sequence[Node],
    stage: Callable[[Groups], Staging],
    *,
    fold: str = "auto",
    limit: int | None = None,
    choose: Callable[[Groups], Groups] = lambda groups: groups,
    expand: bool | Sequence[str] = (),
    level: int = 0,
) -> Arranged:
    """Fold a graph, and put its scene together.

    Parameters
    ----------
    nodes : sequence of Node
        Parents before children.
    stage : callable
        Makes the staging of some groups of nodes.
    fold : {"auto", "never", "repeats", "roles", "steps", "kinds"}
        "auto" is the first of the others, with the fewest modules folded, that can be read on a screen.
    limit : int, optional
        With "auto", the most boxes, in place of a screen.
    choose : callable, optional
        The groups that are drawn, of all.
    expand : bool or sequence of str
        Modules that are not folded.
    level : int
        From which on modules are folded; see `Staging.make_scene`.

    Raises
    ------
    DrawError
        For another word, more than 5000 boxes, or where nothing is left to draw.
    """
    if fold != "auto" and fold not in FOLDS:
        raise DrawError(f"fold={fold!r} is not 'auto', {', '.join(map(repr, FOLDS))}")
    ways = list(FOLDS) if fold == "auto" else [fold]
    # What is asked for by hand is drawn so.
    by_hand = fold != "auto" or limit is not None or bool(expand)
    best: tuple[float, Arranged] | None = None
    for way in ways:
        last = way == ways[-1]
        groups = fold_nodes(nodes, way, choose) if last else choose(FOLDS[way](nodes))
        if not groups:
            raise DrawError("draw: nothing is left to draw: all of it is constant")
        if not last and len(groups) > (MAX_MEASURED if limit is None else limit):
            continue
        staging = stage(groups)
        for deep in range(level, max(staging.levels, level + 1)):
            found = Arranged(staging, staging.make_scene(expand, deep), way, deep)
            scale = READABLE if by_hand else measure(found.scene).scale
            if scale >= READABLE:
                return found
            if best is None or scale > best[0]:
                best = scale, found
    assert best is not None, "the last way is always drawn"
    return best[1]
