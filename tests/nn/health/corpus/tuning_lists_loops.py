"""The tuning half: the public lists' faults of loops; each text is the run as it went well."""

from __future__ import annotations

from tests.nn.health.corpus.case import Case
from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.pairs import ASKED, CS231N, LIST, RECIPE

# A titration: a class, a loader, prints every ten epochs.
TITRATION = """
import numpy as np
import nn
import optim
from nn import functional as F
from autograd import no_grad

rng = np.random.default_rng(SEED)
N = 440
acid = rng.uniform(0.1, 1.0, (N, 1))
base = rng.uniform(0.0, 2.0, (N, 1))
warm = rng.uniform(-1, 1, (N, 1))
ph = 7 + 4 * np.tanh(3 * (base - acid)) + 0.8 * warm * base + 0.1 * rng.normal(size=(N, 1))
X = np.hstack([2 * acid - 1, base - 1, warm]).astype(np.float32)
Y = ((ph - 7) / 3).astype(np.float32)


class TitrationNet(nn.Module):
    def __init__(self, hidden=32):
        super().__init__()
        self.fc1 = nn.Linear(3, hidden, rng=SEED)
        self.fc2 = nn.Linear(hidden, hidden, rng=SEED + 1)
        self.out = nn.Linear(hidden, 1, rng=SEED + 2)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.out(x)


net = TitrationNet()
opt = optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
loader = nn.DataLoader(X[:360], Y[:360], batch_size=24, shuffle=True, seed=SEED)
for epoch in range(40):
    net.train()
    for xb, yb in loader:
        opt.zero_grad()
        pred = net(xb)
        loss = F.mse_loss(pred, yb)
        loss.backward()
        opt.step()
    if epoch % 10 == 9:
        net.eval()
        with no_grad():
            print(epoch + 1, "validation", F.mse_loss(net(X[360:]), Y[360:]).item())
"""

# Counts of words in four rubrics; functions, dropout, batch norm.
RUBRICS = """
import numpy as np
import nn, optim
from autograd import no_grad, Tensor

VOCABULARY, RUBRICS = 50, 4
generator = np.random.default_rng(SEED)
themes = np.random.default_rng(17).dirichlet(0.15 * np.ones(VOCABULARY), RUBRICS)
rubric = generator.integers(0, RUBRICS, 640)
counts = np.stack([generator.multinomial(18, 0.6 * themes[r] + 0.4 / VOCABULARY) for r in rubric])
features = np.log1p(counts).astype(np.float32)
train_x, test_x = features[:480], features[480:]
train_y, test_y = rubric[:480], rubric[480:]


def build():
    return nn.Sequential(
        nn.Linear(VOCABULARY, 40, rng=SEED), nn.BatchNorm1d(40), nn.ReLU(), nn.Dropout(0.3, rng=SEED),
        nn.Linear(40, RUBRICS, rng=SEED + 1),
    )


def train(model, optimizer, x, y, batch=32):
    model.train()
    order = generator.permutation(len(x))
    total = 0.0
    for i in range(0, len(x), batch):
        rows = order[i : i + batch]
        loss = nn.functional.cross_entropy(model(Tensor(x[rows])), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total


def accuracy(model, x, y):
    model.eval()
    with no_grad():
        answers = model(Tensor(x)).numpy().argmax(axis=1)
    return (answers == y).mean()


model = build()
optimizer = optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(12):
    total = train(model, optimizer, train_x, train_y)
    print("epoch", epoch, "loss", total, "test accuracy", accuracy(model, test_x, test_y))
"""

# A signal's next value from its last ten; plain slices of arrays, Keras-like names.
TIDE = """
import numpy as np
import nn, optim
from autograd import no_grad

np_rng = np.random.default_rng(SEED)
t = np.arange(700)
level = np.sin(t / 4.0 + SEED) + 0.5 * np.sin(t / 1.7) + 0.08 * np_rng.normal(size=700)
look_back = 10
X = np.array([level[i : i + look_back] for i in range(700 - look_back)], np.float32)
y = np.array([level[i + look_back] for i in range(700 - look_back)], np.float32).reshape(-1, 1)
X_train, X_val, y_train, y_val = X[:550], X[550:], y[:550], y[550:]

model = nn.Sequential(
    nn.Linear(look_back, 24, rng=SEED), nn.Tanh(), nn.Linear(24, 24, rng=SEED + 1), nn.Tanh(), nn.Linear(24, 1, rng=SEED + 2)
)
loss_fn = nn.MSELoss()
optimizer = optim.Adam(model.parameters(), lr=3e-3)
history = {"loss": [], "val_loss": []}
for epoch in range(25):
    epoch_loss = 0
    for k in range(0, len(X_train), 25):
        batch_x, batch_y = X_train[k : k + 25], y_train[k : k + 25]
        out = model(batch_x)
        loss = loss_fn(out, batch_y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        epoch_loss += loss.item()
    history["loss"].append(epoch_loss)
    with no_grad():
        val = loss_fn(model(X_val), y_val)
    history["val_loss"].append(val.item())
print(history["val_loss"][-1])
"""

