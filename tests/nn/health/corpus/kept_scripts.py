"""Sick training scripts with loops of their own: the text as it is, and with its trouble taken out."""

from __future__ import annotations

from tests.nn.health.corpus.kept_case import (
    CS231N_2,
    CS231N_3,
    FORUM,
    GOODFELLOW,
    KARPATHY_MISTAKES,
    SLAV,
    STACK,
    Case,
    Script,
)

CASES: list[Case] = []

SURFACE = """
import numpy as np
import nn, optim
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
x = rng.normal(size=(256, 3)).astype(np.float32)
y = (np.sin(1.5 * x[:, :1]) + 0.6 * x[:, 1:2] * np.abs(x[:, 2:]) ** 0.5).astype(np.float32)
x_test, y_test = x[192:], y[192:]
x, y = x[:192], y[:192]

def network():
    return nn.Sequential(nn.Linear(3, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 1, rng=SEED + 1))
"""

CLOUDS = """
import numpy as np
import nn, optim
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
y = rng.integers(0, 5, 320)
angle = 2 * np.pi * y / 5 + 0.3
x = np.stack([np.cos(angle), np.sin(angle)], 1) * 1.6 + 0.25 * rng.normal(size=(320, 2))
x = x.astype(np.float32)
x_test, y_test = x[240:], y[240:]
x, y = x[:240], y[:240]

def network():
    return nn.Sequential(nn.Linear(2, 24, rng=SEED), nn.ReLU(), nn.Linear(24, 5, rng=SEED + 1))
"""

WALKS = """
import numpy as np
import nn, optim
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
x = rng.normal(size=(256, 8, 1)).astype(np.float32)
y = (x.sum((1, 2)) > 0).astype(np.int64)
x_test, y_test = x[192:], y[192:]
x, y = x[:192], y[:192]

class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.GRU(1, 12, batch_first=True, rng=SEED)
        self.head = nn.Linear(12, 2, rng=SEED + 1)

    def forward(self, x):
        out, last = self.layer(x)
        return self.head(out[:, -1])

def network():
    return Network()
"""


def sick(
    name: str, cause: str, source: str, right: str, judge: str, text: str, *swap: str, unusual: bool = False
) -> None:
    """Keep a script: `swap` are pairs of a line as it is and of the line that heals it."""
    for wrong in swap[::2]:
        assert wrong in text, (name, wrong)

    def build(seed: int, healed: bool) -> Script:
        made = text
        if healed:
            for wrong, well in zip(swap[::2], swap[1::2], strict=True):
                made = made.replace(wrong, well)
        return Script(made.replace("SEED", str(seed)), judge)

    CASES.append(Case(name, source, cause, right, unusual, build))


sick(
    "script_no_zero_grad",
    "gradients not zeroed",
    KARPATHY_MISTAKES + ", 3: you forgot to .zero_grad()",
    "zero_grad() is never called: gradients add up",
    "regression",
    SURFACE
    + """
model = network()
optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
loss_function = nn.MSELoss()
for epoch in range(40):
    for start in range(0, len(x), 32):
        loss = loss_function(model(Tensor(x[start : start + 32])), Tensor(y[start : start + 32]))
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
""",
    "        loss.backward()\n",
    "        optimizer.zero_grad()\n        loss.backward()\n",
)

sick(
    "script_no_step",
    "no step",
    FORUM + ", optimizer.step() forgotten",
    "no weight changes: optimizer.step() is never called",
    "classes",
    CLOUDS
    + """
model = network()
optimizer = optim.Adam(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
for epoch in range(20):
    for start in range(0, len(x), 32):
        optimizer.zero_grad()
        loss = criterion(model(Tensor(x[start : start + 32])), y[start : start + 32])
        loss.backward()
    print(epoch, loss.item())
""",
    "        loss.backward()\n",
    "        loss.backward()\n        optimizer.step()\n",
)

