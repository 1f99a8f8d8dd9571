"""What a classifier and a regressor have in common: parameters, fitting, going on, outputs."""

from __future__ import annotations

import copy
import os
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from autograd._version import __version__
from autograd.errors import OperandError, ShapeError, type_name
from autograd.graph.modes import no_grad
from autograd.graph.node import raw
from nn.data import split
from nn.estimators.building import make_average, make_module, make_optimizer, takes_whole_numbers
from nn.modes import preserve_modes
from nn.module import Module
from nn.training import Callback, Checkpoint, EarlyStopping, History, Plan, Trainer, fit
from nn.training.evaluation import dtype_of
from nn.training.finder import find_lr
from nn.training.metrics import named_metrics
from optim import Optimizer

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from nn.training.recording import Recording
    from nn.typing import Logs, Loss, Metrics, Scheduler

# Rows that go through the network at once when it predicts.
ROWS = 4096
# Parameters that `fit` takes as they are.
PASSED_ON = (
    "interval", "watch", "momentum", "batch_size", "accumulate", "clip_norm", "clip_value", "penalty", "jitter", "checkpoint",
    "resume", "record", "logs", "threads", "progress", "compile", "trainer",
)  # fmt: skip


class Rows(NamedTuple):
    """Inputs, encoded targets, and what each row counts."""

    x: np.ndarray
    y: np.ndarray
    weights: np.ndarray | None = None