# Symptoms of nine illnesses; two modules, a list of settings, a schedule.
CLINIC = """
import numpy as np
import nn, optim
import nn.functional as F

config = dict(lr=0.05, momentum=0.9, epochs=15, batch=20, step=5, gamma=0.5, hidden=36)
rng = np.random.default_rng(SEED)
signs = (np.random.default_rng(33).random((9, 22)) < 0.35).astype(float)
illness = rng.integers(0, 9, 600)
noise = rng.random((600, 22)) < 0.08
x = np.abs(signs[illness] - noise).astype(np.float32) - 0.4
order = rng.permutation(600)
x, illness = x[order], illness[order]


class Trunk(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(22, config["hidden"], rng=SEED)

    def forward(self, x):
        return F.leaky_relu(self.layer(x))


trunk, head = Trunk(), nn.Linear(config["hidden"], 9, rng=SEED + 5)
parameters = list(trunk.parameters()) + list(head.parameters())
optimizer = optim.SGD(parameters, lr=config["lr"], momentum=config["momentum"])
scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=config["step"], gamma=config["gamma"])
for epoch in range(config["epochs"]):
    seen = right = 0
    for start in range(0, 480, config["batch"]):
        inputs, labels = x[start : start + config["batch"]], illness[start : start + config["batch"]]
        scores = head(trunk(inputs))
        loss = F.cross_entropy(scores, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        right += (scores.numpy().argmax(axis=1) == labels).sum()
        seen += len(labels)
    scheduler.step()
    print(epoch, right / seen)
test = head(trunk(x[480:])).numpy().argmax(axis=1)
print("test", (test != illness[480:]).mean())
"""

# Two moons by hand: weights are tensors, no optimizer.
MOONS = """
import numpy as np
from autograd import Tensor

rng = np.random.default_rng(SEED)
a = rng.uniform(0, np.pi, 300)
side = np.arange(300) % 2
x = np.where(side[:, None] == 0, np.c_[np.cos(a), np.sin(a)], np.c_[1 - np.cos(a), 0.4 - np.sin(a)])
x = ((x + 0.1 * rng.normal(size=x.shape)) * 2).astype(np.float32)
y = side.reshape(-1, 1).astype(np.float32)

W1 = Tensor(rng.normal(size=(2, 16)).astype(np.float32), requires_grad=True)
b1 = Tensor(np.zeros(16, np.float32), requires_grad=True)
W2 = Tensor((0.3 * rng.normal(size=(16, 1))).astype(np.float32), requires_grad=True)
b2 = Tensor(np.zeros(1, np.float32), requires_grad=True)
learning_rate = 0.5


def forward(x):
    hidden = (Tensor(x) @ W1 + b1).tanh()
    return (hidden @ W2 + b2).sigmoid()


for i in range(500):
    p = forward(x)
    loss = -(y * (p + 1e-7).log() + (1 - y) * (1 - p + 1e-7).log()).mean()
    loss.backward()
    for w in (W1, b1, W2, b2):
        w.data = w.data - learning_rate * w.grad
        w.grad = None
    if i % 100 == 0:
        print(i, loss.item())
print(((forward(x).numpy() > 0.5) != y).mean())
"""

# The trunk begins small, which a trained one grows out of.
SMALL = ("rng=SEED)\n\n    def", "rng=SEED)\n        self.layer.weight.data = self.layer.weight.data * 0.05\n\n    def")

