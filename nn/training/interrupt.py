"""Ctrl-C as a request: noticed between two batches, so that no step is torn."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupt:
    """Whether somebody has pressed Ctrl-C."""

    asked = False


@contextmanager
def notice_interrupt() -> Iterator[Interrupt]:
    """Within, the first Ctrl-C is noted and the second raises KeyboardInterrupt; only the main thread gets signals.

    Where Ctrl-C is switched off, as a shell does for what it runs in the background, it stays so.
    """
    interrupt = Interrupt()
    previous = signal.getsignal(signal.SIGINT) if threading.current_thread() is threading.main_thread() else None
    if previous in (None, signal.SIG_IGN):
        yield interrupt
        return

    def note(number: int, frame: FrameType | None) -> None:
        if interrupt.asked:
            raise KeyboardInterrupt
        interrupt.asked = True

    try:
        signal.signal(signal.SIGINT, note)
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, previous)
