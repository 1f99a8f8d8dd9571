"""The tuning half: more loops of people in many trades; states carried on, surveys, stages."""

from __future__ import annotations

from tests.nn.health.corpus.tuning_crafts_rates import BEANS
from tests.nn.health.corpus.tuning_strangers_loops import script

ASKED = "question on a question site: "
FORUM = "question on a forum: "

# A cell that watches a machine step by step and carries its state on.
MACHINE = """
import numpy as np
import nn
import optim
from autograd import Tensor, no_grad, stack

rng = np.random.default_rng(SEED)
load = rng.normal(size=(900, 2)).astype(np.float32)
heat = np.zeros(900, np.float32)
for t in range(1, 900):
    heat[t] = 0.8 * heat[t - 1] + 0.5 * np.tanh(load[t, 0]) + 0.2 * load[t, 1]
heat = heat[:, None] / heat.std()

cell = nn.GRUCell(2, 10, rng=SEED)
readout = nn.Linear(10, 1, rng=SEED + 1)
optimizer = optim.Adam([*cell.parameters(), *readout.parameters()], lr=0.01)
state = Tensor(np.zeros((1, 10), np.float32))
chunk = 6
for start in range(0, 600, chunk):
    optimizer.zero_grad()
    loss = 0.0
    for t in range(start, start + chunk):
        state = cell(load[t : t + 1], state)
        loss = loss + ((readout(state) - heat[t]) ** 2).mean() / chunk
    loss.backward()
    optimizer.step()
    if start % 120 == 0:
        print(start, loss.item())
"""

MEMORY = """
import numpy as np
import nn
import optim
from autograd import Tensor, no_grad

rng = np.random.default_rng(SEED)
x = rng.uniform(-2, 2, (400, 3)).astype(np.float32)
y = (x[:, 0] * x[:, 1] > 0.3 * x[:, 2]).astype(np.int64)


class Centred(nn.Module):
    \"\"\"Takes a running mean of the hidden values away.\"\"\"

    def __init__(self, width):
        super().__init__()
        self.mean = Tensor(np.zeros(width, np.float32))

    def forward(self, h):
        if self.training:
            self.mean = 0.9 * self.mean + 0.1 * h.mean(axis=0)
        return h - self.mean


model = nn.Sequential(nn.Linear(3, 24, rng=SEED), Centred(24), nn.ReLU(), nn.Linear(24, 2, rng=SEED + 1))
optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for epoch in range(8):
    model.train()
    order = rng.permutation(320)
    for rows in order.reshape(-1, 16):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with no_grad():
        print(epoch, (model(x[320:]).numpy().argmax(axis=1) == y[320:]).mean())
"""

# Many columns of a survey and few people: dropout is what keeps it from learning by heart.
SURVEY = """
import numpy as np
import nn
import optim
from nn import functional as F
from autograd import no_grad

rng = np.random.default_rng(SEED)
answers = rng.normal(size=(700, 30)).astype(np.float32)
satisfied = (answers[:, :6].sum(axis=1) + 1.5 * rng.normal(size=700) > 0).astype(np.float32)[:, None]
x, y, x_val, y_val = answers[:120], satisfied[:120], answers[120:], satisfied[120:]
"""

SURVEY_EVAL = (
    SURVEY
    + """
model = nn.Sequential(
    nn.Dropout(0.4, rng=SEED), nn.Linear(30, 100, rng=SEED), nn.ReLU(), nn.Dropout(0.6, rng=SEED + 1), nn.Linear(100, 1, rng=SEED)
)
optimizer = optim.Adam(model.parameters(), lr=0.01)


def validate():
    model.eval()
    with no_grad():
        return F.binary_cross_entropy_with_logits(model(x_val), y_val).item()


print("start:", validate())
for epoch in range(40):
    for rows in np.array_split(rng.permutation(120), 6):
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
    print(epoch, loss.item(), validate())
"""
)

