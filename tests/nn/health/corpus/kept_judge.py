"""Whether a run learned: what its held rows say, beside a constant answer, by training it to the end."""

from __future__ import annotations

import contextlib
import io
import sys
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

import nn
from autograd import AutogradError, Tensor, no_grad
from tests.nn.health.corpus.kept_case import Fit, Script

LEARNED = 0.45
"""Up to this share of a constant answer's error a run counts as learned."""


def is_sick(share: float, healed: float) -> bool:
    """Whether a run that leaves this share is really sick, beside the same run without its trouble."""
    return share > 0.4 and share > 2 * healed


def share_left(run: Fit | Script, seed: int = 0) -> float:
    """Train the run and give the share of a constant answer's error on held rows that is left; inf where it broke."""
    with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        if isinstance(run, Script):
            space: dict[str, Any] = {"__name__": "__main__"}
            exec(compile(run.text, "train.py", "exec"), space)
            return left(space["model"](space["x_test"]), space["y_test"], run.judge)
        try:
            nn.fit(run.model, run.data, loss=run.loss, seed=seed, progress=False, **run.options)
        except (AutogradError, FloatingPointError):
            return float("inf")
        run.model.eval()
        with no_grad():
            if run.judge.endswith(", row by row"):
                rows = [run.model(Tensor(run.held[0][k : k + 1])).numpy() for k in range(len(run.held[0]))]
                return left(Tensor(np.concatenate(rows)), run.held[1], run.judge.partition(",")[0])
            return left(run.model(Tensor(run.held[0])), run.held[1], run.judge)


def left(out: Any, targets: Any, judge: str) -> float:
    """The error of these outputs as a share of a constant answer's."""
    o, t = np.asarray(out.detach()), np.asarray(targets)
    if not np.isfinite(o).all():
        return float("inf")
    if judge == "regression":
        return float(np.square(o.reshape(t.shape) - t).mean() / t.var())
    if judge in ("classes", "loss"):
        if judge == "loss":
            # As the loss of the run sees its outputs.
            logs = o - np.log(np.exp(o - o.max(-1, keepdims=True)).sum(-1, keepdims=True)) - o.max(-1, keepdims=True)
            shares = np.bincount(t, minlength=o.shape[1]) / len(t)
            return float(-logs[np.arange(len(t)), t].mean() / -(shares[shares > 0] * np.log(shares[shares > 0])).sum())
        return errors(o.argmax(-1) == t, np.bincount(t).max() / len(t))
    if judge == "rounded":
        numbers = t[:, 0].astype(int)
        return errors(np.rint(o[:, 0]) == numbers, np.bincount(numbers).max() / len(t))
    if judge == "loss of logits":
        # Targets may be −1 and 1, or 0 and 1: the cross-entropy of what they mean.
        yes = (t > 0).astype(float)
        return float((np.logaddexp(0, o) - o * yes).mean() / np.log(2))
    answers = o > (0.5 if judge == "probabilities" else 0.0)
    yes = t > 0.5
    if judge == "balanced":
        return float((answers != yes)[yes].mean() + (answers != yes)[~yes].mean())
    return float(np.mean([errors(a == b, max(b.mean(), 1 - b.mean())) for a, b in zip(answers.T, yes.T, strict=True)]))


def errors(right: NDArray[np.bool_], constant: float) -> float:
    """The share of wrong answers beside that of the best constant answer."""
    return float((1 - right.mean()) / (1 - constant))


def main() -> int:
    """Train every case with a seed that is given (0 by default), and name those that aren't what they say."""
    from tests.nn.health.corpus.kept import HEALTHY as well
    from tests.nn.health.corpus.kept import SICK as ill

    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    wrong = 0
    for case in ill:
        shares = [share_left(case.build(seed, healed), seed) for healed in (False, True)]
        if not is_sick(*shares) or shares[1] > LEARNED:
            wrong += 1
            print(f"{case.name}: {shares[0]:.2f} of a constant answer's error is left, and {shares[1]:.2f} when healed")
    for case in well:
        share = share_left(case.build(seed, False), seed)
        if share > LEARNED:
            wrong += 1
            print(f"{case.name}: {share:.2f} of a constant answer's error is left in a healthy run")
    print(f"{wrong} of {len(ill) + len(well)} cases are not what they say, with seed {seed}")
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main()))
