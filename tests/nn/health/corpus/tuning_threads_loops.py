"""The tuning half: threads of forums and issues whose answer lies in the order of the loop; each text is the run as it went well."""

from __future__ import annotations

from tests.nn.health.corpus.case import Case
from tests.nn.health.corpus.tuning_offices_loops import HEAD, case

# Depth from two rows of pixels; a scheduler that may be there or not.
DEPTH = (
    HEAD
    + """
from types import SimpleNamespace

args = SimpleNamespace(lr=3e-3, scheduler="step", epochs=14, batch_size=24, height=12)
shift = rng.uniform(0.0, 3.0, (360, 1))
place = np.arange(args.height)
wave = rng.normal(size=(360, 1)) + 1.0
left = np.sin(wave * place) + 0.05 * rng.normal(size=(360, args.height))
right = np.sin(wave * (place + shift)) + 0.05 * rng.normal(size=(360, args.height))
frames = np.stack([left, right], axis=1).astype(np.float32)
depth = (shift - 1.5).astype(np.float32)


class DispNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv1d(2, 16, 3, padding=1, rng=SEED)
        self.conv2 = nn.Conv1d(16, 16, 3, padding=1, rng=SEED + 1)
        self.fc = nn.Linear(16 * args.height, 1, rng=SEED + 2)

    def forward(self, x):
        h = F.relu(self.conv2(F.relu(self.conv1(x))))
        return self.fc(h.reshape(len(x), -1))


disp_net = DispNet()
optimizer = optim.Adam(disp_net.parameters(), lr=args.lr, betas=(0.9, 0.999))
scheduler = None
if args.scheduler == "step":
    scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=150, gamma=0.5)


def train():
    disp_net.train()
    losses = []
    for start in range(0, 300, args.batch_size):
        pairs, target = frames[start : start + args.batch_size], depth[start : start + args.batch_size]
        loss = (disp_net(pairs) - target).abs().mean()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        if scheduler:
            scheduler.step()
        optimizer.step()
    return np.mean(losses)


for epoch in range(args.epochs):
    print(epoch, train())
with no_grad():
    print("held", (disp_net(frames[300:]) - depth[300:]).abs().mean().item())
"""
)

# Signals of twelve points to be made of twenty-four, as pictures are made sharp.
SHARP = (
    HEAD
    + """
EPOCHS = 20
t = np.linspace(0, 1, 24)
phase, speed = rng.uniform(0, 6, (400, 1)), rng.uniform(1, 9, (400, 1))
high = (np.sign(np.sin(speed * t * 3 + phase)) + 0.3 * np.sin(20 * t + phase)).astype(np.float32)
low = high.reshape(400, 12, 2).mean(axis=2)
loader = nn.DataLoader(low[:320, None], high[:320], batch_size=32, shuffle=True, seed=SEED)


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.block1 = nn.Conv1d(1, 24, 5, padding=2, rng=SEED)
        self.block2 = nn.Conv1d(24, 24, 3, padding=1, rng=SEED + 1)
        self.block3 = nn.Conv1d(24, 2, 3, padding=1, rng=SEED + 2)

    def forward(self, x):
        h = F.relu(self.block1(x))
        h = h + F.relu(self.block2(h))
        return self.block3(h).transpose(0, 2, 1).reshape(len(x), -1)


netG = Generator()
optimizerG = optim.Adam(netG.parameters(), lr=0.005)
schedulerG = optim.lr_scheduler.StepLR(optimizerG, step_size=EPOCHS // 2, gamma=0.1)
for epoch in range(1, EPOCHS + 1):
    running = {"g_loss": 0.0, "seen": 0}
    netG.train()
    for data, target in loader:
        netG.zero_grad()
        fake = netG(data)
        g_loss = F.mse_loss(fake, target)
        g_loss.backward()
        optimizerG.step()
        running["g_loss"] += g_loss.item() * len(data)
        running["seen"] += len(data)
    schedulerG.step()
    print(epoch, running["g_loss"] / running["seen"])
with no_grad():
    print("held", F.mse_loss(netG(low[320:, None]), high[320:]).item())
"""
)

