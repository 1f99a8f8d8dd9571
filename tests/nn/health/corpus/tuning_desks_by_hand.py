"""The tuning half: scripts from many desks whose losses, first weights or layers are at fault; each text is the run as it went well."""

from __future__ import annotations

from tests.nn.health.corpus.case import Case
from tests.nn.health.corpus.pairs import ASKED, BOOK, CS231N, LIST
from tests.nn.health.corpus.tuning_desks_loops import pair

# How hard a concrete becomes, with a penalty on the weights.
CONCRETE = """
import numpy as np
import nn
import optim

rng = np.random.default_rng(SEED)
cement, water, age, ash = rng.random((4, 360))
strength = 2 * cement - 3 * water * cement + np.log1p(9 * age) + 0.4 * ash * (age > 0.5) + 0.05 * rng.normal(size=360)
X = (np.stack([cement, water, age, ash], axis=1) * 4 - 2).astype(np.float32)
y = ((strength - strength.mean()) / strength.std()).astype(np.float32)[:, None]

lam = 1e-4
model = nn.Sequential(nn.Linear(4, 24, rng=SEED), nn.ELU(), nn.Linear(24, 1, rng=SEED + 1))
optimizer = optim.RMSprop(model.parameters(), lr=0.005)
for epoch in range(40):
    for i in range(0, 300, 30):
        xb, yb = X[i : i + 30], y[i : i + 30]
        loss = nn.functional.mse_loss(model(xb), yb)
        loss = loss + lam * sum((w**2).sum() for w in model.parameters())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 10 == 9:
        print(epoch + 1, loss.item(), nn.functional.mse_loss(model(X[300:]), y[300:]).item())
"""

# Which of four routes a courier should take: a policy by its gradient, from what was tried and what came of it.
COURIER = """
import numpy as np
import nn
import optim
from autograd import no_grad
from nn import functional as F

rng = np.random.default_rng(SEED)
traffic = rng.normal(size=(500, 6)).astype(np.float32)
quick = traffic @ np.random.default_rng(4).normal(size=(6, 4))
best = quick.argmax(axis=1)

policy = nn.Sequential(nn.Linear(6, 32, rng=SEED), nn.Tanh(), nn.Linear(32, 4, rng=SEED + 1))
optimizer = optim.Adam(policy.parameters(), lr=0.01)

for episode in range(400):
    rows = rng.integers(0, 400, 50)
    states = traffic[rows]
    log_probs = F.log_softmax(policy(states), dim=1)
    probs = np.exp(log_probs.numpy())
    actions = (probs.cumsum(axis=1) > rng.random((50, 1))).argmax(axis=1)
    rewards = (actions == best[rows]).astype(np.float32)
    advantage = rewards - rewards.mean()
    taken = (log_probs * F.one_hot(actions, 4).astype(np.float32)).sum(axis=1)
    loss = -(taken * advantage).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if episode % 50 == 49:
        with no_grad():
            greedy = policy(traffic[400:]).numpy().argmax(axis=1)
        print(episode + 1, "reward", rewards.mean(), "greedy", (greedy == best[400:]).mean())
"""

# What a river does in the next sixteen hours, step by step.
RIVER = """
import numpy as np
import nn
import optim
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
rain = rng.gamma(0.6, 1.0, size=(240, 16)).astype(np.float32)
flow = np.zeros((240, 16), dtype=np.float32)
level = np.zeros(240)
for t in range(16):
    level = 0.7 * level + 0.5 * rain[:, t] * (1 + 0.3 * (level > 1.0))
    flow[:, t] = level
flow = (flow - flow.mean()) / flow.std()
rain = (rain - 0.6) / 0.8


class Stepper(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.cell = nn.GRUCell(1, hidden, rng=SEED)
        self.readout = nn.Linear(hidden, 1, rng=SEED + 1)

    def forward(self, rain):
        h = Tensor(np.zeros((len(rain), 24), dtype=np.float32))
        answers = []
        for t in range(rain.shape[1]):
            h = self.cell(rain[:, t : t + 1], h)
            answers.append(self.readout(h))
        return answers


net = Stepper()
sgd = optim.SGD(net.parameters(), lr=0.08, momentum=0.9)
for epoch in range(15):
    order = rng.permutation(200)
    for k in range(0, 200, 40):
        idx = order[k : k + 40]
        answers = net(rain[idx])
        loss = 0.0
        for t in range(16):
            loss = loss + ((answers[t] - flow[idx, t : t + 1]) ** 2).mean() / 16
        sgd.zero_grad()
        loss.backward()
        sgd.step()
    with no_grad():
        late = np.mean([((a.numpy() - flow[200:, t : t + 1]) ** 2).mean() for t, a in enumerate(net(rain[200:]))])
    print(epoch, loss.item(), late)
"""

