"""The tuning half: more own loops that are fine: tied tables, triplets, attacks, pointers, streams, towers, masks, samplers."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.pairs import ASKED, BOOK, CS231N, LIST

# One table reads the words and writes them; the next of a grammar that is never quite sure.
TIED = """
import numpy as np
import nn, optim
import autograd.numpy as anp
from nn import functional as F
from autograd import no_grad

rng = np.random.default_rng(SEED)
V, DIM = 12, 16
table = np.random.default_rng(3).dirichlet(np.full(V, 0.05), size=(V, V)) * 0.9 + 0.1 / V
text = [0, 1]
for _ in range(2600):
    text.append(int(rng.choice(V, p=table[text[-2], text[-1]])))
text = np.array(text)
pairs, nexts = np.stack([text[:-2], text[1:-1]], axis=1), text[2:]
cut = 2100


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(V, DIM, rng=SEED)
        self.hidden = nn.Linear(2 * DIM, 64, rng=SEED + 1)
        self.back = nn.Linear(64, DIM, rng=SEED + 2)
        self.bias = nn.Parameter(np.zeros(V, np.float32))

    def forward(self, words):
        h = self.embed(words).reshape(len(words), 2 * DIM)
        h = self.back(F.relu(self.hidden(h)))
        return anp.matmul(h, self.embed.weight.T) + self.bias


