"""`watch_script` runs an unchanged training script for its first steps; `diagnose_script` says why it does not learn."""

from __future__ import annotations

import contextlib
import io
import itertools
import math
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from traceback import extract_tb
from typing import Any, TypeVar

import numpy as np

import optim
from autograd.check.stand_ins import in_place_of_engines
from autograd.errors import UsageError
from autograd.graph.sites import line_name
from autograd.program import python_of, run_program
from autograd.target import describe_error, name_what_of, source_file
from nn.data import DataLoader
from nn.draws import preserve_draws
from nn.health.diagnose import diagnose
from nn.health.diagnosis import Diagnosis
from nn.health.judging import Judgement, is_note
from nn.health.loop.before import find_broken_inputs, find_no_pass, find_refused_targets, tell_unwatched
from nn.health.loop.clipping import find_tight_clipping
from nn.health.loop.gather import gather
from nn.health.loop.kit import Kit
from nn.health.loop.later import LastRecorder, LaterRecorder, are_of_one_task, trains_twice
from nn.health.loop.ledger import Seen
from nn.health.loop.ours import OurKit
from nn.health.loop.own_engine import judge_engines, trains_values
from nn.health.loop.own_rule import judge_own_rule
from nn.health.loop.patching import replace_attribute
from nn.health.loop.recorder import Enough, Recorder
from nn.health.loop.rerun import MOST_CROSSINGS, SMALLER, crossings_of, judge_bounds, judge_rates, try_rates
from nn.health.loop.sums import find_old_graph
from nn.health.loop.text import leaves_a_loop
from nn.health.loop.trained_rows import MOST_ROWS
from nn.health.loop.words import OF_FOLDS, OF_OTHERS, tell_words_of_all
from nn.health.record import Record
from nn.micrograd import as_micrograd

STEPS = 60
Made = TypeVar("Made", bound=Recorder)
# What stands between a script and what it calls: whole files, and functions in others.
PASSING_ON, WRAPPERS = ("patching.py", "transformed.py", "wrapping.py"), ("wrapped", "__torch_function__")


