"""HIPS autograd's helpers: `flatten`, `const_graph`, and optimizers for functions of any structure."""

from autograd.misc.flatten import flatten
from autograd.misc.tracers import const_graph

__all__ = ["const_graph", "flatten"]
