"""Trainings done in this process or by joblib's workers, wherever they are; those of a worker that dies are done again."""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Mapping
from itertools import islice
from typing import Any

from autograd.errors import MissingDependencyError
from autograd.extras import pip_install
from nn.training.recording import versions
from nn.training.threads import limit_threads
from nn.tuning.errors import SearchError
from nn.tuning.training import Outcome, Task, train_task

# Gives the next training with what to call it; None where there is none at present.
Supply = Callable[[], tuple[Any, Task] | None]
# So often in a row workers may die without one training coming to its end.
MAX_DEATHS = 3
# What loky, dask and ray raise where a worker is gone; none of them is imported for it.
DEATHS = {
    "BrokenProcessPool",
    "BrokenExecutor",
    "TerminatedWorkerError",
    "KilledWorker",
    "CommClosedError",
    "RayActorError",
    "ActorDiedError",
    "WorkerCrashedError",
    "NodeDiedError",
}
# Of these, others would compute other bits.
SAME = ("stepgrad", "NumPy", "BLAS")


def train_tasks(supply: Supply, jobs: int | None) -> Iterator[tuple[Any, Outcome]]:
    """Do all trainings that `supply` gives, and give each with its name as it is done.

    `supply` is asked when a worker is free, perhaps from another thread, and so may decide by what came before.

    Raises
    ------
    SearchError
        Where workers die again and again, or have other versions of the library.
    MissingDependencyError
        For several jobs where joblib is not installed.
    """
    if jobs == 1 or (jobs is None and not _is_elsewhere()):
        while (given := supply()) is not None:
            yield given[0], train_task(given[1])
        return
    yield from _Workers(supply, jobs).results()


def supply_all(tasks: Iterator[tuple[Any, Task]]) -> Supply:
    """A supply of what an iterator gives."""
    return lambda: next(tasks, None)


class _Workers:
    """Hands trainings out to joblib, and keeps in mind which have not come back."""

    def __init__(self, supply: Supply, jobs: int | None) -> None:
        try:
            from joblib import Parallel, delayed
        except ImportError as error:
            raise MissingDependencyError(f"jobs > 1 needs joblib: {pip_install('train')}") from error
        self.supply = supply
        self.jobs = -1 if jobs is None and _is_ray() and Parallel(n_jobs=None).n_jobs == 1 else jobs
        self._parallel, self._delayed = Parallel, delayed
        self._out: dict[Hashable, Task] = {}
        self._again: deque[tuple[Any, Task]] = deque()
        self._here = {name: versions()[name] for name in SAME}

    def results(self) -> Iterator[tuple[Any, Outcome]]:
        """What the workers give."""
        deaths = 0
        # Of workers that are threads of this process each would put back what another one has set.
        with limit_threads(1):
            while True:
                some = 0
                try:
                    for key, outcome in self._go():
                        # One that was done again may come twice.
                        if self._out.pop(key, None) is not None:
                            some += 1
                            deaths = 0
                            yield key, outcome
                except Exception as error:
                    if not _is_death(error):
                        raise
                    deaths += 1
                    if deaths >= MAX_DEATHS:
                        names = ", ".join(map(str, self._out))
                        raise SearchError(
                            f"workers died {deaths} times in a row, at {len(self._out)} trainings ({names}): out of memory, perhaps, or "
                            "killed; what was done before is kept"
                        ) from error
                self._again.extend(self._out.items())
                if not some and not self._again:
                    return

    def _go(self) -> Iterator[tuple[Any, Outcome]]:
        """One run of joblib over what there is to do."""
        options = {"n_jobs": self.jobs, "pre_dispatch": "n_jobs", "batch_size": 1}
        if _gives_as_done():
            yield from self._parallel(return_as="generator_unordered", **options)(self._hand_out())
            return
        # As many at a time as there are workers.
        parallel, handed = self._parallel(**options), self._hand_out()
        while wave := list(islice(handed, max(1, _count_workers(parallel)))):
            yield from parallel(wave)

    def _hand_out(self) -> Iterator[Any]:
        while True:
            given = self._again.popleft() if self._again else self.supply()
            if given is None:
                return
            key, task = given
            self._out[key] = task
            yield self._delayed(_train_named)(key, task, self._here)


def _train_named(key: Any, task: Task, wanted: Mapping[str, str]) -> tuple[Any, Outcome]:
    """What a worker does."""
    here = versions()
    other = [f"{name} {here.get(name)} there, {was} here" for name, was in wanted.items() if here.get(name) != was]
    if other:
        raise SearchError(
            f"a worker on {socket.gethostname()} has other versions: {'; '.join(other)}: the same training would give other numbers "
            "there; install the same on all machines"
        )
    return key, train_task(task)


def _is_death(error: BaseException) -> bool:
    return any(kind.__name__ in DEATHS for kind in type(error).__mro__)


def _is_elsewhere() -> bool:
    """Whether `joblib.parallel_config` around the call asks for workers."""
    try:
        from joblib import Parallel
    except ImportError:
        return False
    return bool(Parallel(n_jobs=None).n_jobs != 1) or _is_ray()


def _is_ray() -> bool:
    """Whether the present backend is ray's, which says one job where nobody said how many."""
    from joblib.parallel import get_active_backend

    return type(get_active_backend()[0]).__module__.startswith("ray.")


def _gives_as_done() -> bool:
    """Whether the present backend can give each result as it is done; ray's gives all at once."""
    from joblib.parallel import get_active_backend

    return bool(getattr(get_active_backend()[0], "supports_return_generator", False))


def _count_workers(parallel: Any) -> int:
    from joblib import effective_n_jobs

    return int(effective_n_jobs(parallel.n_jobs))
