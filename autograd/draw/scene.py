"""`Scene`: the boxes, arrows and clusters of a diagram with all that they show, before any format of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from autograd.draw.style import STATES
from autograd.wording.numbers import Numbers

# Arrows between the same two boxes from which on they are one.
MIN_BUNDLED = 8


@dataclass(frozen=True, slots=True)
class Box:
    """A node, several folded into one, or a whole module.

    Attributes
    ----------
    key : str
        Such as `n12`, of the first node's number.
    title, operation : str
    kind : {"leaf", "constant", "operation", "module"}
    count : int
        Of nodes; of graphs that are compared, the most of any.
    value, gradient : str
        In a few words; empty where there is none.
    parts : tuple of (str, Numbers)
        What is known in detail: the value, the gradient, a module's parameters, …
    notes : tuple of (str, str)
        Further lines: shape, source line, …
    cluster : str or None
        The key of the innermost cluster that it stands in.
    mark : {"", "added", "removed", "changed", "failed"}
        Of a comparison, or a call that raised an error.
    remark : str
        The mark in words.
    strip : str
        Of steps in time, a bar for the norm of each one's gradient.
    counts : str
        Of nodes in each graph that is compared, where they differ.
    """

    key: str
    title: str
    operation: str = ""
    kind: str = "operation"
    count: int = 1
    value: str = ""
    gradient: str = ""
    parts: tuple[tuple[str, Numbers], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    cluster: str | None = None
    mark: str = ""
    remark: str = ""
    strip: str = ""
    counts: str = ""

    @property
    def times(self) -> str:
        """How many nodes it stands for, as in "×3"; empty for one.

        Examples
        --------
        >>> Box("n1", "tanh", count=3).times, Box("n1", "tanh").times
        ('×3', '')
        """
        return f"×{self.counts or f'{self.count:,}'}" if self.count > 1 else ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """What one box passes to another as an operand, and what comes back of the gradient.

    Attributes
    ----------
    key, source, target : str
        `source` is the operand; the contribution goes from `target` to `source`.
    label : str
        The local derivative: formula and number.
    derivative : str
        The same in full, `∂e/∂c = d = 2`; empty where it is not a number of two nodes.
    state : str
        One of `STATES`; "plain" without a pass.
    strength : float
        The size of the contribution, in units of the gradient at the root.
    balance : float
        From -1, all negative, to 1, all positive.
    sent : Numbers or None
        The contribution.
    count : int
        Of edges of the graph.
    lit : bool
        Whether it is part of an explanation.
    several : bool
        Whether it stands for arrows of which `sent` is the strongest's.
    remark : str
        In which graphs alone it is, of those that are compared.
    """

    key: str
    source: str
    target: str
    label: str = ""
    derivative: str = ""
    state: str = "plain"
    strength: float = 0.0
    balance: float = 0.0
    sent: Numbers | None = None
    count: int = 1
    lit: bool = False
    several: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Boxes in a frame, and the one box that they are when it is folded."""

    key: str
    box: Box
    folded: bool = False

    @property
    def parent(self) -> str | None:
        """The frame around this one."""
        return self.box.cluster


@dataclass(frozen=True)
class Scene:
    """What a diagram shows.

    Attributes
    ----------
    boxes, arrows, clusters : list
    order : list of str
        Boxes in the order of the reverse pass.
    title : str
    passes : {"both", "forward", "backward"}
    changes : bool
        Whether contributions are shown as they changed.
    names : tuple of str
        Of the graphs that are laid over each other.
    """

    boxes: list[Box]
    arrows: list[Arrow]
    clusters: list[Cluster] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    title: str = ""
    passes: str = "both"
    changes: bool = False
    names: tuple[str, ...] = ()

    def collapse(self) -> Scene:
        """The scene with every folded cluster as one box."""
        inside = {cluster.key: cluster for cluster in self.clusters}

        def outermost(cluster: str | None) -> Cluster | None:
            found = None
            while cluster is not None:
                if inside[cluster].folded:
                    found = inside[cluster]
                cluster = inside[cluster].parent
            return found

        stands_for: dict[str, str] = {}
        boxes: dict[str, Box] = {}
        for box in self.boxes:
            around = outermost(box.cluster)
            seen = box if around is None else around.box
            boxes[seen.key] = seen
            stands_for[box.key] = seen.key
        kept = [c for c in self.clusters if outermost(c.key) is None]
        moved = [replace(a, source=stands_for[a.source], target=stands_for[a.target]) for a in self.arrows]
        crossing = [a for b, a in zip(self.arrows, moved, strict=True) if a.source != a.target or b == a]
        order = list(dict.fromkeys(stands_for[key] for key in self.order))
        return replace(self, boxes=list(boxes.values()), arrows=bundle_arrows(crossing), clusters=kept, order=order)


def bundle_arrows(arrows: Iterable[Arrow]) -> list[Arrow]:
    """Many arrows between the same two boxes as one: the strongest, in the gravest state."""
    between: defaultdict[tuple[str, str], list[Arrow]] = defaultdict(list)
    for arrow in arrows:
        between[arrow.source, arrow.target].append(arrow)
    found: list[Arrow] = []
    for bundle in between.values():
        module = any(key.startswith("m") for key in (bundle[0].source, bundle[0].target))
        if len(bundle) == 1 or not (module or len(bundle) > MIN_BUNDLED):
            found += bundle
            continue
        # What explodes or breaks is seen; what is zero only where all is.
        gravest = max(bundle, key=lambda a: (STATES.index(a.state), a.strength))
        found.append(
            replace(
                gravest,
                label="",
                derivative="",
                remark="",
                count=sum(a.count for a in bundle),
                lit=any(a.lit for a in bundle),
                several=True,
            )
        )
    return found