# Pictures; the rate is divided by ten from time to time, by hand.
BY_TENTHS = (
    HEAD
    + """
data = nn.load_digits_split()
images = data.train_images[:700].reshape(-1, 1, 8, 8)
labels = data.train_labels[:700]
BATCH, LR, DECAY_EVERY = 32, 0.05, 12 * 19

net = nn.Sequential(
    nn.Conv2d(1, 12, 3, rng=SEED), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(108, 48, rng=SEED + 1), nn.ReLU(),
    nn.Linear(48, 10, rng=SEED + 2),
)
trainer = optim.SGD(net.parameters(), lr=LR, momentum=0.9)
step = 0
while step < 18 * 19:
    order = rng.permutation(600)
    for b in range(600 // BATCH + 1):
        rows = order[b * BATCH : (b + 1) * BATCH]
        scores = net(images[rows])
        loss = F.cross_entropy(scores, labels[rows])
        trainer.zero_grad()
        loss.backward()
        trainer.step()
        step += 1
        if step % DECAY_EVERY == 0:
            for group in trainer.param_groups:
                group["lr"] *= 0.1
with no_grad():
    print("held", (net(images[600:]).numpy().argmax(axis=1) != labels[600:]).mean())
"""
)

# Movements of mice, read by one recurrent network and drawn again by another.
MOTION = (
    HEAD
    + """
CONFIG = {"optimizer_scheduler": False, "max_epochs": 22, "learning_rate": 0.01, "zdims": 4, "time_window": 8}
beat = rng.uniform(0.3, 1.2, (360, 2))
start = rng.uniform(0, 6, (360, 2))
t = np.arange(CONFIG["time_window"])
motion = np.sin(beat[:, None] * t[None, :, None] + start[:, None]) + 0.05 * rng.normal(size=(360, 8, 2))
motion = motion.astype(np.float32)


class RNN_AE(nn.Module):
    def __init__(self, zdims):
        super().__init__()
        self.encoder = nn.GRU(2, 16, batch_first=True, rng=SEED)
        self.to_latent = nn.Linear(16, zdims, rng=SEED + 1)
        self.decoder = nn.Linear(zdims, 40, rng=SEED + 2)
        self.out = nn.Linear(40, 16, rng=SEED + 3)

    def forward(self, x):
        latent = self.to_latent(self.encoder(x)[0][:, -1])
        return self.out(F.tanh(self.decoder(latent))).reshape(len(x), 8, 2)


model = RNN_AE(CONFIG["zdims"])
optimizer = optim.Adam(model.parameters(), lr=CONFIG["learning_rate"])
if CONFIG["optimizer_scheduler"]:
    scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.2)
else:
    scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=1)
best = np.inf
for epoch in range(CONFIG["max_epochs"]):
    for rows in np.array_split(rng.permutation(300), 12):
        optimizer.zero_grad()
        loss = F.mse_loss(model(motion[rows]), motion[rows])
        loss.backward()
        optimizer.step()
    scheduler.step()
    with no_grad():
        now = F.mse_loss(model(motion[300:]), motion[300:]).item()
    best = min(best, now)
print("held", best)
"""
)

# What a simulator was set to, told from what it gave; the estimator is trained anew in each round.
ROUNDS = (
    HEAD
    + """
def simulator(theta):
    x = np.stack([theta[:, 0] + theta[:, 1], np.sin(2 * theta[:, 0]), theta[:, 0] * theta[:, 1]], axis=1)
    return x + 0.05 * rng.normal(size=x.shape)


class Estimator:
    def __init__(self, retrain_from_scratch=True):
        self.retrain_from_scratch = retrain_from_scratch
        self.build(SEED)
        self.optimizer = optim.Adam(self.net.parameters(), lr=0.01)
        self.theta, self.x = np.zeros((0, 2), np.float32), np.zeros((0, 3), np.float32)

    def build(self, seed):
        self.net = nn.Sequential(
            nn.Linear(3, 32, rng=seed), nn.Tanh(), nn.Linear(32, 32, rng=seed + 1), nn.Tanh(), nn.Linear(32, 2, rng=seed + 2)
        )

    def train(self, round_idx, epochs=25):
        if self.retrain_from_scratch and round_idx > 0:
            self.build(SEED + 10 * round_idx)
            self.optimizer = optim.Adam(self.net.parameters(), lr=0.01)
        for _ in range(epochs):
            for rows in np.array_split(rng.permutation(len(self.x)), max(1, len(self.x) // 25)):
                self.optimizer.zero_grad()
                loss = F.mse_loss(self.net(self.x[rows]), self.theta[rows])
                loss.backward()
                self.optimizer.step()
        return loss.item()


inference = Estimator()
for round_idx in range(2):
    theta = rng.uniform(-1, 1, (150, 2))
    inference.theta = np.concatenate([inference.theta, theta]).astype(np.float32)
    inference.x = np.concatenate([inference.x, simulator(theta)]).astype(np.float32)
    print(round_idx, inference.train(round_idx))
theta = rng.uniform(-1, 1, (100, 2)).astype(np.float32)
with no_grad():
    print("held", F.mse_loss(inference.net(simulator(theta).astype(np.float32)), theta).item())
"""
)

