"""Strips: over the steps of a recurrence one sees where in time the gradient vanishes, in the box of a step and of a module."""

from __future__ import annotations

import math

import numpy as np

import nn
from autograd import Tensor, Value
from autograd.draw import draw, snapshot
from autograd.draw.strip import BARS, tell_strip

X = np.random.default_rng(0).normal(size=(20, 2, 3)).astype(np.float32)


def recurrent(scale: float) -> nn.RNN:
    rnn = nn.RNN(3, 4, rng=0)
    for parameter in rnn.parameters():
        parameter.data = parameter.data * scale
    return rnn


class Net(nn.Module):
    """A recurrent layer within a model."""

    def __init__(self, scale: float) -> None:
        super().__init__()
        self.rnn, self.head = recurrent(scale), nn.Linear(4, 1, rng=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.rnn(x)[0][-1])


def test_the_bars_are_the_norms_of_the_steps() -> None:
    w, x = Value(0.1, name="w"), Value(1.0, name="x")
    states = [x]
    for _ in range(12):
        states.append((states[-1] * w).tanh())
    shot = snapshot(states[-1])
    box = next(b for b in draw(states[-1], passes="both", fold="steps").scene.boxes if b.title == "tanh")
    norms = [abs(shot.gradients[state]) for state in states[1:]]
    heights = [BARS.index(bar) for bar in box.strip]
    # A bar for each factor of 10 below the largest, down to the lowest.
    assert heights == [max(7 + math.ceil(math.log10(norm / max(norms)) - 1e-9), 0) for norm in norms]
    assert heights[0] == 0 and heights[-1] == 7
    small = sum(norm < 1e-4 for norm in norms)
    assert dict(box.notes)["gradient over time"].endswith(f"vanishing up to step {small}")


def test_a_module_shows_what_its_state_hands_back() -> None:
    def strip(scale: float) -> str:
        diagram = draw(Net(scale), X, loss=lambda out: (out**2).mean())
        return next(box.strip for box in diagram.scene.collapse().boxes if box.title.startswith("rnn"))

    vanishing, flowing = strip(0.5), strip(2.0)
    assert len(vanishing) == len(flowing) == 20
    assert vanishing.startswith("▁▁▁▁▁") and vanishing.endswith("█")
    assert flowing.count("▁") < vanishing.count("▁")
    diagram = draw(Net(0.5), X, loss=lambda out: (out**2).mean())
    assert vanishing in diagram.dot and "norm of the gradient at each step in time" in diagram.dot


def test_what_is_no_recurrence_has_no_strip() -> None:
    w = Value(0.5, name="w")
    total = sum(((w * float(k)).tanh() for k in range(60)), Value(0.0))
    assert not [box for box in draw(total, passes="both").scene.boxes if box.strip and box.title == "tanh"]
    assert not [box for box in draw(recurrent(1.0)(X)[0][-1].sum(), passes="forward").scene.boxes if box.strip]


def test_words_for_many_steps_read_each_a_few_times() -> None:
    class Read(list[float]):
        times = 0

        def __iter__(self):
            self.times += 1
            return super().__iter__()

    norms = Read([1e-9] * 50 + [1.0] * 50)
    assert tell_strip(norms) == "1e-09 at step 1, 1 at step 100; vanishing up to step 50"
    assert norms.times <= 3
