"""Functions and training steps in PyTorch's words as compiled programs: they mean what they mean where nothing is captured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import autograd.torch as torch
import autograd.torch.nn as nn
import autograd.torch.nn.functional as F
from autograd.compiler import CompileError
from autograd.engine.observe import observing
from autograd.errors import GraphError
from autograd.graph.tree import leaves
from tests.autograd.torch.calls import operands

# Words that NumPy has in another meaning, or that need the numbers of indices, by the letters of their operands.
WORDS = """
x.sum(dim=1, keepdim=True) | x.std() | x.var(dim=0) | x.var(unbiased=False) | x.repeat(2, 1) | x.split(2, 1)[0] | x.size(0) * x
x.max(1).values | x.max(1).indices | x.min(0).values | x.argmax(1) | (x.argmax(1) == k).float().mean() | x.median()
x.median(1).values | x.sort(1).values | x.sort(0, descending=True).indices | x.topk(2).values | x.topk(2).indices
x.kthvalue(2).values | x.gather(1, j) | x.scatter(1, u, y) | x.scatter_add(1, j, y) | x.index_select(1, k) | x[:, k] | x[:, k[1]]
x.index_add(1, k, y[:, :2]) | x.take(k) | torch.take_along_dim(x, j, 1) | x.masked_fill(b, 0.0) | x.any() | b.all(1) | x.diagonal()
x.view(-1) | x.view(3, -1) | x.t() @ y | x.unsqueeze(0).expand(4, -1, -1) | x.permute(1, 0) | x.roll(1, 0) | x.unfold(1, 2, 1)
x.float() + f | i * 2.5 | i / 2 | x.long() | torch.cat([x, y], dim=1) | torch.where(x > 0, x, 0.0) | x.norm(dim=1) | x.numel() * x
F.cross_entropy(x, k) | F.one_hot(k, 3) | F.softmax(x.masked_fill(b, float('-inf')), dim=0) | x.detach() * y | x.clamp(min=0)
x.count_nonzero() | torch.ones(2, dtype=torch.float64) @ x | torch.tensor([1.0, 2.0, 3.0]) * f
"""
EXPRESSIONS = [part.strip() for line in WORDS.strip().splitlines() for part in line.split(" | ")]


@pytest.mark.parametrize("code", EXPRESSIONS)
def test_words_mean_the_same_in_a_program(code: str) -> None:
    given = {letter: tensor.detach() for letter, tensor in operands(torch).items()}
    code_object = compile(code, "words", "eval")
    used = [letter for letter in given if letter in code_object.co_names]
    names = {"torch": torch, "F": F}
    function: Any = eval(f"lambda {', '.join(used)}: {code}", names)
    program = autograd.compile(function, native=False)
    for turned in (False, True):
        arguments = [given[letter].flip(0) if turned else given[letter] for letter in used]
        found, expected = program(*arguments), function(*arguments)
        assert type(found) is type(expected) is torch.Tensor
        assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
        np.testing.assert_allclose(found.numpy(), expected.numpy(), 1e-6 if found.dtype == torch.float32 else 1e-14)


def test_a_tensor_and_an_array_have_programs_of_their_own() -> None:
    spread = autograd.compile(lambda x: x.std(), native=False)
    numbers = np.array([1.0, 2.0, 4.0])
    assert spread(numbers) == numbers.std()
    assert spread(torch.tensor(numbers)).item() == pytest.approx(numbers.std(ddof=1), rel=1e-15)
    assert spread(numbers) == numbers.std()


def test_what_is_looked_at_one_by_one_stays_in_the_dialect() -> None:
    spread = autograd.compile(lambda x: x.std(), native=False)
    with autograd.detect_anomaly():
        found = spread(torch.tensor([1.0, 3.0]))
    assert type(found) is torch.Tensor and found.item() == pytest.approx(2**0.5)


class Attention(nn.Module):
    """A head of attention and what stands around it, as lectures write it."""

    def __init__(self) -> None:
        super().__init__()
        self.token, self.position = nn.Embedding(7, 8), nn.Embedding(5, 8)
        self.query, self.key, self.value = [nn.Linear(8, 8, bias=False) for _ in range(3)]
        self.register_buffer("tril", torch.tril(torch.ones(5, 5)))
        self.dropout, self.norm, self.head = nn.Dropout(0.2), nn.LayerNorm(8), nn.Linear(8, 7)

    def forward(self, idx: torch.Tensor, targets: torch.Tensor) -> Any:
        length = idx.shape[1]
        x = self.token(idx) + self.position(torch.arange(length))
        weights = self.query(x) @ self.key(x).transpose(-2, -1) * x.size(-1) ** -0.5
        weights = weights.masked_fill(self.tril[:length, :length] == 0, float("-inf"))
        x = x + self.dropout(F.softmax(weights, dim=-1)) @ self.value(x)
        logits = self.head(self.norm(x))
        return logits, F.cross_entropy(logits.view(-1, 7), targets.view(-1))


def attention() -> Any:
    model = Attention().double()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-2)

    def step(x: torch.Tensor, y: torch.Tensor) -> Any:
        logits, loss = model(x, y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return loss, (logits.argmax(dim=-1) == y).float().mean()

    return step, [(torch.randint(0, 7, (3, 5)), torch.randint(0, 7, (3, 5))) for _ in range(4)]


def convolutions() -> Any:
    layers = [
        nn.Conv2d(1, 3, 3, padding=1),
        nn.BatchNorm2d(3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(12, 2),
    ]
    model = nn.Sequential(*layers).double()
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)

    def step(x: torch.Tensor, y: torch.Tensor) -> Any:
        loss = nn.CrossEntropyLoss()(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step, [(torch.randn(2, 1, 4, 4, dtype=torch.float64), torch.randint(0, 2, (2,))) for _ in range(4)]


def gradients() -> Any:
    weight = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)

    def step(x: torch.Tensor) -> Any:
        loss = ((x @ weight) ** 2).std(dim=0).sum()
        (slope,) = torch.autograd.grad(loss, weight, create_graph=True)
        (second,) = torch.autograd.grad((slope**2).sum(), weight)
        return loss, slope, second, torch.func.grad(lambda t: (t * x).std(dim=0).sum())(torch.ones(4))

    return step, [(torch.randn(6, 4, dtype=torch.float64),) for _ in range(3)]


@pytest.mark.parametrize("make", [attention, convolutions, gradients])
def test_a_step_of_training_is_the_same_as_a_program(make: Callable[[], Any]) -> None:
    found = []
    for change in (lambda f: f, lambda f: autograd.compile(f, native=False)):
        torch.manual_seed(3)
        step, batches = make()
        step = change(step)
        results = [leaves(step(*batch)) for batch in batches]
        assert all(type(x) is torch.Tensor for row in results for x in row)
        found.append([x.detach().numpy() for row in results for x in row])
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, 1e-11, 1e-13)


def test_what_depends_on_numbers_is_refused() -> None:
    x = torch.ones(3)
    for function in (
        lambda x: x[x > 0],
        lambda x: x.nonzero(),
        lambda x: x.item(),
        lambda x: x.tolist(),
        lambda x: torch.from_numpy(x.numpy() * 2),
        lambda x: x * 2 if x.sum() > 0 else x,
    ):
        with pytest.raises(CompileError):
            autograd.compile(function)(x)
    weight = torch.ones(3, requires_grad=True)
    with pytest.raises(GraphError, match=r"torch\.autograd\.grad"):
        autograd.compile(lambda x: (weight * x).sum().backward(inputs=[weight]))(x)


def test_the_generator_of_the_dialect_can_be_taken_back() -> None:
    x = torch.ones(40, dtype=torch.float64)
    layers = nn.Sequential(nn.Dropout(0.5), nn.Dropout(0.5))
    torch.manual_seed(1)
    before = layers(x)
    torch.manual_seed(1)
    with observing():
        layers(x)
    assert layers(x).tolist() == before.tolist(), "what observes draws nothing"
    x.requires_grad_()
    torch.manual_seed(1)
    out = autograd.checkpoint(layers)(x)
    out.sum().backward()
    assert x.grad.tolist() == before.tolist(), "the same masks on the way back"