@dataclass(eq=False, repr=False)
class NetworkEstimator(BaseEstimator):
    """A network as scikit-learn has its estimators: parameters that `fit` does not change, and attributes that it makes."""

    module: Module | Callable[..., Any] | None = None
    _: KW_ONLY
    hidden: tuple[int, ...] = (100,)
    activation: str | tuple[str, ...] = "relu"
    module_params: Mapping[str, Any] | None = None
    loss: Loss | None = None
    optimizer: str | Callable[..., Any] = "adam"
    optimizer_params: Mapping[str, Any] | None = None
    lr: float | str | None = None
    scheduler: Scheduler | None = None
    interval: str = "epoch"
    watch: str | None = None
    momentum: tuple[float, float] | None = None
    epochs: int = 200
    batch_size: int = 200
    validation: Any = None
    patience: int | None = None
    tol: float = 0.0
    metrics: Metrics = ()
    accumulate: int = 1
    clip_norm: float | None = None
    clip_value: float | None = None
    penalty: Callable[[Module], Tensor | float] | None = None
    jitter: float | None = None
    average: float | Callable[..., Any] | None = None
    callbacks: Iterable[Callback] = ()
    checkpoint: str | os.PathLike[str] | Checkpoint | None = None
    resume: bool = False
    record: str | os.PathLike[str] | Recording | None = None
    logs: Logs = ()
    threads: str | int | None = "auto"
    progress: bool | None = False
    compile: bool = False
    trainer: Callable[[Plan], Trainer] = Trainer
    warm_start: bool = False
    random_state: Any = None
    module_: Module = field(init=False)
    optimizer_: Optimizer | None = field(init=False)
    callbacks_: list[Callback] = field(init=False)
    history_: History = field(init=False)
    n_iter_: int = field(init=False)

    # parameters of parameters

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters by name; with `deep` those of the module and the optimizer too, as `module__width`.

        Parameters
        ----------
        deep : bool

        Returns
        -------
        dict of str to Any

        Examples
        --------
        >>> from nn.estimators import Classifier
        >>> Classifier(optimizer_params={"weight_decay": 0.1}).get_params()["optimizer__weight_decay"]
        0.1
        """
        found: dict[str, Any] = super().get_params(deep)
        if deep:
            for owner in ("module", "optimizer"):
                own = found[f"{owner}_params"]
                if isinstance(own, Mapping):
                    found |= {f"{owner}__{name}": value for name, value in own.items()}
        return found

    def set_params(self, **params: Any) -> Any:
        """Set parameters; `module__width=8` sets one of the module's, `optimizer__weight_decay=0.1` one of the optimizer's.

        Parameters
        ----------
        **params
            By name.

        Returns
        -------
        estimator
            This one.

        Examples
        --------
        >>> from nn.estimators import Regressor
        >>> Regressor().set_params(optimizer__weight_decay=0.1).optimizer_params
        {'weight_decay': 0.1}
        """
        plain = {name: value for name, value in params.items() if not name.startswith(("module__", "optimizer__"))}
        super().set_params(**plain)
        for owner in ("module", "optimizer"):
            start = f"{owner}__"
            own = {name.removeprefix(start): value for name, value in params.items() if name.startswith(start)}
            if own:
                setattr(self, f"{owner}_params", {**(getattr(self, f"{owner}_params") or {}), **own})
        return self

    # training

    def _fit(self, rows: Rows, outputs: int) -> None:
        """Train on encoded targets, from the beginning or, warm, from where the module stands."""
        random = check_random_state(self.random_state)
        if not (self.warm_start and hasattr(self, "module_")):
            self._build(rows.x, outputs, random)
        else:
            self._renew_optimizer()
        if rows.weights is not None:
            # A row without weight is as one that is not there.
            rows = Rows(*(part[rows.weights > 0.0] for part in rows if part is not None))
            assert rows.weights is not None
            rows = rows._replace(weights=rows.weights / rows.weights.mean())
        train, held_out = self._split(rows, draw_seed(random))
        stopping = [] if self.patience is None else [EarlyStopping(patience=self.patience, min_delta=self.tol)]
        self._train(train, held_out, draw_seed(random), epochs=self.epochs, extra=stopping)

    def _go_on(self, rows: Rows, outputs: int) -> None:
        """One epoch more on encoded targets, with the optimizer of before."""
        if not hasattr(self, "_random"):
            self._random = check_random_state(self.random_state)
        if not hasattr(self, "module_"):
            self._build(rows.x, outputs, self._random)
        before = self.history_.rows if hasattr(self, "history_") else []
        held_out = None if is_share(self.validation) else self._validation()
        # What concerns a whole training, and not one epoch of many calls.
        whole: dict[str, Any] = {"checkpoint": None, "momentum": None, "record": None}
        self._train(rows, held_out, draw_seed(self._random), epochs=1, **whole)
        self.history_.rows[:0] = before
        for number, row in enumerate(self.history_.rows, 1):
            row["epoch"] = number
        self.n_iter_ = len(self.history_)

    def _build(self, x: np.ndarray, outputs: int, random: Any) -> None:
        inputs = int(np.prod(x.shape[1:])) if self.module is None else x.shape[1]
        params = dict(self.module_params or {})
        if self.module is None:
            if params:
                raise OperandError("module_params are for a module of yours; a perceptron has hidden and activation")
            params["activation"] = self.activation
        dtype = x.dtype if x.dtype in (np.float32, np.float64) else np.dtype(np.float64)
        sizes = (inputs, self.hidden, outputs)
        self.module_, own = make_module(self.module, params, sizes, dtype, draw_seed(random))
        if own is not None and (self.lr is not None or self.optimizer_params):
            raise OperandError("module gives an optimizer of its own: lr and optimizer_params are for that by name")
        if not any(True for _ in self.module_.parameters()):
            raise OperandError(f"{type_name(self.module_)} has no parameters to be trained")
        self._own_optimizer = own is not None
        # Made with the first data, by which `lr="auto"` is found.
        self.optimizer_ = own
        self._schedule: Any = None
        if hasattr(self, "history_"):
            del self.history_

    def _make_optimizer(self, data: Any, loss: Any, seed: int) -> Optimizer:
        parameters, lr = list(self.module_.parameters()), self.lr
        if isinstance(lr, str):
            if lr != "auto" or not isinstance(self.optimizer, str):
                raise ValueError(f"lr is a number, or 'auto' for an optimizer given by name; got {lr!r}")
            curve = find_lr(
                self.module_, data, loss=loss, optimizer=self.optimizer, batch_size=self.batch_size, seed=seed
            )
            lr = curve.suggestion
        return make_optimizer(self.optimizer, self.optimizer_params or {}, lr, parameters)

    def _renew_optimizer(self) -> None:
        self._schedule = None
        if not self._own_optimizer:
            self.optimizer_ = None

    def _train(
        self, train: Rows, held_out: Rows | None, seed: int, *, extra: Sequence[Callback] = (), **own: Any
    ) -> None:
        train = train._replace(x=self._as_inputs(train.x))
        loss = self._choose_loss(train)
        metrics: Any = named_metrics(self.metrics)
        data: Any = (train.x, train.y)
        validation: Any = None if held_out is None else (self._as_inputs(held_out.x), held_out.y)
        if self.optimizer_ is None:
            self.optimizer_ = self._make_optimizer(data, loss, seed)
        self.callbacks_ = [*(copy.deepcopy(callback) for callback in self.callbacks), *extra]
        options = {
            **{name: getattr(self, name) for name in PASSED_ON},
            "optimizer": self.optimizer_,
            "scheduler": self._choose_schedule(self.optimizer_),
            "average": make_average(self.average, self.module_.parameters()),
            "callbacks": self.callbacks_,
            "sample_weight": train.weights,
            "seed": seed,
            **own,
        }
        self.history_ = fit(self.module_, data, validation=validation, loss=loss, metrics=metrics, **options)
        self.n_iter_ = len(self.history_)
        if self.history_.stopped == "interrupted":
            # What was learned is kept; whoever fits many must not take it for a whole training.
            raise KeyboardInterrupt

    def _choose_schedule(self, optimizer: Optimizer) -> Any:
        """The schedule over the optimizer, which goes on from one `partial_fit` to the next."""
        if self._schedule is None and self.scheduler is not None:
            if not callable(self.scheduler):
                raise OperandError("scheduler must make a schedule of the optimizer, which there is not before fit")
            self._schedule = self.scheduler(optimizer)
        return self._schedule

    def _split(self, rows: Rows, seed: int) -> tuple[Rows, Rows | None]:
        """The part that is trained on and the part that judges."""
        if not is_share(self.validation):
            return rows, self._validation()
        share = float(self.validation)
        if not 0.0 < share < 1.0:
            raise ValueError(f"as a share, validation must be between 0 and 1, got {self.validation!r}")
        arrays = [part for part in rows if part is not None]
        parts = split(*arrays, shares=(1.0 - share, share), stratify=self._strata(rows.y), seed=seed)
        train, held_out = (Rows(*part) for part in parts)
        if not (len(train.y) and len(held_out.y)):
            raise ShapeError(f"validation={share:g} leaves a part of {len(rows.y)} rows empty")
        return train, held_out

    def _validation(self) -> Rows | None:
        """The validation part that was given, encoded."""
        if self.validation is None:
            return None
        if not isinstance(self.validation, (tuple, list)) or len(self.validation) != 2:
            raise OperandError(f"validation must be a share, or (X, y), not {type_name(self.validation)}")
        x, y = self.validation
        x = validate_data(self, x, reset=False, dtype="numeric", allow_nd=self.module is not None)
        return Rows(x, self._encode(y, len(x)))

    def _weights(self, sample_weight: Any, x: np.ndarray) -> np.ndarray | None:
        if sample_weight is None:
            return None
        weights: np.ndarray = _check_sample_weight(sample_weight, x, dtype=np.float64, ensure_non_negative=True)
        if not weights.any():
            raise ValueError("sample_weight is zero for every sample: there is nothing to be learned from")
        return weights

    # outputs

    def _as_inputs(self, x: np.ndarray) -> np.ndarray:
        """Inputs in the module's floats; whole numbers stay, where the module looks them up."""
        if x.dtype.kind == "f" or takes_whole_numbers(self.module_):
            return x
        return x.astype(dtype_of(self.module_) or np.float64)

    def _try(self, x: np.ndarray) -> np.ndarray:
        """What the module gives for some rows; nothing of it is changed."""
        return self._outputs_of(copy.deepcopy(self.module_), x[:2])

    def _outputs(self, given: Any) -> np.ndarray:
        check_is_fitted(self, "module_")
        x = validate_data(self, given, reset=False, dtype="numeric", allow_nd=self.module is not None)
        x = self._as_inputs(x)
        blocks = [self._outputs_of(self.module_, x[start : start + ROWS]) for start in range(0, len(x), ROWS)]
        return np.concatenate(blocks)

    @staticmethod
    def _outputs_of(module: Module, x: np.ndarray) -> np.ndarray:
        dtype = dtype_of(module)
        if dtype is not None and x.dtype.kind == "f":
            x = x.astype(dtype, copy=False)
        with preserve_modes(module.modules()), no_grad():
            return np.asarray(raw(module.eval()(x)))

    # what kinds of estimators differ in

    def _choose_loss(self, rows: Rows) -> Any:
        """The loss of encoded targets; None for the one that fits them."""
        raise NotImplementedError

    def _encode(self, y: Any, rows: int) -> np.ndarray:
        """Targets of a validation as numbers that the loss takes."""
        raise NotImplementedError

    def _strata(self, y: np.ndarray) -> np.ndarray | None:
        """Labels, each of which a split cuts in the same shares."""
        raise NotImplementedError

    # persistence

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_stepgrad_version": __version__}

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        there = state.pop("_stepgrad_version", "an unknown version")
        if there != __version__:
            warnings.warn(
                f"{type(self).__name__} was pickled by stepgrad {there} and is read by {__version__}: its predictions may "
                "differ; fit it again",
                UserWarning,
                stacklevel=2,
            )
        super().__setstate__(state)


def is_share(validation: Any) -> bool:
    """Whether a validation part is to be taken out of the data."""
    return isinstance(validation, (float, np.floating))


def draw_seed(random: Any) -> int:
    """A seed of scikit-learn's generator, for the others."""
    return int(random.randint(2**31 - 1))
