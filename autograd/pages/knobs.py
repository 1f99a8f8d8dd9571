"""The options of the optimizers as a page shows them: sliders with their ranges, switches and choices."""

from __future__ import annotations

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
}
# What must stay below 1.
SHARES = ("momentum", "dampening", "alpha", "rho", "betas")
CHOICES: dict[str, list[Any]] = {"nesterov": [False, True, "lookahead"], "momentum_form": ["torch", "inside"]}
# Of Rprop's two factors one shrinks and one grows.
FACTORS = [
    {"least": 0.05, "most": 0.95, "from": 0.0, "below": 1.0},
    {"least": 1.05, "most": 3.0, "from": 1.001, "below": None},
]


def default_options(kind: Callable[..., Optimizer]) -> dict[str, Any]:
    """All options of a class, as they are where nobody says otherwise.

    Examples
    --------
    >>> from optim import SGD
    >>> default_options(SGD)["momentum"]
    0.0
    """
    return dict(kind([Tensor(0.0, requires_grad=True)]).defaults)


def list_knobs(kind: type[Optimizer]) -> list[dict[str, Any]]:
    """What a page draws for each option of a class.

    Examples
    --------
    >>> from optim import SGD
    >>> [(knob["name"], knob["form"]) for knob in list_knobs(SGD)][:3]
    [('lr', 'number'), ('momentum', 'number'), ('dampening', 'number')]
    """
    found = []
    letters = UPDATES[kind.__name__].options
    options = default_options(kind)
    for name in sorted(options, key=lambda name: (isinstance(options[name], (bool, str)), list(options).index(name))):
        knob: dict[str, Any] = {"name": name, "letter": letters.get(name, name), "form": "number"}
        if name in CHOICES:
            knob |= {"form": "choice", "choices": CHOICES[name]}
        elif isinstance(options[name], bool):
            knob |= {"form": "switch"}
        elif name == "etas":
            knob |= {"form": "several", "scale": "linear", "step": 0.01, "zero": False, "parts": FACTORS}
        elif name in LOG:
            least, most, zero = LOG[name]
            knob |= {"scale": "log", "least": least, "most": most, "zero": zero, "from": 0.0, "below": None}
        else:
            assert name in SHARES, name
            knob |= {
                "scale": "linear",
                "least": 0.0,
                "most": 0.999,
                "step": 0.001,
                "zero": False,
                "from": 0.0,
                "below": 1.0,
            }
        if isinstance(options[name], tuple):
            knob["form"] = "several"
        found.append(knob)
    return found
