"""The tuning half: scripts of shops, kitchens and cinemas: two networks, phases, batches from a generator, steps by hand."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.pairs import ASKED, BOOK, CS231N, LIST
from tests.nn.health.corpus.tuning_offices_loops import HEAD, case

# Invoices, in few numbers: an encoder, a decoder that gives the invoice again, and a judge that tells its department.
INVOICES = (
    HEAD
    + """
department = rng.integers(0, 5, 480)
ways = np.random.default_rng(3).normal(size=(5, 3))
sums = ways[department] + 0.55 * rng.normal(size=(480, 3))
invoices = np.tanh(sums @ np.random.default_rng(4).normal(size=(3, 14))) + 0.1 * rng.normal(size=(480, 14))
invoices = invoices.astype(np.float32)

encoder = nn.Sequential(nn.Linear(14, 24, rng=SEED), nn.SiLU(), nn.Linear(24, 3, rng=SEED + 1))
decoder = nn.Sequential(nn.Linear(3, 24, rng=SEED + 2), nn.SiLU(), nn.Linear(24, 14, rng=SEED + 3))
judge = nn.Linear(3, 5, rng=SEED + 4)
code_optimizer = optim.Adam([*encoder.parameters(), *judge.parameters()], lr=0.005)
picture_optimizer = optim.SGD(decoder.parameters(), lr=0.1, momentum=0.9)


def losses(rows):
    code = encoder(invoices[rows])
    again = F.mse_loss(decoder(code), invoices[rows])
    told = F.cross_entropy(judge(code), department[rows])
    return again, told


history = {"again": [], "told": []}
for epoch in range(20):
    for rows in np.array_split(rng.permutation(400), 16):
        again, told = losses(rows)
        code_optimizer.zero_grad()
        picture_optimizer.zero_grad()
        (again + 0.3 * told).backward()
        code_optimizer.step()
        picture_optimizer.step()
    history["again"].append(again.item())
    history["told"].append(told.item())
with no_grad():
    again, told = losses(np.arange(400, 480))
held = again.item() + 0.3 * told.item()
print(history["again"][-1], history["told"][-1], "held", held, again.item(), told.item())
"""
)

# Which of four appliances run, from half an hour of a house's meter; a phase of training and one of validation.
APPLIANCES = (
    HEAD
    + """
curves = np.random.default_rng(11).normal(size=(4, 8)) + np.array([[1.0], [0.5], [-0.5], [0.0]])


def houses(count):
    on = rng.random((count, 4)) < 0.4
    load = 3.0 + 0.4 * rng.normal(size=(count, 32))
    for row, k in zip(*np.nonzero(on)):
        at = rng.integers(0, 24)
        load[row, at : at + 8] += 1.3 * curves[k]
    load += np.where(np.arange(count) % 2, 0.8, -0.8)[:, None]
    return 100.0 * load[:, None].astype(np.float32), on.astype(np.float32)


data = {"train": houses(480), "valid": houses(160)}


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(1)
        self.conv = nn.Conv1d(1, 16, 8, rng=SEED)
        self.norm2 = nn.BatchNorm1d(16)
        self.drop = nn.Dropout(0.1, rng=SEED)
        self.head = nn.Linear(16, 4, rng=SEED + 1)

    def forward(self, x):
        h = F.relu(self.norm2(self.conv(self.norm(x))))
        return self.head(self.drop(h.max(axis=2)))


def batches(phase, size=32):
    x, y = data[phase]
    order = rng.permutation(len(x)) if phase == "train" else np.arange(len(x))
    for start in range(0, len(x), size):
        yield x[order[start : start + size]], y[order[start : start + size]]


net = Net()
criterion = nn.BCEWithLogitsLoss()
optimizer = optim.NAdam(net.parameters(), lr=0.01)


def run_epoch(phase):
    net.train(phase == "train")
    total, count = 0.0, 0
    for x, y in batches(phase):
        outputs = net(x)
        loss = criterion(outputs, y)
        if phase == "train":
            optimizer.zero_grad()
        if phase == "train":
            loss.backward()
            optimizer.step()
        total += loss.item() * len(x)
        count += len(x)
    return total / count


for epoch in range(15):
    print(epoch, run_epoch("train"), run_epoch("valid"))
