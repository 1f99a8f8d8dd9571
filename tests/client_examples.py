"""Run the examples of HIPS autograd on it and on this engine, a few steps each: `python -m tests.client_examples FOLDER [name …]`.

By hand, for it needs the examples, which are in HIPS autograd's source distribution, and `tests.clients autograd` run before. An
example trains for minutes and draws as it goes; here its optimizers take a few steps, and nothing waits. What is compared is
every value and every gradient that its optimizers see, and every number that it prints where it has no optimizer.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from tests.clients import CLIENTS, PLACE, ROOT, environment

STEPS, SECONDS, NEAR = 3, 600, 1e-6
# What examples import.
SHARED = ("__init__", "data", "data_mnist")
# What an example has in its text, and what it has here instead.
SHORTER: Mapping[str, Mapping[str, str]] = {
    "hmm_em": {"max_lines=60": "max_lines=3", "while different(x0, x1):": "for _ in range(2):"},
    "convnet": {"npr.RandomState()": "npr.RandomState(0)"},
    # Both solve for the derivative backwards, with the tolerance.
    "ode_net": {"N = 30": "N = 5", "rtol=0.01": "rtol=1e-9"},
    # Float32 images would hide a difference.
    "fluidsim/fluidsim": {
        "simulation_timesteps = 100": "simulation_timesteps = 2",
        "[:, :, 0]\n": "[:, :, 0].astype(float)\n",
        "[::2, ::2]\n": "[::2, ::2].astype(float)\n",
        "os.system(": "(",
    },
    "fluidsim/wing": {"simulation_timesteps = 20": "simulation_timesteps = 2", "os.system(": "("},
}
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")
# Runs an example: its file, what to replace in it, and where to write what its optimizers saw.
DRIVER = f"""
import functools, json, os, sys
import matplotlib
matplotlib.use("Agg")
import numpy, scipy.optimize
from matplotlib import pyplot
from autograd.misc import flatten, optimizers

path, replaced, told = sys.argv[1:]
seen = []
numpy.random.seed(0)


def watched(function):
    @functools.wraps(function)
    def called(*args, **kwargs):
        found = function(*args, **kwargs)
        vector = numpy.asarray(flatten(found)[0], float)
        seen.append([float(vector.sum()), float(numpy.abs(vector).sum())])
        return found

    return called


def shorter_minimize(fun, x0, *args, jac=None, options=None, minimize=scipy.optimize.minimize, **kwargs):
    jac = watched(jac) if callable(jac) else jac
    return minimize(watched(fun), x0, *args, jac=jac, options={{**(options or {{}}), "maxiter": {STEPS}}}, **kwargs)


def shorter(optimizer):
    return lambda grad, x0, *args, **kwargs: optimizer(watched(grad), x0, *args, **{{**kwargs, "num_iters": {STEPS}}})


scipy.optimize.minimize = shorter_minimize
for name in ("adam", "sgd", "rmsprop"):
    setattr(optimizers, name, shorter(getattr(optimizers, name)))
pyplot.pause = pyplot.show = lambda *_, **__: None
text = open(path).read()
for old, new in json.loads(replaced).items():
    if old not in text:
        raise SystemExit(f"{{path}} has no {{old!r}}")
    text = text.replace(old, new)
sys.path.insert(0, os.path.dirname(path))
sys.argv = [path]
exec(compile(text, path, "exec"), {{"__name__": "__main__", "__file__": path}})
json.dump(seen, open(told, "w"))
"""


def run_example(python: Path, folder: Path, name: str, engine: Path) -> tuple[np.ndarray | None, str]:
    """The numbers that an example gives on one engine, None where it fails, and its last words."""
    file = folder / f"{name}.py"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (engine, folder))), "PYTHONHASHSEED": "0"}
    with tempfile.TemporaryDirectory() as place:
        told = Path(place) / "seen.json"
        command = [python, "-W", "ignore", "-c", DRIVER, file, json.dumps(SHORTER.get(name, {})), told]
        try:
            done = subprocess.run(
                list(map(str, command)), text=True, capture_output=True, timeout=SECONDS, env=environ, cwd=file.parent
            )
        except subprocess.TimeoutExpired:
            return None, f"still running after {SECONDS} s"
        if done.returncode:
            return None, (done.stderr.strip().splitlines() or ["?"])[-1]
        seen = json.loads(told.read_text(encoding="utf-8"))
    numbers = np.ravel(seen) if seen else np.array([float(x) for x in NUMBER.findall(done.stdout)])
    return numbers, f"{len(seen)} evaluations" if seen else f"{len(numbers)} numbers printed" if len(
        numbers
    ) else "drawn"


def difference(ours: np.ndarray | None, theirs: np.ndarray | None) -> float:
    """How far apart the numbers are, as a share of the larger ones among them."""
    if ours is None or theirs is None or ours.shape != theirs.shape:
        return math.inf
    scale = np.maximum(np.abs(theirs), np.abs(theirs).max(initial=0.0) * 1e-6)
    return float((np.abs(ours - theirs) / np.where(scale > 0.0, scale, 1.0)).max(initial=0.0))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.client_examples", description=(__doc__ or "").split("\n\n")[0]
    )
    parser.add_argument("folder", type=Path, help="the folder of the examples")
    parser.add_argument("names", nargs="*", metavar="name", help="of examples; all by default")
    parser.add_argument(
        "--python", type=Path, help="with NumPy, SciPy and matplotlib; by default that of tests.clients"
    )
    parser.add_argument("--theirs", type=Path, default=PLACE / "true", help="the folder that HIPS autograd is in")
    options = parser.parse_intermixed_args(arguments)
    python = options.python or environment("autograd", CLIENTS["autograd"])
    folder = options.folder.resolve()
    scripts = [
        str(path.relative_to(folder).with_suffix(""))
        for path in sorted(folder.rglob("*.py"))
        if path.stem not in SHARED
    ]
    differ = 0
    for name in options.names or scripts:
        theirs, said_there = run_example(python, folder, name, options.theirs)
        ours, said_here = run_example(python, folder, name, ROOT)
        far = difference(ours, theirs)
        same = far <= NEAR
        told = "the same" if same else f"DIFFERS by {far:.1e}"
        print(f"{name}: {told}; there {said_there}; here {said_here}", flush=True)
        differ += not same
    return min(differ, 1)


if __name__ == "__main__":
    sys.exit(main())