sick(
    "script_cleared_before_step",
    "gradients cleared before the step",
    STACK + "/q/48001598, why call zero_grad; the wrong order",
    "zero_grad() stands between backward() and step()",
    "classes",
    WALKS
    + """
model = network()
optimizer = optim.Adam(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
for epoch in range(15):
    for start in range(0, len(x), 32):
        loss = criterion(model(Tensor(x[start : start + 32])), y[start : start + 32])
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
    print(epoch, loss.item())
""",
    "        loss.backward()\n        optimizer.zero_grad()\n",
    "        optimizer.zero_grad()\n        loss.backward()\n",
)

sick(
    "script_model_anew",
    "the model is made anew in the loop",
    FORUM + ", model created inside the epoch loop",
    "each epoch makes a new model and optimizer",
    "regression",
    SURFACE
    + """
loss_function = nn.MSELoss()
model = network()
optimizer = optim.Adam(model.parameters(), lr=0.005)
for epoch in range(40):
    model = network()
    optimizer = optim.Adam(model.parameters(), lr=0.005)
    for start in range(0, len(x), 64):
        optimizer.zero_grad()
        loss = loss_function(model(Tensor(x[start : start + 64])), Tensor(y[start : start + 64]))
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
""",
    "    model = network()\n    optimizer = optim.Adam(model.parameters(), lr=0.005)\n",
    "",
)

sick(
    "script_scheduler_every_batch",
    "schedule ends too early",
    FORUM + ", scheduler.step() inside of the batch loop",
    "scheduler.step() is called after every batch; the rate is 0 soon",
    "classes",
    CLOUDS
    + """
model = network()
optimizer = optim.SGD(model.parameters(), lr=0.2)
scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.1)
criterion = nn.CrossEntropyLoss()
for epoch in range(25):
    for start in range(0, len(x), 16):
        optimizer.zero_grad()
        loss = criterion(model(Tensor(x[start : start + 16])), y[start : start + 16])
        loss.backward()
        optimizer.step()
        scheduler.step()
    print(epoch, loss.item())
""",
    "step_size=1, gamma=0.1",
    "step_size=10, gamma=0.3",
    "        scheduler.step()\n",
    "    scheduler.step()\n",
    unusual=True,
)

sick(
    "script_optimizer_of_another_model",
    "the optimizer has other parameters",
    STACK + "/q/51801648 and " + FORUM + ", model rebuilt after the optimizer was made",
    "the optimizer was made of a model that is not trained",
    "regression",
    SURFACE
    + """
model = network()
optimizer = optim.Adam(model.parameters(), lr=0.01)
model = network()
loss_function = nn.MSELoss()
for epoch in range(25):
    for start in range(0, len(x), 32):
        optimizer.zero_grad()
        loss = loss_function(model(Tensor(x[start : start + 32])), Tensor(y[start : start + 32]))
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
""",
    "optimizer = optim.Adam(model.parameters(), lr=0.01)\nmodel = network()\n",
    "optimizer = optim.Adam(model.parameters(), lr=0.01)\n",
)

sick(
    "script_sorted_rows",
    "rows are not shuffled",
    SLAV + ", 7: shuffle the dataset",
    "the rows come sorted by class: each batch has one class alone",
    "classes",
    CLOUDS
    + """
order = np.argsort(y, kind="stable")
x, y = x[order], y[order]
model = network()
optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
criterion = nn.CrossEntropyLoss()
for epoch in range(4):
    for start in range(0, len(x), 6):
        optimizer.zero_grad()
        loss = criterion(model(Tensor(x[start : start + 6])), y[start : start + 6])
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
""",
    'order = np.argsort(y, kind="stable")',
    "order = rng.permutation(len(y))",
    unusual=True,
)