class Fitted(BaseException):
    """The script calls `nn.fit`: what it was given is all that is needed."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        super().__init__()
        self.arguments = arguments


def watch_script(
    path: str | os.PathLike[str], *, steps: int = STEPS, seconds: float = 15.0, arguments: Sequence[str] = ()
) -> Seen:
    """Run a script for its first steps, and say what its loop does wrong and what it trains on.

    The script runs as `python train.py` would run it, in this process, and a notebook as "Run All" would; it is stopped when
    enough was seen: `steps` backward passes and three times through its rows. What it prints is not shown. A call of `nn.fit`
    is not carried out: its arguments say everything.

    Parameters
    ----------
    path : path
        Of the script or notebook, with a loop of ours or of PyTorch's.
    steps : int
        Backward passes after which it may be enough.
    seconds : float
        The most that the script may take.
    arguments : sequence of str
        What the script finds in `sys.argv` after its name.

    Returns
    -------
    Seen

    Raises
    ------
    UsageError
        Where the script fails before it trains anything, or trains nothing.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> text = '''
    ... import numpy as np, nn, optim
    ... from autograd import Tensor
    ... x = np.linspace(-1, 1, 32, dtype=np.float32)[:, None]
    ... model = nn.Linear(1, 1, rng=0)
    ... optimizer = optim.SGD(model.parameters(), lr=0.1)
    ... for epoch in range(20):
    ...     loss = ((model(Tensor(x)) - 2 * x) ** 2).mean()
    ...     loss.backward()
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     script = pathlib.Path(folder, "train.py")
    ...     _ = script.write_text(text)
    ...     seen = watch_script(script)
    >>> [finding.cause for finding in seen.findings], seen.iterations, seen.inputs.shape
    (['step missing'], 20, (32, 1))
    """
    return _watch(path, _make_recorder(Recorder, path, steps, seconds), arguments)


def _make_recorder(kind: type[Made], path: str | os.PathLike[str], steps: int, seconds: float) -> Made:
    file = source_file(os.fspath(path)).resolve()
    text = _text_of(file)
    words = tell_words_of_all(text)
    recorder = kind(file, choose_kit(text), steps, seconds=seconds, judges=bool(OF_OTHERS & words))
    recorder.ledger.is_of_folds = bool(OF_FOLDS & words)
    return recorder


def _watch(path: str | os.PathLike[str], recorder: Recorder, arguments: Sequence[str]) -> Seen:
    file, kit = Path(recorder.path), recorder.kit
    failure, ended = None, None
    with replace_attribute(import_module("nn"), "fit", lambda fit: _catch_fit):
        try:
            ended = _run(file, arguments, recorder, kit)
        except Fitted as fitted:
            return _from_fit(fitted.arguments)
        except (KeyboardInterrupt, BrokenPipeError):
            raise
        except BaseException as error:  # whatever a user's file raises
            failure = error
    if failure is not None and not recorder.ledger.iterations:
        broken = find_broken_inputs(recorder.left) or find_refused_targets(kit, recorder.refusal)
        if broken is not None:
            return Seen([broken], [f"the script stopped before its first pass: {describe_error(failure, file)}"])
        if _is_ours(failure, file):
            raise UsageError(f"{path} may well run: {_tell_of_ours(failure)}") from None
        told = str(failure) if isinstance(failure, UsageError) else describe_error(failure, file)
        raise UsageError(f"{path} does not run: {told}") from None
    if (idle := find_no_pass(recorder.ledger)) is not None:
        return Seen([idle])
    if not recorder.ledger.iterations and not recorder.ledger.steps:
        if ended is not None and ended[0] not in (None, 0):
            said = f" and said {ended[1]!r}" if ended[1] else ""
            raise UsageError(
                f"{path} called sys.exit({ended[0]!r}) before it trained anything{said}; what it is to be given follows its name: "
                f"stepgrad doctor {path} -- …"
            )
        why = tell_unwatched(_text_of(file)) or f"where it defines a model, {name_what_of(os.fspath(path))}"
        raise UsageError(f"{path} trains nothing that is seen, no backward pass and no step of an optimizer: {why}")
    recorder.ledger.ended = recorder.ledger.ended and failure is None
    seen = gather(recorder, kit)
    seen.findings, notes = judge_engines(recorder.engines if trains_values(recorder) else [], seen.findings)
    seen.notes += notes
    if failure is not None:
        grown = find_old_graph(recorder.ledger, describe_error(failure, file))
        refused = find_refused_targets(kit, recorder.refusal)
        seen.findings += [one for one in (grown, refused) if one is not None]
        told = _tell_of_ours(failure) if _is_ours(failure, file) else describe_error(failure, file)
        seen.notes.append(f"the script stopped after {seen.iterations} passes: {told}")
    return seen


def _run(file: Path, arguments: Sequence[str], recorder: Recorder, kit: Kit) -> Any:
    """Run a script until it ends or enough was seen; gives what it ended with and its last words, where it called `sys.exit`."""
    with _run_apart() as errors, as_micrograd(), kit.patch(recorder), in_place_of_engines(recorder.engines.append):
        try:
            _execute(file, arguments, recorder.names)
        except Enough:
            pass
        except SystemExit as stopped:
            lines = [frame.lineno for frame in extract_tb(stopped.__traceback__) if frame.filename == recorder.path]
            cut = leaves_a_loop(_text_of(file), [line for line in lines if line is not None])
            recorder.ledger.ended = recorder.ledger.ended and not cut
            return stopped.code, errors.getvalue().strip().rpartition("\n")[2]
        finally:
            recorder.finish()
    return None


def _is_ours(failure: BaseException, file: Path) -> bool:
    """Whether it is what watches a script that failed, which must not be told as the script's: a library fails for who called it."""
    here = Path(__file__)
    for frame in reversed(extract_tb(failure.__traceback__)):
        name = Path(frame.filename)
        if name in (file, here):
            return False
        if name.parent == here.parent and name.name not in PASSING_ON and frame.name not in WRAPPERS:
            return True
    return False


def _tell_of_ours(failure: BaseException) -> str:
    return f"stepgrad failed while it watched, please report it ({type(failure).__name__}: {failure})"


def run_watched(
    path: Path,
    steps: int,
    on_optimizer: Callable[[Any], None],
    on_loss: Callable[[float], None],
    arguments: Sequence[str] = (),
) -> None:
    """Run a script for some passes, and tell of each optimizer that it makes and of the loss of each pass.

    Parameters
    ----------
    path : Path
    steps : int
    on_optimizer : callable
        Is given each optimizer, and may change it.
    on_loss : callable
        Is given each loss.
    arguments : sequence of str
        As for `watch_script`.
    """
    file = source_file(os.fspath(path)).resolve()
    kit = choose_kit(_text_of(file))
    recorder = Recorder(file, kit, steps, epochs=0, most=steps, seconds=float("inf"))
    recorder.on_optimizer, recorder.on_loss = on_optimizer, on_loss
    _run(file, arguments, recorder, kit)


def diagnose_script(
    path: str | os.PathLike[str],
    *,
    steps: int = STEPS,
    seconds: float = 60.0,
    quick: bool = False,
    seed: int = 0,
    watch: Any = None,
    arguments: Sequence[str] = (),
) -> Diagnosis:
    """Why does what this script trains not learn?

    The script runs unchanged for its first steps. What its loop does wrong is seen; then `nn.health.diagnose` makes its
    experiments with the model, the rows, the loss and the optimizer that the loop showed.

    Parameters
    ----------
    path : path
    steps : int
        Backward passes after which the script may be stopped.
    seconds : float
        The budget of all together.
    quick : bool
        As for `diagnose`.
    seed : int
    watch : callable, optional
        As for `diagnose`.
    arguments : sequence of str
        As for `watch_script`.

    Returns
    -------
    Diagnosis

    Raises
    ------
    UsageError
        Where the script does not run, or trains nothing.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> text = '''
    ... import numpy as np, nn, optim
    ... x = np.random.default_rng(0).normal(size=(64, 2)).astype(np.float32)
    ... model = nn.Linear(2, 1, rng=0)
    ... optimizer = optim.SGD(model.parameters(), lr=0.1)
    ... for step in range(200):
    ...     loss = nn.MSELoss()(model(x), x[:, :1])
    ...     loss.backward()
    ...     optimizer.zero_grad()
    ...     optimizer.step()
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     script = pathlib.Path(folder, "train.py")
    ...     _ = script.write_text(text)
    ...     found = diagnose_script(script, quick=True)
    >>> found.cause, found.findings[0].place.line.lineno
    ('gradients cleared before the step', 9)
    """
    begun, watched = time.monotonic(), min(15.0, seconds / 2)
    options = {"seed": seed, "quick": quick, "watch": watch, "arguments": arguments}
    seen = watch_script(path, steps=steps, seconds=watched, arguments=arguments)
    found = _diagnose_seen(Path(path), seen, seconds=seconds, **options)
    left = seconds - (time.monotonic() - begun)
    if not seen.is_whole or left < 0.0:
        return found
    if (later := _watch_later(path, seen, found, steps, min(watched, left / 2), arguments)) is None:
        return found
    after, recorder = later
    # Of a run that is thrown away a fault is none, and a smaller model on the same rows is there to compare; where the first one is
    # well, the other may not be.
    is_compared = isinstance(recorder, LastRecorder) or (recorder.is_larger and are_of_one_task(seen, after))
    if found.findings and not (recorder.is_again or is_compared):
        return found
    second = _diagnose_seen(Path(path), after, seconds=left, **options)
    if found.findings and not recorder.is_again and second.cause != "healthy":
        best = _watch_best(path, recorder, steps, min(watched, left / 2), arguments)
        if best is None or (second := _diagnose_seen(Path(path), best, seconds=left, **options)).cause != "healthy":
            return found
    if not recorder.is_again and not found.findings and not second.findings:
        return found
    first = (
        "it throws away"
        if recorder.is_again
        else f"is there to compare ({found.cause})"
        if found.findings
        else "learns"
    )
    second.evidence.append(f"what the script trains at first {first}: this is of the run that comes after it")
    return second


def _watch_best(
    path: str | os.PathLike[str], recorder: LaterRecorder, steps: int, seconds: float, arguments: Sequence[str]
) -> Seen | None:
    """What is seen of the run that came to the lowest loss, where that is neither the first nor the last of several."""
    if not isinstance(recorder, LastRecorder) or recorder.best is None:
        return None
    again = _make_recorder(LastRecorder, path, steps, seconds)
    again.until = recorder.best
    after = _watch(path, again, arguments)
    return after if after.is_whole else None


def _watch_later(
    path: str | os.PathLike[str], seen: Seen, found: Diagnosis, steps: int, seconds: float, arguments: Sequence[str]
) -> tuple[Seen, LaterRecorder] | None:
    """What is seen of the run that comes after the first, and by whom; None where too little is seen of it."""
    kind: type[LaterRecorder] = LaterRecorder
    if not trains_twice(_text_of(source_file(os.fspath(path)))):
        if not seen.is_one_of_many or not found.findings or found.cause == "model made anew":
            return None
        kind = LastRecorder
    recorder = _make_recorder(kind, path, steps, seconds)
    after = _watch(path, recorder, arguments)
    return (after, recorder) if recorder.is_later and after.is_whole else None


def _diagnose_seen(path: Path, seen: Seen, *, seconds: float, arguments: Sequence[str], **options: Any) -> Diagnosis:
    if not seen.is_whole:
        return _diagnose_from_outside(path, seen, seconds, arguments)
    parts: tuple[Any, ...] = (seen.inputs, seen.targets)
    if seen.validation is not None:
        parts += seen.validation
    try:
        found = diagnose(
            seen.model,
            parts,
            seen.loss,
            optimizer=seen.optimizer,
            epochs=seen.epochs,
            batch_size=seen.batch_size,
            shuffle=seen.shuffle,
            seconds=seconds,
            evidence=seen.findings,
            unchanged=seen.unchanged,
            apply=seen.apply,
            **options,
            **seen.options,
        )
    finally:
        seen.restore()
    if seen.own_losses:
        judge_own_rule(found, seen.own_losses, seen.change)
    found.evidence.extend(seen.notes)
    return found


def _diagnose_from_outside(path: Path, seen: Seen, seconds: float, arguments: Sequence[str] = ()) -> Diagnosis:
    """Where the loop does not show all that it trains with: what was seen, and the script run again with other rates."""
    found = list(seen.findings)
    told, again = list(seen.notes), seen.rated and all(map(is_note, found))
    if seen.iterations or again:
        then = "the script itself was run again with other rates" if again else "what was seen of it is all"
        told.insert(0, f"the loop does not show {_missing(seen)}, so {then}")
    if again:
        begun = time.monotonic()
        tried = try_rates(path, 4 * STEPS, seconds, arguments=arguments)
        if tried and all(math.isinf(one.left) for one in tried):
            # Of a sum over rows and places, say, a hundredth is not little enough.
            left = max(1.0, seconds - (time.monotonic() - begun))
            tried += try_rates(path, 4 * STEPS, left, SMALLER, arguments)
        told += [str(one) for one in tried]
        judged = judge_bounds(tried) or judge_rates(tried)
        if judged is not None and seen.is_led and np.isfinite(tried[0].losses).all():
            told.append(
                "before each pass a model is asked, of whose answers the targets may be made: such a loss says little of the rate"
            )
            judged = None
        if judged is not None and crossings_of(tried[0].losses) > MOST_CROSSINGS:
            told.append(
                "the loss goes above and below 0 again and again, as one of rewards does, and says little of the rate"
            )
            judged = None
        found = [*filter(None, (find_tight_clipping(seen.left, judged), judged)), *found]
    cause = found[0].cause if found else "unknown"
    return Diagnosis(Record(), Judgement(cause, found[:3], told), None, lambda: None)


def _missing(seen: Seen) -> str:
    if seen.model is None:
        return "which model it trains"
    if not seen.alone:
        return "one optimizer for all of the model"
    if seen.inputs is None:
        return "the rows of the inputs as one array"
    return "the targets that the loss is of"


def _text_of(file: Path) -> str:
    return python_of(file).decode(errors="replace")


def choose_kit(text: str) -> Kit:
    """Whose methods a script calls: ours, or PyTorch's where it imports that."""
    if any(line.split()[:2] in (["import", "torch"], ["from", "torch"]) for line in _imports(text)):
        try:
            from nn.health.loop.pytorch import TorchKit
        except ImportError as error:
            raise UsageError(f"this is a script of PyTorch's, and it is not installed here: {error}") from None
        return TorchKit()
    return OurKit(transforms=".backward(" not in text)


