"""Settings for all tests: hypothesis profiles, what collection costs, and tools that pip does not install."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import shutil
import signal
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis.strategies import just

settings.register_profile("ci", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("night", max_examples=4000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# Tests start some two hundred commands; where a container forbids bytecode, each would compile the package anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Commands of their own, and what they stand on: they need the dev extra, PyTorch or MPI.
collect_ignore = [
    "mutants.py",
    "mutation.py",
    "reach.py",
    "waiting.py",
    "nn/health/corpus/tuning_lists_torch_networks.py",
    "nn/health/corpus/tuning_torch.py",
    "nn/training/mpi_run.py",
]

# Collection makes a million objects that stay: the collector would look at them again and again, then and in each test that calls it.
gc.disable()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let each worker import its share of all test files first: in a fresh checkout, all would write the assertions of all files anew."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers == 1 or session.config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    here = Path(__file__).parent
    first = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
    for path in sorted(here.rglob("test_*.py"))[first::workers]:
        # What cannot be imported, or warns, is told or skipped when it is collected.
        with contextlib.suppress(Exception, pytest.skip.Exception), warnings.catch_warnings():
            warnings.simplefilter("error")
            importlib.import_module(".".join(path.relative_to(here.parent).with_suffix("").parts))


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path) -> Iterator[None]:
    """Files of tests have no doctests, and looking for them takes as long as finding the tests."""
    found = yield
    return [each for each in found if type(each) is pytest.Module] if file_path.match("test_*.py") else found


@given(just(None))
def nothing(_: None) -> None:
    """Hypothesis registers NumPy's generator when its first test runs, and finds nobody that holds it among what is frozen."""


def pytest_collection_finish() -> None:
    nothing()
    gc.freeze()
    gc.enable()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt, also where the tests run in the background of a shell, which switches it off."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other processes find the package `tests`, as they do where pytest is run by `python -m`."""
    root = str(Path(__file__).parent.parent)
    monkeypatch.setenv("PYTHONPATH", root)
    # joblib's workers are given the path of this process.
    monkeypatch.setattr(sys, "path", [root, *sys.path])


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


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Opens a page, given as text; whatever it complains of, or asks the network for, fails the test."""
    troubles: list[str] = []
    contexts = []

    def page_of(text: str, width: int = 1280, height: int = 800, scheme: str = "light") -> Any:
        path = tmp_path / f"page{len(contexts)}.html"
        path.write_text(text, encoding="utf-8")
        # Without transitions, so that what is looked at is there at once.
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: troubles.append(message.text))
        page.on("request", lambda request: request.url == path.as_uri() or troubles.append(request.url))
        page.goto(path.as_uri())
        return page

    yield page_of
    for context in contexts:
        context.close()
    assert troubles == []
