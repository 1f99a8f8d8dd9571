"""`Judge`: how good answers are beside the best constant answer, by a proper score, whatever loss they were trained by."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nn.functional.classification import IGNORED
from nn.health import untold
from nn.health.guess import (
    Kind,
    Link,
    are_classes_second,
    columns_read,
    ends_of_labels,
    guess_kind,
    scale_of_scores,
    turn_of,
)
from nn.health.weighing import shift_of

# Up to how many whole numbers may be classes.
MOST_CLASSES = 50
# Losses by the names that both frameworks give them, as modules and as functions.
LOSSES: dict[str, tuple[Kind, Link]] = {
    "crossentropyloss": ("classes", "logits"),
    "cross_entropy": ("classes", "logits"),
    "nllloss": ("classes", "log-probabilities"),
    "nll_loss": ("classes", "log-probabilities"),
    "kldivloss": ("classes", "log-probabilities"),
    "kl_div": ("classes", "log-probabilities"),
    "multimarginloss": ("classes", "logits"),
    "multi_margin_loss": ("classes", "logits"),
    "bcewithlogitsloss": ("labels", "logits"),
    "binary_cross_entropy_with_logits": ("labels", "logits"),
    "bceloss": ("labels", "probabilities"),
    "binary_cross_entropy": ("labels", "probabilities"),
    "mseloss": ("numbers", "numbers"),
    "mse_loss": ("numbers", "numbers"),
    "halfmseloss": ("numbers", "numbers"),
    "l1loss": ("numbers", "numbers"),
    "l1_loss": ("numbers", "numbers"),
    "huberloss": ("numbers", "numbers"),
    "huber_loss": ("numbers", "numbers"),
    "smoothl1loss": ("numbers", "numbers"),
    "smooth_l1_loss": ("numbers", "numbers"),
    "logcoshloss": ("numbers", "numbers"),
}
# Losses that take signs, −1 and 1.
OF_SIGNS = (
    "hingeloss", "hinge_loss", "softmarginloss", "soft_margin_loss", "hingeembeddingloss", "hinge_embedding_loss",
)  # fmt: skip
# Losses that take counts, from 0 on.
OF_COUNTS = ("poissonnllloss", "poisson_nll_loss")
# Losses that take a class for each place of a row.
OF_PLACES = ("crossentropyloss", "cross_entropy", "nllloss", "nll_loss")


def name_of(loss: Any) -> str:
    """A loss's name in lower case: of its class, or of the function."""
    name = getattr(loss, "__name__", "") or type(loss).__name__
    return str(name).lower()


def ignored_of(loss: Any) -> int | None:
    """The class number that a loss of classes leaves out, such as that of padding; None for other losses.

    A loss that is made of such a one has it as its attribute `ignored`.

    Examples
    --------
    >>> import nn
    >>> ignored_of(nn.NLLLoss()), ignored_of(nn.CrossEntropyLoss(ignore_index=0)), ignored_of(nn.MSELoss())
    (-100, 0, None)
    """
    if hasattr(loss, "ignored"):
        return loss.ignored
    if LOSSES.get(name_of(loss), ("",))[0] != "classes":
        return None
    return int(getattr(loss, "options", {}).get("ignore_index", getattr(loss, "ignore_index", IGNORED)))


def find_arrangement(outputs: np.ndarray, y: np.ndarray, loss: Any) -> Callable[[np.ndarray], np.ndarray] | None:
    """What lays the scores of classes along the last axis, where a known loss takes them along another one; None where they are there.

    Of pictures and sequences both frameworks take classes along the second axis. A loss of what a script makes of outputs, such as
    a row for each place, has that as its attribute `arrange`.

    Examples
    --------
    >>> import nn
    >>> y, loss = np.zeros((8, 5, 5), int), nn.CrossEntropyLoss()
    >>> find_arrangement(np.zeros((8, 3, 5, 5)), y, loss)(np.zeros((8, 3, 5, 5))).shape
    (8, 5, 5, 3)
    >>> find_arrangement(np.zeros((8, 5, 5, 3)), y, loss) is None
    True
    """
    if y.dtype.kind not in "iu":
        shares = name_of(loss) in OF_PLACES and y.dtype.kind == "f" and y.ndim > 2 and y.shape[1:] == outputs.shape[1:]
        return _lay_last if shares else None
    arrange: Callable[[np.ndarray], np.ndarray] | None = getattr(loss, "arrange", None)
    second = name_of(loss) in OF_PLACES and outputs.ndim > 2 and y.shape[1:] == outputs.shape[2:]
    return arrange or (_lay_last if second else None)


