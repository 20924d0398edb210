"""The log of a run holds what the record heard before the end, no less and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.twin.logged import rows_of
from tests.twin.scenes import TWO_STORES, plan_of, run
from twin.body.replay import replay_events
from twin.events import Kind

SELLING = """
demand:
  pos: [{at: {kind: store}, sku: A, every: 20m}, {at: {ids: [S1]}, sku: B, rate: 40/d}]
  UNMET
inventory: {opening: {units: 600}}
assortment: {skus: [A, B]}
streams: {pos: {latency: LATENCY}}
policies: {reorder: [{where: {kind: store}, use: base_stock, level: 600, REVIEW}]}
"""


@pytest.mark.parametrize("start", ["2026-03-05", "2026-03-02", "2026-10-29"])  # the clocks go forward, stay, and go back
@pytest.mark.parametrize("latency", ["0s", "3h"])
@pytest.mark.parametrize("rest", [("", "review: 1d"), ("", "review: 0s"), ("unmet: backorder", "review: 1d")])
def test_what_is_heard_after_the_end_is_not_kept(start: str, latency: str, rest: tuple[str, str], tmp_path: Path) -> None:
    """What was sold on the last day and not heard of by its end is not in the log."""
    time = f"name: test\ntime: {{start: {start}, days: 6, timezone: America/New_York}}"
    text = SELLING.replace("UNMET", rest[0]).replace("REVIEW", rest[1]).replace("LATENCY", latency)
    plan = plan_of(time, TWO_STORES, text.replace("review: 0s", "review: continuous"))
    ran = run(plan, folder=tmp_path, keep_events=True)
    rows = rows_of(tmp_path / "events" / "events.parquet")
    sales = [row for row in rows if row["kind"] == Kind.SALE]
    assert max(row["record_time"] for row in rows) < plan.scenario.end_us
    assert all(0 <= row["units"] <= 2 for row in sales)
    snapshot = ran.simulation.snapshots[-1]
    assert sum(row["units"] for row in sales) == ran.total("sold") - int(snapshot.in_flight.sum())
    assert (snapshot.in_flight.sum() > 0) == (latency == "3h")
    assert ran.result is not None
    replayed = replay_events(plan, tmp_path / "events", strict=True)
    assert (replayed.events_digest, replayed.decisions_digest) == (ran.result.events_digest, ran.result.decisions_digest)
