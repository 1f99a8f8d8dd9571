"""Rows that a script keeps to judge its model by: steps that are taken with them, folds that run into one another, other scales."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop import watch_script

HEAD = """
import numpy as np, nn, optim
from nn import functional as F
from autograd import no_grad
rng = np.random.default_rng(0)


def draw(count):
    x = rng.normal(size=(count, 5)).astype(np.float32)
    return x, (x[:, 0] > x[:, 1]).astype(int)


def make():
    model = nn.Sequential(nn.Linear(5, 16, rng=0), nn.ReLU(), nn.Linear(16, 2, rng=1))
    return model, optim.SGD(model.parameters(), lr=0.3)


def train(model, optimizer, x, y, train=True):
    for rows in np.array_split(rng.permutation(len(x)), len(x) // 20):
        loss = F.cross_entropy(model(x[rows]), y[rows])
        if train:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def right(model, x, y):
    with no_grad():
        return (model(x).numpy().argmax(axis=1) == y).mean()


model, optimizer = make()
"""
PHASES = """
data = {"train": draw(160), "val": draw(40)}
for epoch in range(20):
    for phase in ["train", "val"]:
        train(model, optimizer, *data[phase], train=WHICH)
"""
NAMES = """
(x_train, y_train), (x_test, y_test) = draw(160), draw(60)
for epoch in range(20):
    train(model, optimizer, x_train, y_train)
    train(model, optimizer, x_test, y_test, train=WHICH)
    print("test", right(model, x_test, y_test))
"""
FOLDS = """
x, y = draw(150)
folds = np.array_split(rng.permutation(150), 5)
for k in range(5):
    MAKE
    test, others = folds[k], np.concatenate([folds[j] for j in range(5) if j != k])
    for epoch in range(6):
        train(model, optimizer, x[others], y[others])
        INSIDE
    print(k, right(model, x[test], y[test]))
"""
# A last run with all rows, by a model of its own.
AGAIN = """
(x, y), (x_val, y_val) = draw(160), draw(40)
for epoch in range(4):
    train(model, optimizer, x, y)
    print("val", right(model, x_val, y_val))
model, optimizer = make()
for epoch in range(4):
    train(model, optimizer, np.concatenate([x, x_val]), np.concatenate([y, y_val]))
"""
INSIDE = 'print("test", right(model, x[test], y[test]))'


def causes(text: str, tmp_path: Path) -> list[str]:
    script = tmp_path / "train.py"
    script.write_text(HEAD + text)
    return [f.cause for f in watch_script(script).findings]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PHASES.replace("WHICH", "phase != 'inference'"), True),
        (PHASES.replace("WHICH", "phase == 'train'"), False),
        (PHASES.replace("draw(160)", "draw(20)").replace("WHICH", "True"), False),
        (NAMES.replace("WHICH", "True"), True),
        (NAMES.replace("WHICH", "False"), False),
        (FOLDS.replace("MAKE", "pass").replace("INSIDE", "pass"), True),
        (FOLDS.replace("MAKE", "pass").replace("INSIDE", INSIDE), True),
        (FOLDS.replace("MAKE", "model, optimizer = make()").replace("INSIDE", "pass"), False),
        (FOLDS.replace("MAKE", "model, optimizer = make()").replace("INSIDE", INSIDE), False),
        (AGAIN, False),
    ],
)
def test_rows_that_a_script_judges_by_and_trains_on(text: str, told: bool, tmp_path: Path) -> None:
    assert ("training rows in validation" in causes(text, tmp_path)) is told


LEVELS = """
(x, y), (x_new, y_new) = draw(160), draw(60)
for epoch in range(6):
    train(model, optimizer, x, y)
    JUDGED
"""


@pytest.mark.parametrize(
    ("judged", "told"),
    [
        ('print("test", right(model, 40 + 30 * x_new, y_new))', True),
        ('print("val", right(model, x_new / 20, y_new))', True),
        ("test_right = right(model, x_new + 5, y_new)", True),
        ('print("test", right(model, x_new, y_new))', False),
        ('print("test", right(model, 1 + 2 * x_new, y_new))', False),
        # A look at what it says far away is no test.
        ('print("surface", right(model, 40 * x_new, y_new))', False),
    ],
)
def test_rows_that_a_script_judges_by_are_on_the_scale_of_the_training(judged: str, told: bool, tmp_path: Path) -> None:
    assert ("validation differs" in causes(LEVELS.replace("JUDGED", judged), tmp_path)) is told


PARTS = """
body = nn.Sequential(nn.Linear(5, 12, rng=3), nn.BODY)
head = nn.Sequential(nn.Linear(12, 16, rng=0), nn.HEAD, nn.Linear(16, 2, rng=1))
optimizer = optim.SGD(head.parameters(), lr=0.1)
x, y = draw(200)
for epoch in range(6):
    for rows in np.array_split(rng.permutation(140), 7):
        optimizer.zero_grad()
        F.cross_entropy(head(body(x[rows])), y[rows]).backward()
        optimizer.step()
    MODE
    with no_grad():
        print("test", (head(body(x[140:])).numpy().argmax(axis=1) == y[140:]).mean())
    head.train()
"""


@pytest.mark.parametrize(
    ("body", "head", "mode", "told"),
    [
        ("ReLU()", "Dropout(0.3, rng=0)", "head.eval()", False),
        ("ReLU()", "Dropout(0.3, rng=0)", "body.eval()", True),
        ("BatchNorm1d(12)", "ReLU()", "head.eval()", True),
        ("BatchNorm1d(12)", "ReLU()", "body.eval()", False),
    ],
)
def test_of_models_in_a_row_those_count_that_heed_the_mode(
    body: str, head: str, mode: str, told: bool, tmp_path: Path
) -> None:
    text = PARTS.replace("BODY", body).replace("HEAD", head).replace("MODE", mode)
    assert ("training mode in evaluation" in causes(text, tmp_path)) is told


BY_HAND = """
x, y = draw(160)
step = 0
for epoch in range(9):
    for rows in np.array_split(rng.permutation(160), 8):
        optimizer.zero_grad()
        F.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()
        step += 1
        if WHEN:
            for group in optimizer.param_groups:
                group["lr"] *= 0.1
"""


@pytest.mark.parametrize(("when", "told"), [("step >= 2", True), ("step % 3 == 0", True), ("step % 40 == 0", False)])
def test_a_rate_that_the_script_lowers_itself(when: str, told: bool, tmp_path: Path) -> None:
    assert ("rate decays too fast" in causes(BY_HAND.replace("WHEN", when), tmp_path)) is told


@pytest.mark.parametrize(
    ("shape", "answer", "rows"), [((9, 4), "x @ w", None), ((1, 1), "w @ x", 9)], ids=["one row", "a column of rows"]
)
def test_of_one_row_alone_nothing_is_tried(
    tmp_path: Path, shape: tuple[int, int], answer: str, rows: int | None
) -> None:
    script = tmp_path / "train.py"
    script.write_text(
        HEAD
        + f"""
from autograd import Tensor
x = rng.random((1, 9)).astype(np.float32)
w = Tensor(np.zeros({shape}, np.float32), requires_grad=True)
y = 3 * ({answer.replace("w", f"np.ones({shape})")})
for step in range(70):
    w.grad = None
    (({answer} - y) ** 2).mean().backward()
    w.data = w.data - 0.1 * w.grad
"""
    )
    seen = watch_script(script)
    assert seen.is_whole is (rows is not None)
    assert seen.inputs is None or len(seen.inputs) == rows


CLIENTS = """
x, y = draw(240)
server, client = make()[0], make()[0]
shards = np.array_split(rng.permutation(240), 3)
optimizer = optim.SGD(client.parameters(), lr=0.1, momentum=0.5)
for round_ in range(6):
    kept = []
    for rows in shards:
        for mine, theirs in zip(client.parameters(), server.parameters()):
            mine.data = theirs.data.copy()
        optimizer = optim.SGD(client.parameters(), lr=0.1, momentum=0.5)
        for epoch in range(2):
            train(client, optimizer, x[rows], y[rows])
        kept.append([p.data.copy() for p in client.parameters()])
    for k, p in enumerate(server.parameters()):
        BROUGHT
    print("test", right(server, *draw(60)))
"""


@pytest.mark.parametrize(
    ("brought", "told"), [("p.data = np.mean([w[k] for w in kept], axis=0)", False), ("pass", True)]
)
def test_what_clients_have_learned_from_one_beginning_is_not_lost_where_it_is_brought_together(
    brought: str, told: bool, tmp_path: Path
) -> None:
    assert ("model made anew" in causes(CLIENTS.replace("BROUGHT", brought), tmp_path)) is told


@pytest.mark.parametrize("loads", [True, False])
def test_an_optimizer_is_made_anew_for_weights_that_were_put_in_the_place_of_others(
    loads: bool, tmp_path: Path
) -> None:
    text = CLIENTS.replace("BROUGHT", "p.data = np.mean([w[k] for w in kept], axis=0)")
    if not loads:
        text = text.replace("mine.data = theirs.data.copy()", "pass")
    assert ("optimizer made anew" in causes(text, tmp_path)) is not loads


# Numbers of five scales side by side; CHANGE does something to the rows that are judged by.
SCALES = """
(x_train, y_train), (x_test, y_test) = draw(160), draw(60)
scales = np.array([1.0, 30.0, 0.01, 200.0, 5.0], np.float32)
for part in (x_train, x_test):
    part[:, 4] = part[:, 4] > 1.5
    part *= scales
CHANGE
for epoch in range(10):
    train(model, optimizer, x_train / scales if BY else x_train, y_train)
    print("test", right(model, x_test / scales if BY else x_test, y_test))
"""


@pytest.mark.parametrize(
    ("change", "by", "told"),
    [
        ("", "True", False),
        ("", "False", False),
        ("x_test[:, :3] = 8 * x_test[:, :3]", "False", True),
        ("x_test[:, :3] += 4 * scales[:3]", "False", True),
        ("x_test[:, :1] = 8 * x_test[:, :1]", "True", False),
        ("x_test = x_test / scales / 30", "True", True),
        ("x_test[:, 4] = 0", "True", False),
    ],
)
def test_features_of_rows_to_judge_by_on_other_scales(change: str, by: str, told: bool, tmp_path: Path) -> None:
    """The numbers of all features together are on the same level as long as the largest feature is."""
    found = causes(SCALES.replace("CHANGE", change).replace("BY", by), tmp_path)
    assert ("validation differs" in found) is told
