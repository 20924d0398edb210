from __future__ import annotations

import io
import json
import random
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from twin.kpis.frame import FrameBuilder
from twin.runs.compare import compare
from twin.runs.errors import RunError

Fill = dict[str, list[float]]


def make_run(
    folder: Path, fill: Fill, *, scenario: str = "shop", seed: int = 7, status: str = "complete"
) -> Path:
    """A run folder with the fill rate of each variant and replication; lost units are its complement."""
    folder.mkdir(parents=True)
    tables = []
    for variant, rates in fill.items():
        for replication, rate in enumerate(rates, start=1):
            builder = FrameBuilder()
            for dimension, member, value in (("all", "all", rate), ("location", "S1", rate / 2)):
                codes = builder.members([member])
                builder.add("fill_rate", dimension, codes, np.array([value]))
                builder.add("lost_units", dimension, codes, np.array([1000 * (1 - value)]))
                builder.add("cost_backorder", dimension, codes, np.array([0.0]))
            tables.append(builder.frame().to_arrow(variant=variant, replication=replication))
    if tables:
        pq.write_table(pa.concat_tables(tables), folder / "kpis.parquet")
    info = {
        "run": folder.name, "scenario": scenario, "seed": seed, "variants": list(fill) or ["base"],
        "replications": int(status.rpartition(" of ")[2]) if " of " in status else max(map(len, fill.values())),
        "state": status.split(":")[0], "reason": None,
        "finished": {variant: len(rates) for variant, rates in fill.items()},
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(info), encoding="utf-8")
    return folder


def noisy(level: float, seed: int = 1, n: int = 8) -> list[float]:
    rng = random.Random(seed)
    return [level + rng.gauss(0, 0.01) for _ in range(n)]


def references(comparison: Any) -> list[tuple[str, str | None]]:
    return [(one.label, one.reference) for one in comparison.series]


def fill_difference(comparison: Any, which: int = 1) -> Any:
    row = next(row for row in comparison.rows() if row.kpi.name == "fill_rate")
    return row.cells[which].difference


def test_variants_of_one_run(tmp_path: Path) -> None:
    run = make_run(tmp_path / "r", {"base": noisy(0.9), "cheap": noisy(0.91), "dear": noisy(0.92)})
    got = compare([run])
    assert references(got) == [("base", None), ("cheap", "base"), ("dear", "base")]
    d = fill_difference(got)
    assert d.paired  # the noise is shared and cancels
    assert d.interval == pytest.approx((0.01, 0.01))


def test_one_seed_is_paired_and_two_are_not(tmp_path: Path) -> None:
    a = make_run(tmp_path / "a", {"base": noisy(0.9)}, scenario="old")
    b = make_run(tmp_path / "b", {"base": noisy(0.91)}, scenario="new")
    c = make_run(tmp_path / "c", {"base": noisy(0.91, seed=2)}, scenario="other", seed=8)
    paired, apart = fill_difference(compare([a, b])), fill_difference(compare([a, c]))
    assert paired.paired and not apart.paired
    assert paired.half_width < 1e-9 < apart.half_width


def test_like_is_compared_with_like(tmp_path: Path) -> None:
    a = make_run(tmp_path / "a", {"base": noisy(0.9), "cheap": noisy(0.8)}, scenario="old")
    b = make_run(tmp_path / "b", {"base": noisy(0.9), "cheap": noisy(0.9), "new": noisy(0.9)}, scenario="new")
    assert references(compare([a, b])) == [
        ("old/base", None), ("old/cheap", None),
        ("new/base", "old/base"), ("new/cheap", "old/cheap"), ("new/new", "old/base"),
    ]  # fmt: skip
    chosen = compare([a, b], baseline="new/cheap")
    assert references(chosen)[0] == ("new/cheap", None)
    assert {reference for _, reference in references(chosen)[1:]} == {"new/cheap"}


