"""The tuning half: threads in which nothing was wrong but what people expected."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from nn import functional
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import CE, MSE, adam, alarms, beats, split
from tests.nn.health.corpus.tuning_offices_loops import HEAD, case

# Loss of a whole picture, not divided by its pixels, and a rate to match.
PARTS = (
    HEAD
    + """
shape = np.kron(rng.normal(size=(220, 3, 3)), np.ones((4, 4)))
lbl = np.digitize(shape, [-0.4, 0.5])
img = (shape + 0.4 * rng.normal(size=shape.shape))[:, None].astype(np.float32)
model = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1, rng=SEED), nn.ReLU(), nn.Conv2d(16, 3, 3, padding=1, rng=SEED + 1))
optimizer = optim.SGD(model.parameters(), lr=1e-4, momentum=0.9)


def cross_entropy2d(score, target):
    n, c, h, w = score.shape
    return F.cross_entropy(score.transpose(0, 2, 3, 1).reshape(-1, c), target.reshape(-1), reduction="sum")


for epoch in range(20):
    running_loss = 0.0
    for ii in np.array_split(rng.permutation(180), 30):
        loss = cross_entropy2d(model(img[ii]), lbl[ii])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
    print("[Epoch: %d, numImages: %5d] Loss: %f" % (epoch, 180, running_loss))
with no_grad():
    print("held", (model(img[180:]).numpy().argmax(axis=1) != lbl[180:]).mean())
"""
)

# A variational autoencoder, whose loss comes down to some number and stays there.
VARIATIONAL = (
    HEAD
    + """
angle = rng.uniform(-3, 3, (500, 2))
x = np.concatenate([np.cos(angle), np.sin(angle)], axis=1) @ np.random.default_rng(14).normal(size=(4, 10))
x = (x + 0.1 * rng.normal(size=x.shape)).astype(np.float32)


class VAE(nn.Module):
    def __init__(self, latent=4):
        super().__init__()
        self.body = nn.Linear(10, 48, rng=SEED)
        self.mu, self.log_var = nn.Linear(48, latent, rng=SEED + 1), nn.Linear(48, latent, rng=SEED + 2)
        self.up, self.out = nn.Linear(latent, 48, rng=SEED + 3), nn.Linear(48, 10, rng=SEED + 4)

    def forward(self, x):
        h = F.relu(self.body(x))
        mu, log_var = self.mu(h), self.log_var(h)
        z = mu
        if self.training:
            z = mu + ag.exp(0.5 * log_var) * Tensor(rng.normal(size=mu.shape).astype(np.float32))
        return self.out(F.relu(self.up(z))), mu, log_var


def vae_loss(x, x_reconstructed, mu, log_var):
    reconstruction_loss = ((x_reconstructed - x) ** 2).sum(axis=1).mean() / 0.4
    kl_divergence = -0.5 * (1 + log_var - mu**2 - ag.exp(log_var)).sum(axis=1).mean()
    return reconstruction_loss + kl_divergence


vae = VAE()
optimizer = optim.Adam(vae.parameters(), lr=0.004)
for epoch in range(50):
    vae.train()
    for rows in np.array_split(rng.permutation(400), 16):
        optimizer.zero_grad()
        loss = vae_loss(Tensor(x[rows]), *vae(x[rows]))
        loss.backward()
        optimizer.step()
    if epoch % 10 == 0:
        print(epoch, loss.item())
vae.eval()
with no_grad():
    print("held", ((vae(x[400:])[0].numpy() - x[400:]) ** 2).mean() / x.var())
"""
)

# A regression, and how often its answer is the target to the last figure.
ACCURACY = (
    HEAD
    + """
x = rng.normal(size=(500, 13)).astype(np.float32)
w = rng.normal(size=13) / 3
value = (22.5 + 6 * np.tanh(x @ w) + 2 * x[:, 0] * x[:, 1] + 0.8 * rng.normal(size=500))[:, None].astype(np.float32)
mean, std = value[:400].mean(), value[:400].std()
model = nn.Sequential(nn.Linear(13, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 1, rng=SEED + 1))
optimizer = optim.Adam(model.parameters(), lr=0.005, weight_decay=1e-3)


def evaluate(x, y):
    with no_grad():
        told = model(x).numpy() * std + mean
    return {"mse": ((told - y) ** 2).mean(), "acc": (np.round(told, 3) == np.round(y, 3)).mean()}


for epoch in range(25):
    for rows in np.array_split(rng.permutation(400), 40):
        loss = F.mse_loss(model(x[rows]), (value[rows] - mean) / std)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, evaluate(x[:400], value[:400]))
print("held", evaluate(x[400:], value[400:])["mse"] / std**2)
"""
)

# All houses are scaled together, those of the contest as well.
CONTEST = (
    HEAD
    + """
