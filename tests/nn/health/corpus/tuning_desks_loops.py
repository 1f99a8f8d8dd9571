"""The tuning half: scripts from many desks whose rows, gradients or steps are at fault; each text is the run as it went well."""

from __future__ import annotations

from collections.abc import Sequence

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.loops import Change, case
from tests.nn.health.corpus.pairs import ASKED, LIST


def pair(
    name: str, text: str, changes: Sequence[Change], cause: str, source: str, also: tuple[str, ...] = ()
) -> tuple[Case, Case]:
    """A script with its fault, and the same as it went well."""
    return case(name, text, changes, cause, source, also), case(f"{name}_mended", text, [], HEALTHY, source)


# Handwritten digits, each pixel standardised; some are blank in all pictures.
PIXELS = """
import numpy as np
import nn
import optim
from autograd import no_grad

digits = nn.load_digits_split()
images = np.asarray(digits.train_images[:750]).reshape(750, -1).astype("float32")
labels = np.asarray(digits.train_labels[:750])

mean = images.mean(axis=0)
std = images.std(axis=0)
std[std == 0] = 1.0
images = (images - mean) / std

X_train, X_test = images[:600], images[600:]
y_train, y_test = labels[:600], labels[600:]

model = nn.Sequential(
    nn.Linear(64, 48, rng=SEED),
    nn.ReLU(),
    nn.Linear(48, 10, rng=SEED + 1),
)
criterion = nn.CrossEntropyLoss()
optimizer = optim.Adam(model.parameters(), lr=2e-3)
loader = nn.DataLoader(X_train, y_train, batch_size=32, shuffle=True, seed=SEED)

for epoch in range(15):
    running_loss = 0.0
    for inputs, targets in loader:
        optimizer.zero_grad()
        outputs = model(inputs)
        loss = criterion(outputs, targets)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
    with no_grad():
        predicted = model(X_test).numpy().argmax(axis=1)
    print(f"epoch {epoch + 1} loss {running_loss / 19:.3f} accuracy {(predicted == y_test).mean():.3f}")
"""

# Five of the ten digits, told apart by filters.
UPPER_DIGITS = """
import numpy as np
from autograd import Tensor, no_grad
import nn, optim
import nn.functional as F

d = nn.load_digits_split()
imgs, labs = np.asarray(d.train_images), np.asarray(d.train_labels)
# only 5, 6, 7, 8, 9 for a quick experiment
keep = labs >= 5
imgs, labs = imgs[keep][:500].reshape(-1, 1, 8, 8), labs[keep][:500]
labs = labs - 5
xtr, ytr, xte, yte = imgs[:400], labs[:400], imgs[400:], labs[400:]


class SmallCNN(nn.Module):
    def __init__(self, n_classes=5):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1, rng=SEED)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1, rng=SEED + 1)
        self.fc = nn.Linear(64, n_classes, rng=SEED + 2)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc(x.reshape(len(x), -1))


net = SmallCNN()
opt = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
gen = np.random.default_rng(SEED)
for epoch in range(8):
    perm = gen.permutation(400)
    for k in range(0, 400, 25):
        idx = perm[k : k + 25]
        opt.zero_grad()
        loss = F.cross_entropy(net(xtr[idx]), ytr[idx])
        loss.backward()
        opt.step()
    with no_grad():
        acc = (net(xte).numpy().argmax(1) == yte).mean()
    print("epoch", epoch, "train loss", loss.item(), "test acc", acc)
"""

# The heat that a greenhouse needs, by a module that came from a framework with a trainer of its own.
GREENHOUSE = """
import numpy as np
import nn
import optim
from autograd import no_grad
from nn import functional as F

rng = np.random.default_rng(SEED)
outside = rng.normal(5, 8, 480)
sun = rng.gamma(2.0, 1.5, 480)
wind = rng.weibull(2.0, 480) * 4
heat = np.maximum(18 - outside, 0) * (1 + 0.1 * wind) - 2.0 * sun + rng.normal(size=480)
x = np.stack([(outside - 5) / 8, (sun - 3) / 2.1, (wind - 3.5) / 1.8], axis=1).astype(np.float32)
y = ((heat - heat.mean()) / heat.std()).astype(np.float32)[:, None]


class GreenhouseModule(nn.Module):
    def __init__(self, hidden=32, lr=0.01):
        super().__init__()
        self.lr = lr
        self.layers = nn.Sequential(
            nn.Linear(3, hidden, rng=SEED), nn.ReLU(), nn.Linear(hidden, hidden, rng=SEED + 1), nn.ReLU(),
            nn.Linear(hidden, 1, rng=SEED + 2),
        )

    def forward(self, x):
        return self.layers(x)

    def training_step(self, batch, batch_idx):
        x, y = batch
        return F.mse_loss(self(x), y)

    def validation_step(self, batch):
        x, y = batch
        return F.mse_loss(self(x), y).item()

    def configure_optimizers(self):
        return optim.Adam(self.parameters(), lr=self.lr)


module = GreenhouseModule()
train_loader = nn.DataLoader(x[:400], y[:400], batch_size=20, shuffle=True, seed=SEED)
optimizer = module.configure_optimizers()
for epoch in range(20):
    for batch_idx, batch in enumerate(train_loader):
        optimizer.zero_grad()
        loss = module.training_step(batch, batch_idx)
        loss.backward()
        optimizer.step()
    with no_grad():
        print("epoch", epoch, "val_loss", module.validation_step((x[400:], y[400:])))
"""

