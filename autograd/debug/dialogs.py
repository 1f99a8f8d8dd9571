"""What lies over the screen or below it: a text to read, the question before leaving, the line for commands."""

from __future__ import annotations

from typing import ClassVar

from rich.console import RenderableType
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from autograd.debug.commands import QUESTION


class Reader(ModalScreen[None]):
    """A text over the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter,space,question_mark,x", "dismiss")]

    def __init__(self, text: RenderableType) -> None:
        super().__init__()
        self.text = text

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(self.text)

    def on_mount(self) -> None:
        box = self.query_one(VerticalScroll)
        box.border_subtitle = "↑ ↓ scroll, Esc closes"
        box.focus()


class Leaving(ModalScreen[str | None]):
    """What is to become of the program that is stepped through; gives how it is left, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "dismiss('stop')"),
        Binding("f", "dismiss('finish')"),
        Binding("n", "dismiss('next')"),
        Binding("escape", "dismiss(None)"),
    ]

    def compose(self) -> ComposeResult:
        yield Static(f"{QUESTION}\nEsc  stay")


class Prompt(Input):
    """The line for commands; up and down bring back earlier ones."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave"),
        Binding("up", "recall(-1)"),
        Binding("down", "recall(1)"),
        Binding("pageup,pagedown", "nothing"),
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
