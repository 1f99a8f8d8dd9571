"""`Ensemble`: several models as one, which gives the mean of what they predict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from autograd import logsumexp, stack
from autograd.errors import ShapeError
from nn import functional
from nn.health.task import Kind
from nn.layers.containers import ModuleList
from nn.module import Module

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input


class Ensemble(Module):
    """Averages predictions: of scores of classes and of labels the probabilities, of numbers the numbers.

    What it gives for classes and labels are logits of the mean probabilities, so that losses, metrics and `softmax` or
    `sigmoid` take them as those of a single model.

    Parameters
    ----------
    models : iterable of Module
        Of equal outputs; they are kept, not copied.
    kind : {"classes", "labels", "numbers"}
        Of their outputs: scores of classes (…, classes), one score for each label, or numbers.

    Raises
    ------
    ValueError
        For no model, or another kind.
    ShapeError
        For classes, where outputs are a single score.

    Examples
    --------
    >>> import numpy as np, nn
    >>> one, other = nn.Linear(1, 2, rng=0), nn.Linear(1, 2, rng=1)
    >>> both, x = nn.Ensemble([one, other], "classes"), np.ones((1, 1), np.float32)
    >>> mean = (nn.functional.softmax(one(x)) + nn.functional.softmax(other(x))) / 2
    >>> bool(np.allclose(nn.functional.softmax(both(x)).data, mean.data))
    True
    """

    def __init__(self, models: Iterable[Module], kind: Kind) -> None:
        super().__init__()
        self.models = ModuleList(list(models))
        if not len(self.models):
            raise ValueError("Ensemble: give at least one model")
        if kind not in ("classes", "labels", "numbers"):
            raise ValueError(f"Ensemble: kind must be 'classes', 'labels' or 'numbers', got {kind!r}")
        self.kind = kind

    def forward(self, x: Input) -> Tensor:
        """The mean prediction.

        Parameters
        ----------
        x
            What each model takes.

        Returns
        -------
        Tensor

        Examples
        --------
        >>> import numpy as np, nn
        >>> both = nn.Ensemble([nn.Linear(3, 2, rng=0), nn.Linear(3, 2, rng=1)], 'classes')
        >>> both(np.ones((1, 3), np.float32)).shape
        (1, 2)
        """
        outputs = stack([model(x) for model in self.models])
        if self.kind == "numbers":
            return outputs.mean(axis=0)
        # Without the logarithm of how many they are: a constant in all logits, or in both of a difference, says nothing.
        if self.kind == "labels":
            yes, no = functional.logsigmoid(outputs), functional.logsigmoid(-outputs)
            return logsumexp(yes, axis=0) - logsumexp(no, axis=0)
        if outputs.ndim < 3 or outputs.shape[-1] < 2:
            raise ShapeError(f"Ensemble: classes need scores (…, classes), got {outputs.shape[1:]}; is it 'labels'?")
        return logsumexp(functional.log_softmax(outputs), axis=0)

    def extra_repr(self) -> str:
        return f"kind={self.kind!r}"
