"""Optimizers with PyTorch's names, semantics and defaults."""

from __future__ import annotations

from autograd.sites import library
from optim.adam import Adam
from optim.optimizer import Optimizer
from optim.sgd import SGD

__all__ = ["SGD", "Adam", "Optimizer"]

library(__file__)
