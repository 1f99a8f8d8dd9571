"""The race in Python: the documents' numbers, the updates as people write them, surfaces, pictures, the command."""

from __future__ import annotations

import io
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import autograd as ag
import optim
from autograd import Tensor
from autograd.cli import main
from autograd.errors import FileError
from autograd.pages import PageError, race
from autograd.pages.knobs import list_knobs
from autograd.pages.race_runs import TITLES
from autograd.pages.surfaces import SURFACES, find_surface
from autograd.pages.updates import UPDATES, evaluate
from optim.registry import OPTIMIZERS
from tests.sweep import sweep

INSIDE = {"momentum": 0.9, "momentum_form": "inside"}


def options_of(names: str, *values: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [dict(zip(names.split(), chosen, strict=True)) for chosen in itertools.product(*values)]


BOTH = (False, True)
# Every option that changes the lines of an update.
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "SGD": [
        {},
        {"momentum": 0.9},
        {"momentum": 0.9, "nesterov": True},
        {"momentum": 0.9, "nesterov": "lookahead"},
        INSIDE,
        {**INSIDE, "nesterov": True},
        {"momentum": 0.9, "dampening": 0.2, "weight_decay": 0.1},
        {"l1": 0.1, "decoupled": True, "weight_decay": 0.1},
        {**INSIDE, "dampening": 0.2, "l1": 0.1, "maximize": True},
    ],
    "Adagrad": [{}, {"eps_inside": True, "lr_decay": 0.1, "weight_decay": 0.1}],
    "Adadelta": options_of("use_lr", BOTH),
    "RMSprop": options_of("centered momentum eps_inside", BOTH, (0.0, 0.5), BOTH),
    "Adam": [
        *options_of("amsgrad bias_correction eps_inside eps_hat", BOTH, BOTH, BOTH, BOTH),
        *options_of("weight_decay decoupled", (0.1,), BOTH),
    ],
    "AdamW": [{}],
    "Adamax": options_of("eps_outside weight_decay", BOTH, (0.0, 0.1)),
    "NAdam": [{}, {"weight_decay": 0.1, "decoupled": True}],
    "RAdam": [{}, {"weight_decay": 0.1}],
    "Rprop": [{}],
    "Lion": [{}, {"weight_decay": 0.1}],
    "Ftrl": [{}, {"l1": 0.1, "l2": 0.1}],
    "ASGD": [{}, {"t0": 2.0}],
}


@pytest.mark.parametrize(
    ("name", "options", "end"),
    [
        ("sgd", {"lr": 0.95}, (-0.103466181, 0.243153309)),
        ("momentum", {"lr": 0.1, **INSIDE}, (1.894699367, -0.698505233)),
        ("nesterov", {"lr": 0.1, **INSIDE, "nesterov": "lookahead"}, (1.362249936, -0.071636817)),
        ("adagrad", {"lr": 1.5, "eps": 1e-6}, (-0.420469276, 0.0)),
        pytest.param(
            *("adadelta", {"rho": 0.9, "eps": 1e-5, "use_lr": False}, (-6.781502102, 1.787589384)),
            marks=pytest.mark.integration,
        ),
        ("rmsprop", {"lr": 0.5, "alpha": 0.9, "eps": 1e-8}, (-0.0483045987, 0.0)),
        ("adam", {"lr": 0.5}, (0.947671622, 0.486306155)),
    ],
)
def test_the_slides_race_comes_where_the_slides_say(
    name: str, options: dict[str, Any], end: tuple[float, float]
) -> None:
    run = race("quadratic", {name: options}).runs[0]
    assert run.points[-1] == pytest.approx(end, abs=1e-9)
    assert len(run.points) == 21


def test_the_first_race_is_that_of_the_slides() -> None:
    first = race()
    assert [racer.title for racer in first.racers] == ["SGD", "Momentum", "RMSProp", "Adam"]
    assert [racer.options["lr"] for racer in first.racers] == [0.95, 0.1, 0.5, 0.5]
    assert (first.start, first.steps) == ((-7.0, 2.0), 20)


