"""The tuning half: a few more of many trades; modes, optimizers made anew, and odd ones that are well."""

from __future__ import annotations

from typing import Any

import nn
import optim
from nn import functional
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import adam, sgd, split
from tests.nn.health.corpus.tuning_crafts import Walker, bars, bridges, steps_walked
from tests.nn.health.corpus.tuning_crafts_steps import DOSES, EVEN, LOUD
from tests.nn.health.corpus.tuning_crafts_surveys import SURVEY
from tests.nn.health.corpus.tuning_strangers_loops import script

ASKED = "question on a question site: "
FORUM = "question on a forum: "

# A list of optimizers, one a head and one for the trunk, made again by each call.
DOSES_AGAIN = (
    DOSES
    + """

def optimizers(net):
    yield optim.SGD(net.trunk.parameters(), lr=0.001, momentum=0.98)
    yield optim.SGD([*net.effect.parameters(), *net.risk.parameters()], lr=0.001, momentum=0.98)


for epoch in range(20):
    for rows in np.array_split(rng.permutation(400), 20):
        net.zero_grad()
        loss = both(rows)
        loss.backward()
        for optimizer in optimizers(net):
            optimizer.step()
    print(epoch, loss.item(), both(np.arange(400, 500)).item())
"""
)

SOUNDS_FROZEN_NORM = (
    LOUD
    + """

def set_mode(module, training):
    # Dropout only in training; batch norm always by its averages, as in fine-tuning.
    module.train(training)
    for part in module.modules():
        if isinstance(part, nn.BatchNorm1d):
            part.eval()


ear = Ear(drop=0.1)
optimizer = optim.SGD(ear.parameters(), lr=0.005, momentum=0.9)
for epoch in range(12):
    set_mode(ear, True)
    for rows in np.array_split(rng.permutation(train), 10):
        optimizer.zero_grad()
        criterion(ear(sound[rows]), kind[rows]).backward()
        optimizer.step()
    set_mode(ear, False)
    print(epoch, right(ear, test))
"""
)

SURVEY_AVERAGE = (
    SURVEY
    + """
x, y = answers[:500], satisfied[:500]
x_val, y_val = answers[500:], satisfied[500:]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(30, 48, rng=SEED)
        self.out = nn.Linear(48, 1, rng=SEED + 1)
        self.drop = nn.Dropout(0.6, rng=SEED)

    def forward(self, x):
        return self.out(self.drop(F.relu(self.hidden(self.drop(x)))))


def accuracy(model, x, y):
    with no_grad():
        return ((model(x).numpy() > 0) == (y > 0.5)).mean()


net = Net()
optimizer = optim.Adam(net.parameters(), lr=0.003)
for epoch in range(25):
    for rows in np.array_split(rng.permutation(500), 16):
        optimizer.zero_grad()
        F.binary_cross_entropy_with_logits(net(x[rows]), y[rows]).backward()
        optimizer.step()
    print(epoch, accuracy(net, x, y), accuracy(net, x_val, y_val))
"""
)

SURVEY_TOTAL = (
    SURVEY
    + """
model = nn.Sequential(nn.Linear(30, 16, rng=SEED), nn.Hardswish(), nn.Linear(16, 1, rng=SEED + 1))
optimizer = optim.Adam(model.parameters(), lr=0.005)
criterion = nn.BCEWithLogitsLoss()
for epoch in range(15):
    total_loss = 0.0
    for rows in np.array_split(rng.permutation(600), 24):
        optimizer.zero_grad()
        loss = criterion(model(answers[rows]), satisfied[rows])
        total_loss += loss.item() / 24
        optimizer.step()
    with no_grad():
        print(epoch, total_loss, criterion(model(answers[600:]), satisfied[600:]).item())
"""
)

# The ones that are well.

