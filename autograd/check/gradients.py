"""`check_gradients`: the engine's gradient, or a given one, against finite differences, with a verdict and a diagnosis."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.arguments import argument_names
from autograd.check.blame import first_wrong_node, ignores_upstream, wrong_for_another_upstream
from autograd.check.claims import fit_claim, sum_broadcast
from autograd.check.diagnosis import Evidence
from autograd.check.frameworks import FrameworkFunction, of_framework
from autograd.check.measure import SHARP_TOLERANCE, Measurement
from autograd.check.misbehaviour import find_changing_claims, find_misbehaviour
from autograd.check.report import Diagnosis, Report, WrongNode
from autograd.check.subject import ParameterSubject, Subject
from autograd.check.taylor import taylor_remainders
from autograd.check.verdict import Coordinate
from autograd.engine.observe import observing
from autograd.engine.symbol import argument_names as rule_names
from autograd.engine.tensor import Tensor
from autograd.errors import AutogradError
from autograd.graph.node import Node, get_data, get_grad, raw, set_data, set_grad
from autograd.graph.op import Op
from autograd.ops.complex_numbers import is_complex, real
from autograd.ops.triangles import reading_both_triangles

# Coordinates that are moved one by one, and the highest order of derivatives.
MAX_COORDINATES, MAX_ORDER = 100, 8


class GradientError(AssertionError):
    """A gradient that is wrong, or that could not be confirmed.

    Attributes
    ----------
    report : Report
    """

    def __init__(self, report: Report) -> None:
        super().__init__(str(report))
        self.report = report


def check_gradients(
    fn: Callable[..., Any],
    *inputs: Any,
    grad: Callable[..., Any] | None = None,
    order: int = 1,
    kwargs: Mapping[str, Any] | None = None,
    max_coordinates: int = MAX_COORDINATES,
    seed: int = 0,
) -> Report:
    """Check the gradient of a function with respect to every input.

    Parameters
    ----------
    fn : callable
        Of numbers, arrays, Values, Tensors, and nested lists, tuples and dicts of them. Its result is a number, an
        array, or a structure of these; of several elements a weighted sum is differentiated. Functions of PyTorch and of JAX, of
        their tensors and arrays, are taken as they are, as are a `torch.nn.Module` (with its parameters) and a
        `torch.autograd.Function`: then the gradient is what that framework computes.
    *inputs
        Where to check. They are not changed, and are computed with in float64. Integer arrays, strings and the like are
        passed on.
    grad : callable, optional
        A gradient to check in place of the engine's, from anywhere: of the same arguments, giving an array in the shape
        of the input, or for several inputs a tuple with one for each. Where `fn` returns an array, its Jacobian, of
        shape `result + input`, or, element by element, an array of their common shape. `fn` is then called with what
        was given (fresh copies), and need not know this engine.
    order : int
        2 checks the derivative of the engine's gradient too, and so on up to 8.
    kwargs : mapping, optional
        Keyword arguments of `fn`; the engine's derivatives with respect to floats and arrays in them are checked too,
        but not those with respect to whole numbers (an axis, a count).
    max_coordinates : int
        Up to so many numbers each is moved by itself. Of more, all are moved along random directions, and coordinates
        only where a direction does not pass.
    seed : int
        Of directions and weights.

    Returns
    -------
    Report
        Its `verdict` is "pass", "fail" or "inconclusive"; it is true for "pass" alone, and prints as a table.

    Raises
    ------
    ValueError
        If there is nothing to differentiate with respect to, a given gradient has the wrong structure, or the order is not 1 … 8.
    TypeError
        Where the function returns something else than numbers, such as a coroutine.

    Notes
    -----
    Tolerances come from the estimated error of the differences (see `derivative`), so 1/x at 1e-7 passes and a gradient
    of 5e-6 where 1e-7 is right fails. At a kink the gradient must lie between the derivatives of both sides, several
    numbers at a kink are moved together too, and the rows of the table must keep their convention. Forward mode is
    compared with differences as well.

    Of a given gradient, of another framework's, and where differences leave doubt (values of float16, say), the report tells by
    which power of the step the Taylor remainder falls along random directions: 2 where the gradient is right, 1 where it is
    wrong. Of values of few digits, of which differences cannot decide, the latter fails.

    Examples
    --------
    >>> import numpy as np
    >>> bool(check_gradients(lambda x: np.sum(x**3), np.array([1.0, -2.0])))
    True
    >>> report = check_gradients(lambda x: x**3, 2.0, grad=lambda x: 2 * x**2)
    >>> report.verdict, report.coordinates[0].claimed, round(report.coordinates[0].measured.value, 6)
    ('fail', 8.0, 12.0)
    >>> print(check_gradients(np.tanh, np.array([0.5, -1.0]), grad=lambda x: 2 * (1 - np.tanh(x) ** 2)).diagnosis)
    constant factor: the gradient with respect to x is 2 times what differences give, here and at other points
    """
    if isinstance(order, bool) or not isinstance(order, (int, np.integer)) or not 1 <= order <= MAX_ORDER:
        raise ValueError(
            f"check_gradients: order is 1 … {MAX_ORDER}, not {order!r}: each order takes about twice the time of the one before"
        )
    if grad is not None and order > 1:
        raise ValueError(
            "check_gradients: order=2 is for the engine's own derivatives; check a given second derivative as the gradient "
            "of the first: check_gradients(df, x, grad=d2f)"
        )
    # The report tells of what is not finite.
    with np.errstate(all="ignore"), observing(), reading_both_triangles():
        theirs = None if grad is not None else of_framework(fn, inputs, kwargs or {}, seed)
        if theirs is None:
            subject = Subject(fn, inputs, kwargs or {}, grad, seed)
        else:
            subject = Subject(theirs.function, theirs.arrays, {}, theirs.gradient, seed)
        return _check_to_order(subject, order, max_coordinates, seed, theirs)


def assert_gradients(fn: Callable[..., Any], *inputs: Any, allow_inconclusive: bool = False, **options: Any) -> Report:
    """`check_gradients`, raising where it does not pass.

    Parameters
    ----------
    fn, *inputs, **options
        As for `check_gradients`.
    allow_inconclusive : bool
        Take doubt for a pass.

    Raises
    ------
    GradientError
        An AssertionError with the report.

    Examples
    --------
    >>> report = assert_gradients(lambda x: x.tanh(), 0.5, order=2)
    """
    __tracebackhide__ = True
    report = check_gradients(fn, *inputs, **options)
    if not report and not (allow_inconclusive and report.verdict == "inconclusive"):
        raise GradientError(report)
    return report


def check_parameters(
    loss: Callable[[], Any],
    parameters: Iterable[tuple[str, Tensor]],
    *,
    max_coordinates: int = MAX_COORDINATES,
    seed: int = 0,
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
    given = list(parameters)
    named = [(name, p) for name, p in given if p.requires_grad]
    frozen = [name for name, p in given if not p.requires_grad]
    if frozen and not named:
        raise ValueError("check_parameters: no parameter requires a gradient")
    narrow = [name for name, p in named if p.dtype != np.float64]
    if narrow:
        raise ValueError(
            f"check_parameters: {narrow[0]!r} is {dict(named)[narrow[0]].dtype}; finite differences need float64"
        )
    kept = [(get_data(p), get_grad(p), p.stamp) for _, p in named]
    try:
        with np.errstate(all="ignore"), observing(), reading_both_triangles():
            report = _check(ParameterSubject(loss, named, seed), 1, max_coordinates, seed)
        if frozen:
            report.notes.append(f"left out, since they require no gradient: {', '.join(frozen)}")
        return report
    finally:
        for (_, p), (data, gradient, stamp) in zip(named, kept, strict=True):
            set_data(p, data)
            set_grad(p, gradient)
            # The numbers are those of before: what was recorded on them is as right as it was.
            p.stamp = stamp


def _check_to_order(
    subject: Subject, order: int, most: int, seed: int, theirs: FrameworkFunction | None = None
) -> Report:
    """The gradient, the gradient of that, and so on; where a framework computes it, that framework's."""
    report = _check(subject, 1, most, seed)
    for number in range(2, order + 1):
        if not report:
            break
        if theirs is None:
            subject = subject.gradient_subject(seed + number)
        else:
            theirs, names = theirs.differentiate(seed + number), subject.names
            subject = Subject(theirs.function, theirs.arrays, {}, theirs.gradient, seed)
            subject.names = names
        higher = _check(subject, number, most, seed + number)
        renamed = [replace(c, name=f"order {number}, {c.name}") for c in higher.coordinates]
        report = Report(
            [*report.coordinates, *renamed],
            higher.diagnosis,
            higher.wrong_node,
            report.notes + higher.notes,
            report.taylor + [replace(t, name=f"order {number}, {t.name}") for t in higher.taylor],
        )
    return report


