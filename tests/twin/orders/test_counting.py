"""A count on request after a pick that found nothing: when it is taken, of what, and what it puts right; figures by hand."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

import scenarios
from scenarios.errors import ScenarioError
from tests.json_schema import problems
from tests.twin.orders.recorded import Told, planned, told
from tests.twin.scenes import Ran, plan_of, run
from tests.twin.web_scenes import SCARCE
from twin import catalogue
from twin.clock import HOUR
from twin.events import Kind
from twin.kpis.orders import ORDER
from twin.orders.state import Life
from twin.plan.build import build_plan
from twin.simulate import simulate

# A till takes all that F1 has within the first hours, and nobody hears of it: what is left there is a phantom.
PHANTOM = """
demand: {pos: [{at: {ids: [F1]}, sku: A, every: 1h}], web: [{replay: ORDERS}], unmet: {web: lost}}
streams: {pos: {loss: 1}MORE}
"""
STOCK = "F1 A 3\nF1 B 3\nF2 A 9\nF2 B 9"


def counted(more: str = "", where: str = "{ids: [F1]}", after: str = "1d") -> str:
    return f"inventory: {{opening: {{file: STOCK}}, count: [{{where: {where}, after_empty_pick: {after}}}{more}]}}"


def phantom(more: str = "") -> str:
    return PHANTOM.replace("MORE", more)


def counts_of(ran: Ran, location: str = "F1") -> list[tuple[float, list[int], list[int]]]:
    """Hours since the start at which a location counted, the cells it counted, and what it found."""
    number, start = ran.plan.network.index[location], ran.plan.scenario.start_us
    mine = [each for each in ran.told if each.kind == Kind.COUNT and each.location == number]
    return [((each.time - start) / HOUR, each.cells.tolist(), each.units.tolist()) for each in mine]


def levels(ran: Ran, sku: str = "A", location: str = "F1") -> tuple[int, int]:
    """What is there, and what the record has."""
    cell = ran.cell(location, sku)
    return int(ran.on_hand[cell]), int(ran.believed[cell])


def went_to_f2(found: Told) -> None:
    """The order of a phantom went to F2 after all."""
    assert found.happened(Life.REJECTED)[0] == (1, "F1", "A")
    assert found.counted("orders", "delivered") == {"orders": 1, "delivered": 1}


def test_a_phantom_is_counted_a_day_after_a_pick_found_nothing(tmp_path: Path) -> None:
    """Ordered at ten on the third day, picked at once, and not there: counted at ten on the fourth."""
    found = told(planned(tmp_path, "4 10:00 1 A 1", STOCK, phantom(), counted()))
    went_to_f2(found)
    assert counts_of(found.ran) == [(82, [found.ran.cell("F1", "A")], [0])]
    assert levels(found.ran) == (0, 0)
    never = told(planned(tmp_path, "4 10:00 1 A 1", STOCK, phantom()))
    assert counts_of(never.ran) == []
    assert never.counted(*ORDER) == found.counted(*ORDER)


def test_a_count_finds_what_the_record_has_lost(tmp_path: Path) -> None:
    """F1 begins with a unit that the till sells at once, unheard; the two that its rule orders come at 5 h, unheard as well."""
    lost = phantom(", warehouse: {loss: 1}").replace("every: 1h", "every: 60h")  # at 0 h and 60 h and 120 h
    reorder = "policies: {reorder: [{where: {ids: [F1], sku: A}, use: base_stock, level: 3}]}"
    stock = STOCK.replace("F1 A 3", "F1 A 1")
    seen: dict[float, tuple[int, int]] = {}

    def look(ran: Ran) -> None:
        seen[ran.now / HOUR] = levels(ran)

    later = run(planned(tmp_path, "2 10:00 1 A 1", stock, lost, reorder, counted(after="3h")))
    assert counts_of(later) == []  # at 10 h the pick finds what is hidden

    ran = run(planned(tmp_path, "2 04:00 1 A 1", stock, lost, reorder, counted(after="3h")), look)
    # at 4 h it finds nothing: the record goes to 0 and a third is ordered; at 7 h the two ordered first are found
    assert counts_of(ran) == [(7, [ran.cell("F1", "A")], [2])]
    assert seen[7] == (2, 2)
    assert ran.placed("F1") == [(0, [2]), (4 / 24, [1])]


def test_a_cell_is_counted_once_at_a_time(tmp_path: Path) -> None:
    """Deliveries are heard of, the tills are not: every order meets a phantom. Those of one day are one count."""
    reorder = "policies: {reorder: [{where: {ids: [F1], sku: A}, use: base_stock, level: 3}]}"
    orders = "4 10:00 1 A 1\n4 10:00 2 A 1\n4 22:00 3 A 1\n5 09:00 4 A 1\n5 10:00 5 A 1\n5 22:00 6 A 1"
    found = told(planned(tmp_path, orders, STOCK, phantom(), reorder, counted()))
    rejected = [number for number, where, _ in found.happened(Life.REJECTED) if where == "F1"]
    assert rejected == [1, 2, 3, 4, 6]  # at ten on the fifth day what replaces the three of nine o'clock is not there yet
    assert [(hour, units) for hour, _, units in counts_of(found.ran)] == [(82, [0]), (118, [0])]


def test_lines_that_fail_together_are_one_request(tmp_path: Path) -> None:
    both = phantom().replace("sku: A, every: 1h}", "sku: A, every: 1h}, {at: {ids: [F1]}, sku: B, every: 1h}")
    orders = "4 10:00 1 A 1\n4 10:00 1 B 1\n4 10:00 2 B 2"
    folder = tmp_path / "run"
    folder.mkdir()
    ran = run(planned(tmp_path, orders, STOCK, both, counted()), folder=folder)
    cells = [ran.cell("F1", "A"), ran.cell("F1", "B")]
    assert counts_of(ran) == [(82, cells, [0, 0])]
    rows = [row for row in pq.read_table(folder / "decisions.parquet").to_pylist() if row["kind"] == "count"]
    said = [(row["sku"], row["origin"], row["destination"], row["units"]) for row in rows]
    assert said == [("A", "F1", "F1", 0), ("B", "F1", "F1", 0)]
    assert {(row["policy"], row["rule"], row["order"]) for row in rows} == {("after_empty_pick", 0, 1)}
    assert [problem for row in rows for problem in problems(row, catalogue.decision_schema())] == []
    assert {row["time"] for row in rows} == {ran.plan.scenario.start_us + 58 * HOUR}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (counted(where="{ids: [F2]}"), []),
        (counted(where="{sku: B}"), []),
        (counted(", {where: {ids: [F1]}, after_empty_pick: 2h}", where="{sku: B}", after="5h"), [60]),
        (counted(", {where: {ids: [F1]}, after_empty_pick: 2h}", where="{sku: A}", after="5h"), [63]),
        (counted(after="0s"), [58]),
        (counted(after="9d"), []),  # after the end
        (counted(", {where: {ids: [F1]}, every: 50h}"), [50, 100]),  # the first of them has found it out
    ],
)
def test_which_rule_decides(rules: str, expected: list[float], tmp_path: Path) -> None:
    ran = run(planned(tmp_path, "4 10:00 1 A 1", STOCK, phantom(), rules))
    assert [hour for hour, _, _ in counts_of(ran)] == expected
    assert counts_of(ran, "F2") == []


def test_a_count_that_has_been_since_needs_no_other(tmp_path: Path) -> None:
    """The pick of ten o'clock is heard of at four; a count of noon has seen its shelf."""
    cycle = counted(", {where: {ids: [F1]}, every: 60h}", after="2h")
    found = told(planned(tmp_path, "4 10:00 1 A 1", STOCK, phantom(", web: {latency: 6h}"), cycle))
    went_to_f2(found)
    assert [hour for hour, _, _ in counts_of(found.ran)] == [60, 120]
    late = told(planned(tmp_path, "4 10:00 1 A 1", STOCK, phantom(", web: {latency: 6h}"), counted(after="2h")))
    assert [hour for hour, _, _ in counts_of(late.ran)] == [66]


