"""`Ensemble`: several models as one, which gives the mean, the weighted sum or the votes of what they predict."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Literal

from autograd import equal, logsumexp, sign, stack, where
from autograd.errors import ShapeError
from nn import functional
from nn.arguments import check_number
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
    kind : {"classes", "labels", "numbers", "votes"}
        Of their outputs: scores of classes (…, classes), one score for each label, or numbers. For "votes" they are scores
        of classes too, or one score that is above 0 for yes, and each model votes for the class that it takes for likeliest.
    weights : sequence of float, optional
        One for each model, by default the same for all, adding up to 1. Probabilities are averaged with them; of numbers
        and votes it is the sum, so that models which were fitted to residuals, or to the mistakes of others, add up.

    Raises
    ------
    ValueError
        For no model, another kind, or weights that are not one for each model.
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

    def __init__(
        self, models: Iterable[Module], kind: Kind | Literal["votes"], weights: Iterable[float] | None = None
    ) -> None:
        super().__init__()
        self.models = ModuleList(list(models))
        if not len(self.models):
            raise ValueError("Ensemble: give at least one model")
        if kind not in ("classes", "labels", "numbers", "votes"):
            raise ValueError(f"Ensemble: kind must be 'classes', 'labels', 'numbers' or 'votes', got {kind!r}")
        count = len(self.models)
        given = (
            [1.0 / count] * count
            if weights is None
            else [check_number("Ensemble", "a weight", w, 0.0) for w in weights]
        )
        if len(given) != count or not 0.0 < sum(given) < math.inf:
            raise ValueError(f"Ensemble: {count} models need as many weights, not all of them 0, got {given}")
        self.kind, self.weights = kind, given

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
        outputs = [model(x) for model in self.models]
        if self.kind in ("numbers", "votes"):
            opinions = outputs if self.kind == "numbers" else map(_vote, outputs)
            return reduce(add, [weight * opinion for weight, opinion in zip(self.weights, opinions, strict=True)])
        # How many they are, or what the weights add up to, is a constant in all logits, or in both of a difference: it says
        # nothing, and neither does a model without weight.
        together = [
            (logits, math.log(weight)) for logits, weight in zip(outputs, self.weights, strict=True) if weight > 0.0
        ]
        if self.kind == "labels":
            yes, no = (
                logsumexp(stack([functional.logsigmoid(side * logits) + log for logits, log in together]), axis=0)
                for side in (1.0, -1.0)
            )
            return yes - no
        if outputs[0].ndim < 2 or outputs[0].shape[-1] < 2:
            raise ShapeError(f"Ensemble: classes need scores (…, classes), got {outputs[0].shape}; is it 'labels'?")
        return logsumexp(stack([functional.log_softmax(logits) + log for logits, log in together]), axis=0)

    def extra_repr(self) -> str:
        same = len(set(self.weights)) == 1
        return f"kind={self.kind!r}" + ("" if same else f", weights={[float(f'{w:.4g}') for w in self.weights]}")


def _vote(scores: Tensor) -> Tensor:
    """1 for the likeliest class and 0 for the others; of a single score its sign."""
    if scores.shape[-1] == 1 or scores.ndim < 2:
        return sign(scores)
    return where(equal(scores, scores.max(axis=-1, keepdims=True)), 1.0, 0.0)
