"""The tuning half: more loops over PyTorch that are fine: doubts, patches, a reservoir, forms with gaps, two losses."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.pairs import ASKED, BOOK, LIST, RECIPE
from tests.nn.health.corpus.tuning_lists_torch import case

# A Gaussian's mean and spread, and a number of networks.
ENSEMBLE = """
import torch
from torch import nn

torch.manual_seed(SEED)
t = torch.rand(360, 1) * 6 - 3
v = torch.sin(1.5 * t) + (0.1 + 0.15 * t.abs()) * torch.randn_like(t)


def make():
    return nn.Sequential(nn.Linear(1, 40), nn.SiLU(), nn.Linear(40, 40), nn.SiLU(), nn.Linear(40, 2))


members = [make() for _ in range(3)]
criterion = nn.GaussianNLLLoss()
for m, net in enumerate(members):
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
    for epoch in range(60):
        for idx in torch.randperm(280).split(28):
            mean, log_var = net(t[idx]).chunk(2, dim=1)
            loss = criterion(mean, v[idx], log_var.exp())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    print("member", m, loss.item())
with torch.no_grad():
    mean = torch.stack([net(t[280:])[:, :1] for net in members]).mean(0)
    print("held", (mean - v[280:]).pow(2).mean().item())
"""

# A transformer over patches of a signal, with a warm-up in LambdaLR that steps with the optimizer.
PATCHES = """
import math
import torch
from torch import nn

torch.manual_seed(SEED)
n = 480
kind = torch.randint(0, 4, (n,))
time = torch.arange(48).float()
freq = torch.tensor([0.3, 0.5, 0.8, 1.3])[kind][:, None]
signal = torch.sin(freq * time + 6.28 * torch.rand(n, 1)) + 0.5 * torch.randn(n, 48)