def _lay_last(outputs: np.ndarray) -> np.ndarray:
    """The second axis as the last."""
    return np.moveaxis(outputs, 1, -1)


@dataclass(frozen=True)
class Judge:
    """How answers are judged.

    Attributes
    ----------
    kind : {"classes", "labels", "numbers", "several", "own"}
        What the targets are; "several" for those of a `JointJudge`; "own" where it is not known, and then the user's loss is the score.
    link : {"logits", "log-probabilities", "probabilities", "numbers", "logarithms", "directions", "turns", "ends"}
        How outputs are read. Where they are logarithms of the targets, as of counts, both are judged on the scale of log(1 + y); where
        their size does not count, both as rows of length 1; where whole turns do not, both as cosines and sines.
    constant : array
        The best constant answer: shares, or means.
    loss : callable
        The user's own, of arrays, for the kind "own".
    ignored : int or None
        The class number of what is left out.
    turn : float
        What a whole turn is.
    columns : tuple of int or None
        Those of several numbers that the loss reads; None for all. Other outputs, such as variances, stand in the place of no target.
    arrange : callable or None
        Lays the scores of classes along the last axis, where they are along another one.
    scale : float
        By how much the user's loss multiplies scores.
    mark : float or None
        What stands in the place of numbers and labels that the loss leaves out; NaN may.
    ends : (float, float)
        The answers to "no" and "yes" that cost least, where labels are told by something between.
    shift : array or None
        By how much the user's loss moves the scores of classes, which it weighs by how rare they are.
    """

    kind: Kind
    link: Link
    constant: np.ndarray
    loss: Callable[[np.ndarray, np.ndarray], float]
    own_constant: float = 1.0
    ignored: int | None = None
    turn: float = 0.0
    columns: tuple[int, ...] | None = None
    arrange: Callable[[np.ndarray], np.ndarray] | None = None
    scale: float = 1.0
    mark: float | None = None
    ends: tuple[float, float] = (0.0, 1.0)
    shift: np.ndarray | None = None

    def rows(self, outputs: np.ndarray, y: np.ndarray, link: Link | None = None) -> tuple[np.ndarray, np.ndarray]:
        """For each row its score, the smaller the better, and that of the constant answer.

        Squared errors of numbers; of probabilities the Brier score, which is proper and, unlike the logarithm, cannot be
        ruined by a single row.
        """
        if self.kind == "own":
            return np.full(1, self.loss(outputs, y)), np.full(1, self._cost_of_constant(outputs, y))
        asked = self.form(y)
        given = self._read_chances(outputs, link).reshape(asked.shape)
        counts = self._counts(asked)
        axes, of_all = tuple(range(1, asked.ndim)), np.sum if self.mark is None else np.nansum
        errors, constant = (of_all((part - asked) ** 2, axis=axes) for part in (given, self.constant))
        return errors[counts], constant[counts]

    def _read_chances(self, outputs: np.ndarray, link: Link | None) -> np.ndarray:
        """Outputs as probabilities or numbers, without what the weights of the user's own loss have added."""
        if self.shift is None or link is not None:
            return self.read(outputs, link or self.link)
        arranged = np.asarray(outputs if self.arrange is None else self.arrange(outputs), np.float64)
        if self.kind == "labels":
            return self.read(arranged - self.shift.reshape(arranged.shape[1:]), self.link)
        return replace(self, arrange=None).read(arranged - self.shift, self.link)

    def _cost_of_constant(self, outputs: np.ndarray, y: np.ndarray) -> float:
        """What an own loss makes of one answer to everything: of none, or of the mean; one where that says nothing."""
        alike = [np.broadcast_to(answer, outputs.shape).astype(outputs.dtype) for answer in (0.0, outputs.mean(axis=0))]
        costs = [cost for cost in (self.loss(answers, y) for answers in alike) if math.isfinite(cost)]
        return min(costs) if costs and min(costs) > 0.0 else self.own_constant

    def _counts(self, asked: np.ndarray) -> Any:
        """Which rows of targets are not left out; those that are have no class, or no number."""
        if self.mark is not None:
            return np.isfinite(asked).any(axis=1)
        return slice(None) if self.ignored is None else asked.any(axis=1)

    def relation(self, outputs: np.ndarray, y: np.ndarray, link: Link | None = None) -> float:
        """By how many standard deviations the answers go with the targets, of how they go with permuted ones."""
        if self.kind == "own" or len(y) < 3:
            return 0.0
        asked = self.form(y)
        given = self.read(outputs, link or self.link).reshape(asked.shape)
        counts = self._counts(asked)
        given, asked = given[counts], asked[counts]
        if len(asked) < 3:
            return 0.0
        told = np.isfinite(asked) if self.mark is not None else np.ones(asked.shape, bool)
        given, asked = given.reshape(len(asked), -1), asked.reshape(len(asked), -1)
        told = told.reshape(asked.shape)
        given, asked = (np.where(told, part - part.mean(axis=0, where=told), 0.0) for part in (given, asked))
        # The variance over all permutations, by the smaller of two equal sums.
        if len(asked) > asked.shape[1]:
            spread = float(((given.T @ given) * (asked.T @ asked)).sum())
        else:
            spread = float(((given @ asked.T) ** 2).sum())
        return float((given * asked).sum()) / math.sqrt(spread / (len(asked) - 1)) if spread > 0.0 else 0.0

    def balanced(self, outputs: np.ndarray, y: np.ndarray, link: Link | None = None) -> float:
        """The score with each class counting the same, over that of answering all classes alike."""
        if self.kind not in ("classes", "labels"):
            return float("nan")
        with np.errstate(all="ignore"):
            asked = self.form(y)
            given = self.read(outputs, link or self.link).reshape(asked.shape)
            counts = self._counts(asked)
            asked, given = asked[counts], given[counts]
            told = np.isfinite(asked)
            if self.kind == "labels":
                # Each of several labels of a row is an answer of its own, as for each place of a picture.
                each_one, said = asked[told], given[told]
                asked, given = np.stack([1.0 - each_one, each_one], axis=1), np.stack([1.0 - said, said], axis=1)
            errors, even = ((given - asked) ** 2).sum(axis=1), ((1.0 / asked.shape[1] - asked) ** 2).sum(axis=1)
            label = asked.argmax(axis=1)
            each = [(errors[label == c].mean(), even[label == c].mean()) for c in np.unique(label)]
        return float(np.mean([e for e, _ in each]) / np.mean([c for _, c in each]))

    def relative(self, outputs: np.ndarray, y: np.ndarray, link: Link | None = None) -> float:
        """The mean score over that of the constant answer: 1 for nothing learned, 0 for all; infinite where it is not a number."""
        with np.errstate(all="ignore"):
            rows, constant = self.rows(outputs, y, link)
            ratio = float(rows.mean() / constant.mean()) if constant.mean() else float("nan")
        return ratio if np.isfinite(ratio) else float("inf")

    def form(self, y: np.ndarray) -> np.ndarray:
        """Targets as rows of numbers: class numbers as ones and zeros."""
        y = np.asarray(y)
        if self.kind == "classes" and self.arrange is not None and y.dtype.kind == "f" and y.ndim > 2:
            y = self.arrange(y)
        if self.kind == "classes":
            if y.ndim > 1 and y.shape[-1] == len(self.constant) and y.dtype.kind == "f":
                return y.reshape(-1, y.shape[-1]).astype(np.float64)
            numbers = y.ravel().astype(int)
            told = np.ones(len(numbers), bool) if self.ignored is None else numbers != self.ignored
            return np.eye(len(self.constant))[np.where(told, numbers, 0)] * told[:, None]
        y = y.astype(np.float64)
        if self.mark is not None:
            left = untold.are(y, self.mark).reshape(len(y), -1)
            told = replace(self, mark=None).form(untold.fill(y, self.mark))
            return np.where(left if self.columns is None else left[:, self.columns], np.nan, told)
        if self.kind == "labels" and y.min(initial=0.0) < 0.0:
            y = (y > 0.0).astype(np.float64)
        if self.link == "logarithms":
            y = _flatten(y)
        if self.link == "directions":
            y = _direct(y)
        if self.link == "turns":
            y = _wind(y, self.turn)
        y = y.reshape(len(y), -1)
        return y if self.columns is None else y[:, self.columns]

    def read(self, outputs: np.ndarray, link: Link) -> np.ndarray:
        """Outputs as probabilities or numbers."""
        if self.arrange is not None:
            outputs = self.arrange(outputs)
        o = np.asarray(outputs, np.float64)
        if self.kind == "classes":
            o = o.reshape(-1, o.shape[-1])
            if link == "logits":
                o = np.exp(self.scale * (o - o.max(axis=1, keepdims=True)))
                return o / o.sum(axis=1, keepdims=True)
            if link == "log-probabilities":
                return np.exp(np.minimum(o, 0.0))
            return o
        if self.link == "ends" and link == "ends":
            no, yes = self.ends
            return np.clip((o - no) / (yes - no), 0.0, 1.0)
        if self.kind == "labels" and link == "logits":
            return 1.0 / (1.0 + np.exp(-np.clip(self.scale * o, -500.0, 500.0)))
        if self.link == "logarithms":
            return np.logaddexp(0.0, o) if link == "logarithms" else _flatten(o)
        if self.link == "turns":
            return _wind(o, self.turn)
        if self.columns is not None:
            return o[:, self.columns]
        return _direct(o) if self.link == "directions" else o


