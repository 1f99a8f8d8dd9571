"""The tuning half: small reimplementations of papers on pictures — VAE, U-Net, Siamese net, distillation, a course's ConvNet."""

from __future__ import annotations

from tests.nn.health.corpus.case import HEALTHY, Case
from tests.nn.health.corpus.pairs import ASKED
from tests.nn.health.corpus.tuning_workshops_loops import HEAD, case

FASTAI = "fast.ai, Practical Deep Learning: "

# A variational autoencoder of digits between 0 and 1.
VAE = (
    HEAD
    + """
data = nn.load_digits_split()
images = data.train_images[:700].astype(np.float32)
images = images / images.max()
train, test = images[:560], images[560:]


class VAE(nn.Module):
    def __init__(self, latent=6):
        super().__init__()
        self.fc1 = nn.Linear(64, 64, rng=SEED)
        self.fc21, self.fc22 = nn.Linear(64, latent, rng=SEED + 1), nn.Linear(64, latent, rng=SEED + 2)
        self.fc3, self.fc4 = nn.Linear(latent, 64, rng=SEED + 3), nn.Linear(64, 64, rng=SEED + 4)

    def encode(self, x):
        h1 = F.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)

    def reparameterize(self, mu, logvar):
        std = ag.exp(0.5 * logvar)
        eps = rng.normal(size=mu.shape).astype(np.float32)
        return mu + eps * std

    def decode(self, z):
        return self.fc4(F.relu(self.fc3(z)))

    def forward(self, x):
        mu, logvar = self.encode(x)
        z = self.reparameterize(mu, logvar)
        return self.decode(z), mu, logvar


model = VAE()
optimizer = optim.Adam(model.parameters(), lr=3e-3)


def loss_function(recon_x, x, mu, logvar):
    BCE = F.binary_cross_entropy_with_logits(recon_x, x, reduction="sum")
    KLD = -0.5 * (1 + logvar - mu * mu - ag.exp(logvar)).sum()
    return (BCE + KLD) / len(x)


for epoch in range(25):
    model.train()
    order = rng.permutation(len(train))
    for k in range(0, len(train), 40):
        x = Tensor(train[order[k : k + 40]])
        optimizer.zero_grad()
        recon, mu, logvar = model(x)
        loss = loss_function(recon, x, mu, logvar)
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
model.eval()
with no_grad():
    mu, _ = model.encode(Tensor(test))
    seen = ag.sigmoid(model.decode(mu)).numpy()
held = float(((seen - test) ** 2).mean())
print("held", held)
"""
)

# A U-Net of one step down, for bright cells on an uneven ground.
UNET = (
    HEAD
    + """
grid = np.arange(12)
at = rng.integers(2, 10, (260, 3, 2))
far = (grid[None, None, :, None] - at[:, :, :1, None]) ** 2 + (grid[None, None, None] - at[:, :, 1:, None]) ** 2
masks = (far.min(axis=1) < 3.5)[:, None].astype(np.float32)
ground = np.sin(grid * 0.6 + rng.uniform(0, 6, (260, 1)))[:, None, None, :]
images = (1.5 * masks + ground + 0.4 * rng.normal(size=masks.shape)).astype(np.float32)


class UNet(nn.Module):
    def __init__(self, n=6):
        super().__init__()
        self.down = nn.Conv2d(1, n, 3, padding=1, rng=SEED)
        self.pool = nn.MaxPool2d(2)
        self.middle = nn.Conv2d(n, 2 * n, 3, padding=1, rng=SEED + 1)
        self.up = nn.Upsample(scale_factor=2)
        self.join = nn.Conv2d(3 * n, n, 3, padding=1, rng=SEED + 2)
        self.outc = nn.Conv2d(n, 1, 1, rng=SEED + 3)

    def forward(self, x):
        x1 = F.relu(self.down(x))
        x2 = F.relu(self.middle(self.pool(x1)))
        x = ag.concatenate([x1, self.up(x2)], axis=1)
        return self.outc(F.relu(self.join(x)))


net = UNet()
optimizer = optim.Adam(net.parameters(), lr=0.01)
criterion = nn.BCEWithLogitsLoss()
for epoch in range(9):
    for k in range(0, 200, 20):
        imgs, true_masks = images[k : k + 20], masks[k : k + 20]
        masks_pred = net(imgs)
        loss = criterion(masks_pred, true_masks)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
with no_grad():
    guess = net(images[200:]).numpy() > 0
true = masks[200:] > 0
held = 1 - 2 * float((guess & true).sum() / (guess.sum() + true.sum() + 1e-9))
print("1 - dice", held)
"""
)

