"""Every default of an optimizer, a schedule, a layer, a loss, an initialiser and a training: PyTorch's, or the document's.

PyTorch's are frozen by `python -m tests.frozen.defaults`. What PyTorch does not have, or has otherwise, stands in `OWN`, with
where it comes from. A default that is in neither fails, and so does one that is in both. Those of everything else that is public
in the rooms, methods included, are promises too: they stand in `frozen/own_defaults.json`, which is changed by hand.
"""

from __future__ import annotations

import importlib
import inspect
import json
import math
import pkgutil
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import nn
import nn.functional
import nn.init
import optim
from autograd import check, debug, draw
from optim.registry import OPTIMIZERS, PRESETS
from optim.second_order import strong_wolfe

TORCH: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "frozen" / "defaults.json").read_text())
PLACES: dict[str, ModuleType] = {
    "nn": nn,
    "nn.functional": nn.functional,
    "nn.init": nn.init,
    "optim": optim,
    "optim.lr_scheduler": optim.lr_scheduler,
}
# What they hold are results, not choices.
RECORDS = ("nn.Run", "nn.History")
# Everywhere: generators are made anew, floats are float32.
EVERYWHERE = ("rng", "dtype")

FALSE_SWITCHES = {"decoupled": False, "eps_inside": False, "eps_hat": False, "bias_correction": True}
# PyTorch's functions that are written in C: its documentation has their defaults.
WINDOWS = {"stride": None, "padding": 0, "ceil_mode": False}
CONVOLUTION = {"bias": None, "stride": 1, "padding": 0, "dilation": 1, "groups": 1}
WRITTEN_IN_C: dict[str, dict[str, Any]] = {
    **{f"conv{n}d": CONVOLUTION for n in (1, 2, 3)},
    **{f"conv_transpose{n}d": {**CONVOLUTION, "output_padding": 0} for n in (1, 2, 3)},
    **{f"max_pool{n}d": {**WINDOWS, "dilation": 1, "return_indices": False} for n in (1, 2, 3)},
    **{f"adaptive_max_pool{n}d": {"return_indices": False} for n in (1, 2, 3)},
    **{f"avg_pool{n}d": {**WINDOWS, "count_include_pad": True, "divisor_override": None} for n in (1, 2, 3)},
    "bilinear": {"bias": None},
    "cosine_similarity": {"dim": 1, "eps": 1e-8},
    "gelu": {"approximate": "none"},
    "hardshrink": {"lambd": 0.5},
    "linear": {"bias": None},
    "one_hot": {"num_classes": -1},
    "pairwise_distance": {"p": 2.0, "eps": 1e-6, "keepdim": False},
    "pdist": {"p": 2.0},
    "scaled_dot_product_attention": {
        "attn_mask": None,
        "dropout_p": 0.0,
        "is_causal": False,
        "scale": None,
        "enable_gqa": False,
    },
    "softplus": {"beta": 1.0, "threshold": 20.0},
    "softshrink": {"lambd": 0.5},
}
OWN: dict[str, dict[str, Any]] = {
    **{f"nn.functional.{name}": defaults for name, defaults in WRITTEN_IN_C.items()},
    # There the function itself, `nn.functional.relu`.
    "nn.Transformer": {"activation": "relu"},
    "nn.TransformerEncoderLayer": {"activation": "relu"},
    "nn.TransformerDecoderLayer": {"activation": "relu"},
    # PyTorch's is at `torch.func`, and must be given its arguments.
    "nn.functional_call": {"args": (), "kwargs": None},
    # In one dimension PyTorch has none.
    "nn.AvgPool1d": {"divisor_override": None},
    # PyTorch chooses an axis by the number of axes, and warns; here it is the last one.
    "nn.functional.softmax": {"dim": -1},
    "nn.functional.softmin": {"dim": -1},
    "nn.functional.log_softmax": {"dim": -1},
    # Where documents differ from PyTorch, an option says so, and PyTorch's way is the default.
    "optim.Adam": FALSE_SWITCHES,
    "optim.AdamW": {"eps_inside": False, "eps_hat": False, "bias_correction": True},
    "optim.Adamax": {"eps_outside": False},
    "optim.Adadelta": {"use_lr": True},
    "optim.NAdam": {"decoupled": False},
    "optim.RAdam": {"decoupled": False},
    "optim.Adagrad": {"eps_inside": False},
    "optim.RMSprop": {"eps_inside": False},
    "optim.SGD": {"momentum_form": "torch", "decoupled": False, "l1": 0.0},
    # Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms": the authors' code.
    "optim.Lion": {"lr": 1e-4, "betas": (0.9, 0.99), "weight_decay": 0.0, "maximize": False},
    # Keras 3.
    "optim.Ftrl": {"lr": 1e-3, "initial_accumulator_value": 0.1, "l1": 0.0, "l2": 0.0},
    # Newton's own step; conjugate gradients until the residual is rounding.
    "optim.Newton": {"lr": 1.0, "damping": 0.0, "max_cg": None, "tolerance": 1e-10},
    "optim.Averaged": {"decay": None},
    "optim.get": {"preset": None},
    "optim.minimize": {"method": "simulated_annealing", "start": None, "iterations": 1000, "seed": 0},
    # Clerc and Kennedy 2002: the constricted swarm, χ = 0.7298 and χ·2.05.
    "optim.particle_swarm": {
        "start": None,
        "iterations": 1000,
        "seed": 0,
        "particles": 40,
        "inertia": 0.7298,
        "own": 1.49618,
        "social": 1.49618,
    },
    # TensorFlow's schedules: a decay at every step, without stairs.
    "optim.lr_scheduler.ExponentialLR": {"decay_steps": 1, "staircase": False},
    "optim.lr_scheduler.PiecewiseConstantLR": {"last_epoch": -1},
    "optim.lr_scheduler.InverseTimeLR": {"last_epoch": -1, "decay_steps": 1, "staircase": False},
    "optim.lr_scheduler.PolynomialLR": {"end_factor": 0.0, "cycle": False},
    # Battiti 1989 halves the rate and raises it by a little; the momenta of the blog; as many steps as LinearLR takes.
    "optim.lr_scheduler.BoldDriver": {"mode": "min", "up": 1.05, "down": 0.5, "min_lr": 0.0, "max_lr": math.inf},
    "optim.lr_scheduler.LinearMomentum": {"start": 0.5, "end": 0.99, "total_iters": 5},
    # PyTorch asks for the axis of a softmax; here it is the last, that of the classes.
    "nn.Softmax": {"dim": -1},
    "nn.LogSoftmax": {"dim": -1},
    "nn.Softmin": {"dim": -1},
    # PyTorch's defaults under other names, or of functions whose signatures Python does not know.
    "nn.ModuleList": {"modules": ()},
    "nn.Parameter": {"name": None},
    # Losses of documents: means over a batch, as PyTorch's; Crammer and Singer's margin.
    "nn.HuberLoss": {"scale": None},
    "nn.HalfMSELoss": {"reduction": "mean"},
    "nn.LogCoshLoss": {"reduction": "mean"},
    "nn.HingeLoss": {"reduction": "mean", "margin": 1.0},
    "nn.functional.half_mse_loss": {"reduction": "mean"},
    "nn.functional.log_cosh_loss": {"reduction": "mean"},
    "nn.functional.hinge_loss": {"reduction": "mean", "margin": 1.0},
    # Data and training, as the guide tells them.
    "nn.DataLoader": {"batch_size": 32, "shuffle": False, "replacement": False, "drop_last": False, "seed": None},
    "nn.Checkpoint": {"every": None},
    "nn.MLflow": {"store": None, "experiment": "stepgrad", "name": None, "params": None},
    "nn.EarlyStopping": {"monitor": None, "patience": 10, "min_delta": 0.0, "mode": None, "restore_best": True},
    "nn.Integers": {"log": False},
    "nn.checklist": {
        "loss": None,
        "optimizer": None,
        "epochs": None,
        "batch_size": 32,
        "seed": 0,
        "seconds": 45.0,
        "quick": False,
        "watch": None,
    },
    "nn.Ensemble": {"weights": None},
    "nn.bag": {"models": 10, "seed": 0},
    # With half of each model, ten add up to nearly all.
    "nn.boost": {"rounds": 10, "on": "residuals", "shrinkage": 0.5, "seed": 0},
    "nn.cross_validate": {
        "folds": 5,
        "metrics": (),
        "standardize": False,
        "stratify": None,
        "seed": 0,
        "jobs": None,
    },
    "nn.evaluate": {"loss": None, "metrics": (), "batch_size": 256},
    "nn.Recording": {"checkpoints": 20, "notes": None},
    "nn.Parallel": {"micro_batches": None, "sync_batch_norm": False},
    "nn.rewind": {"step": None, "where": None, "again": None},
    "nn.find_lr": {
        "loss": None,
        "optimizer": "adam",
        "lowest": 1e-6,
        "highest": 10.0,
        "steps": 120,
        "batch_size": 32,
        "seed": 0,
    },
    "nn.worst": {"count": 10, "loss": None, "batch_size": 256},
    "nn.fit": {
        "validation": None,
        "loss": None,
        "optimizer": "adam",
        "lr": None,
        "scheduler": None,
        "interval": "epoch",
        "watch": None,
        "momentum": None,
        "epochs": 10,
        "batch_size": 32,
        "metrics": (),
        "accumulate": 1,
        "clip_norm": None,
        "clip_value": None,
        "penalty": None,
        "jitter": None,
        "class_weight": None,
        "sample_weight": None,
        "average": None,
        "patience": None,
        "callbacks": (),
        "checkpoint": None,
        "resume": True,
        "record": None,
        "logs": (),
        "seed": 0,
        "threads": "auto",
        "progress": None,
        "compile": False,
        "comm": None,
        "trainer": nn.Trainer,
    },
    "nn.Perceptron": {"out_features": 1},
    "nn.perceptron": {"activation": "tanh", "seed": 0},
    "nn.save_model": {"notes": None},
    "nn.search": {
        "trials": 20,
        "epochs": 3,
        "refine": None,
        "folds": None,
        "metric": "loss",
        "standardize": False,
        "seed": 0,
        "jobs": None,
        "halving": False,
        "sampler": None,
        "progress": None,
        "resume": None,
    },
}

