"""What PyTorch's ATen operations are on this engine, a file a family; most are the words of `autograd.torch` themselves."""

from __future__ import annotations

from autograd.bridge.aten import (
    algebra,
    convolution,
    creation,
    drawing,
    losses,
    normalization,
    places,
    pointwise,
    reductions,
    shapes,
)