# A Siamese net: are two digits the same?
SIAMESE = (
    HEAD
    + """
data = nn.load_digits_split()
x = (data.train_images[:600].reshape(-1, 64).astype(np.float32) - 5.0) / 6.0
y = data.train_labels[:600]


def make_pairs(lo, hi, n):
    i = rng.integers(lo, hi, n)
    j = np.array([rng.choice(np.flatnonzero((y[lo:hi] == y[a]) == (rng.random() < 0.5))) + lo for a in i])
    return i, j, (y[i] != y[j]).astype(np.float32)


class SiameseNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(64, 48, rng=SEED), nn.ReLU(), nn.Linear(48, 8, rng=SEED + 1))

    def forward(self, a, b):
        return self.fc(a), self.fc(b)


def contrastive_loss(output1, output2, label, margin=2.0):
    distance = ag.sqrt(((output1 - output2) ** 2).sum(axis=1) + 1e-8)
    return ((1 - label) * distance**2 + label * ag.maximum(margin - distance, 0.0) ** 2).mean()


net = SiameseNetwork()
optimizer = optim.Adam(net.parameters(), lr=2e-3)
i, j, label = make_pairs(0, 480, 2000)
for epoch in range(15):
    for k in range(0, 2000, 50):
        out1, out2 = net(x[i[k : k + 50]], x[j[k : k + 50]])
        loss = contrastive_loss(out1, out2, label[k : k + 50])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
i, j, label = make_pairs(480, 600, 400)
with no_grad():
    out1, out2 = net(x[i], x[j])
apart = np.sqrt(((out1.numpy() - out2.numpy()) ** 2).sum(axis=1)) > 1.0
held = float((apart != (label == 1)).mean())
print("held", held)
"""
)

# Distillation: a large network teaches a small one, at a temperature.
DISTIL = (
    HEAD
    + """
centres = rng.normal(size=(24, 6)) * 1.2
kind = rng.integers(0, 8, 24)


def draw(n):
    c = rng.integers(0, 24, n)
    return (centres[c] + 0.35 * rng.normal(size=(n, 6))).astype(np.float32), kind[c]


x, y = draw(600)
x_test, y_test = draw(300)
large = nn.Sequential(nn.Linear(6, 96, rng=SEED), nn.ReLU(), nn.Linear(96, 96, rng=SEED + 1), nn.ReLU(), nn.Linear(96, 8, rng=SEED + 2))
small = nn.Sequential(nn.Linear(6, 24, rng=SEED + 3), nn.ReLU(), nn.Linear(24, 8, rng=SEED + 4))


def accuracy_lost(net):
    with no_grad():
        return float((net(x_test).numpy().argmax(axis=1) != y_test).mean())


optimizer = optim.Adam(large.parameters(), lr=3e-3)
for epoch in range(25):
    for k in range(0, 600, 50):
        optimizer.zero_grad()
        F.cross_entropy(large(x[k : k + 50]), y[k : k + 50]).backward()
        optimizer.step()
print("teacher", accuracy_lost(large))

T = 4.0
with no_grad():
    teacher_outputs = large(x).numpy()
optimizer = optim.Adam(small.parameters(), lr=1e-2)
for epoch in range(40):
    for k in range(0, 600, 50):
        output = small(x[k : k + 50])
        targets = F.softmax(teacher_outputs[k : k + 50] / T, dim=-1)
        prob = F.log_softmax(output / T, dim=-1)
        loss = F.kl_div(prob, targets, reduction="batchmean") * T * T
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
held = accuracy_lost(small)
print("student", held)
"""
)

