"""The tuning half: small reimplementations of papers on numbers — mixture density, physics, flows, ratings, imitation, two heads."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.pairs import ASKED
from tests.nn.health.corpus.tuning_workshops_loops import HEAD, case

# A mixture density network, on the inverse of a curve that is not one to one.
MDN = (
    HEAD
    + """
n_components = 5
t = rng.uniform(0, 1, (700, 1))
seen = t + 0.3 * np.sin(2 * np.pi * t) + 0.04 * rng.normal(size=(700, 1))
x, y = (3 * (seen - 0.5)).astype(np.float32), (2 * t - 1).astype(np.float32)


class MDN(nn.Module):
    def __init__(self):
        super().__init__()
        self.z_h = nn.Sequential(nn.Linear(1, 32, rng=SEED), nn.Tanh())
        self.z_pi = nn.Linear(32, n_components, rng=SEED + 1)
        self.z_mu = nn.Linear(32, n_components, rng=SEED + 2)
        self.z_sigma = nn.Linear(32, n_components, rng=SEED + 3)

    def forward(self, x):
        h = self.z_h(x)
        pi = F.softmax(self.z_pi(h), dim=-1)
        sigma = ag.exp(self.z_sigma(h)) + 0.02
        return pi, sigma, self.z_mu(h)


def mdn_loss(pi, sigma, mu, y):
    log_normal = -0.5 * ((y - mu) / sigma) ** 2 - ag.log(sigma) - 0.919
    return -ag.logsumexp(ag.log(pi + 1e-9) + log_normal, axis=1).mean()


network = MDN()
optimizer = optim.Adam(network.parameters(), lr=0.01)
for epoch in range(60):
    for k in range(0, 560, 80):
        pi, sigma, mu = network(Tensor(x[k : k + 80]))
        loss = mdn_loss(pi, sigma, mu, y[k : k + 80])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 20 == 0:
        print(epoch, loss.item())
with no_grad():
    pi, sigma, mu = (a.numpy().astype(float) for a in network(Tensor(x[560:])))
density = (pi * np.exp(-0.5 * ((y[560:] - mu) / sigma) ** 2) / sigma / np.sqrt(2 * np.pi)).sum(axis=1)
held = float(-np.log(density + 1e-9).mean())
print("held", held)
"""
)

# A physics-informed network for u' = -u + sin(3 t), u(0) = 1.
PINN = (
    HEAD
    + """
t_max = 3.0
fine = np.linspace(0, t_max, 3001)
true = np.zeros_like(fine)
true[0] = 1.0
for i in range(3000):
    true[i + 1] = true[i] + t_max / 3000 * (-true[i] + np.sin(3 * fine[i]))

u_net = nn.Sequential(nn.Linear(1, 32, rng=SEED), nn.Tanh(), nn.Linear(32, 32, rng=SEED + 1), nn.Tanh(), nn.Linear(32, 1, rng=SEED + 2))
optimizer = optim.Adam(u_net.parameters(), lr=5e-3)
t0 = Tensor(np.zeros((1, 1), np.float32))


def residual(t):
    u, u_t = ag.jvp(u_net, (Tensor(t),), (np.ones_like(t),))
    return u_t + u - np.sin(3 * t)


for it in range(700):
    t_f = rng.uniform(0, t_max, (40, 1)).astype(np.float32)
    loss_f = (residual(t_f) ** 2).mean()
    loss_0 = ((u_net(t0) - 1.0) ** 2).mean()
    loss = loss_f + loss_0
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if it % 200 == 0:
        print(it, loss.item())
with no_grad():
    held = float(((u_net(Tensor(fine[:, None].astype(np.float32))).numpy()[:, 0] - true) ** 2).mean())
print("held", held)
"""
)

# A flow of four couplings for two moons.
FLOW = (
    HEAD
    + """
