"""The settings of the playground: one table, which Python and the page read."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote as percent_encode

from autograd.pages.errors import PageError
from autograd.wording.suggestion import quote, suggest

DATASETS = ("circle", "xor", "gauss", "spiral", "moons", "rings", "board", "plane", "hills", "waves", "own")
FEATURES = ("x1", "x2", "x1x1", "x2x2", "x1x2", "sinx1", "sinx2")
ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear", "softplus", "silu", "sin")
OPTIMIZERS = ("sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adam", "adamw", "nadam", "lion")
NUMBER = re.compile(r"[0-9.e+-]{1,30}", re.IGNORECASE | re.ASCII)
# What a lesson may hide: a part of the page has the mark `data-control` of its name.
CONTROLS = (
    "play", "reset", "step", "speed", "undo", "share", "rate", "optimizer", "penalty", "strength", "problem", "start",
    "dataset", "noise", "ratio", "batch", "seed", "own", "features", "layers", "activations", "show", "test",
    "discretise", "points", "panels",
)  # fmt: skip


HIDDEN = "share,optimizer,penalty,strength,problem,dataset,noise,ratio,batch,own,points,test,discretise"
# What a lesson sets beside its name, as an address has it; its words and questions are `assets/playground/lessons.js`.
LESSONS = {
    "circle": {"layers": "4-linear,2-linear", "panel": "lessons", "hide": f"{HIDDEN},rate,start,show"},
    "vanishing": {
        "layers": ",".join(["4-sigmoid"] * 6), "show": "gradients", "panel": "lessons",
        "hide": f"{HIDDEN},rate,features,layers",
    },
    "rate": {
        "problem": "regression", "dataset": "plane", "layers": "", "batch": "500", "rate": "0.3", "speed": "slow",
        "panel": "lessons", "hide": f"{HIDDEN},start,features,layers,activations,show",
    },
    "symmetry": {
        "dataset": "xor", "layers": "4-sigmoid", "start": "zeros", "rate": "0.3", "panel": "lessons",
        "hide": f"{HIDDEN},rate,features,layers,activations",
    },
}  # fmt: skip


def _choice(usual: str, *choices: str) -> dict[str, Any]:
    return {"kind": "choice", "usual": usual, "choices": choices}


def _number(usual: str, least: float, most: float, whole: bool = False) -> dict[str, Any]:
    return {"kind": "number", "usual": usual, "least": least, "most": most, "whole": whole}


def _switch(usual: str) -> dict[str, Any]:
    return {"kind": "switch", "usual": usual}


# By name: of what kind it is, and the text of what it usually is.
SETTINGS: dict[str, dict[str, Any]] = {
    "lesson": _choice("none", "none", *LESSONS),
    "problem": _choice("classification", "classification", "regression"),
    "dataset": _choice("circle", *DATASETS),
    "noise": _number("0", 0, 50),
    "ratio": _number("50", 10, 90),
    "batch": _number("10", 1, 500, whole=True),
    "seed": _number("1", 0, 2**32 - 1, whole=True),
    "features": {"kind": "list", "usual": "x1,x2", "choices": FEATURES, "least": 1},
    "layers": {"kind": "layers", "usual": "4-tanh,2-tanh", "most": 6, "units": 8, "choices": ACTIVATIONS},
    "output": _choice("tanh", *ACTIVATIONS),
    "start": _choice("xavier", "xavier", "he", "uniform", "normal", "zeros"),
    "optimizer": _choice("sgd", *OPTIMIZERS),
    "rate": _number("0.03", 1e-6, 1000),
    "penalty": _choice("none", "none", "L1", "L2"),
    "strength": _number("0", 0, 10),
    "show": _choice("weights", "weights", "gradients"),
    "test": _switch("no"),
    "discretise": _switch("no"),
    "speed": _choice("5", "slow", "1", "5", "20", "100", "most"),
    "panel": _choice("gradients", "gradients", "check", "optimizers", "surface", "plane", "export", "step", "build", "lessons"),
    "graph": {"kind": "graph", "usual": "a=2; b=1; c=a+b; d=b+1; e=c*d", "most": 2000},
    "hide": {"kind": "list", "usual": "", "choices": CONTROLS, "least": 0},
}  # fmt: skip


def to_address(given: Mapping[str, object]) -> str:
    """Settings as the part of an address behind the `#`.

    Raises
    ------
    PageError
        For a name that is none, and for what it cannot be.

    Examples
    --------
    >>> to_address({"dataset": "xor", "rate": 0.1, "hide": ["seed", "noise"]})
    'dataset=xor&rate=0.1&hide=seed,noise'
    """
    for name, value in given.items():
        if name not in SETTINGS:
            raise PageError(f"the playground has no setting {quote(str(name))}{suggest(name, SETTINGS)}")
        wrong = CHECKS[SETTINGS[name]["kind"]](write_setting(value), SETTINGS[name])
        if wrong:
            raise PageError(f"{name}={write_setting(value)}: {wrong}")
    return "&".join(f"{name}={percent_encode(write_setting(value), safe=',')}" for name, value in given.items())


def write_setting(value: object) -> str:
    """The text of a setting, as an address has it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value))
    return str(value)


def _check_choice(text: str, field: Mapping[str, Any]) -> str:
    return "" if text in field["choices"] else f"there is no {quote(text)}{suggest(text, field['choices'])}"


def _check_number(text: str, field: Mapping[str, Any]) -> str:
    kind = "whole number" if field["whole"] else "number"
    try:
        # Python knows more ways to write a number than the page does.
        value = float(text) if NUMBER.fullmatch(text) else math.nan
    except ValueError:
        value = math.nan
    fits = field["least"] <= value <= field["most"] and not (field["whole"] and value % 1)
    return "" if fits else f"a {kind} from {field['least']} to {field['most']} was expected"


def _check_switch(text: str, field: Mapping[str, Any]) -> str:
    return "" if text in ("yes", "no") else "yes or no was expected"


def _check_list(text: str, field: Mapping[str, Any]) -> str:
    names = text.split(",") if text else []
    if len(names) < field["least"]:
        return f"{field['least']} at least must be named"
    return next((wrong for name in names if (wrong := _check_choice(name, field))), "")


def _check_layers(text: str, field: Mapping[str, Any]) -> str:
    layers = text.split(",") if text else []
    if len(layers) > field["most"]:
        return f"more than {field['most']} layers"
    for layer in layers:
        units, dash, activation = layer.partition("-")
        if units not in map(str, range(1, field["units"] + 1)) or (dash and activation not in field["choices"]):
            return f"{quote(layer)} is not 1 to {field['units']} units and one of {', '.join(field['choices'])}, such as 4-tanh"
    return ""


def _check_graph(text: str, field: Mapping[str, Any]) -> str:
    # The page reads it, and says what is wrong with it.
    return "" if len(percent_encode(text)) <= field["most"] else f"more than {field['most']} characters"


# By kind: what is wrong with a text; nothing for one that the page can read.
CHECKS = {
    "choice": _check_choice,
    "number": _check_number,
    "switch": _check_switch,
    "list": _check_list,
    "layers": _check_layers,
    "graph": _check_graph,
}
