"""The playground in headless Chromium: steps of training a second while it plays, and frames a second."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autograd.pages import playground
from tests.benchmarks.report import Report

# 4×8×8×1 at batch 10, as fast as it goes.
SETTINGS = {
    "features": ["x1", "x2", "x1x1", "x2x2"],
    "layers": ["8-tanh", "8-tanh"],
    "batch": 10,
    "speed": "most",
}
BARS = {"steps": 3000.0, "frames": 60.0}

PLAY = """async (seconds) => {
  playground.play();
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  for (let i = 0; i < 60; i++) await frame();
  const { steps } = playground.training, start = performance.now();
  let frames = 0;
  while (performance.now() - start < 1000 * seconds) { await frame(); frames += 1; }
  const taken = (performance.now() - start) / 1000, done = playground.training.steps - steps;
  playground.pause();
  return { steps: done / taken, frames: frames / taken };
}"""


@contextmanager
def _on_all_processors() -> Iterator[None]:
    """A browser has processes of its own, which inherit what the benchmarks are pinned to."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def play(chromium: str, seconds: float) -> dict[str, Any]:
    """Steps and frames a second."""
    from playwright.sync_api import sync_playwright

    with _on_all_processors(), tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = playground(settings=SETTINGS).save(Path(folder) / "page.html")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(path.as_uri())
        found: dict[str, Any] = page.evaluate(PLAY, seconds)
        browser.close()
    return found


def measure(report: Report) -> None:
    """Both rates."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None or importlib.util.find_spec("playwright") is None:
        report.note("Chromium or playwright is not installed, so the pages are not measured")
        return
    found = play(chromium, 3.0 if report.quick else 10.0)
    for name, bar in BARS.items():
        rate = found[name]
        report.line(
            f"playground, 4×8×8×1 at batch 10, {name} a second", f"{rate:,.0f}", f"≥ {bar:,.0f}", round(rate) >= bar
        )