INSIDE = {"momentum_form": "inside"}
ADAM = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8}
DOCUMENTS: dict[str, dict[str, dict[str, Any]]] = {
    "slides": {
        "momentum": {"momentum": 0.9, **INSIDE},
        "nesterov": {"momentum": 0.9, "nesterov": "lookahead", **INSIDE},
        "adagrad": {"eps": 1e-6},
        "adadelta": {"rho": 0.9, "eps": 1e-5, "use_lr": False},
        "rmsprop": {"lr": 1e-3, "alpha": 0.9, "eps": 1e-8},
        "adam": ADAM,
    },
    "article": {
        "momentum": {"momentum": 0.9, **INSIDE},
        "nesterov": {"momentum": 0.9, "nesterov": "lookahead", **INSIDE},
        "adagrad": {"eps": 1e-8},
        "adadelta": {"rho": 0.9, "eps": 1e-8, "use_lr": False},
        "rmsprop": {"lr": 1e-3, "alpha": 0.9, "eps": 1e-8},
        "adam": ADAM,
        "radam": ADAM,
    },
    "networks": {
        "momentum": {"momentum": 0.9, **INSIDE},
        "nesterov": {"momentum": 0.9, "nesterov": "lookahead", **INSIDE},
        "adagrad": {"eps": 1e-5, "eps_inside": True},
        "adadelta": {"rho": 0.9, "eps": 1e-5, "use_lr": False},
        "rmsprop": {"alpha": 0.9, "eps": 1e-5, "eps_inside": True},
        "adam": {"betas": (0.9, 0.999), "eps": 1e-5, "eps_inside": True, "bias_correction": False},
    },
    "blog": {
        "momentum": {"momentum": 0.9, **INSIDE},
        "nesterov": {"momentum": 0.9, "nesterov": True, **INSIDE},
        "adagrad": {"eps": 1e-8},
        "rmsprop": {"alpha": 0.99, "eps": 1e-8},
        "adam": {**ADAM, "bias_correction": False},
    },
    "keras": {
        "sgd": {"lr": 0.01},
        "momentum": {"lr": 0.01, "momentum": 0.9, **INSIDE},
        "nesterov": {"lr": 0.01, "momentum": 0.9, "nesterov": True, **INSIDE},
        "adagrad": {"lr": 0.001, "initial_accumulator_value": 0.1, "eps": 1e-7, "eps_inside": True},
        "adadelta": {"lr": 0.001, "rho": 0.95, "eps": 1e-7},
        "rmsprop": {"lr": 0.001, "alpha": 0.9, "eps": 1e-7, "eps_inside": True},
        "adam": {"lr": 0.001, "eps": 1e-7, "eps_hat": True},
        "adamw": {"lr": 0.001, "eps": 1e-7, "weight_decay": 0.004, "eps_hat": True},
        "amsgrad": {"lr": 0.001, "eps": 1e-7, "amsgrad": True, "eps_hat": True},
        "adamax": {"lr": 0.001, "eps": 1e-7, "eps_outside": True},
        "nadam": {"lr": 0.001, "eps": 1e-7, "momentum_decay": 1.0},
        "lion": {"lr": 0.001},
        "ftrl": {"lr": 0.001, "initial_accumulator_value": 0.1},
    },
}


