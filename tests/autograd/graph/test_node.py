"""`requires_grad`: set for leaves of floats alone, with True and False."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import GraphError, OperandError, Tensor, Value


@pytest.mark.parametrize("data", [[1, 2], [True, False], np.arange(3, dtype=np.uint8)])
def test_whole_numbers_require_no_gradient(data: Any) -> None:
    x = Tensor(data)
    with pytest.raises(OperandError, match="only floats can require a gradient"):
        x.requires_grad = True
    with pytest.raises(OperandError, match="only floats can require a gradient"):
        x.requires_grad_()
    assert not x.requires_grad


@pytest.mark.parametrize("leaf", [Value(2.0), Tensor(2.0, requires_grad=True)], ids=["Value", "Tensor"])
def test_a_result_is_not_detached_by_its_flag(leaf: Any) -> None:
    product = leaf * 3.0
    product.requires_grad = True
    with pytest.raises(GraphError, match=r"requires_grad of 'mul' .* use detach\(\)"):
        product.requires_grad = False
    assert product.requires_grad
    constant = leaf.detach() * 3.0
    constant.requires_grad = True
    (constant * constant).backward()
    assert float(constant.grad) == 12.0


def test_what_a_transform_differentiates_by_keeps_its_flag() -> None:
    def freezing(x: Tensor) -> Any:
        x.requires_grad = False
        return np.sum(x * x)

    with pytest.raises(GraphError, match=r"use detach\(\)"):
        ag.grad(freezing)(np.ones(2))
    with pytest.raises(GraphError, match=r"use detach\(\)"):
        ag.compile(ag.grad(freezing), native=False)(np.ones(2))


@pytest.mark.parametrize("leaf", [Value(2.0), Tensor([2.0]), nn.Parameter(np.ones(2))])
@pytest.mark.parametrize("wrong", ["no", None, np.float32, 2, [True]])
def test_what_is_no_flag_is_refused(leaf: Any, wrong: Any) -> None:
    before = leaf.requires_grad
    with pytest.raises(OperandError, match="requires_grad is True or False"):
        leaf.requires_grad = wrong
    assert leaf.requires_grad is before


def test_leaves_are_frozen_and_thawed() -> None:
    w = Tensor([2.0], requires_grad=True)
    for whether in (False, True, np.False_, 1):
        w.requires_grad = whether
        assert w.requires_grad is bool(whether)
        assert (w * w).requires_grad is bool(whether)
