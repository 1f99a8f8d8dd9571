"""`playground`: a small network that is trained in the browser, with its gradients, as one HTML file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

import nn
from autograd.draw.page import read_look
from autograd.pages.document import build_page
from autograd.pages.engine import engine_script, read_asset
from autograd.pages.errors import PageError
from autograd.pages.model import read_model
from autograd.pages.page import Page
from autograd.pages.settings import SETTINGS, to_address
from nn.data import load_csv

# In the order in which they stand on each other: what a file names must have been read before it is used.
SCRIPTS = (
    "random", "refused", "elements", "colours", "data", "features", "optimizers", "network", "training", "csv", "undo",
    "settings", "canvases", "contours", "maps", "curves", "measures", "diagram", "plane", "playground", "panels",
    "gradients", "check", "compare", "surface", "warp", "saving", "program", "export",
    "inspector", "controls", "view", "address", "keys", "files", "start",
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
    html : str
        One page that needs nothing else.
    """

    title = "Playground"
    ending = "the name of a playground must end in .html"
    allowed = "allow-downloads allow-modals"

    address: str
    points: list[dict[str, Any]] | None = None
    weights: list[list[float]] | None = None

    @cached_property
    def html(self) -> str:
        """One page that needs nothing else."""
        return build_page(
            title=self.title,
            body=read_asset("playground/playground.html"),
            scripts=[engine_script(), *(read_asset(f"playground/{name}.js") for name in SCRIPTS)],
            styles=[read_look(), read_asset("playground/playground.css")],
            data={
                "settings": SETTINGS,
                "address": self.address,
                "points": self.points,
                "weights": self.weights,
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
    if weights is not None and "features" in (settings or {}):
        chosen["features"] = _check_features(settings or {}, chosen)
    points = None if data is None else _read_points(data)
    return Playground(to_address({**chosen, **(settings or {})}), points, weights)


def _check_features(given: Mapping[str, object], chosen: Mapping[str, Any]) -> object:
    """The features that are asked for with a model, which must be as many as it has inputs."""
    features, inputs = given["features"], len(chosen["features"])
    count = len(features.split(",")) if isinstance(features, str) else len(list(features))  # type: ignore[call-overload]
    if count != inputs:
        raise PageError(f"the model has {inputs} inputs, and settings name {count} features")
    return features


def _read_points(data: str | os.PathLike[str] | tuple[Any, Any]) -> list[dict[str, Any]]:
    if isinstance(data, tuple):
        places, labels = np.asarray(data[0], float), np.asarray(data[1])
        where, classes = "data", None
    else:
        table = load_csv(data)
        places, labels, classes, where = table.features, table.target, table.classes, os.fspath(data)
        if places.shape[1] != 2:
            columns = ", ".join(table.names[:6]) + (", …" if len(table.names) > 6 else "")
            raise PageError(
                f"{where} has {places.shape[1]} columns of numbers beside its last ({columns}): the playground shows two and a label"
            )
    if places.ndim != 2 or places.shape[1] != 2 or labels.shape != (len(places),):
        raise PageError(f"{where}: points (n, 2) and labels (n,) were expected, not {places.shape} and {labels.shape}")
    if classes is not None and len(classes) > 2:
        raise PageError(f"{where} has {len(classes)} classes in its last column: the playground learns two, or numbers")
    told = [classes[int(label)] for label in labels] if classes is not None else labels.tolist()
    if len(set(told)) < 2:
        raise PageError(f"{where}: all labels are the same: there is nothing to learn")
    if not np.isfinite(places).all() or (labels.dtype.kind in "fiu" and not np.isfinite(labels).all()):
        raise PageError(f"{where}: points and labels must be finite numbers")
    return [{"x": x, "y": y, "label": label} for (x, y), label in zip(places.tolist(), told, strict=True)]
