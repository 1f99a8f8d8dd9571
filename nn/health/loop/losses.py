"""Reads what a script makes of outputs: the loss as a function of these and targets, and the targets of a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nn.health.loop.joined_loss import Lost, read_joined
from nn.health.loop.kit import Kit
from nn.health.loop.ledger import Call, Ledger
from nn.health.loop.replay import place_rows
from nn.health.multi_output import give_answers
from nn.health.scores import OF_PLACES, ignored_of, name_of

# By which share losses may differ that are the same but for rounding.
TO_ROUNDING = 1e-4


def read_loss(kit: Kit, ledger: Ledger, loss: Any, call: Call, lost: list[Lost], calls: int) -> np.ndarray | None:
    """The targets; keeps the loss: the framework's where it takes the outputs as they are, or what the script made of them.

    Parameters
    ----------
    kit : Kit
    ledger : Ledger
        Keeps the loss.
    loss : Tensor
    call : Call
    lost : list of tuple
        The losses of the framework that the script called since the last pass.
    calls : int
        Of models that the loss is of.
    """
    if ledger.penalty is None and len(ledger.iterations) < 2:
        ledger.penalty = kit.find_penalty(loss, call.output)
    found: tuple[Any, Any] | None = None
    if not isinstance(call.output, list):
        if not kit.stands_across(call.output):
            found = _read_direct(kit, ledger, loss, call, lost, calls) or _read_changed(kit, loss, call, lost)
        found = found or kit.replay(loss, call) or _read_tied(kit, loss, call, ledger.loss)
    if found is None:
        outputs = call.output if isinstance(call.output, list) else [call.output]
        pairs = call.application is not None and call.application.is_of_pairs
        found = read_joined(kit, ledger.loss, loss, outputs, lost, pairs)
    ledger.loss = ledger.loss or found[0]
    targets: np.ndarray | None = found[1]
    # Ones of classes, as of one_hot, are shares of them, and no class numbers of several places.
    if targets is not None and targets.dtype.kind in "iu" and are_ones_of_classes(targets):
        return targets.astype(np.float32)
    return targets


def count_targets(kit: Kit, ledger: Ledger, lost: list[Lost], call: Call | None) -> None:
    """Note whether the framework's losses since the last pass are of one output and different targets, or of some of the rows."""
    first: dict[int, np.ndarray | None] = {}
    mixed = some = False
    for _, (output, asked, *_), _ in lost:
        targets = kit.array(asked)
        known = first.setdefault(id(output), targets)
        if targets is not None:
            mixed |= known is not None and not np.array_equal(known, targets)
            some |= call is not None and call.inputs is not None and 0 < targets.size < len(call.inputs)
    ledger.mixed += mixed
    ledger.partial += some


def are_ones_of_classes(targets: np.ndarray) -> bool:
    """Whether each row has a one at its class, and zeros elsewhere.

    Examples
    --------
    >>> are_ones_of_classes(np.eye(3)[[2, 0]]), are_ones_of_classes(np.array([[1, 1], [0, 1]]))
    (True, False)
    """
    rows = targets.ndim == 2 and targets.shape[1] > 1
    return rows and bool(np.isin(targets, (0, 1)).all() and (targets.sum(axis=1) == 1).all())


def _read_direct(
    kit: Kit, ledger: Ledger, loss: Any, call: Call, lost: list[Lost], calls: int
) -> tuple[Any, np.ndarray] | None:
    """A loss of the framework that takes the output as it is."""
    direct = [one for one in lost if one[1][0] is call.output]
    if len(direct) != 1 or len(lost) != calls:
        return None
    function, given, result = direct[0]
    targets = kit.array(given[1])
    # Of losses of each element the script makes something.
    if targets is None or np.size(kit.value(result)) != 1:
        return None
    times = kit.number(loss) / (kit.number(result) or 1.0)
    if ledger.loss is None:
        ledger.multiplied = abs(times)
    return negate(function) if times < 0.0 else function, np.array(targets)


