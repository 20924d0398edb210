"""What vanishes: the first rule that matches a cell decides, and no rule draws what another draws."""

from __future__ import annotations

from tests.twin.scenes import TWO_STORES, plan_of
from twin.simulate import Plan

RANGED = "assortment: {skus: [A, B]}"


def shrinking(*rules: str) -> Plan:
    return plan_of(TWO_STORES, RANGED, f"inventory: {{shrink: [{', '.join(rules)}]}}")


def slots(plan: Plan) -> dict[tuple[str, tuple[int, ...]], int]:
    """The slot of the stream of some SKUs of a location."""
    places = plan.network.locations
    return {(places[stream.location].id, tuple(stream.choice.sku.tolist())): stream.entity for stream in plan.demand.streams}


ONLY_A, STORES = "{where: {kind: store, sku: A}, rate: 1/d}", "{where: {sku: [B, A], kind: [store]}, rate: 2/d}"


def test_each_cell_shrinks_by_the_first_rule_that_means_it() -> None:
    plan = shrinking(ONLY_A, STORES, "{rate: 3/d}")
    rates = {
        (plan.network.locations[stream.location].id, sku): stream.per_day / stream.choice.sku.size
        for stream in plan.demand.streams
        for sku in stream.choice.sku.tolist()
    }
    assert rates == {("S1", 0): 1.0, ("S2", 0): 1.0, ("S1", 1): 2.0, ("S2", 1): 2.0, ("F1", 0): 3.0, ("F1", 1): 3.0}


def test_locations_alike_share_what_is_chosen() -> None:
    streams = shrinking(ONLY_A, STORES).demand.streams
    assert len({id(stream.choice) for stream in streams}) == 2


def test_another_rule_before_it_shifts_no_draws() -> None:
    alone, second = slots(shrinking(ONLY_A)), slots(shrinking("{where: {sku: B}, rate: 9/d}", ONLY_A))
    assert alone.items() <= second.items()
    assert len(set(second.values())) == len(second)


def test_the_slot_goes_by_what_the_selector_says_not_by_how_it_is_written() -> None:
    other = "{where: {kind: store, sku: [A, B]}, rate: 2/d}"
    assert slots(shrinking(STORES)) == slots(shrinking(other))
    assert not set(slots(shrinking(STORES)).values()) & set(slots(shrinking("{rate: 2/d}")).values())
