"""A scene as one HTML page that needs nothing else: no server, no network, no library beside it."""

from __future__ import annotations

import html
import json
from importlib.resources import files
from string import Template
from typing import Any

from autograd.draw.dot import printable
from autograd.draw.scene import Arrow, Box, Scene
from autograd.draw.style import EXPLODING, VANISHING, width
from autograd.numbers import Numbers, number, percent

ASSETS = files("autograd.draw") / "assets"


def to_html(scene: Scene) -> str:
    """The page of a scene, with every cluster to be folded and expanded."""
    title = scene.title or "Gradient flow"
    told = {
        "title": title,
        "passes": scene.passes,
        "changes": scene.changes,
        "vanishing": f"{VANISHING:g}",
        "exploding": f"{EXPLODING:g}",
        "boxes": [_box(box) for box in scene.boxes],
        "arrows": [_arrow(arrow) for arrow in scene.arrows],
        "clusters": [{"key": c.key, "folded": c.folded, "box": _box(c.box)} for c in scene.clusters],
        "order": scene.order,
    }
    # A `<` in a script would be markup; as an escape of JSON it is text.
    data = json.dumps(told, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return Template(_asset("page.html")).substitute(
        title=html.escape(printable(title)),
        style=_asset("page.css"),
        scene=data,
        dagre=_asset("dagre.min.js").partition("//# sourceMappingURL")[0],
        script=_asset("page.js"),
    )


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _box(box: Box) -> dict[str, Any]:
    return {
        "key": box.key,
        "title": box.title,
        "operation": box.operation,
        "kind": box.kind,
        "count": box.count,
        "value": box.value,
        "gradient": box.gradient,
        "parts": [{"name": name, "text": n.text, "rows": _rows(n), "bins": n.bins} for name, n in box.parts],
        "notes": box.notes,
        "cluster": box.cluster,
    }


def _rows(n: Numbers) -> list[tuple[str, str]]:
    """What the details of an array say."""
    if n.size < 2:
        return []
    rows = [("least", number(n.least)), ("mean", number(n.mean)), ("most", number(n.most)), ("norm", number(n.norm))]
    return [*rows, ("zero", percent(n.zeros)), *([("not finite", percent(n.broken))] if n.broken else [])]


def _arrow(arrow: Arrow) -> dict[str, Any]:
    return {
        "key": arrow.key,
        "source": arrow.source,
        "target": arrow.target,
        "label": arrow.label,
        "state": arrow.state,
        "width": width(arrow.strength),
        "balance": round(arrow.balance, 3),
        "sent": arrow.sent.text if arrow.sent is not None else "",
        "count": arrow.count,
        "lit": arrow.lit,
        "several": arrow.several,
    }
