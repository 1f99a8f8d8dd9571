"""A session line by line: where a terminal has no screen to draw on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from autograd.debug import Session, open_session
from autograd.debug.prompt import open_prompt
from autograd.examples import chain_rule


def dialogue(
    monkeypatch: pytest.MonkeyPatch, capsys: Any, *lines: str, more: bool = False
) -> tuple[str, list[str], Session]:
    """Type lines; gives how the session was left, what was printed, and the session."""
    typed: Iterator[str] = iter(lines)

    def read(prompt: str = "") -> str:
        line = next(typed, None)
        if line is None:
            raise EOFError
        return line

    monkeypatch.setattr("builtins.input", read)
    session = Session(chain_rule().root)
    left = open_prompt(session, "e", more)
    return left, capsys.readouterr().out.splitlines(), session


def test_commands_and_empty_lines(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    left, said, session = dialogue(monkeypatch, capsys, "", "s", "p c", "brake", "n", "q")
    assert left == "quit"
    assert session.position == 2
    assert said[2:] == [
        "c = a + b = 2 + 1 = 3",
        "d = b + 1 = 1 + 1 = 2",
        "c = 3.0",
        "no gradient has arrived yet",
        "✗ unknown command 'brake', did you mean 'break'?; help lists them",
        "✗ next: no pass of a program follows this one; s steps, q leaves",
    ]


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        (["n"], "next"),
        (["q", "q"], "stop"),
        (["q", "f"], "finish"),
        (["q", "", "s", "n"], "next"),
        ([], "stop"),
        (["q"], "stop"),
    ],
)
def test_how_a_programs_session_is_left(
    lines: list[str], left: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    found, said, _ = dialogue(monkeypatch, capsys, *lines, more=True)
    assert found == left
    assert ("q    end the program here" in said) == ("q" in lines)


@pytest.mark.parametrize(("kind", "encoding"), [("dumb", "utf-8"), ("", "utf-8"), ("xterm", "ascii")])
def test_a_terminal_without_a_screen_gets_it(
    kind: str, encoding: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    class Terminal:
        def __init__(self, stream: Any) -> None:
            self.stream, self.encoding = stream, encoding

        def __getattr__(self, name: str) -> Any:
            return getattr(self.stream, name)

        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", kind)
    monkeypatch.setattr(sys, "stdin", Terminal(sys.stdin))
    monkeypatch.setattr(sys, "stdout", Terminal(sys.stdout))
    monkeypatch.setattr("builtins.input", lambda prompt="": "q")
    assert open_session(Session(chain_rule().root)) == "quit"
    assert "Enter steps, help lists the commands" in capsys.readouterr().out


def test_the_pass_before_is_asked_for_where_one_is_kept(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    typed = iter(["previous"])
    monkeypatch.setattr("builtins.input", lambda _="": next(typed))
    assert open_prompt(Session(chain_rule().root), "e", True, earlier=True) == "previous"
    capsys.readouterr()
    _, said, _ = dialogue(monkeypatch, capsys, "P", "q", more=False)
    assert said[2] == "✗ previous: no pass of a program follows this one; s steps, q leaves"
    _, said, _ = dialogue(monkeypatch, capsys, "P", "n", more=True)
    assert said[2] == "✗ previous: no earlier pass is kept"
