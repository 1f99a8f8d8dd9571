"""The tuning half: what people write along with lectures — neurons and a hinge, a translator, two views, attention."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.pairs import ASKED
from tests.nn.health.corpus.tuning_workshops_loops import HEAD, case

KARPATHY = "Karpathy, Neural Networks: Zero to Hero, "
D2L = "Dive into Deep Learning, "

# micrograd's demonstration: neurons in lists, a max-margin loss on two moons, and a rate that falls with the step.
MICRO = (
    HEAD
    + """
a = rng.uniform(0, np.pi, 240)
lower = rng.integers(0, 2, 240)
X = np.stack([np.where(lower, 1 - np.cos(a), np.cos(a)), np.where(lower, 0.5 - np.sin(a), np.sin(a))], axis=1)
X = (X + 0.18 * rng.normal(size=X.shape)).astype(np.float32)
y = lower * 2 - 1
X, y, X_new, y_new = X[:120], y[:120], X[120:], y[120:]


class Layer:
    def __init__(self, nin, nout, nonlin=True):
        self.w = Tensor(rng.uniform(-1, 1, (nin, nout)).astype(np.float32), requires_grad=True)
        self.b = Tensor(np.zeros(nout, np.float32), requires_grad=True)
        self.nonlin = nonlin

    def __call__(self, x):
        act = x @ self.w + self.b
        return act.relu() if self.nonlin else act

    def parameters(self):
        return [self.w, self.b]


class MLP:
    def __init__(self, nin, nouts):
        sz = [nin, *nouts]
        self.layers = [Layer(sz[i], sz[i + 1], nonlin=i != len(nouts) - 1) for i in range(len(nouts))]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


model = MLP(2, [16, 16, 1])


def total_loss():
    scores = model(Tensor(X))[:, 0]
    losses = (1 - y * scores).relu()
    reg_loss = 1e-4 * sum((p * p).sum() for p in model.parameters())
    return losses.mean() + reg_loss


steps = 100
for k in range(steps):
    loss = total_loss()
    for p in model.parameters():
        p.zero_grad()
    loss.backward()
    learning_rate = 1.0 - 0.9 * k / 100
    for p in model.parameters():
        p.data = p.data - learning_rate * p.grad
    if k % 20 == 0:
        print(k, loss.item())
with no_grad():
    held = float(((model(Tensor(X_new)).numpy()[:, 0] > 0) != (y_new > 0)).mean())
print("held", held)
"""
)

# A translator of little: an encoder's state, a decoder that is fed the true word before, and words of padding.
TRANSLATOR = (
    HEAD
    + """
vocab, src_len = 9, 4
PAD, BOS, EOS = 0, 1, 2
source = rng.integers(3, vocab, (700, src_len))
target = np.concatenate([source[:, ::-1], np.full((700, 1), EOS)], axis=1)


class Seq2Seq(nn.Module):
    def __init__(self, hid=40):
        super().__init__()
        self.emb_src = nn.Embedding(vocab, 16, rng=SEED)
        self.emb_tgt = nn.Embedding(vocab, 16, rng=SEED + 1)
        self.encoder = nn.GRU(16, hid, batch_first=True, rng=SEED + 2)
        self.decoder = nn.GRU(16, hid, batch_first=True, rng=SEED + 3)
        self.fc_out = nn.Linear(hid, vocab, rng=SEED + 4)

    def forward(self, src, trg):
        _, state = self.encoder(self.emb_src(src))
        out, _ = self.decoder(self.emb_tgt(trg), state)
        return self.fc_out(out)


