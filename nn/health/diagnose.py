"""`diagnose`: why does it not learn? Evidence, experiments, and a verdict that they prove."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.arguments import check_count, check_number, check_positive
from nn.health.diagnosis import Diagnosis
from nn.health.evidence.asking import ask, list_findings
from nn.health.evidence.collisions import find_rows_met_alike
from nn.health.evidence.curvature import find_curvature_of_batches
from nn.health.evidence.data import (
    find_broken_rows,
    find_in_rows,
    find_normalised_rows,
    find_order,
    find_targets_outside,
)
from nn.health.evidence.ends import find_at_ends
from nn.health.evidence.facts import look
from nn.health.evidence.loss import find_in_loss, heeds_targets
from nn.health.evidence.operations import find_in_operations, tell_mixed_rows
from nn.health.evidence.run import find_certain
from nn.health.evidence.score import climbs, is_score, turn_round
from nn.health.evidence.sequences import find_foretold, find_unheeded_lengths, find_untold_places
from nn.health.evidence.structure import (
    fades,
    find_dead_layer,
    find_idle_activation,
    find_mixed_rows,
    find_no_graph,
    find_pairs_normalised,
    find_unregistered,
    find_unused_inputs,
    find_unused_part,
    find_varying_answers,
    tell_spare,
)
from nn.health.experiments.plan import Experiments, outdoes
from nn.health.finding import Finding
from nn.health.frameworks.adapt import adapt
from nn.health.frameworks.network import Apply, Operation, apply_plainly
from nn.health.judging import EXPLAINS, Judgement, judge
from nn.health.learned import has_learned, skill_of
from nn.health.multi_input import split_inputs
from nn.health.multi_output import find_joined_loss
from nn.health.record import Record
from nn.health.subject import SOME, Subject

if TYPE_CHECKING:
    from nn.typing import Data

# Seconds that a quick diagnosis may take, and epochs where the user does not say how many.
QUICK_SECONDS, DEFAULT_EPOCHS, LEAST_STEPS = 8.0, 10, 200
# Told what is being tried, the share of the time that is used, and the answer so far.
Watching = Callable[[str, float, str], Any]


def diagnose(
    model: Any,
    data: Data | tuple[Any, ...],
    loss: Any = None,
    *,
    optimizer: Any = None,
    epochs: int | None = None,
    batch_size: int = 32,
    shuffle: bool = True,
    clip_norm: float | None = None,
    clip_value: float | None = None,
    clip_weights: float | None = None,
    clip_weight_norm: float | None = None,
    scheduler: Any = None,
    seed: int = 0,
    seconds: float = 50.0,
    quick: bool = False,
    evidence: Sequence[Finding] = (),
    unchanged: tuple[np.ndarray, np.ndarray] | None = None,
    apply: Apply = apply_plainly,
    watch: Watching | None = None,
) -> Diagnosis:
    """Why does it not learn?

    First it looks: at the rows, the loss, the network's structure, and one measured step. Then it tries: copies of the
    network are trained from the same seed for the same few steps, each with one thing changed (the rate, the optimizer, the scale of
    inputs or targets, an activation put in, the weights drawn anew, …). The changes that heal, and those that do not,
    are the finding. A run is called healthy when it answers rows that were held back nearly as well as the best of the changes.

    Nothing of what is given is changed: not the model, its gradients or buffers, the optimizer, or any random state.

    Parameters
    ----------
    model : nn.Module or torch.nn.Module
    data : (inputs, targets), (inputs, targets, validation inputs, validation targets), or DataLoader of two arrays
    loss : str or callable, optional
        Of outputs and targets; as for `fit`, which chooses by the targets where none is given.
    optimizer : Optimizer, callable or None
        The user's own, over the model's parameters; or what makes one of parameters. By default Adam with a rate of .01.
    epochs : int, optional
        How long the run is meant to be; by default 10, and at least 200 steps.
    batch_size : int
    shuffle : bool
        Whether the rows are in a new order each epoch.
    clip_norm, clip_value : float, optional
        What gradients are clipped to: all of them together, or each number.
    clip_weights : float, optional
        What each number of the weights is clipped to after a step.
    clip_weight_norm : float, optional
        What the norm of each parameter is brought down to after a step.
    scheduler : callable, optional
        Makes a schedule of the optimizer, which goes on after each epoch.
    seed : int
    seconds : float
        The budget.
    quick : bool
        What is seen, and three experiments, in less than ten seconds.
    evidence : sequence of Finding
        What somebody else has seen, such as what watches a loop.
    unchanged : (inputs, targets), optional
        The rows as they are before the program changes them, by noise or otherwise.
    apply : callable, optional
        How the model is called with some rows, where it takes more than them: `lambda model, rows: model(rows, mask)`. Several
        inputs are the fields of a structured array: `lambda model, rows: model(rows["x"], rows["lengths"])`, where a PyTorch model
        is given a dict of tensors.
    watch : callable, optional
        Is told what is being tried, the share of the budget that is used, and the answer so far.

    Returns
    -------
    Diagnosis

    Raises
    ------
    ShapeError
        For data that are not arrays of inputs and targets.
    ValueError
        For a setting that no run has, such as batches of no rows.

    Examples
    --------
    >>> import numpy as np, nn, optim
    >>> x = np.random.default_rng(0).normal(size=(200, 4)).astype(np.float32)
    >>> y = (x[:, 0] > x[:, 1]).astype(int)
    >>> model = nn.Sequential(nn.Linear(4, 16, rng=0), nn.Tanh(), nn.Linear(16, 2, rng=1))
    >>> found = nn.health.diagnose(model, (x, y), optimizer=optim.SGD(model.parameters(), lr=1e-5), quick=True)
    >>> found.cause
    'learning rate too low'

    Of two inputs, which the model takes one by one:

    >>> class Sum(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.left, self.right = nn.Linear(4, 2, rng=0), nn.Linear(1, 2, rng=1)
    ...     def forward(self, a, b):
    ...         return self.left(a) + self.right(b)
    >>> rows = np.empty(200, [("a", np.float32, (4,)), ("b", np.float32, (1,))])
    >>> rows["a"], rows["b"] = x, x[:, :1]
    >>> model = Sum()
    >>> optimizer = optim.SGD(model.parameters(), lr=1e-5)
    >>> nn.health.diagnose(
    ...     model, (rows, y), optimizer=optimizer, quick=True, apply=lambda model, rows: model(rows["a"], rows["b"])
    ... ).cause
    'learning rate too low'
    """
    _check_settings(
        epochs,
        batch_size,
        seed,
        seconds,
        clip_norm=clip_norm,
        clip_value=clip_value,
        clip_weights=clip_weights,
        clip_weight_norm=clip_weight_norm,
    )
    # What the user's loss would say of every experiment is said once, by the findings.
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        clipping = clip_norm, clip_value, clip_weights, clip_weight_norm
        given = adapt(model, data, loss, optimizer, batch_size, shuffle, clipping, apply)
        with given.isolated():
            return _diagnose(
                given, epochs, scheduler, seed, QUICK_SECONDS if quick else seconds, quick, evidence, unchanged, watch
            )


def _check_settings(epochs: Any, batch_size: Any, seed: Any, seconds: Any, **clipped: Any) -> None:
    if epochs is not None:
        check_count("diagnose", "epochs", epochs, 1)
    check_count("diagnose", "batch_size", batch_size, 1)
    check_count("diagnose", "seed", seed, 0)
    check_positive("diagnose", "seconds", seconds)
    for name, most in clipped.items():
        # A script may clip to nothing, or to a bound that nothing reaches.
        if most is not None:
            check_number("diagnose", name, most, 0.0)


def _diagnose(
    given: Any,
    epochs: Any,
    scheduler: Any,
    seed: int,
    seconds: float,
    quick: bool,
    evidence: Sequence[Finding],
    unchanged: tuple[np.ndarray, np.ndarray] | None,
    watch: Any,
) -> Diagnosis:
    network, x, y, validation = given.network, given.x, given.y, given.validation
    broken = list(find_broken_rows(x, y))
    if len(broken) > 0 and ask(lambda: _leaves_out(network, x, y), False):
        broken = []
    seen = [*evidence, *find_unregistered(network), *broken]
    if any("not finite" in f.cause for f in seen):
        return _stop(given, seen)
    try:
        outputs = network.copy().answer(x[:64])
        seen += find_targets_outside(y, outputs, network.loss)
        if any(f.cause in ("targets outside the loss", "loss unfit") for f in seen):
            return _stop(given, seen)
        seen += find_no_graph(network.copy(), x[:64], y[:64])
        if any(f.cause in ("missing gradients", "frozen parameters") for f in seen):
            return _stop(given, seen)
        network.copy().value_and_gradient(outputs, y[:64])
    except Exception as error:
        return _stop(given, [*seen, _tell_error(error)])
    steps_each = math.ceil(len(x) / given.batch_size)
    steps = epochs * steps_each if epochs is not None else max(LEAST_STEPS, DEFAULT_EPOCHS * steps_each)
    subject = Subject(network, x, y, validation, given.batch_size, given.shuffle, scheduler, steps, seed)
    facts = look(subject)
    if climbs(network.optimizer, seen) and ask(lambda: is_score(subject, facts), False):
        turn_round(network)
        seen = [f for f in seen if f.cause != "loss maximised"]
        subject = Subject(network, x, y, validation, given.batch_size, given.shuffle, scheduler, steps, seed)
        facts = look(subject)
    joined = find_joined_loss(network.loss)
    heeded = ask(lambda: heeds_targets(subject, facts), True)
    # Targets that the loss never reads only stand in for some, and pairs may all be given in one order.
    asked = heeded and not (joined is not None and joined.is_of_pairs and joined.in_order)
    told = np.flatnonzero(np.isfinite(y.reshape(len(y), -1)).any(axis=1))
    seen += [f for f in find_in_rows(x[told], y[told], validation) if asked or f.cause != "targets all alike"]
    # What is drawn anew for a loss of more than the answers, as that of a variational autoencoder, is meant to be.
    drawn = joined is not None and None in joined.asked
    varying = [] if drawn else list_findings(lambda: find_varying_answers(subject))
    # Such as a mixture of densities has outputs without targets of their own, too, and draws nothing.
    repeats = not varying and (not drawn or ask(lambda: _repeats(subject), False))
    operations: list[Operation] = ask(lambda: network.copy().operations(x[:SOME]), [])
    for rule in (
        lambda: find_in_loss(subject, facts),
        lambda: varying,
        lambda: find_foretold(subject),
        lambda: find_unheeded_lengths(subject),
        lambda: find_untold_places(subject, facts.calls),
        # Answers that vary by themselves say nothing of other rows.
        lambda: tell_mixed_rows(list(find_mixed_rows(subject, facts)), operations) if repeats else (),
        lambda: find_in_operations(operations, facts.outputs),
        lambda: find_at_ends(subject, operations),
        lambda: find_unused_inputs(subject),
        lambda: find_unused_part(subject, facts),
        lambda: find_rows_met_alike(subject),
        lambda: find_pairs_normalised(subject, facts),
        lambda: find_idle_activation(facts),
        lambda: find_order(subject),
        lambda: find_curvature_of_batches(subject),
        lambda: find_normalised_rows(x),
    ):
        seen += list_findings(rule)
    made = Experiments(subject, facts, seconds, quick, watch or _say_nothing)
    made.run_as_it_is()
    seen = ask(lambda: [f for f in seen if not fades(f, made.as_it_is.network.copy(), x[:SOME])], seen)
    if unchanged is not None and not quick:
        before = ask(lambda: replace(subject, x=unchanged[0].astype(x.dtype), y=unchanged[1].astype(y.dtype)), None)
        if before is not None:
            made.run_unchanged(before)
    record = Record(made.as_it_is.measures, made.as_it_is.losses)
    if record.steps:
        # What a graph shows has a place, and comes before the same without one.
        placed = [tell_spare(f, record, facts) for f in find_certain(record)]
        seen = [*(f for f in seen if f.cause not in {p.cause for p in placed}), *placed]
        seen += find_dead_layer(facts)
    if made.as_it_is.broken and not made.as_it_is.losses:
        return _stop(
            given, [*seen, Finding("error", "", made.as_it_is.broken, "mend what the message names, and ask again")]
        )
    explained = any(f.cause in EXPLAINS and f.certain for f in seen)
    made.run_remedies(few=explained)
    if not explained and needs_more(made):
        made.combine()
    judgement = judge(seen, facts, made)
    return Diagnosis(record, judgement, made, given.graph)


def _leaves_out(network: Any, x: np.ndarray, y: np.ndarray) -> bool:
    """Whether a model and a loss are made for rows with numbers that are none: answers, loss and gradients are finite for such.

    Behind a tanh answers are finite where gradients are not.
    """
    inputs = [part.reshape(len(x), -1) for part in split_inputs(x).values() if part.dtype.kind == "f"]
    told = np.isfinite(np.concatenate([y.reshape(len(y), -1), *inputs], axis=1)).all(axis=1)
    some = np.concatenate([np.flatnonzero(part)[: SOME // 2] for part in (~told, told)])
    answers = network.copy().answer(x[some])
    value, slopes = network.copy().value_and_gradient(answers, y[some])
    gradients = network.copy().gradients(x[some], y[some]).values()
    return math.isfinite(value) and all(bool(np.isfinite(part).all()) for part in (answers, slopes, *gradients))


def _repeats(subject: Subject) -> bool:
    """Whether the same rows get the same answers once more."""
    network = subject.network.copy()
    return np.array_equal(network.answer(subject.x[:SOME]), network.answer(subject.x[:SOME]))


def needs_more(made: Experiments) -> bool:
    """Whether nothing but a general change heals so far."""
    mine = skill_of(made.as_it_is)
    specific = max((skill_of(t.trial) for t in made.tried if not t.remedy.general), default=-math.inf)
    best = max(mine, skill_of(made.plain), *(skill_of(t.trial) for t in made.tried)) if made.tried else mine
    if outdoes(made.plain, made.as_it_is) and specific - mine < 0.5 * (skill_of(made.plain) - mine):
        return True
    return best > 0.1 and max(mine, specific) < 0.6 * best and (made.plain is None or has_learned(made, made.plain))


def _tell_error(error: Exception) -> Finding:
    advice = "mend what the message names, and ask again"
    if isinstance(error, AttributeError) and isinstance(error.obj, np.ndarray):
        advice = "the rows are arrays here: begin forward with x = autograd.tensor(x), or say how the model is called (apply=)"
    return Finding("error", "", f"{type(error).__name__}: {error}", advice)


def _stop(given: Any, seen: list[Finding]) -> Diagnosis:
    """A verdict without experiments."""
    found = sorted(seen, key=lambda f: f.gravity)[:3]
    return Diagnosis(Record(), Judgement(found[0].cause, found, []), None, given.graph)


def _say_nothing(_name: str, _share: float, _so_far: str) -> None:
    pass
