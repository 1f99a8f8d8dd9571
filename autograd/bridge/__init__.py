"""Other people's models: programs of PyTorch, JAX and ONNX as functions on this engine's tensors, with their own lines and modules.

The frameworks are imported when one of their programs is captured, and not before; a saved program runs without them.
"""

from __future__ import annotations

from autograd.bridge.audit import Audit, Difference, audit
from autograd.bridge.bridged import Bridged
from autograd.bridge.convert import from_jax, from_onnx, from_torch
from autograd.bridge.errors import BridgeError, MissingTranslationError
from autograd.bridge.onnx_export import to_onnx
from autograd.bridge.program import Leaf, Line, Operation, Program, Reference
from autograd.bridge.rules import find_rule, rule

__all__ = [
    "Audit",
    "BridgeError",
    "Bridged",
    "Difference",
    "Leaf",
    "Line",
    "MissingTranslationError",
    "Operation",
    "Program",
    "Reference",
    "audit",
    "find_rule",
    "from_jax",
    "from_onnx",
    "from_torch",
    "rule",
    "to_onnx",
]
