"""The methods of this project's packages tell a recorder what a script calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import optim
from autograd.engine.tensor import Tensor
from nn import functional
from nn.data import DataLoader
from nn.health.loop.kit import OurKit
from nn.health.loop.patching import replaced
from nn.health.loop.recorder import Recorder
from nn.health.loop.wrapping import after, before, drawn, loss, mode, module_call, step
from nn.module import Module
from optim.lr_scheduler import LRScheduler
from optim.lr_scheduler.metric import MetricLR

LOSSES = (
    "cross_entropy", "nll_loss", "mse_loss", "half_mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "log_cosh_loss",
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "hinge_loss", "kl_div", "poisson_nll_loss",
)  # fmt: skip


@contextmanager
def patch(recorder: Recorder, kit: OurKit) -> Iterator[None]:
    """While the block runs."""
    with ExitStack() as stack:
        for owner, name, wrapped in _patches(recorder):
            stack.enter_context(replaced(owner, name, wrapped))
        yield


def _patches(recorder: Recorder) -> Iterator[tuple[Any, str, Any]]:
    yield Module, "__call__", lambda call: module_call(recorder, call)
    yield Module, "__init__", lambda make: before(make, recorder.built)
    yield Module, "train", lambda train: mode(recorder, train)
    yield Tensor, "backward", lambda backward: before(backward, recorder.backward)
    yield optim.Optimizer, "__init__", lambda make: after(make, recorder.made)
    yield optim.Optimizer, "step", lambda method: step(recorder, method)
    yield optim.Optimizer, "zero_grad", lambda clear: before(clear, lambda _: recorder.note("zero"))
    yield Module, "zero_grad", lambda clear: before(clear, lambda _: recorder.note("zero"))
    yield LRScheduler, "step", lambda go_on: before(go_on, lambda _: recorder.note("schedule"))
    yield MetricLR, "step", lambda go_on: before(go_on, lambda _: recorder.note("schedule"))
    yield DataLoader, "__iter__", lambda iterate: drawn(recorder, iterate)
    for name in LOSSES:
        if hasattr(functional, name):
            yield functional, name, lambda function: loss(recorder, function)
