"""Optimizers by their names, and the presets of documents."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optim
from autograd import Tensor
from optim.registry import OPTIMIZERS, PRESETS


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_goes_down_by_its_name(name: str) -> None:
    x = Tensor([-1.5, 1.0], requires_grad=True)
    rate = {"lr": 1.0} if name == "adadelta" else {"lr": 0.05}
    optimizer = optim.get(name.upper(), [x], **rate)
    for _ in range(300):
        optimizer.zero_grad()
        (x**2).sum().backward()
        optimizer.step()
    assert float((x.data**2).sum()) < (1.0 if name == "adadelta" else 0.3)


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_what_they_say(preset: str) -> None:
    assert len(PRESETS[preset]) >= 4
    for name, said in PRESETS[preset].items():
        options = optim.get(name, [Tensor([1.0], requires_grad=True)], preset=preset).param_groups[0]
        assert {key: options[key] for key in said} == said


def test_names_that_are_not_there() -> None:
    x = Tensor([1.0], requires_grad=True)
    with pytest.raises(ValueError, match=r"there is no optimizer 'sdg'; did you mean 'sgd'\?"):
        optim.get("sdg", [x])
    with pytest.raises(ValueError, match="there is no preset 'book'; there are slides, article, networks, blog, keras"):
        optim.get("sgd", [x], preset="book")
    with pytest.raises(ValueError, match="the preset 'slides' says nothing of 'lion'"):
        optim.get("lion", [x], preset="slides")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_states_go_on_to_the_bit_in_the_middle_of_training(name: str) -> None:
    def run(p: Tensor, optimizer: Any, start: int, stop: int) -> None:
        for t in range(start, stop):
            p.grad = np.sin(3 * p.data + t)
            optimizer.step()

    whole = Tensor(np.linspace(-1, 1, 5), requires_grad=True)
    run(whole, optim.get(name, [whole], lr=0.01), 0, 10)
    first = Tensor(np.linspace(-1, 1, 5), requires_grad=True)
    begun = optim.get(name, [first], lr=0.01)
    run(first, begun, 0, 5)
    second = Tensor(first.data.copy(), requires_grad=True)
    resumed = optim.get(name, [second], lr=0.01)
    resumed.load_state_dict(begun.state_dict())
    run(second, resumed, 5, 10)
    np.testing.assert_array_equal(whole.data, second.data)