def test_descent_along_the_curve_of_the_article() -> None:
    run = race("waves", {"sgd": 0.4}, start=[-9.0], steps=34).runs[0]
    assert run.points[[1, 2, 10, 34], 0] == pytest.approx([-7.915548, -7.257693, -5.975433, -1.307089], abs=1e-6)
    assert run.gradients[0, 0] == pytest.approx(-2.711130, abs=1e-6)


@pytest.mark.parametrize("kind", sweep(OPTIONS, 8))
def test_the_lines_of_an_update_give_what_the_optimizer_does(kind: str) -> None:
    for options in OPTIONS[kind]:
        p = Tensor([3.0, -1.0], requires_grad=True)
        optimizer = getattr(optim, kind)([p], lr=0.1, **options)
        group = {name: value for name, value in optimizer.param_groups[0].items() if name != "params"}
        states = [{name: optimizer._initial_state(name, group) for name in optimizer._state_names(group)}] * 2
        for t in range(1, 9):
            optimizer.zero_grad()
            (p * p * ag.sin(p)).sum().backward()
            before, gradient = p.tolist(), np.asarray(p.grad).tolist()
            optimizer.step()
            after = [{n: float(optimizer.state[p][n][i]) for n in states[i]} for i in range(2)]
            for i in range(2):
                lines = evaluate(kind, group, states[i], before[i], gradient[i], t)
                given = {line.name: value for line, value in lines}
                assert given["θ"] == pytest.approx(p.tolist()[i], rel=1e-12), (options, t)
                for name, value in after[i].items():
                    letter = UPDATES[kind].state[name]
                    # Without momentum there is a buffer that nothing reads.
                    unread = name == "momentum_buffer" and not group["momentum"] and letter not in given
                    assert unread or given[letter] == pytest.approx(value, rel=1e-12)
            states = after


def test_every_optimizer_of_the_registry_can_race() -> None:
    assert OPTIMIZERS.keys() < TITLES.keys()
    kinds = [kind for kind, _ in OPTIMIZERS.values() if issubclass(kind, optim.by_element.ByElement)]
    assert {kind.__name__ for kind in kinds} == UPDATES.keys()
    for kind in kinds:
        assert {knob["name"] for knob in list_knobs(kind)} >= {"maximize"} - (
            {"maximize"} if kind is optim.Ftrl else set()
        )


@pytest.mark.parametrize("name", SURFACES)
def test_the_minima_are_minima_and_everybody_stays_finite(name: str) -> None:
    surface = SURFACES[name]
    for point in surface.minima:
        leaves = [Tensor(x, requires_grad=True) for x in point]
        surface.function(*leaves).backward()
        assert [float(np.asarray(leaf.grad)) for leaf in leaves] == pytest.approx([0.0] * len(point), abs=1e-7)
        assert surface.x[0] < point[0] < surface.x[1]
    for run in race(name).runs:
        assert len(run.points) == surface.steps + 1


def test_a_surface_of_ones_own_is_read_and_never_run() -> None:
    found = find_surface("sin(x)*y**2  # comment")
    assert found.text == "sin(x) * y ** 2"
    assert race("x**4 - 2*x**2", {"sgd": 0.05}, start=[0.5]).runs[0].points[-1] == pytest.approx([1.0], abs=1e-3)
    assert find_surface("log(x)").start == (4.0,)
    assert find_surface("sqrt(x*y)").start == (4.0, 2.0)
    assert find_surface("Long Valley").name == "long-valley"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bealle"], "there is no surface 'bealle'; did you mean 'beale'?"),
        (["__import__('os').system('true')"], "the surface is an expression of x and y: only functions are called, by name"),
        (["x.__class__"], "an attribute is not part of an expression here"),
        (["lambda: x"], "a lambda is not part of an expression here"),
        (["x + z"], "no value for 'z'"),
        (["x +"], "syntax error"),
        (["3"], "uses neither x nor y"),
        (["floor(x) + ceil(y)"], "has no gradient to descend"),
        (["x > y"], "is a comparison"),
        (["x" + " + x" * 3000], "characters; at most 10000 are read"),
        (["quadratic", ["adamm"]], "there is no optimizer 'adamm' in a race; did you mean 'adam'?"),
        (["quadratic", {"adam": {"betas": (0.9, 1.0)}}], "Adam: Adam: betas must be two numbers from 0 to below 1"),
        (["quadratic", {"sgd": {"rate": 1}}], "SGD: "),
        (["quadratic", {"sgd": -1.0}], "lr must"),
        (["quadratic", []], "a race has 1 to 16 optimizers, not 0"),
    ],
)  # fmt: skip
def test_what_cannot_be_raced_is_told(arguments: list[Any], message: str) -> None:
    with pytest.raises(PageError) as caught:
        race(*arguments)
    assert message in str(caught.value)


