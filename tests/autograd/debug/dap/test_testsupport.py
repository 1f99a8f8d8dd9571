"""The adapter before npm's `@vscode/debugadapter-testsupport`, with which editors' makers test adapters."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PACKAGE = "@vscode/debugadapter-testsupport@1.68.0"
# What npm says where it reaches no registry.
OFFLINE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "EHOSTUNREACH")


@pytest.fixture(scope="module")
def testsupport(tmp_path_factory: pytest.TempPathFactory) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs npm")
    folder = tmp_path_factory.mktemp("npm")
    command = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", PACKAGE]
    installed = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if installed.returncode and any(word in installed.stderr for word in OFFLINE):
        pytest.skip("npm reaches no registry")
    assert installed.returncode == 0, installed.stderr
    return folder / "node_modules" / "@vscode" / "debugadapter-testsupport"


@pytest.mark.integration
def test_what_the_makers_of_editors_test(testsupport: Path, tmp_path: Path) -> None:
    adapter = tmp_path / "adapter.py"
    adapter.write_text("import sys\nfrom autograd.cli import main\nsys.exit(main(['dap']))\n", encoding="utf-8")
    ended = subprocess.run(
        [str(shutil.which("node")), "--test", str(HERE / "testsupport.test.js")],
        env={
            **os.environ,
            "STEPGRAD_TESTSUPPORT": str(testsupport),
            "STEPGRAD_PYTHON": sys.executable,
            "STEPGRAD_ADAPTER": str(adapter),
            "STEPGRAD_PROGRAM": str(HERE / "dying.py"),
        },
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert ended.returncode == 0, ended.stdout
    assert "# pass 4" in ended.stdout