# The ConvNet of a course's second lesson: batch norm, a schedule, a validation set that is judged in evaluation mode.
LEARNER = (
    HEAD
    + """
data = nn.load_digits_split()
mean, std = data.train_images[:480].mean(), data.train_images[:480].std()
train_x = ((data.train_images[:480] - mean) / std).reshape(-1, 1, 8, 8).astype(np.float32)
valid_x = ((data.train_images[480:700] - mean) / std).reshape(-1, 1, 8, 8).astype(np.float32)
train_y, valid_y = data.train_labels[:480], data.train_labels[480:700]


def conv_block(ni, nf, seed):
    return nn.Sequential(nn.Conv2d(ni, nf, 3, stride=2, padding=1, rng=seed), nn.BatchNorm2d(nf), nn.ReLU())


learn = nn.Sequential(conv_block(1, 8, SEED), conv_block(8, 16, SEED + 1), nn.Flatten(), nn.Linear(64, 10, rng=SEED + 2))
opt = optim.SGD(learn.parameters(), lr=0.08, momentum=0.9)
sched = optim.lr_scheduler.ExponentialLR(opt, gamma=0.8)
dl = nn.DataLoader(train_x, train_y, batch_size=32, shuffle=True, seed=SEED)


def augment(xb):
    return np.roll(xb, rng.integers(-1, 2), axis=3)


for epoch in range(8):
    learn.train()
    for xb, yb in dl:
        loss = F.cross_entropy(learn(augment(np.asarray(xb))), yb)
        loss.backward()
        opt.step()
        opt.zero_grad()
    sched.step()
    learn.eval()
    with no_grad():
        held = float((learn(valid_x).numpy().argmax(axis=1) != valid_y).mean())
    print(epoch, loss.item(), held)
"""
)

STANDARD = (
    VAE.replace("images = images / images.max()", "images = (images - images.mean()) / images.std()")
    .replace('F.binary_cross_entropy_with_logits(recon_x, x, reduction="sum")', "3 * ((recon_x - x) ** 2).sum()")
    .replace("ag.sigmoid(model.decode(mu))", "model.decode(mu)")
)
# Some pairs are of a picture with itself, and the distance is not squared.
TWINS = SIAMESE.replace(
    "    return i, j, (y", "    j = np.where(rng.random(n) < 0.02, i, j)\n    return i, j, (y"
).replace("(1 - label) * distance**2", "(1 - label) * distance")

