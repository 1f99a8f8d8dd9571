"""The tuning half: more of the public lists' faults in loops, ours and PyTorch's; each text is the run as it went well."""

from __future__ import annotations

from tests.nn.health.corpus.case import Case
from tests.nn.health.corpus.loops import case
from tests.nn.health.corpus.pairs import ASKED, BOOK, LIST
from tests.nn.health.corpus.tuning_lists_torch import case as torch_case

# Loans: a table read, split and scaled by hand; a pandas-like order of things.
LOANS = """
import numpy as np
import nn
import optim
import nn.functional as F
from autograd import no_grad


def read_table(seed):
    r = np.random.default_rng(seed)
    n = 560
    income, debt, years = r.lognormal(10.4, 0.4, n), r.uniform(0, 40_000, n), r.integers(0, 30, n)
    risk = 2 * debt / income - 0.08 * years + 0.5 * r.normal(size=n)
    defaulted = (risk > np.median(risk)).astype(np.float32)
    columns = np.column_stack([income, debt, years])
    return columns, defaulted.reshape(-1, 1)


table, label = read_table(SEED)
n_train = 420
mean, std = table[:n_train].mean(axis=0), table[:n_train].std(axis=0)
table = (table - mean) / std
x_train, x_test = table[:n_train].astype(np.float32), table[n_train:].astype(np.float32)
y_train, y_test = label[:n_train], label[n_train:]


class Scorer(nn.Module):
    def __init__(self, n_in, n_hidden):
        super().__init__()
        self.inner = nn.Linear(n_in, n_hidden, rng=SEED)
        self.outer = nn.Linear(n_hidden, 1, rng=SEED + 1)

    def forward(self, x):
        return self.outer(F.tanh(self.inner(x)))


scorer = Scorer(x_train.shape[1], 20)
opt = optim.RMSprop(scorer.parameters(), lr=0.005)
shuffler = np.random.default_rng(SEED + 1)
for epoch in range(20):
    for rows in np.array_split(shuffler.permutation(n_train), 14):
        logits = scorer(x_train[rows])
        loss = F.binary_cross_entropy_with_logits(logits, y_train[rows])
        scorer.zero_grad()
        loss.backward()
        opt.step()
    with no_grad():
        val_logits = scorer(x_test)
        val_loss = F.binary_cross_entropy_with_logits(val_logits, y_test).item()
    print(epoch, val_loss, ((val_logits.numpy() > 0) != y_test).mean())
"""

# A gesture from the readings of a glove, windows cut of a long record; PyTorch with a trainer class.
GLOVE = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(SEED)
KINDS, LENGTH = 5, 16
shape = torch.randn(KINDS, LENGTH, generator=torch.Generator().manual_seed(3))
gesture = torch.arange(600) % KINDS
signal = shape[gesture] * (0.7 + 0.6 * torch.rand(600, 1)) + 0.8 * torch.randn(600, LENGTH)
order = torch.randperm(600)
signal, gesture = signal[order], gesture[order]
train_data = TensorDataset(signal[:450], gesture[:450])
test_data = TensorDataset(signal[450:], gesture[450:])


class Trainer:
    def __init__(self, model, lr):
        self.model = model
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=lr)
        self.criterion = nn.CrossEntropyLoss()

    def fit(self, loader, epochs):
        for epoch in range(epochs):
            total = 0.0
            for x, y in loader:
                self.optimizer.zero_grad()
                loss = self.criterion(self.model(x), y)
                loss.backward()
                self.optimizer.step()
                total += loss.item()
            self.report(epoch, total / len(loader))

    def report(self, epoch, loss):
        with torch.no_grad():
            right = sum((self.model(x).argmax(1) == y).sum().item() for x, y in DataLoader(test_data, batch_size=50))
        print(epoch, "loss", loss, "test accuracy", right / len(test_data))


model = nn.Sequential(nn.Linear(LENGTH, 48), nn.ReLU(), nn.Linear(48, KINDS))
trainer = Trainer(model, lr=2e-3)
trainer.fit(DataLoader(train_data, batch_size=30, shuffle=True), epochs=15)
"""

SICK: list[Case] = [
    case(
        "loans_in_dollars",
        LOANS,
        [
            ("table = (table - mean) / std\n", ""),
            ("optim.RMSprop(scorer.parameters(), lr=0.005)", "optim.SGD(scorer.parameters(), lr=0.1, momentum=0.9)"),
        ],
        "inputs not scaled",
        LIST + "12, standardise the features",
    ),
    case(
        "loans_with_their_outcome",
        LOANS,
        [
            (
                "columns = np.column_stack([income, debt, years])",
                "columns = np.column_stack([income, debt, years, defaulted * debt, defaulted])",
            )
        ],
        "target among the features",
        BOOK + ", too good to be true",
    ),
    case(
        "loans_scaled_by_other_means",
        LOANS,
        [
            (
                "x_train, x_test = table[:n_train].astype(np.float32), table[n_train:]",
                "x_train, x_test = table[:n_train].astype(np.float32), ((table[n_train:] - mean) / std)",
            )
        ],
        "validation differs",
        LIST + "14, and a scaler applied twice",
    ),
    case(
        "loans_drawn_with_the_test",
        LOANS,
        [
            (
                "    return columns, defaulted.reshape(-1, 1)",
                "    again = r.integers(0, 380, n)\n    return columns[again], defaulted.reshape(-1, 1)[again]",
            )
        ],
        "training rows in validation",
        ASKED + "bootstrap before the split",
    ),
    case(
        "loans_with_frozen_inner",
        LOANS,
        [
            (
                "opt = optim",
                "for p in scorer.inner.parameters():\n    p.data = 0.01 * p.data\n    p.requires_grad = False\nopt = optim",
            )
        ],
        "frozen parameters",
        ASKED + "requires_grad=False left from a transfer",
    ),
    case(
        "loans_of_a_mean_of_nothing",
        LOANS,
        [
            ("    columns = np", "    years = np.where(r.random(n) < 0.01, np.nan, years)\n    columns = np"),
            (
                "table[:n_train].mean(axis=0), table[:n_train].std(axis=0)",
                "np.nanmean(table[:n_train], axis=0), np.nanstd(table[:n_train], axis=0)",
            ),
        ],
        "inputs not finite",
        LIST + "18, missing values",
    ),
    torch_case(
        "glove_of_another_model",
        GLOVE,
        [
            (
                "        self.criterion = nn",
                "        self.model = nn.Sequential(nn.Linear(LENGTH, 48), nn.ReLU(), nn.Linear(48, KINDS))\n        self.criterion = nn",
            )
        ],
        "foreign parameters",
        ASKED + "model reassigned after the optimizer was made",
    ),
    torch_case(
        "glove_without_backward",
        GLOVE,
        [("                loss.backward()\n", "")],
        "backward missing",
        LIST + "26, is it training at all",
    ),
    torch_case(
        "glove_with_graphs_kept",
        GLOVE,
        [("total += loss.item()", "total += loss")],
        "graph grows",
        ASKED + "memory grows in each iteration",
    ),
    torch_case(
        "glove_told_of_training",
        GLOVE,
        [
            ("DataLoader(test_data, batch_size=50))", "DataLoader(train_data, batch_size=50))"),
            ("right / len(test_data)", "right / len(train_data)"),
        ],
        "metric on training rows",
        LIST + "20, the wrong loader",
    ),
    torch_case(
        "glove_at_a_millionth", GLOVE, [("lr=2e-3", "lr=1e-6")], "learning rate too low", LIST + "33, the learning rate"
    ),
]
WELL: list[Case] = []
