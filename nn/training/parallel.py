"""`Parallel`: a run on several processes, each of which goes through a share of the rows of every batch, joined by MPI."""

from __future__ import annotations

import os
import sys
import traceback
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.errors import AnomalyError, AutogradError, type_name
from autograd.graph.node import get_data, raw
from nn.training.callback import Run
from nn.training.errors import ParallelError
from optim.arguments import check_whole


@dataclass(frozen=True)
class Parallel:
    """How a run is shared by the processes of an MPI communicator.

    Parameters
    ----------
    comm : mpi4py.MPI.Comm
        Such as `MPI.COMM_WORLD`; all its processes call `nn.fit` alike, on the same data.
    micro_batches : int, optional
        Cut every batch in so many parts, whose gradients are added in their order: the same bits for any number of processes. By
        default there is a part for each process, and MPI adds them as is fastest.
    sync_batch_norm : bool
        Whether batch normalisation in training takes mean and variance over the rows of all processes; otherwise each part has its
        own, and running averages are the mean of theirs.

    Examples
    --------
    >>> from mpi4py import MPI  # doctest: +SKIP
    >>> nn.fit(model, data, comm=nn.Parallel(MPI.COMM_WORLD, micro_batches=8))  # doctest: +SKIP
    """

    comm: Any
    micro_batches: int | None = None
    sync_batch_norm: bool = False

    def __post_init__(self) -> None:
        if not all(
            callable(getattr(self.comm, name, None)) for name in ("Get_rank", "Get_size", "Allreduce", "allgather")
        ):
            raise TypeError(
                f"fit: comm is a communicator of mpi4py, such as MPI.COMM_WORLD, not {type_name(self.comm)}"
            )
        if self.micro_batches is not None:
            check_whole("Parallel: micro_batches", self.micro_batches, 1)
            if self.sync_batch_norm:
                raise ValueError(
                    "Parallel: micro_batches are gone through one after another, and sync_batch_norm needs all rows at once: "
                    "give one of them"
                )

    @property
    def rank(self) -> int:
        """The number of this process, from 0."""
        return int(self.comm.Get_rank())

    @property
    def size(self) -> int:
        """How many processes there are."""
        return int(self.comm.Get_size())

    @property
    def parts(self) -> int:
        """In how many parts a batch is cut."""
        return self.micro_batches or self.size

    @property
    def own(self) -> range:
        """The parts of this process."""
        return range(self.parts * self.rank // self.size, self.parts * (self.rank + 1) // self.size)

    def rows(self, count: int, part: int) -> slice:
        """The rows of a part in a batch of so many.

        Parameters
        ----------
        count, part : int

        Returns
        -------
        slice

        Examples
        --------
        >>> from nn.training.parallel import Alone
        >>> [Parallel(Alone(), 3).rows(7, part) for part in range(3)]
        [slice(0, 2, None), slice(2, 4, None), slice(4, 7, None)]
        """
        return slice(count * part // self.parts, count * (part + 1) // self.parts)

    def add(self, mine: np.ndarray) -> np.ndarray:
        """The sum of the arrays of all parts, each a row of `mine`.

        Parameters
        ----------
        mine : array (own parts, length)

        Returns
        -------
        array (length,)

        Examples
        --------
        >>> from nn.training.parallel import Alone
        >>> Parallel(Alone(), 2).add(np.array([[1.0, 2.0], [3.0, 4.0]]))
        array([4., 6.])
        """
        if self.micro_batches is None:
            total = np.empty_like(mine[0])
            self.comm.Allreduce(mine[0], total)
            return total
        most = -(-self.parts // self.size)
        sent = np.zeros((most, mine.shape[1]), mine.dtype)
        sent[: len(mine)] = mine
        found = np.empty((self.size, *sent.shape), mine.dtype)
        self.comm.Allgather(sent, found)
        counts = [self.parts * (rank + 1) // self.size - self.parts * rank // self.size for rank in range(self.size)]
        summed = np.zeros(mine.shape[1], mine.dtype)
        for rank, count in enumerate(counts):
            for row in found[rank, :count]:
                summed += row
        return summed

    def add_arrays(self, mine: np.ndarray) -> np.ndarray:
        """The sum of an array over all processes.

        Parameters
        ----------
        mine : array

        Returns
        -------
        array

        Examples
        --------
        >>> from nn.training.parallel import Alone
        >>> Parallel(Alone()).add_arrays(np.array([1.0, 2.0]))
        array([1., 2.])
        """
        mine = np.ascontiguousarray(mine)
        total = np.empty_like(mine)
        self.comm.Allreduce(mine, total)
        return total

    def gather(self, mine: Any) -> list[Any]:
        """What every process has, in their order.

        Parameters
        ----------
        mine : object

        Returns
        -------
        list

        Examples
        --------
        >>> from nn.training.parallel import Alone
        >>> Parallel(Alone()).gather("here")
        ['here']
        """
        return list(self.comm.allgather(mine))

    def agree_to_stop(self, run: Run) -> None:
        """Let all processes end where one of them is to.

        Parameters
        ----------
        run : Run

        Examples
        --------
        >>> from nn.training.parallel import Alone
        >>> Parallel(Alone()).agree_to_stop
        <bound method Parallel.agree_to_stop of ...>
        """
        asked, anybody = np.array([bool(run.stopping)], np.int32), np.zeros(1, np.int32)
        self.comm.Allreduce(asked, anybody)
        if anybody[0]:
            run.stop(next(reason for reason in self.gather(run.stopping) if reason))

    def refuse_differences(self, **told: Any) -> None:
        """Refuse processes that were started differently: all of them raise.

        Parameters
        ----------
        **told
            What must be the same, as dicts, by what to call it.

        Raises
        ------
        ParallelError

        Examples
        --------
        >>> from nn.training.parallel import Alone
        >>> Parallel(Alone()).refuse_differences(versions={"NumPy": "2.4"})
        """
        first, *others = self.gather(told)
        for rank, other in enumerate(others, 1):
            for what, there in first.items():
                for name in dict.fromkeys((*there, *other[what])):
                    if repr(there.get(name)) != repr(other[what].get(name)):
                        pair = f"{there.get(name)} in process 0, {other[what].get(name)} in process {rank}"
                        raise ParallelError(
                            f"fit: the processes of comm have other {what}: {name}: {pair}; start all of them alike, "
                            "with the same installation and the same data"
                        )

    def refuse_drift(self, parameters: Sequence[Any], epoch: int) -> None:
        """Refuse processes whose parameters are no longer the same: all of them raise.

        Parameters
        ----------
        parameters : sequence of Tensor
        epoch : int

        Raises
        ------
        ParallelError

        Examples
        --------
        >>> from nn.training.parallel import Alone
        >>> Parallel(Alone()).refuse_drift([], 1)
        """
        total = 0
        for p in parameters:
            total = zlib.crc32(np.ascontiguousarray(get_data(p)).data, total)
        first, *others = self.gather(total)
        other = [rank for rank, found in enumerate(others, 1) if found != first]
        if other:
            raise ParallelError(
                f"fit: after epoch {epoch} process {other[0]} has other parameters than process 0: a callback, a schedule or a step of "
                "the trainer changes them by something that is not the same in all processes"
            )

    def share(self, work: Callable[[], Any]) -> Any:
        """What process 0 makes of some work, or the error that it raised, in all processes.

        Parameters
        ----------
        work : callable

        Returns
        -------
        object

        Examples
        --------
        >>> from nn.training.parallel import Alone
        >>> Parallel(Alone()).share(lambda: 3)
        3
        """
        found: tuple[Any, Any] = (None, None)
        if self.rank == 0:
            try:
                found = work(), None
            except AutogradError as error:
                found = None, error
        given, failed = self.comm.bcast(found, root=0)
        if failed is not None:
            failed.of_all_processes = True
            raise failed
        return given

    def tally_batches(self, batches: Iterable[Any], step: Callable[[Any, Any], tuple[Any, Any]]) -> list[Any]:
        """Outputs, targets and loss of all batches in their order, of which each process computes some.

        Parameters
        ----------
        batches : iterable of (inputs, targets)
        step : callable
            Gives outputs and loss.

        Returns
        -------
        list of (outputs, targets, loss)

        Examples
        --------
        >>> from nn.training.parallel import Alone
        >>> Parallel(Alone()).tally_batches([(np.ones(2), np.zeros(2))], lambda x, y: (x, np.sum(x - y)))
        [(array([1., 1.]), array([0., 0.]), 2.0)]
        """
        mine, targets_of = [], []
        for number, (inputs, targets) in enumerate(batches):
            targets_of.append(targets)
            if number % self.size == self.rank:
                outputs, loss = step(inputs, targets)
                mine.append((np.asarray(raw(outputs)), float(raw(loss))))
        found = self.gather(mine)
        pairs = [found[number % self.size][number // self.size] for number in range(len(targets_of))]
        return [(outputs, targets, loss) for (outputs, loss), targets in zip(pairs, targets_of, strict=True)]

    @contextmanager
    def end_together(self) -> Iterator[None]:
        """Within, an error that other processes know nothing of ends them too, instead of leaving them waiting.

        Examples
        --------
        >>> from nn.training.parallel import Alone
        >>> with Parallel(Alone()).end_together():
        ...     print("by itself it is as ever")
        by itself it is as ever
        """
        try:
            yield
        except BaseException as error:
            # Of sums all processes know alike that they are not finite.
            if self.size == 1 or isinstance(error, AnomalyError) or getattr(error, "of_all_processes", False):
                raise
            print(f"stepgrad: process {self.rank} of {self.size} failed, and the run ends:", file=sys.stderr)
            traceback.print_exc()
            sys.stderr.flush()
            self.comm.Abort(1)
            raise


class Alone:
    """A communicator of one process, for a run by itself with the bits of one that is shared; it needs no MPI."""

    def Get_rank(self) -> int:  # noqa: N802 - mpi4py's name
        """0."""
        return 0

    def Get_size(self) -> int:  # noqa: N802
        """1."""
        return 1

    def Allreduce(self, mine: np.ndarray, total: np.ndarray) -> None:  # noqa: N802
        """Copy."""
        total[...] = mine

    def Allgather(self, mine: np.ndarray, found: np.ndarray) -> None:  # noqa: N802
        """Copy."""
        found[0] = mine

    def allgather(self, mine: Any) -> list[Any]:
        """A list of one."""
        return [mine]

    def bcast(self, given: Any, root: int = 0) -> Any:
        """The same."""
        return given


def choose_parallel(comm: Any) -> Parallel | None:
    """The communicator that is meant."""
    return comm if comm is None or isinstance(comm, Parallel) else Parallel(comm)


def count_threads(parallel: Parallel) -> int:
    """How many threads of BLAS each process may use: the cores of a machine, divided among its processes."""
    if parallel.micro_batches is not None:
        # Another number of threads adds up in another order.
        return 1
    here = parallel.gather(os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", ""))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores // here.count(here[parallel.rank]))
