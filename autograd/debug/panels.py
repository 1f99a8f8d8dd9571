"""The panels of the terminal: the tape of events, the nodes, breakpoints and edits, and the board in large letters."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Protocol

from rich.style import Style
from rich.text import Text
from textual.events import Click
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from autograd.debug.letters import enlarge, fit_paragraphs
from autograd.debug.phrases import board_paragraphs, summarise, to_short_line
from autograd.debug.session import Session
from autograd.graph.node import Node
from autograd.wording.steps import describe


class Screen(Protocol):
    """What panels are shown on: the session, what of it is in sight, and how it is coloured."""

    session: Session

    @property
    def shown(self) -> Sequence[Node]:
        """The nodes of the table."""
        ...

    @property
    def changed(self) -> Set[tuple[Node, str]]:
        """Which values and gradients the present event gave."""
        ...

    def ink(self, kind: str, bold: bool = False) -> Style:
        """The style of values, gradients and marks."""
        ...

    def action_do(self, line: str) -> None:
        """Do what a command says."""
        ...


class Lines(ScrollView, can_focus=False):
    """A list of any length, of which only the lines in sight are made."""

    def __init__(self, debugger: Screen) -> None:
        super().__init__()
        self.debugger = debugger

    def count(self) -> int:
        """How many lines there are."""
        raise NotImplementedError

    def line(self, at: int, width: int) -> Text:
        """One of them."""
        raise NotImplementedError

    def renew(self) -> None:
        """Show what there is now."""
        self.virtual_size = Size(0, self.count())
        self.refresh(layout=True)

    def reveal(self, at: int) -> None:
        """Scroll so that a line is in sight: in the middle, where it was not."""
        height, top = self.scrollable_content_region.height, round(self.scroll_y)
        if not top <= at < top + height:
            self.scroll_to(y=max(at - height // 2, 0), animate=False)

    def render_line(self, y: int) -> Strip:
        at, width = y + self.scroll_offset.y, self.scrollable_content_region.width
        if at >= self.count():
            return Strip.blank(width, self.rich_style)
        text = self.line(at, width)
        text.truncate(width, overflow="ellipsis", pad=True)
        text.stylize_before(self.rich_style)
        return Strip(text.render(self.app.console, end="")).adjust_cell_length(width, self.rich_style)


class Tape(Lines):
    """All events: a heading, the forward pass, a heading, the backward pass."""

    def count(self) -> int:
        session = self.debugger.session
        return len(session) + 2 + (session.error is not None)

    def line_of(self, position: int) -> int:
        """On which line a position is; the start is on the first heading."""
        return position + (position > self.debugger.session.forward_length)

    def line(self, at: int, width: int) -> Text:
        session = self.debugger.session
        forward, all_ = session.forward_length, len(session)
        if at in (0, forward + 1):
            name, length = ("backward", all_ - forward) if at else ("forward", forward)
            heading = f"{'▶' if at == session.position == 0 else '─'}─ {name}, {length} "
            return Text(heading.ljust(width, "─"), "bold reverse" if heading.startswith("▶") else "bold")
        number = at - (at > forward)
        if number > all_:
            return Text("✗ the pass stopped here", "bold")
        here = number == session.position
        stop = "●" if session.stopping_at(number) else " "
        said = to_short_line(summarise(session, session.event_at(number)))
        return Text(
            f"{'▶' if here else ' '}{stop}{number:>{len(str(all_))}} {said}",
            "bold reverse" if here else "dim" if number > session.position else "",
        )

    def on_click(self, click: Click) -> None:
        """Go to the event that was clicked on."""
        at = click.get_content_offset(self)
        if at is not None:
            line, session = at.y + self.scroll_offset.y, self.debugger.session
            self.debugger.action_do(f"goto {min(line - (line > session.forward_length), len(session))}")


class Nodes(Lines):
    """The watched nodes, or those that have a name: value and gradient at this position."""

    def count(self) -> int:
        return len(self.debugger.shown) + 1

    def line(self, at: int, width: int) -> Text:
        debugger = self.debugger
        session = debugger.session
        name_width = max(width * 3 // 10, 4)
        number_width = (width - name_width) // 2
        if at == 0:
            return Text(f"{'':{name_width}}{'  value':{number_width}}  gradient", "dim")
        node = debugger.shown[at - 1]
        text = _cell(to_short_line(session.name(node)), name_width)
        for kind, number in (("value", session.value(node)), ("gradient", session.gradient(node))):
            changed = (node, kind) in debugger.changed
            said = f"{'*' if changed else ' '} {'·' if number is None else describe(number)}"
            text.append_text(_cell(said, number_width, debugger.ink(kind, bold=changed)))
        return text


class Stops(Lines):
    """The breakpoints, and the edits."""

    def count(self) -> int:
        return len(self.debugger.session.breakpoints) + len(self.debugger.session.edits)

    def line(self, at: int, width: int) -> Text:
        session = self.debugger.session
        points = list(session.breakpoints.items())
        if at < len(points):
            number, point = points[at]
            here = not session.at_start and number in session.stopping_at(session.position)
            return Text(f"{'▶' if here else ' '}● {number} {to_short_line(str(point))}", "bold" if here else "")
        node, value = list(session.edits.items())[at - len(points)]
        return Text(f" edited: {to_short_line(session.name(node))} = {describe(value)}")


class Board(Widget):
    """The present event alone, in letters as large as there is room for."""

    def __init__(self, debugger: Screen) -> None:
        super().__init__()
        self.debugger = debugger

    def render(self) -> Text:
        pieces, ink = board_paragraphs(self.debugger.session), self.debugger.ink
        width, height = self.content_size
        found = fit_paragraphs(pieces, width, height)
        if found is None:
            lines = [Text(" ").join(Text(text, ink(kind, bold=True)) for text, kind in each) for each in pieces]
            return Text("\n\n").join(lines)
        scale, rows_of_pieces = found
        blocks = []
        for row_of_pieces in rows_of_pieces:
            rows = [Text() for _ in enlarge("", scale)]
            for text, kind in row_of_pieces:
                for row, part in zip(rows, enlarge(f"{text} ", scale), strict=True):
                    row.append(part, ink(kind, bold=True))
            blocks.append(Text("\n").join(rows))
        free = height - len(blocks) * len(enlarge("", scale))
        gap = min(free // (len(blocks) + 1), 2)
        return Text("\n" * gap) + Text("\n" * (gap + 1)).join(blocks)


def _cell(text: str, width: int, style: Style | str = "") -> Text:
    cell = Text(text, style)
    cell.truncate(max(width - 1, 1), overflow="ellipsis", pad=True)
    return cell + Text(" ")
