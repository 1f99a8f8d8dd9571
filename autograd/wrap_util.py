"""HIPS autograd's `wrap_util`, by its names."""

from functools import wraps

from autograd.hips.unary import unary_to_nary

__all__ = ["unary_to_nary", "wraps"]
