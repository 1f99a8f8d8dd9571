"""The tuning half: a few threads more, as scripts; each text is the run as it went well."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.tuning_offices_loops import HEAD, case

# Colours of digits; gradients are put back to nought in a place of their own.
COLOURS = (
    HEAD
    + """
data = nn.load_digits_split()
images, labels = data.train_images[:640], data.train_labels[:640]
tint = rng.normal(size=(640, 3))
x = np.hstack([images - images.mean(axis=0), 0.3 * tint]).astype(np.float32)
model = nn.Sequential(nn.Linear(67, 48, rng=SEED), nn.ReLU(), nn.Linear(48, 10, rng=SEED + 1))
opt = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)


def test():
    with no_grad():
        return (model(x[520:]).numpy().argmax(axis=1) == labels[520:]).mean()


best = 0.0
for epoch in range(15):
    model.train()
    opt.zero_grad()
    loss_sum = 0.0
    for batch_idx, rows in enumerate(np.array_split(rng.permutation(520), 16)):
        opt.zero_grad()
        loss = F.cross_entropy(model(x[rows]), labels[rows])
        loss.backward()
        opt.step()
        loss_sum += loss.item()
    accuracy = test()
    best = max(best, accuracy)
    print(epoch, loss_sum / 16, accuracy)
print("held", 1 - accuracy)
"""
)

# Kinds of ground, told twice on a logarithmic scale, which is the same as once.
GROUND = (
    HEAD
    + """
kind = rng.integers(0, 5, 500)
band = (np.random.default_rng(21).normal(size=(5, 7))[kind] + 0.7 * rng.normal(size=(500, 7))).astype(np.float32)
net = nn.Sequential(nn.Linear(7, 32, rng=SEED), nn.ReLU(), nn.Linear(32, 5, rng=SEED + 1))
optimizer = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)


def loss_calc(pred, label):
    pred = F.log_softmax(pred, dim=1)
    return F.cross_entropy(pred, label)


for i_iter in range(300):
    rows = rng.integers(0, 400, 32)
    optimizer.zero_grad()
    loss = loss_calc(net(band[rows]), kind[rows])
    loss.backward()
    optimizer.step()
with no_grad():
    print("held", (net(band[400:]).numpy().argmax(axis=1) != kind[400:]).mean())
"""
)

SICK: list[Case] = [
    case(
        "digits_with_a_tint",
        COLOURS,
        [("        opt.zero_grad()\n        loss = F", "        loss = F")],
        "gradients not zeroed",
        "corr_based_prediction issue 1, does the model need to accumulate the gradients",
    ),
]
WELL: list[Case] = [
    case(
        "ground_told_twice",
        GROUND,
        [],
        HEALTHY,
        "Pytorch-Deeplab issue 2 and pytorch examples pull 719, log_softmax twice",
    ),
]
