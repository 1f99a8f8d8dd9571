"""Whole texts that tests hold, as their readers would read them: each in a file of its own, or several by title in one.

`REWRITE_TEXTS=1 pytest tests/…` writes anew what the chosen tests hold, in one process; `python -m tests.texts` writes all
transcripts. Who does so reads what has changed before committing it.
"""

from __future__ import annotations

import importlib
import math
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
# How a part of a file with several begins.
HEADING = "═══ "
# Digits from which on the last one may be rounded otherwise by another processor.
MANY = 4
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")


class Transcript:
    """What some scenes tell: functions by title that give a text, such as the report of a check.

    Parameters
    ----------
    test : str
        The test's `__file__`; the texts stand in `transcripts/` beside it.
    name : str
        Of the file that keeps them.
    """

    def __init__(self, test: str, name: str) -> None:
        self.path = Path(test).with_name("transcripts") / f"{name}.txt"
        self.scenes: dict[str, Callable[[], str]] = {}

    def scene(self, title: str) -> Callable[[Callable[[], str]], Callable[[], str]]:
        """Take a function as a scene."""

        def take(tell: Callable[[], str]) -> Callable[[], str]:
            self.scenes[title] = tell
            return tell

        return take

    def compare(self, title: str) -> None:
        """Hold a scene to what it told, but for the last places of numbers with many digits."""
        told, kept = _plain(self.scenes[title]()), _read(self.path)[title]
        assert agree(told, kept, MANY), f"{self.path.relative_to(ROOT)}, {title}:\n{_difference(kept, told, MANY)}"

    def complete(self) -> bool:
        """Whether all scenes are kept, in order, and nothing else."""
        return list(_read(self.path)) == list(self.scenes)

    def write(self) -> None:
        """Keep what the scenes tell now."""
        _write(self.path, {title: tell() for title, tell in self.scenes.items()})


def scenes_of(*transcripts: Transcript) -> list[Any]:
    """Each transcript with each of its titles, as a test is given them."""
    return [pytest.param(one, title, id=f"{one.path.stem}: {title}") for one in transcripts for title in one.scenes]


def assert_text(file: Path, text: str) -> None:
    """Hold a text to that of a file; of decimals, the last digit may be one more or less."""
    if os.environ.get("REWRITE_TEXTS"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text + "\n", encoding="utf-8")
    kept = file.read_text(encoding="utf-8").removesuffix("\n")
    assert agree(text, kept), f"{file.relative_to(ROOT)}:\n{_difference(kept, text)}"


def assert_part(file: Path, title: str, text: str) -> None:
    """Hold a text to one part of a file, as `assert_text` does to a whole one."""
    if os.environ.get("REWRITE_TEXTS"):
        parts = _read(file) if file.exists() else {}
        _write(file, dict(sorted({**parts, title: text}.items())))
    kept, told = _read(file)[title], _plain(text)
    assert agree(told, kept), f"{file.relative_to(ROOT)}, {title}:\n{_difference(kept, told)}"


def agree(told: str, kept: str, digits: int = 1) -> bool:
    """Whether two texts differ in the last places of decimals of so many digits or more, and in nothing else.

    Examples
    --------
    >>> agree("from 0.3334 on, 2 of 3", "from 0.3333 on, 2 of 3"), agree("from 0.3334 on, 3", "from 0.3334 on, 2")
    (True, False)
    >>> agree("1.3e-12", "1.2e-12"), agree("1.3e-12", "1.1e-12"), agree("25", "24.75"), agree("1.3", "1.2")
    (True, False, False, True)
    >>> agree("1.3", "1.2", digits=4)
    False
    """
    if _NUMBER.sub("#", told) != _NUMBER.sub("#", kept):
        return False
    pairs = zip(_NUMBER.findall(told), _NUMBER.findall(kept), strict=True)
    return all(_close(a, b, digits) for a, b in pairs)


def _close(a: str, b: str, digits: int) -> bool:
    if a == b:
        return True
    rounding = 1.01 * min(_last_place(a, digits), _last_place(b, digits))
    return math.isclose(float(a), float(b), rel_tol=1e-7, abs_tol=rounding)


def _last_place(number: str, digits: int) -> float:
    """What the last place of a number counts; nothing where it has so few that they are exact."""
    mantissa, exponential, exponent = number.partition("e")
    whole, _, places = mantissa.lstrip("-").partition(".")
    if not exponential and (not places or len((whole + places).lstrip("0")) < digits):
        return 0.0
    return 10.0 ** (int(exponent or 0) - len(places))


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n")


def _read(file: Path) -> dict[str, str]:
    parts = re.split(rf"^{HEADING}", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {title: told.rstrip("\n") for title, _, told in (part.partition("\n") for part in parts)}


def _write(file: Path, parts: dict[str, str]) -> None:
    file.parent.mkdir(exist_ok=True)
    told = [f"{HEADING}{title}\n{_plain(text)}\n" for title, text in parts.items()]
    file.write_text("\n".join(told), encoding="utf-8")


def _difference(kept: str, told: str, digits: int = 1) -> str:
    """The first lines that differ."""
    before, now = kept.split("\n"), told.split("\n")
    count = max(len(before), len(now))
    before, now = before + ["(nothing)"] * (count - len(before)), now + ["(nothing)"] * (count - len(now))
    apart = [(k, a, b) for k, (a, b) in enumerate(zip(before, now, strict=True), 1) if not agree(a, b, digits)]
    return "\n".join(f"line {k}\n- {a}\n+ {b}" for k, a, b in apart[:8])


def main() -> None:
    """Write all transcripts anew."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        if "Transcript(__file__" in path.read_text(encoding="utf-8"):
            module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            for transcript in list(vars(module).values()):
                if type(transcript).__name__ == "Transcript":
                    transcript.write()


if __name__ == "__main__":
    main()
