"""A comparison as one HTML file: a table with a dot and an interval for every figure.

No script, no font, no image from anywhere: it can be mailed, kept and opened offline. Colour never says
anything alone: every dot has its figures, every difference its verdict beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from twin.kpis.definitions import GROUPS
from twin.kpis.intervals import Bounds
from twin.kpis.kpi import Unit
from twin.kpis.summary import Cell, Row, Series
from twin.kpis.wording import Wording, wording, wording_of_change

if TYPE_CHECKING:
    from twin.runs.compare import Comparison

_WIDTH, _HEIGHT, _MARGIN = 240, 22, 6  # of a chart, pixels

_STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--paper:#fff;
--dot:#0a4a8f;--better:#1a6e34;--worse:#a40e26;--plain:#57606a}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa4af;--line:#3d444d;--paper:#0d1117;
--dot:#79b8ff;--better:#56d364;--worse:#ff7b72;--plain:#9aa4af}}
body{font:15px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:2rem auto;
max-width:76rem;padding:0 1rem}
h1{font-size:1.4rem;margin:0 0 .3rem}h2{font-size:1.05rem;margin:2rem 0 .4rem}
p,small{color:var(--soft)}small{display:block;max-width:17rem;font-size:.8rem;line-height:1.3}
.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th{text-align:left;font-weight:600}thead th{font-size:.8rem;color:var(--soft)}
td,th{padding:.15rem .9rem .15rem 0;vertical-align:top;white-space:nowrap}
tbody{border-top:1px solid var(--line)}tbody th[scope=rowgroup]{white-space:normal}
td.n{text-align:right}svg{display:block}
line{stroke:var(--plain);stroke-width:2}.axis{stroke:var(--line);stroke-width:1}
circle{fill:var(--dot)}.one{fill:var(--soft);opacity:.35}
.better line{stroke:var(--better)}.better circle{fill:var(--better)}td.better{color:var(--better)}
.worse line{stroke:var(--worse)}.worse circle{fill:var(--worse)}td.worse{color:var(--worse)}
"""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@dataclass(frozen=True)
class _Axis:
    """A horizontal scale shared by the charts of one KPI."""

    low: float
    high: float

    @classmethod
    def over(cls, figures: Iterable[float]) -> _Axis:
        shown = list(figures)
        low, high = min(shown, default=0.0), max(shown, default=0.0)
        return cls(low - 0.5, high + 0.5) if low == high else cls(low, high)

    def x(self, figure: float) -> float:
        """Pixels from the left."""
        share = (figure - self.low) / (self.high - self.low)
        return _MARGIN + share * (_WIDTH - 2 * _MARGIN)


def report(comparison: Comparison) -> str:
    """The whole report as HTML."""
    title = escape(comparison.title)
    shown = [row for row in comparison.rows() if not row.zero]
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<title>{title}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{title}</h1>",
        *_about(comparison),
        *(line for group in GROUPS for line in _section(group, shown, comparison.series)),
        *_zero(comparison),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _about(comparison: Comparison) -> Iterator[str]:
    yield (
        f"<p>Dots are means, lines their {comparison.level:.0%} intervals, pale dots single replications. "
        "A difference whose interval holds zero is not significant.</p>"
    )
    for note in comparison.notes:
        yield f"<p>{escape(note)}</p>"
    yield '<div class="wide"><table><thead><tr>'
    heads = ("run", "folder", "seed", "replications", "state")
    yield "".join(f'<th scope="col">{head}</th>' for head in heads) + "</tr></thead><tbody>"
    for source in comparison.sources:
        replications = max(len(s) for kpis in source.variants.values() for s in kpis.values())
        cells = (source.folder.resolve().name, str(source.seed), str(replications), source.status)
        yield f'<tr><th scope="row">{escape(source.label)}</th>'
        yield "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
    yield "</tbody></table></div>"


