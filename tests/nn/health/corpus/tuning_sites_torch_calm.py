"""The tuning half: loops over PyTorch that are fine, each unlike the others."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.pairs import ASKED, BOOK, CS231N, RECIPE
from tests.nn.health.corpus.tuning_lists_torch import case

# Averaged weights, whose norms are counted anew at the end.
AVERAGED = """
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, update_bn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(SEED)
x = torch.rand(460, 4) * 2 - 1
y = torch.sin(3 * x[:, :1]) * x[:, 1:2] + 0.5 * torch.relu(x[:, 2:3] + x[:, 3:]) + 0.1 * torch.randn(460, 1)
y = (y - y.mean()) / y.std()
loader = DataLoader(TensorDataset(x[:360], y[:360]), batch_size=24, shuffle=True)
model = nn.Sequential(nn.Linear(4, 48), nn.BatchNorm1d(48), nn.ReLU(), nn.Linear(48, 48), nn.BatchNorm1d(48), nn.ReLU(), nn.Linear(48, 1))
swa_model = AveragedModel(model)
optimizer = torch.optim.SGD(model.parameters(), lr=0.08, momentum=0.9)
criterion = nn.MSELoss()
for epoch in range(40):
    model.train()
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        optimizer.step()
    if epoch >= 25:
        swa_model.update_parameters(model)
update_bn(loader, swa_model)
swa_model.eval()
with torch.no_grad():
    print("test", criterion(swa_model(x[360:]), y[360:]).item())
"""

# Sequences of many lengths, packed, in batches that are filled up.
PACKED = """
import random
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

random.seed(SEED)
torch.manual_seed(SEED)


def sentence():
    words = [random.randrange(2, 20) for _ in range(random.randint(3, 9))]
    return torch.tensor(words), float(sum(w % 2 for w in words) > len(words) / 2)


data = [sentence() for _ in range(420)]
train, test = data[:340], data[340:]


def collate(rows):
    tokens, labels = zip(*rows)
    lengths = torch.tensor([len(t) for t in tokens])
    return pad_sequence(tokens, batch_first=True), lengths, torch.tensor(labels)


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 10, padding_idx=0)
        self.gru = nn.GRU(10, 24, batch_first=True)
        self.fc = nn.Linear(24, 1)

    def forward(self, tokens, lengths):
        packed = pack_padded_sequence(self.embed(tokens), lengths, batch_first=True, enforce_sorted=False)
        _, h = self.gru(packed)
        return self.fc(h[-1]).squeeze(1)


model = Tagger()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
criterion = nn.BCEWithLogitsLoss()
for epoch in range(15):
    random.shuffle(train)
    for i in range(0, len(train), 20):
        tokens, lengths, labels = collate(train[i : i + 20])
        optimizer.zero_grad()
        loss = criterion(model(tokens, lengths), labels)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5)
        optimizer.step()
tokens, lengths, labels = collate(test)
with torch.no_grad():
    print("accuracy", ((model(tokens, lengths) > 0).float() == labels).float().mean().item())
"""

# A small language model that gives its loss itself; batches are crops, both parts are looked at now and then.
CROPS = """
import torch
import torch.nn as nn
from torch.nn import functional as F

torch.manual_seed(SEED)
vocab_size, block_size, n_embd, batch_size = 8, 10, 24, 24
g = torch.Generator().manual_seed(5)
nexts = torch.distributions.Dirichlet(torch.full((vocab_size,), 0.05)).sample((vocab_size,))
nexts = 0.95 * nexts + 0.05 / vocab_size
text = [0]
for _ in range(2400):
    text.append(torch.multinomial(nexts[text[-1]], 1).item())
data = torch.tensor(text)
train_data, val_data = data[:2000], data[2000:]


def get_batch(split):
    source = train_data if split == "train" else val_data
    ix = torch.randint(len(source) - block_size, (batch_size,))
    x = torch.stack([source[i : i + block_size] for i in ix])
    y = torch.stack([source[i + 1 : i + block_size + 1] for i in ix])
    return x, y


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(n_embd), nn.LayerNorm(n_embd)
        self.qkv, self.proj = nn.Linear(n_embd, 3 * n_embd, bias=False), nn.Linear(n_embd, n_embd)
        self.mlp = nn.Sequential(nn.Linear(n_embd, 4 * n_embd), nn.GELU(), nn.Linear(4 * n_embd, n_embd))

    def forward(self, x):
        q, k, v = self.qkv(self.ln1(x)).chunk(3, dim=-1)
        x = x + self.proj(F.scaled_dot_product_attention(q, k, v, is_causal=True))
        return x + self.mlp(self.ln2(x))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(vocab_size, n_embd), nn.Embedding(block_size, n_embd)
        self.block = Block()
        self.head = nn.Linear(n_embd, vocab_size)

    def forward(self, idx, targets=None):
        x = self.wte(idx) + self.wpe(torch.arange(idx.shape[1]))
        logits = self.head(self.block(x))
        if targets is None:
            return logits, None
        return logits, F.cross_entropy(logits.view(-1, vocab_size), targets.view(-1))


model = Model()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)


@torch.no_grad()
def estimate_loss():
    model.eval()
    out = {split: sum(model(*get_batch(split))[1].item() for _ in range(5)) / 5 for split in ("train", "val")}
    model.train()
    return out


for it in range(300):
    if it % 75 == 0:
        print(it, estimate_loss())
    xb, yb = get_batch("train")
    logits, loss = model(xb, yb)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
