"""Freeze cases of single ONNX operators, as ONNX itself tests its backends: `python -m tests.frozen.bridge_onnx_operators`.

With onnx 1.23. Of each operator the cases that are small are kept: the program, what goes in, and what comes out.
"""

from __future__ import annotations

import json
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from autograd import bridge
from autograd.bridge.saving import TEXT, encode

HERE = Path(__file__).parent
# Of one operator, and how many numbers a case has at most.
CASES, NUMBERS = 3, 200
# Their results are drawn, or lists.
LEFT_OUT = ("random", "bernoulli", "multinomial", "dropout", "seq", "optional", "expanded", "fp16", "sequence")


def main() -> None:
    """Write `bridge_onnx_operators.npz`."""
    from onnx.backend.test.case.node import collect_testcases

    warnings.simplefilter("ignore")
    kept: list[dict[str, Any]] = []
    arrays: dict[str, np.ndarray] = {}
    counted: Counter[str] = Counter()
    for case in collect_testcases(None):
        if any(word in case.name for word in LEFT_OUT) or not case.data_sets:
            continue
        given, wanted = case.data_sets[0]
        if (
            not all(isinstance(x, np.ndarray) for x in [*given, *wanted])
            or sum(x.size for x in [*given, *wanted]) > NUMBERS
        ):
            continue
        try:
            program = bridge.from_onnx(case.model).program
        except bridge.BridgeError:
            continue
        operator = program.operations[0].call if program.operations else "onnx.Constant"
        if counted[operator] == CASES or not runs(program, given):
            continue
        counted[operator] += 1
        number = len(kept)
        kept.append({"name": case.name, "operator": operator, "program": encode(program)})
        held = {"given": given, "wanted": wanted}
        arrays |= {f"{number}/{kind}/{i}": x for kind, xs in held.items() for i, x in enumerate(xs)}
        arrays |= {f"{number}/array/{name}": x for name, x in program.arrays.items()}
    path = HERE / "bridge_onnx_operators.npz"
    np.savez_compressed(path, **{TEXT: np.array(json.dumps(kept))}, **arrays)  # type: ignore[arg-type]
    print(len(kept), "cases of", len({word.split(".")[1] for word in counted}), "operators", path.stat().st_size)


def runs(program: bridge.Program, given: list[np.ndarray]) -> bool:
    """Whether it is computed here; that it is right is what the tests say."""
    try:
        bridge.Bridged(program)(*given)
    except bridge.BridgeError:
        return False
    return True


if __name__ == "__main__":
    main()
