"""Freeze what GradBench's own reference says: `python -m tests.frozen.gradbench CHECKOUT`.

The checkout is GradBench's, with its tool `manual` built: `make -C tools/manual`, after `cpp/json.hpp` has been put in its place.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

TO = Path(__file__).with_suffix(".json")


def inputs() -> dict[str, dict[str, Any]]:
    """A small input for each eval that has a reference."""
    rng = np.random.default_rng(0)
    points = rng.random((40, 2))
    bits, layers = 3, 2
    return {
        "lse": {"x": rng.normal(size=7).tolist()},
        "llsq": {"x": rng.normal(size=4).tolist(), "n": 20},
        "det": {"A": rng.normal(size=16).tolist(), "ell": 4},
        # Of more than four numbers the reference's gradient is that of the exact solution, which is another than that of its steps.
        "ode": {"x": rng.uniform(0.5, 1.5, 4).tolist(), "s": 4},
        "kmeans": {"points": points.tolist(), "centroids": points[-4:].tolist()},
        "gmm": {
            "d": 3, "k": 2, "n": 6, "m": 2, "gamma": 1.5, "x": rng.normal(size=(6, 3)).tolist(), "alpha": rng.normal(size=2).tolist(),
            "mu": rng.normal(size=(2, 3)).tolist(), "q": rng.normal(size=(2, 3)).tolist(), "l": rng.normal(size=(2, 3)).tolist(),
        },
        "lstm": {
            "main_params": rng.random((2 * layers, 4 * bits)).tolist(), "extra_params": rng.random((3, bits)).tolist(),
            "state": rng.random((2 * layers, bits)).tolist(), "sequence": rng.integers(0, 2, (6, bits)).astype(float).tolist(),
        },
        "ba": {
            "n": 3, "m": 4, "p": 12, "w": 0.417022, "feat": [0.3, -0.2],
            "cam": rng.normal(size=11).tolist(), "x": rng.normal(size=3).tolist(),
        },
    }  # fmt: skip


FUNCTIONS = {
    "lse": ("primal", "gradient"), "llsq": ("primal", "gradient"), "det": ("primal", "gradient"), "ode": ("primal", "gradient"),
    "kmeans": ("cost", "dir"), "gmm": ("objective", "jacobian"), "lstm": ("objective", "jacobian"), "ba": ("objective", "jacobian"),
}  # fmt: skip


def main(checkout: str) -> None:
    """Run the reference on each input, and write what it gives beside it."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input.json"
        for module, given in inputs().items():
            path.write_text(json.dumps(given | {"min_runs": 1, "min_seconds": 0}))
            for function in FUNCTIONS[module]:
                command = [Path(checkout) / "tools/manual/bin" / module, path, function]
                out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
                found.append(
                    {"module": module, "function": function, "input": given, "output": json.loads(out.splitlines()[0])}
                )
    TO.write_text("[\n" + ",\n".join(json.dumps(one) for one in found) + "\n]\n")


if __name__ == "__main__":
    main(sys.argv[1])
