"""What is wrong of web orders is refused with its place, what they weigh is known, and a feed is read as it was meant."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scenarios.errors import ScenarioError
from tests.twin.scenes import TWO_STORES, plan_of
from twin.plan.build import memory_needed
from twin.simulate import Plan

WEB = "demand: {web: [{orders_per_day: 10}]}"


class OwnReservation:
    """A rule that grants nothing."""

    def __init__(self, facts: object) -> None:
        self.facts = facts

    def hold(self, request: object, stock: object) -> None:
        """Nothing is held."""

    def promise(self, request: object, stock: object) -> None:
        """Nothing is promised."""


def test_an_assortment_selects_locations_only() -> None:
    with pytest.raises(ScenarioError, match=r"assortment\[0\]\.where\.category: selects no locations; .*`skus` for what"):
        plan_of(TWO_STORES, WEB, "assortment: [{where: {category: food}, top: 1}]")


def test_a_reservation_rule_of_ones_own_is_refused_before_the_run() -> None:
    own = f'policies: {{reservation: {{use: "{__name__}:OwnReservation"}}}}'
    with pytest.raises(ScenarioError, match=r"<text>:\d+: policies\.reservation\.use: .* not asked in a run yet"):
        plan_of(TWO_STORES, WEB, own)


def fed(folder: Path, pickup: str, more: str = "") -> Plan:
    feed = folder / "orders.csv"
    feed.write_text(f"time,order,sku,quantity,pickup\n2026-03-03T10:00:00,1,A,2,{pickup}\n")
    return plan_of(TWO_STORES, f"demand: {{web: [{{replay: {feed}{more}}}]}}")


def test_a_feed_of_web_orders_is_collected_in_stores(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"<text>:\d+: demand\.web\[0\]\.replay: .* not a store; found \"?F1, a fc"):
        fed(tmp_path, "F1")
    carts = [fed(tmp_path, "S2", more).web for more in ("", ", shift: -1d", ", timezone: America/New_York")]
    times = [web.carts.streams[0].recorded.time[0] for web in carts if web and web.carts.streams[0].recorded]
    assert [(time - times[0]) // 3_600_000_000 for time in times] == [0, -24, 5]


def test_what_goods_weigh_is_known(tmp_path: Path) -> None:
    place = "network: {locations: [{id: F1, kind: fc}]}"
    (tmp_path / "items.csv").write_text("sku,weight_kg,volume_l\nA,1.5,\nB,,2\n")
    listed = plan_of(place, WEB, f"catalog: {{file: {tmp_path / 'items.csv'}}}").web
    made_up = plan_of(place, WEB, "catalog: {generate: {skus: 3, weight_kg: .25}}").web
    assert listed and listed.goods[:, :2].tolist() == [[1500, 0], [0, 2000]]
    assert made_up and made_up.goods[:, 0].tolist() == [250, 250, 250]


def test_orders_of_the_web_need_memory() -> None:
    few, many = (plan_of(TWO_STORES, f"demand: {{web: [{{orders_per_day: {n}}}]}}") for n in (10, 1_000_010))
    assert memory_needed(many) - memory_needed(few) == 1200 * 1_000_000
    assert (few.chunk_days, many.chunk_days) == (7, 1)
    assert np.isfinite(memory_needed(few))
