"""A sweep is one test over all there is: the test command takes a sample of it, and `python -m tests.checks` all.

Where a row takes about a second and says little that another does not, the checks take a sample too, and the night all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def sweep(values: Iterable[Any], sample: int = 10, rest: Any = pytest.mark.integration) -> list[Any]:
    """The parameters of a test, of which all but every tenth, or another share, count as integration; a tuple is several.

    `rest=pytest.mark.night` leaves all but the sample to the night.
    """
    return [
        value if number % sample == 0 else pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=rest)
        for number, value in enumerate(values)
    ]
