"""Schedules of the learning rate, with PyTorch's names and numbers: each moves the rates of an optimizer's groups."""

from __future__ import annotations

from optim.lr_scheduler.bold_driver import BoldDriver
from optim.lr_scheduler.cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from optim.lr_scheduler.cyclic import CyclicLR
from optim.lr_scheduler.decay import (
    ConstantLR,
    ExponentialLR,
    InverseTimeLR,
    LinearLR,
    MultiStepLR,
    PiecewiseConstantLR,
    PolynomialLR,
    StepLR,
)
from optim.lr_scheduler.functions import LambdaLR, MultiplicativeLR
from optim.lr_scheduler.metric import MetricLR
from optim.lr_scheduler.momentum import LinearMomentum
from optim.lr_scheduler.one_cycle import OneCycleLR
from optim.lr_scheduler.plateau import ReduceLROnPlateau
from optim.lr_scheduler.schedule import LRScheduler
from optim.lr_scheduler.several import ChainedScheduler, SequentialLR

__all__ = [
    "BoldDriver",
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "InverseTimeLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "LinearMomentum",
    "MetricLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PiecewiseConstantLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]
