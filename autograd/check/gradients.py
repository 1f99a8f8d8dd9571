"""`check_gradients`: the engine's gradient, or a hand-written one, against finite differences, coordinate by coordinate."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograd.check.differences import Estimate, derivative
from autograd.errors import GraphError
from autograd.modes import no_grad
from autograd.node import Node, get_data
from autograd.tensor import Tensor
from autograd.transforms import grad as gradient_of
from autograd.tree import leaves, rebuild

SAFETY = 10.0
COARSEST = 1e-3


@dataclass(frozen=True, slots=True)
class Coordinate:
    """One partial derivative and what was found of it.

    Attributes
    ----------
    name : str
        Such as `argument 0 [2, 1]`.
    claimed : float
        The gradient that is checked.
    measured : Estimate
    tolerance : float
        By how much the two may differ; it comes from the estimated error, never from a fixed number.
    verdict : {"pass", "fail", "inconclusive"}
    reason : str
        Of a verdict that is not a plain pass.
    """

    name: str
    claimed: float
    measured: Estimate
    tolerance: float
    verdict: str
    reason: str


class Report:
    """The verdicts of a check; true only where it passed. `str(report)` is a table.

    Attributes
    ----------
    coordinates : sequence of Coordinate
    verdict : {"pass", "fail", "inconclusive"}
        "fail" where any coordinate fails, "pass" where all pass.
    """

    def __init__(self, coordinates: Sequence[Coordinate]) -> None:
        self.coordinates = list(coordinates)
        verdicts = {c.verdict for c in self.coordinates}
        self.verdict = "fail" if "fail" in verdicts else "inconclusive" if "inconclusive" in verdicts else "pass"

    def __bool__(self) -> bool:
        return self.verdict == "pass"

    def table(self, most: int = 12) -> Table:
        """The coordinates as a rich table: those that did not pass first, then the largest differences."""
        order = {"fail": 0, "inconclusive": 1, "pass": 2}

        def trouble(c: Coordinate) -> tuple[int, float]:
            return order[c.verdict], -_relative(c.claimed, c.measured.value)

        table = Table("coordinate", "gradient", "finite differences", "difference", "tolerance", "verdict")
        for c in sorted(self.coordinates, key=trouble)[:most]:
            difference = abs(c.claimed - c.measured.value)
            verdict = f"{c.verdict}: {c.reason}" if c.reason else c.verdict
            table.add_row(
                escape(c.name),
                f"{c.claimed:.8g}",
                f"{c.measured.value:.8g}",
                f"{difference:.1e}",
                f"{c.tolerance:.1e}",
                verdict,
            )
        return table

    @property
    def summary(self) -> str:
        """One line: the verdict and the counts."""
        counts = {v: sum(c.verdict == v for c in self.coordinates) for v in ("pass", "fail", "inconclusive")}
        told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count) or "nothing to check"
        return f"gradient check: {self.verdict} ({len(self.coordinates)} coordinates: {told})"

    def __str__(self) -> str:
        console = Console(file=io.StringIO(), width=110, color_system=None, force_jupyter=False)
        console.print(self.table())
        text: str = console.file.getvalue()  # type: ignore[attr-defined]
        return f"{self.summary}\n{text}".rstrip()

    __repr__ = __str__


def _relative(claimed: float, measured: float) -> float:
    size = max(abs(claimed), abs(measured))
    difference = abs(claimed - measured)
    return math.inf if not math.isfinite(difference) else difference / size if size else 0.0


def check_gradients(
    fn: Callable[..., Any],
    *inputs: Any,
    grad: Callable[..., Any] | None = None,
    max_coordinates: int = 200,
    seed: int = 0,
) -> Report:
    """Check the gradient of a function that returns one number, with respect to every input.

    Parameters
    ----------
    fn : callable
        Of floats, arrays, and nested lists, tuples and dicts of them.
    *inputs
        Where to check. They are not changed.
    grad : callable, optional
        A gradient to check in place of the engine's: of the same arguments, giving the gradient by the first, or a tuple
        with one for each.
    max_coordinates : int
        Of more, so many are drawn at random.
    seed : int
        Of that draw.

    Returns
    -------
    Report

    Examples
    --------
    >>> import numpy as np
    >>> bool(check_gradients(lambda x: np.sum(x**3), np.array([1.0, -2.0])))
    True
    >>> report = check_gradients(lambda x: x**3, 2.0, grad=lambda x: 2 * x**2)
    >>> report.verdict, report.coordinates[0].claimed, round(report.coordinates[0].measured.value, 6)
    ('fail', 8.0, 12.0)
    """
    arguments = tuple(inputs)
    if grad is None:
        with np.errstate(all="ignore"):
            # The report tells of what is not finite.
            claimed: Any = gradient_of(fn, tuple(range(len(arguments))))(*arguments)
    else:
        claimed = grad(*arguments)
        if len(arguments) == 1 or not isinstance(claimed, tuple):
            claimed, arguments = (claimed,), arguments[:1]
    arrays = [np.array(get_data(x) if isinstance(x, Node) else x, dtype=float) for x in leaves(arguments)]
    gradients = [np.asarray(get_data(g) if isinstance(g, Node) else g, dtype=float) for g in leaves(claimed)]
    if [a.shape for a in arrays] != [g.shape for g in gradients]:
        raise ValueError(
            f"check_gradients: the gradient has shapes {[g.shape for g in gradients]}, the inputs {[a.shape for a in arrays]}"
        )
    rest = tuple(inputs[len(arguments) :])
    plain = [isinstance(x, (int, float)) for x in leaves(arguments)]

    def value() -> float:
        given = (float(a) if scalar else a for a, scalar in zip(arrays, plain, strict=True))
        return _number(fn(*rebuild(arguments, given), *rest))

    names = [f"input {i}" if len(arrays) > 1 else "" for i in range(len(arrays))]
    return _checked(value, arrays, gradients, names, max_coordinates, seed)


def check_parameters(
    loss: Callable[[], Any], parameters: Iterable[tuple[str, Tensor]], *, max_coordinates: int = 200, seed: int = 0
) -> Report:
    """Check the gradients of a loss by the parameters that it reads, such as a model's.

    Parameters
    ----------
    loss : callable
        Without arguments; computes the loss, always the same one. Use float64 parameters: finite differences of float32
        see nothing but rounding.
    parameters : iterable of (str, Tensor)
        As `module.named_parameters()` gives them. Their data and gradients are put back when the check is done.
    max_coordinates, seed : int
        As for `check_gradients`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> layer = nn.Linear(3, 2, dtype=np.float64, rng=0)
    >>> x = np.ones((4, 3))
    >>> bool(check_parameters(lambda: layer(x).tanh().sum(), layer.named_parameters()))
    True
    """
    named = list(parameters)
    narrow = [name for name, p in named if p.dtype != np.float64]
    if narrow:
        raise ValueError(
            f"check_parameters: {narrow[0]!r} is {dict(named)[narrow[0]].dtype}; finite differences need float64"
        )
    kept = [(p.data, p.grad) for _, p in named]
    for _, p in named:
        p.zero_grad()
    out = loss()
    if not isinstance(out, Tensor):
        raise GraphError(f"check_parameters: the loss must be a Tensor, not {type(out).__name__}")
    out.backward()
    gradients = [np.zeros(p.shape) if p.grad is None else np.array(p.grad) for _, p in named]
    arrays = [np.array(p.data) for _, p in named]
    try:
        for (_, p), array in zip(named, arrays, strict=True):
            p.data = array

        def value() -> float:
            with no_grad():
                return _number(loss())

        return _checked(value, arrays, gradients, [name for name, _ in named], max_coordinates, seed)
    finally:
        for (_, p), (data, gradient) in zip(named, kept, strict=True):
            p.data, p.grad = data, gradient


def _number(out: Any) -> float:
    return float(np.asarray(get_data(out) if isinstance(out, Node) else out).item())


def _checked(
    value: Callable[[], float],
    arrays: Sequence[np.ndarray],
    gradients: Sequence[np.ndarray],
    names: Sequence[str],
    most: int,
    seed: int,
) -> Report:
    """Measure coordinates of `arrays`, which `value` reads, by moving them in place."""
    places = [(i, index) for i, array in enumerate(arrays) for index in np.ndindex(array.shape)]
    if len(places) > most:
        chosen = np.random.default_rng(seed).choice(len(places), most, replace=False)
        places = [places[k] for k in sorted(chosen)]
    largest = max((float(np.max(np.abs(g), initial=0.0, where=np.isfinite(g))) for g in gradients), default=0.0)
    found = []
    with np.errstate(all="ignore"):
        for i, index in places:
            array = arrays[i]
            here = float(array[index])

            def at(x: float, array: np.ndarray = array, index: tuple[int, ...] = index, here: float = here) -> float:
                array[index] = x
                try:
                    return value()
                finally:
                    array[index] = here

            name = f"{names[i]} {list(index) if index else ''}".strip() or "input"
            found.append(_judged(name, float(gradients[i][index]), derivative(at, here), largest))
    return Report(found)


def _judged(name: str, claimed: float, measured: Estimate, largest: float) -> Coordinate:
    tolerance = SAFETY * measured.error
    if measured.left is not None and measured.right is not None:
        low, high = sorted((measured.left, measured.right))
        slack = 1e-6 * max(abs(low), abs(high))
        inside = low - slack <= claimed <= high + slack
        reason = f"kink, from {measured.left:.6g} to {measured.right:.6g}"
        return Coordinate(name, claimed, measured, slack, "pass" if inside else "fail", reason)
    if not math.isfinite(measured.value) or not math.isfinite(measured.error):
        return Coordinate(name, claimed, measured, math.inf, "inconclusive", "finite differences are not finite")
    if not math.isfinite(claimed):
        return Coordinate(name, claimed, measured, tolerance, "fail", "the gradient is not finite")
    if abs(claimed - measured.value) > tolerance:
        return Coordinate(name, claimed, measured, tolerance, "fail", "")
    size = max(abs(claimed), abs(measured.value))
    # A zero is known well enough when the tolerance is small beside the slopes around it, or the largest derivative.
    if tolerance <= COARSEST * size or tolerance <= 1e-6 * max(measured.scale, COARSEST * largest):
        return Coordinate(name, claimed, measured, tolerance, "pass", "")
    if claimed == 0.0 and measured.scale <= measured.error:
        # Nothing happens at any step beyond rounding, and nothing is claimed.
        return Coordinate(name, claimed, measured, tolerance, "pass", "")
    return Coordinate(name, claimed, measured, tolerance, "inconclusive", "ill-conditioned: differences are too coarse")