def moons(n):
    a = rng.uniform(0, np.pi, n)
    top = rng.random(n) < 0.5
    p = np.where(top[:, None], np.stack([np.cos(a), np.sin(a)], 1), np.stack([1 - np.cos(a), 0.5 - np.sin(a)], 1))
    return ((p - [0.5, 0.25]) / [0.87, 0.5] + 0.08 * rng.normal(size=(n, 2))).astype(np.float32)


class Coupling(nn.Module):
    def __init__(self, seed, parity):
        super().__init__()
        self.parity = parity
        self.s = nn.Sequential(nn.Linear(1, 24, rng=seed), nn.Tanh(), nn.Linear(24, 1, rng=seed + 1))
        self.t = nn.Sequential(nn.Linear(1, 24, rng=seed + 2), nn.Tanh(), nn.Linear(24, 1, rng=seed + 3))

    def forward(self, x):
        x0, x1 = x[:, :1], x[:, 1:]
        if self.parity:
            x0, x1 = x1, x0
        s, t = self.s(x0), self.t(x0)
        z1 = ag.exp(s) * x1 + t
        z = [z1, x0] if self.parity else [x0, z1]
        return ag.concatenate(z, axis=1), s.sum(axis=1)


flows = nn.ModuleList([Coupling(SEED + 10 * i, i % 2) for i in range(4)])
optimizer = optim.Adam(flows.parameters(), lr=5e-3)


def log_prob(x):
    z, log_det = x, 0.0
    for flow in flows:
        z, ld = flow(z)
        log_det = log_det + ld
    prior_logprob = -0.5 * (z * z).sum(axis=1) - np.log(2 * np.pi)
    return prior_logprob + log_det


for k in range(450):
    loss = -log_prob(Tensor(moons(96))).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if k % 100 == 0:
        print(k, loss.item())
true_x = moons(500)
with no_grad():
    z, log_det = Tensor(true_x), 0.0
    for flow in flows:
        z, ld = flow(z)
        log_det = log_det + ld.numpy()
held = float((0.5 * (z.numpy() ** 2).sum(axis=1) + np.log(2 * np.pi) - log_det).mean())
print("held nats", held)
"""
)

# Films and people: factors, biases, and a sigmoid into the range of the ratings.
COLLAB = (
    HEAD
    + """
n_users, n_movies = 40, 30
taste, kind = rng.normal(size=(n_users, 2)), rng.normal(size=(n_movies, 2))
ratings = np.stack([rng.integers(0, n_users, 1100), rng.integers(0, n_movies, 1100)], 1)
stars = 3.2 + 1.1 * (taste[ratings[:, 0]] * kind[ratings[:, 1]]).sum(axis=1) + 0.5 * taste[ratings[:, 0], 0]
stars = np.clip(np.round(2 * stars) / 2, 0.5, 5.0).astype(np.float32)


class DotProductBias(nn.Module):
    def __init__(self, n_factors=6, y_range=(0, 5.5)):
        super().__init__()
        self.user_factors = nn.Embedding(n_users, n_factors, rng=SEED)
        self.user_bias = nn.Embedding(n_users, 1, rng=SEED + 1)
        self.movie_factors = nn.Embedding(n_movies, n_factors, rng=SEED + 2)
        self.movie_bias = nn.Embedding(n_movies, 1, rng=SEED + 3)
        for table in (self.user_factors, self.user_bias, self.movie_factors, self.movie_bias):
            table.weight.data = 0.2 * table.weight.data
        self.y_range = y_range

    def forward(self, x):
        users, movies = self.user_factors(x[:, 0]), self.movie_factors(x[:, 1])
        res = (users * movies).sum(axis=1, keepdims=True)
        res = res + self.user_bias(x[:, 0]) + self.movie_bias(x[:, 1])
        lo, hi = self.y_range
        return ag.sigmoid(res) * (hi - lo) + lo


