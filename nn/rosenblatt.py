"""`Perceptron`: Rosenblatt's unit with a step function, and its learning rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.errors import ShapeError
from autograd.graph.node import get_data, raw
from autograd.ops.comparison import greater
from autograd.ops.elementwise import where
from nn import functional
from nn.arguments import check_count, check_positive
from nn.module import Module
from nn.parameter import Parameter

if TYPE_CHECKING:
    from autograd.typing import Input, Operand


class Perceptron(Module):
    """step(x·Wᵀ + b), which is 1 above 0 and else 0 (Rosenblatt 1958).

    The slope of a step is 0 wherever it has one, so no gradient can train it: `learn` has a rule of its own, which needs
    none. For layers with activations that have a slope there is `nn.perceptron`.

    Parameters
    ----------
    in_features, out_features : int
        The units of a layer learn independently of each other.

    Attributes
    ----------
    weight : Parameter, shape (out_features, in_features)
    bias : Parameter, shape (out_features,)
        Both are 0 at first.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> unit = nn.Perceptron(2)
    >>> unit.learn(x, [0, 0, 0, 1])
    [1, 3, 3, 2, 1, 0]
    >>> unit(x).ravel().tolist(), unit.weight.tolist(), unit.bias.tolist()
    ([0.0, 0.0, 0.0, 1.0], [[2.0, 1.0]], [-2.0])
    """

    def __init__(self, in_features: int, out_features: int = 1) -> None:
        super().__init__()
        self.in_features = check_count("Perceptron", "in_features", in_features)
        self.out_features = check_count("Perceptron", "out_features", out_features)
        self.weight = Parameter(np.zeros((self.out_features, self.in_features)))
        self.bias = Parameter(np.zeros(self.out_features))

    def forward(self, x: Input) -> Tensor:
        """Zeros and ones.

        Parameters
        ----------
        x : Tensor or array, shape (…, in_features)

        Returns
        -------
        Tensor, shape (…, out_features)

        Examples
        --------
        >>> import numpy as np, nn
        >>> nn.Perceptron(2)(np.ones((1, 2))).tolist()
        [[0.0]]
        """
        return where(greater(functional.linear(x, self.weight, self.bias), 0.0), 1.0, 0.0)

    def learn(self, x: Input, targets: Operand, *, epochs: int = 100, lr: float = 1.0) -> list[int]:
        """The perceptron's rule, row by row: W += η·(t − o)·x and b += η·(t − o), which moves only for mistakes.

        Where a plane parts zeros from ones it finds one; where none does, as for XOR, it never ends by itself.

        Parameters
        ----------
        x : array_like, shape (n, in_features)
        targets : array_like of 0 and 1, shape (n,) or (n, out_features)
        epochs : int
            At most so many; it ends after the first one without a mistake.
        lr : float
            η.

        Returns
        -------
        list of int
            The mistakes of each epoch.

        Raises
        ------
        ShapeError
            Where the shapes do not fit.
        ValueError
            For targets other than 0 and 1.

        Examples
        --------
        >>> import numpy as np, nn
        >>> nn.Perceptron(1).learn(np.array([[-1.0], [1.0]]), [0, 1])
        [1, 0]
        """
        epochs, lr = check_count("Perceptron.learn", "epochs", epochs), check_positive("Perceptron.learn", "lr", lr)
        rows, wanted = np.asarray(raw(x), np.float64), np.asarray(raw(targets))
        if rows.ndim != 2 or rows.shape[1] != self.in_features or len(rows) == 0:
            raise ShapeError(f"Perceptron.learn: expected x of shape (n, {self.in_features}), got {rows.shape}")
        if wanted.size != len(rows) * self.out_features or len(wanted) != len(rows):
            raise ShapeError(
                f"Perceptron.learn: expected targets of shape ({len(rows)}, {self.out_features}), got {wanted.shape}"
            )
        if not np.isin(wanted, (0, 1)).all():
            raise ValueError("Perceptron.learn: targets are zeros and ones")
        wanted = wanted.reshape(len(rows), self.out_features).astype(np.float64)
        weight, bias = get_data(self.weight).copy(), get_data(self.bias).copy()
        mistakes: list[int] = []
        while len(mistakes) < epochs and (not mistakes or mistakes[-1]):
            mistakes.append(0)
            for row, target in zip(rows, wanted, strict=True):
                error = target - (weight @ row + bias > 0.0)
                weight += lr * np.outer(error, row)
                bias += lr * error
                mistakes[-1] += int(np.count_nonzero(error))
        self.load_state_dict({"weight": weight, "bias": bias})
        return mistakes

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}"