def test_a_count_that_comes_late_counts_for_its_own_time(tmp_path: Path) -> None:
    """Three units ordered at the review of 72 h come at 77 h, are heard of, and are sold unheard by 80 h. The count of 82 h finds
    nothing and is heard at 87 h."""
    reorder = "policies: {reorder: [{where: {ids: [F1], sku: A}, use: base_stock, level: 3, review: 1d}]}"
    seen: dict[float, tuple[int, int]] = {}

    def look(ran: Ran) -> None:
        seen[ran.now / HOUR] = levels(ran)

    plan = planned(tmp_path, "4 10:00 1 A 1", STOCK, phantom(", count: {latency: 5h}"), reorder, counted())
    ran = run(plan, look)
    assert [hour for hour, _, _ in counts_of(ran)] == [82]
    assert seen[82] == (0, 3) and seen[87] == (0, 0)


def test_a_pick_that_finds_too_little_asks_for_no_count(tmp_path: Path) -> None:
    """Two of three are there: the record loses the one, and is right."""
    one = phantom().replace("every: 1h", "every: 150h")  # one unit, at the start
    found = told(planned(tmp_path, "4 10:00 1 A 3", STOCK, one, counted()))
    went_to_f2(found)
    assert counts_of(found.ran) == [] and levels(found.ran) == (2, 2)


