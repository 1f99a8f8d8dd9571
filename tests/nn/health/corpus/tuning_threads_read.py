"""The tuning half: threads whose answer lies in how rows are read or mixed; each text is the run as it went well."""

from __future__ import annotations

from tests.nn.health.corpus.case import Case
from tests.nn.health.corpus.tuning_offices_loops import HEAD, case

# Flowers from files: a function that reads them for training, and another that reads them for the test.
FILES = (
    HEAD
    + """
def take_photos(count):
    kind = rng.integers(0, 5, count)
    petals = np.random.default_rng(12).normal(size=(5, 6, 6))[kind]
    raw = 120.0 + 35.0 * petals + 25.0 * rng.normal(size=(count, 6, 6))
    return np.clip(raw, 0, 255).astype(np.uint8), kind


def read_for_training(raw):
    x = raw.reshape(len(raw), -1).astype(np.float32) / 255.0
    return (x - 0.47) / 0.17


def read_for_test(raw):
    x = raw.reshape(len(raw), -1).astype(np.float32) / 255.0
    return (x - 0.47) / 0.17


raw, kind = take_photos(400)
test_raw, test_kind = take_photos(150)
x, x_test = read_for_training(raw), read_for_test(test_raw)
net = nn.Sequential(nn.Linear(36, 64, rng=SEED), nn.Tanh(), nn.Linear(64, 64, rng=SEED + 1), nn.Tanh(), nn.Linear(64, 5, rng=SEED + 2))
opt = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(15):
    right = 0
    for rows in np.array_split(rng.permutation(400), 12):
        out = net(x[rows])
        loss = F.cross_entropy(out, kind[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
        right += (out.numpy().argmax(axis=1) == kind[rows]).sum()
    with no_grad():
        wrong = (net(x_test).numpy().argmax(axis=1) != test_kind).mean()
    print(epoch, "acc", right / 400, "val acc", 1 - wrong)
print("held", wrong)
"""
)

# Which of the guesses for a road is a lane.
LANES = (
    HEAD
    + """
roads = rng.normal(size=(260, 5, 6)).astype(np.float32)
is_lane = roads[:, :, 0] + roads[:, :, 1] * roads[:, :, 2] > 0.6
num_classes, background, lane = 1, 0, 1
model = nn.Sequential(nn.Linear(6, 32, rng=SEED), nn.ReLU(), nn.Linear(32, num_classes + 1, rng=SEED + 1))
optimizer = optim.AdamW(model.parameters(), lr=0.01, weight_decay=1e-4)


def loss_labels(src_logits, lanes):
    target_classes = np.full(src_logits.shape[:2], background, dtype=np.int64)
    target_classes[lanes] = lane
    return F.cross_entropy(src_logits.reshape(-1, 2), target_classes.reshape(-1))


for it in range(600):
    rows = rng.integers(0, 200, 16)
    loss_ce = loss_labels(model(roads[rows]), is_lane[rows])
    optimizer.zero_grad()
    loss_ce.backward()
    optimizer.step()
    if it % 200 == 0:
        print(it, loss_ce.item())
with no_grad():
    told = model(roads[200:]).numpy().argmax(axis=-1) == lane
print("held", (told != is_lane[200:]).mean())
"""
)

# Three clients who train for themselves, and a server that takes the mean of their weights.
CLIENTS = (
    HEAD
    + """
data = nn.load_digits_split()
x, y = data.train_images[:900], data.train_labels[:900]


class MLP(nn.Module):
    def __init__(self, seed):
        super().__init__()
        self.layer_input = nn.Linear(64, 48, rng=seed)
        self.layer_hidden = nn.Linear(48, 10, rng=seed + 1)

    def forward(self, x):
        return self.layer_hidden(F.relu(self.layer_input(x)))


def update_weights(net, rows):
    optimizer = optim.SGD(net.parameters(), lr=0.05, momentum=0.5)
    for epoch in range(2):
        for batch in np.array_split(rng.permutation(rows), 12):
            net.zero_grad()
            loss = F.cross_entropy(net(x[batch]), y[batch])
            loss.backward()
            optimizer.step()
    return {name: p.data.copy() for name, p in net.named_parameters()}, loss.item()


server, client = MLP(SEED), MLP(SEED)
shards = np.array_split(rng.permutation(720), 3)
for round_ in range(8):
    kept, losses = [], []
    for rows in shards:
        for mine, theirs in zip(client.parameters(), server.parameters()):
            mine.data = theirs.data.copy()
        weights, loss = update_weights(client, rows)
        kept.append(weights)
        losses.append(loss)
    for name, p in server.named_parameters():
        p.data = np.mean([w[name] for w in kept], axis=0)
    print(round_, np.mean(losses))
with no_grad():
    print("held", (server(x[720:]).numpy().argmax(axis=1) != y[720:]).mean())
"""
)