# A classifier over features that are taken as they are, with a look at the test rows every few steps.
TRANSFER = (
    HEAD
    + """
kind = rng.integers(0, 6, 520)
photos = (np.random.default_rng(5).normal(size=(6, 20))[kind] + 1.1 * rng.normal(size=(520, 20))).astype(np.float32)
features = nn.Sequential(nn.Linear(20, 40, rng=SEED), nn.ReLU())
for param in features.parameters():
    param.requires_grad = False
classifier = nn.Sequential(nn.Linear(40, 32, rng=SEED + 1), nn.ReLU(), nn.Dropout(0.2, rng=SEED), nn.Linear(32, 6, rng=SEED + 2))
criterion = nn.NLLLoss()
optimizer = optim.SGD(classifier.parameters(), lr=0.05, momentum=0.9)

epochs, steps, running_loss, print_every = 12, 0, 0, 20
for epoch in range(epochs):
    for rows in np.array_split(rng.permutation(400), 20):
        steps += 1
        optimizer.zero_grad()
        logps = F.log_softmax(classifier(features(photos[rows])), dim=1)
        loss = criterion(logps, kind[rows])
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
        if steps % print_every == 0:
            classifier.eval()
            with no_grad():
                logps = F.log_softmax(classifier(features(photos[400:])), dim=1)
                test_loss = criterion(logps, kind[400:]).item()
                wrong = (logps.numpy().argmax(axis=1) != kind[400:]).mean()
            print(epoch + 1, running_loss / print_every, test_loss)
            running_loss = 0
            classifier.train()
print("held", wrong)
"""
)

SICK: list[Case] = [
    case(
        "depth_net_with_a_scheduler_added",
        DEPTH,
        [("        optimizer.step()\n    return", "        else:\n            optimizer.step()\n    return")],
        "step missing",
        "SfmLearner-Pytorch issue 5, help to add a learning rate scheduler",
    ),
    case(
        "sharper_signals",
        SHARP,
        [
            ("    schedulerG.step()\n", ""),
            ("        optimizerG.step()\n", "        optimizerG.step()\n        schedulerG.step()\n"),
        ],
        "scheduler out of order",
        "SRGAN issue 94, scheduler is working incorrect",
        ("rate decays too fast",),
    ),
    case(
        "pictures_with_patience",
        BY_TENTHS,
        [("if step % DECAY_EVERY == 0:", "if step >= 1:")],
        "rate decays too fast",
        "imagenet (dontfollow) issue 10, loss progress",
    ),
    case(
        "motion_with_the_scheduler_off",
        MOTION,
        [("gamma=1)", "gamma=0)")],
        "rate decays too fast",
        "VAME issue 26, bug when scheduler turned off",
    ),
    case(
        "simulator_in_rounds",
        ROUNDS,
        [("            self.optimizer = optim.Adam(self.net.parameters(), lr=0.01)\n        for", "        for")],
        "foreign parameters",
        "sbi issue 200, retrain_from_scratch bug",
    ),
    case(
        "flowers_with_a_look_at_the_test",
        TRANSFER,
        [("        optimizer.zero_grad()\n", "")],
        "gradients not zeroed",
        "udacity deep-learning-v2-pytorch pull 160, add zero_grad to transfer learning",
    ),
]
WELL: list[Case] = []
