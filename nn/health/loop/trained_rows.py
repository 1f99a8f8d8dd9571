"""`Rows`: the rows that a loop has trained on, and what tells one from another."""

from __future__ import annotations

import math
from collections import Counter
from hashlib import blake2b

import numpy as np

# Rows, and bytes of them, that are kept of a run, so that a long first epoch does not fill the memory.
MOST_ROWS, MOST_BYTES = 4000, 2**28
# Rows of a first batch that are enough to see that they are of few kinds, and how many there are of each at least.
ENOUGH_OF_A_BATCH, OF_EACH_KIND = 8, 2


def mark(array: np.ndarray) -> bytes:
    """What tells one row, or one batch, from another: the same for the same numbers.

    Examples
    --------
    >>> mark(np.zeros(3)) == mark(np.zeros(3)), mark(np.zeros(3)) == mark(np.ones(3))
    (True, False)
    """
    return blake2b(np.ascontiguousarray(array).tobytes(), digest_size=16).digest()


class Rows:
    """The rows that the loop has trained on, in their order, with the targets they first came with.

    `otherwise` tells of each row that came again whether it came with another target than the last time, and one that has
    stood with some row before. `doubles` counts rows that stood twice in one batch, `pairs` any two rows of a batch, and `twins` those
    of them that are alike. `came` are all rows, with their targets, in the order
    in which they came, where they are of few kinds, as the signs of a text are: of these each is many rows.
    """

    def __init__(self, most: int = MOST_ROWS) -> None:
        self.most = most
        self.inputs: list[np.ndarray] = []
        self.targets: list[np.ndarray] = []
        self.times: dict[bytes, int] = {}
        self.total = 0
        self._known: dict[bytes, bytes] = {}
        self._answers: set[bytes] = set()
        self._bytes = 0
        self.otherwise: list[bool] = []
        self.doubles = 0
        self.pairs = self.twins = 0
        self.came: list[tuple[np.ndarray, np.ndarray]] = []
        # Of so many rows that come for the first time one is kept.
        self.every = 1
        self._first = 0

    def add(self, inputs: np.ndarray, targets: np.ndarray | None) -> list[bytes]:
        """Keep what is new of a batch; what tells its rows from others."""
        if targets is not None and (targets.ndim == 0 or len(targets) != len(inputs)):
            targets = None
        # A row that is twice in one batch is two rows.
        before, fresh = dict.fromkeys(self._known), set()
        keys = [mark(row) for row in inputs]
        self.pairs += math.comb(len(keys), 2)
        self.twins += sum(math.comb(times, 2) for times in Counter(keys).values())
        few = len(keys) >= max(ENOUGH_OF_A_BATCH, OF_EACH_KIND * len(set(keys)))
        if targets is not None and (self.came or (few and not self.total)):
            some = slice(max(0, self.most - len(self.came)))
            self.came += zip(inputs[some].copy(), targets[some].copy(), strict=True)
        for k, (row, key) in enumerate(zip(inputs, keys, strict=True)):
            answer = mark(targets[k]) if targets is not None else b""
            if key not in self.times:
                fresh.add(key)
            self.times[key] = self.times.get(key, 0) + 1
            self.total += 1
            if key in before and key in self._known:
                self.otherwise.append(self._known[key] != answer and answer in self._answers)
                self._known[key] = answer
                self._answers.add(answer)
                continue
            self.doubles += key in self._known
            if key in fresh:
                if self._first % self.every == 0:
                    self._known[key] = answer
                    # A copy, so that a row does not keep the whole batch.
                    self.inputs.append(np.array(row))
                    self._bytes += row.nbytes
                    if targets is not None:
                        self.targets.append(targets[k])
                self._first += 1
            self._answers.add(answer)
            if len(self.inputs) > self.most or self._bytes > MOST_BYTES:
                self._thin_out()
        return keys

    def _thin_out(self) -> None:
        """Keep every second of the rows, and of those to come, so that they are of all parts of an epoch."""
        self.every *= 2
        for row in self.inputs[1::2]:
            self._known.pop(mark(row), None)
        self.inputs, self.targets = self.inputs[::2], self.targets[::2]
        self._bytes //= 2

    @property
    def epochs(self) -> int:
        """How often the rows were gone through."""
        return self.total // len(self.times) if self.times else 0

    @property
    def likely(self) -> int:
        """How many rows there are, where some are alike: two of a batch as often as any two of so many kinds, drawn at random, are."""
        kinds, found = self.pairs / max(self.twins, 1), len(self.times)
        return round(-kinds * math.log1p(-found / kinds)) if self.twins and found < kinds else found
