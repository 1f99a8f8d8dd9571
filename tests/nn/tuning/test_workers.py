"""Searches whose trainings are elsewhere: the same bits with any backend of joblib, also where a worker dies."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import threading
import warnings
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from joblib import parallel_config
from rich.console import Console

import nn
from autograd.errors import MissingDependencyError
from nn.tuning import SearchError, SearchResult, SearchWarning, workers
from nn.tuning.progress import show_progress
from nn.tuning.result import Trial
from nn.tuning.strategies import Halving
from tests.nn.tuning.test_search import SPACE, X, Y, build


def quiet(make: Any = build, **options: Any) -> SearchResult:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SearchWarning)
        return nn.search(make, (X, Y), SPACE, **{"trials": 5, "epochs": 2, **options})


class TerminatedWorkerError(Exception):
    """What loky raises, by name."""


class Deadly:
    """Kills its worker, or says so, the first times that it is called."""

    def __init__(self, folder: Path, times: int, kill: bool) -> None:
        self.folder, self.times, self.kill = folder, times, kill

    def __call__(self, hidden: int, seed: int) -> nn.Module:
        for number in range(self.times):
            try:
                (self.folder / str(number)).touch(exist_ok=False)
            except FileExistsError:
                continue
            if self.kill:
                os.kill(os.getpid(), signal.SIGKILL)
            raise TerminatedWorkerError("killed")
        return build(hidden, seed)


@pytest.fixture(scope="module")
def alone() -> SearchResult:
    return quiet(folds=2)


def test_what_a_dead_worker_was_doing_is_done_again_and_counted_once(alone: SearchResult, tmp_path: Path) -> None:
    file = tmp_path / "search.jsonl"
    with parallel_config(backend="threading", n_jobs=2):
        found = quiet(Deadly(tmp_path, 2, kill=False), folds=2, resume=file)
    assert found.trials == alone.trials
    rows = [json.loads(line) for line in file.read_text().splitlines()[1:]]
    assert sorted(row["trial"] for row in rows) == [0, 1, 2, 3, 4]


def test_workers_that_die_again_and_again_end_the_search_and_lose_nothing(tmp_path: Path) -> None:
    with (
        parallel_config(backend="threading", n_jobs=2),
        pytest.raises(SearchError, match=r"workers died 3 times in a row, at . trainings .*: out of memory, perhaps"),
    ):
        quiet(Deadly(tmp_path, 99, kill=False), resume=tmp_path / "search.jsonl")
    assert quiet(resume=tmp_path / "search.jsonl").trials == quiet().trials


def test_errors_of_a_training_are_told_as_they_are() -> None:
    def wrong(hidden: int) -> nn.Module:
        raise ZeroDivisionError("mine")

    with parallel_config(backend="threading", n_jobs=2), pytest.raises(ZeroDivisionError, match="mine"):
        quiet(wrong)


def test_workers_with_other_versions_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    real, main = workers.versions, threading.main_thread()

    def versions() -> dict[str, str]:
        return real() if threading.current_thread() is main else {**real(), "stepgrad": "0.0.9"}

    monkeypatch.setattr(workers, "versions", versions)
    with (
        parallel_config(backend="threading", n_jobs=2),
        pytest.raises(SearchError, match=r"other versions: stepgrad 0\.0\.9 there"),
    ):
        quiet()
    with (
        parallel_config(backend="threading", n_jobs=2),
        pytest.raises(SearchError, match="install the same on all machines"),
    ):
        nn.cross_validate(build, (X, Y), 2, hidden=3, epochs=1)


def test_parallel_config_says_where_unless_jobs_does() -> None:
    threads: set[int] = set()

    def watched(hidden: int, seed: int) -> nn.Module:
        threads.add(threading.get_ident())
        return build(hidden, seed)

    here = {threading.get_ident()}
    quiet(watched)
    assert threads == here
    with parallel_config(backend="threading", n_jobs=2):
        quiet(watched, jobs=1)
        assert threads == here
        quiet(watched)
    assert threads - here


@pytest.mark.parametrize("as_done", [True, False])
def test_results_come_as_they_are_done_or_as_many_as_there_are_workers(
    as_done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[dict[str, Any]] = []
    waves: list[int] = []

    class Parallel:
        n_jobs = 2

        def __init__(self, **options: Any) -> None:
            made.append(options)

        def __call__(self, tasks: Any) -> Any:
            found = [call() for call in tasks]
            waves.append(len(found))
            return found

    tasks: Any = [(key, key * 10) for key in range(5)]
    some = workers._Workers(workers.supply_all(iter(tasks)), 2)
    some._parallel, some._delayed = Parallel, lambda function: lambda *given: lambda: given[:2]
    monkeypatch.setattr(workers, "_gives_as_done", lambda: as_done)
    assert list(some._go()) == tasks
    assert ([one.get("return_as") for one in made], waves) == (
        (["generator_unordered"], [5]) if as_done else ([None], [2, 2, 1])
    )


def test_threads_and_processes_of_joblib_give_results_as_they_are_done() -> None:
    for backend in ("threading", "loky"):
        with parallel_config(backend=backend):
            assert workers._gives_as_done()


def test_rungs_of_halving() -> None:
    assert Halving(27, 27, "min").rungs == [1, 3, 9, 27]
    assert Halving(9, 100, "min").rungs == [11, 33, 100]
    assert Halving(2, 100, "min").rungs == [100]
    assert Halving(100, 2, "min").rungs == [2]


def test_halving_takes_the_better_trials_on_from_where_they_were() -> None:
    found = quiet(trials=9, epochs=9, halving=True)
    assert sorted(trial.epochs for trial in found.trials) == [1] * 6 + [3, 3, 9]
    assert found.best.epochs == 9
    # To the bit what one training of nine epochs gives.
    whole = {trial.number: trial for trial in quiet(trials=9, epochs=9).trials}
    assert found.best.scores == whole[found.best.number].scores
    short = {trial.number: trial for trial in quiet(trials=9, epochs=3).trials}
    for trial in found.trials[1:3]:
        assert trial.scores == short[trial.number].scores


def test_halving_goes_on_from_its_files_and_without_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "search.jsonl"
    whole = quiet(trials=9, epochs=9, halving=True)
    assert quiet(trials=9, epochs=9, halving=True, resume=file).trials == whole.trials
    kept = tmp_path / "search.jsonl.checkpoints"
    assert len(list(kept.iterdir())) == 9
    lines = file.read_text().splitlines(keepends=True)
    done: list[int] = []
    original = workers.train_task
    monkeypatch.setattr(workers, "train_task", lambda task: done.append(bool(task.state)) or original(task))
    for remove in (False, True):
        # A kill before the last trials came back.
        file.write_text("".join(lines[:-2]))
        del done[:]
        if remove:
            for path in kept.iterdir():
                path.unlink()
        assert quiet(trials=9, epochs=9, halving=True, resume=file).trials == whole.trials
        assert len(done) == 2
        assert done[0] is not remove


def test_a_kept_checkpoint_that_is_broken_is_told(tmp_path: Path) -> None:
    file = tmp_path / "search.jsonl"
    quiet(trials=3, epochs=3, halving=True, resume=file)
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))
    for path in (tmp_path / "search.jsonl.checkpoints").iterdir():
        path.write_bytes(b"broken")
    with pytest.raises(nn.training.CheckpointError, match="is broken"):
        quiet(trials=3, epochs=3, halving=True, resume=file)


def test_halving_with_workers_gives_each_trial_the_same_scores() -> None:
    with parallel_config(backend="threading", n_jobs=3):
        found = quiet(trials=9, epochs=9, halving=True, folds=2)
    assert sorted(trial.number for trial in found.trials) == list(range(9))
    by_epochs = {
        epochs: {t.number: t.scores for t in quiet(trials=9, epochs=epochs, folds=2).trials} for epochs in (1, 3, 9)
    }
    for trial in found.trials:
        assert trial.scores == by_epochs[trial.epochs][trial.number]
    assert found.best.epochs == 9


def test_progress_is_a_line_a_trial_where_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    quiet(trials=3, progress=True)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("trial 0, 2 epochs: ")
    assert "; best loss " in lines[2]
    quiet(trials=3)
    assert capsys.readouterr() == ("", "")


def test_what_does_not_go_together_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="leave refine and sampler out"):
        quiet(halving=True, refine=(2, 4))
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingDependencyError, match="sampler= is one of Optuna's"):
        quiet(sampler=object())


# With what the extra `integration` brings: pytest -m integration tests/nn/tuning


@pytest.mark.integration
@pytest.mark.usefixtures("importable")
def test_a_worker_of_loky_is_killed(alone: SearchResult, tmp_path: Path) -> None:
    with parallel_config(backend="loky", n_jobs=2):
        assert quiet(Deadly(tmp_path, 1, kill=True), folds=2).trials == alone.trials


@pytest.mark.integration
@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("importable")
def test_workers_of_dask(alone: SearchResult, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)
    with cluster, distributed.Client(cluster), parallel_config(backend="dask"):
        assert quiet(folds=2).trials == alone.trials
        one, other = (
            nn.cross_validate(build, (X, Y), 3, hidden=3),
            nn.cross_validate(build, (X, Y), 3, hidden=3, jobs=1),
        )
        assert one.folds == other.folds
        assert quiet(Deadly(tmp_path, 1, kill=True), folds=2).trials == alone.trials
        assert quiet(trials=9, epochs=9, halving=True).best.epochs == 9


@pytest.mark.integration
@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("importable")
def test_workers_of_ray(alone: SearchResult, tmp_path: Path) -> None:
    ray = pytest.importorskip("ray")
    from ray.util.joblib import register_ray

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        register_ray()
        with parallel_config(backend="ray"):
            assert quiet(folds=2).trials == alone.trials
            assert quiet(Deadly(tmp_path, 1, kill=True), folds=2).trials == alone.trials
    finally:
        ray.shutdown()


@pytest.mark.integration
@pytest.mark.filterwarnings("ignore")
def test_a_sampler_of_optuna_draws_by_what_came_before(tmp_path: Path) -> None:
    optuna = pytest.importorskip("optuna")
    space = {**SPACE, "activation": nn.Choice(("tanh", 1), ("relu", 2))}

    def make(hidden: int, activation: tuple[str, int], seed: int) -> nn.Module:
        return build(hidden * activation[1], seed)

    told: list[float] = []

    class Sampler(optuna.samplers.TPESampler):  # type: ignore[misc, name-defined]
        def after_trial(self, study: Any, trial: Any, state: Any, values: Any) -> None:
            told.extend(values or [])
            super().after_trial(study, trial, state, values)

    def go(trials: int, **options: Any) -> SearchResult:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            sampler = Sampler(seed=0, n_startup_trials=4)
            return nn.search(
                make, (X, Y), space, trials=trials, epochs=2, sampler=sampler, metric="accuracy", **options
            )

    found = go(14)
    assert told == [t.score for t in sorted(found.trials, key=lambda t: t.number)]
    assert found.trials == go(14).trials
    assert all(2 <= t.params["hidden"] <= 12 and 1e-4 <= t.params["lr"] <= 1.0 for t in found.trials)
    # What is done is told to the sampler when a search goes on.
    go(6, resume=tmp_path / "search.jsonl")
    again = go(10, resume=tmp_path / "search.jsonl")
    first = {t.number: t for t in found.trials}
    assert all(t == first[t.number] for t in again.trials if t.number < 6)
    with pytest.raises(TypeError, match=r"one of optuna\.samplers"):
        quiet(sampler=3)
    assert [isinstance(t.params["activation"], tuple) for t in again.trials] == [True] * 10


def test_a_bar_in_a_terminal_counts_the_trials_that_are_done() -> None:
    told = Console(file=StringIO(), force_terminal=True, width=80, color_system=None, legacy_windows=False)
    with show_progress(None, 2, "loss", "min", told) as tell:
        for number, score in enumerate((0.5, 0.25)):
            tell(Trial(number, {}, 3, (score,)))
    last = told.file.getvalue().split("\r")[-1]  # type: ignore[attr-defined]
    assert re.findall(r"2/2 (━+) ", last) == ["━" * 16]
    assert "trial 1, 3 epochs: 0.25; best loss 0.25" in last
