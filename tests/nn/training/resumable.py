"""A run with everything that has a state, which can be killed: `python -m tests.nn.training.resumable CHECKPOINT STEP`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

import nn
import optim


class At(nn.Callback):
    """Does something after a step."""

    def __init__(self, step: int, do: Callable[[], object]) -> None:
        self.step, self.do = step, do

    def on_step(self, run: nn.Run) -> None:
        if run.step == self.step:
            self.do()


def train(
    checkpoint: Any, callbacks: tuple[nn.Callback, ...] = (), epochs: int = 6, **options: Any
) -> tuple[nn.Module, nn.History]:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(90, 5)), rng.integers(0, 3, 90)
    model = nn.Sequential(
        nn.Linear(5, 16, rng=0), nn.BatchNorm1d(16), nn.Tanh(), nn.Dropout(0.3, rng=1), nn.Linear(16, 3, rng=2)
    )
    history = nn.fit(
        model,
        (x, y),
        **{
            "validation": 0.2,
            "lr": 0.01,
            "scheduler": lambda o: optim.lr_scheduler.CosineAnnealingLR(o, 30),
            "interval": "step",
            "epochs": epochs,
            "batch_size": 8,
            "metrics": ["accuracy", "confusion_matrix"],
            "accumulate": 2,
            "clip_norm": 1.0,
            "penalty": lambda model: 1e-3 * nn.l2_penalty(model.parameters()),
            "average": 0.8,
            "patience": 4,
            "checkpoint": checkpoint,
            "callbacks": callbacks,
            **options,
        },
    )
    return model, history


if __name__ == "__main__":
    train(sys.argv[1], (At(int(sys.argv[2]), lambda: os.kill(os.getpid(), signal.SIGKILL)),))
