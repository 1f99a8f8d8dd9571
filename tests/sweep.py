"""A sweep is one test over all there is: the test command takes a sample of it, and `python -m tests.checks` all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def sweep(values: Iterable[Any], sample: int = 10) -> list[Any]:
    """The parameters of a test, of which all but every tenth, or another share, count as integration; a tuple is several."""
    return [
        value
        if number % sample == 0
        else pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=pytest.mark.integration)
        for number, value in enumerate(values)
    ]
