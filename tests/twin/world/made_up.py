"""Scenarios made up at random, for what must hold in any."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

HEAD = "name: test\ntime: {start: 2026-03-02T06:00, days: DAYS, timezone: America/New_York}\n"
TRANSITS = ["0s", "5h", "1d", "{dist: lognormal, mean: 1d, cv: 1}", "{dist: uniform, low: 0s, high: 2d}"]
LAWS = ["0s", "{dist: exponential, mean: 3h}", "{dist: lognormal, median: 5m, p95: 20h}"]
USES = [
    "{use: base_stock, level: 15}",
    "{use: base_stock, level: 30, review: 8h}",
    "{use: base_stock, level: auto, service: .9, review: 1d}",
    "{use: r_Q, r: 8, Q: 13}",
    "{use: s_S, s: 6, S: 21, review: 12h}",
    "{use: periodic, level: 25, review: 10h}",
]
DEMANDS = [
    "rate: 12/d",
    "rate: 4/d, size: {dist: geometric, mean: 4}, overdispersion: 5",
    "every: 4h, size: {dist: poisson, mean: 3}",
    "every: 1h",
]


@st.composite
def texts(draw: st.DrawFn, apart: bool = False) -> str:
    """A scenario of a few stores that centers supply, which a supplier supplies.

    Where shelves are to be ``apart``, nothing that happens on one calls on the network: no rule is asked at once, nothing is owed.
    """
    pick: Callable[[list[str]], str] = lambda options: draw(st.sampled_from(options))  # noqa: E731
    stores = [f"S{i}" for i in range(draw(st.integers(1, 3)))]
    centers = [f"F{i}" for i in range(draw(st.integers(1, 2)))]
    skus = "ABC"[: draw(st.integers(1, 3))]
    places = [f"{{id: {s}, kind: store}}" for s in stores] + [f"{{id: {f}, kind: fc}}" for f in centers]
    lanes = [f"{{from: V1, to: {f}, transit: {pick(TRANSITS)}, {pick(ORDERS)}}}" for f in centers]
    for store in stores:
        source = pick([*centers, "V1"])
        trucks = pick(TRUCKS)
        if source == "V1":  # whose trucks have no end
            trucks = trucks.split(", capacity_units")[0]
        lanes.append(f"{{from: {source}, to: {store}, transit: {pick(TRANSITS)}, {trucks}, {pick(ORDERS)}}}")
    pos = [f"{{at: {{kind: store}}, sku: {sku}, {pick(DEMANDS)}}}" for sku in skus]
    uses = [use.replace("}", ", review: 7h}") if apart and "review" not in use else use for use in USES]
    parts = [
        HEAD.replace("DAYS", pick(["3", "5", "4"])),
        f"catalog: {{items: [{', '.join(f'{{sku: {sku}, cost: 1, price: 3}}' for sku in skus)}]}}",
        f"network: {{locations: [{', '.join(places)}, {{id: V1, kind: supplier}}], lanes: [{', '.join(lanes)}]}}",
        f"demand: {{pos: [{', '.join(pos)}], unmet: {pick(['lost'] if apart else ['lost', 'backorder'])}}}",
        f"inventory: {{{pick(OPENINGS)}, shrink: {{rate: {pick(['0/d', '3/d'])}}}{pick(COUNTS)}}}",
        f"operations: {{docks: [{pick(DOCKS)}]}}",
        f"streams: {{pos: {pick(STREAMS)}, warehouse: {pick(STREAMS)}, count: {{latency: {pick(LAWS)}}}}}",
        f"policies: {{reorder: [{{where: {{kind: store}}, {pick(uses)[1:]}, {{where: {{kind: fc}}, {pick(uses)[1:]}]}}",
        f"disruptions: [{pick(DISRUPTIONS)}]",
    ]
    return "\n".join(parts).replace("LAW", pick(LAWS))


TRUCKS = ["cost_per_unit: 1", "departs: ['02:00'], capacity_units: 7", "departs: ['08:00', '09:30'], capacity_units: 20"]
ORDERS = ["order: {}", "order: {pack: 4}", "order: {moq: 10, pack: 3, days: [mon, wed, thu]}"]
OPENINGS = ["opening: {units: 0}", "opening: {units: 12}", "opening: {level: target}", "opening: {days_of_cover: 1}"]
COUNTS = ["", ", count: {every: 1d}", ", count: {where: {kind: store}, every: 9h, at: '03:00'}"]
DOCKS = ["", "{doors: 1, unload: 4h, per_unit: 10m}", "{at: {kind: store}, doors: 2, unload: LAW}"]
STREAMS = ["{latency: LAW}", "{latency: LAW, late: {share: .2, delay: 1d}, duplicates: .2, loss: .1, catch_up: 1h}"]
DISRUPTIONS = [
    "",
    "{at: 2026-03-03, for: 20h, offline: {kind: store}}",
    "{at: 2026-03-02T07:00, for: 2d, supplier_delay: {times: 3}}",
]
