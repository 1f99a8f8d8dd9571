"""`Recipe`: how a network is made and trained, and the defaults for each kind of data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import optim
from autograd.errors import UsageError
from nn.module import Module
from nn.perceptron import perceptron
from optim import Optimizer


@dataclass(frozen=True)
class Recipe:
    """A perceptron and its training.

    Attributes
    ----------
    hidden : tuple of int
        The sizes of the hidden layers; none for a linear model.
    activation : tuple of str
        One for all hidden layers, or one for each.
    optimizer : str
    lr : float or None
        None for the optimizer's own.
    weight_decay : float
    epochs, batch_size : int
    """

    hidden: tuple[int, ...]
    activation: tuple[str, ...]
    optimizer: str = "adam"
    lr: float | None = 0.01
    weight_decay: float = 0.0
    epochs: int = 40
    batch_size: int = 32

    def replaced_by(self, **asked: Any) -> Recipe:
        """With what was asked for; what is None stays.

        Raises
        ------
        UsageError
            For activations that do not go with the hidden layers.
        """
        given = {name: value for name, value in asked.items() if value is not None}
        if "optimizer" in given and given["optimizer"] != self.optimizer and "lr" not in given:
            # The rate is one for the optimizer of the recipe.
            given["lr"] = None
        made = replace(self, **given)
        if "hidden" in given and "activation" not in given and len(made.activation) > 1:
            made = replace(made, activation=made.activation[-1:])
        if len(made.activation) not in (1, len(made.hidden)):
            raise UsageError(
                f"--activation: one for all hidden layers or one for each: {len(made.hidden)} layers, "
                f"and {len(made.activation)} activations"
            )
        return made

    def make_network(self, inputs: int, outputs: int, seed: int) -> Module:
        """A new one."""
        activation = self.activation[0] if len(self.activation) == 1 else self.activation
        return perceptron([inputs, *self.hidden, outputs], activation, seed)

    def make_optimizer(self, parameters: Any) -> Optimizer:
        """A new one.

        Raises
        ------
        UsageError
            Where the optimizer takes no such rate or weight decay.
        """
        options: dict[str, Any] = {} if self.lr is None else {"lr": self.lr}
        if self.weight_decay:
            options["weight_decay"] = self.weight_decay
        try:
            return optim.get(self.optimizer, parameters, **options)
        except TypeError:
            raise UsageError(f"--optimizer {self.optimizer} takes no weight decay: give --weight-decay 0") from None
        except ValueError as error:
            raise UsageError(str(error)) from None


# Chosen on the folds of seeds 100 … 102 of wine, breast_cancer and diabetes; notebooks/guide/command.md has the numbers of other seeds.
TABLE = Recipe((32,), ("tanh",), lr=0.003, weight_decay=0.01, epochs=50)
DIGITS = Recipe((64, 16), ("sigmoid", "tanh"))
MNIST = Recipe((128,), ("relu",), lr=0.001, epochs=10, batch_size=128)
