"""Whole outputs kept as text, as they were when they were read; `python -m tests.transcripts` writes all of them anew.

A test gives a `Transcript` its scenes: functions by name that tell something, such as the report of a check. What they told
stands in `transcripts/` beside the test. Who writes it anew reads what has changed before committing it.
"""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# How a scene begins in its file.
HEADING = "═══ "
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")


class Transcript:
    """What some scenes told.

    Parameters
    ----------
    test : str
        The test's `__file__`.
    name : str
        Of the file that keeps it.
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
        """Hold a scene to what it told, but for the last places of numbers, which another processor may round otherwise."""
        told, kept = _plain(self.scenes[title]()), self._read()[title]
        assert agree(told, kept), f"{self.path.relative_to(ROOT)}, {title}:\n{_difference(kept, told)}"

    def complete(self) -> bool:
        """Whether all scenes are kept, in order, and nothing else."""
        return list(self._read()) == list(self.scenes)

    def write(self) -> None:
        """Keep what the scenes tell now."""
        self.path.parent.mkdir(exist_ok=True)
        parts = [f"{HEADING}{title}\n{_plain(tell())}\n" for title, tell in self.scenes.items()]
        self.path.write_text("\n".join(parts), encoding="utf-8")

    def _read(self) -> dict[str, str]:
        parts = re.split(rf"^{HEADING}", self.path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
        return {title: told.rstrip("\n") for title, _, told in (part.partition("\n") for part in parts)}


def agree(told: str, kept: str) -> bool:
    """Whether two texts differ in the last shown places of numbers that have four or more, or an exponent, and in nothing else.

    Examples
    --------
    >>> agree("from 0.3334 on, 2 of 3", "from 0.3333 on, 2 of 3"), agree("from 0.3334 on, 3", "from 0.3334 on, 2")
    (True, False)
    >>> agree("1.3e-12", "1.2e-12"), agree("1.3e-12", "1.1e-12"), agree("1.3", "1.2"), agree("25", "24.75")
    (True, False, False, False)
    """
    if _NUMBER.sub("#", told) != _NUMBER.sub("#", kept):
        return False
    return all(map(_close, _NUMBER.findall(told), _NUMBER.findall(kept)))


def _close(a: str, b: str) -> bool:
    return a == b or math.isclose(float(a), float(b), rel_tol=1e-7, abs_tol=1.01 * min(_last_place(a), _last_place(b)))


def _last_place(number: str) -> float:
    """What the last place of a number counts; nothing where it has so few that they are exact."""
    mantissa, exponential, exponent = number.partition("e")
    whole, _, places = mantissa.lstrip("-").partition(".")
    if not exponential and (not places or len((whole + places).lstrip("0")) < 4):
        return 0.0
    return 10.0 ** (int(exponent or 0) - len(places))


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n")


def _difference(kept: str, told: str) -> str:
    """The first lines that differ."""
    before, now = kept.split("\n"), told.split("\n")
    count = max(len(before), len(now))
    before, now = before + ["(nothing)"] * (count - len(before)), now + ["(nothing)"] * (count - len(now))
    apart = [(k, a, b) for k, (a, b) in enumerate(zip(before, now, strict=True), 1) if not agree(a, b)]
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
