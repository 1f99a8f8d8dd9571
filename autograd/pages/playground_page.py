"""`playground`: a small network that is trained in the browser, with its gradients, as one HTML file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

import nn
from autograd.draw.page import read_dagre, read_look, read_shapes
from autograd.draw.style import MAX_VANISHING, MIN_EXPLODING
from autograd.pages.document import build_page
from autograd.pages.engine import engine_script, read_asset
from autograd.pages.errors import PageError
from autograd.pages.model import read_model
from autograd.pages.operations import list_operations
from autograd.pages.page import Page
from autograd.pages.points import read_points
from autograd.pages.settings import FEATURES, LESSONS, SETTINGS, to_address, write_setting
from autograd.pages.updates import describe_updates

# In the order in which they stand on each other: what a file names must have been read before it is used.
SCRIPTS = (
    "random", "refused", "elements", "builder/numbers", "builder/operations", "builder/graphs", "builder/texts",
    "colours", "data", "features", "optimizers", "network", "training", "csv", "undo",
    "settings", "canvases", "contours", "maps", "curves", "measures", "diagram", "plane", "playground", "panels",
    "graph_view", "equations", "graph_story", "apart_point", "apart_batch", "apart_updates",
    "builder/layout", "builder/values", "builder/picture", "builder/picker", "builder/details", "builder/player", "builder/check",
    "builder/program", "builder/svg", "builder/sharing",
    "gradients", "check", "compare", "surface", "warp", "apart", "builder", "saving", "program", "export",
    "evidence", "lessons", "tutor", "inspector", "controls", "view", "address", "keys", "files", "start",
)  # fmt: skip


@dataclass(frozen=True)
class Playground(Page):
    """A playground that is set up; a notebook shows it.

    Attributes
    ----------
    address : str
        The settings, as the address of the page has them behind its `#`.
    points : list of dict, or None
        Own points with `x`, `y` and `label`; otherwise a data set is drawn.
    weights : list of list of float, or None
        Weights and biases, layer by layer; otherwise they are drawn.
    count : int
        Of how many rows the points were taken.
    html : str
        One page that needs nothing else.
    """

    title = "Playground"
    ending = "the name of a playground must end in .html"
    allowed = "allow-downloads allow-modals"

    address: str
    points: list[dict[str, Any]] | None = None
    weights: list[list[float]] | None = None
    count: int = 0

    @cached_property
    def html(self) -> str:
        """One page that needs nothing else."""
        return build_page(
            title=self.title,
            body=read_asset("playground/playground.html"),
            scripts=[
                engine_script(),
                read_dagre(),
                read_shapes(),
                *map(read_asset, ("expression.js", "update_lines.js")),
                *(read_asset(f"playground/{name}.js") for name in SCRIPTS),
            ],
            styles=[read_look(), read_asset("playground/playground.css"), read_asset("playground/builder/builder.css")],
            data={
                "settings": SETTINGS,
                "lessons": LESSONS,
                "address": self.address,
                "points": self.points,
                "count": self.count,
                "weights": self.weights,
                "updates": describe_updates(),
                "operations": list_operations(),
                "thresholds": {"vanishing": MAX_VANISHING, "exploding": MIN_EXPLODING},
            },
        )

    def __repr__(self) -> str:
        return f"<Playground {self.address or 'as by default'}: .html, .save('page.html')>"


def playground(
    *,
    data: str | os.PathLike[str] | tuple[Any, Any] | None = None,
    model: nn.Module | None = None,
    settings: Mapping[str, object] | None = None,
) -> Playground:
    """Set up a playground: a small network that learns points of a plane in the browser.

    Parameters
    ----------
    data : path, or pair of arrays; optional
        A CSV of three columns, or points (n, 2) and labels (n,). Two labels are classes, more are numbers. By default a data
        set of the page.
    model : nn.Sequential or nn.Linear, optional
        The network to begin with, with its weights.
    settings : mapping, optional
        What is set at first, such as `{"dataset": "xor", "rate": 0.1, "layers": ["4-tanh", "2-relu"], "hide": ["seed"]}`; the
        names are those of the page's address.

    Returns
    -------
    Playground

    Raises
    ------
    PageError
        For settings, points or a model that the page cannot have.
    DataError
        For a file that is no table of numbers.

    Examples
    --------
    >>> playground(settings={"dataset": "spiral", "noise": 10})
    <Playground dataset=spiral&noise=10: .html, .save('page.html')>
    """
    chosen: dict[str, object] = {}
    weights = None
    if model is not None:
        chosen, weights = read_model(model)
    address = to_address({**chosen, **(settings or {})})
    if weights is not None:
        weights = _fit_weights(weights, chosen, settings or {})
    points, count = (None, 0) if data is None else read_points(data)
    return Playground(address, points, weights, count)


def _fit_weights(
    weights: list[list[float]], own: Mapping[str, object], asked: Mapping[str, object]
) -> list[list[float]]:
    """The weights of a model with a row for each feature in the page's order; settings must leave its shape."""
    if asked.get("lesson", "none") != "none":
        raise PageError("a lesson brings a network of its own: give a model or a lesson")
    features = write_setting(asked.get("features", own["features"])).split(",")
    inputs = len(list(own["features"]))  # type: ignore[call-overload]
    if len(set(features)) != inputs or len(features) != inputs:
        raise PageError(f"the model has {inputs} inputs, and settings name {len(set(features))} features")
    if _list_units(asked.get("layers", own["layers"])) != _list_units(own["layers"]):
        units = write_setting(own["layers"]) or "none"
        raise PageError(f"the hidden layers of the model are {units}: settings can change their activations alone")
    order = np.argsort([FEATURES.index(name) for name in features])
    first = np.reshape(weights[0], (inputs, -1))[order].ravel().tolist()
    return [first, *weights[1:]]


def _list_units(layers: object) -> list[str]:
    text = write_setting(layers)
    return [layer.partition("-")[0] for layer in text.split(",")] if text else []
