"""The tuning half: scripts of people in fields of science, medicine and sport, each changed in one point."""

from __future__ import annotations

from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.pairs import ASKED, BOOK, LIST, RECIPE

# Ice of glaciers: a body in blocks and a head, by a function that trains.
GLACIERS = """
import numpy as np
import nn
import optim
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
weather = rng.normal(size=(480, 6)).astype(np.float32)
loss_of_ice = np.sin(1.5 * weather[:, :1]) + weather[:, 1:2] * weather[:, 2:3] + 0.4 * weather[:, 3:4]
loss_of_ice = (loss_of_ice + 0.1 * rng.normal(size=(480, 1))).astype(np.float32)
train, held = slice(0, 400), slice(400, 480)


class Block(nn.Module):
    def __init__(self, width, seed):
        super().__init__()
        self.into, self.out = nn.Linear(width, width, rng=seed), nn.Linear(width, width, rng=seed + 1)

    def forward(self, h):
        return h + self.out(nn.functional.silu(self.into(h)))


class Ice(nn.Module):
    def __init__(self):
        super().__init__()
        self.lift = nn.Linear(6, 24, rng=SEED)
        self.blocks = nn.ModuleList([Block(24, SEED + k) for k in range(2)])
        self.head = nn.Linear(24, 1, rng=SEED + 9)

    def forward(self, x):
        h = nn.functional.silu(self.lift(x))
        for block in self.blocks:
            h = block(h)
        return self.head(h)


ice = Ice()
optimizer = optim.Adam(ice.parameters(), lr=0.005)


def step(x, y):
    optimizer.zero_grad()
    loss = ((ice(Tensor(x)) - Tensor(y)) ** 2).mean()
    loss.backward()
    optimizer.step()
    return loss.item()


for epoch in range(15):
    order = rng.permutation(400)
    total = sum(step(weather[order[k : k + 40]], loss_of_ice[order[k : k + 40]]) for k in range(0, 400, 40))
    if epoch % 5 == 4:
        print(epoch + 1, total / 10)
with no_grad():
    off = ice(weather[held]).numpy() - loss_of_ice[held]
print("explained:", 1 - (off**2).mean() / loss_of_ice[held].var())
"""

# Sleep, in four stages, by short windows of two channels: norms, dropout, a schedule, and two functions.
SLEEP = """
import numpy as np
import nn
import optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
stage = rng.integers(0, 4, 560)
t = np.arange(20)
wave = np.sin(np.array([0.4, 0.9, 1.5, 2.2])[stage][:, None] * t + rng.uniform(0, 6, (560, 1)))
windows = np.stack([wave, np.roll(wave, 2, axis=1)], axis=1) * 25.0 + 20.0 + 22.0 * rng.normal(size=(560, 2, 20))
windows = windows.astype(np.float32)
x_train, y_train, x_night, y_night = windows[:440], stage[:440], windows[440:], stage[440:]

model = nn.Sequential(
    nn.BatchNorm1d(2),
    nn.Conv1d(2, 16, 5, rng=SEED),
    nn.BatchNorm1d(16),
    nn.ReLU(),
    nn.MaxPool1d(2),
    nn.Flatten(),
    nn.Dropout(0.7, rng=SEED),
    nn.Linear(128, 4, rng=SEED + 1),
)
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=6, gamma=0.2)


def learn():
    model.train()
    for inputs, targets in nn.DataLoader(x_train, y_train, batch_size=20, shuffle=True, seed=epoch):
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
    scheduler.step()


def judge(x, y):
    model.eval()
    with no_grad():
        return (model(x).numpy().argmax(axis=1) == y).mean()


for epoch in range(10):
    learn()
    print("epoch", epoch, "night:", judge(x_night, y_night))
"""

