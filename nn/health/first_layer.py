"""`FirstLayer`: the weights that look at the inputs, as pictures: of images a picture each, of other features a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.layers.convolution import Conv1d, Conv2d
from nn.layers.linear import Linear
from nn.module import Module

if TYPE_CHECKING:
    from nn.picture import Picture

# Units that are drawn, of images and of tables; features that are named; pixels from which on a square of inputs is an image.
MAX_IMAGES, MAX_UNITS, MAX_NAMED, MIN_PIXELS = 64, 64, 40, 36


@dataclass(frozen=True)
class FirstLayer:
    """The first layer of a model that has weights, as they are now.

    A layer that has learned shows shapes; pictures like noise say that it was hardly trained, or at too high a rate.

    Attributes
    ----------
    path : str
        Of the layer.
    kind : str
        Its class.
    weight : array, shape (units, inputs), or (units, channels, …) of a convolution

    Examples
    --------
    >>> import nn
    >>> first = FirstLayer.of(nn.perceptron([64, 16, 10]))
    >>> first.path, first.weight.shape, first.images.shape
    ('0', (16, 64), (16, 8, 8))
    """

    path: str
    kind: str
    weight: np.ndarray

    @classmethod
    def of(cls, model: Module) -> FirstLayer | None:
        """That of a model; None where it has no linear layer and no convolution.

        Parameters
        ----------
        model : Module

        Returns
        -------
        FirstLayer or None

        Examples
        --------
        >>> import nn
        >>> FirstLayer.of(nn.Tanh()) is None
        True
        """
        for path, module in model.named_modules():
            if isinstance(module, (Linear, Conv1d, Conv2d)):
                return cls(path, type(module).__name__, np.array(module.weight.data))
        return None

    @property
    def images(self) -> np.ndarray | None:
        """A picture (units, rows, columns) for each unit, where inputs are images; None otherwise.

        The inputs of a linear layer are taken for one where they are a square of 6 × 6 or more; of a convolution it is the
        kernel, the mean over its channels.
        """
        units, *inputs = self.weight.shape
        if len(inputs) == 3:
            return self.weight.mean(axis=1)
        side = math.isqrt(inputs[0])
        if len(inputs) == 1 and side * side == inputs[0] >= MIN_PIXELS:
            return self.weight.reshape(units, side, side)
        return None

    def figure(self, features: Sequence[str] = ()) -> Picture:
        """A matplotlib figure: orange lowers what a unit gives, purple raises it.

        Parameters
        ----------
        features : sequence of str
            The names of the inputs, where they are no image.

        Returns
        -------
        Picture

        Raises
        ------
        MissingDependencyError
            Where matplotlib is not installed.

        Examples
        --------
        >>> import nn
        >>> FirstLayer.of(nn.perceptron([3, 4, 1])).figure(["age", "size", "price"]).axes[0].get_ylabel()
        'unit'
        """
        from nn.picture import Picture

        most = float(np.abs(self.weight).max()) if self.weight.size and np.isfinite(self.weight).all() else 1.0
        # Drawn as shapes: an image would be data: within a page, which its policy forbids.
        shades: dict[str, Any] = {"cmap": "PuOr", "vmin": -most or -1.0, "vmax": most or 1.0}
        pictures = self.images
        if pictures is not None:
            shown = pictures[:MAX_IMAGES]
            columns = min(16, len(shown))
            rows = -(-len(shown) // columns)
            made = Picture(figsize=(0.62 * columns + 1.2, 0.66 * rows + 0.5), layout="constrained")
            places: list[Any] = list(made.subplots(rows, columns, squeeze=False).ravel())
            for place in places:
                place.axis("off")
            for place, image in zip(places, shown, strict=False):
                drawn = place.pcolormesh(image, **shades)
                place.invert_yaxis()
                place.set_aspect("equal")
        else:
            table = self.weight.reshape(len(self.weight), -1)[:MAX_UNITS]
            made = Picture(
                figsize=(min(0.3 * table.shape[1] + 2.4, 12.0), min(0.12 * len(table) + 1.8, 8.0)), layout="constrained"
            )
            place = made.subplots()
            places = [place]
            drawn = place.pcolormesh(table, **shades)
            place.invert_yaxis()
            place.set_ylabel("unit")
            if len(features) == table.shape[1] <= MAX_NAMED:
                place.set_xticks(
                    np.arange(len(features)) + 0.5, [_shorten(f) for f in features], rotation=90, parse_math=False
                )
            else:
                place.set_xlabel("input")
        # matplotlib would draw a bar of so many colours as an image.
        bar: Any = made.colorbar(drawn, ax=places, label="weight")
        bar.solids.set_rasterized(False)
        more = "" if len(self.weight) <= MAX_IMAGES else f", the first {MAX_IMAGES} of {len(self.weight)} units"
        made.suptitle(f"{self.kind} {self.path}{more}".rstrip(), fontsize=10, parse_math=False)
        return made


def _shorten(name: str, most: int = 20) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"
