"""`open_terminal`: a session on a full screen of the terminal, with the keys of pdb."""

from __future__ import annotations

import linecache
from collections.abc import Iterable, Iterator
from typing import ClassVar

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from autograd.debug.commands import LEAVING, USAGES, choose_exit, parse, perform
from autograd.debug.errors import describe_error
from autograd.debug.event import Event
from autograd.debug.phrases import (
    MAX_OPERANDS,
    describe_addition,
    describe_event,
    explain_ending,
    named_nodes,
    split_equation,
    to_short_line,
)
from autograd.debug.session import Session
from autograd.errors import AutogradError, MissingDependencyError
from autograd.extras import pip_install
from autograd.graph.node import Node
from autograd.wording.steps import describe

try:
    from textual.app import App, ComposeResult
    from textual.binding import Binding, BindingType
    from textual.containers import Horizontal, Vertical, VerticalScroll
    from textual.widgets import Input, Static

    from autograd.debug.dialogs import Leaving, Prompt, Reader
    from autograd.debug.panels import Board, Lines, Nodes, Stops, Tape
except ImportError as error:
    raise MissingDependencyError(f"the debugger in the terminal needs Textual: {pip_install('debug')}") from error

# From so many lines on, two lines of source are shown around the present one, and one otherwise.
MIN_TALL_LINES = 32
# What the last line says; where there is no room for all, those with the largest numbers are left out.
KEYS = (
    ("s", "step", 1),
    ("b", "back", 3),
    ("c", "run", 4),
    ("n", "next pass", 2),
    ("P", "pass before", 7),
    ("p", "print", 5),
    ("x", "explain", 9),
    ("g", "goto", 10),
    ("/", "find", 8),
    (":", "command", 6),
    ("?", "help", 0),
    ("q", "quit", 0),
)
HELP = (
    ("s Enter Space → ↓ j", "step"),
    ("b ← ↑ k", "step back"),
    ("PgDn PgUp", "ten steps"),
    ("Home End", "start, end"),
    ("c", "run to a breakpoint"),
    ("r c, C", "run back to one"),
    ("n, P", "next pass, pass before"),
    ("g N", "go to event N"),
    ("/ TEXT", "find a node or operation"),
    ("p NAME", "print its numbers"),
    ("x NAME", "explain its gradient"),
    ("w NAME", "watch it, or no longer"),
    ("e NAME VALUE", "what if it were VALUE"),
    (":", "any command below"),
    ("[ ]", "scroll the nodes"),
    ("L", "large type, or small"),
    ("t", "light or dark"),
    ("q", "leave, or ask how"),
    ("Q, Ctrl-C", "end the program"),
)
DARK_INKS = {"value": "#7fd08f", "gradient": "#ff8a80", "mark": "#ffd75f"}
LIGHT_INKS = {"value": "#1f6b2f", "gradient": "#b3261e", "mark": "#8a5a00"}


def open_terminal(
    session: Session, *, title: str = "", large: bool = False, more: bool = False, earlier: bool = False
) -> str:
    """Show a session on the whole terminal until the user leaves.

    Parameters
    ----------
    session : Session
    title : str
        What is stepped through, for the first line.
    large : bool
        Whether to begin in large type, for a projector; the key L changes it.
    more : bool
        Whether there may be other sessions after this one, as in a script that calls `backward()` in a loop.
    earlier : bool
        Whether there was one before that can be gone back to.

    Returns
    -------
    str
        How the user left: "quit"; with `more` "next", "finish" where no other session is wanted, or "stop"; with `earlier`
        "previous".
    """
    return Debugger(session, title=title, large=large, more=more, earlier=earlier).run() or "quit"