# Plates of three shapes, large or small, divided within the network by their power.
PLATES = (
    HEAD
    + """
sign = rng.integers(0, 6, 520)
strength = np.where(sign < 3, 1.0, 2.2)[:, None]
pattern = 2 * np.random.default_rng(9).normal(size=(3, 16))[sign % 3] + 0.5 * rng.normal(size=(520, 16))
plates = (strength * pattern).astype(np.float32)


class LPRNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Linear(16, 32, bias=False, rng=SEED)
        self.neck = nn.Linear(32, 32, rng=SEED + 1)
        self.container = nn.Linear(32, 6, rng=SEED + 2)

    def forward(self, x):
        f = F.relu(self.backbone(x))
        f_mean = (f**2).mean(axis=1, keepdims=True)
        return self.container(F.tanh(self.neck(f / (f_mean + 1e-3))))


lprnet = LPRNet()
optimizer = optim.Adam(lprnet.parameters(), lr=0.005)
for epoch in range(25):
    for rows in np.array_split(rng.permutation(400), 10):
        loss = F.cross_entropy(lprnet(plates[rows]), sign[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
lprnet.eval()
with no_grad():  # one plate at a time, as they come from the road
    told = np.array([lprnet(plates[i : i + 1]).numpy().argmax() for i in range(400, 520)])
print("held", (told != sign[400:]).mean())
"""
)

# Pictures read row after row.
ROWS = (
    HEAD
    + """
data = nn.load_digits_split()
images, labels = data.train_images[:640].reshape(-1, 8, 8), data.train_labels[:640]
batch_size, in_dim, hidden_dim, n_layer, n_class = 40, 8, 24, 1, 10


class Rnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(in_dim, hidden_dim, n_layer, batch_first=True, rng=SEED)
        self.classifier = nn.Linear(hidden_dim, n_class, rng=SEED + 1)

    def forward(self, x):
        out, _ = self.lstm(x)
        out = out[:, -1, :]
        return self.classifier(out)


model = Rnn()
optimizer = optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(10):
    running_acc = 0
    for at in range(0, 520, batch_size):
        img, label = images[at : at + batch_size], labels[at : at + batch_size]
        out = model(img)
        loss = F.cross_entropy(out, label)
        running_acc += (out.numpy().argmax(axis=1) == label).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, running_acc / 520)
with no_grad():
    wrong = [(model(images[at : at + 40]).numpy().argmax(axis=1) != labels[at : at + 40]).mean() for at in (520, 560, 600)]
print("held", np.mean(wrong))
"""
)

# Reviews of different lengths, filled up behind, and how many stars they came with.
REVIEWS = (
    HEAD
    + """
PAD, WORDS, LONGEST = 0, 40, 36
lengths = rng.integers(3, 9, 700)
texts = np.full((700, LONGEST), PAD)
feeling = np.random.default_rng(4).choice([-1.0, 0.0, 1.0], WORDS)
label = np.zeros((700, 1), np.float32)
for i, n in enumerate(lengths):
    texts[i, :n] = rng.integers(1, WORDS, n)
    label[i] = feeling[texts[i, :n]].sum() / 2 + 0.1 * rng.normal()


class Sentiment(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(WORDS, 12, rng=SEED)
        self.rnn = nn.RNN(12, 16, batch_first=True, rng=SEED + 1)
        self.fc = nn.Linear(16, 1, rng=SEED + 2)

    def forward(self, text, lengths):
        output, hidden = self.rnn(self.embedding(text))
        last = output[np.arange(len(text)), lengths - 1]
        return self.fc(last)


model = Sentiment()
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(12):
    for rows in np.array_split(rng.permutation(560), 18):
        optimizer.zero_grad()
        predictions = model(texts[rows], lengths[rows])
        loss = F.mse_loss(predictions, label[rows])
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
with no_grad():
    print("held", F.mse_loss(model(texts[560:], lengths[560:]), label[560:]).item() / label.var())
"""
)

SICK: list[Case] = [
    case(
        "flowers_read_by_two_functions",
        FILES,
        [
            (
                "def read_for_test(raw):\n    x = raw.reshape(len(raw), -1).astype(np.float32) / 255.0\n    return (x - 0.47) / 0.17",
                "def read_for_test(raw):\n    return raw.reshape(len(raw), -1).astype(np.float32)",
            )
        ],
        "validation differs",
        "tflearn issue 832, high accuracy but bad prediction; kits19-cnn issue 22",
    ),
    case(
        "guesses_for_lanes",
        LANES,
        [("background, dtype", "num_classes, dtype")],
        "targets all alike",
        "LSTR issue 50, something wrong with the CE loss",
    ),
    case(
        "clients_and_a_server",
        CLIENTS,
        [
            (
                "return self.layer_hidden(F.relu(self.layer_input(x)))",
                "return F.softmax(self.layer_hidden(F.relu(self.layer_input(x))), dim=1)",
            )
        ],
        "double softmax",
        "shaoxiongji federated-learning issue 9",
    ),
    case(
        "plates_large_and_small",
        PLATES,
        [("(f**2).mean(axis=1, keepdims=True)", "(f**2).mean()")],
        "rows mixed",
        "License_Plate_Detection_Pytorch issue 22, why test batch size affects acc",
    ),
    case(
        "pictures_row_after_row",
        ROWS,
        [("n_layer, batch_first=True, rng", "n_layer, rng")],
        "rows mixed",
        "pytorch issue 1538; yunjey pytorch-tutorial issue 196",
        ("axes mixed up",),
    ),
    case(
        "reviews_filled_up",
        REVIEWS,
        [("        last = output[np.arange(len(text)), lengths - 1]\n", "        last = output[:, -1]\n")],
        "padding not masked",
        "pytorch-sentiment-analysis issue 86; keras issue 1855",
    ),
]
WELL: list[Case] = []
