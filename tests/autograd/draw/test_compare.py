"""Comparisons: what was added, removed and changed is marked, rounding is not, and a build can tell by the exit code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd.numpy as anp
import nn
from autograd import Tensor, Value
from autograd.cli import main
from autograd.draw import Comparison, DrawError, compare, draw, snapshot
from autograd.examples import chain_rule
from tests.sight import see_all, see_arrows, see_labels

GRADIENT = "gradient differs"
X = np.random.default_rng(0).normal(size=(5, 3))


def network(*middle: nn.Module, seed: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Linear(3, 4, rng=0), *middle, nn.Linear(4, 1, rng=seed))


def mean_square(out: Tensor) -> Tensor:
    return (out * out).mean()


def compared(*models: Any, **how: Any) -> Comparison:
    return compare(*models, args=[X], loss=mean_square, **how)


def marks(found: Comparison) -> dict[str, str]:
    return {box.name: box.remark for box in found.boxes if box.mark}


def test_the_same_graph_twice_is_the_same() -> None:
    found = compare(chain_rule().root, chain_rule().root)
    assert not found.differs
    assert "first and second are the same: 6 boxes" in str(found)
    assert "only in" not in found.diagram.dot
    assert [box.gradients for box in found.boxes if box.name == "b"] == [["5", "5"]]


def test_another_activation_is_one_changed_box_with_both_gradients() -> None:
    found = compared(network(nn.Tanh()), network(nn.ReLU()), names=("before", "after"))
    assert marks(found)["tanh → relu"] == "operation differs"
    assert not [told for told in marks(found).values() if told.startswith("only in")]
    weight = next(box for box in found.boxes if box.name == "0.weight")
    separate = [draw(m, X, loss=mean_square).subject.shot for m in (network(nn.Tanh()), network(nn.ReLU()))]
    norms = [f"{np.linalg.norm(shot.gradients[shot.find('0.weight')]):.3g}" for shot in separate]
    assert [gradient.split("norm ")[1] for gradient in weight.gradients] == norms
    opened = compared(network(nn.Tanh()), network(nn.ReLU()), expand=True)
    assert f"norm {norms[0]} | 4×3, norm {norms[1]}" in opened.diagram.dot


def test_another_operation_keeps_the_name_of_its_result() -> None:
    def product(subtract: bool) -> Value:
        a, b = Value(2.0, name="a"), Value(1.0, name="b")
        c = a - b if subtract else a + b
        c.name = "c"
        out = c * b
        out.backward()
        return out

    found = compare(product(False), product(True))
    assert marks(found)["c + → -"] == "operation differs"
    labels = [arrow.label for arrow in found.diagram.scene.arrows if arrow.label.startswith("c")]
    assert labels == ["c = 3 | c = 1"], "and this name is on the picture"


def test_a_sum_that_became_a_product_is_one_box_before_the_product_that_follows_it() -> None:
    def product(multiply: bool) -> Value:
        a, b = Value(2.0, name="a"), Value(3.0, name="b")
        out = (a * b if multiply else a + b) * b
        out.backward()
        return out

    found = compare(product(False), product(True), product(False))
    assert marks(found) == {"+ → *": "operation differs", "v2 *": "value differs", "a": GRADIENT, "b": GRADIENT}
    # Each graph has a place of its own in the labels, also where some of them agree.
    labels = {arrow.label for arrow in found.diagram.scene.arrows}
    assert labels == {"1 | b = 3 | 1", "1 | a = 2 | 1", "b = 3", "v1 = 5 | v1 = 6 | v1 = 5"}


def test_a_formula_of_one_graph_alone_is_not_told_of_the_other() -> None:
    found = compared(network(nn.Tanh()), network(nn.ReLU()), expand=True)
    assert "g * (1 - v2²) | –" in found.diagram.dot
    assert "– | g * (1 - v2²)" in compared(network(nn.ReLU()), network(nn.Tanh()), expand=True).diagram.dot


def test_recurrences_show_the_steps_of_both() -> None:
    def steps(count: int, weight: float = 0.3) -> Value:
        h, w = Value(0.5, name="x"), Value(weight, name="w")
        for _ in range(count):
            h = (w * h + 0.1).tanh()
        h.backward()
        return h

    longer = compare(steps(20), steps(30))
    constant, tanh = (
        next(box for box in longer.diagram.scene.boxes if box.title == title) for title in ("constant", "tanh")
    )
    assert constant.remark == tanh.remark == "number of nodes differs"
    assert ("nodes", "20 | 30") in tanh.notes and "×20 | 30" in longer.diagram.dot and "20 | 30" in longer.diagram.html
    assert list(map(len, tanh.strip.split(" | "))) == [20, 30] and tanh.strip in longer.diagram.dot
    alone = compare(steps(1), steps(20)).diagram
    assert "×1 | 20" in alone.dot and alone.dot.count("peripheries=2") == 4, "one beside many is drawn as many"
    other = compare(steps(20), steps(20, 0.9)).diagram
    strips = [next(b.strip for b in draw(steps(20, w)).scene.boxes if b.title == "tanh") for w in (0.3, 0.9)]
    assert strips[0] != strips[1] and " | ".join(strips) in other.dot and "×20<" in other.dot


def test_a_layer_in_between_moves_those_after_it_and_they_stay_the_same_boxes() -> None:
    found = compared(network(nn.Tanh()), network(nn.Tanh(), nn.LayerNorm(4)), names=("before", "after"))
    added = [box for box in found.boxes if box.mark == "added"]
    assert {"v3 mean", "v4 -", "v10 +"} <= {box.name for box in added}
    assert len([box for box in added if box.name.endswith("weight")]) == 1, "that of the new layer"
    assert not [box for box in found.boxes if box.mark == "removed"]
    titles = {cluster.box.title: cluster.box.remark for cluster in found.diagram.scene.clusters}
    assert titles["2 Linear → 3 Linear"].endswith("of its boxes differ")
    assert "only in after" in titles.values()
    turned = compared(network(nn.Tanh(), nn.LayerNorm(4)), network(nn.Tanh()))
    assert len([box for box in turned.boxes if box.mark == "removed"]) == len(added)


def test_checkpoints_differ_in_numbers_alone() -> None:
    found = compared(network(nn.Tanh()), network(nn.Tanh(), seed=2), network(nn.Tanh()))
    assert {box.mark for box in found.differences} == {"changed"}
    assert marks(found)["2.weight"] == "value and gradient differ"
    assert "0.weight" in marks(found), "since the gradient comes through the other"
    assert [box.values[0] == box.values[2] for box in found.boxes] == [True] * len(found.boxes)


def test_rounding_is_no_difference_and_a_share_can_be_given() -> None:
    w = Tensor(np.full(3, 0.1), requires_grad=True, name="w")
    kept = snapshot((w + w + w).sum())
    w.data = w.data * (1.0 + 1e-12)
    assert not compare(kept, (w + w + w).sum()).differs
    w.data = w.data * 1.01
    assert compare(kept, (w + w + w).sum()).differs
    assert not compare(kept, (w + w + w).sum(), rtol=0.1).differs


def test_not_a_number_is_the_same_as_itself_and_differs_from_a_number() -> None:
    def graph(x: float) -> Value:
        return Value(x, name="x").log() * 2.0

    assert not compare(graph(-1.0), graph(-1.0)).differs
    assert compare(graph(-1.0), graph(1.0)).differs


def test_folded_graphs_are_compared_too() -> None:
    def mean(count: int, scale: float) -> Value:
        w = Value(0.5, name="w")
        return sum(((w * float(k)).tanh() * scale for k in range(count)), Value(0.0)) / float(count)

    assert not compare(mean(200, 1.0), mean(200, 1.0)).differs
    found = compare(mean(200, 1.0), mean(200, 2.0))
    assert found.differs and len(found.boxes) < 20


def test_diagrams_and_functions_of_numbers_are_taken() -> None:
    found = compare(draw(lambda x: x * x, 3.0), draw(lambda x: x * x * x, 3.0))
    assert [box.gradients for box in found.boxes if box.name == "x"] == [["6", "27"]]
    assert compare(lambda x: x.exp(), lambda x: x.sin(), args=[1.0], names=("a", "b")).differs


def test_the_first_graph_is_the_one_that_is_explained() -> None:
    small, large = network(nn.Tanh()), network(nn.Tanh(), nn.LayerNorm(4), nn.Tanh())
    for first, second in ((small, large), (large, small)):
        nodes = draw(first, X, loss=mean_square).subject.shot.nodes
        assert len(compared(first, second).diagram.subject.shot.nodes) == len(nodes)


@pytest.mark.parametrize("count", [2, 3, 5])
def test_graphs_have_names_of_their_own_unless_they_are_given(count: int) -> None:
    found = compare(*(lambda x, k=k: x * k for k in range(1, count + 1)), args=[3.0])
    assert found.names == ("first", "second", "third", "graph 4", "graph 5")[:count]


def test_what_cannot_be_compared_is_said() -> None:
    with pytest.raises(DrawError, match="two graphs or more, not 1"):
        compare(Value(1.0))
    with pytest.raises(DrawError, match="need as many different names"):
        compare(Value(1.0), Value(2.0), names=("a", "a"))


@pytest.mark.integration
def test_a_model_of_pytorchs_is_laid_over_ours() -> None:
    torch = pytest.importorskip("torch")
    ours, x = network(nn.Tanh()), X.astype(np.float32)
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
    theirs.load_state_dict({path: torch.tensor(np.array(data)) for path, data in ours.state_dict().items()})
    mine = draw(ours, x, loss=mean_square)
    assert not compare(mine, draw(theirs, torch.tensor(x), loss=mean_square), names=("ours", "PyTorch")).differs
    with torch.no_grad():
        theirs[2].bias += 1.0
    found = compare(mine, draw(theirs, torch.tensor(x), loss=mean_square), names=("ours", "PyTorch"))
    assert marks(found)["2.bias"] == "value and gradient differ"


@pytest.mark.integration
def test_a_function_of_jaxs_is_laid_over_ours() -> None:
    jax = pytest.importorskip("jax")
    w = X[:3].astype(np.float32)

    def loss(lib: Any) -> Any:
        return lambda w: lib.sum(lib.tanh(w @ w.T) ** 2)

    mine = draw(loss(anp), w)
    assert not compare(mine, draw(loss(jax.numpy), jax.numpy.asarray(w)), names=("ours", "JAX")).differs
    found = compare(mine, draw(loss(jax.numpy), jax.numpy.asarray(2.0 * w)), names=("ours", "JAX"))
    assert marks(found)["w"] == "value and gradient differ"


def test_the_command_ends_with_1_where_they_differ(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for version, activation in (("old", "tanh"), ("new", "sigmoid")):
        folder = tmp_path / version
        folder.mkdir()
        (folder / "parts.py").write_text(f"def act(x):\n    return x.{activation}()\n")
        (folder / "model.py").write_text("from parts import act\ndef loss(x=0.5, w=2.0):\n    return act(x * w)\n")
    old, new = (f"{tmp_path / version / 'model.py'}:loss" for version in ("old", "new"))
    target = tmp_path / "both.html"
    assert main(["draw", old, "--compare", new, "-o", str(target)]) == 1
    printed = capsys.readouterr().out
    assert "tanh" in printed and "differ in" in printed and "wrote" in printed
    assert "tanh \\u2192 sigmoid" in target.read_text(encoding="utf-8")
    assert main(["draw", old, "--compare", old, "-o", str(target)]) == 0
    assert main(["draw", old, "--compare", new, "--focus", "x", "-o", str(target)]) == 2
    assert "--focus is for one graph" in capsys.readouterr().err


@pytest.mark.browser
@pytest.mark.integration
@pytest.mark.parametrize("width", [1280, 390])
def test_a_reader_sees_what_differs_without_its_colour(show: Any, width: int) -> None:
    found = compared(network(nn.Tanh()), network(nn.ReLU(), nn.Dropout(0.0)), names=("before", "after"))
    page = show(found.diagram.html, width, 800, "light")
    for _ in ("light", "dark"):
        see_arrows(page, page.locator("#view .arrow").count())
        see_labels(page)
        see_all(page)
        page.keyboard.press("t")
    remarks = page.locator("#view .box text.remark").all_text_contents()
    assert len(remarks) == page.locator("#view .box:is(.added, .removed, .changed)").count() >= 3
    assert "differs: before | after" in page.locator("#legend").inner_text()
