"""`Notes`: what is kept beside a model's weights, so that it can be given a table: columns, scales, names of classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nn.data import Feature, Standardize


@dataclass(frozen=True)
class Notes:
    """What a table must have, and what the outputs mean.

    Attributes
    ----------
    inputs : int or None
        How many numbers the model takes for a row.
    columns : sequence of Feature or None
        What it was trained on; None where it is given numbers in their order.
    scale : Standardize or None
        Of the inputs.
    target : str
        The name of what is predicted.
    classes : list of str or None
        None for numbers.
    target_scale : Standardize or None
        Of the numbers.
    recipe : dict
        How it was trained.
    """

    inputs: int | None = None
    columns: Sequence[Feature] | None = None
    scale: Standardize | None = None
    target: str = "output"
    classes: list[str] | None = None
    target_scale: Standardize | None = None
    recipe: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "inputs": self.inputs,
            "columns": None if self.columns is None else [column._asdict() for column in self.columns],
            "scale": _scale_to_json(self.scale),
            "target": self.target,
            "classes": self.classes,
            "target_scale": _scale_to_json(self.target_scale),
            "recipe": self.recipe,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Notes:
        """From what `to_json` gave, and JSON kept.

        Raises
        ------
        ValueError
            Where it says something else.
        """
        columns = kept.get("columns")
        try:
            found = None if columns is None else [_feature_from_json(column) for column in columns]
            notes = cls(
                kept.get("inputs"),
                found,
                _scale_from_json(kept.get("scale")),
                kept.get("target", "output"),
                kept.get("classes"),
                _scale_from_json(kept.get("target_scale")),
                kept.get("recipe", {}),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{type(error).__name__}: {error}") from None
        texts = [notes.target, *(notes.classes or [])]
        if not all(isinstance(text, str) for text in texts) or not (
            notes.inputs is None or isinstance(notes.inputs, int)
        ):
            raise ValueError("names of classes and of the target are texts, and inputs a whole number")
        names = sum(len(column.names) for column in found or ())
        for what, wide in (("columns", names if found is not None else notes.inputs), ("scale", _width(notes.scale))):
            if wide is not None and notes.inputs is not None and wide != notes.inputs:
                raise ValueError(f"its {what} are {wide} numbers a row, and the model takes {notes.inputs}")
        return notes


def _feature_from_json(kept: Mapping[str, Any]) -> Feature:
    words = kept["words"]
    if not isinstance(kept["name"], str) or not (words is None or all(isinstance(word, str) for word in words)):
        raise ValueError(f"a column has a name and words, got {dict(kept)}")
    return Feature(kept["name"], None if words is None else tuple(words), float(kept["mean"]))


def _scale_to_json(scale: Standardize | None) -> dict[str, Any] | None:
    return None if scale is None else {"mean": scale.mean.tolist(), "std": scale.std.tolist()}


def _scale_from_json(kept: Mapping[str, Any] | None) -> Standardize | None:
    if kept is None:
        return None
    scale = Standardize()
    scale.mean, scale.std = (np.array(kept[name], np.float64) for name in ("mean", "std"))
    if scale.mean.ndim != 1 or scale.mean.shape != scale.std.shape or not (scale.std > 0.0).all():
        raise ValueError("a scale is a mean and a standard deviation above 0 for each number")
    return scale


def _width(scale: Standardize | None) -> int | None:
    return None if scale is None else len(scale.mean)
