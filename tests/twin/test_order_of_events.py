"""Independent events of one instant and phase may come in any order: no decision changes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import scenarios
from tests.twin.scenes import Ran, digests, run
from twin.random.keyed import mix
from twin.simulate import Plan, build
from twin.world.clock import NetworkClock

STORES = ["S1", "S2", "S3", "S4"]
SCENE: dict[str, Any] = {
    "name": "test",
    "time": {"start": "2026-03-02", "days": "6"},
    "catalog": {"items": [{"sku": sku, "cost": "1", "price": "2"} for sku in "ABC"]},
    "network": {
        "locations": [{"id": s, "kind": "store"} for s in STORES]
        + [{"id": "F1", "kind": "fc"}, {"id": "F2", "kind": "fc"}, {"id": "V1", "kind": "supplier"}],
        "lanes": [{"from": "V1", "to": f, "transit": "1d"} for f in ("F1", "F2")]
        + [{"from": f"F{1 + i % 2}", "to": s, "transit": "6h"} for i, s in enumerate(STORES)],
    },
    "demand": {
        "pos": [
            {"at": {"kind": "store"}, "sku": "A", "every": "1h"},
            {"at": {"kind": "store"}, "sku": "B", "every": "2h", "size": {"dist": "poisson", "mean": "2"}},
            {"at": {"ids": ["S1", "S3"]}, "sku": "C", "every": "1h"},
            {"at": {"ids": ["S2"]}, "sku": "C", "rate": "30/d"},
        ],
        "unmet": "backorder",
    },
    "inventory": {
        "opening": [{"where": {"kind": "fc"}, "units": "9999"}, {"units": "20"}],
        "shrink": [{"where": {"sku": "A"}, "rate": "1/d"}, {"where": {"sku": "B"}, "rate": "2/d"}],
        "count": [{"where": {"ids": ["S1", "S2"]}, "every": "25h"}, {"where": {"ids": ["S3", "S4"]}, "every": "25h"}],
    },
    "operations": {"docks": [{"at": {"ids": ["S1"]}, "unload": "30m"}, {"at": {"ids": ["S2"]}, "unload": "30m"}]},
    "streams": {
        "pos": {"latency": "30m", "late": {"share": ".2", "delay": "3h"}, "duplicates": ".2", "loss": ".05"},
        "warehouse": {"latency": "30m", "duplicates": ".3"},
        "count": {"latency": "30m"},
    },
    "disruptions": [
        {"at": "2026-03-04", "for": "5h", "offline": {"ids": ["S1"]}},
        {"at": "2026-03-04", "for": "5h", "offline": {"ids": ["S2"]}},
        {"at": "2026-03-03", "for": "1d", "supplier_delay": {"times": "2"}},
    ],
    "policies": {
        "reorder": [
            {"where": {"kind": "store", "sku": "A"}, "use": "base_stock", "level": "30"},
            {"where": {"kind": "store", "sku": "B"}, "use": "s_S", "s": "20", "S": "40", "review": "6h"},
            {"where": {"kind": "store"}, "use": "base_stock", "level": "30", "review": "12h"},
            {"where": {"kind": "fc"}, "use": "r_Q", "r": "9990", "Q": "100"},
        ]
    },
}  # fmt: skip

LISTS = [
    ("demand", "pos"),
    ("inventory", "count"),
    ("operations", "docks"),
    ("disruptions",),
    ("network", "lanes"),
]


def plan(shuffle: int | None = None, lists: list[tuple[str, ...]] = LISTS) -> Plan:
    """The plan of the scene, with the entries of some of its lists in another order."""
    scene = json.loads(json.dumps(SCENE))
    if shuffle is not None:
        for path in lists:
            part = scene
            for key in path:
                part = part[key]
            random.Random(f"{shuffle} {path}").shuffle(part)
    return build(scenarios.loads(json.dumps(scene)))


def decisions(ran: Ran) -> list[tuple[object, ...]]:
    """What was ordered, when, on what ground, whatever the numbers of the orders."""
    return sorted(
        (o.time, o.origin, o.destination, o.rule, o.complete_to, o.cells.tolist(), o.units.tolist(), o.position.tolist())
        for o in ran.orders
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_a_scenarios_lists_changes_no_decision(seed: int) -> None:
    """Sales, counts and arrivals of one instant come in the order in which they stand in the file; nothing follows from it."""
    lists = [path for path in LISTS if path != ("network", "lanes")]
    assert digests(plan(seed, lists))[1] == digests(plan())[1]


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_lanes_changes_no_decision(seed: int) -> None:
    base, shuffled = run(plan()), run(plan(seed, [("network", "lanes")]))
    assert decisions(shuffled) == decisions(base)
    np.testing.assert_array_equal(shuffled.on_hand, base.on_hand)


def numbers(salt: int) -> Iterator[int]:
    """Different numbers in no order: what SimPy breaks ties by."""
    n = 0
    while True:
        yield mix(n ^ (salt << 32))
        n += 1


@pytest.mark.parametrize("salt", range(4))
def test_the_order_of_network_events_of_one_instant_and_phase_changes_no_decision(
    salt: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each store gets at most one delivery at a time and the centers have plenty, so that none of the events depends on another."""
    base = run(plan())
    ties = 0
    begin = NetworkClock.__init__

    def shuffled(clock: NetworkClock, start_us: int) -> None:
        begin(clock, start_us)
        clock._eid = numbers(salt)  # type: ignore[assignment]

    def look(ran: Ran) -> None:
        nonlocal ties
        queue = ran.simulation.clock._queue
        ties += len(queue) > 1 and queue[0][:2] == min(queue[1:3])[:2]

    monkeypatch.setattr(NetworkClock, "__init__", shuffled)
    other = run(plan(), look)
    assert ties > 100
    assert decisions(other) == decisions(base)
    np.testing.assert_array_equal(other.on_hand, base.on_hand)
    np.testing.assert_array_equal(other.believed, base.believed)
    assert len(base.orders) > 300
