"""`stepgrad rewind`: what was recorded, where a condition holds, and the debugger on a step; one line for what cannot be done."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograd.cli import main

PROGRAM = """
import sys
import numpy as np
import nn

x = np.linspace(-1.0, 1.0, 32)[:, None]
if __name__ == "__main__":
    nn.fit(nn.Linear(1, 1, rng=0), (x, 2.0 * x), lr=float(sys.argv[1]), epochs=4, batch_size=8, record=sys.argv[2], progress=False)
    print("to its end")
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    assert (
        main(
            [
                "train",
                "iris",
                "--epochs",
                "3",
                "--record",
                str(folder / "run"),
                "-o",
                str(folder / "report"),
                "--no-health",
            ]
        )
        == 0
    )
    return folder / "run"


@pytest.fixture
def program(tmp_path: Path) -> list[str]:
    (tmp_path / "train.py").write_text(PROGRAM)
    given = [str(tmp_path / "train.py"), "0.1", str(tmp_path / "run")]
    namespace = {"__name__": "__main__"}
    import sys

    before, sys.argv = sys.argv, given
    try:
        exec(compile(PROGRAM, given[0], "exec"), namespace)
    finally:
        sys.argv = before
    return given


def test_what_was_recorded(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rewind", str(trained)]) == 0
    told = capsys.readouterr().out
    assert "1 … 12, epoch 3" in told
    assert "float32 (120, 4)" in told
    assert "before steps 1" in told


def test_where_a_condition_holds(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rewind", str(trained), "--where", "loss > 0.1"]) == 0
    told = capsys.readouterr().out
    assert "loss before" in told
    assert "… and 2 more" in told
    assert main(["rewind", str(trained), "--where", "loss > 1e6"]) == 1
    assert "no step of 1 … 12 is one where loss > 1e6" in capsys.readouterr().out


def test_what_train_recorded_needs_no_program(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rewind", str(trained), "--step", "7"]) == 0
    told = capsys.readouterr().out
    assert "step 7 of epoch 2" in told
    assert "0.weight has gradient" in told
    assert main(["rewind", str(trained), "--where", "update ratio > 0", "--page", str(tmp_path / "step.html")]) == 0
    assert (tmp_path / "step.html").stat().st_size > 10_000
    # Nothing else was written, and the report is as it was.
    assert sorted(file.name for file in trained.parent.iterdir()) == ["report", "run"]


def test_a_program_is_run_up_to_the_step(program: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    folder = program[2]
    capsys.readouterr()
    assert main(["rewind", folder, *program, "--step", "5"]) == 0
    told = capsys.readouterr().out
    assert "step 5 of epoch 2" in told
    assert "to its end" not in told
    assert main(["rewind", folder, *program, "--where", "loss < 1", "--open"]) == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--step", "5"], "was recorded by a program: to replay it, name its file and arguments"),
        (["--where", "update ratio > 1"], "the update ratio is not recorded"),
        (["--where", "loss"], "cannot read the condition 'loss'"),
        (["--where", "nan", "--step", "2"], "--step, a number, or --where, a condition, and not both"),
        (["--open"], "say which step to open"),
        (["no.py", "--step", "5"], "no.py: there is no such file"),
        (["PROGRAM", "0.2", "RUN", "--step", "5"], "is of another run: optimizer"),
        (["PROGRAM", "--step", "5"], "train.py raised IndexError"),
        (["PROGRAM", "0.1", "OTHER", "--step", "5"], "called no nn.fit with record="),
    ],
)
def test_one_line_for_what_cannot_be_done(
    arguments: list[str], told: str, program: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {"PROGRAM": program[0], "RUN": program[2], "OTHER": str(tmp_path / "other")}
    assert main(["rewind", program[2], *(names.get(word, word) for word in arguments)]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1


def test_notes_that_somebody_changed_run_nothing(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import json
    import shutil

    shutil.copytree(trained, tmp_path / "run")
    path = tmp_path / "run" / "run.json"
    manifest = json.loads(path.read_text())
    for notes in (
        {"command": "train"},
        {"command": "train", "what": 3},
        {**manifest["notes"], "output": "/etc"},
        {"command": "rm"},
    ):
        path.write_text(json.dumps({**manifest, "notes": notes}))
        code = main(["rewind", str(tmp_path / "run"), "--step", "3"])
        assert code in (0, 2)
        if notes.get("output") is None:
            assert code == 2
            assert capsys.readouterr().err.count("\n") == 1
