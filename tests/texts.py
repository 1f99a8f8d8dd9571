"""Whole texts that tests hold: each stands in a file of its own, to be read as its reader would read it.

`REWRITE_TEXTS=1 pytest tests/…` writes them anew. Read what has changed before it is committed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

# Integers, and numbers of which another processor may round the last digit otherwise.
NUMBER = re.compile(r"\d+\.\d+(?:e[+-]\d+)?|\d+")


def assert_text(file: Path, text: str) -> None:
    """Hold a text to that of a file; of decimals, the last digit may be one more or less."""
    if os.environ.get("REWRITE_TEXTS"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text + "\n", encoding="utf-8")
    kept = file.read_text(encoding="utf-8").removesuffix("\n")
    if not are_alike(text, kept):
        # pytest shows the lines that differ.
        assert text.splitlines() == kept.splitlines()
        assert text == kept


def assert_section(file: Path, name: str, text: str) -> None:
    """Hold a text to one part of a file, which begins with `[name]`; to be written anew by one process alone."""
    parts = file.read_text(encoding="utf-8").split("\n\n[") if file.exists() else []
    sections = dict(part.removeprefix("[").split("]\n", 1) for part in parts)
    if os.environ.get("REWRITE_TEXTS"):
        sections[name] = text
        told = "\n\n".join(f"[{key}]\n{value.rstrip()}" for key, value in sorted(sections.items()))
        file.write_text(told + "\n", encoding="utf-8")
    kept = sections[name].rstrip()
    if not are_alike(text, kept):
        assert text.splitlines() == kept.splitlines()
        assert text == kept


def are_alike(text: str, kept: str) -> bool:
    """Whether two texts are equal but for the last digits of decimals."""
    one, other = NUMBER.findall(text), NUMBER.findall(kept)
    if NUMBER.sub("#", text) != NUMBER.sub("#", kept):
        return False
    return all(abs(float(a) - float(b)) <= 1.01 * _last_digit(b) for a, b in zip(one, other, strict=True))


def _last_digit(number: str) -> float:
    """What one more in the last digit is; of an integer nothing."""
    digits, _, power = number.partition("e")
    places = len(digits.partition(".")[2])
    return 10.0 ** (int(power or 0) - places) if places else 0.0