def _section(group: str, rows: Sequence[Row], series: Sequence[Series]) -> Iterator[str]:
    chosen = [row for row in rows if row.kpi.group == group]
    if not chosen:
        return
    yield f'<h2>{group.capitalize()}</h2><div class="wide"><table><thead><tr>'
    heads = ("KPI", "series", "mean", "mean and interval", "difference", "difference and interval", "verdict")
    yield "".join(f'<th scope="col">{head}</th>' for head in heads) + "</tr></thead>"
    for row in chosen:
        yield from _kpi(row, series)
    yield "</table></div>"


def _kpi(row: Row, series: Sequence[Series]) -> Iterator[str]:
    """One KPI: a table body with a line for each series."""
    cells = [cell for cell in row.cells if cell is not None]
    changes = [cell.difference for cell in cells if cell.difference is not None]
    means, halves = [c.estimate.mean for c in cells], [c.estimate.half_width for c in cells]
    values = wording(row.kpi.unit, means, halves)
    axis = _Axis.over(x for c in cells for x in (*c.samples.values(), *(c.estimate.interval or ())))
    zero = _Axis.over([0.0, *(x for d in changes for x in (d.mean, *(d.interval or ())))])
    name = f"{row.kpi.name}<small>{escape(row.kpi.text)}</small>"
    head = f'<th scope="rowgroup" rowspan="{len(series)}">{name}</th>'
    yield "<tbody>"
    for one, cell in zip(series, row.cells, strict=True):
        yield f"<tr>{head}<td>{escape(one.label)}</td>" + (
            "<td colspan=5>cannot be told</td></tr>"
            if cell is None
            else _value(cell, values, axis) + _change(cell, row.kpi.unit, zero) + "</tr>"
        )
        head = ""
    yield "</tbody>"


def _value(cell: Cell, words: Wording, axis: _Axis) -> str:
    text = _text(words.value(cell.estimate.mean), words, cell.estimate.half_width)
    singles = cell.samples.values() if len(cell.samples) > 1 else ()
    chart = _chart(axis, cell.estimate.mean, cell.estimate.interval, text, singles=singles)
    return f'<td class="n">{text}</td><td>{chart}</td>'


def _change(cell: Cell, unit: Unit, axis: _Axis) -> str:
    d = cell.difference
    if d is None:
        return "<td></td><td></td><td>baseline</td>"
    look = cell.verdict if cell.verdict in ("better", "worse") else "plain"
    words = wording_of_change(unit, d.mean, d.half_width)
    text = _text(words.change(d.mean), words, d.half_width)
    chart = _chart(axis, d.mean, d.interval, text, look=look, mark=0.0)
    said = cell.verdict or "one replication"
    return f'<td class="n">{text}</td><td>{chart}</td><td class="{look}">{said}</td>'


def _text(figure: str, words: Wording, half: float | None) -> str:
    return escape(figure if half is None else f"{figure} ± {words.half(half)}")


def _chart(
    axis: _Axis,
    mean: float,
    interval: Bounds | None,
    text: str,
    *,
    look: str = "",
    mark: float | None = None,
    singles: Iterable[float] = (),
) -> str:
    """A dot with its interval; ``mark`` is where an upright line stands."""
    y = _HEIGHT / 2
    parts = [_line(_MARGIN, _WIDTH - _MARGIN, y, "axis")]
    if mark is not None:
        x = axis.x(mark)
        parts.append(f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="2" y2="{_HEIGHT - 2}"/>')
    parts += [f'<circle class="one" cx="{axis.x(v):.1f}" cy="{y:.1f}" r="2.5"/>' for v in singles]
    if interval is not None:
        parts.append(_line(axis.x(interval[0]), axis.x(interval[1]), y, "interval"))
    parts.append(f'<circle cx="{axis.x(mean):.1f}" cy="{y:.1f}" r="4"/>')
    size = f'width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    return f'<svg class="{look}" {size} role="img" aria-label="{text}">{"".join(parts)}</svg>'


def _line(x1: float, x2: float, y: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" x2="{x2:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _zero(comparison: Comparison) -> Iterator[str]:
    names = [row.kpi.name for row in comparison.rows() if row.zero]
    if names:
        yield f"<p>Zero throughout: {', '.join(names)}.</p>"