model = Seq2Seq()
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(18):
    order = rng.permutation(600)
    for k in range(0, 600, 50):
        src, trg = source[order[k : k + 50]], target[order[k : k + 50]]
        dec_input = np.concatenate([np.full((50, 1), BOS), trg[:, :-1]], axis=1)
        output = model(src, dec_input)
        loss = F.cross_entropy(output.reshape(-1, vocab), trg.reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optim.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    print(epoch, loss.item())
said = np.full((100, 1), BOS)
with no_grad():
    for _ in range(src_len + 1):
        word = model(source[600:], said).numpy()[:, -1].argmax(axis=1)
        said = np.concatenate([said, word[:, None]], axis=1)
held = float((said[:, 1:] != target[600:]).mean())
print("wrong words", held)
"""
)

# Two views of a signal, told apart from all others of the batch.
VIEWS = (
    HEAD
    + """
source = rng.normal(size=(500, 5))
mix_a, mix_b = rng.normal(size=(5, 20)), rng.normal(size=(5, 20))


def view(s, mix, noise=0.15):
    return (np.tanh(0.6 * s @ mix) + noise * rng.normal(size=(len(s), 20))).astype(np.float32)


encoder_a = nn.Sequential(nn.Linear(20, 48, rng=SEED), nn.ReLU(), nn.Linear(48, 12, rng=SEED + 1))
encoder_b = nn.Sequential(nn.Linear(20, 48, rng=SEED + 2), nn.ReLU(), nn.Linear(48, 12, rng=SEED + 3))
optimizer = optim.Adam([*encoder_a.parameters(), *encoder_b.parameters()], lr=3e-3)
temperature = 0.2


def info_nce(z_a, z_b):
    z_a, z_b = F.normalize(z_a, dim=1), F.normalize(z_b, dim=1)
    logits = z_a @ z_b.T / temperature
    labels = np.arange(len(logits))
    return (F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels)) / 2


for epoch in range(30):
    order = rng.permutation(400)
    for k in range(0, 400, 50):
        s = source[order[k : k + 50]]
        x_a, x_b = view(s, mix_a), view(s, mix_b)
        loss = info_nce(encoder_a(x_a), encoder_b(x_b))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
with no_grad():
    z_a = F.normalize(encoder_a(view(source[400:], mix_a)), dim=1).numpy()
    z_b = F.normalize(encoder_b(view(source[400:], mix_b)), dim=1).numpy()
held = float(((z_a @ z_b.T).argmax(axis=1) != np.arange(100)).mean())
print("not matched", held)
"""
)

# Additive attention over what was bought, baskets of different size, and valid lengths.
BASKETS = (
    HEAD
    + """
valid_lens = rng.integers(2, 13, 420)
X = np.zeros((420, 12, 3), np.float32)
Y = np.zeros((420, 1), np.float32)
for i, n in enumerate(valid_lens):
    X[i, :n] = rng.normal(size=(n, 3))
    X[i, n:] = rng.normal(size=3) * 3.0
    Y[i] = X[i, X[i, :n, 0].argmax(), 1]


def masked_softmax(scores, valid_lens):
    keep = np.arange(scores.shape[1])[None, :] < valid_lens[:, None]
    return F.softmax(ag.where(keep, scores, -1e6), dim=-1)


class AdditiveAttention(nn.Module):
    def __init__(self, num_hiddens=24):
        super().__init__()
        self.W_k = nn.Linear(3, num_hiddens, rng=SEED)
        self.w_v = nn.Linear(num_hiddens, 1, rng=SEED + 1)
        self.W_o = nn.Sequential(nn.Linear(3, num_hiddens, rng=SEED + 2), nn.ReLU(), nn.Linear(num_hiddens, 1, rng=SEED + 3))

    def forward(self, X, valid_lens):
        scores = self.w_v(ag.tanh(self.W_k(X)))[:, :, 0]
        self.attention_weights = masked_softmax(scores, valid_lens)
        context = (self.attention_weights.reshape(len(X), 1, -1) @ X)[:, 0]
        return self.W_o(context)


net = AdditiveAttention()
trainer = optim.Adam(net.parameters(), lr=0.01)
for epoch in range(70):
    for k in range(0, 320, 40):
        l = F.mse_loss(net(Tensor(X[k : k + 40]), valid_lens[k : k + 40]), Y[k : k + 40])
        trainer.zero_grad()
        l.backward()
        trainer.step()
    print(epoch, l.item())
with no_grad():
    held = float(((net(Tensor(X[320:]), valid_lens[320:]).numpy() - Y[320:]) ** 2).mean())
