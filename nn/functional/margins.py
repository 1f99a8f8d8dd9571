"""Losses that want a margin: hinges over signs, classes, ranks, and distances."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import OperandError, ShapeError
from autograd.graph.modes import beside, mode
from autograd.graph.node import Node, raw
from autograd.graph.op import refuse_masks
from autograd.ops.activation import relu
from autograd.ops.elementwise import minimum, softplus, where
from autograd.ops.reduction import mean
from autograd.ops.reduction import sum as sum_
from autograd.ops.shape import reshape, shape
from nn.arguments import describe_shape
from nn.functional.distances import cosine_similarity, pairwise_distance
from nn.functional.reductions import check_class_weight, check_labels, check_pair, reduce_losses, refuse_signs

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import ArrayLike, Input


def hinge_loss(input: Input, target: Input, reduction: str = "mean", margin: float = 1.0) -> Tensor:
    """max(0, margin − t·score), for targets −1 and 1.

    Parameters
    ----------
    input, target : Tensor or array of one shape
    reduction : {"mean", "sum", "none"}
    margin : float

    Raises
    ------
    ShapeError
        Where the shapes differ.

    Examples
    --------
    >>> import numpy as np, nn
    >>> round(float(nn.functional.hinge_loss(np.array([0.5]), np.array([1.0]))), 6)
    0.5
    """
    check_pair("hinge_loss", input, target)
    beside(refuse_signs, "hinge_loss", target)
    return reduce_losses("hinge_loss", relu(margin - target * input), reduction)


def hinge_embedding_loss(input: Input, target: Input, margin: float = 1.0, reduction: str = "mean") -> Tensor:
    """x where the target is 1, max(0, margin − x) where it is −1; x is a distance.

    Parameters
    ----------
    input, target : Tensor or array of one shape
    margin : float
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        Where the shapes differ.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.functional.hinge_embedding_loss(np.array([0.25, 0.25]), np.array([1.0, -1.0])))
    0.5
    """
    check_pair("hinge_embedding_loss", input, target)
    beside(refuse_signs, "hinge_embedding_loss", target)
    losses = where(target == 1, input, relu(margin - input))
    return reduce_losses("hinge_embedding_loss", losses, reduction)


def soft_margin_loss(input: Input, target: Input, reduction: str = "mean") -> Tensor:
    """log(1 + exp(−t·x)), for targets −1 and 1.

    Parameters
    ----------
    input, target : Tensor or array of one shape
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        Where the shapes differ.

    Examples
    --------
    >>> import numpy as np, nn
    >>> round(float(nn.functional.soft_margin_loss(np.array([0.0]), np.array([1.0]))), 6)
    0.693147
    """
    check_pair("soft_margin_loss", input, target)
    return reduce_losses("soft_margin_loss", softplus(-target * input), reduction)


def margin_ranking_loss(
    input1: Input, input2: Input, target: Input, margin: float = 0.0, reduction: str = "mean"
) -> Tensor:
    """max(0, −t·(x₁ − x₂) + margin): x₁ should be the greater where the target is 1, and x₂ where it is −1.

    Parameters
    ----------
    input1, input2, target : Tensor or array of one shape
    margin : float
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        Where the shapes differ.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x, y = np.array([1.0, 1.0]), np.array([3.0, 0.5])
    >>> nn.functional.margin_ranking_loss(x, y, np.array([1.0, 1.0]), reduction="none").tolist()
    [2.0, 0.0]
    """
    check_pair("margin_ranking_loss", input1, input2)
    check_pair("margin_ranking_loss", input1, target)
    losses = relu(-target * (input1 - input2) + margin)
    return reduce_losses("margin_ranking_loss", losses, reduction)


def multi_margin_loss(
    input: Input,
    target: Input,
    p: int = 1,
    margin: float = 1.0,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Σ over the other classes of max(0, margin − score at the target + score)ᵖ, over the number of classes.

    Parameters
    ----------
    input : Tensor or array, shape (n, classes) or, of one row, (classes,)
    target : whole numbers, shape (n,), or one
    p : {1, 2}
    margin : float
    weight : (classes,), optional
        What each class counts as a target.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        Where the shapes do not go together, or a label is outside the classes.
    ValueError
        For another power.

    Examples
    --------
    >>> import numpy as np, nn
    >>> round(float(nn.functional.multi_margin_loss(np.array([[2.0, 1.5]]), np.array([0]))), 6)
    0.25
    """
    if p not in (1, 2):
        raise ValueError(f"multi_margin_loss: p is 1 or 2, not {p!r}")
    target = target if isinstance(target, Node) else np.asarray(target)
    if len(shape(input)) == 1 and shape(target) in ((), (1,)):
        losses = multi_margin_loss(reshape(input, (1, -1)), reshape(target, (1,)), p, margin, weight, "none")
        return reduce_losses("multi_margin_loss", reshape(losses, shape(target)), reduction)
    labels = check_labels("multi_margin_loss", input, target)
    rows = np.arange(shape(labels)[0])
    others = (labels[:, None] != np.arange(shape(input)[1])).astype(np.result_type(raw(input)))
    right = input[rows, labels][:, None]
    over = relu(margin - right + input)
    if p == 2:
        over = over * over
    weights = check_class_weight("multi_margin_loss", weight, input)
    if weights is not None:
        over = over * weights[labels][:, None]
    return reduce_losses("multi_margin_loss", mean(over * others, axis=1), reduction)


