"""Names where programs written for PyTorch import them from."""

from __future__ import annotations

from importlib import import_module

import pytest

import autograd.torch as torch
import optim
from autograd.torch.utils.checkpoint import checkpoint

PLACES = {
    "optim.lr_scheduler": ["StepLR", "CosineAnnealingLR", "ReduceLROnPlateau", "LRScheduler", "_LRScheduler"],
    "optim.optimizer": ["Optimizer"],
    "utils.checkpoint": ["checkpoint"],
    "special": ["expit", "gammaln", "psi"],
}


@pytest.mark.parametrize("place", PLACES)
def test_a_name_is_imported_from_where_pytorch_has_it(place: str) -> None:
    module = import_module(f"autograd.torch.{place}")
    for name in PLACES[place]:
        assert getattr(module, name) is not None
    with pytest.raises(AttributeError, match=rf"torch\.{place}|{place}"):
        _ = module.NothingLikeThis


def test_schedules_are_those_of_optim() -> None:
    assert torch.optim.lr_scheduler.StepLR is optim.lr_scheduler.StepLR
    assert "StepLR" in dir(torch.optim.lr_scheduler)


def test_what_is_computed_again_has_the_same_gradients() -> None:
    layer = torch.nn.Linear(3, 3)
    x = torch.randn(2, 3, requires_grad=True)
    expected = torch.autograd.grad(layer(x).tanh().sum(), [x, layer.weight])
    found = torch.autograd.grad(checkpoint(lambda x: layer(x).tanh(), x, use_reentrant=False).sum(), [x, layer.weight])
    for a, b in zip(found, expected, strict=True):
        torch.testing.assert_close(a, b)
