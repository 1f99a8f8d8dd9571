"""The tuning half: loops over PyTorch as question sites show them; each text is the run as it went well."""

from __future__ import annotations

from tests.nn.health.corpus.case import Case
from tests.nn.health.corpus.pairs import ASKED, LIST, RECIPE
from tests.nn.health.corpus.tuning_lists_torch import case

# Which herb a leaf is of: filters, a DataLoader, dropout as a function, functions for a round and a look.
HERB = """
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(SEED)
N = 400
kind = torch.randint(0, 3, (N,))
grid = torch.linspace(-1, 1, 9)
yy, xx = torch.meshgrid(grid, grid, indexing="ij")
stretch = torch.tensor([[0.3, 1.0], [1.0, 0.3], [0.55, 0.55]])[kind]
leaf = ((xx / stretch[:, 0, None, None]) ** 2 + (yy / stretch[:, 1, None, None]) ** 2 < 0.8).float()
images = (2 * leaf - 0.6 + 0.5 * torch.randn(N, 9, 9)).unsqueeze(1)
train_ds = TensorDataset(images[:300], kind[:300])
test_ds = TensorDataset(images[300:], kind[300:])
train_loader = DataLoader(train_ds, batch_size=20, shuffle=True)
test_loader = DataLoader(test_ds, batch_size=50)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 3)
        self.conv2 = nn.Conv2d(6, 12, 2)
        self.fc1 = nn.Linear(12 * 9, 24)
        self.fc2 = nn.Linear(24, 3)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2, padding=1)
        x = F.relu(self.conv2(x))
        x = x.flatten(1)
        x = F.relu(self.fc1(x))
        x = F.dropout(x, p=0.2, training=self.training)
        return F.log_softmax(self.fc2(x), dim=1)


def train(model, loader, optimizer, epoch):
    model.train()
    for batch_idx, (data, target) in enumerate(loader):
        optimizer.zero_grad()
        output = model(data)
        loss = F.nll_loss(output, target)
        loss.backward()
        optimizer.step()
    print("Train Epoch: {} Loss: {:.4f}".format(epoch, loss.item()))


def test(model, loader):
    model.eval()
    test_loss, correct = 0.0, 0
    with torch.no_grad():
        for data, target in loader:
            output = model(data)
            test_loss += F.nll_loss(output, target, reduction="sum").item()
            correct += output.argmax(dim=1).eq(target).sum().item()
    print("Test set: {:.4f}, {}/{}".format(test_loss / len(loader.dataset), correct, len(loader.dataset)))


model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9)
for epoch in range(1, 13):
    train(model, train_loader, optimizer, epoch)
    test(model, test_loader)
"""

# How late a tram comes from what it did at the last stops: an LSTM with a first state of its own.
TRAM = """
import numpy as np
import torch
from torch import nn

np.random.seed(SEED)
torch.manual_seed(SEED)
stops = 10
delay = np.zeros((360, stops + 1, 2), dtype=np.float32)
delay[:, :, 1] = np.random.rand(360, stops + 1) < 0.3
for s in range(1, stops + 1):
    delay[:, s, 0] = 0.8 * delay[:, s - 1, 0] + 1.2 * delay[:, s - 1, 1] - 0.3 + 0.1 * np.random.randn(360)
X = torch.from_numpy(delay[:, :stops].copy())
y = torch.from_numpy(delay[:, stops, :1].copy())
y = (y - y[:280].mean()) / y[:280].std()
X_train, y_train, X_val, y_val = X[:280], y[:280], X[280:], y[280:]


class TramLSTM(nn.Module):
    def __init__(self, input_dim=2, hidden_dim=20, layers=1):
        super().__init__()
        self.hidden_dim, self.layers = hidden_dim, layers
        self.lstm = nn.LSTM(input_dim, hidden_dim, layers, batch_first=True)
        self.linear = nn.Linear(hidden_dim, 1)

    def forward(self, x):
        h0 = torch.zeros(self.layers, x.size(0), self.hidden_dim)
        c0 = torch.zeros(self.layers, x.size(0), self.hidden_dim)
        out, _ = self.lstm(x, (h0, c0))
        return self.linear(out[:, -1])


model = TramLSTM()
loss_fn = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=10, gamma=0.5)
batch_size, epochs = 28, 30
for epoch in range(epochs):
    permutation = torch.randperm(X_train.size(0))
    for i in range(0, X_train.size(0), batch_size):
        indices = permutation[i : i + batch_size]
        y_pred = model(X_train[indices])
        loss = loss_fn(y_pred, y_train[indices])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    scheduler.step()
    with torch.no_grad():
        val_loss = loss_fn(model(X_val), y_val)
    if epoch % 5 == 0:
        print(f"epoch {epoch} loss {loss.item():.3f} val {val_loss.item():.3f}")
"""

