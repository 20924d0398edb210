"""Where a customer's wish is tried first, found for all carts before their clock starts."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.routing.columns import LOCATION
from tests.twin.orders.book_checks import orders_of
from tests.twin.scenes import plan_of, run
from twin.demand.web.rows import CART, DELIVERED, WANTED
from twin.orders.first import FIRST, find_first
from twin.orders.state import NONE

SKUS = 6
SCENE = """
catalog: {generate: {skus: 6}}
network:
  locations:
    - {id: S1, kind: store, at: [40.0, -80.0]}
    - {id: S2, kind: store, at: [40.0, -81.0]}
    - {id: F1, kind: fc, at: [41.0, -85.0]}
  zones: [{id: Z1, at: [40.0, -80.1], share: .5}, {id: Z2, at: [40.9, -85.0], share: .5}]
assortment: [{where: {ids: [S1]}, top: 2}, {where: {ids: [S2]}, top: 4}, {where: {ids: [F1]}, top: 5}]
demand: {web: [{orders_per_day: 20, lines: {1: .5, 2: .5}}]}
ship_from_store: [{where: {kind: store}}]
inventory: {opening: {units: 9}}
"""


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(-1, 2), st.lists(st.integers(0, SKUS - 1), max_size=3)), max_size=6))
def test_it_is_the_first_candidate_that_ranges_the_sku_or_the_store_of_the_pickup(carts: list[tuple[int, int, list[int]]]) -> None:
    book, plan = orders_of(RAN).book, RAN.plan
    rows, wanted = np.zeros(len(carts) + 1, CART), np.zeros(sum(len(skus) for _, _, skus in carts), WANTED)
    found, at = np.zeros(wanted.size + 1, FIRST), 0
    for row, (zone, pickup, skus) in zip(rows, carts, strict=False):
        row["zone"], row["pickup"], row["first"], row["lines"] = zone, pickup, at, len(skus)
        wanted["sku"][at : at + len(skus)] = skus
        at += len(skus)
    find_first(orders_of(RAN).book_table, rows, wanted, found)
    at = 0
    for zone, pickup, skus in carts:
        mine = book.candidates[book.candidate_first[zone] : book.candidate_first[zone + 1], LOCATION].tolist()
        for sku in skus:
            asked = [pickup] if pickup != DELIVERED else mine
            has = [(place, location) for place, location in enumerate(asked) if sku in plan.ranged.skus[location]]
            row = found[at]
            if has:
                place, location = has[0]
                local = plan.ranged.skus[location].tolist().index(sku)
                assert row.item() == (plan.ranged.first[location] + local, location, place)
            else:
                assert row["cell"] == NONE
            at += 1


RAN = run(plan_of(SCENE, sets=("time.days=1",)))
