"""Threads of BLAS: one where all products are small, and as before afterwards."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

import nn
from nn.training.threads import _get_controller, needs_one_thread
from tests.benchmarks.convolution import build


def threads() -> int:
    """Those of NumPy's BLAS; SciPy brings one of its own, which numba loads when it is first used."""
    blas = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    return max(pool["num_threads"] for pool in [p for p in blas if "numpy" in p["filepath"]] or blas)


class Counts(nn.Callback):
    def on_step(self, run: nn.Run) -> None:
        self.seen = threads()


def during(model: nn.Module, x: np.ndarray, **options: object) -> int:
    counts = Counts()
    with threadpool_limits(limits=2, user_api="blas"):
        nn.fit(model, (x, x[:, :1] * 0.0), epochs=1, batch_size=len(x), callbacks=counts, loss="mse", **options)
        assert threads() == 2
    return counts.seen


@pytest.mark.integration
@pytest.mark.skipif(threads() < 2, reason="there is one processor")
def test_one_thread_for_small_matrices_and_all_for_large_ones() -> None:
    x = np.zeros((64, 20), np.float32)
    assert during(nn.Linear(20, 1), x) == 1
    assert during(nn.Linear(20, 1), x, threads=None) == 2
    assert during(nn.Linear(20, 1), x, threads=2) == 2
    large = nn.Sequential(nn.Linear(4096, 4096), nn.Linear(4096, 1))
    assert during(large, np.zeros((2, 4096), np.float32)) == 2


def test_what_is_small() -> None:
    assert needs_one_thread(nn.Sequential(nn.Linear(784, 64), nn.Linear(64, 10)), (128, 784))
    assert not needs_one_thread(nn.Sequential(nn.Linear(784, 64), nn.Linear(64, 10)), (1000, 784))
    assert needs_one_thread(nn.Conv2d(1, 6, 5), (32, 1, 28, 28))
    assert needs_one_thread(nn.Conv2d(16, 32, 5), (32, 16, 28, 28)), "each image is a product of its own"
    assert needs_one_thread(build(nn), (64, 1, 28, 28)), "two threads take twice as long for LeNet-5"
    assert not needs_one_thread(nn.Conv2d(64, 128, 5), (32, 64, 56, 56))
    assert not needs_one_thread(nn.Sequential(nn.Conv2d(1, 4, 3), nn.Linear(4096, 1024)), (64, 1, 28, 28))
    assert not needs_one_thread(nn.Linear(784, 64), (10, 100, 784)), "every step of a sequence is a row"


def test_without_threadpoolctl_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    _get_controller.cache_clear()
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    assert len(nn.fit(nn.Linear(1, 1), (np.ones((4, 1)), np.ones(4)), epochs=1)) == 1
