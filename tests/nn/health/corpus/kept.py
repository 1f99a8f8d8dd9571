"""The kept half of the corpus: runs by which the diagnosis is scored, and by which nothing in it may be set.

The runs were written from the public lists and questions that each names, before and without a look at the diagnosis.
`RIGHT` says which causes of the diagnosis' vocabulary are a true answer. It was written from their descriptions alone. Some
causes have none: there the diagnosis has no name for what is wrong, and every answer counts as missed.
"""

from __future__ import annotations

from tests.nn.health.corpus import kept_fit, kept_healthy, kept_scripts
from tests.nn.health.corpus.kept_case import Case

SICK: list[Case] = [*kept_fit.CASES, *kept_scripts.CASES]
HEALTHY: list[Case] = kept_healthy.CASES

RIGHT: dict[str, tuple[str, ...]] = {
    "a group's rate is 0": ("frozen parameters", "learning rate too low", "parameters left out"),
    "a step function has no derivative": ("missing gradients",),
    "all weights the same": ("identical units", "weights too small"),
    "attention without places": ("order ignored",),
    "batch and time are taken for each other": ("rows mixed",),
    "class numbers are learned as quantities": ("loss unfit",),
    "classes unbalanced": ("classes unbalanced",),
    "clipped outputs send no gradient": ("missing gradients", "output range", "saturation"),
    "dead units": ("dead units",),
    "dropout too strong": ("too much dropout",),
    "epsilon of Adam too large": ("optimizer unfit", "learning rate too low"),
    "evaluation mode in training": ("evaluation mode in training",),
    "frozen parameters": ("frozen parameters",),
    "gradients cleared before the step": ("gradients cleared before the step",),
    "gradients clipped to almost nothing": ("clipping too tight",),
    "gradients not zeroed": ("gradients not zeroed",),
    "graph is cut": ("missing gradients",),
    "held rows are prepared otherwise": ("validation differs",),
    "inputs all the same": ("inputs all alike",),
    "inputs not scaled": ("inputs not scaled",),
    "last activation can't reach the targets": ("output range",),
    "loss has no lower bound": ("loss maximised", "loss unbounded"),
    "momentum too high": ("momentum too high",),
    "NaN in the inputs": ("inputs not finite",),
    "no activation between linear layers": ("no activation",),
    "no bias": ("no bias",),
    "no step": ("step missing",),
    "noise on the inputs too strong": ("too much noise",),
    "normalised away": ("normalisation of one row", "inputs unused"),
    "padding is read": ("padding not masked",),
    "parameters not registered": ("unregistered parameters",),
    "penalty too strong": ("too much weight decay",),
    "places are averaged away": ("order ignored",),
    "rate too high": ("learning rate too high",),
    "rate too low": ("learning rate too low",),
    "recurrent weights too large": ("saturation", "exploding gradients"),
    "rows are not shuffled": ("rows not shuffled",),
    "rows are standardised, not columns": ("rows normalised",),
    "rows of the batch are mixed": ("rows mixed",),
    "saturated units": ("saturation",),
    "schedule ends too early": ("rate decays too fast", "scheduler out of order"),
    "shapes broadcast in the loss": ("shapes broadcast",),
    "sigmoid twice": ("double softmax",),
    "softmax over one unit": ("softmax over one unit",),
    "softmax over the batch": ("softmax over rows", "rows mixed"),
    "softmax twice": ("double softmax",),
    "target leaks into an input": ("target among the features",),
    "targets have nothing to do with the inputs": ("targets unrelated to inputs",),
    "targets not scaled": ("targets not scaled",),
    "targets outside of what the loss takes": ("targets outside the loss", "loss unfit", "loss unbounded"),
    "the model is made anew in the loop": ("model made anew",),
    "the optimizer has other parameters": ("foreign parameters",),
    "the same batch again and again": ("same batch again",),
    "too few rows": ("overfitting",),
    "too few units": ("network too small",),
    "training mode in use": ("training mode in evaluation",),
    "vanishing gradients": ("vanishing gradients",),
    "weight decay too strong": ("too much weight decay",),
    "weights are held too small": ("weights held small",),
}