# Runners: their last races, one after the other, and the time of the next; a recurrent network and clipped steps.
RUNNERS = """
import numpy as np
import nn
import optim
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
form = rng.normal(size=(400, 1))
races = (form[:, :, None] + np.cumsum(0.3 * rng.normal(size=(400, 10, 1)), axis=1)).astype(np.float32)
heat = rng.normal(size=(400, 10, 1)).astype(np.float32)
seen = np.concatenate([races + 0.5 * heat, heat], axis=2)
following = (races[:, -1] + 0.1 * rng.normal(size=(400, 1))).astype(np.float32)


class Runner(nn.Module):
    def __init__(self, hidden=14):
        super().__init__()
        self.lift = nn.Linear(2, hidden, rng=SEED)
        self.cell = nn.GRUCell(hidden, hidden, rng=SEED + 1)
        self.head = nn.Linear(hidden, 1, rng=SEED + 2)
        self.hidden = hidden

    def forward(self, x):
        h = Tensor(np.zeros((x.shape[0], self.hidden), np.float32))
        for k in range(x.shape[1]):
            now = nn.functional.tanh(self.lift(x[:, k]))
            h = self.cell(now, h)
        return self.head(h)


net = Runner()
params = list(net.parameters())
opt = optim.SGD(params, lr=0.05, momentum=0.9)
for i in range(240):
    rows = rng.choice(320, 32, replace=False)
    error = net(Tensor(seen[rows])) - Tensor(following[rows])
    loss = (error**2).mean()
    opt.zero_grad()
    loss.backward()
    optim.clip_grad_norm_(params, 1.0)
    opt.step()
    if i % 60 == 59:
        print(i + 1, loss.item())
with no_grad():
    off = net(Tensor(seen[320:])).numpy() - following[320:]
print("explained:", 1 - (off**2).mean() / following[320:].var())
"""

# Beetles in pitfalls, by hand: no modules, no optimizer.
BEETLES = """
import numpy as np
from autograd import Tensor

rng = np.random.default_rng(SEED)
places = rng.normal(size=(360, 4)).astype(np.float32)
found = (places[:, :1] * places[:, 1:2] + np.abs(places[:, 2:3]) > 0.8).astype(np.float32)
shown, hidden = slice(0, 280), slice(280, 360)


def matrix(rows, columns):
    return Tensor(rng.normal(0, rows**-0.5, (rows, columns)).astype(np.float32), requires_grad=True)


def zeros(columns):
    return Tensor(np.zeros(columns, np.float32), requires_grad=True)


weights = {"in": matrix(4, 32), "in_bias": zeros(32), "mid": matrix(32, 16), "mid_bias": zeros(16)}
weights |= {"out": matrix(16, 1), "out_bias": zeros(1)}
speed = {name: np.zeros_like(w.data) for name, w in weights.items()}


def chance(x):
    h = (Tensor(x) @ weights["in"] + weights["in_bias"]).tanh()
    h = (h @ weights["mid"] + weights["mid_bias"]).tanh()
    return (h @ weights["out"] + weights["out_bias"]).sigmoid()


def surprise(p, y):
    y = Tensor(y)
    return -(y * (p + 1e-6).log() + (1 - y) * (1 - p + 1e-6).log()).mean()


for visit in range(900):
    some = rng.integers(0, 280, 40)
    loss = surprise(chance(places[some]), found[some])
    loss.backward()
    for name, w in weights.items():
        speed[name] = 0.9 * speed[name] - 0.05 * w.grad
        w.data = w.data + speed[name]
        w.grad = None
    if visit % 150 == 149:
        print(visit + 1, loss.item())
right = (chance(places[hidden]).numpy() > 0.5) == (found[hidden] > 0.5)
print("right:", right.mean())
"""