def multilabel_margin_loss(input: Input, target: ArrayLike, reduction: str = "mean") -> Tensor:
    """Σ over the classes of a sample and those that are not of max(0, 1 − (score of the one − score of the other)), over all.

    Parameters
    ----------
    input : Tensor or array, shape (n, classes) or (classes,)
    target : whole numbers in the same shape
        The classes of the sample; what follows the first −1 counts nothing.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        Where the shapes differ.
    ValueError
        For a class that there is not.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.array([[0.1, 0.2, 0.4, 0.8]])
    >>> round(float(nn.functional.multilabel_margin_loss(x, np.array([[3, 0, -1, 1]]))), 6)
    0.85
    """
    check_pair("multilabel_margin_loss", input, target)
    if mode().recorder is not None and isinstance(target, Node):
        raise OperandError(
            "multilabel_margin_loss: how many classes a sample has is not known while the function is captured: leave it uncompiled"
        )
    one = len(shape(input)) == 1
    labels = np.atleast_2d(np.asarray(raw(target)))
    classes = labels.shape[1]
    counted = np.cumprod(labels >= 0, axis=1).astype(bool)
    if labels.dtype.kind not in "iu" or (labels >= classes).any():
        raise ValueError(f"multilabel_margin_loss: targets are classes from 0 to {classes - 1}, and −1 behind them")
    chosen = np.where(counted, labels, 0)
    own = np.zeros(labels.shape, bool)
    np.logical_or.at(own, (np.nonzero(counted)[0], labels[counted]), True)
    x: Any = input[None] if one else input
    right = x[np.arange(len(labels))[:, None], chosen][:, :, None]
    pairs = (counted[:, :, None] & ~own[:, None, :]).astype(np.result_type(raw(x)))
    losses = sum_(mean(relu(1.0 - right + x[:, None, :]) * pairs, axis=2), axis=1)
    return reduce_losses("multilabel_margin_loss", losses[0] if one else losses, reduction)


def multilabel_soft_margin_loss(
    input: Input, target: Input, weight: ArrayLike | None = None, reduction: str = "mean"
) -> Tensor:
    """−t·log σ(x) − (1 − t)·log(1 − σ(x)), the mean over the classes.

    Parameters
    ----------
    input, target : Tensor or array of one shape, (…, classes)
    weight : (classes,), optional
        What each class counts.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        Where the shapes differ.

    Examples
    --------
    >>> import numpy as np, nn
    >>> round(float(nn.functional.multilabel_soft_margin_loss(np.zeros((1, 2)), np.array([[1.0, 0.0]]))), 6)
    0.693147
    """
    check_pair("multilabel_soft_margin_loss", input, target)
    losses: Any = softplus(input) - input * target
    weights = check_class_weight("multilabel_soft_margin_loss", weight, input)
    losses = mean(losses if weights is None else losses * weights, axis=-1)
    return reduce_losses("multilabel_soft_margin_loss", losses, reduction)


