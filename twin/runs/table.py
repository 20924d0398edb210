"""KPIs as a table in the terminal, or as plain aligned lines where there is none.

One row a KPI, grouped; every variant with its mean and the half-width of its interval, and beside it the
difference from the baseline with the word that matters: better, worse, not significant.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

from twin.kpis.definitions import GROUPS
from twin.kpis.kpi import Unit
from twin.kpis.summary import Cell, Row, Series, Values, Verdict, series_of, tabulate
from twin.kpis.wording import Wording, wording, wording_of_change

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

_COLOURS: dict[Verdict, str] = {
    "better": "green", "worse": "red", "higher": "cyan", "lower": "cyan",
    "not significant": "dim", "same": "dim",
}  # fmt: skip

_UNLIMITED = 10_000  # columns: lines of a file are never wrapped


def print_kpis(
    values: Values,
    *,
    title: str = "",
    baseline: str | None = None,
    level: float = 0.95,
    file: TextIO | None = None,
) -> None:
    """Print the KPIs of a run's variants, side by side, each against the baseline.

    Parameters
    ----------
    values : mapping
        variant -> kpi -> replication -> value, as from :func:`twin.kpis.summary.overall_values`.
    title : str
        A line above.
    baseline : str, optional
        The variant that the others are compared with; the first unless given.
    level : float
        Confidence of the intervals.
    file : text stream
        Standard output unless given. In a terminal there is colour and the tables keep to its width;
        elsewhere come plain lines.
    """
    print_series(series_of(values, baseline), title=title, level=level, file=file)


def print_series(
    series: Sequence[Series], *, title: str = "", level: float = 0.95, file: TextIO | None = None
) -> None:
    """Print any series with their references, as ``print_kpis`` does for the variants of one run."""
    from rich.console import Console

    out = file if file is not None else sys.stdout
    console = Console(file=out, highlight=False)
    if not console.is_terminal:
        out.write(plain_text(series, title=title, level=level, encoding=getattr(out, "encoding", None)))
        return
    for part in renderables(series, title=title, level=level, console=console):
        console.print(part)


def plain_text(
    series: Sequence[Series], *, title: str = "", level: float = 0.95, encoding: str | None = "utf-8"
) -> str:
    """The same as aligned lines: no colour, nothing wrapped, and only what the encoding can spell."""
    from rich.console import Console

    buffer = io.StringIO()
    console = Console(file=buffer, width=_UNLIMITED, color_system=None, force_terminal=False, highlight=False)
    for part in renderables(series, title=title, level=level, console=console):
        console.print(part)
    text = "".join(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())
    try:
        text.encode(encoding or "utf-8")
    except UnicodeEncodeError:
        text = text.replace("±", "+-").encode("ascii", "replace").decode("ascii")
    return text


def renderables(
    series: Sequence[Series], *, title: str, level: float, console: Console
) -> Iterator[RenderableType]:
    """Title, tables and notes, for :meth:`rich.console.Console.print`."""
    from rich.markup import escape
    from rich.text import Text

    if title:
        yield Text(title, style="bold")
    if not any(one.kpis for one in series):
        yield Text("No replication is finished: there is nothing to show.")
        return
    for reference in (one for one in series if one.reference is None):
        candidates = [one for one in series if one.reference == reference.label]
        for table in _fitting(reference, candidates, level, console):
            yield ""
            yield table
    yield ""
    for note in _notes(series, level):
        yield f"[dim]{escape(note)}[/dim]"


def _fitting(reference: Series, candidates: list[Series], level: float, console: Console) -> Iterator[Table]:
    """Tables led by the reference, each with as many candidates as the width of the console has room for.

    Where not even one finds room beside the reference, the values go without their intervals.
    """
    options = console.options.update(max_width=_UNLIMITED)

    def fits(table: Table) -> bool:
        return console.measure(table, options=options).maximum <= console.width

    halves = not candidates or all(fits(_table([reference, one], level)) for one in candidates)
    part, table = [reference], _table([reference], level, halves)
    for candidate in candidates:
        wider = _table([*part, candidate], level, halves)
        if len(part) > 1 and not fits(wider):
            yield table
            part, wider = [reference], _table([reference, candidate], level, halves)
        part, table = [*part, candidate], wider
    yield table


def _table(series: Sequence[Series], level: float, halves: bool = True) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column("", no_wrap=True)
    for one in series:
        table.add_column(Text(one.label, style="bold"), justify="right", no_wrap=True)
        if halves:
            table.add_column("", no_wrap=True)
        if one.reference is not None:
            table.add_column(Text("difference", style="bold"), justify="right", no_wrap=True)
            table.add_column("", no_wrap=True)
            table.add_column("", no_wrap=True)
    shown = [row for row in tabulate(series, level) if not row.zero]
    for group in GROUPS:
        rows = [row for row in shown if row.kpi.group == group]
        if rows:
            table.add_row(Text(group.capitalize(), style="bold"))
        for row in rows:
            table.add_row(Text(f"  {row.kpi.name}"), *_line(row, series, halves))
    return table


def _line(row: Row, series: Sequence[Series], halves: bool) -> Iterator[Text]:
    """The cells of one KPI: value and half-width of each series, then difference, half-width and verdict."""
    cells = [cell for cell in row.cells if cell is not None]
    values = wording(
        row.kpi.unit, [cell.estimate.mean for cell in cells], [cell.estimate.half_width for cell in cells]
    )
    for one, cell in zip(series, row.cells, strict=True):
        yield from _value(cell, values, halves)
        if one.reference is not None:
            yield from _change(cell, row.kpi.unit, "not significant" if halves else "not sig.")


def _value(cell: Cell | None, words: Wording, halves: bool) -> Iterator[Text]:
    from rich.text import Text

    yield Text("-" if cell is None else words.value(cell.estimate.mean))
    if halves:
        half = None if cell is None else cell.estimate.half_width
        yield Text("" if half is None else f"± {words.half(half)} ", style="dim")


def _change(cell: Cell | None, unit: Unit, short: str) -> Iterator[Text]:
    from rich.text import Text

    change = None if cell is None else cell.difference
    said: Verdict = "" if cell is None else cell.verdict
    style = _COLOURS.get(said, "")
    if change is None or said == "same":
        yield from (Text(""), Text(""))
    else:
        words, half = wording_of_change(unit, change.mean, change.half_width), change.half_width
        yield Text(words.change(change.mean), style=style)
        yield Text("" if half is None else f"± {words.half(half)}", style="dim")
    yield Text(f"{short if said == 'not significant' else said} ", style=style)


def _notes(series: Sequence[Series], level: float) -> Iterator[str]:
    """What a reader must know to read the table rightly."""
    counts = {len(samples) for one in series for samples in one.kpis.values()}
    most = max(counts)
    if most == 1:
        yield "One replication: no interval. Run more to learn how sure these figures are (--replications)."
    else:
        yield f"± is half of the {level:.0%} interval over {most} replications."
    candidates = [one for one in series if one.reference is not None]
    if candidates and all(one.matched for one in candidates):
        yield "Differences are paired by replication: both sides share their random numbers."
    elif candidates:
        yield "Seeds differ, so some differences are not paired by replication and their intervals are wider."
    rows = list(tabulate(series, level))
    short = [f"{row.kpi.name} ({min(_told(row))} of {most})" for row in rows if min(_told(row)) < most]
    if short:
        yield f"Not told by every replication: {', '.join(short)}."
    zero = [row.kpi.name for row in rows if row.zero]
    if zero:
        yield f"Zero throughout: {', '.join(zero)}."


def _told(row: Row) -> list[int]:
    return [cell.estimate.n for cell in row.cells if cell is not None]
