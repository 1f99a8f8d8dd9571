"""`playground` and `stepgrad playground`: settings, points and models that are taken, and one line for those that are not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd.cli import main
from autograd.pages import playground
from autograd.pages.errors import PageError
from autograd.pages.model import read_model
from autograd.pages.settings import SETTINGS, to_address


def data_of(page: str) -> Any:
    found = re.search(r'<script id="data" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def small() -> nn.Sequential:
    return nn.Sequential(nn.Linear(2, 3, rng=0), nn.Tanh(), nn.Linear(3, 1, rng=1))


def test_the_page_carries_settings_points_and_weights_and_asks_nothing_of_a_network() -> None:
    points = [[0.0, 1.0], [2.0, 3.0]], ["yes", "</script>"]
    page = playground(data=points, model=small(), settings={"rate": 0.1, "hide": ["seed"]}).html
    told = data_of(page)
    assert told["address"] == "features=x1,x2&layers=3-tanh&output=linear&rate=0.1&hide=seed"
    assert told["points"][1] == {"x": 2.0, "y": 3.0, "label": "</script>"}
    assert [len(part) for part in told["weights"]] == [6, 3, 3, 1]
    assert "default-src 'none'" in page
    assert re.search(r"https?://(?!www\.w3\.org/2000/svg)", page.partition("<body>")[0]) is None


def test_weights_have_a_row_for_each_input() -> None:
    model = small()
    _, weights = read_model(model)
    assert np.reshape(weights[0], (2, 3)).tolist() == np.asarray(model[0].weight.data, float).T.tolist()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"dataset": "spril"}, "did you mean 'spiral'"),
        ({"rate": 0}, "a number from"),
        ({"batch": 1.5}, "a whole number"),
        ({"layers": ["9-tanh"]}, "is not 1 to 8 units"),
        ({"layers": ["2-tanh"] * 7}, "more than 6 layers"),
        ({"layers": "3-tan"}, "such as 4-tanh"),
        ({"features": []}, "1 at least"),
        ({"hide": "sead"}, "did you mean 'seed'"),
        ({"test": "maybe"}, "yes or no"),
        ({"colour": "red"}, "no setting 'colour'"),
        ({1: 2}, "no setting '1'"),
        # What Python could read, and the page could not.
        ({"rate": "0_1"}, "a number from"),
        ({"noise": " 5"}, "a number from"),
        ({"layers": "4-"}, "such as 4-tanh"),
    ],
)
def test_settings_that_the_page_cannot_have_are_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(PageError, match=re.escape(words)):
        to_address(given)


def test_what_is_usual_can_be_had() -> None:
    assert to_address({name: field["usual"] for name, field in SETTINGS.items()})


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (nn.Sequential(nn.Linear(2, 9), nn.Tanh(), nn.Linear(9, 1)), "a layer of 9 units"),
        (nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.5), nn.Linear(3, 1)), "Dropout"),
        (nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.ReLU(), nn.Linear(3, 1)), "ReLU where"),
        (nn.Sequential(nn.Linear(2, 3)), "3 outputs"),
        (nn.Sequential(nn.Linear(2, 3), nn.Linear(2, 1)), "3 units before one of 2 inputs"),
        (nn.Linear(8, 1), "8 inputs"),
        (nn.Linear(2, 1, bias=False), "without a bias"),
        (nn.Sequential(*(nn.Linear(2, 2) for _ in range(7)), nn.Linear(2, 1)), "7 hidden layers"),
        (nn.Sequential(), "no Linear layer"),
        (print, "is builtin_function_or_method"),
    ],
)
def test_models_that_cannot_be_shown_are_refused_with_what_can(model: Any, words: str) -> None:
    with pytest.raises(PageError, match=re.escape(words)) as refused:
        playground(model=model)
    assert "it shows an nn.Sequential" in str(refused.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (([[0.0, 1.0]] * 3, [1, 1, 1]), "nothing to learn"),
        (([[0.0, 1.0, 2.0]] * 3, [0, 1, 1]), "points (n, 2)"),
        (([[0.0, np.nan]] * 3, [0, 1, 1]), "finite"),
        (([[0.0, 1.0]] * 3, [0, 1, np.inf]), "finite"),
        (([[0.0, 1.0]] * 3, ["a", "b", "c"]), "3 classes"),
        (([[0.0, 1.0]] * 3, [1j, 2, 3]), "3 classes"),
        (([["a", "b"]] * 3, [0, 1, 1]), "could not convert"),
        (np.zeros((3, 3)), "a pair of points (n, 2) and labels (n,)"),
    ],
)
def test_points_that_cannot_be_learned_are_refused(data: Any, words: str) -> None:
    with pytest.raises(PageError, match=re.escape(words)):
        playground(data=data)


def test_labels_are_numbers_or_words() -> None:
    places = [[0.0, 1.0]] * 2
    for labels, told in (
        ([0, 1], [0.0, 1.0]),
        ([True, False], ["True", "False"]),
        (["1", " 2"], [1.0, 2.0]),
        ([None, "b"], ["None", "b"]),
        (np.array(["2020-01-01", "2020-01-02"], "M8[D]"), ["2020-01-01", "2020-01-02"]),
    ):
        points = data_of(playground(data=(places, labels)).html)["points"]
        assert [point["label"] for point in points] == told


def test_of_many_rows_some_are_taken_from_all_over() -> None:
    many = np.arange(10_000.0)
    told = data_of(playground(data=(np.stack([many, many], axis=1), many % 2)).html)
    assert told["count"] == 10_000 and len(told["points"]) == 2000
    assert told["points"][0]["x"] == 0.0 and told["points"][-1]["x"] == 9995.0


def test_a_models_features_are_in_the_order_of_the_page() -> None:
    model = small()
    _, weights = read_model(model)
    told = data_of(playground(model=model, settings={"features": "x1x2,x1"}).html)
    assert told["address"].startswith("features=x1x2,x1&")
    # The page has x₁ before x₁x₂.
    assert np.reshape(told["weights"][0], (2, 3)).tolist() == np.reshape(weights[0], (2, 3))[::-1].tolist()
    assert told["weights"][1:] == weights[1:]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"features": ["x1"]}, "2 inputs, and settings name 1"),
        ({"lesson": "rate"}, "give a model or a lesson"),
        ({"features": ["x1", "x1"]}, "2 inputs, and settings name 1"),
        ({"features": 5}, "there is no '5'"),
        ({"layers": ["8-tanh"]}, "settings can change their activations alone"),
        ({"layers": []}, "settings can change their activations alone"),
    ],
)
def test_settings_leave_a_model_its_shape(given: dict[str, Any], words: str) -> None:
    with pytest.raises(PageError, match=re.escape(words)):
        playground(model=small(), settings=given)
    assert "layers=3-relu" in playground(model=small(), settings={"layers": ["3-relu"]}).address


def test_a_subclass_that_computes_something_else_is_refused() -> None:
    class Twice(nn.Sequential):
        def forward(self, x: Any) -> Any:
            return super().forward(super().forward(x))

    class Doubled(nn.Linear):
        def forward(self, x: Any) -> Any:
            return 2 * super().forward(x)

    for model, name in ((Twice(nn.Linear(1, 1)), "Twice"), (nn.Sequential(Doubled(2, 1)), "Doubled")):
        with pytest.raises(PageError, match=name):
            playground(model=model)


def test_a_notebook_shows_the_page_in_a_frame_of_its_own() -> None:
    frame = playground()._repr_html_()
    assert 'sandbox="allow-scripts allow-forms allow-downloads allow-modals"' in frame
    assert "<script" not in frame


def test_the_command_writes_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("points.csv").write_text("width,height,kind\n0,1,cat\n2,3,dog\n4,1,cat\n")
    Path("model.py").write_text(
        "import nn\n\ndef model():\n    return nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))\n"
    )
    assert main(["playground", "rate=0.3", "--data", "points.csv", "--model", "model.py:model", "-o", "page.html"]) == 0
    assert capsys.readouterr().out == "wrote page.html\n"
    told = data_of(Path("page.html").read_text())
    assert told["address"] == "features=x1,x2&layers=4-relu&output=linear&rate=0.3"
    assert [point["label"] for point in told["points"]] == ["cat", "dog", "cat"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["dataset"], "'dataset' is not name=value"),
        (["dataset=squares"], "there is no 'squares'"),
        (["-o", "page.pdf"], "must end in .html"),
        (["--data", "none.csv"], "none.csv"),
        (["--data", "wide.csv"], "3 columns of numbers beside its last (a, b, c)"),
        (["--data", "three.csv"], "3 classes"),
        (["--model", "model.py"], "it defines broken, model"),
        (["--model", "model.py:model"], "cannot show this model"),
        (["--model", "model.py:broken"], "ZeroDivisionError"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_no_file(
    words: list[str],
    complaint: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("wide.csv").write_text("a,b,c,y\n1,2,3,0\n4,5,6,1\n")
    Path("three.csv").write_text("a,b,y\n1,2,p\n4,5,q\n7,8,r\n")
    Path("model.py").write_text("import nn\n\nmodel = nn.Linear(2, 2)\n\ndef broken():\n    return 1 / 0\n")
    assert main(["playground", *words]) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1 and complaint in told.err
    assert not list(tmp_path.glob("*.html")) and not list(tmp_path.glob("*.pdf"))
