"""Losses of margins, distributions and sequences as modules: each a function of `nn.functional`, with its options."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nn import functional
from nn.arguments import check_number
from nn.losses import Loss
from nn.module import Module

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import ArrayLike, Input


class GaussianNLLLoss(Loss):
    """The negative log-likelihood of a normal distribution; see `nn.functional.gaussian_nll_loss`.

    It is called with means, targets and variances.

    Parameters
    ----------
    full : bool
        Add the constant.
    eps : float
        What the variance is at least.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> round(nn.GaussianNLLLoss()(Tensor([1.0]), Tensor([3.0]), Tensor([4.0])).item(), 6)
    1.193147
    """

    function = staticmethod(functional.gaussian_nll_loss)

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction, full=full, eps=check_number("GaussianNLLLoss", "eps", eps, 0.0))


class PoissonNLLLoss(Loss):
    """The negative log-likelihood of counts; see `nn.functional.poisson_nll_loss`.

    Parameters
    ----------
    log_input : bool
        Whether the input is the logarithm of the rate.
    full : bool
        Add Stirling's approximation of log t!.
    eps : float
        Keeps the logarithm of a rate of 0 finite.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> nn.PoissonNLLLoss()(Tensor([0.0]), Tensor([2.0])).item()
    1.0
    """

    function = staticmethod(functional.poisson_nll_loss)

    def __init__(self, log_input: bool = True, full: bool = False, eps: float = 1e-8, reduction: str = "mean") -> None:
        super().__init__(reduction, log_input=log_input, full=full, eps=eps)


class MarginRankingLoss(Loss):
    """max(0, −t·(x₁ − x₂) + margin); see `nn.functional.margin_ranking_loss`.

    Parameters
    ----------
    margin : float
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> nn.MarginRankingLoss()(Tensor([1.0]), Tensor([3.0]), Tensor([1.0])).item()
    2.0
    """

    function = staticmethod(functional.margin_ranking_loss)

    def __init__(self, margin: float = 0.0, reduction: str = "mean") -> None:
        super().__init__(reduction, margin=margin)


class HingeEmbeddingLoss(Loss):
    """Distances where the target is 1, max(0, margin − distance) where it is −1; see `nn.functional.hinge_embedding_loss`.

    Parameters
    ----------
    margin : float
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> nn.HingeEmbeddingLoss()(Tensor([0.25, 0.25]), Tensor([1.0, -1.0])).item()
    0.5
    """

    function = staticmethod(functional.hinge_embedding_loss)

    def __init__(self, margin: float = 1.0, reduction: str = "mean") -> None:
        super().__init__(reduction, margin=margin)


class SoftMarginLoss(Loss):
    """log(1 + exp(−t·x)); see `nn.functional.soft_margin_loss`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> round(nn.SoftMarginLoss()(Tensor([0.0]), Tensor([1.0])).item(), 6)
    0.693147
    """

    function = staticmethod(functional.soft_margin_loss)


class MultiLabelMarginLoss(Loss):
    """The hinge of several classes at once; see `nn.functional.multilabel_margin_loss`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.

    Examples
    --------
    >>> import numpy as np, nn
    >>> from autograd import Tensor
    >>> round(nn.MultiLabelMarginLoss()(Tensor([[0.1, 0.2, 0.4, 0.8]]), np.array([[3, 0, -1, 1]])).item(), 6)
    0.85
    """

    function = staticmethod(functional.multilabel_margin_loss)


class MultiLabelSoftMarginLoss(Loss):
    """Binary cross-entropy of each class, the mean over them; see `nn.functional.multilabel_soft_margin_loss`.

    Parameters
    ----------
    weight : array, shape (classes,), optional
        What each class counts.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> round(nn.MultiLabelSoftMarginLoss()(Tensor([[0.0, 0.0]]), Tensor([[1.0, 0.0]])).item(), 6)
    0.693147
    """

    function = staticmethod(functional.multilabel_soft_margin_loss)

    def __init__(self, weight: ArrayLike | None = None, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self._keep_weights(weight=weight)


class TripletMarginLoss(Loss):
    """max(0, d(anchor, positive) − d(anchor, negative) + margin); see `nn.functional.triplet_margin_loss`.

    Parameters
    ----------
    margin : float
    p : float
        Of the norm of the differences.
    eps : float
        Added to the differences.
    swap : bool
        Take d(positive, negative) where that is the smaller one.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> loss = nn.TripletMarginLoss()
    >>> round(loss(Tensor([[0.0, 0.0]]), Tensor([[3.0, 0.0]]), Tensor([[0.0, 2.0]])).item(), 5)
    2.0
    """

    function = staticmethod(functional.triplet_margin_loss)

    def __init__(
        self,
        margin: float = 1.0,
        p: float = 2.0,
        eps: float = 1e-6,
        swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(reduction, margin=margin, p=p, eps=eps, swap=swap)


class TripletMarginWithDistanceLoss(Loss):
    """`TripletMarginLoss` with any distance; see `nn.functional.triplet_margin_with_distance_loss`.

    Parameters
    ----------
    distance_function : callable, optional
        Of two batches; `nn.functional.pairwise_distance` by default.
    margin : float
    swap : bool
        Take d(positive, negative) where that is the smaller one.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> loss = nn.TripletMarginWithDistanceLoss(distance_function=lambda x, y: abs(x - y).max(axis=1))
    >>> loss(Tensor([[0.0, 0.0]]), Tensor([[3.0, 0.0]]), Tensor([[0.0, 2.0]])).item()
    2.0
    """

    function = staticmethod(functional.triplet_margin_with_distance_loss)

    def __init__(
        self,
        *,
        distance_function: Callable[[Any, Any], Any] | None = None,
        margin: float = 1.0,
        swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(reduction, distance_function=distance_function, margin=margin, swap=swap)


class CTCLoss(Loss):
    """Connectionist temporal classification; see `nn.functional.ctc_loss`.

    It is called with log-probabilities, labellings, and the lengths of both.

    Parameters
    ----------
    blank : int
        The class that says nothing.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the samples.
    zero_infinity : bool
        Whether a labelling that is too long for its input costs nothing.

    Examples
    --------
    >>> import numpy as np, nn
    >>> from autograd import Tensor
    >>> even = Tensor(np.full((2, 1, 2), 0.5)).log()
    >>> round(nn.CTCLoss()(even, np.array([[1]]), [2], [1]).item(), 6)
    0.287682
    """

    function = staticmethod(functional.ctc_loss)

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        super().__init__(reduction, blank=blank, zero_infinity=zero_infinity)


class CosineSimilarity(Module):
    """x·y / (|x|·|y|) along an axis; see `nn.functional.cosine_similarity`.

    Parameters
    ----------
    dim : int
        The axis of the vectors.
    eps : float
        What a norm is at least.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.CosineSimilarity()(np.array([[1.0, 0.0]]), np.array([[1.0, 1.0]])).round(6).tolist()
    [0.707107]
    """

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim, self.eps = dim, eps

    def forward(self, x1: Input, x2: Input) -> Tensor:
        return functional.cosine_similarity(x1, x2, self.dim, self.eps)


class PairwiseDistance(Module):
    """The p-norm of the differences; see `nn.functional.pairwise_distance`.

    Parameters
    ----------
    p : float
    eps : float
        Added to the differences.
    keepdim : bool
        Leave the axis, with length 1.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.PairwiseDistance()(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0]])).round(4).tolist()
    [5.0]
    """

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.p, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1: Input, x2: Input) -> Tensor:
        return functional.pairwise_distance(x1, x2, self.p, self.eps, self.keepdim)