model = DotProductBias()
opt = optim.AdamW(model.parameters(), lr=0.03, weight_decay=0.1)
for epoch in range(25):
    order = rng.permutation(900)
    for k in range(0, 900, 60):
        rows = order[k : k + 60]
        preds = model(ratings[rows])
        loss = F.mse_loss(preds, stars[rows][:, None])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
with no_grad():
    held = float(((model(ratings[900:]).numpy()[:, 0] - stars[900:]) ** 2).mean())
print("held", held)
"""
)

# A policy that imitates an expert who steers a cart.
POLICY = (
    HEAD
    + """
obs = rng.normal(size=(900, 4)).astype(np.float32) * [1.0, 0.8, 0.2, 1.0]
lean = 3.0 * obs[:, 2] + 0.8 * obs[:, 3] + 0.5 * np.tanh(2 * obs[:, 0]) * obs[:, 1]
bound = 0.5
acts = np.where(lean > bound, 2, np.where(lean < -bound, 0, 1))
obs = ((obs - obs.mean(axis=0)) / obs.std(axis=0)).astype(np.float32)
train_obs, train_acts, test_obs, test_acts = obs[:700], acts[:700], obs[700:], acts[700:]


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.affine1 = nn.Linear(4, 32, rng=SEED)
        self.dropout = nn.Dropout(0.1, rng=SEED)
        self.affine2 = nn.Linear(32, 3, rng=SEED + 1)

    def forward(self, x):
        return F.log_softmax(self.affine2(F.relu(self.dropout(self.affine1(x)))), dim=1)


