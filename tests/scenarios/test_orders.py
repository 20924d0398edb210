"""The language of web orders: what it says, and what it refuses with a line."""

from __future__ import annotations

from pathlib import Path

import pytest

import scenarios
from network import carriers
from policies import registry
from scenarios import parameters
from scenarios.errors import ScenarioErrors
from scenarios.schema import shipping
from scenarios.values import DAY, MICROSECONDS
from tests.scenarios.samples import COMPLETE, ORDERS, changed, errors_of

HOUR, MINUTE = MICROSECONDS["h"], MICROSECONDS["m"]
SHARE = "pos_share: .10, lines: {1: .7, 2: .3}, hours: retail"
SCENARIO = scenarios.loads(ORDERS).scenario

#: Lines of faults that lie in no one key: where `pick` leads, where a second way begins.
WHOLE_WAY = {"operations.stations.pick.next": 32, "operations.stations.ship": 34}


class Farthest:
    """A routing rule of one's own."""

    def __init__(self, facts: object, *, patience: int = 3) -> None: ...

    def choose(self, question: object) -> None: ...


class Generous:
    """A reservation rule of one's own."""

    def __init__(self, facts: object, *, boost: float = 1.5) -> None: ...

    def hold(self, wanted: object) -> None: ...

    def promise(self, lines: object) -> None: ...


def test_web_demand_is_told_in_four_ways(tmp_path: Path) -> None:
    daily, share, flash = SCENARIO.demand.web
    assert (daily.orders_per_day, daily.pos_share, daily.flash, daily.replay) == (40, None, None, None)
    assert daily.cancel is not None and daily.cancel.share == 0.02
    assert daily.cancel.delay.mean == 4 * HOUR
    assert (share.orders_per_day, share.pos_share) == (None, 0.1)
    assert flash.flash is not None
    sale = flash.flash
    noon_utc = 1_795_791_600_000_000  # 15:00 UTC on 27 November 2026 is 10:00 in New York
    assert (sale.at, sale.for_, sale.orders, sale.sku, sale.limit_per_order) == (noon_utc, MINUTE, 10_000, "A", 1)

    (tmp_path / "web.csv").write_text("when,order\n")
    path = tmp_path / "s.yaml"
    path.write_text(changed(ORDERS, (SHARE, "replay: web.csv, columns: {time: when}")))
    recorded = scenarios.load(path).scenario.demand.web[1]
    assert recorded.replay == str(tmp_path / "web.csv")
    assert recorded.columns is not None and recorded.columns.mapping() == {"time": "when"}


def test_which_stores_ship_and_who_carries() -> None:
    first, second = SCENARIO.ship_from_store
    assert first.from_ is not None and first.to is not None and first.to - first.from_ == 3 * DAY
    assert (first.where.tag, first.orders_per_day) == (("wave1",), 150)
    assert (second.from_, second.to, second.orders_per_day) == (None, None, None)
    express, post = SCENARIO.carriers
    assert (express.id, express.pickup, express.transit) == ("express", (12 * HOUR, 17 * HOUR), "by_distance")
    assert express.rates is not None and (express.rates.times, express.rates.base) == (0.3, None)
    assert (express.handling, express.divisor) == (0, 6000)
    assert not isinstance(post.transit, str) and post.transit.constant == 2 * DAY
    assert post.rates is not None
    assert (post.rates.base, post.rates.per_kg, post.rates.per_zone) == (4, 0.5, 0.2)
    assert post.divisor == shipping.DIVISOR == carriers.DIVISOR


def test_stations_have_shifts_room_and_rework() -> None:
    stations = SCENARIO.operations.stations
    day, night = stations["pick"].shifts
    assert (day.days, day.from_, day.to, day.servers) == ((0, 1, 2, 3, 4), 6 * HOUR, 14 * HOUR, 6)
    assert (night.days, night.from_, night.to) == (None, 22 * HOUR, 6 * HOUR)
    assert (stations["pick"].first, stations["pick"].buffer, stations["pick"].rework) == ("pickup", None, None)
    pack = stations["pack"]
    assert (pack.first, pack.buffer, pack.shifts) == (None, 12, ())
    assert pack.rework is not None and (pack.rework.share, pack.rework.to) == (0.02, "pick")
    plain = scenarios.loads(changed(ORDERS, ("first: pickup", "first: none"))).scenario
    assert plain.operations.stations["pick"].first is None


