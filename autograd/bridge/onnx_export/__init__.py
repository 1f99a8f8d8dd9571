"""The way out: what rows of this engine's table are in ONNX's operators, a file a family, and `to_onnx`."""

from __future__ import annotations

from autograd.bridge.onnx_export import algebra, elementwise, places, reductions, shapes
from autograd.bridge.onnx_export.export import to_onnx

__all__ = ["to_onnx"]
