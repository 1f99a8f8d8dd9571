"""A scene as DOT text, by the `graphviz` library."""

from __future__ import annotations

import graphviz

from autograd.draw.scene import Arrow, Box, Cluster, Scene
from autograd.draw.style import (
    BROKEN,
    CHANGED,
    CONSTANT,
    FONT,
    FRAME,
    GRADIENT,
    INK,
    LEAF,
    LIT,
    LOOKS,
    MIXED,
    NABLA,
    NEGATIVE,
    NOTHING,
    PAPER,
    PLAIN,
    POSITIVE,
    VALUE,
    hue_of,
    look_of,
    width_of,
)
from autograd.wording.steps import shorten, to_printable

STRIP = "norm of the gradient at each step in time, the first at the left; a bar is a factor of 10"
# What an arrow looks like by its state, with the colour; the signs of one that flows have colours of their own.
SAMPLES = {
    "positive": ("◀━━", POSITIVE),
    "negative": ("◀━━", NEGATIVE),
    "mixed signs": ("◀━━", MIXED),
    LOOKS["zero"]: ("┣╌╌", NOTHING),
    LOOKS["vanishing"]: ("◀┈┈", INK),
    LOOKS["exploding"]: ("◀══", INK),
    LOOKS["broken"]: ("□┈┈", BROKEN),
    LOOKS["plain"]: ("──▶", NOTHING),
}
# The frames of boxes that differ between graphs, and of a call that failed; words say how.
MARKS = {
    "added": {"color": POSITIVE, "penwidth": "3"},
    "removed": {"color": NOTHING, "penwidth": "2.4", "style": "rounded,filled,dashed"},
    "changed": {"color": CHANGED, "penwidth": "3"},
    "failed": {"color": BROKEN, "penwidth": "5"},
}
# Characters of a name in its box, and of a title: a longer one would make the picture as wide as it is.
MAX_NAME, MAX_TITLE = 48, 160
# Boxes from which on straight lines and less patience keep Graphviz quick.
MAX_SPLINE_BOXES = 150


def to_dot(scene: Scene, legend: bool = True, direction: str = "right") -> str:
    """The DOT text of a scene whose folded clusters are boxes; the same scene gives the same text."""
    scene = scene.collapse()
    quick = (
        {"splines": "line", "nslimit": "1", "nslimit1": "1", "mclimit": "0.2"}
        if len(scene.boxes) > MAX_SPLINE_BOXES
        else {}
    )
    graph = graphviz.Digraph(
        "gradient flow",
        graph_attr={
            "rankdir": "LR" if direction == "right" else "TB",
            "bgcolor": PAPER,
            "fontname": FONT,
            "fontsize": "12",
            "nodesep": "0.35",
            "ranksep": "0.9" if direction == "right" else "0.5",
            "pad": "0.2",
            **quick,
        },
        node_attr={
            "shape": "box",
            "style": "rounded,filled",
            "fontname": FONT,
            "fontsize": "13",
            # A viewer may have a wider font than the one that Graphviz measured.
            "margin": "0.2,0.06",
            "color": INK,
            "penwidth": "1.1",
        },
        edge_attr={"fontname": FONT, "fontsize": "11", "fontcolor": INK, "arrowsize": "0.7"},
    )
    _add_boxes(graph, scene, None)
    constants = {box.key for box in scene.boxes if box.kind == "constant"}
    for arrow in scene.arrows:
        # A long chain goes down in a straight line, with its constants beside it.
        weight = {"weight": "8"} if direction == "down" and arrow.source not in constants else {}
        graph.edge(arrow.source, arrow.target, id=arrow.key, **weight, **_style_arrow(arrow))
    rows = ([_row([(shorten(scene.title, MAX_TITLE), INK)], 14)] if scene.title else []) + (
        _legend(scene) if legend and scene.order else []
    )
    if rows:
        table = f'<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="2">{"".join(rows)}</TABLE>'
        graph.attr(label=f"<{table}>", labelloc="b", labeljust="l")
    return graph.source


def _add_boxes(graph: graphviz.Digraph, scene: Scene, frame: str | None) -> None:
    for box in scene.boxes:
        if box.cluster == frame:
            graph.node(box.key, label=_label(box), tooltip=_tip(box.title or box.value), **_shape(box))
    for cluster in scene.clusters:
        if cluster.parent == frame:
            with graph.subgraph(name=f"cluster_{cluster.key}") as part:
                part.attr(label=f"<{_title(cluster)}>", style="rounded,filled", fillcolor=FRAME, color=PLAIN)
                part.attr(labeljust="l", fontsize="12")
                _add_boxes(part, scene, cluster.key)


def _title(cluster: Cluster) -> str:
    return f"<B>{_text(shorten(cluster.box.title, MAX_TITLE))}</B>"


