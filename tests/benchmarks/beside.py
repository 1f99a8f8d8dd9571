"""The benchmark's rows beside another commit's: `python -m tests.benchmarks.beside COMMIT [ROOM ...]`.

Three processes run the same rows in turns: one in a clone of the other commit, two in clones of the last one here. The
second tells how far a commit differs from itself; a row is called slower where its ratio is over 1.03 and over that of the
commit beside itself by more than twice the spread. Processor time is measured. Peers that are installed
only take time: run it where there are none.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent.parent
# A row is slower where its ratio is over this.
SLOWER = 1.03


def answer(rooms: list[str]) -> None:
    """Run in a clone: measure rooms as they are, but let the asking process say whose turn it is.

    Lines of JSON: names of contestants go out, `[name, repeats]` comes in and is answered by seconds, `null` goes on.
    """
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    import time

    from tests.benchmarks import __main__ as benchmark
    from tests.benchmarks import report, timing

    def say(what: object) -> None:
        print(json.dumps(what), file=out, flush=True)

    def take_turns(timers: dict[str, Callable[[int], float]], *_: object, **__: object) -> dict[str, timing.Times]:
        seconds: dict[str, list[float]] = {name: [timers[name](1)] for name in timers}
        say(list(timers))
        while (asked := json.loads(sys.stdin.readline())) is not None:
            name, repeats = asked
            seconds[name].append(timers[name](repeats))
            say(seconds[name][-1])
        shortest = min(map(len, seconds.values()))
        return {name: timing.Times(name, values[:shortest]) for name, values in seconds.items()}

    timing.time = SimpleNamespace(perf_counter=time.process_time)  # type: ignore[assignment]
    timing.time_in_turns = take_turns
    for room in rooms:
        benchmark.ROOMS[room](report.Report(False))
    say(None)


class Clone:
    """A commit's own process."""

    def __init__(self, commit: str, folder: Path, rooms: list[str]) -> None:
        subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
        subprocess.run(["git", "-C", str(folder), "checkout", "-q", commit], check=True)
        beside = folder / "tests" / "benchmarks" / "beside.py"
        beside.write_bytes(Path(__file__).read_bytes())
        threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.beside", "--answer", "-", *rooms],
            cwd=folder,
            env=os.environ | threads | {"PYTHONPATH": str(folder), "PYTHONHASHSEED": "0"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def hear(self) -> Any:
        """What the process says next."""
        line = _stream(self._process.stdout).readline()
        if not line:
            raise SystemExit(f"a measuring process ended with exit code {self._process.wait()}")
        return json.loads(line)

    def ask(self, what: object) -> None:
        """Tell the process what to do next."""
        stream = _stream(self._process.stdin)
        print(json.dumps(what), file=stream, flush=True)


def _stream(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise ValueError("the process was started without pipes")
    return stream


def time_rows(
    before: Clone, now: Clone, again: Clone, rounds: int, turn: float
) -> dict[str, tuple[list[float], list[float]]]:
    """For each row the ratios now / before and now / again, round by round."""
    found: dict[str, tuple[list[float], list[float]]] = {}
    clones = (before, now, again)
    while True:
        names = [clone.hear() for clone in clones]
        if None in names:
            return found
        for name in [n for n in names[0] if n in names[1]]:
            once = max(_seconds(now, name, 1), 1e-7)
            repeats = max(1, round(turn / once))
            rows = [[_seconds(clone, name, repeats) for clone in clones] for _ in range(rounds)]
            key, number = name, 2
            while key in found:
                key, number = f"{name} {number}", number + 1
            found[key] = ([b / a for a, b, _ in rows], [b / c for _, b, c in rows])
        for clone in clones:
            clone.ask(None)


def _seconds(clone: Clone, name: str, repeats: int) -> float:
    clone.ask([name, repeats])
    return float(clone.hear())


def main() -> int:
    """Run the command; 1 where a row is slower."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.beside", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("commit", help="the commit that the last one is compared with")
    parser.add_argument(
        "rooms", nargs="*", default=["tensor", "others"], help="the benchmark's rooms (default: tensor others)"
    )
    parser.add_argument("--rounds", type=int, default=21, help="for each row (default: %(default)s)")
    parser.add_argument("--turn", type=float, default=0.1, help="seconds of one turn (default: %(default)s)")
    parser.add_argument("--answer", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.answer:
        answer(given.rooms)
        return 0
    table = Table("row", "now / before", "quartiles", "now / now", "quartiles", "")
    slower = False
    with tempfile.TemporaryDirectory() as folder:
        for room in given.rooms:
            clones = [
                Clone(commit, Path(folder) / f"{room}-{name}", [room])
                for name, commit in (("before", given.commit), ("now", "HEAD"), ("again", "HEAD"))
            ]
            for row, (ratios, selves) in time_rows(*clones, given.rounds, given.turn).items():
                low, middle, high = statistics.quantiles(ratios, n=4)
                low_self, self_, high_self = statistics.quantiles(selves, n=4)
                is_slower = middle > SLOWER and middle - self_ > 2 * (high_self - low_self)
                slower |= is_slower
                table.add_row(
                    f"{room}: {row}",
                    f"{middle:.3f}",
                    f"{low:.3f} … {high:.3f}",
                    f"{self_:.3f}",
                    f"{low_self:.3f} … {high_self:.3f}",
                    "slower" if is_slower else "",
                )
    Console(width=140).print(table)
    return int(slower)


if __name__ == "__main__":
    sys.exit(main())
