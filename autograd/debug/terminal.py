"""`open_terminal`: a session on a full screen of the terminal, with the keys of pdb."""

from __future__ import annotations

import linecache
import os
from collections.abc import Iterator
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from autograd.debug.commands import manual, parse, perform
from autograd.debug.errors import DebugError, in_words
from autograd.debug.event import Event, Sending
from autograd.debug.letters import Piece, enlarged, fitted
from autograd.debug.session import Session
from autograd.errors import AutogradError, MissingDependencyError
from autograd.graph.node import Const, Node
from autograd.wording.steps import one_line, told

try:
    from textual.app import App, ComposeResult
    from textual.binding import Binding, BindingType
    from textual.containers import Horizontal, Vertical, VerticalScroll
    from textual.events import Click
    from textual.geometry import Size
    from textual.screen import ModalScreen
    from textual.scroll_view import ScrollView
    from textual.strip import Strip
    from textual.widget import Widget
    from textual.widgets import Input, Static
except ImportError as error:
    raise MissingDependencyError("the debugger in the terminal needs Textual: pip install 'stepgrad[debug]'") from error

# What is cut off of a text, and of the operands of an operation that has very many.
LONGEST, OPERANDS = 1000, 30
# From so many lines on, two lines of source are shown around the present one, and one otherwise.
TALL = 32
KEYS = "n → step  b ← back  c run  rc run back  g goto  / find  : command  ? help  q quit"
HELP = """\
n → j ↓     step            c       run to the next breakpoint
b ← k ↑     step back       r c, C  run back to the one before
Home, End   start, end      g N     go to event N
R           restart         / TEXT  find a node or an operation
w NAME      watch, or not   e NAME VALUE  what if it were VALUE
x NAME      explain         :       any command below
[ ]         scroll nodes    L       large type, for a projector
t           light or dark   q       leave; Q ends the whole program

"""
DARK = {"value": "#7fd08f", "gradient": "#ff8a80", "mark": "#ffd75f"}
LIGHT = {"value": "#1f6b2f", "gradient": "#b3261e", "mark": "#8a5a00"}


def open_terminal(session: Session, *, title: str = "", large: bool = False, more: bool = False) -> str:
    """Show a session on the whole terminal until the user leaves.

    Parameters
    ----------
    session : Session
    title : str
        What is stepped through, for the first line.
    large : bool
        Whether to begin in large type, for a projector; the key L changes it.
    more : bool
        Whether there may be other sessions after this one, as in a script that calls `backward()` in a loop; then the key
        Q ends them all.

    Returns
    -------
    str
        How the user left: "quit", or "stop" for all that follows too.
    """
    return Debugger(session, title=title, large=large, more=more).run() or "quit"


