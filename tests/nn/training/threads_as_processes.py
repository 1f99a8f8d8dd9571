"""Threads that stand for the processes of MPI: what mpi4py's communicator does, for tests that have no MPI."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

import numpy as np


class Board:
    """What the threads show each other."""

    def __init__(self, size: int) -> None:
        self.size, self.barrier = size, threading.Barrier(size, timeout=30)
        self.shown: list[Any] = [None] * size
        self.aborted: list[int] = []


class ThreadComm:
    """The communicator of one of the threads."""

    def __init__(self, board: Board, rank: int) -> None:
        self.board, self.rank = board, rank

    def Get_rank(self) -> int:
        return self.rank

    def Get_size(self) -> int:
        return self.board.size

    def allgather(self, mine: Any) -> list[Any]:
        self.board.shown[self.rank] = mine
        self.board.barrier.wait()
        found = list(self.board.shown)
        self.board.barrier.wait()
        return found

    def bcast(self, given: Any, root: int = 0) -> Any:
        return self.allgather(given)[root]

    def Allgather(self, mine: np.ndarray, found: np.ndarray) -> None:
        found[...] = self.allgather(mine.copy())

    def Allreduce(self, mine: np.ndarray, total: np.ndarray) -> None:
        total[...] = sum(self.allgather(mine.copy()))

    def Abort(self, code: int) -> None:
        self.board.aborted.append(self.rank)
        self.board.barrier.abort()


def in_threads(size: int, work: Callable[[Any], Any]) -> list[Any]:
    """What each of `size` threads makes of its communicator, or the error that it raises."""
    board, found = Board(size), [None] * size

    def go(rank: int) -> None:
        try:
            found[rank] = work(ThreadComm(board, rank))
        except BaseException as error:
            found[rank] = error

    threads = [threading.Thread(target=copy_context().run, args=(go, rank)) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