def _read_changed(kit: Kit, loss: Any, call: Call, lost: list[Lost]) -> tuple[Any, np.ndarray] | None:
    """A loss of the framework that takes what the script has made of the output."""
    if len(lost) != 1 or lost[0][2] is not loss:
        return None
    (function, (given, asked, *_), _), output = lost[0], call.output
    targets, replayed = kit.array(asked), kit.replay_several(given, [output])
    if targets is None or replayed is None or replayed[1]:
        return None
    before = replayed[0]
    found = OfOutput(function, before, np.array(targets), len(output) if output.ndim else 0)
    # It says what the outputs are only where it is given them as they are, but for their shape and order.
    made, taken = (np.ravel(kit.value(part)) for part in (output, given))
    if made.size == taken.size and np.array_equal(np.sort(made), np.sort(taken), equal_nan=True):
        found.__name__ = name_of(function)
        if found.__name__ in OF_PLACES:
            found.arrange = lambda outputs: _lay_out(np.asarray(kit.value(before(kit.as_constant(outputs)))))
        elif not np.array_equal(made, taken, equal_nan=True):
            found.__name__ = OfOutput.__name__
    return found, found.targets


def _lay_out(scores: np.ndarray) -> np.ndarray:
    """The scores of classes along the last axis, as a loss of the framework that takes them along the second one is given them."""
    return np.moveaxis(scores, 1, -1) if scores.ndim > 2 else scores


class Tied:
    """A loss of targets and of constants that come of them by a line, such as 1 − t in a likelihood.

    Parameters
    ----------
    function : callable
        Of outputs and all constants.
    base : int
        Which of the constants are the targets.
    lines : list of (float, float)
        Of each constant a and b of `a + b t`.
    """

    def __init__(self, function: Any, base: int, lines: list[tuple[float, float]]) -> None:
        self._function, self.base, self._lines = function, base, lines

    def __deepcopy__(self, memo: dict[int, Any]) -> Tied:
        """It is only read."""
        return self

    def ties(self, constants: list[np.ndarray]) -> bool:
        """Whether other constants come of the targets among them by the same lines."""
        if len(constants) != len(self._lines):
            return False
        base = constants[self.base]
        return all(
            constant.shape == base.shape and np.allclose(constant, a + b * base, rtol=1e-5, atol=1e-6)
            for constant, (a, b) in zip(constants, self._lines, strict=True)
        )

    def on(self, function: Any) -> Tied:
        """The same of another function of outputs and all constants."""
        return Tied(function, self.base, self._lines)

    def __call__(self, outputs: Any, targets: Any) -> Any:
        return self._function(outputs, *(a + b * targets if (a, b) != (0.0, 1.0) else targets for a, b in self._lines))


def _read_tied(kit: Kit, loss: Any, call: Call, known: Any) -> tuple[Any, np.ndarray] | None:
    """What the script made of an output and constants that all come of one of them; the targets are what is the best answer."""
    read = kit.replay_several(loss, [call.output])
    if read is None or len(read[1]) < 2:
        return None
    function, constants = read
    if isinstance(known, Tied) and known.ties(constants):
        # Also of a batch whose targets are all alike, which no line is seen in.
        return known.on(function), constants[known.base]
    if any(fit_line(constant, constants[0]) is None for constant in constants):
        return None
    if isinstance(known, Tied) and known.base < len(constants):
        base = known.base
    else:
        output = np.array(kit.value(call.output))
        values = [_values(kit, function, list(give_answers(output, one)), constants) for one in constants]
        # What is never above 0 is a score, such as the logarithm of a likelihood, whether its sign is meant or not.
        is_score = max(map(max, values)) <= 0.0
        costs = [-max(each) if is_score else min(each) for each in values]
        base = int(np.argmin(costs))
        # Where one that goes the other way is as good an answer, which are the targets can't be told.
        as_good = [one for one, cost in zip(constants, costs, strict=True) if cost <= costs[base] * (1.0 + TO_ROUNDING)]
        if not np.isfinite(costs[base]) or any(
            (line := fit_line(o, constants[base])) and line[1] < 0.0 for o in as_good
        ):
            return None
    lines = [fit_line(constant, constants[base]) for constant in constants]
    return Tied(function, base, [line for line in lines if line is not None]), constants[base]


