"""How to get an extra is told for the way in which the package was installed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from autograd import extras
from autograd.extras import checkout, pip_install

ROOT = Path(__file__).parents[2]


class Installed:
    """A distribution, with what pip has noted of its origin."""

    def __init__(self, direct: dict[str, object] | None) -> None:
        self.direct = direct

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return json.dumps(self.direct) if self.direct else None


def test_a_checkout_is_installed_from_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checkout() == ROOT
    monkeypatch.chdir(ROOT)
    assert pip_install("train,draw") == "pip install -e '.[train,draw]'"
    monkeypatch.chdir(tmp_path)
    assert pip_install("train") == f"pip install -e '{ROOT}[train]'"


@pytest.mark.parametrize(
    ("direct", "command"),
    [
        (None, "pip install 'stepgrad[train]'"),
        (
            {"url": "file:///d/stepgrad.whl", "archive_info": {}},
            "pip install 'stepgrad[train] @ file:///d/stepgrad.whl'",
        ),
        (
            {"url": "https://h/s.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}},
            "pip install 'stepgrad[train] @ git+https://h/s.git@abc'",
        ),
    ],
)
def test_installed_it_comes_from_where_it_came(
    direct: dict[str, object] | None, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As in site-packages, beside which there is no pyproject.toml of ours.
    (tmp_path / "autograd").mkdir()
    monkeypatch.setattr(extras, "__file__", str(shutil.copy(extras.__file__, tmp_path / "autograd")))
    monkeypatch.setattr("importlib.metadata.distribution", lambda name: Installed(direct))
    assert checkout() is None
    assert pip_install("train") == command
