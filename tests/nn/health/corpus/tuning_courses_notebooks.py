"""The tuning half: notebooks after tutorials — fit with loss_batch, a forecaster of prices, cells run twice — with one thing wrong."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.pairs import ASKED, LIST
from tests.nn.health.corpus.tuning_workshops_loops import HEAD, case

TUTORIAL = "What is torch.nn really? "

# The tutorial's last form: get_data, get_model, loss_batch, fit.
FIT = (
    HEAD
    + """
data = nn.load_digits_split()
x_all = (data.train_images[:800].reshape(-1, 1, 8, 8) / 8.0 - 0.6).astype(np.float32)
y_all = data.train_labels[:800]
order = rng.permutation(800)
x_train, y_train = x_all[order[:560]], y_all[order[:560]]
x_valid, y_valid = x_all[order[560:]], y_all[order[560:]]
bs, epochs, lr = 40, 10, 0.08


class Mnist_CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 10, 3, stride=2, padding=1, rng=SEED)
        self.bn = nn.BatchNorm2d(10)
        self.conv2 = nn.Conv2d(10, 16, 3, stride=2, padding=1, rng=SEED + 1)
        self.lin = nn.Linear(64, 10, rng=SEED + 2)

    def forward(self, xb):
        xb = F.relu(self.bn(self.conv1(xb)))
        xb = F.relu(self.conv2(xb))
        return self.lin(xb.reshape(len(xb), -1))


def get_data(train_x, train_y, valid_x, valid_y, bs):
    train_dl = nn.DataLoader(train_x, train_y, batch_size=bs, shuffle=True, seed=SEED)
    return train_dl, nn.DataLoader(valid_x, valid_y, batch_size=bs * 2)


def get_model():
    model = Mnist_CNN()
    return model, optim.SGD(model.parameters(), lr=lr, momentum=0.9)


def loss_batch(model, loss_func, xb, yb, opt=None):
    loss = loss_func(model(xb), yb)
    if opt is not None:
        loss.backward()
        opt.step()
        opt.zero_grad()
    return loss.item(), len(xb)


def fit(epochs, model, loss_func, opt, train_dl, valid_dl, sched):
    for epoch in range(epochs):
        model.train()
        for xb, yb in train_dl:
            loss_batch(model, loss_func, xb, yb, opt)
        model.eval()
        with no_grad():
            losses, nums = zip(*[loss_batch(model, loss_func, xb, yb) for xb, yb in valid_dl])
        sched.step()
        val_loss = np.sum(np.multiply(losses, nums)) / np.sum(nums)
        print(epoch, val_loss)
    return val_loss


train_dl, valid_dl = get_data(x_train, y_train, x_valid, y_valid, bs)
model, opt = get_model()
sched = optim.lr_scheduler.StepLR(opt, step_size=3, gamma=0.5)
held = float(fit(epochs, model, F.cross_entropy, opt, train_dl, valid_dl, sched))
print("held", held)
"""
)

# Prices of the last days, scaled by the training part, an LSTM, and an error in the money it is about.
PRICES = (
    HEAD
    + """
days = np.arange(420)
price = 40 + 0.05 * days + 9 * np.sin(0.21 * days) + 5 * np.sin(0.09 * days + 1) + 0.6 * rng.normal(size=420)
train, test = price[:330], price[330:]


class MinMaxScaler:
    def fit(self, data):
        self.low, self.span = data.min(), data.max() - data.min()
        return self

    def transform(self, data):
        return (2 * (data - self.low) / self.span - 1).astype(np.float32)

    def inverse_transform(self, data):
        return (data + 1) / 2 * self.span + self.low


def create_dataset(series, look_back=12):
    X = np.stack([series[i : i + look_back] for i in range(len(series) - look_back)])
    return X[:, :, None], series[look_back:, None]


scaler = MinMaxScaler().fit(train)
X_train, y_train = create_dataset(scaler.transform(train))
X_test, y_test = create_dataset(scaler.transform(test))


class LSTMModel(nn.Module):
    def __init__(self, hidden=20):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden, batch_first=True, rng=SEED)
        self.linear = nn.Linear(hidden, 1, rng=SEED + 1)

    def forward(self, x):
        x, _ = self.lstm(x)
        return self.linear(x[:, -1])