sick(
    "script_same_batch",
    "the same batch again and again",
    SLAV + ", 1: check your input data; " + STACK + ", next(iter(loader)) in the loop",
    "every step sees the same few rows",
    "regression",
    SURFACE
    + """
loader = nn.DataLoader(x, y, batch_size=8)
model = network()
optimizer = optim.Adam(model.parameters(), lr=0.01)
criterion = nn.MSELoss()
for step in range(400):
    inputs, targets = next(iter(loader))
    optimizer.zero_grad()
    loss = criterion(model(Tensor(inputs)), Tensor(targets))
    loss.backward()
    optimizer.step()
    if step % 50 == 0:
        print(step, loss.item())
""",
    "loader = nn.DataLoader(x, y, batch_size=8)",
    "loader = nn.DataLoader(x, y, batch_size=8, shuffle=True, seed=0)",
    "for step in range(400):\n    inputs, targets = next(iter(loader))\n",
    "batches = [pair for epoch in range(20) for pair in loader]\nfor step in range(400):\n    inputs, targets = batches[step]\n",
    unusual=True,
)

sick(
    "script_shapes_broadcast",
    "shapes broadcast in the loss",
    FORUM + ", MSE of (N, 1) and (N,)",
    "(N, 1) − (N,) is (N, N) in the line of the loss",
    "regression",
    SURFACE
    + """
targets = y[:, 0]
model = network()
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(40):
    for start in range(0, len(x), 32):
        optimizer.zero_grad()
        output = model(Tensor(x[start : start + 32]))
        loss = ((output - targets[start : start + 32]) ** 2).mean()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
""",
    "output = model(Tensor(x[start : start + 32]))",
    "output = model(Tensor(x[start : start + 32]))[:, 0]",
)

sick(
    "script_rate_too_high",
    "rate too high",
    CS231N_3,
    "the rate; a tenth heals",
    "regression",
    SURFACE
    + """
model = network()
optimizer = optim.SGD(model.parameters(), lr=3.0)
loss_function = nn.MSELoss()
for epoch in range(60):
    for start in range(0, len(x), 32):
        optimizer.zero_grad()
        loss = loss_function(model(Tensor(x[start : start + 32])), Tensor(y[start : start + 32]))
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
""",
    "lr=3.0",
    "lr=0.1",
)

sick(
    "script_rate_too_low",
    "rate too low",
    GOODFELLOW + ", 11.4.1",
    "the rate; a much larger one heals",
    "classes",
    WALKS
    + """
model = network()
optimizer = optim.Adam(model.parameters(), lr=1e-6)
criterion = nn.CrossEntropyLoss()
for epoch in range(15):
    for start in range(0, len(x), 32):
        optimizer.zero_grad()
        loss = criterion(model(Tensor(x[start : start + 32])), y[start : start + 32])
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
""",
    "lr=1e-6",
    "lr=1e-2",
)

sick(
    "script_rows_without_their_targets",
    "targets have nothing to do with the inputs",
    SLAV + ", 5: shuffling x and not y",
    "each epoch brings the rows into another order, and not the targets",
    "classes",
    CLOUDS
    + """
model = network()
optimizer = optim.Adam(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
for epoch in range(20):
    order = rng.permutation(len(x))
    x = x[order]
    for start in range(0, len(x), 32):
        optimizer.zero_grad()
        loss = criterion(model(Tensor(x[start : start + 32])), y[start : start + 32])
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
""",
    "    x = x[order]\n",
    "    x, y = x[order], y[order]\n",
    unusual=True,
)

sick(
    "script_training_mode_in_use",
    "training mode in use",
    KARPATHY_MISTAKES + ", 2: you forgot to toggle train/eval mode",
    "the network is tested in training mode: dropout throws the answers about",
    "classes",
    CLOUDS
    + """
model = nn.Sequential(
    nn.Linear(2, 128, rng=SEED), nn.ReLU(), nn.Dropout(0.9, rng=SEED), nn.Linear(128, 5, rng=SEED + 1), nn.Dropout(0.8, rng=SEED)
)
optimizer = optim.Adam(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
for epoch in range(25):
    for start in range(0, len(x), 32):
        optimizer.zero_grad()
        loss = criterion(model(Tensor(x[start : start + 32])), y[start : start + 32])
        loss.backward()
        optimizer.step()
    with no_grad():
        accuracy = (model(Tensor(x_test)).numpy().argmax(1) == y_test).mean()
    print(epoch, loss.item(), accuracy)
""",
    "    with no_grad():\n",
    "    model.eval()\n    with no_grad():\n",
    "for epoch in range(25):\n",
    "for epoch in range(25):\n    model.train()\n",
    unusual=True,
)

