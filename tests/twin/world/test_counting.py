"""Counts: when they are taken, of what, and what they put right."""

from __future__ import annotations

import numpy as np
import pytest

from tests.twin.scenes import ONE_STORE, TWO_STORES, Ran, plan_of, run
from twin.clock import DAY
from twin.events import Kind


def days(ran: Ran, location: str) -> list[float]:
    return [day for day, _ in ran.happened(Kind.COUNT, location)]


def count(how: str, more: str = "") -> str:
    return f"inventory: {{opening: {{units: 50}}, count: {how}{more}}}\nassortment: {{skus: [A, B]}}"


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("{every: 2d}", [2, 4, 6]),
        ("{every: 30h}", [1.25, 2.5, 3.75, 5, 6.25]),
        ("{every: 2d, at: '06:00'}", [1.25, 3.25, 5.25]),  # at the end of the second day and so on
        ("{every: 9d}", []),
    ],
)
def test_when(how: str, expected: list[float]) -> None:
    assert days(run(plan_of(TWO_STORES, count(how))), "S1") == expected


def test_of_the_cells_selected_location_by_location() -> None:
    ran = run(plan_of(TWO_STORES, count("[{where: {kind: store, sku: B}, every: 3d}, {where: {ids: [F1]}, every: 5d}]")))
    assert days(ran, "S1") == days(ran, "S2") == [3, 6]
    assert days(ran, "F1") == [5]
    assert [told.cells.tolist() for told in ran.told if told.kind == Kind.COUNT][:2] == [
        [ran.cell("S1", "B")],
        [ran.cell("S2", "B")],
    ]


SHRINKING = ", shrink: {rate: 2/d}"


def test_shrink_is_unknown_until_somebody_counts() -> None:
    errors: dict[float, int] = {}

    def look(ran: Ran) -> None:
        errors[ran.now / DAY] = int(np.abs(ran.believed - ran.on_hand).sum())

    ran = run(plan_of(TWO_STORES, count("{every: 3d}", SHRINKING)), look)
    assert ran.total("shrunk") > 60
    assert errors[3.0] == errors[6.0] == 0
    assert max(error for day, error in errors.items() if 1.5 < day < 3) > 10
    assert max(error for day, error in errors.items() if 4.5 < day < 6) > 10


def test_a_count_that_comes_late_counts_for_its_own_time() -> None:
    """Sales go on while it is on its way. Half of what the tills sell is never told, and all of it is known once counted."""
    selling = "demand: {pos: {at: {kind: store}, sku: A, every: 6h}}"
    errors: dict[float, int] = {}

    def look(ran: Ran) -> None:
        errors[ran.now / DAY] = int(np.abs(ran.believed - ran.on_hand).sum())

    streams = "streams: {count: {latency: 20h}, pos: {latency: 3h, loss: .5}}"
    run(plan_of(TWO_STORES, count("{every: 2d}"), selling, streams), look)
    before, after = errors[2.0], errors[2 + 20 / 24]
    assert before >= 4
    assert after <= 6  # what was sold since the count, of the seven sold
    assert after < before

    told = "streams: {count: {latency: 20h}, pos: {latency: 3h}}"
    run(plan_of(TWO_STORES, count("{every: 2d}"), selling, told), look)
    assert errors[2 + 20 / 24] == 2  # but for the sales of six o'clock, which are on their way


def test_without_shrink_and_loss_a_count_finds_what_is_believed() -> None:
    more = "demand: {pos: {sku: A, every: 1h}}\npolicies: {reorder: {use: base_stock, level: 50}}"
    counted = run(plan_of(ONE_STORE, more, "inventory: {count: {every: 1d}}"))
    never = run(plan_of(ONE_STORE, more))
    np.testing.assert_array_equal(counted.believed, never.believed)
    assert counted.result is not None and never.result is not None
    assert counted.result.decisions_digest == never.result.decisions_digest


@pytest.mark.parametrize("latency", ["{}", "{count: {latency: 5h}}", "{warehouse: {latency: 5h}}"])
def test_what_leaves_after_a_count_in_the_same_instant_is_not_absorbed_by_it(latency: str) -> None:
    """At midnight the center counts, then the store's review asks for goods, which leave in the next round of midnight.

    Whichever of the two the record hears of first, and however long after.
    """
    scene = """
    demand: {pos: {at: {ids: [S1]}, sku: A, every: 5h}}
    policies: {reorder: {where: {kind: store}, use: base_stock, level: 50, review: 1d}}
    """
    ran = run(plan_of(TWO_STORES, count("{every: 3d}"), scene, f"streams: {latency}"))
    np.testing.assert_array_equal(ran.believed, ran.on_hand)
