"""The layers, one kind a file; `nn` has them all by name."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from sys import modules

# Pickles that were written before the layers moved here name their modules where they were.
for _found in iter_modules(__path__):
    modules[f"nn.{_found.name}"] = import_module(f"nn.layers.{_found.name}")