def _check(subject: Subject, order: int, most: int, seed: int) -> Report:
    found = find_misbehaviour(subject)
    if found is not None:
        return Report([], found)
    claims = subject.claim()
    found = find_changing_claims(claims, subject.claim())
    if found is not None:
        return Report([], found)
    fits = [fit_claim(claim, array) for claim, array in zip(claims, subject.arrays, strict=True)]
    for claim, fit, array, name in zip(claims, fits, subject.arrays, subject.names, strict=True):
        if fit is None:
            told = f"the gradient with respect to {name} has shape {claim.shape} and dtype {claim.dtype}, the input has shape {array.shape}"
            return Report([], Diagnosis("wrong shape" if claim.dtype.kind in "fiub" else "wrong dtype", told))
    coordinates = Measurement(subject, fits, seed).run(most)  # type: ignore[arg-type]
    report = Report(coordinates)
    misshapen = any(claim.shape != array.shape for claim, array in zip(claims, subject.arrays, strict=True))
    if subject.gradient is not None or report.verdict == "inconclusive":
        report.taylor = taylor_remainders(subject, fits, seed, report.verdict != "pass")  # type: ignore[arg-type]
    if subject.gradient is None:
        _check_with_graph(report, subject, seed)
    # A remainder alone says that it is wrong, and not what.
    failed = any(c.verdict == "fail" for c in report.coordinates)
    if (misshapen or failed) and report.diagnosis is None:
        report.diagnosis = Evidence(subject, claims, coordinates, order, seed).diagnose()
    return report


