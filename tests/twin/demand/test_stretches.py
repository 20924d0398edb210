"""However many days are drawn at once, and however few lines are handed out at a time: the same run, digest for digest."""

from __future__ import annotations

import numpy as np
import pytest

from tests.twin.scenes import TWO_STORES, digests, plan_of
from twin.clock import NEVER
from twin.simulate import Plan
from twin.world import lines

BUSY = """
demand:
  pos:
    - {at: {ids: [S1]}, sku: A, rate: 30/d, overdispersion: 3}
    - {at: {ids: [S2]}, sku: A, every: 1h, size: {dist: poisson, mean: 2}}
    - {at: {kind: store}, sku: B, rate: 5/d, hours: retail, weekdays: retail}
  unmet: UNMET
inventory:
  opening: {units: 60}
  shrink: {rate: .5/d}
  count: {where: {kind: store}, every: 2d}
streams:
  pos:
    latency: {dist: lognormal, mean: 20m, cv: 2}
    late: {share: .2, delay: {dist: exponential, mean: 1d}}
    duplicates: .2
    loss: .05
    catch_up: 2h
  warehouse: {latency: {dist: uniform, low: 1h, high: 9h}, duplicates: .3}
  count: {latency: 5h, duplicates: .5}
disruptions:
  - {at: 2026-03-04T10:00, for: 7h, offline: {ids: [S1]}}
policies:
  reorder:
    - {where: {kind: store}, use: base_stock, level: 40}
    - {where: {kind: fc}, use: r_Q, r: 60, Q: 50}
"""

UNMET = pytest.mark.parametrize("unmet", ["lost", "backorder"])


@UNMET
def test_days_drawn_at_once(unmet: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(TWO_STORES, BUSY.replace("UNMET", unmet))
    whole = digests(plan)
    for days in (1, 2, 5):
        monkeypatch.setattr(Plan, "chunk_days", days)
        assert digests(plan) == whole


@UNMET
def test_lines_handed_out_at_a_time(unmet: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(TWO_STORES, BUSY.replace("UNMET", unmet))
    whole = digests(plan)
    for stretch in (1, 7, 100):
        monkeypatch.setattr(lines, "STRETCH", stretch)
        assert digests(plan) == whole
    monkeypatch.setattr(Plan, "chunk_days", 1)
    assert digests(plan) == whole


@pytest.mark.parametrize("days", [1, 7])
def test_a_stretch_is_closed_by_rows_that_are_never_due_and_mean_nothing(days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lane looks ahead as far as them: a row number left in fresh memory would send it anywhere."""
    monkeypatch.setattr(Plan, "chunk_days", days)
    found = lines.Lines(plan_of(TWO_STORES, BUSY.replace("UNMET", "lost")), 1)
    heard_later = 0
    while not found.finished:
        stretch = found.next_stretch()
        assert stretch.sales[-1]["key"] == stretch.arrivals[-1]["key"] == NEVER
        assert np.all((stretch.arrivals["row"] >= 0) & (stretch.arrivals["row"] < stretch.sales.size))
        assert np.all(np.diff(stretch.sales["key"][stretch.carried.size :]) >= 0)
        assert np.all(np.diff(stretch.arrivals["key"]) >= 0)
        heard_later += stretch.carried.size
    assert (heard_later > 0) == (days == 1)


def test_other_replications_are_other_runs() -> None:
    plan = plan_of(TWO_STORES, BUSY.replace("UNMET", "lost"))
    found = [digests(plan, replication) for replication in (1, 2, 1)]
    assert found[0] == found[2]
    assert found[0][0] != found[1][0]
    assert found[0][1] != found[1][1]
