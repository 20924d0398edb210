from __future__ import annotations

import json

import pytest

from tests.twin.kpis.fabricate import LABELS, empty, put
from twin.kpis.compute import compute
from twin.kpis.definitions import KPIS
from twin.kpis.frame import KpiFrame
from twin.kpis.intervals import Difference
from twin.kpis.ledger import CostRates
from twin.kpis.summary import (
    Series,
    difference,
    overall_values,
    series_of,
    summarise,
    tabulate,
    values_of_rows,
    verdict,
)


def frame(sold: int, demanded: int = 100) -> KpiFrame:
    ledger = empty()
    put(ledger, 0, 0, demanded=demanded, sold=sold)
    return compute(ledger, LABELS, CostRates())


FRAMES = {"base": {1: frame(90), 2: frame(92)}, "other": {1: frame(94), 2: frame(97)}}


def test_kpis_json_of_the_contract() -> None:
    summary = summarise(overall_values(FRAMES), run="r-1", scenario="two-stores")
    assert (summary["run"], summary["scenario"], summary["replications"]) == ("r-1", "two-stores", 2)
    fill = summary["variants"]["base"]["fill_rate"]
    assert list(fill) == ["mean", "sd", "ci95", "n", "unit"]
    assert fill["mean"] == pytest.approx(0.91)
    assert fill["sd"] == pytest.approx(0.01 * 2**0.5)
    assert fill["ci95"] == pytest.approx([0.91 - 12.7062 * 0.01, 0.91 + 12.7062 * 0.01], rel=1e-5)
    assert (fill["n"], fill["unit"]) == (2, "ratio")
    assert list(summary["variants"]["base"]) == [k for k in KPIS if k in summary["variants"]["base"]]
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary


def test_one_replication_has_null_for_what_it_cannot_know() -> None:
    summary = summarise(overall_values({"base": {1: frame(90)}}), run="r", scenario="s")
    assert summary["variants"]["base"]["fill_rate"] == {
        "mean": 0.9, "sd": None, "ci95": None, "n": 1, "unit": "ratio",
    }  # fmt: skip


def test_n_counts_the_replications_that_can_tell() -> None:
    values = overall_values({"base": {1: frame(90), 2: frame(0, demanded=0), 3: frame(80)}})
    summary = summarise(values, run="r", scenario="s")
    assert summary["replications"] == 3
    assert summary["variants"]["base"]["fill_rate"]["n"] == 2
    assert summary["variants"]["base"]["demand_units"]["n"] == 3


def test_rows_of_parquet_hold_the_same_values() -> None:
    import pyarrow as pa

    tables = [f.to_arrow(variant=v, replication=r) for v, frames in FRAMES.items() for r, f in frames.items()]
    rows = pa.concat_tables(tables)
    assert values_of_rows(rows) == overall_values(FRAMES)
    at_s1 = values_of_rows(rows, dimension="location", member="S1")
    assert at_s1["other"]["fill_rate"] == {1: 0.94, 2: 0.97}
    assert values_of_rows(rows, dimension="location", member="S9") == {}
    assert values_of_rows(pa.table({})) == {}


def test_differences_are_paired_by_number_of_replication() -> None:
    baseline, candidate = {1: 1.0, 2: 5.0, 3: 9.0}, {3: 9.5, 2: 5.5, 1: 1.5, 4: 99.0}
    d = difference(candidate, baseline, matched=True)
    assert d == Difference(0.5, (0.5, 0.5), 3, paired=True)
    unmatched = difference(candidate, baseline, matched=False)
    assert not unmatched.paired
    assert unmatched.mean == pytest.approx((9.5 + 5.5 + 1.5 + 99) / 4 - 5)
    assert not difference({5: 1.0}, {6: 2.0}, matched=True).paired  # nothing in common


@pytest.mark.parametrize(
    ("kpi", "interval", "word"),
    [
        ("fill_rate", (0.1, 0.3), "better"),
        ("fill_rate", (-0.3, -0.1), "worse"),
        ("lost_units", (0.1, 0.3), "worse"),
        ("lost_units", (-0.3, -0.1), "better"),
        ("on_hand_mean", (0.1, 0.3), "higher"),
        ("on_hand_mean", (-0.3, -0.1), "lower"),
        ("fill_rate", (-0.1, 0.3), "not significant"),
        ("fill_rate", (0.0, 0.0), "same"),
        ("fill_rate", None, ""),
    ],
)
def test_verdicts(kpi: str, interval: tuple[float, float] | None, word: str) -> None:
    mean = sum(interval) / 2 if interval else 0.2
    assert verdict(KPIS[kpi], Difference(mean, interval, 8, paired=True)) == word


def test_the_baseline_comes_first() -> None:
    values = overall_values(FRAMES)
    assert [(s.label, s.reference) for s in series_of(values)] == [("base", None), ("other", "base")]
    swapped = series_of(values, baseline="other")
    assert [(s.label, s.reference) for s in swapped] == [("other", None), ("base", "other")]
    with pytest.raises(ValueError, match=r"baseline\(='nobody'\) must be one of the variants base, other"):
        series_of(values, baseline="nobody")
    assert series_of({}) == []


def test_rows_keep_the_order_of_the_definitions_and_of_the_series() -> None:
    rows = list(tabulate(series_of(overall_values(FRAMES))))
    assert [row.kpi.name for row in rows] == [k for k in KPIS if k in {row.kpi.name for row in rows}]
    fill = next(row for row in rows if row.kpi.name == "fill_rate")
    base, other = fill.cells
    assert base is not None and base.difference is None
    assert other is not None and other.difference is not None
    assert other.difference.mean == pytest.approx(0.045)


def test_a_series_may_lack_a_kpi() -> None:
    series = [Series("a", {"fill_rate": {1: 0.5}}), Series("b", {"turns": {1: 3.0}}, reference="a")]
    rows = {row.kpi.name: row.cells for row in tabulate(series)}
    assert rows["fill_rate"][1] is None
    turns = rows["turns"][1]
    assert turns is not None and turns.difference is None
