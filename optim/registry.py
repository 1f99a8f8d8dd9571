"""Optimizers by name, and the numbers that documents give for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.wording.suggestion import suggest
from optim.adam import Adam, Adamax, AdamW, NAdam, RAdam
from optim.adaptive import Adadelta, Adagrad, RMSprop
from optim.averaging import ASGD
from optim.by_parameter import Adafactor
from optim.ftrl import Ftrl
from optim.optimizer import Optimizer
from optim.sgd import SGD
from optim.signs import Lion, Rprop

if TYPE_CHECKING:
    from optim.typing import Params

OPTIMIZERS: dict[str, tuple[type[Optimizer], dict[str, Any]]] = {
    "sgd": (SGD, {}),
    "momentum": (SGD, {"momentum": 0.9}),
    "nesterov": (SGD, {"momentum": 0.9, "nesterov": True}),
    "adagrad": (Adagrad, {}),
    "adadelta": (Adadelta, {}),
    "rmsprop": (RMSprop, {}),
    "adam": (Adam, {}),
    "adamw": (AdamW, {}),
    "amsgrad": (Adam, {"amsgrad": True}),
    "adamax": (Adamax, {}),
    "nadam": (NAdam, {}),
    "radam": (RAdam, {}),
    "rprop": (Rprop, {}),
    "lion": (Lion, {}),
    "ftrl": (Ftrl, {}),
    "asgd": (ASGD, {}),
    "adafactor": (Adafactor, {}),
}
MOMENTUM_INSIDE = {"momentum_form": "inside"}
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    # Lecture slides on a digits network: the rate inside the momentum, and Nesterov's lookahead as a lookahead.
    "slides": {
        "momentum": {"momentum": 0.9, **MOMENTUM_INSIDE},
        "nesterov": {"momentum": 0.9, "nesterov": "lookahead", **MOMENTUM_INSIDE},
        "adagrad": {"eps": 1e-6},
        "adadelta": {"rho": 0.9, "eps": 1e-5, "use_lr": False},
        "rmsprop": {"lr": 1e-3, "alpha": 0.9, "eps": 1e-8},
        "adam": {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8},
    },
    # An article on optimizers: every ε outside its root, Adam corrected.
    "article": {
        "momentum": {"momentum": 0.9, **MOMENTUM_INSIDE},
        "nesterov": {"momentum": 0.9, "nesterov": "lookahead", **MOMENTUM_INSIDE},
        "adagrad": {"eps": 1e-8},
        "adadelta": {"rho": 0.9, "eps": 1e-8, "use_lr": False},
        "rmsprop": {"lr": 1e-3, "alpha": 0.9, "eps": 1e-8},
        "adam": {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8},
        "radam": {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8},
    },
    # A long article on networks: every ε inside its root, and Adam without bias correction.
    "networks": {
        "momentum": {"momentum": 0.9, **MOMENTUM_INSIDE},
        "nesterov": {"momentum": 0.9, "nesterov": "lookahead", **MOMENTUM_INSIDE},
        "adagrad": {"eps": 1e-5, "eps_inside": True},
        "adadelta": {"rho": 0.9, "eps": 1e-5, "use_lr": False},
        "rmsprop": {"alpha": 0.9, "eps": 1e-5, "eps_inside": True},
        "adam": {"betas": (0.9, 0.999), "eps": 1e-5, "eps_inside": True, "bias_correction": False},
    },
    # A blog on backpropagation and update rules: the lookahead point is what is kept.
    "blog": {
        "momentum": {"momentum": 0.9, **MOMENTUM_INSIDE},
        "nesterov": {"momentum": 0.9, "nesterov": True, **MOMENTUM_INSIDE},
        "adagrad": {"eps": 1e-8},
        "rmsprop": {"alpha": 0.99, "eps": 1e-8},
        "adam": {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "bias_correction": False},
    },
    # Keras 3.
    "keras": {
        "sgd": {"lr": 1e-2},
        "momentum": {"lr": 1e-2, "momentum": 0.9, **MOMENTUM_INSIDE},
        "nesterov": {"lr": 1e-2, "momentum": 0.9, "nesterov": True, **MOMENTUM_INSIDE},
        "adagrad": {"lr": 1e-3, "initial_accumulator_value": 0.1, "eps": 1e-7, "eps_inside": True},
        "adadelta": {"lr": 1e-3, "rho": 0.95, "eps": 1e-7},
        "rmsprop": {"lr": 1e-3, "alpha": 0.9, "eps": 1e-7, "eps_inside": True},
        "adam": {"lr": 1e-3, "eps": 1e-7, "eps_hat": True},
        "adamw": {"lr": 1e-3, "eps": 1e-7, "weight_decay": 4e-3, "eps_hat": True},
        "amsgrad": {"lr": 1e-3, "eps": 1e-7, "amsgrad": True, "eps_hat": True},
        "adamax": {"lr": 1e-3, "eps": 1e-7, "eps_outside": True},
        "nadam": {"lr": 1e-3, "eps": 1e-7, "momentum_decay": 1.0},
        "lion": {"lr": 1e-3},
        "ftrl": {"lr": 1e-3, "initial_accumulator_value": 0.1},
    },
}


def get(name: str, params: Params, *, preset: str | None = None, **options: Any) -> Optimizer:
    """An optimizer by its name, in any case.

    Parameters
    ----------
    name : str
        Such as "adam"; "momentum" and "nesterov" are SGD with μ = .9.
    params : iterable of Tensor or of dict
    preset : {"slides", "article", "networks", "blog", "keras"}, optional
        The formula and the numbers of a document; PyTorch's by default. "article" is one on optimizers, "networks" a
        longer one on networks.
    **options
        Of the optimizer; they come before the preset's.

    Raises
    ------
    ValueError
        For another name or preset, or a preset that says nothing of the optimizer.

    Examples
    --------
    >>> import autograd
    >>> x = autograd.Tensor(1.0, requires_grad=True)
    >>> get("adam", [x], preset="keras", lr=0.01).param_groups[0]["eps"]
    1e-07
    """
    key = str(name).lower()
    if key not in OPTIMIZERS:
        raise ValueError(f"optim.get: there is no optimizer {name!r}{suggest(name, OPTIMIZERS)}")
    kind, usual = OPTIMIZERS[key]
    said: dict[str, Any] = {}
    if preset is not None:
        if preset not in PRESETS:
            raise ValueError(f"optim.get: there is no preset {preset!r}{suggest(preset, PRESETS)}")
        if key not in PRESETS[preset]:
            raise ValueError(
                f"optim.get: the preset {preset!r} says nothing of {key!r}; it has {', '.join(PRESETS[preset])}"
            )
        said = PRESETS[preset][key]
    return kind(params, **{**usual, **said, **options})