def _check_with_graph(report: Report, subject: Subject, seed: int) -> None:
    """What only the engine's own gradients can be asked: forward mode, conventions at kinks, and the first wrong node."""
    if report.verdict != "fail" and not isinstance(subject, ParameterSubject):
        report.coordinates += _check_forward_mode(subject, report, seed)
    root, _ = subject.record()
    if not isinstance(root, Node) or not root.requires_grad:
        return
    doubtful = report.verdict == "fail" or any(c.measured.kink for c in report.coordinates)
    report.wrong_node = (first_wrong_node if doubtful else wrong_for_another_upstream)(root, seed)
    if report.wrong_node is not None:
        if ignores_upstream(report.wrong_node, seed):
            wrong = report.wrong_node
            report.diagnosis = Diagnosis(
                "upstream ignored",
                f"the rule of {wrong.operation} for operand {wrong.operand + 1} gives the same whatever gradient g arrives at "
                "the result; it should give g times the local derivative",
            )
            return
        worst = report.wrong_node.worst
        if worst.reason.startswith("kink"):
            report.diagnosis = Diagnosis(
                "kink", f"{report.wrong_node.operation} sends {worst.claimed:.6g} at a {worst.reason}"
            )
        else:
            report.diagnosis = _diagnose_alone(report.wrong_node, seed)


def _check_forward_mode(subject: Subject, report: Report, seed: int) -> list[Coordinate]:
    """The engine's forward mode along a random direction, against the difference along it."""
    if any(c.measured.kink or c.reason.startswith("kink") for c in report.coordinates):
        return []
    rng = np.random.default_rng(seed + 3)
    directions = [
        np.where(a == 0.0, 1.0, np.abs(a)) * rng.uniform(0.5, 1.0, a.shape) * rng.choice([-1.0, 1.0], a.shape)
        for a in subject.arrays
    ]
    try:
        slope = subject.differentiate_along(directions)
    except AutogradError as error:
        report.notes.append(f"forward mode was not checked: {error}")
        return []
    measurement = Measurement(subject, [np.zeros(a.shape) for a in subject.arrays], seed)
    found = measurement.measure_along("forward mode", directions, slope, abs(slope))
    if found.verdict != "pass" and all(c.place is not None and c.verdict == "pass" for c in report.coordinates):
        # Differences along the direction are too coarse, or chance; those of every coordinate were not.
        terms = [c.measured.value * float(directions[c.place[0]][c.place[1]]) for c in report.coordinates if c.place]
        if abs(slope - sum(terms)) <= SHARP_TOLERANCE * sum(map(abs, terms)):
            found = replace(
                found, measured=replace(found.measured, value=sum(terms)), verdict="pass", reason="by coordinates"
            )
    return [found]


def _diagnose_alone(wrong: WrongNode, seed: int) -> Diagnosis | None:
    """The diagnosis of one operation with its rule, at the operands and the upstream gradient that it has in a graph."""
    op: Op = wrong.node.op  # type: ignore[assignment]
    operands = [get_data(parent) for parent in wrong.node.parents]
    wanted = [parent.requires_grad for parent in wrong.node.parents]
    params = wrong.node.params

    def filled(xs: Sequence[Any]) -> list[Any]:
        moving = iter(xs)
        return [next(moving) if want else operand for want, operand in zip(wanted, operands, strict=True)]

    def function(*xs: Any) -> Any:
        out = op.array(*filled(xs), **params)
        return real((out * wrong.upstream).sum() if isinstance(out, Node) else np.vdot(np.conj(wrong.upstream), out))

    def gradient(*xs: Any) -> Any:
        given = filled(xs)
        sent = op.contributions(wrong.upstream, op.array(*given, **params), given, params, wanted)
        found = []
        for g, x, want in zip(sent, given, wanted, strict=True):
            if want:
                g = np.zeros(np.shape(x)) if g is None else np.asarray(raw(g))
                # The pass adds up over axes along which an operand was repeated; no rule has to.
                reduced = sum_broadcast(g, np.shape(x))
                found.append(g if reduced is None else reduced)
        return tuple(found)

    moving = [
        np.asarray(x, dtype=complex if is_complex(x) else float) if isinstance(x, np.ndarray) else x
        for x, want in zip(operands, wanted, strict=True)
        if want
    ]
    subject = Subject(function, moving, {}, gradient, seed)
    called = argument_names(inspect.unwrap(op.array), len(operands)) if op.opaque else rule_names(op, len(operands))
    subject.names = [
        part
        for name, want, x in zip(called, wanted, operands, strict=True)
        if want
        for part in ((f"{name}.real", f"{name}.imag") if is_complex(x) else (name,))
    ]
    return _check(subject, 1, MAX_COORDINATES, seed).diagnosis