class Debugger(App[str]):
    """The screen of a session; `run()` gives how the user left.

    Parameters
    ----------
    session : Session
    title : str
    large, more, earlier : bool
        See `open_terminal`.
    """

    CSS_PATH = "assets/terminal.tcss"
    ENABLE_COMMAND_PALETTE = False
    # Keys are commands until the line for commands is opened.
    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s,enter,space,right,j,down", "do('step')"),
        Binding("n", "do('next')"),
        Binding("P", "do('previous')"),
        Binding("b,left,k,up", "do('back')"),
        Binding("pagedown", "do('step 10')"),
        Binding("pageup", "do('back 10')"),
        Binding("c", "run"),
        Binding("r", "await_c"),
        Binding("C", "do('reverse_run')"),
        Binding("R,home", "do('restart')"),
        Binding("end", "end"),
        Binding("colon", "ask('')"),
        Binding("g", "ask('goto ')"),
        Binding("slash", "ask('find ')"),
        Binding("p", "ask('print ')"),
        Binding("w", "ask('w ')"),
        Binding("e", "ask('edit ')"),
        Binding("x", "ask('explain ')"),
        Binding("left_square_bracket", "scroll_nodes(-1)"),
        Binding("right_square_bracket", "scroll_nodes(1)"),
        Binding("question_mark", "do('help')"),
        Binding("L", "large"),
        Binding("t", "theme"),
        Binding("q", "do('quit')"),
        Binding("Q", "do('stop')"),
        Binding("ctrl+c", "interrupt", priority=True),
    ]

    def __init__(
        self, session: Session, *, title: str = "", large: bool = False, more: bool = False, earlier: bool = False
    ) -> None:
        super().__init__()
        self.session, self.heading, self.large = session, title, large
        self.more, self.earlier = more, earlier
        self.shown: list[Node] = []
        self.changed: set[tuple[Node, str]] = set()
        self.pending = False
        self.named = named_nodes(session)

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
        yield Static(id="keys")

    def on_mount(self) -> None:
        self.screen.set_class(self.large, "large")
        self.renew()

    def on_resize(self) -> None:
        self.call_after_refresh(self.renew)

    def ink(self, kind: str, bold: bool = False) -> Style:
        """The style of values, of gradients, and of marks; of anything else none."""
        colours = DARK_INKS if self.current_theme.dark else LIGHT_INKS
        return Style(color=colours.get(kind), bold=bold or None)

    # showing

    def renew(self) -> None:
        """Show the session as it is now."""
        session = self.session
        event, error = session.event, session.error
        self.shown = session.watches or self.named
        self.changed = set(_changes_of(session, event))
        place = f"event {session.position} of {len(session)}{f', {event.phase}' if event is not None else ''}"
        head = f"{place}   {to_short_line(self.heading)}"
        head = f"stepgrad   {head}" if len(head) + 13 <= self.size.width else head
        self._show("head", Text(head, no_wrap=True, overflow="ellipsis"))
        self._show(
            "keys", Text(format_keys(self.size.width - 2, self.more, self.earlier), no_wrap=True, overflow="ellipsis")
        )
        self._show("what", Text(describe_event(event)))
        self._show("event", self._calculation(event))
        self._show_source(event)
        self._show("which", Text("watched   (* changed now)" if session.watches else "nodes   (* changed now)"))
        stops = self.query_one(Stops)
        stops.display = self.query_one("#stopping").display = stops.count() > 0
        self._show(
            "error",
            None if error is None else Text(f"✗ the backward pass stopped: {to_short_line(describe_error(error))}"),
        )
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
                f"Nothing has happened yet.\n{forward} events forward, {len(self.session) - forward} backward; s steps."
            )
        if event.phase == "forward":
            pieces = split_equation(event)
            said = Text()
            for number, (text, kind) in enumerate(pieces):
                indent = " " * (len(to_short_line(event.name)) + 1) if number else ""
                said.append(f"{indent}{text}\n", self.ink(kind, bold=True))
            said.rstrip()
            return said
        gradient = self.ink("gradient", bold=True)
        first = Text.assemble(
            (f"{to_short_line(event.name)} has gradient ", "bold"), (describe(event.upstream), gradient)
        )
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(max_width=20, no_wrap=True, overflow="ellipsis")
        table.add_column(overflow="fold")
        for sent in event.sent[:MAX_OPERANDS]:
            table.add_row(Text(f"to {to_short_line(sent.name)}"), Text(to_short_line(event.calculation(sent))))
            table.add_row("", Text(describe_addition(sent), gradient))
        if len(event.sent) > MAX_OPERANDS:
            table.add_row("…", f"and to {len(event.sent) - MAX_OPERANDS} operands more")
        return Group(first, table if event.sent else Text(explain_ending(event), "dim"))

    def _show_source(self, event: Event | None) -> None:
        site = None if event is None else event.site
        if site is None:
            self._show("place", None)
            self._show("source", None)
            return
        self._show("place", Text(to_short_line(f"{site.place} in {site.function}")))
        around = 2 if self.size.height >= MIN_TALL_LINES else 1
        code = Text(no_wrap=True, overflow="ellipsis")
        for number in range(max(site.lineno - around, 1), site.lineno + around + 1):
            line = linecache.getline(site.filename, number)
            here = number == site.lineno
            if line:
                code.append(
                    f"{'▶' if here else ' '}{number:>4}  {to_short_line(line.rstrip().expandtabs(4))}\n",
                    "bold" if here else "dim",
                )
        code.rstrip()
        self._show("source", code if code.plain else None)

    def say(self, text: str, *, error: bool = False) -> None:
        """Tell something on the line above the keys, or over the screen where it is longer than that."""
        if "\n" in text:
            self.push_screen(Reader(Text("\n".join(to_short_line(line) for line in text.split("\n")))))
            text = ""
        said = (
            Text(to_short_line(text))
            if not error
            else Text(f"✗ {to_short_line(text)}", self.ink("gradient", bold=True))
        )
        self.query_one("#message", Static).update(said)

    # doing

    def action_do(self, line: str) -> None:
        """Do what a command says, see `autograd.debug.commands`."""
        self.pending = False
        try:
            command = parse(line)
            if command.action == "help":
                self.push_screen(Reader(_help()))
            elif command.action in LEAVING:
                self._leave(choose_exit(command, self.more, self.earlier))
            else:
                self.say(perform(self.session, command))
        except AutogradError as error:
            self.say(str(error), error=True)
        self.renew()

    def _leave(self, how: str) -> None:
        if how == "ask":
            self.push_screen(Leaving(), lambda chosen: self.exit(chosen) if chosen else None)
        else:
            self.exit(how)

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


