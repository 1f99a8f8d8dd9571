"""One model, trained on one part and judged by another: what a worker does."""

from __future__ import annotations

import inspect
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakSet

import numpy as np

from autograd.errors import AnomalyError, OperandError, ShapeError, type_name
from autograd.graph.modes import no_grad
from autograd.graph.node import raw
from autograd.graph.op import refuse_masks
from nn.data import DataLoader, Standardize
from nn.module import Module
from nn.training import evaluate, fit
from nn.training.batches import are_arrays
from nn.training.evaluation import dtype_of
from nn.training.metrics import Metric
from nn.training.threads import limit_threads
from optim import Optimizer

Build = Callable[..., Any]
# The models that were built in this process and are still alive.
_BUILT: WeakSet[Module] = WeakSet()
# Inputs and targets.
Part = tuple[np.ndarray, np.ndarray]
# What a search or a cross-validation sets itself.
OWN_OPTIONS = ("model", "data", "seed", "progress", "checkpoint", "resume", "callbacks", "logs", "record", "comm")


@dataclass
class Outcome:
    """What a training gave.

    Attributes
    ----------
    numbers : dict of str to float
        Loss and metrics of the held-out part; NaN where the training came to no end.
    outputs : array
        Of the held-out part, on the scale that the model was trained on; empty where the training came to no end.
    error : str
        Why it came to no end.
    state : bytes
        The checkpoint from which the training goes on, where the task was to keep one.
    """

    numbers: dict[str, float]
    outputs: np.ndarray
    error: str = ""
    state: bytes = b""


@dataclass(frozen=True)
class Task:
    """A training to be done: everything that a worker needs, so that the order of the work changes nothing.

    Attributes
    ----------
    build : callable
    params : mapping
        For `build`, by name.
    options : mapping
        Of `nn.fit`.
    train, held_out : tuple of array
    metrics : mapping of str to callable
    seed : int
    standardize : bool
    keep : bool
        Whether the outcome has a checkpoint.
    state : bytes
        The checkpoint to go on from; empty to begin anew.
    """

    build: Build
    params: Mapping[str, Any]
    options: Mapping[str, Any]
    train: Part
    held_out: Part
    metrics: Mapping[str, Metric]
    seed: int
    standardize: bool
    keep: bool = False
    state: bytes = b""


def train_task(task: Task) -> Outcome:
    """Do it."""
    (x, y), (held_x, held_y) = task.train, task.held_out
    if task.standardize:
        (x, held_x), (y, held_y) = standardize(x, held_x), _scale_targets(y, held_y)
    model, optimizer = build_model(task.build, task.params, task.seed)
    options = {**task.options, **({"optimizer": optimizer} if optimizer is not None else {})}
    # One thread of BLAS: workers are the threads, and several would add up in another order.
    threads = options.setdefault("threads", 1)
    # What overflows is told by the outcome.
    with (
        np.errstate(all="ignore"),
        limit_threads(threads if isinstance(threads, int) else None),
        _checkpoint_for(task) as path,
    ):
        if path is not None:
            options["checkpoint"] = path
        try:
            history = fit(model, (x, y), seed=task.seed, progress=False, **options)
        except AnomalyError as error:
            return _failed_outcome(task, " ".join(str(error).split()))
        if history.stopped == "interrupted":
            # A training that was cut short must not count as one.
            raise KeyboardInterrupt
        found = evaluate(model, (held_x, held_y), loss=options.get("loss"), metrics=task.metrics)
        for name, value in found.items():
            if np.ndim(value):
                raise ShapeError(f"the metric {name!r} gives an array of shape {np.shape(value)}, and not one number")
        if not np.isfinite(found["loss"]):
            return _failed_outcome(task, f"the loss of the held-out part is {found['loss']}")
        with no_grad():
            inputs = held_x if held_x.dtype.kind != "f" else held_x.astype(dtype_of(model))
            outputs = np.asarray(raw(model.eval()(inputs)))
        state = b"" if path is None else path.read_bytes()
    return Outcome({name: float(value) for name, value in found.items()}, outputs, state=state)