net.eval()
with no_grad():  # a house at a time, as they come in
    answers = np.concatenate([net(x[None]).numpy() for x in data["valid"][0]])
held = criterion(Tensor(answers), data["valid"][1]).item()
print("held", held)
"""
)

# How many tickets a counter sells in a quarter of an hour: layers, counts, and steps by hand.
TICKETS = (
    HEAD
    + """
day = rng.uniform(-1, 1, (700, 5)).astype(np.float32)
rate = np.exp(0.6 + 0.9 * np.sin(3 * day[:, 0]) + day[:, 1] * day[:, 2])
sold = rng.poisson(rate)[:, None].astype(np.float32)

w1 = Tensor((rng.normal(size=(5, 30)) / 5**0.5).astype(np.float32), requires_grad=True)
b1 = Tensor(np.zeros(30, np.float32), requires_grad=True)
w2 = Tensor((rng.normal(size=(30, 1)) / 30**0.5).astype(np.float32), requires_grad=True)
b2 = Tensor(np.zeros(1, np.float32), requires_grad=True)
weights = (w1, b1, w2, b2)


def expect(x):
    return ag.softplus(ag.tanh(Tensor(2 * x) @ w1 + b1) @ w2 + b2)


def surprise(x, y):
    expected = expect(x)
    return (expected - Tensor(y) * ag.log(expected)).mean()


lr, decay, carry = 0.01, 0.1, 0.9
moved = [np.zeros(w.shape, np.float32) for w in weights]
for step in range(900):
    rows = rng.integers(0, 400, 40)
    loss = surprise(day[rows], sold[rows])
    for w in weights:
        w.grad = None
    loss.backward()
    for w, v in zip(weights, moved):
        v[...] = carry * v - lr * w.grad
        w.data = (1 - lr * decay) * w.data + v
    if step % 300 == 0:
        print(step, loss.item())
with no_grad():
    held = surprise(day[400:], sold[400:]).item()
print("held", held)
"""
)

# Who likes which film: people and films as three numbers each, and a mark of its own for each.
FILMS = (
    HEAD
    + """
taste, kind = rng.normal(size=(40, 3)), rng.normal(size=(30, 3))
people, films = rng.integers(0, 40, 1100), rng.integers(0, 30, 1100)
liked = (taste[people] * kind[films]).sum(axis=1) / 3**0.5 + 0.6 * kind[films, 0] + 0.2 * rng.normal(size=1100)
liked = liked.astype(np.float32)


class Cinema(nn.Module):
    def __init__(self, size=6):
        super().__init__()
        self.people = nn.Embedding(40, size, rng=SEED)
        self.films = nn.Embedding(30, size, rng=SEED + 1)
        self.fame = nn.Embedding(30, 1, rng=SEED + 2)
        for table in (self.people, self.films):
            table.weight.data = 0.3 * table.weight.data

    def forward(self, people, films):
        return (self.people(people) * self.films(films)).sum(axis=1) + self.fame(films)[:, 0]


cinema = Cinema()
optimizer = optim.Adagrad(cinema.parameters(), lr=0.2)


def error(rows):
    return ((cinema(people[rows], films[rows]) - liked[rows]) ** 2).mean()


for epoch in range(20):
    for rows in np.array_split(rng.permutation(900), 18):
        optimizer.zero_grad()
        loss = error(rows)
        loss.backward()
        optimizer.step()
    with no_grad():
        held = error(np.arange(900, 1100)).item()
    print(epoch, loss.item(), held)
"""
)

BY_HAND = """
@ag.custom_vjp
def log(x):
    return ag.log(x)


