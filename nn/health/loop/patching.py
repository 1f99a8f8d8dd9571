"""A method of a class, or a function of a module, replaced for a while."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def replace_attribute(owner: Any, name: str, wrap: Callable[[Any], Any]) -> Iterator[None]:
    """Inside the block `owner.name` is what `wrap` makes of it."""
    own = vars(owner).get(name)
    before = getattr(owner, name)
    setattr(owner, name, functools.wraps(before)(wrap(before)))
    try:
        yield
    finally:
        if own is None:
            delattr(owner, name)
        else:
            setattr(owner, name, own)