model = LSTMModel()
optimizer = optim.Adam(model.parameters(), lr=0.01)
loss_fn = nn.MSELoss()
loader = nn.DataLoader(X_train, y_train, shuffle=True, batch_size=24, seed=SEED)
for epoch in range(25):
    model.train()
    for X_batch, y_batch in loader:
        y_pred = model(X_batch)
        loss = loss_fn(y_pred, y_batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
model.eval()
with no_grad():
    predicted = scaler.inverse_transform(model(Tensor(X_test)).numpy())
held = float(np.abs(predicted - price[342:, None]).mean())
print("held", held)
"""
)

ADAM = FIT.replace("optim.SGD(model.parameters(), lr=lr, momentum=0.9)", "optim.Adam(model.parameters(), lr=0.03)")
WATCHED = FIT.replace("batch_size=bs * 2", "batch_size=20").replace(
    "            losses, nums = zip(*[loss_batch(model, loss_func, xb, yb) for xb, yb in valid_dl])\n",
    """            losses, nums = [], []
            for xb, yb in valid_dl:
                loss, num = loss_batch(model, loss_func, xb, yb)
                losses.append(loss)
                nums.append(num)
""",
)
RAW = FIT.replace(" / 8.0 - 0.6)", " * 16.0)")
DROPPED = FIT.replace(
    "self.lin(xb.reshape(len(xb), -1))", "self.lin(F.dropout(xb.reshape(len(xb), -1), 0.6, self.training))"
)
STEPS = "        loss.backward()\n        opt.step()\n        opt.zero_grad()\n"
SICK: list[Case] = [
    case("tutorial_without_its_last_argument", FIT, [
        ("loss_batch(model, loss_func, xb, yb, opt)\n", "loss_batch(model, loss_func, xb, yb)\n")],
        "backward missing", TUTORIAL + "opt=None is the validation's", also=("step missing",)),
    case("tutorial_with_a_model_of_its_own", FIT, [("sched = optim", "model = Mnist_CNN()\nsched = optim")],
        "foreign parameters", ASKED + "a cell that makes the model anew, after the optimizer's"),
    case("tutorial_that_clears_too_soon", FIT, [(STEPS, "        loss.backward()\n        opt.zero_grad()\n        opt.step()\n")],
        "gradients cleared before the step", LIST + "34"),
    case("tutorial_read_by_folder", FIT, [("shuffle=True, seed=SEED", "shuffle=False"),
        ("x_train, y_train = x_all[order[:560]], y_all[order[:560]]",
         "order[:560] = order[:560][np.argsort(y_all[order[:560]])]\nx_train, y_train = x_all[order[:560]], y_all[order[:560]]")],
        "rows not shuffled", ASKED + "pictures read folder by folder"),
    case("tutorial_with_next_iter", FIT, [
        ("for xb, yb in train_dl:\n            loss_batch",
         "for _ in range(14):\n            xb, yb = next(iter(train_dl))\n            loss_batch"),
        ("shuffle=True, seed=SEED", "shuffle=False")],
        "same batch again", ASKED + "next(iter(loader)) within the loop"),
    case("tutorial_with_an_optimizer_for_each_batch", ADAM, [
        ("    loss = loss_func(model(xb), yb)\n    if opt",
         "    loss = loss_func(model(xb), yb)\n    if opt:\n        opt = optim.Adam(model.parameters(), lr=0.03)\n    if opt")],
        "optimizer made anew", ASKED + "optimizer made in train_step()"),
    case("tutorial_scheduled_by_validation_batches", WATCHED, [
        ("nums.append(num)\n        sched.step()\n", "nums.append(num)\n                sched.step()\n")],
        "scheduler out of order", ASKED + "scheduler.step() one indentation too deep", also=("rate decays too fast",)),
    case("tutorial_trained_as_it_was_loaded", RAW, [
        ("        model.train()\n", ""), ("model, opt = get_model()\n", "model, opt = get_model()\nmodel.eval()\n")],
        "evaluation mode in training", ASKED + "eval() after loading, and never train()"),
    case("tutorial_judged_as_it_trains", DROPPED, [("        model.eval()\n", "")],
        "training mode in evaluation", TUTORIAL + "no eval() before validation"),
    case("prices_with_a_scaler_for_the_test", PRICES, [
        ("create_dataset(scaler.transform(test))", "create_dataset(MinMaxScaler().fit(test).transform(test))")],
        "validation differs", ASKED + "fit_transform on the test part"),
    case("prices_as_they_are_listed", PRICES, [
        ("return (2 * (data - self.low) / self.span - 1).astype(np.float32)", "return data.astype(np.float32)"),
        ("return (data + 1) / 2 * self.span + self.low", "return data")],
        "targets not scaled", ASKED + "an LSTM that predicts a constant price", also=("inputs not scaled",)),
    case("prices_that_fell_asleep", PRICES, [
        ("optim.Adam(model.parameters(), lr=0.01)", "optim.Adam(model.parameters(), lr=0.01, weight_decay=0.3)")],
        "too much weight decay", ASKED + "weight_decay of a tuned run of another size"),
]  # fmt: skip
WELL: list[Case] = [
    case("tutorial_as_written", FIT, [], HEALTHY, "gradients zeroed behind the step, in a function of a function"),
    case("prices_as_in_the_notebook", PRICES, [], HEALTHY, "windows that overlap, and a test that comes later"),
]  # fmt: skip
