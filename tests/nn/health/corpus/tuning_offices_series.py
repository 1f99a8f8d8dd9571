"""The tuning half: scripts of words, tunes, hums and readings, which go through time by hand or attention, with a line or two at fault."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.pairs import ASKED, LIST, RECIPE
from tests.nn.health.corpus.tuning_offices_loops import HEAD, case

# Which language a word is of: letters of words of different lengths, a cell stepped by hand.
WORDS = (
    HEAD
    + """
tables = np.random.default_rng(5).dirichlet(np.full(12, 0.25), (3, 12))


def make_words(count):
    languages = rng.integers(0, 3, count)
    lengths = rng.integers(3, 11, count)
    letters = np.zeros((count, 16), int)
    for i in range(count):
        letter = rng.integers(0, 12)
        for t in range(lengths[i]):
            letters[i, t] = letter + 1
            letter = rng.choice(12, p=tables[languages[i], letter])
    return letters, lengths, languages


letters, lengths, languages = make_words(600)


class Guesser(nn.Module):
    def __init__(self, hidden=20):
        super().__init__()
        self.embed = nn.Embedding(13, 10, rng=SEED)
        self.cell = nn.RNNCell(10, hidden, rng=SEED + 1)
        self.out = nn.Linear(hidden, 3, rng=SEED + 2)
        self.hidden = hidden

    def forward(self, letters, lengths):
        state = Tensor(np.zeros((len(letters), self.hidden), np.float32))
        steps = self.embed(letters)
        for t in range(letters.shape[1]):
            new = self.cell(steps[:, t], state)
            state = ag.where((t < lengths)[:, None], new, state)
        return self.out(state)


guesser = Guesser()
optimizer = optim.Adam(guesser.parameters(), lr=0.01)
for epoch in range(8):
    order = rng.permutation(450)
    for start in range(0, 450, 30):
        rows = order[start : start + 30]
        loss = F.cross_entropy(guesser(letters[rows], lengths[rows]), languages[rows])
        optimizer.zero_grad()
        loss.backward()
        optim.clip_grad_norm_(guesser.parameters(), 1.0)
        optimizer.step()
    with no_grad():
        guesses = guesser(letters[450:], lengths[450:]).numpy().argmax(axis=1)
    held = (guesses != languages[450:]).mean()
    print(epoch, loss.item(), held)
"""
)

# Tunes whose notes come back after three: attention, and which note is next at each place.
TUNES = (
    HEAD
    + """
motif = rng.integers(0, 8, (420, 3))
tunes = np.tile(motif, (1, 4))
tunes = np.where(rng.random(tunes.shape) < 0.1, rng.integers(0, 8, tunes.shape), tunes)
inputs, following = tunes[:, :-1], tunes[:, 1:]
LENGTH = inputs.shape[1]
future = np.triu(np.ones((LENGTH, LENGTH), bool), 1)


class Composer(nn.Module):
    def __init__(self):
        super().__init__()
        self.notes = nn.Embedding(8, 16, rng=SEED)
        self.places = nn.Embedding(LENGTH, 16, rng=SEED + 1)
        self.query, self.key = nn.Linear(16, 16, rng=SEED + 2), nn.Linear(16, 16, rng=SEED + 3)
        self.value = nn.Linear(16, 16, rng=SEED + 4)
        self.head = nn.Linear(16, 8, rng=SEED + 5)

    def forward(self, notes):
        n = notes.shape[1]
        h = self.notes(notes) + self.places(np.arange(n))
        scores = self.query(h) @ ag.swapaxes(self.key(h), 1, 2) / 4.0
        weights = ag.softmax(ag.where(future[:n, :n], -1e9, scores), axis=-1)
        return self.head(weights @ self.value(h))