def test_runs_are_told_apart_by_the_shortest_names(tmp_path: Path) -> None:
    fill = {"base": noisy(0.9)}
    a, b = make_run(tmp_path / "x" / "r1", fill), make_run(tmp_path / "x" / "r2", fill)
    c = make_run(tmp_path / "y" / "r2", fill, scenario="shop")
    other = make_run(tmp_path / "z", fill, scenario="market")
    assert [s.label for s in compare([a, other]).series] == ["shop", "market"]
    assert [s.label for s in compare([a, b]).series] == ["r1", "r2"]
    assert [s.label for s in compare([b, c]).series] == [str(b.resolve()), str(c.resolve())]


def test_one_member_of_a_dimension(tmp_path: Path) -> None:
    run = make_run(tmp_path / "r", {"base": [0.8, 0.9]})
    got = compare([run], dimension="location", member="S1").as_dict()
    assert got["series"][0]["kpis"]["fill_rate"]["mean"] == pytest.approx(0.425)
    with pytest.raises(RunError, match="has no KPIs for location S9 to compare"):
        compare([run], dimension="location", member="S9")


def test_plain_values_for_json(tmp_path: Path) -> None:
    run = make_run(tmp_path / "r", {"base": [0.8, 0.9], "cheap": [0.7, 0.8]})
    got = json.loads(json.dumps(compare([run], level=0.9).as_dict(), allow_nan=False))
    assert got["level"] == 0.9
    cheap = got["series"][1]
    assert (cheap["label"], cheap["reference"]) == ("cheap", "base")
    fill = cheap["kpis"]["fill_rate"]
    assert (fill["n"], fill["unit"]) == (2, "ratio")
    assert fill["difference"]["mean"] == pytest.approx(-0.1)
    assert fill["difference"]["paired"] is True
    assert "difference" not in got["series"][0]["kpis"]["fill_rate"]


