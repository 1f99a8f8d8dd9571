"""The run that comes after another one, such as that of a student, or after one that is thrown away, such as a trial of rates."""

from __future__ import annotations

import ast
import time
from typing import Any

from nn.health.loop.ledger import Ledger, Loader
from nn.health.loop.moves import Moves
from nn.health.loop.recorder import Enough, Recorder
from nn.health.loop.text import name_of_call, walk


class LaterRecorder(Recorder):
    """Looks past the first run, until another line trains a model that shares no weights with it.

    What the script does at first is written down as ever, and forgotten when the later run begins. `is_again`: whether the model has the
    shapes of the first one, so that what the first has learned was thrown away.
    """

    # The lines that lead to the passes of the first run, and its weights.
    _before: tuple[int, ...] = ()
    _weights: tuple[Any, ...] = ()
    is_later = is_again = False

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

    def _give_up(self) -> None:
        self.is_later = False
        raise Enough

    def _stop_if_enough(self) -> None:
        if self.is_later:
            super()._stop_if_enough()
        elif time.monotonic() > self.end:
            raise Enough


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
