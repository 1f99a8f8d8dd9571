"""The tuning half: whole scripts of question sites, each with one fault in its data, targets, loss or network."""

from __future__ import annotations

from tests.nn.health.corpus.case import Case
from tests.nn.health.corpus.pairs import ASKED, CS231N, LIST, RECIPE
from tests.nn.health.corpus.tuning_lists_layers import case

# A recording is cut into windows through one buffer.
BUFFER = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
kinds = rng.integers(0, 3, 300)
buffer = np.zeros(20, np.float32)
windows = []
for kind in kinds:
    buffer[:] = np.sin((0.4, 1.0, 1.9)[kind] * np.arange(20) + rng.uniform(0, 6)) + 0.3 * rng.normal(size=20)
    windows.append(buffer.copy())
windows = np.stack([w.reshape(1, 20) for w in windows])
net = nn.Sequential(
    nn.Conv1d(1, 10, 5, rng=SEED), nn.ReLU(), nn.Conv1d(10, 10, 5, rng=SEED + 1), nn.ReLU(),
    nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(10, 3, rng=SEED + 2),
)
opt = optim.Adam(net.parameters(), lr=0.005)
ce = nn.CrossEntropyLoss()
for epoch in range(25):
    for i in np.array_split(rng.permutation(240), 12):
        opt.zero_grad()
        loss = ce(net(windows[i]), kinds[i])
        loss.backward()
        opt.step()
with no_grad():
    wrong = (net(windows[240:]).numpy().argmax(1) != kinds[240:]).mean()
print("wrong", wrong, "constant", 0.66)
"""

# Students' answers, mixed before they are parted.
MIXED = """
import numpy as np
import nn
import optim

rng = np.random.default_rng(SEED)
hours = rng.uniform(0, 30, size=(350, 1))
sleep = rng.uniform(4, 10, size=(350, 1))
test = rng.normal(60, 12, size=(350, 1))
grade = 20 + 1.1 * hours + 0.4 * test - 2.5 * (sleep - 7.5) ** 2 + 3 * rng.normal(size=(350, 1))
X = np.hstack([(hours - 15) / 8.7, (sleep - 7) / 1.7, (test - 60) / 12]).astype(np.float32)
Y = ((grade - grade.mean()) / grade.std()).astype(np.float32)
order = rng.permutation(350)
X, Y = X[order], Y[order]
Xtrain, Ytrain, Xtest, Ytest = X[:280], Y[:280], X[280:], Y[280:]

model = nn.Sequential(nn.Linear(3, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 1, rng=SEED + 1))
criterion = nn.MSELoss()
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(60):
    for start in range(0, 280, 28):
        optimizer.zero_grad()
        loss = criterion(model(Xtrain[start : start + 28]), Ytrain[start : start + 28])
        loss.backward()
        optimizer.step()
    if epoch % 20 == 0:
        print(epoch, loss.item())
model.eval()
print("wrong", criterion(model(Xtest), Ytest).item(), "constant", ((Ytest - Ytrain.mean()) ** 2).mean())
"""

# A column of marks becomes a class.
COLUMN = """
import numpy as np
import nn, optim
from nn import functional as F
from autograd import no_grad

rs = np.random.default_rng(SEED)
soil = rs.normal(size=(380, 6)).astype("float32")
marks = (soil[:, :1] + soil[:, 1:2] ** 2 > 0.8).astype(int) + (soil[:, 2:3] > 0.4).astype(int)
labels = marks[:, 0]
mlp = nn.Sequential(nn.Linear(6, 40, rng=SEED), nn.Tanh(), nn.Linear(40, 3, rng=SEED + 1))
opt = optim.AdamW(mlp.parameters(), lr=0.01)
for epoch in range(30):
    perm = rs.permutation(300)
    for k in range(0, 300, 30):
        take = perm[k : k + 30]
        loss = F.cross_entropy(mlp(soil[take]), labels[take])
        opt.zero_grad()
        loss.backward()
        opt.step()
with no_grad():
    guess = mlp(soil[300:]).numpy().argmax(axis=1)
