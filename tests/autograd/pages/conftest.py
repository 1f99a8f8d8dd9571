"""What the tests of pages share: a browser, and a playground, as it is when it is opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograd.pages import playground


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """One Chromium for a file: while it is open, no notebook can be run beside it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def playground_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return playground().save(tmp_path_factory.mktemp("playground") / "page.html")


@pytest.fixture(scope="module")
def opened(browser: Any, playground_file: Path) -> Iterator[Any]:
    """One playground for the tests of a file; whatever it complains of fails the last."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
    page, troubles = context.new_page(), []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text))
    page.on("request", lambda request: request.url.startswith(("file:", "blob:")) or troubles.append(request.url))
    page.goto(playground_file.as_uri())
    yield page
    context.close()
    assert troubles == []


@pytest.fixture
def page(opened: Any) -> Any:
    """The page as it is when it is opened."""
    opened.evaluate(
        "() => { playground.pause(); playground.start({}); playground.notice(''); document.activeElement.blur(); }"
    )
    opened.locator("input[name=click][value=positive]").check(force=True)
    return opened


@pytest.fixture
def wait() -> Any:
    """Waits until something is so: the page's policy forbids playwright's own waiting, which evaluates a text."""

    def until(page: Any, condition: str) -> None:
        for _ in range(400):
            if page.evaluate(condition):
                return
            page.wait_for_timeout(25)
        raise AssertionError(f"it never was so: {condition}")

    return until
