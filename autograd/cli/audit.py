"""`stepgrad audit FILE.py:model`: a model of PyTorch's or JAX's, each of whose derivatives is compared with what its forward says."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.text import Text

from autograd.cli import readers, streams
from autograd.cli.graphs import inputs_of
from autograd.errors import UsageError
from autograd.graph.foreign import is_foreign
from autograd.target import load, users_code
from autograd.wording.steps import to_line

ABOUT = """Exit code 0: all agree; 1: one does not; 2: the audit could not run.
Python runs the file as usual. A model is called with what the file calls example_inputs, a function with
the defaults of its arguments."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes."""
    parser.description = f"{parser.description}\n\n{ABOUT}"
    parser.add_argument(
        "target", metavar="FILE.py:model", help="a torch.nn.Module, or a function of PyTorch's tensors or JAX's arrays"
    )
    parser.add_argument("values", nargs="*", metavar="name=value", help="a number for an argument of a function")
    parser.add_argument(
        "--seed", type=readers.read_seed, default=0, help="seed of the random gradients (default: %(default)s)"
    )


def run(chosen: argparse.Namespace) -> int:
    """Audit, and print the report; gives the exit code."""
    found = load(chosen.target)[0]
    if not callable(found):
        raise UsageError(
            f"{chosen.target} is {type(found).__name__}: a model or a function of PyTorch's or JAX's was expected"
        )
    arguments, by_keyword = inputs_of(found, chosen.target, readers.read_values(chosen.values))
    if not is_foreign(found, [arguments, by_keyword]):
        raise UsageError(
            f"{chosen.target} is no model or function of PyTorch's or JAX's: give a torch.nn.Module, or a function whose "
            "arguments have tensors or arrays of theirs as defaults"
        )
    # Here, because it loads networks.
    from autograd.bridge.audit import audit

    with users_code(chosen.target, Path(chosen.target.rpartition(":")[0])):
        report = audit(found, *arguments, seed=chosen.seed, **by_keyword)
    # Names and lines of a user's file must not steer the terminal.
    streams.show(*[Text(to_line(line)) for line in str(report).splitlines()], whole=True)
    return 0 if report else 1
