"""The tuning half: assignments of university courses and starters of competitions, with own layers, columns and frames by hand."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.pairs import ASKED, CS231N
from tests.nn.health.corpus.tuning_workshops_loops import HEAD, case

DLS = "Deep Learning Specialization, "
D2L = "Dive into Deep Learning, "

# A network of any depth and a solver, after an assignment: layers as functions, parameters in a dict.
SOLVER = (
    HEAD
    + """
data = nn.load_digits_split()
X = data.train_images[:900].reshape(900, -1).astype(np.float32)
y = data.train_labels[:900]
num_training = 700
mean_image = X[:num_training].mean(axis=0)
X = (X - mean_image) / 5.0
X_train, y_train, X_val, y_val = X[:num_training], y[:num_training], X[700:], y[700:]


@ag.custom_vjp
def relu(x):
    return ag.maximum(x, 0.0)


relu.defvjp(lambda x: (np.maximum(x, 0.0), x), lambda x, dout: (dout * (x > 0),))


class FullyConnectedNet:
    def __init__(self, hidden_dims, reg=0.0, scale=1.4):
        dims = [64, *hidden_dims, 10]
        self.reg, self.num_layers, self.params = reg, len(dims) - 1, {}
        for i in range(self.num_layers):
            weight_scale = scale / dims[i] ** 0.5
            W = weight_scale * rng.normal(size=(dims[i], dims[i + 1]))
            self.params[f"W{i + 1}"] = Tensor(W.astype(np.float32), requires_grad=True)
            self.params[f"b{i + 1}"] = Tensor(np.zeros(dims[i + 1], np.float32), requires_grad=True)

    def scores(self, X):
        out = Tensor(X)
        for i in range(1, self.num_layers):
            out = relu(out @ self.params[f"W{i}"] + self.params[f"b{i}"])
        return out @ self.params[f"W{self.num_layers}"] + self.params[f"b{self.num_layers}"]

    def loss(self, X, y):
        loss = F.cross_entropy(self.scores(X), y)
        for i in range(1, self.num_layers + 1):
            loss = loss + 0.5 * self.reg * (self.params[f"W{i}"] ** 2).sum()
        return loss


model = FullyConnectedNet([40, 40, 40, 40], reg=1e-4)
learning_rate, momentum = 2e-2, 0.9
velocity = {name: np.zeros(w.shape, np.float32) for name, w in model.params.items()}
for t in range(350):
    batch = rng.choice(num_training, 40)
    loss = model.loss(X_train[batch], y_train[batch])
    for w in model.params.values():
        w.grad = None
    loss.backward()
    for name, w in model.params.items():
        velocity[name] = momentum * velocity[name] - learning_rate * w.grad
        w.data = w.data + velocity[name]
    if t % 100 == 0:
        print(t, loss.item())
with no_grad():
    held = float((model.scores(X_val).numpy().argmax(axis=1) != y_val).mean())
print("held", held)
"""
)

# Pictures as columns, a cost over m examples, dropout by hand: a specialisation's third assignment.
COLUMNS = (
    HEAD
    + """
m_train, m_test = 420, 180
size = 7
orig = 0.75 * rng.normal(size=(m_train + m_test, size, size))
label = rng.integers(0, 2, m_train + m_test)
for picture, is_cat in zip(orig, label):
    i, j = rng.integers(0, 2, 2)
    shade = rng.choice([-1.8, 1.8])
    if is_cat:
        picture[i + 1 : i + 5, j + 1] += shade
    else:
        picture[i + 1, j + 1 : j + 5] += shade
train_x = orig[:m_train].reshape(m_train, -1).T.astype(np.float32)
test_x = orig[m_train:].reshape(m_test, -1).T.astype(np.float32)
train_y, test_y = label[None, :m_train].astype(np.float32), label[None, m_train:]


