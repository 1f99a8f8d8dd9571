"""`Staging`: what each box, arrow and frame of a diagram shows of a graph, put together as a scene."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from autograd.draw.labels import format_parameter, is_number, kind_of, local_derivative, operation_of, tell_norms
from autograd.draw.scene import MIN_BUNDLED, Arrow, Box, Cluster, Scene, bundle_arrows
from autograd.draw.snapshot import Snapshot
from autograd.draw.strip import depths, draw_strip, steps_in, steps_within
from autograd.draw.style import state_of
from autograd.engine import formula
from autograd.graph.node import Const, Node, get_grad
from autograd.wording.numbers import Numbers, format_number, in_double, magnitude, summarise

# A formula that is longer, or a choice, says less on an edge than its number.
MAX_LABEL = 24
# What can stand in a formula: a name, and no sign of an operation. In place of anything else there is what no name has.
NAME_PATTERN, NO_NAME = re.compile(r"[\w.#]+"), "\0"


@dataclass
class Staging:
    """Everything that a scene is made from.

    Attributes
    ----------
    shot : Snapshot
    groups : list of list of Node
        Each is one box.
    since : Snapshot or None
        The pass to compare with.
    group_by : {"module", "site", None}
        What frames are drawn around.
    names : mapping of Node to str
        Names that the nodes do not have themselves.
    modules : mapping of str to str
        What the modules of each path are called.
    lit : set of (Node, int)
        Edges of an explanation.
    failed : (Node, str) or None
        What stands for a call that raised an error, and the error in a few words.
    """

    shot: Snapshot
    groups: list[list[Node]]
    since: Snapshot | None = None
    group_by: str | None = None
    names: Mapping[Node, str] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)
    lit: frozenset[tuple[Node, int]] = frozenset()
    passes: str = "both"
    title: str = ""
    failed: tuple[Node, str] | None = None

    def __post_init__(self) -> None:
        self._before = self.shot.match(self.since) if self.since is not None else {}
        self._shown = self.passes != "forward" and bool(self.shot.gradients)
        self._number = {node: number for number, node in enumerate(self.shot.nodes)}
        self._unit = magnitude(self.shot.gradients.get(self.shot.root, 1.0)) or 1.0
        self._box_of: dict[Node, str] = {}
        for group in self.groups:
            self._box_of.update(dict.fromkeys(group, f"n{self._number[group[0]]}"))
        self._frames = {group[0]: self.frame(group) for group in self.groups}
        self._titles = {group[0]: self._title(group) for group in self.groups}
        # In formulas a node is called as its box is.
        self._words = dict(self.shot.names)
        for group in self.groups:
            title = self._titles[group[0]]
            self._words.update(
                dict.fromkeys(group, title if len(group) == 1 or NAME_PATTERN.fullmatch(title) else NO_NAME)
            )

    def make_scene(self, expand: bool | Sequence[str], level: int = 0) -> Scene:
        """Put it all together; modules are folded, but for those to expand and those around them.

        Parameters
        ----------
        expand : bool or sequence of str
        level : int
            0 folds the modules that have none within, each more those around what is folded.
        """
        boxes = self._boxes
        clusters = self._clusters(boxes, expand, level)
        order = dict.fromkeys(self._box_of[node] for node in self.shot.order if node in self._box_of)
        keys = {c.box.notes[0][1]: c.key for c in clusters}
        return Scene(
            [replace(box, cluster=keys.get(box.cluster or "")) for box in boxes],
            self._drawn_arrows,
            clusters,
            list(order) if self._shown else [],
            self.title,
            self.passes if self._shown else "forward",
            self.since is not None,
        )

    @property
    def levels(self) -> int:
        """How many modules are within each other at most: so many ways there are to fold them; 1 where there are none."""
        frames = [frame for frame in self._frames.values() if frame is not None]
        return 1 + max((frame.count(".") for frame in frames), default=0) if self.group_by == "module" else 1

    @cached_property
    def _boxes(self) -> list[Box]:
        return [self._box(group) for group in self.groups]

    @cached_property
    def _drawn_arrows(self) -> list[Arrow]:
        return bundle_arrows(self._arrows())

    # boxes

    def _box(self, group: list[Node]) -> Box:
        node = group[0]
        parts: list[tuple[str, Numbers]] = []
        value, gradient = "", ""
        if self.passes != "backward" or node.__class__ is Const or not self._shown:
            value = self._describe("value", self.shot.values, "values", group, parts)
        if self._shown and all(n in self.shot.gradients for n in group):
            gradient = self._describe("gradient", self.shot.gradients, "gradients", group, parts)
        title, kind = self._titles[node], kind_of(node)
        failed = self.failed is not None and node is self.failed[0]
        if failed and node is self.shot.root:
            # It gave no value.
            value, parts = "", []
        operation = operation_of(node) or ("" if node.__class__ is Const or self.is_named(node) else kind)
        norms = self._norms(steps_in(group, self._depth))
        return Box(
            f"n{self._number[node]}",
            title,
            operation if title != operation else "",
            kind,
            len(group),
            value,
            gradient,
            tuple(parts),
            (*self._notes(group), *tell_norms(norms)),
            self._frames[node],
            "failed" if failed else "",
            self.failed[1] if failed and self.failed is not None else "",
            draw_strip(norms),
        )

    @cached_property
    def _depth(self) -> dict[Node, int]:
        return depths(self.shot.nodes)

    def _norms(self, steps: list[Node]) -> list[float]:
        """The norms of the gradients of steps in time; nothing where not all have one."""
        if not self._shown or self.since is not None or any(node not in self.shot.gradients for node in steps):
            return []
        return [magnitude(self.shot.gradients[node]) for node in steps]

    def _title(self, group: list[Node]) -> str:
        """The name of a box; what its nodes are, where they are several without names; of a number nothing."""
        node = group[0]
        if node.__class__ is Const:
            return "" if len(group) == 1 else kind_of(node)
        return self._name(group, self._frames[node]) or operation_of(node) or kind_of(node)

    def is_named(self, node: Node) -> bool:
        """Whether the program calls it something."""
        return bool(self.names.get(node) or node.name or node in self.shot.variables)

    def _name(self, group: list[Node], frame: str | None) -> str:
        known = self.shot.names if len(group) == 1 else self.shot.variables
        paths = (self.names.get(node) or (len(group) > 1 and node.name) or known.get(node, "") for node in group)
        names = list(dict.fromkeys(path.removeprefix(f"{frame}.") for path in paths))
        if len(names) <= 1 or "" in names:
            return names[0] if len(names) == 1 else ""
        return f"{names[0]} … {names[-1]}"

    def _describe(
        self,
        what: str,
        now: Mapping[Node, Any],
        of_since: str,
        group: list[Node],
        parts: list[tuple[str, Numbers]],
    ) -> str:
        found = summarise([now[node] for node in group])
        parts.append((what, found))
        if self.since is None:
            return found.text
        then: Mapping[Node, Any] = getattr(self.since, of_since)
        earlier = [then.get(self._before[node]) for node in group]
        if any(e is None for e in earlier):
            return found.text
        with np.errstate(all="ignore"):
            changes = summarise([in_double(now[n]) - e for n, e in zip(group, earlier, strict=True)])
        parts.append((f"change of the {what}", changes))
        if found.size == 1:
            was = summarise(earlier)
            return found.text if was.text == found.text else f"{was.text} → {found.text}"
        return f"changed by {changes.text}" if changes.norm or changes.broken else "unchanged"

    def _notes(self, group: list[Node]) -> Iterable[tuple[str, str]]:
        node = group[0]
        if len(group) > 1:
            yield "nodes", f"{len(group):,}"
        if node.op is not None and node.params:
            yield "parameters", ", ".join(f"{k}={format_parameter(v)}" for k, v in node.params.items())[:200]
        if node.scope:
            yield "module", node.scope
        if node.site is not None:
            yield "recorded at", f"{node.site}"
        stored = get_grad(node) if len(group) == 1 and node.op is None and node.requires_grad else None
        # A Value's gradient is 0 before the first pass.
        if stored.__class__ is float and stored == 0.0:
            stored = None
        if self._shown and stored is not None and node in self.shot.gradients:
            with np.errstate(all="ignore"):
                same = np.allclose(stored, self.shot.gradients[node], rtol=1e-6, equal_nan=True)
            if not same:
                yield ".grad", f"{summarise([stored]).text}: of several passes, or zeroed since"

    # clusters

    def frame(self, group: list[Node]) -> str | None:
        """The module path, or the source line, that a box stands in."""
        if self.group_by is None:
            return None
        if self.group_by == "site":
            sites = {str(node.site) for node in group if node.site is not None}
            return sites.pop() if len(sites) == 1 and group[0].op is not None else None
        scopes = {self.shot.scope(node) for node in group}
        return scopes.pop() if len(scopes) == 1 else None

    def _clusters(self, boxes: list[Box], expand: bool | Sequence[str], level: int) -> list[Cluster]:
        paths: dict[str, None] = {}
        for box in boxes:
            if box.cluster is not None:
                parts = box.cluster.split(".") if self.group_by == "module" else [box.cluster]
                paths.update(dict.fromkeys(".".join(parts[: k + 1]) for k in range(len(parts))))
        keys = {path: f"m{number}" for number, path in enumerate(paths)}
        found = []
        for path, key in keys.items():
            inside = [b for b in boxes if b.cluster is not None and self._is_within(b.cluster, path)]
            parent = path.rpartition(".")[0] if self.group_by == "module" else ""
            within = [other for other in paths if self._is_within(other, path)]
            inner = max(other.count(".") for other in within) - path.count(".") <= level
            # What is expanded is not hidden in a module that is folded.
            wanted = (
                expand
                if isinstance(expand, bool)
                else any(self._is_within(path, e) or self._is_within(e, path) for e in expand)
            )
            folded = self.group_by == "module" and inner and not wanted
            found.append(Cluster(key, self._module(path, key, inside, keys.get(parent)), folded))
        return found

    def _is_within(self, path: str, outer: str) -> bool:
        return path == outer or (self.group_by == "module" and path.startswith(outer + "."))

    def _module(self, path: str, key: str, inside: list[Box], parent: str | None) -> Box:
        keys = {box.key for box in inside}
        members = [group for group in self.groups if self._box_of[group[0]] in keys]
        nodes = [node for group in members for node in group]
        outputs = self.outputs(nodes)
        parts: list[tuple[str, Numbers]] = []
        value, gradient = "", ""
        if outputs:
            if self.passes != "backward" or not self._shown:
                value = self._describe("value", self.shot.values, "values", outputs, parts)
            if self._shown and all(n in self.shot.gradients for n in outputs):
                gradient = self._describe("gradient", self.shot.gradients, "gradients", outputs, parts)
        for group in members:
            if group[0].op is None and group[0].__class__ is not Const:
                name = self._name(group, path) or "leaf"
                self._describe(name, self.shot.values, "values", group, parts)
                if self._shown and all(n in self.shot.gradients for n in group):
                    self._describe(f"gradient of {name}", self.shot.gradients, "gradients", group, parts)
        operations = dict.fromkeys(g[0].op.name.removesuffix("_n") for g in members if g[0].op is not None)
        called = self.modules.get(path, "")
        norms = self._norms(steps_within([n for n in self.shot.nodes if n in set(nodes)], self._depth))
        words = ", ".join(list(operations)[:4]) + (", …" if len(operations) > 4 else "")
        return Box(
            key,
            f"{path} {called}".strip(),
            words if words.lower() != called.lower() else "",
            "module",
            len(nodes),
            value,
            gradient,
            tuple(parts),
            (
                ("module" if self.group_by == "module" else "line", path),
                ("nodes", f"{len(nodes):,}"),
                *tell_norms(norms),
            ),
            parent,
            strip=draw_strip(norms),
        )

    def outputs(self, nodes: Sequence[Node]) -> list[Node]:
        """The results of a module with these nodes: what others use, and the root."""
        inside = set(nodes)
        used = self.shot.consumers
        return [n for n in nodes if n.op is not None and (n is self.shot.root or any(c not in inside for c in used[n]))]

    # arrows

    def _arrows(self) -> Iterable[Arrow]:
        edges: defaultdict[tuple[str, str, int], list[tuple[Node, int]]] = defaultdict(list)
        for node in (n for group in self.groups for n in group):
            target = self._box_of[node]
            for index, parent in enumerate(node.parents):
                source = self._box_of.get(parent)
                if source is not None and (source != target or self._recurs(node, parent)):
                    edges[source, target, index].append((node, index))
        for (source, target, index), members in edges.items():
            yield self._arrow(f"{target}_{index}_{source}", source, target, members)

    def _recurs(self, node: Node, parent: Node) -> bool:
        """Whether a box sends to itself in a way worth an arrow: a step of a recurrence is, a term of a sum is not."""
        return node.op is not None and node.op is not parent.op

    def _arrow(self, key: str, source: str, target: str, members: list[tuple[Node, int]]) -> Arrow:
        lit = any(edge in self.lit or (self.failed is not None and edge[0] is self.failed[0]) for edge in members)
        sent = [self.shot.sent[edge] for edge in members if edge in self.shot.sent] if self._shown else []
        if not sent:
            return Arrow(key, source, target, count=len(members), lit=lit)
        if self.since is not None:
            sent = [self._change_of(edge) for edge in members if edge in self.shot.sent]
        found = summarise(sent)
        strength = max(map(magnitude, sent)) / self._unit if not found.broken else float("nan")
        flat = np.concatenate([np.ravel(in_double(s)) for s in sent])
        with np.errstate(all="ignore"):
            sizes = float(np.sum(np.abs(flat)))
            balance = float(np.sum(flat).real) / sizes if 0.0 < sizes < np.inf else 0.0
        label = self._label(members)
        return Arrow(
            key,
            source,
            target,
            label,
            self._derivative(members, label),
            state_of(found, strength),
            strength,
            balance,
            found,
            len(members),
            lit,
        )

    def _change_of(self, edge: tuple[Node, int]) -> Any:
        assert self.since is not None
        node, index = edge
        before = self.since.sent.get((self._before[node], index))
        now = self.shot.sent[edge]
        with np.errstate(all="ignore"):
            return now if before is None else in_double(now) - before

    def _derivative(self, members: list[tuple[Node, int]], label: str) -> str:
        (node, index), *others = members
        named = self._words[node], self._words[node.parents[index]]
        if others or not label or NO_NAME in named or self.shot.values[node].__class__ is not float:
            return ""
        return f"∂{named[0]}/∂{named[1]} = {label}"

    def _label(self, members: list[tuple[Node, int]]) -> str:
        node = members[0][0]
        if len(node.parents) > MIN_BUNDLED:
            # Each would cost as much as the operation has operands.
            return ""
        scalar = self.shot.values[node].__class__ is float
        text = self._formula(members, scalar)
        if not scalar:
            return text
        locals_ = [local_derivative(self.shot, n, i) for n, i in members]
        value = summarise(locals_).text
        if self.since is not None:
            was = summarise([local_derivative(self.since, self._before[n], i) for n, i in members]).text
            value = value if was == value else f"{was} → {value}"
        # A constant operand is not a formula.
        plain = text in ("", value, format_number(locals_[0])) or is_number(text)
        return value if plain else f"{text} = {value}"

    def _formula(self, members: list[tuple[Node, int]], local: bool) -> str:
        """The formula that all of these edges have; none where they have several, or a long one."""
        alike: dict[Hashable, tuple[Node, int]] = {}
        for node, index in members:
            operands = (self._words.get(p) if p.__class__ is not Const else _identify(p.data) for p in node.parents)
            alike.setdefault((node.op, repr(node.params or ""), self._words.get(node), *operands), (node, index))
        text, *others = {
            formula.contribution_formula(node, index, local=local, names=self._words) for node, index in alike.values()
        }
        return "" if others or len(text) > MAX_LABEL or "where(" in text or NO_NAME in text else text


def _identify(constant: Any) -> Hashable:
    return constant if isinstance(constant, float) else id(constant)
