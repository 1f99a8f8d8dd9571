"""`Confusion`: which classes were taken for which, of any number of them."""

from __future__ import annotations

import numpy as np


class Confusion:
    """How many rows of each class were taken for each class; only pairs that occur are held.

    Parameters
    ----------
    true, predicted : array of int
        Class numbers, a row each.
    classes : list of str

    Attributes
    ----------
    pairs : array of int (pairs, 2)
        Numbers of classes: what rows are, and what they were taken for.
    counts : array of int (pairs,)

    Examples
    --------
    >>> confusion = Confusion(np.array([0, 1, 1]), np.array([0, 1, 0]), ["cat", "dog"])
    >>> confusion.matrix().tolist(), confusion.mistakes, confusion.most_frequent(1)
    ([[1, 0], [1, 1]], 1, [('dog', 'cat', 1)])
    """

    def __init__(self, true: np.ndarray, predicted: np.ndarray, classes: list[str]) -> None:
        self.classes = classes
        self.pairs, self.counts = np.unique(np.stack([true, predicted], axis=1), axis=0, return_counts=True)
        self._wrong = self.pairs[:, 0] != self.pairs[:, 1]

    @property
    def mistakes(self) -> int:
        """How many rows were taken for another class."""
        return int(self.counts[self._wrong].sum())

    def most_confused(self, most: int) -> list[int]:
        """The classes with most mistakes, of their rows or with them; no more than `most`, in their order."""
        wrong = np.zeros(len(self.classes), int)
        for side in (0, 1):
            np.add.at(wrong, self.pairs[self._wrong, side], self.counts[self._wrong])
        return sorted(np.argsort(-wrong, kind="stable")[:most].tolist())

    def matrix(self, chosen: list[int] | None = None) -> np.ndarray:
        """Counts of each class (row) by what it was taken for (column): of all classes, or of those chosen."""
        chosen = list(range(len(self.classes))) if chosen is None else chosen
        place = np.full(len(self.classes), -1)
        place[chosen] = np.arange(len(chosen))
        rows, columns = place[self.pairs].T
        inside = (rows >= 0) & (columns >= 0)
        found = np.zeros((len(chosen), len(chosen)), int)
        found[rows[inside], columns[inside]] = self.counts[inside]
        return found

    def most_frequent(self, most: int) -> list[tuple[str, str, int]]:
        """The most frequent mistakes: what the rows are, what they were taken for, and how many."""
        order = np.argsort(-np.where(self._wrong, self.counts, 0), kind="stable")[:most]
        return [
            (self.classes[is_], self.classes[taken], int(count))
            for (is_, taken), count, wrong in zip(
                self.pairs[order], self.counts[order], self._wrong[order], strict=True
            )
            if wrong
        ]
