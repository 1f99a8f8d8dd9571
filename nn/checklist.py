"""`checklist`: what to verify before a long training run: gradients, first loss, a few samples by heart, a few epochs."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from autograd.errors import AutogradError, ShapeError
from autograd.modes import no_grad
from autograd.node import raw
from autograd.numbers import percent
from autograd.tensor import Tensor
from nn import functional
from nn.data import DataLoader
from nn.dropout import Dropout
from nn.health import Health, HealthReport
from nn.health.report import plain
from nn.health.task import Kind, constant_score, kind, measured, skill
from nn.losses import BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, MSELoss, NLLLoss
from nn.module import Module
from nn.printing import printed
from nn.training.callback import Callback, Run
from optim import Adam, Optimizer

Verdict = Literal["pass", "fail", "inconclusive", "not asked"]
MakeOptimizer = Callable[[Any], Optimizer]

# Samples of the gradient check, and of what is learned by heart; steps and the rates that this may take.
FEW, BY_HEART, STEPS, RATES = 8, 20, 500, (1e-2, 1e-3)
# How far the first loss may be above what an ignorant answer costs, as a share of that: over the healthy runs of
# tests/nn/health/runs.py (6 seeds each) it is from -.41 to +1.05, over six sigmoid layers with N(0, 1) weights from +1.85 up.
TOLERANCE = 1.5

# A gradient this much smaller than the largest is 0 but for rounding.
ZERO = 1e-12


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
    health : HealthReport or None
        Of the few epochs; None where they failed with an error.
    """

    steps: list[Step]
    health: HealthReport | None = None

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
        return printed(self)

    def to_json(self) -> str:
        """The verdict and the steps as JSON, NaN and infinity as null; the health report has its own."""
        return json.dumps({"verdict": self.verdict, "steps": [plain(asdict(step)) for step in self.steps]})


