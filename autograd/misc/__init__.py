"""HIPS autograd's helpers: `flatten`, and optimizers for functions of any structure."""

from autograd.misc.flatten import flatten

__all__ = ["flatten"]