SICK = [
    case(
        "glacier_blocks_in_a_tuple",
        GLACIERS,
        [
            ("nn.ModuleList([Block(24, SEED + k) for k in range(2)])", "tuple(Block(24, SEED + k) for k in range(2))"),
            ("self.lift = nn.Linear(6, 24, rng=SEED)", "self.parts = {'lift': nn.Linear(6, 24, rng=SEED)}"),
            ("self.lift(x)", "self.parts['lift'](x)"),
        ],
        "unregistered parameters",
        ASKED + "layers in a list are not in parameters()",
    ),
    case(
        "glacier_head_alone_in_the_optimizer",
        GLACIERS,
        [("optim.Adam(ice.parameters(), lr=0.005)", "optim.Adam(ice.head.parameters(), lr=0.005)")],
        "parameters left out",
        LIST + "27: is every layer trained",
    ),
    case(
        "glacier_features_kept_as_arrays",
        GLACIERS,
        [("        return self.head(h)\n", "        h = Tensor(h.numpy())\n        return self.head(h)\n")],
        "missing gradients",
        ASKED + "grad is None after numpy()",
    ),
    case(
        "glacier_body_from_a_lecture_on_transfer",
        GLACIERS,
        [("ice = Ice()\n", "ice = Ice()\nfor name, p in ice.named_parameters():\n    p.requires_grad = name.startswith('head')\n")],
        "frozen parameters",
        ASKED + "transfer learning without weights to transfer",
    ),
    case(
        "glacier_copied_after_the_optimizer",
        GLACIERS,
        [
            ("from autograd import Tensor, no_grad\n", "from autograd import Tensor, no_grad\nfrom copy import deepcopy\n"),
            ("lr=0.005)\n", "lr=0.005)\nbegun = ice\nice = deepcopy(begun)\n"),
        ],
        "foreign parameters",
        ASKED + "the model was copied or moved after the optimizer was made",
    ),
    case(
        "glacier_errors_as_a_score",
        GLACIERS,
        [("    loss.backward()\n", "    score = 1.0 - loss\n    score.backward()\n")],
        "loss maximised",
        ASKED + "minimise a score",
    ),
    case(
        "sleep_with_a_schedule_in_the_batches",
        SLEEP,
        [("        optimizer.step()\n    scheduler.step()\n", "        optimizer.step()\n        scheduler.step()\n")],
        "scheduler out of order",
        ASKED + "where to call scheduler.step()",
        ("rate decays too fast",),
    ),
    case(
        "sleep_judged_with_half_of_the_values",
        SLEEP,
        [("    model.eval()\n", "")],
        "training mode in evaluation",
        ASKED + "forgot model.eval()",
    ),
    case(
        "sleep_told_of_known_nights",
        SLEEP,
        [
            ('"night:", judge(x_night, y_night)', '"night:", judge(x_train[-120:], y_train[-120:])'),
            ("22.0 * rng", "40.0 * rng"),
            ("nn.Dropout(0.7", "nn.Dropout(0.1"),
        ],
        "metric on training rows",
        RECIPE,
    ),
    case(
        "sleep_from_the_first_hour_only",
        SLEEP,
        [
            ("    for inputs, targets in nn.DataLoader(", "    for _ in range(22):\n        loader = nn.DataLoader("),
            ("seed=epoch):\n", "seed=SEED)\n        inputs, targets = next(iter(loader))\n"),
        ],
        "same batch again",
        ASKED + "next(iter(loader))",
    ),
    case(
        "runners_clipped_by_value",
        RUNNERS,
        [("optim.clip_grad_norm_(params, 1.0)", "optim.clip_grad_value_(params, 1e-4)")],
        "clipping too tight",
        ASKED + "gradient clipping for recurrent networks",
    ),
    case(
        "runners_whose_step_waits_for_a_full_count",
        RUNNERS,
        [("    opt.step()\n", "    if i % 32 == 32:\n        opt.step()\n")],
        "step missing",
        ASKED + "gradient accumulation",
    ),
    case(
        "runners_cleared_once_a_lap",
        RUNNERS,
        [("    opt.zero_grad()\n", "    if i % 60 == 0:\n        opt.zero_grad()\n")],
        "gradients not zeroed",
        ASKED + "zero_grad once an epoch",
    ),
    case(
        "sleep_never_told_to_train",
        SLEEP,
        [("    model.train()\n", "    model.eval()\n")],
        "evaluation mode in training",
        ASKED + "batch norm in eval mode while training",
    ),
    case(
        "runners_with_a_clean_slate",
        RUNNERS,
        [("    opt.zero_grad()\n    loss.backward()\n", "    loss.backward()\n    opt.zero_grad()\n")],
        "gradients cleared before the step",
        LIST + "30: the loop",
    ),
    case(
        "beetles_on_short_strings",
        BEETLES,
        [("        w.data = w.data + speed[name]\n", "        w.data = np.clip(w.data + speed[name], -0.05, 0.05)\n")],
        "weights held small",
        "Arjovsky and others, Wasserstein GAN: clipped weights",
    ),
    case(
        "beetles_with_weights_that_melt",
        BEETLES,
        [("        w.data = w.data + speed[name]\n", "        w.data = 0.97 * (w.data + speed[name])\n")],
        "too much weight decay",
        "Loshchilov and Hutter, decay apart from the rate",
    ),
    case(
        "beetles_with_one_weight_for_all",
        BEETLES,
        [
            ("rng.normal(0, rows**-0.5, (rows, columns)).astype(np.float32)", "np.full((rows, columns), 1 / rows, np.float32)"),
        ],
        "identical units",
        BOOK,
    ),
]  # fmt: skip
