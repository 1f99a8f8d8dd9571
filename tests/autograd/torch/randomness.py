"""Draws after `torch.manual_seed(42)`, of which each draws twice, so that what is left of the first is seen."""

from __future__ import annotations

from typing import Any

_TEXT = """
torch.rand(5) | torch.rand(2, 3) | torch.rand(3, dtype=torch.float64) | torch.randn(5) | torch.randn(3, dtype=torch.float64)
torch.randn(16, dtype=torch.float64)
torch.randn(40, dtype=torch.float64) | torch.randn(40) | torch.randn(4, 5) | torch.randint(0, 10, (7,))
torch.randint(0, 2 ** 29, (3,))
torch.randint(5, (2, 2)) | torch.randint(-3, 2 ** 40, (3,)) | torch.randint(low=2, high=9, size=(4,))
torch.randperm(12) | torch.randperm(1000) | torch.empty(6).uniform_(-2, 3) | torch.empty(5).normal_(1, 2)
torch.empty(20, dtype=torch.float64).normal_(1, 2) | torch.empty(3, dtype=torch.int64).random_(7)
torch.empty((), dtype=torch.int64).random_() | torch.normal(0.0, 2.0, (3,)) | torch.normal(torch.zeros(3), torch.ones(3))
torch.rand_like(torch.zeros(4)) | torch.randn_like(torch.zeros(17, dtype=torch.float64))
torch.bernoulli(torch.full((9,), 0.3))
torch.multinomial(torch.tensor([0.1, 0.2, 0.7]), 6, replacement=True)
torch.multinomial(torch.tensor([[0.1, 0.9], [0.5, 0.5]]), 4, replacement=True)
torch.multinomial(torch.tensor([0.1, 0.2, 0.7]), 2) | torch.empty(3).exponential_(2.0)
torch.nn.Linear(3, 2).weight | torch.nn.Linear(40, 2).bias | torch.nn.Embedding(4, 3).weight
torch.nn.Embedding(8, 8).weight | torch.nn.Conv2d(2, 3, 2).weight | torch.nn.init.xavier_uniform_(torch.empty(3, 2))
torch.nn.init.kaiming_normal_(torch.empty(3, 2))
torch.nn.init.normal_(torch.empty(4), 0.0, 0.02) | torch.nn.init.kaiming_uniform_(torch.empty(3, 2), a=2.0)
torch.nn.LSTM(2, 3).weight_hh_l0 | torch.rand(3, generator=torch.Generator().manual_seed(2147483647))
torch.nn.Linear(3, 2, dtype=torch.float64).weight
torch.distributions.Categorical(torch.tensor([[0.1, 0.9], [0.5, 0.5]])).sample((2, 2))
torch.distributions.Normal(torch.zeros(3, dtype=torch.float64), 2.0).sample((2,))
torch.distributions.Uniform(torch.tensor([1.0, -1.0]), 2.0).rsample((3,))
torch.distributions.Multinomial(20, torch.tensor([0.1, 0.2, 0.7])).sample((2,)) | torch.distributions.Bernoulli(1.0).sample((2,))
"""
DRAWS = [part.strip() for line in _TEXT.strip().splitlines() for part in line.split(" | ")]


def draw(torch: Any, code: str) -> list[Any]:
    """What an expression gives the first and the second time."""
    return [eval(code, {"torch": torch}).reshape(-1).tolist() for _ in range(2)]
