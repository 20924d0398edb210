"""Web demand of a scenario: what becomes of each way to state it, of surges and feeds, and what is expected of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from adapters.problems import FeedError
from scenarios.errors import ScenarioError
from tests.twin.demand.web.making import Rows, drawn
from tests.twin.scenes import resolved_of
from twin.clock import DAY, HOUR, KEY_SHIFT, NEVER
from twin.demand.web.carts import Carts
from twin.demand.web.streams import Way
from twin.plan.carts import CartPlan, ExpectedUnits, PickupStores, plan_carts, zone_shares
from twin.plan.cells import range_cells
from twin.plan.demand import plan_demand
from twin.plan.items import read_items
from twin.plan.places import read_network
from twin.random.laws import moments

SCENE = """
catalog:
  items:
    - {sku: A, category: food, cost: 1, price: 2}
    - {sku: B, category: toys, cost: 3, price: 5}
    - {sku: C, category: toys, cost: 3, price: 5}
network:
  locations: [{id: S1, kind: store}, {id: S2, kind: store}, {id: F1, kind: fc}, {id: V1, kind: supplier}]
  lanes: [{from: V1, to: F1}, {from: F1, to: S1}, {from: F1, to: S2}]
  zones: [{id: Z1, share: .75}, {id: Z2, share: .25}]