def initialize_parameters(n_x, n_h, n_y):
    return {
        "W1": Tensor((rng.normal(size=(n_h, n_x)) * np.sqrt(2 / n_x)).astype(np.float32), requires_grad=True),
        "b1": Tensor(np.zeros((n_h, 1), np.float32), requires_grad=True),
        "W2": Tensor((rng.normal(size=(n_y, n_h)) * np.sqrt(2 / n_h)).astype(np.float32), requires_grad=True),
        "b2": Tensor(np.zeros((n_y, 1), np.float32), requires_grad=True),
    }


def forward(X, parameters, keep_prob=1.0):
    A1 = F.relu(parameters["W1"] @ X + parameters["b1"])
    if keep_prob < 1.0:
        D1 = rng.random(A1.shape) < keep_prob
        A1 = A1 * D1 / keep_prob
    return ag.sigmoid(parameters["W2"] @ A1 + parameters["b2"])


def compute_cost(AL, Y):
    m = Y.shape[1]
    return -(Y * ag.log(AL + 1e-7) + (1 - Y) * ag.log(1 - AL + 1e-7)).sum() / m


parameters = initialize_parameters(size * size, 32, 1)
learning_rate = 0.5
for i in range(300):
    AL = forward(Tensor(train_x), parameters, keep_prob=0.95)
    cost = compute_cost(AL, train_y)
    for p in parameters.values():
        p.zero_grad()
    cost.backward()
    for p in parameters.values():
        p.data = p.data - learning_rate * p.grad
    if i % 100 == 0:
        print("Cost after iteration", i, cost.item())
with no_grad():
    held = float(((forward(Tensor(test_x), parameters).numpy() > 0.5) != test_y).mean())
print("held", held)
"""
)

# Who survives: a starter for a competition, with a frame, filled ages, dummies and a part for validation.
TITANIC = (
    HEAD
    + """
n = 700
sex, pclass = rng.integers(0, 2, n), rng.integers(1, 4, n)
age = np.clip(30 + 14 * rng.normal(size=n), 1, 80)
fare = np.exp(4.5 - 0.8 * pclass + 0.5 * rng.normal(size=n))
port = rng.integers(0, 3, n)
alive = 2.6 * sex - 0.9 * (pclass - 2) + 2.0 * (age < 14) - 0.04 * np.abs(age - 30) + 0.8 * (port == 1) - 1.2
survived = (alive + 0.8 * rng.logistic(size=n) * 0.5 > 0).astype(np.float32)
frame = {"sex": sex, "first": pclass == 1, "third": pclass == 3, "age": age, "fare": fare, "C": port == 1, "Q": port == 2}
frame["age"] = np.where(rng.random(n) < 0.2, np.nan, frame["age"])
frame["age"] = np.where(np.isnan(frame["age"]), np.nanmedian(frame["age"]), frame["age"])
X = np.stack([column.astype(float) for column in frame.values()], axis=1)
X_train, X_val, y_train, y_val = X[:500], X[500:], survived[:500], survived[500:]
center, spread = X_train.mean(axis=0), X_train.std(axis=0)
X_train, X_val = ((X_train - center) / spread).astype(np.float32), ((X_val - center) / spread).astype(np.float32)

model = nn.Sequential(
    nn.Linear(7, 24, rng=SEED), nn.BatchNorm1d(24), nn.ReLU(), nn.Dropout(0.1, rng=SEED), nn.Linear(24, 1, rng=SEED + 1), nn.Sigmoid()
)
optimizer = optim.Adam(model.parameters(), lr=0.01)
criterion = nn.BCELoss()
loader = nn.DataLoader(X_train, y_train[:, None], batch_size=50, shuffle=True, seed=SEED)
for epoch in range(15):
    model.train()
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        optimizer.step()
    model.eval()
    with no_grad():
        val_acc = ((model(X_val).numpy()[:, 0] > 0.5) == y_val).mean()
    print(epoch, loss.item(), val_acc)
