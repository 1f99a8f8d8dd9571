"""Several outputs of a model, each with targets of its own, as one: the loss that adds up theirs, and how good they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from nn.health.guess import Link
from nn.health.scores import LOSSES, Judge, make_judge, name_of

# How far two losses lie apart that are not the same.
APART = 1e-5
# The score of a class, or of yes, in an answer that is sure.
SURE = 8.0
# How far from 0 and 1 a probability is that is nearly sure.
NEARLY = 0.01
# Stands for targets that can't be told among what an output meets.
UNTOLD = -1


class Layout:
    """How arrays of as many rows lie side by side in one; a single one is itself.

    Parameters
    ----------
    arrays : sequence of array

    Examples
    --------
    >>> layout = Layout([np.zeros((2, 3), np.float32), np.arange(2)])
    >>> layout.join([np.zeros((2, 3), np.float32), np.arange(2)]).tolist()
    [[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
    >>> [(part.shape, part.dtype.name) for part in layout.split(np.ones((5, 4)))]
    [((5, 3), 'float32'), ((5,), 'int64')]
    """

    def __init__(self, arrays: Sequence[np.ndarray]) -> None:
        self.shapes = [array.shape[1:] for array in arrays]
        self.dtypes = [array.dtype for array in arrays]
        self.ends = np.cumsum([0, *(int(np.prod(shape)) for shape in self.shapes)]).tolist()

    def join(self, arrays: Sequence[np.ndarray]) -> np.ndarray:
        """One array of numbers."""
        if len(arrays) == 1:
            return arrays[0]
        return np.concatenate([np.asarray(a, np.float32).reshape(len(a), -1) for a in arrays], axis=1)

    def cut(self, whole: Any) -> list[Any]:
        """The parts of an array or a tensor, in their shapes."""
        if len(self.shapes) == 1:
            return [whole]
        return [
            whole[:, begin:end].reshape((len(whole), *shape))
            for begin, end, shape in zip(self.ends, self.ends[1:], self.shapes, strict=False)
        ]

    def split(self, whole: Any) -> list[Any]:
        """The parts of an array or a tensor, in their shapes and types."""
        return [_cast(part, dtype) for part, dtype in zip(self.cut(whole), self.dtypes, strict=True)]


def _cast(part: Any, dtype: np.dtype) -> Any:
    if isinstance(part, np.ndarray):
        return part.astype(dtype)
    # A tensor of PyTorch's, which is not imported to know it.
    return part.long() if dtype.kind in "iu" else part.bool() if dtype.kind == "b" else part


class JoinedLoss:
    """A loss of outputs and of what they are compared with, as one of both side by side.

    Parameters
    ----------
    loss : callable
        Of all outputs, then of all targets and what else stands beside the rows, such as weights.
    outputs, targets : Layout
    asked : list of int or None
        For each output the place of its targets among the latter; None for one that has none of its own, all of them where
        outputs are compared with each other.
    names : list of str
        Of the loss of each output; empty where the script computes it itself.
    in_order : bool
        Whether it matters which of two outputs is which.
    """

    def __init__(
        self,
        loss: Any,
        outputs: Layout,
        targets: Layout,
        asked: list[int | None],
        names: list[str],
        in_order: bool = True,
    ) -> None:
        self.loss, self.outputs, self.targets, self.asked, self.names = loss, outputs, targets, asked, names
        self.in_order = in_order

    @property
    def is_of_pairs(self) -> bool:
        """Whether outputs are compared with each other, and none has targets of its own."""
        return all(place is None for place in self.asked)

    def __call__(self, outputs: Any, targets: Any) -> Any:
        return self.loss(*self.outputs.cut(outputs), *self.targets.split(targets))


# The loss as a number, of outputs and of what they are compared with.
Value = Callable[[list[np.ndarray], list[np.ndarray]], float]


def match_in_order(value: Value, outputs: list[np.ndarray], targets: list[np.ndarray]) -> list[int | None] | None:
    """The same of many outputs, such as one for each step of a sequence, whose targets stand in their order, or in the opposite one.

    Examples
    --------
    >>> a, b, y, z = np.random.default_rng(0).normal(size=(4, 6, 2))
    >>> match_in_order(lambda o, t: float(((o[0] - t[0]) ** 2 + (o[1] - t[1]) ** 2).mean()), [a, b], [y, z])
    [0, 1]
    >>> match_in_order(lambda o, t: float(((o[0] - t[1]) ** 2 + (o[1] - t[0]) ** 2).mean()), [a, b], [y, z])
    [1, 0]
    >>> match_in_order(lambda o, t: float(((o[0] - t[0] - t[1]) ** 2 + (o[1] - t[1]) ** 2).mean()), [a, b], [y, z]) is None
    True
    """
    meet, count = _ask_who_meets(value, outputs, targets), len(outputs)
    for places in ([*range(count)], [*reversed(range(count))]):
        others = [[count + o for o in places if o != m] for m in places]
        if all(meet(k, count + m) and not meet(k, *others[k]) for k, m in enumerate(places)):
            return [*places]
    return None


def _ask_who_meets(value: Value, outputs: list[np.ndarray], targets: list[np.ndarray]) -> Callable[..., bool]:
    """Whether what a loss makes of a change of one of its parts, outputs first, depends on some others."""
    # Of a seed that nobody takes, since outputs may be drawn, too.
    rng = np.random.default_rng(7919)
    others = [rng.normal(size=o.shape).astype(o.dtype) for o in outputs] + [np.roll(t, 1, axis=0) for t in targets]
    given, count = [*outputs, *targets], len(outputs)

    def meet(k: int, *some: int) -> bool:
        four = [
            value(moved[:count], moved[count:])
            for first in (False, True)
            for second in (False, True)
            for moved in [
                [
                    other if (j == k and first) or (j in some and second) else part
                    for j, (part, other) in enumerate(zip(given, others, strict=True))
                ]
            ]
        ]
        return abs(four[0] - four[1] - four[2] + four[3]) > APART * max(map(abs, four))

    return meet


def match_targets(value: Value, outputs: list[np.ndarray], targets: list[np.ndarray]) -> list[int | None] | None:
    """For each output the number of its targets, or None for one that has none; None where it can't be told.

    What a loss of both makes of another output depends on its targets, and not on those of others. Where an output meets several,
    such as targets and their weights, its targets are what would be the best answer.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> a, b, y, z = rng.normal(size=(4, 6, 2))
    >>> match_targets(lambda o, t: float(((o[0] - t[1]) ** 2 + (o[1] - t[0]) ** 2).mean()), [a, b], [y, z])
    [1, 0]
    >>> match_targets(lambda o, t: float((abs(t[0]) * (o[0] - t[1]) ** 2).mean() + (o[1] ** 2).mean()), [a, b], [y, z])
    [1, None]
    >>> match_targets(lambda o, t: float(((o[0] + o[1] - t[1] - t[0]) ** 2).mean()), [a, b], [y, z]) is None
    True
    """
    meet, count = _ask_who_meets(value, outputs, targets), len(outputs)
    met = [[m for m in range(len(targets)) if meet(k, count + m)] for k in range(count)]
    asked = [_choose_targets(value, outputs, targets, k, some) for k, some in enumerate(met)]
    if not any(met) or UNTOLD in asked:
        return None
    for k, (mine, some) in enumerate(zip(asked, met, strict=True)):
        # What stands beside targets, such as weights, meets them too; other targets do not.
        if any(not meet(count + m, count + mine) for m in some if mine is not None and m != mine):
            return None
        # Of the same targets each output must be an answer of its own, and no part of one.
        if any(set(some) & set(met[j]) and (len(some) > 1 or len(met[j]) > 1 or meet(k, j)) for j in range(k)):
            return None
    return asked


def _choose_targets(
    value: Value, outputs: list[np.ndarray], targets: list[np.ndarray], k: int, some: list[int]
) -> int | None:
    """Of what an output meets, what the loss is least for as an answer."""
    if len(some) < 2:
        return some[0] if some else None

    def cost(m: int) -> float:
        answers = [
            [answer if j == k else o for j, o in enumerate(outputs)] for answer in give_answers(outputs[k], targets[m])
        ]
        found = [value(answer, targets) for answer in answers]
        return min((one for one in found if np.isfinite(one)), default=np.inf)

    best = min(some, key=cost)
    # What is no better as an answer than the one there is, such as what outputs were picked by, is no target.
    return best if cost(best) < value(outputs, targets) else UNTOLD


def give_answers(output: np.ndarray, target: np.ndarray) -> Iterator[np.ndarray]:
    """What would be the best answer if something were the targets: as numbers, logarithms of odds, or scores of classes."""
    if target.size == output.size:
        numbers = target.reshape(output.shape).astype(output.dtype)
        yield numbers
        if np.isin(numbers, (-1.0, 1.0)).all():
            yield SURE * numbers
        if numbers.min() >= 0.0 and numbers.max() <= 1.0:
            yield SURE * (2.0 * numbers - 1.0)
            # Of which the logarithms are finite.
            yield np.clip(numbers, NEARLY, 1.0 - NEARLY)
    if target.dtype.kind in "iu" and target.size * output.shape[-1] == output.size and target.min() >= 0:
        classes = output.shape[-1]
        if target.max() < classes:
            yield (SURE * np.eye(classes)[target.ravel()]).reshape(output.shape).astype(output.dtype)


@dataclass(frozen=True)
class JointJudge(Judge):
    """Each output that has targets counts the same: its error over that of its constant answer, by the weights beside the targets.

    Attributes
    ----------
    parts : list of (int, int, Judge)
        The place of an output, that of its targets, and their judge.
    scales : list of float
        The error of each constant answer.
    outputs, targets : Layout
    """

    parts: list[tuple[int, int, Judge]] = field(default_factory=list)
    scales: list[float] = field(default_factory=list)
    outputs: Layout = field(default_factory=lambda: Layout([]))
    targets: Layout = field(default_factory=lambda: Layout([]))

    def rows(self, outputs: np.ndarray, y: np.ndarray, link: Link | None = None) -> tuple[np.ndarray, np.ndarray]:
        given, asked = self.outputs.cut(outputs), self.targets.split(y)
        masked = mask(asked, self.parts)
        each = [
            [_spread(part / scale, judge, masked[m]) for part in judge.rows(given[k], masked[m])]
            for (k, m, judge), scale in zip(self.parts, self.scales, strict=True)
        ]
        errors, constant = (np.mean([pair[k] for pair in each], axis=0) for k in (0, 1))
        weights = self._weigh(asked, len(errors))
        return errors * weights, constant * weights

    def _weigh(self, asked: list[np.ndarray], count: int) -> np.ndarray:
        """What each error counts, where weights or a mask stand beside the targets."""
        told = {m for _, m, _ in self.parts}
        beside = [
            np.ravel(part).astype(np.float64) for m, part in enumerate(asked) if m not in told and part.size == count
        ]
        weights = np.prod([part for part in beside if part.min(initial=0.0) >= 0.0], axis=0) * np.ones(count)
        return weights / (weights.mean() or 1.0)

    @property
    def columns_of_numbers(self) -> list[tuple[slice, slice]]:
        """Where outputs that are numbers stand, and where their targets do; none where the two can't be told by how wide they are."""
        given, asked = self.outputs, self.targets
        each = [
            (slice(given.ends[k], given.ends[k + 1]), slice(asked.ends[m], asked.ends[m + 1]))
            for k, m, judge in self.parts
            if judge.kind == judge.link == "numbers"
        ]
        alike = given.ends[-1] == asked.ends[-1] and any(one != other for one, other in each)
        whole = min(len(given.shapes), len(asked.shapes)) > 1
        return each if whole and not alike and all(o.stop - o.start == t.stop - t.start for o, t in each) else []

    def form(self, y: np.ndarray) -> np.ndarray:
        asked = mask(self.targets.split(np.asarray(y)), self.parts)
        formed = [judge.form(asked[m]) for _, m, judge in self.parts]
        return np.hstack([part / np.sqrt(scale) for part, scale in zip(formed, self.scales, strict=True)])

    def read(self, outputs: np.ndarray, link: Link) -> np.ndarray:
        given = self.outputs.cut(np.asarray(outputs))
        told = [judge.read(given[k], judge.link).reshape(len(given[k]), -1) for k, _, judge in self.parts]
        return np.hstack([part / np.sqrt(scale) for part, scale in zip(told, self.scales, strict=True)])


def mask(asked: list[np.ndarray], parts: Sequence[tuple[int, int, Judge]]) -> list[np.ndarray]:
    """Targets without those that a mask of their shape, which stands beside them, leaves out.

    Examples
    --------
    >>> numbers, there = np.array([[1.0, 0.0], [3.0, 4.0]]), np.array([[1, 0], [1, 1]])
    >>> judge = Judge("numbers", "numbers", np.zeros(2), lambda o, y: 0.0)
    >>> mask([numbers, there], [(0, 0, judge)])[0].tolist()
    [[1.0, nan], [3.0, 4.0]]
    """
    told = {m for _, m, judge in parts if judge.kind in ("numbers", "labels")}
    beside = [part for m, part in enumerate(asked) if m not in {m for _, m, _ in parts} and part.size > len(part)]
    masks = [part for part in beside if np.isin(part, (0, 1)).all()]
    found = list(asked)
    for m in told:
        for part in (one for one in masks if one.shape == asked[m].shape and not one.all()):
            found[m] = np.where(part == 0, np.nan, found[m])
    return found


def leave_out(judge: Judge, told: np.ndarray) -> Judge:
    """The judge of targets of which some are NaN."""
    judge = replace(judge, mark=math.nan)
    return replace(judge, constant=np.nanmean(judge.form(told), axis=0))


def _spread(errors: np.ndarray, judge: Judge, asked: np.ndarray) -> np.ndarray:
    """Errors of rows, where those without any target that is told have none."""
    if judge.mark is None:
        return errors
    told = np.isfinite(asked.reshape(len(asked), -1)).any(axis=1)
    every = np.zeros(len(asked))
    every[told] = errors
    return every


def make_joint_judge(
    outputs: np.ndarray, y: np.ndarray, loss: JoinedLoss, value: Callable[[np.ndarray, np.ndarray], float]
) -> Judge:
    """The judge of outputs that have several targets; the user's loss where it is not known of each of them what it is."""
    rows = outputs[: len(y)]
    given, asked, every = loss.outputs.cut(rows), loss.targets.split(y[: len(rows)]), loss.targets.split(y)
    parts: list[tuple[int, int, Judge]] = []
    for k, (m, name) in enumerate(zip(loss.asked, loss.names, strict=True)):
        if m is None:
            continue

        def of_part(o: np.ndarray, t: np.ndarray, k: int = k, m: int = m) -> float:
            put = [o if j == k else part for j, part in enumerate(given)]
            met = [t if j == m else part for j, part in enumerate(asked)]
            return value(loss.outputs.join(put), loss.targets.join(met))

        of_part.__name__ = name or "of_part"
        parts.append((k, m, make_judge(given[k], every[m], of_part, of_part)))
    told = mask(every, parts)
    parts = [(k, m, judge if told[m] is every[m] else leave_out(judge, told[m])) for k, m, judge in parts]
    asked = mask(asked, parts)
    scales = [
        float(judge.rows(given[k], asked[m])[1].mean())
        # Of one output alone each place may be an answer of its own.
        if judge.kind != "own" and (len(parts) == 1 or len(judge.form(asked[m])) == len(rows))
        else 0.0
        for k, m, judge in parts
    ]
    if not min(scales) > 0.0:
        return Judge("own", "numbers", np.zeros(1), value)
    made = JointJudge(
        "several", "numbers", np.zeros(1), value, parts=parts, scales=scales, outputs=loss.outputs, targets=loss.targets
    )
    leaves_out = any(judge.mark is not None for _, _, judge in parts)
    return replace(made, constant=np.nanmean(made.form(y), axis=0), mark=math.nan if leaves_out else None)


def find_columns_of_kinds(outputs: np.ndarray, y: np.ndarray, loss: Any) -> JoinedLoss | None:
    """An own loss of several columns of which only some are labels, as one of an output for each column; None for others."""
    alike = y.ndim == 2 and y.dtype.kind == "f" and y.shape[1] > 1 and outputs.shape[1:] == y.shape[1:]
    if name_of(loss) in LOSSES or not alike:
        return None
    labels = np.isin(y, (0.0, 1.0)).all(axis=0)
    if labels.all() or not labels.any():
        return None
    columns = np.hsplit(y, y.shape[1])
    given, asked = Layout([np.zeros_like(c, outputs.dtype) for c in columns]), Layout(columns)
    return JoinedLoss(loss, given, asked, list(range(len(columns))), [""] * len(columns))


def find_joined_loss(loss: Any) -> JoinedLoss | None:
    """The loss of several outputs that a loss is, or multiplies."""
    found = getattr(loss, "joined", loss)
    return found if isinstance(found, JoinedLoss) else None
