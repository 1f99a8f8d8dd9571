"""`diagnose`: from what was measured to what is wrong. Each rule is a function of the record.

Every threshold lies between what healthy and what sick runs measured. They were chosen on seeds 0 and 1 of the first 15
healthy and of the first 23 sick runs in `tests/nn/health/runs.py`. Then 15 further healthy runs were written and seeds 10 to 14
tried; after that `DEAD_SHARE` was raised from .6, `HIGH_UPDATE` lowered from 1 (for rates that are only 10 and 30 times too high), and
gradients compared over the earlier half. On seeds 30 to 34, which nothing was chosen on, `python -m tests.benchmarks
health` found

    quantity                     healthy runs        sick runs           threshold
    size of an input feature     .37 … 6.0           680 … 850           10
    largest update/weight        .0035 … .59         9.8 … 105           .5, together with the next
    largest loss / first loss    1 … 4.2             190 … 7e6           3
    gradient/weight              .005 … 12           2000 … 5900         100
    saturated at first           0 … .07             .75 … .78           .4
    gradient / the last layer's  .017 … 2.1          6e-5 … 6e-4         .0039
    dead share                   0 … .94             .88 … .91           .75
    median update/weight         8e-4 … .07          4e-7 … 5e-7         1e-5
    late skill                   -.2 … 1             -.11 … .89          .15, after 100 steps

and 153 of 155 healthy and 124 of 125 sick runs called what they are. The two false alarms are small networks on raw iris
data of which 13 and 15 of 16 ReLUs are in fact dead; the disease that was missed is shuffled numbers learned by heart,
which training without validation does not show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from autograd.wording.numbers import format_percent
from nn.health import quantities
from nn.health.finding import Finding
from nn.health.measure import StepMeasure
from nn.health.place import Place
from nn.health.record import Record

# The mean |gradient| of the first layer's weights over that of the last's: .25⁴, what four sigmoids leave at most.
VANISHING_RATIO = 0.25**4
# The norm of a gradient over that of its weights.
EXPLODING_SIZE = 100.0
# The share of a hidden layer's outputs that are saturated at the beginning. Later, confidence looks the same.
SATURATED_SHARE = 0.4
# The share of a layer's ReLUs that no sample switches on.
DEAD_SHARE = 0.75
# The largest mean or standard deviation of an input feature.
UNSCALED_SIZE = 10.0
# The norm of an update over that of the weights: one that replaces half of them, and one that does not move them.
# Between them lies the reference line of 1e-3, which is not a bound.
HIGH_UPDATE, LOW_UPDATE = 0.5, 1e-5
# By what factor the loss rises when steps are too large.
LOSS_RISE = 3.0
# The share of what a constant answer leaves open (R², for numbers) that counts as having learned nothing, and after how
# many steps. What is much worse than a constant is still on its way to one, and says nothing of the targets.
UNRELATED_SKILL, MIN_UNRELATED_STEPS, WORSE_SKILL = 0.15, 100, -0.5


def diagnose(record: Record) -> list[Finding]:
    """What is wrong, the gravest first; nothing for a healthy run."""
    found = [finding for rule in RULES for finding in rule(record)]
    if not found:
        found = list(find_unrelated_targets(record))
    return sorted(found, key=lambda finding: finding.gravity)


def find_foreign_parameters(record: Record) -> Iterator[Finding]:
    last = record.last
    if last.foreign and not any(p.held for p in last.parameters.values()):
        yield Finding(
            "foreign parameters",
            "",
            f"the optimizer holds {last.foreign} parameters, and none of the model's: they are those of another model, "
            "or of this one before it was copied",
            "make the optimizer from this model's parameters(), after the model",
            {"foreign": last.foreign, "held": 0},
        )


def find_missing_gradients(record: Record) -> Iterator[Finding]:
    last = record.last
    without = [p for p in last.parameters.values() if p.trainable and p.missing]
    if not without:
        return
    cut = last.cut
    evidence = {"missing": len(without), "parameters": len(last.parameters)}
    names = _join_names([p.path for p in without])
    if cut is not None:
        path, place = cut
        yield Finding(
            "missing gradients",
            path,
            f"no gradient (None, which is not zero) comes to {names}: what was computed from them goes on as a constant, "
            f"cut off at {place.site or 'an unknown line'}",
            "compute on with the tensor itself: without .detach(), .data, .numpy() or no_grad()",
            evidence,
            place,
        )
    else:
        yield Finding(
            "missing gradients",
            without[-1].module,
            f"no gradient (None, which is not zero) comes to {names}: the loss was not computed from them",
            "use them in forward, or remove them",
            evidence,
            without[-1].place,
        )


def find_gradients_not_zeroed(record: Record) -> Iterator[Finding]:
    adding = [step for step in record.steps if step.leftover]
    if not adding:
        return
    weight = quantities.weights(record)[-1:] or record.parameters()[-1:]
    norms = record.of_parameter(weight[0].path, lambda p: p.norm)
    yield Finding(
        "gradients not zeroed",
        "",
        f"at {len(adding)} of {len(record.steps)} measured steps, first at step {adding[0].step}, the gradients are, to the bit, "
        "those that the optimizer's step before had used plus those of the batch: they add up over the steps (the norm of that "
        f"of {weight[0].path} went from {norms[0]:.3g} to {norms[-1]:.3g})",
        "call optimizer.zero_grad() before each backward(); where batches are added up on purpose, after each optimizer.step()",
        {"steps": len(adding), "measured": len(record.steps), "first norm": norms[0], "last norm": norms[-1]},
        weight[0].place,
    )


def find_identical_units(record: Record) -> Iterator[Finding]:
    twins = [p for p in record.steps[0].parameters.values() if p.twins]
    if twins:
        first = twins[0]
        yield Finding(
            "identical units",
            first.module,
            f"all {first.shape[0]} units of {_join_names([p.path for p in twins])} have the same weights and the same gradients, "
            "so they stay one unit for ever: the weights began as a constant",
            "initialise at random: nn.init.xavier_uniform_ for tanh and sigmoid, nn.init.kaiming_normal_ for ReLU",
            {"units": first.shape[0], "different": 1, "gradient norm": first.norm},
            first.place,
        )


def find_unscaled_inputs(record: Record) -> Iterator[Finding]:
    inputs = record.steps[0].inputs
    if inputs is None:
        return
    if quantities.input_sizes(record)[inputs.path] > UNSCALED_SIZE:
        yield Finding(
            "inputs not normalised",
            inputs.path,
            f"the {inputs.features} input features have means up to {inputs.means[1]:.3g} and standard deviations from "
            f"{inputs.stds[0]:.3g} to {inputs.stds[1]:.3g}: gradients of the first weights grow with them, and one rate "
            "cannot suit all",
            "scale each feature to mean 0 and deviation 1, as nn.data.Standardize does, fitted to the training part",
            {"largest mean": inputs.means[1], "least std": inputs.stds[0], "largest std": inputs.stds[1]},
            _place_of_layer(record, inputs.path),
        )


def find_high_rate(record: Record) -> Iterator[Finding]:
    ratios = quantities.largest_updates(record)
    if not ratios:
        return
    path, ratio = max(ratios.items(), key=_of_pair)
    rise = quantities.rise(record)
    if ratio > HIGH_UPDATE and (rise > LOSS_RISE or has_learned_nothing(record)):
        first = record.losses[0]
        measured = record.last.parameters[path]
        worst = rise * abs(first)
        then = f"the loss rose from {first:.3g} to {worst:.3g}" if rise > LOSS_RISE else "nothing has been learned"
        yield Finding(
            "learning rate too high",
            "",
            f"a step changed {path} by {ratio:.3g} times its norm (about 1e-3 is usual), and {then}",
            f"divide the rate by {_power_of_ten(ratio / 0.01)}, or search it on a log scale",
            {"update/weight": ratio, "first loss": first, "largest loss": worst},
            measured.place,
        )


def find_not_finite(record: Record) -> Iterator[Finding]:
    first = next((s for s in record.steps if s.broken is not None), None)
    if first is None or first.broken is None:
        return
    share = first.inputs.broken if first.inputs is not None else 0.0
    if share:
        sentence, fix = (
            f"{format_percent(share)} of the inputs are NaN or infinite",
            "mend or leave out these rows of the data",
        )
    else:
        sentence = f"the first NaN or infinity is made by {first.broken.op or 'a leaf'} at {first.broken.site}"
        fix = "keep its operand inside the function's domain (log(x + 1e-8), sqrt(x + 1e-8)), or use the stable form"
    yield Finding(
        "not finite",
        first.broken.module,
        f"at step {first.step} {sentence}",
        fix,
        {"step": first.step, "loss": first.loss, "share of inputs": share},
        first.broken,
    )


def find_doubled_activation(record: Record) -> Iterator[Finding]:
    if record.last.doubled is None:
        return
    made_by, place = record.last.doubled
    least = min(record.losses)
    yield Finding(
        "double softmax",
        place.module,
        f"the model's outputs are probabilities already ({made_by}), and the loss applies its own to them: outputs between 0 "
        f"and 1 are all but equal logits, so the loss cannot come near 0 (least so far {least:.3g})",
        f"leave out the {made_by} and give the loss the logits, or take a loss of probabilities (nll_loss of log_softmax, "
        "binary_cross_entropy)",
        {"least loss": least},
        place,
    )


def find_exploding_gradients(record: Record) -> Iterator[Finding]:
    ratios = quantities.gradient_sizes(record)
    if not ratios:
        return
    path, ratio = max(ratios.items(), key=_of_pair)
    if ratio > EXPLODING_SIZE:
        first, largest = record.steps[0], max((layer.std for layer in record.steps[0].layers.values()), default=0.0)
        yield Finding(
            "exploding gradients",
            record.last.parameters[path].module,
            f"the gradient of {path} is up to {ratio:.3g} times as large as the weights; outputs of layers have standard "
            f"deviations up to {largest:.3g}, and the first loss is {first.loss:.3g}: weights that begin too large, or targets "
            "on a large scale",
            "initialise by the number of inputs (kaiming for ReLU, xavier for tanh), scale the targets, or clip gradients "
            "(optim.clip_grad_norm_)",
            {"gradient/weight": ratio, "largest output std": largest, "first loss": first.loss},
            record.last.parameters[path].place,
        )


def find_saturation(record: Record) -> Iterator[Finding]:
    first = record.steps[0]
    over = {path: share for path, share in quantities.first_saturations(record).items() if share > SATURATED_SHARE}
    if not over:
        return
    most, worst = max(over.values()), first.layers[next(iter(over))]
    yield Finding(
        "saturation",
        worst.path,
        f"at the beginning {format_percent(most)} of the outputs of {_join_names(list(over))} ({worst.kind}) lie where "
        f"the slope is under a fifth of its greatest, over {worst.samples} samples: the weights before it are too large",
        "initialise by xavier_uniform_ (its deviation is √(2/(n_in + n_out))), not by N(0, 1)",
        {"saturated": most, "layers": len(over), "samples": worst.samples},
        worst.place,
    )


def find_vanishing_gradients(record: Record) -> Iterator[Finding]:
    ratios = quantities.gradient_ratios(record)
    lost = next((path for path, ratio in ratios.items() if ratio < VANISHING_RATIO), None)
    if lost is None:
        return
    first, last, ratio = record.last.parameters[lost], quantities.weights(record)[-1], ratios[lost]
    squashing = [
        layer.kind for layer in record.layers() if layer.saturated is not None and layer.kind.lower() == "sigmoid"
    ]
    cause = (
        f"{len(squashing)} sigmoids, each of which scales a gradient by ¼ at most, together by {0.25 ** len(squashing):.2g}"
        if squashing
        else "every layer between makes it smaller"
    )
    over = f" (median over the first {len(record.early)} measured steps)" if len(record.steps) > 1 else ""
    yield Finding(
        "vanishing gradients",
        first.module,
        f"the mean |gradient| of {first.path} is {ratio:.2g} of that of {last.path}{over}: {cause}",
        "take ReLU with kaiming_normal_ in place of sigmoid, normalise between layers (BatchNorm, LayerNorm), or fewer layers",
        {"first/last gradient": ratio, "sigmoids": len(squashing)},
        first.place,
    )


def find_dead_units(record: Record) -> Iterator[Finding]:
    path = next((path for path, share in quantities.dead_shares(record).items() if share > DEAD_SHARE), None)
    if path is not None:
        layer, (count, units, samples) = record.last.layers[path], record.dead_units(path)
        yield Finding(
            "dead units",
            layer.path,
            f"{count} of {units} ReLUs of {layer.path or 'the model'} were not above 0 for any of {samples} samples, so that no "
            "gradient goes through them: a step that was too large, or biases far below 0",
            "a smaller rate, kaiming_normal_ and biases of 0 at the beginning, or LeakyReLU",
            {"dead": count, "units": units, "samples": samples},
            layer.place,
        )


def find_low_rate(record: Record) -> Iterator[Finding]:
    ratios = quantities.usual_updates(record)
    if not ratios or len(record.steps) < 3 or quantities.late_skill(record) > UNRELATED_SKILL:
        return
    path, ratio = max(ratios.items(), key=_of_pair)
    if 0.0 < ratio < LOW_UPDATE:
        yield Finding(
            "learning rate too low",
            "",
            f"no step changes any weights by more than {ratio:.2g} of their norm (median; about 1e-3 is usual), and the loss is "
            f"{record.losses[0]:.4g} at first and {record.losses[-1]:.4g} at last",
            f"multiply the rate by {_power_of_ten(1e-3 / ratio)}, or search it on a log scale",
            {"update/weight": ratio, "first loss": record.losses[0], "last loss": record.losses[-1]},
            record.last.parameters[path].place,
        )


def find_frozen_layers(record: Record) -> Iterator[Finding]:
    parameters = record.last.parameters.values()
    still = [p for p in parameters if not p.trainable or not p.held]
    if not still or next(find_foreign_parameters(record), None) is not None:
        return
    first = still[0]
    why = "the optimizer does not have them" if first.trainable else "requires_grad is False"
    yield Finding(
        "frozen parameters",
        first.module,
        f"{_join_names([p.path for p in still])} do not move: {why}",
        "give the optimizer model.parameters()"
        if first.trainable
        else "requires_grad_(True), if they are meant to be trained; if they are not, all is well",
        {"frozen": len(still), "parameters": len(parameters)},
        first.place,
    )


def has_learned_nothing(record: Record) -> bool:
    """Whether training answers are no better than a constant though there was time enough."""
    return quantities.late_skill(record) < UNRELATED_SKILL and len(record.losses) >= MIN_UNRELATED_STEPS


def find_unrelated_targets(record: Record) -> Iterator[Finding]:
    """Asked only where nothing else explains why nothing is learned."""
    known = record.skill(record.late)
    if known is None or len(record.losses) < MIN_UNRELATED_STEPS:
        return
    learned, constant, count = known
    told = record.last.task
    numbers = told is not None and told.kind == "numbers"
    baseline = f"their variance is {constant:.3g}" if numbers else f"the most frequent has {format_percent(constant)}"
    validated = [epoch[name] for epoch in record.epochs if (name := "val_r2" if numbers else "val_accuracy") in epoch]
    # Of several labels a row, accuracy counts the rows in which all are right, which no constant answer is compared with.
    comparable = validated and told is not None and (numbers or told.kind == "classes" or told.each == 1)
    validation = validated[-1] if comparable else float("nan")
    if not numbers:
        validation = (validation - constant) / (1.0 - constant) if constant < 1.0 else float("nan")
    evidence = {"skill in training": learned, "constant": constant, "answers": count}
    fix = "look at some inputs beside their targets; shuffle inputs and targets with one permutation"
    if has_learned_nothing(record) and learned > WORSE_SKILL:
        yield Finding(
            "targets unrelated to inputs",
            "",
            f"after {len(record.losses)} steps the network answers {count} training targets no better than a constant would "
            f"({baseline}; skill {learned:.3f}), though gradients and updates are as they should be: the targets were "
            "shuffled, or the inputs do not say what is asked",
            fix,
            evidence,
        )
    elif validation < UNRELATED_SKILL and learned > 0.5:
        yield Finding(
            "targets unrelated to inputs",
            "",
            f"training answers are learned (skill {learned:.3f}), and validation stays at chance (skill "
            f"{validation:.3f}; {baseline}): the network learns by heart targets that were shuffled, or the parts are not alike",
            fix,
            {**evidence, "skill in validation": validation},
        )


RULES: tuple[Callable[[Record], Iterator[Finding]], ...] = (
    find_foreign_parameters,
    find_missing_gradients,
    find_gradients_not_zeroed,
    find_identical_units,
    find_unscaled_inputs,
    find_high_rate,
    find_not_finite,
    find_doubled_activation,
    find_exploding_gradients,
    find_saturation,
    find_vanishing_gradients,
    find_dead_units,
    find_low_rate,
    find_frozen_layers,
)


def _of_pair(pair: tuple[str, float]) -> float:
    return pair[1]


def _power_of_ten(x: float) -> str:
    return f"{10.0 ** round(np.log10(x)):,.0f}"


def _join_names(names: list[str], most: int = 4) -> str:
    told = ", ".join(names[:most])
    return f"{told} and {len(names) - most} more" if len(names) > most else told


def _place_of_layer(record: Record, path: str) -> Place:
    step: StepMeasure = record.steps[0]
    found = step.layers.get(path)
    return found.place if found is not None else Place(path)
