"""Random search: reproducible whatever the workers, resumed after a kill, honest about borders and failures."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
from joblib import parallel_config
from threadpoolctl import threadpool_info

import nn
import optim
from autograd.errors import OperandError, ShapeError
from nn.tuning import SearchError, SearchResult, SearchWarning
from nn.tuning.result import Trial

RNG = np.random.default_rng(0)
X = RNG.normal(size=(90, 3)).astype(np.float32)
Y = (X[:, 0] > X[:, 1]).astype(int)
SPACE = {"lr": nn.LogUniform(1e-4, 1.0), "hidden": nn.Integers(2, 12)}


def build(hidden: int, seed: int) -> nn.Module:
    return nn.Sequential(nn.Linear(3, hidden, rng=seed), nn.Tanh(), nn.Linear(hidden, 2, rng=seed + 1))


def quiet(*args: object, **options: object) -> SearchResult:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SearchWarning)
        return nn.search(build, (X, Y), SPACE, *args, **{"trials": 5, "epochs": 2, **options})


def test_the_best_trials_are_trained_longer_and_come_first() -> None:
    found = quiet(refine=(2, 6), metric="accuracy")
    assert [trial.epochs for trial in found.trials] == [6, 6, 2, 2, 2]
    assert sorted(trial.number for trial in found.trials) == [0, 1, 2, 3, 4]
    coarse = quiet(metric="accuracy")
    assert {t.number for t in found.trials[:2]} == {t.number for t in coarse.trials[:2]}
    assert found.best.score == max(t.score for t in found.trials[:2])
    scores = [trial.score for trial in coarse.trials]
    assert scores == sorted(scores, reverse=True)


def test_a_score_is_that_of_the_same_training_by_hand() -> None:
    found = quiet(trials=1)
    params = found.best.params
    held = nn.data.folds(Y, 5, seed=0)[0]
    rest = np.setdiff1d(np.arange(len(X)), held)
    model = build(params["hidden"], 0)
    nn.fit(model, (X[rest], Y[rest]), lr=params["lr"], epochs=2, seed=0, threads=1, progress=False)
    assert nn.evaluate(model, (X[held], Y[held]))["loss"] == found.best.score


@pytest.mark.usefixtures("importable")
@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_two_workers_give_the_bits_of_one(backend: str) -> None:
    alone = quiet(folds=3, trials=3, epochs=1)
    before = [pool["num_threads"] for pool in threadpool_info()]
    with parallel_config(backend=backend):
        assert quiet(folds=3, trials=3, epochs=1, jobs=2).trials == alone.trials
    assert [pool["num_threads"] for pool in threadpool_info()] == before
    assert len(alone.best.scores) == 3


def test_the_seed_decides_parameters_folds_and_weights() -> None:
    def by_fold(seed: int, **options: object) -> tuple[float, ...]:
        space = {"lr": nn.Choice(0.01)}
        return nn.search(lambda: build(4, 0), (X, Y), space, trials=1, folds=2, seed=seed, **options).best.scores

    assert by_fold(0) == by_fold(0) != by_fold(1)
    assert quiet().trials[0].params != quiet(seed=1).trials[0].params
    assert quiet(trials=1).best.params == next(t.params for t in quiet().trials if t.number == 0)


def test_a_search_goes_on_where_it_was_and_with_more_trials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "search.jsonl"
    whole = quiet(refine=(1, 4))
    quiet(trials=3, resume=file)
    with open(file, "a") as stream:
        stream.write('{"trial": 3, "epochs": 2, "par')  # as a kill may leave it
    import nn.tuning.workers as workers

    trained = []
    original = workers.train_task
    monkeypatch.setattr(workers, "train_task", lambda task: trained.append(task.options["epochs"]) or original(task))
    assert quiet(resume=file, refine=(1, 4)).trials == whole.trials
    assert trained == [2, 2, 4]
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(row["trial"], row["epochs"]) for row in lines[1:6]] == [(k, 2) for k in range(5)]
    assert len(lines) == 7


@pytest.mark.integration
@pytest.mark.usefixtures("importable")
def test_a_killed_search_is_resumed(tmp_path: Path) -> None:
    script, file = tmp_path / "run.py", tmp_path / "search.jsonl"
    script.write_text(
        "import time\nfrom tests.nn.tuning.test_search import *\nimport tests.nn.tuning.test_search as me\n"
        "plain = me.build\n"
        "def build(hidden, seed):\n    time.sleep(0.1)\n    return plain(hidden, seed)\n"
        f"nn.search(build, (X, Y), SPACE, trials=50, epochs=2, resume={str(file)!r})\n"
    )
    process = subprocess.Popen([sys.executable, str(script)])
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (file.exists() and file.read_bytes().count(b"\n") >= 4):
        time.sleep(0.02)
    process.kill()
    process.wait()
    before = file.read_bytes().count(b"\n") - 1
    assert 3 <= before < 50
    assert quiet(trials=before + 1, resume=file).trials == quiet(trials=before + 1).trials


@pytest.mark.usefixtures("interruptible")
def test_a_trial_that_ctrl_c_cuts_short_does_not_count(tmp_path: Path) -> None:
    class Interrupted(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(3, 2, rng=0)

        def forward(self, x: object) -> object:
            if self.training:
                signal.raise_signal(signal.SIGINT)
            return self.layer(x)

    file = tmp_path / "search.jsonl"
    with pytest.raises(KeyboardInterrupt):
        nn.search(Interrupted, (X, Y), {"lr": nn.LogUniform(1e-4, 1.0)}, trials=1, batch_size=128, resume=file)
    assert file.read_bytes().count(b"\n") == 1


@pytest.mark.parametrize(
    ("options", "told"), [({"seed": 1}, "seed"), ({"metric": "accuracy"}, "metric"), ({"batch_size": 16}, "options")]
)
def test_the_file_of_another_search_is_refused_and_left(tmp_path: Path, options: dict, told: str) -> None:
    file = tmp_path / "search.jsonl"
    quiet(trials=1, resume=file)
    before = file.read_bytes()
    with pytest.raises(SearchError, match=f"of another search: it differs in {told}"):
        quiet(resume=file, **options)
    assert file.read_bytes() == before


@pytest.mark.parametrize("content", [b"not a search", b'{"a": 1}\n', b"[]\n", b"\xff\n"])
def test_what_is_no_search_is_refused_and_left(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "other.jsonl"
    file.write_bytes(content)
    with pytest.raises(SearchError, match=r"other\.jsonl"):
        quiet(resume=file)
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    "line", [b'{"trial": 0, "epochs": 2, "params": {}, "scores": [], "error": ""}', b"[" * 100_000]
)
def test_a_line_that_is_no_trial_is_told_and_left(tmp_path: Path, line: bytes) -> None:
    file = tmp_path / "search.jsonl"
    quiet(trials=1, resume=file)
    file.write_bytes(content := file.read_bytes() + line + b"\n")
    with pytest.raises(SearchError, match=r"search\.jsonl, line 3, is not a line of a search"):
        quiet(resume=file)
    assert file.read_bytes() == content


def test_the_best_on_the_border_is_warned_of() -> None:
    space = {"lr": nn.LogUniform(1e-7, 1e-6), "hidden": nn.Choice(4)}
    with pytest.warns(SearchWarning, match=r"lr = .*at the high end of LogUniform.*search higher values too"):
        found = nn.search(build, (X, Y), space, trials=30, epochs=1)
    assert "search higher values" in str(found)


def test_a_training_that_diverges_is_last_and_says_why() -> None:
    space = {"lr": nn.Choice(1e-3, 1e30)}

    def linear(seed: int) -> nn.Module:
        return nn.Linear(3, 1, rng=seed)

    found = nn.search(linear, (X, X[:, :1]), space, trials=8, epochs=2, optimizer="sgd", refine=(8, 3))
    assert np.isfinite(found.best.score)
    assert found.trials[-1].params["lr"] == 1e30
    assert "fit stopped" in found.trials[-1].error
    assert "no end" in str(found)
    with pytest.raises(SearchError, match="no trial came to an end"):
        nn.search(linear, (X, X[:, :1]), {"lr": nn.Choice(1e30)}, trials=1, optimizer="sgd")


def test_where_no_trial_came_to_an_end_the_error_of_the_first_is_told() -> None:
    trials = [Trial(k, {"lr": 1.0}, 1, (np.nan,), error) for k, error in enumerate(("too high", "", "too low"))]
    for some, told in ((trials, "the first one: too high"), (trials[1:], "the first one: a score of NaN")):
        with pytest.raises(SearchError, match=told):
            _ = SearchResult(some, {}, "loss", "min").best


def test_an_optimizer_may_come_with_the_model() -> None:
    def with_optimizer(decay: float, seed: int) -> tuple[nn.Module, optim.Optimizer]:
        model = build(4, seed)
        return model, optim.AdamW(model.parameters(), lr=0.05, weight_decay=decay)

    found = nn.search(with_optimizer, (X, Y), {"decay": nn.Uniform(0.0, 1.0)}, trials=2, folds=2)
    assert len({trial.score for trial in found.trials}) == 2


def test_files_have_every_trial(tmp_path: Path) -> None:
    found = quiet()
    rows = list(csv.DictReader(found.to_csv(tmp_path / "a.csv").read_text().splitlines()))
    assert [float(row["loss"]) for row in rows] == [trial.score for trial in found.trials]
    told = json.loads(found.to_json(tmp_path / "a.json").read_text())
    assert [row["params"]["hidden"] for row in told["trials"]] == [trial.params["hidden"] for trial in found.trials]


def test_the_space_narrows_to_the_best() -> None:
    found = quiet()
    narrow = found.narrowed(3)
    assert narrow["lr"].low == min(t.params["lr"] for t in found.trials[:3])
    assert narrow["hidden"].high == max(t.params["hidden"] for t in found.trials[:3])


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"space": {}}, ValueError, "space is a mapping"),
        ({"space": {"lr": 0.1}}, TypeError, "'lr' must be nn.LogUniform"),
        ({"space": {**SPACE, "depth": nn.Choice(1)}}, OperandError, "neither build nor nn.fit takes 'depth'"),
        ({"space": {"lr": nn.Choice(1)}}, OperandError, "build needs 'hidden'"),
        ({"hidden": 3}, ValueError, "'hidden' is given beside the space"),
        ({"refine": (2, 1)}, ValueError, "more than 3 epochs"),
        ({"refine": ("a", "b")}, ValueError, "more than 3 epochs"),
        ({"metric": "confusion_matrix"}, ValueError, "not known whether"),
        ({"metric": nn.metrics.accuracy}, ValueError, "not known whether"),
        ({"trials": 0}, ShapeError, "trials must be a whole number"),
        ({"data": (X, Y[:5])}, ShapeError, "do not go with"),
        ({"folds": 91}, ShapeError, "91 folds need as many rows"),
    ],
)
def test_what_does_not_fit_is_told_before_anything_is_written(
    tmp_path: Path, options: dict, error: type[Exception], told: str
) -> None:
    file = tmp_path / "search.jsonl"
    with pytest.raises(error, match=told):
        nn.search(**{"build": build, "data": (X, Y), "space": SPACE, "resume": file, **options})
    assert not file.exists()
