"""A scene as one HTML page that needs nothing else: no server, no network, no library beside it."""

from __future__ import annotations

import html
import json
from dataclasses import asdict
from importlib.resources import files
from string import Template
from typing import Any

from autograd.draw.scene import Arrow, Box, Scene
from autograd.draw.story import Story
from autograd.draw.style import MAX_VANISHING, MIN_EXPLODING, width_of
from autograd.wording.numbers import Numbers, format_number, format_percent
from autograd.wording.steps import shorten, to_printable

ASSETS = files("autograd.draw") / "assets"
# The fields that the page's script reads as they are.
BOX_FIELDS = (
    "key",
    "title",
    "operation",
    "kind",
    "count",
    "counts",
    "value",
    "gradient",
    "notes",
    "cluster",
    "mark",
    "remark",
    "strip",
)
ARROW_FIELDS = ("key", "source", "target", "label", "derivative", "state", "count", "lit", "several", "remark")

# Characters of a title.
MAX_TITLE = 160

# One script in the end: shapes, the viewer, rows of long graphs, the player, and what keys and buttons do with all of it.
SCRIPTS = ("shapes.js", "page.js", "wrap.js", "player.js", "keys.js")


def to_html(scene: Scene, story: Story | None = None) -> str:
    """The page of a scene, with every cluster to be folded and expanded.

    Parameters
    ----------
    scene : Scene
    story : Story, optional
        What is played on it, with breakpoints and watches; without one, the backward pass, box by box.
    """
    title = shorten(scene.title or "Gradient flow", MAX_TITLE)
    told = {
        "title": title,
        "passes": scene.passes,
        "changes": scene.changes,
        "names": scene.names,
        "vanishing": f"{MAX_VANISHING:g}",
        "exploding": f"{MIN_EXPLODING:g}",
        "boxes": [_box(box) for box in scene.boxes],
        "arrows": [_arrow(arrow) for arrow in scene.arrows],
        "clusters": [{"key": c.key, "folded": c.folded, "box": _box(c.box)} for c in scene.clusters],
        "order": scene.order,
        "story": None if story is None else asdict(story),
    }
    # A `<` in a script would be markup; as an escape of JSON it is text.
    data = json.dumps(told, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return Template(_read_asset("page.html")).substitute(
        title=html.escape(to_printable(title)),
        style=read_look(),
        scene=data,
        dagre=read_dagre(),
        script="\n".join(map(_read_asset, SCRIPTS)),
    )


def frame_page(page: str, title: str, height: int = 640, allow: str = "") -> str:
    """A page inside another one, such as a notebook: it can run its scripts, and nothing else but what `allow` names.

    Parameters
    ----------
    page : str
    title : str
        What a screen reader calls it.
    height : int
        In pixels.
    allow : str
        Further words of the attribute `sandbox`.

    Examples
    --------
    >>> frame_page("<p>", "a page")[:62]
    '<iframe srcdoc="&lt;p&gt;" sandbox="allow-scripts allow-forms"'
    """
    return (
        f'<iframe srcdoc="{html.escape(page)}" sandbox="{" ".join(filter(None, ("allow-scripts allow-forms", allow)))}" '
        f'title="{html.escape(title)}" '
        f'style="width: 100%; height: {height}px; border: 1px solid #d5d8de; border-radius: 6px"></iframe>'
    )


def read_look() -> str:
    """The style sheet of diagrams, which all pages share."""
    return _read_asset("page.css")


def read_shapes() -> str:
    """The script with the boxes and arrows that graphs are drawn from, which all pages share."""
    return _read_asset("shapes.js")


def read_dagre() -> str:
    """The script that lays graphs out, see dagre.LICENSE."""
    return _read_asset("dagre.min.js").partition("//# sourceMappingURL")[0]


def _read_asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _fields(x: Box | Arrow, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(x, name) for name in names}


def _box(box: Box) -> dict[str, Any]:
    parts = [{"name": name, "text": n.text, "rows": _array_rows(n), "bins": n.bins} for name, n in box.parts]
    return {**_fields(box, BOX_FIELDS), "parts": parts}


def _array_rows(n: Numbers) -> list[tuple[str, str]]:
    """What the details of an array say."""
    if n.size < 2:
        return []
    rows = [(what, format_number(x)) for what, x in n.amounts]
    return [*rows, ("zero", format_percent(n.zeros)), *([("not finite", format_percent(n.broken))] if n.broken else [])]


def _arrow(arrow: Arrow) -> dict[str, Any]:
    return {
        **_fields(arrow, ARROW_FIELDS),
        "width": width_of(arrow.strength),
        "balance": round(arrow.balance, 3),
        "sent": arrow.sent.text if arrow.sent is not None else "",
    }