# A beginner's network of lists: whether two switches and two dials light a lamp.
LAMP = """
import random
import numpy as np
from autograd import Tensor

random.seed(SEED)
rng = np.random.default_rng(SEED)
inputs = rng.uniform(-1, 1, size=(600, 4)).astype(np.float32)
lamp = (inputs[:, 0] * inputs[:, 1] > 0).astype(np.float32).reshape(-1, 1)

hidden = 16
w1 = [[random.gauss(0, 1) for _ in range(hidden)] for _ in range(4)]
w2 = [[random.gauss(0, 1)] for _ in range(hidden)]
W1 = Tensor(np.array(w1, dtype=np.float32), requires_grad=True)
b1 = Tensor(np.zeros(hidden, dtype=np.float32), requires_grad=True)
W2 = Tensor(np.array(w2, dtype=np.float32), requires_grad=True)
b2 = Tensor(np.zeros(1, dtype=np.float32), requires_grad=True)


def predict(x):
    h = (x @ W1 + b1).tanh()
    return (h @ W2 + b2).sigmoid()


learning_rate = 1.0
for step in range(2500):
    rows = rng.integers(0, 500, 60)
    p = predict(Tensor(inputs[rows]))
    t = lamp[rows]
    loss = -(t * (p + 1e-7).log() + (1 - t) * (1 - p + 1e-7).log()).mean()
    loss.backward()
    for w in (W1, b1, W2, b2):
        w.data -= learning_rate * w.grad
        w.zero_grad()
    if step % 250 == 0:
        held = predict(Tensor(inputs[500:])).numpy()
        print(step, loss.item(), ((held > 0.5) == (lamp[500:] > 0.5)).mean())
"""

# Which way a rod swings, through a class whose forward was typed from memory.
ROD = """
import numpy as np
import nn
import optim
import nn.functional as F
from autograd import no_grad

np.random.seed(SEED)
angle = np.random.uniform(-np.pi, np.pi, 450)
speed = np.random.uniform(-2, 2, 450)
X = np.stack([angle, speed], axis=1).astype(np.float32)
Y = np.stack([np.sin(2 * angle), speed * np.cos(angle)], axis=1).astype(np.float32)
X_train, Y_train, X_test, Y_test = X[:360], Y[:360], X[360:], Y[360:]


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.fc1 = nn.Linear(2, 64, rng=SEED)
        self.fc2 = nn.Linear(64, 64, rng=SEED + 1)
        self.fc3 = nn.Linear(64, 2, rng=SEED + 2)

    def forward(self, x):
        x = self.fc1(x)
        x = F.relu(x)
        x = self.fc2(x)
        x = F.relu(x)
        x = self.fc3(x)
        return x


net = Net()
criterion = nn.MSELoss()
optimizer = optim.Adam(net.parameters(), lr=0.005)
for epoch in range(40):
    running_loss = 0.0
    for i, (inputs, labels) in enumerate(nn.DataLoader(X_train, Y_train, batch_size=24, shuffle=True, seed=epoch)):
        optimizer.zero_grad()
        outputs = net(inputs)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
    net.eval()
    with no_grad():
        test_loss = criterion(net(X_test), Y_test).item()
    net.train()
    print("[%d] train %.4f test %.4f" % (epoch + 1, running_loss / (i + 1), test_loss))
"""

# Colours of leaves, a network whose weights are plain tensors.
LEAVES = """
import numpy as np
import optim
from autograd import Tensor, no_grad

np.random.seed(SEED)
n_in, n_hidden, n_out, depth = 9, 80, 5, 6
shades = np.random.RandomState(21).randn(n_out, n_in)
Y = np.random.randint(0, n_out, 500)
X = (shades[Y] + 0.6 * np.random.randn(500, n_in)).astype(np.float32)

sizes = [n_in] + [n_hidden] * depth + [n_out]
weights, biases = [], []
for a, b in zip(sizes[:-1], sizes[1:]):
    W = np.random.randn(a, b) * np.sqrt(2.0 / a)
    weights.append(Tensor(W.astype(np.float32), requires_grad=True))
    biases.append(Tensor(np.zeros(b, dtype=np.float32), requires_grad=True))


def forward(x):
    a = Tensor(x)
    for W, b in zip(weights[:-1], biases[:-1]):
        a = (a @ W + b).relu()
    return a @ weights[-1] + biases[-1]


def cross_entropy(scores, labels):
    log_p = scores.log_softmax(axis=1)
    return -log_p[np.arange(len(labels)), labels].mean()


opt = optim.SGD(weights + biases, lr=0.02)
for epoch in range(25):
    perm = np.random.permutation(400)
    for s in range(0, 400, 25):
        b = perm[s : s + 25]
        loss = cross_entropy(forward(X[b]), Y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
    with no_grad():
        test = forward(X[400:]).numpy()
    print(epoch, loss.item(), (test.argmax(1) == Y[400:]).mean())
"""

