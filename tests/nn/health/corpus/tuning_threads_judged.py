"""The tuning half: threads whose answer lies in how a network is judged; each text is the run as it went well."""

from __future__ import annotations

from tests.nn.health.corpus.case import Case
from tests.nn.health.corpus.tuning_offices_loops import HEAD, case

# Pixels of small pictures, each in one of three kinds; a look at the held ones in the middle of an epoch.
PIXELS = (
    HEAD
    + """
shape = rng.normal(size=(260, 3, 3))
truth = np.kron(shape, np.ones((4, 4)))
labels = np.digitize(truth, [-0.4, 0.5])
photos = (30.0 * (truth + 0.5 * rng.normal(size=truth.shape)) + 90.0)[:, None].astype(np.float32)


class FCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.bn = nn.BatchNorm2d(1)
        self.conv1 = nn.Conv2d(1, 12, 3, padding=1, rng=SEED)
        self.bn1 = nn.BatchNorm2d(12)
        self.score = nn.Conv2d(12, 3, 1, rng=SEED + 1)

    def forward(self, x):
        return self.score(F.relu(self.bn1(self.conv1(self.bn(x)))))


def loss_of(model, rows):
    score = model(photos[rows]).transpose(0, 2, 3, 1).reshape(-1, 3)
    return F.cross_entropy(score, labels[rows].reshape(-1)), score


class Trainer:
    def __init__(self, model, optimizer, interval_validate=3):
        self.model, self.optim, self.interval_validate, self.iteration = model, optimizer, interval_validate, 0

    def validate(self):
        training = self.model.training
        self.model.eval()
        with no_grad():
            loss, score = loss_of(self.model, np.arange(200, 260))
        wrong = (score.numpy().argmax(axis=1) != labels[200:].reshape(-1)).mean()
        if training:
            self.model.train()
        return loss.item(), wrong

    def train(self, max_iteration):
        self.model.train()
        while self.iteration < max_iteration:
            for rows in np.array_split(rng.permutation(200), 20):
                if self.iteration % self.interval_validate == 0:
                    self.validate()
                self.optim.zero_grad()
                loss, _ = loss_of(self.model, rows)
                loss.backward()
                self.optim.step()
                self.iteration += 1


model = FCN()
trainer = Trainer(model, optim.SGD(model.parameters(), lr=0.005, momentum=0.9))
trainer.train(160)
print("held", trainer.validate()[1])
"""
)

# Clouds of points: which body they lie on.
CLOUDS = (
    HEAD
    + """
def cloud(kind):
    p = rng.normal(size=(24, 3))
    if kind == 0:
        p /= np.linalg.norm(p, axis=1, keepdims=True)
    elif kind == 1:
        p /= np.abs(p).max(axis=1, keepdims=True)
    elif kind == 2:
        p[:, :2] /= np.linalg.norm(p[:, :2], axis=1, keepdims=True)
        p[:, 2] = rng.uniform(-1, 1, 24)
    else:
        p /= np.abs(p).sum(axis=1, keepdims=True)
    return p + 0.03 * rng.normal(size=p.shape)


kinds = rng.integers(0, 4, 420)
clouds = np.stack([cloud(k) for k in kinds]).astype(np.float32)
dataset = nn.DataLoader(clouds[:340], kinds[:340], batch_size=34, shuffle=True, seed=SEED)
test_dataset = nn.DataLoader(clouds[340:], kinds[340:], batch_size=2)


class PointNetCls(nn.Module):
    def __init__(self):
        super().__init__()
        self.mlp1, self.mlp2 = nn.Linear(3, 32, rng=SEED), nn.Linear(32, 48, rng=SEED + 1)
        self.fc1, self.fc2 = nn.Linear(96, 32, rng=SEED + 2), nn.Linear(32, 4, rng=SEED + 3)
        self.bn1, self.dropout = nn.BatchNorm1d(32), nn.Dropout(0.3, rng=SEED)

    def forward(self, x):
        h = F.relu(self.mlp2(F.relu(self.mlp1(x))))
        h = ag.concatenate([h.max(axis=1), h.mean(axis=1)], axis=1)
        h = F.relu(self.bn1(self.dropout(self.fc1(h))))
        return F.log_softmax(self.fc2(h), dim=1)


classifier = PointNetCls()
optimizer = optim.Adam(classifier.parameters(), lr=0.005)
for epoch in range(20):
    classifier = classifier.train()
    for points, target in dataset:
        optimizer.zero_grad()
        loss = F.nll_loss(classifier(points), target)
        loss.backward()
        optimizer.step()
    total_correct = 0
    classifier = classifier.eval()
    for points, target in test_dataset:
        with no_grad():
            pred = classifier(points)
        total_correct += (pred.numpy().argmax(axis=1) == target).sum()
    print(epoch, loss.item(), total_correct / 80)
print("held", 1 - total_correct / 80)
"""
)

# Molecules in five folds.
FOLDS = (
    HEAD
    + """
x = rng.normal(size=(150, 30)).astype(np.float32)
rule = np.random.default_rng(2).normal(size=30) / 30**0.5
y = (x @ rule + 0.8 * rng.normal(size=150) > 0).astype(np.float32)[:, None]
fresh_x = rng.normal(size=(400, 30)).astype(np.float32)
fresh_y = (fresh_x @ rule + 0.8 * rng.normal(size=400) > 0)[:, None]


def create_model():
    model = nn.Sequential(nn.Linear(30, 48, rng=SEED), nn.ReLU(), nn.Linear(48, 1, rng=SEED + 1))
    return model, optim.Adam(model.parameters(), lr=0.01)


def right(model, x, y):
    with no_grad():
        return ((model(x).numpy() > 0) == (y > 0.5)).mean()


scores = []
folds = np.array_split(rng.permutation(150), 5)
for k in range(5):
    model, optimizer = create_model()
    test, train = folds[k], np.concatenate([folds[j] for j in range(5) if j != k])
    for epoch in range(14):
        for rows in np.array_split(rng.permutation(train), 6):
            optimizer.zero_grad()
            F.binary_cross_entropy_with_logits(model(x[rows]), y[rows]).backward()
            optimizer.step()
    scores.append(right(model, x[test], y[test]))
    print(k, scores[-1])
print("told", 1 - np.mean(scores), "held", 1 - right(model, fresh_x, fresh_y))
"""
)