def test_capacity_and_volume() -> None:
    store, fc = SCENARIO.operations.capacity
    assert (store.orders_per_day, store.units_per_day) == (60, None)
    assert (fc.orders_per_day, fc.units_per_day) == (None, 9000)
    assert [item.volume_l for item in SCENARIO.catalog.items or ()] == [1.5, None]


def test_what_is_left_out_has_a_plain_meaning() -> None:
    plain = scenarios.loads(COMPLETE).scenario
    assert (plain.ship_from_store, plain.carriers, plain.operations.capacity) == ((), (), ())
    (web,) = plain.demand.web
    assert (web.orders_per_day, web.cancel) == (40, None)
    one = scenarios.loads(COMPLETE, sets=["carriers={id: P}"]).scenario.carriers[0]
    assert (one.pickup, one.handling, one.rates, one.zones) == ((), 0, None, "usps")
    assert not isinstance(one.transit, str) and one.transit.constant == 0


def test_it_reads_the_same_when_it_is_written_and_read_again() -> None:
    resolved = scenarios.loads(ORDERS)
    again = scenarios.loads(resolved.to_yaml())
    assert again.scenario == resolved.scenario
    assert again.digest == resolved.digest
    assert not scenarios.diff(resolved, again)


@pytest.mark.parametrize(
    ("old", "new", "path", "found", "nearest"),
    [
        ("orders_per_day: 40,", "", "demand.web[0]", "none of them", None),
        ("pos_share: .10", "pos_share: .10, orders_per_day: 3", "demand.web[1]", "`orders_per_day` and `pos_share`", None),
        ("pos_share: .10", "pos_share: 0", "demand.web[1].pos_share", '"0"', None),
        ("pos_share: .10", "pos_share: 1.5", "demand.web[1].pos_share", '"1.5"', None),
        ("pos_share: .10", "pos_shares: .10", "demand.web[1].pos_shares", "`pos_shares`", "pos_share"),
        ("pos_share: .10, lines: {1: .7, 2: .3}", "replay: web.txt", "demand.web[1].replay", '"web.txt"', None),
        ("pos_share: .10", "pos_share: .10, size: .5", "demand.web[1].size", '"0.5"', None),
        ("pos_share: .10", "pos_share: .10, columns: {sku: x}", "demand.web[1].columns", None, None),
        ("cancel: {share: .02", "cancel: {share: 2", "demand.web[0].cancel.share", '"2"', None),
        ("cancel: {share: .02", "cancel: {shares: .02", "demand.web[0].cancel.shares", "`shares`", "share"),
        ("sku: A, limit", "sku: C, limit", "demand.web[2].flash.sku", '"C"', None),
        ("for: 1m,", "for: 0s,", "demand.web[2].flash.for", '"0s"', None),
        ("orders: 10000,", "orders: 0,", "demand.web[2].flash.orders", '"0"', None),
        ("limit_per_order: 1", "limit_per_order: 0", "demand.web[2].flash.limit_per_order", '"0"', None),
        ("2026-11-27T10:00", "10:00", "demand.web[2].flash.at", '"10:00"', None),
        ("checkout: 1m}", "checkout: 1m, hours: retail}", "demand.web[2].hours", None, None),
        ("checkout: 1m}", "checkout: 1m, lines: 2}", "demand.web[2].lines", None, None),
        ("{tag: wave1}", "{tag: wave2}", "ship_from_store[2026-11-24->2026-11-27].where.tag", '"wave2"', "wave1"),
        ("{where: {ids: [S2]}}", "{where: {kind: fc}}", "ship_from_store[1].where", "of other kinds: F1", None),
        ("to: 2026-11-27, orders", "to: 2026-11-24, orders", "ship_from_store[2026-11-24->2026-11-24].to", None, None),
        ("orders_per_day: 150", "orders_per_day: 1.5", "ship_from_store[2026-11-24->2026-11-27].orders_per_day", '"1.5"', None),
        ("{id: post,", "{id: express,", "carriers[1].id", '"express"', None),
        ("{id: post,", "{id: post, at: {kind: hubb},", "carriers[post].at.kind", '"hubb"', "hub"),
        ('["12:00", "17:00"]', '["12:00", 5pm]', "carriers[express].pickup[1]", '"5pm"', None),
        ("by_distance", "by_distnce", "carriers[express].transit", '"by_distnce"', "by_distance"),
        ("transit: 2d", "transit: 2", "carriers[post].transit", '"2"', None),
        ("{times: .3}", "{times: .3, base: 4}", "carriers[express].rates.base", None, None),
        ("{times: .3}", "{}", "carriers[express].rates", "none of them", None),
        ("{times: .3}", "{tmes: .3}", "carriers[express].rates.tmes", "`tmes`", "times"),
        ("divisor: 6000", "divisor: 0", "carriers[express].divisor", '"0"', None),
        ("handling: .5", "handling: -1", "carriers[post].handling", '"-1"', None),
        ("first: pickup", "first: pickups", "operations.stations.pick.first", '"pickups"', "pickup"),
        ("[mon, tue,", "[mon, tus,", "operations.stations.pick.shifts[06:00->14:00].days[1]", '"tus"', "tue"),
        ('from: "06:00"', 'from: "14:00"', "operations.stations.pick.shifts[14:00->14:00]", '"14:00" to "14:00"', None),
        ("servers: 6", "servers: -1", "operations.stations.pick.shifts[06:00->14:00].servers", '"-1"', None),
        ("next: pack", "next: park", "operations.stations.pick.next", '"park"', "pack"),
        ("next: ship", "next: pick", "operations.stations.pick.next", "pick → pack → pick", None),
        ("next: ship", "next: pack", "operations.stations.pack.next", "pack → pack", None),
        ("buffer: 12", "buffer: 1", "operations.stations.pack.buffer", '"1"', None),
        ("share: .02, to", "share: 1, to", "operations.stations.pack.rework.share", '"1"', None),
        ("to: pick}", "to: pik}", "operations.stations.pack.rework.to", '"pik"', "pick"),
        (", next: ship", "", "operations.stations.ship", "pick and ship, to which no `next` leads", None),
        ("orders_per_day: 60", "order_per_day: 60", "operations.capacity[0].order_per_day", "`order_per_day`", "orders_per_day"),
        (", units_per_day: 9000", "", "operations.capacity[1]", "none of them", None),
        ("volume_l: 1.5", "volume_l: -1", "catalog.items[A].volume_l", '"-1"', None),
        ("volume_l: 1.5", "volume: 1.5", "catalog.items[A].volume", "`volume`", "volume_l"),
    ],
)
def test_one_fault_is_one_error_at_its_place(old: str, new: str, path: str, found: str | None, nearest: str | None) -> None:
    errors = errors_of(changed(ORDERS, (old, new)))
    (error,) = [error for error in errors if error.path == path]
    line = ORDERS.count("\n", 0, ORDERS.index(old)) + 1
    assert (error.file, error.line) == ("s.yaml", WHOLE_WAY.get(path, line))
    assert (error.found, error.nearest) == (found, nearest)
    assert error.expected


