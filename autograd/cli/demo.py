"""`stepgrad demo`: the example step by step, its diagram, gradient checks, the digits network trained, what to do next."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

import nn
from autograd.check import check_gradients, check_parameters
from autograd.cli import streams
from autograd.debug.session import Session
from autograd.draw import RendererMissingError, draw, explain
from autograd.engine.reverse import Contribution, Step
from autograd.engine.value import Value
from autograd.errors import MissingDependencyError
from autograd.examples import chain_rule
from autograd.extras import checkout
from autograd.files import check_writable, write_together
from autograd.graph.node import Const, Node, ancestors
from nn.data import load_digits_split
from nn.digits import digits_network, train_digits
from nn.training.history import csv_text
from nn.training.progress import progress_callbacks

EPOCHS = 40
# The commands to try next.
NEXT = (
    ("step forward and back", 'stepgrad step "c=a+b; d=b+1; e=c*d" a=2 b=1'),
    ("draw a page to zoom into", 'stepgrad draw "c=a+b; d=b+1; e=c*d" a=2 b=1 -o e.html'),
    ("train a network", "stepgrad train digits"),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes."""
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("stepgrad-demo"),
        metavar="DIR",
        help="folder for the files (default: %(default)s)",
    )


def run(chosen: argparse.Namespace) -> int:
    """Run the demo on the terminal; gives the exit code."""
    return run_demo(chosen.output, streams.Output())


def run_demo(output: Path, console: Console) -> int:
    """Run the demo.

    Parameters
    ----------
    output : Path
        The directory for its files; made where it is missing.
    console : rich.console.Console
        Where it prints; the progress bar shows only in a terminal.

    Returns
    -------
    int
        0, or 1 where a part could not be done for want of a library, or a check did not pass.

    Raises
    ------
    FileError, DrawError
        Where the directory or a file cannot be written; then none is.
    """
    check_writable(output)
    files: dict[str, bytes] = {}
    console.print("[bold]1. The chain rule, step by step[/]: e = (a+b)·(b+1) at a = 2, b = 1\n")
    e = chain_rule().root
    assert isinstance(e, Value)
    _tell_forward(console, e)
    _tell_backward(console, e)
    console.print("\n[bold]2. The gradient-flow diagram[/]\n")
    picture = _draw(console, e, files)
    files["stepping.html"] = Session(e).page("e = (a+b)·(b+1), forward and backward").encode()
    console.print("\n[bold]3. Gradients against finite differences[/]\n")
    right = _check(console)
    console.print("\n[bold]4. The digits network[/]: 64-64-16-10, sigmoid and tanh, Adam, batches of 32\n")
    trained = _train(console, files)
    write_together(output, files)
    console.print("\n[bold]5. Files[/]\n")
    titles = ("the diagram of e", "a page that steps through e, forward and back", "the training history")
    for what, name in zip(titles, files, strict=False):
        _line(console, f"  {what}: {output / name}")
    _tell_next(console)
    return 0 if right and trained and picture else 1


def _tell_forward(console: Console, e: Value) -> None:
    console.print("Forward: every operation records its result and its operands.\n")
    for node in ancestors(e):
        if node.op is not None:
            operands = f" {node.op.infix} ".join(
                p.label() if p.__class__ is not Const else f"{p.data:g}" for p in node.parents
            )
            numbers = f" {node.op.infix} ".join(f"{p.data:g}" for p in node.parents)
            _line(console, f"  {node.name} = {operands} = {numbers} = {node.data:g}")


def _tell_backward(console: Console, e: Value) -> None:
    console.print("\nBackward: a node whose gradient is complete sends to each operand")
    console.print("upstream gradient × local derivative = contribution, and the operand adds it up.\n")
    table = Table("from", "to", "upstream × local derivative", "contribution", "sum so far", box=None, padding=(0, 2))
    _line(console, f"  start with ∂e/∂e = {1.0:g}\n")

    def tell(step: Step) -> None:
        for sent in step.sent:
            of, to = step.node.name, sent.parent.label()
            local = f"∂{of}/∂{to} = {sent.formula}" + (
                "" if sent.formula == f"{sent.local:g}" else f" = {sent.local:g}"
            )
            table.add_row(of, to, f"{step.upstream:g} × ({local})", f"{sent.value:g}", f"∂e/∂{to} = {sent.total:g}")

    e.backward(step=tell)
    console.print(table)
    leaves = {node.name: node for node in ancestors(e) if node.op is None and node.requires_grad}
    console.print("\nThe sum over all paths gives the same, and walks the edge from c to e twice:\n")
    for name, leaf in leaves.items():
        paths = _paths(e, leaf)
        products = " + ".join("·".join(f"{factor:g}" for factor in factors) for _, factors in paths)
        routes = ", ".join("→".join(route) for route, _ in paths)
        _line(
            console,
            f"  ∂e/∂{name} = {products} = {sum(np.prod(f) for _, f in paths):g}   by {routes}; one pass: {leaf.grad:g}",
        )
    edges = sum(len(node.parents) - sum(p.__class__ is Const for p in node.parents) for node in ancestors(e))
    walked = sum(len(factors) for leaf in leaves.values() for _, factors in _paths(e, leaf))
    _line(console, f"\n  edges walked: {walked} over the paths, {edges} in the reverse pass")


