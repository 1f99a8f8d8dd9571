"""The pytest plugin: a fixture that checks gradients, and reports that can be read where an assertion fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from autograd.check.report import Report

# The reports that the fixture made in the running test.
_MADE = pytest.StashKey[list[Any]]()


@pytest.fixture
def check_gradients(request: pytest.FixtureRequest) -> Callable[..., Report]:
    """`autograd.check.check_gradients`; where `assert check_gradients(…)` fails, its whole table is part of pytest's report."""
    from autograd.check.gradients import check_gradients as check

    made: list[Report] = request.node.stash.setdefault(_MADE, [])

    def checked(*args: Any, **options: Any) -> Report:
        report = check(*args, **options)
        made.append(report)
        return report

    return checked


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Add the tables of checks that did not pass to the report of a test that failed."""
    outcome: Any = yield
    result: pytest.TestReport = outcome.get_result()
    if result.when == "call" and result.failed:
        for report in item.stash.get(_MADE, []):
            if not report:
                result.sections.append(("Gradient check", str(report)))
