"""`Overlay`: the boxes of several scenes, those that are in the same place as one, and the scene that shows all of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Any

import numpy as np

from autograd.draw.scene import Arrow, Box, Cluster, Scene
from autograd.draw.staging import Staging
from autograd.graph.node import Node
from autograd.wording.numbers import Numbers, in_double

# Between what the graphs show of a box.
BESIDE = " | "
# A box that is not in a graph shows there.
NOTHING = "–"


@dataclass
class Pair:
    """A box of the picture, with what it is in each graph.

    Attributes
    ----------
    key : str
    count : int
        Of graphs.
    boxes : list of Box or None
        One a graph.
    groups : list of list of Node
        What each of them stands for.
    frame : str or None
        The module that it stands in.
    mark : {"", "added", "removed", "changed"}
        "added" is in later graphs alone; "removed" is in the first and not in all.
    remark : str
        The mark in words.
    """

    key: str
    count: int
    boxes: list[Box | None] = field(default_factory=list)
    groups: list[list[Node]] = field(default_factory=list, repr=False)
    frame: str | None = None
    mark: str = ""
    remark: str = ""

    def __post_init__(self) -> None:
        self.boxes = self.boxes or [None] * self.count
        self.groups = self.groups or [[] for _ in range(self.count)]

    @property
    def box(self) -> Box:
        """The box of the first graph that has it."""
        return next(box for box in self.boxes if box is not None)

    @property
    def name(self) -> str:
        """What the first graph that has it calls it; what all do where the operations differ, or the names of a leaf."""
        if len(self._told) > 1:
            return self.title
        title = f"{self.frame}.{self.box.title}" if self.frame and self.box.kind == "leaf" else self.box.title
        return " ".join(filter(None, (title, self.box.operation))) or self.box.value

    @property
    def title(self) -> str:
        """The name without its module, for the box."""
        if len(self._told) < 2:
            return self.box.title
        # A name of the user's that all graphs have stays in front of the operations.
        names = {group[0].name for group in self.groups if group}
        shared = [self.box.title] if names == {self.box.title} else []
        return " ".join([*shared, " → ".join(self._told)])

    @property
    def _told(self) -> list[str]:
        """What tells the box of one graph from that of another."""
        boxes = [box for box in self.boxes if box is not None]
        if self.box.kind == "constant":
            return []
        told = [box.title if box.kind == "leaf" else box.operation or box.title for box in boxes]
        return list(dict.fromkeys(told))

    @property
    def values(self) -> list[str]:
        """What each graph shows as its value."""
        return [NOTHING if box is None else box.value for box in self.boxes]

    @property
    def gradients(self) -> list[str]:
        """What each graph shows as its gradient."""
        return [NOTHING if box is None else box.gradient for box in self.boxes]


class Overlay:
    """Lays staged graphs over each other.

    Parameters
    ----------
    staged : sequence of (Staging, Scene)
        One a graph, folded alike.
    names : sequence of str
    rtol : float or None
        See `compare`.
    """

    def __init__(self, staged: Sequence[tuple[Staging, Scene]], names: Sequence[str], rtol: float | None) -> None:
        self._staged, self._names, self._rtol = staged, names, rtol
        self.pairs: list[Pair] = []
        # The pair of every box of each graph.
        self._pair_of: list[dict[str, Pair]] = [{} for _ in staged]
        # The path in the picture of every module of each graph that boxes stand in.
        self._paths: list[dict[str, str]] = [{} for _ in staged]
        for number in range(len(staged)):
            self._lay(number)
        for pair in self.pairs:
            pair.mark, pair.remark = self._judge(pair)

    # which boxes are one

    def _lay(self, number: int) -> None:
        """Match the boxes of one more graph with those that are there, as a text is with another version of it."""
        staging, scene = self._staged[number]
        boxes = list(zip(scene.boxes, staging.groups, strict=True))
        new = [self._places(box, staging, group) for box, group in boxes]
        there = [self._places_of(pair) for pair in self.pairs]
        laid: list[Pair] = []
        aligned = list(_align(there, new))
        frames = self._frames_of(number, [(o, boxes[p][1]) for o, p in aligned if p is not None])
        for old, position in aligned:
            pair = Pair(f"n{len(laid)}_{number}", len(self._staged)) if old is None else self.pairs[old]
            laid.append(pair)
            if position is not None:
                box, group = boxes[position]
                frame = staging.frame(group)
                pair.boxes[number], pair.groups[number] = box, group
                pair.frame = pair.frame or (frame and frames[frame])
                self._pair_of[number][box.key] = pair
        self.pairs = laid

    def _frames_of(self, number: int, members: Sequence[tuple[int | None, list[Node]]]) -> dict[str, str]:
        """Where the modules of a graph are in the picture: a layer in front gives them other paths, and takes theirs."""
        staging = self._staged[number][0]
        there: defaultdict[str, list[str]] = defaultdict(list)
        for old, group in members:
            frame, known = staging.frame(group), None if old is None else self.pairs[old].frame
            if frame is not None:
                there[frame] += [known] if known is not None else []
        taken = {pair.frame for pair in self.pairs}
        for frame, known_frames in there.items():
            found = Counter(known_frames).most_common(1)[0][0] if known_frames else frame
            while not known_frames and found in taken:
                found += "'"
            self._paths[number][frame] = found
            taken.add(found)
        return self._paths[number]

    def _places_of(self, pair: Pair) -> tuple[Hashable, ...]:
        number = next(k for k, found in enumerate(pair.boxes) if found is not None)
        return self._places(pair.box, self._staged[number][0], pair.groups[number])

    def _places(self, box: Box, staging: Staging, group: list[Node]) -> tuple[Hashable, ...]:
        """What makes a box the same as one of another graph; each tells fewer apart, for what has moved or was exchanged.

        A number is in its place whatever it is; what was computed is called as it happens.
        """
        node = group[0]
        kind = box.kind, node.op and node.op.name, box.title if node.op is None and staging.is_named(node) else ""
        shape, frame = np.shape(staging.shot.values[node]), staging.frame(group)
        return (kind, frame, shape), (kind, shape), (kind, frame), (box.kind, shape)

    # what differs

    def _judge(self, pair: Pair) -> tuple[str, str]:
        having = [name for name, box in zip(self._names, pair.boxes, strict=True) if box is not None]
        if len(having) < len(self._names):
            return ("removed" if pair.boxes[0] is not None else "added"), f"only in {', '.join(having)}"
        first, *others = pair.groups
        if any(other[0].op is not first[0].op for other in others):
            return "changed", "operation differs"
        if any(len(other) != len(first) for other in others):
            return "changed", "number of nodes differs"
        differing = [
            what
            for what in ("value", "gradient")
            if any(not self._alike(what, pair.groups, number) for number in range(1, len(self._names)))
        ]
        return (
            ("changed", f"{' and '.join(differing)} differ{'s' if len(differing) == 1 else ''}")
            if differing
            else ("", "")
        )

    def _alike(self, what: str, groups: Sequence[list[Node]], number: int) -> bool:
        mine, theirs = self._numbers(what, 0, groups[0]), self._numbers(what, number, groups[number])
        if mine is None or theirs is None:
            return mine is None and theirs is None
        if [np.shape(x) for x in mine] != [np.shape(x) for x in theirs]:
            return False
        return all(_alike(x, y, self._rtol) for x, y in zip(mine, theirs, strict=True))

    def _numbers(self, what: str, number: int, group: list[Node]) -> list[Any] | None:
        shot = self._staged[number][0].shot
        known = shot.values if what == "value" else shot.gradients
        found = [known.get(node) for node in group]
        return None if all(x is None for x in found) else [0.0 if x is None else x for x in found]

    # the picture

    def scene(self, title: str) -> Scene:
        """All graphs in one scene."""
        clusters = self._clusters()
        boxes = [self._box(pair, {path: cluster.key for path, cluster in clusters.items()}) for pair in self.pairs]
        order = [pair.key for pair in reversed(self.pairs) if any(pair.gradients)]
        passed = any(scene.order for _, scene in self._staged)
        passes = "both" if passed else "forward"
        return Scene(
            boxes,
            self._arrows(),
            list(clusters.values()),
            order if passed else [],
            title,
            passes,
            names=tuple(self._names),
        )

    def _box(self, pair: Pair, keys: dict[str, str]) -> Box:
        counts = {box.count for box in pair.boxes if box is not None}
        return replace(
            pair.box,
            key=pair.key,
            title=pair.title,
            operation="" if pair.title != pair.box.title else pair.box.operation,
            value=_beside(pair.values, pair.boxes),
            gradient=_beside(pair.gradients, pair.boxes),
            count=max(counts),
            counts=BESIDE.join(f"{box.count:,}" if box else NOTHING for box in pair.boxes) if len(counts) > 1 else "",
            parts=self._parts(pair.boxes) if pair.mark else pair.box.parts,
            notes=_notes(pair.boxes),
            strip=_beside([box.strip if box else "" for box in pair.boxes], pair.boxes),
            cluster=keys.get(pair.frame or ""),
            mark=pair.mark,
            remark=pair.remark,
        )

    def _parts(self, boxes: Sequence[Box | None]) -> tuple[tuple[str, Numbers], ...]:
        return tuple(
            (f"{what} in {name}", numbers)
            for name, box in zip(self._names, boxes, strict=True)
            if box is not None
            for what, numbers in box.parts
        )

    def _clusters(self) -> dict[str, Cluster]:
        """The modules of all graphs by their paths, folded where they are in the first that has them."""
        found: dict[str, list[Cluster | None]] = defaultdict(lambda: [None] * len(self._staged))
        for number, (_, scene) in enumerate(self._staged):
            for cluster in scene.clusters:
                path = cluster.box.notes[0][1]
                found[self._paths[number].get(path, path)][number] = cluster
        keys = {path: f"m{number}" for number, path in enumerate(found)}
        inside: defaultdict[str, list[Pair]] = defaultdict(list)
        for pair in self.pairs:
            parts = (pair.frame or "").split(".")
            for k in range(len(parts)):
                inside[".".join(parts[: k + 1])].append(pair)
        laid = {}
        for path, clusters in found.items():
            boxes = [None if c is None else c.box for c in clusters]
            first = next(c for c in clusters if c is not None)
            mark, remark = self._judge_module(boxes, inside[path])
            values = [NOTHING if b is None else b.value for b in boxes]
            gradients = [NOTHING if b is None else b.gradient for b in boxes]
            titles = dict.fromkeys(b.title for b in boxes if b is not None)
            box = replace(
                first.box,
                key=keys[path],
                title=" → ".join(titles),
                value=_beside(values, boxes),
                gradient=_beside(gradients, boxes),
                parts=self._parts(boxes) if mark else first.box.parts,
                cluster=keys.get(path.rpartition(".")[0]),
                mark=mark,
                remark=remark,
            )
            laid[path] = Cluster(keys[path], box, first.folded)
        return laid

    def _judge_module(self, boxes: Sequence[Box | None], inside: Sequence[Pair]) -> tuple[str, str]:
        having = [name for name, box in zip(self._names, boxes, strict=True) if box is not None]
        if len(having) < len(self._names):
            return ("removed" if boxes[0] is not None else "added"), f"only in {', '.join(having)}"
        differing = {pair.key for pair in inside if pair.mark}
        return (
            ("changed", f"{len(differing)} of its boxes differ{'s' if len(differing) == 1 else ''}")
            if differing
            else ("", "")
        )

    def _arrows(self) -> list[Arrow]:
        found: dict[tuple[str, str, str], list[Arrow | None]] = defaultdict(lambda: [None] * len(self._staged))
        for number, (_, scene) in enumerate(self._staged):
            pair_of = self._pair_of[number]
            for arrow in scene.arrows:
                # The number of the operand stands in the middle of an arrow's key.
                operand = arrow.key.removeprefix(f"{arrow.target}_").removesuffix(f"_{arrow.source}")
                found[pair_of[arrow.source].key, pair_of[arrow.target].key, operand][number] = arrow
        partial = {pair.key for pair in self.pairs if None in pair.boxes}
        laid = []
        for (source, target, operand), arrows in found.items():
            first = next(arrow for arrow in arrows if arrow is not None)
            label = _beside(["" if arrow is None else arrow.label for arrow in arrows], arrows)
            having = [name for name, arrow in zip(self._names, arrows, strict=True) if arrow is not None]
            # Of a box that is marked itself it goes without saying.
            alone = len(having) < len(self._names) and not {source, target} & partial
            laid.append(
                replace(
                    first,
                    key=f"{target}_{operand}_{source}",
                    source=source,
                    target=target,
                    label=label,
                    derivative=first.derivative if label == first.label else "",
                    remark=f"only in {', '.join(having)}" if alone else "",
                )
            )
        return laid


def _align(
    old: Sequence[tuple[Hashable, ...]], new: Sequence[tuple[Hashable, ...]], level: int = 0
) -> Iterator[tuple[int | None, int | None]]:
    """Positions in both, in one order, those that are the same as one; each level of their keys tells fewer apart."""
    if not old or not new or level == len(new[0]):
        yield from ((i, None) for i in range(len(old)))
        yield from ((None, j) for j in range(len(new)))
        return
    mine, theirs = [keys[level] for keys in old], [keys[level] for keys in new]
    # Both ends are as they were: where `c * b` follows a sum in one graph and a product in the other, it is the last of both.
    start = _count_shared(mine, theirs)
    end = _count_shared(mine[start:][::-1], theirs[start:][::-1])
    mine, theirs = mine[start : len(mine) - end], theirs[start : len(theirs) - end]
    yield from zip(range(start), range(start), strict=True)
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    for what, i, i_end, j, j_end in matcher.get_opcodes():
        i, i_end, j, j_end = i + start, i_end + start, j + start, j_end + start
        if what == "equal":
            yield from zip(range(i, i_end), range(j, j_end), strict=True)
        else:
            for one, other in _align(old[i:i_end], new[j:j_end], level + 1):
                yield None if one is None else i + one, None if other is None else j + other
    yield from zip(range(len(old) - end, len(old)), range(len(new) - end, len(new)), strict=True)


def _count_shared(mine: Sequence[Hashable], theirs: Sequence[Hashable]) -> int:
    """How many of both are the same before the first that is not."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(mine, theirs, strict=False)))


