"""The tuning half: scripts of question sites that are fine, though something about each looks odd."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.pairs import ASKED, BOOK, LIST, RECIPE

# A new model for each of four folds.
FOLDS = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
clay, sand, depth = rng.uniform(0, 1, (3, 240))
water = 0.9 * clay - 0.7 * sand**2 + 0.5 * np.maximum(depth - 0.4, 0) + 0.05 * rng.normal(size=240)
X = (np.column_stack([clay, sand, depth]).astype(np.float32) - 0.5) * 3.4
y = ((water - water.mean()) / water.std()).astype(np.float32)[:, None]
folds = np.array_split(rng.permutation(240), 4)
scores = []
for k in range(4):
    valid = folds[k]
    train = np.concatenate([folds[j] for j in range(4) if j != k])
    model = nn.Sequential(nn.Linear(3, 20, rng=k), nn.Tanh(), nn.Linear(20, 1, rng=k + 10))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    criterion = nn.MSELoss()
    for epoch in range(40):
        for rows in np.array_split(rng.permutation(train), 9):
            optimizer.zero_grad()
            loss = criterion(model(X[rows]), y[rows])
            loss.backward()
            optimizer.step()
    with no_grad():
        scores.append(criterion(model(X[valid]), y[valid]).item())
    print("fold", k, scores[-1])
print("wrong", np.mean(scores), "constant", y.var())
"""

# A small network learns from what a large one says, and never sees a label.
TEACHER = """
import numpy as np
import nn, optim
from nn import functional as F
from autograd import no_grad

rng = np.random.default_rng(SEED)
label = rng.integers(0, 5, 640)
x = (np.random.default_rng(91).normal(size=(5, 8))[label] + 0.6 * rng.normal(size=(640, 8))).astype(np.float32)
x_train, x_test, t_train, t_test = x[:500], x[500:], label[:500], label[500:]

teacher = nn.Sequential(nn.Linear(8, 96, rng=1), nn.ReLU(), nn.Linear(96, 5, rng=2))
opt = optim.Adam(teacher.parameters(), lr=0.005)
for epoch in range(15):
    for i in np.array_split(rng.permutation(500), 16):
        opt.zero_grad()
        F.cross_entropy(teacher(x_train[i]), t_train[i]).backward()
        opt.step()
teacher.eval()

student = nn.Sequential(nn.Linear(8, 10, rng=SEED), nn.ReLU(), nn.Linear(10, 5, rng=SEED + 1))
opt = optim.Adam(student.parameters(), lr=0.01)
T = 2.0
for epoch in range(30):
    for i in np.array_split(rng.permutation(500), 16):
        with no_grad():
            soft = F.softmax(teacher(x_train[i]) / T, dim=1)
        loss = F.kl_div(F.log_softmax(student(x_train[i]) / T, dim=1), soft, reduction="batchmean") * T * T
        opt.zero_grad()
        loss.backward()
        opt.step()
with no_grad():
    print("wrong", (student(x_test).numpy().argmax(1) != t_test).mean(), "constant", 0.8)
"""

# Each row is a mixture of two, and so is its target.
MIXUP = """
import numpy as np
import nn, optim
import nn.functional as F
from autograd import no_grad

rng = np.random.default_rng(SEED)
kind = rng.integers(0, 4, 480)
leaf = (1.2 * np.random.default_rng(92).normal(size=(4, 16))[kind] + 0.9 * rng.normal(size=(480, 16))).astype(np.float32)
onehot = np.eye(4, dtype=np.float32)[kind]
net = nn.Sequential(nn.Linear(16, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 4, rng=SEED + 1))
sgd = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
for epoch in range(20):
    order = rng.permutation(380)
    for start in range(0, 380, 38):
        a = order[start : start + 38]
        b = rng.permutation(a)
        share = np.float32(rng.beta(0.4, 0.4))
        x = share * leaf[a] + (1 - share) * leaf[b]
        y = share * onehot[a] + (1 - share) * onehot[b]
        loss = F.cross_entropy(net(x), y)
        sgd.zero_grad()
        loss.backward()
        sgd.step()
with no_grad():
    print("wrong", (net(leaf[380:]).numpy().argmax(1) != kind[380:]).mean(), "constant", 0.75)
"""

# Embeddings by plain descent, the rest by Adam.
TWO_OPTIMIZERS = """
import numpy as np
import nn, optim
from nn import functional as F
from autograd import no_grad

rng = np.random.default_rng(SEED)
shop, week = rng.integers(0, 30, 700), rng.uniform(0, 52, 700)
level, swing = rng.normal(size=30), rng.normal(size=30)
sold = (level[shop] + swing[shop] * np.sin(week / 52 * 2 * np.pi) + 0.25 * rng.normal(size=700)).astype(np.float32)
season = np.column_stack([np.sin(week / 52 * 2 * np.pi), np.cos(week / 52 * 2 * np.pi)]).astype(np.float32)


class Sales(nn.Module):
    def __init__(self):
        super().__init__()
        self.shops = nn.Embedding(30, 6, rng=SEED)
        self.hidden = nn.Linear(8, 32, rng=SEED + 1)
        self.out = nn.Linear(32, 1, rng=SEED + 2)

    def forward(self, shop, season):
        from autograd import concatenate
        h = concatenate([self.shops(shop), season], axis=1)
        return self.out(F.relu(self.hidden(h)))[:, 0]


model = Sales()
sparse = optim.SGD(model.shops.parameters(), lr=0.5)
dense = optim.Adam([*model.hidden.parameters(), *model.out.parameters()], lr=0.01)
for epoch in range(40):
    for i in np.array_split(rng.permutation(600), 20):
        sparse.zero_grad()
        dense.zero_grad()
        loss = F.mse_loss(model(shop[i], season[i]), sold[i])
        loss.backward()
        sparse.step()
        dense.step()
with no_grad():
    print("wrong", F.mse_loss(model(shop[600:], season[600:]), sold[600:]).item(), "constant", sold[600:].var())
"""