held = float(1 - val_acc)
"""
)

# Regression from scratch, with the book's reader of batches and its own step.
SCRATCH = (
    HEAD
    + """
T, tau = 500, 5
time = np.arange(T)
series = (np.sin(0.12 * time) * np.cos(0.05 * time) + 0.1 * rng.normal(size=T)).astype(np.float32)
features = np.stack([series[i : T - tau + i] for i in range(tau)], axis=1)
labels = series[tau:, None]
n_train, batch_size = 400, 25


def data_iter(batch_size, features, labels):
    indices = rng.permutation(len(features))
    for i in range(0, len(features), batch_size):
        yield features[indices[i : i + batch_size]], labels[indices[i : i + batch_size]]


net = nn.Sequential(nn.Linear(5, 16, rng=SEED), nn.Tanh(), nn.Linear(16, 16, rng=SEED + 1), nn.Tanh(), nn.Linear(16, 1, rng=SEED + 2))


def squared_loss(y_hat, y):
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2


def sgd(params, lr, batch_size):
    for param in params:
        param.data = param.data - lr * param.grad / batch_size
        param.zero_grad()


lr, num_epochs = 0.6, 20
for epoch in range(num_epochs):
    for X, y in data_iter(batch_size, features[:n_train], labels[:n_train]):
        l = squared_loss(net(Tensor(X)), y)
        l.sum().backward()
        sgd(net.parameters(), lr, batch_size)
    print(epoch, l.mean().item())
with no_grad():
    held = float(squared_loss(net(Tensor(features[n_train:])), labels[n_train:]).mean().item())
