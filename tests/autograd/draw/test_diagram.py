"""Diagrams: what is in them, that text stays text, and that files are whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import graphviz
import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor, Value, primitive
from autograd.draw import DrawError, RendererMissingError, draw, snapshot
from autograd.draw import render as rendering
from autograd.errors import FileError

SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"


def example() -> Value:
    a, b = Value(2.0, name="a"), Value(1.0, name="b")
    c, d = a + b, b + 1
    e = c * d
    c.name, d.name, e.name = "c", "d", "e"
    e.backward()
    return e


def texts(svg: str, group: str) -> list[list[str]]:
    """The texts of every node, or of every edge, of an SVG."""
    root = ElementTree.fromstring(svg)
    found = [g for g in root.iter(f"{SVG}g") if g.get("class") == group]
    return [["".join(t.itertext()).strip() for t in g.iter(f"{SVG}text")] for g in found]


def test_nodes_show_name_operation_value_and_gradient() -> None:
    nodes = {tuple(" ".join(" ".join(box).split()).split()) for box in texts(draw(example()).svg, "node")}
    assert {
        ("a", "2", "∇", "2"),
        ("b", "1", "∇", "5"),
        ("c", "+", "3", "∇", "2"),
        ("d", "+", "2", "∇", "3"),
        ("e", "*", "6", "∇", "1"),
        ("1",),
    } == nodes


def test_edges_show_the_local_derivative_as_formula_and_number() -> None:
    edges = ["".join(label) for label in texts(draw(example()).svg, "edge")]
    assert sorted(edges) == ["", "1", "1", "1", "c = 3", "d = 2"]


def labels(root: Value, **how: Any) -> list[str]:
    return sorted(arrow.label for arrow in draw(root, passes="both", **how).scene.arrows)


def test_edges_speak_in_the_names_of_the_boxes() -> None:
    assert labels(Value(2.0) * Value(-3.0)) == ["v1 = 2", "v2 = -3"]
    weight, scale = Value(2.0), Value(-3.0, name="s")
    assert labels(weight * scale) == ["s = -3", "weight = 2"]
    made = Tensor(np.ones(2), requires_grad=True)
    assert labels((made * np.array([2.0, 3.0])).sum()) == ["", "g * v1", "reshape(g, shape=(1,))"]
    diagram = draw(example())
    assert {arrow.derivative for arrow in diagram.scene.arrows} >= {"∂e/∂c = d = 2", "∂c/∂a = 1"}
    assert "∂e/∂c = d = 2" in diagram.svg


def test_edges_of_folded_boxes_name_what_is_there_or_nothing() -> None:
    w, rates = Value(0.5, name="w"), [Value(float(k), requires_grad=False) for k in range(5)]
    total = sum(((w * rate).tanh() for rate in rates), Value(0.0))
    shown = labels(total, fold="repeats")
    assert not [label for label in shown if label.startswith(("x", "y", "out"))]
    assert "1 - tanh² = 0.0707 … 1" in shown


def test_the_same_graph_gives_the_same_bytes() -> None:
    assert draw(example()).dot == draw(example()).dot


def test_a_square_has_two_edges() -> None:
    a = Value(3.0)
    assert draw(a * a).dot.count("->") == 2


def test_zero_negative_and_broken_contributions_are_told_apart() -> None:
    x, y = Value(0.0, name="x"), Value(2.0, name="y")
    root = ag.relu(x) * y - ag.sqrt(x)
    root.backward()
    dot = draw(root).dot
    assert "style=dashed" in dot
    assert "style=dotted" in dot
    assert "arrowtail=tee" in dot
    assert "#d55e00" in dot
    assert "#0072b2" in dot


def test_arrows_point_where_the_gradient_flows() -> None:
    edges = [line for line in draw(example()).dot.splitlines() if "->" in line]
    assert len(edges) == 6
    assert [("dir=back" in edge) for edge in edges] == ["label" in edge for edge in edges], "but for the constant"
    assert "dir=back" not in draw(Value(2.0) * 3.0).dot


def test_the_legend_says_what_is_there_and_no_more() -> None:
    legend = "".join(texts(draw(example()).svg, "graph")[0])
    assert "◀━━ positive" in legend and "──▶ values alone" in legend
    assert not {"negative", "zero", "vanishing", "exploding", "not finite", "×n", "module"} & set(legend.split())
    x = Value(0.0, name="x")
    several = sum((ag.relu(x * float(k)) for k in range(1, 9)), Value(0.0))
    legend = "".join(texts(draw(several, passes="both", fold="roles").svg, "graph")[0])
    assert "┣╌╌ zero, blocked" in legend and "×n: n nodes in one box" in legend


def test_a_picture_is_dark_where_the_screen_is() -> None:
    svg = draw(example()).svg
    root = ElementTree.fromstring(svg)
    style = "".join(root.find(f"{SVG}style").itertext())  # type: ignore[union-attr]
    painted = {e.get(what) for e in root.iter() for what in ("fill", "stroke")} - {None, "none", "transparent"}
    untold = {colour for colour in painted if f'"{colour}"' not in style}
    assert untold == set(), "these colours stay as they are"
    assert style.startswith("@media (prefers-color-scheme: dark)")
    assert all(rule.strip().startswith(".gradient-flow") for rule in style.split("{", 1)[1].split("}")[:-2])


def test_before_backward_edges_are_plain_and_gradients_are_left_as_they_were() -> None:
    a = Value(2.0, name="a")
    square = a * a
    assert "#0072b2" not in draw(square).dot
    square.backward()
    draw(square)
    assert a.grad == 4.0


def test_tensors_show_shape_and_norm() -> None:
    w = Tensor(np.ones((2, 3)), requires_grad=True, name="W")
    total = (w @ np.ones(3)).tanh().sum()
    total.backward(retain_grads=True)
    boxes = [" ".join(box) for box in texts(draw(total).svg, "node")]
    assert any(box.startswith("W 2×3, norm 2.45 ∇ 2×3, norm") for box in boxes)
    assert "g * (1 - v3²)" in draw(total).dot


def test_a_function_is_called_and_drawn() -> None:
    assert "-8" in draw(lambda x, y: 2 * (x * y), 3.0, -4.0).dot
    assert "norm" in draw(lambda x: (x * x).sum(), np.ones(3)).dot


HOSTILE = [
    r"\Gamma",
    r"\N \G \E \T \H \L",
    r"left\l right\r",
    "\\",
    "&Gamma;",
    "tab\tulator",
    "é λ 中 🙂",
    "<<B>bold</B>>",
    "<img src=x onerror=alert(1)>",
    'a"b',
    "a\\nb",
    "&amp;",
    "|{}<>",
    "</svg><script>alert(1)</script>",
    "line\nbreak",
    "\x01",
    "%s]]>",
]


@pytest.mark.parametrize("renderer", ["dot", "pygraphviz"])
@pytest.mark.parametrize("name", HOSTILE)
def test_names_stay_text(name: str, renderer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In boxes, on edges, and in the title; by Graphviz of any version."""
    if renderer == "pygraphviz":
        pytest.importorskip("pygraphviz")
        monkeypatch.setattr("shutil.which", lambda _: None)
    v, other = Value(2.0, name=name), Value(3.0, name="other")
    svg = draw(v * other, passes="both", title=name, legend=False).svg
    root = ElementTree.fromstring(svg)
    assert not [e for e in root.iter() if e.tag.lower().endswith(("script", "img"))]
    expected = " ".join(name.replace("\x01", "").split())
    tidy = lambda text: " ".join(text.split())
    assert expected in [tidy(box[0]) if box else "" for box in texts(svg, "node")]
    # The derivative by a long name is its number alone.
    on_edges = [tidy("".join(label)) for label in texts(svg, "edge")]
    assert (tidy(f"{expected} = 2") in on_edges) is (len(name) <= 20), on_edges
    titles = {tidy(text) for graph in texts(svg, "graph") for text in graph}
    if expected:
        assert expected in titles
    tips = {str(e.get(f"{LINK}title")) for e in root.iter(f"{SVG}a")}
    assert " ".join(tips).count("n0") == 0, "an escape was read"