print("held", held)
"""
)
CALM = (
    MICRO.replace("learning_rate = 1.0 - 0.9 * k / 100", "learning_rate = 0.5")
    .replace("0.18 * rng", "0.08 * rng")
    .replace("steps = 100", "steps = 200")
)

SICK: list[Case] = [
    case("moons_with_gradients_left_in", MICRO, [
        ("    for p in model.parameters():\n        p.zero_grad()\n    loss.backward()", "    loss.backward()")],
        "gradients not zeroed", KARPATHY + "micrograd: the most common mistake, made in the lecture itself"),
    case("moons_for_three_hundred_steps", MICRO, [("steps = 100", "steps = 300")],
        "loss maximised", KARPATHY + "micrograd's 1.0 - 0.9 * k / 100, which turns negative after step 111"),
    case("moons_of_zeros_and_ones", MICRO, [("y = lower * 2 - 1", "y = lower")],
        "loss unfit", KARPATHY + "micrograd: a hinge asks for -1 and 1", also=("targets outside the loss",)),
    case("moons_with_hardly_a_line", CALM, [("act.relu() if self.nonlin else act", "act if self.nonlin else act")],
        "no activation", KARPATHY + "micrograd: nonlin that does nothing"),
    case("translator_that_was_told_nothing", TRANSLATOR, [("self.decoder(self.emb_tgt(trg), state)", "self.decoder(self.emb_tgt(trg))")],
        "inputs unused", D2L + "the decoder's state not taken from the encoder"),
    case("translator_fed_the_word_itself", TRANSLATOR, [
        ("dec_input = np.concatenate([np.full((50, 1), BOS), trg[:, :-1]], axis=1)", "dec_input = trg")],
        "target among the features", "IpsumDominum/Pytorch-Simple-Transformer, issue 3: teacher forcing without the shift"),
    case("translator_begun_anew_each_epoch", TRANSLATOR, [
        ("for epoch in range(18):\n",
         "for epoch in range(18):\n    model = Seq2Seq()\n    optimizer = optim.Adam(model.parameters(), lr=0.01)\n")],
        "model made anew", ASKED + "a notebook's cell with model and loop in one function called for each epoch"),
    case("translator_clipped_to_a_hair", TRANSLATOR, [
        ("optim.clip_grad_norm_(model.parameters(), 1.0)", "optim.clip_grad_value_(model.parameters(), 1e-9)")],
        "clipping too tight", ASKED + "value and exponent of the clipping"),
    case("translator_for_a_few_minutes", TRANSLATOR, [("range(18)", "range(3)")],
        "too few steps", D2L + "epochs of a book's figure cut for the sake of time"),
    case("views_of_different_people", VIEWS, [
        ("view(s, mix_a), view(s, mix_b)", "view(s, mix_a), view(source[rng.permutation(400)[:50]], mix_b)")],
        "targets unrelated to inputs", ASKED + "two loaders, each shuffled"),
    case("views_augmented_as_in_the_paper", VIEWS, [("view(s, mix_a), view(s, mix_b)", "view(s, mix_a, 3.0), view(s, mix_b, 3.0)")],
        "too much noise", ASKED + "augmentations of another data set"),
    case("views_of_one_encoder", VIEWS, [("[*encoder_a.parameters(), *encoder_b.parameters()]", "encoder_a.parameters()")],
        "parameters left out", ASKED + "only the first of two encoders given to the optimizer"),
    case("baskets_with_what_lies_behind", BASKETS, [
        ("keep = np.arange(scores.shape[1])[None, :] < valid_lens[:, None]",
         "keep = np.ones(scores.shape, bool)")],
        "padding not masked", D2L + "masked_softmax with valid_lens None"),
    case("baskets_weighed_against_each_other", BASKETS, [("-1e6), dim=-1)", "-1e6), dim=0)")],
        "softmax over rows", D2L + "softmax over the batch"),
    case("translator_of_five_units", TRANSLATOR, [("hid=40", "hid=5")],
        "network too small", D2L + "sizes of a figure"),
]  # fmt: skip
WELL: list[Case] = [
    case("moons_as_in_the_lecture", MICRO, [], HEALTHY, "lists of layers, a hinge, a rate that falls and no optimizer"),
    case("translator_as_in_the_book", TRANSLATOR, [], HEALTHY, "teacher forcing with its shift"),
    case("views_as_published", VIEWS, [], HEALTHY, "the loss of a row depends on all rows of its batch, as it is meant to"),
    case("baskets_as_in_the_book", BASKETS, [], HEALTHY, "valid lengths as a second input, rows in order"),
]  # fmt: skip
