"""Losses as modules: each a function of `nn.functional`, with its options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.errors import OperandError
from nn import functional
from nn.arguments import check_number, check_positive
from nn.functional.classification import IGNORED
from nn.module import Module

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import ArrayLike, Input


class Loss(Module):
    """Keeps the options of a function; arrays among them are buffers."""

    function: Any

    def __init__(self, reduction: str = "mean", **options: Any) -> None:
        super().__init__()
        self.reduction, self.options = reduction, options

    def _keep_weights(self, **weights: Any) -> None:
        for name, given in weights.items():
            if isinstance(given, str):
                raise OperandError(
                    f"{type(self).__name__}: {name} is an array, not {given!r}; a reduction is given by reduction={given!r}"
                )
            self.register_buffer(name, given)

    def forward(self, *args: Input) -> Tensor:
        weights = {name: given for name, given in self._buffers.items() if given is not None}
        return type(self).function(*args, reduction=self.reduction, **self.options, **weights)

    def extra_repr(self) -> str:
        return ", ".join(f"{k}={v!r}" for k, v in {"reduction": self.reduction, **self.options}.items())


def is_one_of(loss: Any, *kinds: type[Loss]) -> bool:
    """Whether something is a loss of one of these classes, or the function that one of them calls.

    Examples
    --------
    >>> is_one_of(MSELoss(), MSELoss, L1Loss), is_one_of(functional.l1_loss, MSELoss, L1Loss), is_one_of(abs, MSELoss)
    (True, True, False)
    """
    return isinstance(loss, kinds) or any(loss is kind.function for kind in kinds)


class CrossEntropyLoss(Loss):
    """Softmax and negative log-likelihood in one; see `nn.functional.cross_entropy`.

    Parameters
    ----------
    weight : array, shape (classes,), optional
        What each class counts.
    ignore_index : int
        A label that counts nothing.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.
    label_smoothing : float
        The share of the probability that is spread over all classes (Szegedy et al. 2016).

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> loss = nn.CrossEntropyLoss(label_smoothing=0.1)
    >>> round(loss(Tensor([[2.0, 0.0], [0.0, 1.0]]), [0, 1]).item(), 6)
    0.295095
    """

    function = staticmethod(functional.cross_entropy)

    def __init__(
        self,
        weight: ArrayLike | None = None,
        ignore_index: int = IGNORED,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(reduction, ignore_index=ignore_index, label_smoothing=label_smoothing)
        self._keep_weights(weight=weight)


class NLLLoss(Loss):
    """The negative log-probability at the target; see `nn.functional.nll_loss`.

    Parameters
    ----------
    weight : array, shape (classes,), optional
        What each class counts.
    ignore_index : int
        A label that counts nothing.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> loss = nn.NLLLoss()
    >>> round(loss(Tensor([[2.0, 0.0]]).log_softmax(), [0]).item(), 6)
    0.126928
    """

    function = staticmethod(functional.nll_loss)

    def __init__(self, weight: ArrayLike | None = None, ignore_index: int = IGNORED, reduction: str = "mean") -> None:
        super().__init__(reduction, ignore_index=ignore_index)
        self._keep_weights(weight=weight)


class MSELoss(Loss):
    """The squared error; see `nn.functional.mse_loss`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> loss = nn.MSELoss()
    >>> round(loss(Tensor([1.0, 2.0]), Tensor([1.0, 4.0])).item(), 6)
    2.0
    """

    function = staticmethod(functional.mse_loss)


class HalfMSELoss(Loss):
    """Half the squared error; see `nn.functional.half_mse_loss`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> loss = nn.HalfMSELoss()
    >>> round(loss(Tensor([1.0, 2.0]), Tensor([1.0, 4.0])).item(), 6)
    1.0
    """

    function = staticmethod(functional.half_mse_loss)


class L1Loss(Loss):
    """The absolute error; see `nn.functional.l1_loss`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> loss = nn.L1Loss()
    >>> round(loss(Tensor([1.0, 2.0]), Tensor([1.0, 4.0])).item(), 6)
    1.0
    """

    function = staticmethod(functional.l1_loss)


class HuberLoss(Loss):
    """Squares near zero, absolute values beyond δ; see `nn.functional.huber_loss`.

    δ = 1.35 keeps 95 % of the efficiency of least squares on normal errors of σ = 1, or of any σ with `scale="mad"`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.
    delta : float
        Where squares end.
    scale : {"mad"}, optional
        δ is in units of a robust σ of the errors of each batch: 1.4826 times their median size, which is σ for normal
        errors. It is held constant in the derivative.

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> loss = nn.HuberLoss(delta=1.35)
    >>> round(loss(Tensor([1.0, 2.0]), Tensor([1.0, 4.0])).item(), 6)
    0.894375
    """

    function = staticmethod(functional.huber_loss)

    def __init__(self, reduction: str = "mean", delta: float = 1.0, scale: str | None = None) -> None:
        if scale not in ("mad", None):
            raise ValueError(f"HuberLoss: scale must be 'mad' or None, got {scale!r}")
        options = {} if scale is None else {"scale": scale}
        super().__init__(reduction, delta=check_positive("HuberLoss", "delta", delta), **options)


class SmoothL1Loss(Loss):
    """Huber's loss over β; see `nn.functional.smooth_l1_loss`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.
    beta : float
        Where squares end.

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> loss = nn.SmoothL1Loss(beta=0.5)
    >>> round(loss(Tensor([1.0, 2.0]), Tensor([1.0, 4.0])).item(), 6)
    0.875
    """

    function = staticmethod(functional.smooth_l1_loss)

    def __init__(self, reduction: str = "mean", beta: float = 1.0) -> None:
        super().__init__(reduction, beta=check_number("SmoothL1Loss", "beta", beta, 0.0))


class LogCoshLoss(Loss):
    """log(cosh(error)); see `nn.functional.log_cosh_loss`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> loss = nn.LogCoshLoss()
    >>> round(loss(Tensor([1.0, 2.0]), Tensor([1.0, 4.0])).item(), 6)
    0.662501
    """

    function = staticmethod(functional.log_cosh_loss)


class BCELoss(Loss):
    """Binary cross-entropy of probabilities; see `nn.functional.binary_cross_entropy`.

    Parameters
    ----------
    weight : array, optional
        What each element counts; it is broadcast.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> loss = nn.BCELoss()
    >>> round(loss(Tensor([0.5, 0.9]), Tensor([0.0, 1.0])).item(), 6)
    0.399254
    """

    function = staticmethod(functional.binary_cross_entropy)

    def __init__(self, weight: ArrayLike | None = None, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self._keep_weights(weight=weight)


class BCEWithLogitsLoss(Loss):
    """Binary cross-entropy of logits; see `nn.functional.binary_cross_entropy_with_logits`.

    Parameters
    ----------
    weight : array, optional
        What each element counts; it is broadcast.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.
    pos_weight : array, optional
        What the first term counts, such as the negative examples over the positive ones.

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> loss = nn.BCEWithLogitsLoss()
    >>> round(loss(Tensor([0.0, 2.0]), Tensor([0.0, 1.0])).item(), 6)
    0.410038
    """

    function = staticmethod(functional.binary_cross_entropy_with_logits)

    def __init__(
        self, weight: ArrayLike | None = None, reduction: str = "mean", pos_weight: ArrayLike | None = None
    ) -> None:
        super().__init__(reduction)
        self._keep_weights(weight=weight, pos_weight=pos_weight)


class KLDivLoss(Loss):
    """Kullback and Leibler's divergence; see `nn.functional.kl_div`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.
    log_target : bool
        Whether the targets are logarithms too.

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> loss = nn.KLDivLoss("sum")
    >>> round(loss(Tensor([[0.5, 0.5]]).log(), Tensor([[0.25, 0.75]])).item(), 6)
    0.130812
    """

    function = staticmethod(functional.kl_div)

    def __init__(self, reduction: str = "mean", log_target: bool = False) -> None:
        super().__init__(reduction, log_target=log_target)


class HingeLoss(Loss):
    """max(0, margin − t·score); see `nn.functional.hinge_loss`.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.
    margin : float

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> loss = nn.HingeLoss()
    >>> round(loss(Tensor([0.5, -2.0]), Tensor([1.0, -1.0])).item(), 6)
    0.25
    """

    function = staticmethod(functional.hinge_loss)

    def __init__(self, reduction: str = "mean", margin: float = 1.0) -> None:
        super().__init__(reduction, margin=margin)


class MultiMarginLoss(Loss):
    """The hinge over classes; see `nn.functional.multi_margin_loss`.

    Parameters
    ----------
    p : {1, 2}
        Its power.
    margin : float
    weight : array, shape (classes,), optional
        What each class counts as a target.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> loss = nn.MultiMarginLoss()
    >>> round(loss(Tensor([[2.0, 1.5, 0.0]]), [0]).item(), 6)
    0.166667
    """

    function = staticmethod(functional.multi_margin_loss)

    def __init__(
        self, p: int = 1, margin: float = 1.0, weight: ArrayLike | None = None, reduction: str = "mean"
    ) -> None:
        super().__init__(reduction, p=p, margin=margin)
        self._keep_weights(weight=weight)


class CosineEmbeddingLoss(Loss):
    """1 − cos, or cos; see `nn.functional.cosine_embedding_loss`.

    Parameters
    ----------
    margin : float
        The cosine from which on vectors that should differ cost.
    reduction : {"mean", "sum", "none"}
        What becomes of the losses of the elements.

    Examples
    --------
    >>> import nn
    >>> from autograd import Tensor
    >>> loss = nn.CosineEmbeddingLoss()
    >>> round(loss(Tensor([[1.0, 0.0]]), Tensor([[1.0, 1.0]]), [1]).item(), 6)
    0.292893
    """

    function = staticmethod(functional.cosine_embedding_loss)

    def __init__(self, margin: float = 0.0, reduction: str = "mean") -> None:
        super().__init__(reduction, margin=margin)
