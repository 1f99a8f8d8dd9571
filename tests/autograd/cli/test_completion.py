"""Completion in real shells: what is offered after the words of a command line."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from pathlib import Path

import pytest

from autograd.cli import main
from autograd.cli.commands import COMMANDS


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("completion")
    for shell in ("bash", "zsh", "fish"):
        with (folder / f"stepgrad.{shell}").open("w", encoding="utf-8") as file, contextlib.redirect_stdout(file):
            assert main(["completion", shell]) == 0
    for name in ("model.py", "my table.csv"):
        (folder / name).write_text("")
    return folder


def bash(folder: Path, *words: str) -> list[str]:
    """What bash offers in place of the last of some words."""
    program = (
        'source stepgrad.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _stepgrad; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "--norc", "-u", "-c", program, "bash", "stepgrad", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.split("\n")[:-1]


@pytest.mark.integration
def test_bash_offers_commands_options_values_and_files(scripts: Path) -> None:
    assert set(bash(scripts, "")) == {*COMMANDS, "help", "--help", "--version"}
    assert bash(scripts, "d") == ["demo", "dap", "draw", "doctor"]
    assert bash(scripts, "help", "do") == ["doctor"]
    assert bash(scripts, "draw", "--fo") == ["--fold", "--focus"]
    assert bash(scripts, "draw", "xor", "--fold", "") == ["auto", "never", "repeats", "roles", "steps", "kinds"]
    assert bash(scripts, "draw", "--fold", "=", "r") == ["repeats", "roles"]
    assert bash(scripts, "draw", "--fold", "=") == ["auto", "never", "repeats", "roles", "steps", "kinds"]
    assert bash(scripts, "draw", "xo") == ["xor"]
    assert bash(scripts, "train", "my") == ["my table.csv"]
    assert bash(scripts, "train", "wine", "-o", "mod") == ["model.py"]
    assert bash(scripts, "train", "wine", "--epochs", "") == [""]
    assert bash(scripts, "doctor", "w") == ["wine"]
    assert set(bash(scripts, "step", "")) >= {"chain_rule", "xor", "model.py", "my table.csv"}


def test_bash_finds_the_completion_by_the_name_of_the_command(scripts: Path) -> None:
    done = subprocess.run(
        ["bash", "--norc", "-c", "source stepgrad.bash; complete -p stepgrad"],
        cwd=scripts, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["complete", "-F", "_stepgrad", "stepgrad"]


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish(scripts: Path) -> None:
    def offered(line: str) -> list[str]:
        program = f"source stepgrad.fish; complete -C '{line}'"
        done = subprocess.run(["fish", "-N", "-c", program], cwd=scripts, capture_output=True, text=True, check=True)
        assert done.stderr == ""
        return [answer.partition("\t")[0] for answer in done.stdout.splitlines()]

    assert set(offered("stepgrad ")) == set(COMMANDS)
    assert set(offered("stepgrad draw --fo")) == {"--fold", "--focus"}
    assert set(offered("stepgrad draw xor --fold r")) == {"repeats", "roles"}
    assert offered("stepgrad doctor wi") == ["wine"]
    assert offered("stepgrad train wine -o mod") == ["model.py"]


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh(scripts: Path) -> None:
    # What is offered shows only in a terminal: zsh has one of its own for that.
    program = """
zmodload zsh/zpty
zpty z 'PS1=; TERM=dumb zsh -f -i'
zpty -w z 'PROMPT=; unsetopt zle_bracketed_paste; autoload -U compinit; compinit -u -D; source ./stepgrad.zsh'
zpty -w z 'LISTMAX=10000; echo rea''dy'
zpty -r -m z out '*ready*'
for line in $'stepgrad d\\t' $'stepgrad draw --fo\\t' $'stepgrad draw xor --fold r\\t' $'stepgrad doctor wi\\t'; do
    zpty -w -n z "$line"; sleep 0.7; zpty -w -n z $'\\t'; sleep 0.7; zpty -w -n z $'\\C-u'
done
zpty -w z 'echo do''ne'
zpty -r -m z out '*done*'
print -r -- "$out"
"""
    done = subprocess.run(
        ["zsh", "-f", "-c", program], cwd=scripts, capture_output=True, text=True, timeout=60, check=True
    )
    for word in ("demo", "--focus", "repeats", "roles", "wine"):
        assert word in done.stdout, done.stdout


def test_another_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "tcsh"]) == 2
    assert "there is no 'tcsh'; there are bash, zsh, fish" in capsys.readouterr().err
