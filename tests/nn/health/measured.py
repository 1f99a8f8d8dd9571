"""What could have been measured of a run, written down: usual values, but for those that a test is about."""

from __future__ import annotations

from typing import Any

from nn.health.measure import LayerMeasure, ParameterMeasure, StepMeasure
from nn.health.place import Place
from nn.health.record import Record


def parameter(path: str, **others: Any) -> ParameterMeasure:
    usual: dict[str, Any] = {
        "shape": (4, 3), "trainable": True, "held": True, "missing": False, "mean": 0.1, "largest": 0.2, "norm": 0.5,
        "zero": 0.0, "near": 0.0, "broken": 0.0, "weight": 1.0, "twins": 0, "place": Place(path), "update": 1e-3,
    }  # fmt: skip
    return ParameterMeasure(path, **{**usual, **others})


def layer(path: str, kind: str = "ReLU", **others: Any) -> LayerMeasure:
    usual: dict[str, Any] = {"samples": 32, "mean": 0.0, "std": 1.0, "saturated": None, "alive": None, "final": False}
    return LayerMeasure(path, kind, **{**usual, **others}, place=Place(path))


def step(*parameters: ParameterMeasure, layers: tuple[LayerMeasure, ...] = (), **others: Any) -> StepMeasure:
    given = parameters or (parameter("0.weight"), parameter("2.weight"))
    usual: dict[str, Any] = {"step": 1, "loss": 1.0, "after": None, "inputs": None, "task": None, "broken": None}
    usual |= {"doubled": None, "cut": None, "foreign": 0, "leftover": False}
    measures = {p.path: p for p in given}, {found.path: found for found in layers}
    return StepMeasure(**{**usual, **others}, parameters=measures[0], layers=measures[1])


def record(*steps: StepMeasure, losses: tuple[float, ...] = ()) -> Record:
    return Record(list(steps), list(losses) or [s.loss for s in steps])