n_train, n_test = 420, 140
features = np.exp(0.5 * rng.normal(size=(n_train + n_test, 9))) * np.array([100, 3, 2000, 8, 1, 40, 5, 0.5, 12.0])
log_price = 12 + 0.3 * np.log(features).sum(axis=1) / 3 + 0.4 * np.log(features[:, 0] / 100) + 0.08 * rng.normal(size=n_train + n_test)
all_features = (features - features.mean(axis=0)) / features.std(axis=0)
train_features, test_features = all_features[:n_train].astype(np.float32), all_features[n_train:].astype(np.float32)
labels = (log_price - log_price[:n_train].mean())[:, None].astype(np.float32)


def get_net():
    return nn.Sequential(nn.Linear(9, 24, rng=SEED), nn.ReLU(), nn.Linear(24, 1, rng=SEED + 1))


def train(net, features, labels, num_epochs, learning_rate, weight_decay, batch_size):
    train_iter = nn.DataLoader(features, labels, batch_size=batch_size, shuffle=True, seed=SEED)
    optimizer = optim.Adam(net.parameters(), lr=learning_rate, weight_decay=weight_decay)
    ls = []
    for epoch in range(num_epochs):
        for X, y in train_iter:
            optimizer.zero_grad()
            loss = F.mse_loss(net(X), y)
            loss.backward()
            optimizer.step()
        ls.append(loss.item())
    return ls


net = get_net()
print(train(net, train_features, labels[:n_train], 30, 0.01, 1e-4, 32)[-1])
with no_grad():
    print("held", F.mse_loss(net(test_features), labels[n_train:]).item() / labels.var())
"""
)

# A cost in thousands of dollars, squared.
COST = (
    HEAD
    + """
X = rng.normal(size=(500, 30))
X = (X - X.mean(axis=0)) / X.std(axis=0)
price = 180.0 + X @ (20 * rng.normal(size=30)) / 3 + 12 * rng.normal(size=500)
w, b = Tensor(np.zeros((30, 1)), requires_grad=True), Tensor(np.zeros(1), requires_grad=True)
alpha, J_history = 0.1, []
for i in range(400):
    f_wb = Tensor(X[:400]) @ w + b
    cost = ((f_wb - Tensor(price[:400, None])) ** 2).sum() / (2 * 400)
    w.grad, b.grad = None, None
    cost.backward()
    w.data = w.data - alpha * w.grad
    b.data = b.data - alpha * b.grad
    J_history.append(cost.item())
print(J_history[::50])
print("held", ((X[400:] @ w.numpy()[:, 0] + b.numpy()[0] - price[400:]) ** 2).mean() / price.var())
"""
)

# The next sign of a text whose signs are partly thrown by dice.
SIGNS = (
    HEAD
    + """
chance = np.random.default_rng(19).dirichlet(0.5 * np.ones(9), size=9)
text = [0]
for _ in range(1500):
    text.append(rng.choice(9, p=chance[text[-1]]))