def make_judge(
    outputs: np.ndarray,
    y: np.ndarray,
    loss: Any,
    value: Callable[[np.ndarray, np.ndarray], float],
    mark: float | None = None,
) -> Judge:
    """The judge for these targets, outputs and loss.

    Parameters
    ----------
    outputs : array
        What the model gives for the rows.
    y : array
        All targets of the training part.
    loss : callable
        The user's.
    value : callable
        The loss of arrays.
    mark : float, optional
        What stands in the place of targets that the loss leaves out.
    """
    y = np.asarray(y)
    known = LOSSES.get(name_of(loss))
    every, y, cost = y, untold.fill(y, mark), value
    stand_second = known is None and are_classes_second(outputs[: len(y)], y[: len(outputs)], value)
    kind, link = known or (("classes", "logits") if stand_second else guess_kind(outputs, y, value))
    given, arrange = len(outputs), find_arrangement(outputs, y, loss) if kind == "classes" else None
    arrange = _lay_last if stand_second else arrange
    if arrange is not None:
        outputs = arrange(outputs)
        y = arrange(y) if y.dtype.kind == "f" and y.ndim > 2 else y
    if stand_second:

        def cost(o: np.ndarray, t: np.ndarray) -> float:
            return value(np.moveaxis(o, -1, 1), np.moveaxis(t, -1, 1) if t.ndim == o.ndim else t)

    classes = outputs.shape[-1] if outputs.ndim > 1 else 0
    if link == "log-probabilities" and y.dtype.kind == "f" and y.min(initial=0.0) < 0.0:
        # Logarithms of shares, as kl_div takes them with log_target.
        kind = "own"
    if kind == "classes" and y.dtype.kind == "f" and y.shape[-1:] != (classes,):
        kind, link = "numbers", "numbers"
    if kind != "classes" and y.dtype.kind in "iub" and outputs.ndim == y.ndim + 1 and classes > 1:
        kind, link = "classes", "numbers"
    if kind in ("labels", "numbers") and y.size // max(len(y), 1) != outputs.size // max(len(outputs), 1):
        kind = "own"
    if kind == "classes" and y.dtype.kind in "iu" and known is None and y.max(initial=0) >= classes:
        # Such as steps of a scale, of which there is one more than there are outputs.
        kind = "own"
    if kind == "classes" and (
        classes < 1 or outputs.size // classes != given * (y.size // len(y)) // _width(y, classes)
    ):
        kind = "own"
    columns, turn = None, 0.0
    if kind == "classes":
        if y.dtype.kind == "f":
            constant = y.reshape(-1, classes).astype(np.float64).mean(axis=0)
        else:
            out = ignored_of(loss) if mark is None else mark
            inside = every.ravel()[(every.ravel() >= 0) & (every.ravel() < max(classes, 1)) & (every.ravel() != out)]
            counts = np.bincount(inside.astype(int), minlength=max(classes, 1))
            constant = counts / max(counts.sum(), 1)
    elif kind == "labels":
        constant = (np.asarray(y, np.float64).reshape(len(y), -1) > 0.0).mean(axis=0)
    elif kind == "numbers":
        numbers = np.asarray(y, np.float64).reshape(len(y), -1)
        if link == "numbers" and known is None:
            columns = columns_read(outputs[: len(y)], y[: len(outputs)], value)
        if link == "directions":
            constant = _direct(_direct(numbers).mean(axis=0))
        elif link == "turns":
            turn = turn_of(outputs[: len(y)], y[: len(outputs)], value)
            constant = _wind(numbers, turn).reshape(len(numbers), -1).mean(axis=0)
        else:
            constant = (_flatten(numbers) if link == "logarithms" else numbers).mean(axis=0)
            constant = constant if columns is None else constant[list(columns)]
    else:
        constant = np.zeros(1)
    leaves_out = kind == "classes" and y.dtype.kind != "f" and bool((y == ignored_of(loss)).any())
    ignored = int(mark) if kind == "classes" and mark is not None else ignored_of(loss) if leaves_out else None
    scale = 1.0
    if known is None and kind in ("labels", "classes") and link == "logits":
        some = y[: len(outputs)]
        scale = scale_of_scores(some, outputs[: len(some)].shape, cost)
    ends = ends_of_labels(y[: len(outputs)], outputs[: len(y)].shape, value) if link == "ends" else None
    shift = shift_of(loss, kind, constant) if link in ("logits", "log-probabilities") else None
    made = Judge(
        kind, link, constant, value, ignored=ignored, turn=turn, columns=columns, arrange=arrange, scale=scale,
        ends=ends or (0.0, 1.0), shift=shift
    )  # fmt: skip
    if mark is None or kind not in ("labels", "numbers"):
        return made
    made = replace(made, mark=mark)
    return replace(made, constant=np.nanmean(made.form(every), axis=0))