model = Tied()
optimizer = optim.AdamW(model.parameters(), lr=0.004, weight_decay=0.01)
for epoch in range(12):
    order = rng.permutation(cut)
    total = 0.0
    for rows in np.array_split(order, 42):
        loss = F.cross_entropy(model(pairs[rows]), nexts[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    print(epoch, total / 42)
with no_grad():
    logits = model(pairs[cut:])
    print("held", F.cross_entropy(logits, nexts[cut:]).item(), "uniform", np.log(V))
"""

# An anchor, one of its kind and one of another, drawn anew for each step; judged by the nearest neighbour.
TRIPLETS = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
person = rng.integers(0, 8, 500)
hidden = np.random.default_rng(45).normal(size=(8, 5))[person] + 0.3 * rng.normal(size=(500, 5))
face = np.hstack([hidden, 2.0 * rng.normal(size=(500, 5))]) @ np.linalg.qr(np.random.default_rng(46).normal(size=(10, 10)))[0]
face = face.astype(np.float32)
train, test = np.arange(360), np.arange(360, 500)
net = nn.Sequential(nn.Linear(10, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 6, rng=SEED + 1))
optimizer = optim.Adam(net.parameters(), lr=0.003)
criterion = nn.TripletMarginLoss(margin=1.0)
of = {k: train[person[train] == k] for k in range(8)}
for step in range(500):
    anchor = rng.choice(train, 32)
    positive = np.array([rng.choice(of[person[a]]) for a in anchor])
    negative = np.array([rng.choice(of[(person[a] + rng.integers(1, 8)) % 8]) for a in anchor])
    loss = criterion(net(face[anchor]), net(face[positive]), net(face[negative]))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 100 == 0:
        print(step, loss.item())
with no_grad():
    known, new = net(face[train]).numpy(), net(face[test]).numpy()
nearest = ((new[:, None] - known[None]) ** 2).sum(axis=2).argmin(axis=1)
print("errors", (person[train][nearest] != person[test]).mean())
"""

# Half of each batch is moved a little against the network.
ATTACKED = """
import numpy as np
import nn, optim
from nn import functional as F
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
note = rng.integers(0, 3, 480)
bank = (1.4 * np.random.default_rng(19).normal(size=(3, 9))[note] + 0.8 * rng.normal(size=(480, 9))).astype(np.float32)
net = nn.Sequential(nn.Linear(9, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 3, rng=SEED + 1))
optimizer = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
epsilon = 0.15
for epoch in range(20):
    for rows in np.array_split(rng.permutation(380), 19):
        x = Tensor(bank[rows], requires_grad=True)
        F.cross_entropy(net(x), note[rows]).backward()
        moved = bank[rows] + epsilon * np.sign(x.grad)
        optimizer.zero_grad()
        loss = 0.5 * F.cross_entropy(net(Tensor(bank[rows])), note[rows]) + 0.5 * F.cross_entropy(net(Tensor(moved)), note[rows])
        loss.backward()
        optimizer.step()
    with no_grad():
        print(epoch, (net(Tensor(bank[380:])).numpy().argmax(1) == note[380:]).mean())
"""

# Where in a row stands the thing that is asked for: attention whose weights are the answer.
POINTER = """
import numpy as np
import nn, optim
import autograd.numpy as anp
from nn import functional as F
from autograd import no_grad

rng = np.random.default_rng(SEED)


def draw(n):
    things = np.stack([rng.permutation(12)[:6] for _ in range(n)])
    where = rng.integers(0, 6, n)
    return things, things[np.arange(n), where], where


class Pointer(nn.Module):
    def __init__(self):
        super().__init__()
        self.keys, self.asks = nn.Embedding(12, 12, rng=SEED), nn.Embedding(12, 12, rng=SEED + 1)

    def forward(self, things, asked):
        return anp.einsum("nld,nd->nl", self.keys(things), self.asks(asked)) / 12**0.5


model = Pointer()
optimizer = optim.Adam(model.parameters(), lr=0.02)
for step in range(400):
    things, asked, where = draw(24)
    loss = F.nll_loss(F.log_softmax(model(things, asked), dim=1), where)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 80 == 0:
        print(step, loss.item())
things, asked, where = draw(300)
with no_grad():
    print("right", (model(things, asked).numpy().argmax(1) == where).mean())
"""

# Rows come once and never again; the error of each batch is noted before it is learned.
STREAM = """
from collections import deque
import numpy as np
import nn, optim

rng = np.random.default_rng(SEED)


def stream():
    while True:
        x = rng.uniform(-1.7, 1.7, (16, 4)).astype(np.float32)
        y = np.where(x[:, 0] > 0, x[:, 1], -x[:, 2]) + 0.2 * rng.normal(size=16)
        yield x, y.astype(np.float32)[:, None]


net = nn.Sequential(nn.Linear(4, 32, rng=SEED), nn.LeakyReLU(), nn.Linear(32, 1, rng=SEED + 1))
optimizer = optim.Adamax(net.parameters(), lr=0.02)
huber = nn.HuberLoss()
recent = deque(maxlen=50)
for step, (x, y) in enumerate(stream()):
    out = net(x)
    loss = huber(out, y)
    recent.append(((out.numpy() - y) ** 2).mean())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 150 == 0:
        print(step, np.mean(recent))
    if step == 900:
        break
"""

# Guests and rooms in two towers; the others of a batch are the wrong answers.
TOWERS = """
import numpy as np
import nn, optim
import autograd.numpy as anp
from nn import functional as F
from autograd import no_grad

rng = np.random.default_rng(SEED)
wish = rng.normal(size=(640, 5))
room = (np.tanh(wish @ np.random.default_rng(31).normal(size=(5, 7))) + 0.15 * rng.normal(size=(640, 7))).astype(np.float32)
wish = wish.astype(np.float32)
left = nn.Sequential(nn.Linear(5, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 8, rng=SEED + 1))
right = nn.Sequential(nn.Linear(7, 32, rng=SEED + 2), nn.ReLU(), nn.Linear(32, 8, rng=SEED + 3))
scale = nn.Parameter(np.array(1.5, np.float32))
optimizer = optim.Adam([*left.parameters(), *right.parameters(), scale], lr=0.005)


def scores(rows):
    a, b = F.normalize(left(wish[rows]), dim=1), F.normalize(right(room[rows]), dim=1)
    return anp.matmul(a, b.T) * anp.exp(scale)


for epoch in range(25):
    for rows in np.array_split(rng.permutation(540), 18):
        logits = scores(rows)
        own = np.arange(len(rows))
        loss = (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
with no_grad():
    found = scores(np.arange(540, 570)).numpy().argmax(axis=1)
print("found", (found == np.arange(30)).mean(), "by chance", 1 / 30)
"""

# Sequences of several lengths in one array, and a mask that the loss multiplies by.
MASKED = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
n, T = 300, 14
lengths = rng.integers(5, T + 1, n)
mask = (np.arange(T) < lengths[:, None]).astype(np.float32)
push = rng.normal(size=(n, T)) * mask
speed = np.zeros((n, T))
for t in range(1, T):
    speed[:, t] = 0.7 * speed[:, t - 1] + push[:, t - 1]
x = push[:, :, None].astype(np.float32)
y = ((speed + 0.1 * rng.normal(size=(n, T))) * mask)[:, :, None].astype(np.float32)


class Sled(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(1, 12, rng=SEED)
        self.out = nn.Linear(12, 1, rng=SEED + 1)

    def forward(self, x):
        from autograd import stack
        h = np.zeros((len(x), 12), np.float32)
        said = []
        for t in range(x.shape[1]):
            said.append(self.out(h) if t else self.out(h) * 0.0)
            h = self.cell(x[:, t], h)
        return stack(said, axis=1)


net = Sled()
optimizer = optim.Adam(net.parameters(), lr=0.02)
for epoch in range(20):
    for rows in np.array_split(rng.permutation(240), 12):
        m = mask[rows][:, :, None]
        loss = (((net(x[rows]) - y[rows]) ** 2) * m).sum() / m.sum()
        optimizer.zero_grad()
        loss.backward()
        optim.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
    print(epoch, loss.item())
with no_grad():
    off = (net(x[240:]).numpy() - y[240:])[mask[240:] > 0]
    print("off", (off**2).mean(), "of", y[240:][mask[240:] > 0].var())
"""

# The rare rows are drawn as often as the others.
SAMPLED = """
import numpy as np
import nn, optim
from nn import functional as F
from autograd import no_grad

rng = np.random.default_rng(SEED)
fraud = (rng.random(800) < 0.06).astype(np.float32)
card = rng.normal(size=(800, 10)).astype(np.float32)
card[fraud == 1, :6] += np.float32(2.5)
chance = np.where(fraud[:600] == 1, 0.5 / fraud[:600].sum(), 0.5 / (1 - fraud[:600]).sum())
net = nn.Sequential(nn.Linear(10, 16, rng=SEED), nn.ReLU(), nn.Linear(16, 1, rng=SEED + 1))
opt = optim.RAdam(net.parameters(), lr=0.01)
for step in range(250):
    rows = rng.choice(600, 40, p=chance)
    loss = F.binary_cross_entropy_with_logits(net(card[rows])[:, 0], fraud[rows])
    opt.zero_grad()
    loss.backward()
    opt.step()
with no_grad():
    said = net(card[600:]).numpy()[:, 0] > 0
hit = (said & (fraud[600:] == 1)).sum()
print("recall", hit / fraud[600:].sum(), "precision", hit / max(said.sum(), 1))
"""

# What is known of pairs of words, by products of their vectors; rare pairs count less.
PAIRS = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
W = 24
true = rng.normal(size=(W, 3))
seen = np.exp(0.9 * true @ true.T / 3**0.5 + 1.5 + 0.15 * rng.normal(size=(W, W)))
i, j = np.nonzero(np.ones((W, W)))
order = rng.permutation(len(i))
i, j = i[order], j[order]
log_count = np.log(seen[i, j]).astype(np.float32)
trust = np.minimum((seen[i, j] / 10) ** 0.75, 1).astype(np.float32)


class Glove(nn.Module):
    def __init__(self):
        super().__init__()
        self.w, self.c = nn.Embedding(W, 4, rng=SEED), nn.Embedding(W, 4, rng=SEED + 1)
        self.bw, self.bc = nn.Parameter(np.zeros(W, np.float32)), nn.Parameter(np.zeros(W, np.float32))
        self.w.weight.data *= np.float32(0.4)
        self.c.weight.data *= np.float32(0.4)

    def forward(self, i, j):
        return (self.w(i) * self.c(j)).sum(axis=1) + self.bw[i] + self.bc[j]


model = Glove()
optimizer = optim.Adagrad(model.parameters(), lr=0.15)
for epoch in range(60):
    for rows in np.array_split(rng.permutation(480), 16):
        loss = (trust[rows] * (model(i[rows], j[rows]) - log_count[rows]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with no_grad():
    off = model(i[480:], j[480:]).numpy() - log_count[480:]
print("off", (off**2).mean(), "of", log_count[480:].var())
"""

# What is usual is learned; what is not is told by how badly it comes out.
UNUSUAL = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
mix = np.random.default_rng(64).normal(size=(3, 16)) / 3**0.5


def usual(n):
    return (np.tanh(rng.normal(size=(n, 3)) @ mix) + 0.1 * rng.normal(size=(n, 16))).astype(np.float32)


train, held = usual(500), usual(100)
odd = rng.permuted(usual(100), axis=1)
coder = nn.Sequential(
    nn.Linear(16, 24, rng=SEED), nn.Tanh(), nn.Linear(24, 3, rng=SEED + 1), nn.Linear(3, 24, rng=SEED + 2), nn.Tanh(),
    nn.Linear(24, 16, rng=SEED + 3),
)
optimizer = optim.Adam(coder.parameters(), lr=0.005)
mse = nn.MSELoss()
loader = nn.DataLoader(train, train, batch_size=25, shuffle=True, seed=SEED)
for epoch in range(40):
    for x, same in loader:
        optimizer.zero_grad()
        loss = mse(coder(x), same)
        loss.backward()
        optimizer.step()
with no_grad():
    error = lambda rows: ((coder(rows).numpy() - rows) ** 2).mean(axis=1)
    border = np.quantile(error(train), 0.95)
    print("usual over the border", (error(held) > border).mean(), "odd", (error(odd) > border).mean())
"""

WELL: list[Case] = [
    case("words_by_a_tied_table", TIED, [], HEALTHY, ASKED + "weight tying"),
    case("faces_in_threes", TRIPLETS, [], HEALTHY, ASKED + "triplet loss, drawn anew"),
    case("notes_under_attack", ATTACKED, [], HEALTHY, BOOK + ", 7.13, adversarial training"),
    case("things_pointed_at", POINTER, [], HEALTHY, ASKED + "pointer networks"),
    case("stream_that_never_comes_back", STREAM, [], HEALTHY, ASKED + "online learning"),
    case("rooms_by_two_towers", TOWERS, [], HEALTHY, ASKED + "in-batch negatives, CLIP"),
    case("sleds_behind_a_mask", MASKED, [], HEALTHY, ASKED + "a loss with a mask"),
    case("cards_drawn_evenly", SAMPLED, [], HEALTHY, LIST + "9, WeightedRandomSampler"),
    case("pairs_of_words_by_products", PAIRS, [], HEALTHY, "GloVe"),
    case("unusual_by_what_comes_back", UNUSUAL, [], HEALTHY, CS231N + ", autoencoders"),
]
SICK: list[Case] = []