print(estimate_loss())
"""

# Biases and norms without a decay; gradients of two batches in each step; one cycle of the rate.
GROUPS = """
import torch
from torch import nn

torch.manual_seed(SEED)
prices = torch.randn(1000, 9)
sort = (prices[:, 0] * prices[:, 1] > 0).long() + 2 * (prices[:, 2] + 0.15 * torch.randn(1000) > 0).long()
net = nn.Sequential(nn.Linear(9, 64), nn.LayerNorm(64), nn.GELU(), nn.Linear(64, 64), nn.LayerNorm(64), nn.GELU(), nn.Linear(64, 4))
decay = [p for p in net.parameters() if p.dim() >= 2]
no_decay = [p for p in net.parameters() if p.dim() < 2]
optimizer = torch.optim.AdamW([{"params": decay, "weight_decay": 0.1}, {"params": no_decay, "weight_decay": 0.0}], lr=1e-3)
epochs, accumulate, size = 16, 2, 14
per_epoch = 840 // (accumulate * size)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=8e-3, total_steps=epochs * per_epoch)
scaler = torch.amp.GradScaler("cpu", enabled=False)
for epoch in range(epochs):
    for step, rows in enumerate(torch.randperm(840).split(size)):
        loss = nn.functional.cross_entropy(net(prices[rows]), sort[rows], label_smoothing=0.05) / accumulate
        scaler.scale(loss).backward()
        if step % accumulate == accumulate - 1:
            scaler.step(optimizer)
            scaler.update()
            optimizer.zero_grad()
            scheduler.step()
    with torch.no_grad():
        wrong = (net(prices[840:]).argmax(1) != sort[840:]).float().mean().item()
print("wrong", wrong)
"""

# Two networks that play the two halves of a bottleneck, a sum of two optimizers' work, and noise put on the pictures.
TWO_HALVES = """
import torch
from torch import nn

torch.manual_seed(SEED)
rows, columns = torch.randint(0, 7, (2, 420))
clean = torch.zeros(420, 7, 7)
clean[torch.arange(420), rows] += 1
clean[torch.arange(420), :, columns] += 1
clean = clean.flatten(1)
coder = nn.Sequential(nn.Linear(49, 40), nn.ReLU(), nn.Linear(40, 14))
decoder = nn.Sequential(nn.Linear(14, 40), nn.ReLU(), nn.Linear(40, 49))
code_opt = torch.optim.Adam(coder.parameters(), lr=4e-3)
decode_opt = torch.optim.Adam(decoder.parameters(), lr=4e-3)
for epoch in range(40):
    for idx in torch.randperm(340).chunk(17):
        noisy = clean[idx] + 0.25 * torch.randn(len(idx), 49)
        loss = (decoder(coder(noisy)) - clean[idx]).pow(2).mean()
        code_opt.zero_grad()
        decode_opt.zero_grad()
        loss.backward()
        code_opt.step()
        decode_opt.step()
with torch.no_grad():
    noisy = clean[340:] + 0.25 * torch.randn(80, 49)
    print("left", (decoder(coder(noisy)) - clean[340:]).pow(2).mean().item(), "of", clean[340:].var(0).mean().item())
"""

# The same as a body that was trained before: first the head alone, its body in eval; then all, with two rates.
THAWED = """
import torch
from torch import nn, optim

torch.manual_seed(SEED)
shape = torch.randn(6, 18, generator=torch.Generator().manual_seed(4))


def draw(n):
    kind = torch.randint(0, 6, (n,))
    return shape[kind] + 0.7 * torch.randn(n, 18), kind


body = nn.Sequential(nn.Linear(18, 48), nn.BatchNorm1d(48), nn.ReLU(), nn.Dropout(0.1))
x, kind = draw(480)
first = nn.Linear(48, 6)
opt = optim.Adam([*body.parameters(), *first.parameters()], lr=3e-3)
for _ in range(10):
    for idx in torch.randperm(480).split(32):
        opt.zero_grad()
        nn.functional.cross_entropy(first(body(x[idx])), kind[idx]).backward()
        opt.step()

x, kind = draw(260)
label = (kind % 2).float()
head = nn.Linear(48, 1)
bce = nn.BCEWithLogitsLoss()
for p in body.parameters():
    p.requires_grad_(False)
opt = optim.Adam(head.parameters(), lr=1e-2)
for epoch in range(20):
    if epoch == 8:
        for p in body.parameters():
            p.requires_grad_(True)
        opt.add_param_group({"params": list(body.parameters()), "lr": 5e-4})
    body.train(epoch >= 8)
    for idx in torch.randperm(180).split(20):
        loss = bce(head(body(x[idx])).squeeze(1), label[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
body.eval()
with torch.no_grad():
    print("error", ((head(body(x[180:])).squeeze(1) > 0).float() != label[180:]).float().mean().item())
"""

WELL: list[Case] = [
    case("swa_with_its_norms_counted_anew", AVERAGED, [], HEALTHY, ASKED + "update_bn after SWA"),
    case("sentences_packed", PACKED, [], HEALTHY, BOOK + ", 10.2"),
    case("crops_of_a_text", CROPS, [], HEALTHY, "nanoGPT's loop"),
    case("prices_in_groups_and_one_cycle", GROUPS, [], HEALTHY, ASKED + "no weight decay on biases, accumulation"),
    case("pictures_by_two_halves", TWO_HALVES, [], HEALTHY, RECIPE),
    case("body_thawed_later", THAWED, [], HEALTHY, CS231N + ", transfer learning"),
]
SICK: list[Case] = []