text = np.array(text)
entropy = -(chance * np.log(chance + 1e-12)).sum(axis=1).mean()
model = nn.Sequential(nn.Embedding(9, 12, rng=SEED), nn.Linear(12, 9, rng=SEED + 1))
optimizer = optim.AdamW(model.parameters(), lr=0.02, weight_decay=0.05)
for epoch in range(6):
    for at in np.array_split(rng.permutation(1200), 38):
        loss = F.cross_entropy(model(text[at]), text[at + 1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
with no_grad():
    print("held", F.cross_entropy(model(text[1200:1500]), text[1201:1501]).item(), "of", np.log(9), "at best", entropy)
"""
)


def incomes_from_a_dating_site(seed: int) -> Setup:
    """Better on the rows kept apart than on those it learns: those come with half of the units left out."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(1000, 8))
    y = np.digitize(x @ np.random.default_rng(3).normal(size=8) / 2.8 + 0.15 * rng.normal(size=1000), [-0.5, 0.5])
    model = nn.Sequential(nn.Linear(8, 60, rng=rng), nn.ReLU(), nn.Dropout(0.5, rng=seed), nn.Linear(60, 3, rng=rng))
    train, held = split((x.astype(np.float32), y), 700)
    return Setup(model, *train, CE(), optim.Adamax(model.parameters(), lr=0.01), held, epochs=20, batch_size=10)


def yields_with_weather(seed: int) -> Setup:
    """It comes down, and stays where the weather is."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, (1300, 3))
    y = np.sin(2 * x[:, :1]) + 0.5 * x[:, 1:2] ** 2 - x[:, 2:3] + 0.8 * rng.normal(size=(1300, 1))
    model = mlp([3, 16, 1], seed, nn.Tanh)
    train, held = split((x.astype(np.float32), (y / y.std()).astype(np.float32)), 1000)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=30)


def sounds_of_instruments(seed: int) -> Setup:
    """The loss of the rows kept apart stays or goes up, since a few are named wrongly, and their accuracy does not fall."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, 800)
    x = np.random.default_rng(7).normal(size=(4, 10))[y] + 0.6 * rng.normal(size=(800, 10))
    wrong = rng.random(800) < 0.03
    named = np.where(wrong, (y + 1) % 4, y)
    model = mlp([10, 12, 4], seed)
    train, held = split((x.astype(np.float32), named), 600)
    return Setup(model, *train, CE(), adam(model, 0.005), held, epochs=15)


def heads_two_at_a_time(seed: int) -> Setup:
    """Spikes in the curve, of batches of two."""
    rng = np.random.default_rng(seed)
    pose = rng.uniform(-1, 1, (420, 2))
    x = np.tanh(pose @ rng.normal(size=(2, 12)) + 0.3 * rng.normal(size=12)) + 0.08 * rng.normal(size=(420, 12))
    model = mlp([12, 32, 2], seed)
    train, held = split((x.astype(np.float32), pose.astype(np.float32)), 340)
    return Setup(
        model, *train, MSE(), optim.SGD(model.parameters(), lr=0.03, momentum=0.5), held, epochs=12, batch_size=2
    )


def objects_with_a_small_bound(seed: int) -> Setup:
    """A bound of a tenth on the gradients, as it is usual with such networks."""
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv1d(2, 12, 4, rng=rng), nn.GELU(), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(96, 4, rng=rng)
    )
    train, held = split(alarms(seed, 500), 400)
    optimizer = optim.AdamW(model.parameters(), lr=0.003, weight_decay=1e-4)
    return Setup(model, *train, nn.BCEWithLogitsLoss(), optimizer, held, epochs=20, clip_norm=0.1)


class Spread(nn.Module):
    """A mean, and how sure it is."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.body, self.head = nn.Linear(3, 32, rng=seed), nn.Linear(32, 2, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return self.head(functional.tanh(self.body(x)))


def reaches_with_their_doubt(seed: int) -> Setup:
    """A likelihood that goes below nought."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (700, 3))
    y = 0.5 * np.sin(3 * x[:, :1]) + 0.2 * x[:, 1:2] + (0.03 + 0.08 * (x[:, 2:3] > 0)) * rng.normal(size=(700, 1))
    model = Spread(seed)

    def likelihood(told: Any, target: Any) -> Any:
        log_var = functional.hardtanh(told[:, 1:], -8.0, 3.0)
        return (0.5 * log_var + 0.5 * (told[:, :1] - target) ** 2 * (-log_var).exp()).mean()

    train, held = split((x.astype(np.float32), y.astype(np.float32)), 560)
    return Setup(model, *train, likelihood, adam(model, 0.01), held, epochs=30)


class Listener(nn.Module):
    """Convolutions with batch normalisation, whose answers differ a little between training and evaluation."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.first, self.norm = nn.Conv1d(1, 12, 6, rng=rng), nn.BatchNorm1d(12)
        self.second, self.norm2 = nn.Conv1d(12, 12, 4, rng=rng), nn.BatchNorm1d(12)
        self.head = nn.Linear(12, 3, rng=rng)

    def forward(self, x: Any) -> Any:
        h = functional.relu(self.norm(self.first(x)))
        return self.head(functional.relu(self.norm2(self.second(h))).max(axis=2))


def beats_with_normalisation(seed: int) -> Setup:
    """Other answers in evaluation than in training, as it must be."""
    x, y = beats(seed, 500)
    model = Listener(seed)
    train, held = split((x.transpose(0, 2, 1), y), 400)
    return Setup(model, *train, CE(), optim.SGD(model.parameters(), lr=0.05, momentum=0.9), held, epochs=15)


SICK: list[Case] = []
WELL: list[Case] = [
    case(
        "parts_summed_over_pixels",
        PARTS,
        [],
        HEALTHY,
        "pytorch-deeplab-xception issue 2; fcn issue 88, loss value is too high",
    ),
    case("variational_to_some_number", VARIATIONAL, [], HEALTHY, "SO, why VAE loss doesn't converge to zero"),
    case("values_to_the_last_figure", ACCURACY, [], HEALTHY, "SO 48775305, what defines accuracy when the loss is MSE"),
    case("contest_scaled_together", CONTEST, [], HEALTHY, "d2l-en issue 843, data leakage in house prices example"),
    case("cost_in_squared_dollars", COST, [], HEALTHY, "community.deeplearning.ai 211759, cost too high"),
    case("signs_thrown_by_dice", SIGNS, [], HEALTHY, "keras issue 1495, loss value is greater than 1"),
    Case(incomes_from_a_dating_site, HEALTHY, "SO 43979449, higher validation accuracy than training accuracy"),
    Case(yields_with_weather, HEALTHY, "datascience.SE 93974, losses remain constant"),
    Case(sounds_of_instruments, HEALTHY, "stats.SE 282160 and 278951, validation loss and accuracy both go up"),
    Case(heads_two_at_a_time, HEALTHY, "img2pose issue 46, spikes in training curve"),
    Case(objects_with_a_small_bound, HEALTHY, "detr issue 91, why clip_max_norm is 0.1"),
    Case(reaches_with_their_doubt, HEALTHY, "PyTorch forum, negative loss of a Gaussian likelihood"),
    Case(beats_with_normalisation, HEALTHY, "pytorch issue 5406, batch norm differs in train and eval"),
]
