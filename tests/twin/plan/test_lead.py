"""From order to receipt: waits for an order day and for a departure, and the transit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from policies.reorder.levels import base_stock_level
from tests.twin.scenes import ONE_STORE, plan_of, run
from twin.clock import DAY, HOUR
from twin.plan.lead import LeadTimes, asked, waits_for
from twin.simulate import Plan

MONDAY, TUESDAY, THURSDAY = 0, 1, 3
DEMAND = "demand: {pos: {sku: A, rate: 20/d}}"


def of_tuesdays(terms: str = "", review: str = "1d", days: str = "tue") -> Plan:
    lane = ONE_STORE.replace("transit: 2d", f"transit: 2d, order: {{days: [{days}]}}{terms}")
    rule = f"policies: {{reorder: {{use: base_stock, level: auto, service: .97, review: {review}}}}}"
    return plan_of(lane, DEMAND, rule, "time: {start: 2026-03-02, days: 364, warmup_days: 28}\nname: test")


def lead(plan: Plan, review_us: int) -> Any:
    times = LeadTimes(plan.network, plan.scenario.start_us, "UTC")
    return pytest.approx(times.of(review_us)[0].tolist())


def test_daily_reviews_wait_for_the_day() -> None:
    """Midnights from Monday on wait 1, 0, 6, 5, 4, 3 and 2 days."""
    assert lead(of_tuesdays(), DAY) == [2 + 3, 4]


def test_weekly_reviews_wait_as_long_each_time() -> None:
    plan = of_tuesdays()
    assert lead(plan, 7 * DAY) == [2 + 1, 0]
    assert lead(plan, 14 * DAY) == [2 + 1, 0]
    assert lead(of_tuesdays(days="mon"), 7 * DAY) == [2, 0]


def test_a_rule_that_is_asked_at_any_time_waits_evenly() -> None:
    """Not at all on a Tuesday, up to six days from its end."""
    wait = 6 / 7 * 3
    mean, variance = LeadTimes(of_tuesdays().network, 0, "UTC").of(0)[0]
    assert mean == pytest.approx(2 + wait)
    assert variance == pytest.approx(6 / 7 * 12 - wait**2, rel=1e-3)


def test_days_are_those_of_the_supplier() -> None:
    """A Tuesday in Auckland begins on our Monday: it is its Tuesday already when we ask at noon, UTC."""
    start = of_tuesdays().scenario.start_us + 12 * HOUR  # Monday noon
    assert asked(7 * DAY, start, "Pacific/Auckland").tolist() == [DAY + 1 * HOUR]


def test_a_departure_is_waited_for_once_the_order_was_taken() -> None:
    at = np.array([TUESDAY * DAY, TUESDAY * DAY + 7 * HOUR, 2 * DAY, TUESDAY * DAY + 2 * HOUR])
    found = waits_for(at, (TUESDAY, THURSDAY), (2 * HOUR, 6 * HOUR))
    # A departure of the very instant of a review is gone; after the last of the day it is the first of the next.
    assert (found / HOUR).tolist() == [2, 19, 24 + 2, 4]


def test_without_order_days_it_is_what_it_was() -> None:
    plan = plan_of(ONE_STORE.replace("transit: 2d", "transit: 2d, departs: ['02:00']"))
    assert lead(plan, DAY) == [2.5, 1 / 12]


def test_automatic_levels_cover_the_wait() -> None:
    point = int(of_tuesdays().groups[0].policy.order_points()[0])
    assert point + 1 == base_stock_level(20 * (1 + 5), 20 * (1 + 5) + 20**2 * 4, 0.97)


def test_a_supplier_that_takes_orders_once_a_week_leaves_the_service_in_place() -> None:
    result = run(of_tuesdays()).result
    assert result is not None
    totals = result.ledger.counts[28:].sum(axis=(0, 1))
    from twin.kpis.ledger import COUNT

    assert totals[COUNT["sold"]] / totals[COUNT["demanded"]] > 0.97
