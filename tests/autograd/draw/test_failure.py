"""Graphs after an error: what was recorded until then is drawn, and the call that failed is lit."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor, Value
from autograd.cli import main
from autograd.draw import Diagram, DrawError, draw
from autograd.draw.scene import Box
from autograd.errors import AnomalyError, ShapeError
from tests.sight import see_all, see_arrows


def after(f: Callable[..., Any], *args: Any) -> Diagram:
    """The diagram of the error that a function raises."""
    with pytest.raises(Exception) as raised:  # noqa: PT011 - whichever it is
        f(*args)
    return draw(raised.value)


def failed(diagram: Diagram) -> tuple[Box, set[str]]:
    """The box of the call that failed, and what lit arrows lead to it."""
    (box,) = [box for box in diagram.scene.boxes if box.mark == "failed"]
    called = {b.key: f"{b.title} {b.operation}".strip() for b in diagram.scene.boxes}
    lit = [arrow for arrow in diagram.scene.arrows if arrow.lit]
    assert {arrow.target for arrow in lit} <= {box.key}
    return box, {called[arrow.source] for arrow in lit}


def weights(*shape: int, name: str) -> Tensor:
    return Tensor(np.ones(shape), requires_grad=True, name=name)


def test_a_shape_that_does_not_fit_is_the_last_box() -> None:
    def loss(x: Tensor, w: Tensor) -> Tensor:
        hidden = (x @ w).tanh()
        return (hidden + np.ones(5)).sum()

    diagram = after(loss, weights(2, 3, name="x"), weights(3, 4, name="w"))
    box, operands = failed(diagram)
    assert box.title == "add fails"
    assert box.remark == "ShapeError: add: operands could not be broadcast together with shapes (2,4) (5,)"
    assert operands == {"hidden tanh", "v2 constant"}
    assert box.value == ""
    assert {"x", "w", "v1"} <= {b.title for b in diagram.scene.boxes}
    assert "add fails" in diagram.svg and "operands could not be broadcast" in diagram.svg


def test_a_layer_that_refuses_its_input_is_shown_with_its_parameters() -> None:
    model = nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(5, 1, rng=1))
    box, operands = failed(after(model, weights(2, 3, name="x")))
    assert box.title == "Linear fails"
    assert operands == {"v2 tanh", "weight", "bias"}


def test_what_else_was_computed_is_there_too() -> None:
    def loss(a: Value) -> Value:
        other = a.sin()
        terms = [a.exp(), a.cos()]
        assert other is not terms
        raise ValueError("of mine")

    diagram = after(loss, Value(1.0, name="a"))
    box, _ = failed(diagram)
    assert (box.title, box.remark) == ("loss fails", "ValueError: of mine")
    assert {"a", "other", "terms.0", "terms.1"} <= {b.title for b in diagram.scene.boxes}


def test_the_first_nan_forward_and_on_the_way_back() -> None:
    def forward(x: Tensor) -> Tensor:
        with ag.detect_anomaly():
            return (x * ag.log(x)).sum()

    def backward(x: Tensor) -> None:
        loss = (ag.sqrt(x) * 2.0).sum()
        with ag.detect_anomaly():
            loss.backward()

    x = Tensor([1.0, 0.0], requires_grad=True, name="x")
    box, operands = failed(after(forward, x))
    assert (box.title, operands) == ("log fails", {"x"})
    assert box.remark.startswith("AnomalyError: forward: log gave -inf")
    diagram = after(backward, x)
    box, operands = failed(diagram)
    assert (box.operation, operands) == ("sqrt", {"x"})
    assert "loss" in {b.title for b in diagram.scene.boxes}, "whose pass it was"
    with pytest.raises(AnomalyError) as of_number, ag.detect_anomaly():
        ag.log(Value(0.0, name="v"))
    assert failed(draw(of_number.value))[0].title == "log fails"


def test_draw_says_how_to_see_it() -> None:
    with pytest.raises(ShapeError) as raised:
        draw(lambda x, w: x @ w, np.ones((2, 3)), np.ones((4, 5)))
    assert "autograd.draw.draw(error)" in raised.value.__notes__[0]
    assert failed(draw(raised.value))[1] == {"x", "w"}


def test_what_cannot_be_drawn_is_said() -> None:
    with pytest.raises(DrawError, match="nothing had been recorded when this was raised: ValueError: early"):
        draw(ValueError("early"))
    with pytest.raises(DrawError, match="it takes no arguments, and has no pass"):
        draw(ValueError("early"), 2.0)


def test_an_error_leaves_the_graph_behind_when_it_goes_to_another_process() -> None:
    with pytest.raises(ShapeError) as raised:
        weights(2, name="a") + np.ones(3)
    there = pickle.loads(pickle.dumps(raised.value))
    assert str(there) == str(raised.value)
    assert there.failed_call.operands == ()


def test_the_command_writes_the_picture_and_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, target = tmp_path / "model.py", tmp_path / "failed.html"
    file.write_text(
        "import numpy as np\n"
        "def loss(x: np.ndarray, w: np.ndarray):\n    return (x * w).tanh().reshape(7)\n"
        "def early(n: int = 3):\n    raise KeyError('nothing yet')\n"
    )
    assert main(["draw", f"{file}:loss", "-o", str(target)]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "reshape: shape (3,) has 3 elements" in told and f"wrote {target}" in told
    assert "loss fails" in target.read_text(encoding="utf-8")
    target.unlink()
    assert main(["draw", f"{file}:early", "-o", str(target)]) == 2
    assert not target.exists()


@pytest.mark.browser
@pytest.mark.integration
@pytest.mark.parametrize("width", [1280, 390])
def test_the_failed_call_is_seen(show: Any, width: int) -> None:
    model = nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(5, 1, rng=1))
    page = show(after(model, weights(2, 3, name="x")).html, width, 800, "light")
    for _ in ("light", "dark"):
        see_all(page)
        see_arrows(page, page.locator("#view .arrow").count())
        page.keyboard.press("t")
    assert page.locator("#view .box.failed").count() == 1
    assert page.locator("#view .arrow.lit").count() == 3
    assert "the call that failed" in page.locator("#legend").inner_text()
