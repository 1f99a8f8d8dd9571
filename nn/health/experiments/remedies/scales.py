"""Changes of the scales of inputs and of targets."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from nn.health.evidence.facts import Facts, feature_axis
from nn.health.experiments.remedies.remedy import Remedy
from nn.health.experiments.trial import Rows, Trial
from nn.health.multi_input import join_inputs, split_inputs
from nn.health.subject import Subject

# By how many times the median distance from the median a value must lie off to be an outlier, of how large a share of a
# feature they may be, and to how many deviations they are brought.
FAR_OUTSIDE, FEW, CLIPPED = 100.0, 0.1, 4.0


def remedies_of_scales(subject: Subject, facts: Facts) -> Iterator[Remedy]:
    """The scales of inputs and of targets."""
    if facts.inputs is not None:
        yield Remedy(
            "inputs scaled",
            "with each feature scaled to mean 0 and deviation 1",
            "inputs not scaled",
            "scale each feature to mean 0 and deviation 1, as nn.data.Standardize does, fitted to the training part",
            scale_inputs(facts.convolved),
        )
    if subject.judge.kind == "numbers" and subject.y.dtype.kind == "f" and facts.targets_off > 1.5:
        yield Remedy(
            "targets scaled",
            "with the targets scaled to mean 0 and deviation 1",
            "targets not scaled",
            "scale the targets to mean 0 and deviation 1, as nn.data.Standardize does, and scale the answers back",
            scale_targets,
        )


def outliers(x: np.ndarray, over: tuple[int, ...]) -> np.ndarray:
    """Which values lie far outside of what their feature usually is, in features where few do."""
    middle = np.median(x, axis=over, keepdims=True)
    apart = np.abs(x - middle)
    usual = np.median(apart, axis=over, keepdims=True)
    far = (apart > FAR_OUTSIDE * usual) & (usual > 0.0)
    return np.asarray(far & (far.mean(axis=over, keepdims=True) < FEW))


def scale_inputs(convolved: bool) -> Callable[[Trial], None]:
    def apply(trial: Trial) -> None:
        rows = trial.rows
        scales = {name: _fit_scale(part, feature_axis(part, convolved)) for name, part in split_inputs(rows.x).items()}

        def scale(x: np.ndarray) -> np.ndarray:
            return join_inputs({name: scales[name](part) for name, part in split_inputs(x).items()})

        trial.rows = Rows(scale(rows.x), rows.y, scale(rows.held_x), rows.held_y)

    return apply


def _fit_scale(part: np.ndarray, axis: int) -> Callable[[np.ndarray], np.ndarray]:
    """What scales an input as these rows are; codes stay what they are."""
    if part.dtype.kind != "f":
        return lambda x: x
    over = tuple(k for k in range(part.ndim) if k != axis) or (0,)
    with np.errstate(all="ignore"):
        exact = part.astype(np.float64)
        inside = ~outliers(exact, over)
        mean = exact.mean(axis=over, keepdims=True, where=inside)
        std = exact.std(axis=over, keepdims=True, where=inside)
    std[std < 1e-12 * (np.abs(mean) + 1e-300)] = 1.0
    most = np.inf if inside.all() else CLIPPED
    return lambda x: np.asarray(np.clip((x - mean) / std, -most, most), x.dtype)


def scale_targets(trial: Trial) -> None:
    rows = trial.rows
    mean, std = rows.y.mean(axis=0, dtype=np.float64), rows.y.std(axis=0, dtype=np.float64)
    std = np.where(std > 0.0, std, 1.0)
    trial.rows = Rows(rows.x, np.asarray((rows.y - mean) / std, rows.y.dtype), rows.held_x, rows.held_y)

    def unscale(outputs: np.ndarray) -> np.ndarray:
        # Outputs of a column for targets of one axis.
        return np.asarray(
            outputs * std.reshape(-1) + mean.reshape(-1) if outputs.ndim != rows.y.ndim else outputs * std + mean
        )

    trial.unscale = unscale