sick(
    "script_evaluation_mode_in_training",
    "evaluation mode in training",
    KARPATHY_MISTAKES + ", 2",
    "eval() before the loop: batch norm never measures the inputs, and they are of thousands",
    "regression",
    SURFACE
    + """
x, x_test = x * 2000 + 7000, x_test * 2000 + 7000
model = nn.Sequential(nn.BatchNorm1d(3), *network())
optimizer = optim.Adam(model.parameters(), lr=0.01)
loss_function = nn.MSELoss()
model.eval()
for epoch in range(30):
    for start in range(0, len(x), 32):
        optimizer.zero_grad()
        loss = loss_function(model(Tensor(x[start : start + 32])), Tensor(y[start : start + 32]))
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
model.eval()
""",
    "model.eval()\nfor epoch",
    "model.train()\nfor epoch",
    unusual=True,
)

sick(
    "script_missing_values",
    "NaN in the inputs",
    SLAV + ", 6 and 36",
    "some inputs are NaN, and so is everything after the first step",
    "regression",
    SURFACE
    + """
x[::19, 1] = np.nan
model = network()
optimizer = optim.Adam(model.parameters(), lr=0.01)
loss_function = nn.MSELoss()
for epoch in range(25):
    for start in range(0, len(x), 32):
        optimizer.zero_grad()
        loss = loss_function(model(Tensor(x[start : start + 32])), Tensor(y[start : start + 32]))
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
""",
    "x[::19, 1] = np.nan",
    "x[::19, 1] = 0",
)

sick(
    "script_ascent",
    "loss has no lower bound",
    STACK + ", loss becomes more and more negative",
    "the loss is the mean logarithm of the right class's probability, without its minus",
    "classes",
    CLOUDS
    + """
model = network()
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(20):
    for start in range(0, len(x), 32):
        optimizer.zero_grad()
        logs = model(Tensor(x[start : start + 32])).log_softmax(1)
        picked = logs[np.arange(len(logs)), y[start : start + 32]]
        loss = picked.mean()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
""",
    "loss = picked.mean()",
    "loss = -picked.mean()",
)

sick(
    "script_listed_layers",
    "parameters not registered",
    FORUM + ", list of layers has no parameters",
    "`hidden` is a list: its layers have no gradient step",
    "regression",
    SURFACE
    + """
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = [nn.Linear(3 if k == 0 else 4, 4, rng=SEED + k) for k in range(3)]
        self.out = nn.Linear(4, 1, rng=SEED)

    def forward(self, x):
        for layer in self.hidden:
            x = layer(x).tanh()
        return self.out(x)

model = Network()
optimizer = optim.Adam(model.parameters(), lr=0.02)
loss_function = nn.MSELoss()
for epoch in range(80):
    for start in range(0, len(x), 32):
        optimizer.zero_grad()
        loss = loss_function(model(Tensor(x[start : start + 32])), Tensor(y[start : start + 32]))
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
""",
    "[nn.Linear(3 if k == 0 else 4, 4, rng=SEED + k) for k in range(3)]",
    "nn.ModuleList([nn.Linear(3 if k == 0 else 4, 4, rng=SEED + k) for k in range(3)])",
)

sick(
    "script_weights_drawn_anew",
    "the model is made anew in the loop",
    CS231N_2 + " and " + FORUM + ", reset_parameters in the loop",
    "the weights are drawn anew at each epoch's start",
    "classes",
    CLOUDS
    + """
model = network()
optimizer = optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
for epoch in range(30):
    for layer in (model[0], model[2]):
        layer.weight.data = rng.normal(size=layer.weight.shape).astype(np.float32)
    for start in range(0, len(x), 64):
        optimizer.zero_grad()
        loss = criterion(model(Tensor(x[start : start + 64])), y[start : start + 64])
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
""",
    """    for layer in (model[0], model[2]):
        layer.weight.data = rng.normal(size=layer.weight.shape).astype(np.float32)
""",
    "",
    unusual=True,
)

