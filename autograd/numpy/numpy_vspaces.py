"""HIPS autograd's names for the vector space of an array, of real and of complex numbers alike."""

from autograd.hips.vspaces import VSpace as ArrayVSpace

ComplexArrayVSpace = ArrayVSpace
__all__ = ["ArrayVSpace", "ComplexArrayVSpace"]