SICK: list[Case] = [
    case("vae_whose_decoder_ends_in_a_sigmoid", VAE, [
        ("return self.fc4(F.relu(self.fc3(z)))", "return ag.sigmoid(self.fc4(F.relu(self.fc3(z))))"),
        ("ag.sigmoid(model.decode(mu))", "model.decode(mu)"),
    ], "double softmax", ASKED + "VAE with BCEWithLogits behind a sigmoid"),
    case("vae_with_the_divergence_upside_down", VAE, [("KLD = -0.5 *", "KLD = 0.5 *")],
        "loss unbounded", ASKED + "negative KL divergence in a VAE"),
    case("vae_of_standardised_digits", STANDARD, [
        ("return self.fc4(F.relu(self.fc3(z)))", "return ag.sigmoid(self.fc4(F.relu(self.fc3(z))))"),
    ], "output range", ASKED + "sigmoid decoder and inputs normalised by mean and deviation"),
    case("vae_that_rectifies_its_pixels", VAE, [("return self.fc4(F.relu(self.fc3(z)))", "return F.relu(self.fc4(F.relu(self.fc3(z))))")],
        "output range", ASKED + "all layers of the decoder with ReLU, logits too"),
    case("vae_with_its_noise_times_ten", VAE, [("return mu + eps * std", "return mu + 10 * eps")],
        "too much noise", ASKED + "eps without the deviation it is to be scaled by"),
    case("unet_masks_of_0_and_255", UNET, [("< 3.5)[:, None].astype(np.float32)", "< 3.5)[:, None].astype(np.float32) * 255"),
        ("(1.5 * masks +", "(1.5 * masks / 255 +")],
        "targets outside the loss", ASKED + "masks read from PNG files"),
    case("unet_rectified_at_its_end", UNET, [
        ("return self.outc(F.relu(self.join(x)))", "return F.relu(self.outc(F.relu(self.join(x))))")],
        "output range", ASKED + "the last block of the U-Net with its ReLU"),
    case("unet_with_masks_not_flipped", UNET, [("imgs, true_masks = images[k : k + 20], masks[k : k + 20]",
        "flips = rng.integers(0, 4)\n        imgs, true_masks = np.rot90(images[k : k + 20], flips, (2, 3)), masks[k : k + 20]")],
        "too much noise", ASKED + "augmentation of pictures without their masks", also=("noisy targets",)),
    case("siamese_root_of_nothing", TWINS, [(" + 1e-8)", ")")],
        "not finite", ASKED + "gradient of a root at zero, of a pair of the same picture"),
    case("siamese_of_equal_pairs", SIAMESE, [("== (rng.random() < 0.5))) + lo for a in i])\n    return",
        "== (lo == 0 or rng.random() < 0.5))) + lo for a in i])\n    return")],
        "targets all alike", ASKED + "pairs made of one class only"),
    case("siamese_labels_of_other_pairs", SIAMESE, [("i, j, label = make_pairs(0, 480, 2000)",
        "i, j, label = make_pairs(0, 480, 2000)\nj = rng.permutation(j)")],
        "targets unrelated to inputs", ASKED + "the second list shuffled by itself"),
    case("student_under_another_order", DISTIL, [
        ("teacher_outputs = large(x).numpy()", "teacher_outputs = large(x[rng.permutation(600)]).numpy()")],
        "targets unrelated to inputs", "haitongli/knowledge-distillation-pytorch, pull request 16: order of the teacher's outputs"),
    case("student_that_is_not_taught", DISTIL, [("output = small(x[k : k + 50])", "output = large(x[k : k + 50])")],
        "missing gradients", "labmlai/annotated_deep_learning_paper_implementations, issue 66: large_logits used again",
        also=("foreign parameters",)),
    case("student_of_two_softmaxes", DISTIL, [("output = small(x[k : k + 50])", "output = F.softmax(small(x[k : k + 50]), dim=-1)")],
        "double softmax", "microsoft/ProDA, issue 20: what kl_div takes"),
    case("learner_at_the_steep_end", LEARNER, [("lr=0.08, momentum=0.9", "lr=8.0, momentum=0.9")],
        "learning rate too high", FASTAI + "the rate read off where the finder's loss explodes"),
    case("learner_scheduled_by_the_batch", LEARNER, [
        ("        opt.zero_grad()\n    sched.step()", "        opt.zero_grad()\n        sched.step()")],
        "rate decays too fast", ASKED + "a schedule of epochs stepped in the loop over batches", also=("scheduler out of order",)),
    case("learner_of_imagenets_statistics", LEARNER, [("valid_x = ((data.train_images[480:700] - mean) / std)",
        "valid_x = ((data.train_images[480:700] / 255 - 0.485) / 0.229)")],
        "validation differs", FASTAI + "validation normalised by the statistics of ImageNet"),
    case("learner_with_kerass_momentum", LEARNER, [("nn.BatchNorm2d(nf)", "nn.BatchNorm2d(nf, momentum=0.001)")],
        "running statistics", ASKED + "momentum of batch norm, which Keras counts from the other end"),
    case("learner_that_flips_and_rolls", LEARNER, [("return np.roll(xb, rng.integers(-1, 2), axis=3)",
        "rolled = [np.roll(p, rng.integers(0, 8, 2), axis=(1, 2)) for p in xb]\n"
        "    return np.array([np.rot90(p, rng.integers(0, 4), (1, 2)) for p in rolled])")],
        "too much noise", FASTAI + "digits turned about by aug_transforms"),
    case("learner_at_adams_rate", LEARNER, [("lr=0.08, momentum=0.9", "lr=1e-3, momentum=0.9")],
        "learning rate too low", FASTAI + "a rate of Adam's given to SGD", also=("too few steps",)),
]  # fmt: skip
WELL: list[Case] = [
    case("vae_as_published", VAE, [], HEALTHY, "a loss of three outputs, noise in the forward pass"),
    case("unet_as_published", UNET, [], HEALTHY, "a mask for each picture"),
    case("siamese_as_published", SIAMESE, [], HEALTHY, "pairs and a margin"),
    case("student_as_published", DISTIL, [], HEALTHY, "two models, of which one no longer learns"),
    case("learner_as_taught", LEARNER, [], HEALTHY, "gradients zeroed after the step, rolled pictures"),
]  # fmt: skip
