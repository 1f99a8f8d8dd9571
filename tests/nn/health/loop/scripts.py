"""Training scripts, in our words and in PyTorch's, which the tests change in one point."""

from __future__ import annotations

OURS = """
import numpy as np
import nn, optim
from autograd import Tensor, no_grad

rng = np.random.default_rng(0)
x = rng.normal(size=(64, 3)).astype(np.float32)
y = (x[:, :1] * x[:, 1:2]).astype(np.float32)
x_test = rng.normal(size=(16, 3)).astype(np.float32)

def network():
    return nn.Sequential(nn.Linear(3, 8, rng=0), nn.Tanh(), nn.Dropout(0.1, rng=2), nn.Linear(8, 1, rng=1))

model = network()
optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
loss_function = nn.MSELoss()
for epoch in range(30):
    model.train()
    for start in range(0, 64, 16):
        optimizer.zero_grad()
        out = model(Tensor(x[start : start + 16]))
        loss = loss_function(out, Tensor(y[start : start + 16]))
        loss.backward()
        optimizer.step()
    model.eval()
    with no_grad():
        print(model(Tensor(x_test)).numpy().mean())
"""

TORCH = (
    OURS.replace(
        "import nn, optim\nfrom autograd import Tensor, no_grad", "import torch\nfrom torch import nn, optim, no_grad"
    )
    .replace(", rng=0", "")
    .replace(", rng=1", "")
    .replace(", rng=2", "")
    .replace("Tensor(", "torch.as_tensor(")
)

# A name for each fault, the cause that it is, the line that is changed, and what it becomes.
FAULTS = {
    "no zero_grad": ("gradients not zeroed", "        optimizer.zero_grad()\n", ""),
    "no step": ("step missing", "        optimizer.step()\n", ""),
    "no backward": ("backward missing", "        loss.backward()\n", ""),
    "cleared": (
        "gradients cleared before the step",
        "        loss.backward()\n",
        "        loss.backward()\n        optimizer.zero_grad()\n",
    ),
    "anew": (
        "model made anew",
        "    model.train()\n",
        "    model = network()\n    optimizer = optim.SGD(model.parameters(), lr=0.05)\n    model.train()\n",
    ),
    "optimizer anew": (
        "optimizer made anew",
        "        optimizer.zero_grad()\n",
        "        optimizer = optim.Adam(model.parameters())\n        optimizer.zero_grad()\n",
    ),
    "foreign": ("foreign parameters", "loss_function =", "model = network()\nloss_function ="),
    "broadcast": (
        "shapes broadcast",
        "loss_function(out, Tensor(y[start : start + 16]))",
        "((out - Tensor(y[start : start + 16, 0])) ** 2).mean()",
    ),
    "grows": (
        "graph grows",
        "        loss.backward()\n",
        "        kept = (kept if epoch + start else 0.0) + sum(p.sum() for p in model.parameters())\n"
        "        (loss + 0.0 * kept).backward(retain_graph=True)\n",
    ),
    "always evaluating": ("evaluation mode in training", "    model.train()\n", "    model.eval()\n"),
    "always training": ("training mode in evaluation", "    model.eval()\n", ""),
    "decays": (
        "rate decays too fast",
        "        optimizer.step()\n",
        "        optimizer.step()\n        scheduler.step()\n",
    ),
    "same batch": (
        "same batch again",
        "    for start in range(0, 64, 16):\n",
        "    for start in range(0, 64, 16):\n        rows, answers = next(iter(loader))\n",
    ),
    "apart": (
        "targets unrelated to inputs",
        "    model.train()\n",
        "    x = x[rng.permutation(64)]\n    model.train()\n",
    ),
}


def with_fault(name: str, text: str) -> str:
    """The script with one fault; the rest of it stays."""
    _, line, instead = FAULTS[name]
    if text == TORCH:
        line, instead = line.replace("Tensor(", "torch.as_tensor("), instead.replace("Tensor(", "torch.as_tensor(")
    elif name == "grows":
        instead = instead.replace("retain_graph=True", "")
    assert line in text, name
    text = text.replace(line, instead)
    if name == "decays":
        text = text.replace(
            "loss_function =", "scheduler = optim.lr_scheduler.ExponentialLR(optimizer, 0.5)\nloss_function ="
        )
    if name == "same batch":
        made = "nn.DataLoader(x, y, batch_size=16)"
        if "torch" in text:
            made = "torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.as_tensor(x), torch.as_tensor(y)), batch_size=16)"
        text = text.replace("loss_function =", f"loader = {made}\nloss_function =")
        text = text.replace("x[start : start + 16]", "rows").replace("y[start : start + 16]", "answers")
    return text
