"""Words by which programs set up what runs them: here they change nothing, or say what is so."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any


def compile(model: Any = None, **ignored: Any) -> Any:
    """The function or module itself: `autograd.compile` is for whole functions and training steps.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> model = torch.nn.Linear(2, 1)
    >>> torch.compile(model) is model
    True
    """
    if model is not None:
        return model
    itself: Callable[[Any], Any] = lambda function: function  # noqa: E731 - a decorator
    return itself


def set_float32_matmul_precision(precision: str) -> None:
    """Nothing: products are computed in the dtype of their operands."""


def get_float32_matmul_precision() -> str:
    """`highest`."""
    return "highest"


def get_num_threads() -> int:
    """How many processors there are: the libraries beneath NumPy choose how many they use."""
    return os.cpu_count() or 1


def set_num_threads(num: int) -> None:
    """Nothing: set OMP_NUM_THREADS before Python is started."""


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Nothing: all algorithms here are."""


def are_deterministic_algorithms_enabled() -> bool:
    """True."""
    return True