def cosine_embedding_loss(
    input1: Input, input2: Input, target: Input, margin: float = 0.0, reduction: str = "mean"
) -> Tensor:
    """1 − cos(x, y) where the target is 1, and max(0, cos(x, y) − margin) where it is −1.

    Parameters
    ----------
    input1, input2 : Tensor or array, shape (n, features)
    target : array, shape (n,)
        Of 1 and -1.
    margin : float
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        Where the shapes do not go together.

    Examples
    --------
    >>> import numpy as np, nn
    >>> round(float(nn.functional.cosine_embedding_loss(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]), np.array([1]))), 6)
    1.0
    """
    check_pair("cosine_embedding_loss", input1, input2)
    refuse_masks("cosine_embedding_loss", target)
    signs: Any = target if isinstance(target, Node) else np.asarray(target)
    if shape(signs) != shape(input1)[:-1]:
        raise ShapeError(
            f"cosine_embedding_loss: expected targets of shape {shape(input1)[:-1]}, got {describe_shape(signs)}"
        )
    beside(refuse_signs, "cosine_embedding_loss", signs)
    alike = cosine_similarity(input1, input2, dim=len(shape(input1)) - 1)
    losses = where(signs == 1, 1.0 - alike, relu(alike - margin))
    return reduce_losses("cosine_embedding_loss", losses, reduction)


def triplet_margin_loss(
    anchor: Input,
    positive: Input,
    negative: Input,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """max(0, d(anchor, positive) − d(anchor, negative) + margin) (Balntas et al. 2016).

    Parameters
    ----------
    anchor, positive, negative : Tensor or array, shape (n, features) or (features,)
    margin : float
    p : float
        Of the norm of the differences.
    eps : float
        Added to the differences.
    swap : bool
        Take d(positive, negative) where that is the smaller one.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        Where the shapes differ.

    Examples
    --------
    >>> import numpy as np, nn
    >>> a, near, far = np.zeros((1, 2)), np.array([[3.0, 0.0]]), np.array([[0.0, 2.0]])
    >>> round(float(nn.functional.triplet_margin_loss(a, near, far)), 5)
    2.0
    """
    return triplet_margin_with_distance_loss(
        anchor,
        positive,
        negative,
        distance_function=lambda x, y: pairwise_distance(x, y, p, eps),
        margin=margin,
        swap=swap,
        reduction=reduction,
    )


def triplet_margin_with_distance_loss(
    anchor: Input,
    positive: Input,
    negative: Input,
    *,
    distance_function: Callable[[Any, Any], Any] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """`triplet_margin_loss` with any distance.

    Parameters
    ----------
    anchor, positive, negative : Tensor or array of one shape
    distance_function : callable, optional
        Of two of them; `pairwise_distance` by default.
    margin : float
    swap : bool
        Take d(positive, negative) where that is the smaller one.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        Where the shapes differ.

    Examples
    --------
    >>> import numpy as np, nn
    >>> a, near, far = np.zeros((1, 2)), np.array([[3.0, 0.0]]), np.array([[0.0, 2.0]])
    >>> far_apart = lambda x, y: abs(x - y).max(axis=1)
    >>> float(nn.functional.triplet_margin_with_distance_loss(a, near, far, distance_function=far_apart))
    2.0
    """
    check_pair("triplet_margin_loss", anchor, positive)
    check_pair("triplet_margin_loss", anchor, negative)
    if not margin > 0.0:
        raise ValueError(f"triplet_margin_loss: margin must be above 0, got {margin!r}")
    distance = pairwise_distance if distance_function is None else distance_function
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = minimum(far, distance(positive, negative))
    return reduce_losses("triplet_margin_loss", relu(near - far + margin), reduction)
