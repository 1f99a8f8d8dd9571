"""Changes of the scales of inputs and of targets."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from nn.health.evidence.asking import ask
from nn.health.evidence.facts import Facts, feature_axis
from nn.health.experiments.remedies.remedy import Remedy
from nn.health.experiments.trial import Rows, Trial
from nn.health.multi_input import join_inputs, split_inputs
from nn.health.multi_output import JointJudge
from nn.health.subject import Subject

# By how many times the median distance from the median a value must lie off to be an outlier, of how large a share of a
# feature they may be, and to how many deviations they are brought.
FAR_OUTSIDE, FEW, CLIPPED = 100.0, 0.1, 4.0
# Columns that are taken apart at most, how much larger the largest part of them must be than the usual one, and what is left of a part
# that is none.
MOST_APART, APART, LEAST_PART = 64, 100.0, 1e-8


def remedies_of_scales(subject: Subject, facts: Facts) -> Iterator[Remedy]:
    """The scales of inputs and of targets."""
    # A network that is made for numbers that are none knows what it does with them.
    known = facts.inputs is not None and bool(np.isfinite(facts.inputs).all())
    if known:
        told = "with each feature scaled to mean 0 and deviation 1"
        fix = "scale each feature to mean 0 and deviation 1, as nn.data.Standardize does, fitted to the training part"
        if facts.shrunk != 1.0:
            told += f" where it comes to {facts.calls[0].path}"
            size = (
                f"{facts.shrunk:.3g} times as small" if facts.shrunk > 1.0 else f"{1 / facts.shrunk:.3g} times as large"
            )
            fix = f"{fix}; and leave out what makes the inputs {size} on their way to {facts.calls[0].path}"
        yield Remedy("inputs scaled", told, "inputs not scaled", fix, scale_inputs(facts.convolved, facts.shrunk))
    if known and go_together(subject.x):
        yield Remedy(
            "inputs apart",
            "with inputs that do not go together (their principal parts, each scaled)",
            "optimizer unfit",
            "give the network the principal parts of the inputs, or their differences, each scaled; or an optimizer that minds the "
            "curvature, such as L-BFGS",
            take_apart,
        )
    numbers = subject.judge.kind == "numbers" or isinstance(subject.judge, JointJudge)
    if numbers and subject.y.dtype.kind == "f" and facts.targets_off > 1.5:
        yield Remedy(
            "targets scaled",
            "with the targets scaled to mean 0 and deviation 1",
            "targets not scaled",
            "scale the targets to mean 0 and deviation 1, as nn.data.Standardize does, and scale the answers back",
            scale_targets,
        )
    if (
        subject.judge.kind == "numbers"
        and subject.y.dtype.kind == "f"
        and not facts.unbiased
        and ask(lambda: stays_at_origin(subject), False)
    ):
        yield Remedy(
            "targets around 0",
            "with the mean of the targets taken off, as a bias would,",
            "no bias",
            "add a bias to what is computed: out = x @ w + b, with a b that is trained too; or a column of ones to the inputs",
            centre_targets,
        )


def stays_at_origin(subject: Subject) -> bool:
    """Whether a network answers inputs of 0 with 0, and others otherwise: nothing is added anywhere."""
    network, some = subject.network.copy(), subject.x[:4]
    if some.dtype.kind != "f" or not len(some):
        return False
    return not network.answer(np.zeros_like(some)).any() and bool(network.answer(some).any())


def centre_targets(trial: Trial) -> None:
    """The targets less their mean, which the answers are given back."""
    rows = trial.rows
    mean = np.asarray(np.nanmean(rows.y, axis=0, dtype=np.float64))
    trial.rows = Rows(rows.x, np.asarray(rows.y - mean, rows.y.dtype), rows.held_x, rows.held_y)
    trial.unscale = lambda outputs: np.asarray(outputs + (mean.reshape(-1) if outputs.ndim != rows.y.ndim else mean))


def outliers(x: np.ndarray, over: tuple[int, ...]) -> np.ndarray:
    """Which values lie far outside of what their feature usually is, in features where few do."""
    middle = np.median(x, axis=over, keepdims=True)
    apart = np.abs(x - middle)
    usual = np.median(apart, axis=over, keepdims=True)
    far = (apart > FAR_OUTSIDE * usual) & (usual > 0.0)
    return np.asarray(far & (far.mean(axis=over, keepdims=True) < FEW))


def scale_inputs(convolved: bool, times: float) -> Callable[[Trial], None]:
    """Features of mean 0 and a deviation of 1, or of as much as the network makes 1 of."""

    def apply(trial: Trial) -> None:
        rows = trial.rows
        scales = {
            name: _fit_scale(part, feature_axis(part, convolved), times) for name, part in split_inputs(rows.x).items()
        }

        def scale(x: np.ndarray) -> np.ndarray:
            return join_inputs({name: scales[name](part) for name, part in split_inputs(x).items()})

        trial.rows = Rows(scale(rows.x), rows.y, scale(rows.held_x), rows.held_y)

    return apply


def _fit_scale(part: np.ndarray, axis: int, times: float) -> Callable[[np.ndarray], np.ndarray]:
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
    return lambda x: np.asarray(times * np.clip((x - mean) / std, -most, most), x.dtype)


def go_together(x: np.ndarray) -> bool:
    """Whether the columns of a table are so much alike that what they have in common is far larger than what they differ by.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> common, own = rng.normal(size=(200, 1)), rng.normal(size=(200, 5))
    >>> go_together(own), go_together(common + 0.05 * own)
    (False, True)
    """
    if x.dtype.kind != "f" or x.ndim != 2 or not 1 < x.shape[1] <= MOST_APART or len(x) < 2 * x.shape[1]:
        return False
    sizes = _sizes_of_parts(x)[0]
    left = sizes[sizes > 0.0]
    return len(left) > 0 and bool(left[0] > APART * np.median(left))


def _sizes_of_parts(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The variances of the principal parts of scaled columns, the largest first, and the parts; 0 for those of which nothing is left."""
    exact = x.astype(np.float64)
    spread = exact.std(axis=0)
    scaled = (exact - exact.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)
    sizes, parts = np.linalg.eigh(scaled.T @ scaled / len(scaled))
    sizes = np.where(sizes > LEAST_PART * sizes.max(initial=0.0), sizes, 0.0)
    return sizes[::-1], parts[:, ::-1] / np.where(spread > 0.0, spread, 1.0)[:, None]


