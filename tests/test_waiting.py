"""What waits for mutants gives functions their new code in a fork, though what was collected is frozen."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests import waiting

BEFORE = "def add(x, y):\n    return x + y\n"


@pytest.mark.integration
def test_a_fork_runs_the_changed_code_of_what_was_collected_and_frozen(tmp_path: Path) -> None:
    for name, text in {
        "sums.py": BEFORE,
        "tests/__init__.py": "",
        "tests/conftest.py": "import gc\n\n\ndef pytest_collection_finish():\n    gc.freeze()\n",
        "tests/test_sums.py": "import sums\n\n\ndef test_add():\n    assert sums.add(2, 0) == 2\n\n\n"
        "def test_add_more():\n    assert sums.add(2, 1) == 3\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    shutil.copy(waiting.__file__, tmp_path / "tests")
    waits = waiting.Waiting(tmp_path, ["tests"])
    try:
        assert waits.ask(["tests/test_sums.py"], 10.0) == waiting.Answer("passed")
        (tmp_path / "sums.py").write_text(BEFORE.replace("+", "-"), encoding="utf-8")
        told = waits.ask(["tests/test_sums.py"], 10.0, ("sums.py", BEFORE))
        assert told == waiting.Answer("failed", "tests/test_sums.py::test_add_more")
    finally:
        waits.close()
