"""`stepgrad check FILE.py:function`: inputs for a function that says by itself what it takes, and the verdict as exit code."""

from __future__ import annotations

import argparse
import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograd.arguments import arguments_for, is_strategy
from autograd.check.engine_report import EngineReport
from autograd.check.engines import check_engine, is_engine
from autograd.check.gradients import GradientError, check_gradients
from autograd.check.report import Report
from autograd.cli import readers, streams
from autograd.cli.graphs import inputs_of, takes_examples
from autograd.errors import UsageError
from autograd.graph.tree import leaves
from autograd.target import load, users_code

ABOUT = """Exit code 0: right; 1: wrong; 3: inconclusive; 2: the check could not run.
Python runs the file as usual."""
EXIT_CODES = {"pass": 0, "fail": 1, "inconclusive": 3}


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes."""
    parser.description = f"{parser.description}\n\n{ABOUT}"
    parser.add_argument(
        "target",
        metavar="FILE.py:function",
        help="the function to check, whose inputs come from its defaults, annotations or strategies; or the class of an engine",
    )
    parser.add_argument("values", nargs="*", metavar="name=value", help="a value for an argument")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--grad", metavar="NAME", help="check this hand-written gradient, from the same file")
    parser.add_argument(
        "--order", type=readers.read_count, default=1, help="2 also checks second derivatives (default: %(default)s)"
    )
    parser.add_argument(
        "--seed", type=readers.read_seed, default=0, help="seed of random inputs and directions (default: %(default)s)"
    )
    parser.add_argument(
        "--examples",
        type=readers.read_count,
        default=25,
        metavar="N",
        help="draw N inputs from a strategy (default: %(default)s)",
    )


def run(chosen: argparse.Namespace) -> int:
    """Check, and print the report; gives the exit code."""
    report = check_target(
        chosen.target,
        readers.read_values(chosen.values),
        gradient=chosen.grad,
        order=chosen.order,
        seed=chosen.seed,
        examples=chosen.examples,
    )
    if chosen.json:
        print(report.to_json())
    else:
        streams.show(report)
    return EXIT_CODES[report.verdict]


def check_target(
    target: str,
    values: Mapping[str, float],
    *,
    gradient: str | None = None,
    order: int = 1,
    seed: int = 0,
    examples: int = 25,
) -> Report | EngineReport:
    """Check the function that `FILE.py:name` names, or the class of an engine.

    Parameters
    ----------
    target : str
    values : mapping from str to float
        Numbers for arguments by name; they come before everything else.
    gradient : str, optional
        The name of a hand-written gradient in the same file.
    order, seed : int
        As for `check_gradients`.
    examples : int
        How many inputs are drawn where an argument has a strategy.

    Returns
    -------
    Report or EngineReport
        Of several examples the first that fails, made as simple as hypothesis can; else the last.

    Raises
    ------
    UsageError
        Where the file does not run, the function raises, or an argument says nothing of what it takes.
    """
    function, *others = load(target, *([gradient] if gradient else []))
    grad = others[0] if others else None
    filename = target.rpartition(":")[0]
    if is_engine(function):
        with users_code(target, Path(filename)):
            return check_engine(function)
    for what, given in ((target, function), (gradient, grad)):
        if given is not None and not callable(given):
            raise UsageError(f"{what} is not a function but {type(given).__name__}")
    if takes_examples(function, target):
        arguments, by_keyword = inputs_of(function, target, values)
    else:
        arguments, by_keyword = arguments_for(function, values, np.random.default_rng(seed))

    # A number for a keyword is a setting, not an input.
    called = functools.partial(function, **by_keyword) if by_keyword else function
    derived = functools.partial(grad, **by_keyword) if grad is not None and by_keyword else grad

    def check(*inputs: Any) -> Report:
        with users_code(target, Path(filename)):
            try:
                return check_gradients(called, *inputs, grad=derived, order=order, seed=seed)
            except (ValueError, TypeError) as error:
                if str(error).startswith("check_gradients"):
                    raise UsageError(str(error)) from None
                raise

    if not any(is_strategy(a) for a in arguments):
        return check(*arguments)
    return _check_over_examples(check, arguments, examples)


def _check_over_examples(check: Callable[..., Report], arguments: list[Any], examples: int) -> Report:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st

    drawn = st.tuples(*(a if is_strategy(a) else st.just(a) for a in arguments))
    reports: list[Report] = []
    phases = (Phase.explicit, Phase.generate, Phase.shrink)

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        print_blob=False,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    @given(drawn)
    def over(inputs: tuple[Any, ...]) -> None:
        report = check(*inputs)
        reports.append(report)
        if report.verdict == "fail":
            told = ", ".join(repr(x) for x in leaves(inputs))
            report.notes.append(f"inputs: {told}")
            raise GradientError(report)

    try:
        over()
    except GradientError as error:
        return error.report
    shown = next((report for report in reports if not report), reports[-1])
    doubtful = sum(not report for report in reports)
    told = f"{doubtful} of them inconclusive, the first of these" if doubtful else "the last of them"
    shown.notes.append(f"{len(reports)} inputs were drawn; {told} is shown")
    return shown
