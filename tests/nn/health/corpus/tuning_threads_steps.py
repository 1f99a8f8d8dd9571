"""The tuning half: threads whose answer lies in batches, steps or what is trained; each text is the run as it went well."""

from __future__ import annotations

from tests.nn.health.corpus.case import Case
from tests.nn.health.corpus.tuning_offices_loops import HEAD, case

# Small batches whose gradients are added up to a large one.
MICRO = (
    HEAD
    + """
x = rng.normal(size=(640, 6)).astype(np.float32)
y = (np.sin(2 * x[:, :1]) + x[:, 1:2] * x[:, 2:3] - 0.5 * x[:, 3:4]).astype(np.float32)
GLOBAL_BATCH, MICRO_BATCH = 64, 4
accumulation_steps = GLOBAL_BATCH // MICRO_BATCH
model = nn.Sequential(nn.Linear(6, 40, rng=SEED), nn.SiLU(), nn.Linear(40, 40, rng=SEED + 1), nn.SiLU(), nn.Linear(40, 1, rng=SEED + 2))
opt = optim.SGD(model.parameters(), lr=0.08, momentum=0.9)
train_steps = 0
while train_steps < 150:
    order = rng.permutation(512)
    for at in range(0, 512, GLOBAL_BATCH):
        opt.zero_grad(set_to_none=True)
        loss_accum = 0.0
        for micro in range(accumulation_steps):
            rows = order[at + micro * MICRO_BATCH : at + (micro + 1) * MICRO_BATCH]
            loss = F.mse_loss(model(x[rows]), y[rows]) / accumulation_steps
            loss.backward()
            loss_accum += loss.item()
        opt.step()
        train_steps += 1
    if train_steps % 40 == 0:
        print(train_steps, loss_accum)
with no_grad():
    print("held", F.mse_loss(model(x[512:]), y[512:]).item())
"""
)

# A trainer that goes on from what it kept.
RESUMED = (
    HEAD
    + """
words = rng.integers(0, 12, (1000, 4))
score = np.random.default_rng(8).normal(size=(4, 12))
mark = np.tanh(score[np.arange(4), words].sum(axis=1) / 2)[:, None].astype(np.float32)


class Rater(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(12, 8, rng=SEED)
        self.first = nn.Linear(32, 32, rng=SEED + 1)
        self.last = nn.Linear(32, 1, rng=SEED + 2)

    def forward(self, w):
        return self.last(F.relu(self.first(self.embed(w).reshape(len(w), -1))))


def build_optim(model):
    return optim.SGD(model.parameters(), lr=0.002, momentum=0.95)


class Trainer:
    def __init__(self, model):
        self.model = model
        self.optim = build_optim(model)

    def train(self, batches):
        for batch in batches:
            self.model.zero_grad()
            loss = F.mse_loss(self.model(words[batch]), mark[batch])
            loss.backward()
            self.optim.step()
        return loss.item()


model = Rater()
trainer = Trainer(model)
for epoch in range(24):
    for part in np.array_split(rng.permutation(800), 20):
        last = trainer.train(np.array_split(part, 2))
    print(epoch, last)
with no_grad():
    print("held", F.mse_loss(model(words[800:]), mark[800:]).item())
"""
)

# Batches that are asked for one at a time.
ASKED_FOR = (
    HEAD
    + """
centres = rng.normal(0.0, 1.1, (8, 10))
labels = rng.integers(0, 8, 700)
features = (centres[labels] + 1.1 * rng.normal(size=(700, 10))).astype(np.float32)
training_loader = nn.DataLoader(features[:600], labels[:600], batch_size=20)
model = nn.Sequential(nn.Linear(10, 48, rng=SEED), nn.ReLU(), nn.Linear(48, 8, rng=SEED + 1))
optimizer = optim.Adam(model.parameters(), lr=0.005)
iterator = iter(training_loader)
for i in range(400):
    if i % 30 == 0:
        iterator = iter(training_loader)
    x, y = next(iterator)
    optimizer.zero_grad()
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    if i % 100 == 0:
        print(i, loss.item())
with no_grad():
    print("held", (model(features[600:]).numpy().argmax(axis=1) != labels[600:]).mean())
"""
)

# A cage that moves a shape: weights of the corners are told by a network, and a penalty keeps them apart.
CAGE = (
    HEAD
    + """
points = rng.uniform(-1, 1, (420, 2)).astype(np.float32)
region = (points[:, 0] > 0).astype(int) + 2 * (points[:, 1] > 0).astype(int)
slopes = np.random.default_rng(6).normal(size=(4, 2)) * 2
moved = ((slopes[region] * points).sum(axis=1, keepdims=True) + 0.05 * rng.normal(size=(420, 1))).astype(np.float32)


class Deform(nn.Module):
    def __init__(self):
        super().__init__()
        self.influence = nn.Sequential(nn.Linear(2, 24, rng=SEED), nn.Tanh(), nn.Linear(24, 8, rng=SEED + 1))
        self.corners = nn.Linear(2, 8, rng=SEED + 2)

    def forward(self, p):
        weights = F.softmax(self.influence(p), dim=1)
        return (weights * self.corners(p)).sum(axis=1, keepdims=True), weights


net = Deform()
optimizer = optim.Adam(net.parameters(), lr=0.02)
for iteration in range(1200):
    rows = rng.integers(0, 320, 64)
    predicted, weights = net(points[rows])
    losses = {"fit": F.mse_loss(predicted, moved[rows]), "reg": 1e-3 * (weights * ag.log(weights + 1e-6)).mean()}
    loss = losses["fit"] + losses["reg"]
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with no_grad():
    print("held", F.mse_loss(net(points[320:])[0], moved[320:]).item())
"""
)

