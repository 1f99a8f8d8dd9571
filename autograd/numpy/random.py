"""NumPy's `random`; see `autograd.numpy`."""

from __future__ import annotations

import numpy.random as _module

from autograd.numpy.namespace import attributes_of

__all__ = list(_module.__all__)
__getattr__ = attributes_of(_module, globals())


def __dir__() -> list[str]:
    return sorted({*dir(_module), *globals()})
