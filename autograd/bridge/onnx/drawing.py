"""Random numbers: from the generator of `autograd.torch`, seeded by its `manual_seed`; seeds of the file are not followed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import autograd.torch as torch
from autograd.bridge.onnx.values import cast, check_lengths
from autograd.bridge.rules import rule


@rule("onnx.RandomNormal")
def normal(shape: Sequence[int], dtype: int = 1, mean: float = 0.0, scale: float = 1.0, seed: float = 0.0) -> Any:
    """Normal numbers."""
    return cast(mean + scale * torch.randn(*check_lengths(shape)), dtype)


@rule("onnx.RandomNormalLike")
def normal_like(x: Any, dtype: int | None = None, mean: float = 0.0, scale: float = 1.0, seed: float = 0.0) -> Any:
    """Normal numbers in a shape."""
    return cast(mean + scale * torch.randn(*x.shape), x.dtype if dtype is None else dtype)


@rule("onnx.RandomUniform")
def uniform(shape: Sequence[int], dtype: int = 1, low: float = 0.0, high: float = 1.0, seed: float = 0.0) -> Any:
    """Numbers between two."""
    return cast(low + (high - low) * torch.rand(*check_lengths(shape)), dtype)


@rule("onnx.RandomUniformLike")
def uniform_like(x: Any, dtype: int | None = None, low: float = 0.0, high: float = 1.0, seed: float = 0.0) -> Any:
    """Numbers between two in a shape."""
    return cast(low + (high - low) * torch.rand(*x.shape), x.dtype if dtype is None else dtype)


@rule("onnx.Bernoulli")
def bernoulli(x: Any, dtype: int | None = None, seed: float = 0.0) -> Any:
    """1 with a probability."""
    return cast(torch.bernoulli(x.detach()), x.dtype if dtype is None else dtype)


@rule("onnx.Multinomial")
def multinomial(x: Any, dtype: int = 6, sample_size: int = 1, seed: float = 0.0) -> Any:
    """Labels by logarithms of probabilities."""
    return cast(torch.multinomial(torch.softmax(x.detach(), -1), sample_size, True), dtype)