# Compounds of a table, and the error of those that are kept apart.
COMPOUNDS = (
    HEAD
    + """
def compounds(count):
    share = rng.dirichlet(np.ones(12), count).astype(np.float32)
    hardness = 4 * share[:, 0] * share[:, 1] - share[:, 2] ** 2 + 0.3 * share[:, 3] + 0.05 * rng.normal(size=count)
    return 4 * share, (10 * hardness[:, None]).astype(np.float32)


train_df, val_df, fresh = compounds(160), compounds(60), compounds(200)


class CrabNet:
    def __init__(self):
        self.net = nn.Sequential(
            nn.Linear(12, 64, rng=SEED), nn.SiLU(), nn.Linear(64, 64, rng=SEED + 1), nn.SiLU(), nn.Linear(64, 1, rng=SEED + 2)
        )
        self.optimizer = optim.AdamW(self.net.parameters(), lr=0.005)

    def load_data(self, data, train=False):
        if train:
            self.train_loader = nn.DataLoader(*data, batch_size=15, shuffle=True, seed=SEED)
        else:
            self.val_loader = nn.DataLoader(*data, batch_size=30)

    def mae(self, loader):
        with no_grad():
            return np.mean([(self.net(x) - y).abs().mean().item() for x, y in loader])

    def fit(self, train_df, val_df, epochs=100):
        self.load_data(train_df, train=True)
        self.load_data(val_df)
        for epoch in range(epochs):
            for x, y in self.train_loader:
                self.optimizer.zero_grad()
                loss = (self.net(x) - y).abs().mean()
                loss.backward()
                self.optimizer.step()
            if epoch % 25 == 24:
                print(epoch, loss.item(), "val", self.mae(self.val_loader))


crab = CrabNet()
crab.fit(train_df, val_df)
print("told", crab.mae(crab.val_loader), "held", crab.mae(nn.DataLoader(*fresh, batch_size=50)))
"""
)

# Where the hands are; one function for the phase of training and for that of validation.
POSES = (
    HEAD
    + """
def people(count):
    joints = rng.uniform(-1, 1, (count, 2))
    grid = np.linspace(-1, 1, 7)
    heat = np.exp(-((grid[None, :, None] - joints[:, :1, None]) ** 2 + (grid[None, None] - joints[:, 1:, None]) ** 2) / 0.1)
    heat = heat + 0.7 * rng.normal(size=heat.shape)
    return heat.reshape(count, 49).astype(np.float32), joints.astype(np.float32)


data = {"train": people(160), "val": people(40)}
net = nn.Sequential(nn.Linear(49, 96, rng=SEED), nn.ReLU(), nn.Linear(96, 2, rng=SEED + 1))
config = {"net": net, "optimizer": optim.Adam(net.parameters(), lr=0.005), "iters": {"train": 16, "val": 4}, "epochs": 30}


def make_train(batch, config, phase):
    inputs, labels = batch
    result = config["net"](inputs)
    loss = ((result - labels) ** 2).mean()
    if phase == "train":
        config["optimizer"].zero_grad()
        loss.backward()
        config["optimizer"].step()
    return loss.item()


for epoch in range(config["epochs"]):
    told = {}
    for phase in ["train", "val"]:
        x, y = data[phase]
        batches = np.array_split(rng.permutation(len(x)), config["iters"][phase])
        told[phase] = np.mean([make_train((x[b], y[b]), config, phase) for b in batches])
    if epoch % 10 == 0:
        print(epoch, told)
x, y = people(300)
with no_grad():
    print("told", told["val"], "held", ((net(x) - y) ** 2).mean().item())
"""
)

SICK: list[Case] = [
    case(
        "pixels_with_a_look_in_between",
        PIXELS,
        [("        if training:\n            self.model.train()\n", "")],
        "evaluation mode in training",
        "pytorch-fcn pull 56 and issue 57, return to train mode after validation; ncsn issue 2",
    ),
    case(
        "bodies_of_points",
        CLOUDS,
        [("    classifier = classifier.eval()\n", "")],
        "training mode in evaluation",
        "pointnet.pytorch pull 19; pytorch-tutorial issue 62",
    ),
    case(
        "molecules_in_folds",
        FOLDS,
        [
            ("    model, optimizer = create_model()\n", ""),
            ("scores = []\n", "scores = []\nmodel, optimizer = create_model()\n"),
        ],
        "training rows in validation",
        "antmarakis Machine-Learning issue 3; deepchem issue 926",
    ),
    case(
        "compounds_of_a_table",
        COMPOUNDS,
        [("        self.load_data(val_df)\n", "        self.load_data(train_df)\n")],
        "metric on training rows",
        "mat_discover issue 34, validation MAE is fictitious",
    ),
    case(
        "hands_in_two_phases",
        POSES,
        [('    if phase == "train":\n', '    if phase != "inference":\n')],
        "training rows in validation",
        "pose-ae-train issue 11, strange behaviours on validation data",
        ("metric on training rows",),
    ),
]
WELL: list[Case] = []