def test_the_table_says_when_a_run_is_not_complete(tmp_path: Path) -> None:
    a = make_run(tmp_path / "a", {"base": noisy(0.9)}, scenario="old")
    b = make_run(tmp_path / "b", {"base": noisy(0.8, n=3)}, scenario="new", status="interrupted: 3 of 8")
    out = io.StringIO()
    compare([a, b]).print(file=out)
    lines = out.getvalue().splitlines()
    assert lines[0] == "old · new"
    assert lines[-1] == "new is not complete (interrupted: 3 of 8)."
    assert any(line.split()[:1] == ["fill_rate"] and line.endswith("worse") for line in lines)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"baseline": "nobody"}, "no series 'nobody' to compare with; expected one of base"),
        ({"level": 95}, "level 95: expected a number between 0 and 1"),
    ],
)
def test_bad_options(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    run = make_run(tmp_path / "r", {"base": [0.9]})
    with pytest.raises(RunError, match=message):
        compare([run], **options)


def test_bad_runs(tmp_path: Path) -> None:
    run = make_run(tmp_path / "r", {"base": [0.9]})
    empty = make_run(tmp_path / "e", {}, status="interrupted: 0 of 8")
    with pytest.raises(RunError, match="at least one run folder"):
        compare([])
    with pytest.raises(RunError, match="given twice"):
        compare([run, run])
    with pytest.raises(RunError, match=r"has no KPIs to compare \(interrupted: 0 of 8\)"):
        compare([empty])
    with pytest.raises(RunError, match="no such run folder"):
        compare([tmp_path / "nowhere"])


class Page(HTMLParser):
    """Checks that tags close in order, and keeps what matters."""

    VOID = frozenset({"meta", "line", "circle", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, tag: str, name: str) -> list[str]:
        return [value for t, n, value in self.attributes if (t, n) == (tag, name)]


def test_the_report_is_one_file_that_fetches_nothing(tmp_path: Path) -> None:
    run = make_run(tmp_path / "r", {"base": noisy(0.9), "cheap": noisy(0.91)})
    compare([run]).write_html(tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert not {name for _, name, _ in page.attributes} & {"src", "href", "onload", "onclick"}
    assert "<script" not in text and "@import" not in text and "url(" not in text and "http" not in page.text
    assert page.values("html", "lang") == ["en"]
    assert "default-src 'none'; style-src 'unsafe-inline'" in page.values("meta", "content")


def test_the_report_draws_every_figure_and_says_it_in_words(tmp_path: Path) -> None:
    run = make_run(tmp_path / "r", {"base": noisy(0.9), "cheap": noisy(0.91)})
    page = Page(compare([run]).html())
    labels = page.values("svg", "aria-label")
    assert len(labels) == 2 * 3  # two KPIs: two means and a difference each
    assert "+1.000 pts ± 0.000" in labels
    for word in ("fill_rate", "baseline", "better", "Zero throughout: cost_backorder."):
        assert word in page.text
    xs = [float(x) for tag in ("line", "circle") for a in ("x1", "x2", "cx") for x in page.values(tag, a)]
    assert all(0 <= x <= 240 for x in xs)


def test_intervals_are_drawn_to_scale(tmp_path: Path) -> None:
    run = make_run(tmp_path / "r", {"base": [0.0, 0.5, 1.0]})
    page = Page(compare([run]).html())
    # The interval 0.5 ± 1.242 is the whole axis, 6 to 234 pixels: 1.0 lies at 6 + 228 * 1.742 / 2.484.
    assert page.values("circle", "cx")[:4] == ["74.1", "120.0", "165.9", "120.0"]


def test_names_from_outside_are_escaped(tmp_path: Path) -> None:
    run = make_run(
        tmp_path / "r", {"base": [0.8, 0.9], "<b>&": [0.8, 0.9]}, scenario="<script>alert(1)</script>"
    )
    text = compare([run]).html()
    assert "<script" not in text and "<b>" not in text
    assert "&lt;b&gt;&amp;" in text
    assert Page(text).open == []


def test_a_kpi_that_one_run_cannot_tell(tmp_path: Path) -> None:
    a = make_run(tmp_path / "a", {"base": [0.8, 0.9]}, scenario="old")
    b = make_run(tmp_path / "b", {"base": [0.8, 0.9]}, scenario="new")
    rows = pq.read_table(b / "kpis.parquet").to_pylist()
    kept = [row for row in rows if row["kpi"] != "fill_rate"]
    pq.write_table(pa.Table.from_pylist(kept), b / "kpis.parquet")
    comparison = compare([a, b])
    assert "cannot be told" in Page(comparison.html()).text
    assert "fill_rate" not in comparison.as_dict()["series"][1]["kpis"]


def test_one_replication_each(tmp_path: Path) -> None:
    run = make_run(tmp_path / "r", {"base": [0.8], "cheap": [0.9]})
    page = Page(compare([run]).html())
    assert "one replication" in page.text
    assert "±" not in "".join(page.values("svg", "aria-label"))


def test_runs_of_different_lengths_are_compared_over_what_they_share(tmp_path: Path) -> None:
    """Means and differences are of the same replications: a mean over all would not differ by the difference shown."""
    rates = noisy(0.8)
    long = make_run(tmp_path / "long", {"base": [*rates, 0.1, 0.2]}, scenario="long")
    short = make_run(tmp_path / "short", {"base": [rate + 0.01 for rate in rates]}, scenario="short")
    comparison = compare([long, short])
    row = next(row for row in comparison.rows() if row.kpi.name == "fill_rate")
    first, second = row.cells
    assert first is not None and second is not None and second.difference is not None
    assert (first.estimate.n, second.estimate.n, second.difference.n) == (8, 8, 8)
    assert second.estimate.mean - first.estimate.mean == pytest.approx(second.difference.mean)
    (note,) = comparison.notes
    assert "the 8 replications that all have" in note and "long has 10" in note and "short has 8" in note
    assert note in comparison.html() and note in comparison.as_dict()["notes"]
    out = io.StringIO()
    comparison.print(out)
    assert note in out.getvalue() and "over 8 replications" in out.getvalue()


def test_runs_of_other_seeds_keep_all_of_theirs(tmp_path: Path) -> None:
    a = make_run(tmp_path / "a", {"base": noisy(0.8, n=9)}, scenario="a")
    b = make_run(tmp_path / "b", {"base": noisy(0.8, n=4)}, scenario="b", seed=8)
    comparison = compare([a, b])
    row = next(row for row in comparison.rows() if row.kpi.name == "fill_rate")
    assert [cell.estimate.n for cell in row.cells if cell] == [9, 4] and comparison.notes == ()
