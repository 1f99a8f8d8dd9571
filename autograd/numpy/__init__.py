"""NumPy for code that is differentiated: `import autograd.numpy as np`, as HIPS autograd's users write it.

Everything is NumPy's own: `numpy` itself knows what to do with tensors, through its protocols. This module adds what these
do not reach: nodes inside lists (`np.array([x, y])`, `np.sum([x, y])`), and functions that make arrays of them.

Examples
--------
>>> import autograd.numpy as np
>>> from autograd import grad
>>> grad(lambda x: np.sum(np.array([x, x**2, np.sin(x)])))(0.0)
2.0
"""

from __future__ import annotations

import numpy as _np

from autograd.numpy import fft, linalg, random
from autograd.numpy.construct import (
    array,
    asanyarray,
    asarray,
    ascontiguousarray,
    asfortranarray,
    c_,
    full,
    make_diagonal,
    r_,
    row_stack,
    where,
)
from autograd.numpy.namespace import pass_on
from autograd.ops.sorting import put_along_axis

__version__ = _np.__version__
__all__ = list(_np.__all__)
# What is looked up is kept among these names, some of which are Python's: no other code lives in this file.
pass_on(_np, __name__)
