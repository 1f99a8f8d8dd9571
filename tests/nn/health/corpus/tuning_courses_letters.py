"""The tuning half: homework of courses on language, with own tensors, own attention and an own GRU, and one thing wrong."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.pairs import ASKED
from tests.nn.health.corpus.tuning_workshops_loops import HEAD, case

KARPATHY = "Karpathy, Neural Networks: Zero to Hero, "
D2L = "Dive into Deep Learning, "

# A character model of names, as in the course's second lecture, with its tensors in a list.
NAMES = (
    HEAD
    + """
syllables = ["an", "li", "mar", "to", "se", "ne", "ka", "rio", "bel", "du"]
words = ["".join(syllables[k] for k in rng.integers(0, 10, rng.integers(2, 4))) for _ in range(230)]
chars = sorted(set("".join(words)))
stoi = {s: i + 1 for i, s in enumerate(chars)}
stoi["."] = 0
vocab_size = len(stoi)
block_size = 3


def build_dataset(words):
    X, Y = [], []
    for w in words:
        context = [0] * block_size
        for ch in w + ".":
            ix = stoi[ch]
            X.append(context)
            Y.append(ix)
            context = context[1:] + [ix]
    return np.array(X), np.array(Y)


Xtr, Ytr = build_dataset(words[:180])
Xdev, Ydev = build_dataset(words[180:])


def randn(*shape):
    return rng.normal(size=shape).astype(np.float32)


n_embd, n_hidden = 6, 48
C = Tensor(randn(vocab_size, n_embd), requires_grad=True)
W1 = Tensor(randn(n_embd * block_size, n_hidden) * (5 / 3) / (n_embd * block_size) ** 0.5, requires_grad=True)
b1 = Tensor(randn(n_hidden) * 0.01, requires_grad=True)
W2 = Tensor(randn(n_hidden, vocab_size) * 0.1, requires_grad=True)
b2 = Tensor(np.zeros(vocab_size, np.float32), requires_grad=True)
parameters = [C, W1, b1, W2, b2]


def logits_of(X):
    emb = C[X]
    embcat = emb.reshape(len(X), -1)
    h = (embcat @ W1 + b1).tanh()
    return h @ W2 + b2


lr = 0.3
for i in range(800):
    ix = rng.integers(0, len(Xtr), 32)
    loss = F.cross_entropy(logits_of(Xtr[ix]), Ytr[ix])
    for p in parameters:
        p.grad = None
    loss.backward()
    for p in parameters:
        p.data = p.data - lr * p.grad
    if i % 200 == 0:
        print(i, loss.item())
with no_grad():
    held = F.cross_entropy(logits_of(Xdev), Ydev).item()
print("dev", held)
"""
)

# A small GPT over texts with a period, and its attention written out.
GPT = (
    HEAD
    + """
vocab, T = 12, 9


def get_batch(n):
    start = rng.integers(0, vocab, (n, 3))
    data = np.tile(start, (1, 4))[:, : T + 1]
    data = np.where(rng.random(data.shape) < 0.1, rng.integers(0, vocab, data.shape), data)
    return data[:, :-1], data[:, 1:]