class PatchNet(nn.Module):
    def __init__(self, patch=8, dim=24):
        super().__init__()
        self.patch = patch
        self.embed = nn.Linear(patch, dim)
        self.cls = nn.Parameter(torch.zeros(1, 1, dim))
        self.pos = nn.Parameter(0.02 * torch.randn(1, 48 // patch + 1, dim))
        layer = nn.TransformerEncoderLayer(dim, 4, 48, dropout=0.0, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Sequential(nn.LayerNorm(dim), nn.Linear(dim, 4))

    def forward(self, x):
        h = self.embed(x.unfold(1, self.patch, self.patch))
        h = torch.cat([self.cls.expand(len(x), -1, -1), h], dim=1) + self.pos
        return self.head(self.encoder(h)[:, 0])


model = PatchNet()
epochs, size = 16, 32
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
steps = epochs * (400 // size + 1)
schedule = torch.optim.lr_scheduler.LambdaLR(
    optimizer, lambda s: min(1.0, (s + 1) / 20) * 0.5 * (1 + math.cos(math.pi * min(1.0, s / steps)))
)
for epoch in range(epochs):
    model.train()
    for idx in torch.randperm(400).split(size):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(signal[idx]), kind[idx])
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
model.eval()
with torch.no_grad():
    print("errors", (model(signal[400:]).argmax(1) != kind[400:]).float().mean().item())
"""

# Fixed random features on purpose, a ridge and nothing else trained.
RESERVOIR = """
import torch
from torch import nn

torch.manual_seed(SEED)
steps = torch.arange(900).float()
wave = torch.sin(steps / 5) * torch.sin(steps / 13) + 0.05 * torch.randn(900)


class Echo(nn.Module):
    def __init__(self, size=60):
        super().__init__()
        self.register_buffer("w_in", torch.rand(size, 1) - 0.5)
        w = torch.randn(size, size)
        self.register_buffer("w", 0.9 * w / torch.linalg.eigvals(w).abs().max())
        self.readout = nn.Linear(size, 1)

    def states(self, series):
        h = torch.zeros(len(self.w))
        states = []
        for value in series:
            h = torch.tanh(self.w_in[:, 0] * value + self.w @ h)
            states.append(h)
        return torch.stack(states)

    def forward(self, h):
        return self.readout(h)


echo = Echo()
with torch.no_grad():
    h = echo.states(wave[:-1])
target = wave[1:, None]
optimizer = torch.optim.Adam(echo.parameters(), lr=0.01, weight_decay=1e-5)
for epoch in range(60):
    for idx in torch.randperm(650).split(50):
        rows = idx + 50
        loss = (echo(h[rows]) - target[rows]).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    print("test", (echo(h[700:]) - target[700:]).pow(2).mean().item(), target[700:].var().item())
"""

# A dataset class with gaps, indicators, and codes for the columns of words.
FORMS = """
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, Subset, WeightedRandomSampler

torch.manual_seed(SEED)


class Forms(Dataset):
    def __init__(self, n=800):
        self.code = torch.randint(0, 6, (n,))
        self.number = torch.randn(n, 3)
        self.gone = torch.rand(n, 3) < 0.1
        score = 1.6 * self.number[:, 0] - 1.2 * self.number[:, 1] + torch.tensor([1.0, -1.0, 0.5, 0.0, -0.5, 2.0])[self.code]
        self.label = (score > 2.2).float()

    def __len__(self):
        return len(self.code)

    def __getitem__(self, i):
        number = torch.where(self.gone[i], torch.zeros(3), self.number[i])
        return self.code[i], torch.cat([number, self.gone[i].float()]), self.label[i]


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.code = nn.Embedding(6, 4)
        self.net = nn.Sequential(nn.Linear(10, 32), nn.PReLU(), nn.Linear(32, 1))

    def forward(self, code, number):
        return self.net(torch.cat([self.code(code), number], dim=1)).squeeze(-1)


forms = Forms()
train, held = Subset(forms, range(640)), Subset(forms, range(640, 800))
labels = forms.label[:640]
weights = torch.where(labels == 1, 0.5 / labels.sum(), 0.5 / (1 - labels).sum())
loader = DataLoader(train, batch_size=32, sampler=WeightedRandomSampler(weights, 640))
model = Model()
optimizer = torch.optim.NAdam(model.parameters(), lr=0.005)
loss_fn = nn.BCEWithLogitsLoss()
for epoch in range(12):
    for code, number, label in loader:
        optimizer.zero_grad()
        loss_fn(model(code, number), label).backward()
        optimizer.step()
with torch.no_grad():
    code, number, label = next(iter(DataLoader(held, batch_size=160)))
    said = model(code, number) > 0
print("balanced accuracy", (said[label == 1].float().mean() + (~said)[label == 0].float().mean()).item() / 2)
"""

# Two losses over one code: what came in should come out again, and its kind be told.
JOINED = """
import torch
from torch import nn

torch.manual_seed(SEED)
g = torch.Generator().manual_seed(2)
loading, centre = torch.randn(4, 20, generator=g), 1.5 * torch.randn(3, 4, generator=g)
kind = torch.randint(0, 3, (540,))
code = centre[kind] + 0.7 * torch.randn(540, 4)
spectrum = code @ loading / 2 + 0.2 * torch.randn(540, 20)
spectrum = (spectrum - spectrum.mean(0)) / spectrum.std(0)
encoder = nn.Sequential(nn.Linear(20, 32), nn.ELU(), nn.Linear(32, 4))
decoder = nn.Sequential(nn.Linear(4, 32), nn.ELU(), nn.Linear(32, 20))
teller = nn.Linear(4, 3)
params = [p for part in (encoder, decoder, teller) for p in part.parameters()]
optimizer = torch.optim.Adam(params, lr=4e-3)
for epoch in range(30):
    sums = [0.0, 0.0]
    for idx in torch.randperm(420).split(30):
        z = encoder(spectrum[idx])
        again = nn.functional.mse_loss(decoder(z), spectrum[idx])
        told = nn.functional.cross_entropy(teller(z), kind[idx])
        loss = again + 0.5 * told
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        sums = [sums[0] + again.item(), sums[1] + told.item()]
    print(epoch, *sums)
with torch.no_grad():
    z = encoder(spectrum[420:])
    print(nn.functional.mse_loss(decoder(z), spectrum[420:]).item(), (teller(z).argmax(1) == kind[420:]).float().mean().item())
"""

WELL: list[Case] = [
    case("three_networks_with_doubt", ENSEMBLE, [], HEALTHY, "Lakshminarayanan and others, deep ensembles"),
    case("signals_in_patches", PATCHES, [], HEALTHY, ASKED + "warm-up by LambdaLR in steps"),
    case("reservoir_and_readout", RESERVOIR, [], HEALTHY, BOOK + ", 10.8, echo states"),
    case("forms_with_a_sampler", FORMS, [], HEALTHY, LIST + "9, WeightedRandomSampler"),
    case("spectra_told_and_drawn", JOINED, [], HEALTHY, RECIPE),
]
SICK: list[Case] = []
