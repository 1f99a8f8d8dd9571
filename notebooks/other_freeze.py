"""Capture what `13_other_models.ipynb` reads: `python other_freeze.py`, with PyTorch and JAX.

It writes the two programs, and what `stepgrad audit` says of the network.
"""

from __future__ import annotations

from pathlib import Path

import other_loop
import other_net

from autograd import bridge
from tests.frozen.bridge_lines import relative

HERE = Path(__file__).parent


def main() -> None:
    """Write `other_net.npz`, `other_loop.npz` and `other_net.txt`."""
    net = bridge.from_torch(other_net.loss, *other_net.loss.__defaults__)
    loop = bridge.from_jax(other_loop.root, *other_loop.example_inputs)
    for bridged, name in ((net, "other_net"), (loop, "other_loop")):
        # The names of files alone, which are the same everywhere.
        bridged.program = relative(bridged.program)
        bridged.save(HERE / f"{name}.npz")
    report = bridge.audit(other_net.loss, *other_net.loss.__defaults__)
    (HERE / "other_net.txt").write_text(str(report).replace(f"{HERE}/", "") + "\n")
    print(report)


if __name__ == "__main__":
    main()