def _values(kit: Kit, function: Any, answers: list[np.ndarray], constants: list[np.ndarray]) -> list[float]:
    """The losses of some answers, of which none is NaN."""
    found = [kit.number(function(*map(kit.as_constant, [answer, *constants]))) for answer in answers]
    return [one for one in found if np.isfinite(one)] or [np.inf]


def fit_line(array: np.ndarray, base: np.ndarray) -> tuple[float, float] | None:
    """a and b where an array is `a + b t` of another one; None where it is not.

    Examples
    --------
    >>> y = np.array([0.0, 1.0, 1.0])
    >>> fit_line(1.0 - y, y), fit_line(np.array([3.0, 1.0, 2.0]), y)
    ((1.0, -1.0), None)
    """
    if array.shape != base.shape or not array.size or base.dtype.kind not in "fiub" or array.dtype.kind not in "fiub":
        return None
    x, y = (np.ravel(part).astype(np.float64) for part in (base, array))
    low, high = int(x.argmin()), int(x.argmax())
    if not (np.isfinite(x).all() and np.isfinite(y).all()) or x[low] == x[high] or y[low] == y[high]:
        return None
    b = float((y[high] - y[low]) / (x[high] - x[low]))
    a = float(y[low] - b * x[low])
    return (a, b) if np.allclose(a + b * x, y, rtol=1e-5, atol=1e-6) else None


class OfOutput:
    """A loss of the framework, of what a script makes of an output before, such as another shape or a softmax.

    Where the places of each row stand in rows of their own, the targets stand beside each other here.

    Parameters
    ----------
    function : callable
    before : callable
        What the script makes of the output.
    targets : array
    rows : int
        Of the batch.
    """

    def __init__(self, function: Any, before: Any, targets: np.ndarray, rows: int) -> None:
        self._function, self._before, self._shape = function, before, targets.shape
        self.targets = place_rows(targets, rows) if targets.ndim else targets
        self.ignored = ignored_of(function)
        self.arrange: Callable[[np.ndarray], np.ndarray] | None = None
        self.__name__ = type(self).__name__

    def __deepcopy__(self, memo: dict[int, Any]) -> OfOutput:
        """It is only read."""
        return self

    def __call__(self, outputs: Any, targets: Any) -> Any:
        return self._function(self._before(outputs), targets.reshape(-1, *self._shape[1:]) if self._shape else targets)


def echoes(output: np.ndarray, targets: np.ndarray) -> bool:
    """Whether targets are what an output itself says: the class of the largest score, as a number or a one, yes or no for scores above
    0 or chances above one half, or the numbers as they are.

    Examples
    --------
    >>> scores = np.array([[0.2, 0.9], [0.7, 0.1]])
    >>> echoes(scores, np.array([1, 0])), echoes(scores, np.array([1, 1])), echoes(scores, np.eye(2)[[1, 0]]), echoes(scores, scores)
    (True, False, True, True)
    >>> echoes(np.array([[0.2], [-0.7]]), np.array([[1.0], [0.0]])), echoes(np.array([[0.2], [0.7]]), np.array([0.0, 1.0]))
    (True, True)
    """
    if not targets.size or targets.size == 1:
        return False
    if targets.shape == output.shape and are_ones_of_classes(targets):
        return np.array_equal(output.argmax(axis=1), targets.argmax(axis=1))
    if targets.size == output.size and are_yes_or_no(targets):
        return any(np.array_equal(output.ravel() > edge, targets.ravel() > 0) for edge in (0.0, 0.5))
    if targets.dtype.kind == "f":
        return targets.size == output.size and np.array_equal(targets.ravel(), output.ravel())
    if targets.dtype.kind not in "iu" or output.ndim < 2:
        return False
    said = (output.argmax(axis=axis) for axis in {1, output.ndim - 1})
    return any(best.size == targets.size and np.array_equal(best.ravel(), targets.ravel()) for best in said)


def are_yes_or_no(targets: np.ndarray) -> bool:
    """Whether all of some targets, which number no classes, are 0 or 1, as those of a score that says yes or no."""
    return targets.dtype.kind in "fb" and bool(np.isin(targets, (0, 1)).all())


def negate(loss: Any) -> Any:
    """A loss with the other sign."""
    return lambda outputs, targets: -loss(outputs, targets)
