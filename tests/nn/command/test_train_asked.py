"""What `stepgrad train` asks of `fit`, `search` and `cross_validate` for what is asked of it, as a text; nothing is trained."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from autograd.errors import AnomalyError, UsageError
from nn.command import train
from nn.command.options import Options
from nn.command.trained import Trained
from nn.training.history import History
from tests.texts import assert_part

TEXT = Path(__file__).parent / "texts" / "train_asked.txt"


class Asked:
    """Takes the calls in place of what trains."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: Exception | None = None) -> None:
        self.lines: list[str] = []
        self.error = error
        for name in ("fit", "search", "cross_validate"):
            monkeypatch.setattr(train, name, getattr(self, name))

    def fit(self, model: Any, data: Any, **options: Any) -> History:
        shapes = [tuple(p.shape) for p in model.parameters()]
        self.say("fit", {"model": shapes, "data": data, **options})
        if self.error is not None:
            raise self.error
        made = History([{"epoch": 1, "loss": 1.0, "lr": 0.1, "seconds": 0.5}], loss="mse", optimizer="adam")
        made.stopped = "all 1 epochs"
        return made

    def search(self, build: Any, data: Any, space: Any, **options: Any) -> Any:
        self.say("search", {"recipe": build.recipe, "data": data, "space": space, **options})
        return SimpleNamespace(best=SimpleNamespace(params={"lr": 0.125, "weight_decay": 0.5}), trials=[])

    def cross_validate(self, build: Any, data: Any, folds: int, **options: Any) -> Any:
        self.say("cross_validate", {"recipe": build.recipe, "data": data, "folds": folds, **options})
        return SimpleNamespace(folds=[], mean={}, std={})

    def say(self, name: str, given: dict[str, Any]) -> None:
        self.lines += [name, *(f"  {key} = {describe(value)}" for key, value in given.items())]


def describe(value: Any) -> str:
    if isinstance(value, tuple) and all(isinstance(part, np.ndarray) for part in value):
        return ", ".join(
            f"{p.dtype} {p.shape} mean {round(float(p.mean()), 3) + 0.0:.3f} std {p.std():.3f}" for p in value
        )
    if hasattr(value, "param_groups"):
        group = value.param_groups[0]
        return (
            f"{type(value).__name__} of {len(group['params'])}, lr {group['lr']}, weight_decay {group['weight_decay']}"
        )
    if isinstance(value, list) and value and hasattr(value[0], "on_epoch"):
        return f"{[type(part).__name__ for part in value]}"
    return str(value)


def ask(asked: Asked, what: str, **options: Any) -> Trained:
    return train._train(Options(what, **options), Console(file=io.StringIO()))


CASES: dict[str, dict[str, Any]] = {
    "classes": {"what": "iris"},
    "numbers": {"what": "diabetes"},
    "digits": {"what": "digits", "health": False},
    "patience": {"what": "iris", "patience": 4, "folds": 3, "jobs": 2},
    "a share": {"what": "diabetes", "validation": 0.25, "patience": 4, "folds": 1, "test": 0.5},
    "folds": {"what": "wine", "folds": 5, "seed": 3},
    "search": {"what": "iris", "trials": 16, "recipe": {"epochs": 40, "optimizer": "sgd", "lr": 0.5}, "health": False},
    "a search of little": {"what": "diabetes", "trials": 1, "recipe": {"epochs": 1}, "jobs": 3, "seed": 2},
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_asked(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)
    made = ask(asked, **CASES[name])
    scores = ", ".join(f"{key} {value:.3f}" for key, value in made.scores.items())
    lines = [*asked.lines, f"rows {made.rows}", f"scores {scores}", f"recipe {made.recipe}"]
    assert_part(TEXT, name, "\n".join(lines))


def test_a_search_goes_on_from_its_journal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    journal = tmp_path / "run.search.jsonl"
    for resume in (True, False):
        journal.write_text("kept")
        asked = Asked(monkeypatch)
        ask(asked, "iris", trials=2, checkpoint=tmp_path / "run.safetensors", resume=resume, health=False)
        assert f"  resume = {journal}" in asked.lines
        assert journal.exists() is resume


def test_a_record_has_notes_to_be_replayed_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    records: list[Any] = []
    asked = Asked(monkeypatch)
    monkeypatch.setattr(train, "Recording", lambda path, notes: records.append((path, notes)))
    ask(asked, "iris", record=tmp_path, seed=7, patience=2)
    ((path, notes),) = records
    assert path == tmp_path and notes["seed"] == 7 and notes["patience"] == 2 and notes["what"] == "iris"
    again = Options.from_notes(notes, tmp_path)
    assert (again.what, again.seed, again.patience, again.health, again.record) == ("iris", 7, 2, False, tmp_path)


def test_a_loss_that_is_not_finite_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch, AnomalyError("the loss is nan\n in epoch 3 from line 9\n x = 1"))
    with pytest.raises(AnomalyError, match=r"^the loss is nan in epoch 3; a smaller --lr may help$"):
        ask(asked, "iris")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"resume": True}, "--resume needs --checkpoint FILE, the file to continue from"),
        ({"checkpoint": Path("/no/such/run.safetensors")}, "there is no folder /no/such"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_read(options: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message):
        train.train_target(Options("no such data", output=tmp_path / "out", **options), Console(file=io.StringIO()))


def test_the_codes_of_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    written: list[Any] = []
    monkeypatch.setattr(train, "_write", lambda folder, trained: written.append(folder) or ["a", "b"])
    monkeypatch.setattr(train, "render", lambda trained: "the report")
    for stopped, rank, code, writes in (
        ("all 3 epochs", None, 0, 1), ("interrupted", None, 130, 1), ("all 3 epochs", 0, 0, 1), ("interrupted", 1, 130, 0),
        ("all 3 epochs", 1, 0, 0),
    ):  # fmt: skip
        del written[:]
        made = SimpleNamespace(history=SimpleNamespace(stopped=stopped))
        monkeypatch.setattr(train, "_train", lambda *_, made=made: made)
        monkeypatch.setattr(
            train, "find_processes", lambda _, rank=rank: None if rank is None else SimpleNamespace(rank=rank)
        )
        said = io.StringIO()
        assert train.train_target(Options("iris", output=tmp_path), Console(file=said, width=200)) == code
        assert len(written) == writes
        assert said.getvalue() == (f"the report\nwrote {tmp_path}/: a, b\n" if writes else "")
        if rank is not None:
            with pytest.raises(UsageError, match="have workers of their own"):
                train.train_target(Options("iris", output=tmp_path, folds=2), Console(file=said))
