"""Text in letters that fill several lines of a terminal, readable from the back of a class room."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from rich.cells import cell_len

# The points of a letter, with the space after and below it.
LETTER_WIDTH, LETTER_HEIGHT = 6, 8
# How often a point is repeated, across and down: it is half a cell wide and half a cell high.
SCALES = ((8, 4), (6, 3), (4, 2), (2, 1), (1, 1))
# By which of the four points of a cell are set: upper left 1, upper right 2, lower left 4, lower right 8.
QUARTERS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
SMALL_SCALES = SCALES[-2:]
Scale = tuple[int, int]
# A text that stays on one line, and what kind of text it is.
Piece = tuple[str, str]


@cache
def load_alphabet() -> dict[str, tuple[str, ...]]:
    """The letters as they are drawn in `assets/letters.txt`: seven lines of five points each."""
    lines = files("autograd.debug").joinpath("assets/letters.txt").read_text(encoding="utf-8").splitlines()
    drawn = {}
    for top in range(0, len(lines), LETTER_HEIGHT):
        for at, letter in enumerate(lines[top].split()):
            drawn[letter] = tuple(
                line[at * LETTER_WIDTH :][: LETTER_WIDTH - 1] for line in lines[top + 1 : top + LETTER_HEIGHT]
            )
    return drawn


def count_columns(text: str, scale: Scale) -> int:
    """How many cells a text is wide."""
    return len(text) * LETTER_WIDTH * scale[0] // 2


def count_rows(scale: Scale) -> int:
    """How many cells a letter is high."""
    return LETTER_HEIGHT * scale[1] // 2


def enlarge(text: str, scale: Scale = (1, 1)) -> list[str]:
    """The lines of a text in large letters; a letter that is not in the alphabet stands small in its place.

    Examples
    --------
    >>> print("\\n".join(line.rstrip() for line in enlarge("e = 6")))
                ▗▀
    ▞▀▖   ▀▀▘   ▙▄
    ▛▀▘   ▀▀▘   ▌ ▌
    ▝▀          ▝▀
    """
    across, down = scale
    known = load_alphabet()
    empty = ("." * (LETTER_WIDTH - 1),) * (LETTER_HEIGHT - 1)
    points = [
        "".join(point * across for letter in text for point in known.get(letter, empty)[row] + ".")
        for row in range(LETTER_HEIGHT - 1)
        for _ in range(down)
    ]
    points += ["." * (len(text) * LETTER_WIDTH * across)] * down
    lines = [_merge_rows(upper, lower) for upper, lower in zip(points[::2], points[1::2], strict=True)]
    middle, each = len(lines) // 2, count_columns("x", scale)
    # From the right, because a wide letter is one character in the place of two.
    for at in reversed([at for at, letter in enumerate(text) if letter not in known]):
        start = at * each + each // 2
        lines[middle] = lines[middle][:start] + text[at] + lines[middle][start + cell_len(text[at]) :]
    return lines


def _merge_rows(upper: str, lower: str) -> str:
    """Two rows of points as one of cells, four points each."""
    cells = ((upper[x : x + 2] + lower[x : x + 2]) for x in range(0, len(upper), 2))
    return "".join(QUARTERS[sum(1 << bit for bit, point in enumerate(cell) if point == "#")] for cell in cells)


def fit_paragraphs(
    paragraphs: Sequence[Sequence[Piece]], width: int, height: int
) -> tuple[Scale, list[list[Piece]]] | None:
    """The largest scale at which paragraphs fit on a screen, and their lines; None where they fit at none.

    Parameters
    ----------
    paragraphs : sequence of sequences of Piece
        A line begins at each of their pieces where there is room, otherwise at those where it must; only small letters are
        broken within a piece too, at a space.
    width, height : int
        Of the screen, in cells.

    Examples
    --------
    >>> equation = [("c = a + b", ""), ("= 2 + 1", ""), ("= 3", "value")]
    >>> fit_paragraphs([equation], 80, 20)
    ((2, 1), [[('c = a + b', '')], [('= 2 + 1', '')], [('= 3', 'value')]])
    >>> fit_paragraphs([equation], 80, 10)
    ((2, 1), [[('c = a + b', '')], [('= 2 + 1', ''), ('= 3', 'value')]])
    """
    words = [[(word, kind) for text, kind in paragraph for word in text.split(" ")] for paragraph in paragraphs]
    for scale in SCALES:
        room = width // count_columns("x", scale)
        layouts = [
            [[piece] for paragraph in paragraphs for piece in paragraph],
            [line for paragraph in paragraphs for line in _wrap(paragraph, room)],
        ]
        if scale in SMALL_SCALES:
            layouts.append([line for paragraph in words for line in _wrap(paragraph, room)])
        for lines in layouts:
            if len(lines) * count_rows(scale) <= height and all(len(_text(line)) <= room for line in lines):
                return scale, lines
    return None


def _wrap(pieces: Sequence[Piece], room: int) -> list[list[Piece]]:
    lines: list[list[Piece]] = []
    for piece in pieces:
        if lines and len(_text([*lines[-1], piece])) <= room:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return lines


def _text(line: Sequence[Piece]) -> str:
    return " ".join(text for text, _ in line)
