"""Write PyTorch's defaults, which `tests/test_defaults.py` compares ours with: `python -m tests.frozen.defaults`, with torch."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import torch
import torch.optim.lbfgs as torch_lbfgs

PLACES = {
    "nn": torch.nn,
    "nn.functional": torch.nn.functional,
    "nn.init": torch.nn.init,
    "optim": torch.optim,
    "optim.lr_scheduler": torch.optim.lr_scheduler,
    "optim.clip": torch.nn.utils,
}
# Their signatures say nothing of their defaults: instances do.
BY_INSTANCE = ("RNN", "LSTM", "GRU")
INSTANCE_OPTIONS = ("num_layers", "nonlinearity", "bias", "batch_first", "dropout", "bidirectional")


def defaults_of(made: Any) -> dict[str, Any] | None:
    """The defaults of a function's or a class's arguments, as JSON has them; None where Python does not know them."""
    try:
        parameters = inspect.signature(made).parameters
    except (TypeError, ValueError):
        return None
    found = {name: p.default for name, p in parameters.items() if p.default is not p.empty}
    return {name: value for name, value in found.items() if is_plain(value)}


def is_plain(value: Any) -> bool:
    """Whether a default is a number, a text, None, or a tuple of these."""
    if isinstance(value, tuple):
        return all(map(is_plain, value))
    return value is None or isinstance(value, bool | int | float | str)


def freeze() -> dict[str, dict[str, Any]]:
    """The defaults by the names under which our packages have the same things."""
    found: dict[str, dict[str, Any]] = {}
    for place, module in PLACES.items():
        for name in sorted(dir(module)):
            made = getattr(module, name)
            if name.startswith("_") or inspect.ismodule(made) or not callable(made):
                continue
            known = defaults_of(made)
            if place == "nn" and name in BY_INSTANCE:
                instance = made(1, 1)
                known = {option: getattr(instance, option) for option in INSTANCE_OPTIONS if hasattr(instance, option)}
            if known is not None:
                found[f"{place}.{name}"] = known
    found["strong_wolfe"] = defaults_of(torch_lbfgs._strong_wolfe) or {}
    return found


if __name__ == "__main__":
    rows = ",\n".join(f"{json.dumps(name)}: {json.dumps(known)}" for name, known in freeze().items())
    (Path(__file__).parent / "defaults.json").write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")
