"""What the book says of derivatives in PyTorch and JAX is what they give: each program of the page is run.

Where one is mended, or gives something else, the page has to say so.
"""

from __future__ import annotations

import json
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
FROZEN = Path(__file__).parents[2] / "frozen"
PROGRAM = re.compile(r"```python\n(.*?)\n# (\S+), and (\S+) is right\n```", re.S)
PROGRAMS = PROGRAM.findall(PAGE.read_text(encoding="utf-8"))


def test_every_program_says_what_it_gives() -> None:
    assert len(PROGRAMS) == PAGE.read_text(encoding="utf-8").count("```python") >= 28
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


@pytest.mark.parametrize(("framework", "owner"), [("torch", "PyTorch"), ("jax", "JAX")])
def test_the_page_tells_how_much_was_swept(framework: str, owner: str) -> None:
    swept = json.loads((FROZEN / f"edge_points_{framework}.json").read_text(encoding="utf-8"))["swept"]
    count = len({name.partition(", ")[0] for names in swept.values() for name in names})
    assert f"{count} of {owner}'s" in " ".join(PAGE.read_text(encoding="utf-8").split())


@pytest.mark.integration
@pytest.mark.parametrize(
    "call",
    ["F.pixel_shuffle(x(0, 9, 2, 2), 3)", "F.pixel_unshuffle(x(0, 1, 6, 6), 3)", "torch.view_as_real(x(0) * 1j)"],
)
def test_nothing_has_no_gradient_in_pytorch(call: str) -> None:
    torch = pytest.importorskip("torch")
    held = {"torch": torch, "F": torch.nn.functional, "x": lambda *shape: torch.zeros(shape, requires_grad=True)}
    with pytest.raises(RuntimeError, match=r"shape|divisible|stride"):
        eval(call, held).sum().backward()


def _of_words(what: str) -> Any:
    """In PyTorch's words, on this engine: the gradient, or the shape of one of nothing."""
    import autograd.torch as torch
    import autograd.torch.nn.functional as F

    calls: dict[str, tuple[Any, Any]] = {
        "poisson": (0.0, lambda y: F.poisson_nll_loss(torch.tensor(1.5), y, full=True)),
        "cross entropy": (0.0, lambda y: F.binary_cross_entropy(torch.tensor(0.0), y)),
        "ctc": ([[[-2.0, -1.0, -0.5]]], lambda x: F.ctc_loss(x, torch.tensor([[1]]), (1,), (1,))),
        "cdist": ([[0.0, 0.0]], lambda x: torch.cdist(x, torch.ones(1, 2), p=math.inf).sum()),
        "logcumsumexp": ([-math.inf, 0.0], lambda x: torch.logcumsumexp(x, 0)[1]),
        "pixels": (np.zeros((0, 9, 2, 2)), lambda x: F.pixel_shuffle(x, 3).sum()),
    }
    start, function = calls[what]
    x = torch.tensor(start, requires_grad=True)
    function(x).backward()
    return x.grad.tolist()


@pytest.mark.parametrize(
    ("what", "gradient"),
    [
        ("poisson", -1.5), ("cross entropy", 100.0), ("ctc", [[[0.0, -1.0, 0.0]]]), ("cdist", [[-0.5, -0.5]]), ("logcumsumexp", [0.0, 1.0]),
        ("pixels", []),
    ],
)  # fmt: skip
def test_pytorchs_words_have_them_right(what: str, gradient: Any) -> None:
    assert _of_words(what) == pytest.approx(gradient) if isinstance(gradient, float) else _of_words(what) == gradient


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
        (lambda q: np.quantile(np.array([1.0, 2.0, 3.0]), q), (0.5,), (2.0,)),
    ],
)
def test_this_engine_has_them_right(function: Any, xs: Any, slopes: Any) -> None:
    leaves = [ag.Tensor(np.float64(x), requires_grad=True) for x in xs]
    function(*leaves).backward()
    np.testing.assert_allclose([leaf.grad for leaf in leaves], slopes, 1e-12)
