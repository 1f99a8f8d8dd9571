"""The table of operations, a file per family; importing this package fills it."""

from autograd.ops import comparison, elementwise, indexing, linalg, reduction, shape, stable

__all__ = ["comparison", "elementwise", "indexing", "linalg", "reduction", "shape", "stable"]
