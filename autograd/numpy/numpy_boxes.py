"""HIPS autograd's name for what records an array: `Tensor`."""

from autograd.engine.tensor import Tensor as ArrayBox

__all__ = ["ArrayBox"]