@contextmanager
def _checkpoint_for(task: Task) -> Iterator[Path | None]:
    """A file of this machine for the checkpoint of a training that goes on elsewhere, with what it goes on from."""
    if not task.keep:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="stepgrad-") as folder:
        path = Path(folder) / "run.safetensors"
        if task.state:
            path.write_bytes(task.state)
        yield path


def standardize(train: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two parts of features on the scale of the first."""
    scale = Standardize().fit(train)
    return scale(train), scale(other)


def check_arrays(name: str, data: Any) -> Part:
    """Inputs and targets as arrays.

    Raises
    ------
    OperandError, ShapeError
        For anything else.
    """
    parts = data.arrays if isinstance(data, DataLoader) and data.samples is None else data
    if not are_arrays(tuple(parts) if isinstance(parts, list) else parts):
        raise OperandError(f"{name}: data are (inputs, targets), got {type_name(data)}")
    refuse_masks(name, list(parts))
    x, y = (np.asarray(part) for part in parts)
    if x.ndim == 0 or y.ndim == 0 or len(x) != len(y):
        raise ShapeError(f"{name}: inputs of shape {x.shape} do not go with targets of shape {y.shape}")
    return x, y


def separate_options(name: str, build: Any, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parameters by name, split into those that `build` takes and those of `nn.fit`.

    Raises
    ------
    OperandError
        Where `build` cannot be called so, or nobody takes one of them.
    """
    if not callable(build) or isinstance(build, Module):
        raise OperandError(
            f"{name}: build must be a function that makes a model, not {type_name(build)}: every training needs a new one"
        )
    known = inspect.signature(build).parameters
    anything = any(p.kind is p.VAR_KEYWORD for p in known.values())
    of_fit = set(inspect.signature(fit).parameters) - set(OWN_OPTIONS)
    taken = {key: value for key, value in given.items() if key in known or (anything and key not in of_fit)}
    rest = {key: value for key, value in given.items() if key not in taken}
    for key in rest:
        if key not in of_fit:
            raise OperandError(
                f"{name}: neither build nor nn.fit takes {key!r}; build takes {', '.join(known) or 'nothing'}"
            )
    needed = [
        p.name for p in known.values() if p.default is p.empty and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
    ]
    missing = [p for p in needed if p not in taken and p != "seed"]
    if missing:
        raise OperandError(f"{name}: build needs {', '.join(map(repr, missing))}, which is not given")
    return taken, rest


def build_model(build: Build, params: Mapping[str, Any], seed: int) -> tuple[Module, Optimizer | None]:
    """A new model, and the optimizer over it where `build` gives one.

    Raises
    ------
    OperandError
        Where it gives something else, or a model that it gave before.
    """
    known = inspect.signature(build).parameters
    made = build(**params, **({"seed": seed} if "seed" in known else {}))
    model, optimizer = made if isinstance(made, tuple) and len(made) == 2 else (made, None)
    if not isinstance(model, Module) or not (optimizer is None or isinstance(optimizer, Optimizer)):
        raise OperandError(f"build must give a Module, or a Module and an Optimizer over it, not {type_name(made)}")
    if model in _BUILT:
        raise OperandError(
            "build gave the same model again, which has learned rows that it would now be judged by: make a new one in each call"
        )
    _BUILT.add(model)
    return model, optimizer


def _failed_outcome(task: Task, error: str) -> Outcome:
    return Outcome(dict.fromkeys(("loss", *task.metrics), np.nan), np.empty(0), error)


def _scale_targets(train: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if train.dtype.kind != "f":
        return train, other
    scaled = standardize(train.reshape(len(train), -1), other.reshape(len(other), -1))
    return scaled[0].reshape(train.shape), scaled[1].reshape(other.shape)
