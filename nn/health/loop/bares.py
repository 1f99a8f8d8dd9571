"""`Bares`: which of the networks that graphs show, one for each pass, are the same one."""

from __future__ import annotations

from typing import Any


class Bares:
    """What the graphs of a run have shown.

    Attributes
    ----------
    in_turns : bool
        Whether one of them came again after another: of several networks in turn, or parts of one, as of `grad(f, 0)` and
        `grad(f, 1)`, no single one is what is trained.
    """

    def __init__(self) -> None:
        self.in_turns = False
        self._known: list[Any] = []
        self._last: Any = None
        # The place of the last loss in the order of all nodes.
        self._order = 0

    def take(self, found: Any, order: int) -> Any:
        """The one that a pass is of, which now is what that pass shows; a new one where it is of none before.

        Parameters
        ----------
        found : Bare
        order : int
            Of the loss; 0 where it has no place.

        Returns
        -------
        Bare
        """
        known = next((bare for bare in reversed(self._known) if self._is_same(bare, found)), found)
        if known is found:
            self._known.append(found)
        else:
            self.in_turns = self.in_turns or known is not self._last
            known.follow(found)
        self._last, self._order = known, order
        return known

    def _is_same(self, bare: Any, later: Any) -> bool:
        """Whether a pass is of the same weights, or of some as large of which any were made since the pass before.

        Where weights have no place in an order, as PyTorch's, it is not known of any that it was not.
        """
        mine, others = bare.sources, later.sources
        same = len(mine) == len(others) and all(one is other for one, other in zip(mine, others, strict=True))
        return same or (
            bare.shapes == later.shapes
            and any(getattr(source, "order", self._order + 1) > self._order for source in others)
        )
