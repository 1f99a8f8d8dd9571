"""`python -m nn.health.loop.child FILE STEPS FACTOR … -- ARGUMENT …`: runs a script once for each factor, and prints its losses as JSON."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nn.health.loop.script import run_watched


def tell_losses(path: Path, steps: int, factors: Sequence[float], arguments: Sequence[str] = ()) -> None:
    """Print a line for each factor as soon as its run has ended: the factor, and the loss of each pass.

    Parameters
    ----------
    path : Path
    steps : int
    factors : sequence of float
    arguments : sequence of str
        What the script is given.
    """
    for factor in factors:
        losses: list[float] = []

        def scale_rates(optimizer: Any, factor: float = factor) -> None:
            for group in optimizer.param_groups:
                if "lr" in group:
                    group["lr"] = float(group["lr"]) * factor

        failed = False
        try:
            run_watched(path, steps, scale_rates, losses.append, arguments)
        except Exception:  # whatever the user's file raises: the losses until then are told
            failed = True
        lost = [math.nan] * 2 if failed else []
        print(json.dumps([factor, [loss if math.isfinite(loss) else None for loss in losses + lost]]), flush=True)


if __name__ == "__main__":
    at = sys.argv.index("--")
    tell_losses(Path(sys.argv[1]), int(sys.argv[2]), [float(factor) for factor in sys.argv[3:at]], sys.argv[at + 1 :])