def _imports(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.lstrip().startswith(("import ", "from ")):
            yield line.replace(".", " ").replace(",", " ")


@contextlib.contextmanager
def _run_apart() -> Iterator[io.StringIO]:
    """The script's output is swallowed, and random states, arguments, folder and path are as before afterwards; gives its errors."""
    arguments, places, main = sys.argv, list(sys.path), sys.modules.get("__main__")
    folder, asked = os.getcwd(), sys.stdin
    backend = os.environ.get("MPLBACKEND")
    os.environ["MPLBACKEND"] = "Agg"
    try:
        with (
            preserve_draws(),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()) as errors,
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
        ):
            warnings.simplefilter("ignore")
            if asked is not None and asked.isatty():
                # Nobody sees what they are asked for.
                sys.stdin = io.StringIO()
            yield errors
    finally:
        sys.argv, sys.path[:], sys.stdin = arguments, places, asked
        os.chdir(folder)
        if main is not None:
            sys.modules["__main__"] = main
        if backend is None:
            del os.environ["MPLBACKEND"]
        else:
            os.environ["MPLBACKEND"] = backend


def _execute(file: Path, arguments: Sequence[str], names: dict[str, Any]) -> None:
    sys.argv = [str(file), *arguments]
    sys.path.insert(0, str(file.parent))
    try:
        run_program(file, names)
    except SyntaxError as error:
        if error.filename != str(file):
            raise
        raise UsageError(f"{file.name}, {line_name(str(file), error.lineno or 1)}: {error.msg}") from None