# Which of four answers fits a question: an encoder from elsewhere and a head, weights by hand in one place.
QUIZ = """
import torch
from torch import nn, optim

torch.manual_seed(SEED)
VOCAB, DIM = 26, 12
words = torch.randint(0, VOCAB, (520, 5))
weight_of = torch.randn(VOCAB, generator=torch.Generator().manual_seed(2))
answer = torch.bucketize(weight_of[words].sum(1), torch.tensor([-1.6, 0.0, 1.6]))


class Encoder(nn.Module):
    def __init__(self, dim=DIM):
        super().__init__()
        self.emb = nn.Embedding(VOCAB, dim)
        self.mix = nn.Linear(dim, dim)

    def forward(self, words):
        return torch.tanh(self.mix(self.emb(words))).sum(dim=1)


class Quiz(nn.Module):
    def __init__(self, encoder, dim=DIM):
        super().__init__()
        self.encoder = encoder
        self.head = nn.Sequential(nn.Linear(dim, 16), nn.ReLU(), nn.Linear(16, 4))

    def forward(self, words):
        features = self.encoder(words)
        return self.head(features)


quiz = Quiz(Encoder())
ce = nn.CrossEntropyLoss()
opt = optim.AdamW(quiz.parameters(), lr=0.01, weight_decay=0.01)
train_words, train_answer, dev_words, dev_answer = words[:420], answer[:420], words[420:], answer[420:]
for epoch in range(25):
    quiz.train()
    for idx in torch.randperm(420).split(30):
        out = quiz(train_words[idx])
        loss = ce(out, train_answer[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    quiz.eval()
    with torch.no_grad():
        acc = (quiz(dev_words).argmax(-1) == dev_answer).float().mean()
    print(epoch, loss.item(), acc.item())
"""

