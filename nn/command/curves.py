"""The curves of several trainings over each other, as a picture."""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib import rc_context
from matplotlib.figure import Figure

from nn.command.course import Course

# Okabe and Ito's colours, each with every style.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8c8c8c")
STYLES = ("-", "--", ":", "-.")


def draw_courses(courses: Sequence[Course], title: str) -> bytes:
    """An SVG picture: the losses of the rows trained on, and of those held out, by epoch; the legend has the best first."""
    made = Figure(figsize=(11.0, 4.6), layout="constrained")
    left, right = made.subplots(1, 2, sharey=True)
    lines = []
    for number, course in enumerate(courses):
        colour, style = COLOURS[number % len(COLOURS)], STYLES[number // len(COLOURS) % len(STYLES)]
        epochs = range(1, len(course.losses) + 1)
        left.plot(epochs, course.losses, style, color=colour, linewidth=1.6)
        (line,) = right.plot(epochs, course.judged, style, color=colour, linewidth=1.6)
        lines.append(line)
    for place, what in ((left, "rows trained on"), (right, "rows held out")):
        place.set(yscale="log", xlabel="epoch", title=what)
        place.grid(alpha=0.25)
        place.spines[["top", "right"]].set_visible(False)
    left.set_ylabel("loss")
    made.legend(
        lines, [course.name for course in courses], loc="outside right upper", frameon=False, title="best first"
    )
    made.suptitle(title, parse_math=False)
    file = io.BytesIO()
    with rc_context({"svg.hashsalt": "stepgrad", "svg.fonttype": "none"}):
        made.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()
