"""A script that is given arguments is given them by the doctor, too, and by what runs it again."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from autograd.cli import main
from autograd.errors import UsageError
from nn.health.loop import diagnose_script, watch_script
from nn.health.loop.rerun import try_rates

TEXT = """
import argparse
import numpy as np, nn, optim
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, required=True)
lr = parser.parse_args().lr
x = np.linspace(-1, 1, 64, dtype=np.float32)[:, None]
model = nn.Linear(1, 1, rng=0)
optimizer = optim.SGD(model.parameters(), lr=lr)
for epoch in range(60):
    optimizer.zero_grad()
    loss = ((model(x) - 2 * x) ** 2).mean()
    loss.backward()
    optimizer.step()
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "train.py"
    path.write_text(TEXT)
    return path


def test_it_finds_them_in_argv(script: Path) -> None:
    seen = watch_script(script, arguments=["--lr", "0.25"])
    assert seen.optimizer is not None
    assert seen.optimizer.param_groups[0]["lr"] == 0.25


def test_what_it_is_given_is_diagnosed(script: Path) -> None:
    assert diagnose_script(script, quick=True, arguments=["--lr", "0.5"]).cause == "healthy"
    assert diagnose_script(script, quick=True, arguments=["--lr", "1e-9"]).cause == "learning rate too low"


def test_what_runs_it_again_gives_them_too(script: Path) -> None:
    low, high = (try_rates(script, 50, 60.0, (1.0,), ["--lr", rate])[0].left for rate in ("1e-9", "0.5"))
    assert (low > 0.99, high < 0.1) == (True, True)


@pytest.mark.parametrize(
    ("given", "said"), [((), "arguments are required: --lr"), (("--lr", "abc"), "invalid float value")]
)
def test_one_that_ends_for_lack_of_them_says_so_and_how_to_give_them(
    given: tuple[str, ...], said: str, script: Path
) -> None:
    told = rf"called sys.exit\(2\) before it trained anything and said .*{said}.*; .* stepgrad doctor .* -- …"
    with pytest.raises(UsageError, match=told):
        watch_script(script, arguments=given)


def test_on_the_command_line_they_follow_the_name(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", str(script), "--quick", "--", "--lr", "1e-9"]) == 1
    assert "learning rate too low" in capsys.readouterr().out
    assert main(["doctor", str(script), "--lr", "0.1"]) == 2
    assert "follows its name: stepgrad doctor" in " ".join(capsys.readouterr().err.split())
    assert main(["doctor", "wine", "more"]) == 2
    assert "more: arguments are for a training script, and wine is none" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("lr", ["1e-9", "1e-7", "1e-5"])
@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "RMSprop"])
def test_a_quick_look_tries_a_rate_that_is_usual(optimizer: str, lr: str, script: Path) -> None:
    script.write_text(TEXT.replace("SGD", optimizer))
    found = diagnose_script(script, quick=True, arguments=["--lr", lr])
    assert found.cause == "learning rate too low"


def test_where_a_script_goes_nobody_else_goes(
    script: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(script.parent)
    script.write_text(TEXT.replace("import argparse", f"import argparse, os\nos.chdir({str(elsewhere)!r})"))
    assert diagnose_script("train.py", quick=True, arguments=["--lr", "0.5"]).cause == "healthy"
    assert Path.cwd() == script.parent


def test_nobody_is_asked_for_anything(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO("yes\n")
    monkeypatch.setattr(terminal, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdin", terminal)
    script.write_text("input('How many? ')\n")
    with pytest.raises(UsageError, match="does not run: EOFError"):
        watch_script(script)
