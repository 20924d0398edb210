"""Recorded sales: sold as they were recorded, to the line, where and when the scenario wants them."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios import ScenarioError
from tests.twin.scenes import TWO_STORES, lines_of, plan_of, run
from twin.simulate import Plan

STOCK = "inventory: {opening: {units: 1000}}\nassortment: {skus: [A, B]}"

FEED = """time,location,sku,quantity
2026-01-05T12:00:00,S1,A,56
2026-02-20T12:00:00,S1,A,0
2026-03-01T23:59:59,S1,A,28
2026-03-02T00:00:00,S1,A,1
2026-03-03T10:00:00,S2,B,2
2026-03-03T10:00:00,S1,B,3
2026-03-03T10:00:00,S1,A,4
2026-03-08T23:59:59.999999,S2,A,5
2026-03-09T00:00:00,S1,A,6
2026-03-04T10:00:00,S9,A,7
2026-03-04T10:00:00,S1,X,8
"""


def replayed(folder: Path, feed: str = FEED, more: str = "", *parts: str) -> Plan:
    path = folder / "sales.csv"
    path.write_text(feed)
    return plan_of(TWO_STORES, STOCK, f"demand: {{pos: {{replay: {path}{more}}}}}", *parts)


def sold(plan: Plan) -> list[tuple[float, str, str, int]]:
    """All lines of a run: day, location, SKU, units."""
    return [(line.day, line.location, line.sku, line.units) for line in lines_of(plan)]


def test_lines_of_the_horizon_are_sold_and_no_others(tmp_path: Path) -> None:
    plan = replayed(tmp_path)
    ten = 1 + 10 / 24
    assert sold(plan) == [
        (0.0, "S1", "A", 1),
        (ten, "S1", "B", 3),
        (ten, "S1", "A", 4),
        (ten, "S2", "B", 2),
        (pytest.approx(7), "S2", "A", 5),
    ]
    ran = run(plan)
    assert (ran.total("lines"), ran.total("sold")) == (5, 15)
    assert any("2 lines" in note and "does not have" in note for note in plan.demand.notes)


def test_demand_is_estimated_from_the_eight_weeks_before(tmp_path: Path) -> None:
    plan = replayed(tmp_path)
    s1 = plan.network.index["S1"]
    mean, variance = plan.demand.moments(s1, 2)
    assert mean.tolist() == [pytest.approx((56 + 28) / 55.5), 0]  # the first line is 55 and a half days old
    assert variance[0] == pytest.approx((56**2 + 28**2) / 55.5)


def test_without_lines_before_the_start_it_is_estimated_from_the_run(tmp_path: Path) -> None:
    feed = "".join(line for line in FEED.splitlines(True) if not line.startswith(("2026-01", "2026-02", "2026-03-01")))
    plan = replayed(tmp_path, feed)
    mean, _ = plan.demand.moments(plan.network.index["S1"], 2)
    assert mean.tolist() == pytest.approx([5 / 7, 3 / 7])
    assert any("no lines before the start" in note for note in plan.demand.notes)


def test_columns_zone_and_shift(tmp_path: Path) -> None:
    feed = "when,store,item,n\n2025-03-03T09:30:00,S2,B,2\n"
    columns = ", columns: {time: when, location: store, sku: item, quantity: n}, timezone: Europe/Berlin, shift: 364d"
    ((day, *line),) = sold(replayed(tmp_path, feed, columns))
    assert day == pytest.approx(8.5 / 24) and line == ["S2", "B", 2]


def test_only_the_locations_selected_replay(tmp_path: Path) -> None:
    assert {line[1] for line in sold(replayed(tmp_path, more=", at: {ids: [S2]}"))} == {"S2"}


@pytest.mark.parametrize("days", [1, 2, 3])
def test_slices_of_any_length_make_the_same_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    whole = sold(replayed(tmp_path))
    monkeypatch.setattr(Plan, "chunk_days", days)
    assert sold(replayed(tmp_path)) == whole


def test_a_feed_from_another_time_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no line of it lies within the run") as caught:
        replayed(tmp_path, "time,location,sku,quantity\n2020-03-03,S1,A,1\n")
    assert "shift" in str(caught.value)


def test_a_line_too_large_to_keep_is_left_out_and_said(tmp_path: Path) -> None:
    plan = replayed(tmp_path, FEED + "2026-03-05T10:00:00,S1,A,40000\n")
    assert len(sold(plan)) == 5
    assert any("2 lines of sales.csv are of locations or SKUs" in note for note in plan.demand.notes)
    assert any("1 lines of sales.csv are of more than 32,767 units" in note for note in plan.demand.notes)


def test_bad_rows_are_counted_and_the_first_named(tmp_path: Path) -> None:
    plan = replayed(tmp_path, FEED + "2026-03-05T10:00:00,S1,A,x\n" * 25)
    count = plan.demand.bad_rows
    named = [note for note in plan.demand.notes if note.startswith("  line ")]
    assert count >= 25 and f"{count} rows of sales.csv could not be read and were left out:" in plan.demand.notes
    assert len(named) == 20 and f"  … and {count - 20} more" in plan.demand.notes