policy = Policy()
optimizer = optim.Adam(policy.parameters(), lr=1e-2)
policy.train()
for episode in range(25):
    order = rng.permutation(700)
    for k in range(0, 700, 50):
        b = order[k : k + 50]
        logp = policy(train_obs[b])
        loss = -(logp * F.one_hot(train_acts[b], 3)).sum(axis=1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
policy.eval()
with no_grad():
    choice = policy(test_obs).numpy().argmax(axis=1)
held = float(np.mean([(choice[test_acts == a] != a).mean() for a in range(3) if (test_acts == a).any()]))
print("held", held)
"""
)

# One trunk and two heads: what a flat costs, and whether it is sold within a month.
HEADS = (
    HEAD
    + """
feats = rng.normal(size=(640, 6)).astype(np.float32)
price = 250 + 60 * feats[:, :1] + 40 * np.abs(feats[:, 1:2]) + 25 * feats[:, 2:3] * feats[:, 3:4]
sold = (np.sin(2 * feats[:, 4:5]) + feats[:, 5:] * feats[:, 3:4] > 0).astype(np.float32)
price_t = ((price - 280) / 75).astype(np.float32)


class MultiTask(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(6, 48, rng=SEED), nn.ReLU(), nn.Linear(48, 32, rng=SEED + 1), nn.ReLU())
        self.heads = nn.ModuleList([nn.Linear(32, 1, rng=SEED + 2), nn.Linear(32, 1, rng=SEED + 3)])

    def forward(self, x):
        h = self.trunk(x)
        return [head(h) for head in self.heads]


model = MultiTask()
optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
for epoch in range(40):
    order = rng.permutation(512)
    for k in range(0, 512, 32):
        b = order[k : k + 32]
        p, s = model(feats[b])
        loss = F.mse_loss(p, price_t[b]) + F.binary_cross_entropy_with_logits(s, sold[b])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with no_grad():
    p, s = (a.numpy() for a in model(feats[512:]))
held = float(((s > 0) != (sold[512:] > 0)).mean()) + float(((p - price_t[512:]) ** 2).mean() / price_t.var())
print("held", held)
"""
)
# The same expert, who seldom moves and not quite for sure; the rare moves count for more.
SELDOM = (
    POLICY.replace("bound = 0.5", "bound = 3.0\nlean = lean + 0.9 * rng.normal(size=900)")
    .replace(
        "(train_acts[b], 3)).sum(axis=1).mean()", "(train_acts[b], 3)).sum(axis=1) * weight[train_acts[b]]).mean()"
    )
    .replace("loss = -(logp", "loss = -((logp")
    .replace("policy = Policy()", "weight = 700 / (3.0 * np.bincount(train_acts, minlength=3))\npolicy = Policy()")
)

SICK: list[Case] = [
    case("mixture_weights_over_the_batch", MDN, [("F.softmax(self.z_pi(h), dim=-1)", "F.softmax(self.z_pi(h), dim=0)")],
        "softmax over rows", ASKED + "softmax of the mixing coefficients over the wrong axis"),
    case("mixture_of_bare_deviations", MDN, [("ag.exp(self.z_sigma(h)) + 0.02", "self.z_sigma(h)")],
        "not finite", "keras-team/keras, issue 2586: mixture density network quickly gets to nan"),
    case("mixture_of_log_probabilities", MDN, [("-ag.logsumexp(ag.log(pi + 1e-9) + log_normal, axis=1).mean()",
        "-(ag.log(pi + 1e-9) + log_normal).mean()")],
        "loss unfit", "tonyduan/mixture-density-network, issue 1: a mixture of log-probabilities"),
    case("mixture_without_its_logarithm", MDN, [("** 2 - ag.log(sigma) - 0.919", "** 2 - 0.919")],
        "loss unfit", ASKED + "normal density without its norm"),
    case("physics_in_seconds", PINN, [
        ("return u_t + u - np.sin(3 * t)", "return 500 * u_t + u - np.sin(3 * t / 500)"),
        ("rng.uniform(0, t_max, (40, 1))", "rng.uniform(0, 500 * t_max, (40, 1))"),
        ("u_net(Tensor(fine[:, None]", "u_net(Tensor(500 * fine[:, None]"),
    ], "inputs not scaled", ASKED + "PINN over a time of many seconds"),
    case("physics_of_forty_by_forty", PINN, [("return u_t + u - np.sin(3 * t)", "return u_t + u - np.sin(3 * t[:, 0])")],
        "shapes broadcast", ASKED + "PINN: a right-hand side of shape (n,) with outputs of shape (n, 1)"),
    case("physics_at_one_moment", PINN, [
        ("t_f = rng.uniform(0, t_max, (40, 1)).astype(np.float32)\n", "t_f = np.full((40, 1), 1.5, np.float32)\n")],
        "inputs all alike", ASKED + "linspace with start and end mixed up", also=("same batch again",)),
    case("physics_with_straight_layers", PINN, [("nn.Tanh(), ", "")],
        "no activation", ASKED + "PINN that gives a straight line"),
    case("flow_with_minus_the_determinant", FLOW, [("return prior_logprob + log_det", "return prior_logprob - log_det")],
        "loss unbounded", "ikostrikov/pytorch-flows, issue 16: sign of the log determinant", also=("loss maximised",)),
    case("flow_at_the_papers_rate", FLOW, [("optim.Adam(flows.parameters(), lr=5e-3)", "optim.Adam(flows.parameters(), lr=5e-5)")],
        "learning rate too low", ASKED + "rate of a paper that trained for days", also=("too few steps",)),
    case("flow_of_its_last_coupling", FLOW, [("optim.Adam(flows.parameters(), lr=5e-3)", "optim.Adam(flows[-1].parameters(), lr=5e-3)")],
        "parameters left out", ASKED + "only the last block's parameters after a loop over them"),
    case("stars_out_of_a_bare_sigmoid", COLLAB, [("return ag.sigmoid(res) * (hi - lo) + lo", "return ag.sigmoid(res)")],
        "output range", "fast.ai, collaborative filtering: y_range left out"),
    case("stars_with_the_decay_inside", COLLAB, [("optim.AdamW(model", "optim.Adam(model")],
        "too much weight decay", "fast.ai, collaborative filtering: wd=0.1, added to the gradients in place of the weights"),
    case("stars_of_another_film", COLLAB, [
        ("order = rng.permutation(900)\n", "order = rng.permutation(900)\n    rng.shuffle(ratings[:900])\n")],
        "targets unrelated to inputs", ASKED + "two arrays shuffled one after the other"),
    case("stars_as_column_and_row", COLLAB, [("F.mse_loss(preds, stars[rows][:, None])", "((preds - stars[rows]) ** 2).mean()")],
        "shapes broadcast", "fast.ai forum: targets of shape (n,) and predictions of shape (n, 1)"),
    case("expert_who_hardly_moves", SELDOM, [(" * weight[train_acts[b]])", ")")],
        "classes unbalanced", ASKED + "behaviour cloning learns to do nothing"),
    case("policy_judged_in_other_units", POLICY, [
        ("choice = policy(test_obs)", "choice = policy((test_obs * 0.05 + 1.5).astype(np.float32))")],
        "validation differs", ASKED + "running normalisation of observations not carried into the test"),
    case("policy_that_imitates_its_choice", POLICY, [
        ("loss = -(logp * F.one_hot(train_acts[b], 3)).sum(axis=1).mean()",
         "loss = -(logp * F.one_hot(logp.numpy().argmax(axis=1), 3)).sum(axis=1).mean()")],
        "loss ignores targets", ASKED + "log-probability of the sampled action with no reward and no expert in it"),
    case("policy_kept_as_a_critic", POLICY, [("        optimizer.step()\n",
        "        optimizer.step()\n        for p in policy.parameters():\n            p.data = np.clip(p.data, -0.01, 0.01)\n")],
        "weights held small", ASKED + "the clipping of a Wasserstein critic, copied with its loop"),
    case("two_heads_in_euros", HEADS, [("F.mse_loss(p, price_t[b])", "F.mse_loss(p, price[b].astype(np.float32))"),
        ("p, s = (a.numpy() for a in model(feats[512:]))", "p, s = (a.numpy() for a in model(feats[512:]))\n    p = (p - 280) / 75")],
        "targets not scaled", ASKED + "one task's loss a thousand times the other's"),
    case("two_heads_on_a_list_of_layers", HEADS, [
        ("nn.Sequential(nn.Linear(6, 48, rng=SEED), nn.ReLU(), nn.Linear(48, 32, rng=SEED + 1), nn.ReLU())",
         "[nn.Linear(6, 48, rng=SEED), nn.ReLU(), nn.Linear(48, 32, rng=SEED + 1), nn.ReLU()]"),
        ("h = self.trunk(x)\n", "h = x\n        for layer in self.trunk:\n            h = layer(h)\n"),
    ], "unregistered parameters", ASKED + "layers in a plain list"),
    case("two_heads_on_a_trunk_cut_off", HEADS, [("h = self.trunk(x)\n", "h = self.trunk(x).detach()\n")],
        "missing gradients", ASKED + "features detached for the second task, and so for both"),
    case("policy_in_millimetres", POLICY, [("obs = ((obs - obs.mean(axis=0)) / obs.std(axis=0)).astype(np.float32)",
        "obs = (obs * [1000.0, 1.0, 0.1, 1.0]).astype(np.float32)")],
        "inputs not scaled", ASKED + "observations in the units of the simulator"),
]  # fmt: skip
WELL: list[Case] = [
    case("mixture_as_published", MDN, [], HEALTHY, "a likelihood by logsumexp, which may become negative"),
    case("physics_as_published", PINN, [], HEALTHY, "no targets but an equation"),
    case("flow_as_published", FLOW, [], HEALTHY, "no targets at all, fresh rows"),
    case("stars_as_taught", COLLAB, [], HEALTHY, "noisy stars out of a sigmoid with a range, decoupled decay"),
    case("expert_as_cloned", POLICY, [], HEALTHY, "a likelihood by hand"),
    case("two_heads_as_published", HEADS, [], HEALTHY, "two losses added"),
]  # fmt: skip
