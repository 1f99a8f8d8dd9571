"""`Parser`: argparse with errors on one line that say what was probably meant."""

from __future__ import annotations

import argparse
import shutil
import textwrap
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from autograd.errors import UsageError
from autograd.wording.suggestion import quote

# No word of a command line can hold it.
MARK = "\0"


def wrap(text: str, label: str = "") -> str:
    """A text on lines that fit on the terminal, behind a label."""
    width = max(min(shutil.get_terminal_size().columns, 100) - 2, 40)
    return textwrap.fill(text, width, initial_indent=label, subsequent_indent=" " * len(label))


class Parser(argparse.ArgumentParser):
    """Reads the words of a command line; what it cannot read is a `UsageError`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, **options)

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """What the words say.

        Raises
        ------
        UsageError
            Where it cannot read them.
        """
        end = words.index("--") if "--" in words else len(words)
        options, others = words[:end], words[end + 1 :]
        # Before argparse does, which would complain of what is missing first.
        for word in options:
            name = word.partition("=")[0]
            if word.startswith("--") and " " not in word and not any(o.startswith(name) for o in self._options):
                self._refuse(word)
        # Options may stand between the others; what follows -- is none, whatever it begins with.
        chosen, unknown = self.parse_known_intermixed_args([*options, *(MARK + word for word in others)])
        if unknown:
            self._refuse(unknown[0].removeprefix(MARK))
        return argparse.Namespace(**{name: _remove_marks(value) for name, value in vars(chosen).items()})

    def arguments(self) -> list[argparse.Action]:
        """The options and other arguments, in the order in which they were added."""
        return list(self._actions)

    @property
    def _options(self) -> list[str]:
        return [option for option in self._option_string_actions if option.startswith("--")]

    def _refuse(self, word: str) -> NoReturn:
        near = get_close_matches(word.partition("=")[0], self._options, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        if word.startswith("-") and not near:
            # argparse takes it for an option: only what follows -- is never one.
            hint = "; put -- before what begins with a dash and is not an option"
        self.error(f"unknown argument {quote(word)}{hint}")

    def error(self, message: str) -> NoReturn:
        # Which may be missing, and which argparse counts all the same.
        message = message.replace(", name=value", "")
        raise UsageError(f"{message} (see {self.prog} --help)")


def _remove_marks(value: Any) -> Any:
    if isinstance(value, list):
        return [_remove_marks(one) for one in value]
    return value.removeprefix(MARK) if isinstance(value, str) else value
