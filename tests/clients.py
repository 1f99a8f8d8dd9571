"""Run the test suites of libraries written for HIPS autograd, on it and on this engine: `python -m tests.clients [name …]`.

By hand, for it needs a network. Each library gets an environment of its own under `.clients/`, and is installed without its
dependency `autograd`; its tests come from its source distribution, or from the folder that `--sources` names, where there is
one of its name. What passed with ours stands beside what passed with the true one, and the tests that only the true one passes.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tarfile
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACE = Path(os.environ.get("STEPGRAD_CLIENTS", ROOT / ".clients"))
TRUE_ONE = "autograd==1.9.1"
LINE = re.compile(r"^(\S+::\S.*?) (PASSED|FAILED|ERROR|XPASS|XFAIL|SKIPPED)\b", re.M)
# Names that NumPy 2 took away and older libraries use, for both sides alike.
OLDER_NUMPY = """import numpy
for old, new in {"product": "prod", "cumproduct": "cumprod", "alltrue": "all", "sometrue": "any", "float_": "float64",
                 "Inf": "inf", "NaN": "nan", "in1d": "isin", "row_stack": "vstack", "trapz": "trapezoid"}.items():
    if not hasattr(numpy, old):
        setattr(numpy, old, getattr(numpy, new))
"""


@dataclass(frozen=True)
class Client:
    """A library: what it needs beside `autograd`, and its tests."""

    package: str
    needs: tuple[str, ...] = ()
    tests: tuple[str, ...] = ("tests",)
    # The repository, where the source distribution has no tests.
    source: str | None = None
    options: tuple[str, ...] = ()


CLIENTS = {
    "autograd": Client(TRUE_ONE, ("xarray",), (".",)),
    "lifelines": Client(
        "lifelines",
        ("pandas", "matplotlib", "formulaic", "narwhals", "autograd-gamma", "dill", "flaky", "jinja2"),
        ("lifelines/tests",),
    ),
    "autograd-gamma": Client("autograd-gamma", source="https://github.com/CamDavidsonPilon/autograd-gamma"),
    "surpyval": Client(
        "surpyval",
        ("pandas", "matplotlib", "numpy_indexed", "formulaic", "autograd-gamma", "hypothesis"),
        ("surpyval/tests/univariate/parametric",),
    ),
    # Its other backends are no business of ours.
    "pymanopt": Client(
        "pymanopt",
        options=(
            "--noconftest",
            *(f"--ignore=tests/{name}.py" for name in ("test_problem", "test_examples")),
            *(f"--ignore=tests/backends/test_{name}.py" for name in ("jax", "tensorflow", "pytorch")),
        ),
    ),
    "lifetimes": Client(
        "lifetimes", ("pandas", "dill", "matplotlib"), source="https://github.com/CamDavidsonPilon/lifetimes"
    ),
    "reliability": Client(
        "reliability", ("pandas", "matplotlib", "mplcursors", "autograd-gamma"), ("tests/test_Fitters.py",)
    ),
    "paragami": Client("paragami", (), ("paragami/tests",), "https://github.com/rgiordan/paragami"),
    "vittles": Client("vittles", ("paragami",), ("vittles/tests",), "https://github.com/rgiordan/vittles"),
}


def run(*command: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), text=True, capture_output=True, **options)  # type: ignore[call-overload,no-any-return]


def obtain(name: str, *command: str | Path) -> None:
    """Run what installs or fetches something for a library; end with its last words where that fails."""
    done = run(*command)
    if done.returncode:
        told = done.stderr.strip().splitlines() or [f"{command[0]} ended with {done.returncode}"]
        raise SystemExit(f"{name}: {told[-1]}")


def environment(name: str, client: Client) -> Path:
    """An environment with the library and what it needs, but with no package `autograd`; gives its Python."""
    home = PLACE / name / "env"
    python = home / "bin" / "python"
    pip = (python, "-m", "pip")
    finished = home / "lib" / "finished"
    if not finished.exists():
        venv.create(home, with_pip=True, clear=True)
        common = ("numpy", "scipy", "pytest", "graphviz", "rich", "setuptools")
        obtain(name, *pip, "install", "-q", *common, *client.needs)
        obtain(name, *pip, "uninstall", "-q", "-y", "autograd")
        if name != "autograd":
            obtain(name, *pip, "install", "-q", "--no-deps", client.package)
        (site,) = home.glob("lib/python*/site-packages")
        (site / "sitecustomize.py").write_text(OLDER_NUMPY, encoding="utf-8")
        finished.touch()
    true_one = PLACE / "true"
    if not true_one.exists():
        obtain(name, *pip, "install", "-q", "--no-deps", "--target", true_one, TRUE_ONE)
    return python


def sources(name: str, client: Client, given: Path | None) -> Path:
    """The folder with the library's tests."""
    if given is not None and (given / name).is_dir():
        return given / name
    folder = PLACE / name / "source"
    if not folder.exists():
        if client.source is not None:
            obtain(name, "git", "clone", "-q", "--depth=1", client.source, folder)
        else:
            fetched = PLACE / name / "sdist"
            pip = (sys.executable, "-m", "pip")
            obtain(name, *pip, "download", "-q", "--no-deps", "--no-binary", ":all:", "-d", fetched, client.package)
            (archive,) = fetched.glob("*.tar.gz")
            with tarfile.open(archive) as packed:
                packed.extractall(folder, filter="data")
    inner = [entry for entry in folder.iterdir() if entry.is_dir()]
    return inner[0] if len(inner) == 1 and client.source is None else folder