# Which of three languages a word is of, letter by letter.
WORDS = """
import numpy as np
import nn
import optim
from autograd import no_grad

random = np.random.default_rng(SEED)
habits = np.random.default_rng(17).dirichlet(0.25 * np.ones(18), 3)
languages = random.integers(0, 3, 450)
words = np.array([random.choice(18, size=9, p=habits[k]) for k in languages])
train_words, train_languages = words[:360], languages[:360]
test_words, test_languages = words[360:], languages[360:]


class LetterRNN(nn.Module):
    def __init__(self, n_letters, n_hidden, n_languages):
        super().__init__()
        self.letters = nn.Embedding(n_letters, 8, rng=SEED)
        self.rnn = nn.GRU(8, n_hidden, batch_first=True, rng=SEED + 1)
        self.out = nn.Linear(n_hidden, n_languages, rng=SEED + 2)

    def forward(self, word):
        states, _ = self.rnn(self.letters(word))
        return self.out(states[:, -1])


rnn = LetterRNN(18, 24, 3)
criterion = nn.CrossEntropyLoss()
optimizer = optim.Adam(rnn.parameters(), lr=0.01)


def train(batch_words, batch_languages):
    rnn.train()
    optimizer.zero_grad()
    output = rnn(batch_words)
    loss = criterion(output, batch_languages)
    loss.backward()
    optimizer.step()
    return loss.item()


def accuracy():
    rnn.eval()
    with no_grad():
        return float((rnn(test_words).numpy().argmax(axis=1) == test_languages).mean())


for epoch in range(10):
    order = random.permutation(360)
    total = 0.0
    for start in range(0, 360, 30):
        chosen = order[start : start + 30]
        total += train(train_words[chosen], train_languages[chosen])
    print(epoch, round(total / 12, 4), accuracy())
"""

# Forged banknotes, trained against small changes of what is measured.
BANKNOTES = """
import numpy as np
import nn
import optim
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
N = 440
features = rng.normal(size=(N, 4)).astype(np.float32)
forged = (features[:, 0] * 1.2 + features[:, 1] ** 2 - 1.0 > 0.3 * features[:, 2]).astype(np.float32)[:, None]
Xtr, Ytr = features[:350], forged[:350]
Xva, Yva = features[350:], forged[350:]

clf = nn.Sequential(nn.Linear(4, 40, rng=SEED), nn.ReLU(), nn.Linear(40, 1, rng=SEED + 1))
bce = nn.BCEWithLogitsLoss()
opt = optim.SGD(clf.parameters(), lr=0.2, momentum=0.9)
EPSILON = 0.05


def fgsm(x, y):
    x = Tensor(x, requires_grad=True)
    bce(clf(x), y).backward()
    return x.data + EPSILON * np.sign(x.grad)


for epoch in range(25):
    shuffled = rng.permutation(350)
    for rows in np.array_split(shuffled, 10):
        x, y = Xtr[rows], Ytr[rows]
        x_adv = fgsm(x, y)
        clf.zero_grad()
        loss = 0.5 * bce(clf(x), y) + 0.5 * bce(clf(x_adv), y)
        loss.backward()
        opt.step()
    with no_grad():
        guess = clf(Xva).numpy() > 0
    print(f"epoch {epoch:2d}  loss {loss.item():.4f}  clean accuracy {(guess == (Yva > 0.5)).mean():.3f}")
"""