def checklist(
    model: Module,
    data: Any,
    loss: Any = None,
    *,
    optimizer: MakeOptimizer | None = None,
    epochs: int = 3,
    batch_size: int = 32,
    seed: int = 0,
) -> Checklist:
    """Is this model ready to be trained on this data?

    1. *gradients*: on 8 samples, in float64, against finite differences (`autograd.check.check_parameters`).
    2. *first loss*: what an ignorant answer costs: ln(classes), ln 2 for labels of 0 and 1, for numbers the loss of
       answering 0; not more than two and a half times as much.
    3. *by heart*: 20 samples are learned without a mistake, or with R² above .99, by Adam, with a rate of .01 or .001.
    4. *a few epochs*: with `nn.health.Health`, which must call them healthy.

    All of it happens on copies: the model, its gradients, buffers and generators stay as they are.

    Parameters
    ----------
    model : Module
    data : (inputs, targets), (inputs, targets, validation inputs, validation targets), or DataLoader of two arrays
        Integer targets are classes; floats of the outputs' shape are numbers, or labels where all are 0 or 1.
    loss : callable, optional
        Of outputs and targets; by default that of the kind of targets: CrossEntropyLoss, BCEWithLogitsLoss, MSELoss.
    optimizer : callable, optional
        Makes the optimizer of the few epochs from parameters; by default Adam with a rate of .01.
    epochs, batch_size, seed : int
        Of the few epochs.

    Returns
    -------
    Checklist

    Raises
    ------
    ShapeError
        For data that are no inputs with as many targets.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.random.default_rng(0).normal(size=(128, 4)).astype(np.float32)
    >>> model = nn.Sequential(nn.Linear(4, 16, rng=0), nn.Tanh(), nn.Linear(16, 2, rng=1))
    >>> found = nn.checklist(model, (x, (x[:, 0] > x[:, 1]).astype(int)), epochs=10)
    >>> found.verdict, [step.name for step in found.steps]
    ('pass', ['gradients', 'first loss', 'by heart', 'a few epochs'])
    """
    x, y, validation = _arrays(data)
    order = np.random.default_rng(seed).permutation(len(x))
    few, heart, many = order[:FEW], order[:BY_HEART], order[:256]
    make = optimizer if optimizer is not None else lambda parameters: Adam(parameters, lr=RATES[0])
    health = Health(every=max(1, epochs * -(-len(x) // batch_size) // 40))
    with np.errstate(all="ignore"):
        with no_grad():
            what = kind(_quiet(model)(x[few]), y[few])
        loss = loss if loss is not None else _loss_of(what, y)
        steps = [
            _attempted("gradients", lambda: _gradients(model, x[few], y[few], loss, seed)),
            _attempted("first loss", lambda: _first_loss(model, x[many], y[many], loss, what)),
            _attempted("by heart", lambda: _by_heart(model, x[heart], y[heart], loss, what, seed)),
        ]

        def train() -> Step:
            twin, loader = copy.deepcopy(model), DataLoader(x, y, batch_size=batch_size, shuffle=True, seed=seed)
            run = _train(twin, loader, loss, make(twin.parameters()), epochs, health, validation)
            return _few_epochs(health.report(), run)

        steps.append(_attempted("a few epochs", train))
    return Checklist(steps, health.report() if health.record.steps else None)


def _attempted(name: str, step: Callable[[], Step]) -> Step:
    """A step, or its failure where the engine or the model refuses: what goes wrong is what was asked."""
    try:
        return step()
    except (AutogradError, ArithmeticError, TypeError, ValueError) as error:
        return Step(name, "fail", f"{type(error).__name__}: {error}", "mend what the message names, and ask again")


def _arrays(data: Any) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray] | None]:
    parts = data.arrays if isinstance(data, DataLoader) and data.samples is None else data
    if not isinstance(parts, (tuple, list)) or len(parts) not in (2, 4):
        raise ShapeError(
            "checklist: data are (inputs, targets), the same of a validation part behind them, or a DataLoader of two "
            f"arrays; got {type(data).__name__}{f' of {len(parts)}' if isinstance(parts, (tuple, list)) else ''}"
        )
    x, y, *rest = map(np.asarray, parts)
    if x.ndim == 0 or y.ndim == 0 or len(x) != len(y) or len(x) < 2:
        raise ShapeError(f"checklist: inputs of shape {x.shape} do not go with targets of shape {y.shape}")
    return x, y, (rest[0], rest[1]) if rest else None


def _loss_of(what: Kind | None, y: np.ndarray) -> Any:
    if what is None:
        raise ShapeError(
            f"checklist: targets of {y.dtype} and shape {y.shape} are no classes (whole numbers, one for each row of outputs) "
            "and have not the outputs' shape; give loss="
        )
    losses: dict[Kind, Any] = {"classes": CrossEntropyLoss, "labels": BCEWithLogitsLoss, "numbers": MSELoss}
    return losses[what]()


def _quiet(model: Module) -> Module:
    """A copy without dropout, which would make every pass another function."""
    twin = copy.deepcopy(model)
    for module in twin.modules():
        if isinstance(module, Dropout):
            module.eval()
    return twin


def _gradients(model: Module, x: np.ndarray, y: np.ndarray, loss: Any, seed: int) -> Step:
    from autograd.check import check_parameters

    twin = _quiet(model).double()
    x, y = (a.astype(np.float64) if a.dtype.kind == "f" else a for a in (x, y))
    report = check_parameters(lambda: loss(twin(x), y), twin.named_parameters(), seed=seed)
    most = max((abs(c.claimed) for c in report.coordinates), default=0.0)
    # A bias before a batch normalisation changes nothing: its gradient is 0, but for rounding, which no difference confirms.
    zeros = sum(
        c.verdict == "inconclusive"
        and abs(c.claimed) <= ZERO * most
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


def _first_loss(model: Module, x: np.ndarray, y: np.ndarray, loss: Any, what: Kind | None) -> Step:
    twin = _quiet(model)
    with no_grad():
        answers = twin(x)
        first = float(np.asarray(raw(loss(answers, y))))
        if what is None:
            return Step(
                "first loss", "not asked", f"{first:.4g}; what it should be is known for classes, labels and numbers"
            )
        outputs = np.asarray(raw(answers))
        # What the loss itself gives for outputs that say nothing, whatever its reduction.
        expected = float(np.asarray(raw(loss(Tensor(_ignorant(outputs, loss)), y))))
    told = {"classes": f"ln {outputs.shape[-1]}", "labels": "ln 2"}.get(what, "the loss of answering 0")
    evidence = f"{first:.4g}, where {told} is {expected:.4g} ({len(x)} samples)"
    numbers = {"loss": first, "expected": expected}
    if np.isfinite(first) and first <= expected + TOLERANCE * abs(expected):
        return Step("first loss", "pass", evidence, "", numbers)
    return Step(
        "first loss",
        "fail",
        evidence,
        "weights begin too large (initialise by the number of inputs), or inputs are not normalised",
        numbers,
    )


def _ignorant(outputs: np.ndarray, loss: Any) -> np.ndarray:
    """Outputs that prefer no answer: zeros, but for losses of probabilities and of their logarithms."""
    if isinstance(loss, BCELoss) or loss is functional.binary_cross_entropy:
        return np.full_like(outputs, 0.5)
    if isinstance(loss, NLLLoss) or loss is functional.nll_loss:
        return np.full_like(outputs, -np.log(outputs.shape[-1]))
    return np.zeros_like(outputs)


def _by_heart(model: Module, x: np.ndarray, y: np.ndarray, loss: Any, what: Kind | None, seed: int) -> Step:
    if what is None:
        return Step("by heart", "not asked", "targets are neither classes nor of the outputs' shape")
    best, steps = -np.inf, STEPS
    told = _ByHeart.told
    for rate in RATES:
        twin = _quiet(model)
        trainable = [p for p in twin.parameters() if p.requires_grad]
        loader = DataLoader(x, y, batch_size=len(x), seed=seed)
        stop = _ByHeart()
        run = _train(twin, loader, loss, Adam(trainable, lr=rate), STEPS, stop, None)
        if stop.skill > best:
            best, steps, told = stop.skill, run.step, stop.told
        if stop.done:
            break
    numbers = {"skill": best, "steps": float(steps), "samples": float(len(x))}
    evidence = f"{told} on {len(x)} samples after {steps} steps"
    if best >= _ByHeart.enough:
        return Step("by heart", "pass", evidence, "", numbers)
    return Step(
        "by heart",
        "fail",
        evidence,
        "a network that cannot learn a few samples by heart has a mistake in the model or the loss, or too few units",
        numbers,
    )


class _ByHeart(Callback):
    """Stops a run that knows its samples by heart."""

    enough = 0.99
    skill = -math.inf
    told = "no finite answer"
    done = False

    def on_backward(self, run: Run) -> None:
        task = measured(run.outputs, run.targets)
        if task is None:
            return
        self.skill = skill([task], constant_score([task]))
        if task.kind != "numbers" and constant_score([task]) == 1.0:
            self.skill = task.score
        self.told = f"R² {self.skill:.4f}" if task.kind == "numbers" else f"{percent(task.score)} right"
        if self.skill >= self.enough:
            self.done = True
            run.stop("known by heart")


def _few_epochs(health: HealthReport, run: Run) -> Step:
    first, last = health.record.losses[0], health.record.losses[-1]
    known = health.record.skill(health.record.late)
    numbers = {"first loss": first, "last loss": last, **({"skill": known[0]} if known is not None else {})}
    numbers |= {name: value for name, value in run.report.items() if name.startswith("val_")}
    validated = f", {percent(run.report['val_accuracy'])} right in validation" if "val_accuracy" in run.report else ""
    evidence = f"{health.verdict}; loss {first:.4g} → {last:.4g} in {run.step} steps{validated}"
    if health:
        return Step("a few epochs", "pass", evidence, "", numbers)
    return Step("a few epochs", "fail", f"{evidence}; {health.findings[0]}", health.findings[0].fix, numbers)


def _train(
    model: Module,
    loader: DataLoader,
    loss: Any,
    optimizer: Optimizer,
    epochs: int,
    callback: Callback,
    validation: tuple[np.ndarray, np.ndarray] | None,
) -> Run:
    run = Run(model.train(), loss, optimizer, history=None)  # type: ignore[arg-type]
    callback.on_begin(run)
    for run.epoch in range(1, epochs + 1):
        for run.inputs, run.targets in loader:
            run.step += 1
            optimizer.zero_grad()
            run.outputs = model(run.inputs)
            run.value = loss(run.outputs, run.targets)
            if run.value.requires_grad:
                run.value.backward()
            callback.on_backward(run)
            optimizer.step()
            callback.on_step(run)
            if run.stopping:
                break
        run.report = {"loss": run.value.item()}
        if validation is not None:
            with no_grad():
                task = measured(model.eval()(validation[0]), validation[1])
            model.train()
            if task is not None:
                numbers = task.kind == "numbers"
                run.report["val_r2" if numbers else "val_accuracy"] = (
                    skill([task], constant_score([task])) if numbers else task.score
                )
        callback.on_epoch(run)
        if run.stopping:
            break
    callback.on_end(run)
    return run
