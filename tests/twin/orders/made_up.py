"""Scenarios with web orders, made up at random, for what must hold in any.

All orders are placed on the Monday; what happens to them takes up the rest of the week.
"""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

HEAD = "name: test\ntime: {start: 2026-03-02, days: 6, timezone: America/New_York}\n"  # a Monday
LAWS = ["0s", "{dist: exponential, mean: 20m}", "{dist: lognormal, median: 5m, p95: 5h}"]
TIMES = ["0s", "1m", "{dist: exponential, mean: 4m}", "{dist: lognormal, mean: 10m, cv: 2}"]
CHECKOUTS = ["0s", "{dist: exponential, mean: 10m}", "{dist: exponential, mean: 3h}"]
CANCELS = ["", ", cancel: {share: .4, delay: {dist: exponential, mean: 2h}}", ", cancel: {share: .3, delay: 0s}"]
PAYING = ["", ", abandon: .5"]
COLLECTED = ["", ", pickup_share: .5"]
SIZES = ["", ", size: {dist: geometric, mean: 2}"]
OPENINGS = ["units: 0", "units: 6", "units: 40", "days_of_cover: 1"]
RESERVATIONS = [
    "{use: standard}",
    "{use: standard, soft_ttl: 2m, hard_ttl: 30m, oversell: .5}",
    "{use: standard, soft_ttl: 4h, hard_ttl: 6h, oversell: 0, partial: true, backorder_limit: 5}",
]
ROUTINGS = [
    "{use: proximity}",
    "{use: proximity, max_shipments: 3, split_lines: true}",
    "{use: min_splits, max_shipments: 2, reject_cooldown: 1h}",
    "{use: cost, max_shipments: 3}",
]
STATIONS = [
    "{}",
    "{pick: {time: TIME, next: pack}, pack: {time: TIME}}",
    "{pick: {servers: 2, time: TIME, buffer: 3, next: pack}, pack: {time: TIME, buffer: 1, next: ship}, "
    "ship: {time: TIME, buffer: 1, rework: {share: .3, to: pick}}}",
    "{pick: {at: {kind: fc}, time: TIME, buffer: 2, first: pickup, rework: {share: .2, to: pick}}}",
    "{pick: {time: TIME, shifts: [{from: '06:00', to: '20:00', servers: 3}]}}",
]
CARRIERS = ["", "{id: C, pickup: ['17:00'], transit: LAW, rates: {base: 3, per_kg: 1}}", "{id: C, transit: by_distance}"]
RETURNS = ["{}", "{web: {rate: .3, delay: LAW, inspect: 1h, saleable: .7}}", "{web: {rate: .5, delay: 2h, to: origin}}"]
PROMISES = ["{delivery: 1d}", "{delivery: 5h, pickup: {ready: 2h, hold: 10h, no_show: .4}}"]
STREAMS = ["{}", "{pos: {latency: LAW}, web: {latency: LAW}, returns: {latency: LAW}, warehouse: {latency: LAW}}"]
COUNTS = [
    "", ", count: {every: 1d}", ", count: {after_empty_pick: 0s}",
    ", count: [{after_empty_pick: 5h}, {where: {sku: A}, every: 20h}]",
]  # fmt: skip
SHIPPING = ["[]", "[{}]", "[{from: 2026-03-02T12:00, to: 2026-03-04, orders_per_day: 8}]"]
CAPACITY = ["[]", "[{orders_per_day: 12, units_per_day: 16}]"]
SAFETY = ["[]", "[{where: {kind: store}, units: 2}]"]
REORDER = [
    "[{use: base_stock, level: 15}]",
    "[{where: {kind: store}, use: base_stock, level: 12, review: 7h}, {use: r_Q, r: 8, Q: 13}]",
    "[{use: base_stock, level: 0}]",
]
DISRUPTIONS = ["", "{at: 2026-03-02T09:00, for: 20h, offline: {kind: store}}"]
POS = ["", "{at: {kind: store}, sku: A, rate: 20/d}"]


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A scenario of a few stores and centers that sell on the web, whatever may go wrong there."""
    pick: Callable[[list[str]], str] = lambda options: draw(st.sampled_from(options))  # noqa: E731
    places = [f"{{id: S{i}, kind: store, at: [4{i}, -8{i}]}}" for i in range(draw(st.integers(1, 2)))]
    places += [f"{{id: F{i}, kind: fc, at: [4{i}, -9{i}]}}" for i in range(draw(st.integers(0, 2)))]
    skus, lines = draw(st.sampled_from([
        ("A", ""), ("AB", ", lines: {1: .5, 2: .5}"), ("ABC", ", lines: {1: .5, 2: .5}"),
        ("ABCDE", ", lines: {1: .4, 3: .2, 5: .4}"),
    ]))  # fmt: skip
    said = [pick(CHECKOUTS), pick(PAYING), pick(COLLECTED), pick(CANCELS), pick(SIZES)]
    web = [f"{{orders_per_day: 15, weekdays: [1, 0, 0, 0, 0, 0, 0]{lines}, checkout: {''.join(said)}}}"]
    if draw(st.booleans()):
        web.append(f"{{flash: {{at: 2026-03-02T10:00, for: 1m, orders: 40, sku: A}}, checkout: {''.join(said[:4])}}}")
    lanes = [f"{{from: V1, to: {place[5:7]}, transit: {draw(st.sampled_from(['5h', '1d']))}}}" for place in places]
    zones = draw(st.sampled_from(["", ", zones: [{id: Z1, at: [40, -80], share: .3}, {id: Z2, at: [41, -91], share: .7}]"]))
    shrink = draw(st.sampled_from(["0/d", "4/d"]))
    parts = [
        HEAD + f"seed: {draw(st.integers(1, 99))}",
        f"catalog: {{items: [{', '.join(f'{{sku: {sku}, cost: 1, price: 3, weight_kg: 1}}' for sku in skus)}]}}",
        f"network: {{locations: [{', '.join(places)}, {{id: V1, kind: supplier}}], lanes: [{', '.join(lanes)}]{zones}}}",
        f"demand: {{pos: [{pick(POS)}], web: [{', '.join(web)}], unmet: {{web: {pick(['backorder', 'lost', 'cancel'])}}}}}",
        f"inventory: {{opening: {{{pick(OPENINGS)}}}, shrink: {{rate: {shrink}}}{pick(COUNTS)}}}",
        f"operations: {{stations: {pick(STATIONS).replace('TIME', pick(TIMES))}, capacity: {pick(CAPACITY)}}}",
        f"streams: {pick(STREAMS)}\nreturns: {pick(RETURNS)}\npromise: {pick(PROMISES)}\ncarriers: [{pick(CARRIERS)}]",
        f"ship_from_store: {pick(SHIPPING)}\ndisruptions: [{pick(DISRUPTIONS)}]",
        f"policies: {{reservation: {pick(RESERVATIONS)}, routing: {pick(ROUTINGS)}, safety: {pick(SAFETY)}, "
        f"reorder: {pick(REORDER)}}}",
    ]
    return "\n".join(parts).replace("LAW", pick(LAWS))
