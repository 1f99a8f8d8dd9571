"""`open_prompt`: a session line by line, for a terminal that has no screen to draw on."""

from __future__ import annotations

from autograd.debug.commands import LEAVING, QUESTION, choose_exit, parse, perform
from autograd.debug.errors import describe_error
from autograd.debug.session import Session
from autograd.errors import AutogradError

ANSWERS = {"q": "stop", "f": "finish", "n": "next"}


def open_prompt(session: Session, title: str = "", more: bool = False, *, earlier: bool = False) -> str:
    """Read commands and tell what comes of them, until the user leaves; an empty line steps. A `FrontEnd`."""
    forward = session.forward_length
    print(title or "stepgrad")
    print(f"{forward} events forward, {len(session) - forward} backward; Enter steps, help lists the commands")
    if session.error is not None:
        print(f"the backward pass stopped: {describe_error(session.error)}")
    while True:
        try:
            line = input(f"{session.position}/{len(session)}> ").strip() or "step"
        except (EOFError, KeyboardInterrupt):
            print()
            return "stop" if more else "quit"
        was = session.position
        try:
            command = parse(line)
            if command.action not in LEAVING:
                said = perform(session, command)
            elif (how := choose_exit(command, more, earlier)) != "ask":
                return how
            elif (chosen := _read_line()) is not None:
                return chosen
            else:
                continue
        except AutogradError as error:
            print(f"✗ {error}")
            continue
        if said:
            print(said)
        if session.position != was:
            print(session.event or "the start")


def _read_line() -> str | None:
    print(QUESTION)
    try:
        return ANSWERS.get(input("q, f or n> ").strip())
    except (EOFError, KeyboardInterrupt):
        print()
        return "stop"