@pytest.mark.parametrize(
    ("edits", "path", "message"),
    [
        ([("  pos: [{at: {kind: store}, sku: A, rate: 20/d}]\n", "")], "demand.web[1].pos_share", "a share of nothing"),
        (
            [("kind: store, tags", "kind: hub, tags"), ("{id: S2, kind: store}", "{id: S2, kind: hub}")],
            "demand.web[0].pickup_share",
            "nowhere to collect",
        ),
        ([("servers: 6", "servers: 0"), ("servers: 1}", "servers: 0}")], "operations.stations.pick.shifts", "nobody ever works"),
        ([("first: pickup", "first: pickup\n      buffer: 5")], "operations.stations.pick.buffer", "less room than servers"),
    ],
)
def test_what_no_single_key_can_know(edits: list[tuple[str, str]], path: str, message: str) -> None:
    (error,) = [error for error in errors_of(changed(ORDERS, *edits)) if error.path == path]
    assert error.message == message and error.line and error.expected


def test_goods_do_not_come_back_to_a_supplier() -> None:
    (error,) = errors_of(changed(COMPLETE, ("to: nearest_store", "to: V1")))
    assert (error.path, error.found, error.nearest) == ("returns.web.to", '"V1"', "S1")


def test_a_station_may_be_called_like_a_key() -> None:
    text = changed(ORDERS, ("next: pack", "next: rework"), ("    pack: {", "    rework: {"), ("servers: 2", "sarvers: 2"))
    (error,) = errors_of(text)
    assert (error.path, error.nearest) == ("operations.stations.rework.sarvers", "servers")