def format_keys(width: int, more: bool, earlier: bool = False) -> str:
    """The last line: as many keys as there is room for.

    Examples
    --------
    >>> format_keys(58, more=True)
    's step  b back  c run  n next pass  ? help  q quit'
    """
    without = {"n": not more, "P": not earlier}
    shown = [key for key in KEYS if not without.get(key[0])]
    while len(shown) > 1 and len(_join_keys(shown)) > width:
        shown.remove(max(shown, key=lambda key: key[2]))
    return _join_keys(shown)


def _join_keys(shown: Iterable[tuple[str, str, int]]) -> str:
    return "  ".join(f"{key} {what}" for key, what, _ in shown)


def _help() -> RenderableType:
    """The keys, in as many columns as there is room for, and the commands."""
    width = max(len(key) for key, _ in HELP)
    columns = Columns([Text(f"{key:{width}}  {what}") for key, what in HELP], padding=(0, 3), column_first=True)
    commands = Table.grid(padding=(0, 2, 0, 0))
    for usage in USAGES:
        commands.add_row(Text(str(usage)), Text(usage.summary))
    return Group(columns, "", commands)


def _changes_of(session: Session, event: Event | None) -> Iterator[tuple[Node, str]]:
    """Which numbers an event gave."""
    if event is None:
        return
    if event.phase == "forward":
        yield event.node, "value"
    elif event.node is session.root:
        yield event.node, "gradient"
    for sent in event.sent:
        yield sent.parent, "gradient"
