"""The tuning half: threads of people who train without modules; each text is the run as it went well."""

from __future__ import annotations

from tests.nn.health.corpus.case import Case
from tests.nn.health.corpus.tuning_offices_loops import HEAD, case

# A line through a few points, with weights of one's own and Adam.
LINE = (
    HEAD
    + """
x = np.stack([np.ones(48), rng.uniform(1, 9, 48)], axis=1).astype(np.float32)
y = (0.8 * x[:, 1] + 0.2 * rng.normal(size=48)).astype(np.float32)
weights = Tensor(rng.normal(size=(2, 1)).astype(np.float32), requires_grad=True)
bias = Tensor(rng.normal(size=1).astype(np.float32), requires_grad=True)
optimizer = optim.Adam([weights, bias], lr=0.02)
loss_history = []
for i in range(800):
    out = Tensor(x[:36]) @ weights + bias
    out = out.reshape(-1)
    loss = ((out - Tensor(y[:36])) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    loss_history.append(loss.item())
print(loss_history[-1], weights.numpy(), bias.numpy())
with no_grad():
    print("held", ((Tensor(x[36:]) @ weights + bias).numpy()[:, 0] - y[36:]).__pow__(2).mean())
"""
)

# Digits with nothing but arrays of weights, and the derivative of the cost told by hand.
BY_HAND = (
    HEAD
    + """
data = nn.load_digits_split()
X, Y = data.train_images[:800], np.eye(10, dtype=np.float32)[data.train_labels[:800]]
epochs, batch, learning_rate = 60, 40, 1.0
W1 = Tensor((rng.normal(size=(64, 30)) / 8).astype(np.float32), requires_grad=True)
B1 = Tensor(np.zeros(30, np.float32), requires_grad=True)
W2 = Tensor((rng.normal(size=(30, 10)) / 5).astype(np.float32), requires_grad=True)
B2 = Tensor(np.zeros(10, np.float32), requires_grad=True)


def forward(inputs):
    return ag.sigmoid(ag.sigmoid(Tensor(inputs) @ W1 + B1) @ W2 + B2)


def cost(outputs, A2):
    return ((outputs - A2) ** 2).sum() / len(outputs)


for i in range(epochs):
    order = rng.permutation(640)
    for b in range(0, 640, batch):
        inputs, outputs = X[order[b : b + batch]], Y[order[b : b + batch]]
        A2 = forward(inputs)
        e_L = A2.numpy() - outputs
        for p in (W1, B1, W2, B2):
            p.grad = None
        A2.backward(e_L / batch)
        for p in (W1, B1, W2, B2):
            p.data = np.subtract(p.data, learning_rate * p.grad)
    if i % 20 == 0:
        print(i, cost(outputs, A2.numpy()))
with no_grad():
    print("held", (forward(X[640:]).numpy().argmax(axis=1) != Y[640:].argmax(axis=1)).mean())
"""
)

# One neuron, and its derivative as it was worked out on paper.
NEURON = (
    HEAD
    + """
X = np.concatenate([rng.uniform(-3.5, -1, 60), rng.uniform(1, 3.5, 60)])[:, None].astype(np.float32)
Y = (X > 0).astype(np.float32)
order = rng.permutation(120)
X, Y = X[order], Y[order]


@ag.custom_vjp
def neuron(x, w, b):
    return ag.sigmoid(x @ w + b)


def forward(x, w, b):
    a = 1 / (1 + np.exp(-(x @ w + b)))
    return a, (x, w, a)


def gradients(kept, da):
    x, w, a = kept
    dz = da * a * (1 - a)
    return dz @ w.T, x.T @ dz, dz.sum(axis=0)


neuron.defvjp(forward, gradients)
weights, bias = Tensor(np.array([[-0.3]], np.float32), requires_grad=True), Tensor(np.zeros(1, np.float32), requires_grad=True)
alpha = 1.0
for iteration in range(400):
    h = neuron(Tensor(X[:90]), weights, bias)
    loss = -(Tensor(Y[:90]) * ag.log(h + 1e-7) + (1 - Tensor(Y[:90])) * ag.log(1 - h + 1e-7)).mean()
    weights.grad, bias.grad = None, None
    loss.backward()
    weights.data = weights.data - alpha * weights.grad
    bias.data = bias.data - alpha * bias.grad
with no_grad():
    print("held", ((neuron(Tensor(X[90:]), weights, bias).numpy() > 0.5) != (Y[90:] > 0.5)).mean(), loss.item())
"""
)

