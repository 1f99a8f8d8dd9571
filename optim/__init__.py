"""Optimizers with PyTorch's names, semantics and defaults."""

from __future__ import annotations

from autograd.graph.sites import library as _library
from optim import lr_scheduler
from optim.adam import Adam, Adamax, AdamW, NAdam, RAdam
from optim.adaptive import Adadelta, Adagrad, RMSprop
from optim.averaging import ASGD, Averaged
from optim.by_parameter import Adafactor, Muon
from optim.clip import clip_grad_norm_, clip_grad_value_
from optim.ftrl import Ftrl
from optim.gradient_free import Minimum, minimize, particle_swarm
from optim.optimizer import Optimizer
from optim.registry import get
from optim.second_order import LBFGS, Newton
from optim.sgd import SGD
from optim.signs import Lion, Rprop

__all__ = [
    "ASGD",
    "LBFGS",
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Averaged",
    "Ftrl",
    "Lion",
    "Minimum",
    "Muon",
    "NAdam",
    "Newton",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "Rprop",
    "clip_grad_norm_",
    "clip_grad_value_",
    "get",
    "lr_scheduler",
    "minimize",
    "particle_swarm",
]

_library(__file__)


def __dir__() -> list[str]:
    return list(__all__)
