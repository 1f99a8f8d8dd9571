"""`stepgrad dap`: the debugger for editors, over the Debug Adapter Protocol."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from pathlib import Path

from autograd import files
from autograd.check.stand_ins import in_place_of_engines
from autograd.cli import readers
from autograd.cli.graphs import root_of
from autograd.debug.dap import debug_program, serve_port, serve_stdio
from autograd.errors import UsageError

MAX_PORT = 65_535
TOKEN = "STEPGRAD_DAP_TOKEN"  # noqa: S105 - the name of a variable


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the subcommand takes."""
    parser.add_argument(
        "--port",
        type=readers.read_seed,
        metavar="N",
        help=f"listen on this port of 127.0.0.1 (0 for a free one), and ask for the token of ${TOKEN}, or for one that is "
        "printed; by default an editor is served on standard input and output",
    )
    parser.add_argument(
        "--extension",
        type=Path,
        metavar="FILE.vsix",
        help="write the extension for VS Code, for: code --install-extension FILE.vsix",
    )
    # How the adapter starts the process in which a program runs.
    parser.add_argument("--child", metavar="READ,WRITE", help=argparse.SUPPRESS)


def run(chosen: argparse.Namespace) -> int:
    """Serve; gives the exit code."""
    if chosen.extension is not None:
        if chosen.extension.suffix.lower() != ".vsix":
            raise UsageError(f"--extension takes a file that ends in .vsix, not {str(chosen.extension)!r}")
        # Not where an editor waits for its adapter.
        from autograd.debug.dap.vsix import pack_extension

        files.write(chosen.extension, pack_extension())
        print(f"wrote {chosen.extension}; install it with: code --install-extension {chosen.extension}")
        return 0
    if os.name != "posix":
        raise UsageError(
            "the adapter hands descriptors to a child process, which this system cannot: use WSL on Windows"
        )
    if chosen.child is not None:
        read, _, write = chosen.child.partition(",")
        if not (read.isdigit() and write.isdigit()):
            raise UsageError("--child is how the adapter starts a program: use stepgrad dap without it")
        from nn.micrograd import as_micrograd

        with as_micrograd(), in_place_of_engines(lambda _: None):
            return debug_program(int(read), int(write), root_of)
    # Without the current folder in its path, in which a file of the user's may be called nn.py.
    command = [sys.executable, "-P", "-m", "autograd", "dap", "--child"]
    if chosen.port is None:
        if sys.stdin.isatty():
            raise UsageError("an editor starts this and talks to it on standard input; --port N listens for one")
        serve_stdio(command)
        return 0
    if chosen.port > MAX_PORT:
        raise UsageError(f"--port: {chosen.port} is no port; they go up to {MAX_PORT}")
    token = os.environ.pop(TOKEN, "") or secrets.token_urlsafe(18)
    serve_port(chosen.port, token, command, lambda port: _tell(port, token))
    return 0


def _tell(port: int, token: str) -> None:
    print(f'stepgrad: listening on 127.0.0.1:{port}; launch with "token": "{token}"', file=sys.stderr, flush=True)
