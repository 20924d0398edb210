"""However many days are drawn at once: the same run, digest for digest."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.twin.scenes import TWO_STORES, digests, fresh_sales, lines_of, on_one_track, plan_of
from twin.clock import NEVER
from twin.simulate import Plan
from twin.world import lines
from twin.world.state import Operations

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


PERIODIC = BUSY.replace("level: 40", "level: 40, review: 9h").replace("Q: 50", "Q: 50, review: 1d").replace("UNMET", "lost")


@pytest.mark.parametrize("tracks", [1, 4])
def test_days_drawn_at_once_track_by_track(tracks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(TWO_STORES, PERIODIC)
    assert plan.tracks == 4
    whole, asked = digests(plan), lines_of(plan)
    plan = on_one_track(plan) if tracks == 1 else plan
    for days in (1, 2, 5, 7):
        monkeypatch.setattr(Plan, "chunk_days", days)
        assert digests(plan) == whole
        assert lines_of(plan) == asked


@pytest.mark.parametrize("days", [1, 7])
@pytest.mark.parametrize("text", [BUSY.replace("UNMET", "lost"), PERIODIC], ids=["one track", "four"])
def test_a_track_is_closed_by_rows_that_are_never_due_and_mean_nothing(
    days: int, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lane looks ahead as far as them: a row number left in fresh memory would send it anywhere."""
    monkeypatch.setattr(Plan, "chunk_days", days)
    found = lines.Lines(plan_of(TWO_STORES, text), 1)
    assert found.tracks.size == (4 if text == PERIODIC else 1)
    heard_later = 0
    while not found.finished:
        stretch = found.next_stretch()
        first_sale = first_arrival = 0
        for track in found.tracks:
            sales = stretch.sales[track["sales"] : track["sales_end"]]
            arrivals = stretch.arrivals[track["arrivals"] : track["arrivals_end"]]
            assert stretch.sales[track["sales_end"]]["key"] == stretch.arrivals[track["arrivals_end"]]["key"] == NEVER
            told = stretch.arrivals["row"][track["arrivals"] : track["arrivals_end"] + 1]
            assert np.all((told >= first_sale) & (told <= track["sales_end"]))
            assert np.all(np.diff(sales["key"]) >= 0)
            assert np.all(np.diff(arrivals["key"]) >= 0)
            assert track["arrivals"] == first_arrival
            assert (track["next_sale"], track["next_arrival"]) == (track["sales"], track["arrivals"])
            heard_later += track["sales"] - first_sale
            first_sale, first_arrival = track["sales_end"] + 1, track["arrivals_end"] + 1
        assert (stretch.sales.size, stretch.arrivals.size) == (first_sale, first_arrival)
    assert (heard_later > 0) == (days == 1)


@pytest.mark.parametrize("days", [1, 2, 7])
@pytest.mark.parametrize("tracks", [1, 4])
def test_what_is_heard_later_is_about_the_sale_it_was_about(days: int, tracks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every arrival names the same line, however many stretches it waits, and none is lost or heard twice on the way."""
    monkeypatch.setattr(Plan, "chunk_days", days)
    plan = plan_of(TWO_STORES, PERIODIC)
    found, heard = lines.Lines(plan if tracks == 4 else on_one_track(plan), 1), []
    while not found.finished:
        stretch = found.next_stretch()
        arrivals = [stretch.arrivals[track["arrivals"] : track["arrivals_end"]] for track in found.tracks]
        heard += told_by(stretch, np.concatenate([*arrivals, found.waiting] if found.finished else arrivals))
    monkeypatch.setattr(Plan, "chunk_days", 7)
    whole = lines.Lines(plan, 1)
    stretch = whole.next_stretch()
    arrivals = [stretch.arrivals[track["arrivals"] : track["arrivals_end"]] for track in whole.tracks]
    assert sorted(heard) == sorted(told_by(stretch, np.concatenate([*arrivals, whole.waiting])))
    assert len(heard) > 500


def told_by(stretch: Operations, arrivals: NDArray[np.void]) -> list[tuple[int, ...]]:
    """When each arrival is heard, and of which line."""
    sales = stretch.sales[arrivals["row"]]
    np.testing.assert_array_equal(sales["location"], arrivals["location"])
    return [(int(key), *sale) for key, sale in zip(arrivals["key"], sales.tolist(), strict=True)]


@pytest.mark.parametrize("days", [1, 2, 7])
@pytest.mark.parametrize("tracks", [1, 4])
def test_the_lines_of_a_location_are_numbered_in_their_order(days: int, tracks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Plan, "chunk_days", days)
    plan = plan_of(TWO_STORES, PERIODIC)
    found, numbers, done = lines.Lines(plan if tracks == 4 else on_one_track(plan), 1), dict[int, list[int]](), 0
    while not found.finished:
        stretch = found.next_stretch()
        assert found.done == done
        sales = fresh_sales(found, stretch)
        done += sales.size
        oldest = found.sequence.copy()
        for place in range(oldest.size):
            numbers.setdefault(place, []).extend(sales["sequence"][sales["location"] == place].tolist())
            mine = stretch.sales[stretch.sales["key"] < NEVER]
            oldest[place] = mine["sequence"][mine["location"] == place].min(initial=oldest[place])
        assert np.all(found.windows() >= 2 * (found.sequence - oldest))  # of carried lines, too
    assert all(mine == list(range(len(mine))) for mine in numbers.values())
    assert len(numbers[0]) > 100 and len(numbers[1]) > 100


def test_other_replications_are_other_runs() -> None:
    plan = plan_of(TWO_STORES, BUSY.replace("UNMET", "lost"))
    found = [digests(plan, replication) for replication in (1, 2, 1)]
    assert found[0] == found[2]
    assert found[0][0] != found[1][0]
    assert found[0][1] != found[1][1]
