"""mypy and pyright find no error in what a user writes, and every error that is planted."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.typing import user_script

ROOT = Path(__file__).parent.parent.parent
HERE = ROOT / "tests" / "typing"
USER, WRONG = HERE / "user_script.py", HERE / "wrong_script.py"


def needed(tool: str) -> None:
    """Skip where a tool of the dev extra is missing, or fail where everything is required."""
    if find_spec(tool) is None:
        if os.environ.get("STEPGRAD_REQUIRE_ALL"):
            pytest.fail(f"{tool} is required here (STEPGRAD_REQUIRE_ALL is set) and is not installed")
        pytest.skip(f"{tool} is not installed; it comes with the dev extra")


def of_mypy(*scripts: Path) -> dict[str, set[int]]:
    """The lines in which `mypy --strict` finds an error, by the names of the scripts."""
    needed("mypy")
    # Without the project's own settings, which nobody else has.
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, "--output", "json"]
    cache = ["--cache-dir", str(ROOT / ".mypy_cache" / "users")]
    done = subprocess.run([*command, *cache, *map(str, scripts)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found: dict[str, set[int]] = {script.name: set() for script in scripts}
    for line in done.stdout.splitlines():
        told = json.loads(line)
        if told["severity"] == "error":
            print(told["file"], told["line"], told["message"])
            found[Path(told["file"]).name].add(told["line"])
    return found


def of_pyright(*scripts: Path) -> dict[str, set[int]]:
    """The lines in which pyright finds an error, by the names of the scripts."""
    needed("pyright")
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    done = subprocess.run([*command, *map(str, scripts)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found: dict[str, set[int]] = {script.name: set() for script in scripts}
    for told in json.loads(done.stdout)["generalDiagnostics"]:
        if told["severity"] == "error":
            print(told["file"], told["range"]["start"]["line"] + 1, told["message"])
            found[Path(told["file"]).name].add(told["range"]["start"]["line"] + 1)
    return found


@pytest.mark.integration
@pytest.mark.parametrize("checker", [of_mypy, of_pyright])
def test_a_users_script_has_no_error_and_planted_errors_are_found(
    checker: Callable[..., dict[str, set[int]]],
) -> None:
    planted = {
        number
        for number, line in enumerate(WRONG.read_text(encoding="utf-8").splitlines(), 1)
        if re.search("# WRONG: ", line)
    }
    assert len(planted) >= 10
    assert checker(USER, WRONG) == {USER.name: set(), WRONG.name: planted}


def test_the_users_script_runs() -> None:
    user_script.main()
