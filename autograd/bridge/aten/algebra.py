"""Products of matrices, and what is solved with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import autograd.torch as torch
import autograd.torch.nn.functional as F  # noqa: N812 - as PyTorch's users write it
from autograd.bridge.rules import rule

for _name in (
    "addmm", "addmv", "baddbmm", "bmm", "cdist", "cross", "dist", "dot", "inner", "kron", "logdet", "matmul", "mm", "mv", "outer",
):  # fmt: skip
    rule(f"aten.{_name}")(getattr(torch, _name))
for _name in ("cross", "det", "inv", "solve", "cholesky", "slogdet", "matrix_exp"):
    if hasattr(torch.linalg, _name):
        rule(f"aten.linalg_{_name}")(getattr(torch.linalg, _name))

rule("aten.linalg_pinv.default")(torch.linalg.pinv)
rule("aten.vdot")(torch.dot)
rule("aten.linear")(F.linear)
rule("aten.bilinear")(F.bilinear)
rule("aten.cosine_similarity")(F.cosine_similarity)


@rule("aten.einsum")
def einsum(equation: str, tensors: Sequence[Any], path: Any = None) -> Any:
    """In what order is ours."""
    return torch.einsum(equation, *tensors)
