"""The subcommands: grouped by what people want, with a summary and examples of each; none of them is imported here."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from autograd.cli.parser import Parser, wrap


@dataclass(frozen=True)
class Command:
    """A subcommand; the module of its name in this package, with _ for -, has `add_options(parser)` and `run(chosen)`.

    Attributes
    ----------
    summary : str
        What it does, as the rest of a sentence about the command.
    examples : tuple of (str, str)
        What an example shows, and its line for the shell.
    """

    summary: str
    examples: tuple[tuple[str, str], ...]


GROUPS: dict[str, dict[str, Command]] = {
    "see it at work": {
        "demo": Command(
            "trace an example, draw it, check gradients, and train a network",
            (
                ("everything, with files in ./stepgrad-demo", "stepgrad demo"),
                ("files elsewhere", "stepgrad demo --output results"),
            ),
        ),
    },
    "look into backpropagation": {
        "step": Command(
            "step forward and back through an expression, a function or a training script",
            (
                ("an expression in the terminal", 'stepgrad step "c=a+b; d=b+1; e=c*d" a=2 b=1'),
                ("a program: stop at the first NaN or infinity", "stepgrad step train.py --break not_finite"),
                ("a page that steps in a browser", "stepgrad step xor --page xor.html"),
                ("a picture that steps by itself", "stepgrad step xor --animation xor.svg"),
            ),
        ),
        "dap": Command(
            "serve an editor: step back and forth through backpropagation in VS Code, Neovim and others",
            (
                ("what an editor starts, and talks to on standard input", "stepgrad dap"),
                ("listen for one", "stepgrad dap --port 4711"),
                ("the extension for VS Code", "stepgrad dap --extension stepgrad.vsix"),
            ),
        ),
        "draw": Command(
            "draw the graph of an expression, a function or an example, with its gradients",
            (
                ("an expression", 'stepgrad draw "(a+b)*(b+1)" a=2 b=1 -o e.svg'),
                ("a network, as a page to zoom into", "stepgrad draw digits --expand all -o digits.html"),
                ("a function of yours: why w has its gradient", "stepgrad draw model.py:loss x=0.5 --explain w"),
                ("two versions, laid over each other", "stepgrad draw old.py:loss --compare new.py:loss -o both.html"),
            ),
        ),
    },
    "find mistakes": {
        "check": Command(
            "check the gradient of a function in a file against finite differences",
            (
                ("the engine's gradient", "stepgrad check model.py:loss"),
                ("a gradient that you wrote", "stepgrad check model.py:loss --grad loss_gradient x=0.5"),
                ("second derivatives too", "stepgrad check model.py:loss --order 2"),
            ),
        ),
        "audit": Command(
            "compare a PyTorch model with this engine, and name custom functions with a wrong backward",
            (
                ("a model, with the file's example_inputs", "stepgrad audit model.py:model"),
                ("a function whose arguments have defaults", "stepgrad audit model.py:loss"),
            ),
        ),
        "doctor": Command(
            "examine a model and its data before a long training run",
            (
                ("a training script of yours, or of PyTorch's", "stepgrad doctor train.py"),
                ("a model of yours", "stepgrad doctor model.py:model"),
                ("the default network of a bundled data set", "stepgrad doctor wine"),
            ),
        ),
    },
    "train": {
        "train": Command(
            "train a network on a data set or a table, and write a report",
            (
                ("a bundled data set", "stepgrad train digits"),
                ("cross-validation", "stepgrad train wine --folds 5"),
                ("in four processes that share each batch", "mpirun -n 4 stepgrad train digits"),
                (
                    "a table of yours, with a search for the learning rate",
                    "stepgrad train table.csv --target price --hidden 64,32 --search 20 --jobs 2",
                ),
            ),
        ),
        "rewind": Command(
            "go back to a step of a recorded training run, and open the debugger there",
            (
                ("what was recorded", "stepgrad rewind run/"),
                ("the steps for which a condition holds", 'stepgrad rewind run/ --where "loss jumped"'),
                (
                    "step through the backward pass of one, in a run that train.py recorded",
                    "stepgrad rewind run/ train.py --step 1234",
                ),
                (
                    "the same for the first of those steps",
                    'stepgrad rewind run/ train.py --where "gradient norm > 10" --open',
                ),
            ),
        ),
        "predict": Command(
            "predict the rows of a table with a model that stepgrad train has kept",
            (
                ("into a file", "stepgrad predict stepgrad-train/model.safetensors rows.csv -o predicted.csv"),
                (
                    "a table with a column that the model does not know",
                    "stepgrad predict model.safetensors rows.csv --ignore id",
                ),
            ),
        ),
        "compare-optimizers": Command(
            "train one network with every optimizer, and draw their curves over each other",
            (
                ("the bundled diabetes data", "stepgrad compare-optimizers"),
                (
                    "a table of yours: predict its first column without its last",
                    "stepgrad compare-optimizers --data auto-mpg.data --target 0 --ignore -1 --missing drop",
                ),
                ("with the numbers that Keras gives them", "stepgrad compare-optimizers --preset keras"),
            ),
        ),
    },
    "learn in the browser": {
        "playground": Command(
            "write a page on which a small network is trained, with its gradients; it needs no server",
            (
                ("the page", "stepgrad playground"),
                (
                    "with a lesson's settings",
                    "stepgrad playground dataset=spiral layers=6-relu,4-relu hide=seed,noise -o spiral.html",
                ),
                ("points and a network of yours", "stepgrad playground --data points.csv --model model.py:model"),
            ),
        ),
        "race": Command(
            "let optimizers race down a surface: a page to play with, or an animation for slides",
            (
                ("the page, in race.html", "stepgrad race"),
                (
                    "an animation of two, down another surface",
                    "stepgrad race --surface rosenbrock --optimizers adam=0.05,sgd=0.001 -o race.gif",
                ),
                ("a surface of your own", 'stepgrad race --surface "sin(x) + y**2/4" --start=-4,3 --steps 80'),
            ),
        ),
        "xor": Command(
            "step through the training of the XOR network, every number shown, on a page",
            (
                ("the page, with the lecture's weights, in xor.html", "stepgrad xor"),
                ("other weights, once an epoch, with momentum", "stepgrad xor w5=1.5 --mode batch --momentum 0.9"),
            ),
        ),
    },
    "look up and set up": {
        "ops": Command(
            "list the NumPy and SciPy functions that the engine differentiates",
            (
                ("as a table", "stepgrad ops"),
                ("as Markdown", "stepgrad ops --markdown"),
            ),
        ),
        "completion": Command(
            "print a script that completes commands and options in bash, zsh or fish",
            (
                ("bash, for this shell", 'eval "$(stepgrad completion bash)"'),
                (
                    "bash, from now on",
                    "stepgrad completion bash > ~/.local/share/bash-completion/completions/stepgrad",
                ),
                ("zsh (in a folder of $fpath)", "stepgrad completion zsh > ~/.zfunc/_stepgrad"),
                ("fish", "stepgrad completion fish > ~/.config/fish/completions/stepgrad.fish"),
            ),
        ),
    },
}

COMMANDS = {name: command for group in GROUPS.values() for name, command in group.items()}


def parser_of(name: str) -> tuple[Parser, Callable[..., int]]:
    """The parser of a subcommand, and what runs it."""
    module = importlib.import_module(f"autograd.cli.{name.replace('-', '_')}")
    command = COMMANDS[name]
    examples = "\n".join(f"  # {what}\n  {line}" for what, line in command.examples)
    summary = f"{command.summary[0].upper()}{command.summary[1:]}."
    parser = Parser(prog=f"stepgrad {name}", description=wrap(summary), epilog=f"examples:\n{examples}")
    module.add_options(parser)
    return parser, module.run


def list_commands() -> str:
    """All subcommands with their summaries, by group."""
    wide = max(map(len, COMMANDS))
    groups = []
    for title, commands in GROUPS.items():
        lines = [wrap(command.summary, f"  {name:{wide}}  ") for name, command in commands.items()]
        groups.append("\n".join([f"{title}:", *lines]))
    return "\n\n".join(groups)


def list_first_examples() -> str:
    """The first example of each subcommand that people work with."""
    lines = [commands[name].examples[0][1] for commands in GROUPS.values() for name in commands]
    return "\n".join(f"  {line}" for line in lines if line.startswith("stepgrad"))
