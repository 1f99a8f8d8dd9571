"""Ten mistakes, each in a line that ends in its name: mypy and pyright find every one of them, and nothing else here.

It is read by type checkers, and never run.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

import autograd as ag
import autograd.numpy as anp
import autograd.torch as torch
import nn
import optim
from autograd import Tensor, Value, grad
from autograd.check import check_gradients

v, t = Value(2.0), Tensor([1.0, 2.0], requires_grad=True)
x: npt.NDArray[np.float64] = np.ones(3)
model = nn.Sequential(nn.Linear(2, 3), nn.ReLU())


def square(x: float) -> float:
    return x * x


def mistakes() -> None:
    v.tanhh()  # WRONG: a method that is not there
    total: Value = t.sum()  # WRONG: a tensor for a Value
    v * t  # WRONG: a Value with a tensor
    t.mean(axes=0)  # WRONG: an argument that is called axis
    number: float = ag.sin(v)  # WRONG: a node for a number
    array: npt.NDArray[np.float64] = anp.exp(t)  # WRONG: a tensor for an array
    grad(3.0)  # WRONG: a number for a function
    text: str = grad(square)(2.0)  # WRONG: a gradient for a text
    optim.SGD(model.parameters(), rate=0.1)  # WRONG: an option that is called lr
    nn.fit(model, (x, x), epochs="ten")  # WRONG: a text for a number
    report: bool = check_gradients(square, 2.0)  # WRONG: a report for its verdict
    torch.ones(2).sofmax(0)  # WRONG: a method of the dialect that is not there
    torch.full_lke(torch.ones(2), 1)  # WRONG: a function of the dialect that is not there
    size: str = torch.ones(2).sum(dim=0)  # WRONG: a tensor of the dialect for a text
    model("text", 3)  # WRONG: two arguments for one
