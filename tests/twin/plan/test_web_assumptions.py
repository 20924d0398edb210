"""What a scenario with web orders leaves out or states without effect is said; what is not simulated is refused by name."""

from __future__ import annotations

import pytest

from scenarios import NotBuiltError
from tests.twin.scenes import ONE_STORE, TWO_STORES, plan_of

WEB = "demand: {web: [{orders_per_day: 10}]}"
COLLECTED = "demand: {web: [{orders_per_day: 10, pickup_share: .5}]}"
CARRIER = "carriers: [{id: post, transit: 2d, rates: {base: 4}}]"
STATION = "operations: {stations: {pick: {at: {kind: fc}, time: 1m}}}"
ZONES = "zones: [{id: Z1, at: [39.15, -84.45], share: 1}]"
PLACES = TWO_STORES.rstrip("\n")


def said(*parts: str) -> list[str]:
    return plan_of(*parts).assumptions


def test_a_model_of_the_web_alone_has_demand() -> None:
    lines = said(PLACES, WEB)
    assert "No demand at the tills." in lines
    assert "No demand: nothing is sold." not in lines and "No demand: nothing is sold." in said(PLACES)
    assert not any("till" in line for line in lines if line != "No demand at the tills.")


@pytest.mark.parametrize(
    ("line", "without"),
    [
        ("No zones: all web customers live in one zone, at distance 0 from every location.", PLACES + f"\n  {ZONES}"),
        ("No carriers: a parcel leaves at once, takes no time and costs nothing.", CARRIER),
        ("No stations: picking takes no time.", STATION),
        ("Stores do not ship: ship_from_store is absent.", "ship_from_store: [{where: {kind: store}}]"),
        ("No capacity: every location takes on any number of web orders a day.", "operations: {capacity: [{orders_per_day: 9}]}"),
        ("No capacity: every location takes on any number of web orders a day.", "ship_from_store: [{orders_per_day: 9}]"),
        ("No promise: nobody judges whether web orders are on time.", "promise: {delivery: 3d}"),
        ("No returns: nothing that was bought on the web comes back.", "returns: {web: {rate: .1}}"),
        ("Picks and shipments are known at once: of them the record is the truth.", "streams: {web: {latency: 5s}}"),
        ("Web demand is spread evenly over the 24 hours of the day.", "demand: {web: [{orders_per_day: 1, hours: retail}]}"),
        ("No customer cancels a web order.", "demand: {web: [{orders_per_day: 1, cancel: {share: .1}}]}"),
        (
            "Web orders that find no stock wait for it, as far as the reservation rule lets them.",
            "demand: {web: [{orders_per_day: 1}], unmet: {web: cancel}}",
        ),
    ],
)
def test_what_is_left_out_is_said(line: str, without: str) -> None:
    parts = [PLACES, WEB]
    assert line in said(*parts)
    replaced = PLACES if without.startswith("\ncatalog") else WEB if without.startswith("demand") else None
    assert line not in said(*[part for part in parts if part != replaced], without)
    assert line not in said(PLACES, "demand: {pos: [{at: {kind: store}, sku: A, rate: 1/d}]}")


def test_stores_ship_where_there_is_no_center() -> None:
    assert "Stores ship: there is no fc and no hub that could." in said(ONE_STORE, WEB)


def test_a_customer_collects_at_the_promised_time() -> None:
    line = "A customer collects at the promised time, or as soon as the order is ready and the doors are open."
    assert line in said(PLACES, COLLECTED) and line not in said(PLACES, WEB)
    promise = "promise: {pickup: {ready: 2h}}"
    assert "No promise of delivery: only orders that are collected are judged on time or late." in said(PLACES, COLLECTED, promise)
    assert "No promise: nobody judges whether web orders are on time." in said(PLACES, WEB, promise)
    delivery = "No promise of pickup: only orders that are delivered are judged on time or late."
    assert delivery in said(PLACES, COLLECTED, "promise: {delivery: 2d}")


def test_places_without_stations_or_carriers_are_named() -> None:
    stores = "ship_from_store: [{where: {kind: store}}]"
    lines = said(PLACES, WEB, stores, CARRIER.replace("transit", "at: {kind: fc}, transit"), STATION)
    assert "Picking takes no time where there is no station: S1, S2." in lines
    assert "Parcels leave at once, take no time and cost nothing where no carrier collects: S1, S2." in lines


def test_what_comes_with_carriers_is_said() -> None:
    carriers = "carriers: [{id: a, at: {kind: fc}, transit: by_distance, divisor: 6000}, {id: b, rates: {times: .3}}]"
    lines = said(PLACES, WEB, carriers, "ship_from_store: [{}]")
    assert "The carrier a costs nothing: it has no rates." in lines
    assert any(line.startswith("Transit `by_distance` has the medians") for line in lines)
    assert any(line.endswith("not a price list.") for line in lines)
    assert "Routing reckons with the divisor of the first carrier, a, whoever carries; each bills by its own." in lines