def test_long_names_and_titles_are_shortened_in_pictures() -> None:
    diagram = draw(Value(2.0, name="n" * 100_000).exp(), passes="both", title="t" * 100_000)
    assert len(diagram.dot) < 5000
    assert "n…n" in diagram.svg and "t…t" in diagram.svg


def test_without_a_renderer_the_text_is_there_and_the_error_names_both_ways(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    diagram = draw(example())
    diagram.save(tmp_path / "e.dot")
    with pytest.raises(RendererMissingError, match=r"\[draw\].*apt install graphviz"):
        diagram.save(tmp_path / "e.svg")
    assert [path.name for path in tmp_path.iterdir()] == ["e.dot"]


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    diagram = draw(example())
    with pytest.raises(FileError, match="cannot write"):
        diagram.save(tmp_path / "missing" / "e.svg")
    with pytest.raises(DrawError, match=r"must end in \.html, \.svg"):
        diagram.save(tmp_path / "e.jpeg2000")
    (tmp_path / "e.svg").mkdir()
    with pytest.raises(FileError, match="cannot write"):
        diagram.save(tmp_path / "e.svg")
    assert [path.name for path in tmp_path.iterdir()] == ["e.svg"]


def test_what_cannot_be_drawn_says_why() -> None:
    with pytest.raises(DrawError, match="not int"):
        draw(3)  # type: ignore[arg-type]
    with pytest.raises(DrawError, match="returned float"):
        draw(lambda x: 1.0, 2.0)
    with pytest.raises(DrawError, match="passes='up' is not"):
        draw(Value(1.0), passes="up")  # type: ignore[arg-type]
    with pytest.raises(DrawError, match="group='file' is not"):
        draw(Value(1.0), group="file")  # type: ignore[arg-type]
    with pytest.raises(DrawError, match="direction='left' is not"):
        draw(Value(1.0), direction="left")  # type: ignore[arg-type]
    with pytest.raises(DrawError, match="a node is drawn as it is"):
        draw(Value(1.0), 2.0)


def test_a_backward_pass_that_cannot_be_says_why() -> None:
    w = Tensor(np.ones(3), requires_grad=True, name="w")
    with pytest.raises(DrawError, match=r"has shape \(3,\): a backward pass starts at a scalar"):
        draw(w * 2.0, passes="both")
    with pytest.raises(DrawError, match="requires no gradient"):
        draw((w * 2.0).sum().detach(), passes="backward")
    with pytest.raises(DrawError, match=r"gradient= has shape \(2,\), the root \(3,\)"):
        draw(w * 2.0, gradient=np.ones(2))
    assert draw((w * 2.0).detach()).scene.passes == "forward"
    scene = draw(w * 2.0, gradient=np.array([1.0, 0.0, 2.0])).scene
    assert scene.passes == "both"
    assert [box.gradient for box in scene.boxes if box.title == "w"] == ["3, norm 4.47, 33 % zero"]


def test_values_that_changed_since_the_forward_pass_are_not_drawn_wrong() -> None:
    w = Tensor(np.ones(3), requires_grad=True, name="w")
    loss = (w * w).sum()
    loss.backward()
    kept = snapshot(loss)
    w.data = np.zeros(3)
    with pytest.raises(DrawError, match="keep them with snapshot"):
        draw(loss)
    assert "norm 3.46" in draw(kept).dot


def test_nan_is_drawn() -> None:
    x = Value(-1.0, name="x")
    root = x.log() * 2.0
    root.backward()
    assert "nan" in draw(root).dot
    w = Tensor(np.array([np.nan, 1.0, 0.0]), requires_grad=True, name="w")
    loss = (w * 2.0).sum()
    loss.backward()
    assert "33 % zero, 33 % not finite" in draw(loss).dot
    scene = draw(loss).html.partition('id="scene"')[2].partition("</script>")[0]
    assert "NaN" not in scene, "which is not JSON"


def test_only_one_pass() -> None:
    e = example()
    forward, backward = draw(e, passes="forward").scene, draw(e, passes="backward").scene
    assert [box.gradient for box in forward.boxes if box.gradient] == []
    assert {arrow.state for arrow in forward.arrows} == {"plain"}
    assert {box.value for box in backward.boxes} == {"", "1"}, "the constant keeps its number, which is its name"
    assert "dir=back" in draw(e, passes="backward").dot


def test_values_flow_to_the_right_or_down() -> None:
    assert "rankdir=LR" in draw(example()).dot
    assert "rankdir=TB" in draw(example(), direction="down").dot


def test_a_long_chain_goes_straight_down_beside_its_constants() -> None:
    x = Value(0.3)
    for _ in range(25):
        x = (x * 1.1).tanh()
    width, height = (float(ElementTree.fromstring(draw(x).svg).attrib[side][:-2]) for side in ("width", "height"))
    assert width < 300 and height > 2000


def test_a_picture_fits_the_notebook() -> None:
    shown = draw(example())._repr_mimebundle_()
    assert 'style="width: 100%; max-width:' in shown["image/svg+xml"]


def test_parts_of_a_graph() -> None:
    e = example()
    boxes = lambda **how: {box.title or box.value for box in draw(e, **how).scene.boxes}
    assert boxes(constants=False) == {"a", "b", "c", "d", "e"}
    assert boxes(focus="c", radius=1) == {"a", "b", "c", "e"}
    assert boxes(between=("a", "e")) == {"a", "c", "e"}
    with pytest.raises(DrawError, match="no path goes from e to a"):
        draw(e, between=("e", "a"))
    with pytest.raises(DrawError, match="no node of the graph is called 'z'; the names are a, b, c, d, e"):
        draw(e, focus="z")
    with pytest.raises(DrawError, match="zz is not a node of the graph of e"):
        draw(e, focus=Value(1.0, name="zz"))


def test_a_model_is_one_box_a_layer_and_can_be_expanded() -> None:
    model = nn.Sequential(nn.Linear(4, 3, rng=0), nn.Tanh(), nn.Linear(3, 2, rng=1))
    x, y = np.ones((5, 4), np.float32), np.array([0, 1, 0, 1, 1])
    loss = nn.CrossEntropyLoss()
    whole = draw(model, x, loss=lambda out: loss(out, y))
    titles = [box.title for box in whole.scene.collapse().boxes]
    assert titles == ["0 Linear", "1 Tanh", "2 Linear", "v4", "v5"]
    one = draw(model, x, loss=lambda out: loss(out, y), expand="2")
    assert {"weight", "bias", "v3", "0 Linear"} <= {box.title for box in one.scene.collapse().boxes}
    every = draw(model, x, loss=lambda out: loss(out, y), expand=True)
    assert "x" in {box.title for box in every.scene.boxes}
    assert every.dot.count("subgraph cluster_") == 3
    with pytest.raises(DrawError, match="there is no '9'; the modules are 0, 1, 2"):
        draw(model, x, loss=lambda out: loss(out, y), expand=["9"])
    assert draw(model, x).scene.passes == "forward", "its result is not a scalar"
    assert all(p.grad is None for p in model.parameters())


def test_frames_around_source_lines() -> None:
    with ag.record_sites():
        a = Value(2.0)
        b = a * a
        root = b + b.sin()
    framed = draw(root, group="site").scene
    assert [cluster.box.title.startswith("test_diagram.py:") for cluster in framed.clusters] == [True, True]


def test_gradients_that_were_not_kept_are_computed_and_stored_ones_left_alone() -> None:
    w = Tensor(np.ones(2), requires_grad=True, name="w")
    loss = (w * 3.0).tanh().sum()
    loss.backward()
    loss.backward()
    stored = w.grad.copy()
    boxes = {box.title: box for box in draw(loss).scene.boxes}
    assert all(boxes[title].gradient for title in ("v1", "v2", "w"))
    assert dict(boxes["w"].notes)[".grad"].endswith("of several passes, or zeroed since")
    np.testing.assert_array_equal(w.grad, stored)
    # What a pass left in a result belongs to that pass.
    x = Value(2.0, name="x")
    y = x * x
    (y * 3.0).backward()
    notes = [box.title for box in draw(y * y).scene.boxes if ".grad" in dict(box.notes)]
    assert notes == ["x"]


def test_tiny_and_huge_gradients_are_no_zeros_and_no_infinities() -> None:
    x = Tensor(np.ones(3), requires_grad=True, name="x")
    for factor, state in ((1e-200, "vanishing"), (1e200, "exploding")):
        states = [a.state for a in draw((x * factor).sum(), passes="both").scene.arrows if a.sent is not None]
        assert state in states
        assert "zero" not in states
        assert "broken" not in states


def test_operations_of_a_thousand_operands_are_drawn_at_once() -> None:
    vs = [Value(float(i), name=f"v{i}") for i in range(1000)]
    scene = draw(ag.logsumexp(vs), passes="both").scene
    assert len(scene.boxes) < 10
    a = Tensor(np.ones(3), requires_grad=True, name="a")
    (arrow,) = draw(ag.concatenate([a] * 10).sum(), passes="both").scene.arrows[:1]
    assert (arrow.count, arrow.several) == (10, True)


def test_a_diagram_from_before_the_pass_explains_all_the_same() -> None:
    a = Value(2.0, name="a")
    assert draw(a * a).explain("a").gradient == 4.0


def test_whole_numbers_are_no_leaves() -> None:
    assert draw(lambda x, axis: x.sum(axis=axis).sum(), np.ones((2, 3)), 0).scene.passes == "both"
    with pytest.raises(DrawError, match="returned int, not a Value or Tensor; floats and float arrays become nodes"):
        draw(lambda a, b: a + b, 1, 2)


def test_a_drawn_function_has_no_stored_gradients_to_tell_of() -> None:
    assert draw(lambda x: x * x, 2.0).scene.boxes[0].notes == ()


def test_nothing_left_to_draw() -> None:
    with pytest.raises(DrawError, match="nothing is left to draw"):
        draw(Value(2.0, requires_grad=False) * 3, constants=False)
    e = example()
    with pytest.raises(DrawError, match="b is not among what is drawn"):
        draw(e, between=("a", "c"), focus="b")
    with pytest.raises(DrawError, match="a snapshot has its gradient already"):
        draw(snapshot(e), gradient=2.0)


def test_parameters_that_are_objects_give_the_same_bytes_in_every_run() -> None:
    class Setting:
        pass

    fixed = primitive(lambda g, out, x, setting=None: g)(lambda x, setting=None: x + 0.0)
    assert "0x" not in draw(fixed(Value(1.0), setting=Setting()), passes="both").html.partition('id="scene"')[2][:4000]


@pytest.mark.integration
@pytest.mark.browser
def test_a_browser_shows_the_picture(chromium: str, tmp_path: Path) -> None:
    target, picture = tmp_path / "e.svg", tmp_path / "e.png"
    draw(example()).save(target)
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
    command = [
        chromium,
        *flags,
        f"--user-data-dir={tmp_path / 'profile'}",
        "--window-size=800,400",
        f"--screenshot={picture}",
        target.as_uri(),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    import matplotlib.image

    pixels = matplotlib.image.imread(picture)[..., :3]
    green = np.all(np.abs(pixels - np.array([0x2A, 0x7D, 0x3B]) / 255) < 0.1, axis=-1)
    red = np.all(np.abs(pixels - np.array([0xC4, 0x30, 0x2B]) / 255) < 0.1, axis=-1)
    assert green.sum() > 20
    assert red.sum() > 20


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"Error: <stdin>:\n  syntax error in line 1\n", "this: Error: <stdin>: syntax error in line 1$"),
        (b"a b " * 100, f"this: {'a b ' * 75}$"),
        (None, "this: .*returned non-zero exit status 3"),
    ],
)
def test_what_graphviz_fails_with_is_told_on_one_line(said: Any, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise graphviz.CalledProcessError(3, ["dot"], stderr=said)

    monkeypatch.setattr(rendering.shutil, "which", lambda _: "dot")
    monkeypatch.setattr(rendering.graphviz, "pipe", fail)
    with pytest.raises(DrawError, match=told):
        draw(Value(1.0) * 2.0).save("never.svg")
    assert not Path("never.svg").exists()