def offered() -> Iterator[tuple[str, Any]]:
    for place, module in PLACES.items():
        names = getattr(module, "__all__", None) or [name for name in vars(module) if name.endswith("_")]
        for name in names:
            made = getattr(module, name)
            if (
                not inspect.ismodule(made)
                and callable(made)
                and not (isinstance(made, type) and issubclass(made, BaseException | Warning))
            ):
                yield f"{place}.{name}", made


NAMES = dict(offered())


def as_json(default: Any) -> Any:
    return [as_json(part) for part in default] if isinstance(default, tuple) else default


@pytest.mark.parametrize("name", [name for name in NAMES if name not in RECORDS])
def test_every_default_is_pytorchs_or_a_documents(name: str) -> None:
    parameters = inspect.signature(NAMES[name]).parameters.values()
    defaults = {p.name: p.default for p in parameters if p.default is not p.empty and p.name not in EVERYWHERE}
    # The gradient's clipping stands under `torch.nn.utils`.
    torch = TORCH.get(name, TORCH.get(name.replace("optim.", "optim.clip."), {}))
    own = {option: as_json(default) for option, default in OWN.get(name, {}).items()}
    alike = {option: default for option, default in torch.items() if option in defaults and option not in own}
    assert {option: as_json(default) for option, default in defaults.items()} == {**alike, **own}
    assert not {option for option in own if option in torch and torch[option] == own[option]}, (
        "they are PyTorch's as well"
    )


