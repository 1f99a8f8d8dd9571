"""SciPy for code that is differentiated, as HIPS autograd's users import it; it needs SciPy.

Its modules are loaded when they are asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["integrate", "linalg", "misc", "signal", "special", "stats"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return import_module(f"autograd.scipy.{name}")
    raise AttributeError(f"module 'autograd.scipy' has no attribute {name!r}: it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return __all__
