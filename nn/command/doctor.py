"""`stepgrad doctor`: the checklist for the model and the data of a user's file, or for a data set's default network."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograd import files
from autograd.errors import MissingDependencyError, UsageError
from autograd.extras import pip_install
from autograd.program import is_program, names_part
from autograd.target import beside, load, users_code
from nn.checklist import Checklist, checklist
from nn.command.source import read_source
from nn.data import DataLoader, Standardize
from nn.health.diagnose import Watching
from nn.health.diagnosis import Diagnosis
from nn.health.frameworks.adapt import is_torch
from nn.health.loop import diagnose_script
from nn.module import Module
from optim import LBFGS, Adam

# Of Adam, where nothing else is said: that of `checklist`.
DEFAULT_LR = 0.01
PICTURES = (".svg", ".png", ".pdf")


def doctor_target(
    target: str,
    *,
    data: str = "data",
    loss: str | None = None,
    lr: float | None = None,
    epochs: int | None = None,
    batch_size: int = 32,
    seed: int = 0,
    quick: bool = False,
    watch: Watching | None = None,
) -> Checklist:
    """Go through the checklist.

    Parameters
    ----------
    target : str
        `FILE.py:model`, a Module or a function that gives one; or a data set, as for `stepgrad train`.
    data : str
        The name of (inputs, targets) in the same file, or of a function that gives them.
    loss : str, optional
        The name of a function of outputs and targets in the same file; by default that of the kind of targets.
    lr, epochs, batch_size, seed
        Of the few epochs, as for `checklist`. Where no rate is given and the file has an optimizer, it is this one.
    quick, watch
        As for `checklist`.

    Returns
    -------
    Checklist

    Raises
    ------
    UsageError
        Where the file does not run, or does not define what is named.
    """
    if not names_part(target) and not is_program(target):
        if loss is not None or data != "data":
            raise UsageError(f"--data and --loss are names in FILE.py: {target} is a data set with its default network")
        return _examine_source(target, lr, epochs, batch_size, seed, quick, watch)
    found, arrays, *others = load(target, data, *([loss] if loss is not None else []))
    filename = target.rpartition(":")[0]
    model = _resolve(found, target, filename)
    foreign = is_torch(model)
    if not isinstance(model, Module) and not foreign:
        raise UsageError(f"{target} is {type(model).__name__}: a Module was expected, or a function that gives one")
    parts = _resolve(arrays, f"{filename}:{data}", filename)
    if not isinstance(parts, (tuple, list, DataLoader)):
        raise UsageError(
            f"{filename}:{data} is {type(parts).__name__}: (inputs, targets) was expected, or a function that gives them"
        )
    rate = DEFAULT_LR if lr is None else lr
    stepping: Any = (lambda parameters: Adam(parameters, lr=rate)) if not foreign else None
    own = beside(target, "optimizer")
    if lr is None and (hasattr(own, "param_groups") or isinstance(own, LBFGS)):
        stepping = own
    given = others[0] if others else beside(target, "loss") if foreign else None
    return _examine(
        lambda: checklist(
            model,
            parts,
            given,
            optimizer=stepping,
            epochs=epochs,
            batch_size=batch_size,
            seed=seed,
            quick=quick,
            watch=watch,
        ),
        target,
        filename,
    )


def refuse_beside_script(chosen: Mapping[str, Any]) -> None:
    """Refuse options that a training script says itself.

    Raises
    ------
    UsageError
    """
    for name, default in (("data", "data"), ("loss", None), ("lr", None), ("epochs", None), ("batch_size", 32)):
        if chosen.get(name, default) != default:
            raise UsageError(
                f"--{name.replace('_', '-')}: {chosen['target']} is a training script, which says this itself; what it is to be given "
                f"follows its name: stepgrad doctor {chosen['target']} -- --{name.replace('_', '-')} …"
            )
    if chosen.get("first_layer") is not None:
        raise UsageError(f"--first-layer is for a model: give {chosen['target']}:NAME")


def doctor_script(
    path: str, *, seed: int = 0, quick: bool = False, watch: Watching | None = None, arguments: Sequence[str] = ()
) -> Diagnosis:
    """Run a training script or a notebook for its first steps and say why it does not learn.

    Parameters
    ----------
    path : str
    seed, quick, watch
        As for `nn.health.diagnose`.
    arguments : sequence of str
        What the script finds in `sys.argv` after its name.

    Returns
    -------
    Diagnosis

    Raises
    ------
    UsageError
        Where the script does not run, or trains nothing.
    """
    return diagnose_script(path, seed=seed, quick=quick, watch=watch, arguments=arguments)


def check_picture(path: Path) -> None:
    """Refuse a file that no picture can be written to, before anything is examined.

    Raises
    ------
    UsageError, FileError, MissingDependencyError
    """
    if path.suffix.lower() not in PICTURES:
        raise UsageError(f"--first-layer {path}: a picture ends in {', '.join(PICTURES)}")
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise MissingDependencyError(f"--first-layer needs {error.name}: {pip_install('draw')}") from error
    files.check_place(path)


def draw_first_layer(found: Checklist, path: Path) -> str:
    """Write the weights of the first layer as a picture; gives a line that says so.

    Raises
    ------
    FileError
        Where it cannot be written.
    """
    if found.first_layer is None:
        return f"{path} was not written: the model has no linear layer and no convolution"
    content = io.BytesIO()
    found.first_layer.figure().savefig(content, format=path.suffix[1:].lower())
    files.write(path, content.getvalue())
    return f"wrote {path}: the weights of {found.first_layer.kind} {found.first_layer.path}".rstrip()


def _examine_source(
    what: str,
    lr: float | None,
    epochs: int | None,
    batch_size: int,
    seed: int,
    quick: bool,
    watch: Watching | None,
) -> Checklist:
    source = read_source(what)
    (x, y), (test_x, test_y) = source.split(0.2, seed)
    if source.standardize:
        scale = Standardize().fit(x)
        x, test_x = scale(x).astype(np.float32), scale(test_x).astype(np.float32)
    if source.classes is None:
        target_scale = Standardize().fit(y)
        y, test_y = target_scale(y).astype(np.float32), target_scale(test_y).astype(np.float32)
    recipe = source.recipe.replaced_by(lr=lr)
    model = recipe.make_network(x.shape[1], source.outputs, seed)
    return checklist(
        model,
        (x, y, test_x, test_y),
        optimizer=recipe.make_optimizer,
        epochs=epochs,
        batch_size=batch_size,
        seed=seed,
        quick=quick,
        watch=watch,
    )


def _resolve(found: Any, name: str, filename: str) -> Any:
    """The object itself, or what a function or class of that name gives."""
    if isinstance(found, Module) or is_torch(found) or not callable(found):
        return found
    return _examine(found, name, filename)


def _examine(work: Callable[[], Any], name: str, filename: str) -> Any:
    with users_code(name, Path(filename)):
        return work()