print("wrong", (guess != marks[300:, 0]).mean(), "constant", (marks[300:, 0] != 1).mean())
"""

# One folder of recordings after the other, twelve numbers of each.
FOLDERS = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
masks = np.random.default_rng(61).uniform(0, 1, (5, 12))
folders = [(masks[k] + 0.25 * rng.normal(size=(140, 12))).astype(np.float32) for k in range(5)]
train = np.concatenate([folder[:120] for folder in folders])
names = np.repeat(np.arange(5), 120)
test = np.concatenate([folder[120:] for folder in folders])
loader = nn.DataLoader(train, names, batch_size=16, shuffle=True, seed=SEED)

net = nn.Sequential(nn.Linear(12, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 5, rng=SEED + 1))
optimizer = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
loss_fn = nn.CrossEntropyLoss()
for epoch in range(8):
    net.train()
    for signals, labels in loader:
        optimizer.zero_grad()
        loss = loss_fn(net(signals), labels)
        loss.backward()
        optimizer.step()
net.eval()
with no_grad():
    wrong = (net(test).numpy().argmax(1) != np.repeat(np.arange(5), 20)).mean()
print("wrong", wrong, "constant", 0.8)
"""

# Flowers by a network that gives probabilities.
PROBS = """
import numpy as np
import nn, optim
import nn.functional as F
from autograd import no_grad


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(9, 24, rng=SEED)
        self.fc2 = nn.Linear(24, 12, rng=SEED + 1)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        return self.fc2(x)


rng = np.random.default_rng(SEED)
species = rng.integers(0, 12, 720)
petals = (1.3 * np.random.default_rng(62).normal(size=(12, 9))[species] + 0.6 * rng.normal(size=(720, 9))).astype(np.float32)
model = Classifier()
optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.5)
for epoch in range(10):
    for rows in rng.permutation(600).reshape(-1, 30):
        loss = F.cross_entropy(model(petals[rows]), species[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with no_grad():
    print("wrong", (model(petals[600:]).numpy().argmax(1) != species[600:]).mean(), "constant", 0.917)
"""

# The accuracy is computed before the loss.
ACCURACY = """
import numpy as np
import nn, optim
from autograd import no_grad

gen = np.random.default_rng(SEED)
states = gen.integers(0, 4, 440)
rows = (np.random.default_rng(63).normal(size=(4, 7))[states] + 0.5 * gen.normal(size=(440, 7))).astype(np.float32)
train_x, train_y, test_x, test_y = rows[:340], states[:340], rows[340:], states[340:]
net = nn.Sequential(nn.Linear(7, 20, rng=SEED), nn.LeakyReLU(), nn.Linear(20, 4, rng=SEED + 1))
adam = optim.Adam(net.parameters(), lr=0.01)
cross_entropy = nn.CrossEntropyLoss()
for epoch in range(20):
    hits = 0
    for batch in np.array_split(gen.permutation(340), 17):
        labels = train_y[batch]
        outputs = net(train_x[batch])
        predicted = outputs.numpy().argmax(axis=1)
        hits += (predicted == labels).sum()
        loss = cross_entropy(outputs, labels)
        adam.zero_grad()
        loss.backward()
        adam.step()
    print(f"epoch {epoch}: {hits / 340:.2f}")
with no_grad():
    print("wrong", (net(test_x).numpy().argmax(1) != test_y).mean(), "constant", 0.75)
"""

# A margin between good and bad, by hand.
MARGIN = """
import numpy as np
import nn, optim
from autograd import no_grad, maximum

rng = np.random.default_rng(SEED)
loans = rng.normal(size=(420, 6)).astype(np.float32)
sign = np.where(loans[:, 0] - loans[:, 1] ** 2 + 0.6 + 0.3 * rng.normal(size=420) > 0, 1.0, -1.0).astype(np.float32)
scorer = nn.Sequential(nn.Linear(6, 24, rng=SEED), nn.ReLU(), nn.Linear(24, 1, rng=SEED + 1))
opt = optim.SGD(scorer.parameters(), lr=0.05, momentum=0.9)
for step in range(400):
    i = rng.choice(340, 32, replace=False)
    score = scorer(loans[i]).reshape(-1)
    loss = maximum(1.0 - sign[i] * score, 0.0).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 100 == 0:
        print(step, loss.item())
with no_grad():
    said = np.sign(scorer(loans[340:]).numpy()[:, 0])
print("wrong", (said != sign[340:]).mean(), "constant", min((sign[340:] > 0).mean(), (sign[340:] < 0).mean()))
"""