def take_apart(trial: Trial) -> None:
    """Each principal part of the inputs at a deviation of 1, as many as there were columns."""
    rows = trial.rows
    sizes, parts = _sizes_of_parts(rows.x)
    mean, parts = rows.x.mean(axis=0, dtype=np.float64), parts / np.sqrt(np.where(sizes > 0.0, sizes, np.inf))
    made = [np.asarray((x - mean) @ parts, x.dtype) for x in (rows.x, rows.held_x)]
    trial.rows = Rows(made[0], rows.y, made[1], rows.held_y)


def scale_targets(trial: Trial) -> None:
    rows = trial.rows
    # Some may be left out.
    mean, std = (np.asarray(of(rows.y, axis=0, dtype=np.float64)) for of in (np.nanmean, np.nanstd))
    std = np.where(std > 0.0, std, 1.0)
    columns = trial.judge.columns_of_numbers if isinstance(trial.judge, JointJudge) else None
    if columns is not None:
        _scale_columns(trial, columns, mean, std)
        return
    trial.rows = Rows(rows.x, np.asarray((rows.y - mean) / std, rows.y.dtype), rows.held_x, rows.held_y)

    def unscale(outputs: np.ndarray) -> np.ndarray:
        # Outputs of a column for targets of one axis.
        return np.asarray(
            outputs * std.reshape(-1) + mean.reshape(-1) if outputs.ndim != rows.y.ndim else outputs * std + mean
        )

    trial.unscale = unscale


def _scale_columns(trial: Trial, columns: list[tuple[slice, slice]], mean: np.ndarray, std: np.ndarray) -> None:
    """Of several outputs side by side those that are numbers, each on the scale of its own targets."""
    rows, scaled = trial.rows, trial.rows.y.copy()
    for _, asked in columns:
        scaled[:, asked] = (rows.y[:, asked] - mean[asked]) / std[asked]
    trial.rows = Rows(rows.x, scaled, rows.held_x, rows.held_y)

    def unscale(numbers: np.ndarray) -> np.ndarray:
        # Outputs, or targets, which are told apart by how wide they are, where they stand elsewhere.
        made, of_targets = numbers.copy(), numbers.shape[1] == rows.y.shape[1]
        for given, asked in columns:
            at = asked if of_targets else given
            made[:, at] = numbers[:, at] * std[asked] + mean[asked]
        return made

    trial.unscale = unscale