# Spectra of two hundred and forty points, by the network of a well-known book on the web: sigmoids and a quadratic cost.
STARLIGHT = """
import numpy as np
import nn
import optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
templates = np.random.default_rng(31).normal(size=(4, 240))
star = rng.integers(0, 4, 400)
light = (templates[star] + 1.5 * rng.normal(size=(400, 240))).astype(np.float32)
one_hot = np.eye(4, dtype=np.float32)[star]


class Network(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.biases = nn.ParameterList([nn.Parameter(np.zeros(y, dtype=np.float32)) for y in sizes[1:]])
        self.weights = nn.ParameterList(
            [
                nn.Parameter((rng.normal(size=(x, y)) / np.sqrt(x)).astype(np.float32))
                for x, y in zip(sizes[:-1], sizes[1:])
            ]
        )

    def forward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = (a @ w + b).sigmoid()
        return a


net = Network([240, 100, 100, 4])
optimizer = optim.SGD(net.parameters(), lr=0.1)
for epoch in range(20):
    order = rng.permutation(320)
    for k in range(0, 320, 10):
        mini_batch = order[k : k + 10]
        cost = 0.5 * ((net(light[mini_batch]) - one_hot[mini_batch]) ** 2).sum(axis=1).mean()
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
    with no_grad():
        right = (net(light[320:]).numpy().argmax(axis=1) == star[320:]).sum()
    print(f"Epoch {epoch}: {right} / 80")
"""

RUNS = [
    pair(
        "concrete_of_a_penalty_alone",
        CONCRETE,
        [("        loss = loss + lam * sum(", "        loss = lam * sum(")],
        "loss ignores targets",
        ASKED + "L2 penalty by hand, loss goes to zero and the answers too",
    ),
    pair(
        "courier_who_loses_time",
        COURIER,
        [("    loss = -(taken * advantage).mean()", "    loss = (taken * advantage).mean()")],
        "loss maximised",
        ASKED + "REINFORCE, the reward goes down, minus sign forgotten",
    ),
    pair(
        "river_of_added_hours",
        RIVER,
        [("** 2).mean() / 16\n", "** 2).sum()\n")],
        "loss summed",
        ASKED + "loss += criterion(...) at each time step, loss explodes",
    ),
    pair(
        "lamp_of_multiplied_lists",
        LAMP,
        [("w1 = [[random.gauss(0, 1) for _ in range(hidden)] for _ in range(4)]", "w1 = [[random.gauss(0, 1)] * hidden for _ in range(4)]"),
         ("w2 = [[random.gauss(0, 1)] for _ in range(hidden)]", "w2 = [[random.gauss(0, 1)]] * hidden")],
        "identical units",
        ASKED + "list multiplication for the first weights, all hidden units are the same",
    ),
    pair(
        "rod_whose_bends_are_dropped",
        ROD,
        [("        x = F.relu(x)\n", "        F.relu(x)\n")],
        "no activation",
        LIST + "19, and F.relu(x) whose value is not kept",
    ),
    pair(
        "leaves_without_a_root",
        LEAVES,
        [(" * np.sqrt(2.0 / a)", "")],
        "exploding gradients",
        CS231N + ", weight initialisation: np.random.randn alone",
        ("learning rate too high",),
    ),
    pair(
        "starlight_by_the_book",
        STARLIGHT,
        [("(rng.normal(size=(x, y)) / np.sqrt(x))", "rng.normal(size=(x, y))")],
        "saturation",
        BOOK + ", and Nielsen, Neural Networks and Deep Learning, chapter 3",
    ),
]  # fmt: skip
SICK: list[Case] = [sick for sick, _ in RUNS]
WELL: list[Case] = [well for _, well in RUNS]
