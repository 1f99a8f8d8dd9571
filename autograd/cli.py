"""The command `stepgrad`."""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograd._version import __version__
from autograd.errors import AutogradError, UsageError
from autograd.graph import sites
from autograd.wording.steps import one_line

EXAMPLES = """examples:
  stepgrad demo
  stepgrad demo --output results
  stepgrad ops
  stepgrad check model.py:loss
  stepgrad check model.py:loss --grad loss_gradient x=0.5
  stepgrad draw "(a+b)*(b+1)" a=2 b=1 -o e.svg
  stepgrad draw "c=a+b; d=b+1; e=c*d" a=2 b=1 -o e.png
  stepgrad draw "where(x > 0, x**2, exp(x))" x=-1.5
  stepgrad draw digits --expand all -o digits.html
  stepgrad draw model.py:loss x=0.5 --explain w
  stepgrad step "c=a+b; d=b+1; e=c*d" a=2 b=1
  stepgrad step train.py --break not_finite
  stepgrad step xor --page xor.html
  stepgrad train digits
  stepgrad train wine --folds 5
  stepgrad train table.csv --target price --hidden 64,32 --search 20 --jobs 2
  stepgrad doctor model.py:model
"""


DOCTOR = """The file is run as Python runs it, and defines

  model = nn.Sequential(…)     a Module, or a function without arguments that gives one
  data = (x, y)                inputs and targets, the same of a validation part behind them if there is one,
                               or a function without arguments that gives this

Targets are class numbers (whole numbers), or floats of the outputs' shape. Nothing of the model is changed.
Exit code 0: healthy; 1: not; 2: it could not be examined.
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="stepgrad",
        description="An autograd engine that you can see through.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"stepgrad {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    demo = commands.add_parser("demo", help="trace an example, draw it, check gradients, and train a network")
    demo.add_argument(
        "--output",
        type=Path,
        default=Path("stepgrad-demo"),
        metavar="DIR",
        help="where files go (default: %(default)s)",
    )
    functions = commands.add_parser("ops", help="list the NumPy and SciPy functions that are differentiated")
    functions.add_argument("--markdown", action="store_true", help="as the table of the README")
    check = commands.add_parser(
        "check",
        help="check the gradient of a function in a file against finite differences",
        description="Exit code 0: right; 1: wrong; 3: inconclusive; 2: it could not be checked. The file is run as Python "
        "runs it.",
    )
    check.add_argument(
        "target", metavar="FILE.py:function", help="inputs come from defaults, annotations or strategies"
    )
    check.add_argument("values", nargs="*", metavar="name=value", help="a number for an argument")
    check.add_argument("--grad", metavar="NAME", help="a gradient written by hand, in the same file")
    check.add_argument("--order", type=_count, default=1, help="2 checks second derivatives too (default: %(default)s)")
    check.add_argument("--seed", type=_seed, default=0, help="of random inputs and directions (default: %(default)s)")
    check.add_argument(
        "--examples", type=_count, default=25, metavar="N", help="inputs to draw from a strategy (default: %(default)s)"
    )
    _draw_options(
        commands.add_parser(
            "draw",
            help="draw the graph of an expression, of a function in a file, or of an example, with its gradients",
            epilog=EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
    )
    _step_options(
        commands.add_parser(
            "step",
            help="step forward and back through the forward and backward pass of an expression, a function or a program",
            epilog=EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
    )
    _train_options(
        commands.add_parser(
            "train",
            help="train a network on a data set or a table, and write a report",
            description="The report is printed, and written with the model and the epochs into a folder. Exit code 2: it could "
            "not be done as asked, and nothing was written; 130: Ctrl-C, the report is of what was reached.",
        )
    )
    doctor = commands.add_parser(
        "doctor",
        help="examine a model and its data before a long training: gradients, first loss, a few samples by heart, health",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=DOCTOR,
    )
    doctor.add_argument(
        "target", metavar="FILE.py:model|DATA", help="or a data set as for train, with its default network"
    )
    doctor.add_argument("--data", default="data", metavar="NAME", help="of the data in the file (default: %(default)s)")
    doctor.add_argument("--loss", metavar="NAME", help="of a function of outputs and targets in the file")
    doctor.add_argument(
        "--lr", type=_positive, help="of Adam, in the few epochs (default: 0.01; that of train for DATA)"
    )
    doctor.add_argument("--epochs", type=_count, help="how many are a few (default: 3, and at least 100 steps)")
    doctor.add_argument("--batch-size", type=_count, default=32, help="(default: %(default)s)")
    doctor.add_argument("--seed", type=_seed, default=0, help="(default: %(default)s)")
    return parser


def _train_options(train: argparse.ArgumentParser) -> None:
    train.add_argument(
        "what",
        metavar="digits|iris|wine|breast_cancer|diabetes|mnist:DIR|FILE.csv",
        help="a bundled set, the folder of MNIST's four files, or a table of numbers with a target of numbers or words",
    )
    train.add_argument("--target", metavar="COLUMN", help="of a table, by name or number (default: the last one)")
    train.add_argument(
        "--task", choices=("classes", "numbers"), help="what numbers in the target are (default: numbers)"
    )
    network = train.add_argument_group("network and training (defaults by data set)")
    network.add_argument(
        "--hidden", type=_sizes, metavar="N,…", help='sizes of hidden layers, such as 64,16; or "none"'
    )
    network.add_argument(
        "--activation", type=_words, metavar="NAME,…", help="tanh, relu, …; one, or one for each layer"
    )
    network.add_argument("--optimizer", metavar="NAME", help="adam, adamw, sgd, nesterov, …")
    network.add_argument("--lr", type=_positive, help="learning rate")
    network.add_argument("--weight-decay", type=_not_negative, metavar="λ")
    network.add_argument("--epochs", type=_count, metavar="N")
    network.add_argument("--batch-size", type=_count, metavar="N")
    network.add_argument("--seed", type=_seed, default=0, help="of parts, weights and batches (default: %(default)s)")
    judged = train.add_argument_group("how it is judged")
    judged.add_argument(
        "--test",
        type=_share,
        default=0.2,
        metavar="SHARE",
        help="of the rows held out, without a test part (default: %(default)s)",
    )
    judged.add_argument(
        "--validation",
        type=_share,
        metavar="SHARE",
        help="of the other rows, to judge epochs by (default: 0.2 with --patience)",
    )
    judged.add_argument(
        "--patience",
        type=_count,
        metavar="N",
        help="stop after N epochs without a better validation loss, keep the best",
    )
    judged.add_argument("--folds", type=_folds, metavar="N", help="cross-validate in N folds too")
    judged.add_argument("--search", type=_count, metavar="N", help="search rate and weight decay first, with N trials")
    judged.add_argument("--jobs", type=_count, default=1, metavar="N", help="workers for both (default: %(default)s)")
    judged.add_argument("--no-health", action="store_true", help="do not measure the health of the training")
    train.add_argument("--checkpoint", type=Path, metavar="FILE", help="keep what is needed to go on after a kill")
    train.add_argument(
        "--resume", action="store_true", help="go on from the checkpoint, where there is one; else it is written anew"
    )
    train.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("stepgrad-train"),
        metavar="DIR",
        help="where files go (default: %(default)s)",
    )


def _step_options(step: argparse.ArgumentParser) -> None:
    step.add_argument(
        "what",
        metavar="EXPR|FILE.py:name|EXAMPLE|SCRIPT.py",
        help="a graph, as for draw; or a program, which is run and stopped at each backward()",
    )
    step.add_argument(
        "values",
        nargs="*",
        metavar="name=value",
        help="numbers for names, or the program's arguments, after -- where one begins with a dash",
    )
    step.add_argument(
        "--break",
        dest="stops",
        action="append",
        default=[],
        metavar="WHERE",
        help='stop only there: not_finite, op=mul, "name=h* phase=backward", "above=100", "when=\'abs(grad) > 1\'", …',
    )
    step.add_argument("--pass", dest="only", type=_count, metavar="N", help="only the N-th backward() of a program")
    step.add_argument(
        "--page", type=Path, metavar="FILE.html", help="write a page that steps, in place of stepping here"
    )
    step.add_argument("--plain", action="store_true", help="print text, as is done without a terminal")
    step.add_argument("--large", action="store_true", help="letters for a projector")
    step.add_argument(
        "--events",
        type=_count,
        default=200,
        metavar="N",
        help="events of a pass to print as text (default: %(default)s)",
    )


def _draw_options(draw: argparse.ArgumentParser) -> None:
    draw.add_argument(
        "what",
        metavar="EXPR|FILE.py:name|EXAMPLE",
        help='such as "(a+b)*(b+1)", where parts may be named: "c=a+b; c*c"; or chain_rule, gates, xor, digits',
    )
    draw.add_argument("values", nargs="*", metavar="name=value", help="a number for every name, or for an argument")
    draw.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("graph.svg"),
        metavar="FILE",
        help=".svg, .png, .pdf, .html or .dot (default: %(default)s)",
    )
    draw.add_argument("--passes", choices=("both", "forward", "backward"), help="what to draw (default: both)")
    draw.add_argument(
        "--fold",
        choices=("auto", "never", "repeats", "roles", "kinds"),
        default="auto",
        help="which nodes are one box (default: %(default)s)",
    )
    draw.add_argument(
        "--expand", action="append", default=[], metavar="MODULE", help='draw its operations; "all" for every module'
    )
    draw.add_argument("--group", choices=("module", "site", "none"), default="module", help="what frames are around")
    draw.add_argument("--no-constants", action="store_true", help="leave constants out")
    draw.add_argument("--focus", metavar="NAME", help="only what is near this node")
    draw.add_argument("--radius", type=_count, default=2, help="how near, in edges (default: %(default)s)")
    draw.add_argument("--between", nargs=2, metavar=("FROM", "TO"), help="only the paths between these two nodes")
    draw.add_argument("--explain", metavar="NAME", help="tell which paths make up its gradient, and light the largest")
    draw.add_argument("--down", action="store_true", help="values flow down, not to the right")
    draw.add_argument("--title", help="a line under the picture")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns
    -------
    int
        0; 1 where a part of the demo could not be done, a gradient is wrong, or a model is not healthy; 2 for bad input,
        with one line on standard error; 3 where a check is inconclusive; 130 after Ctrl-C.
    """
    if arguments is None:
        # Started as a program: whatever called this is no code of the user's, whose lines are told.
        sites.program(sys._getframe(1))
    try:
        chosen = _parser().parse_args(arguments)
        if chosen.command == "draw":
            _draw(chosen)
            return 0
        if chosen.command == "check":
            return _check(chosen)
        if chosen.command == "step":
            _step(chosen)
            return 0
        if chosen.command == "train":
            return _train(chosen)
        if chosen.command == "doctor":
            return _doctor(chosen)
        if chosen.command == "ops":
            _ops(chosen.markdown)
            return 0
        from autograd.demo import run_demo

        return run_demo(chosen.output, Console())
    except (AutogradError, OSError) as error:
        if isinstance(error, BrokenPipeError):
            # Whoever read us has enough; Python would complain once more when it flushes.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        # Names from files must not steer the terminal.
        print(f"stepgrad: {one_line(' '.join(str(error).split()))}", file=sys.stderr)
        return 2
    except MemoryError as error:
        print(f"stepgrad: out of memory: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _draw(chosen: argparse.Namespace) -> None:
    from autograd.draw.command import draw_target
    from autograd.examples import EXAMPLES

    drawing = draw_target(
        chosen.what,
        _values(chosen.values),
        EXAMPLES,
        explained=chosen.explain,
        title=chosen.title,
        passes=chosen.passes,
        fold=chosen.fold,
        group=None if chosen.group == "none" else chosen.group,
        expand="all" in chosen.expand or chosen.expand,
        constants=not chosen.no_constants,
        focus=chosen.focus,
        radius=chosen.radius,
        between=chosen.between,
        direction="down" if chosen.down else "right",
    )
    path = drawing.diagram.save(chosen.output)
    console = Console()
    for shown in (drawing.table, drawing.explanation):
        if shown is not None:
            console.print(shown)
    console.print(f"wrote {path}", markup=False, highlight=False, soft_wrap=True)


def _step(chosen: argparse.Namespace) -> None:
    from autograd.debug.command import step_target
    from autograd.examples import EXAMPLES

    step_target(
        chosen.what,
        chosen.values,
        EXAMPLES,
        _values,
        stops=chosen.stops,
        only=chosen.only,
        page=chosen.page,
        plain=chosen.plain,
        large=chosen.large,
        most=chosen.events,
    )


def _check(chosen: argparse.Namespace) -> int:
    from autograd.check.command import EXIT_CODES, check_target

    report = check_target(
        chosen.target,
        _values(chosen.values),
        gradient=chosen.grad,
        order=chosen.order,
        seed=chosen.seed,
        examples=chosen.examples,
    )
    Console().print(report)
    return EXIT_CODES[report.verdict]


def _train(chosen: argparse.Namespace) -> int:
    from nn.command.options import Options
    from nn.command.train import train_target

    recipe = ("hidden", "activation", "optimizer", "lr", "weight_decay", "epochs", "batch_size")
    options = Options(
        chosen.what,
        chosen.target,
        chosen.task,
        {name: getattr(chosen, name) for name in recipe},
        test=chosen.test,
        validation=chosen.validation,
        patience=chosen.patience,
        folds=chosen.folds,
        trials=chosen.search,
        jobs=chosen.jobs,
        seed=chosen.seed,
        checkpoint=chosen.checkpoint,
        resume=chosen.resume,
        health=not chosen.no_health,
        output=chosen.output,
    )
    return train_target(options, Console())


def _doctor(chosen: argparse.Namespace) -> int:
    from nn.command.doctor import doctor_target
    from nn.health.show import findings

    found = doctor_target(
        chosen.target,
        data=chosen.data,
        loss=chosen.loss,
        lr=chosen.lr,
        epochs=chosen.epochs,
        batch_size=chosen.batch_size,
        seed=chosen.seed,
    )
    console = Console()
    console.print(found)
    if found.health is not None:
        console.print(findings(found.health))
    return 0 if found else 1


def _ops(as_markdown: bool) -> None:
    from autograd.catalogue import catalogue, markdown

    if as_markdown:
        print(markdown())
        return
    table = Table("family", "functions", title="Differentiated here, or constant by definition", show_lines=True)
    for name, about, functions in catalogue():
        table.add_row(f"[bold]{name}[/bold]\n{escape(about)}", escape(", ".join(functions)))
    Console().print(table)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 on")
    return int(text)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None


def _positive(text: str) -> float:
    if not 0.0 < _number(text) < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return float(text)


def _not_negative(text: str) -> float:
    if not 0.0 <= _number(text) < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 on")
    return float(text)


def _share(text: str) -> float:
    if not 0.0 < _number(text) < 1.0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share between 0 and 1")
    return float(text)


def _folds(text: str) -> int:
    if _count(text) < 2:
        raise argparse.ArgumentTypeError("there must be two folds at least")
    return int(text)


def _sizes(text: str) -> tuple[int, ...]:
    return () if text == "none" else tuple(_count(size) for size in text.split(","))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


def _values(given: Sequence[str]) -> dict[str, float]:
    values: dict[str, float] = {}
    for item in given:
        name, equals, text = item.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError(f"{item!r} is not name=value, such as a=2")
        if name in values:
            raise UsageError(f"{name!r} was given twice")
        try:
            values[name] = float(text)
        except ValueError:
            raise UsageError(f"{item!r}: {text!r} is not a number") from None
    return values


if __name__ == "__main__":
    sys.exit(main())