composer = Composer()
optimizer = optim.AdamW(composer.parameters(), lr=0.02, weight_decay=0.001)
loader = nn.DataLoader(inputs[:340], following[:340], batch_size=34, shuffle=True, seed=SEED)
for epoch in range(25):
    total = 0.0
    for xb, yb in loader:
        logits = composer(xb)
        loss = F.cross_entropy(logits.reshape(-1, 8), yb.reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    if epoch % 5 == 0:
        print(epoch, total / len(loader))
with no_grad():  # the note after the first nine, as when a tune is made
    guess = composer(inputs[340:, :9])[:, -1]
    held = F.cross_entropy(guess, tunes[340:, 9]).item()
print("held", held)
"""
)

# A station's hum, in pieces of eight minutes, one after another; the state goes on from piece to piece.
HUM = (
    HEAD
    + """
minutes = np.arange(8 * 40)
phases = rng.uniform(0, 6, (12, 1))
hum = np.sin(0.35 * minutes + phases) + 0.5 * np.sin(0.13 * minutes + 2 * phases) + 0.05 * rng.normal(size=(12, 320))
hum = hum.astype(np.float32)[:, :, None]


class Listener(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.GRU(1, 16, batch_first=True, rng=SEED)
        self.next = nn.Linear(16, 1, rng=SEED + 1)

    def forward(self, x, state):
        out, state = self.cell(x, state)
        return self.next(out), state


listener = Listener()
optimizer = optim.Adam(listener.parameters(), lr=0.01)
for epoch in range(6):
    state = None
    for start in range(0, 311, 8):
        piece, ahead = hum[:8, start : start + 8], hum[:8, start + 1 : start + 9]
        told, state = listener(piece, state)
        loss = F.mse_loss(told[:, : ahead.shape[1]], ahead)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        state = state.detach()
    with no_grad():
        told, _ = listener(hum[8:, :-1], None)
    held = F.mse_loss(told, hum[8:, 1:]).item()
    print(epoch, loss.item(), held)
"""
)

# A meter's readings with a mark at two of them; the sum of those two. The network is stepped through time by hand.
MARKED = (
    HEAD
    + """
def readings(count, length=14):
    x = np.zeros((count, length, 2), np.float32)
    x[:, :, 0] = rng.uniform(-1, 1, (count, length))
    for row in range(count):
        x[row, rng.choice(length, 2, replace=False), 1] = 1.0
    return x, (x[:, :, 0] * x[:, :, 1]).sum(axis=1, keepdims=True)


x, y = readings(800)
x_test, y_test = readings(200)


class Memory(nn.Module):
    def __init__(self, size=24):
        super().__init__()
        self.enter = nn.Linear(2, size, rng=SEED)
        self.stay = nn.Linear(size, size, bias=False, rng=SEED + 1)
        self.stay.weight.data = np.eye(size, dtype=np.float32)
        self.leave = nn.Linear(size, 1, rng=SEED + 2)

    def forward(self, x):
        h = Tensor(np.zeros((len(x), self.stay.weight.shape[0]), np.float32))
        for t in range(x.shape[1]):
            h = ag.relu(self.enter(x[:, t]) + self.stay(h))
        return self.leave(h)


memory = Memory()
opt = optim.Adam(memory.parameters(), lr=0.002)
plateau = optim.lr_scheduler.ReduceLROnPlateau(opt, factor=0.2, patience=1)
for epoch in range(20):
    for rows in np.array_split(rng.permutation(800), 20):
        loss = F.mse_loss(memory(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        optim.clip_grad_norm_(memory.parameters(), 1.0)
        opt.step()
    with no_grad():
        held = F.mse_loss(memory(x_test), y_test).item()
    plateau.step(held)
    print(epoch, loss.item(), held)
"""
)


SICK: list[Case] = [
    case(
        "words_read_to_the_last_column",
        WORDS,
        [("ag.where((t < lengths)[:, None], new, state)", "new")],
        "padding not masked",
        ASKED + "last hidden state and padded words",
    ),
    case(
        "words_told_by_the_guess",
        WORDS,
        [
            (
                "        loss = F.cross_entropy(guesser(letters[rows], lengths[rows]), languages[rows])",
                "        scores = guesser(letters[rows], lengths[rows])\n"
                "        loss = F.cross_entropy(scores, scores.numpy().argmax(axis=1))",
            )
        ],
        "loss ignores targets",
        ASKED + "labels overwritten by the predictions",
    ),
    case(
        "words_with_most_kept_fixed",
        WORDS,
        [
            (
                "guesser = Guesser()",
                "guesser = Guesser()\nfor p in list(guesser.parameters())[:-2]:\n    p.requires_grad = False",
            )
        ],
        "frozen parameters",
        ASKED + "fine-tuning of a network that was never trained",
    ),
    case(
        "tunes_that_hear_what_follows",
        TUNES,
        [("ag.where(future[:n, :n], -1e9, scores)", "scores")],
        "target among the features",
        ASKED + "causal mask missing: tiny loss, nonsense when it generates",
    ),
    case(
        "tunes_not_shifted",
        TUNES,
        [("tunes[:, :-1], tunes[:, 1:]", "tunes[:, :-1], tunes[:, :-1]")],
        "target among the features",
        ASKED + "language model that copies its input",
    ),
    case(
        "tunes_without_places",
        TUNES,
        [(" + self.places(np.arange(n))", "")],
        "order ignored",
        "Vaswani and others: attention needs positions",
    ),
    case(
        "hum_with_all_of_the_past",
        HUM,
        [("        state = state.detach()\n", "")],
        "graph grows",
        ASKED + "backward through the graph a second time; state not detached",
        ("error",),
    ),
    case(
        "hum_heard_without_learning",
        HUM,
        [
            (
                "        out, state = self.cell(x, state)",
                "        with no_grad():\n            out, state = self.cell(x, state)",
            )
        ],
        "missing gradients",
        ASKED + "no_grad around the features",
    ),
    case(
        "memory_begun_half_as_large_again",
        MARKED,
        [("np.eye(size, dtype=np.float32)", "(1.5 * np.eye(size, dtype=np.float32))")],
        "exploding gradients",
        "Pascanu and others",
    ),
    case(
        "memory_on_a_plateau_upside_down",
        MARKED,
        [("ReduceLROnPlateau(opt, ", 'ReduceLROnPlateau(opt, mode="max", ')],
        "rate decays too fast",
        ASKED + "plateau of an error with the mode of an accuracy",
        ("scheduler out of order",),
    ),
    case(
        "words_until_the_first_worse_epoch",
        WORDS,
        [
            ("for epoch in range(8):", "best = 1.0\nfor epoch in range(8):"),
            (
                "    print(epoch, loss.item(), held)",
                "    print(epoch, held)\n    if held > best - 0.2:\n        break\n    best = held",
            ),
        ],
        "too few steps",
        ASKED + "early stopping with no patience and a large min_delta",
    ),
    case(
        "memory_that_forgets",
        MARKED,
        [("ag.relu(self.enter", "ag.sigmoid(self.enter")],
        "vanishing gradients",
        "Le and others: identity, or nothing comes back",
    ),
    case("memory_of_one_cell", MARKED, [("size=24", "size=1")], "network too small", RECIPE),
    case(
        "memory_of_another_copy",
        MARKED,
        [("plateau = ", "memory = Memory()\nplateau = ")],
        "foreign parameters",
        ASKED + "cell of a notebook run again",
    ),
]

WELL: list[Case] = [
    case("tunes_well_trained", TUNES, [], HEALTHY, LIST + "all right: one note in ten is played wrong"),
    case("memory_well_trained", MARKED, [], HEALTHY, "Le and others, identity as a start"),
]
