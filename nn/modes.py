"""The training and evaluation modes of modules, preserved while something else sets them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def finally_call(restore: Callable[[], None]) -> Iterator[None]:
    """Call `restore` afterwards, whatever happened, and once more where an interrupt falls into it."""
    try:
        yield
    finally:
        try:
            restore()
        except BaseException:
            restore()
            raise


@contextmanager
def preserve_modes(modules: Iterable[Any]) -> Iterator[None]:
    """Afterwards every module is in training or in evaluation mode as it was before."""
    before = [(module, module.training) for module in modules]

    def restore() -> None:
        for module, training in before:
            module.training = training

    with finally_call(restore):
        yield
