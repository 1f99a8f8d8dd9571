"""Settings for all tests: hypothesis profiles, and tools that pip does not install."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("ci", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("night", max_examples=4000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


# A command of its own, which needs the dev extra.
collect_ignore = ["mutation.py"]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of headless Chromium; without it the test is skipped, or fails where everything is required."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("STEPGRAD_REQUIRE_ALL"):
            pytest.fail("Chromium is required here (STEPGRAD_REQUIRE_ALL is set) and is not installed")
        pytest.skip("Chromium is not installed")
    return path


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """Chromium, driven by playwright, whose event loop must be gone when notebooks are run in one of their own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()
