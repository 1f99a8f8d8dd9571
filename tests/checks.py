"""All checks, in the environment that runs this: `python -m tests.checks`, or some of them by name.

`.ci/run` makes a fresh environment and calls this. Each of the first keeps one core busy, so two of them run at a time; the
tests take all cores, and come last. The last line printed is pytest's own.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parent.parent


def run(*command: str, cwd: Path = ROOT, **variables: str) -> None:
    """Run a command; where it fails, say which and end with its exit code."""
    print("$", " ".join(command), flush=True)
    environment = os.environ | variables
    code = subprocess.run(command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL).returncode
    if code:
        print(f"failed with exit code {code}: {' '.join(command)}", flush=True)
        raise SystemExit(code)


def check_form() -> None:
    """Ruff: rules and layout."""
    run("ruff", "check", ".")
    run("ruff", "format", "--check", ".")


def check_types() -> None:
    """mypy over the packages."""
    run("mypy")


def check_imports() -> None:
    """import-linter: which package may import which; the contracts are in pyproject.toml."""
    run("lint-imports")


def check_demo() -> None:
    """The README's first command, without a terminal."""
    with tempfile.TemporaryDirectory() as folder:
        run("stepgrad", "demo", "--output", folder)


def check_wheel() -> None:
    """The wheel, with the lowest versions that pyproject.toml admits: its command, away from the sources, and the engine's tests."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    lowest = [needed.replace(">=", "==") for needed in project["dependencies"] + extras["check"] + extras["train"]]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ".")
        (wheel,) = work.glob("*.whl")
        bin = new_environment(work / "venv", str(wheel), "pytest", "pytest-xdist", *lowest)
        run(str(bin / "stepgrad"), "--version", cwd=work)
        run(str(bin / "stepgrad"), "draw", "chain_rule", "-o", "graph.html", cwd=work)
        rooms = [str(ROOT / "tests" / "autograd" / room) for room in ("engine", "graph")]
        run(str(bin / "python"), "-m", "pytest", "-q", "-n", "auto", "-p", "no:cacheprovider", *rooms)


def check_book() -> None:
    """The book, without a warning."""
    with tempfile.TemporaryDirectory() as folder:
        run("sphinx-build", "-q", "-W", "--keep-going", "notebooks", folder)


def check_tests() -> None:
    """The README's second command, with the tests that it leaves out; tests/test_notebooks.py executes every notebook."""
    run("pytest", "-q", "-n", "auto", "-m", "not night", STEPGRAD_REQUIRE_ALL="1")


def new_environment(path: Path, *packages: str) -> Path:
    """A new virtual environment with some packages; gives the folder of its commands."""
    venv.create(path, with_pip=True)
    bin = path / ("Scripts" if os.name == "nt" else "bin")
    run(str(bin / "python"), "-m", "pip", "install", "-q", "--no-compile", "--disable-pip-version-check", *packages)
    return bin


CHECKS: dict[str, Callable[[], None]] = {
    "form": check_form,
    "types": check_types,
    "imports": check_imports,
    "demo": check_demo,
    "wheel": check_wheel,
    "book": check_book,
    "tests": check_tests,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.checks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"{', '.join(CHECKS)}; all by default")
    names = parser.parse_args().names or list(CHECKS)
    if unknown := [name for name in names if name not in CHECKS]:
        parser.error(f"there is no check {unknown[0]!r}; there are {', '.join(CHECKS)}")
    *others, last = names
    with ThreadPoolExecutor(2) as pool:
        for done in pool.map(run_apart, others):
            print(done.stdout, end="", flush=True)
            if done.returncode:
                pool.shutdown(cancel_futures=True)
                raise SystemExit(done.returncode)
    print(f"== {last}: {CHECKS[last].__doc__}", flush=True)
    CHECKS[last]()


def run_apart(name: str) -> subprocess.CompletedProcess[str]:
    """A check in a process of its own, with all that it prints."""
    command = [sys.executable, "-m", "tests.checks", name]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


if __name__ == "__main__":
    if shutil.which("ruff") is None:
        raise SystemExit("the checks need the dev extra: pip install -e '.[dev]'")
    main()