sick(
    "script_penalty",
    "penalty too strong",
    SLAV + ", 20: too much regularization",
    "the squared weights outweigh the loss",
    "classes",
    CLOUDS
    + """
model = network()
optimizer = optim.Adam(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
strength = 2.0
for epoch in range(25):
    for start in range(0, len(x), 32):
        optimizer.zero_grad()
        loss = criterion(model(Tensor(x[start : start + 32])), y[start : start + 32])
        for parameter in model.parameters():
            loss = loss + strength * (parameter**2).sum()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
""",
    "strength = 2.0",
    "strength = 1e-5",
    unusual=True,
)

sick(
    "script_augmented",
    "noise on the inputs too strong",
    SLAV + ", 12: too much data augmentation",
    "the noise that is put on each batch drowns the inputs",
    "classes",
    CLOUDS
    + """
model = network()
optimizer = optim.Adam(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
amount = 25.0
for epoch in range(25):
    for start in range(0, len(x), 32):
        batch = x[start : start + 32] + amount * rng.normal(size=x[start : start + 32].shape).astype(np.float32)
        optimizer.zero_grad()
        loss = criterion(model(Tensor(batch)), y[start : start + 32])
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
""",
    "amount = 25.0",
    "amount = 0.05",
    unusual=True,
)

sick(
    "script_weights_clipped",
    "weights are held too small",
    FORUM + ", weight clipping as in WGAN, in a classifier",
    "after each step the weights are clipped to ±0.02",
    "classes",
    CLOUDS
    + """
model = network()
optimizer = optim.Adam(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
bound = 0.01
for epoch in range(25):
    for start in range(0, len(x), 32):
        optimizer.zero_grad()
        loss = criterion(model(Tensor(x[start : start + 32])), y[start : start + 32])
        loss.backward()
        optimizer.step()
        for parameter in model.parameters():
            parameter.data = np.clip(parameter.data, -bound, bound)
    print(epoch, loss.item())
""",
    "bound = 0.01",
    "bound = 5.0",
    unusual=True,
)

sick(
    "script_group_at_rest",
    "a group's rate is 0",
    FORUM + ", parameter groups and their rates",
    "the group of the first layer has lr=0",
    "regression",
    SURFACE
    + """
model = nn.Sequential(nn.Linear(3, 6, rng=SEED), nn.Tanh(), nn.Linear(6, 2, rng=SEED + 3), nn.Tanh(), nn.Linear(2, 1, rng=SEED + 1))
body, head = [*model[0].parameters(), *model[2].parameters()], model[4].parameters()
optimizer = optim.Adam([{"params": body, "lr": 0.0}, {"params": head, "lr": 0.02}])
loss_function = nn.MSELoss()
for epoch in range(100):
    for start in range(0, len(x), 32):
        optimizer.zero_grad()
        loss = loss_function(model(Tensor(x[start : start + 32])), Tensor(y[start : start + 32]))
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
""",
    '"lr": 0.0',
    '"lr": 0.02',
    unusual=True,
)

sick(
    "script_reads_padding",
    "padding is read",
    FORUM + ", the last output of a padded sequence",
    "the last output is that of 24 zeros of padding; the one of the last real step is meant",
    "classes",
    WALKS.replace("out[:, -1]", "out[:, LAST]")
    + """
def padded(x):
    return np.concatenate([x, np.zeros((len(x), 24, 1), np.float32)], 1)

x, x_test = padded(x), padded(x_test)
LAST = -1
model = network()
optimizer = optim.SGD(model.parameters(), lr=0.3)
criterion = nn.CrossEntropyLoss()
for epoch in range(12):
    for start in range(0, len(x), 32):
        optimizer.zero_grad()
        loss = criterion(model(Tensor(x[start : start + 32])), y[start : start + 32])
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
""",
    "LAST = -1",
    "LAST = 7",
    unusual=True,
)