SURVEY_ENTROPY = (
    SURVEY
    + """
model = nn.Sequential(nn.Linear(30, 16, rng=SEED), nn.Tanh(), nn.Linear(16, 1, rng=SEED))
optimizer = optim.Adam(model.parameters(), lr=0.003)
warm_up = 50
for epoch in range(30):
    weight = epoch // warm_up
    for rows in np.array_split(rng.permutation(700), 20):
        out = model(answers[rows])
        p = F.sigmoid(out)
        entropy = -(p * F.logsigmoid(out) + (1 - p) * F.logsigmoid(-out)).mean()
        loss = 0.1 * entropy + weight * F.binary_cross_entropy_with_logits(out, satisfied[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
"""
)

SURVEY_NO_BACKWARD = (
    SURVEY
    + """
model = nn.Sequential(nn.Linear(30, 24, rng=SEED), nn.LeakyReLU(0.1), nn.Linear(24, 1, rng=SEED + 1))
optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
loss_fn = nn.BCEWithLogitsLoss()


def step(batch, train=True):
    out = model(answers[batch])
    loss = loss_fn(out, satisfied[batch])
    if train:
        optimizer.zero_grad()
        optimizer.step()
    return loss.item()


for epoch in range(15):
    order = rng.permutation(600)
    losses = [step(order[k : k + 30]) for k in range(0, 600, 30)]
    print(epoch, sum(losses) / len(losses), step(np.arange(600, 700), train=False))
"""
)

# More of the beans.
BEANS_DICT = (
    BEANS.replace("BATCH", "24")
    + """

class Experts(nn.Module):
    def __init__(self, count=4):
        super().__init__()
        self.gate = nn.Linear(7, count, rng=SEED)
        self.experts = {k: nn.Linear(7, 5, rng=SEED + k) for k in range(count)}
        for expert in self.experts.values():
            expert.weight.data = 0.1 * expert.weight.data

    def forward(self, x):
        share = F.softmax(self.gate(x), 1)
        return sum(share[:, k : k + 1] * expert(x) for k, expert in self.experts.items())


model = Experts()
optimizer = optim.Adam(model.parameters(), lr=0.02)
for epoch in range(15):
    for inputs, targets in data:
        optimizer.zero_grad()
        F.cross_entropy(model(inputs), targets).backward()
        optimizer.step()
    print(epoch, wrong(model))
"""
)

BEANS_FROZEN = (
    BEANS.replace("BATCH", "40")
    + """
trunk = nn.Sequential(nn.Linear(7, 3, rng=SEED), nn.Tanh())
head = nn.Linear(3, 5, rng=SEED + 1)
stages = [(5, False), (20, False)]  # first the head alone, then both
for epochs, trunk_learns in stages:
    for p in trunk.parameters():
        p.requires_grad = trunk_learns
    optimizer = optim.Adam([p for p in [*trunk.parameters(), *head.parameters()] if p.requires_grad], lr=0.01)
    for epoch in range(epochs):
        for inputs, targets in data:
            optimizer.zero_grad()
            loss = F.cross_entropy(head(trunk(inputs)), targets)
            loss.backward()
            optimizer.step()
    print(loss.item(), wrong(lambda x: head(trunk(x))))
"""
)

SICK = [
    script("machine_heat_by_a_cell", MACHINE, "graph grows", FORUM + "hidden state carried on, slower each step"),
    script("running_mean_of_hidden_values", MEMORY, "graph grows", FORUM + "memory grows with an own normalisation"),
    script(
        "survey_validated_first",
        SURVEY_EVAL,
        "evaluation mode in training",
        ASKED + "model.eval() in validate, never train()",
    ),
    script(
        "survey_with_a_warm_up",
        SURVEY_ENTROPY,
        "loss ignores targets",
        "Grandvalet and Bengio, entropy minimization; an integer division",
    ),
    script("survey_by_a_step_with_a_flag", SURVEY_NO_BACKWARD, "backward missing", ASKED + "loss does not change"),
    script("beans_by_experts", BEANS_DICT, "unregistered parameters", ASKED + "modules in a dict"),
    script("beans_in_two_stages", BEANS_FROZEN, "frozen parameters", FORUM + "the trunk never unfrozen"),
]