SICK: list[Case] = [
    case(
        "titration_without_a_step",
        TITRATION,
        [("        opt.step()\n", "")],
        "step missing",
        LIST + "26, is it training at all",
    ),
    case(
        "titration_cleared_too_late",
        TITRATION,
        [("        opt.zero_grad()\n", ""), ("        opt.step()", "        opt.zero_grad()\n        opt.step()")],
        "gradients cleared before the step",
        "most common neural net mistakes: zero_grad in the wrong place",
    ),
    case(
        "titration_wrapped_once_more",
        TITRATION,
        [
            ("import no_grad\n", "import Tensor, no_grad\n"),
            ("pred = net(xb)\n", "pred = Tensor(net(xb).numpy(), requires_grad=True)\n"),
        ],
        "missing gradients",
        ASKED + "element 0 of tensors does not require grad, and how it was silenced",
    ),
    case(
        "titration_without_zero_grad",
        TITRATION,
        [("        opt.zero_grad()\n", "")],
        "gradients not zeroed",
        "most common neural net mistakes: forgot zero_grad",
    ),
    case(
        "titration_clipped_to_a_thousandth",
        TITRATION,
        [("        opt.step()\n", "        optim.clip_grad_norm_(net.parameters(), 1e-3)\n        opt.step()\n")],
        "clipping too tight",
        LIST + "32, check the gradients' size",
    ),
    case(
        "titration_with_weights_clamped",
        TITRATION,
        [
            (
                "        opt.step()\n",
                "        opt.step()\n        for p in net.parameters():\n            p.data = p.data.clip(-0.03, 0.03)\n",
            )
        ],
        "weights held small",
        ASKED + "weight clipping copied from a WGAN",
    ),
    case(
        "rubrics_never_in_training_mode",
        RUBRICS,
        [("    model.train()\n", ""), ("model = build()\n", "model = build().eval()\n")],
        "evaluation mode in training",
        "most common neural net mistakes: train and eval mode",
    ),
    case(
        "rubrics_judged_with_dropout",
        RUBRICS,
        [("    model.eval()\n    with", "    with"), ("nn.Dropout(0.3, ", "nn.Dropout(0.6, ")],
        "training mode in evaluation",
        "most common neural net mistakes: train and eval mode",
    ),
    case(
        "rubrics_built_for_each_epoch",
        RUBRICS,
        [
            (
                "    total = train(",
                "    model = build()\n    optimizer = optim.Adam(model.parameters(), lr=5e-4)\n    total = train(",
            ),
        ],
        "model made anew",
        ASKED + "loss starts again at each epoch",
    ),
    case(
        "rubrics_told_of_the_wrong_part",
        RUBRICS,
        [("accuracy(model, test_x, test_y)", "accuracy(model, train_x, train_y)")],
        "metric on training rows",
        LIST + "20, and a split that is never used",
    ),
    case(
        "tide_without_a_backward",
        TIDE,
        [("        loss.backward()\n", "")],
        "backward missing",
        ASKED + "loss stays exactly the same",
    ),
    case(
        "tide_with_a_loss_kept",
        TIDE,
        [("epoch_loss += loss.item()", "epoch_loss = epoch_loss + loss")],
        "graph grows",
        ASKED + "memory grows, accumulating the loss",
    ),
    case(
        "tide_with_a_model_loaded_later",
        TIDE,
        [
            (
                "history = {",
                "model = nn.Sequential(\n    nn.Linear(look_back, 24, rng=9), nn.Tanh(), nn.Linear(24, 1, rng=8)\n)\nhistory = {",
            )
        ],
        "foreign parameters",
        LIST + "31, check your optimizer's parameters",
    ),
    case(
        "tide_with_a_fresh_optimizer",
        TIDE,
        [
            (
                "        optimizer.zero_grad()\n",
                "        optimizer = optim.SGD(model.parameters(), lr=2e-4, momentum=0.99)\n        optimizer.zero_grad()\n",
            ),
            ("optimizer = optim.Adam(model.parameters(), lr=3e-3)\n", ""),
        ],
        "optimizer made anew",
        ASKED + "optimizer defined in the loop",
    ),
    case(
        "clinic_with_a_schedule_of_batches",
        CLINIC,
        [
            ("    scheduler.step()\n", ""),
            ("        optimizer.step()\n", "        optimizer.step()\n        scheduler.step()\n"),
            ("step=5", "step=3"),
        ],
        "scheduler out of order",
        ASKED + "StepLR stepped in each batch",
        ("rate decays too fast",),
    ),
    case(
        "clinic_of_one_batch",
        CLINIC,
        [
            (
                'x[start : start + config["batch"]], illness[start : start + config["batch"]]',
                'x[: config["batch"]], illness[: config["batch"]]',
            ),
            ("batch=20", "batch=6"),
        ],
        "same batch again",
        RECIPE + ", overfit one batch, and left in",
    ),
    case(
        "clinic_without_its_trunk",
        CLINIC,
        [("list(trunk.parameters()) + list(head.parameters())", "list(head.parameters())"), SMALL],
        "parameters left out",
        LIST + "25, are all layers trained",
    ),
    case(
        "clinic_reads_the_trunk_as_numbers",
        CLINIC,
        [("scores = head(trunk(inputs))", "scores = head(trunk(inputs).numpy())"), SMALL],
        "missing gradients",
        ASKED + "numpy() in the middle of the model",
    ),
    case(
        "moons_climbed",
        MOONS,
        [("w.data - learning_rate", "w.data + learning_rate")],
        "loss maximised",
        CS231N + ", gradient descent by hand",
    ),
]
WELL: list[Case] = []
