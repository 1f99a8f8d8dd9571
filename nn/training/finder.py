"""`find_lr`: which learning rate suits a model and its data, by a short run in which the rate grows from step to step."""

from __future__ import annotations

import copy
import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

import optim
from autograd.errors import AutogradError, OperandError
from autograd.graph.modes import no_grad
from autograd.graph.node import raw
from nn.arguments import check_count
from nn.module import Module
from nn.training.batches import Batches
from nn.training.evaluation import choose_objective, dtype_of, form_targets
from nn.training.generators import Repeatable, set_states, states_of
from nn.training.rate_curve import RateCurve

if TYPE_CHECKING:
    from nn.typing import Data, Loss


def find_lr(
    model: Module,
    data: Data,
    *,
    loss: Loss | None = None,
    optimizer: str = "adam",
    lowest: float = 1e-6,
    highest: float = 10.0,
    steps: int = 120,
    batch_size: int = 32,
    seed: int = 0,
) -> RateCurve:
    """Find a learning rate by a range test (Smith 2015): a copy is trained while the rate grows from step to step.

    Parameters
    ----------
    model : Module
        It is copied, and stays as it is.
    data : (inputs, targets), DataLoader, or iterable of such pairs
    loss : str or callable, optional
        As for `fit`.
    optimizer : str
        A name for `optim.get`; rates differ much between optimizers.
    lowest, highest : float
        The first and the last rate; the run ends sooner where it diverges.
    steps : int
    batch_size : int
        Of arrays.
    seed : int
        Of the order of the batches.

    Returns
    -------
    RateCurve

    Raises
    ------
    ValueError, TypeError
        For arguments and data that do not fit.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.random.default_rng(0).normal(size=(256, 2)).astype(np.float32)
    >>> model = nn.Sequential(nn.Linear(2, 16, rng=0), nn.Tanh(), nn.Linear(16, 2, rng=1))
    >>> curve = nn.find_lr(model, (x, (x[:, 0] * x[:, 1] > 0).astype(int)))
    >>> 1e-3 < curve.suggestion < 1.0, curve.reason.startswith("the loss")
    (True, True)
    """
    check_count("find_lr", "steps", steps)
    if steps < 10:
        raise ValueError(f"find_lr: {steps} steps say nothing; give 10 at least")
    if not 0 < lowest < highest < float("inf"):
        raise ValueError(f"find_lr: the rates must rise from above 0, got {lowest!r} to {highest!r}")
    if not isinstance(optimizer, str):
        raise OperandError(f"find_lr: give an optimizer's name, since each rate begins anew, not {optimizer!r}")
    repeatable = Repeatable(model)
    repeatable.remember()
    try:
        twin = copy.deepcopy(model)
    finally:
        repeatable.restore()
    batches = Batches(data, "data", batch_size, dtype_of(twin), seed)
    rates = np.geomspace(lowest, highest, steps)
    with np.errstate(all="ignore"):
        objective, shape = choose_objective(twin, batches, loss, {})
        form_targets(batches, objective, shape)
        drawn = states_of(batches.generators)
        try:
            used = optim.get(optimizer, list(twin.parameters()))
            losses = _measure_losses(twin.train(), batches, objective.function, used, rates)
        finally:
            # A loader of the user's gives the orders that it would have given.
            set_states(batches.generators, drawn)
    return _suggest(rates[: len(losses)], losses, len(losses) < steps)


def _measure_losses(model: Module, batches: Batches, loss: Any, optimizer: Any, rates: np.ndarray) -> np.ndarray:
    """The loss of the same rows before each step: those of single batches differ by more than a step changes."""
    probe = _take_probe(batches)
    found: list[float] = []
    again = itertools.chain.from_iterable(iter(batches) for _ in itertools.count())
    for rate, (inputs, targets) in zip(rates, again, strict=False):
        for group in optimizer.param_groups:
            group["lr"] = float(rate)
        optimizer.zero_grad()
        try:
            with no_grad():
                found.append(float(raw(loss(model(probe[0]), probe[1]))))
            loss(model(inputs), targets).backward()
            optimizer.step()
        except (AutogradError, FloatingPointError):
            break
        low = min(found)
        if not np.isfinite(found[-1]) or found[-1] > found[0] + max(found[0] - low, 0.5 * abs(found[0])):
            break
    while found and not np.isfinite(found[-1]):
        found.pop()
    if len(found) < 5:
        raise ValueError("find_lr: the loss is not finite within the first steps: look for NaN or far too large inputs")
    return np.array(found)


def _take_probe(batches: Batches) -> tuple[np.ndarray, np.ndarray]:
    some = list(itertools.islice(iter(batches), 8))
    return np.concatenate([x for x, _ in some]), np.concatenate([y for _, y in some])


def _suggest(rates: np.ndarray, losses: np.ndarray, diverged: bool) -> RateCurve:
    """The rate at which the loss falls fastest, and a third of the one at which it is lowest at the most."""
    smooth = _smooth(losses)
    lowest = int(smooth.argmin())
    fall = smooth[0] - smooth[lowest]
    if fall < 0.02 * abs(smooth[0]) or lowest < 3:
        rate = float(rates[len(rates) // 2])
        reason = "the loss fell at no rate, so none can be told from another: nn.checklist says more"
        return RateCurve(rates, losses, smooth, rate, reason)
    # Where a tenth of the fall is behind, and where nine tenths are.
    begun = int(np.argmax(smooth[: lowest + 1] <= smooth[0] - 0.1 * fall))
    steepest = begun + int(np.argmin(np.diff(smooth[begun : lowest + 1]))) if lowest > begun else begun
    rate = float(min(rates[steepest], rates[lowest] / 3.0))
    end = f"it diverged at {rates[-1]:.2g}" if diverged else f"it was lowest at {rates[lowest]:.2g}"
    reason = f"the loss falls from {rates[begun]:.2g} on, fastest at {rates[steepest]:.2g}, and {end}"
    return RateCurve(rates, losses, smooth, rate, reason)


def _smooth(losses: np.ndarray) -> np.ndarray:
    """A moving average over both sides, so that nothing is late."""
    width = max(3, len(losses) // 20) | 1
    padded = np.pad(losses, width // 2, mode="edge")
    return np.convolve(padded, np.ones(width) / width, mode="valid")
