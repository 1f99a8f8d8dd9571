"""Custom functions of PyTorch with mistakes in their backward that people have made, and the same without: one model of each.

Every kind is (name, forward, right backward, wrong backward, shapes of the inputs); a backward is given what arrives, the result,
and the inputs.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import nn

N, M = 3, 4


def _softmax(x):
    return (x - x.max(-1, keepdim=True).values).exp() / (x - x.max(-1, keepdim=True).values).exp().sum(-1, keepdim=True)


def _normal(x):
    centred = x - x.mean(-1, keepdim=True)
    return centred / (centred.pow(2).mean(-1, keepdim=True) + 1e-5).sqrt()


def _through_norm(g, out, x):
    deviation = (x.var(-1, unbiased=False, keepdim=True) + 1e-5).sqrt()
    return (g - g.mean(-1, keepdim=True) - out * (g * out).mean(-1, keepdim=True)) / deviation


def _rows(weight, index):
    return weight[index.long()]


def _add_rows(g, weight, index, add):
    places = index.long()
    return torch.zeros_like(weight).index_put((places,), g, accumulate=add)


def _gelu(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def _gelu_slope(x, whole):
    t = torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))
    inner = math.sqrt(2 / math.pi) * (1 + (3 * 0.044715 * x**2 if whole else 0.0))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * inner


def _in_place(g, x):
    g[x < 0] = 0
    return g


KINDS: list[tuple[str, Any, Any, Any, tuple]] = [
    ("Sign", torch.cos, lambda g, y, x: -g * x.sin(), lambda g, y, x: g * x.sin(), ((N, M),)),
    ("Factor", lambda x: x**2, lambda g, y, x: 2 * g * x, lambda g, y, x: g * x, ((N, M),)),
    ("NoChain", torch.exp, lambda g, y, x: g * y, lambda g, y, x: y + 0 * g, ((N, M),)),
    ("NoLocal", torch.sin, lambda g, y, x: g * x.cos(), lambda g, y, x: g.clone(), ((N, M),)),
    ("InputForOutput", torch.tanh, lambda g, y, x: g * (1 - y**2), lambda g, y, x: g * (1 - x**2), ((N, M),)),
    ("Sigmoid", torch.sigmoid, lambda g, y, x: g * y * (1 - y), lambda g, y, x: g * y * (1 - x), ((N, M),)),
    (
        "Transposed",
        lambda x, w: x @ w.T,
        lambda g, y, x, w: (g @ w, g.T @ x),
        lambda g, y, x, w: (g @ w.T, g.T @ x),
        ((N, N), (N, N)),
    ),
    (
        "BiasAxis",
        lambda x, b: x + b,
        lambda g, y, x, b: (g, g.sum(0)),
        lambda g, y, x, b: (g, g.sum(1)),
        ((N, N), (N,)),
    ),
    (
        "Swapped",
        lambda x, y: x * y,
        lambda g, o, x, y: (g * y, g * x),
        lambda g, o, x, y: (g * x, g * y),
        ((N, M), (N, M)),
    ),
    ("Mean", lambda x: x.mean(), lambda g, y, x: g.expand_as(x) / x.numel(), lambda g, y, x: g.expand_as(x), ((N, M),)),
    (
        "Broadcast",
        lambda x, s: x * s,
        lambda g, y, x, s: (g * s, (g * x).sum(0)),
        lambda g, y, x, s: (g * s, (g * x).mean(0)),
        ((N, M), (M,)),
    ),
    (
        "LayerNorm",
        _normal,
        _through_norm,
        lambda g, y, x: g / (x.var(-1, unbiased=False, keepdim=True) + 1e-5).sqrt(),
        ((N, M),),
    ),
    (
        "Softmax",
        _softmax,
        lambda g, y, x: y * (g - (g * y).sum(-1, keepdim=True)),
        lambda g, y, x: g * y * (1 - y),
        ((N, M),),
    ),
    (
        "Leak",
        lambda x: torch.where(x > 0, x, 0.1 * x),
        lambda g, y, x: torch.where(x > 0, g, 0.1 * g),
        lambda g, y, x: torch.where(x > 0, g, 0 * g),
        ((N, M),),
    ),
    ("Clipped", lambda x: 5 * x, lambda g, y, x: 5 * g, lambda g, y, x: (5 * g).clamp(-1, 1), ((N, M),)),
    (
        "Forgotten",
        lambda x, y: x / y,
        lambda g, o, x, y: (g / y, -g * x / y**2),
        lambda g, o, x, y: (g / y, None),
        ((N, M), (N, M)),
    ),
    (
        "Duplicates",
        _rows,
        lambda g, y, w, i: (_add_rows(g, w, i, True), None),
        lambda g, y, w, i: (_add_rows(g, w, i, False), None),
        ((N, M), "index"),
    ),
    (
        "RunningSum",
        lambda x: x.cumsum(0),
        lambda g, y, x: g.flip(0).cumsum(0).flip(0),
        lambda g, y, x: g.cumsum(0),
        ((N, M),),
    ),
    (
        "LogSumExp",
        lambda x: x.logsumexp(-1),
        lambda g, y, x: g[:, None] * (x - y[:, None]).exp(),
        lambda g, y, x: g[:, None] * x.exp(),
        ((N, M),),
    ),
    (
        "Length",
        lambda x: x.norm(dim=-1),
        lambda g, y, x: (g / y)[:, None] * x,
        lambda g, y, x: (g / y**2)[:, None] * x,
        ((N, M),),
    ),
    ("Gelu", _gelu, lambda g, y, x: g * _gelu_slope(x, True), lambda g, y, x: g * _gelu_slope(x, False), ((N, M),)),
    (
        "Overflow",
        lambda x: torch.nn.functional.softplus(90 * x + 200),
        lambda g, y, x: 90 * g * torch.sigmoid(90 * x + 200),
        lambda g, y, x: 90 * g * (90 * x + 200).exp() / (1 + (90 * x + 200).exp()),
        ((N, M),),
    ),
    ("InPlace", lambda x: x.clamp(min=0), lambda g, y, x: g * (x > 0), lambda g, y, x: _in_place(g, x), ((N, M),)),
    (
        "WrongShape",
        lambda x, b: x + b,
        lambda g, y, x, b: (g, g.sum(0)),
        lambda g, y, x, b: (g, g.sum(1)),
        ((N, M), (M,)),
    ),
]


def made(name: str, forward: Any, backward: Any) -> Any:
    """A custom function."""

    class Function(torch.autograd.Function):
        @staticmethod
        def forward(ctx, *inputs):
            out = forward(*inputs)
            ctx.save_for_backward(out, *inputs)
            return out

        @staticmethod
        def backward(ctx, g):
            return backward(g, *ctx.saved_tensors)

    Function.__name__ = Function.__qualname__ = name
    return Function


class All(nn.Module):
    """All kinds, each with inputs of its own."""

    def __init__(self, wrong: bool) -> None:
        super().__init__()
        self.functions = [made(name, forward, bad if wrong else good) for name, forward, good, bad, _ in KINDS]

    def forward(self, inputs):
        return [function.apply(*taken) for function, taken in zip(self.functions, inputs)]


def inputs() -> list[tuple]:
    torch.manual_seed(0)
    index = torch.tensor([0, 2, 0, 1])
    return [tuple(index if s == "index" else torch.randn(s) for s in shapes) for *_, shapes in KINDS]
