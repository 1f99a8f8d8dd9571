"""A session as an SVG picture that steps by itself, forward and back: for places that run no script, such as a README.

Graphviz lays the picture out once, with all values and gradients in it. What changes from frame to frame is then shown and
hidden by CSS: each element has the frames in which it is seen, and elements with the same frames share one animation.
Where nothing moves (a reader prefers that, or a viewer knows no CSS), the last frame is seen.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from autograd.debug.errors import DebugError
from autograd.draw.dot import to_dot
from autograd.draw.render import render
from autograd.draw.scene import Scene
from autograd.draw.story import Moment, Story
from autograd.draw.style import FONT, GRADIENT, INK, LIT, NOTHING, PAPER, VALUE
from autograd.wording.steps import shorten, to_printable

SVG = "{http://www.w3.org/2000/svg}"
# Boxes and frames of a picture that can still be followed.
BOXES, FRAMES = 60, 120
# Characters of a line below the picture, and lines.
LONGEST, LINES = 76, 4
LINE, MARGIN = 18.0, 14.0
# Arrows over which nothing passes.
FAINT = 0.25


@dataclass(frozen=True)
class Frame:
    """What is seen for a while.

    Attributes
    ----------
    position : int
        How many moments have passed.
    moment : Moment or None
        The one that has just happened, or that was just taken back.
    back : bool
        Whether it was taken back.
    """

    position: int
    moment: Moment | None
    back: bool


@dataclass
class Timeline:
    """The animations of a picture: which elements are seen in which frames."""

    # A page may hold several pictures, whose styles are of the whole page: names are of one picture alone.
    prefix: str
    count: int
    seconds: float
    _names: dict[frozenset[int], str] = field(default_factory=dict)

    def seen(self, frames: Iterable[int]) -> str:
        """The attributes of an element that is seen in some frames, and else hidden."""
        chosen = frozenset(frames)
        if len(chosen) == self.count:
            return ""
        name = self._names.setdefault(chosen, f"{self.prefix}-{len(self._names)}")
        return f' class="{name}" opacity="{int(self.count - 1 in chosen)}"'

    def style(self) -> str:
        """The style sheet."""
        whole = f"{self.count * self.seconds:g}s"
        lines = []
        for chosen, name in self._names.items():
            keys, before = [], None
            for frame in range(self.count):
                if (now := int(frame in chosen)) != before:
                    keys.append(f"{100 * frame / self.count:.4g}%{{opacity:{now}}}")
                before = now
            lines.append(f"@keyframes {name}{{{''.join(keys)}}}.{name}{{animation:{name} {whole} step-end infinite}}")
        # Within each frame anew: from one end of an arrow to the other, and then it stays there.
        for way, start, end in (("go", 0, 100), ("come", 100, 0)):
            name = f"{self.prefix}-{way}"
            lines.append(f"@keyframes {name}{{0%{{offset-distance:{start}%}}60%,100%{{offset-distance:{end}%}}}}")
            lines.append(f".{name}{{animation:{name} {self.seconds:g}s ease-in-out infinite}}")
        still = f".{self.prefix} *{{animation:none!important}}.{self.prefix} .dot{{display:none}}"
        lines.append(f"@media (prefers-reduced-motion:reduce){{{still}}}")
        return f"<style>{''.join(lines)}</style>"


def animate(scene: Scene, story: Story, positions: Sequence[int] | None, seconds: float) -> str:
    """The picture; see `Session.animation`."""
    frames = _frames(story, positions)
    if len(scene.boxes) > BOXES or len(frames) > FRAMES:
        raise DebugError(
            f"an animation shows up to {BOXES} boxes and {FRAMES} frames; here are {len(scene.boxes)} and {len(frames)}: "
            "give fewer positions, or write a page"
        )
    if not seconds > 0.0:
        raise DebugError(f"seconds={seconds!r} is not a number above 0")
    dot = to_dot(replace(scene, title=""), legend=False)
    drawn = ElementTree.fromstring(render(dot, "svg"))  # noqa: S314 - of our own text
    graph = drawn.find(f"{SVG}g")
    assert graph is not None
    _, _, narrow, high = map(float, drawn.attrib["viewBox"].split())
    told = f"{dot} {[frame.position for frame in frames]} {seconds}"
    time = Timeline(f"s{hashlib.sha256(told.encode()).hexdigest()[:6]}", len(frames), seconds)
    said = _said(frames, time)
    # Below the picture: the events as a line of dots, and what happens.
    lines = max(text.count("<tspan") for text in said)
    wide, whole = max(narrow, LONGEST * 6.6), high + 2 * LINE + lines * LINE + MARGIN
    body = [
        f'<rect width="{wide:g}" height="{whole:g}" fill="{PAPER}"/>',
        f'<g transform="translate({(wide - narrow) / 2:g}) {graph.attrib["transform"]}">',
        *_picture(graph, scene, story, frames, time),
        "</g>",
        f'<g transform="translate({MARGIN:g} {high + LINE:g})" font-family="{FONT}" font-size="13">',
        *_progress(story, frames, time, wide - 2 * MARGIN),
        *said,
        "</g>",
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {whole:g}" width="{wide:g}" height="{whole:g}" '
        f'class="{time.prefix}" role="img"><title>{escape(to_printable(scene.title))}</title>{time.style()}{"".join(body)}</svg>\n'
    )


def _frames(story: Story, positions: Sequence[int] | None) -> list[Frame]:
    if positions is None:
        last = max([m.number for m in story.moments if m.phase == "backward" and m.rows], default=len(story.moments))
        positions = [*range(last + 1), *range(last - 1, story.forward - 1, -1)]
    frames: list[Frame] = []
    for position in positions:
        if not 0 <= position <= len(story.moments):
            raise DebugError(f"position {position!r} is not from 0 to {len(story.moments)}")
        before = frames[-1].position if frames else max(position - 1, 0)
        back = position < before
        passed = position + 1 if back else position
        frames.append(Frame(position, story.moments[passed - 1] if passed and position != before else None, back))
    if not frames:
        raise DebugError("an animation needs one position at least")
    return frames


def _shown(story: Story, frames: Sequence[Frame], key: str, what: str) -> list[str]:
    """What a box shows as its value or its gradient, in each frame."""
    texts = [""]
    texts += [text for box, kind, text in story.start if (box, kind) == (key, what)]
    by_position = [texts[-1]]
    for moment in story.moments:
        new = [text for box, kind, text in moment.changes if (box, kind) == (key, what)]
        by_position.append(new[-1] if new else by_position[-1])
    return [by_position[frame.position] for frame in frames]


def _picture(
    graph: ElementTree.Element, scene: Scene, story: Story, frames: Sequence[Frame], time: Timeline
) -> Iterable[str]:
    """Boxes and arrows, of what Graphviz laid out."""
    ends = {arrow.key: (arrow.source, arrow.target) for arrow in scene.arrows}
    for group in graph.findall(f"{SVG}g"):
        if group.get("class") == "edge":
            yield from _arrow(group, *ends[group.attrib["id"]], story, frames, time)
        elif group.get("class") == "node":
            yield from _box(group, story, frames, time)


def _box(group: ElementTree.Element, story: Story, frames: Sequence[Frame], time: Timeline) -> Iterable[str]:
    key = group.findtext(f"{SVG}title") or ""
    outline = next(iter(group.iter(f"{SVG}path")))
    yield _element("path", **outline.attrib)
    lit = [k for k, frame in enumerate(frames) if frame.moment is not None and key in frame.moment.boxes]
    if lit:
        yield f'<path d="{outline.attrib["d"]}" fill="none" stroke="{LIT}" stroke-width="4"{time.seen(lit)}/>'
    across = [float(number) for number in re.findall(r"-?[\d.]+", outline.attrib["d"])[::2]]
    middle = (min(across) + max(across)) / 2
    for text in group.iter(f"{SVG}text"):
        what = {VALUE: "value", GRADIENT: "gradient"}.get(text.get("fill", ""))
        if what is None:
            yield _element("text", text.text or "", **text.attrib)
            continue
        texts = _shown(story, frames, key, what)
        for shown in sorted(set(texts) - {""}):
            seen = time.seen(k for k, now in enumerate(texts) if now == shown)
            attributes = {**text.attrib, "x": f"{middle:g}", "text-anchor": "middle"}
            yield _element("text", shown, seen, **attributes)


def _arrow(
    group: ElementTree.Element, source: str, target: str, story: Story, frames: Sequence[Frame], time: Timeline
) -> Iterable[str]:
    lines = [part for part in group.iter() if part.tag in (f"{SVG}path", f"{SVG}polygon")]
    plain = "".join(_element(part.tag.removeprefix(SVG), **part.attrib) for part in lines)
    yield f'<g opacity="{FAINT}">{plain}</g>'
    passing: dict[tuple[str, bool], list[int]] = {}
    for k, frame in enumerate(frames):
        moment = frame.moment
        if moment is not None and target in moment.boxes and source in moment.operands:
            passing.setdefault((moment.phase, frame.back), []).append(k)
    if passing:
        yield f"<g{time.seen(k for found in passing.values() for k in found)}>{plain}</g>"
    # The local derivative is seen from when it is used.
    used = [m.number for m in story.moments if m.phase == "backward" and target in m.boxes and source in m.operands]
    known = [
        k for k, f in enumerate(frames) if used and (f.position >= used[0] or (f.moment and f.moment.number == used[0]))
    ]
    for text in group.iter(f"{SVG}text") if known else ():
        yield _element("text", text.text or "", time.seen(known), **text.attrib)
    course = next(part.attrib["d"] for part in lines if part.tag == f"{SVG}path")
    for (phase, back), found in passing.items():
        # A path goes from the operand to the result: so do values; gradients come back; and what is taken back turns round.
        way = "go" if (phase == "forward") != back else "come"
        colour = VALUE if phase == "forward" else GRADIENT
        look = f'fill="{colour}" class="dot {time.prefix}-{way}" style="offset-path:path(\'{course}\')"'
        yield f'<g{time.seen(found)}><circle r="5" {look}/></g>'


def _progress(story: Story, frames: Sequence[Frame], time: Timeline, wide: float) -> Iterable[str]:
    """A dot for every event; those that have happened are filled."""
    count = len(story.moments)
    step = min(22.0, wide / max(count, 1))
    for number, moment in enumerate(story.moments, 1):
        colour = VALUE if moment.phase == "forward" else GRADIENT
        at = f'cx="{(number - 0.5) * step:g}" cy="0" r="{min(5.0, step / 3):.3g}" stroke="{colour}"'
        yield f'<circle {at} fill="{PAPER}"/>'
        happened = [k for k, frame in enumerate(frames) if frame.position >= number]
        if happened:
            yield f'<circle {at} fill="{colour}"{time.seen(happened)}/>'


def _said(frames: Sequence[Frame], time: Timeline) -> list[str]:
    """What happens in each frame, in words."""
    found: dict[tuple[str, ...], list[int]] = {}
    for k, frame in enumerate(frames):
        found.setdefault(tuple(_lines(frame)), []).append(k)
    texts = []
    for lines, seen in found.items():
        first, *others = lines
        spans = [f'<tspan x="0" y="{2 * LINE - 6:g}" font-weight="bold">{escape(first)}</tspan>']
        spans += [f'<tspan x="16" dy="{LINE:g}">{escape(line)}</tspan>' for line in others]
        back = any(frames[k].back for k in seen)
        texts.append(f'<text fill="{NOTHING if back else INK}"{time.seen(seen)}>{"".join(spans)}</text>')
    return texts


def _lines(frame: Frame) -> list[str]:
    moment = frame.moment
    if moment is None:
        return ["before the first step" if frame.position == 0 else f"after event {frame.position}"]
    rows = [f"to {name}: {calculation}; {name} has {total}" for name, calculation, total in moment.rows]
    if len(rows) > LINES:
        rows[LINES - 1 :] = [f"… and {len(rows) - LINES + 1} more operands"]
    arrow = "◀ step back: " if frame.back else "▶ step: "
    return [shorten(to_printable(line), LONGEST) for line in (f"{arrow}{moment.text}", *rows)]


def _element(tag: str, text: str = "", more: str = "", /, **attributes: str) -> str:
    told = "".join(
        f' {name}="{escape(value, {chr(34): "&quot;"})}"' for name, value in attributes.items() if "{" not in name
    )
    return f"<{tag}{told}{more}>{escape(text)}</{tag}>" if text else f"<{tag}{told}{more}/>"