SICK: list[Case] = [
    case(
        "herb_dropped_when_it_is_tested",
        HERB,
        [("p=0.2, training=self.training", "p=0.8")],
        "training mode in evaluation",
        ASKED + "F.dropout is always on",
    ),
    case(
        "herb_tested_with_what_was_trained",
        HERB,
        [("    test(model, test_loader)", "    test(model, train_loader)")],
        "metric on training rows",
        LIST + "14",
    ),
    case(
        "herb_with_a_call_that_is_none",
        HERB,
        [("        optimizer.step()\n", "        optimizer.step\n")],
        "step missing",
        ASKED + "optimizer.step without parentheses",
    ),
    case(
        "herb_of_the_first_batch",
        HERB,
        [
            (
                "for batch_idx, (data, target) in enumerate(loader):",
                "for batch_idx in range(len(loader)):\n        torch.manual_seed(0)\n        data, target = next(iter(loader))",
            ),
            ("batch_size=20", "batch_size=2"),
            ("lr=0.03", "lr=0.003"),
        ],
        "same batch again",
        ASKED + "manual_seed in the loop, next(iter(loader))",
    ),
    case(
        "herb_that_keeps_its_gradients",
        HERB,
        [("        optimizer.zero_grad()\n", "")],
        "gradients not zeroed",
        "most common neural net mistakes: forgot zero_grad",
    ),
    case(
        "herb_at_a_rate_for_one_layer",
        HERB,
        [("lr=0.03, momentum=0.9", "lr=2.0, momentum=0.9")],
        "learning rate too high",
        LIST + "33",
    ),
    case(
        "tram_with_a_schedule_in_its_batches",
        TRAM,
        [
            ("    scheduler.step()\n", ""),
            ("        optimizer.step()\n", "        optimizer.step()\n        scheduler.step()\n"),
            ("step_size=10, gamma=0.5", "step_size=1, gamma=0.6"),
        ],
        "scheduler out of order",
        ASKED + "scheduler.step() in the batch loop",
        ("rate decays too fast",),
    ),
    case(
        "tram_whose_rate_is_gone",
        TRAM,
        [("step_size=10, gamma=0.5", "step_size=1, gamma=0.02"), ("lr=0.01", "lr=0.003")],
        "rate decays too fast",
        RECIPE + ", do not trust learning rate decay",
    ),
    case(
        "tram_with_an_lambda_that_is_a_rate",
        TRAM,
        [("StepLR(optimizer, step_size=10, gamma=0.5)", "LambdaLR(optimizer, lambda epoch: 1e-3 * 0.97**epoch)")],
        "learning rate too low",
        ASKED + "LambdaLR multiplies the initial rate",
    ),
    case(
        "tram_with_its_losses_kept",
        TRAM,
        [
            ("    permutation =", "    total = 0\n    permutation ="),
            (
                "        optimizer.zero_grad()\n        loss.backward()\n",
                "        total = total + loss\n        optimizer.zero_grad()\n        loss.backward()\n",
            ),
        ],
        "graph grows",
        ASKED + "memory grows, total_loss += loss",
    ),
    case(
        "tram_stepped_by_its_value",
        TRAM,
        [
            (
                "torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)",
                "torch.nn.utils.clip_grad_value_(model.parameters(), 1e-6)",
            ),
            (
                "torch.optim.Adam(model.parameters(), lr=0.01)",
                "torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)",
            ),
        ],
        "clipping too tight",
        LIST + "32",
    ),
    case(
        "quiz_with_an_encoder_under_no_grad",
        QUIZ,
        [
            (
                "        features = self.encoder(words)\n",
                "        with torch.no_grad():\n            features = self.encoder(words)\n",
            ),
            ("DIM = 26, 12", "DIM = 26, 2"),
        ],
        "missing gradients",
        ASKED + "no_grad around the encoder, left in",
    ),
    case(
        "quiz_whose_encoder_is_another",
        QUIZ,
        [("opt = optim.AdamW(quiz.parameters()", "opt = optim.AdamW(Quiz(Encoder()).parameters()")],
        "foreign parameters",
        ASKED + "optimizer of a second instance",
    ),
    case(
        "quiz_whose_encoder_hides",
        QUIZ,
        [
            ("self.encoder = encoder", "self.encoder = [encoder]"),
            ("self.encoder(words)", "self.encoder[0](words)"),
            ("DIM = 26, 12", "DIM = 26, 2"),
        ],
        "unregistered parameters",
        ASKED + "module in a list to avoid registering",
    ),
    case(
        "quiz_frozen_before_it_knows_anything",
        QUIZ,
        [
            ("ce = nn", "for p in quiz.encoder.parameters():\n    p.requires_grad = False\nce = nn"),
            ("DIM = 26, 12", "DIM = 26, 2"),
        ],
        "frozen parameters",
        LIST + "25, unintentionally frozen",
    ),
    case(
        "quiz_that_starts_over",
        QUIZ,
        [
            (
                "    quiz.train()\n",
                "    quiz = Quiz(Encoder())\n    opt = optim.AdamW(quiz.parameters(), lr=0.002)\n    quiz.train()\n",
            )
        ],
        "model made anew",
        ASKED + "accuracy at chance in each epoch",
    ),
]
WELL: list[Case] = []