def _catch_fit(model: Any, data: Any, **options: Any) -> Any:
    raise Fitted({"model": model, "data": data, **options})


def _from_fit(given: dict[str, Any]) -> Seen:
    """What `nn.fit` was given, as what was seen."""
    data, validation = given["data"], given.get("validation")
    batch_size = given.get("batch_size", 32)
    if isinstance(data, DataLoader) and data.samples is None:
        batch_size = data.batch_size
        inputs, targets = data.arrays[:2]
    elif isinstance(data, (tuple, list)) and len(data) == 2 and all(len(np.shape(part)) for part in data):
        inputs, targets = map(np.asarray, data)
    else:
        # Of an iterable that may be gone through once, the first rows are kept.
        batches = list(itertools.islice(iter(data), 200))
        batch_size = len(batches[0][0]) if batches else batch_size
        inputs, targets = (np.concatenate([np.asarray(b[k]) for b in batches])[:MOST_ROWS] for k in (0, 1))
    optimizer, rate = given.get("optimizer", "adam"), given.get("lr")
    rates = {} if rate is None else {"lr": rate}
    make: Any = (
        (lambda parameters: optim.get(optimizer, parameters, **rates)) if isinstance(optimizer, str) else optimizer
    )
    held = validation if isinstance(validation, tuple) and len(validation) == 2 else None
    options = {name: given[name] for name in ("clip_norm", "clip_value", "scheduler") if given.get(name) is not None}
    return Seen(
        model=given["model"],
        optimizer=make,
        loss=given.get("loss"),
        fitted=True,
        inputs=inputs,
        targets=targets,
        validation=held,
        batch_size=batch_size,
        epochs=given.get("epochs", 10),
        options=options,
    )