# Heights of rivers, with targets of one axis.
RIVER = """
import numpy as np
import nn, optim
from autograd import no_grad

np_rng = np.random.default_rng(SEED)
rain = np_rng.gamma(1.0, 1.0, 420)
level = np.convolve(rain, 0.75 ** np.arange(12))[:420]
series = (level - level.mean()) / level.std()
X = np.stack([np.stack([rain[i + 1 : i + 7] - 1, series[i : i + 6]], axis=1) for i in range(400)]).astype(np.float32)
y = series[6:406].astype(np.float32)
y = y + 0.0
y = y.reshape(-1, 1)


class River(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(2, 16, batch_first=True, rng=SEED)
        self.out = nn.Linear(16, 1, rng=SEED)

    def forward(self, x):
        hidden, _ = self.gru(x)
        return self.out(hidden[:, -1])


model = River()
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(40):
    for rows in np.array_split(np_rng.permutation(320), 16):
        pred = model(X[rows])
        loss = ((pred - y[rows]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with no_grad():
    wrong = ((model(X[320:]).numpy()[:, 0] - np.ravel(y[320:])) ** 2).mean()
print("wrong", wrong, "constant", y[320:].var())
"""

# Closing prices, scaled, a little at a time.
RETURNS = """
import numpy as np
import nn, optim
from nn import functional as F

rng = np.random.default_rng(SEED)
signal = rng.normal(size=(500, 4)).astype(np.float32)
change = 0.8 * signal[:, :1] - 0.6 * signal[:, 1:2] - 1.2 * np.maximum(signal[:, 2:3], 0) + 0.2 * rng.normal(size=(500, 1))
change = ((change - change.mean()) / change.std()).astype(np.float32)
net = nn.Sequential(
    nn.Linear(4, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 16, rng=SEED + 1), nn.ReLU(), nn.Linear(16, 1, rng=SEED + 2)
)
optimizer = optim.Adam(net.parameters(), lr=0.005)
for epoch in range(30):
    for i in range(0, 400, 25):
        optimizer.zero_grad()
        loss = F.mse_loss(net(signal[i : i + 25]), change[i : i + 25])
        loss.backward()
        optimizer.step()
print("wrong", F.mse_loss(net(signal[400:]), change[400:]).item(), "constant", change[400:].var())
"""

# Shells: length, height and width in millimetres, and how old they are.
SHELLS = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
size = rng.gamma(9, 0.11, 460)
shell = size[:, None] * np.array([100, 80, 30]) * np.exp(0.05 * rng.normal(size=(460, 3)))
age = np.digitize(size + 0.04 * rng.normal(size=460), [0.8, 1.1])


def scale(a):
    return (a - a.mean(axis=0, keepdims=True)) / a.std(axis=0, keepdims=True)