# A network in two functions, as a course draws it, with weights that begin as they are told.
TUTORIAL = (
    HEAD
    + """
data = nn.load_digits_split()
x, y_ = data.train_images[:700], np.eye(10, dtype=np.float32)[data.train_labels[:700]]
W1 = Tensor(rng.normal(0.0, 0.1, (64, 24)).astype(np.float32), requires_grad=True)
b1 = Tensor(np.full(24, 0.1, np.float32), requires_grad=True)
W2 = Tensor(rng.normal(0.0, 0.1, (24, 10)).astype(np.float32), requires_grad=True)
b2 = Tensor(np.full(10, 0.1, np.float32), requires_grad=True)


def network(batch):
    out1 = ag.sigmoid(Tensor(batch) @ W1 + b1)
    return ag.softmax(out1 @ W2 + b2, axis=1)


train_step = optim.SGD([W1, b1, W2, b2], lr=1.0)
for i in range(800):
    rows = rng.integers(0, 560, 50)
    y = network(x[rows])
    cross_entropy = -(Tensor(y_[rows]) * ag.log(ag.clip(y, 1e-8, 1.0))).sum(axis=1).mean()
    train_step.zero_grad()
    cross_entropy.backward()
    train_step.step()
with no_grad():
    print("held", (network(x[560:]).numpy().argmax(axis=1) != y_[560:].argmax(axis=1)).mean())
"""
)

# A single layer and the entropy written out, as it stood in an old tutorial.
ENTROPY = (
    HEAD
    + """
data = nn.load_digits_split()
x, y_ = 16.0 * data.train_images[:700], np.eye(10, dtype=np.float32)[data.train_labels[:700]]
W = Tensor(np.zeros((64, 10), np.float32), requires_grad=True)
b = Tensor(np.zeros(10, np.float32), requires_grad=True)
for i in range(500):
    rows = rng.integers(0, 560, 100)
    log_y = ag.log_softmax(Tensor(x[rows]) @ W + b, axis=1)
    cross_entropy = -(Tensor(y_[rows]) * log_y).sum(axis=1).mean()
    W.grad, b.grad = None, None
    cross_entropy.backward()
    for p in (W, b):
        p.data = p.data - 0.5 * p.grad
    if i % 100 == 0:
        print(i, cross_entropy.item())
with no_grad():
    print("held", ((x[560:] @ W.numpy() + b.numpy()).argmax(axis=1) != y_[560:].argmax(axis=1)).mean())
"""
)

# What a student gets out of fifty, from hours of sleep, study, screens and play.
MARKS = (
    HEAD
    + """
hours = rng.uniform(0, 1, (240, 4)) * np.array([9.0, 8.0, 5.0, 4.0])
marks = np.clip(50 / (1 + np.exp(-(0.7 * hours[:, 1] - 0.5 * hours[:, 2] + 0.2 * hours[:, 0] - 1.6))), 0, 50)
marks = (marks + rng.normal(size=240))[:, None].astype(np.float32)
scaled = ((hours - hours.mean(axis=0)) / hours.std(axis=0)).astype(np.float32)
w1 = Tensor(rng.normal(size=(4, 6)).astype(np.float32), requires_grad=True)
b1 = Tensor(np.zeros(6, np.float32), requires_grad=True)
w2 = Tensor(rng.normal(size=(6, 1)).astype(np.float32), requires_grad=True)
b2 = Tensor(np.zeros(1, np.float32), requires_grad=True)


def feed_forward(inputs, w, b):
    return (inputs @ w + b).sigmoid()


for epoch in range(1200):
    rows = rng.integers(0, 180, 30)
    m_hat = 50 * feed_forward(feed_forward(Tensor(scaled[rows]), w1, b1), w2, b2)
    loss = ((m_hat - Tensor(marks[rows])) ** 2).mean()
    loss.backward()
    for p in (w1, b1, w2, b2):
        p.data = p.data - 0.0005 * p.grad
        p.grad = None
with no_grad():
    told = 50 * feed_forward(feed_forward(Tensor(scaled[180:]), w1, b1), w2, b2).numpy()
print("held", ((told - marks[180:]) ** 2).mean(), told[:4, 0])
"""
)

