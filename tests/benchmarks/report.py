"""What a benchmark found, in the columns of the book's table: for a terminal, and as GitHub's Markdown."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from tests.benchmarks.timing import Times

COLUMNS = ("what", "stepgrad", "peer", "stepgrad / peer", "bar")


@dataclass(frozen=True)
class Row:
    """One line: what was measured, here and by a peer, the ratio with its quartiles, the bar and whether it is met."""

    what: str
    mine: str
    peer: str = ""
    ratio: str = ""
    bar: str = ""
    met: bool | None = None

    def cells(self, missed: str) -> tuple[str, ...]:
        """The texts of the columns, with this word where the bar is missed."""
        verdict = "" if self.met is None else f", {'met' if self.met else missed}"
        return self.what, self.mine, self.peer, self.ratio, self.bar + verdict


@dataclass(frozen=True)
class Extra:
    """A table with columns of its own."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass
class Report:
    """What one room of the benchmarks found.

    Attributes
    ----------
    quick : bool
        Whether a rough answer will do.
    rows : list of Row
    extras : list of Extra
    notes : list of str
    """

    quick: bool = False
    rows: list[Row] = field(default_factory=list)
    extras: list[Extra] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def rounds(self, full: int) -> int:
        """How many rounds to measure."""
        return max(3, full // 5) if self.quick else full

    def installed(self, peers: Mapping[str, str]) -> list[str]:
        """Of contestants and the packages that they need, those that can take part; the others are noted as missing."""
        found = []
        for name, package in peers.items():
            if importlib.util.find_spec(package) is not None:
                found.append(name)
            else:
                self.note(f"{package} is not installed, so {name} is not measured: pip install 'stepgrad[bench]'")
        return found

    def compare(self, what: str, times: Mapping[str, Times], bars: Mapping[str, float], mine: str = "stepgrad") -> None:
        """Rows of one contestant beside each of the others.

        Parameters
        ----------
        what : str
        times : dict of str to Times
        bars : dict of str to float
            The ratio to each peer that is not to be exceeded, where there is one.
        mine : str
            Which contestant is compared.
        """
        own = times[mine]
        shown = _duration(own.median)
        peers = [name for name in times if name != mine]
        if not peers:
            self.rows.append(Row(what, shown))
        for name in peers:
            middle, low, high = own.ratio(times[name])
            bar = bars.get(name)
            self.rows.append(
                Row(
                    what,
                    shown,
                    f"{name} {_duration(times[name].median)}",
                    f"{middle:.3g} ({low:.3g} … {high:.3g})",
                    "" if bar is None else f"≤ {bar:.3g}",
                    None if bar is None else middle <= bar,
                )
            )
            what = shown = ""

    def line(
        self, what: str, figure: str, bar: str = "", met: bool | None = None, peer: str = "", ratio: str = ""
    ) -> None:
        """One figure, and its bar."""
        self.rows.append(Row(what, figure, peer, ratio, bar, met))

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table with columns of its own."""
        self.extras.append(Extra(title, columns, list(rows)))

    def note(self, text: str) -> None:
        """A sentence below, once."""
        if text not in self.notes:
            self.notes.append(text)


def show(report: Report, console: Console) -> None:
    """One room on a terminal."""
    if report.rows:
        _show(Extra("", COLUMNS, [row.cells("MISSED") for row in report.rows]), console)
    for extra in report.extras:
        _show(extra, console)
    for note in report.notes:
        console.print(note, markup=False)


def _show(extra: Extra, console: Console) -> None:
    table = Table(*extra.columns, title=extra.title or None, title_justify="left")
    for cells in extra.rows:
        table.add_row(*cells)
    console.print(table)


def markdown(reports: Sequence[Report]) -> str:
    """All rooms as GitHub's Markdown: one table of everything that is compared, then those with columns of their own."""
    rows = [row.cells("**missed**") for report in reports for row in report.rows]
    parts = [_markdown(COLUMNS, rows)] if rows else []
    for report in reports:
        parts += [f"{extra.title}:\n\n{_markdown(extra.columns, extra.rows)}" for extra in report.extras]
    notes = dict.fromkeys(note for report in reports for note in report.notes)
    return "\n\n".join([*parts, *notes]) + "\n"


def _markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(text.replace("|", "\\|") for text in row) + " |" for row in cells)


def _duration(seconds: float) -> str:
    """A time with four digits, in the unit that it is said in."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.4g} {unit}"
    return f"{seconds * 1e6:.4g} µs"
