"""How large a scene is drawn, before anything lays it out: whether it can be read on a screen, and in which direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograd.draw.scene import Box, Scene

# The room that a page has for the picture on a laptop.
SCREEN = (1280.0, 640.0)
# Below this scale the letters are too small to read; a page opens no smaller.
READABLE = 0.4
# The width of a picture that can be read in a notebook or a book.
MAX_WIDTH = 1800.0
# What letters, margins and gaps take, in points.
LETTER, LINE, MARGIN, GAP, BESIDE = 7.2, 18.0, 22.0, 44.0, 26.0
# Letters of a name that are drawn, and of a label on one line.
MAX_NAME, MAX_LABEL = 38, 16
# Rows that a chain is wrapped into, and arrows that may go from one row to the next.
MAX_ROWS, MAX_WRAPPED = 6, 4


@dataclass(frozen=True, slots=True)
class Extent:
    """How much room a scene takes, from its leaves to its root: `width` and `height`, and what it can be wrapped into.

    Attributes
    ----------
    across, down : (float, float)
        Width and height where values flow to the right, and where they flow down.
    wrapped : sequence of (float, float)
        The same where the picture to the right is wrapped into 2, 3, … rows.
    """

    across: tuple[float, float]
    down: tuple[float, float]
    wrapped: Sequence[tuple[float, float]] = ()

    @property
    def scale(self) -> float:
        """The largest scale at which all of it is on the screen."""
        return max(min(SCREEN[0] / w, SCREEN[1] / h) for w, h in (self.across, self.down, *self.wrapped))

    @property
    def direction(self) -> str:
        """Where values flow in a picture that cannot wrap but may be scrolled: down where it is too wide to the right."""
        too_wide = self.across[0] > MAX_WIDTH
        return "down" if too_wide and self.down[0] < self.across[0] else "right"


def measure(scene: Scene) -> Extent:
    """The room that a scene will take; what is folded is one box.

    Boxes stand in columns by their distance from the root; an arrow over several columns takes room in each.
    """
    scene = scene.collapse()
    number = {box.key: k for k, box in enumerate(scene.boxes)}
    # An arrow back, of a recurrence, is not one that puts its target further to the right.
    forward = [(number[a.source], number[a.target]) for a in scene.arrows if number[a.source] < number[a.target]]
    rank = [0] * len(scene.boxes)
    users: list[list[int]] = [[] for _ in scene.boxes]
    has_operands = [False] * len(scene.boxes)
    for source, target in sorted(forward, key=lambda edge: edge[1]):
        rank[target] = max(rank[target], rank[source] + 1)
        users[source].append(target)
        has_operands[target] = True
    for k, after in enumerate(users):
        if after and not has_operands[k]:
            rank[k] = min(rank[user] for user in after) - 1
    columns = max(rank, default=0) + 1
    sizes = [_size(box) for box in scene.boxes]
    gaps = [GAP] * columns
    label_lines = [0] * columns
    passing, crossing = [0] * columns, [0] * columns
    for arrow in scene.arrows:
        first, last = sorted((rank[number[arrow.source]], rank[number[arrow.target]]))
        lines = _label_lines(arrow.label)
        gaps[first] = max(gaps[first], GAP + LETTER * 0.85 * max(map(len, lines), default=0))
        label_lines[first] = max(label_lines[first], len(lines))
        for k in range(first, last):
            crossing[k] += 1
            passing[k] += k > first
    members: list[list[tuple[float, float]]] = [[] for _ in range(columns)]
    for k, size in zip(rank, sizes, strict=True):
        members[k].append(size)
    wide = [max((w for w, _ in column), default=0.0) for column in members]
    tall = [
        sum(h + BESIDE for _, h in column) + passes * BESIDE / 2
        for column, passes in zip(members, passing, strict=True)
    ]
    across = sum(wide) + sum(gaps[:-1]) + 2 * BESIDE
    beside = [
        sum(w + BESIDE for w, _ in column) + passes * BESIDE / 2
        for column, passes in zip(members, passing, strict=True)
    ]
    down = sum(max((h for _, h in column), default=0.0) for column in members)
    down += sum(GAP + 16.0 * lines for lines in label_lines[:-1])
    height = max(tall, default=0.0) + 2 * BESIDE
    steps = [w + g for w, g in zip(wide, gaps, strict=True)]
    cuttable = [c <= MAX_WRAPPED for c in crossing]
    wrapped = [_wrap(steps, tall, cuttable, across / rows) for rows in range(2, MAX_ROWS + 1)]
    return Extent((across, height), (max(beside, default=0.0) + 2 * BESIDE, down + 2 * GAP), wrapped)


def _size(box: Box) -> tuple[float, float]:
    head = "  ".join(filter(None, (box.title[:MAX_NAME], box.operation, box.times)))
    lines = [line for line in (head, box.remark, box.value, box.gradient, box.strip) if line]
    # A strip of bars stands below the text where there are many numbers.
    bars = 22.0 if any(numbers.bins for _, numbers in box.parts[:2]) else 0.0
    return max(30.0, LETTER * max(map(len, lines), default=0)) + MARGIN, 12.0 + LINE * len(lines) + bars


def _label_lines(label: str) -> list[str]:
    before, equals, number = label.rpartition(" = ")
    if not label:
        return []
    return [before, f"= {number}"] if equals and len(label) > MAX_LABEL else [label]


def _wrap(steps: Sequence[float], tall: Sequence[float], cuttable: Sequence[bool], least: float) -> tuple[float, float]:
    """Columns in rows, each of which goes on to the first place after `least` at which it can be cut."""
    width, height = 0.0, GAP
    row, highest = 0.0, 0.0
    for step, column, cut in zip(steps, tall, cuttable, strict=True):
        row, highest = row + step, max(highest, column)
        if cut and row >= least:
            width, height = max(width, row), height + highest + GAP
            row = highest = 0.0
    return max(width, row) + 2 * BESIDE, height + highest