SOUNDS_TEACHER = (
    EVEN
    + """
teacher, pupil = Ear(), Ear()
optimizer = optim.Adam(teacher.parameters(), lr=0.01)
for epoch in range(12):
    teacher.train()
    for rows in np.array_split(rng.permutation(train), 10):
        optimizer.zero_grad()
        criterion(teacher(sound[rows]), kind[rows]).backward()
        optimizer.step()
teacher.eval()
optimizer = optim.Adam(pupil.parameters(), lr=0.01)
for epoch in range(12):
    pupil.train()
    for rows in np.array_split(rng.permutation(train), 10):
        with no_grad():
            wanted = nn.functional.softmax(teacher(sound[rows]), 1)
        optimizer.zero_grad()
        loss = -(wanted * nn.functional.log_softmax(pupil(sound[rows]), 1)).sum(axis=1).mean()
        loss.backward()
        optimizer.step()
    pupil.eval()
    print(epoch, loss.item(), right(pupil, test))
"""
)

DOSES_IN_TURN = (
    DOSES
    + """
first = optim.Adam([*net.trunk.parameters(), *net.effect.parameters()], lr=0.005)
second = optim.Adam([*net.trunk.parameters(), *net.risk.parameters()], lr=0.005)
for epoch in range(25):
    for k, rows in enumerate(np.array_split(rng.permutation(400), 16)):
        one, two = net(body[rows])
        net.zero_grad()
        if k % 2:
            F.mse_loss(one, effect[rows]).backward()
            first.step()
        else:
            F.binary_cross_entropy_with_logits(two, risk[rows]).backward()
            second.step()
    with no_grad():
        print(epoch, both(np.arange(400, 500)).item())
"""
)


def beams_by_quantile(seed: int) -> Setup:
    """The value that nine of ten stay under."""

    def pinball(out: Any, y: Any) -> Any:
        off = y - out
        return functional.relu(off).mean() * 0.9 + functional.relu(-off).mean() * 0.1

    model = mlp([4, 32, 1], seed)
    train, held = split(bridges(seed), 340)
    return Setup(model, *train, pinball, adam(model, 0.005), validation=held, epochs=25)


def walkers_by_adagrad(seed: int) -> Setup:
    model = Walker(seed)
    return Setup(model, *steps_walked(seed), nn.LogCoshLoss(), optim.Adagrad(model.parameters(), lr=0.05), epochs=20)


def bars_in_eights(seed: int) -> Setup:
    model = nn.Sequential(
        nn.Conv2d(1, 6, 3, rng=seed),
        nn.BatchNorm2d(6),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(54, 4, rng=seed),
    )
    train, held = split(bars(seed), 280)
    return Setup(model, *train, nn.CrossEntropyLoss(), sgd(model, 0.02, 0.9), validation=held, epochs=10, batch_size=8)


SICK = [
    script(
        "doses_by_a_generator_of_optimizers",
        DOSES_AGAIN,
        "optimizer made anew",
        FORUM + "a function that gives the optimizers",
    ),
    script(
        "sounds_with_norms_held",
        SOUNDS_FROZEN_NORM,
        "evaluation mode in training",
        FORUM + "batch norm frozen from scratch",
        ("running statistics",),
    ),
    script(
        "survey_judged_with_dropout", SURVEY_AVERAGE, "training mode in evaluation", ASKED + "no_grad taken for eval"
    ),
    script("survey_by_totals", SURVEY_TOTAL, "backward missing", ASKED + "weights are not updated"),
]
WELL = [
    script("sounds_by_a_pupil", SOUNDS_TEACHER, HEALTHY, "Hinton and others, Distilling"),
    script("doses_in_turn", DOSES_IN_TURN, HEALTHY, "Caruana, Multitask learning; heads in turn"),
    Case(beams_by_quantile, HEALTHY, "Koenker, Quantile regression"),
    Case(walkers_by_adagrad, HEALTHY, "Duchi and others, Adagrad"),
    Case(bars_in_eights, HEALTHY, "small batches that do"),
]
