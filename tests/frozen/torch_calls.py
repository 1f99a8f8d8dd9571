"""Freeze what PyTorch gives for the expressions of `tests/autograd/torch/calls.py`: `python -m tests.frozen.torch_calls`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.autograd.torch import calls, randomness

HERE = Path(__file__).parent


def main() -> None:
    """Write `torch_calls.json`."""
    import torch
    import torch.nn.functional as functional

    torch.manual_seed(0)
    found: dict[str, Any] = {"calls": {}, "random": {}}
    for code in (*calls.EXPRESSIONS, *calls.STATEMENTS):
        found["calls"][code] = calls.evaluate(torch, functional, code)
    for code in randomness.DRAWS:
        torch.manual_seed(42)
        found["random"][code] = randomness.draw(torch, code)
    parts = []
    for part in ("calls", "random"):
        rows = ",\n".join(f"{json.dumps(code)}: {json.dumps(told)}" for code, told in found[part].items())
        parts.append(f'"{part}": {{\n{rows}\n}}')
    (HERE / "torch_calls.json").write_text("{\n" + ",\n".join(parts) + "\n}\n")


if __name__ == "__main__":
    main()
