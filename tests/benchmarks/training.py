"""One epoch of 784-64-16-10 (Adam, cross-entropy) over 60,000 rows, batch 128: `nn.fit`, a loop of PyTorch, scikit-learn."""

from __future__ import annotations

import gc
import statistics
import warnings
from collections.abc import Callable

import numpy as np

import nn
import optim
from tests.benchmarks.report import Report
from tests.benchmarks.tensor import SIZES
from tests.benchmarks.timing import time_interleaved, timer

ROWS, BATCH = 60_000, 128


def _data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.standard_normal((ROWS, SIZES[0]), np.float32), rng.integers(0, SIZES[-1], ROWS)


def _network() -> nn.Sequential:
    first, second, third = (nn.Linear(i, o, rng=0) for i, o in zip(SIZES, SIZES[1:], strict=False))
    return nn.Sequential(first, nn.Sigmoid(), second, nn.Tanh(), third)


def ours(x: np.ndarray, y: np.ndarray, compile: bool = False) -> Callable[[], object]:
    return lambda: nn.fit(_network(), (x, y), epochs=1, batch_size=BATCH, compile=compile)


def bare(x: np.ndarray, y: np.ndarray) -> Callable[[], object]:
    """The loop that `nn.fit` is measured against, to see what it adds."""

    def run() -> None:
        model, loss_of = _network(), nn.CrossEntropyLoss()
        optimizer = optim.Adam(model.parameters())
        for inputs, targets in nn.DataLoader(x, y, batch_size=BATCH, shuffle=True, seed=0):
            optimizer.zero_grad()
            loss = loss_of(model(inputs), targets)
            loss.backward()
            optimizer.step()
            loss.item()

    return run


def torch_loop(x: np.ndarray, y: np.ndarray) -> Callable[[], object]:
    import torch

    torch.set_num_threads(1)
    inputs, targets = torch.from_numpy(x), torch.from_numpy(y)
    linear = torch.nn.Linear

    def run() -> None:
        model = torch.nn.Sequential(
            linear(SIZES[0], SIZES[1]),
            torch.nn.Sigmoid(),
            linear(SIZES[1], SIZES[2]),
            torch.nn.Tanh(),
            linear(SIZES[2], SIZES[3]),
        )
        loss_of, optimizer = torch.nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters())
        order = torch.randperm(ROWS)
        for start in range(0, ROWS, BATCH):
            chosen = order[start : start + BATCH]
            optimizer.zero_grad()
            loss = loss_of(model(inputs[chosen]), targets[chosen])
            loss.backward()
            optimizer.step()
            loss.item()

    return run


def scikit_learn(x: np.ndarray, y: np.ndarray) -> Callable[[], object]:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    def run() -> None:
        # It has one activation for all layers: that of the widest.
        model = MLPClassifier(SIZES[1:-1], activation="logistic", batch_size=BATCH, max_iter=1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(x, y)

    return run


def added_seconds(rounds: int) -> float:
    """Seconds that the loop of `nn.fit` adds to one by hand, a batch; without the look at the data before it begins."""
    x, y = _data()
    by_hand = timer(bare(x, y))

    def fitted() -> float:
        gc.collect()
        return nn.fit(_network(), (x, y), epochs=1, batch_size=BATCH).seconds

    mine, theirs = [], []
    for number in range(rounds):
        # Who comes first has the colder caches.
        if number % 2:
            theirs.append(by_hand(1))
        mine.append(fitted())
        if not number % 2:
            theirs.append(by_hand(1))
    return (statistics.median(mine) - statistics.median(theirs)) / -(-ROWS // BATCH)


PEERS = {"torch loop": torch_loop, "scikit-learn": scikit_learn}


def measure(report: Report) -> None:
    """An epoch beside the peers and a loop without `nn.fit`, and what `nn.fit` adds to that."""
    peers = report.installed({"torch loop": "torch", "scikit-learn": "sklearn"})
    x, y = _data()
    contestants = {"stepgrad": ours(x, y), "compiled": ours(x, y, compile=True), "a loop by hand": bare(x, y)}
    times = time_interleaved({**contestants, **{name: PEERS[name](x, y) for name in peers}}, report.rounds(9))
    what = f"an epoch of nn.fit, 784-64-16-10, {ROWS:,} rows, batch {BATCH}"
    bars = {"torch loop": 0.7, "scikit-learn": 0.7}
    report.compare(what, times, bars)
    report.compare(f"{what}, compile=True", times, bars, mine="compiled")
    added_to = added_seconds(report.rounds(14))
    report.line("nn.fit adds to a loop by hand, a batch", f"{added_to * 1e6:.0f} µs", "< 30 µs", added_to < 30e-6)
