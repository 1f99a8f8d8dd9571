"""`race`: optimizers from one start down one surface, as a page to play with, or as a picture or an animation for slides."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

from autograd.files import write
from autograd.pages.document import build_page
from autograd.pages.engine import engine_script, read_asset, read_stage_look, whole_script
from autograd.pages.errors import PageError
from autograd.pages.knobs import default_options, list_knobs
from autograd.pages.page import Page
from autograd.pages.race_runs import (
    ABSENT,
    KINDS,
    MOST_RACERS,
    MOST_STEPS,
    TITLES,
    Racer,
    Run,
    check_start,
    check_steps,
    make_racers,
    race_one,
)
from autograd.pages.surfaces import STARTS, SURFACES, Surface, find_surface
from autograd.pages.updates import describe_updates
from autograd.wording.steps import shorten

FORMATS = ("html", "gif", "png")
SCRIPTS = (
    *("expression.js", "update_lines.js", "stage.js", "knobs.js"),
    *(
        f"race/{name}.js"
        for name in ("run", "ground", "state", "markers", "plane", "chart", "racers", "update", "address", "race")
    ),
)


@dataclass(frozen=True)
class Race(Page):
    """A race that is set up.

    Attributes
    ----------
    surface : Surface
    racers : list of Racer
    start : tuple of float
    steps : int
    runs : list of Run
        What `optim` computes; when it is asked for.
    html : str
        One page that needs nothing else.
    """

    title = "Optimizer race"

    surface: Surface
    racers: list[Racer]
    start: tuple[float, ...]
    steps: int

    @cached_property
    def runs(self) -> list[Run]:
        return [race_one(self.surface, racer, self.start, self.steps) for racer in self.racers]

    @cached_property
    def html(self) -> str:
        """One page that needs nothing else."""
        return build_page(
            title=self.title,
            body=read_asset("race/race.html"),
            scripts=[engine_script(), whole_script(), *map(read_asset, SCRIPTS)],
            styles=[read_stage_look(), read_asset("race/race.css")],
            data=_describe_page(self),
        )

    def save(self, path: str | os.PathLike[str], *, rate: float | None = None) -> Path:
        """Write `x.html`, `x.gif` or `x.png`, whole or not at all.

        Parameters
        ----------
        path : str or path
            Its ending says the format.
        rate : float, optional
            Frames a second of a GIF; by default as many that it lasts some six seconds.

        Returns
        -------
        pathlib.Path

        Raises
        ------
        PageError
            For another ending.
        FileError
            Where the file cannot be written.
        MissingDependencyError
            For a picture where Matplotlib is not installed.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> race().save(pathlib.Path(tempfile.mkdtemp()) / "race.html").name
        'race.html'
        """
        form = Path(path).suffix.lower().removeprefix(".")
        if form not in FORMATS:
            raise PageError(f"cannot draw a race to {os.fspath(path)!r}: the name must end in .{', .'.join(FORMATS)}")
        if form == "html":
            return super().save(path)
        from autograd.pages import race_pictures

        told = (self.surface, self.runs, self.steps)
        return write(path, race_pictures.to_png(*told) if form == "png" else race_pictures.to_gif(*told, rate))

    def table(self) -> Table:
        """Where each optimizer has come, for a terminal."""
        table = Table(
            "optimizer",
            "rate",
            "steps",
            "end",
            "height",
            title=escape(f"f = {shorten(self.surface.text, 100)}"),
            title_justify="left",
        )
        for run in self.runs:
            rate = run.racer.options.get("lr")
            end = ", ".join(f"{x:.9g}" for x in run.points[-1])
            ended = f"{len(run.points) - 1}" + ("" if len(run.points) > self.steps else ", then not finite")
            table.add_row(run.racer.title, "" if rate is None else f"{rate:g}", ended, end, f"{run.heights[-1]:.6g}")
        return table

    def __repr__(self) -> str:
        names = ", ".join(racer.title for racer in self.racers)
        return f"<Race on {self.surface.title}: {names}; .html, .runs, .save('x.gif')>"


def race(
    surface: str | Surface = "quadratic",
    optimizers: Sequence[str] | Mapping[str, Any] | None = None,
    *,
    start: Sequence[float] | None = None,
    steps: int | None = None,
) -> Race:
    """Let optimizers race down a surface.

    Parameters
    ----------
    surface : str or Surface
        A name (quadratic, long-valley, saddle, beale, rosenbrock, himmelblau, rastrigin, waves) or an expression of x and y,
        such as "sin(x)*y**2", which is parsed, never run. Of x alone it is a curve.
    optimizers : sequence of str, or mapping of str to float or mapping; optional
        Names of `optim.get`; as a mapping with rates, or with all options. By default those of the surface.
    start : sequence of float, optional
    steps : int, optional

    Returns
    -------
    Race

    Raises
    ------
    PageError
        For what is not there, or cannot be raced; it is a ValueError.

    Examples
    --------
    >>> run = race("quadratic", {"adam": 0.5}, steps=20).runs[0]
    >>> run.points[-1].round(9).tolist()
    [0.947671622, 0.486306155]
    """
    found = surface if isinstance(surface, Surface) else find_surface(surface)
    return Race(found, make_racers(found, optimizers), check_start(found, start), check_steps(found, steps))


def _describe_page(chosen: Race) -> dict[str, Any]:
    """What the page's scripts read."""
    surfaces = {name: _describe_surface(surface, make_racers(surface, None)) for name, surface in SURFACES.items()}
    # What was asked for stands in the place of what that surface has by itself.
    own = {**_describe_surface(chosen.surface, chosen.racers), "start": chosen.start, "steps": chosen.steps}
    kinds = {KINDS[name][0] for name in TITLES}
    return {
        "first": chosen.surface.name,
        "surfaces": {**surfaces, chosen.surface.name: own},
        "menu": {name: _describe_optimizer(name) for name in TITLES},
        "knobs": {kind.__name__: list_knobs(kind) for kind in sorted(kinds, key=lambda kind: kind.__name__)},
        "updates": describe_updates(),
        "absent": ABSENT,
        "starts": STARTS,
        "mostSteps": MOST_STEPS,
        "mostRacers": MOST_RACERS,
    }


def _describe_surface(surface: Surface, racers: Sequence[Racer]) -> dict[str, Any]:
    return {
        "title": surface.title,
        "text": surface.text,
        "x": surface.x,
        "y": surface.y,
        "start": surface.start,
        "steps": surface.steps,
        "minima": surface.minima,
        "levels": surface.levels,
        "racers": [{"name": racer.name, "options": racer.options} for racer in racers],
    }


def _describe_optimizer(name: str) -> dict[str, Any]:
    kind, usual = KINDS[name]
    return {"title": TITLES[name], "kind": kind.__name__, "options": {**default_options(kind), **usual}}