# A network whose convolutions are replaced by some of another kind before it is trained.
REPLACED = (
    HEAD
    + """
data = nn.load_digits_split()
images, labels = data.train_images[:600].reshape(-1, 1, 8, 8), data.train_labels[:600]


class Conv2dSQ(nn.Module):
    def __init__(self, old, seed):
        super().__init__()
        self.conv = nn.Conv2d(old.in_channels, old.out_channels, 3, stride=old.stride, padding=1, rng=seed)

    def forward(self, x):
        return F.hardtanh(self.conv(x), -4.0, 4.0)


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, stride=2, padding=1, rng=SEED)
        self.conv2 = nn.Conv2d(4, 4, 3, stride=2, padding=1, rng=SEED + 1)
        self.fc = nn.Linear(16, 10, rng=SEED + 2)

    def forward(self, x):
        return self.fc(F.relu(self.conv2(F.relu(self.conv1(x)))).reshape(len(x), -1))


def replace_conv(model):
    for i, name in enumerate(["conv1", "conv2"]):
        setattr(model, name, Conv2dSQ(getattr(model, name), SEED + 10 + i))


model = Small()
replace_conv(model)
optimizer = optim.Adam(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
for epoch in range(15):
    for rows in np.array_split(rng.permutation(480), 15):
        loss = criterion(model(images[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with no_grad():
    print("held", (model(images[480:]).numpy().argmax(axis=1) != labels[480:]).mean())
"""
)

# As many layers as one likes.
STACKED = (
    HEAD
    + """
x = rng.normal(size=(500, 8)).astype(np.float32)
y = (x[:, 0] * x[:, 1] + x[:, 2] * x[:, 3] > 0).astype(np.float32)[:, None]


class Net(nn.Module):
    def __init__(self, n_in, width, depth):
        super().__init__()
        self.layers = nn.ModuleList([])
        for i in range(depth):
            self.layers.append(nn.Linear(n_in if i == 0 else width, width, rng=SEED + i))
        self.head = nn.Linear(width, 1, rng=SEED + 50)

    def forward(self, x):
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.1)
        return self.head(x)


net = Net(8, 10, 3)
opt = optim.RMSprop(net.parameters(), lr=0.002)
for it in range(900):
    rows = rng.integers(0, 400, 40)
    opt.zero_grad()
    F.binary_cross_entropy_with_logits(net(x[rows]), y[rows]).backward()
    opt.step()
with no_grad():
    print("held", ((net(x[400:]).numpy() > 0) != (y[400:] > 0)).mean())
"""
)

SICK: list[Case] = [
    case(
        "micro_batches_of_a_large_one",
        MICRO,
        [
            ("        opt.zero_grad(set_to_none=True)\n", ""),
            ("            rows = order[at", "            opt.zero_grad(set_to_none=True)\n            rows = order[at"),
        ],
        "gradients cleared before the step",
        "RAE issue 67, zero_grad is called per microbatch",
    ),
    case(
        "ratings_gone_on_with",
        RESUMED,
        [
            (
                "        for batch in batches:\n",
                "        self.optim = build_optim(self.model)\n        for batch in batches:\n",
            )
        ],
        "optimizer made anew",
        "OpenNMT-py issue 617, optimizer constructor erases state",
    ),
    case(
        "batches_asked_for_one_at_a_time",
        ASKED_FOR,
        [("    x, y = next(iterator)", "    x, y = next(iter(training_loader))")],
        "same batch again",
        "SO 53280967, pytorch next(iter(training_loader))",
    ),
    case(
        "cage_with_influences",
        CAGE,
        [("        return (weights *", "        weights = weights.detach()\n        return (weights *")],
        "missing gradients",
        "deep_cage issue 16, why weights.detach()",
    ),
    case(
        "convolutions_replaced",
        REPLACED,
        [
            (
                "model = Small()\nreplace_conv(model)\noptimizer = optim.Adam(model.parameters(), lr=0.01)\n",
                "model = Small()\noptimizer = optim.Adam(model.parameters(), lr=0.01)\nreplace_conv(model)\n",
            )
        ],
        "parameters left out",
        "EfficientPyTorch issue 1, define optimizer after Conv2d replacement",
    ),
    case(
        "layers_as_many_as_one_likes",
        STACKED,
        [("nn.ModuleList([])", "[]")],
        "unregistered parameters",
        "discuss.pytorch.org 5463, when should I use nn.ModuleList",
    ),
]
WELL: list[Case] = []
