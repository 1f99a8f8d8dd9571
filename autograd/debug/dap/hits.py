"""`HitCondition`: at which of its hits a breakpoint stops, such as `3`, `>= 10` or `% 100`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

from autograd.debug.errors import DebugError

_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "==": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "%": lambda hit, every: hit % every == 0,
}
_WRITTEN = re.compile(r"\s*(==|>=|<=|>|<|%|)\s*([0-9]{1,15})\s*")


@dataclass(frozen=True, slots=True)
class HitCondition:
    """Holds for some hits, which are counted from 1 over all passes of the program.

    Examples
    --------
    >>> every = HitCondition.parse("% 10")
    >>> [hit for hit in range(1, 31) if every(hit)]
    [10, 20, 30]
    """

    compare: str
    number: int

    def __call__(self, hit: int) -> bool:
        return _COMPARE[self.compare](hit, self.number)

    @classmethod
    def parse(cls, text: str) -> HitCondition:
        """Read one.

        Raises
        ------
        DebugError
            Where it is something else.
        """
        found = _WRITTEN.fullmatch(text)
        if found is None or int(found[2]) == 0:
            raise DebugError(
                f"hit count {text[:40]!r}: a whole number from 1 on is expected, such as 3, >= 3 or % 10 (every tenth)"
            )
        return cls(found[1] or "==", int(found[2]))
