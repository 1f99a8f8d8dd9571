"""Standard output and error as whoever started us left them: closed, full, of another encoding, or read by nobody."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from io import TextIOWrapper

from rich.console import Console, RenderableType

from autograd.wording.steps import to_line

# Characters of a message that are printed.
MAX_LENGTH = 2000


def prepare() -> None:
    """Put something in the place of a stream that is closed, and let letters that an encoding lacks be told by number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            # Else the next file that is opened would have this number, and whatever prints would write into it.
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
            setattr(sys, name, open(number, "w" if number else "r", closefd=False))  # noqa: SIM115 - open to the end
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


class Output(Console):
    """Standard output; where its reader has left, a `BrokenPipeError` says so as anywhere else."""

    def on_broken_pipe(self) -> None:
        raise


def show(*things: RenderableType, whole: bool = False) -> None:
    """Print the last things that a command has to say, if somebody reads them: its exit code is the same if not.

    Lines that shall stay `whole` are not broken where the terminal ends.
    """
    with suppress(BrokenPipeError):
        Output().print(*things, sep="\n", soft_wrap=whole)
        sys.stdout.flush()
        return
    abandon()


def abandon() -> None:
    """Print no more: what is still to be written, Python would complain of as it ends."""
    # What is closed, or no file, is not written to.
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(message: str) -> None:
    """A line on standard error; names from files must not steer the terminal."""
    said = to_line(" ".join(message.split()))
    if len(said) > MAX_LENGTH:
        said = f"{said[: MAX_LENGTH // 2]} … {said[-MAX_LENGTH // 2 :]}"
    with suppress(OSError, ValueError):
        print(f"stepgrad: {said}", file=sys.stderr, flush=True)
