"""`Objective`: the loss of a run, by name, by what the targets are, or as a function; and the form it needs targets in."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike

from autograd.errors import ShapeError, type_name
from autograd.graph.node import raw
from autograd.wording.suggestion import suggest
from nn import losses
from nn.module import Module

if TYPE_CHECKING:
    from autograd.typing import Input

LOSSES: dict[str, type[losses.Loss]] = {
    "cross_entropy": losses.CrossEntropyLoss,
    "nll": losses.NLLLoss,
    "mse": losses.MSELoss,
    "half_mse": losses.HalfMSELoss,
    "mae": losses.L1Loss,
    "l1": losses.L1Loss,
    "huber": losses.HuberLoss,
    "smooth_l1": losses.SmoothL1Loss,
    "log_cosh": losses.LogCoshLoss,
    "bce": losses.BCELoss,
    "bce_with_logits": losses.BCEWithLogitsLoss,
    "binary_cross_entropy": losses.BCELoss,
    "binary_cross_entropy_with_logits": losses.BCEWithLogitsLoss,
    "kl_div": losses.KLDivLoss,
    "hinge": losses.HingeLoss,
    "multi_margin": losses.MultiMarginLoss,
}
# Of scores of classes, with class numbers as targets; the others take targets in the shape of the outputs.
CLASS_LOSSES = (losses.CrossEntropyLoss, losses.NLLLoss, losses.MultiMarginLoss)
# Of logits, in which 0 is as much yes as no; all others are of outputs that resemble the targets.
LOGIT_LOSSES = (losses.BCEWithLogitsLoss, losses.HingeLoss)


@dataclass(frozen=True)
class Objective:
    """A loss, and what is known of it.

    Attributes
    ----------
    name : str
        As it is told in the history.
    function : callable
        Of outputs and targets; gives one number.
    kind : {"classes", "elements", "own"}
        Whether targets are class numbers, are in the shape of the outputs, or are left as they are.
    summed : bool
        Whether it is a sum over the rows and not a mean.
    threshold : float
        From where on a single output means yes: 0.5 for probabilities, and for a loss that measures how far outputs are
        from zeros and ones; 0 for logits.
    """

    name: str
    function: Callable[[Any, Any], Any]
    kind: str
    summed: bool = False
    threshold: float = 0.0

    def threshold_for(self, targets: np.ndarray) -> float:
        """From where on a single output means yes, for these targets: 0 is in the middle of −1 and 1."""
        return 0.0 if targets.dtype.kind in "if" and (targets < 0).any() else self.threshold

    def find_counted(self, targets: np.ndarray) -> np.ndarray | None:
        """Which class numbers the loss does not leave out; None where it counts all of them."""
        ignored = getattr(self.function, "options", {}).get("ignore_index")
        if self.kind != "classes" or ignored is None or targets.dtype.kind not in "iu":
            return None
        counted = np.asarray(targets != ignored)
        return None if counted.all() else counted

    def weight_of(self, targets: np.ndarray) -> float:
        """What a mean over these rows counts in one over more of them: the rows, or their share that a loss of classes divides by."""
        weight = getattr(self.function, "weight", None)
        counted = self.find_counted(targets)
        each = len(targets) / max(targets.size, 1)
        if self.kind != "classes" or targets.dtype.kind not in "iu" or (counted is None and weight is None):
            return float(len(targets))
        told = targets if counted is None else targets[counted]
        return each * float(told.size if weight is None else np.asarray(raw(weight))[told].sum())

    def by_row(self) -> losses.Loss | None:
        """The loss that gives a number for each row; None for a function of the user's, which gives one number alone."""
        if not isinstance(self.function, losses.Loss):
            return None
        by_row = copy(self.function)
        by_row.reduction = "none"
        return by_row

    def form_targets(self, targets: np.ndarray, outputs: tuple[int, ...], dtype: DTypeLike | None) -> np.ndarray:
        """Targets in the form that the loss needs, for outputs of this shape but for the number of rows."""
        with np.errstate(over="ignore"):
            return self._form_targets(targets, outputs, dtype)

    def _form_targets(self, targets: np.ndarray, outputs: tuple[int, ...], dtype: DTypeLike | None) -> np.ndarray:
        if self.kind == "elements":
            shape = (len(targets), *outputs[1:])
            if targets.shape != shape and targets.size == np.prod(shape):
                targets = targets.reshape(shape)
            # Whole numbers times float32 would be float64.
            return targets if dtype is None or targets.dtype == dtype else targets.astype(dtype)
        if targets.dtype.kind == "b":
            return targets.astype(np.int64)
        if dtype is not None and targets.dtype.kind == "f" and targets.dtype != dtype:
            return targets.astype(dtype)
        return targets

    def check_targets(self, targets: np.ndarray, outputs: tuple[int, ...], where: str) -> None:
        """Raise where class numbers are none of the model's classes."""
        if self.kind != "classes" or targets.ndim == len(outputs):
            return
        # Of images and sequences the classes are axis 1, as in PyTorch.
        classes = outputs[1] if len(outputs) > 2 and targets.shape[1:] == outputs[2:] else outputs[-1]
        if targets.dtype.kind not in "iu":
            raise ShapeError(
                f"{where}: {self.name} needs class numbers, got {targets.dtype}; where they are whole, y.astype(int)"
            )
        ignored = getattr(self.function, "options", {}).get("ignore_index")
        outside = (targets < 0) | (targets >= classes)
        wrong = np.argwhere(outside if ignored is None else outside & (targets != ignored))
        if len(wrong):
            label = targets[tuple(wrong[0])]
            raise ShapeError(
                f"{where}: label {label} in row {wrong[0][0]} is outside 0 … {classes - 1}: "
                f"the model gives scores of {classes} classes"
            )


