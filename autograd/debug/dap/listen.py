"""Where editors are heard: standard input and output, or a port of this machine."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import BoundedSemaphore, Thread

from autograd.debug.dap.server import Server
from autograd.debug.dap.wire import Connection, WireError

HOST = "127.0.0.1"
# Editors that are served at a time.
MAX_CLIENTS = 8


def serve_stdio(command: Sequence[str]) -> None:
    """Serve one editor on standard input and output.

    Parameters
    ----------
    command : sequence of str
        Starts the child process in which programs run.

    Raises
    ------
    WireError
        Where what comes is not the protocol.
    """
    reader = os.fdopen(os.dup(0), "rb")
    writer = os.fdopen(os.dup(1), "wb")
    # Whatever reads or prints here by mistake does not touch the protocol.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    Server(Connection(reader, writer), command).serve()


def serve_port(port: int, token: str, command: Sequence[str], tell: Callable[[int], None]) -> None:
    """Serve the editors that connect to a port, until Ctrl-C.

    Parameters
    ----------
    port : int
        0 for one that is free.
    token : str
        What each `launch` has to say.
    command : sequence of str
        See `serve_stdio`.
    tell : callable
        Given the port, when it is open.
    """
    with socket.create_server((HOST, port)) as listening:
        tell(listening.getsockname()[1])
        places = BoundedSemaphore(MAX_CLIENTS)
        while True:
            client, _ = listening.accept()
            # One for which there is no place is told so: left to wait, it would seem to hang.
            serve = _serve_client if places.acquire(blocking=False) else _turn_away
            Thread(target=serve, args=(client, token, command, places), daemon=True).start()


def _serve_client(client: socket.socket, token: str, command: Sequence[str], places: BoundedSemaphore) -> None:
    try:
        with client, client.makefile("rb") as reader, client.makefile("wb") as writer:
            try:
                Server(Connection(reader, writer), command, token).serve()
            except WireError as error:
                print(f"stepgrad: {error}", file=sys.stderr, flush=True)
    except OSError:
        pass
    finally:
        places.release()


def _turn_away(client: socket.socket, *_: object) -> None:
    # It may have left, too.
    with suppress(OSError), client, client.makefile("rb") as reader, client.makefile("wb") as writer:
        Connection(reader, writer).output(f"{MAX_CLIENTS} editors are served already; end one of them\n", "important")