def plain(text: str) -> str:
    """A text on one line, cut off where it is very long.

    Examples
    --------
    >>> print(plain("a\\nb\\x1b[31m"))
    a\\nb\\x1b[31m
    """
    return one_line(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


class Lines(ScrollView, can_focus=False):
    """A list of any length, of which only the lines in sight are made."""

    def __init__(self, debugger: Debugger) -> None:
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
        said = plain(_shortly(session, session.event_at(number)))
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
        text = _cell(plain(session.name(node)), name_width)
        for kind, number in (("value", session.value(node)), ("gradient", session.gradient(node))):
            changed = (node, kind) in debugger.changed
            said = f"{'*' if changed else ' '} {'·' if number is None else told(number)}"
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
            return Text(f"{'▶' if here else ' '}● {number} {plain(str(point))}", "bold" if here else "")
        node, value = list(session.edits.items())[at - len(points)]
        return Text(f" edited: {plain(session.name(node))} = {told(value)}")


class Board(Widget):
    """The present event alone, in letters as large as there is room for."""

    def __init__(self, debugger: Debugger) -> None:
        super().__init__()
        self.debugger = debugger

    def render(self) -> Text:
        paragraphs, ink = _in_pieces(self.debugger.session), self.debugger.ink
        width, height = self.content_size
        found = fitted(paragraphs, width, height)
        if found is None:
            lines = [Text(" ").join(Text(text, ink(kind, bold=True)) for text, kind in each) for each in paragraphs]
            return Text("\n\n").join(lines)
        scale, rows_of_pieces = found
        blocks = []
        for pieces in rows_of_pieces:
            rows = [Text() for _ in enlarged("", scale)]
            for text, kind in pieces:
                for row, part in zip(rows, enlarged(f"{text} ", scale), strict=True):
                    row.append(part, ink(kind, bold=True))
            blocks.append(Text("\n").join(rows))
        free = height - len(blocks) * len(enlarged("", scale))
        gap = min(free // (len(blocks) + 1), 2)
        return Text("\n" * gap) + Text("\n" * (gap + 1)).join(blocks)


class Reader(ModalScreen[None]):
    """A text over the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter,space,question_mark,x", "dismiss", show=False)]

    def __init__(self, text: Text) -> None:
        super().__init__()
        self.text = text

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(self.text)

    def on_mount(self) -> None:
        box = self.query_one(VerticalScroll)
        box.border_subtitle = "↑ ↓ scroll, Esc closes"
        box.focus()


class Prompt(Input):
    """The line for commands; up and down bring back earlier ones."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("up", "recall(-1)", show=False),
        Binding("down", "recall(1)", show=False),
        Binding("pageup,pagedown", "nothing", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(select_on_focus=False, compact=True)
        self.history: list[str] = []
        self.at = 0

    def begin(self, text: str) -> None:
        """Take the keys, with a text that is typed already."""
        self.value, self.at = text, len(self.history)
        self.cursor_position = len(text)
        self.focus()

    def action_leave(self) -> None:
        self.app.action_ask(None)  # type: ignore[attr-defined]

    def action_nothing(self) -> None:
        """Keys of the screen behind do nothing here."""

    def action_recall(self, by: int) -> None:
        self.at = min(max(self.at + by, 0), len(self.history))
        self.value = self.history[self.at] if self.at < len(self.history) else ""
        self.cursor_position = len(self.value)


class Debugger(App[str]):
    """The screen of a session; `run()` gives how the user left.

    Parameters
    ----------
    session : Session
    title : str
    large, more : bool
        See `open_terminal`.
    """

    CSS_PATH = "assets/terminal.tcss"
    ENABLE_COMMAND_PALETTE = False
    # Keys are commands until the line for commands is opened.
    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,right,j,down", "do('step')", show=False),
        Binding("b,left,k,up", "do('back')", show=False),
        Binding("pagedown", "do('step 10')", show=False),
        Binding("pageup", "do('back 10')", show=False),
        Binding("c", "run", show=False),
        Binding("r", "await_c", show=False),
        Binding("C", "do('reverse_run')", show=False),
        Binding("R,home", "do('restart')", show=False),
        Binding("end", "end", show=False),
        Binding("colon", "ask('')", show=False),
        Binding("g", "ask('goto ')", show=False),
        Binding("slash", "ask('find ')", show=False),
        Binding("w", "ask('w ')", show=False),
        Binding("e", "ask('edit ')", show=False),
        Binding("x", "ask('explain ')", show=False),
        Binding("left_square_bracket", "scroll_nodes(-1)", show=False),
        Binding("right_square_bracket", "scroll_nodes(1)", show=False),
        Binding("question_mark", "do('help')", show=False),
        Binding("L", "large", show=False),
        Binding("t", "theme", show=False),
        Binding("q", "do('quit')", show=False),
        Binding("Q", "do('stop')", show=False),
        Binding("ctrl+c", "interrupt", show=False, priority=True),
    ]

    def __init__(self, session: Session, *, title: str = "", large: bool = False, more: bool = False) -> None:
        super().__init__()
        self.session, self.heading, self.large, self.more = session, title, large, more
        self.shown: list[Node] = []
        self.changed: set[tuple[Node, str]] = set()
        self.pending = False
        self.named = _named(session)

    def compose(self) -> ComposeResult:
        yield Static(id="head")
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield Tape(self)
            with Vertical(id="right"):
                yield Static(id="what", classes="heading")
                with VerticalScroll(id="now", can_focus=False):
                    yield Static(id="event")
                yield Static(id="place", classes="heading")
                yield Static(id="source")
                yield Static(id="which", classes="heading")
                yield Nodes(self)
                yield Static("breakpoints and edits", id="stopping", classes="heading")
                yield Stops(self)
        yield Board(self)
        yield Static(id="error")
        yield Static(id="message")
        with Horizontal(id="prompt"):
            yield Static(":")
            yield Prompt()
        yield Static(KEYS, id="keys", markup=False)

    def on_mount(self) -> None:
        self.screen.set_class(self.large, "large")
        self.renew()

    def on_resize(self) -> None:
        self.call_after_refresh(self.renew)

    def ink(self, kind: str, bold: bool = False) -> Style:
        """The style of values, of gradients, and of marks; of anything else none."""
        colours = DARK if self.current_theme.dark else LIGHT
        return Style(color=colours.get(kind), bold=bold or None)

    # showing

    def renew(self) -> None:
        """Show the session as it is now."""
        session = self.session
        event, error = session.event, session.error
        self.shown = session.watches or self.named
        self.changed = set(_changed(session, event))
        place = f"event {session.position} of {len(session)}{f', {event.phase}' if event is not None else ''}"
        self._show("head", Text(f"stepgrad   {place}   {plain(self.heading)}"))
        self._show("what", _heading(event))
        self._show("event", self._calculation(event))
        self._show_source(event)
        self._show("which", Text("watched   (* changed now)" if session.watches else "nodes   (* changed now)"))
        stops = self.query_one(Stops)
        stops.display = self.query_one("#stopping").display = stops.count() > 0
        self._show("error", None if error is None else Text(f"✗ the backward pass stopped: {plain(in_words(error))}"))
        for lines in self.query(Lines):
            lines.renew()
        self.query_one(Board).refresh()
        self.call_after_refresh(self._reveal)

    def _reveal(self) -> None:
        tape = self.query_one(Tape)
        tape.reveal(tape.line_of(self.session.position))
        changed = {node for node, _ in self.changed}
        first = next((line for line, node in enumerate(self.shown, 1) if node in changed), None)
        if first is not None:
            self.query_one(Nodes).reveal(first)

    def _show(self, name: str, what: RenderableType | None) -> None:
        widget = self.query_one(f"#{name}", Static)
        widget.display = what is not None
        if what is not None:
            widget.update(what)

    def _calculation(self, event: Event | None) -> RenderableType:
        if event is None:
            forward = self.session.forward_length
            return Text(
                f"Nothing has happened yet.\n{forward} events forward, {len(self.session) - forward} backward; n goes on."
            )
        if event.phase == "forward":
            pieces = _equation(event)
            said = Text()
            for number, (text, kind) in enumerate(pieces):
                indent = " " * (len(plain(event.name)) + 1) if number else ""
                said.append(f"{indent}{text}\n", self.ink(kind, bold=True))
            said.rstrip()
            return said
        gradient = self.ink("gradient", bold=True)
        first = Text.assemble((f"{plain(event.name)} has gradient ", "bold"), (told(event.upstream), gradient))
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(max_width=20, no_wrap=True, overflow="ellipsis")
        table.add_column(overflow="fold")
        for sent in event.sent[:OPERANDS]:
            table.add_row(Text(f"to {plain(sent.name)}"), Text(plain(event.calculation(sent))))
            table.add_row("", Text(_sum(sent), gradient))
        if len(event.sent) > OPERANDS:
            table.add_row("…", f"and to {len(event.sent) - OPERANDS} operands more")
        return Group(first, table if event.sent else Text(_ending(event), "dim"))

    def _show_source(self, event: Event | None) -> None:
        site = None if event is None else event.site
        if site is None:
            self._show("place", None)
            self._show("source", None)
            return
        self._show("place", Text(plain(f"{os.path.basename(site.filename)}:{site.lineno} in {site.function}")))
        around = 2 if self.size.height >= TALL else 1
        code = Text(no_wrap=True, overflow="ellipsis")
        for number in range(max(site.lineno - around, 1), site.lineno + around + 1):
            line = linecache.getline(site.filename, number)
            here = number == site.lineno
            if line:
                code.append(
                    f"{'▶' if here else ' '}{number:>4}  {plain(line.rstrip().expandtabs(4))}\n",
                    "bold" if here else "dim",
                )
        code.rstrip()
        self._show("source", code if code.plain else None)

    def say(self, text: str, *, error: bool = False) -> None:
        """Tell something on the line above the keys, or over the screen where it is longer than that."""
        if "\n" in text:
            self.push_screen(Reader(Text("\n".join(map(plain, text.split("\n"))))))
            text = ""
        said = Text(plain(text)) if not error else Text(f"✗ {plain(text)}", self.ink("gradient", bold=True))
        self.query_one("#message", Static).update(said)

    # doing

    def action_do(self, line: str) -> None:
        """Do what a command says, see `autograd.debug.commands`."""
        self.pending = False
        try:
            command = parse(line)
            if command.action == "quit":
                self.exit("quit")
            elif command.action == "stop":
                self._stop()
            elif command.action == "help":
                self.say(HELP + manual())
            else:
                self.say(perform(self.session, command))
        except AutogradError as error:
            self.say(str(error), error=True)
        self.renew()

    def _stop(self) -> None:
        if not self.more:
            raise DebugError("no session follows this one, so there is no more to stop: q leaves")
        self.exit("stop")

    def action_run(self) -> None:
        """Run, or back where r was before c."""
        self.action_do("reverse_run" if self.pending else "run")

    def action_await_c(self) -> None:
        """The first half of r c."""
        self.say("r: then c runs back; R restarts")
        self.pending = True

    def action_end(self) -> None:
        """Go to the last event."""
        self.action_do(f"goto {len(self.session)}")

    def action_scroll_nodes(self, by: int) -> None:
        """Scroll the table of nodes."""
        self.query_one(Nodes).scroll_relative(y=by, animate=False)

    def action_large(self) -> None:
        """Large type, or all panels."""
        self.large = not self.large
        self.screen.set_class(self.large, "large")

    def action_theme(self) -> None:
        """Dark on light, or light on dark."""
        self.theme = "textual-light" if self.current_theme.dark else "textual-dark"
        self.renew()

    def action_interrupt(self) -> None:
        """Ctrl-C ends as much as can be ended."""
        self.exit("stop" if self.more else "quit")

    def action_ask(self, begun: str | None) -> None:
        """Open the line for commands with what is typed already, or close it."""
        self.pending = False
        prompt = self.query_one(Prompt)
        self.screen.set_class(begun is not None, "asking")
        if begun is None:
            self.screen.set_focus(None)
        else:
            prompt.begin(begun)

    def on_input_submitted(self, submitted: Input.Submitted) -> None:
        """A command was typed."""
        line = submitted.value.strip()
        self.action_ask(None)
        if line:
            self.query_one(Prompt).history.append(line)
            self.action_do(line)


def _named(session: Session) -> list[Node]:
    """What the table shows where nothing is watched: nodes with names, inputs first; without any, the inputs."""
    nodes = [node for node in session.nodes if not isinstance(node, Const)]
    named = [node for node in nodes if node.name]
    return sorted(named, key=lambda node: node.op is not None) or [node for node in nodes if node.op is None]


def _changed(session: Session, event: Event | None) -> Iterator[tuple[Node, str]]:
    """Which numbers an event gave."""
    if event is None:
        return
    if event.phase == "forward":
        yield event.node, "value"
    elif event.node is session.root:
        yield event.node, "gradient"
    for sent in event.sent:
        yield sent.parent, "gradient"


def _heading(event: Event | None) -> Text:
    if event is None:
        return Text("the start")
    node = event.node
    parts = [f"{event.number} {event.phase}", plain(event.name), "input" if node.op is None else plain(node.op.name)]
    return Text(" · ".join([*parts, plain(node.scope)] if node.scope else parts))


def _equation(event: Event) -> list[Piece]:
    """The equation of an event of the forward pass, in the pieces between its equals signs."""
    name, (first, *others) = plain(event.name), map(plain, event.formulas)
    last = f"{':' if event.of_arrays else '='} {told(event.value)}"
    return [(f"{name} = {first}", ""), *((f"= {text}", "") for text in others), (last, "value")]


def _in_pieces(session: Session) -> list[list[Piece]]:
    """The present event for the board."""
    event = session.event
    if event is None:
        forward = session.forward_length
        return [[("start", "")], [(f"{forward} forward", "")], [(f"{len(session) - forward} backward", "")]]
    if event.phase == "forward":
        return [_equation(event)]
    paragraphs = [[(f"grad {plain(event.name)}", ""), (f"= {told(event.upstream)}", "gradient")]]
    for sent in event.sent[:OPERANDS]:
        name = plain(sent.name)
        if sent.local is None:
            paragraphs.append([(f"{name}:", ""), (plain(sent.formula), ""), (told(sent.contribution), "gradient")])
        else:
            first, *others, last = plain(event.calculation(sent)).split(" = ")
            paragraphs.append(
                [(f"{name}: {first}", ""), *((f"= {part}", "") for part in others), (f"= {last}", "gradient")]
            )
        if sent.before is not None:
            paragraphs.append([(_sum(sent), "gradient")])
    return paragraphs


def _sum(sent: Sending) -> str:
    """The gradient of an operand before and after a contribution."""
    name, total = plain(sent.name), told(sent.total)
    if sent.before is None:
        return f"{name} has {total}"
    if sent.local is None:
        return f"{name} has {total}, with what came before"
    contribution = told(sent.contribution)
    added = f"({contribution})" if contribution.startswith("-") else contribution
    return f"{name} has {told(sent.before)} + {added} = {total}"


def _ending(event: Event) -> str:
    """Why an event sends nothing on."""
    if event.node.op is None:
        return "an input: its gradient is complete; x tells where it came from"
    return "nothing is sent on: no operand requires a gradient"


def _shortly(session: Session, event: Event) -> str:
    """An event on a line of the tape."""
    if event.phase == "forward":
        return event.equation
    to = [parent for parent in event.node.parents[:OPERANDS] if parent.requires_grad]
    names = ", ".join(session.name(parent) for parent in to)
    return f"grad {event.name} = {told(event.upstream)}{f' → {names}' if names else ''}"


def _cell(text: str, width: int, style: Style | str = "") -> Text:
    cell = Text(text, style)
    cell.truncate(max(width - 1, 1), overflow="ellipsis", pad=True)
    return cell + Text(" ")
