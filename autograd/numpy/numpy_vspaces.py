"""HIPS autograd's name for the vector space of an array."""

from autograd.extend import VSpace as ArrayVSpace

__all__ = ["ArrayVSpace"]
