"""HIPS autograd's kind of program: gradients here, in HIPS autograd (in a process of its own), and in PyTorch."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from autograd.graph.tree import leaves
from tests.autograd import hips_programs
from tests.benchmarks.report import Report
from tests.benchmarks.timing import Times, time_in_turns, timer

WORKER = Path(__file__).parent / "hips_worker.py"
# Both are called `autograd`, so HIPS autograd cannot be installed beside this one.
PLACE = Path(os.environ.get("STEPGRAD_HIPS", ".hips"))
# Of our times to HIPS autograd's.
BARS = {"logistic regression": 0.5, "Gaussian mixture": 0.6, "Bayesian network": 0.6}
INSTALL = f"pip install --no-deps --target {PLACE} autograd==1.9.1"


class Worker:
    """Programs in a process of its own, which times itself.

    Parameters
    ----------
    *places : path
        Where it finds what it imports, before what is installed.
    program : sequence of str
        What Python runs, with its arguments.
    environment : mapping, optional
        Variables beside those of this process.
    """

    def __init__(
        self, *places: Path, program: Sequence[str] = (str(WORKER),), environment: Mapping[str, str] | None = None
    ) -> None:
        path = os.pathsep.join(str(place.resolve()) for place in places)
        environment = {**os.environ, "PYTHONPATH": path, **(environment or {})}
        self._process = subprocess.Popen(
            [sys.executable, "-P", *program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def ask(self, **question: Any) -> Any:
        """One question, one answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(question), file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())

    def timer(self, program: str) -> Callable[[int], float]:
        """A contestant that is told how often to run, and tells the seconds a run."""
        return lambda repeat: float(self.ask(time=program, repeat=repeat))

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.communicate()


def hips_is_installed() -> bool:
    """Whether HIPS autograd is where the benchmark looks for it."""
    return (PLACE / "autograd" / "tracer.py").is_file()


def find_hips(report: Report) -> bool:
    """Whether it is there; a note tells how to put it there."""
    found = hips_is_installed()
    if not found:
        report.note(f"HIPS autograd is not where it is looked for: {INSTALL}")
    return found


def torch_gradient(name: str) -> Callable[[], Any]:
    """The same objective, written in PyTorch, and its gradient with respect to the same parameters."""
    import torch

    torch.set_num_threads(1)
    objective, params = hips_programs.OBJECTIVES[name]()
    held = dict(
        zip(objective.__code__.co_freevars, (cell.cell_contents for cell in objective.__closure__), strict=True)
    )
    tensors = {key: torch.from_numpy(value) for key, value in held.items() if isinstance(value, np.ndarray)}

    def logistic_regression(weights: Any) -> Any:
        predictions = 0.5 * (torch.tanh((tensors["inputs"] @ weights) / 2.0) + 1)
        targets = tensors["targets"]
        probabilities = predictions * targets + (1 - predictions) * ~targets
        return -torch.sum(torch.log(probabilities)) + 0.1 * weights @ weights

    def gaussian_mixture(params: Any) -> Any:
        proportions = params["log proportions"] - torch.logsumexp(params["log proportions"], 0)
        lls = []
        for log_proportion, mean, factor in zip(proportions, params["means"], params["factors"], strict=True):
            normal = torch.distributions.MultivariateNormal(mean, factor.T @ factor, validate_args=False)
            lls.append(log_proportion + normal.log_prob(tensors["data"]))
        return torch.sum(torch.logsumexp(torch.stack(lls), 0))

    def bayesian_network(params: Any) -> Any:
        count, draws = held["count"], held["noise_draws"]
        inputs, targets, noise = tensors["inputs"], tensors["targets"], tensors["noise"]
        mean, log_std = params[:count], params[count:]
        samples = noise * torch.exp(log_std) + mean
        hidden, weights = inputs[None], samples
        for m, n in held["shapes"]:
            W, b = weights[:, : m * n].reshape(draws, m, n), weights[:, m * n : m * n + n].reshape(draws, 1, n)
            weights = weights[:, (m + 1) * n :]
            outputs = torch.einsum("mnd,mdo->mno", hidden.expand(draws, -1, -1), W) + b
            hidden = torch.exp(-(outputs**2))
        log_prior = -0.05 * torch.sum(samples**2, 1)
        log_lik = -torch.sum((outputs - targets) ** 2, (1, 2)) / 0.01
        entropy = 0.5 * count * (1.0 + math.log(2 * math.pi)) + torch.sum(log_std)
        return -(entropy + torch.mean(log_prior + log_lik))

    written = {
        f.__name__.replace("_", " ").lower(): f for f in (logistic_regression, gaussian_mixture, bayesian_network)
    }
    if name == "Bayesian network":
        inner = dict(
            zip(
                held["predictions"].__code__.co_freevars,
                (c.cell_contents for c in held["predictions"].__closure__),
                strict=True,
            )
        )
        held.update({"shapes": [(1, 20), (20, 20), (20, 1)], "noise_draws": held["noise"].shape[0]})
        tensors["inputs"] = torch.from_numpy(inner["inputs"])
    function = written[name.lower()]

    def run() -> Any:
        if isinstance(params, dict):
            leaves = {key: torch.tensor(value, requires_grad=True) for key, value in params.items()}
            found = torch.autograd.grad(function(leaves), list(leaves.values()))
            return dict(zip(params, (g.numpy() for g in found), strict=True))
        leaf = torch.tensor(params, requires_grad=True)
        return torch.autograd.grad(function(leaf), leaf)[0].numpy()

    return run


def times(with_torch: bool, with_hips: bool, rounds: int) -> dict[str, dict[str, Times]]:
    """Seconds a gradient of each program; that all contestants compute the same is checked first."""
    found = {}
    with ExitStack() as stack:
        ours = stack.enter_context(Worker(Path(__file__).parents[2]))
        theirs = stack.enter_context(Worker(PLACE)) if with_hips else None
        values = [worker.ask(values=True)["objectives"] for worker in (ours, theirs) if worker is not None]
        for name in hips_programs.OBJECTIVES:
            timers = {"stepgrad": ours.timer(name)}
            computed = [leaves(worker[name]) for worker in values]
            if theirs is not None:
                timers["HIPS autograd"] = theirs.timer(name)
            if with_torch:
                gradient = torch_gradient(name)
                computed.append([x for part in leaves(gradient()) for x in np.ravel(part)])
                timers["torch eager"] = timer(gradient)
            for other in computed[1:]:
                np.testing.assert_allclose(other, computed[0], rtol=1e-8)
            found[name] = time_in_turns(timers, rounds)
    return found


def measure(report: Report) -> None:
    """Every program's gradient beside HIPS autograd and PyTorch."""
    with_hips = find_hips(report)
    with_torch = bool(report.installed({"torch eager": "torch"}))
    for name, measured in times(with_torch, with_hips, report.rounds(21)).items():
        report.compare(f"gradient: {name}", measured, {"HIPS autograd": BARS[name], "torch eager": 1.0})