def _shape(box: Box) -> dict[str, str]:
    fill = {"leaf": LEAF, "constant": CONSTANT, "module": FRAME}.get(box.kind, PAPER)
    pile = {"peripheries": "2"} if box.count > 1 and box.kind != "module" else {}
    return {
        "fillcolor": fill,
        **pile,
        **({"penwidth": "1.8"} if box.kind == "module" else {}),
        **MARKS.get(box.mark, {}),
    }


def _label(box: Box) -> str:
    words = [f"<B>{_text(shorten(box.title, MAX_NAME))}</B>"] if box.title else []
    words += [_text(box.operation)] if box.operation else []
    if box.times and box.kind != "module":
        words += [f'<FONT COLOR="{INK}" POINT-SIZE="11">{box.times}</FONT>']
    rows = ["  ".join(words)] if words else []
    if box.remark:
        rows.append(f'<FONT COLOR="{INK}" POINT-SIZE="11"><I>{_text(box.remark)}</I></FONT>')
    if box.value:
        value = f'<FONT COLOR="{VALUE}">{_text(box.value)}</FONT>'
        rows.append(value if words else _text(box.value))
    if box.gradient:
        rows.append(f'<FONT COLOR="{GRADIENT}">{NABLA} {_text(box.gradient)}</FONT>')
    if box.strip:
        rows.append(f'<FONT COLOR="{GRADIENT}">{box.strip}</FONT>')
    return f"<{'<BR/>'.join(rows) or ' '}>"


def _style_arrow(arrow: Arrow) -> dict[str, str]:
    colour = hue_of(arrow.balance)
    look = {
        "plain": {"color": PLAIN},
        "zero": {"color": NOTHING, "style": "dashed", "penwidth": "1", "arrowtail": "tee"},
        "vanishing": {"color": colour, "style": "dotted", "penwidth": "1.2"},
        "flowing": {"color": colour, "penwidth": f"{width_of(arrow.strength):.2f}"},
        "exploding": {"color": f"{colour}:{colour}:{PAPER}:{colour}", "penwidth": "2"},
        "broken": {"color": BROKEN, "style": "dotted", "penwidth": "3", "arrowtail": "obox"},
    }[arrow.state]
    if arrow.state != "plain":
        # The gradient goes from the result to the operand; the layout is that of the values.
        look = {"dir": "back", **look}
    if arrow.lit:
        look = {**look, "color": f"{LIT}:{look['color']}:{LIT}", "penwidth": "3"}
    told = f"{arrow.label} ({arrow.remark})" if arrow.remark else arrow.label
    label = {"label": _escape(f" {told} ")} if told else {}
    return {**label, "tooltip": _tip(arrow.derivative or arrow.label), **look}


def _legend(scene: Scene) -> list[str]:
    """What occurs in the picture, each with a sample."""
    first = (
        [("value", VALUE), (f"{NABLA} gradient", GRADIENT)]
        if scene.passes == "both"
        else [(f"{NABLA} gradient", GRADIENT)]
    )
    if scene.names:
        first.append((f"side by side: {' | '.join(scene.names)}", INK))
    if any(box.strip for box in scene.boxes):
        first.append((f"▁▄█ {STRIP}", GRADIENT))
    if any(box.count > 1 and box.kind != "module" for box in scene.boxes):
        first.append(("×n: n nodes in one box", INK))
    if any(box.kind == "module" for box in scene.boxes):
        first.append(("thick frame: a module in one box", INK))
    what = "change of the contribution" if scene.changes else "contribution of the gradient"
    what += " in the first graph that has it" if scene.names else ""
    arrows = [(f"arrows: {what}, with the local derivative; wider is larger", INK)]
    looks = {look_of(arrow.state, arrow.balance) for arrow in scene.arrows}
    arrows += [(f"{sample} {look}", colour) for look, (sample, colour) in SAMPLES.items() if look in looks]
    rows = [_row(first + arrows[:1], 10), _row(arrows[1:], 10)]
    return rows if arrows[1:] else rows[:1]


def _row(words: list[tuple[str, str]], size: int) -> str:
    """Words with room around each, since a browser may not have the font that Graphviz measured."""
    cells = "".join(
        f'<FONT POINT-SIZE="{size}" COLOR="{colour}">{_text(word)}&#8195;&#8195;</FONT>' for word, colour in words
    )
    return f'<TR><TD ALIGN="LEFT">{cells}</TD></TR>'


def _escape(text: str) -> str:
    """Text as it stands, in a label: Graphviz reads escapes such as `\\N` there, and entities."""
    return graphviz.escape(to_printable(text).replace("&", "&amp;"))


def _tip(text: str) -> str:
    """What is shown where one points. How often escapes are read in it depends on the version: then there is none."""
    return _escape(shorten(text, MAX_TITLE)) if text and "\\" not in text else " "


def _text(text: str) -> str:
    """Text as it stands, inside an HTML-like label of Graphviz, where escapes such as `\\N` are read too."""
    for character, told in (("\\", "\\\\"), ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(character, told)
    return to_printable(text) or " "
