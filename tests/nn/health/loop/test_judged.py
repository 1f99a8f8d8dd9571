"""Rows that a script says it judges its model by: others, those that it was trained on, or copies of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop import watch_script
from nn.health.loop.words import tell_words

HEAD = """
import numpy as np, nn, optim
from nn import functional as F
from autograd import no_grad
rng = np.random.default_rng(0)
x = rng.normal(size=(200, 5)).astype(np.float32)
y = (x[:, 0] > x[:, 1]).astype(int)
x_train, y_train, x_val, y_val = x[:120], y[:120], x[120:], y[120:]


def make():
    return nn.Sequential(nn.Linear(5, 16, rng=0), nn.ReLU(), nn.Linear(16, 2, rng=1))


def right(model, x, y):
    with no_grad():
        return (model(x).numpy().argmax(axis=1) == y).mean()


def train(model, x, y, epochs=1, optimizer=None):
    optimizer = optimizer or optim.SGD(model.parameters(), lr=0.3)
    for epoch in range(epochs):
        for rows in np.array_split(rng.permutation(len(x)), 6):
            optimizer.zero_grad()
            F.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()


model = make()
"""
EACH_EPOCH = """
optimizer = optim.SGD(model.parameters(), lr=0.3)
for epoch in range(20):
    train(model, x_train, y_train, 1, optimizer)
    SAID
"""
FOLDS = """
del x_val, y_val
parts = np.array_split(rng.permutation(200), 4)
for k in range(4):
    used = np.concatenate([parts[j] for j in range(4) if j != k])
    model = make()
    train(model, x[used], y[used], 30)
    score = right(model, x[WHICH], y[WHICH])
    print("fold", k, "validation", score)
"""
SICK = {
    "the line says so": EACH_EPOCH.replace("SAID", "val_right = right(model, x_train, y_train)"),
    "what is printed says so": EACH_EPOCH.replace("SAID", "r = right(model, x_train, y_train)\n    print('test', r)"),
    "the loop says so": EACH_EPOCH.replace(
        "SAID", "for name, (a, b) in {'train': (x_train, y_train), 'val': (x_train, y_train)}.items():\n        r = right(model, a, b)"
    ),
    "what is printed says so of new rows": EACH_EPOCH.replace("SAID", "r = right(model, x_train, y_train)\n    print(f'new rows {r}')"),
    "once, at the end": EACH_EPOCH.replace("SAID", "pass") + "print('test accuracy', right(model, x_train, y_train))\n",
    "folds": FOLDS.replace("WHICH", "used"),
}  # fmt: skip
WELL = {
    "other rows": EACH_EPOCH.replace("SAID", "val_right = right(model, x_val, y_val)"),
    "both, in a loop": EACH_EPOCH.replace(
        "SAID", "for name, (a, b) in {'train': (x_train, y_train), 'val': (x_val, y_val)}.items():\n        r = right(model, a, b)"
    ),
    "both, on a line": EACH_EPOCH.replace("SAID", "print('train', right(model, x_train, y_train), 'val', right(model, x_val, y_val))"),
    "of the training, as it says": EACH_EPOCH.replace("SAID", "r = right(model, x_train, y_train)\n    print('train', r, 'test', 0)"),
    "new rows that are others": EACH_EPOCH.replace("SAID", "r = right(model, x_val, y_val)\n    print(f'new rows {r}')"),
    "a new round, and others that are read": EACH_EPOCH.replace(
        "SAID", "r = right(model, x_train, y_train)\n    print('new round', r, len(x_val))"
    ),
    "folds": FOLDS.replace("WHICH", "parts[k]"),
    "few kinds of rows": "x = rng.integers(0, 2, (200, 3)).astype(np.float32)\n"
    "x_train, y_train, x_val, y_val = x[:120], y[:120], x[120:], y[120:]\nmodel = nn.Linear(3, 2, rng=0)\n"
    + EACH_EPOCH.replace("SAID", "val_right = right(model, x_val, y_val)"),
}  # fmt: skip


def watch(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "train.py"
    path.write_text(HEAD + text)
    return [finding.cause for finding in watch_script(path).findings]


@pytest.mark.parametrize("name", SICK)
def test_training_rows_that_are_told_as_others_are_seen(name: str, tmp_path: Path) -> None:
    assert watch(tmp_path, SICK[name]) == ["metric on training rows"]


@pytest.mark.parametrize("name", WELL)
def test_rows_that_are_told_as_what_they_are_are_no_fault(name: str, tmp_path: Path) -> None:
    assert watch(tmp_path, WELL[name]) == []


@pytest.mark.parametrize("drawn", ["x[rng.choice(120, 80)]", "np.concatenate([x[40:120], x[160:]])"])
def test_rows_on_both_sides_of_a_split_are_seen(drawn: str, tmp_path: Path) -> None:
    text = f"x_val = {drawn}\n" + WELL["other rows"].replace("x_val, y_val", "x_val, 0")
    assert watch(tmp_path, text) == ["training rows in validation"]


def test_copies_that_no_variable_names_are_seen(tmp_path: Path) -> None:
    """The rows to judge by are a part of the one array of all, and some were copied before it was cut."""
    text = "x[120:] = x[rng.choice(120, 80)]\nevery = x\ndel x_train, y_train, x_val, y_val\n" + EACH_EPOCH.replace(
        "x_train, y_train", "x[:120], y[:120]"
    )
    judged = "val_right = right(model, x[120:], y[120:])"
    assert watch(tmp_path, text.replace("SAID", judged)) == ["training rows in validation"]
    assert watch(tmp_path, text[text.index("del") :].replace("SAID", judged.replace("120:", ":120"))) == [
        "metric on training rows"
    ]


def test_a_name_alone_is_a_word_where_it_is_long() -> None:
    assert "val" not in tell_words("val = model(x)\n", [1])
    assert {"val", "valid"} <= tell_words("x_val = model(validLoader)\n", [1])
    assert tell_words("a = (", [1]) == set()


@pytest.mark.parametrize(("choices", "note"), [(2, False), (1000, True)])
def test_rows_of_a_few_values_are_alike_by_chance(choices: int, note: bool, tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    drawn = HEAD.replace("rng.normal(size=(200, 5))", f"rng.integers(0, {choices}, (200, 5))")
    # Of measured rows those are judged by that the model was trained on; of a few values others are the same.
    judged = "x_train, y_train" if note else "x_val, y_val"
    path.write_text(drawn + EACH_EPOCH.replace("SAID", f"print(right(model, {judged}))"))
    seen = watch_script(path)
    assert not seen.findings
    assert [n.startswith("what the script judges the model by") for n in seen.notes] == [True] * note
