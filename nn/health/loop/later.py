"""The run that comes after another one: of a student, after a trial that is thrown away, or the last of several settings."""

from __future__ import annotations

import ast
import math
import sys
import time
from typing import Any

import numpy as np

from nn.health.loop.ledger import Ledger, Loader, Seen
from nn.health.loop.moves import Moves
from nn.health.loop.recorder import Enough, Recorder
from nn.health.loop.text import name_of_call, walk
from nn.health.loop.trained_rows import mark

# The share of the rows of two runs that are the same where both are of one task.
SAME_ROWS = 0.9
# The share of other losses that is far lower.
FAR_LOWER = 0.7


class LaterRecorder(Recorder):
    """Looks past the first run, until another line trains a model that shares no weights with it.

    What the script does at first is written down as ever, and forgotten when the later run begins. `is_again`: whether the model has the
    shapes of the first one, so that what the first has learned was thrown away. `is_larger`: whether it has more weights.
    """

    # The lines that lead to the passes of the first run, and its weights.
    _before: tuple[int, ...] = ()
    _weights: tuple[Any, ...] = ()
    is_later = is_again = is_larger = False

    def note_backward(self, loss: Any) -> None:
        if self._depth:
            return
        lines = tuple(self._look_around()[1])
        begins = bool(self._before) and not self.is_later and lines != self._before
        if begins:
            self._begin_anew()
        elif self.is_later and lines == self._before:
            # The two are trained in turns.
            self._give_up()
        super().note_backward(loss)
        call = self.ledger.iterations[-1].call
        weights = () if call is None else tuple(self.kit.parameters(call.model))
        if begins:
            known = {id(p) for p in self._weights}
            if not weights or any(id(p) in known for p in weights):
                self._give_up()
            self.is_again = [p.shape for p in weights] == [p.shape for p in self._weights]
            self.is_larger = sum(map(_size_of, weights)) > sum(map(_size_of, self._weights))
        elif not self.is_later:
            self._before, self._weights = self._before or lines, weights

    def _begin_anew(self) -> None:
        """The later run has a ledger of its own, with the optimizers that have not stepped yet."""
        old, self.ledger, self.is_later = self.ledger, Ledger(), True
        stepped = {id(optimizer) for optimizer, _ in old.steps}
        self.ledger.optimizers = [(made, site) for made, site in old.optimizers if id(made) not in stepped]
        self.ledger.is_of_folds, self.ledger.built = old.is_of_folds, old.built
        self.ledger.loaders = {key: Loader(each.length, 1, 1, each.site) for key, each in old.loaders.items()}
        self._moves = Moves(self.kit, self.ledger)
        self._waiting = [call for call in self._waiting if call.recorded]

    def begin_step(self, optimizer: Any) -> None:
        """The steps of what is forgotten are not counted: there may be many."""
        if self.is_later:
            super().begin_step(optimizer)
        else:
            self._begin_uncounted(optimizer)

    def _begin_uncounted(self, optimizer: Any) -> None:
        most, self.most = self.most, sys.maxsize
        Recorder.begin_step(self, optimizer)
        self.most = most

    def _give_up(self) -> None:
        self.is_later = False
        raise Enough

    def _stop_if_enough(self) -> None:
        if self.is_later:
            super()._stop_if_enough()
        elif time.monotonic() > self.end:
            raise Enough


class LastRecorder(LaterRecorder):
    """Looks at the last of several models that the same lines train, one after the other, each for a setting of its own.

    `losses` are those of the passes of each of them. `until`: how many of them are trained, where the last is not the one to look at.
    """

    # The weights of all models that were trained before the one of now.
    _earlier: tuple[Any, ...] = ()
    until: float = math.inf

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.losses: list[list[float]] = [[]]

    @property
    def best(self) -> int | None:
        """Which of them comes to a far lower loss than the first and the last; None where none does."""
        ends = [float(np.median(each[-max(1, len(each) // 10) :])) for each in self.losses if each]
        best = int(np.argmin(ends)) if ends and np.isfinite(ends).any() else 0
        others = min((end for end in (ends[0], ends[-1]) if np.isfinite(end)), default=math.inf)
        return best if 0 < best < len(ends) - 1 and ends[best] < FAR_LOWER * others else None

    def note_backward(self, loss: Any) -> None:
        end = self.end
        if not self._depth and (weights := self._weights_of(loss)):
            ids = {id(p) for p in weights}
            if any(id(p) in ids for p in self._earlier):
                # They are trained in turns.
                self._give_up()
            if self._weights and not any(id(p) in ids for p in self._weights):
                if len(self.losses) > self.until:
                    raise Enough
                self._earlier = (*self._earlier, *self._weights)
                self.losses.append([])
                self._begin_anew()
            self._weights = weights
            self.losses[-1].append(self.kit.number(loss))
        Recorder.note_backward(self, loss)
        # The time is that of all of them.
        self.end = min(end, self.end)

    def _weights_of(self, loss: Any) -> tuple[Any, ...]:
        """Those of the models that the script has called for a loss."""
        nodes = self.kit.nodes(loss)
        calls = [call for call in self._waiting if call.recorded and self.kit.leads_to(call.output, nodes)]
        return tuple(p for call in calls for part in call.parts for p in self.kit.parameters(part))

    def begin_step(self, optimizer: Any) -> None:
        """None is counted: which model is the last is known in the end."""
        self._begin_uncounted(optimizer)

    def _stop_if_enough(self) -> None:
        # Which of them is the last one is known in the end.
        if time.monotonic() > self.end:
            raise Enough


def _size_of(weight: Any) -> int:
    return math.prod(weight.shape)


def are_of_one_task(seen: Seen, other: Seen) -> bool:
    """Whether two runs were given the same rows, and asked the same of them, however these are shaped."""
    mine, theirs = ({_mark_row(*row) for row in zip(*_rows_of(each), strict=True)} for each in (seen, other))
    return len(mine & theirs) >= SAME_ROWS * max(len(mine), len(theirs))


def _rows_of(seen: Seen) -> tuple[np.ndarray, np.ndarray]:
    assert seen.inputs is not None
    assert seen.targets is not None
    return seen.inputs, seen.targets


def _mark_row(x: Any, y: Any) -> tuple[bytes, bytes]:
    return mark(np.asarray(x)), mark(np.asarray(y))


def trains_twice(text: str) -> bool:
    """Whether passes are made at more than one place of a script, or by a function that is called at more than one.

    Examples
    --------
    >>> trains_twice("for k in range(9):\\n    loss.backward()\\nfor k in range(9):\\n    loss.backward()\\n")
    True
    >>> text = "def fit(model):\\n    loss.backward()\\nfit(model)\\n"
    >>> trains_twice(text), trains_twice(text + "fit(other)\\n")
    (False, True)
    """
    nodes = walk(text)
    called = [name_of_call(node) for node in nodes]
    training = {"backward"}
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    for _ in functions:
        training |= {f.name for f in functions if training & {name_of_call(node) for node in ast.walk(f)}}
    return any(called.count(name) > 1 for name in training)
