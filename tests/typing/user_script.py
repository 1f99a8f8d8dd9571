"""What a user writes, with types: mypy and pyright find nothing wrong in it, in their strictest mode, and it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

import autograd as ag
import autograd.numpy as anp
import autograd.torch as torch
import nn
import optim
from autograd import Tensor, Value, grad, hessian, jacobian, jvp, primitive, value_and_grad, vjp
from autograd.check import check_gradients
from autograd.draw import draw

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


# Scalars, with micrograd's interface.
def neuron(x: list[Value], w: list[Value], b: Value) -> Value:
    total = b
    for xi, wi in zip(x, w, strict=True):
        total = total + xi * wi
    return total.tanh()


def scalars() -> float:
    a, b = Value(2.0, name="a"), Value(1.0, name="b")
    e = (a + b) * (b + 1)
    e.backward()
    assert a.grad == 2.0 and b.grad == 5.0
    out = neuron([a, b], [Value(0.5), Value(-0.25)], Value(0.1))
    squared: Value = (out - 1.0) ** 2 + 2.0 * out / 3 - (-out).exp().log1p()
    larger = max(a, b)
    if larger > b and b < 2:
        squared = squared + larger.relu().sqrt().clip(0.0, 1.0) + ag.sin(larger) + abs(a)
    squared.backward(step=lambda step: None)
    total: Value = ag.maximum(a, 0.5) + ag.hypot(a, b) + ag.sigmoid(b)
    number: float = ag.tanh(0.5) + ag.maximum(1.0, 2.0) + total.item()
    return squared.data + a.grad + number


# Arrays, with NumPy's methods and PyTorch's backward.
def arrays() -> Floats:
    x = Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True, name="x")
    w = Tensor(np.ones((2, 3)), requires_grad=True)
    h: Tensor = (x @ w).tanh().reshape(3, -1).T
    row, rest = h[0], h[1:, ..., None]
    loss = (h**2).sum(axis=1, keepdims=True).mean() + row.max() + rest.std() - x.softmax(axis=-1).log().min()
    scaled: Tensor = 2.0 * x - 1 / x + np.ones(2) * x
    mixed = ag.concatenate([scaled, x], axis=0) * np.arange(2.0)
    loss = loss + ag.where(mixed > 1.0, mixed, 0.0).sum() + ag.einsum("ij->", x) + ag.stack([row, row]).norm()
    first, *others = ag.split(x, 2)
    loss = loss + first.squeeze().prod() + sum(other.flatten().mean() for other in others)
    loss += ag.logsumexp(x, axis=0).sum() * 1e-3
    assert loss.shape == () and loss.ndim == 0 and len(x) == 2 and loss.item() == float(loss.detach())
    x.zero_grad()
    loss.backward()
    assert x.grad is not None and x.argmax() == 3
    weights: Floats = np.exp(x.grad) + ag.exp(x.numpy())
    with ag.no_grad():
        x -= 0.1 * x.grad
    return weights


# Functions of NumPy, in HIPS autograd's names.
def logistic(x: Floats) -> Floats:
    return 1.0 / (1.0 + anp.exp(-x))


def entropy(p: Tensor) -> Tensor:
    normed = p / anp.sum(p)
    return -anp.sum(normed * anp.log(normed)) + anp.linalg.norm(p) * 0.0


def numpy_functions(x: Floats) -> float:
    t = Tensor(x, requires_grad=True)
    joined = anp.concatenate([anp.sin(t), anp.maximum(t, 0.0)]) + anp.ones(2 * len(x))
    anp.mean(anp.where(joined > 0.5, joined, joined**2)).backward()
    entropy(t).backward()
    grid: Floats = anp.linspace(0.0, 1.0, 5)
    angle: float = anp.pi * float(anp.max(logistic(grid)))
    return angle


# Transforms.
def polynomial(x: float) -> float:
    return x**3 - 2.0 * x


def energy(x: Floats, scale: float = 1.0) -> float:
    return scale * anp.sum(x**2) / 2.0


def slope(x: float) -> float:
    return grad(polynomial)(x)


def transforms(x: Floats) -> Floats:
    curvature: float = grad(grad(polynomial))(2.0)
    value, gradient = value_and_grad(energy)(x, scale=2.0)
    descended: Floats = x - 0.1 * gradient
    matrix: Floats = hessian(energy)(x)
    rows: Floats = jacobian(logistic)(x)
    out, pullback = vjp(logistic, x)
    back: Floats = pullback(np.ones_like(out))[0]
    _, tangent = jvp(logistic, (x,), (np.ones_like(x),))
    by_both = grad(lambda u, v: u * v, argnum=(0, 1))(2.0, 3.0)
    structured = grad(lambda p: p["w"] ** 2 * p["b"])({"w": 3.0, "b": 2.0})
    fast: Callable[..., object] = ag.compile(grad(energy))
    assert curvature == 12.0 and slope(1.0) == 1.0 and value >= 0.0 and fast(x) is not None
    assert by_both == (3.0, 2.0) and structured["w"] == 12.0
    return matrix @ descended + rows @ back + tangent


# Functions that something is done to.
@primitive(lambda g, out, x: 2.0 * g * x)
def squared(x: Floats) -> Floats:
    return x * x


@ag.checkpoint
def block(x: Tensor, w: Tensor) -> Tensor:
    return (x @ w).tanh()


@ag.compile
def total(x: Floats) -> float:
    return anp.sum(x**2)


@ag.no_grad
def softmax(x: Floats) -> Floats:
    grown = anp.exp(x - anp.max(x, axis=-1, keepdims=True))
    return grown / anp.sum(grown, axis=-1, keepdims=True)


def decorated(x: Floats) -> Floats:
    assert block(Tensor([x], requires_grad=True), Tensor(np.eye(3))).requires_grad
    return squared(x) * total(x) + softmax(x)


def look(x: Floats) -> str:
    report = check_gradients(entropy, x + 2.0, order=2)
    assert report, report.summary
    v = Value(0.5, name="v")
    diagram = draw(v.sin() * v, title="sine")
    return report.verdict + diagram.svg[:4] + ag.expression(v.exp())


# Networks.
class Residual(nn.Module):
    def __init__(self, width: int, rng: np.random.Generator) -> None:
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(width, width, rng=rng), nn.ReLU(), nn.Dropout(0.1, rng=rng))
        self.scale = nn.Parameter(np.ones(width, np.float32))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.scale * self.inner(x)


def batches(x: Singles, y: Labels, size: int) -> Iterator[tuple[Singles, Labels]]:
    for start in range(0, len(x), size):
        yield x[start : start + size], y[start : start + size]


def networks() -> float:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(64, 4)), rng.integers(0, 3, 64)
    model = nn.Sequential(nn.Linear(4, 8, rng=rng), Residual(8, rng), nn.Linear(8, 3, rng=rng))
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    optimizer = optim.AdamW(model.parameters(), lr=1e-2, weight_decay=1e-4)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, 10)
    losses: list[float] = []
    for inputs, targets in batches(x.astype(np.float32), y, 16):
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets) + 1e-4 * nn.l2_penalty(model.parameters())
        loss.backward()
        optim.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
    model.eval()
    chosen = nn.functional.log_softmax(model(x.astype(np.float32))).argmax(axis=1)
    state: dict[str, npt.NDArray[np.float32]] = {name: p.data for name, p in model.named_parameters()}
    model.load_state_dict({**model.state_dict(), **state})
    history = nn.fit(
        model, (x, y), validation=0.25, optimizer="adam", lr=1e-2, epochs=2, metrics=["accuracy"], progress=False
    )
    return sum(losses) + float(np.mean(chosen == y)) + history[-1]["val_accuracy"]


def in_pytorchs_words() -> float:
    weight = torch.randn(4, 3, requires_grad=True)
    x, y = torch.rand(8, 4), torch.randint(0, 3, (8,))
    logits = x @ weight
    for _ in range(3):
        logits = (x - x.mean(dim=0, keepdim=True)) @ weight
        loss = -torch.log_softmax(logits, dim=-1).gather(1, y.unsqueeze(1)).mean()
        loss.backward()
        with torch.no_grad():
            weight -= 0.1 * weight.grad
            weight.grad.zero_()
    parts: tuple[torch.Tensor, ...] = x.split([3, 5])
    both: torch.Tensor = torch.cat(parts, dim=0).view(4, -1).float().masked_fill(torch.ones(8) > 2, 0.0).add_(1)
    right: float = (logits.max(dim=1).indices == y).float().mean().item()
    return float(right + both.std(axis=0).sum().item() + weight.data.clamp(min=0)[0, 0].item() + x.size(0))


def main() -> None:
    point = np.array([0.5, 1.0, 2.0])
    print(
        scalars(),
        arrays(),
        numpy_functions(point),
        transforms(point),
        decorated(point),
        look(point),
        networks(),
        in_pytorchs_words(),
    )


if __name__ == "__main__":
    main()
