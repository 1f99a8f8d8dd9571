"""The tuning half: loops of people's own over networks of many kinds, and nothing is wrong with them."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.pairs import BOOK, CS231N, RECIPE
from tests.nn.health.corpus.tuning_lists_layers import HEAD, case

# One long series, read in pieces; the state goes on from piece to piece, cut from the graph.
KETTLE = (
    HEAD
    + """
t = np.arange(2600)
heat = (np.sin(t / 9.0) + np.sin(t / 23.0) > 0.3).astype(np.float32)
temperature = np.zeros(2600, np.float32)
for k in range(1, 2600):
    temperature[k] = 0.9 * temperature[k - 1] + 0.1 * heat[k] + 0.005 * rng.normal()
temperature = (temperature - temperature.mean()) / temperature.std()
lanes = 8
inputs = heat[:2560].reshape(lanes, 320, 1)
wanted = temperature[:2560].reshape(lanes, 320, 1).astype(np.float32)
PIECE = 20


class Kettle(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, 16, batch_first=True, rng=SEED)
        self.out = nn.Linear(16, 1, rng=SEED + 1)

    def forward(self, x, state=None):
        h, state = self.lstm(x, state)
        return self.out(h), state


model = Kettle()
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
    state = None
    for start in range(0, 240, PIECE):
        answer, state = model(inputs[:, start : start + PIECE], state)
        state = tuple(s.detach() for s in state)
        loss = F.mse_loss(answer, wanted[:, start : start + PIECE])
        optimizer.zero_grad()
        loss.backward()
        optim.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    print(epoch, loss.item())
with no_grad():
    answer, _ = model(inputs[:, 240:], None)
print("held", F.mse_loss(answer[:, 10:], wanted[:, 250:]).item(), "flat", wanted[:, 250:].var())
"""
)

# Sequences to sequences, with the right answer of the place before as the decoder's input, and without it where it is judged.
MIRROR = (
    HEAD
    + """
N, T, V = 420, 4, 6
source = rng.integers(1, V, (N, T))
answer = source[:, ::-1].copy()
begin = np.zeros((N, 1), int)
entered = np.concatenate([begin, answer[:, :-1]], axis=1)


class Translator(nn.Module):
    def __init__(self, size=32):
        super().__init__()
        self.read_table, self.write_table = nn.Embedding(V, 8, rng=SEED), nn.Embedding(V, 8, rng=SEED + 1)
        self.reader = nn.GRU(8, size, batch_first=True, rng=SEED + 2)
        self.writer = nn.GRU(8, size, batch_first=True, rng=SEED + 3)
        self.head = nn.Linear(size, V, rng=SEED + 4)

    def encode(self, x):
        return self.reader(self.read_table(x))[1]

    def forward(self, x, before):
        return self.head(self.writer(self.write_table(before), self.encode(x))[0])


def write(net, x):
    state, word, said = net.encode(x), np.zeros((len(x), 1), int), []
    for _ in range(T):
        h, state = net.writer(net.write_table(word), state)
        word = net.head(h).numpy().argmax(axis=2)
        said.append(word)
    return np.concatenate(said, axis=1)


net = Translator()
opt = optim.Adam(net.parameters(), lr=0.01)
for epoch in range(30):
    for rows in np.array_split(rng.permutation(340), 11):
        scores = net(source[rows], entered[rows])
        loss = F.cross_entropy(scores.reshape(-1, V), answer[rows].reshape(-1))
        opt.zero_grad()
        loss.backward()
        opt.step()
with no_grad():
    wrong = (write(net, source[340:]) != answer[340:]).mean()
print("wrong words", wrong, "always the same word", 0.8)
"""
)

# Coats of paint: a network of arrays, without modules, and attention by hand over a handful of coats.
COATS = (
    HEAD
    + """
sets = rng.normal(size=(360, 5, 3)).astype(np.float32)
key = sets[:, :, 0] * 2.0
share = np.exp(key) / np.exp(key).sum(axis=1, keepdims=True)
gloss = (share * sets[:, :, 1]).sum(axis=1, keepdims=True).astype(np.float32)
gloss /= gloss.std()


def start(n, m):
    return Tensor((rng.normal(size=(n, m)) / np.sqrt(n)).astype(np.float32), requires_grad=True)


w_in, w_score, w_value = start(3, 24), start(24, 1), start(24, 24)
b_in, w_out, b_out = Tensor(np.zeros(24, np.float32), requires_grad=True), start(24, 1), Tensor(np.zeros(1, np.float32), requires_grad=True)
weights = [w_in, b_in, w_score, w_value, w_out, b_out]


def answer(x):
    h = (Tensor(x) @ w_in + b_in).tanh()
    attention = F.softmax(h @ w_score, dim=1)
    return ((attention * (h @ w_value)).sum(axis=1)).tanh() @ w_out + b_out