def test_files_of_web_orders_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "web.csv").write_text("time\n")
    path = tmp_path / "s.yaml"
    path.write_text(changed(ORDERS, (SHARE, "replay: wbe.csv")))
    with pytest.raises(ScenarioErrors) as caught:
        scenarios.load(path)
    (error,) = caught.value
    assert (error.path, error.nearest, error.line) == ("demand.web[1].replay", "web.csv", 16)


def test_paths_and_variants_edit_the_new_keys() -> None:
    text = ORDERS + """\
variants:
  sale:
    demand.web[0]: {orders_per_day: null, flash: {at: 2026-11-25, for: 1h, orders: 5, sku: B}}
  carried:
    carriers[post].transit: {dist: lognormal, median: 2d, p95: 4d}
    carriers[express].rates: {times: null, base: 3}
    operations.stations.pick.shifts[0].servers: 9
    ship_from_store[1]: null
  nothing: {ship_from_store: null, operations.stations: null}
"""
    resolved = scenarios.loads(text, sets=["operations.stations.pack.rework.share=.1", "demand.web[1].pos_share=.2"])
    assert resolved.scenario.demand.web[1].pos_share == 0.2
    sale = resolved.with_variant("sale").scenario.demand.web[0]
    assert sale.flash is not None and sale.orders_per_day is None
    carried = resolved.with_variant("carried").scenario
    assert [getattr(one.transit, "dist", one.transit) for one in carried.carriers] == ["by_distance", "lognormal"]
    assert carried.carriers[0].rates is not None and carried.carriers[0].rates.base == 3
    assert carried.operations.stations["pick"].shifts[0].servers == 9
    rework = carried.operations.stations["pack"].rework
    assert rework is not None and rework.share == 0.1
    assert len(carried.ship_from_store) == 1
    assert resolved.with_variant("nothing").scenario.ship_from_store == ()


def test_a_fault_in_a_variant_is_told_at_its_line() -> None:
    (error,) = errors_of(ORDERS + "variants:\n  late: {carriers: [{id: post, transit: soon}]}\n")
    assert (error.path, error.line) == ("carriers[post].transit", ORDERS.count("\n") + 2)
    assert "(variant late)" in str(error)


def test_ones_own_policies_of_routing_and_reservation() -> None:
    own = f'routing: {{use: "{__name__}:Farthest", patience: 5}}'
    other = f'reservation: {{use: "{__name__}:Generous", boost: 2}}'
    both = f"policies: {{{own}, {other}}}\n"
    policies = scenarios.loads(ORDERS + both).scenario.policies
    assert policies.routing is not None and policies.routing.params == {"patience": 5}
    assert policies.reservation is not None and policies.reservation.params == {"boost": 2.0}
    errors = errors_of(ORDERS + changed(both, ("patience: 5", "patence: 5"), (":Generous", ":Farthest")))
    assert [(error.path, error.nearest) for error in errors] == [
        ("policies.reservation.use", None),
        ("policies.routing.patence", "patience"),
    ]
    assert "hold and promise" in str(errors)


def test_the_listed_parameters_are_those_of_the_policies() -> None:
    for kind, listed in parameters.LISTED.items():
        assert sorted(listed) == list(registry.names(kind))
        assert parameters.TO_COME[kind] == registry.FAMILIES[kind].to_come
        for use, known in listed.items():
            own = registry.parameters(use, kind)
            assert set(known) == set(own)
            for name, parameter in known.items():
                assert parameter.default is None or parameter.default == own[name].default, (use, name)
