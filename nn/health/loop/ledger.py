"""`Ledger`: what was seen of a loop, one `Iteration` for each backward pass; `Seen`: what becomes of it."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.graph.sites import Site
from nn.health.finding import Finding
from nn.health.frameworks.network import Apply, apply_plainly
from nn.health.loop.adaptive import Rule
from nn.health.loop.application import Application
from nn.health.loop.trained_rows import ENOUGH_OF_A_BATCH, Rows, mark

# The cosine of weights and what the last step left of them, below which they are others.
LEFT_AS_THEY_ARE = 1.0 - 1e-9
# The share of the passes that a loss, or an output, and a change from one to another, must have to be one of several.
IN_TURNS = 0.15
# Times that a bound is met by no chance.
OFTEN = 3
# What is left of a loss that is divided by far too much.
DIVIDED_AWAY = 0.1
# Numbers that a schedule was told, from which on it can be seen which way they go.
LEAST_TOLD = 3


@dataclass(eq=False)
class Call:
    """A model was called by the script itself, not by another module.

    `inputs` and `output` are forgotten after the pass; `batch` still tells which rows they were. `parts`: the models that were
    called one after the other. `recorded`: whether operations were. `by_inputs`: whether the script asks for the gradient by
    what it gives. `passed_on`: whether another model was given the output. `kept`: whether a backward pass has come since,
    which was not of this call. `asked`: whether the script called `train()` since the last pass. `members`: which rows they were, in
    whatever order. `part`: which of several outputs the
    loss is of; then `output` is a list where it is of more than one. `rows`, `known`: of a call that no backward pass followed, how many
    rows it was of, and which share of them the model had been trained on before.
    `level`, `levels`: their mean and deviation, of all numbers and of each. `holds`: whether all of the model's batch norm is in
    evaluation mode. `application`: how the script gave the model its inputs; None where `inputs` is. `gives_loss`: whether the model is
    given the targets and gives its own loss.
    """

    model: Any
    inputs: np.ndarray | None
    output: Any
    training: bool
    site: Site | None
    parts: tuple[Any, ...] = ()
    recorded: bool = True
    by_inputs: bool = False
    passed_on: bool = False
    kept: bool = False
    asked: bool = False
    batch: bytes | None = None
    members: bytes | None = None
    part: int | tuple[int, ...] | None = None
    rows: int = 0
    known: float = float("nan")
    level: tuple[float, float] | None = None
    levels: tuple[np.ndarray, np.ndarray] | None = None
    holds: bool = False
    application: Application | None = None
    gives_loss: bool = False


@dataclass
class Iteration:
    """A backward pass, and what followed until the next.

    `stale`: gradients that a step had used were still there. `change`: how far the weights moved since the pass before, as a
    share of them. `likeness`: the cosine of the weights now and of those that the last step left. `after`: the calls that
    followed, in their order. `direction`: the rate at which the weights then went against the gradient without an optimizer,
    negative where they went along it, or of the `rule` that they went by; NaN where they went another way. `pull`: the norm of that
    gradient. `clipped`: what each
    element of the gradient was clipped to before, by the script's own lines. `moved`: whether weights that got a gradient then
    moved without an optimizer, whatever the way. `carried`, `decayed`: the shares of the move before, and of the weights
    themselves, that were added and taken away beside it. `scale`: by what the gradients were multiplied between the pass and
    the step of an optimizer; NaN where they were changed in another way. `bounded`: what each element of the gradient was cut to within
    the pass, as by a hook; NaN where it was not. `norm`: of all that the step was given. `reached`:
    whether any parameter has a gradient. `still`: nothing has moved, and all gradients are 0. `turn`: the cosine of the weights
    and those of the pass before. `apart`: how far they are from the nearest of those of the last passes, as a share of them.
    `held`: what the weights that the step before had left were clipped to since; NaN where they were not. `asks`: the loss by
    its name, and the output that it is of. `loss`: as a number. `slope`: the cosine of the weights' move without an optimizer,
    and the gradient. `blind`: the parameters, by their places, that then went on as they had gone before, whatever their
    gradients have become, beside others that go along theirs; None where none do. `echoes`: whether the targets are what the
    output itself says. `held_norm`: the norm that parameters were brought down to since the step before; NaN where they were not.
    `size`, `shortened`: the norm of the weights, and which share that is of what the step before had left, where no number has grown.
    `of_weights`: whether the loss is of the weights alone, and of no answer.
    """

    site: Site | None
    call: Call | None
    targets: np.ndarray | None
    stale: bool
    change: float
    likeness: float
    nodes: int
    loss: float = float("nan")
    clash: Site | None = None
    rate: float | None = None
    cleared: bool = False
    direction: float = float("nan")
    pull: float = float("nan")
    slope: float = float("nan")
    blind: frozenset[int] | None = None
    rule: Rule | None = None
    clipped: float = float("nan")
    moved: bool = False
    carried: float = 0.0
    decayed: float = 0.0
    scale: float = float("nan")
    norm: float = float("nan")
    bounded: float = float("nan")
    reached: bool = True
    still: bool = False
    turn: float = float("nan")
    apart: float = float("nan")
    restored: bool = False
    held: float = float("nan")
    held_norm: float = float("nan")
    asks: tuple[str, int | tuple[int, ...] | None] = ("", None)
    echoes: bool = False
    size: float = float("nan")
    shortened: float = float("nan")
    of_weights: bool = False
    after: list[tuple[str, Site | None]] = field(default_factory=list)

    def site_of(self, what: str) -> Site | None:
        """The line of the first such call after the pass."""
        return next((site for name, site in self.after if name == what), None)

    def has(self, what: str) -> bool:
        """Whether such a call followed."""
        return any(name == what for name, _ in self.after)

    @property
    def is_replaced(self) -> bool:
        """Whether the weights are not those that the last step left."""
        return self.restored or self.likeness < LEFT_AS_THEY_ARE

    @property
    def is_used(self) -> bool:
        """Whether its gradients were not set to zero before a step of the optimizer, or before the next pass."""
        return next((name == "step" for name, _ in self.after if name in ("step", "zero")), True)


@dataclass
class Loader:
    """How a loader was gone through; `first` tells which rows its first batch was of."""

    length: int
    begun: int = 0
    drawn: int = 0
    site: Site | None = None
    first: bytes | None = None

    def begin(self, site: Site | None) -> None:
        """It is gone through once more."""
        self.begun += 1
        self.site = site

    def take(self, inputs: np.ndarray | None) -> None:
        """A batch was taken of it; None where what the model is given of it is no array."""
        if not self.drawn and inputs is not None:
            self.first = mark(inputs)
        self.drawn += 1


@dataclass
class Ledger:
    """Everything that was seen."""

    iterations: list[Iteration] = field(default_factory=list)
    evaluations: list[Call] = field(default_factory=list)
    optimizers: list[tuple[Any, Site | None]] = field(default_factory=list)
    steps: list[tuple[Any, Site | None]] = field(default_factory=list)
    steps_without_backward: int = 0
    # Of each optimizer how many steps it took, and how many of them along gradients that its step before had used already.
    uses: dict[int, tuple[int, int]] = field(default_factory=dict)
    # How often each optimizer and each model has cleared its gradients.
    zeroed: Counter[int] = field(default_factory=Counter)
    # Models that were given None in place of a state.
    begun: set[int] = field(default_factory=set)
    # Whether a state goes on from one pass to the next, so that the rows are not all that a model is given.
    goes_on: bool = False
    models: list[tuple[Any, Site | None]] = field(default_factory=list)
    built: dict[int, list[Site]] = field(default_factory=dict)
    loaders: dict[int, Loader] = field(default_factory=dict)
    rows: Rows = field(default_factory=Rows)
    held: Rows = field(default_factory=lambda: Rows(1))
    # Of models beside it that were judged: which, what tells their weights and the averages of their batch norm, and the line.
    beside: list[tuple[int, bytes, bytes, Site | None]] = field(default_factory=list)
    # What each model has been trained on since it began, or began anew.
    learned: dict[int, set[bytes]] = field(default_factory=dict)
    # Of each model the rows that it was judged by when it did not know them, after it had gone through its own more than once; how many
    # of them it was trained on later; and whether the script goes through folds.
    judged: dict[int, set[bytes]] = field(default_factory=dict)
    crossed: int = 0
    is_of_folds: bool = False
    # The loss, and by what the script multiplied what it gave before the pass.
    loss: Any = None
    multiplied: float = 1.0
    batch_size: int = 0
    # Parameters that a step found a gradient of, at some time.
    reached: set[int] = field(default_factory=set)
    # Of models, which of their parameters are no more what they were at the first pass, and which got a gradient that was not 0.
    moved: dict[int, np.ndarray] = field(default_factory=dict)
    pulled: dict[int, np.ndarray] = field(default_factory=dict)
    # Passes whose losses are of nothing that was there at the pass before.
    adrift: int = 0
    # Passes whose losses are of one output and several targets, as of rows that are mixtures of others.
    mixed: int = 0
    # Passes from the first on in which the framework's losses that were called count for nothing.
    unheeded: int = 0
    # Passes whose losses are of fewer targets than there are rows, as of the nodes of a graph that are trained on.
    partial: int = 0
    # Parameters of what was called.
    called: set[int] = field(default_factory=set)
    # What tells the batches that models have answered without a record.
    looks: list[bytes] = field(default_factory=list)
    # Of clipping, the largest norm and the largest value that were asked for, and the line.
    clip_norm: float | None = None
    clip_value: float | None = None
    # The line of a schedule that went on before any step of an optimizer.
    schedule_first: Site | None = None
    # The schedule that went on last, and how often it did.
    schedule: Any = None
    schedule_steps: int = 0
    # What it was told each time.
    metrics: list[float] = field(default_factory=list)
    # What the script's variables were at the first pass, the lines that led there, and whether it was left to end by itself.
    names: dict[str, Any] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)
    ended: bool = True
    # The whole numbers among the variables at the first pass and at the last.
    counters: tuple[dict[str, int], dict[str, int]] = ({}, {})
    # How often the rows are meant to be gone through, where the script's text says it, and the variable that counts it.
    meant: int | None = None
    counter: str | None = None
    # Of variables that no loss is of, after how many passes their graphs had how many nodes.
    graphs: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    # The script's text.
    text: str = ""
    # The arrays that the text takes parts of inside of loops and functions.
    sliced: frozenset[str] = frozenset()
    # How many rows there are where the same ones stand several times.
    doubled: int = 0
    # How often a model that an optimizer holds was called to be trained before the first pass, and where last.
    prepared: int = 0
    prepared_at: Site | None = None
    # The weight decay that the loss amounts to with what it adds of the weights themselves.
    penalty: float | None = None

    @property
    def scale(self) -> float:
        """By what the loss's gradients are multiplied until a step, where a script does so after the pass and by one number."""
        scales = [one.scale for one in self.iterations if one.has("step")]
        if not scales or self.clip_norm is not None or self.clip_value is not None:
            return 1.0
        # NaN where one is.
        least, most = float(np.min(scales)), float(np.max(scales))
        if not most - least <= 1e-2 * most:
            return 1.0
        if abs(most - 1.0) < 1e-3:
            # A loss that is divided for several passes a step, of which there is one, or by far more than there are.
            share = self.multiplied * round(len(self.iterations) / len(scales))
            return share if share < DIVIDED_AWAY else 1.0
        return most * self.multiplied

    @property
    def waits_for_fold(self) -> bool:
        """Whether the script goes through folds, and the next one has not been seen to know rows of the last."""
        return self.is_of_folds and not self.crossed

    @property
    def waits(self) -> bool:
        """Whether a next fold is still to come, or a schedule has been told too little to see which way that goes."""
        return self.waits_for_fold or (hasattr(self.schedule, "patience") and len(self.metrics) < LEAST_TOLD)

    @property
    def is_in_turns(self) -> bool:
        """Whether the passes are of several losses or outputs in turn, so that rows have several targets."""
        asked = [one.asks for one in self.iterations if one.targets is not None]
        often = sum(asked.count(each) >= IN_TURNS * len(asked) for each in set(asked))
        # A stage of training that is over has had a loss of its own.
        changes = sum(one != other for one, other in itertools.pairwise(asked))
        return often > 1 and changes > IN_TURNS * len(asked)

    @property
    def is_led(self) -> bool:
        """Whether a model is asked at nearly each pass, of ever other rows and without a record, as for what the targets are made of."""
        return len(self.looks) > 0.9 * len(self.iterations) and len({*self.looks}) > len(self.looks) // 2

    @property
    def clips_in_vain(self) -> bool:
        """Whether gradients are clipped after the step, or before there are any."""
        orders = [[name for name, _ in one.after if name in ("step", "clip")] for one in self.iterations]
        clipped = [order for order in orders if "clip" in order]
        # To an infinite norm, what is clipped is only looked at.
        asked = [most for most in (self.clip_norm, self.clip_value) if most is not None and np.isfinite(most)]
        return bool(asked) and len(clipped) > 1 and all(order == ["step", "clip"] for order in clipped)

    @property
    def clip_weights(self) -> float | None:
        """What the script clips the weights to, again and again."""
        return _one_of_all([one.held for one in self.iterations], 1e-5)

    @property
    def clip_weight_norm(self) -> float | None:
        """The norm that the script brings each parameter down to, again and again."""
        return _one_of_all([one.held_norm for one in self.iterations], 1e-3)

    @property
    def batches(self) -> list[bytes]:
        """Which rows each pass saw, of those that showed it."""
        return [one.call.batch for one in self.iterations if one.call is not None and one.call.batch is not None]

    @property
    def comes_in_parts(self) -> bool:
        """Whether each time through the rows has the batches of the time before, in their order, however the rows of one are mixed."""
        parts = [one.call.members for one in self.iterations if one.call is not None and one.call.members is not None]
        epoch = self.passes_of_an_epoch
        again = list(zip(parts, parts[epoch:], strict=False))
        size = self.batch_size
        enough = epoch > 1 and (size == 1 or size >= ENOUGH_OF_A_BATCH) and len(again) >= ENOUGH_OF_A_BATCH
        return enough and sum(one == other for one, other in again) >= 0.9 * len(again)

    @property
    def knows_epoch(self) -> bool:
        """Whether the rows that came are those of whole epochs, or a loader tells how many there are."""
        return self.ended or self.rows.epochs > 1 or any(loader.length for loader in self.loaders.values())

    @property
    def rows_of_an_epoch(self) -> int:
        """How many rows there are, as far as they came or a loader tells."""
        loaders = self.loaders.values()
        most = max(loaders, key=lambda loader: loader.drawn, default=Loader(0))
        return max(len(self.rows.times), self.doubled, 0 if self.rows.epochs > 1 else most.length * self.batch_size)

    @property
    def passes_of_an_epoch(self) -> int:
        """How many batches the rows that came make."""
        return max(1, -(-self.rows.likely // max(1, self.batch_size)))

    def note_clipping(self, norm: float | None, value: float | None) -> None:
        """Gradients were clipped to a norm, or to a value."""
        self.clip_norm = self.clip_norm if norm is None else float(norm)
        self.clip_value = self.clip_value if value is None else float(value)

    def take_metric(self, given: list[Any]) -> None:
        """What the schedule that goes on is told, where it is a number: a tensor's, an array's or a plain one."""
        number = given[0].item() if given and getattr(given[0], "shape", None) == () else next(iter(given), None)
        if isinstance(number, (int, float)):
            self.metrics.append(float(number))

    def take_rows(self, call: Call, inputs: np.ndarray, targets: np.ndarray | None, begins_anew: bool) -> None:
        """A pass was made through these rows, by a model that has learned none before where it begins anew."""
        learned = self.learned.setdefault(id(call.model), set())
        if begins_anew:
            learned.clear()
            self.judged.pop(id(call.model), None)
        keys = self.rows.add(inputs, targets)
        learned.update(keys)
        self.crossed += len(self.judged.get(id(call.model), set()).intersection(keys))
        self.batch_size = max(self.batch_size, len(inputs))
        call.batch, call.members = mark(inputs), b"".join(sorted(keys))

    def note_look(self, call: Call) -> None:
        """A model has answered rows, and nothing was recorded."""
        if call.inputs is not None and not call.recorded:
            self.looks.append(mark(call.inputs))

    def take_note(self, what: str, of: Any, line: Site | None) -> None:
        """A schedule is about to go on, or something is about to clear its gradients."""
        if what == "zero":
            self.zeroed[id(of)] += 1
            return
        self.schedule_steps = self.schedule_steps + 1 if of is self.schedule else 1
        self.metrics = self.metrics if of is self.schedule else []
        self.schedule = of
        if not self.steps and self.schedule_first is None:
            self.schedule_first = line

    def built_at(self, model: Any, near: Site | None) -> Site | None:
        """The line that made a model, in the function that calls it if one of the lines that lead there is."""
        sites = self.built.get(id(model), [])
        inside = [
            site
            for site in sites
            if near is not None and (site.filename, site.function) == (near.filename, near.function)
        ]
        return next(iter(inside or sites), None)


@dataclass
class Seen:
    """What the watcher of a script hands to the diagnosis.

    Attributes
    ----------
    findings : list of Finding
        What the loop does wrong; each was seen.
    notes : list of str
        What is no fault of the training and should be known.
    model, optimizer : object or None
        The script's own, the model's weights put back to where they began.
    loss : callable or None
        Of outputs and targets.
    inputs, targets : array or None
        The rows that were trained on; None where the loop does not show what they are.
    validation : tuple of arrays or None
        Rows that were only looked at, where their targets are known.
    unchanged : tuple of arrays or None
        Of rows that the loop changes before it gives them to the model, and their targets, what stands in the script's variables.
    batch_size : int
    shuffle : bool
    epochs : int or None
        How long the run is meant to be, where it says so.
    options : dict
        More of what `nn.health.diagnose` takes.
    iterations : int
        Backward passes that were seen.
    apply : callable
        How the script calls the model.
    alone : bool
        Whether one optimizer moves all of the model that is moved, so that an experiment can take its place.
    fitted : bool
        Whether the script calls `nn.fit`, which chooses the loss where none is given.
    is_led : bool
        Whether a model is asked before each pass of what is not recorded, such as its targets.
    rated : bool
        Whether an optimizer was made, whose rate a second run may change.
    is_one_of_many : bool
        Whether a loop around the training makes the model or goes over several, so that another one may come after it.
    own_losses : list of float
        Of each pass, where the script moves the weights by a rule of its own that was not read; empty elsewhere.
    change : float
        By which share of themselves the weights move in a pass.
    left : float
        What clipping to a norm leaves of the gradients, in the middle of all passes.
    restore : callable
        Puts the weights back that the model had when the watching ended.
    """

    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    model: Any = None
    optimizer: Any = None
    loss: Any = None
    inputs: np.ndarray | None = None
    targets: np.ndarray | None = None
    validation: tuple[np.ndarray, np.ndarray] | None = None
    unchanged: tuple[np.ndarray, np.ndarray] | None = None
    batch_size: int = 32
    shuffle: bool = True
    epochs: int | None = None
    options: dict[str, Any] = field(default_factory=dict)
    iterations: int = 0
    apply: Apply = apply_plainly
    alone: bool = True
    fitted: bool = False
    rated: bool = False
    is_one_of_many: bool = False
    is_led: bool = False
    own_losses: list[float] = field(default_factory=list)
    change: float = float("nan")
    left: float = 1.0
    restore: Callable[[], None] = lambda: None

    @property
    def is_whole(self) -> bool:
        """Whether experiments can be made on what was seen."""
        told = self.loss is not None or self.fitted
        return told and self.alone and self.model is not None and self.inputs is not None and self.targets is not None


def _one_of_all(bounds: list[float], apart: float) -> float | None:
    """The bound that is met several times, where it is always the same but for a share of it."""
    met = [bound for bound in bounds if np.isfinite(bound)]
    return max(met) if len(met) >= OFTEN and max(met) <= (1.0 + apart) * min(met) else None