def _width(y: np.ndarray, classes: int) -> int:
    return classes if y.dtype.kind == "f" and y.ndim > 1 and y.shape[-1] == classes else 1


def _wind(numbers: np.ndarray, turn: float) -> np.ndarray:
    """Numbers as places on a circle."""
    angle = 2.0 * np.pi / turn * numbers
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def _direct(numbers: np.ndarray) -> np.ndarray:
    """Rows of length 1."""
    return numbers / np.maximum(np.linalg.norm(numbers, axis=-1, keepdims=True), 1e-12)


def _flatten(numbers: np.ndarray) -> np.ndarray:
    """On the scale of log(1 + y)."""
    return np.log1p(np.maximum(numbers, 0.0))


def area_of(given: np.ndarray, of_it: np.ndarray) -> float:
    """The area under the curve of hits over false alarms: how often a row of a class is given more than one of the others.

    Parameters
    ----------
    given : array
        A number for each row; of two that are equal half is a hit.
    of_it : array of bool
        Which rows are of the class; neither all nor none.

    Returns
    -------
    float

    Examples
    --------
    >>> area_of(np.array([0.1, 0.4, 0.4, 0.9]), np.array([False, False, True, True]))
    0.875
    """
    _, which, counts = np.unique(given, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - 0.5 * (counts - 1.0))[which.ravel()]
    count = int(of_it.sum())
    return float((ranks[of_it].sum() - count * (count + 1) / 2.0) / (count * (len(of_it) - count)))
