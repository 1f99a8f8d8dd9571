"""`preserve_draws`: what is drawn of the global random generators for a while is taken back."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from nn.modes import finally_call


@contextmanager
def preserve_draws() -> Iterator[None]:
    """Afterwards the generators of `numpy.random` and `random` give what they would have given.

    Examples
    --------
    >>> np.random.seed(0)
    >>> with preserve_draws():
    ...     inside = np.random.random(), random.random()
    >>> inside[0] == np.random.random()
    True
    """
    of_numpy, of_python = np.random.get_state(), random.getstate()

    def restore() -> None:
        np.random.set_state(of_numpy)
        random.setstate(of_python)

    with finally_call(restore):
        yield