class CausalSelfAttention(nn.Module):
    def __init__(self, n_embd, n_head, seed):
        super().__init__()
        self.c_attn = nn.Linear(n_embd, 3 * n_embd, rng=seed)
        self.c_proj = nn.Linear(n_embd, n_embd, rng=seed + 1)
        self.n_head, self.n_embd = n_head, n_embd
        self.bias = np.tril(np.ones((T, T)))

    def forward(self, x):
        B, t, C = x.shape
        qkv = self.c_attn(x)
        q, k, v = qkv[:, :, :C], qkv[:, :, C : 2 * C], qkv[:, :, 2 * C :]
        q = q.reshape(B, t, self.n_head, C // self.n_head).transpose(0, 2, 1, 3)
        k = k.reshape(B, t, self.n_head, C // self.n_head).transpose(0, 2, 1, 3)
        v = v.reshape(B, t, self.n_head, C // self.n_head).transpose(0, 2, 1, 3)
        att = (q @ k.swapaxes(-2, -1)) * (1.0 / (C // self.n_head) ** 0.5)
        att = ag.where(self.bias[:t, :t] == 0, -1e9, att)
        att = F.softmax(att, dim=-1)
        y = (att @ v).transpose(0, 2, 1, 3).reshape(B, t, C)
        return self.c_proj(y)


class GPT(nn.Module):
    def __init__(self, n_embd=24):
        super().__init__()
        self.wte = nn.Embedding(vocab, n_embd, rng=SEED)
        self.wpe = nn.Embedding(T, n_embd, rng=SEED + 1)
        self.ln_1 = nn.LayerNorm(n_embd)
        self.attn = CausalSelfAttention(n_embd, 2, SEED + 2)
        self.ln_2 = nn.LayerNorm(n_embd)
        self.up, self.down = nn.Linear(n_embd, 48, rng=SEED + 4), nn.Linear(48, n_embd, rng=SEED + 5)
        self.lm_head = nn.Linear(n_embd, vocab, rng=SEED + 6)

    def forward(self, idx):
        x = self.wte(idx) + self.wpe(np.arange(idx.shape[1]))
        x = x + self.attn(self.ln_1(x))
        x = x + self.down(F.gelu(self.up(self.ln_2(x))))
        return self.lm_head(x)


model = GPT()
max_lr, warmup_iters, max_iters = 5e-3, 20, 300
optimizer = optim.AdamW(model.parameters(), lr=max_lr, weight_decay=0.01)


def get_lr(it):
    if it < warmup_iters:
        return max_lr * (it + 1) / warmup_iters
    return max_lr


for it in range(max_iters):
    for group in optimizer.param_groups:
        group["lr"] = get_lr(it)
    xb, yb = get_batch(24)
    logits = model(xb)
    loss = F.cross_entropy(logits.reshape(-1, vocab), yb.reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if it % 100 == 0:
        print(it, loss.item())
xt, yt = get_batch(100)
with no_grad():
    held = float(np.mean([F.cross_entropy(model(xt[:, :n])[:, -1], yt[:, n - 1]).item() for n in range(3, T + 1)]))
print("loss of the next token", held)
"""
)

# A GRU from scratch, as the book writes it: time first, the state handed on, gradients clipped.
GRU = (
    HEAD
    + """
num_steps, num_hiddens = 9, 24
X = rng.normal(size=(320, num_steps, 2)).astype(np.float32)
X[:, :, 1] = rng.random((320, num_steps)) < 0.3
Y = np.zeros((320, num_steps), np.float32)
for t in range(num_steps):
    before = Y[:, t - 1] if t else 0.0
    Y[:, t] = np.where(X[:, t, 1] == 1, X[:, t, 0], before)


def init_weight(*shape, sigma=0.3):
    return Tensor((rng.normal(size=shape) * sigma).astype(np.float32), requires_grad=True)


def triple(sigma=0.3):
    return [init_weight(n, num_hiddens, sigma=sigma) for n in (2, num_hiddens, 1)]


W_xz, W_hz, b_z = triple()
W_xr, W_hr, b_r = triple()
W_xh, W_hh, b_h = triple()
W_hq, b_q = init_weight(num_hiddens, 1), init_weight(1)
params = [W_xz, W_hz, b_z, W_xr, W_hr, b_r, W_xh, W_hh, b_h, W_hq, b_q]


def rnn(inputs):
    H = Tensor(np.zeros((inputs.shape[1], num_hiddens), np.float32))
    outputs = []
    for X_t in inputs:
        Z = ag.sigmoid(X_t @ W_xz + H @ W_hz + b_z)
        R = ag.sigmoid(X_t @ W_xr + H @ W_hr + b_r)
        H_tilde = ag.tanh(X_t @ W_xh + (R * H) @ W_hh + b_h)
        H = Z * H + (1 - Z) * H_tilde
        outputs.append(H @ W_hq + b_q)
    return ag.stack(outputs)[:, :, 0]


trainer = optim.Adam(params, lr=0.02)
theta = 1.0
for epoch in range(12):
    for i in range(0, 256, 32):
        xb = np.swapaxes(X[i : i + 32], 0, 1)
        yb = np.swapaxes(Y[i : i + 32], 0, 1)
        l = ((rnn(Tensor(xb)) - yb) ** 2).mean()
        trainer.zero_grad()
        l.backward()
        optim.clip_grad_norm_(params, theta)
        trainer.step()
    print(epoch, l.item())
with no_grad():
    out = rnn(Tensor(np.swapaxes(X[256:], 0, 1))).numpy()
held = float(((out - Y[256:].T) ** 2).mean())
print("held", held)
"""
)

# Word vectors by skip-gram with negative samples.
SKIPGRAM = (
    HEAD
    + """
topics, per_topic = 6, 8
vocab_size = topics * per_topic
sentences = []
for _ in range(160):
    topic = rng.integers(0, topics)
    own = rng.integers(0, per_topic, 7) + per_topic * topic
    sentences.append(np.where(rng.random(7) < 0.9, own, rng.integers(0, vocab_size, 7)))
pairs = np.array([(s[i], s[j]) for s in sentences for i in range(7) for j in range(max(0, i - 2), min(7, i + 3)) if i != j])


class SkipGram(nn.Module):
    def __init__(self, dim=12):
        super().__init__()
        self.center = nn.Embedding(vocab_size, dim, rng=SEED)
        self.context = nn.Embedding(vocab_size, dim, rng=SEED + 1)
        self.center.weight.data = 0.3 * self.center.weight.data
        self.context.weight.data = 0.3 * self.context.weight.data

    def forward(self, c, o, negatives):
        v, u = self.center(c), self.context(o)
        pos = (v * u).sum(axis=1)
        neg = (self.context(negatives) * v.reshape(len(c), 1, -1)).sum(axis=2)
        return -(F.logsigmoid(pos) + F.logsigmoid(-neg).sum(axis=1)).mean()


model = SkipGram()
opt = optim.Adam(model.parameters(), lr=0.02)
for epoch in range(3):
    order = rng.permutation(len(pairs))
    for k in range(0, len(pairs) - 63, 64):
        batch = pairs[order[k : k + 64]]
        loss = model(batch[:, 0], batch[:, 1], rng.integers(0, vocab_size, (64, 5)))
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
vectors = model.center.weight.data
vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
near = vectors @ vectors.T - 2.0 * np.eye(vocab_size)
held = float((near.argmax(axis=1) // per_topic != np.arange(vocab_size) // per_topic).mean())
print("nearest word of another topic", held)
"""
)

PLAIN = SKIPGRAM.replace("optim.Adam(model.parameters(), lr=0.02)", "optim.SGD(model.parameters(), lr=6.0)")
STEEP = GRU.replace("optim.Adam(params, lr=0.02)", "optim.SGD(params, lr=0.5, momentum=0.9)").replace(
    "range(12)", "range(40)"
)
HEADS = ".reshape(B, t, self.n_head, C // self.n_head).transpose(0, 2, 1, 3)"
MIXED = ".reshape(B, self.n_head, t, C // self.n_head)"

SICK: list[Case] = [
    case("names_whose_context_never_rolls", NAMES, [("            context = context[1:] + [ix]\n", "")],
        "inputs all alike", KARPATHY + "makemore 2: crop and append forgotten"),
    case("names_whose_letters_are_averaged", NAMES, [
        ("embcat = emb.reshape(len(X), -1)", "embcat = emb.mean(axis=1)"),
        ("randn(n_embd * block_size, n_hidden)", "randn(n_embd, n_hidden)"),
    ], "order ignored", KARPATHY + "makemore 5: fusing all letters at once"),
    case("names_and_the_next_row", NAMES, [("Ytr[ix])\n", "Ytr[(ix + 9) % len(Ytr)])\n")],
        "targets unrelated to inputs", ASKED + "contexts and next letters cut at different places"),
    case("names_at_the_rate_of_the_finder", NAMES, [("lr = 0.3", "lr = 10**1.3")],
        "learning rate too high", KARPATHY + "makemore 2: the exponent of the rate read from the plot"),
    case("gpt_that_sees_the_answer", GPT, [("        att = ag.where(self.bias[:t, :t] == 0, -1e9, att)\n", "")],
        "target among the features", "jadore801120/attention-is-all-you-need-pytorch, issue 19: masking bug"),
    case("gpt_masked_the_other_way", GPT, [("np.tril(np.ones((T, T)))", "np.triu(np.ones((T, T)))")],
        "target among the features", "the same issue: the wrong kind of triangular matrix"),
    case("gpt_that_repeats_its_token", GPT, [("yb.reshape(-1))", "xb.reshape(-1))")],
        "target among the features", "Project-MONAI/GenerativeModels, issue 314: targets not shifted"),
    case("gpt_without_places", GPT, [(" + self.wpe(np.arange(idx.shape[1]))", "")],
        "order ignored", KARPATHY + "attention has no notion of space"),
    case("gpt_softmax_over_its_texts", GPT, [("F.softmax(att, dim=-1)", "F.softmax(att, dim=0)")],
        "softmax over rows", "jadore801120/attention-is-all-you-need-pytorch, issue 19: softmax over the wrong dimension"),
    case("gpt_heads_cut_across_time", GPT, [(HEADS, MIXED), ("(att @ v).transpose(0, 2, 1, 3).reshape", "(att @ v).reshape")],
        "axes mixed up", ASKED + "view in place of transpose for the heads"),
    case("gpt_still_warming_up", GPT, [("warmup_iters, max_iters = 5e-3, 20, 300", "warmup_iters, max_iters = 5e-3, 20000, 300")],
        "learning rate too low", "hirofumi0810/neural_sp, issue 137: a rate that went straight up until the end"),
    case("gru_of_the_wrong_axis", GRU, [
        ("xb = np.swapaxes(X[i : i + 32], 0, 1)", "xb = X[i : i + 32]"),
        ("yb = np.swapaxes(Y[i : i + 32], 0, 1)", "yb = Y[i : i + 32]"),
        ("np.swapaxes(X[256:], 0, 1)", "X[256:]"), ("Y[256:].T", "Y[256:]"),
    ], "axes mixed up", D2L + "the loop runs over the first axis, which is the batch here", also=("rows mixed",)),
    case("gru_clipped_by_the_thousandth", STEEP, [("theta = 1.0", "theta = 1e-3")],
        "clipping too tight", D2L + "theta of grad_clipping"),
    case("gru_without_its_candidate", GRU, [("params = [W_xz, W_hz, b_z, W_xr, W_hr, b_r, W_xh, W_hh, b_h, W_hq, b_q]",
        "params = [W_xz, W_hz, b_z, W_xr, W_hr, b_r, b_h, b_q]")],
        "parameters left out", D2L + "a list of parameters by hand"),
    case("gru_begun_with_deviation_nine", GRU, [("def triple(sigma=0.3)", "def triple(sigma=9.0)")],
        "saturation", D2L + "sigma of the first weights", also=("exploding gradients",)),
    case("word_vectors_pushed_apart", SKIPGRAM, [("return -(F.logsigmoid(pos)", "return (F.logsigmoid(pos)")],
        "loss maximised", ASKED + "the objective of the paper is maximised, the optimizer minimises", also=("loss unbounded",)),
    case("word_vectors_at_the_papers_rate", PLAIN, [("lr=6.0", "lr=0.025")],
        "learning rate too low", ASKED + "word2vec's 0.025, which is for one pair at a time"),
]  # fmt: skip
WELL: list[Case] = [
    case("names_as_taught", NAMES, [], HEALTHY, "makemore by hand with plain steps"),
    case("gpt_as_taught", GPT, [], HEALTHY, "fresh texts in each step, and a warm-up that ends"),
    case("gru_as_taught", GRU, [("H = Z * H + (1 - Z) * H_tilde", "H = (1 - Z) * H + Z * H_tilde")],
        HEALTHY, "the gate the other way round, which is as well"),
    case("word_vectors_as_published", SKIPGRAM, [], HEALTHY, "a loss within the model, fresh negatives"),
]  # fmt: skip
