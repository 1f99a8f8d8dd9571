"""The tuning half: loops with classes of their own, over a long tape and over tables; each text is the run as it went well."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.pairs import ASKED, BOOK, LIST, RECIPE

# What comes next in a long tape of five signs; the state goes on from window to window, cut from the graph.
TAPE = """
import numpy as np
import nn, optim
import nn.functional as F
from autograd import no_grad

gen = np.random.default_rng(SEED)
SIGNS, LANES, WINDOW = 5, 10, 12
table = np.random.default_rng(12).dirichlet(0.04 * np.ones(SIGNS), (SIGNS, SIGNS))
tape = [0, 1]
for _ in range(LANES * 168 - 2):
    tape.append(int(gen.choice(SIGNS, p=table[tape[-2], tape[-1]])))
tape = np.array(tape).reshape(LANES, -1)
train_tape, test_tape = tape[:, :132], tape[:, 132:]


class Speaker(nn.Module):
    def __init__(self, size=28):
        super().__init__()
        self.size = size
        self.embed = nn.Embedding(SIGNS, 8, rng=SEED)
        self.lstm = nn.LSTM(8, size, batch_first=True, rng=SEED + 1)
        self.fc = nn.Linear(size, SIGNS, rng=SEED + 2)

    def forward(self, tokens, state):
        out, state = self.lstm(self.embed(tokens), state)
        return self.fc(out), state


model = Speaker()
criterion = nn.CrossEntropyLoss()
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(14):
    state = None
    running = 0.0
    for start in range(0, train_tape.shape[1] - 1, WINDOW):
        tokens = train_tape[:, start : start + WINDOW]
        following = train_tape[:, start + 1 : start + WINDOW + 1]
        tokens = tokens[:, : following.shape[1]]
        logits, state = model(tokens, state)
        state = tuple(s.detach() for s in state)
        loss = criterion(logits.reshape(-1, SIGNS), following.reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optim.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        running += loss.item()
    print(epoch, running)
with no_grad():
    logits, _ = model(test_tape[:, :-1], None)
    test_loss = criterion(logits.reshape(-1, SIGNS), test_tape[:, 1:].reshape(-1)).item()
print("test perplexity", np.exp(test_loss))
"""

# How well a guest likes a dish: two tables, each with an optimizer, and a small network.
GUESTS = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
N_GUESTS, N_DISHES = 24, 18
taste, flavour = rng.normal(size=(N_GUESTS, 2)), rng.normal(size=(N_DISHES, 2))
guest, dish = rng.integers(0, N_GUESTS, 700), rng.integers(0, N_DISHES, 700)
likes = (taste[guest] * flavour[dish]).sum(1) + 0.15 * rng.normal(size=700)
likes = (likes / likes.std()).astype(np.float32)[:, None]


class Tables(nn.Module):
    def __init__(self):
        super().__init__()
        self.guests = nn.Embedding(N_GUESTS, 4, rng=SEED)
        self.dishes = nn.Embedding(N_DISHES, 4, rng=SEED + 1)
        for table in (self.guests, self.dishes):
            table.weight.data = table.weight.data * 0.1

    def forward(self, g, d):
        return np.concatenate([self.guests(g), self.dishes(d)], axis=1)


tables = Tables()
tower = nn.Sequential(nn.Linear(8, 32, rng=SEED + 2), nn.ReLU(), nn.Linear(32, 1, rng=SEED + 3))
table_optimizer = optim.SGD(tables.parameters(), lr=0.5, momentum=0.5)
tower_optimizer = optim.SGD(tower.parameters(), lr=0.05, momentum=0.5)
mse = nn.MSELoss()
for epoch in range(120):
    for rows in np.array_split(rng.permutation(560), 20):
        table_optimizer.zero_grad()
        tower_optimizer.zero_grad()
        answer = tower(tables(guest[rows], dish[rows]))
        loss = mse(answer, likes[rows])
        loss.backward()
        table_optimizer.step()
        tower_optimizer.step()
    if epoch % 20 == 19:
        with no_grad():
            new = mse(tower(tables(guest[560:], dish[560:])), likes[560:])
        print(epoch, loss.item(), new.item())
"""

SICK: list[Case] = [
    case(
        "tape_with_an_average_of_losses",
        TAPE,
        [("running += loss.item()", "running = 0.9 * running + 0.1 * loss")],
        "graph grows",
        ASKED + "memory grows, a moving average of the loss",
    ),
    case(
        "tape_clipped_to_a_ten_thousandth",
        TAPE,
        [
            ("model.parameters(), 1.0)", "model.parameters(), 1e-4)"),
            ("optim.Adam(model.parameters(), lr=0.01)", "optim.SGD(model.parameters(), lr=0.5, momentum=0.9)"),
        ],
        "clipping too tight",
        BOOK + ", chapter 10.11",
    ),
    case(
        "guests_cleared_by_one_of_two",
        GUESTS,
        [
            (
                "        table_optimizer.zero_grad()\n        tower_optimizer.zero_grad()\n",
                "        tower_optimizer.zero_grad()\n        tower_optimizer.zero_grad()\n",
            )
        ],
        "gradients not zeroed",
        ASKED + "two optimizers, zero_grad of one",
    ),
    case(
        "guests_whose_tables_stand_still",
        GUESTS,
        [
            ("optim.SGD(tables.parameters(), lr=0.5, momentum=0.5)", "optim.SGD(tower.parameters(), lr=0.05)"),
            ("nn.Embedding(N_GUESTS, 4, rng=SEED)\n", "nn.Embedding(N_GUESTS, 2, rng=SEED)\n"),
            ("nn.Embedding(N_DISHES, 4", "nn.Embedding(N_DISHES, 2"),
            ("nn.Linear(8, 32", "nn.Linear(4, 32"),
        ],
        "parameters left out",
        ASKED + "two optimizers of the same module",
    ),
    case(
        "guests_looked_up_without_a_graph",
        GUESTS,
        [
            (
                "        answer = tower(tables(guest[rows], dish[rows]))\n",
                "        with no_grad():\n            looked_up = tables(guest[rows], dish[rows])\n        answer = tower(looked_up)\n",
            ),
            ("nn.Embedding(N_GUESTS, 4, rng=SEED)\n", "nn.Embedding(N_GUESTS, 2, rng=SEED)\n"),
            ("nn.Embedding(N_DISHES, 4", "nn.Embedding(N_DISHES, 2"),
            ("nn.Linear(8, 32", "nn.Linear(4, 32"),
        ],
        "missing gradients",
        LIST + "30, vanished and missing gradients",
    ),
    case(
        "guests_in_leaps",
        GUESTS,
        [("lr=0.05, momentum=0.5", "lr=3.0, momentum=0.5")],
        "learning rate too high",
        LIST + "33",
    ),
]
WELL: list[Case] = [case("guests_as_they_came", GUESTS, [], HEALTHY, RECIPE + ", pairs that come again")]