def test_exceptions_are_of_things_that_are_there() -> None:
    assert set(OWN) <= set(NAMES)
    assert len(NAMES) > 130
    compared = {name for name in NAMES if name in TORCH}
    assert {"optim.Adam", "optim.lr_scheduler.OneCycleLR", "nn.LSTM", "nn.init.kaiming_uniform_"} <= compared


def test_a_line_search_is_as_strict_as_pytorchs() -> None:
    ours = {
        name: p.default for name, p in inspect.signature(strong_wolfe).parameters.items() if p.default is not p.empty
    }
    theirs = TORCH["strong_wolfe"]
    assert ours == {"c1": theirs["c1"], "c2": theirs["c2"], "most": theirs["max_ls"]}


def test_names_and_presets_are_those_of_the_documents() -> None:
    assert {name: options for name, (_, options) in OPTIMIZERS.items() if options} == {
        "momentum": {"momentum": 0.9},
        "nesterov": {"momentum": 0.9, "nesterov": True},
        "amsgrad": {"amsgrad": True},
    }
    assert PRESETS == DOCUMENTS


def list_deep() -> Iterator[str]:
    """The modules of the rooms that have no list of what they offer; all but those that need an extra or PyTorch."""
    for package in (nn, optim, check, debug, draw):
        names = (found.name for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."))
        yield from (name for name in names if name not in OF_EXTRAS and name not in SHALLOW)


OF_EXTRAS = (
    "autograd.check.plugin", "autograd.debug.dialogs", "autograd.debug.panels", "autograd.debug.terminal",
    "nn.health.loop.pytorch",
)  # fmt: skip
SHALLOW = (
    "nn.command.options", "nn.command.recipe", "nn.data", "nn.ensemble", "nn.functional", "nn.health", "nn.health.loop",
    "nn.init", "nn.rosenblatt", "nn.saving", "nn.scalar", "nn.stateless", "nn.training", "nn.tuning", "nn.utils",
    "nn.utils.rnn", "optim.lr_scheduler",
)  # fmt: skip
HELD = list(NAMES.values())
DEEP = tuple(list_deep())
PROMISED: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "frozen" / "own_defaults.json").read_text())


def plain_defaults(made: Any) -> dict[str, Any]:
    """Those that are numbers, words, None, or several of these; objects and what a dataclass makes anew are none."""
    try:
        parameters = inspect.signature(made).parameters.values()
    except (TypeError, ValueError):
        return {}
    plain = (bool, int, float, str, tuple, type(None))
    found = {p.name: p.default for p in parameters if isinstance(p.default, plain)}
    # NaN is not equal to itself, and no number of JSON's.
    plainly = {name: None if default != default else as_json(default) for name, default in found.items()}
    if is_dataclass(made) and made.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        plainly["(frozen)"] = True
    return plainly


def with_methods(place: str) -> Iterator[tuple[str, Any]]:
    """What a module offers, and the methods that its classes have themselves."""
    module = importlib.import_module(place)
    own = [name for name, made in vars(module).items() if getattr(made, "__module__", None) == place]
    for name in getattr(module, "__all__", None) or own:
        made = getattr(module, name)
        # What is held to PyTorch above is not promised again.
        if callable(made) and not name.startswith("_") and not (place in DEEP and made in HELD):
            yield name, made
        if inspect.isclass(made):
            methods = [(k, v) for k, v in vars(made).items() if callable(v) and not k.startswith("_")]
            yield from ((f"{name}.{method}", function) for method, function in methods)


@pytest.mark.parametrize("place", PROMISED)
def test_defaults_are_promises(place: str) -> None:
    assert promises_of(place) == PROMISED[place]


def test_every_module_has_made_its_promises() -> None:
    assert {place for place in DEEP if promises_of(place)} == set(PROMISED) & set(DEEP)


def promises_of(place: str) -> dict[str, dict[str, Any]]:
    return {name: defaults for name, made in with_methods(place) if (defaults := plain_defaults(made))}