def test_a_replication_is_the_same_whatever_ran_before_it_in_its_process() -> None:
    """As it is with any number of jobs."""
    text = SCARCE.replace("shrink:", "count: {after_empty_pick: 6h}, shrink:")
    plans = [build_plan(scenarios.loads(text)) for _ in range(2)]
    one, two = simulate(plans[0], 1, folder=None), simulate(plans[0], 2, folder=None)
    again = [simulate(plans[1], replication, folder=None) for replication in (2, 1)][::-1]
    for first, second in zip((one, two), again, strict=True):
        assert (first.events_digest, first.decisions_digest) == (second.events_digest, second.decisions_digest)
    without = simulate(build_plan(scenarios.loads(SCARCE)), 1, folder=None)
    assert one.decisions_digest != without.decisions_digest


@pytest.mark.parametrize(
    ("count", "said"),
    [
        ("{where: {kind: fc}}", "inventory.count: states too little; found none of them; expected at least one of every"),
        ("{after_empty_pick: 1d, at: '05:00'}", "inventory.count.at: has no meaning here; expected to stand beside `every`"),
        ("{after_empty_pick: 1}", "inventory.count.after_empty_pick: a duration needs a unit"),
    ],
)
def test_what_a_count_plan_must_say(count: str, said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        scenarios.loads(SCARCE, sets=[f"inventory.count={count}"])
    assert said in str(refused.value)


def test_that_nobody_is_asked_to_count_is_said() -> None:
    line = "A pick that finds nothing corrects the record; nobody is asked to count what is there."
    assert line in build_plan(scenarios.loads(SCARCE)).assumptions
    assert line in build_plan(scenarios.loads(SCARCE, sets=["inventory.count={every: 1d}"])).assumptions
    assert line not in build_plan(scenarios.loads(SCARCE, sets=["inventory.count={after_empty_pick: 1d}"])).assumptions


def test_without_web_orders_it_has_no_effect() -> None:
    text = """
    catalog: {items: [{sku: A}]}
    network: {locations: [{id: S1, kind: store}]}
    demand: {pos: [{sku: A, every: 1h}]}
    inventory: {opening: {units: 5}, count: {after_empty_pick: 1d}}
    """
    ran = run(plan_of(text))
    assert "inventory.count[].after_empty_pick has no effect: there are no web orders." in ran.plan.assumptions
    assert "Nobody counts but where a pick found nothing." in ran.plan.assumptions
    assert counts_of(ran, "S1") == []