def _tell_next(console: Console) -> None:
    console.print("\n[bold]6. What to do next[/]\n")
    for what, line in NEXT:
        _line(console, f"  {what}:\n    {line}")
    sources = checkout()
    book = "in the folder notebooks of the sources" if sources is None else str(sources / "notebooks" / "index.md")
    _line(console, f"\n  The book: {book}")


def _paths(root: Value, leaf: Node) -> list[tuple[list[str], list[float]]]:
    """Every path from a leaf up to the root, as names and as local derivatives."""
    found = []
    for path in explain(root, leaf).paths:
        factors = [Contribution(node, index, None, None).local for node, index in reversed(path.edges)]
        found.append(([node.label() for node in reversed(path.nodes)], factors))
    return sorted(found)


def _draw(console: Console, e: Value, files: dict[str, bytes]) -> bool:
    """The diagram, as a picture if there is what draws one."""
    diagram, name = draw(e), "chain_rule.svg"
    try:
        files[name] = diagram.svg.encode()
    except RendererMissingError as missing:
        name = "chain_rule.dot"
        files[name] = diagram.dot.encode()
        _line(console, f"  {missing}")
    _line(console, f"  {sum(1 for _ in ancestors(e))} nodes, values in green, gradients in red: {name}")
    return name.endswith(".svg")


def _check(console: Console) -> bool:
    graph = check_gradients(lambda a, b: (a + b) * (b + 1), 2.0, 1.0)
    _line(console, f"  e = (a+b)·(b+1): {graph.summary}")
    rng = np.random.default_rng(0)
    model = nn.Sequential(
        nn.Linear(4, 5, dtype=np.float64, rng=rng), nn.Sigmoid(), nn.Linear(5, 3, dtype=np.float64, rng=rng)
    )
    inputs, labels = rng.normal(size=(6, 4)), rng.integers(0, 3, 6)
    network = check_parameters(lambda: nn.functional.cross_entropy(model(inputs), labels), model.named_parameters())
    _line(console, f"  a 4-5-3 network: {network.summary}")
    worst = max(abs(c.claimed - c.measured.value) for c in (*graph.coordinates, *network.coordinates))
    _line(console, f"  greatest difference: {worst:.1e}")
    if not (graph and network):
        console.print(graph.table())
        console.print(network.table())
    return bool(graph and network)


def _train(console: Console, files: dict[str, bytes]) -> bool:
    try:
        split = load_digits_split()
    except MissingDependencyError as missing:
        _line(console, f"  not trained: {missing}")
        return False
    count = sum(p.size for p in digits_network().parameters())
    _line(
        console,
        f"  {len(split.train_labels)} images to train on, {len(split.test_labels)} to test on, {count:,} parameters\n",
    )
    model, history = train_digits(0, EPOCHS, split=split, callbacks=progress_callbacks(None, console))
    table = Table("epoch", "loss", "training accuracy", "test accuracy", box=None, padding=(0, 2))
    for row in history:
        if row["epoch"] in (1, 2, 5, 10, 20, EPOCHS):
            table.add_row(
                str(row["epoch"]), f"{row['loss']:.4f}", f"{row['accuracy']:.4f}", f"{row['val_accuracy']:.4f}"
            )
    console.print(table)
    console.print("\n  Gradients of the first batch, at the first weights and at the last:\n")
    _gradient_table(console, model, split.train_images[:32], split.train_labels[:32])
    files["digits_history.csv"] = csv_text(history.rows, history.columns).encode()
    return True


def _gradient_table(console: Console, trained: nn.Module, images: np.ndarray, labels: np.ndarray) -> None:
    table = Table("parameter", "shape", "first norm", "last norm", "last max", "zeros", box=None, padding=(0, 2))
    rows = []
    for model in (digits_network(0), trained):
        model.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        rows.append([(name, np.asarray(p.grad)) for name, p in model.named_parameters()])
    for (name, first), (_, last) in zip(*rows, strict=True):
        table.add_row(
            name,
            "×".join(map(str, last.shape)),
            f"{np.linalg.norm(first):.2e}",
            f"{np.linalg.norm(last):.2e}",
            f"{np.abs(last).max():.2e}",
            f"{np.mean(last == 0.0):.0%}",
        )
    console.print(table)


def _line(console: Console, text: str) -> None:
    # A terminal wraps it where it must, so that what is copied from it is whole.
    console.print(text, markup=False, highlight=False, soft_wrap=True)