# A long series in pieces; the state goes on from one to the next without its graph.
PIECES = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
t = np.arange(1300)
wave = np.sin(t / 4.0) * np.cos(t / 17.0) + 0.1 * rng.normal(size=1300)
wave = (wave / wave.std()).astype(np.float32)
train = wave[:1001]
rnn = nn.GRU(1, 20, batch_first=True, rng=SEED)
head = nn.Linear(20, 1, rng=SEED + 1)
params = list(rnn.parameters()) + list(head.parameters())
optimizer = optim.Adam(params, lr=0.01)
mse = nn.MSELoss()
for epoch in range(12):
    state = None
    for start in range(0, 1000, 25):
        x = train[start : start + 25].reshape(1, 25, 1)
        y = train[start + 1 : start + 26].reshape(1, 25, 1)
        out, state = rnn(x, state)
        state = state.detach()
        loss = mse(head(out), y)
        optimizer.zero_grad()
        loss.backward()
        optim.clip_grad_norm_(params, 1.0)
        optimizer.step()
with no_grad():
    out, _ = rnn(wave[1001:-1].reshape(1, -1, 1))
    print("wrong", mse(head(out), wave[1002:].reshape(1, -1, 1)).item(), "constant", wave[1002:].var())
"""

# No data at all: a curve whose slope is known everywhere, and where it begins.
SLOPE = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
net = nn.Sequential(nn.Linear(1, 24, rng=SEED), nn.Tanh(), nn.Linear(24, 24, rng=SEED + 1), nn.Tanh(), nn.Linear(24, 1, rng=SEED + 2))
optimizer = optim.Adam(net.parameters(), lr=0.005)
start = np.zeros((1, 1), np.float32)
h = 0.01
for step in range(800):
    t = rng.uniform(0, 3, (40, 1)).astype(np.float32)
    slope = (net(t + h) - net(t - h)) / (2 * h)
    loss = ((slope + net(t)) ** 2).mean() + ((net(start) - 1.0) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
grid = np.linspace(0, 3, 50, dtype=np.float32)[:, None]
with no_grad():
    wrong = ((net(grid).numpy() - np.exp(-grid)) ** 2).mean()
print("wrong", wrong, "constant", np.exp(-grid).var())
"""

# First what the readings have in common, then what they mean.
TWICE = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
hidden = rng.normal(size=(600, 3))
reading = (np.tanh(hidden @ np.random.default_rng(93).normal(size=(3, 14))) + 0.1 * rng.normal(size=(600, 14))).astype(np.float32)
faulty = (hidden[:, 0] + 0.5 * hidden[:, 1] > 0.3).astype(np.float32)[:, None]
encoder = nn.Sequential(nn.Linear(14, 24, rng=SEED), nn.ELU(), nn.Linear(24, 5, rng=SEED + 1))
decoder = nn.Sequential(nn.Linear(5, 24, rng=SEED + 2), nn.ELU(), nn.Linear(24, 14, rng=SEED + 3))
first = optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.005)
mse = nn.MSELoss()
for epoch in range(25):
    for rows in np.array_split(rng.permutation(600), 20):
        loss = mse(decoder(encoder(reading[rows])), reading[rows])
        first.zero_grad()
        loss.backward()
        first.step()

for weight in encoder.parameters():
    weight.requires_grad = False
classifier = nn.Sequential(nn.Linear(5, 16, rng=SEED + 4), nn.ReLU(), nn.Linear(16, 1, rng=SEED + 5))
second = optim.Adam(classifier.parameters(), lr=0.01)
bce = nn.BCEWithLogitsLoss()
for epoch in range(40):
    for rows in np.array_split(rng.permutation(120), 6):
        second.zero_grad()
        loss = bce(classifier(encoder(reading[rows])), faulty[rows])
        loss.backward()
        second.step()
with no_grad():
    said = classifier(encoder(reading[120:])).numpy() > 0
print("wrong", (said != faulty[120:]).mean(), "constant", min(faulty[120:].mean(), 1 - faulty[120:].mean()))
"""

WELL: list[Case] = [
    case("soils_in_four_folds", FOLDS, (), HEALTHY, ASKED + "cross-validation with a network"),
    case("pupil_of_a_teacher", TEACHER, (), HEALTHY, ASKED + "knowledge distillation"),
    case("leaves_mixed_two_by_two", MIXUP, (), HEALTHY, LIST + "9, mixup"),
    case("shops_by_two_optimizers", TWO_OPTIMIZERS, (), HEALTHY, ASKED + "two optimizers for one model"),
    case("series_in_pieces", PIECES, (), HEALTHY, ASKED + "truncated backpropagation through time"),
    case("curve_of_known_slope", SLOPE, (), HEALTHY, BOOK),
    case("readings_learned_twice", TWICE, (), HEALTHY, RECIPE),
]
SICK: list[Case] = []