def test_a_surge_that_names_locations_is_of_the_tills() -> None:
    surges = "surges: [{name: fair, from: 2026-03-03, for: 1d, times: 2, where: {kind: store}}]"
    lines = said(PLACES, WEB.replace("{web", "{%s, web" % surges))  # noqa: UP031
    assert "The surge fair is one of the tills alone, since it names locations." in lines


def test_keys_of_orders_have_an_effect_where_there_are_orders() -> None:
    keys = ("policies: {routing: {use: cost}, safety: [{units: 1}]}", "promise: {delivery: 3d}", "costs: {split: 2}", CARRIER)
    assert not any("there are no web orders" in line for line in said(PLACES, WEB, *keys))
    for part in (CARRIER, "ship_from_store: [{where: {kind: store}}]", "operations: {capacity: [{orders_per_day: 1}]}"):
        assert any(line.endswith("has no effect: there are no web orders.") for line in said(PLACES, part))


@pytest.mark.parametrize(
    ("part", "line"),
    [
        (
            "demand: {web: [{flash: {at: 2036-01-01, for: 1m, orders: 10, sku: A}}]}",
            "demand.web[0] has no effect: its flash sale lies outside the run.",
        ),
        ("promise: {pickup: {ready: 1h}}", "promise.pickup has no effect: nobody collects."),
        ("ship_from_store: [{from: 2036-01-01}]", "ship_from_store[0] has no effect: it lies outside the run."),
        ("ship_from_store: [{}, {where: {ids: [S1]}}]", "ship_from_store[1] has no effect: no store is left for it."),
        (
            "carriers: [{id: a}, {id: b, at: {kind: fc}}]",
            "carriers[1] has no effect: no location that ships is left for it.",
        ),
        (
            "operations: {capacity: [{at: {kind: store}, orders_per_day: 1}]}",
            "operations.capacity[0] has no effect: no location that serves the web is left for it.",
        ),
        (
            "operations: {stations: {shelf: {at: {kind: store}}}}",
            "operations.stations.shelf has no effect: no web order is picked where it stands.",
        ),
        (
            "policies: {safety: [{where: {kind: hub}, units: 1}]}",
            "policies.safety[0] has no effect: nothing of ours meets its selector.",
        ),
    ],
)
def test_what_never_happens_is_said(part: str, line: str) -> None:
    parts = [PLACES, part] if part.startswith("demand") else [PLACES, WEB, part]
    assert line in said(*parts)
    assert line not in said(PLACES, WEB)


@pytest.mark.parametrize("stream", ["web", "returns"])
@pytest.mark.parametrize("fault", ["loss: .1", "duplicates: .1", "late: {share: .1, delay: 1h}"])
def test_events_of_orders_are_neither_lost_nor_doubled_nor_late(stream: str, fault: str) -> None:
    part = f"streams: {{{stream}: {{latency: 5s, {fault}}}}}"
    with pytest.raises(NotBuiltError, match="part of the language but not simulated yet") as caught:
        plan_of(PLACES, WEB, part)
    assert f"streams.{stream}.{fault.split(':')[0]}" in str(caught.value)
    assert any("there are no web orders" in line for line in said(PLACES, part))


def test_limits_of_what_is_simulated_are_said() -> None:
    never = "What nobody collects stays staged to the end, and nobody is counted as a no-show: promise.pickup has no hold."
    assert never in said(PLACES, COLLECTED, "promise: {pickup: {no_show: .1}}")
    assert never not in said(PLACES, COLLECTED, "promise: {pickup: {no_show: .1, hold: 1d}}")
    tills = "demand: {web: [{orders_per_day: 10, cancel: {share: .1}}], pos: [{at: {kind: store}, sku: A, rate: 1/d}]UNMET}"
    waits = "What comes back from web orders does not serve customers who wait at the tills; the next receipt does."
    lines = said(PLACES, tills.replace("UNMET", ", unmet: {pos: backorder}"))
    assert waits in lines
    assert waits not in said(PLACES, tills.replace("UNMET", ""))


def test_what_views_do_not_do_is_said() -> None:
    lines = "Views find every product, in stock or not; nobody views what is not sold on the web, and no view changes anything."
    default = "There are 11.5 views to a cart, as in a large shop's clicks and carts."
    assert not {lines, default} & set(said(PLACES, WEB))
    assert {lines, default} <= set(said(PLACES, "demand: {web: [{orders_per_day: 10, views: {}}]}"))
    given = said(PLACES, "demand: {web: [{orders_per_day: 10, views: {per_cart: 11.5}}]}")
    assert lines in given and default not in given