"""
STORES = PickupStores(np.array([0, 2, 2], np.int64), np.array([0, 1], np.int32))
FEED = """time,order,sku,quantity,zone,pickup
2026-02-23T12:00:00,h1,A,4,Z1,
2026-03-02T10:00:00,o1,B,2,Z1,
2026-03-03T10:00:00,o2,B,2,,S1
2026-03-02T10:00:00,o1,A,1,Z1,
2026-03-03T10:00:00,o2,B,1,,S1
2026-03-03T09:00:00,o3,C,1,Z2,
2026-03-08T23:59:59,o4,A,7,Z2,S2
2026-03-09T00:00:00,o5,A,7,Z2,
"""


def planned(*parts: str, strict: bool = False) -> CartPlan:
    resolved = resolved_of(SCENE, *parts)
    items, network = read_items(resolved), read_network(resolved)
    demand = plan_demand(resolved, network, items, range_cells(resolved, network, items))
    return plan_carts(resolved, network, items, demand, STORES, strict)


def run(plan: CartPlan) -> tuple[Rows, Rows]:
    carts, lines = Carts(plan, 7, 1, plan.start_us).next_stretch(0, plan.days)
    return carts[:-1], lines


def told(plan: CartPlan) -> list[tuple[object, ...]]:
    """Hours into the run, zone, pickup and lines of each cart."""
    carts, lines = run(plan)
    return [
        (
            ((int(cart["key"]) >> KEY_SHIFT) - plan.start_us) / HOUR, int(cart["zone"]), int(cart["pickup"]),
            lines[cart["first"] : cart["first"] + cart["lines"]].tolist(),
        )
        for cart in carts
    ]  # fmt: skip


def replayed(tmp_path: Path, feed: str = FEED, more: str = "", name: str = "web.csv", strict: bool = False) -> CartPlan:
    (tmp_path / name).write_text(feed)
    return planned(f"demand: {{web: [{{replay: {tmp_path / name}{more}}}]}}", strict=strict)


def test_one_entry_after_the_other() -> None:
    plan = planned("""
        demand:
          web:
            - {orders_per_day: 40, lines: {1: .7, 9: .3}, checkout: 10m, abandon: .6, pickup_share: .2}
            - {orders_per_day: 5, where: {sku: [B]}, lines: {2: 1}, cancel: {share: .1, delay: 1h}}
            - {flash: {at: 2026-03-04T10:00, for: 1m, orders: 70, sku: C, limit_per_order: 2}, size: {dist: poisson, mean: 2}}
    """)
    first, second, third = plan.streams
    assert (first.per_day, first.abandon, first.pickup, first.lines.first) == (40, 0.6, 0.2, 1)
    assert moments(first.lines)[0] == pytest.approx(1.6)  # of nine lines three are left, for there are three SKUs
    assert second.choice.sku.tolist() == [1] and moments(second.lines) == (1, 1) and second.cancel == 0.1
    assert third.way == Way.FLASH and (third.size.first, third.size.array.size) == (1, 2)
    carts, lines = run(plan)
    flash = carts[carts["stream"] == 2]
    assert flash.size == 70 and set(lines[flash["first"]]["units"].tolist()) == {1, 2}
    assert (carts["checkout"] == NEVER)[carts["stream"] == 0].mean() == pytest.approx(0.6, abs=0.15)


def test_a_share_of_the_lines_at_the_till(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("time,location,sku,quantity\n" + "2026-03-03T10:00:00,S1,A,1\n" * 14)
    plan = planned(f"""
        demand:
          pos:
            - {{at: {{kind: store}}, sku: A, rate: 20/d}}
            - {{at: {{ids: [S1]}}, sku: B, every: 6h}}
            - {{replay: {tmp_path / "sales.csv"}}}
          web: {{pos_share: .1}}
        inventory: {{shrink: {{where: {{kind: store}}, rate: 1/d}}}}
    """)
    assert plan.streams[0].per_day == pytest.approx(0.1 * (40 + 4 + 2))


def test_surges_of_everything_of_some_and_of_places() -> None:
    plan = planned("""
        demand:
          web: {orders_per_day: 1000, lines: {1: .5, 2: .5}}
          surges:
            - {name: all, from: 2026-03-03, for: 1d, times: .5}
            - {name: toys, from: 2026-03-05, for: 1d, times: 3, where: {category: toys}}
            - {name: stores, from: 2026-03-07, for: 1d, times: 9, where: {kind: store}}
    """)
    carts, lines = run(plan)
    day = ((carts["key"] >> KEY_SHIFT) - plan.start_us) // DAY
    sold = np.array([np.bincount(np.repeat(day, carts["lines"])[lines["sku"] == sku], minlength=7) for sku in range(3)])
    for sku, times in enumerate((1, 3, 3)):
        expected = 500 * np.array([1, 0.5, 1, times, 1, 1, 1])
        assert (np.abs(sold[sku] - expected) < 5 * np.sqrt(2 * expected)).all()
    assert set(carts["stream"].tolist()) == {0}


def test_a_surge_of_all_it_sells_is_a_surge_of_everything() -> None:
    surges = "surges: [{name: toys, from: 2026-03-05, for: 1d, times: .5, where: {category: toys}}]"
    plan = planned(f"demand: {{web: {{orders_per_day: 9, where: {{category: toys}}}}, {surges}}}")
    assert len(plan.streams) == 1 and len(plan.streams[0].rhythm.surges) == 1


@pytest.mark.parametrize("lines", ["1", "2", "3"])
def test_what_is_expected_is_what_comes(lines: str) -> None:
    zipf = "catalog: {generate: {skus: 40, popularity: {zipf: {s: 1, q: 0}}}}"
    resolved = resolved_of(SCENE[SCENE.index("network:") :], zipf, f"""
        name: expected
        time: {{start: 2026-03-02, days: 400}}
        demand: {{web: {{orders_per_day: 200, lines: {lines}, size: {{dist: geometric, mean: 2}}, abandon: .5, pickup_share: .5}}}}
    """)  # fmt: skip
    items, network = read_items(resolved), read_network(resolved)
    demand = plan_demand(resolved, network, items, range_cells(resolved, network, items))
    plan = plan_carts(resolved, network, items, demand, STORES)
    (expected,) = plan.expected
    carts, wanted = run(plan)
    paid = np.repeat(carts["checkout"] < NEVER, carts["lines"])
    day = np.repeat(((carts["key"] >> KEY_SHIFT) - plan.start_us) // DAY, carts["lines"])
    units = np.zeros((40, 400))
    np.add.at(units, (wanted["sku"][paid], day[paid]), wanted["units"][paid])
    assert expected.sku.tolist() == list(range(40))
    slack = 5 * np.sqrt(expected.variance / 400) + (0.03 if lines == "3" else 0) * expected.mean
    assert (np.abs(units.mean(axis=1) - expected.mean) < slack).all()
    assert units.var(axis=1) / expected.variance == pytest.approx(1, abs=0.5)
    shares(expected, [0.375, 0.25], [0.1875, 0.1875, 0, 0])


def shares(expected: ExpectedUnits, zones: list[float], stores: list[float]) -> None:
    np.testing.assert_allclose(expected.zones, zones)
    np.testing.assert_allclose(expected.stores, stores)


def test_a_feed_is_replayed_order_by_order(tmp_path: Path) -> None:
    plan = replayed(tmp_path)
    first, second, third, fourth = told(plan)
    assert first == (10, 0, -1, [(0, 1), (1, 2)])
    assert second == (33, 1, -1, [(2, 1)])
    assert third[0] == 34 and third[2:] == (0, [(1, 3)])  # of a zone by chance; two rows of one SKU are one line
    assert fourth == (pytest.approx(7 * 24 - 1 / 3600), 1, 1, [(0, 7)])
    (expected,) = plan.expected  # from the one order in the weeks before, six and a half days old
    assert expected.sku.tolist() == [0] and expected.mean.tolist() == [4 / 6.5] and expected.variance.tolist() == [16 / 6.5]
    shares(expected, [1, 0], [0, 0, 0, 0])


def test_without_orders_before_the_start_it_is_estimated_from_the_run(tmp_path: Path) -> None:
    plan = replayed(tmp_path, "\n".join(line for line in FEED.splitlines() if "h1" not in line), ", abandon: .5")
    (expected,) = plan.expected
    assert expected.mean.tolist() == pytest.approx([0.5 * 8 / 7, 0.5 * 5 / 7, 0.5 * 1 / 7])
    shares(expected, [3 / 14, 1 / 14], [3 / 14, 7 / 14, 0, 0])
    assert any("no orders before the start" in note for note in plan.notes)


def test_columns_of_other_names_and_pickup_by_share(tmp_path: Path) -> None:
    feed = "at,id,item,n\n" + "".join(f"2026-03-03T{i % 24:02d}:00:00,{i},A,1\n" for i in range(400))
    columns = ", columns: {time: at, order: id, sku: item, quantity: n}, pickup_share: .5"
    plan = replayed(tmp_path, feed, columns)
    carts, _ = run(plan)
    assert carts.size == 400 and (carts["pickup"] >= 0).sum() == pytest.approx(400 * 0.375, abs=50)
    shares(plan.expected[0], [0.375, 0.25], [0.1875, 0.1875, 0, 0])


def test_a_parquet_feed_is_the_same(tmp_path: Path) -> None:
    import pyarrow.csv
    import pyarrow.parquet

    plan = replayed(tmp_path)
    pyarrow.parquet.write_table(pyarrow.csv.read_csv(tmp_path / "web.csv"), tmp_path / "web.parquet")
    again = planned(f"demand: {{web: [{{replay: {tmp_path / 'web.parquet'}}}]}}")
    known = [row[:1] + row[2:] for row in told(plan)]
    assert [row[:1] + row[2:] for row in told(again)] == known


def test_bad_rows_are_listed_and_refused_where_strict(tmp_path: Path) -> None:
    bad = FEED + "2026-03-05T10:00:00,o6,A,x,,\n2026-03-05T10:00:00,,A,1,,\n"
    plan = replayed(tmp_path, bad)
    assert plan.bad_rows == 2 and len(run(plan)[0]) == 4
    assert plan.notes[0] == "2 rows of web.csv could not be read and were left out:"
    with pytest.raises(FeedError, match="2 of 10 rows are bad, refused"):
        replayed(tmp_path, bad, strict=True)


def test_what_the_scenario_does_not_have_is_left_out_and_said(tmp_path: Path) -> None:
    more = ("x,A,1,Z9,", "y,A,1,,S9", "z,Q,1,,", "w,A,40000,,")
    plan = replayed(tmp_path, FEED + "".join(f"2026-03-05T10:00:00,{row}\n" for row in more))
    assert len(run(plan)[0]) == 4
    said = " ".join(plan.notes)
    assert "2 orders of web.csv are of zones or stores" in said and "1 lines of web.csv are of SKUs" in said
    assert "1 lines of web.csv have more than 32,767 units" in said


@pytest.mark.parametrize(
    ("demand", "message"),
    [
        ("{web: {orders_per_day: 1, lines: {2000: 1}}}", "cannot hold so many lines"),
        ("{web: {orders_per_day: 1, size: 40000}}", "a line this large"),
    ],
)
def test_refusals(demand: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        planned(f"demand: {demand}")


def test_a_feed_from_another_time_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no order of it lies within the run"):
        replayed(tmp_path, "time,order,sku,quantity\n2020-03-03,1,A,1\n")


def test_without_zones_there_is_one() -> None:
    resolved = resolved_of(SCENE[: SCENE.index("  zones:")])
    assert zone_shares(resolved).tolist() == [1.0]


def test_another_entry_changes_no_cart_of_the_others() -> None:
    one, two = "{orders_per_day: 40, where: {category: toys}}", "{orders_per_day: 30}"
    alone, both = planned(f"demand: {{web: [{one}]}}"), planned(f"demand: {{web: [{two}, {one}]}}")
    (carts, _), (all_carts, _) = drawn_of(alone), drawn_of(both)
    assert all_carts[all_carts["stream"] == 1]["key"].tolist() == carts["key"].tolist()


def drawn_of(plan: CartPlan) -> tuple[Rows, Rows]:
    return drawn(plan, plan.days)


def test_views_to_a_cart_are_shared_between_carts_and_other_sessions() -> None:
    """11.5 views to a cart of 1.5 lines leave 10 to sessions of 4 views: 2.5 of these to a cart."""
    web = "{orders_per_day: 100, lines: {1: .5, 2: .5}, views: {session: {dist: geometric, mean: 4}}}"
    stream = planned(f"demand: {{web: [{web}]}}").streams[0]
    assert stream.views is not None
    assert stream.views.per_cart == pytest.approx(2.5) and moments(stream.views.session)[0] == pytest.approx(4)
    flash = "{flash: {at: 2026-03-03, for: 1m, orders: 50, sku: A}, views: {per_cart: 3}}"
    plan = planned(f"demand: {{web: [{flash}, {web.replace(', views', ', cancel: {share: .1}, views')}]}}")
    assert plan.streams[0].views is not None and plan.streams[0].views.per_cart == 2  # each with one view
    assert plan.views is not None and plan.views.tables.flash_sessions.tolist() == [100, -1]


def test_a_surge_of_some_skus_brings_its_views() -> None:
    surge = "surges: [{name: s, from: 2026-03-04, for: 1d, times: 3, where: {sku: B}}]"
    plan = planned(f"demand: {{web: [{{orders_per_day: 100, lines: {{2: 1}}, views: {{per_cart: 4}}}}], {surge}}}")
    whole, more = plan.streams
    assert whole.views is not None and more.views is not None
    assert (whole.views.per_cart, more.views.per_cart) == (2, 3)  # of a cart with B alone one view is its own


def test_what_views_refuse(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"per_cart: fewer views than a cart has lines; found 1.5; expected at least 2"):
        planned("demand: {web: [{orders_per_day: 100, lines: {2: 1}, views: {per_cart: 1.5}}]}")
    (tmp_path / "feed.csv").write_text(FEED)
    with pytest.raises(ScenarioError, match=r"views: has no meaning here; .*not to stand beside `replay`"):
        planned(f"demand: {{web: [{{replay: {tmp_path / 'feed.csv'}, views: {{}}}}]}}")
    with pytest.raises(ScenarioError, match=r"session: sessions of less than a view; found a mean of 0.5"):
        planned("demand: {web: [{orders_per_day: 100, views: {session: {dist: uniform, low: 0, high: 1}}}]}")


def test_nobody_views_unless_asked_for() -> None:
    assert planned("demand: {web: [{orders_per_day: 100}]}").views is None