# Kinds of tea by what an electronic nose measures; the weights are begun by a function that is applied.
NOSE = """
import numpy as np
import nn
import optim
from autograd import no_grad

gen = np.random.default_rng(SEED)
smells = np.random.default_rng(8).normal(size=(6, 10))
kind = gen.integers(0, 6, 600)
nose = (smells[kind] + 0.55 * gen.normal(size=(600, 10))).astype(np.float32)


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight, rng=gen)
        m.bias.data[:] = 0.01


def run_epoch(net, x, y, optimizer, loss_function):
    net.train()
    for start in range(0, len(x), 40):
        optimizer.zero_grad()
        loss = loss_function(net(x[start : start + 40]), y[start : start + 40])
        loss.backward()
        optimizer.step()
    return loss.item()


def evaluate(net, x, y, loss_function):
    net.eval()
    with no_grad():
        scores = net(x)
        return loss_function(scores, y).item(), (scores.numpy().argmax(axis=1) == y).mean()


net = nn.Sequential(nn.Linear(10, 32), nn.Tanh(), nn.Linear(32, 6))
net.apply(init_weights)
optimizer = optim.SGD(net.parameters(), lr=0.01, momentum=0.5)
loss_function = nn.CrossEntropyLoss()
for epoch in range(30):
    train_loss = run_epoch(net, nose[:480], kind[:480], optimizer, loss_function)
    val_loss, val_acc = evaluate(net, nose[480:], kind[480:], loss_function)
    print(epoch, train_loss, val_loss, val_acc)
"""

# How far a ski jumper flies, with momentum by hand.
JUMPS = """
import numpy as np
import nn
from autograd import no_grad

rng = np.random.default_rng(SEED)
speed, angle, wind = rng.normal(size=(3, 500))
far = speed - 0.8 * (angle - 0.3) ** 2 + 0.7 * wind * (angle > 0) + 0.1 * rng.normal(size=500)
far = (far - far.mean()) / far.std()
X, Y = np.stack([speed, angle, wind], 1).astype("float32"), far[:, None].astype("float32")

net = nn.Sequential(nn.Linear(3, 30, rng=SEED), nn.Tanh(), nn.Linear(30, 1, rng=SEED + 1))
params = list(net.parameters())
alpha, beta = 0.0005, 0.99
velocities = [np.zeros_like(p.data) for p in params]

for epoch in range(60):
    order = rng.permutation(420)
    for i in range(0, 420, 42):
        batch = order[i : i + 42]
        cost = ((net(X[batch]) - Y[batch]) ** 2).mean()
        net.zero_grad()
        cost.backward()
        for p, v in zip(params, velocities):
            v *= beta
            v += p.grad
            p.data -= alpha * v
    if epoch % 10 == 9:
        with no_grad():
            print(epoch + 1, cost.item(), ((net(X[420:]) - Y[420:]) ** 2).mean().item())
"""

RUNS = [
    pair(
        "pixels_that_are_always_blank",
        PIXELS,
        [("std[std == 0] = 1.0\n", "")],
        "inputs not finite",
        ASKED + "loss is nan after standardising MNIST by pixel",
    ),
    pair(
        "digits_from_five_on",
        UPPER_DIGITS,
        [("labs = labs - 5\n", "")],
        "targets outside the loss",
        ASKED + "Target 9 is out of bounds, a subset of the classes",
    ),
    pair(
        "greenhouse_left_its_framework",
        GREENHOUSE,
        [("        loss.backward()\n", "")],
        "backward missing",
        ASKED + "from Lightning to a plain loop, val_loss stays the same",
    ),
    pair(
        "words_returned_too_early",
        WORDS,
        [("    optimizer.step()\n    return loss.item()\n", "    return loss.item()\n    optimizer.step()\n")],
        "step missing",
        LIST + "26, is it training at all: a return before the step",
    ),
    pair(
        "banknotes_cleaned_of_their_attack",
        BANKNOTES,
        [
            ("        clf.zero_grad()\n", ""),
            ("        loss.backward()\n        opt.step()", "        loss.backward()\n        clf.zero_grad()\n        opt.step()"),
        ],
        "gradients cleared before the step",
        ASKED + "adversarial training, where to call zero_grad",
    ),
    pair(
        "nose_initialised_in_each_epoch",
        NOSE,
        [("    net.train()\n", "    net.train()\n    net.apply(init_weights)\n")],
        "model made anew",
        ASKED + "model.apply(init_weights) in the training function",
    ),
    pair(
        "jumps_whose_velocity_begins_anew",
        JUMPS,
        [
            ("velocities = [np.zeros_like(p.data) for p in params]\n", ""),
            (
                "        cost.backward()\n",
                "        cost.backward()\n        velocities = [np.zeros_like(p.data) for p in params]\n",
            ),
        ],
        "optimizer made anew",
        ASKED + "momentum by hand makes no difference",
        ("learning rate too low",),
    ),
]  # fmt: skip
SICK: list[Case] = [sick for sick, _ in RUNS]
WELL: list[Case] = [well for _, well in RUNS]
