"""`checklist`: what to verify before a long training run: gradients, first loss, a few samples by heart, a few epochs."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from autograd.engine.observe import observing
from autograd.engine.tensor import Tensor
from autograd.errors import AnomalyError, AutogradError, ShapeError
from autograd.graph.modes import no_grad
from autograd.graph.node import raw
from autograd.wording.numbers import format_percent
from autograd.wording.printing import to_text
from nn.data import DataLoader
from nn.health.diagnose import Watching, diagnose
from nn.health.diagnosis import Diagnosis
from nn.health.evidence.run import UNSCALED_SIZE
from nn.health.experiments.plan import HEART_STEPS
from nn.health.first_layer import FirstLayer
from nn.health.frameworks.given import OR_LOADER, refuse_other_data
from nn.health.report import to_plain
from nn.health.task import Kind, constant_score, kind_of, measure_task, skill
from nn.layers.dropout import Dropout
from nn.losses import BCELoss, NLLLoss, is_one_of
from nn.module import Module
from nn.training.batches import Batches
from nn.training.callback import Callback, Run
from nn.training.evaluation import choose_objective, dtype_of, form_targets
from nn.training.fitting import fit
from nn.training.objective import Objective
from optim import Adam, Optimizer

if TYPE_CHECKING:
    from autograd.typing import ArrayLike
    from nn.typing import Data, Loss

Verdict = Literal["pass", "fail", "inconclusive", "not asked"]
MakeOptimizer = Callable[[Any], Optimizer]
Part = tuple[np.ndarray, np.ndarray]

# Samples of the gradient check, and of what is learned by heart; steps and the rates that this may take, and the skill (see
# `nn.health.task`) from which it is learned.
MAX_CHECKED_SAMPLES, MAX_MEMORISED_SAMPLES, MAX_MEMORISING_STEPS, MEMORISING_RATES, MEMORISED_SKILL = (
    8,
    20,
    500,
    (1e-2, 1e-3, 1e-1),
    0.99,
)
# How far the first loss may be above what an ignorant answer costs, as a share of that: over the healthy runs of
# tests/nn/health/runs.py (6 seeds each) it is from -.41 to +1.05, over six sigmoid layers with N(0, 1) weights from +1.85 up.
MAX_EXCESS_LOSS = 1.5

BY_HEART = "a network that cannot memorise a few samples has a mistake in the model or the loss, or too few units"

# A gradient this much smaller than the largest is 0 but for rounding.
RELATIVE_ZERO = 1e-12


@dataclass
class Step:
    """One item of the checklist.

    Attributes
    ----------
    name : str
    verdict : {"pass", "fail", "inconclusive", "not asked"}
    evidence : str
        The numbers, in words.
    advice : str
        What to do; empty where it passed.
    numbers : dict of str to float
    """

    name: str
    verdict: Verdict
    evidence: str
    advice: str = ""
    numbers: dict[str, float] = field(default_factory=dict)


@dataclass
class Checklist:
    """What `checklist` found; true where every step passed. `print(found)` shows a table.

    Attributes
    ----------
    steps : list of Step
    diagnosis : Diagnosis or None
        Of the few epochs: what was seen and tried; None where it failed with an error.
    first_layer : FirstLayer or None
        The weights that look at the inputs, after the few epochs; `found.first_layer.figure()` draws them. None where the
        model has no linear layer and no convolution.
    """

    steps: list[Step]
    diagnosis: Diagnosis | None = None
    first_layer: FirstLayer | None = None

    @property
    def verdict(self) -> str:
        """ "pass", or the name of the first step that did not."""
        return next((step.name for step in self.steps if step.verdict in ("fail", "inconclusive")), "pass")

    def __bool__(self) -> bool:
        return self.verdict == "pass"

    def __getitem__(self, name: str) -> Step:
        return next(step for step in self.steps if step.name == name)

    def __rich__(self) -> RenderableType:
        table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False, highlight=False)
        for heading in ("step", "verdict", "evidence"):
            table.add_column(heading, no_wrap=heading != "evidence")
        colours = {"pass": "green", "fail": "red", "inconclusive": "yellow", "not asked": "dim"}
        for step in self.steps:
            advice = f"\n→ {step.advice}" if step.advice else ""
            verdict = f"[{colours[step.verdict]}]{step.verdict}[/]"
            table.add_row(step.name, verdict, escape(f"{step.evidence}{advice}"))
        colour = "green" if self else "red"
        return Group(f"[{colour}]checklist: {escape(self.verdict)}[/]", table)

    def __str__(self) -> str:
        return to_text(self)

    def to_json(self) -> str:
        """The verdict and the steps as JSON, NaN and infinity as null; the health report has its own."""
        return json.dumps({"verdict": self.verdict, "steps": [to_plain(asdict(step)) for step in self.steps]})


def checklist(
    model: Module,
    data: Data | tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike],
    loss: Loss | None = None,
    *,
    optimizer: MakeOptimizer | Optimizer | None = None,
    epochs: int | None = None,
    batch_size: int = 32,
    seed: int = 0,
    seconds: float = 45.0,
    quick: bool = False,
    watch: Watching | None = None,
) -> Checklist:
    """Is this model ready to be trained on this data?

    1. *gradients*: on 8 samples, in float64, against finite differences (`autograd.check.check_parameters`).
    2. *first loss*: what an ignorant answer costs: ln(classes), ln 2 for labels of 0 and 1, for numbers the loss of
       answering 0; not more than two and a half times as much.
    3. *by heart*: 20 samples are learned without a mistake, or with R² above .99, by Adam, with a rate of
       .01, .001 or .1.
    4. *a few epochs*: with `nn.health.diagnose`, which says why it does not learn where it does not, by experiments.

    All of it happens on copies: the model, its gradients, buffers and generators stay as they are.

    Parameters
    ----------
    model : Module, or torch.nn.Module
        Of PyTorch's the gradients are not asked about.
    data : (inputs, targets), (inputs, targets, validation inputs, validation targets), or DataLoader of two arrays
    loss : str or callable, optional
        As for `fit`, which chooses by the targets where none is given.
    optimizer : callable or Optimizer, optional
        Makes the optimizer of the few epochs from parameters, or is the one that is to be used; by default Adam with a rate
        of .01.
    epochs : int, optional
        How many are a few: by default 10, and more where these are fewer than 200 steps.
    batch_size, seed : int
        Of the few epochs.
    seconds, quick, watch
        Of the experiments, as for `nn.health.diagnose`.

    Returns
    -------
    Checklist

    Raises
    ------
    ShapeError, OperandError, ValueError
        For data, or a loss, with which `fit` would not begin, and for targets that are all the same.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.random.default_rng(0).normal(size=(128, 4)).astype(np.float32)
    >>> model = nn.Sequential(nn.Linear(4, 16, rng=0), nn.Tanh(), nn.Linear(16, 2, rng=1))
    >>> found = nn.checklist(model, (x, (x[:, 0] > x[:, 1]).astype(int)), epochs=10)
    >>> found.verdict, [step.name for step in found.steps]
    ('pass', ['gradients', 'first loss', 'by heart', 'a few epochs'])
    """

    def examine() -> Diagnosis:
        return diagnose(
            model,
            data,
            loss,
            optimizer=optimizer,
            epochs=epochs,
            batch_size=batch_size,
            seed=seed,
            seconds=seconds,
            quick=quick,
            watch=watch,
        )

    if not isinstance(model, Module):
        found = examine()
        return Checklist([_NOT_ASKED, *_judge_first_steps(found), _judge_few_epochs(found)], found)
    with np.errstate(all="ignore"), observing():
        (x, y), objective = _choose_objective(model, data, loss)
    order = np.random.default_rng(seed).permutation(len(x))
    few, heart, many = order[:MAX_CHECKED_SAMPLES], order[:MAX_MEMORISED_SAMPLES], order[:256]
    function = objective.function
    with np.errstate(all="ignore"), observing():
        with no_grad():
            what = kind_of(_copy_without_draws(model)(x[few]), y[few], function)
        steps = [
            _attempt("gradients", lambda: _check_gradients(model, x[few], y[few], function, seed)),
            _attempt("first loss", lambda: _check_first_loss(model, x[many], y[many], function, what)),
            _attempt("by heart", lambda: _learn_by_heart(model, x[heart], y[heart], function, what)),
        ]
    made: list[Diagnosis] = []

    def train() -> Step:
        made.append(examine())
        return _judge_few_epochs(made[0])

    steps.append(_attempt("a few epochs", train))
    found = made[0] if made else None
    trained = found.trials[0].network.model if found is not None and found.trials else model
    return Checklist(steps, found, FirstLayer.of(trained))


def _attempt(name: str, step: Callable[[], Step]) -> Step:
    """A step, or its failure where the engine or the model refuses: what goes wrong is what was asked."""
    try:
        return step()
    except (AutogradError, ArithmeticError, TypeError, ValueError) as error:
        return Step(name, "fail", f"{type(error).__name__}: {error}", "mend what the message names, and ask again")


def _choose_objective(model: Module, data: Any, loss: Any) -> tuple[Part, Objective]:
    """The training part in the form that `fit` would give it, and the loss that it would take."""
    parts = data.arrays if isinstance(data, DataLoader) and data.samples is None else data
    refuse_other_data("checklist", parts, OR_LOADER)
    dtype = dtype_of(model)
    batches = [Batches(tuple(parts[:2]), "data", 1, dtype, None)]
    if len(parts) == 4:
        batches.append(Batches(tuple(parts[2:]), "validation", 1, dtype, None))
    objective, shape = choose_objective(model, batches[0], loss, {})
    arrays = []
    for some in batches:
        form_targets(some, objective, shape)
        assert some.arrays is not None
        arrays.append(some.arrays)
    x, y = arrays[0]
    if (y == y[:1]).all():
        raise ShapeError(
            f"checklist: all {len(y):,} targets are the same, {y.ravel()[0]:g}: there is nothing to be learned"
        )
    return (x, y), objective


def _copy_without_draws(model: Module) -> Module:
    """A copy without dropout, which would make every pass another function, in training mode too."""
    twin = copy.deepcopy(model)
    for module in twin.modules():
        if isinstance(module, Dropout):
            module.p = 0.0
    return twin


def _check_gradients(model: Module, x: np.ndarray, y: np.ndarray, loss: Any, seed: int) -> Step:
    from autograd.check import check_parameters

    twin = _copy_without_draws(model).double()
    x, y = (a.astype(np.float64) if a.dtype.kind == "f" else a for a in (x, y))
    report = check_parameters(lambda: loss(twin(x), y), twin.named_parameters(), seed=seed)
    most = max((abs(c.claimed) for c in report.coordinates), default=0.0)
    # A bias before a batch normalisation changes nothing: its gradient is 0, but for rounding, which no difference confirms.
    zeros = sum(
        c.verdict == "inconclusive"
        and abs(c.claimed) <= RELATIVE_ZERO * most
        and abs(c.claimed - c.measured.value) <= c.tolerance
        for c in report.coordinates
    )
    doubtful = sum(c.verdict == "inconclusive" for c in report.coordinates) - zeros
    numbers = {"compared": float(len(report.coordinates)), "doubtful": float(doubtful), "largest gradient": most}
    evidence = report.summary.partition("(")[2].removesuffix(")")
    evidence += f", of which {zeros} are 0 but for rounding" if zeros else ""
    if report.verdict != "fail" and not doubtful:
        return Step("gradients", "pass", evidence, "", numbers)
    worst = report.worst
    if report.diagnosis is not None:
        advice = report.diagnosis.message
    else:
        advice = f"{worst.name}: {worst.reason}" if worst is not None else "nothing could be compared"
    return Step("gradients", "fail" if report.verdict == "fail" else "inconclusive", evidence, advice, numbers)


def _check_first_loss(model: Module, x: np.ndarray, y: np.ndarray, loss: Any, what: Kind | None) -> Step:
    twin = _copy_without_draws(model)
    with no_grad():
        answers = twin(x)
        first = float(np.asarray(raw(loss(answers, y))))
        if what is None:
            return Step(
                "first loss", "not asked", f"{first:.4g}; what it should be is known for classes, labels and numbers"
            )
        outputs = np.asarray(raw(answers))
        # What the loss itself gives for outputs that say nothing, whatever its reduction.
        expected = float(np.asarray(raw(loss(Tensor(_ignorant_outputs(outputs, loss)), y))))
    even = {"classes": outputs.shape[-1], "labels": 2}.get(what, 1)
    by_chance = even > 1 and math.isclose(expected, math.log(even), rel_tol=1e-3)
    told = f"ln {even}" if by_chance else "the loss of answering 0"
    evidence = f"{first:.4g}, where {told} is {expected:.4g} ({len(x)} samples)"
    numbers = {"loss": first, "expected": expected}
    if np.isfinite(first) and first <= expected + MAX_EXCESS_LOSS * abs(expected):
        return Step("first loss", "pass", evidence, "", numbers)
    return Step(
        "first loss",
        "fail",
        evidence,
        "weights begin too large (initialise by the number of inputs), or inputs are not normalised",
        numbers,
    )


def _ignorant_outputs(outputs: np.ndarray, loss: Any) -> np.ndarray:
    """Outputs that prefer no answer: zeros, but for losses of probabilities and of their logarithms."""
    if is_one_of(loss, BCELoss):
        return np.full_like(outputs, 0.5)
    if is_one_of(loss, NLLLoss):
        return np.full_like(outputs, -np.log(outputs.shape[-1]))
    return np.zeros_like(outputs)


def _learn_by_heart(model: Module, x: np.ndarray, y: np.ndarray, loss: Any, what: Kind | None) -> Step:
    if what is None:
        return Step("by heart", "not asked", "targets are neither classes nor of the outputs' shape")
    best = _ByHeart()
    for rate in MEMORISING_RATES:
        twin, known = _copy_without_draws(model), _ByHeart()
        trainable = [p for p in twin.parameters() if p.requires_grad]
        with suppress(AnomalyError):
            fit(
                twin,
                (x, y),
                loss=loss,
                optimizer=Adam(trainable, lr=rate),
                epochs=MAX_MEMORISING_STEPS,
                batch_size=len(x),
                callbacks=[known],
                progress=False,
            )
        best = max(best, known, key=lambda one: one.skill)
        if best.skill >= MEMORISED_SKILL:
            break
    numbers = {"skill": best.skill, "steps": float(best.steps), "samples": float(len(x))}
    evidence = f"{best.told} on {len(x)} samples after {best.steps} steps"
    if best.skill >= MEMORISED_SKILL:
        return Step("by heart", "pass", evidence, "", numbers)
    advice = BY_HEART
    if what == "numbers" and max(abs(float(y.mean())), float(y.std())) > UNSCALED_SIZE:
        advice += f"; or the targets (mean {y.mean():.3g}, deviation {y.std():.3g}) are to be scaled, as nn.data.Standardize does"
    return Step("by heart", "fail", evidence, advice, numbers)


class _ByHeart(Callback):
    """Stops a run that knows its samples by heart."""

    skill = -math.inf
    told = "no finite answer"
    steps = 0

    def on_backward(self, run: Run) -> None:
        self.steps += 1
        task = measure_task(run.outputs, run.targets, run.loss)
        if task is None:
            return
        self.skill = skill([task], constant_score([task]))
        if task.kind != "numbers" and constant_score([task]) == 1.0:
            self.skill = task.score
        self.told = f"R² {self.skill:.4f}" if task.kind == "numbers" else f"{format_percent(task.score)} right"
        if self.skill >= MEMORISED_SKILL:
            run.stop("known by heart")


_NOT_ASKED = Step(
    "gradients", "not asked", "they are PyTorch's: torch.autograd.gradcheck compares them with differences"
)


def _judge_first_steps(found: Diagnosis) -> list[Step]:
    """Of a network of another framework: the first answers, and a few rows by heart, as the experiments have them."""
    if not found.trials or not found.trials[0].points:
        return [Step(name, "not asked", "nothing could be tried") for name in ("first loss", "by heart")]
    first = found.trials[0].points[0].trained
    told = f"the error of the first answers is {first:.3g} of that of a constant answer"
    sound = math.isfinite(first) and first <= 1.0 + MAX_EXCESS_LOSS
    advice = "" if sound else "weights begin too large (initialise by the number of inputs), or inputs are not scaled"
    heart = found.learn_by_heart()
    known = heart.score <= 1.0 - MEMORISED_SKILL
    # Of fewer steps than there should be, since the time was over, nothing is concluded.
    verdict: Verdict = "pass" if known else "fail" if heart.steps >= HEART_STEPS or heart.lost else "inconclusive"
    evidence = f"the error on {len(heart.rows.x)} rows is {heart.score:.3g} of that of a constant answer after {heart.steps} steps"
    return [
        Step("first loss", "pass" if sound else "fail", told, advice, {"error": first}),
        Step("by heart", verdict, evidence, "" if known else BY_HEART, {"error": heart.score}),
    ]


def _judge_few_epochs(found: Diagnosis) -> Step:
    trials = found.trials
    numbers: dict[str, float] = {}
    told = found.cause
    if trials and trials[0].losses:
        losses = trials[0].losses
        numbers = {"first loss": losses[0], "last loss": losses[-1], "error": trials[0].score}
        told += f"; loss {losses[0]:.4g} → {losses[-1]:.4g} in {len(losses)} steps"
        if found.validation_error is not None:
            numbers["validation error"] = found.validation_error
        told += "" if trials[0].lost else f", error {trials[0].score:.3g} of that of a constant answer"
    if found:
        return Step("a few epochs", "pass", told, "", numbers)
    if not found.findings:
        return Step("a few epochs", "inconclusive", told, "look at what was tried, and at some rows", numbers)
    return Step("a few epochs", "fail", f"{told}; {found.findings[0]}", found.findings[0].fix, numbers)