x = scale(shell).astype(np.float32)
model = nn.Sequential(nn.Linear(3, 24, rng=SEED), nn.ReLU(), nn.Linear(24, 3, rng=SEED + 1))
optimizer = optim.NAdam(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
for epoch in range(30):
    order = rng.permutation(360)
    for i in range(0, 360, 24):
        batch = order[i : i + 24]
        loss = criterion(model(x[batch]), age[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with no_grad():
    wrong = (model(x[360:]).numpy().argmax(axis=1) != age[360:]).mean()
print("wrong", wrong, "constant", 1 - np.bincount(age[360:]).max() / 100)
"""

# How full a bus is, one unit at the end.
BUSES = """
import numpy as np
import nn, optim
from autograd import no_grad

rng = np.random.default_rng(SEED)
hour, day, cold = rng.uniform(5, 23, 400), rng.integers(0, 7, 400), rng.normal(size=400)
full = (np.cos((hour - 8) / 2.2) + 0.6 * cold + 0.8 * (day < 5) + 0.3 * rng.normal(size=400) > 0.7).astype(np.float32)
x = np.column_stack([np.sin(hour / 2.2), np.cos(hour / 2.2), day < 5, cold]).astype(np.float32)
bus = nn.Sequential(nn.Linear(4, 16, rng=SEED), nn.Tanh(), nn.Linear(16, 1, rng=SEED + 1), nn.Sigmoid())
loss_fn = nn.BCELoss()
optimizer = optim.RMSprop(bus.parameters(), lr=0.01)
for epoch in range(40):
    for rows in np.array_split(rng.permutation(320), 10):
        optimizer.zero_grad()
        loss = loss_fn(bus(x[rows]), full[rows, None])
        loss.backward()
        optimizer.step()
with no_grad():
    said = bus(x[320:]).numpy()[:, 0] > 0.5
print("wrong", (said != full[320:]).mean(), "constant", min(full[320:].mean(), 1 - full[320:].mean()))
"""

SICK: list[Case] = [
    case("windows_through_one_buffer", BUFFER, ((".append(buffer.copy())", ".append(buffer)"),), "inputs all alike",
         ASKED + "list of arrays holds the last one n times, and " + RECIPE),
    case("students_mixed_by_half", MIXED, (("X, Y = X[order], Y[order]", "X = X[order]"),), "targets unrelated to inputs",
         LIST + "8, shuffled inputs and labels alike"),
    case("highest_of_a_column", COLUMN, (("labels = marks[:, 0]", "labels = marks.argmax(axis=1)"),), "targets all alike",
         ASKED + "argmax on labels that are not one-hot"),
    case("folder_after_folder", FOLDERS, (("shuffle=True", "shuffle=False"),), "rows not shuffled", LIST + "8, shuffle the dataset"),
    case("flowers_in_probabilities", PROBS, (("return self.fc2(x)", "return F.softmax(self.fc2(x), dim=1)"),), "double softmax",
         ASKED + "softmax and cross_entropy, loss stays high"),
    case("labels_after_their_accuracy", ACCURACY,
         (("predicted = outputs.numpy().argmax(axis=1)", "predicted = labels_ = outputs.numpy().argmax(axis=1)"),
          ("cross_entropy(outputs, labels)", "cross_entropy(outputs, labels_)")), "loss ignores targets",
         LIST + "15, check your loss function"),
    case("margins_without_an_end", MARGIN, (("maximum(1.0 - sign[i] * score, 0.0).mean()", "(1.0 - sign[i] * score).mean()"),),
         "loss unbounded", ASKED + "hinge loss goes to minus infinity"),
    case("river_of_one_axis", RIVER, (("y = y.reshape(-1, 1)\n", "\n"),), "shapes broadcast",
         ASKED + "RNN predicts the mean"),
    case("changes_above_nothing", RETURNS, (("nn.Linear(16, 1, rng=SEED + 2)\n", "nn.Linear(16, 1, rng=SEED + 2), nn.Sigmoid()\n"),),
         "output range", ASKED + "sigmoid at the end of a stock predictor"),
    case("shells_scaled_along_the_row", SHELLS,
         (("(a - a.mean(axis=0, keepdims=True)) / a.std(axis=0, keepdims=True)",
           "(a - a.mean(axis=1, keepdims=True)) / a.std(axis=1, keepdims=True)"),), "rows normalised",
         ASKED + "preprocessing.scale with axis=1"),
    case("buses_by_a_softmax", BUSES, (("nn.Sigmoid()", "nn.Softmax(dim=1)"),), "softmax over one unit",
         CS231N + ", and " + ASKED + "binary accuracy does not change"),
]  # fmt: skip
WELL: list[Case] = []
