"""A session as one HTML page that needs nothing else: the diagram, on which the forward and the backward pass are played."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from autograd.debug.errors import describe_error
from autograd.debug.event import Event
from autograd.debug.replay import Replay
from autograd.debug.tape import Tape
from autograd.draw.arrange import arrange
from autograd.draw.page import to_html
from autograd.draw.scene import Scene
from autograd.draw.snapshot import Snapshot
from autograd.draw.staging import Staging
from autograd.draw.story import Change, Moment, Story, Track
from autograd.graph.node import Const, Node
from autograd.wording.steps import describe

# Events that are told one by one; of a longer session those around its position are, and the others in so many runs.
MAX_TOLD_EVENTS, MAX_RUNS = 4000, 400
# Operands of one event that are told.
MAX_OPERANDS = 100


def session_page(session: Replay, tape: Tape, title: str = "") -> str:
    """The page of a session, opened at its position."""
    return to_html(*scene_and_story(session, tape, title))


def scene_and_story(session: Replay, tape: Tape, title: str = "") -> tuple[Scene, Story]:
    """The diagram of a session, and what happens in it moment by moment."""
    shot = TapeShot(tape)
    told = title or f"{tape.names[tape.root]}, forward and backward"
    arranged = arrange(shot.nodes, lambda groups: Staging(shot, groups, group_by="module", title=told))
    staging, scene = arranged.staging, arranged.scene
    if session.edits:
        # The program's own `.grad` is of the values before the edits.
        scene = replace(
            scene, boxes=[replace(b, notes=tuple(n for n in b.notes if n[0] != ".grad")) for b in scene.boxes]
        )
    return scene, Telling(session, tape, staging, scene).story()


class TapeShot(Snapshot):
    """What a tape recorded, as a diagram shows it; no pass is run for it."""

    def __init__(self, tape: Tape) -> None:
        self.root, self.nodes, self.values = tape.root, tape.nodes, dict(tape.values)
        self.names, self.variables = tape.names, tape.variables
        self.order = [step.node for step in tape.steps]
        self.gradients = dict(tape.upstream)
        self.sent = {(step.node, sent.index): sent.value for step in tape.steps for sent in step.sent}


class Telling:
    """Makes the story of a session: what happens at every moment, and what each box shows from then on."""

    def __init__(self, session: Replay, tape: Tape, staging: Staging, scene: Scene) -> None:
        self._session, self._tape = session, tape
        self._box = {node: box.key for box, group in zip(scene.boxes, staging.groups, strict=True) for node in group}
        # Which boxes tell of a node: its own, and the modules around it of which it is a result.
        self._shown_in: defaultdict[Node, list[str]] = defaultdict(list)
        self._members: dict[str, list[Node]] = {}
        self._whole: dict[tuple[str, str], str] = {}
        for box, group in zip(scene.boxes, staging.groups, strict=True):
            self._members[box.key] = group
        inside: defaultdict[str, list[Node]] = defaultdict(list)
        around = {cluster.key: cluster.parent for cluster in scene.clusters}
        for box in scene.boxes:
            cluster = box.cluster
            while cluster is not None:
                inside[cluster] += self._members[box.key]
                cluster = around[cluster]
        self._members |= {key: staging.outputs(nodes) for key, nodes in inside.items()}
        for key, nodes in self._members.items():
            for node in nodes:
                self._shown_in[node].append(key)
        for box in (*scene.boxes, *(cluster.box for cluster in scene.clusters)):
            self._whole |= {(box.key, "value"): box.value, (box.key, "gradient"): box.gradient}
        self._arrivals: defaultdict[int, list[tuple[Node, Any]]] = defaultdict(list)
        self._left: defaultdict[tuple[str, str], int] = defaultdict(int)
        for node, arrivals in tape.arrivals.items():
            for number, total in arrivals:
                self._arrivals[number].append((node, total))
            for key in self._shown_in[node]:
                self._left[key, "gradient"] += len(arrivals)
        for key, nodes in self._members.items():
            self._left[key, "value"] = sum(node in tape.computed for node in nodes)
        self._begun: defaultdict[tuple[str, str], set[Node]] = defaultdict(set)

    def story(self) -> Story:
        session, tape = self._session, self._tape
        # A box of leaves shows their values before anything happens.
        start = [(key, "value", self._whole[key, "value"]) for key in self._members if not self._left[key, "value"]]
        runs = list(self._runs())
        moments = [self._moment(run) for run in runs]
        ends = [run[-1] for run in runs]
        full = len(runs) == len(tape)
        watched = tape.nodes if full else session.watches
        return Story(
            length=len(tape),
            forward=len(tape.operations),
            moments=moments,
            start=start,
            position=bisect_left(ends, session.position) + 1 if session.position else 0,
            tracks=[self._track(node, ends) for node in watched if node.__class__ is not Const],
            watches=[tape.names[node] for node in session.watches],
            breakpoints=[(number, str(point)) for number, point in session.breakpoints.items()],
            calculation="upstream · local = contribution"
            if tape.values[tape.root].__class__ is float
            else "rule: contribution",
            remarks=list(self._remarks(full)),
        )

    def _runs(self) -> Iterator[range]:
        """Which events are told as one: each by itself, but far from the position of a long session."""
        length, forward = len(self._tape), len(self._tape.operations)
        first = max(0, min(self._session.position - MAX_TOLD_EVENTS // 2, length - MAX_TOLD_EVENTS)) + 1
        last = min(first + MAX_TOLD_EVENTS - 1, length)
        size = -(-max(length - MAX_TOLD_EVENTS, 1) // MAX_RUNS)
        ends = sorted(
            {*range(size, first, size), first - 1, *range(first, last + 1), *range(last, length, size), forward, length}
        )
        start = 1
        for end in ends:
            if end >= start:
                yield range(start, end + 1)
                start = end + 1

    def _moment(self, run: range) -> Moment:
        tape, number = self._tape, run[-1]
        event = Event(tape, number)
        changes = self._changes(run)
        if len(run) > 1:
            nodes = [
                tape.operations[n - 1] if event.phase == "forward" else tape.steps[n - 1 - len(tape.operations)].node
                for n in run
            ]
            text = f"events {run[0]:,} to {number:,}: {tape.names[nodes[0]]} … {tape.names[nodes[-1]]}"
            return Moment(number, event.phase, self._boxes(nodes), [], text, changes=changes)
        node = event.node
        others = node.parents if event.phase == "forward" else [sent.parent for sent in event.sent]
        rows = [(sent.name, event.calculation(sent), describe(sent.total)) for sent in event.sent[:MAX_OPERANDS]]
        notes = [f"… and {len(event.sent) - MAX_OPERANDS:,} more operands"] if len(event.sent) > MAX_OPERANDS else []
        if event.site is not None:
            notes.append(str(event.site))
        words = [event.name, node.op.name.removesuffix("_n") if node.op is not None else "", node.scope or ""]
        return Moment(
            number,
            event.phase,
            self._boxes([node]),
            self._boxes(others),
            event.headline,
            rows,
            notes,
            list(dict.fromkeys(filter(None, words))),
            changes,
            self._session.stopping_at(number),
        )

    def _boxes(self, nodes: Iterable[Node]) -> list[str]:
        return list(dict.fromkeys(self._box[node] for node in nodes))

    # what boxes show

    def _changes(self, run: range) -> list[Change]:
        latest: dict[tuple[str, str], Any] = {}
        for number in run:
            if number <= len(self._tape.operations):
                node = self._tape.operations[number - 1]
                self._note_change(node, "value", self._tape.values[node], latest)
            for node, total in self._arrivals[number]:
                self._note_change(node, "gradient", total, latest)
        return [(key, what, self._text(key, what, x)) for (key, what), x in latest.items()]

    def _note_change(self, node: Node, what: str, x: Any, latest: dict[tuple[str, str], Any]) -> None:
        for key in self._shown_in[node]:
            self._left[key, what] -= 1
            self._begun[key, what].add(node)
            latest[key, what] = x

    def _text(self, key: str, what: str, x: Any) -> str:
        """The latest number for a box of several nodes, until all are there."""
        if not self._left[key, what] and self._whole[key, what]:
            return self._whole[key, what]
        count = len(self._members[key])
        return describe(x) if count == 1 else f"{describe(x)} ({len(self._begun[key, what]):,} of {count:,})"

    def _track(self, node: Node, ends: Sequence[int]) -> Track:
        tape = self._tape
        computed = bisect_left(ends, tape.computed[node]) + 1 if node in tape.computed else 0
        # Of several sums within one moment the last.
        sums = {bisect_left(ends, number) + 1: total for number, total in tape.arrivals.get(node, ())}
        return Track(
            tape.names[node], [(computed, describe(tape.values[node]))], [(at, describe(x)) for at, x in sums.items()]
        )

    def _remarks(self, full: bool) -> Iterator[str]:
        session, tape = self._session, self._tape
        if session.edits:
            edits = ", ".join(f"{tape.names[node]} = {describe(x)}" for node, x in session.edits.items())
            yield f"Edited in the session: {edits}."
        if session.error is not None:
            yield f"The backward pass was stopped: {describe_error(session.error)}"
        if not full:
            yield (
                f"{MAX_TOLD_EVENTS:,} of the {len(tape):,} events are shown one by one, those around event {session.position:,}, and "
                "the others in runs without equations, where breakpoints do not stop and only the nodes that the session "
                "watches can be watched. For another part: session.goto(number), then session.page()."
            )
