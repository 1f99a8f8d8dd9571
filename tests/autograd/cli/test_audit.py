"""`stepgrad audit` where there is nothing of PyTorch's to audit; with PyTorch see `tests/autograd/bridge/test_lens.py`."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograd.cli import main


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("loss", "is no model or function of PyTorch's or JAX's: give a torch.nn.Module"),
        ("number", "is float: a model or a function of PyTorch's or JAX's was expected"),
        ("silent", "argument 'x' does not say what it takes"),
        ("nothing", "has no 'nothing'"),
    ],
)
def test_what_is_not_pytorchs_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, told: str
) -> None:
    path = tmp_path / "model.py"
    path.write_text("number = 1.0\ndef loss(x=2.0):\n    return x * x\ndef silent(x):\n    return x\n")
    assert main(["audit", f"{path}:{name}"]) == 2
    out, err = capsys.readouterr()
    assert (out, told in err, err.count("\n")) == ("", True, 1)
