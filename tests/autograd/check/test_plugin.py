"""The pytest plugin, in a pytest of its own."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

SUITE = """
import numpy as np

def test_right(check_gradients):
    assert check_gradients(np.tanh, np.ones(3), grad=lambda x: 1 - np.tanh(x) ** 2)

def test_wrong(check_gradients):
    assert check_gradients(np.tanh, np.ones(3), grad=lambda x: 2 - 2 * np.tanh(x) ** 2)
"""


@pytest.mark.integration
def test_the_fixture_shows_the_whole_table_of_what_failed(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)
    result = pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*assert <Report gradient check: fail (3 coordinates: 3 fail); constant factor:*",
            "*- Gradient check -*",
            "constant factor: the gradient with respect to *is 2 times*",
            "*coordinate*gradient*differences*verdict*",
        ]
    )
    assert result.stdout.str().count("- Gradient check -") == 1
