"""What JAX's primitives are on this engine, a file a family: its own functions, with the parameters that a jaxpr writes."""

from __future__ import annotations

from autograd.bridge.lax import (
    algebra,
    control,
    convolution,
    places,
    pointwise,
    random,
    reductions,
    shapes,
    windows,
)
