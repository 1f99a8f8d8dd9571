"""The options of the optimizers as a page shows them: sliders with their ranges, switches and choices."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from autograd.engine.tensor import Tensor
from autograd.pages.updates import UPDATES
from optim.optimizer import Optimizer

# Ranges of sliders: on a log scale as powers of ten, with 0 at the left end where an option may be off.
LOG: dict[str, tuple[float, float, bool]] = {
    "lr": (-4, 1, False),
    "eps": (-12, 0, True),
    "weight_decay": (-5, 0, True),
    "lr_decay": (-4, 1, True),
    "lambd": (-6, 0, True),
    "t0": (0, 6, True),
    "l1": (-4, 1, True),
    "l2": (-4, 1, True),
    "initial_accumulator_value": (-3, 1, True),
    "momentum_decay": (-4, 1, True),
    "step_sizes": (-8, 2, False),
    "damping": (-6, 2, True),
    "tolerance": (-12, 0, True),
    "tolerance_grad": (-12, 0, True),
    "tolerance_change": (-12, 0, True),
    "d": (0, 2, False),
}
# On a linear scale: the ends of the slider, and what must not be passed.
LINEAR: dict[str, tuple[float, float, float, float | None]] = {
    "beta2_decay": (-2.0, 0.0, -100.0, 1e-9),
    "ns_coefficients": (-8.0, 8.0, -100.0, 100.0),
}
# What must stay below 1.
SHARES = ("momentum", "dampening", "alpha", "rho", "betas")
CHOICES: dict[str, list[Any]] = {
    "nesterov": [False, True, "lookahead"],
    "momentum_form": ["torch", "inside"],
    "line_search_fn": [None, "strong_wolfe"],
    "adjust_lr_fn": [None, "original", "match_rms_adamw"],
}
# Whole numbers, from 1 to these; None stands for what the optimizer chooses by itself.
COUNTS = {"max_iter": 25, "max_eval": 50, "history_size": 100, "max_cg": 4, "ns_steps": 12}
LETTERS = {
    "Adafactor": {"lr": "η", "beta2_decay": "decay", "eps": "ε1 ε2", "weight_decay": "λ"},
    "Muon": {"lr": "η", "momentum": "μ", "weight_decay": "λ", "eps": "ε", "ns_coefficients": "a b c"},
    "LBFGS": {"lr": "η"},
    "Newton": {"lr": "η"},
}
# Of Rprop's two factors one shrinks and one grows.
FACTORS = [
    {"least": 0.05, "most": 0.95, "from": 0.0, "below": 1.0},
    {"least": 1.05, "most": 3.0, "from": 1.001, "below": None},
]


def default_options(kind: Callable[..., Any]) -> dict[str, Any]:
    """All options of a class, as they are where nobody says otherwise.

    Examples
    --------
    >>> from optim import SGD, Newton
    >>> default_options(SGD)["momentum"], default_options(Newton)["damping"]
    (0.0, 0.0)
    """
    optimizer = kind([Tensor([[0.0]], requires_grad=True)])
    if isinstance(optimizer, Optimizer):
        return dict(optimizer.defaults)
    return {name: getattr(optimizer, name) for name in list(inspect.signature(kind).parameters)[1:]}


def list_knobs(kind: type[Any]) -> list[dict[str, Any]]:
    """What a page draws for each option of a class.

    Examples
    --------
    >>> from optim import SGD
    >>> [(knob["name"], knob["form"]) for knob in list_knobs(SGD)][:3]
    [('lr', 'number'), ('momentum', 'number'), ('dampening', 'number')]
    """
    letters = UPDATES[kind.__name__].options if kind.__name__ in UPDATES else LETTERS[kind.__name__]
    options = {name: x for name, x in default_options(kind).items() if name in inspect.signature(kind).parameters}
    switches_last = sorted(options, key=lambda name: isinstance(options[name], (bool, str)) or name in CHOICES)
    return [
        {"name": name, "letter": letters.get(name, name), **_describe_knob(name, options[name])}
        for name in switches_last
    ]


def _describe_knob(name: str, usual: Any) -> dict[str, Any]:
    if name in CHOICES:
        return {"form": "choice", "choices": CHOICES[name]}
    if isinstance(usual, bool):
        return {"form": "switch"}
    form = "several" if isinstance(usual, tuple) else "number"
    linear = {"form": form, "scale": "linear", "zero": False, "whole": False}
    if name == "etas":
        return {**linear, "step": 0.01, "parts": FACTORS}
    if name in COUNTS:
        return {
            **linear,
            "least": 1,
            "most": COUNTS[name],
            "step": 1,
            "from": 1,
            "below": COUNTS[name] + 1,
            "whole": True,
        }
    if name in LOG:
        least, most, zero = LOG[name]
        start = 1.0 if name == "d" else 0.0
        return {**linear, "scale": "log", "least": least, "most": most, "zero": zero, "from": start, "below": None}
    if name in LINEAR:
        least, most, start, below = LINEAR[name]
        return {**linear, "least": least, "most": most, "step": 0.01, "from": start, "below": below}
    assert name in SHARES, name
    return {**linear, "least": 0.0, "most": 0.999, "step": 0.001, "from": 0.0, "below": 1.0}
