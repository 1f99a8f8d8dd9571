"""`plain_trial`: a plain network of our own on scaled rows: whether the inputs say what is asked at all."""

from __future__ import annotations

import math

import numpy as np

from nn.health.experiments.remedies.scales import scale_inputs, scale_targets
from nn.health.experiments.trial import Rows, Trial
from nn.health.frameworks.own import OwnNetwork
from nn.health.guess import Kind
from nn.health.multi_input import split_inputs
from nn.health.scores import Judge
from nn.health.subject import Subject
from nn.perceptron import perceptron
from optim import Adam

# Units of the hidden layer, the rate, and the most features it takes.
UNITS, RATE, MOST_FEATURES = 32, 0.01, 4096


def plain_trial(subject: Subject, rows: Rows | None = None) -> Trial | None:
    """A trial of a network with one hidden layer, by the usual loss; None for targets of unknown kind."""
    judge, rows = subject.judge, subject.rows if rows is None else rows
    if judge.kind == "own":
        return None
    x, held = (_flatten(part, subject.x) for part in (rows.x, rows.held_x))
    if x.shape[1] > MOST_FEATURES:
        return None
    outputs = len(judge.constant)
    if judge.kind == "classes" and outputs < 2:
        return None
    y, held_y = judge.form(rows.y), judge.form(rows.held_y)
    if len(y) != len(x):
        return None
    # What is left out is learned as the mean, and is not judged.
    mark = None if judge.mark is None else math.nan
    y = np.where(np.isfinite(y), y, judge.constant)
    model = perceptron([x.shape[1], UNITS, outputs], "relu", seed=subject.seed)
    # Targets as shares or numbers, so that one network does for all kinds.
    network = OwnNetwork(model, None, Adam(model.parameters(), lr=RATE))
    # Several targets are formed to numbers of one scale.
    kind: Kind = "numbers" if judge.kind == "several" else judge.kind
    natural = network.natural_loss(kind, "")
    assert natural is not None
    network.loss = natural
    trial = Trial(
        "a plain network",
        f"with a plain network of {UNITS} ReLUs, scaled rows and Adam",
        network,
        Rows(x, y.astype(np.float32), held, held_y),
        Judge(kind, "numbers" if kind == "numbers" else "logits", judge.constant, judge.loss, mark=mark),
        32,
        True,
        subject.seed,
    )
    scale_inputs(False, 1.0)(trial)
    if kind == "numbers":
        scale_targets(trial)
    return trial


def _flatten(x: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Rows of numbers; of tokens how often each occurs."""
    parts = zip(split_inputs(x).values(), split_inputs(known).values(), strict=True)
    flat = np.concatenate([_flatten_one(*pair) for pair in parts], axis=1)
    return np.where(np.isfinite(flat), flat, np.float32(0.0))


def _flatten_one(x: np.ndarray, known: np.ndarray) -> np.ndarray:
    if x.dtype.kind in "iu" and x.ndim == 2 and known.min() >= 0 and known.max() < MOST_FEATURES:
        size = int(known.max()) + 1
        return np.stack([np.bincount(row, minlength=size) for row in x]).astype(np.float32)
    return x.reshape(len(x), -1).astype(np.float32)