def make_objective(loss: Any, targets: np.ndarray, outputs: Input, probabilities: bool = False) -> Objective:
    """The loss that was asked for, or the one that fits these targets and outputs.

    Parameters
    ----------
    loss : str, callable or None
        None: cross-entropy of logits for class numbers, binary cross-entropy for zeros and ones in the shape of the outputs
        (floats are so where both occur), mean squared error for other floats.
    targets, outputs : arrays
        All that are at hand, and what the model gives for some.
    probabilities : bool
        Whether the outputs are those of a sigmoid; binary cross-entropy takes them for logits otherwise.

    Raises
    ------
    ValueError
        For an unknown name, or where None and nothing fits.

    Examples
    --------
    >>> targets = np.array([0, 2]), np.array([0.5, 1.0]), np.array([0.0, 1.0])
    >>> outputs = np.zeros((2, 3)), np.zeros((2, 1)), np.zeros((2, 1))
    >>> [make_objective(None, t, o).name for t, o in zip(targets, outputs)]
    ['cross_entropy', 'mse', 'bce_with_logits']
    """
    if loss is None:
        loss = _default_loss(targets, outputs, probabilities)
    if isinstance(loss, str):
        key = loss.lower().removesuffix("_loss")
        if key not in LOSSES:
            raise ValueError(f"fit: there is no loss {loss!r}{suggest(loss, LOSSES)}")
        return _from_loss(key, LOSSES[key]())
    if isinstance(loss, type) and issubclass(loss, Module):
        raise TypeError(f"fit: the loss {loss.__name__} is a class: give an instance, {loss.__name__}()")
    if not callable(loss):
        raise TypeError(f"fit: a loss is a name or a function of outputs and targets, not {type_name(loss)}")
    for kind in LOSSES.values():
        if isinstance(loss, kind):
            return _from_loss(repr(loss), loss)
        if loss is kind.function:
            return _from_loss(loss.__name__, kind())
    name = repr(loss) if isinstance(loss, Module) else getattr(loss, "__name__", type(loss).__name__)
    return Objective(name, loss, "own", getattr(loss, "reduction", "mean") == "sum", 0.5 if probabilities else 0.0)


def _from_loss(name: str, loss: losses.Loss) -> Objective:
    kind = "classes" if isinstance(loss, CLASS_LOSSES) else "elements"
    return Objective(name, loss, kind, loss.reduction == "sum", 0.0 if isinstance(loss, LOGIT_LOSSES) else 0.5)


def _default_loss(targets: np.ndarray, outputs: Input, probabilities: bool) -> str:
    shape = getattr(outputs, "shape", None)
    if not shape:
        raise TypeError(f"fit: the model gives {type_name(outputs)}, for which no loss is known: give loss=")
    same = np.prod(targets.shape[1:]) == np.prod(shape[1:])
    binary = "bce" if probabilities else "bce_with_logits"
    if targets.dtype.kind == "f":
        # Floats that are all 0, or all 1, are numbers to be met: residuals, say.
        if same and len(targets) and np.array_equal(np.unique(targets), (0.0, 1.0)):
            return binary
        if same:
            return "mse"
        hint = "; class numbers are whole numbers: y.astype(int)" if targets.ndim == 1 and len(shape) == 2 else ""
        raise ShapeError(f"fit: outputs of shape {shape} and floats as targets of shape {targets.shape}{hint}")
    if len(shape) > 1 and targets.shape[1:] == shape[1:-1] and shape[-1] > 1:
        return "cross_entropy"
    if len(shape) > 2 and targets.shape[1:] == shape[2:] and shape[1] > 1:
        return "cross_entropy"
    if same and np.isin(targets, (0, 1)).all():
        return binary
    if same:
        raise ShapeError(
            "fit: whole numbers as targets and one output for each: for classes the model must give a score for every "
            "class; for a regression give floats, or loss='mse'"
        )
    hint = "; where they are one column, y.ravel()" if targets.shape[1:] == (1,) else ""
    raise ShapeError(
        f"fit: outputs of shape {shape} and class numbers of shape {targets.shape} do not belong together{hint}"
    )
