"""A race as a picture or an animation for slides: the paths on the contours, and the heights step by step."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import MissingDependencyError
from autograd.extras import pip_install
from autograd.pages.errors import PageError
from autograd.pages.race_runs import Run
from autograd.pages.surfaces import Surface
from autograd.wording.steps import shorten, to_printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# The colours and marks of the page, in the light.
COLOURS = ("#2b2b2b", "#0067a3", "#a35f00", "#c8410b", "#00785a", "#a3397c", "#5b3fb5", "#6b6200")
MARKS = ("o", "s", "D", "^", "*", "v", "P", "h")
SOFT, LINE, CONTOUR, DEEP = "#6a6a6a", "#d5d8de", "#8fa6bd", "#bcd3ea"
COLUMNS, ROWS = 240, 180
SIZE, DPI = (9.6, 4.6), 100
# Of a GIF: frames up to which every step has one, and seconds that it lasts by default, and stands still at its end.
MOST_FRAMES, SECONDS, REST = 120, 6.0, 1.5
FASTEST = 50.0


def to_png(surface: Surface, runs: Sequence[Run], steps: int) -> bytes:
    """The whole race as one picture."""
    figure, artists = _draw(surface, runs, steps)
    _advance(artists, runs, steps)
    packed = io.BytesIO()
    figure.savefig(packed, format="png", dpi=2 * DPI)
    return packed.getvalue()


def to_gif(surface: Surface, runs: Sequence[Run], steps: int, rate: float | None = None) -> bytes:
    """The race step by step; a long one shows every second step, or fewer."""
    pace = -(-steps // MOST_FRAMES)
    shown = [*range(0, steps, pace), steps]
    rate = max(2.0, len(shown) / SECONDS) if rate is None else rate
    if not 0.0 < rate <= FASTEST:
        raise PageError(f"a GIF shows more than 0 and up to {FASTEST:g} frames a second, not {rate!r}")
    figure, artists = _draw(surface, runs, steps, animated=True)
    # Matplotlib has brought it.
    from PIL import Image

    canvas: Any = figure.canvas
    canvas.draw()
    # What does not move is drawn once.
    behind = canvas.copy_from_bbox(figure.bbox)
    frames = []
    for step in shown:
        canvas.restore_region(behind)
        _advance(artists, runs, step)
        for artist in artists["moving"]:
            (artist.axes or figure).draw_artist(artist)
        frames.append(Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy()))
    # One palette for all, so that of each frame only what has changed is stored.
    palette = Image.new("P", (1, 1))
    palette.putpalette(_palette())
    small = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    durations = [round(1000.0 / rate)] * len(small)
    durations[-1] += round(1000.0 * REST)
    packed = io.BytesIO()
    small[0].save(packed, "GIF", save_all=True, append_images=small[1:], duration=durations, loop=0, optimize=True)
    return packed.getvalue()


def _palette() -> list[int]:
    """The colours that are drawn with, and what lies between them and the ground where lines are smoothed."""
    mixed = [(DEEP, "#ffffff", share) for share in np.linspace(0.0, 1.0, 17) if share != 0.9375]
    for colour in (*COLOURS, SOFT, LINE, CONTOUR, "#000000"):
        mixed += [(colour, "#ffffff", share) for share in (0.0, 0.2, 0.4, 0.6, 0.8)]
        mixed += [(colour, DEEP, share) for share in (0.3, 0.6)]
    parts = {c: np.array([int(c[k : k + 2], 16) for k in (1, 3, 5)]) for c in {c for pair in mixed for c in pair[:2]}}
    return [int(x) for one, other, share in mixed for x in np.rint(parts[one] + share * (parts[other] - parts[one]))]


def contour_levels(heights: np.ndarray, count: int) -> np.ndarray:
    """Levels that share the area out, closer where it is low; those of the page."""
    finite = np.sort(heights[np.isfinite(heights)], axis=None)
    if not finite.size:
        return finite
    places = (np.arange(1, count + 1) / (count + 1)) ** 1.6 * finite.size
    levels = np.unique(finite[np.minimum(finite.size - 1, places.astype(int))])
    return levels[levels > finite[0]]


def _draw(surface: Surface, runs: Sequence[Run], steps: int, animated: bool = False) -> tuple[Figure, dict[str, Any]]:
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingDependencyError(f"pictures of a race need matplotlib: {pip_install('draw')}") from error
    figure = Figure(figsize=SIZE, dpi=DPI)
    FigureCanvasAgg(figure)
    plane, curves = figure.subplots(1, 2, width_ratios=[3, 2])
    _draw_ground(plane, surface)
    low = _lowest(surface)
    artists: dict[str, Any] = {"trails": [], "heads": [], "curves": [], "ends": [], "low": low}
    for k, run in enumerate(runs):
        colour, mark = COLOURS[k % len(COLOURS)], MARKS[k % len(MARKS)]
        label = f"{run.racer.title}, η = {run.racer.options['lr']:g}" if "lr" in run.racer.options else run.racer.title
        dots = "." if len(run.points) <= MOST_FRAMES else ""
        made = {"color": colour, "animated": animated}
        ends = {**made, "marker": mark, "ms": 8, "mec": "white", "ls": "", "zorder": 5}
        artists["trails"] += plane.plot([], [], marker=dots, ms=4, lw=1.4, **made)
        artists["heads"] += plane.plot([], [], **ends)
        artists["curves"] += curves.plot([], [], lw=1.6, **made)
        artists["ends"] += curves.plot([], [], **{**ends, "ms": 6, "clip_on": False})
        # Lines that stand still are what the legend shows.
        curves.plot([], [], color=colour, marker=mark, ms=6, lw=1.4, label=label)
    _draw_curves(curves, surface, runs, steps, low)
    artists["title"] = plane.set_title("", fontsize=10, loc="right", animated=animated)
    plane.set_title(shorten(to_printable(surface.title), 60), fontsize=10, loc="left", parse_math=False)
    figure.legend(*curves.get_legend_handles_labels(), fontsize=8, frameon=False, loc="lower center", ncols=4)
    lines = -(-len(runs) // 4)
    figure.subplots_adjust(left=0.065, right=0.98, top=0.93, bottom=0.15 + 0.045 * lines, wspace=0.2)
    artists["moving"] = [a for name in ("trails", "curves", "heads", "ends") for a in artists[name]] + [
        artists["title"]
    ]
    return figure, artists


def _draw_ground(ax: Axes, surface: Surface) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    ax.set(xlim=surface.x, ylim=surface.y, xlabel="x", ylabel="f(x)" if surface.is_curve else "y")
    _soften(ax)
    if surface.is_curve:
        xs = np.linspace(*surface.x, 2 * COLUMNS)
        ax.plot(xs, surface.heights(xs), color=SOFT, lw=1.4, zorder=1)
    else:
        grid = np.meshgrid(np.linspace(*surface.x, COLUMNS), np.linspace(*surface.y, ROWS))
        heights = np.ma.masked_invalid(surface.heights(*grid))
        levels = contour_levels(np.asarray(heights.filled(np.nan)), surface.levels)
        if levels.size:
            shades = LinearSegmentedColormap.from_list("depth", [DEEP, "#ffffff"])
            bands = np.searchsorted(levels, heights.filled(np.inf), side="right")
            ax.imshow(
                bands,
                origin="lower",
                extent=(*surface.x, *surface.y),
                aspect="auto",
                cmap=shades,
                interpolation="bilinear",
            )
            ax.contour(*grid, heights, levels=levels, colors=CONTOUR, linewidths=0.7)
    for point in surface.minima:
        at = (*point, surface.heights(np.array(point[0])).item()) if surface.is_curve else point
        ax.plot(*at, "+", color="#2b2b2b", ms=11, mew=1.6)


def _draw_curves(ax: Axes, surface: Surface, runs: Sequence[Run], steps: int, low: float) -> None:
    from matplotlib.ticker import MaxNLocator

    _soften(ax)
    heights = np.concatenate([run.heights for run in runs]) - low
    heights = heights[np.isfinite(heights)]
    above = heights[heights > 0.0]
    # On a log scale where heights differ in their size, and are heights above something.
    log = above.size and above.max() > 10.0 * above.min() and (above.size == heights.size or surface.minima)
    ax.set(xlim=(0, steps), xlabel="step", ylabel="height above the minimum" if low else "height")
    if log:
        bottom = max(float(above.min()), 1e-16 * float(above.max()))
        ax.set(yscale="log", ylim=(0.7 * bottom, 1.5 * float(above.max())))
    elif heights.size:
        least, most = float(heights.min()), float(heights.max())
        margin = 0.06 * (most - least) or 1.0
        ax.set_ylim(least - margin, most + margin)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))


def _lowest(surface: Surface) -> float:
    return min((surface.heights(*map(np.array, point)).item() for point in surface.minima), default=0.0)


def _soften(ax: Axes) -> None:
    ax.tick_params(colors=SOFT, labelsize=8)
    for spine in ax.spines.values():
        spine.set_color(LINE)


def _advance(artists: dict[str, Any], runs: Sequence[Run], step: int) -> None:
    """Put everything that moves where it is at a step."""
    for run, trail, head, curve, end in zip(
        runs, artists["trails"], artists["heads"], artists["curves"], artists["ends"], strict=True
    ):
        reached = min(step, len(run.points) - 1)
        points = run.points[: reached + 1]
        x, y = points[:, 0], run.heights[: reached + 1] if points.shape[1] == 1 else points[:, 1]
        trail.set_data(x, y)
        head.set_data(x[-1:], y[-1:])
        heights = run.heights[: reached + 1] - artists["low"]
        curve.set_data(np.arange(reached + 1), heights)
        end.set_data([reached], heights[-1:])
    artists["title"].set_text(f"step {step}")