log.defvjp(lambda x: (np.log(x), x), lambda x, g: (g * np.exp(-x),))
"""


SICK: list[Case] = [
    case(
        "invoices_cleared_twice",
        INVOICES,
        [("        picture_optimizer.zero_grad()", "        code_optimizer.zero_grad()")],
        "gradients not zeroed",
        ASKED + "two optimizers, one of them cleared twice",
    ),
    case(
        "invoices_read_by_chance",
        INVOICES,
        [("[*encoder.parameters(), *judge.parameters()]", "judge.parameters()")],
        "parameters left out",
        ASKED + "encoder and decoder, optimizer of one",
    ),
    case(
        "appliances_in_a_phase_by_another_name",
        APPLIANCES,
        [
            (
                '        if phase == "train":\n            loss.backward()',
                '        if phase == "training":\n            loss.backward()\n        if phase == "train":',
            )
        ],
        "backward missing",
        ASKED + "loss does not change",
    ),
    case(
        "appliances_judged_while_they_learn",
        APPLIANCES,
        [('net.train(phase == "train")', 'net.train(phase == "training")')],
        "evaluation mode in training",
        LIST + "train and eval mode",
    ),
    case(
        "appliances_one_house_a_batch",
        APPLIANCES,
        [
            ("size=32)", "size=32, kinds=2)"),
            (
                "        yield x[",
                "        kind, part = (start // size) % kinds, slice(start, start + size)\n"
                "        order[part] = order[part] // kinds * kinds + kind\n        yield x[",
            ),
        ],
        "running statistics",
        ASKED + "batch norm with batches of two sources",
    ),
    case(
        "appliances_asked_while_in_training",
        APPLIANCES,
        [('net.train(phase == "train")', "net.train()"), ("net.eval()\n", "")],
        "training mode in evaluation",
        ASKED + "batch norm and dropout when one row is asked for",
    ),
    case(
        "tickets_that_fade_by_the_step",
        TICKETS,
        [("(1 - lr * decay)", "(1 - decay)")],
        "too much weight decay",
        "Loshchilov and Hutter: decoupled decay, not times the rate",
    ),
    case(
        "tickets_with_a_logarithm_by_hand",
        TICKETS,
        [("def expect", BY_HAND.strip() + "\n\n\ndef expect"), ("Tensor(y) * ag.log", "Tensor(y) * log")],
        "wrong gradient",
        CS231N + ": gradient check",
    ),
    case(
        "tickets_none_or_more",
        TICKETS,
        [("ag.softplus(ag.tanh", "ag.relu(ag.tanh")],
        "not finite",
        ASKED + "logarithm of zero",
    ),
    case("tickets_carried_too_far", TICKETS, [("0.1, 0.9", "0.1, 0.998")], "momentum too high", BOOK),
    case(
        "films_begun_alike",
        FILMS,
        [
            (
                "table.weight.data = 0.3 * table.weight.data",
                "table.weight.data = np.full(table.weight.shape, 0.3, np.float32)",
            )
        ],
        "identical units",
        ASKED + "factorisation with constant factors",
    ),
    case(
        "films_in_a_dict",
        FILMS,
        [
            (
                "self.people = nn.Embedding(40, size, rng=SEED)",
                "self.tables = {'people': nn.Embedding(40, size, rng=SEED)}",
            ),
            (
                "self.films = nn.Embedding(30, size, rng=SEED + 1)",
                "self.tables['films'] = nn.Embedding(30, size, rng=SEED + 1)",
            ),
            ("(self.people, self.films)", "self.tables.values()"),
            ("self.people(people) * self.films(films)", "self.tables['people'](people) * self.tables['films'](films)"),
        ],
        "unregistered parameters",
        ASKED + "embeddings in a dict",
    ),
    case(
        "films_of_one_draw",
        FILMS,
        [
            (
                "    for rows in np.array_split(rng.permutation(900), 18):",
                "    for batch in range(18):\n        rows = np.random.default_rng(0).integers(0, 900, 50)",
            )
        ],
        "same batch again",
        ASKED + "seed set in the function that draws",
    ),
    case(
        "films_asked_of_seen_marks",
        FILMS,
        [("np.arange(900, 1100)", "np.arange(700, 900)")],
        "metric on training rows",
        ASKED + "slices that overlap",
    ),
    case(
        "films_of_columns",
        FILMS,
        [("liked = liked.astype(np.float32)", "liked = liked.astype(np.float32)[:, None]")],
        "shapes broadcast",
        ASKED + "loss of (n,) and (n, 1)",
    ),
]

WELL: list[Case] = [
    case("invoices_well_trained", INVOICES, [], HEALTHY, "two optimizers and two losses"),
    case("appliances_well_trained", APPLIANCES, [], HEALTHY, "batch norm as the scale of a raw meter"),
]
