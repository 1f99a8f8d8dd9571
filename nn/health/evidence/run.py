"""What one run shows while it is only watched: each rule is a function of the record of what was measured.

These findings are of what was seen. Why a run does not learn, where nothing is seen, takes experiments: `nn.health.diagnose`.
Each threshold lies between what healthy and what sick runs measured, on seeds that chose no threshold: see
`python -m tests.benchmarks health`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from autograd.wording.numbers import format_percent
from nn.health import quantities
from nn.health.finding import Finding, join_names
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
# many steps. What is much worse than a constant is still on its way to one.
NO_SKILL, MIN_STEPS, WORSE_SKILL = 0.15, 100, -0.5


def find_in_run(record: Record) -> list[Finding]:
    """What is wrong, the gravest first; nothing for a healthy run."""
    found = [finding for rule in RULES for finding in rule(record)]
    return found or list(find_no_learning(record))


def find_certain(record: Record) -> list[Finding]:
    """What is wrong whatever the loss does."""
    return [finding for rule in CERTAIN for finding in rule(record)]


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
    names = join_names([p.path for p in without])
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
    last = record.last.parameters
    # What begins without any gradient, such as layers before one of zeros, may still come to differ.
    twins = [p for p in record.steps[0].parameters.values() if p.twins and (p.norm > 0.0 or last[p.path].twins)]
    if twins:
        first = twins[0]
        yield Finding(
            "identical units",
            first.module,
            f"all {first.twins} units of {join_names([p.path for p in twins])} have the same weights and the same gradients, "
            "so they stay one unit for ever: the weights began as a constant",
            "initialise at random: nn.init.xavier_uniform_ for tanh and sigmoid, nn.init.kaiming_normal_ for ReLU",
            {"units": first.twins, "different": 1, "gradient norm": first.norm},
            first.place,
        )


def find_unscaled_inputs(record: Record) -> Iterator[Finding]:
    inputs = record.steps[0].inputs
    if inputs is None:
        return
    if quantities.input_sizes(record)[inputs.path] > UNSCALED_SIZE:
        yield Finding(
            "inputs not scaled",
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
        where = f" at {first.broken.site}" if first.broken.site else ""
        sentence = f"the first NaN or infinity is made by {first.broken.op or 'a leaf'}{where}"
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
        f"at the beginning {format_percent(most)} of the outputs of {join_names(list(over))} ({worst.kind}) lie where "
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
    first, ratio = record.last.parameters[lost], ratios[lost]
    last = next(p for p in reversed(quantities.weights(record)) if not p.missing)
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
    if not ratios or len(record.steps) < 3 or quantities.late_skill(record) > NO_SKILL:
        return
    path, ratio = max(ratios.items(), key=_of_pair)
    # A step that was far too large may leave a network where nothing moves it any more.
    if 0.0 < ratio < LOW_UPDATE and max(quantities.largest_updates(record).values()) < HIGH_UPDATE:
        yield Finding(
            "learning rate too low",
            "",
            f"no step changes any weights by more than {ratio:.2g} of their norm (median; about 1e-3 is usual), and the loss is "
            f"{record.losses[0]:.4g} at first and {record.losses[-1]:.4g} at last",
            f"multiply the rate by {_power_of_ten(1e-3 / ratio)}, or search it on a log scale",
            {"update/weight": ratio, "first loss": record.losses[0], "last loss": record.losses[-1]},
            record.last.parameters[path].place,
        )


def find_still_parameters(record: Record) -> Iterator[Finding]:
    parameters = record.last.parameters.values()
    if next(find_foreign_parameters(record), None) is not None:
        return
    left = [p for p in parameters if p.trainable and not p.held]
    if left:
        yield Finding(
            "parameters left out",
            left[0].module,
            f"{join_names([p.path for p in left])} do not move: the optimizer does not have them",
            "give the optimizer model.parameters(), after the model is complete",
            {"left out": len(left), "parameters": len(parameters)},
            left[0].place,
        )
    frozen = [p for p in parameters if not p.trainable]
    if frozen:
        yield Finding(
            "frozen parameters",
            frozen[0].module,
            f"{join_names([p.path for p in frozen])} do not move: requires_grad is False",
            "requires_grad_(True), if they are meant to be trained; if they are not, all is well",
            {"frozen": len(frozen), "parameters": len(parameters)},
            frozen[0].place,
        )


def has_learned_nothing(record: Record) -> bool:
    """Whether training answers are no better than a constant though there was time enough."""
    return quantities.late_skill(record) < NO_SKILL and len(record.losses) >= MIN_STEPS


def find_no_learning(record: Record) -> Iterator[Finding]:
    """Said only where nothing else is seen; a run that is only watched does not show why."""
    known = record.skill(record.late)
    if known is None or not has_learned_nothing(record) or known[0] < WORSE_SKILL:
        return
    learned, constant, count = known
    told = record.last.task
    numbers = told is not None and told.kind == "numbers"
    baseline = f"their variance is {constant:.3g}" if numbers else f"the most frequent has {format_percent(constant)}"
    yield Finding(
        "not learning",
        "",
        f"after {len(record.losses)} steps the network answers {count} training targets no better than a constant would "
        f"({baseline}; skill {learned:.3f})",
        "ask nn.health.diagnose or stepgrad doctor, which try out why",
        {"skill in training": learned, "constant": constant, "answers": count},
        certain=False,
    )


# What causes others comes before them, so that the first finding is the one to begin with.
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
    find_still_parameters,
)
# Those that are seen as such, and do not depend on a threshold.
CERTAIN = (
    find_foreign_parameters,
    find_missing_gradients,
    find_gradients_not_zeroed,
    find_identical_units,
    find_not_finite,
    find_doubled_activation,
    find_still_parameters,
)


def _of_pair(pair: tuple[str, float]) -> float:
    return pair[1]


def _power_of_ten(x: float) -> str:
    return f"{10.0 ** round(np.log10(x)):,.0f}"


def _place_of_layer(record: Record, path: str) -> Place:
    step: StepMeasure = record.steps[0]
    found = step.layers.get(path)
    return found.place if found is not None else Place(path)
