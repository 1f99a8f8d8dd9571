"""NumPy's `linalg`; see `autograd.numpy`."""

from __future__ import annotations

import numpy.linalg as _module

from autograd.numpy.namespace import pass_on

__all__ = list(_module.__all__)
pass_on(_module, __name__)