def test_a_start_or_a_number_of_steps_that_cannot_be_is_told() -> None:
    for start in ([1.0], [1.0, float("nan")], [1.0, 2.0, 3.0], "ab"):
        with pytest.raises(PageError, match="the start is two finite numbers, x and y"):
            race(start=start)
    for steps in (0, 2001, 1.5, True):
        with pytest.raises(PageError, match="a race has 1 to 2000 steps"):
            race(steps=steps)  # type: ignore[arg-type]


def test_who_diverges_stops_where_numbers_end() -> None:
    run = race("x**4", {"sgd": 1.0}, start=[5.0], steps=50).runs[0]
    assert len(run.points) < 50
    assert np.isfinite(run.points).all()


@pytest.mark.integration
def test_a_gif_shows_every_step_and_rests_at_the_end(tmp_path: Path) -> None:
    with Image.open(race("quadratic", ["sgd", "adam"], steps=12).save(tmp_path / "race.gif", rate=5.0)) as movie:
        assert movie.n_frames == 13
        durations = []
        for frame in range(movie.n_frames):
            movie.seek(frame)
            durations.append(movie.info["duration"])
        assert durations == [200] * 12 + [1700]
        assert movie.info["loop"] == 0
    with Image.open(race("beale", ["adam"], steps=130).save(tmp_path / "long.gif")) as movie:
        assert movie.n_frames <= 121


@pytest.mark.parametrize("surface", ["quadratic", "waves", "sqrt(x) + y**2", "1/x", "log(0*x) + y"])
def test_a_png_of_any_surface(surface: str, tmp_path: Path) -> None:
    with Image.open(io.BytesIO(race(surface, steps=5).save(tmp_path / "race.png").read_bytes())) as picture:
        assert picture.size == (1920, 920)
        # Everybody's colour is on it.
        colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 20)}
        assert {(43, 43, 43), (0, 103, 163)} <= colours


def test_another_ending_or_place_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(PageError, match=r"the name must end in \.html, \.gif, \.png"):
        race().save(tmp_path / "race.mp4")
    with pytest.raises(PageError, match="frames a second"):
        race(steps=2).save(tmp_path / "race.gif", rate=1000.0)
    with pytest.raises(FileError):
        race().save(tmp_path / "no" / "race.html")
    assert list(tmp_path.iterdir()) == []


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["race"]) == 0
    printed = capsys.readouterr().out
    assert "-0.103466181, 0.243153309" in printed
    assert "wrote race.html" in printed
    words = ["race", "--surface", "x**2 + y**2", "--optimizers", "sgd=0.25,adam", "--start=1,-1", "--steps", "2"]
    assert main([*words, "-o", "own.png"]) == 0
    assert "0.25, -0.25" in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {"race.html", "own.png"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--surface", "bael"], "there is no surface 'bael'; did you mean 'beale'?"),
        (["--surface", "open('f')"], "the surface is an expression of x and y: unknown function 'open'"),
        (["--optimizers", "sgd=fast"], "'fast' is not a number"),
        (["--optimizers", "sgd,sgd"], "'sgd' was given twice"),
        (["--start", "1"], "the start is two finite numbers"),
        (["--start", "1,b"], "'b' is not a number"),
        (["--steps", "0"], "'0' is not a whole number from 1 on"),
        (["--steps", "5000"], "a race has 1 to 2000 steps, not 5000"),
        (["--rate", "5"], "--rate is for a file that ends in .gif"),
        (["-o", "race.txt"], "the name must end in .html, .gif, .png"),
        (["-o", "no/race.html"], "cannot write no/race.html"),
    ],
)
def test_bad_words_get_one_line(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["race", *words]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
