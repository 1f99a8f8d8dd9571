"""`stepgrad doctor`: a user's own model and data, and the exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd.cli import main
from tests.sweep import sweep

FILE = """
import numpy as np
import nn
from tests.sweep import sweep

x = np.random.default_rng(0).normal(size=(96, 4)).astype(np.float32)
data = (x, (x[:, 0] > x[:, 1]).astype(int))
model = nn.Sequential(nn.Linear(4, 16, rng=0), nn.Tanh(), nn.Linear(16, 2, rng=1))
given = lambda: (1000 * x, data[1])
numbers = (x, x[:, :1] - x[:, 1:2])

def regressor():
    return nn.Sequential(nn.Linear(4, 16, rng=0), nn.Tanh(), nn.Linear(16, 1, rng=1))

def absolute(outputs, targets):
    return (outputs - targets).abs().mean()

def dead():
    model = nn.Sequential(nn.Linear(4, 16, rng=0), nn.ReLU(), nn.Linear(16, 2, rng=1))
    nn.init.constant_(model[0].bias, -100.0)
    return model

def needy(size):
    return nn.Linear(size, 2)

number = 3
short = (x, np.zeros(3, int))
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "mine.py"
    path.write_text(FILE)
    return str(path)


def test_a_healthy_model_gets_0_and_the_table(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", f"{file}:model", "--quick"]) == 0
    printed = capsys.readouterr().out
    assert "checklist: pass" in printed
    for step in ("gradients", "first loss", "by heart", "a few epochs"):
        assert step in printed


def test_a_sick_model_gets_1_and_the_finding_on_the_page_and_in_the_json_too(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, told = tmp_path / "found.html", tmp_path / "found.json"
    assert main(["doctor", f"{file}:dead", "--quick", "--page", str(page), "--json", str(told)]) == 1
    printed = capsys.readouterr().out
    assert "dead units" in printed
    assert "fix:" in printed
    assert "<svg" in page.read_text()
    assert json.loads(told.read_text())["findings"][0]["cause"] == "dead units"


def test_where_no_page_can_be_written_nothing_is_examined(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for option in ("--page", "--json"):
        assert main(["doctor", f"{file}:dead", option, str(tmp_path / "none" / "found")]) == 2
        printed = capsys.readouterr()
        assert "none" in printed.err and not printed.out


@pytest.mark.integration
def test_no_line_of_the_command_itself_is_told_as_the_users(file: str) -> None:
    started = "import sys; from autograd.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", started, "doctor", f"{file}:dead", "--quick"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "dead units" in done.stdout
    assert "at:" not in done.stdout


@pytest.mark.integration
def test_inputs_in_thousands_that_are_taken_by_name_are_not_scaled(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", f"{file}:model", "--data", "given"]) == 1
    assert "inputs not scaled" in capsys.readouterr().out


@pytest.mark.parametrize("options", sweep([["--loss", "absolute", "--lr", "0.02"], []]))
def test_data_and_a_loss_are_taken_by_name(file: str, options: list[str]) -> None:
    assert main(["doctor", f"{file}:regressor", "--data", "numbers", "--quick", *options]) == 0


@pytest.mark.parametrize("name", ["iris", "diabetes"])
def test_the_default_networks_are_healthy(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", name, "--quick"]) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["FILE:nothing"], "has no 'nothing'; there are given, regressor"),
        (["FILE:model", "--data", "rows"], "has no 'rows'"),
        (["FILE:number"], "is int: a Module was expected"),
        (["FILE:needy"], "missing 1 required positional argument"),
        (["FILE:model", "--data", "number"], "is int: (inputs, targets) was expected"),
        (["FILE:model", "--data", "short"], "96 rows of inputs and 3 of targets"),
        (["FILE"], "say which part of it"),
        (["irs"], "did you mean 'iris'?"),
        (["iris", "--loss", "absolute"], "are names in FILE.py"),
        (["none.py:model"], "there is no such file"),
    ],
)
def test_what_cannot_be_examined_gets_one_line_and_2(
    file: str, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", *(argument.replace("FILE", file) for argument in arguments)]) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert printed.err.count("\n") == 1


def test_the_perceptron_has_the_layers_that_are_asked_for() -> None:
    model = nn.perceptron([4, 8, 6, 3], ["relu", "tanh"], seed=1)
    assert [type(m).__name__ for m in model] == ["Linear", "ReLU", "Linear", "Tanh", "Linear"]
    he, xavier = (6 / 4) ** 0.5, (6 / 14) ** 0.5
    assert 0.9 * he < np.abs(model[0].weight.data).max() <= he * 1.0001
    assert 0.9 * xavier < np.abs(model[2].weight.data).max() <= xavier
    with pytest.raises(ValueError, match="2 hidden layers need as many activations, got 1"):
        nn.perceptron([4, 8, 6, 3], ["relu"])
