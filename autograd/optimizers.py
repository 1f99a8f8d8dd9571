"""The place that older releases of HIPS autograd had for `autograd.misc.optimizers`."""

from autograd.misc.optimizers import adam, rmsprop, sgd

__all__ = ["adam", "rmsprop", "sgd"]