def verdicts(python: Path, folder: Path, client: Client, engine: Path, seconds: int) -> tuple[dict[str, str], float]:
    """What became of each test on one engine, and the processor time that they took, imports and all."""
    # Only tests are taken from the folder of the HIPS distribution, whose package has the name of ours.
    paths = [engine] if client.package == TRUE_ONE else [engine, folder]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths)), "MPLBACKEND": "Agg"}
    begun = _spent()
    try:
        told = run(
            python, "-m", "pytest", "-v", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", folder, "-W", "ignore",
            "--import-mode=importlib" if client.package == TRUE_ONE else "--import-mode=prepend",
            "--tb=no", "--continue-on-collection-errors", *client.options, *client.tests,
            cwd=folder / "tests" if client.package == TRUE_ONE else folder, env=environ, timeout=seconds,
        ).stdout  # fmt: skip
    except subprocess.TimeoutExpired as late:
        told = late.stdout.decode() if isinstance(late.stdout, bytes) else late.stdout or ""
        print(f"  stopped after {seconds} s", file=sys.stderr)
    return dict(LINE.findall(told)), _spent() - begun


def _spent() -> float:
    """The processor time of all child processes that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.clients", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(CLIENTS)}; all by default")
    parser.add_argument("--sources", type=Path, help="a folder with a folder of sources for each name")
    parser.add_argument("--seconds", type=int, default=3600, help="the most that one suite may take (3600)")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in CLIENTS]
    if unknown:
        parser.error(f"no client {unknown[0]!r}: {', '.join(CLIENTS)}")
    fewer = 0
    for name in options.names or CLIENTS:
        client = CLIENTS[name]
        python = environment(name, client)
        folder = sources(name, client, options.sources)
        theirs, seconds_there = verdicts(python, folder, client, PLACE / "true", options.seconds)
        ours, seconds_here = verdicts(python, folder, client, ROOT, options.seconds)
        passed_there, passed_here = (
            {t for t, v in found.items() if v in ("PASSED", "XPASS")} for found in (theirs, ours)
        )
        print(
            f"{name}: {len(passed_here)} / {len(passed_there)} passed, {seconds_here:.1f} s / {seconds_there:.1f} s of processor time"
        )
        for test in sorted(passed_there - passed_here):
            print(f"  {ours.get(test, 'not run').lower()}: {test}")
        if not passed_there:
            print("  no test passed with HIPS autograd: something that the library needs is missing", file=sys.stderr)
        fewer += not passed_there or bool(passed_there - passed_here)
    return min(fewer, 1)


if __name__ == "__main__":
    sys.exit(main())
