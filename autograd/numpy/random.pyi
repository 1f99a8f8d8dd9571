"""Written by `python -m tests.typing.faces` from the table of operations; see there before you edit."""

from numpy.random import *
