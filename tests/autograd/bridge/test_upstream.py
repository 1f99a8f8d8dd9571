"""What the book says of derivatives in PyTorch and JAX is what they give: each program of the page is run.

Where one is mended, or gives something else, the page has to say so.
"""

from __future__ import annotations

import math
import re
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd.ops import matrix, special

PAGE = Path(__file__).parents[3] / "notebooks" / "explanation" / "upstream.md"
PROGRAM = re.compile(r"```python\n(.*?)\n# (\S+), and (\S+) is right\n```", re.S)
PROGRAMS = PROGRAM.findall(PAGE.read_text(encoding="utf-8"))


def test_every_program_says_what_it_gives() -> None:
    assert len(PROGRAMS) == PAGE.read_text(encoding="utf-8").count("```python") >= 12
    assert all(len(code.splitlines()) <= 6 for code, *_ in PROGRAMS)


@pytest.mark.integration
@pytest.mark.parametrize(("code", "given", "right"), PROGRAMS, ids=[p[0].splitlines()[-1][:40] for p in PROGRAMS])
def test_a_program_gives_what_the_page_says(code: str, given: str, right: str) -> None:
    framework = "jax" if "jax" in code else "torch"
    module = pytest.importorskip(framework)
    *statements, last = code.splitlines()
    held: dict[str, Any] = {}
    # float32 where the page says so, and else float64.
    with module.enable_x64(True) if framework == "jax" else nullcontext():
        exec("\n".join(statements), held)
        found = float(eval(last, held))
    assert found == pytest.approx(float(given), rel=1e-6, nan_ok=True)
    assert found != pytest.approx(float(right), rel=1e-10), "it is mended: tell it in the page"


@pytest.mark.parametrize(
    ("function", "xs", "slopes"),
    [
        (ag.hypot, (3e200, 4e200), (0.6, 0.8)),
        (ag.hypot, (3e-200, 4e-200), (0.6, 0.8)),
        (ag.logaddexp, (3e200, 3e200), (0.5, 0.5)),
        (ag.atan2, (1e-200, 1e-200), (5e199, -5e199)),
        (ag.sinc, (1e-9,), (-3.2898681336964527e-09,)),
        (ag.sinc, (1e-160,), (-3.2898681336964527e-160,)),
        (special.i0, (0.0,), (0.0,)),
        (special.digamma, (1.0,), (math.pi**2 / 6,)),
        (special.digamma, (math.inf,), (0.0,)),
        (special.xlogy, (0.0, 0.0), (0.0, 0.0)),
        (lambda *xs: matrix.det(ag.reshape(ag.stack(xs), (2, 2))), (1.0, 2.0, 2.0, 4.0), (4.0, -2.0, -2.0, 1.0)),
        (lambda x: ag.std(ag.reshape(x, (1,))), (3.0,), (0.0,)),
    ],
)
def test_this_engine_has_them_right(function: Any, xs: Any, slopes: Any) -> None:
    leaves = [ag.Tensor(np.float64(x), requires_grad=True) for x in xs]
    function(*leaves).backward()
    np.testing.assert_allclose([leaf.grad for leaf in leaves], slopes, 1e-12)