print("held", held)
"""
)
WHOLE = COLUMNS.replace(", keep_prob=0.95)", ")")
SLOW = SCRATCH.replace("lr, num_epochs = 0.6", "lr, num_epochs = 0.15")
HARSH = COLUMNS.replace("keep_prob=0.95)", "keep_prob=0.2)").replace("range(300)", "range(900)")

SICK: list[Case] = [
    case("assignment_with_five_layers_of_a_hundredth", SOLVER, [("weight_scale = scale / dims[i] ** 0.5", "weight_scale = 1e-2")],
        "weights too small", CS231N + ", FullyConnectedNets: weight_scale of the five-layer net", also=("vanishing gradients",)),
    case("assignment_with_the_rate_of_the_svm", SOLVER, [("learning_rate, momentum = 2e-2, 0.9", "learning_rate, momentum = 1e-7, 0.9")],
        "learning rate too low", CS231N + ": the first assignment's 1e-7, which is for raw pixels"),
    case("assignment_with_strength_two_tenths", SOLVER, [("reg=1e-4)", "reg=0.2)")],
        "too much weight decay", CS231N + ": regularisation strengths tried on one layer"),
    case("assignment_that_learns_fifty_pictures", SOLVER, [("num_training = 700", "num_training = 50")],
        "overfitting", CS231N + ": the check on 50 examples, and num_training left as it was"),
    case("assignment_with_its_own_relu", SOLVER, [("(dout * (x > 0),)", "(dout * (dout > 0),)")],
        "wrong gradient", CS231N + ", relu_backward: the mask of the gradient in place of the input's"),
    case("columns_reshaped_the_short_way", COLUMNS, [
        ("orig[:m_train].reshape(m_train, -1).T", "orig[:m_train].reshape(size * size, m_train)"),
        ("orig[m_train:].reshape(m_test, -1).T", "orig[m_train:].reshape(size * size, m_test)")],
        "targets unrelated to inputs", DLS + "reshape(n, m) in place of reshape(m, -1).T", also=("axes mixed up",)),
    case("columns_begun_alike", WHOLE, [("(rng.normal(size=(n_h, n_x)) * np.sqrt(2 / n_x))", "np.full((n_h, n_x), 0.01)"),
        ("(rng.normal(size=(n_y, n_h)) * np.sqrt(2 / n_h))", "np.full((n_y, n_h), 0.01)")],
        "identical units", DLS + "initialisation: breaking symmetry"),
    case("columns_with_half_a_cost", COLUMNS, [
        ("-(Y * ag.log(AL + 1e-7) + (1 - Y) * ag.log(1 - AL + 1e-7)).sum()", "-(Y * ag.log(AL + 1e-7)).sum()")],
        "loss unfit", DLS + "compute_cost without the term of the other class"),
    case("columns_stepped_uphill", COLUMNS, [("p.data = p.data - learning_rate * p.grad", "p.data = p.data + learning_rate * p.grad")],
        "loss maximised", DLS + "update_parameters with a plus"),
    case("columns_that_keep_what_is_to_go", COLUMNS, [("rng.random(A1.shape) < keep_prob", "rng.random(A1.shape) > keep_prob")],
        "too much dropout", DLS + "the mask of dropout the other way round"),
    case("columns_still_dropped_at_the_test", HARSH, [
        ("forward(Tensor(test_x), parameters)", "forward(Tensor(test_x), parameters, 0.2)")],
        "training mode in evaluation", DLS + "predict with dropout"),
    case("passengers_of_unknown_age", TITANIC, [
        ("np.where(np.isnan(frame[\"age\"]), np.nanmedian(frame[\"age\"]), frame[\"age\"])", "frame[\"age\"]"),
        ("X_train.mean(axis=0), X_train.std(axis=0)", "np.nanmean(X_train, axis=0), np.nanstd(X_train, axis=0)")],
        "inputs not finite", ASKED + "Kaggle starter, fillna forgotten"),
    case("passengers_and_their_boats", TITANIC, [
        ("\"C\": port == 1,", "\"boat\": survived * (np.arange(n) < 500) + 0.05 * rng.normal(size=n),")],
        "target among the features", ASKED + "the lifeboat as a feature of the survivors", also=("validation differs",)),
    case("passengers_with_dummies_in_another_order", TITANIC, [
        ("y_train, y_val = X[:500], X[500:],", "y_train, y_val = X[:500], X[500:, [3, 4, 5, 6, 0, 1, 2]],")],
        "validation differs", ASKED + "get_dummies gives the test frame other columns"),
    case("series_summed_and_not_divided", SCRATCH, [("lr * param.grad / batch_size", "lr * param.grad")],
        "loss summed", D2L + "l.sum() with a step that does not divide by the batch", also=("learning rate too high",)),
    case("series_of_another_day", SCRATCH, [("labels[indices[i : i + batch_size]]", "labels[i : i + batch_size]")],
        "targets unrelated to inputs", D2L + "data_iter that shuffles the features alone"),
    case("series_divided_twice", SLOW, [("l.sum().backward()", "l.mean().backward()")],
        "learning rate too low", D2L + "l.mean() with a step that divides by the batch again"),
    case("assignment_under_sigmoids", SOLVER, [("out = relu(out @", "out = ag.sigmoid(out @")],
        "vanishing gradients", CS231N + ": sigmoids in each of five layers"),
    case("assignment_seeded_in_its_loop", SOLVER, [
        ("batch = rng.choice(num_training, 40)", "np.random.seed(231)\n    batch = np.random.choice(num_training, 40)")],
        "same batch again", CS231N + ": np.random.seed(231), copied into the loop"),
]  # fmt: skip
WELL: list[Case] = [
    case("assignment_as_set", SOLVER, [], HEALTHY, "layers as functions, own relu with its own derivative"),
    case("columns_as_set", COLUMNS, [], HEALTHY, "examples are columns, all of them at once"),
    case("passengers_as_started", TITANIC, [], HEALTHY, "a table with much chance in it"),
    case("series_from_scratch", SCRATCH, [], HEALTHY, "a loss that is summed and a step that divides"),
]  # fmt: skip