def _notes(boxes: Sequence[Box | None]) -> tuple[tuple[str, str], ...]:
    """What the boxes of all graphs are noted with, side by side."""
    noted = [{} if box is None else dict(box.notes) for box in boxes]
    return tuple(
        (what, _beside([notes.get(what, "") for notes in noted], boxes))
        for what in dict.fromkeys(what for notes in noted for what in notes)
    )


def _beside(texts: Sequence[str], boxes: Sequence[Any]) -> str:
    """The texts of all graphs side by side; one where those that have the box or arrow agree."""
    told = [text for text, box in zip(texts, boxes, strict=True) if box is not None]
    if len(set(told)) == 1:
        return told[0]
    return BESIDE.join(text or NOTHING for text in texts) if any(told) else ""


def _alike(x: Any, y: Any, rtol: float | None) -> bool:
    """Whether two numbers or arrays are the same but for rounding, or but for a share of the largest of them."""
    kind = np.result_type(np.asarray(x), np.asarray(y))
    if rtol is None:
        rtol = float(np.sqrt(np.finfo(kind).eps)) if kind.kind in "fc" else 0.0
    mine, theirs = in_double(x), in_double(y)
    sizes = np.abs(mine[np.isfinite(mine)])
    return bool(np.allclose(mine, theirs, rtol=0.0, atol=rtol * float(sizes.max(initial=0.0)), equal_nan=True))