opt = optim.Adam(weights, lr=0.01)
for step in range(400):
    rows = rng.choice(280, 40, replace=False)
    loss = ((answer(sets[rows]) - gloss[rows]) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
held = ((answer(sets[280:]).numpy() - gloss[280:]) ** 2).mean()
print("held", held, "flat", gloss[280:].var())
"""
)

# Blurred stamps: noise is put on in the loop, and the network is to take it away.
NOISE = (
    HEAD
    + """
a, b = rng.integers(0, 8, (2, 400))
clean = np.zeros((400, 1, 8, 8), np.float32)
clean[np.arange(400), 0, a, :] = 1.0
clean[np.arange(400), 0, :, b] = 1.0
clean -= clean.mean()
train, test = clean[:320], clean[320:]
fresh = np.random.default_rng(SEED + 1)


def spoil(x):
    return (x + 0.5 * fresh.normal(size=x.shape)).astype(np.float32)


net = nn.Sequential(
    nn.Conv2d(1, 12, (1, 7), padding=(0, 3), rng=SEED), nn.ReLU(), nn.Conv2d(12, 12, (7, 1), padding=(3, 0), rng=SEED + 1), nn.ReLU(),
    nn.Conv2d(12, 1, 3, padding=1, rng=SEED + 2),
)
opt = optim.AdamW(net.parameters(), lr=0.006, weight_decay=0.01)
sched = optim.lr_scheduler.OneCycleLR(opt, max_lr=0.01, total_steps=25 * 20)
for epoch in range(25):
    net.train()
    for batch in nn.DataLoader(train, train, batch_size=16, shuffle=True, seed=SEED + epoch):
        picture, target = batch
        opt.zero_grad()
        loss = F.mse_loss(net(spoil(np.asarray(picture))), target)
        loss.backward()
        opt.step()
        sched.step()
net.eval()
with no_grad():
    print("held", F.mse_loss(net(spoil(test)), test).item(), "flat", test.var())
"""
)

# Bolts, two in eight cracked: gradients of three small batches are added up, and the best weights are kept.
BOLTS = (
    HEAD
    + """
cracked = (rng.random(520) < 0.25).astype(np.float32)
sound = 0.5 * rng.normal(size=(520, 1, 40))
for i in np.flatnonzero(cracked):
    at = rng.integers(0, 30)
    sound[i, 0, at : at + 10] += 1.2 * np.sin(np.arange(10) * 1.9)
sound = sound.astype(np.float32)
train, valid = np.arange(400), np.arange(400, 520)

model = nn.Sequential(
    nn.Conv1d(1, 12, 7, rng=SEED), nn.BatchNorm1d(12), nn.ReLU(), nn.AdaptiveMaxPool1d(4), nn.Flatten(), nn.Dropout(0.2, rng=SEED),
    nn.Linear(48, 1, rng=SEED + 1),
)
opt = optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True)
lossf = nn.BCEWithLogitsLoss()
best, kept = 1.0, None
for epoch in range(30):
    model.train()
    opt.zero_grad()
    for k, rows in enumerate(np.array_split(rng.permutation(train), 24)):
        loss = lossf(model(sound[rows])[:, 0], cracked[rows]) / 3
        loss.backward()
        if k % 3 == 2:
            opt.step()
            opt.zero_grad()
    model.eval()
    with no_grad():
        wrong = ((model(sound[valid]).numpy()[:, 0] > 0) != (cracked[valid] > 0.5)).mean()
    if wrong <= best:
        best, kept = wrong, {k: np.array(v) for k, v in model.state_dict().items()}
model.load_state_dict(kept)
print("best error", best, "all whole", cracked[valid].mean())
"""
)

# Dishes: names of words and a price, two inputs and two optimizers, one for the sparse tables.
DISHES = (
    HEAD
    + """
names = rng.integers(0, 18, (480, 3))
price = rng.normal(size=(480, 1)).astype(np.float32)
liked = np.random.default_rng(5).normal(size=18)
stars = (liked[names].sum(axis=1) / 1.7 - 0.6 * np.abs(price[:, 0]) + 0.15 * rng.normal(size=480)).astype(np.float32)


class Menu(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(18, 6, rng=SEED)
        self.price = nn.Linear(1, 6, rng=SEED + 1)
        self.body = nn.Sequential(nn.Linear(12, 24, rng=SEED + 2), nn.LayerNorm(24), nn.GELU(), nn.Linear(24, 1, rng=SEED + 3))

    def forward(self, words, price):
        told = self.words(words).sum(axis=1)
        paid = F.relu(self.price(price))
        return self.body(ag.concatenate([told, paid], axis=1)).squeeze(1)


menu = Menu()
tables = optim.Adagrad(menu.words.parameters(), lr=0.1)
layers = optim.Adam([*menu.price.parameters(), *menu.body.parameters()], lr=0.005)
for epoch in range(25):
    order = rng.permutation(400)
    for i in range(0, 400, 25):
        rows = order[i : i + 25]
        loss = F.mse_loss(menu(names[rows], price[rows]), stars[rows])
        for o in (tables, layers):
            o.zero_grad()
        loss.backward()
        for o in (tables, layers):
            o.step()
with no_grad():
    print("held", F.mse_loss(menu(names[400:], price[400:]), stars[400:]).item(), "flat", stars[400:].var())
"""
).replace("from autograd import", "import autograd as ag\nfrom autograd import")

LOOPS: list[Case] = [
    case("kettle_in_pieces", KETTLE, (), HEALTHY, BOOK),
    case("words_in_a_mirror", MIRROR, (), HEALTHY, RECIPE),
    case("coats_without_modules", COATS, (), HEALTHY, CS231N),
    case("noise_taken_away", NOISE, (), HEALTHY, BOOK),
    case("bolts_by_added_gradients", BOLTS, (), HEALTHY, RECIPE),
    case("dishes_with_two_optimizers", DISHES, (), HEALTHY, CS231N),
]
