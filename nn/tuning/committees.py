"""`bag` and `boost`: several models of one kind, each trained on other rows, weights or residuals, as an `Ensemble`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from autograd.errors import OperandError
from autograd.graph.modes import no_grad
from autograd.graph.node import raw
from nn import functional
from nn.arguments import check_count, check_positive
from nn.ensemble import Ensemble
from nn.losses import BCELoss, BCEWithLogitsLoss, is_one_of
from nn.module import Module
from nn.training import fit
from nn.training.evaluation import dtype_of, gives_probabilities
from nn.training.objective import make_objective
from nn.tuning.training import Build, build_model, check_arrays, separate_options

if TYPE_CHECKING:
    from autograd.typing import ArrayLike
    from nn.health.task import Kind

# The largest weight that a model without a mistake gets.
LEAST_ERROR = 1e-6


def bag(
    build: Build, data: tuple[ArrayLike, ArrayLike], models: int = 10, *, seed: int = 0, **options: Any
) -> Ensemble:
    """Bagging: every model is trained on as many rows, drawn with replacement, and all have the same weight (Breiman 1996).

    Parameters
    ----------
    build : callable
        Gives a new model, or a model and an optimizer over it; it is told `seed`, another one for each model, where it has
        such a parameter.
    data : (inputs, targets)
    models : int
        How many.
    seed : int
        Of the rows that are drawn, and of all models.
    **options
        What `build` takes by name, and options of `nn.fit`.

    Returns
    -------
    Ensemble

    Raises
    ------
    OperandError, ShapeError
        For data or options that do not fit.

    Examples
    --------
    >>> import numpy as np, nn
    >>> def build(seed):
    ...     return nn.perceptron([1, 8, 1], "tanh", seed)
    >>> x = np.linspace(-2.0, 2.0, 60)[:, None]
    >>> committee = nn.bag(build, (x, np.sin(x)), 3, epochs=30, lr=0.02)
    >>> len(committee.models), committee.kind
    (3, 'numbers')
    """
    work = _Work("bag", build, data, options, seed)
    rng = np.random.default_rng(seed)
    for number in range(check_count("bag", "models", models)):
        rows = rng.integers(len(work.x), size=len(work.x))
        work.train(number, work.x[rows], work.y[rows])
    return Ensemble(work.models, work.kind)


def boost(
    build: Build,
    data: tuple[ArrayLike, ArrayLike],
    rounds: int = 10,
    *,
    on: Literal["residuals", "weights"] = "residuals",
    shrinkage: float = 0.5,
    seed: int = 0,
    **options: Any,
) -> Ensemble:
    """Boosting: every model is trained on what those before it have left wrong.

    On residuals (Friedman 2001), a model is fitted to targets less predictions, or for classes and labels to targets less
    probabilities, in the mean squared error, and a share of it is added. On weights (AdaBoost; Freund and Schapire 1997,
    SAMME for several classes), rows that were taken for the wrong class are drawn more often for the next model, and models
    vote, those with few mistakes with more weight.

    Parameters
    ----------
    build : callable
        Gives a new, weak model, or a model and an optimizer over it; it is told `seed`, another one for each model, where
        it has such a parameter.
    data : (inputs, targets)
        For "weights" with class numbers as targets.
    rounds : int
        How many models at most. On weights it ends with a model that makes no mistake; one that is no better than chance is
        left out, and all rows have the same weight for the next (Breiman 1998).
    on : {"residuals", "weights"}
    shrinkage : float
        The share of each model that is added, on residuals.
    seed : int
        Of the rows that are drawn, and of all models.
    **options
        What `build` takes by name, and options of `nn.fit`.

    Returns
    -------
    Ensemble
        On residuals one of kind "numbers", whose outputs for classes and labels are logits; on weights one of "votes".

    Raises
    ------
    OperandError, ShapeError
        For data or options that do not fit.
    ValueError
        On weights, where no model is better than chance.

    Examples
    --------
    >>> import numpy as np, nn
    >>> def build(seed):
    ...     return nn.perceptron([2, 2, 2], seed=seed)
    >>> x = np.random.default_rng(0).normal(size=(300, 2))
    >>> y = (x[:, 0] * x[:, 1] > 0).astype(int)
    >>> one, many = (nn.boost(build, (x, y), rounds, on="weights", lr=0.05) for rounds in (1, 8))
    >>> accuracy = [nn.metrics.accuracy(model(x), y) for model in (one, many)]
    >>> accuracy[1] > accuracy[0] + 0.15
    True
    """
    check_count("boost", "rounds", rounds)
    check_positive("boost", "shrinkage", shrinkage)
    if on not in ("residuals", "weights"):
        raise ValueError(f"boost: on must be 'residuals' or 'weights', got {on!r}")
    work = _Work("boost", build, data, options, seed)
    if work.gives_probabilities or is_one_of(work.function, BCELoss):
        raise OperandError(
            "boost: models are added up, or vote by the sign of a score, and these give probabilities: leave the Sigmoid out, and loss"
        )
    return _boost_on_residuals(work, rounds, shrinkage) if on == "residuals" else _boost_on_weights(work, rounds, seed)


def _boost_on_residuals(work: _Work, rounds: int, shrinkage: float) -> Ensemble:
    if work.kind != "numbers" and work.options.get("loss") is not None:
        raise OperandError(
            "boost: residuals of classes and labels are fitted in the mean squared error: leave loss out"
        )
    targets = work.y.astype(np.float64)
    if work.kind == "classes":
        targets = np.eye(work.outputs[-1])[work.y]
    targets = targets.reshape(len(work.y), *work.outputs[1:])
    total = np.zeros_like(targets)
    for number in range(rounds):
        expected = {"numbers": lambda z: z, "labels": functional.sigmoid, "classes": functional.softmax}[work.kind](
            total
        )
        loss = {} if work.kind == "numbers" else {"loss": "mse"}
        total = total + shrinkage * work.train(number, work.x, targets - expected, loss)
    return Ensemble(work.models, "numbers", [shrinkage] * rounds)


def _boost_on_weights(work: _Work, rounds: int, seed: int) -> Ensemble:
    single = math.prod(work.outputs[1:]) == 1
    if work.kind == "numbers" or (work.kind == "labels" and not single):
        raise OperandError("boost: weights are for class numbers, with a score for each class, or one score for two")
    rng, rows, truth = np.random.default_rng(seed), len(work.x), work.y.reshape(len(work.y)).astype(np.int64)
    classes = 2 if single else work.outputs[-1]
    weights, votes = np.full(rows, 1.0 / rows), []
    for number in range(rounds):
        drawn = rng.choice(rows, rows, p=weights)
        outputs = work.train(number, work.x[drawn], work.y[drawn])
        wrong = (outputs.ravel() > 0.0 if single else outputs.argmax(axis=-1)) != truth
        error = float(weights[wrong].sum())
        if error >= 1.0 - 1.0 / classes:
            work.models.pop()
            weights = np.full(rows, 1.0 / rows)
            continue
        votes.append(math.log(1.0 / max(error, LEAST_ERROR) - 1.0) + math.log(classes - 1.0))
        if not wrong.any():
            break
        weights = weights * np.exp(votes[-1] * wrong)
        weights /= weights.sum()
    if not votes:
        raise ValueError("boost: no model is better than chance on the rows that it was trained on: train each longer")
    return Ensemble(work.models, "votes", votes)


class _Work:
    """The data, and the models that were trained on it so far."""

    def __init__(self, name: str, build: Build, data: Any, given: Mapping[str, Any], seed: int) -> None:
        self.build, self.seed = build, seed
        self.x, self.y = check_arrays(name, data)
        self.params, self.options = separate_options(name, build, given)
        self.models: list[Module] = []
        model, _ = build_model(build, self.params, seed)
        outputs = self._predict(model, self.x[:2])
        self.outputs = outputs.shape
        self.gives_probabilities = gives_probabilities(model)
        loss = self.options.get("loss")
        objective = make_objective(loss, self.y, outputs, self.gives_probabilities)
        # Chosen here, by all targets: those of the rows that are drawn may be of one kind alone.
        self.loss, self.function = (objective.name if loss is None else loss), objective.function
        self.kind: Kind = (
            "classes"
            if objective.kind == "classes"
            else "labels"
            if is_one_of(objective.function, BCEWithLogitsLoss)
            else "numbers"
        )

    def train(self, number: int, x: np.ndarray, y: np.ndarray, options: Mapping[str, Any] | None = None) -> np.ndarray:
        """Train one more model; gives its outputs for all rows."""
        seed = self.seed + number
        model, optimizer = build_model(self.build, self.params, seed)
        own = {} if optimizer is None else {"optimizer": optimizer}
        fit(model, (x, y), seed=seed, progress=False, **{**self.options, "loss": self.loss, **own, **(options or {})})
        self.models.append(model)
        return self._predict(model, self.x)

    def _predict(self, model: Module, x: np.ndarray) -> np.ndarray:
        with no_grad():
            return np.asarray(raw(model.eval()(x.astype(dtype_of(model)) if x.dtype.kind == "f" else x)))