# Exclusive or, with thetas as a course on machine learning names them.
THETAS = (
    HEAD
    + """
X = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32)
Y = np.array([[1], [0], [0], [1]], np.float32)
eps = 2.0
theta1 = Tensor((rng.random((3, 8)) * 2 * eps - eps).astype(np.float32), requires_grad=True)
theta2 = Tensor((rng.random((9, 1)) * 2 * eps - eps).astype(np.float32), requires_grad=True)
ones = np.ones((4, 1), np.float32)
alpha = 2.0
for i in range(1500):
    a2 = ag.sigmoid(Tensor(np.hstack([ones, X])) @ theta1)
    a3 = ag.sigmoid(ag.concatenate([Tensor(ones), a2], axis=1) @ theta2)
    J = -(Tensor(Y) * ag.log(a3) + (1.0 - Tensor(Y)) * ag.log(1.0 - a3)).mean()
    J.backward()
    theta1.data, theta2.data = theta1.data - alpha * theta1.grad, theta2.data - alpha * theta2.grad
    theta1.grad, theta2.grad = None, None
print("held", J.item())
"""
)

# Gradient descent for a line, in a class.
DESCENT = (
    HEAD
    + """
class LinearRegression:
    def __init__(self, lr=0.01, iterations=2000):
        self.lr, self.iterations = lr, iterations
        self.w = Tensor(np.zeros((1, 1), np.float32), requires_grad=True)
        self.c = Tensor(np.zeros((1, 1), np.float32), requires_grad=True)

    def predict(self, x):
        return self.w @ x + self.c

    def run(self, y, x):
        for i in range(self.iterations):
            loss = ((self.predict(Tensor(x)) - Tensor(y)) ** 2).mean()
            self.w.grad = self.c.grad = None
            loss.backward()
            self.w.data = self.w.data - self.lr * self.w.grad
            self.c.data = self.c.data - self.lr * self.c.grad


x = rng.random((1, 400)).astype(np.float32)
y = (5 * x + 3 + 0.1 * rng.normal(size=(1, 400))).astype(np.float32)
algorithm = LinearRegression()
algorithm.run(y[:, :300], x[:, :300])
print("held", ((algorithm.predict(Tensor(x[:, 300:])).numpy() - y[:, 300:]) ** 2).mean() / y.var())
"""
)

SICK: list[Case] = [
    case(
        "line_through_a_few_points",
        LINE,
        [("    out = out.reshape(-1)\n", "")],
        "shapes broadcast",
        "SO / PyTorch forum, simple linear regression in PyTorch",
    ),
    case(
        "digits_with_arrays_of_weights",
        BY_HAND,
        [("e_L = A2.numpy() - outputs", "e_L = outputs - A2.numpy()")],
        "loss maximised",
        "pythoner.space / SO, the cost function is failing to minimize",
    ),
    case(
        "one_neuron_on_paper",
        NEURON,
        [("x.T @ dz, dz", "a.T @ dz, dz")],
        "wrong gradient",
        "datascience.SE 25394, predicting the contrary",
    ),
    case(
        "tutorial_with_zeros",
        TUTORIAL,
        [
            ("rng.normal(0.0, 0.1, (64, 24)).astype(np.float32)", "np.zeros((64, 24), np.float32)"),
            ("rng.normal(0.0, 0.1, (24, 10)).astype(np.float32)", "np.zeros((24, 10), np.float32)"),
        ],
        "identical units",
        "SO by way of pullrequest.ru 11818227, network with one hidden layer cannot be trained",
    ),
    case(
        "entropy_of_an_old_tutorial",
        ENTROPY,
        [("ag.log_softmax(Tensor(x[rows]) @ W + b, axis=1)", "ag.log(ag.softmax(Tensor(x[rows]) @ W + b, axis=1))")],
        "not finite",
        "forums.fast.ai 1441 and SO 33712178, -log(1-1)",
    ),
    case(
        "marks_out_of_fifty",
        MARKS,
        [("0.0005 * p.grad", "0.05 * p.grad")],
        "learning rate too high",
        "SO, tensorflow regression model giving same prediction every time",
        ("targets not scaled",),
    ),
    case(
        "thetas_of_exclusive_or",
        THETAS,
        [("eps = 2.0", "eps = 0.01")],
        "weights too small",
        "SO, getting a neural network to calculate XOR (Octave)",
    ),
    case(
        "line_of_larger_values",
        DESCENT,
        [("x = rng.random((1, 400))", "x = 100 * rng.random((1, 400))")],
        "inputs not scaled",
        "SO (mejorcodigo 45698), linear regression blows up gradients for larger x",
        ("learning rate too high",),
    ),
]
WELL: list[Case] = []
