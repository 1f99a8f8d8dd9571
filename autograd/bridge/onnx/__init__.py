"""What ONNX's operators are on this engine, a file a family.

A rule takes the operator's inputs by place, None where one is left out, and its attributes by keyword. Of an operator that
may give several results it gives them all. An overload is the set of operators that the operator was last changed in.
"""

from __future__ import annotations

from autograd.bridge.onnx import (
    attention,
    control,
    convolution,
    drawing,
    losses,
    normalization,
    places,
    pointwise,
    pooling,
    quantities,
    recurrent,
    reductions,
    resizing,
    sequences,
    shapes,
)
